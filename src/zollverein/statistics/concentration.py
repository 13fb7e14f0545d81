"""Concentration on few partners or products, and trade in both directions within one industry."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr

from zollverein.statistics.inputs import (
    Flows,
    Sectors,
    check_word,
    economies,
    foreign_trade,
    named,
    ratio,
)


def herfindahl(
    source: Flows,
    over: Literal["partner", "sector"] = "partner",
    flow: Literal["exports", "imports"] = "exports",
    sectors: Sectors = None,
    *,
    normalised: bool = False,
) -> xr.DataArray:
    """Herfindahl-Hirschman index of an economy's trade ``[country]``, from 1/n to 1.

    Args:
        source: A World or a table of flows.
        over: Sum of squared shares of partners, or of sectors.
        flow: Exports or imports.
        sectors: Which sectors; all if omitted.
        normalised: Rescale to 0 for equal shares, ``(H − 1/n)/(1 − 1/n)``.

    Raises:
        DataError: If ``over`` or ``flow`` is another word.
    """
    check_word(over, ("partner", "sector"), "over")
    check_word(flow, ("exports", "imports"), "flow")
    trade = foreign_trade(source, sectors).values
    if flow == "imports":
        trade = trade.transpose(1, 0, 2)
    parts = trade.sum(axis=2 if over == "partner" else 1)
    share = ratio(parts, parts.sum(axis=1, keepdims=True))
    index = (share**2).sum(axis=1)
    if normalised:
        even = ratio(1, parts.shape[1] - (over == "partner"))
        index = ratio(index - even, 1 - even)
    return named("herfindahl", index, {"country": economies(source)})


def grubel_lloyd(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Intra-industry trade with the world ``[country, sector]``: 1 if balanced, 0 if one-way.

    Grubel and Lloyd (1975). Not-a-number where a sector is not traded.
    """
    trade = foreign_trade(source, sectors)
    sold, bought = trade.values.sum(axis=1), trade.values.sum(axis=0)
    coords = {"country": economies(source), "sector": list(trade.indexes["sector"])}
    return named("grubel_lloyd", 1 - ratio(np.abs(sold - bought), sold + bought), coords)


def bilateral_grubel_lloyd(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Intra-industry trade of two economies over all sectors ``[country, partner]``; symmetric.

    The mean of the sectors' indices weighted with their turnover (Grubel and Lloyd 1975).
    """
    trade = foreign_trade(source, sectors).values
    back = trade.transpose(1, 0, 2)
    one_way = np.abs(trade - back).sum(axis=2)
    names = economies(source)
    index = 1 - ratio(one_way, (trade + back).sum(axis=2))
    return named("bilateral_grubel_lloyd", index, {"country": names, "partner": names})
