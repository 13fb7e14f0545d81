"""What several measures may take from one whole: the parts of a barrier, the opening of a market."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.scenario.cells import Cells
from zollverein.scenario.draft import Draft, flow_name
from zollverein.scenario.messages import listed

#: Parts may exceed the whole by this, from rounding in a file.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Claim:
    """A part that a measure takes from a whole, on its flows.

    Attributes:
        index: Position of the measure.
        cells: Its flows.
        size: The part.
        whole: Of what.
    """

    index: int
    cells: Cells
    size: float
    whole: float


def claim(draft: Draft, what: str, mine: Claim) -> None:
    """Take a part; a problem where it and those of earlier measures together exceed the whole.

    Args:
        draft: The policy in the making.
        what: A key of the wholes there are.
        mine: What is taken.
    """
    earlier = draft.claims.setdefault(what, [])
    shared = [(other, other.cells.common(mine.cells)) for other in earlier]
    shared = [(other, common) for other, common in shared if common]
    earlier.append(mine)
    if not shared:
        return
    shape = draft.world.data["trade_flow"].shape
    taken, whole = np.zeros(shape), np.full(shape, np.inf)
    for one, common in [*shared, (mine, mine.cells)]:
        common.change(taken, np.add, one.size)
        common.lower(whole, one.whole)
    over = np.argwhere(taken > whole * (1 + _ROUNDING))
    if len(over):
        _too_much(draft, what, [*shared, (mine, mine.cells)], over, (taken, whole))


def _too_much(
    draft: Draft,
    what: str,
    shared: list[tuple[Claim, Cells]],
    over: np.ndarray,
    sizes: tuple[np.ndarray, np.ndarray],
) -> None:
    """Record the first flow on which the parts exceed the whole, and whose parts they are."""
    seller, buyer, sector = (int(i) for i in over[0])
    who = [
        draft.places[one.index]
        for one, common in shared
        if common.pairs[seller, buyer] and sector in common.sectors
    ]
    more = f" and {len(over) - 1} more" if len(over) > 1 else ""
    taken, whole = (float(size[seller, buyer, sector]) for size in sizes)
    told = _TOO_MUCH[what].format(
        taken=taken, whole=whole, flow=flow_name(draft.world, over[0]) + more
    )
    draft.problems.append(f"{listed(who, quote='')} together {told}")


#: What is taken from a whole -> what is said where that is too much.
_TOO_MUCH = {
    "barrier": "remove {taken:g} of a barrier of {whole:g} on {flow}; what is removed may be at most the "
    "whole. Make their flows distinct, or remove less.",
    "opening": "open {taken:g} of what governments buy: {flow}; with {whole:g} they buy as private buyers "
    "do, and more is not meant. Make their members or sectors distinct, or open less.",
}
