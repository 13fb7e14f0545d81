"""Setting, adding to and scaling rates, and what is contradictory about it.

Two measures that *set* the same rate are contradictory unless ``combine`` says which counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zollverein.scenario.cells import Cells
from zollverein.scenario.draft import Draft, baseline_of, flow_name, rate_name, some_flow
from zollverein.scenario.trade import ExportTax, Tariff


def change_rate(
    measure: Tariff | ExportTax, draft: Draft, index: int, cells: Cells, name: str, strength: float
) -> None:
    """Set, add to or scale a rate; records contradictions and rates of -100 % or less."""
    if measure.set is not None:
        set_rate(measure.set, draft, index, cells, name, strength)
    elif measure.add is not None:
        add_to_rate(measure.add * strength, draft, index, cells, name)
    elif measure.scale is not None:
        cells.change(draft.array(name), np.multiply, 1 + strength * (measure.scale - 1))
        draft.moved.add(name)
    refuse_low(draft, index, cells, name)


def add_to_rate(points: float, draft: Draft, index: int, cells: Cells, name: str) -> None:
    """Add percentage points to a rate."""
    cells.change(draft.array(name), np.add, points)
    draft.moved.add(name)
    refuse_low(draft, index, cells, name)


def refuse_low(draft: Draft, index: int, cells: Cells, name: str) -> None:
    """Record a problem where a rate has come to -100 % or less."""
    rate = draft.array(name)
    low = cells.lowest(rate)
    if low <= -1:
        text = "brings the {} of {} to {:g}; a rate must stay greater than -1."
        cell = np.argwhere(rate == low)[0]
        words = text.format(rate_name(name), flow_name(draft.world, cell), low)
        draft.problems.append(f"{draft.places[index]}: {words}")
        cells.fill(rate, value=0.0)


def set_rate(
    value: float | np.ndarray, draft: Draft, index: int, cells: Cells, name: str, strength: float
) -> None:
    """Set a rate, unless another measure has set it and ``combine`` says otherwise.

    ``value`` is one number, or an array of new rates for all flows of the world. A measure at a strength
    below one leaves the rest of what it replaces: the rate before or, where rates are added, what is left of
    the rate that no measure has set.
    """
    claim_rate(draft, index, cells, name)
    rate = draft.array(name)
    if draft.combine != "add" and strength == 1 and not isinstance(value, np.ndarray):
        cells.fill(rate, value)
        return
    mask = np.zeros_like(rate, dtype=bool)
    cells.fill(mask, value=True)
    left = rate
    if draft.combine == "add":
        left = draft.arrays.setdefault(f"{name}_left", np.full_like(rate, np.nan))
        np.copyto(left, rate, where=mask & np.isnan(left))
    np.copyto(rate, strength * np.asarray(value) + (rate - strength * left), where=mask)
    if left is not rate:
        np.multiply(left, 1 - strength, out=left, where=mask)


def claim_rate(draft: Draft, index: int, cells: Cells, name: str) -> None:
    """Say that a measure sets a rate; a problem where an earlier one sets it too, unless allowed."""
    earlier = draft.setters.setdefault(name, [])
    if draft.combine == "error":
        shared = [(other, cells.common(theirs)) for other, theirs in earlier]
        overlaps = [(other, common) for other, common in shared if common]
        _note_conflicts(draft, index, overlaps, name)
    if name in draft.moved:
        _note_discarded(draft, index, cells, name)
    earlier.append((index, cells))


def _note_conflicts(
    draft: Draft, index: int, overlaps: Sequence[tuple[int, Cells]], name: str
) -> None:
    """Record that this measure sets rates which earlier ones have set; one problem per pair."""
    for other, common in overlaps:
        draft.problems.append(
            f"{draft.places[other]} and {draft.places[index]} both set the {rate_name(name)} of "
            f"{some_flow(draft.world, common)}. Make their flows distinct, use add or scale "
            'in the second, or say what counts with combine = "last" or "add" at the top of the file.'
        )


def _note_discarded(draft: Draft, index: int, cells: Cells, name: str) -> None:
    """Remark that a set discards what an earlier measure added to or scaled."""
    changed = draft.array(name) != baseline_of(draft.world, name)
    for _, theirs in draft.setters.get(name, ()):
        theirs.fill(changed, value=False)
    if cells.any(changed):
        draft.notes.append(
            f"{draft.places[index]} sets a {rate_name(name)} that an earlier measure had changed; "
            "the earlier change has no effect there."
        )
