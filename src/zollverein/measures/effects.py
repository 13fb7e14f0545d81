"""The table of effects: what a change of the world means for each economy, in percent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.measures.common import (
    by_country,
    check_pair,
    comparable,
    country_frame,
    hat_values,
    ratio,
    share,
)
from zollverein.measures.first_order import unit_cost_hat
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.parameters import Parameters

#: Columns of the table of effects and their short titles.
TITLES = {
    "role": "role",
    "real_income_pct": "real income",
    "real_wage_pct": "real wage",
    "exports_pct": "exports",
    "imports_pct": "imports",
    "terms_of_trade_pct": "terms of trade",
    "price_index_pct": "prices",
    "income_pct": "income",
}


def consumer_price_hat(before: World, after: World) -> xr.DataArray:
    """Change of the consumer price index ``[country]``.

    The ratio of the index ``consumer_price`` where the new world has one; where the old one has
    none it is the Cobb-Douglas index there, 1 in baseline data. Otherwise
    ``P̂_j = Π_s P̂_js^α_js``, exact for Cobb-Douglas final demand (Caliendo and
    Parro 2015, below eq. 13); a country without final demand keeps 1.
    """
    check_pair(before, after)
    return by_country(before, "consumer_price_hat", _consumer_price(before, after))


def _consumer_price(before: World, after: World) -> np.ndarray:
    if "consumer_price" in after.data:
        index = [accounts.values(world, "consumer_price") for world in (before, after)]
        return np.asarray(index[1] / index[0])
    price = np.log(accounts.values(after, "price_index") / accounts.values(before, "price_index"))
    final = accounts.values(before, "final_demand")
    return np.asarray(np.exp((share(final, final.sum(axis=1, keepdims=True)) * price).sum(axis=1)))


def real_income_hat(before: World, after: World) -> xr.DataArray:
    """Change of real income: final spending over the consumer price index. Exact."""
    check_pair(before, after)
    income = ratio(_final(after), _final(before))
    return by_country(before, "real_income_hat", income / _consumer_price(before, after))


def real_wage_hat(before: World, after: World) -> xr.DataArray:
    """Change of the wage, the price of a unit of the factor bundle, over the consumer price index.

    Where capital adjusts (share α), what a worker earns changes by this to the power 1/(1-α).
    """
    check_pair(before, after)
    wage = _wage(before, after)
    return by_country(before, "real_wage_hat", wage / _consumer_price(before, after))


def terms_of_trade_hat(
    before: World,
    after: World,
    productivity_hat: xr.DataArray | None = None,
    parameters: Parameters | None = None,
) -> xr.DataArray:
    """Change of export prices over import prices, both f.o.b. at the border.

    Törnqvist index: logs of price changes weighted by the mean of each flow's share before and
    after. Import duty and iceberg costs are not part of a border price. Trade with countries that are
    cut off does not count, as no price can be compared with theirs any more; a country that has no
    foreign trade left keeps 1. The parameters matter where they have CES nests of costs.
    """
    check_pair(before, after, parameters=parameters)
    found = _terms_of_trade(before, after, productivity_hat, parameters)
    return by_country(before, "terms_of_trade_hat", found)


def _terms_of_trade(
    before: World,
    after: World,
    productivity_hat: xr.DataArray | None,
    parameters: Parameters | None,
) -> np.ndarray:
    cost = unit_cost_hat(before, after, parameters)
    if productivity_hat is not None:
        cost = cost / hat_values(productivity_hat, cost, before)
    price = np.log(cost)
    taxes = [accounts.export_wedge(world) for world in (before, after)]
    levy = np.log((1 + taxes[1]) / (1 + taxes[0])) if (taxes[0] != taxes[1]).any() else None
    flows = [accounts.abroad(accounts.values(world, "trade_flow")) for world in (before, after)]
    if not (together := comparable(before, after)).all():
        flows = [flow * together[:, :, None] for flow in flows]
    sold = _mean_log(price, levy, flows, 1)
    bought = _mean_log(price, levy, flows, 0)
    return np.asarray(np.exp(sold - bought))


def effects(
    before: World,
    after: World,
    productivity_hat: xr.DataArray | None = None,
    parameters: Parameters | None = None,
) -> pd.DataFrame:
    """Effects by country in percent, indexed by country.

    Columns: ``real_income_pct`` (exact), ``real_wage_pct``, ``exports_pct`` and ``imports_pct``
    (border values in units of the numeraire), ``terms_of_trade_pct``, ``price_index_pct``
    (consumer prices) and ``income_pct`` (nominal).
    """
    check_pair(before, after, parameters=parameters)
    old, new = (accounts.bilateral_trade(world) for world in (before, after))
    price, income = _consumer_price(before, after), ratio(_final(after), _final(before))
    hats = {
        "real_income_pct": income / price,
        "real_wage_pct": _wage(before, after) / price,
        "exports_pct": ratio(new.sum(axis=1), old.sum(axis=1)),
        "imports_pct": ratio(new.sum(axis=0), old.sum(axis=0)),
        "terms_of_trade_pct": _terms_of_trade(before, after, productivity_hat, parameters),
        "price_index_pct": price,
        "income_pct": income,
    }
    return country_frame(before, {name: 100 * (hat - 1) for name, hat in hats.items()})


def _wage(before: World, after: World) -> np.ndarray:
    return np.asarray(accounts.values(after, "wage") / accounts.values(before, "wage"))


def _final(world: World) -> np.ndarray:
    return np.asarray(accounts.values(world, "final_demand").sum(axis=1))


def _mean_log(
    price: np.ndarray, levy: np.ndarray | None, flows: list[np.ndarray], partners: int
) -> np.ndarray:
    """Mean of log prices weighted by the mean of the old and the new flows' shares.

    Args:
        price: Log change of the exporter's cost ``[exporter, sector]``.
        levy: Log change of export taxes ``[exporter, importer, sector]``, or None.
        flows: Old and new ``[exporter, importer, sector]``.
        partners: Axis of the partners: 1 for the prices of exports, 0 for those of imports.
    """
    means = []
    for flow in flows:
        total = flow.sum(axis=partners).sum(axis=1)
        if partners == 1:
            weighted = (flow.sum(axis=1) * price).sum(axis=1)
        else:  # in the order [sector, importer, exporter], in which flows are stored
            weighted = (flow.T @ price.T[:, :, None])[:, :, 0].sum(axis=0)
        if levy is not None:
            weighted = weighted + (flow * levy).sum(axis=(partners, 2))
        means.append(np.where(total > 0, weighted / np.where(total > 0, total, 1.0), 0.0))
    return np.asarray(np.mean(means, axis=0))
