"""General checks of a series of years: flows that vanish, and years that do not fit the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from zollverein.flows.values import REPORTS, Cells, Flows, check_flows, spans

#: Share of its exporter's or importer's trade from which a flow cannot vanish unnoticed.
_LARGE = 0.05
#: Years in a row that a flow must have been there before.
_STEADY = 2
#: Least change of partner shares that is called a break, and how often the usual change it must be.
_LEAST, _TIMES = 0.3, 4.0
#: Partners and years below which no usual change can be told.
_PARTNERS, _YEARS = 10, 4


@dataclass(frozen=True)
class Break:
    """A year-to-year change of an economy's partners that is out of line with its other years.

    Attributes:
        label: The economy.
        direction: ``exports`` or ``imports``.
        report: Whose report.
        before: Last year before the break.
        after: First year after it.
        change: Half the sum of absolute changes of partner shares, from 0 to 1.
        usual: Median of the same over the economy's other years.
        suspect: The years on the shorter side of the break.
    """

    label: str
    direction: str
    report: str
    before: int
    after: int
    change: float
    usual: float
    suspect: tuple[int, ...]

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"{self.label}'s {self.direction} ({self.report}) move between partners by {self.change:.0%} "
            f"of the total from {self.before} to {self.after}, against {self.usual:.0%} in a usual year: "
            f"a break in the source or a great shock; {spans(self.suspect)} may not be comparable"
        )


def series_breaks(flows: Flows) -> tuple[Break, ...]:
    """Years that do not fit the others, for every economy, direction and report.

    The statistic is half the sum of absolute changes of an economy's partner shares (areas such as
    "Areas, nes" left out), which does not react to growth or to prices that move all partners
    alike. It is a break if it is at least 0.3 and four times the median of the economy's other
    years. Fewer than four years or ten partners tell nothing.

    Args:
        flows: Any flows.

    Returns:
        The breaks, the largest first.
    """
    check_flows(flows)
    found: list[Break] = []
    if len(flows.years) < _YEARS:
        return ()
    for report in flows.reports:
        for axis, direction in enumerate(("exports", "imports")):
            found += _of_direction(flows, report, axis, direction)
    return tuple(sorted(found, key=lambda item: -item.change))


def _of_direction(flows: Flows, report: str, axis: int, direction: str) -> list[Break]:
    """Breaks of one direction of one report."""
    economies = np.array([label not in flows.areas for label in flows.labels])
    stacked = np.array([_oriented(flows.dense(year, report), axis) for year in flows.years])
    stacked[:, :, ~economies] = np.nan
    change = np.array([_moved(*pair) for pair in pairwise(stacked)])
    partners = (np.nan_to_num(stacked) > 0).sum(axis=2).max(axis=0, initial=0)
    found = []
    for index, label in enumerate(flows.labels):
        if label in flows.areas or partners[index] < _PARTNERS:
            continue
        if flows.focus and label not in flows.focus:
            continue
        found += _of_series(flows, report, direction, label, change[:, index])
    return found


def _oriented(flow: np.ndarray, axis: int) -> np.ndarray:
    return flow if axis == 0 else flow.T


def _moved(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Half the sum of absolute changes of partner shares, over partners known in both years."""
    both = ~np.isnan(before) & ~np.isnan(after)
    old, new = np.where(both, before, 0.0), np.where(both, after, 0.0)
    sums = [flow.sum(axis=1, keepdims=True) for flow in (old, new)]
    shares = [
        flow / np.where(total > 0, total, 1.0) for flow, total in zip((old, new), sums, strict=True)
    ]
    moved = 0.5 * np.abs(shares[1] - shares[0]).sum(axis=1)
    return np.where(((sums[0] > 0) & (sums[1] > 0))[:, 0], moved, np.nan)


def _of_series(
    flows: Flows, report: str, direction: str, label: str, change: np.ndarray
) -> list[Break]:
    known = np.flatnonzero(~np.isnan(change))
    if known.size + 1 < _YEARS:
        return []
    found = []
    for at in known:
        usual = float(np.median(change[known[known != at]]))
        if change[at] >= max(_LEAST, _TIMES * usual):
            before, after = flows.years[: at + 1], flows.years[at + 1 :]
            suspect = before if len(before) < len(after) else after
            moved = float(change[at])
            found.append(
                Break(label, direction, report, before[-1], after[0], moved, usual, tuple(suspect))
            )
    return found


def vanished(flows: Flows) -> Flows:
    """Mark as missing the flows of a table that stop although they were large and steady.

    A table in which the two sides already agree does not say who reported. If neither side of a
    flow publishes any more, the flow is simply not there. A flow that was at least 5 per cent of
    its exporter's exports or importer's imports, two years in a row, and then is absent, is
    therefore missing and not zero, until it is back.
    """
    side = REPORTS.index("table")
    size = len(flows.labels)
    areas = np.array([label in flows.areas for label in flows.labels])
    missing = np.zeros((size, size), dtype=bool)
    history: list[np.ndarray] = []
    entries: list[tuple[int, np.ndarray]] = []
    for at, year in enumerate(flows.years):
        flow = np.nan_to_num(flows.dense(year, "table"))
        gone = flow == 0
        if len(history) >= _STEADY:
            missing |= np.logical_and.reduce(history[-_STEADY:]) & gone
        missing &= gone
        missing[areas, :] = missing[:, areas] = False
        if missing.any():
            entries.append((at, np.argwhere(missing)))
        sold, bought = flow.sum(axis=1, keepdims=True), flow.sum(axis=0, keepdims=True)
        history.append((flow > 0) & ((flow >= _LARGE * sold) | (flow >= _LARGE * bought)))
    if not entries:
        return flows
    years = np.concatenate([np.full(len(pairs), at, dtype=np.int32) for at, pairs in entries])
    pairs = np.concatenate([pairs for _, pairs in entries]).astype(np.int32)
    note = (
        f"{len(pairs)} flows stop although they were large and steady; missing, not zero: "
        f"{_shown(flows, years, pairs)}"
    )
    return replace(
        flows, cells=_with_missing(flows.cells, side, years, pairs), notes=(*flows.notes, note)
    )


def _with_missing(cells: Cells, side: int, years: np.ndarray, pairs: np.ndarray) -> Cells:
    """Cells with one missing entry for each pair and year."""
    count = len(pairs)
    nothing = np.zeros(count, dtype=np.int32)
    missing = np.full(count, np.nan)
    quantity = None if cells.quantity is None else np.concatenate([cells.quantity, missing])
    return Cells(
        report=np.concatenate([cells.report, nothing + side]),
        year=np.concatenate([cells.year, years]),
        exporter=np.concatenate([cells.exporter, pairs[:, 0]]),
        importer=np.concatenate([cells.importer, pairs[:, 1]]),
        sector=np.concatenate([cells.sector, nothing]),
        value=np.concatenate([cells.value, missing]),
        quantity=quantity,
    )


def _shown(flows: Flows, years: np.ndarray, pairs: np.ndarray) -> str:
    labels = flows.labels
    first = [
        f"{labels[a]} to {labels[b]} in {flows.years[at]}"
        for at, (a, b) in zip(years[:5], pairs[:5], strict=True)
    ]
    return ", ".join(first) + (f" and {len(pairs) - 5} more" if len(pairs) > 5 else "")
