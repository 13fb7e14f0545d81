"""More or less than size explains: trade intensity, introversion, and the cost that ratios reveal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.errors import LabelError
from zollverein.statistics.inputs import (
    Array,
    Flows,
    Group,
    Sectors,
    economies,
    foreign_trade,
    inside,
    named,
    ratio,
)
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


def trade_intensity(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Trade intensity ``[exporter, importer]``: 1 if a partner's weight is that in world imports.

    The partner's share in the exporter's exports over its share in the imports of all others
    (Brown 1949; Kojima 1964). Weighted with the latter shares it averages to 1. Not-a-number on
    the diagonal and where the exporter sells nothing or the partner buys nothing.
    """
    trade = foreign_trade(source, sectors).values.sum(axis=2)
    bought = trade.sum(axis=0)
    others = bought.sum() - bought[:, None]
    intensity = ratio(ratio(trade, trade.sum(axis=1, keepdims=True)), ratio(bought, others))
    np.fill_diagonal(intensity, np.nan)
    names = economies(source)
    return named("trade_intensity", intensity, {"exporter": names, "importer": names})


def symmetric_trade_intensity(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Trade intensity on the scale from −1 (no trade) over 0 (as size explains) to 1."""
    intensity = trade_intensity(source, sectors)
    names = economies(source)
    values = _symmetric(intensity.values)
    return named("symmetric_trade_intensity", values, {"exporter": names, "importer": names})


def regional_introversion(source: Flows, group: Group, sectors: Sectors = None) -> xr.DataArray:
    """Introversion of a region between −1 and 1; 0 if members trade alike with members and others.

    Compares the region's weight in its members' trade with its weight in the trade of outsiders
    (Iapadre 2006); unlike the intra-regional share it does not rise with the size of the region.
    A number without dimensions; not-a-number with fewer than two members or two outsiders.
    """
    trade = foreign_trade(source, sectors).values.sum(axis=2)
    trade = trade + trade.T
    member = inside(source, group)
    within, own = trade[np.ix_(member, member)].sum(), trade[member].sum()
    across, theirs = trade[np.ix_(~member, member)].sum(), trade[~member].sum()
    inner, outer = ratio(within, own), ratio(across, theirs)
    # (HI − HE)/(HI + HE), multiplied out so that the ends of the scale are not divisions by zero
    value = ratio(inner - outer, inner + outer - 2 * inner * outer)
    comparable = min(member.sum(), (~member).sum()) > 1
    return named("regional_introversion", value if comparable else np.nan, {})


def bilateral_trade_cost(
    world: World, trade_elasticity: xr.DataArray | pd.Series | float
) -> xr.DataArray:
    """Head-Ries index: the ad valorem cost of crossing the border ``[exporter, importer, sector]``.

    The geometric mean over both directions of the cost of trade relative to that of domestic
    trade, as implied by duty-paid spending (Head and Ries 2001; Novy 2013): in an Armington or
    Eaton-Kortum world with symmetric costs it is exactly the cost, duties included. 0.4 means 40
    per cent. Infinite where one direction does not trade; not-a-number where an economy does not
    buy from itself.

    Args:
        world: The World; domestic sales are needed, so a table of trade will not do.
        trade_elasticity: One number for all sectors, or ``[sector]``: labelled (of xarray or pandas), or
            plain numbers by position; positive.

    Raises:
        LabelError: If the elasticities' sectors are not the world's, in order, or one is not
            positive.
    """
    spent = accounts.purchases(world)
    theta = _elasticity(world, trade_elasticity)
    home = np.einsum("iis->is", spent)
    domestic = home[:, None] * home[None]
    freeness = np.sqrt(ratio(spent * spent.transpose(1, 0, 2), domestic))
    with np.errstate(divide="ignore"):
        cost = freeness ** (-1 / theta) - 1
    names = world.countries
    coords = {"exporter": names, "importer": names, "sector": world.sectors}
    return named("bilateral_trade_cost", cost, coords)


def _symmetric(values: Array) -> Array:
    """(x − 1)/(x + 1)."""
    return (values - 1) / (values + 1)


def _elasticity(world: World, given: Any) -> Array:
    index = getattr(given, "index", None)  # of pandas
    if isinstance(given, xr.DataArray) and given.ndim:
        index = given.indexes.get("sector")
    if index is not None and not callable(index) and tuple(index) != world.sectors:
        raise LabelError(
            f"trade_elasticity must have the sectors of {world.name}, in its order; got "
            f"{list(index)[:3]}. Fix: trade_elasticity.sel(sector=list(world.sectors)), of pandas "
            "trade_elasticity.reindex(world.sectors)."
        )
    try:
        theta = np.broadcast_to(np.asarray(given, dtype=float), len(world.sectors))
    except (TypeError, ValueError):
        raise LabelError(
            f"trade_elasticity is one number or one for each of the {len(world.sectors)} sectors of "
            f"{world.name}, in their order; got {given!r}."
        ) from None
    if not (theta > 0).all():
        raise LabelError(f"trade elasticities are positive numbers; got {float(theta.min()):g}.")
    return theta
