"""Caliendo and Parro (2015), the equations as the paper prints them.

Estimates of the Trade and Welfare Effects of NAFTA, Review of Economic Studies 82(1). The paper's
n is our importer, i our exporter, j our sector; hats are new over old. Axis order is the public
one. ``tests/test_system.py`` holds the fast system against these functions; new code that is not
on the hot path uses them.
"""

from __future__ import annotations

import numpy as np

from zollverein.models.baseline import Array


def unit_cost_hat(
    wage_hat: Array,
    price_hat: Array,
    value_added_share: Array,
    input_share: Array,
    productivity_hat: Array,
) -> Array:
    """``ĉ_is = ŵ_i^β_is Π_k P̂_ik^γ_iks / Â_is`` ``[exporter, sector]``. [eq. 10]"""
    inputs = np.einsum("iks,ik->is", input_share, np.log(price_hat))
    return wage_hat[:, None] ** value_added_share * np.exp(inputs) / productivity_hat


def delivered_cost_hat(
    cost_hat: Array, tariff: Array, tariff_new: Array, export_tax: Array, export_tax_new: Array
) -> Array:
    """``κ̂ = d̂ (1+t')(1+e') / ((1+t)(1+e))`` ``[exporter, importer, sector]``. [eq. 3 in changes]"""
    return cost_hat * (1 + tariff_new) / (1 + tariff) * (1 + export_tax_new) / (1 + export_tax)


def price_index_hat(trade_share: Array, kappa_hat: Array, cost_hat: Array, theta: Array) -> Array:
    """``P̂_js = (Σ_i π_ijs (κ̂_ijs ĉ_is)^-θ_s)^(-1/θ_s)``, 1 where nothing is bought. [eq. 11]"""
    total = (trade_share * (kappa_hat * cost_hat[:, None, :]) ** -theta).sum(axis=0)
    bought = trade_share.sum(axis=0) > 0
    return np.where(bought, total, 1.0) ** (-1 / theta)


def trade_share_new(
    trade_share: Array, kappa_hat: Array, cost_hat: Array, price_hat: Array, theta: Array
) -> Array:
    """``π'_ijs = π_ijs (κ̂_ijs ĉ_is / P̂_js)^-θ_s``. [eq. 12]"""
    return trade_share * (kappa_hat * cost_hat[:, None, :] / price_hat) ** -theta


def fob_flow(trade_share_new: Array, spending: Array, tariff_new: Array) -> Array:
    """``Z'_ijs = π'_ijs X'_js / (1 + t'_ijs)``: value at the border before duty."""
    return trade_share_new * spending / (1 + tariff_new)


def income(
    value_added: Array,
    wage_hat: Array,
    fob: Array,
    tariff_new: Array,
    export_tax_new: Array,
    deficit: Array,
) -> Array:
    """``I' = ŵ w L + R' + T' + D'`` ``[country]``. [eq. 13, below]"""
    duties = (fob * tariff_new).sum(axis=(0, 2))
    taxes = (fob * export_tax_new / (1 + export_tax_new)).sum(axis=(1, 2))
    return value_added * wage_hat + duties + taxes + deficit


def spending_new(input_share: Array, output: Array, final_share: Array, income: Array) -> Array:
    """``X'_js = Σ_k γ_jsk Y'_jk + α_js I'_j`` ``[country, sector]``. [eq. 13]"""
    return np.einsum("jsk,jk->js", input_share, output) + final_share * income[:, None]
