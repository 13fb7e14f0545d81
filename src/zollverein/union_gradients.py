"""Derivatives where a Kemp-Wan union finds its external taxes: one joint adjoint system.

The taxes ``y`` (logs, as in ``unions``) and the state ``x`` of the equilibrium satisfy ``r(x, y, p) = 0``
and the conditions ``u(x, y, p) = 0`` of the union. With ``λ`` and ``v`` such that::

    r_x' λ + u_x' v = O_x        r_y' λ + u_y' v = O_y

an outcome moves by ``O_p - λ' r_p - v' u_p`` (Griewank and Walther 2008, ch. 15). The conditions are
taken as the steps of the fixed point that finds the taxes, which makes the system well conditioned.
"""

from __future__ import annotations

import numpy as np

from zollverein.models.adjoint import parameter_gradients
from zollverein.models.bars import Bars, Pulled
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.policy import Policy
from zollverein.solver.krylov import LinearSolution, gmres
from zollverein.unions import PRODUCTS, UnionSystem
from zollverein.world import World

_TINY = 1e-300


def pull_back_union(
    world: World,
    policy: Policy,
    equilibrium: Equilibrium,
    bars: Bars,
    factors: tuple[Array, Array],
    tolerance: float,
) -> tuple[Pulled, LinearSolution]:
    """Pull an outcome back to the parameters through the equilibrium and a union's conditions.

    Args:
        world: The baseline.
        policy: With the external taxes as found.
        equilibrium: Its equilibrium.
        bars: Of the outcome.
        factors: ``1 + t'`` and ``1 + e'`` of every flow, ``[S, N, N]``, with rents.
        tolerance: Relative residual of the linear system.

    Returns:
        The outcome pulled back, the taxes' response included; and the solution of the system.
    """
    joint = _Joint(world, policy, equilibrium, factors)
    right = joint.right(bars)
    linear = gmres(joint.product, right, tolerance=tolerance, max_products=PRODUCTS)
    return joint.pulled(bars, linear.value), linear


class _Joint(UnionSystem):
    """The transposed derivative of the conditions of an equilibrium and of a union's taxes."""

    def right(self, bars: Bars) -> Array:
        """``O_x`` and ``O_y``, stacked."""
        pulled = self._pullback(bars)
        return np.concatenate((pulled.state, self._by_tax(pulled)))

    def product(self, multipliers: Array) -> Array:
        """The derivative of the conditions weighted by ``multipliers``, with respect to ``x`` and ``y``."""
        nodes, direct, of_tax = self._nodes(multipliers)
        pulled = self._pullback(nodes)
        return np.concatenate((pulled.state + direct, self._by_tax(pulled) + of_tax))

    def pulled(self, bars: Bars, multipliers: Array) -> Pulled:
        """The bars of an outcome, less those of the weighted conditions, pulled back."""
        return self._pullback(bars.minus(self._nodes(multipliers)[0]))

    def _pullback(self, bars: Bars) -> Pulled:
        return self._equilibrium.system.pullback(self._equilibrium.point, bars)

    def _nodes(self, multipliers: Array) -> tuple[Bars, Array, Array]:
        """Bars of the nodes for all conditions, and their direct parts in the state and the taxes.

        What a union's condition of a price says of the taxes is minus one for that good's own.
        """
        system, point = self._equilibrium.system, self._equilibrium.point
        bars = system.precondition_transposed(multipliers[: self._cut], *self._through)
        nodes, direct = system.condition_bars(point, bars)
        weights = multipliers[self._cut :]
        less = self._union_bars(-weights, type(nodes))
        of_tax = -np.where(self._slopes.held, weights, 0.0)
        of_tax[: self._slopes.trade.imports.size] = 0.0
        return nodes.minus(less), direct, of_tax

    def _union_bars(self, weights: Array, kind: type[Bars]) -> Bars:
        """Bars of the nodes for the union's conditions; the transpose of ``unions._Union.step``."""
        slopes, theta = self._slopes, self._equilibrium.problem.theta
        trade = slopes.trade
        duty, tax = trade.split(np.where(slopes.held, weights, 0.0))
        quantity, level = duty / (1 + theta), float(tax.sum())
        if not slopes.settled:
            quantity = quantity - trade.imports * (quantity.sum() / max(trade.imports.sum(), _TINY))
            level += float(duty.sum() - tax.sum()) / trade.part
        point, weight = self._equilibrium.point, self._equilibrium.problem.weight
        cost, wage, flow = (
            np.zeros_like(node) for node in (point.log_cost, point.log_wage, weight)
        )
        cost[:, trade.outside] = -quantity.T
        cost[:, trade.inside] = -tax.T
        wage[trade.outside] = level * slopes.wage_part
        per_value = quantity / np.where(trade.imports > 0, slopes.bought, 1.0)
        flow[:, trade.inside[:, None], trade.outside] = per_value.T[:, None, :]
        return kind(log_cost=cost, log_wage=wage, flow=flow)

    def _by_tax(self, pulled: Pulled) -> Array:
        """Derivatives with respect to the logs of the taxes, stacked."""
        rates = parameter_gradients(
            self._equilibrium, pulled, ["tariff", "export_tax"], *self._factors
        )
        slopes = self._slopes
        duty = rates["tariff"].T[slopes.trade.duty].sum(axis=1) * slopes.duty
        levy = (rates["export_tax"].T[slopes.trade.levy] * slopes.levy).sum(axis=1)
        return np.concatenate((duty.ravel(), levy.ravel()))
