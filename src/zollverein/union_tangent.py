"""Forward derivatives where a Kemp-Wan union finds its external taxes: one joint linear system.

The taxes ``y`` (logs, as in ``unions``) and the state ``x`` of the equilibrium satisfy ``r(x, y, p) = 0``
and the conditions ``u(x, y, p) = 0`` of the union. Along a move ``dp`` of the parameters they move by::

    r_x dx + r_y dy = -r_p dp        u_x dx + u_y dy = -u_p dp

(implicit function theorem; Griewank and Walther 2008, ch. 15). ``union_gradients`` solves the transpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from zollverein.models.adjoint import direction_of
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.general import GeneralPoint
from zollverein.models.general_tangent import GeneralTangent
from zollverein.models.tangent import Direction, MatrixMoves, Tangent
from zollverein.policy import Policy
from zollverein.solver.krylov import gmres
from zollverein.unions import PRODUCTS, UnionSystem
from zollverein.world import World


def union_response(
    world: World,
    policy: Policy,
    equilibrium: Equilibrium,
    moves: Mapping[str, Array],
    factors: tuple[Array, Array],
    tolerance: float,
) -> tuple[Tangent, float]:
    """Change of every node of the equilibrium for moves of the parameters, a union's taxes responding.

    Args:
        world: The baseline.
        policy: With the external taxes as found.
        equilibrium: Its equilibrium.
        moves: As for ``direction_of``, zero for the rates that the union finds.
        factors: ``1 + t'`` and ``1 + e'`` of every flow, ``[S, N, N]``, with rents.
        tolerance: Relative residual of the linear system.

    Returns:
        The change, and the relative residual of the linear system, at most ``tolerance`` if solved.

    Raises:
        ScenarioError: For ``trade_balance`` under a closure that does not fix it.
    """
    joint = _JointTangent(world, policy, equilibrium, factors)
    nothing = np.zeros(joint.size)
    right = -joint.conditions(nothing, moves)
    linear = gmres(
        lambda change: joint.conditions(change, {}),
        right,
        tolerance=tolerance,
        max_products=PRODUCTS,
    )
    return joint.nodes(linear.value, moves)[0], linear.residual


class _Buyers(NamedTuple):
    """Some of the members' buyers.

    Attributes:
        rows: Their positions in changes of ratios and of matrices.
        flow: ``[S, K, O]`` what they buy from outsiders.
        ratio: ``[S, K]`` their spending over the sum of weights.
    """

    rows: Array
    flow: Array
    ratio: Array

    def change(self, ratio: Array, moved: MatrixMoves | None, outside: Array) -> Array:
        """Change ``[S, O]`` of all that they buy, at given cost powers."""
        log = ratio[:, self.rows] / np.where(self.ratio > 0, self.ratio, 1.0)
        total = np.matmul(log[:, None, :], self.flow)[:, 0, :]
        if moved is not None:
            cells = moved.fob[:, self.rows[:, None], outside]
            total = total + (self.flow * cells).sum(axis=1)
        return total


class _JointTangent(UnionSystem):
    """The derivative of the conditions of an equilibrium and of a union's taxes."""

    def __init__(
        self, world: World, policy: Policy, equilibrium: Equilibrium, factors: tuple[Array, Array]
    ) -> None:
        super().__init__(world, policy, equilibrium, factors)
        self._private = self._buyers()
        self._public = self._governments()
        self.size = self._cut + self._slopes.held.size

    def _buyers(self) -> _Buyers:
        """The members but their governments where these are told apart."""
        trade = self._slopes.trade
        flow = self._equilibrium.fob_flow()[:, trade.inside[:, None], trade.outside]
        return _Buyers(trade.inside, flow, self._equilibrium.point.spending_ratio[:, trade.inside])

    def _governments(self) -> _Buyers | None:
        """The members' governments where any are told apart."""
        structure, point = self._equilibrium.problem.structure, self._equilibrium.point
        flow = self._equilibrium.government_flow()
        if flow is None or structure is None or structure.government is None:
            return None
        if not isinstance(point, GeneralPoint) or point.bought is None:
            return None
        trade, members = self._slopes.trade, structure.government.members
        rows = np.flatnonzero(np.isin(members, trade.inside))
        return _Buyers(
            rows, flow[:, members[rows][:, None], trade.outside], point.bought.ratio[:, rows]
        )

    def nodes(self, change: Array, moves: Mapping[str, Array]) -> tuple[Tangent, Direction]:
        """Change of the nodes for changes of state and taxes, stacked, and moves; and all these moves."""
        rates = self._with_rates(change[self._cut :], moves)
        move = direction_of(self._equilibrium, rates, *self._factors)
        system, point = self._equilibrium.system, self._equilibrium.point
        return system.tangent(point, change[: self._cut], move), move

    def conditions(self, change: Array, moves: Mapping[str, Array]) -> Array:
        """Change of all conditions, stacked: those of the equilibrium as steps, those of the union."""
        nodes, move = self.nodes(change, moves)
        step = self._equilibrium.system.precondition(nodes.conditions, *self._through)
        return np.concatenate((step, self._held(nodes, move, change[self._cut :])))

    def _with_rates(self, taxes: Array, moves: Mapping[str, Array]) -> dict[str, Array]:
        """Moves of the parameters together with those of the rates that the union finds."""
        slopes, joined = self._slopes, dict(moves)
        duty, levy = slopes.trade.split(taxes)
        found = {
            "tariff": (slopes.trade.duty, (slopes.duty * duty)[:, None, :]),
            "export_tax": (slopes.trade.levy, slopes.levy * levy[:, None, :]),
        }
        for name, (cells, size) in found.items():
            old = moves.get(name)
            rates = np.zeros_like(self._factors[0]) if old is None else old.copy()
            rates.T[cells] += size
            joined[name] = rates
        return joined

    def _held(self, nodes: Tangent, move: Direction, taxes: Array) -> Array:
        """Change of the union's conditions, line by line as in ``unions._Union.step``."""
        slopes = self._slopes
        trade = slopes.trade
        level = float(slopes.wage_part @ nodes.log_wage[trade.outside])
        quantity = self._quantities(nodes, move)
        price = trade.prices(nodes.log_cost, trade.split(taxes)[1], level)
        shift = 0.0
        if not slopes.settled:
            quantity, shift = trade.apart(quantity), level / trade.part
        return trade.back(quantity, price, shift, self._equilibrium.problem.theta)

    def _quantities(self, nodes: Tangent, move: Direction) -> Array:
        """Change of the logs of quantities bought from outsiders ``[O, S]``, 0 without trade."""
        slopes, outside = self._slopes, self._slopes.trade.outside
        bought = self._private.change(nodes.spending_ratio, move.matrices, outside)
        if (
            self._public is not None
            and isinstance(nodes, GeneralTangent)
            and nodes.bought is not None
        ):
            bought = bought + self._public.change(nodes.bought.ratio, move.public, outside)
        power = nodes.cost_power[:, outside] / self._equilibrium.point.cost_power[:, outside]
        traded = slopes.trade.imports > 0
        log = bought.T / np.where(traded, slopes.bought, 1.0) + power.T
        return np.where(traded, log - nodes.log_cost[:, outside].T, 0.0)
