"""Tables of draws: one row of plain numbers for each draw, and bands over the labels.

A cell that is no number in a table (the change of trade that was not there) is kept as infinity, since not a
number stands for a draw that is not finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein.errors import LabelError
from zollverein.tables import Reader
from zollverein.uncertainty.sampling import Array, band_ends

if TYPE_CHECKING:
    from zollverein.result import Result


@dataclass(frozen=True, eq=False, repr=False)
class TableDraws:
    """A table at the central assumptions and in every draw; frozen.

    Attributes:
        central: At the central assumptions, with the table's name, title (``long_name``) and ``units``.
        draws: ``[draw, ...]``, over the labels of ``central``; without the failed draws.
    """

    central: xr.DataArray
    draws: xr.DataArray

    def bands(self, level: float = 0.9) -> xr.Dataset:
        """``central``, ``median``, ``low`` and ``high`` over the labels of the table.

        Args:
            level: Share of the draws between low and high.

        Returns:
            A cell that is no number in any draw has no band.
        """
        ends = band_ends(level)
        values = np.quantile(self.draws.values, ends, axis=0)
        parts = {"central": self.central.values}
        parts |= dict(zip(("median", "low", "high"), values, strict=True))
        told = {**self.central.attrs, "level": level, "draws": self.draws.sizes["draw"]}
        arrays = {name: (self.central.dims, array) for name, array in parts.items()}
        return xr.Dataset(arrays, coords=self.central.coords, attrs=told)

    def __repr__(self) -> str:
        """Number of draws, and sizes."""
        sizes = ", ".join(f"{dim}: {size}" for dim, size in self.draws.sizes.items())
        return f"TableDraws({self.central.name}: {sizes})"


def read_cells(readers: Sequence[Reader], like: Sequence[xr.DataArray], result: Result) -> Array:
    """The cells of all tables of a result, one after another ``[cell]``.

    Args:
        readers: Of the tables.
        like: The tables at the central assumptions, whose labels each draw has.
        result: Of a draw.

    Raises:
        LabelError: If a table has other labels than at the central assumptions.
    """
    parts = [np.empty(0)]
    for reader, central in zip(readers, like, strict=True):
        found = reader(result)
        same = found.dims == central.dims and all(
            found.indexes[dim].equals(central.indexes[dim]) for dim in central.dims
        )
        if not same:
            raise LabelError(
                f"table '{reader.name}' has other labels in a draw ({_sizes(found)}) than at the central "
                f"assumptions ({_sizes(central)}). Usual cause: a table of the largest only. "
                "Fix: a table of fixed rows and columns."
            )
        parts.append(found.values.ravel())
    cells = np.concatenate(parts)
    return np.where(np.isfinite(cells), cells, np.inf)


def split(cells: Array, like: Sequence[xr.DataArray]) -> dict[str, TableDraws]:
    """Tables by name from the cells ``[draw, cell]`` of all draws.

    Args:
        cells: As ``read_cells`` gives them.
        like: The tables at the central assumptions, in the same order.
    """
    found, start = {}, 0
    for central in like:
        part = cells[:, start : start + central.size].reshape(len(cells), *central.shape)
        start += central.size
        values = np.where(np.isfinite(part), part, np.nan)
        dims = ("draw", *central.dims)
        draws = xr.DataArray(values, dims=dims, coords=central.coords, attrs=central.attrs)
        found[str(central.name)] = TableDraws(central, draws)
    return found


def _sizes(table: xr.DataArray) -> str:
    return ", ".join(f"{dim} {size}" for dim, size in table.sizes.items())
