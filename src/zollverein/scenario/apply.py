"""What each kind of measure does to numbers: a Scenario and a World into a Policy.

Barriers multiply. Duties and export taxes change in the order of the file; two measures that set
the same rate contradict each other, unless ``combine`` says which wins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.errors import ScenarioError
from zollverein.policy import Policy, ones_like
from zollverein.scenario.measures import Barrier, Embargo, ExportTax, Productivity, Tariff
from zollverein.scenario.resolve import Resolver, check_groups

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.world import World

Cells = tuple[np.ndarray, np.ndarray, np.ndarray]


def make_policy(scenario: Scenario, world: World) -> Policy:
    """Apply every measure in order; all names that are wrong are reported together.

    Raises:
        ScenarioError: If a name is not of this world, or measures contradict each other.
    """
    check_groups(scenario.blocs, "blocs", world.countries)
    check_groups(scenario.sectors, "sectors", world.sectors)
    draft = _Draft(scenario, world)
    problems: list[str] = []
    for position, measure in enumerate(scenario.measures):
        try:
            _APPLY[type(measure)](draft, measure, place(position, measure))
        except ScenarioError as error:
            problems.append(str(error))
    if problems:
        raise ScenarioError("\n".join(problems))
    return draft.policy()


def place(position: int, measure: Any) -> str:
    """How messages call a measure: ``measures[2] 'Technology embargo'``."""
    return f"measures[{position}]" + (f" '{measure.name}'" if measure.name else "")


class _Draft:
    """Arrays that the measures write into; copied from the world on first use."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.world, self.combine = world, scenario.combine
        self.resolver = Resolver(scenario, world)
        self.arrays: dict[str, np.ndarray] = {}
        self.setters: dict[str, tuple[np.ndarray, list[str]]] = {}
        self.notes: list[str] = []
        self._traded = world.data["trade_flow"].values

    def array(self, name: str) -> np.ndarray:
        """The writable array of a policy variable."""
        if name not in self.arrays:
            shape = self.world.data["value_added" if name == "productivity_hat" else "tariff"].shape
            old = self.world.data[name].values if name in ("tariff", "export_tax") else None
            self.arrays[name] = np.ones(shape) if old is None else old.copy()
        return self.arrays[name]

    def cells(self, measure: Any, where: str, *, both: bool = False) -> Cells:
        """Positions of the cross-border flows that a measure is about."""
        sellers = self.resolver.countries(measure.exporters, f"{where}.exporters")
        buyers = self.resolver.countries(measure.importers, f"{where}.importers")
        sectors = self.resolver.sectors(measure.sectors, f"{where}.sectors")
        size = len(self.world.countries)
        pairs = np.zeros((size, size), dtype=bool)
        pairs[np.ix_(sellers, buyers)] = True
        if both:
            pairs |= pairs.T
        np.fill_diagonal(pairs, val=False)
        exporter, importer = np.nonzero(pairs)
        found = exporter[:, None], importer[:, None], sectors[None, :]
        if not self._traded[found].any():
            self.notes.append(f"{where} ({measure.kind}) touches no trade of {self.world.name}.")
        return found

    def claim(self, name: str, cells: Cells, where: str) -> np.ndarray:
        """Which of the cells an earlier measure has already set; remembers who sets them now.

        Raises:
            ScenarioError: If there are some and ``combine`` is "error"; names both measures.
        """
        shape = self.world.data["tariff"].shape
        owner, names = self.setters.setdefault(name, (np.full(shape, -1, dtype=np.int32), []))
        taken = owner[cells] >= 0
        if taken.any() and self.combine == "error":
            first = names[int(owner[cells][taken][0])]
            raise ScenarioError(
                f"{where}: sets the {name.replace('_', ' ')} of {int(taken.sum())} flows that {first} already "
                'sets. Fix: make them disjoint, or say which wins: combine = "last" or "add".'
            )
        names.append(where)
        owner[cells] = len(names) - 1
        return np.asarray(taken)

    def policy(self) -> Policy:
        """The finished policy; variables nobody touched are the world's own."""
        neutral = Policy.neutral(self.world)
        arrays = {
            name: ones_like(getattr(neutral, name), name).copy(data=values)
            for name, values in self.arrays.items()
        }
        parts = ("tariff", "export_tax", "cost_hat", "productivity_hat")
        chosen = {name: arrays.get(name, getattr(neutral, name)) for name in parts}
        return Policy(**chosen, notes=tuple(self.notes))


def _rate(draft: _Draft, measure: Tariff | ExportTax, where: str, name: str, *, both: bool) -> None:
    """Set, add to or scale a rate."""
    cells = draft.cells(measure, where, both=both)
    rates = draft.array(name)
    if measure.set is not None:
        taken = draft.claim(name, cells, where)
        added = rates[cells] + measure.set if draft.combine == "add" else measure.set
        rates[cells] = np.where(taken, added, measure.set)
    elif measure.add is not None:
        rates[cells] += measure.add
    else:
        rates[cells] *= measure.scale
    lowest = rates[cells].min(initial=0.0)
    if lowest <= -1:
        raise ScenarioError(
            f"{where}: brings a {name.replace('_', ' ')} to {lowest:.4g}; it must stay above -1 (-100 %)."
        )


def _tariff(draft: _Draft, measure: Tariff, where: str) -> None:
    _rate(draft, measure, where, "tariff", both=measure.both_directions)


def _export_tax(draft: _Draft, measure: ExportTax, where: str) -> None:
    _rate(draft, measure, where, "export_tax", both=False)


def _barrier(draft: _Draft, measure: Barrier, where: str) -> None:
    """The cost factor times 1 + add, or divided by 1 + remove."""
    cells = draft.cells(measure, where, both=measure.both_directions)
    factor = 1 + measure.add if measure.add is not None else 1 / (1 + (measure.remove or 0.0))
    draft.array("cost_hat")[cells] *= factor


def _embargo(draft: _Draft, measure: Embargo, where: str) -> None:
    """An infinite cost factor: the new share is exactly zero."""
    draft.array("cost_hat")[draft.cells(measure, where, both=measure.both_directions)] = np.inf


def _productivity(draft: _Draft, measure: Productivity, where: str) -> None:
    countries = draft.resolver.countries(measure.countries, f"{where}.countries")
    sectors = draft.resolver.sectors(measure.sectors, f"{where}.sectors")
    draft.array("productivity_hat")[np.ix_(countries, sectors)] *= 1 + measure.change


_APPLY: dict[type, Callable[[_Draft, Any, str], None]] = {
    Tariff: _tariff,
    ExportTax: _export_tax,
    Barrier: _barrier,
    Embargo: _embargo,
    Productivity: _productivity,
}
