"""What one economy's trade with each partner is, and within which bounds, in whose books.

A flow that its reporter did not publish is missing. The other side's report, the mirror, bounds it:
imports c.i.f. exceed exports f.o.b. by at most the margin for freight and insurance. A reporter
that books a material part of its trade under areas ("Areas, nes") leaves open how much of it
belongs to each partner; the mirror bounds that too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from zollverein.checks import told
from zollverein.errors import DataError
from zollverein.flows.values import Flows, check_flows
from zollverein.names import did_you_mean

#: Largest excess of a c.i.f. value over the f.o.b. value of the same goods. The IMF's Direction
#: of Trade Statistics used 10 per cent, and 6 since 2018 (Marini, Dippelsman and Stanger, IMF
#: Working Paper 18/16).
CIF_MARGIN = 0.10
#: Share of a reporter's trade under areas from which its figures for partners are lower bounds.
UNALLOCATED = 0.05

#: Report of the economy's exports and of its imports, by books.
BOOKS: dict[str, tuple[str, str]] = {
    "own": ("exporter", "importer"),
    "partner": ("importer", "exporter"),
    "exporters": ("exporter", "exporter"),
    "importers": ("importer", "importer"),
    "table": ("table", "table"),
}
#: What may be measured between two economies.
FLOWS = ("turnover", "exports", "imports")


@dataclass(frozen=True)
class Choice:
    """How a statistic of Flows is defined.

    Attributes:
        flow: ``turnover`` (exports plus imports), ``exports`` or ``imports``.
        books: ``own`` (exports f.o.b. and imports c.i.f. as the economy itself reports them),
            ``partner`` (as its partners report them), ``exporters`` (both directions f.o.b.),
            ``importers`` (both c.i.f.) or ``table``; the table or own if empty.
        sectors: Sectors added up; all if None.
        unallocated: ``bound`` counts trade under areas into the upper bound; ``ignore`` does not.
        margin: Largest excess of c.i.f. over f.o.b.
    """

    flow: str = "turnover"
    books: str = ""
    sectors: tuple[str, ...] | None = None
    unallocated: str = "bound"
    margin: float = CIF_MARGIN

    def __post_init__(self) -> None:
        """Check the words.

        Raises:
            DataError: If one is not a choice, or the margin is negative.
        """
        given: list[tuple[Any, tuple[str, ...]]] = [
            (self.flow, FLOWS),
            (self.books, ("", *BOOKS)),
            (self.unallocated, ("bound", "ignore")),
        ]
        for word, valid in given:
            if not isinstance(word, str) or word not in valid:
                raise DataError(
                    f"'{word}' is not a choice{did_you_mean(str(word), valid)} Choices: {valid}."
                )
        margin: Any = self.margin
        if not isinstance(margin, int | float) or not 0 <= margin < np.inf:
            raise DataError(f"margin={margin}; it is a share from 0, such as 0.1.")


def choice_of(flows: Flows, given: Mapping[str, Any]) -> Choice:
    """The choice that keywords of a statistic of flows make.

    Raises:
        TypeError: If there is no such keyword, with those that there are; if the flows are none.
        DataError: If a value is none.
    """
    check_flows(flows)
    known = [field.name for field in fields(Choice)]
    strange = [name for name in given if name not in known]
    if strange:
        raise TypeError(
            f"'{strange[0]}' is not a keyword of this statistic{did_you_mean(strange[0], known)} What can be "
            f"chosen: {', '.join(known)}."
        )
    return Choice(**given)


@dataclass(frozen=True)
class Bounded:
    """Values with bounds; the value is NaN where it is missing, the high bound may be infinite."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def __add__(self, other: Bounded) -> Bounded:
        return Bounded(self.value + other.value, self.low + other.low, self.high + other.high)

    def at(self, index: int | np.ndarray | list[int]) -> Bounded:
        """The entries at an index."""
        return Bounded(self.value[index], self.low[index], self.high[index])

    def total(self) -> Bounded:
        """The sum over all entries."""
        return Bounded(self.value.sum(), self.low.sum(), self.high.sum())

    def best(self) -> np.ndarray:
        """The value, or the middle of finite bounds where it is missing; NaN without either."""
        middle = np.where(np.isfinite(self.high), (self.low + self.high) / 2, np.nan)
        return np.where(np.isnan(self.value), middle, self.value)


