"""Nested CES costs and demand in changes; Cobb-Douglas where an elasticity is one.

Prices are relative to the own wage, in logs. With σ between value added and inputs, ρ among inputs
and η among final goods (Baqaee and Farhi 2019, 2024; Atalay 2017)::

    Q̂_ns = [Σ_k γ_nks / (1-β_ns) P̂_nk^(1-ρ)]^(1/(1-ρ))
    ĉ_ns = [β_ns ŵ_ns^(1-σ) + (1-β_ns) Q̂_ns^(1-σ)]^(1/(1-σ))
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array, Baseline
from zollverein.models.structure import Structure
from zollverein.models.sweeps import Engine

_TINY = 1e-300


def _log_index(gained: Array, power: float) -> Array:
    """``log(1 + gained) / power``: exact to rounding also where the power is near zero."""
    return np.log1p(np.maximum(gained, _TINY - 1)) / power


class UnitCost(NamedTuple):
    """Logs of the unit cost and of the bundle of inputs, before productivity; each ``[S, N]``."""

    cost: Array
    inputs: Array


class Coefficients(NamedTuple):
    """Derivatives of the nests at a point; each ``[S, N]``.

    Attributes:
        wage, bundle: Of the log unit cost, by the log sector wage and the log price of the bundle.
        mean, pull: Of the bundle by the price of input k: their product with the input's share, at the
            user and at the input.
        factor: What the demand of each user for each input has in common.
    """

    wage: Array
    bundle: Array
    mean: Array
    pull: Array
    factor: Array


class Nests:
    """Production and demand of one baseline."""

    def __init__(self, base: Baseline, structure: Structure, engine: Engine) -> None:
        """Keep what is needed of the structure."""
        self._base, self._engine = base, engine
        self._sigma = structure.value_added_elasticity
        self._rho = structure.input_elasticity
        self._eta = structure.final_elasticity
        self._inputs = 1 - base.value_added_share
        self._some = self._inputs > 0
        self._safe = np.where(self._some, self._inputs, 1.0)

    def unit_cost(self, wage: Array, price: Array) -> UnitCost:
        """Costs at sector wages and prices, both relative to the country's wage."""
        beta = self._base.value_added_share
        bundle = self._mean(price)
        if self._sigma == 1:
            return UnitCost(beta * wage + self._inputs * bundle, bundle)
        power = 1 - self._sigma
        total = beta * np.expm1(power * wage) + self._inputs * np.expm1(power * bundle)
        return UnitCost(_log_index(total, power), bundle)

    def _mean(self, price: Array) -> Array:
        """Log price of the bundle of inputs; 0 where there are none."""
        if self._rho == 1:
            total = self.into_cost(price) / self._safe
            return np.where(self._some, total, 0.0)
        power = 1 - self._rho
        total = self.into_cost(np.expm1(power * price)) / self._safe
        return np.where(self._some, _log_index(total, power), 0.0)

    def value_added(self, output: Array, cost: UnitCost, wage: Array) -> Array:
        """``VA' = β Y' (ŵ / ĉ)^(1-σ)``."""
        earned = self._base.value_added_share * output
        if self._sigma == 1:
            return earned
        return earned * np.exp((1 - self._sigma) * (wage - cost.cost))

    def input_demand(self, output: Array, cost: UnitCost, price: Array) -> Array:
        """Demand for inputs by good ``[S, N]``, all users together."""
        if self._rho == 1 and self._sigma == 1:
            return self.into_inputs(output)
        pull = np.exp((1 - self._rho) * price)
        return pull * self.into_inputs(output * self.input_factor(cost))

    def input_factor(self, cost: UnitCost) -> Array:
        """What the demand of each user for each input has in common, ``[S, N]``."""
        power = (1 - self._sigma) * (cost.inputs - cost.cost) - (1 - self._rho) * cost.inputs
        return np.exp(power)

    def use(self, output: Array, cost: UnitCost, price: Array) -> Array:
        """Inputs by country, good and user ``[N, S, S]``."""
        scaled = (output * self.input_factor(cost)).T[:, None, :]
        return self._base.input_share * scaled * np.exp((1 - self._rho) * price).T[:, :, None]

    def final(self, share: Array, price: Array) -> tuple[Array, Array]:
        """New shares of final demand like ``share`` ``[S, N]`` and its log price index ``[N]``."""
        if self._eta == 1:
            return share, (share * price).sum(axis=0)
        power = 1 - self._eta
        index = _log_index((share * np.expm1(power * price)).sum(axis=0), power)
        return share * np.exp(power * (price - index)), index

    # --- derivatives ----------------------------------------------------------------------------
    @property
    def outer(self) -> float:
        """``1 - σ``."""
        return 1 - self._sigma

    @property
    def among(self) -> float:
        """``1 - ρ``."""
        return 1 - self._rho

    def into_cost(self, price: Array) -> Array:
        """``Σ_k γ_jks p_jk``, ``[S, N]``."""
        return self._engine.into_cost(self._base.input_share, price)

    def into_inputs(self, output: Array) -> Array:
        """``Σ_s γ_jks y_js``, ``[S, N]``."""
        return self._engine.into_inputs(self._base.input_share, output)

    def coefficients(self, wage: Array, price: Array, cost: UnitCost) -> Coefficients:
        """What the derivatives of costs and demand have in common at a point."""
        beta, among = self._base.value_added_share, self.among
        return Coefficients(
            wage=beta * np.exp(self.outer * (wage - cost.cost)),
            bundle=self._inputs * np.exp(self.outer * (cost.inputs - cost.cost)),
            mean=np.where(self._some, np.exp(-among * cost.inputs) / self._safe, 0.0),
            pull=np.exp(among * price),
            factor=self.input_factor(cost),
        )

    def final_tangent(self, share: Array, price: Array) -> tuple[Array, Array]:
        """Changes of the new shares ``[S, N]`` and of the log price index ``[N]``."""
        index = (share * price).sum(axis=0)
        return (1 - self._eta) * share * (price - index), index

    def final_pullback(self, share: Array, bar: Array, index: Array) -> Array:
        """Bars of prices, for bars of the new shares ``[S, N]`` and of the log price index ``[N]``."""
        if self._eta == 1:
            return share * index
        moved = (1 - self._eta) * share * bar
        return moved + share * (index - moved.sum(axis=0))
