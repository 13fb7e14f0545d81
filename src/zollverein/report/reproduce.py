"""How to get the result again: three lines of Python, and the command where it gives the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.choices import NUMBERS, WORDS, choose_parameters
from zollverein.elasticities import elasticity_sets, trade_elasticity
from zollverein.errors import ScenarioError
from zollverein.packaged import load_world, worlds

if TYPE_CHECKING:
    from zollverein.result import Result

#: Attributes of a world that numbers rest on.
_SAID = ("trade_elasticity", "sector_groups")
#: Tolerance of ``simulate`` unless told otherwise.
_TOLERANCE = 1e-10


def in_python(result: Result) -> str:
    """Code that gives the result again from the files written beside the report."""
    if result.scenario is None:
        return (
            'import zollverein as zv\n\nresult = zv.load_result("result.nc")\nprint(result.table())'
        )
    given = "".join(f",\n    {keyword}" for keyword in keywords(result))
    call = (
        f'zv.simulate(zv.load_world("{_world(result)}"), zv.read_scenario("scenario.toml"){given})'
    )
    return f"import zollverein as zv\n\nresult = {call}\nprint(result.table())"


def command(result: Result) -> str:
    """The command that gives the same result; empty where a keyword was given, which it has not."""
    if result.scenario is None or keywords(result):
        return ""
    world = _world(result)
    return "zollverein run scenario.toml" + (
        f" --world {world}" if world != result.scenario.world else ""
    )


def answers_in_python(result: Result) -> str:
    """Code that answers the scenario's questions again; empty where ``simulate`` was given a keyword."""
    if result.scenario is None or not result.scenario.questions or keywords(result):
        return ""
    return f'zv.answer(zv.load_world("{_world(result)}"), zv.read_scenario("scenario.toml"))'


def keywords(result: Result) -> list[str]:
    """Arguments of ``simulate`` that differ from what the scenario and the world say by themselves."""
    used = result.parameters
    if result.scenario is None:
        return []
    alone = choose_parameters(result.before, result.scenario, tolerance=_TOLERANCE)
    found = [
        f"{name}={_quoted(getattr(used, name))}"
        for name in (*WORDS, *NUMBERS)
        if getattr(used, name) != getattr(alone, name)
    ]
    if (used.scale is None) != (alone.scale is None):
        found.append("scale=zv.load_result('result.nc').parameters.scale")
    if not np.array_equal(used.trade_elasticity.values, alone.trade_elasticity.values):
        found.append(f"trade_elasticity={_elasticity(result)}")
    if used.tolerance != _TOLERANCE:
        found.append(f"tolerance={_quoted(used.tolerance)}")
    return found


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(float(value))


def _world(result: Result) -> str:
    """Name of a packaged world, or where the reader's own file goes, whatever name that has inside."""
    return result.before.name if _is_packaged(result) else "WORLD.nc"


def _is_packaged(result: Result) -> bool:
    """Whether the packaged world of that name is the one that was used."""
    before, scenario = result.before, result.scenario
    if before.name not in worlds():
        return False
    shipped = load_world(before.name)
    try:
        opened = shipped if scenario is None else scenario.baseline(shipped)
    except ScenarioError:  # a name that only the other world has
        return False
    said = [[world.data.attrs.get(key) for key in _SAID] for world in (opened, before)]
    return opened.data.equals(before.data) and said[0] == said[1]


def _elasticity(result: Result) -> str:
    """A set by name, one number, or the numbers that the saved result holds."""
    used = result.parameters.trade_elasticity.values
    if np.ptp(used) == 0:
        return repr(float(used[0]))
    for name in elasticity_sets():
        if result.parameters.elasticity_name.startswith(name):
            numbers, _ = trade_elasticity(result.before.sectors, name)
            if np.array_equal(used, numbers.values):
                return f'"{name}"'
    return 'zv.load_result("result.nc").parameters.trade_elasticity'
