"""What each measure does to rates and costs: from a Scenario to a Policy.

A new kind of measure registers one function with ``apply``. Where measures meet on one flow,
barriers and productivity multiply, tariffs and export taxes compose in the order of the file,
and two that *set* the same rate are contradictory unless ``combine`` says which counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.errors import ScenarioError
from zollverein.policy import ARRAYS, Policy
from zollverein.scenario.cells import Cells
from zollverein.scenario.measures import (
    Barrier,
    Embargo,
    ExportTax,
    Flows,
    Measure,
    Productivity,
    Tariff,
)
from zollverein.scenario.messages import gather, place
from zollverein.scenario.resolve import Positions, resolver

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.world import World

Where = dict[str, Positions]


@dataclass
class Draft:
    """A policy in the making: plain arrays, made when a measure first needs them.

    Attributes:
        world: The baseline.
        combine: What to do when two measures set one rate.
        measures: The measures, in order.
        places: How messages refer to each measure.
        arrays: Arrays of the policy that differ from the baseline, by name.
        setters: By rate, the measures that set it (positions), each with its flows.
        moved: Rates that a measure has added to or scaled.
        notes: Remarks for the reader.
        problems: Contradictions found so far.
    """

    world: World
    combine: str
    measures: tuple[Any, ...]
    places: tuple[str, ...]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    setters: dict[str, list[tuple[int, Cells]]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def array(self, name: str) -> np.ndarray:
        """The array of a policy variable, to be changed in place."""
        if name not in self.arrays:
            self.arrays[name] = _baseline(self.world, name).copy(order="K")
        return self.arrays[name]

    def policy(self) -> Policy:
        """The finished Policy."""
        data = self.world.data
        like = dict.fromkeys(ARRAYS, data["tariff"]) | {"productivity_hat": data["value_added"]}
        labelled: dict[str, Any] = {
            name: xr.DataArray(
                self.arrays[name] if name in self.arrays else _baseline(self.world, name),
                coords=like[name].coords,
                dims=like[name].dims,
                name=name,
            )
            for name in ARRAYS
        }
        return Policy(**labelled, notes=tuple(self.notes))


def make_policy(scenario: Scenario, world: World) -> Policy:
    """The policy of a scenario in a world.

    Raises:
        ScenarioError: Names every unknown name and every contradiction.
    """
    where = resolve(scenario, world)
    places = tuple(place(i, "", m.kind, m.name) for i, m in enumerate(scenario.measures))
    draft = Draft(world, scenario.combine, scenario.measures, places)
    for index, measure in enumerate(scenario.measures):
        apply(measure, draft, index, where[index])
    if draft.problems:
        raise ScenarioError(gather(draft.problems))
    return draft.policy()


def resolve(scenario: Scenario, world: World) -> list[Where]:
    """For each measure, the positions behind each of its keys that hold names.

    Raises:
        ScenarioError: Names every name that is not of this world.
    """
    names = resolver(scenario, world)
    problems = names.problems
    found: list[Where] = []
    for index, measure in enumerate(scenario.measures):
        where: Where = {}
        for key in ("exporters", "importers", "countries", "sectors"):
            if not hasattr(measure, key):
                continue
            axis = names.sectors if key == "sectors" else names.countries
            try:
                where[key] = axis.positions(getattr(measure, key))
            except ScenarioError as error:
                meaning = type(measure).model_fields[key].description
                where_key = place(index, key, measure.kind, measure.name)
                problems.append(f"{where_key}: {error} ({key}: {meaning})")
        found.append(where)
    if problems:
        raise ScenarioError(gather(problems))
    return found


@singledispatch
def apply(measure: Measure, draft: Draft, index: int, where: Where) -> None:
    """Write what a measure does into the draft.

    Args:
        measure: The measure.
        draft: The policy in the making; changed in place.
        index: Position of the measure in the scenario.
        where: Positions behind each key of the measure that holds names.
    """
    raise NotImplementedError(f"no effect is defined for {type(measure).__name__}")


@apply.register(Tariff)
def _(measure: Tariff, draft: Draft, index: int, where: Where) -> None:
    _change_rate(measure, draft, index, where, "tariff")


@apply.register(ExportTax)
def _(measure: ExportTax, draft: Draft, index: int, where: Where) -> None:
    _change_rate(measure, draft, index, where, "export_tax")


@apply.register(Barrier)
def _(measure: Barrier, draft: Draft, index: int, where: Where) -> None:
    cells = _flows(measure, draft, index, where)
    factor = 1 / (1 + measure.remove) if measure.remove is not None else 1 + (measure.add or 0.0)
    cells.change(draft.array("cost_hat"), np.multiply, factor)


@apply.register(Embargo)
def _(measure: Embargo, draft: Draft, index: int, where: Where) -> None:
    _flows(measure, draft, index, where).fill(draft.array("cost_hat"), np.inf)


@apply.register(Productivity)
def _(measure: Productivity, draft: Draft, index: int, where: Where) -> None:
    cells = np.ix_(where["countries"], where["sectors"])
    if not draft.world.data["value_added"].values[cells].any():
        _note_nothing(draft, index, "nothing is produced there in")
    draft.array("productivity_hat")[cells] *= 1 + measure.change


def _flows(measure: Flows, draft: Draft, index: int, where: Where) -> Cells:
    """The cross-border flows a measure touches; notes if none of them exists."""
    size = len(draft.world.countries)
    pairs = np.zeros((size, size), dtype=bool)
    pairs[np.ix_(where["exporters"], where["importers"])] = True
    if getattr(measure, "both_directions", False):
        pairs |= pairs.T
    np.fill_diagonal(pairs, val=False)
    cells = Cells(pairs, where["sectors"])
    if not cells.any(draft.world.data["trade_flow"].values):
        _note_nothing(draft, index, "there is no such cross-border trade in")
    return cells


def _change_rate(
    measure: Tariff | ExportTax, draft: Draft, index: int, where: Where, name: str
) -> None:
    """Set, add to or scale a rate; records contradictions and rates of -100 % or less."""
    cells = _flows(measure, draft, index, where)
    if measure.set is not None:
        _set_rate(measure.set, draft, index, cells, name)
    elif measure.add is not None:
        cells.change(draft.array(name), np.add, measure.add)
        draft.moved.add(name)
    elif measure.scale is not None:
        cells.change(draft.array(name), np.multiply, measure.scale)
        draft.moved.add(name)
    rate = draft.array(name)
    low = cells.lowest(rate)
    if low <= -1:
        text = "brings the {} of {} to {:g}; a rate must stay greater than -1."
        cell = np.argwhere(rate == low)[0]
        words = text.format(_rate_name(name), _flow_name(draft.world, cell), low)
        draft.problems.append(f"{draft.places[index]}: {words}")
        cells.fill(rate, value=0.0)


def _set_rate(value: float, draft: Draft, index: int, cells: Cells, name: str) -> None:
    """Set a rate, unless another measure has set it and ``combine`` says otherwise."""
    earlier = draft.setters.setdefault(name, [])
    shared = [(other, cells.common(theirs)) for other, theirs in earlier]
    overlaps = [(other, common) for other, common in shared if common]
    if overlaps and draft.combine == "error":
        _note_conflicts(draft, index, overlaps, name)
    if name in draft.moved:
        _note_discarded(draft, index, cells, name)
    rate = draft.array(name)
    old = rate.copy(order="K") if overlaps and draft.combine == "add" else rate
    cells.fill(rate, value)
    if old is not rate:
        again = np.zeros_like(rate, dtype=bool)
        for _, common in overlaps:
            common.fill(again, value=True)
        np.add(old, value, out=rate, where=again)
    earlier.append((index, cells))


def _note_conflicts(
    draft: Draft, index: int, overlaps: Sequence[tuple[int, Cells]], name: str
) -> None:
    """Record that this measure sets rates which earlier ones have set; one problem per pair."""
    for other, common in overlaps:
        pairs = np.argwhere(common.pairs)
        count = len(pairs) * len(common.sectors)
        more = f" and {count - 1} more" if count > 1 else ""
        flow = _flow_name(draft.world, (*pairs[0], common.sectors[0]))
        draft.problems.append(
            f"{draft.places[other]} and {draft.places[index]} both set the {_rate_name(name)} of "
            f"{flow}{more}. Make their flows distinct, use add or scale "
            'in the second, or say what counts with combine = "last" or "add" at the top of the file.'
        )


def _note_discarded(draft: Draft, index: int, cells: Cells, name: str) -> None:
    """Remark that a set discards what an earlier measure added to or scaled."""
    changed = draft.array(name) != _baseline(draft.world, name)
    for _, theirs in draft.setters.get(name, ()):
        theirs.fill(changed, value=False)
    if cells.any(changed):
        draft.notes.append(
            f"{draft.places[index]} sets a {_rate_name(name)} that an earlier measure had changed; "
            "the earlier change has no effect there."
        )


def _note_nothing(draft: Draft, index: int, reason: str) -> None:
    """Remark that a measure has no effect."""
    draft.notes.append(f"{draft.places[index]} touches nothing: {reason} {draft.world.name}.")


def _rate_name(name: str) -> str:
    return name.replace("_", " ")


def _flow_name(world: World, cell: Iterable[int]) -> str:
    """``C26 from DEU to RUS``."""
    seller, buyer, sector = (int(i) for i in cell)
    return f"{world.sectors[sector]} from {world.countries[seller]} to {world.countries[buyer]}"


def _baseline(world: World, name: str) -> np.ndarray:
    """What a policy variable is when nothing changes."""
    if name in world.data:
        return world.data[name].values
    return np.ones_like(
        world.data["value_added" if name == "productivity_hat" else "tariff"].values
    )
