"""The flows that one measure touches, and how to change them without copies.

A measure names countries times countries times sectors, so a mask of pairs and a list of sectors
say all; writing through views with that mask is several times faster than an index per flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zollverein.scenario.resolve import Positions


@dataclass(frozen=True)
class Cells:
    """Cross-border flows a measure touches: pairs of countries times sectors.

    Attributes:
        pairs: Which flows ``[exporter, importer]``; never a domestic one.
        sectors: Positions of the sectors, in order.
    """

    pairs: np.ndarray
    sectors: Positions

    def parts(self, array: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Views of ``array[exporter, importer, sector]`` with a mask; views cost no copies.

        Each view is of a run of neighbouring sectors and of the smallest block of countries.
        """
        sellers, buyers = (_extent(positions) for positions in np.nonzero(self.pairs))
        mask = self.pairs[sellers, buyers, None]
        ends = [i for i, s in enumerate(self.sectors) if s + 1 not in self.sectors[i + 1 : i + 2]]
        first = 0
        for last in ends:
            yield array[sellers, buyers, self.sectors[first] : self.sectors[last] + 1], mask
            first = last + 1

    def change(self, array: np.ndarray, operation: np.ufunc, value: float) -> None:
        """Apply ``np.add`` or ``np.multiply`` to the flows of an array, in place.

        Other flows are changed by what changes nothing: several times quicker than to leave them out.
        """
        for part, mask in self.parts(array):
            plane = np.where(mask[:, :, 0].T, value, float(operation.identity))
            operation(part.T, plane, out=part.T)  # in the order of the memory

    def lower(self, array: np.ndarray, value: float) -> None:
        """Bring the flows of an array down to a value where they are above it, in place."""
        for part, mask in self.parts(array):
            np.minimum(part, value, out=part, where=mask)

    def fill(self, array: np.ndarray, value: float | bool) -> None:
        """Set the flows of an array, in place."""
        for part, mask in self.parts(array):
            np.copyto(part, value, where=mask)

    def any(self, array: np.ndarray) -> bool:
        """Whether any of the flows is other than zero."""
        return any(
            part[:, :, s][mask[:, :, 0]].any()
            for part, mask in self.parts(array)
            for s in range(part.shape[2])
        )

    def lowest(self, array: np.ndarray) -> float:
        """Smallest value among the flows, or zero if they are all positive."""
        return min((p.min(where=mask, initial=0.0) for p, mask in self.parts(array)), default=0.0)

    def common(self, other: Cells) -> Cells:
        """The flows that are in both."""
        sectors = tuple(sorted(set(self.sectors) & set(other.sectors)))
        return Cells(self.pairs & other.pairs, sectors)

    def __bool__(self) -> bool:
        return bool(self.sectors) and bool(self.pairs.any())


def _extent(positions: np.ndarray) -> slice:
    """The shortest slice that holds every position."""
    return slice(int(positions.min()), int(positions.max()) + 1) if positions.size else slice(0)
