"""A case: everything one simulation depends on; and the choices in which two cases differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from zollverein.choices import CHOICES, NUMBERS, WORDS, as_keywords, choose_parameters
from zollverein.packaged import load_world
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import Measure, Scenario, read_scenario
from zollverein.simulation import simulate
from zollverein.world import World

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
        found = simulate(self.world, self.action, **as_keywords(self.parameters), **self.options)
        return replace(
            found,
            parameters=replace(found.parameters, elasticity_name=self.parameters.elasticity_name),
        )

    def described(self) -> dict[str, str]:
        """Each choice in words."""
        action = self.action
        said = "a policy given directly"
        if isinstance(action, Scenario):
            said = " ".join(action.describe(self.world)) or "none: nothing changes"
        used = self.parameters
        return {
            "world": self.world.name,
            **{key: str(getattr(used, key)) for key in WORDS},
            "trade_elasticity": used.elasticity_name,
            **{key: f"{getattr(used, key):g}" for key in NUMBERS},
            "scale": "0" if used.scale is None else f"{float(used.scale.mean()):g} on average",
            "measures": said,
        }


#: Switches of parameters and what each takes; model and horizon are names for these.
_SWITCHES = {
    "closure": ("closure",),
    "labour": ("labour",),
    "capital": ("capital", "capital_share"),
    "nests": ("value_added_elasticity", "input_elasticity", "final_elasticity"),
    "on_no_supplier": ("on_no_supplier",),
}


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
    rest = dict(options)
    chosen: dict[str, Any] = {key: rest.pop(key, None) for key in CHOICES}
    parameters = choose_parameters(
        world, scenario, **chosen, tolerance=float(rest.pop("tolerance", 1e-10))
    )
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
        Switch(name, _taker(*keys))
        for name, keys in _SWITCHES.items()
        if any(getattr(first.parameters, key) != getattr(other.parameters, key) for key in keys)
    ]
    scales = [case.parameters.scale for case in (first, other)]
    if same_sectors and not _same_scale(*scales):
        found.append(Switch("scale", _taker("scale")))
    old, new = (case.parameters.trade_elasticity.values for case in (first, other))
    if same_sectors and not np.array_equal(old, new):
        found.append(Switch("trade_elasticity", _taker("trade_elasticity")))
    if not _same_action(first.action, other.action):
        single = _measure_switches(first.action, other.action)
        if single and len(found) + len(single) <= most:
            found += single
        else:
            found.append(Switch("measures", lambda mixed, end: _with(mixed, action=end.action)))
    return found


def _same_scale(left: xr.DataArray | None, right: xr.DataArray | None) -> bool:
    if left is None or right is None:
        return left is right
    return bool(np.array_equal(left.values, right.values))


def _with(case: Case, **changes: Any) -> Case:
    """The case with changes; what it solved is forgotten."""
    return replace(case, given=None, **changes)


def _taker(*keys: str) -> Callable[[Case, Case], Case]:
    """Takes parameters from the other case."""

    def take(mixed: Case, end: Case) -> Case:
        names = (*keys, "elasticity_name") if "trade_elasticity" in keys else keys
        taken = {name: getattr(end.parameters, name) for name in names}
        return _with(mixed, parameters=replace(mixed.parameters, **taken))

    return take


def _take_world(mixed: Case, end: Case) -> Case:
    return _with(mixed, world=end.world)


def _take_world_and_elasticity(mixed: Case, end: Case) -> Case:
    return _taker("trade_elasticity")(_take_world(mixed, end), end)


def _same_world(left: World, right: World) -> bool:
    return left is right or left.data.identical(right.data)


def _same_action(left: Scenario | Policy, right: Scenario | Policy) -> bool:
    if isinstance(left, Scenario) and isinstance(right, Scenario):
        keys = ("measures", "programmes", "year", "blocs", "sectors", "combine")
        return all(getattr(left, key) == getattr(right, key) for key in keys)
    return left is right


def _measure_switches(left: Scenario | Policy, right: Scenario | Policy) -> list[Switch]:
    """One switch for each measure that differs; none if the measures cannot be told apart so.

    A measure of one case is paired with that of the other which has its name, or its kind and flows.
    """
    if not (isinstance(left, Scenario) and isinstance(right, Scenario)):
        return []
    shared = ("programmes", "year", "blocs", "sectors", "combine")
    if any(getattr(left, key) != getattr(right, key) for key in shared):
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
