"""The main statistics of all economies in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.statistics.complexity import economic_complexity
from zollverein.statistics.concentration import herfindahl
from zollverein.statistics.inputs import Sectors, foreign_trade, ratio, sector_labels
from zollverein.statistics.reliance import (
    country_reliance,
    foreign_input_reliance,
    import_dependence,
    value_added_in_exports,
)
from zollverein.statistics.trade import openness
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


def economies_table(world: World, sectors: Sectors = None) -> pd.DataFrame:
    """The main statistics of every economy, indexed by ``country``.

    Args:
        world: The world.
        sectors: Sectors of the trade statistics; all if omitted. Openness and reliance are of the
            whole economy.

    Returns:
        ``exports``, ``imports`` and ``balance`` in currency, ``openness``,
        ``partner_hhi`` and ``sector_hhi`` of exports, ``foreign_inputs`` at
        face value and ``foreign_input_reliance`` looked through (shares), ``foreign_content`` of
        exports (share) and ``eci`` (complexity of goods; not-a-number if
        it is not determined).
    """
    import pandas as pd

    trade = foreign_trade(world, sectors).values
    sold, bought = trade.sum(axis=(1, 2)), trade.sum(axis=(0, 2))
    content = value_added_in_exports(world).values
    gross = accounts.abroad(accounts.factory_sales(world)).sum(axis=(1, 2))
    columns = {
        "exports": sold,
        "imports": bought,
        "balance": sold - bought,
        "openness": openness(world).values,
        "partner_hhi": herfindahl(world, "partner", sectors=sectors).values,
        "sector_hhi": herfindahl(world, "sector", sectors=sectors).values,
        "foreign_inputs": _foreign(world, import_dependence(world)),
        "foreign_input_reliance": _foreign(world, foreign_input_reliance(world)),
        "foreign_content": ratio(content.sum(axis=0) - np.diag(content), gross),
        "eci": _complexity(world, sectors),
    }
    return pd.DataFrame(columns, index=pd.Index(world.countries, name="country"))


#: Columns of the table of economies: name in words, unit.
COLUMNS = {
    "exports": ("exports", "currency"),
    "imports": ("imports", "currency"),
    "balance": ("trade balance", "currency"),
    "openness": ("openness: exports plus imports over product", "share"),
    "partner_hhi": ("concentration of exports on partners (Herfindahl)", "index"),
    "sector_hhi": ("concentration of exports on sectors (Herfindahl)", "index"),
    "foreign_inputs": ("foreign share of inputs at face value", "share"),
    "foreign_input_reliance": ("foreign input reliance, looked through", "share"),
    "foreign_content": ("foreign content of exports", "share"),
    "eci": ("economic complexity index of goods", "index"),
}


def _foreign(world: World, shares: xr.DataArray) -> np.ndarray:
    """Everything that is not domestic."""
    return np.asarray(1 - np.diag(country_reliance(shares, world).values))


def _complexity(world: World, sectors: Sectors) -> np.ndarray:
    """Complexity of the goods among the sectors; not-a-number if it is not determined."""
    try:
        goods = sector_labels(world, "goods")
        chosen = [label for label in sector_labels(world, sectors) if label in goods]
        return economic_complexity(world, chosen).values
    except (DataError, LabelError, ScenarioError):
        return np.full(len(world.countries), np.nan)
