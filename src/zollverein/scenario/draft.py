"""A policy in the making, and what every measure needs to write into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import xarray as xr

from zollverein.policy import ARRAYS, OPTIONAL_ARRAYS, Policy, spread
from zollverein.rules import KempWan, Mobility, Pool, PriceCap
from zollverein.scenario.base import Measure
from zollverein.scenario.caps import live_caps
from zollverein.scenario.cells import Cells
from zollverein.scenario.resolve import Positions

if TYPE_CHECKING:
    from zollverein.scenario.wholes import Claim
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
        arrays: Arrays of the policy that differ from the baseline, by name. Rents are drafted as
            mark-ups (1 + rate) on what is paid with tax and old rent.
        alike: Factors on flows ``[exporter, importer, 1]``, by name, while no measure tells sectors apart.
        setters: By rate, the measures that set it (positions), each with its flows.
        stopped, capped: Measures that stop flows and that cap their price, each with its flows.
        held: Kemp-Wan unions, each with the flows whose trade it holds.
        claims: By what several measures take parts of (a barrier, the opening of a market), the parts
            taken.
        moved: Rates that a measure has added to or scaled.
        transfer: ``[country]`` received from abroad.
        joined: By what a country can be in only once (a pool, a bloc), the measures and members.
        pools, caps, mobility, unions: Rules of the policy.
        notes: Remarks for the reader.
        problems: Contradictions found so far.
    """

    world: World
    combine: str
    measures: tuple[Any, ...]
    places: tuple[str, ...]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    alike: dict[str, np.ndarray] = field(default_factory=dict)
    setters: dict[str, list[tuple[int, Cells]]] = field(default_factory=dict)
    stopped: list[tuple[int, Cells]] = field(default_factory=list)
    capped: list[tuple[int, Cells]] = field(default_factory=list)
    held: list[tuple[int, Cells]] = field(default_factory=list)
    claims: dict[str, list[Claim]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    transfer: np.ndarray | None = None
    joined: dict[str, list[tuple[int, Positions]]] = field(default_factory=dict)
    pools: list[Pool] = field(default_factory=list)
    caps: list[PriceCap] = field(default_factory=list)
    mobility: list[Mobility] = field(default_factory=list)
    unions: list[KempWan] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def array(self, name: str) -> np.ndarray:
        """The array of a policy variable, to be changed in place."""
        if name in self.alike:
            self.arrays[name] = spread(self.drafted()[name])
            del self.alike[name]
        if name not in self.arrays:
            values = baseline_of(self.world, name)
            self.arrays[name] = values.copy(order="K") if name in self.world.data else values
        return self.arrays[name]

    def scale(self, name: str, cells: Cells, factor: float) -> None:
        """Multiply flows of an array of factors; as long as all sectors are alike, one plane for all."""
        countries, sectors = len(self.world.countries), len(self.world.sectors)
        if name in self.arrays or len(cells.sectors) < sectors:
            cells.change(self.array(name), np.multiply, factor)
            return
        plane = self.alike.setdefault(name, np.ones((1, countries, countries)).T)
        Cells(cells.pairs, (0,)).change(plane, np.multiply, factor)

    def drafted(self) -> dict[str, np.ndarray]:
        """Every array that differs from the baseline; of those alike in all sectors a view of the plane."""
        shape = self.world.data["trade_flow"].shape
        return self.arrays | {
            name: np.broadcast_to(plane, shape) for name, plane in self.alike.items()
        }

    def policy(self) -> Policy:
        """The finished Policy."""
        neutral, world, arrays = neutral_policy(self.world), self.world, self.drafted()
        changed: dict[str, Any] = {
            name: _label(
                values, neutral.tariff if name in OPTIONAL_ARRAYS else getattr(neutral, name), name
            )
            for name, values in arrays.items()
            if name in (*ARRAYS, *OPTIONAL_ARRAYS)
        }
        for markup, (rent, tax) in _MARKUPS.items():
            if markup in arrays:
                old = world.values(rent)
                taxed = 1 + changed.get(tax, world.data[tax]).values + old
                rate = old + (arrays[markup] - 1) * taxed
                changed[rent] = _label(np.asarray(rate), neutral.tariff, rent)
        if self.transfer is not None:
            changed["transfer"] = _label(self.transfer, world.data["wage"], "transfer")
        return neutral.changed(
            **changed,
            pools=tuple(self.pools),
            caps=live_caps(world, arrays.get("cost_hat"), self.caps),
            mobility=tuple(self.mobility),
            unions=tuple(self.unions),
            notes=tuple(self.notes),
        )

    def join(self, what: str, index: int, members: Positions) -> None:
        """Put countries into something they can be in only once; a problem if they already are."""
        for other, theirs in self.joined.setdefault(what, []):
            common = tuple(i for i in members if i in theirs)
            if common:
                self.problems.append(
                    f"{self.places[other]} and {self.places[index]} both put "
                    f"{', '.join(self.labels(common))} into a {what}; a country can be in "
                    "one only. Fix: distinct members, or one measure."
                )
        self.joined[what].append((index, members))

    def labels(self, positions: Positions) -> tuple[str, ...]:
        """Country labels at positions."""
        return tuple(self.world.countries[i] for i in positions)

    def note_nothing(self, index: int, reason: str) -> None:
        """Remark that a measure has no effect."""
        self.notes.append(f"{self.places[index]} touches nothing: {reason} {self.world.name}.")


#: What a rent is drafted as, the rent and the tax beside it.
_MARKUPS = {
    "import_markup": ("import_rent", "tariff"),
    "export_markup": ("export_rent", "export_tax"),
}
#: Neutral policies of worlds still in use; a memo of a pure function of a frozen value.
_NEUTRAL: WeakKeyDictionary[World, Policy] = WeakKeyDictionary()


def neutral_policy(world: World) -> Policy:
    """The policy that changes nothing in a world; one for each world, as it is only read."""
    if world not in _NEUTRAL:
        _NEUTRAL[world] = Policy.neutral(world)
    return _NEUTRAL[world]


def _label(values: np.ndarray, like: xr.DataArray, name: str) -> xr.DataArray:
    """An array with the labels of another; several times quicker than to make them anew."""
    values.flags.writeable = False
    labelled = like.copy(deep=False, data=values)
    labelled.name, labelled.attrs = name, {}
    return labelled


def baseline_of(world: World, name: str) -> np.ndarray:
    """What a policy variable is when nothing changes."""
    if name in world.data:
        return world.data[name].values
    like = "value_added" if name in ("productivity_hat", "home_weight") else "tariff"
    return np.ones_like(world.data[like].values)


@singledispatch
def apply(measure: Measure, draft: Draft, index: int, where: Where, strength: float) -> None:
    """Write what a measure does into the draft.

    Args:
        measure: The measure.
        draft: The policy in the making; changed in place.
        index: Position of the measure in the scenario.
        where: Positions behind each key of the measure that holds names.
        strength: How much of the measure applies, from 0 (nothing) to 1 (all of it).
    """
    raise NotImplementedError(f"no effect is defined for {type(measure).__name__}")


def flows(measure: Any, draft: Draft, index: int, where: Where) -> Cells:
    """The cross-border flows between the exporters and importers of a measure."""
    both = getattr(measure, "both_directions", False)
    return between(
        draft, index, where["exporters"], where["importers"], where["sectors"], both=both
    )


def between(
    draft: Draft,
    index: int,
    sellers: Positions,
    buyers: Positions,
    sectors: Positions,
    *,
    both: bool = False,
) -> Cells:
    """Cross-border flows, in one or both directions; notes if none of them exists."""
    size = len(draft.world.countries)
    pairs = np.zeros((size, size), dtype=bool)
    pairs[np.ix_(sellers, buyers)] = True
    if both:
        pairs |= pairs.T
    np.fill_diagonal(pairs, val=False)
    cells = Cells(pairs, sectors)
    if not cells.any(draft.world.data["trade_flow"].values):
        draft.note_nothing(index, "there is no such cross-border trade in")
    return cells


def rate_name(name: str) -> str:
    """A rate in words."""
    return name.replace("_", " ")


def flow_name(world: World, cell: Iterable[int]) -> str:
    """``C26 from DEU to RUS``."""
    seller, buyer, sector = (int(i) for i in cell)
    return f"{world.sectors[sector]} from {world.countries[seller]} to {world.countries[buyer]}"


def some_flow(world: World, cells: Cells) -> str:
    """The first of some flows, and how many more there are."""
    pairs = np.argwhere(cells.pairs)
    count = len(pairs) * len(cells.sectors)
    more = f" and {count - 1} more" if count > 1 else ""
    return flow_name(world, (*pairs[0], cells.sectors[0])) + more
