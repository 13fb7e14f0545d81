"""What an economy exports more of than others: revealed comparative advantage."""

from __future__ import annotations

import numpy as np
import xarray as xr

from zollverein.errors import DataError
from zollverein.statistics.inputs import Flows, Sectors, economies, foreign_trade, named, ratio
from zollverein.world import World


def export_table(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Exports ``[country, sector]`` of a World, of a table of flows, or as given in that shape.

    Raises:
        DataError: If a value is missing or negative.
    """
    if not isinstance(source, World) and {"country", "sector"} == set(source.dims):
        table = source.transpose("country", "sector")
        if sectors is not None:
            table = table.sel(sector=[sectors] if isinstance(sectors, str) else list(sectors))
        if not (table.values >= 0).all():  # a missing value fails too
            raise DataError("exports by country and sector must be zero or positive, none missing.")
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
    return value.copy(data=np.nan_to_num(value.values) >= threshold).astype(bool)


def _coords(table: xr.DataArray) -> dict[str, list[str]]:
    return {dim: list(table.indexes[dim]) for dim in ("country", "sector")}
