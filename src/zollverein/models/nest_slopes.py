"""Nested costs and demand linearised at a point: coefficients once, then products forward and back.

With σ between value added and inputs, ρ among inputs and η among final goods, differentiating the
equations of ``models.nests`` gives (hats omitted; shares are those at the point)::

    dln c = β (w/c)^(1-σ) dln w + (1-β) (Q/c)^(1-σ) dln Q
    dln Q = Σ_k γ_k / (1-β) (P_k/Q)^(1-ρ) dln P_k
    dln V = dln Y + (1-σ) (dln w - dln c)
    dln M_k = dln Y + (1-σ) (dln Q - dln c) + (1-ρ) (dln P_k - dln Q)

Each ``*_pullback`` is the transpose of its namesake.
"""

from __future__ import annotations

from zollverein.models.baseline import Array
from zollverein.models.nests import Nests, UnitCost


class NestSlopes:
    """Derivatives of production and of its demand at one point."""

    def __init__(
        self, nests: Nests, wage: Array, price: Array, cost: UnitCost, output: Array
    ) -> None:
        """Take the coefficients.

        Args:
            nests: Elasticities and shares.
            wage: ``[S, N]`` logs of sector wages relative to the country's.
            price: ``[S, N]`` logs of prices relative to the wage.
            cost: Unit costs there.
            output: ``[S, N]``.
        """
        found = nests.coefficients(wage, price, cost)
        self._into_cost, self._into_inputs = nests.into_cost, nests.into_inputs
        self._outer, self._among = nests.outer, nests.among
        self._wage, self._bundle = found.wage, found.bundle
        self._mean, self._pull, self._factor = found.mean, found.pull, found.factor
        self._earned = output * found.wage
        self._used = output * found.factor
        self._bought = self._pull * self._into_inputs(self._used)

    # --- forward ------------------------------------------------------------------------------
    def unit_cost(self, wage: Array, price: Array) -> UnitCost:
        """Changes of the logs of unit costs and bundles, for those of sector wages and prices."""
        bundle = self._mean * self._into_cost(self._pull * price)
        return UnitCost(self._wage * wage + self._bundle * bundle, bundle)

    def value_added(self, output: Array, cost: UnitCost, wage: Array) -> Array:
        """Change of value added, for that of output and those of the logs of costs and wages."""
        earned = self._wage * output
        if self._outer:
            earned += self._outer * self._earned * (wage - cost.cost)
        return earned

    def input_demand(self, output: Array, cost: UnitCost, price: Array) -> Array:
        """Change of the demand for inputs by good, all users together."""
        used = self._factor * output
        if self._outer or self._among:
            used += self._used * (
                self._outer * (cost.inputs - cost.cost) - self._among * cost.inputs
            )
        bought = self._pull * self._into_inputs(used)
        return bought + self._among * self._bought * price if self._among else bought

    # --- backward -----------------------------------------------------------------------------
    def unit_cost_pullback(self, bars: UnitCost) -> tuple[Array, Array]:
        """Bars of sector wages and of prices, for bars of the unit cost and of the bundle."""
        bundle = self._mean * (bars.inputs + self._bundle * bars.cost)
        return self._wage * bars.cost, self._pull * self._into_inputs(bundle)

    def value_added_pullback(self, bar: Array) -> tuple[Array, Array, Array]:
        """Bars of output, of the unit cost and of sector wages."""
        moved = self._outer * self._earned * bar
        return bar * self._wage, -moved, moved

    def input_demand_pullback(self, bar: Array) -> tuple[Array, UnitCost, Array]:
        """Bars of output, of the unit cost and its bundle, and of prices."""
        by_user = self._into_cost(self._pull * bar)
        moved = self._used * by_user
        costs = UnitCost(-self._outer * moved, (self._outer - self._among) * moved)
        return by_user * self._factor, costs, self._among * self._bought * bar
