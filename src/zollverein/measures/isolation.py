"""How isolated an economy becomes: access to foreign suppliers and to foreign customers.

In structural gravity the sales of exporter i to importer n are the product of what i can supply, what
n can buy, and the cost between them (Redding and Venables 2004; the same two sums are the
inward and outward multilateral resistance of Anderson and van Wincoop 2003, eqs. 9 to 11)::

    supplier access of n   SA_ns = Σ_i  s_is φ_ins          s_is = c_is^-θ N_is^ψ   supply capacity
    market access of i     MA_is = Σ_n  φ_ins m_ns          m_ns = X_ns P_ns^θ      market capacity

φ = κ^-θ is the ease of access. The foreign part leaves out n = i. With hats, from the two worlds alone::

    foreign supplier access:  Σ_{i≠n} π_ins (κ̂ĉ)^-θ N̂^ψ / Σ_{i≠n} π_ins
                              = (1 - π'_nns) / (1 - π_nns) · P̂_ns^-θ
    foreign market access:    Σ_{n≠i} Y'_ins / Σ_{n≠i} Y_ins · ĉ_is^θ N̂_is^-ψ

because π' = π a (κ̂ĉ/P̂)^-θ N̂^ψ (shares of everyone's purchases but the government's), and Y_ins are
i's sales to n at factory prices. The first is what the country would import, over what it did, if
its own demand and prices stood still; the second is what it would sell abroad if its own costs
stood still. Prices are relative to the world's mean value added, so the numeraire does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.measures.common import (
    check_pair,
    country_frame,
    hat_values,
    ratio,
    sector_values,
    share,
)
from zollverein.measures.first_order import unit_cost_hat
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.parameters import Parameters


def foreign_access(
    before: World,
    after: World,
    parameters: Parameters,
    productivity_hat: xr.DataArray | None = None,
) -> xr.Dataset:
    """Change of foreign supplier access and foreign market access by country and sector.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        parameters: Those of the result: the trade elasticity, and the nests and scale economies
            that the change of costs depends on.
        productivity_hat: The policy's, if any.

    Returns:
        ``supplier_access_hat`` and ``market_access_hat`` ``[country, sector]``, where 1 is no change, 0
        no access at all; 1 also where there was no foreign trade to lose, neither before nor
        after.

    Raises:
        LabelError: If the two worlds or the elasticities have different labels.
    """
    check_pair(before, after, parameters=parameters)
    theta = sector_values(before, "trade_elasticity", parameters.trade_elasticity)
    numeraire = _total(after, "value_added") / _total(before, "value_added")
    old, new = (accounts.private_purchases(world) for world in (before, after))
    foreign = [share(accounts.abroad(paid).sum(axis=0), paid.sum(axis=0)) for paid in (old, new)]
    price = (
        accounts.values(after, "price_index") / accounts.values(before, "price_index") / numeraire
    )
    supplier = ratio(foreign[1], foreign[0]) * np.where(foreign[0] > 0, price**-theta, 1.0)

    sold = [accounts.factory_sales(world) for world in (before, after)]
    abroad = [accounts.abroad(flow).sum(axis=1) for flow in sold]
    cost = unit_cost_hat(before, after, parameters)
    cost = cost / hat_values(productivity_hat, cost, before)
    variety = ratio(sold[1].sum(axis=1), sold[0].sum(axis=1)) / cost
    scale = (
        hat_values(getattr(parameters, "scale", None), theta, before) if _grows(parameters) else 0.0
    )
    cost = cost / numeraire
    varied = np.where(variety > 0, variety, 1.0)  # what is made no more has no customers either
    capacity = cost**theta / varied**scale
    market = ratio(abroad[1], abroad[0] * numeraire) * np.where(abroad[0] > 0, capacity, 1.0)
    dims = ("country", "sector")
    return xr.Dataset(
        {"supplier_access_hat": (dims, supplier), "market_access_hat": (dims, market)},
        coords={"country": list(before.countries), "sector": list(before.sectors)},
    )


def isolation(
    before: World,
    after: World,
    parameters: Parameters,
    productivity_hat: xr.DataArray | None = None,
) -> pd.DataFrame:
    """The isolation index of each economy: the access to the world that it keeps.

    Sectors have trade elasticities of very different size, so each sector's change of access is
    first put in terms of cost, ``Â^(1/θ)``: with 0.8 it is as if every foreign partner had become
    dearer by a factor of 1/0.8. The mean over sectors has baseline weights, foreign purchases for
    suppliers and foreign sales for customers.

    Arguments and errors are those of ``foreign_access``.

    Returns:
        Table by country. In ``supplier_access`` and ``market_access`` 1 is no change, 0 autarky,
        above 1 better access than before. ``access_index``: their geometric mean.
        ``isolation_pct``: ``100 (1 - access_index)``, the isolation index in percent, 0 for no
        change and 100 for autarky. ``foreign_purchases_before`` and ``_after``: foreign share of
        all purchases, duty paid; ``foreign_sales_before`` and ``_after``: of sales at factory
        prices.
    """
    hats = foreign_access(before, after, parameters, productivity_hat)
    theta = sector_values(before, "trade_elasticity", parameters.trade_elasticity)
    bought, sold = _foreign_and_all(before)
    bought_after, sold_after = _foreign_and_all(after)
    supplier = _mean(hats["supplier_access_hat"].values ** (1 / theta), bought[0])
    market = _mean(hats["market_access_hat"].values ** (1 / theta), sold[0])
    index = np.sqrt(supplier * market)
    columns = {
        "supplier_access": supplier,
        "market_access": market,
        "access_index": index,
        "isolation_pct": 100 * (1 - index),
        "foreign_purchases_before": _part(*bought),
        "foreign_purchases_after": _part(*bought_after),
        "foreign_sales_before": _part(*sold),
        "foreign_sales_after": _part(*sold_after),
    }
    return country_frame(before, columns)


def _grows(parameters: Parameters) -> bool:
    """Whether any sector has economies of scale."""
    scale = getattr(parameters, "scale", None)
    return scale is not None and bool(np.any(scale.values != 0))


def _total(world: World, name: str) -> float:
    return float(accounts.values(world, name).sum())


def _foreign_and_all(
    world: World,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Purchases and sales ``[country, sector]``: each the foreign ones and all."""
    paid, sold = accounts.purchases(world), accounts.factory_sales(world)
    return (
        (accounts.abroad(paid).sum(axis=0), paid.sum(axis=0)),
        (accounts.abroad(sold).sum(axis=1), sold.sum(axis=1)),
    )


def _part(foreign: np.ndarray, total: np.ndarray) -> np.ndarray:
    return share(foreign.sum(axis=1), total.sum(axis=1))


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted mean over sectors; 1 for a country without weights."""
    total = weights.sum(axis=1)
    return np.where(total > 0, share((values * weights).sum(axis=1), total), 1.0)