def books_of(flows: Flows, choice: Choice) -> str:
    """The books of a choice: the table if there is one, otherwise the economy's own."""
    if choice.books:
        return choice.books
    return "table" if "table" in flows.basis else "own"


def trade(flows: Flows, year: int, economy: str, choice: Choice) -> Bounded:
    """An economy's trade with every label ``[label]``, in whole currency units.

    Args:
        flows: Any flows.
        year: One of its years.
        economy: One of its labels.
        choice: What is measured, and in whose books.

    Raises:
        DataError: If there is no such year.
        LabelError: If there is no such label.
    """
    check_flows(flows)
    if not isinstance(choice, Choice):
        raise TypeError(f"the choice is {told(choice)}, not a Choice. Fix: Choice(flow='exports').")
    at = flows.label_index(economy)
    of_exports, of_imports = BOOKS[books_of(flows, choice)]
    parts = []
    if choice.flow != "imports":
        parts.append(_leg(flows, year, at, of_exports, choice, exports=True))
    if choice.flow != "exports":
        parts.append(_leg(flows, year, at, of_imports, choice, exports=False))
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def unallocated(flows: Flows, year: int, report: str) -> tuple[np.ndarray, np.ndarray]:
    """What each reporter books under areas ``[label]``, and its share of what it reports."""
    check_flows(flows)
    flow = np.nan_to_num(flows.dense(year, report))
    flow = flow if report == "exporter" else flow.T
    areas = np.array([label in flows.areas for label in flows.labels])
    amount, total = flow[:, areas].sum(axis=1), flow.sum(axis=1)
    return amount, amount / np.where(total > 0, total, 1.0)


def completeness(flows: Flows, year: int, report: str) -> np.ndarray:
    """Sum over partners and areas as a share of the total that the reporter itself states ``[label]``.

    NaN where it states none.
    """
    stated = flows.world_total.get(report)
    if stated is None:
        return np.full(len(flows.labels), np.nan)
    flow = np.nan_to_num(flows.dense(year, report))
    found = flow.sum(axis=0 if report == "importer" else 1)
    total = stated[flows.years.index(year)]
    return np.asarray(found / np.where(total > 0, total, np.nan))


def _leg(
    flows: Flows, year: int, at: int, report: str, choice: Choice, *, exports: bool
) -> Bounded:
    """One direction of the trade of the economy at an index, in one report."""
    own, open_own = _reported(flows, year, at, report, choice, exports=exports)
    if report == "table":
        known = ~np.isnan(own)
        return Bounded(own, np.where(known, own, 0.0), np.where(known, own, np.inf))
    other = "importer" if report == "exporter" else "exporter"
    mirror, open_mirror = _reported(flows, year, at, other, choice, exports=exports)
    # A c.i.f. mirror of an f.o.b. value is at most the margin too high; the other way too low.
    down, up = (1 / (1 + choice.margin), 1.0) if report == "exporter" else (1.0, 1 + choice.margin)
    mirror_low, mirror_high = mirror * down, (mirror + open_mirror) * up
    mirrored = ~np.isnan(mirror)
    high = np.where(
        mirrored, np.minimum(own + open_own, np.maximum(own, mirror_high)), own + open_own
    )
    missing = np.isnan(own)
    low = np.where(missing, np.where(mirrored, mirror_low, 0.0), own)
    high = np.where(missing, np.where(mirrored, mirror_high, np.inf), high)
    return Bounded(own, low, high)


def _reported(
    flows: Flows, year: int, at: int, report: str, choice: Choice, *, exports: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Reported flows with every partner, and how much the reporter leaves open; NaN if missing."""
    size = len(flows.labels)
    if report not in flows.basis:
        return np.full(size, np.nan), np.zeros(size)
    matrix = flows.dense(year, report, choice.sectors)
    values = (matrix[at] if exports else matrix[:, at]).copy()
    areas = np.array([label in flows.areas for label in flows.labels])
    own_report = exports == (report == "exporter")
    if report != "table" and not own_report:
        values[areas] = 0.0  # no area reports; its trade is in the reports of economies
    if report == "table" or choice.unallocated == "ignore":
        return values, np.zeros(size)
    amount, share = unallocated(flows, year, report)
    material = np.where(share >= UNALLOCATED, amount, 0.0)
    left = np.full(size, material[at]) if own_report else material
    return values, np.where(areas, 0.0, left)
