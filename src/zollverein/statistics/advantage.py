"""What an economy exports more of than others: revealed comparative advantage."""

from __future__ import annotations

import numpy as np
import xarray as xr

from zollverein.errors import DataError
from zollverein.statistics.inputs import (
    Flows,
    Sectors,
    as_table,
    check_axes,
    economies,
    foreign_trade,
    named,
    ratio,
    sector_labels,
)
from zollverein.world import World

#: Relative size of what sums and quotients lose in binary arithmetic.
_ROUNDING = 1e-9


def export_table(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Exports ``[country, sector]`` of a World, of a table of flows, or as given in that shape.

    Raises:
        DataError: If a value is missing, negative or infinite.
        LabelError: If labels are missing or repeat, or a sector is unknown.
        ScenarioError: If a group of sectors is unknown.
    """
    if not isinstance(source, World) and {"country", "sector"} == set(as_table(source).dims):
        table = source.transpose("country", "sector")
        check_axes(table)
        table = table.sel(sector=list(sector_labels(table, sectors)))
        if not ((table.values >= 0) & np.isfinite(table.values)).all():  # a missing value fails too
            raise DataError(
                "exports by country and sector must be zero or positive, none missing or infinite."
            )
        return table
    trade = foreign_trade(source, sectors)
    coords = {"country": list(economies(source)), "sector": list(trade.indexes["sector"])}
    return xr.DataArray(trade.values.sum(axis=1), coords, ("country", "sector"))


def revealed_comparative_advantage(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Revealed comparative advantage ``[country, sector]``; 1 is the world's average.

    The sector's share in the economy's exports over its share in world exports (Balassa 1965). The
    mean over economies weighted with their exports is 1 in every sector that is traded.

    Args:
        source: A World, a table of flows, or exports ``[country, sector]``.
        sectors: Which sectors; all if omitted. Usual: ``goods``.
    """
    exports = export_table(source, sectors)
    made = exports.values
    world = ratio(made.sum(axis=0), made.sum())
    value = ratio(ratio(made, made.sum(axis=1, keepdims=True)), world)
    return named("revealed_comparative_advantage", value, _coords(exports))


def symmetric_comparative_advantage(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Comparative advantage from −1 (no exports) over 0 to 1 (Dalum, Laursen and Villumsen 1998)."""
    value = revealed_comparative_advantage(source, sectors)
    scaled = (value.values - 1) / (value.values + 1)
    return named("symmetric_comparative_advantage", scaled, _coords(value))


def specialised(source: Flows, sectors: Sectors = None, threshold: float = 1.0) -> xr.DataArray:
    """Which products an economy is specialised in: comparative advantage of at least ``threshold``."""
    value = revealed_comparative_advantage(source, sectors)
    return value.copy(data=reaches(value.values, threshold)).astype(bool)


def reaches(value: np.ndarray, threshold: float = 1.0) -> np.ndarray:
    """Whether comparative advantage is at least the threshold; a shortfall in the last digits is rounding."""
    return np.asarray(np.nan_to_num(value) >= threshold * (1 - _ROUNDING))


def _coords(table: xr.DataArray) -> dict[str, list[str]]:
    return {dim: list(table.indexes[dim]) for dim in ("country", "sector")}
