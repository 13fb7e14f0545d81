"""A case: everything one simulation depends on; and the choices in which two cases differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from zollverein.choices import CHOICES, as_keywords, choose_parameters
from zollverein.packaged import load_world
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import Measure, Scenario, read_scenario
from zollverein.simulation import simulate
from zollverein.world import World

#: Choice -> the parameters that make it up. The horizon is a name for several of them.
_CHOICES: dict[str, tuple[str, ...]] = {
    "model": (
        "model",
        "value_added_elasticity",
        "input_elasticity",
        "final_elasticity",
        "scale",
    ),
    "closure": ("closure",),
    "labour": ("labour",),
    "capital": ("capital", "capital_share"),
    "on_no_supplier": ("on_no_supplier",),
    "trade_elasticity": ("trade_elasticity", "elasticity_name"),
}
#: What two scenarios must share for their measures to be told apart one by one.
_AROUND = ("blocs", "sectors", "combine", "programmes", "year")
#: World of a scenario that names none.
_DEFAULT_WORLD = "icio2022"


@dataclass(frozen=True, eq=False)
class Case:
    """A world, what is done to it, and the choices of the model.

    Attributes:
        name: For tables.
        world: The baseline.
        action: The scenario, or a policy that was given directly.
        parameters: Model, closure, elasticities, tolerance.
        options: Further ones for ``simulate``.
        given: The result, if it is at hand.
    """

    name: str
    world: World
    action: Scenario | Policy
    parameters: Parameters
    options: Mapping[str, Any]
    given: Result | None = None

    @cached_property
    def result(self) -> Result:
        """The simulation, made when it is first asked for."""
        if self.given is not None:
            return self.given
        keys = {**as_keywords(self.parameters), **self.options}
        return simulate(self.world, self.action, **keys)

    def described(self) -> dict[str, str]:
        """Each choice in words."""
        action = self.action
        said = "a policy given directly"
        if isinstance(action, Scenario):
            said = " ".join(action.describe(self.world)) or "none: nothing changes"
        used = self.parameters
        words = {
            key: ", ".join(_in_words(key, getattr(used, key)) for key in keys)
            for key, keys in _CHOICES.items()
        }
        words["trade_elasticity"] = used.elasticity_name
        return {"world": self.world.name, **words, "measures": said}


def _in_words(key: str, value: Any) -> str:
    """A choice as text: words as they are, numbers with their names."""
    if isinstance(value, str):
        return value
    text = "by sector" if isinstance(value, xr.DataArray) else f"{value:g}" if value else "none"
    return f"{key.replace('_', ' ')} {text}"


@dataclass(frozen=True, eq=False)
class Switch:
    """A choice in which two cases differ.

    Attributes:
        name: For tables.
        apply: Gives the first case with this choice taken from the second.
    """

    name: str
    apply: Callable[[Case, Case], Case]


def case_of(
    given: Scenario | Result | str | Path,
    world: World | str | None,
    loaded: dict[str, World],
    options: Mapping[str, Any],
) -> Case:
    """A case from a scenario, a scenario file or a result.

    Args:
        given: Any of these.
        world: Used in place of the world that a scenario names.
        loaded: Worlds read so far, so that the same name is the same world.
        options: For ``simulate``, used for all scenarios.

    Raises:
        ZollvereinError: If a file or a world cannot be read.
    """
    if isinstance(given, Result):
        action = given.policy if given.scenario is None else given.scenario
        name = given.scenario.name if given.scenario else "policy"
        return Case(name, given.before, action, given.parameters, {}, given)
    scenario = given if isinstance(given, Scenario) else read_scenario(given)
    name = scenario.name
    if name == "unnamed" and isinstance(given, str | Path):
        name = Path(given).stem
    if not isinstance(world, World):
        wanted = world or scenario.world or _DEFAULT_WORLD
        if wanted not in loaded:
            loaded[wanted] = load_world(wanted)
        world = loaded[wanted]
    rest = {key: value for key, value in options.items() if key not in (*CHOICES, "tolerance")}
    chosen: dict[str, Any] = {key: value for key, value in options.items() if key not in rest}
    parameters = choose_parameters(world, scenario, **chosen)
    return Case(name, world, scenario, parameters, rest)


def switches_between(first: Case, other: Case, most: int) -> list[Switch]:
    """The choices in which two cases differ, at most so many.

    Measures count one by one where that is possible and not too many, else together. Elasticities
    go with the world where the sectors differ.
    """
    found = []
    same_sectors = first.world.sectors == other.world.sectors
    if not _same_world(first.world, other.world):
        found.append(Switch("world", _take_world if same_sectors else _take_world_and_elasticity))
    found += [
        Switch(name, _taker(name))
        for name in _CHOICES
        if (name != "trade_elasticity" or same_sectors)
        and not _same_choice(first.parameters, other.parameters, name)
    ]
    if not _same_action(first.action, other.action):
        single = _measure_switches(first.action, other.action)
        if single and len(found) + len(single) <= most:
            found += single
        else:
            found.append(Switch("measures", lambda mixed, end: _with(mixed, action=end.action)))
    return found


def _with(case: Case, **changes: Any) -> Case:
    """The case with changes; what it solved is forgotten."""
    return replace(case, given=None, **changes)


def _taker(name: str) -> Callable[[Case, Case], Case]:
    """Takes one choice from the other case, with all that belongs to it."""

    def take(mixed: Case, end: Case) -> Case:
        taken = {key: getattr(end.parameters, key) for key in _CHOICES[name]}
        return _with(mixed, parameters=replace(mixed.parameters, **taken))

    return take


def _same_choice(left: Parameters, right: Parameters, name: str) -> bool:
    """Whether two cases agree in a choice."""
    for key in _CHOICES[name]:
        if key == "elasticity_name":
            continue
        old, new = getattr(left, key), getattr(right, key)
        if isinstance(old, xr.DataArray) and isinstance(new, xr.DataArray):
            if not np.array_equal(old.values, new.values):
                return False
        elif old is not new and (isinstance(old, xr.DataArray) or old != new):
            return False
    return True


def _take_world(mixed: Case, end: Case) -> Case:
    return _with(mixed, world=end.world)


def _take_world_and_elasticity(mixed: Case, end: Case) -> Case:
    return _taker("trade_elasticity")(_take_world(mixed, end), end)


def _same_world(left: World, right: World) -> bool:
    return left is right or left.data.identical(right.data)


def _same_action(left: Scenario | Policy, right: Scenario | Policy) -> bool:
    if isinstance(left, Scenario) and isinstance(right, Scenario):
        keys = ("measures", *_AROUND)
        return all(getattr(left, key) == getattr(right, key) for key in keys)
    return left is right


def _measure_switches(left: Scenario | Policy, right: Scenario | Policy) -> list[Switch]:
    """One switch for each measure that differs; none if the measures cannot be told apart so.

    A measure of one case is paired with that of the other which has its name, or its kind and flows.
    """
    if not (isinstance(left, Scenario) and isinstance(right, Scenario)):
        return []
    if any(getattr(left, key) != getattr(right, key) for key in _AROUND):
        return []
    old: dict[str, Measure] = {_key(measure): measure for measure in left.measures}
    new: dict[str, Measure] = {_key(measure): measure for measure in right.measures}
    keys = list(dict.fromkeys((*old, *new)))
    if len(old) < len(left.measures) or len(new) < len(right.measures):
        return []  # two measures have one key
    if tuple(new[key] for key in keys if key in new) != right.measures:
        return []  # another order, which can matter
    differing = [key for key in keys if old.get(key) != new.get(key)]
    return [Switch(_title(key, old, new), _swapper(key, keys, new)) for key in differing]


def _swapper(key: str, keys: list[str], new: Mapping[str, Measure]) -> Callable[[Case, Case], Case]:
    """Takes one measure, or its absence, from the other case."""

    def take(mixed: Case, _: Case) -> Case:
        scenario = mixed.action
        if not isinstance(scenario, Scenario):
            return mixed
        present: dict[str, Measure] = {_key(measure): measure for measure in scenario.measures}
        present.pop(key, None)
        if key in new:
            present[key] = new[key]
        measures = tuple(present[name] for name in keys if name in present)
        return _with(mixed, action=scenario.model_copy(update={"measures": measures}))

    return take


def _key(measure: Measure) -> str:
    """A measure's name, or its kind and whom it touches."""
    if measure.name:
        return measure.name
    places = ("exporters", "importers", "countries", "sectors")
    touched = [str(getattr(measure, key, "")) for key in places]
    return " ".join([type(measure).model_fields["kind"].default, *touched])


def _title(key: str, old: Mapping[str, Measure], new: Mapping[str, Measure]) -> str:
    """Such as ``tariff 'Retaliation'`` or ``tariff RST→HOM``."""
    measure = new.get(key, old.get(key))
    kind = type(measure).model_fields["kind"].default if measure else ""
    if measure is None or measure.name:
        return f"{kind} '{key}'"
    names = [getattr(measure, side, None) for side in ("exporters", "importers")]
    if None in names:
        return f"{kind} {_short(getattr(measure, 'countries', 'all'))}"
    title = f"{kind} {'→'.join(_short(name) for name in names)}"
    sectors = _short(getattr(measure, "sectors", "all"))
    return title if sectors == "all" else f"{title} {sectors}"


def _short(names: Any) -> str:
    listed = [names] if isinstance(names, str) else list(names)
    return "+".join(listed[:3]) + ("+…" if len(listed) > 3 else "")
