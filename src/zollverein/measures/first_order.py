"""The first-order welfare decomposition of Caliendo and Parro (2015), equation 15.

It is an approximation, kept for comparison with the paper: growth rates are simple
(``new / old - 1``) and every weight is a baseline value. For large tariff cuts it can differ from
exact real income even in size order: 1.31 % against 0.007 % for Mexico under NAFTA, because the
tariff revenue that is lost on the way is valued at the old rates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.measures.common import check_pair, hat_values
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.parameters import Parameters

#: Dimensions of the breakdown: whose welfare, with whom, in which sector.
BREAKDOWN = ("country", "partner", "sector")


def first_order(
    before: World,
    after: World,
    *,
    cost_hat: xr.DataArray | None = None,
    productivity_hat: xr.DataArray | None = None,
    parameters: Parameters | None = None,
) -> xr.Dataset:
    """Terms-of-trade and volume-of-trade effects, by country, partner and sector.

    With f.o.b. price q = c (1 + e) of each flow Z and the baseline income I_n::

        terms of trade_n  = Σ (Z_n→i dq_n→i - Z_i→n dq_i→n) / I_n
        volume of trade_n = Σ t_i→n Z_i→n (dZ_i→n - dq_i→n) / I_n

    (Caliendo and Parro 2015, eq. 15; d is the simple growth rate). Without export taxes q is the
    unit cost and this is their formula. Rents count like duties and taxes. Three things that the
    paper does not have are added so that the sum stays correct to first order for every policy of
    this package: revenue of export taxes on the volume exported (part of the volume of trade), the
    direct effect of trade costs and productivity (``direct``, zero unless the hats are given), and
    the change of the trade balance (``transfer``).

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        cost_hat: Iceberg cost change ``[exporter, importer, sector]``, if any; flows that are
            embargoed have no first-order effect beyond their volume.
        productivity_hat: Productivity change ``[country, sector]``, if any.
        parameters: Of the result, where it has CES nests of costs; they are Cobb-Douglas if omitted.

    Returns:
        Data set, all in shares of baseline income (0.01 = 1 %), with ``terms_of_trade``,
        ``volume_of_trade``, ``welfare`` (their sum, the paper's number), ``direct``, ``transfer``
        over ``country``; ``terms_of_trade_by`` and ``volume_of_trade_by`` over ``country``,
        ``partner``, ``sector``, which add up to the country's numbers.

    Raises:
        LabelError: If the two worlds, or the hats, have different labels.
    """
    check_pair(before, after)
    flow, flow_new = (accounts.values(world, "trade_flow") for world in (before, after))
    tax, tax_new = accounts.export_wedge(before), accounts.export_wedge(after)
    tariff = accounts.import_wedge(before)
    income = accounts.values(before, "final_demand").sum(axis=1)
    technology = hat_values(productivity_hat, flow[:, 0], before)
    iceberg = hat_values(cost_hat, flow, before)
    iceberg_growth = np.where(np.isfinite(iceberg), iceberg - 1, 0.0)

    cost = unit_cost_hat(before, after, parameters) / technology
    price_growth = cost[:, None, :] * (1 + tax_new) / (1 + tax) - 1
    safe = np.where(flow > 0, flow, 1.0)
    flow_growth = np.where(flow > 0, flow_new / safe - 1, 0.0)
    factory_growth = np.where(flow > 0, flow_new / safe * (1 + tax) / (1 + tax_new) - 1, 0.0)

    gain = flow * price_growth
    volume = tariff * flow * (flow_growth - price_growth - iceberg_growth)
    export_volume = tax / (1 + tax) * flow * (factory_growth - (cost[:, None, :] - 1))
    scale = income[:, None, None]
    terms = (gain - gain.transpose(1, 0, 2)) / scale
    volumes = (volume.transpose(1, 0, 2) + export_volume) / scale
    output = (flow / (1 + tax)).sum(axis=1)
    direct = (output * (technology - 1)).sum(axis=1) - (flow * iceberg_growth).sum(axis=(0, 2))
    return _dataset(before, terms, volumes, direct / income, _transfer(flow, flow_new) / income)


def first_order_terms_of_trade(before: World, after: World) -> xr.DataArray:
    """Terms-of-trade effect ``[country]``, share of income (Caliendo and Parro 2015, eq. 15)."""
    return first_order(before, after)["terms_of_trade"]


def first_order_volume_of_trade(before: World, after: World) -> xr.DataArray:
    """Volume-of-trade effect ``[country]``, share of income (Caliendo and Parro 2015, eq. 15)."""
    return first_order(before, after)["volume_of_trade"]


def unit_cost_hat(before: World, after: World, parameters: Parameters | None = None) -> np.ndarray:
    """Change of the cost of the input bundle ``[country, sector]``, at constant technology.

    ĉ = ŵ^β Π_k P̂_k^γ_k with the baseline's cost shares (Caliendo and Parro 2015, eq. 10), or, where
    the parameters say so, the CES nests of value added and inputs (Baqaee and Farhi 2019)::

        Q̂ = [Σ_k γ_k/(1-β) P̂_k^(1-ρ)]^(1/(1-ρ)),   ĉ = [β ŵ^(1-σ) + (1-β) Q̂^(1-σ)]^(1/(1-σ))

    The wage is the sector's, value added over employment; it is the country's in a sector without
    employment. The cost is 1 in a sector that produces nothing in the baseline.

    Args:
        before: Baseline.
        after: Counterfactual.
        parameters: Give the elasticities σ (``value_added_elasticity``) and ρ
            (``input_elasticity``); both are 1 if omitted.
    """
    check_pair(before, after, parameters=parameters)
    inputs = accounts.values(before, "intermediate_use")
    value_added = accounts.values(before, "value_added")
    used = inputs.sum(axis=1)
    output = used + value_added
    produced = output > 0
    share = np.where(produced, value_added / np.where(produced, output, 1.0), 1.0)
    wage = np.where(
        produced, np.log(accounts.sector_wage(after) / accounts.sector_wage(before)), 0.0
    )
    price = np.log(accounts.values(after, "price_index") / accounts.values(before, "price_index"))
    mix = inputs / np.where(used > 0, used, 1.0)[:, None, :]
    rho = float(getattr(parameters, "input_elasticity", 1.0))
    sigma = float(getattr(parameters, "value_added_elasticity", 1.0))
    bundle = _log_mean(mix, np.broadcast_to(price[:, :, None], mix.shape), rho)
    both = np.stack([share, 1 - share], axis=1)
    return np.exp(_log_mean(both, np.stack([wage, bundle], axis=1), sigma))


def _log_mean(share: np.ndarray, log_price: np.ndarray, elasticity: float) -> np.ndarray:
    """Log of the CES price of a bundle over axis 1: Cobb-Douglas at 1; 0 for an empty bundle."""
    if elasticity == 1:
        return np.asarray((share * log_price).sum(axis=1))
    power = (share * np.exp((1 - elasticity) * log_price)).sum(axis=1)
    filled = share.sum(axis=1) > 0
    return np.where(filled, np.log(np.where(filled, power, 1.0)) / (1 - elasticity), 0.0)


def _transfer(flow: np.ndarray, flow_new: np.ndarray) -> np.ndarray:
    """Fall of the trade balance: what a country can spend beyond its income, new less old."""

    def balance(z: np.ndarray) -> np.ndarray:
        return z.sum(axis=(1, 2)) - z.sum(axis=(0, 2))

    return balance(flow) - balance(flow_new)


def _dataset(
    world: World, terms: np.ndarray, volumes: np.ndarray, direct: np.ndarray, transfer: np.ndarray
) -> xr.Dataset:
    """Label the results."""
    by_country = {
        "terms_of_trade": terms.sum(axis=(1, 2)),
        "volume_of_trade": volumes.sum(axis=(1, 2)),
        "direct": direct,
        "transfer": transfer,
    }
    by_country["welfare"] = by_country["terms_of_trade"] + by_country["volume_of_trade"]
    variables = {name: (("country",), value) for name, value in by_country.items()}
    breakdown = {
        "terms_of_trade_by": (BREAKDOWN, terms),
        "volume_of_trade_by": (BREAKDOWN, volumes),
    }
    names = list(world.countries)
    coords = {"country": names, "partner": names, "sector": list(world.sectors)}
    return xr.Dataset({**variables, **breakdown}, coords=coords)
