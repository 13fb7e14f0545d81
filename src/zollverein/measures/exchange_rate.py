"""How to read the exchange rate: the relative wage, the terms of trade, and what neither says.

The model has no money. Its real exchange rate is the wage of a country over that of its partners,
weighted by trade: an effective exchange rate on unit labour costs. A rise is a real appreciation, a
fall a depreciation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.measures.common import by_country, check_pair, comparable, country_frame, share
from zollverein.measures.effects import real_income_hat, terms_of_trade_hat
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.parameters import Parameters

#: Why the exchange rate says nothing about gain or loss.
EXPLANATION = (
    "The exchange rate is not a measure of welfare: a uniform tax on all imports and the same tax on all "
    "exports have identical effects on consumption, production and trade (Lerner 1936), yet the first "
    "raises a country's relative wage and the second lowers it. So limits on what a country "
    "may buy appreciate its currency, and limits on what it may sell, and frozen assets, depreciate "
    "it, whatever they cost (Itskhoki and Mukhin 2025; Lorenzoni and Werning 2022). What a policy "
    "costs is the change of real income."
)
#: Changes below this, in percent, have no sign.
_NOTHING = 0.005


def relative_wage_hat(before: World, after: World) -> xr.DataArray:
    """Change of the wage over that of the trading partners ``[country]``.

    ``ŵ_n / Π_i ŵ_i^(ω_ni)`` with ω_ni partner i's share in n's exports and imports (border
    values), mean of before and after. Partners that are cut off, with which no wage can be compared any
    more, do not count; a country without foreign trade keeps 1.

    Raises:
        LabelError: If the two worlds have different labels.
    """
    check_pair(before, after)
    wage = np.log(accounts.values(after, "wage") / accounts.values(before, "wage"))
    weights, together = [], comparable(before, after)
    for world in (before, after):
        trade = accounts.bilateral_trade(world) * together
        both = trade + trade.T
        weights.append(share(both, both.sum(axis=1, keepdims=True)))
    mean = (weights[0] + weights[1]) / 2
    hat = np.exp(mean.sum(axis=1) * wage - mean @ wage)
    return by_country(before, "relative_wage_hat", hat)


def exchange_rate(
    before: World,
    after: World,
    productivity_hat: xr.DataArray | None = None,
    parameters: Parameters | None = None,
) -> pd.DataFrame:
    """The exchange-rate reading of each country.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        productivity_hat: The policy's, if any; for the terms of trade.
        parameters: The result's; they matter for the terms of trade where costs have CES nests.

    Returns:
        Table by country with ``relative_wage_pct``, ``terms_of_trade_pct``, ``real_income_pct``,
        the signs of the first two as ``exchange_rate`` ("appreciates", "depreciates", "unchanged")
        and ``terms_of_trade`` ("improve", "worsen", "unchanged"), and ``misleading``: whether real
        income moves the other way than the relative wage. Changes below 0.005 % have no sign.

    Raises:
        LabelError: If the two worlds have different labels.
    """
    wage = 100 * (relative_wage_hat(before, after).values - 1)
    terms = terms_of_trade_hat(before, after, productivity_hat, parameters)
    terms_pct = 100 * (terms.values - 1)
    income = 100 * (real_income_hat(before, after).values - 1)
    columns = {
        "relative_wage_pct": wage,
        "terms_of_trade_pct": terms_pct,
        "real_income_pct": income,
        "exchange_rate": _words(wage, "appreciates", "depreciates"),
        "terms_of_trade": _words(terms_pct, "improve", "worsen"),
        "misleading": _sign(wage) * _sign(income) < 0,
    }
    return country_frame(before, columns)


def _sign(change: np.ndarray) -> np.ndarray:
    return np.where(np.abs(change) < _NOTHING, 0.0, np.sign(change))


def _words(change: np.ndarray, up: str, down: str) -> list[str]:
    return [
        up if sign > 0 else down if sign < 0 else "unchanged" for sign in _sign(change).tolist()
    ]
