"""Kemp-Wan unions: duties and export taxes at which the rest of the world trades as before.

Kemp and Wan (1976, Journal of International Economics 6): a customs union can always choose its
external taxes so that outsiders are untouched. Every economy's goods being of their own kind here, it
takes a common duty on each outside exporter and sector that holds the quantity imported, and an export
tax on each member and sector that holds the price outsiders pay, relative to their mean wage.

Two numbers more are to be said. By Lerner's symmetry (1936, Economica 3) higher duties on all imports
with lower taxes on all exports leave trade as it is, but not who collects: the level is the one at which
the outsiders' mean wage is what it was, in units of the world's value added. And where other measures
change the outsiders themselves they cannot trade as before; the union then buys more or less of
everything by one common factor, as their balance of trade asks for. Where trade balances follow wages
(``share_of_own``) and a member has one, they settle both: the factor is 1, and the level whatever it takes.

Found by an accelerated fixed point in the logs of all these taxes; each evaluation is one equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.policy import Policy, owned
from zollverein.rules import KempWan
from zollverein.solver.anderson import anderson
from zollverein.world import World

#: Solves a policy, starting from a state.
Solver = Callable[[Policy, Array | None], Equilibrium]

#: Products with the joint systems of derivatives, with as many unknown taxes as there are flows to hold.
PRODUCTS = 400
_STEPS, _MEMORY, _LONGEST = 120, 12, 0.3
#: Part of its value added below which a member's trade balance is rounding.
_BALANCED = 1e-6
_REMEDY = (
    "Usual cause: other measures change trade with outsiders beyond what taxes can make good, or closure "
    "'share_of_own'. Fix: leave them out, another closure, or another rule for the external tariff."
)


def find_union(
    world: World, policy: Policy, solve: Solver, tolerance: float
) -> tuple[Policy, Equilibrium]:
    """The policy with the taxes of its Kemp-Wan union, and the equilibrium there.

    Raises:
        NoEquilibrium: If no taxes hold the external trade.
    """
    union = _Union(world, policy, policy.unions[0], solve)
    members = ", ".join(policy.unions[0].members)
    try:
        solution = anderson(
            union.step,
            union.start(),
            tolerance=tolerance,
            memory=_MEMORY,
            largest_step=_LONGEST,
            max_steps=_STEPS,
        )
    except (NoEquilibrium, NotConverged) as error:
        raise NoEquilibrium(
            f"{world.name}: no external taxes of the union {members} hold its trade with others: on the "
            f"way to them there is no equilibrium. {_REMEDY} (There: {error})"
        ) from error
    if not solution.converged:
        raise NoEquilibrium(
            f"{world.name}: no external taxes of the union {members} were found that hold its trade with "
            f"others as it was; the largest gap that is left is {solution.residual:.1e}. {_REMEDY}"
        )
    union.step(solution.value)
    if union.found is None:
        raise TypeError("a step finds an equilibrium")
    return union.policy(solution.value), replace(union.found, outer=solution.residual)


@dataclass(frozen=True, eq=False)
class ExternalTrade:
    """What a union's taxes are on, and what its trade with outsiders was in the baseline.

    Attributes:
        inside, outside: Positions of the members and of the others.
        duty: The cells of its duties in ``tariff``, an index ``[O, M, S]``; those of its export taxes in
            ``export_tax`` are ``levy``, ``[M, O, S]``.
        imports, exports: Values ``[O, S]`` bought by all members, and ``[M, S]`` sold to all others.
        size: ``[O]`` value added of outsiders.
        part: The members' part of the world's value added.
    """

    inside: Array
    outside: Array
    duty: tuple[Array, ...]
    levy: tuple[Array, ...]
    imports: Array
    exports: Array
    size: Array
    part: float

    def split(self, state: Array) -> tuple[Array, Array]:
        """Of a stacked vector what is of outside exporters ``[O, S]`` and of members ``[M, S]``."""
        cut = self.imports.size
        return state[:cut].reshape(self.imports.shape), state[cut:].reshape(self.exports.shape)

    def quantities(self, equilibrium: Equilibrium) -> Array:
        """Logs of new over old quantities bought from outsiders ``[O, S]``, 0 where there was no trade."""
        flow, public = equilibrium.fob_flow(), equilibrium.government_flow()
        flow = flow if public is None else flow + public
        bought = flow[:, self.inside][:, :, self.outside].sum(axis=1).T
        traded = self.imports > 0
        change = np.log(np.where(traded, bought, 1.0) / np.where(traded, self.imports, 1.0))
        cost = equilibrium.point.log_cost[:, self.outside].T
        return np.where(traded, change - cost, 0.0)

    def prices(self, log_cost: Array, tax: Array, level: float) -> Array:
        """Logs of new over old prices outsiders pay ``[M, S]``, over their wage; 0 without trade."""
        return np.where(self.exports > 0, log_cost[:, self.inside].T + tax - level, 0.0)

    def level(self, equilibrium: Equilibrium) -> float:
        """Log of the outsiders' mean wage, new over old."""
        return float(np.log(self.size @ equilibrium.wage_hat[self.outside] / self.size.sum()))

    def common(self, quantity: Array) -> float:
        """The mean of some logs of quantities ``[O, S]``, weighted by the baseline's values."""
        return float((self.imports * quantity).sum() / max(self.imports.sum(), 1e-300))

    def apart(self, quantity: Array) -> Array:
        """Logs of quantities ``[O, S]`` less what they have in common; 0 where there was no trade."""
        return np.where(self.imports > 0, quantity - self.common(quantity), 0.0)

    def back(self, quantity: Array, price: Array, shift: float, theta: Array) -> Array:
        """Changes of the logs of the taxes, stacked, that answer gaps; linear in these.

        Args:
            quantity: Of the logs of quantities ``[O, S]``.
            price: Of the logs of prices ``[M, S]``.
            shift: Of all duties up and of all export taxes down.
            theta: Trade elasticities ``[S]``.
        """
        duty = quantity / (1 + theta) + np.where(self.imports > 0, shift, 0.0)
        tax = -price - np.where(self.exports > 0, shift, 0.0)
        return np.concatenate((duty.ravel(), tax.ravel()))


def external_trade(world: World, rule: KempWan) -> ExternalTrade:
    """The trade of a union with outsiders, in a baseline."""
    member = np.isin(world.countries, rule.members)
    inside, outside = np.flatnonzero(member), np.flatnonzero(~member)
    duty, levy = np.ix_(outside, inside), np.ix_(inside, outside)
    flow, size = world.data["trade_flow"].values, world.data["value_added"].values.sum(axis=1)
    return ExternalTrade(
        inside=inside,
        outside=outside,
        duty=duty,
        levy=levy,
        imports=flow[duty].sum(axis=1),
        exports=flow[levy].sum(axis=1),
        size=size[outside],
        part=float(size[inside].sum() / size.sum()),
    )


def common_factor(world: World, policy: Policy, equilibrium: Equilibrium) -> float:
    """New over old quantities that the union of a policy buys from outsiders, the same for every good."""
    trade = external_trade(world, policy.unions[0])
    return float(np.exp(trade.common(trade.quantities(equilibrium))))


def settled_by_balances(equilibrium: Equilibrium, trade: ExternalTrade) -> bool:
    """Whether trade balances that follow wages leave neither level nor common factor open.

    They do where a member's trade is out of balance: balances of outsiders alone say nothing of members'
    wages, and rounding settles nothing.
    """
    share = equilibrium.problem.deficit_share
    return share is not None and bool((np.abs(share[trade.inside]) > _BALANCED).any())


@dataclass(frozen=True, eq=False)
class UnionSlopes:
    """What derivatives under a union have in common, forward and backward.

    Attributes:
        trade: Its trade with outsiders in the baseline.
        settled: Whether trade balances leave neither level nor common factor open.
        held: Which flows there are, stacked as the taxes are; the others' taxes do nothing.
        bought: ``[O, S]`` value that all members buy.
        wage_part: ``[O]`` parts of outsiders in their value added.
        duty, levy: ``[O, S]`` and ``[M, O, S]``, what a rate moves by with the log of its tax.
    """

    trade: ExternalTrade
    settled: bool
    held: Array
    bought: Array
    wage_part: Array
    duty: Array
    levy: Array


def union_slopes(world: World, policy: Policy, equilibrium: Equilibrium) -> UnionSlopes:
    """Those of a policy with the external taxes as found, at its equilibrium."""
    trade = external_trade(world, policy.unions[0])
    cost = equilibrium.point.log_cost[:, trade.outside].T
    wages = trade.size * equilibrium.wage_hat[trade.outside]
    return UnionSlopes(
        trade=trade,
        settled=settled_by_balances(equilibrium, trade),
        held=np.concatenate((trade.imports.ravel() > 0, trade.exports.ravel() > 0)),
        bought=trade.imports * np.exp(trade.quantities(equilibrium) + cost),
        wage_part=wages / wages.sum(),
        duty=1 + policy.tariff.values[trade.duty][:, 0],
        levy=1 + policy.export_tax.values[trade.levy],
    )


class UnionSystem:
    """What the joint systems of derivatives have in common, with state and taxes as their unknowns."""

    def __init__(
        self, world: World, policy: Policy, equilibrium: Equilibrium, factors: tuple[Array, Array]
    ) -> None:
        """Take the slopes at a policy with the taxes as found.

        Args:
            world: The baseline.
            policy: With the external taxes as found.
            equilibrium: Its equilibrium.
            factors: ``1 + t'`` and ``1 + e'`` of every flow, ``[S, N, N]``, with rents.
        """
        self._equilibrium, self._factors = equilibrium, factors
        self._slopes = union_slopes(world, policy, equilibrium)
        self._cut = equilibrium.system.size
        self._through = equilibrium.system.pass_through(equilibrium.point)


def without_found(world: World, policy: Policy, values: Mapping[str, Array]) -> dict[str, Array]:
    """Gradients or moves ``[S, importer, exporter]`` in which rates that the union finds are zero."""
    trade = external_trade(world, policy.unions[0])
    cleared = dict(values)
    for name, cells in (("tariff", trade.duty), ("export_tax", trade.levy)):
        if name in values:
            cleared[name] = values[name].copy()
            cleared[name].T[cells] = 0.0
    return cleared


class _Union:
    """Taxes of one union as a vector, and how far trade with outsiders is from what it was."""

    def __init__(self, world: World, policy: Policy, rule: KempWan, solve: Solver) -> None:
        self._policy, self._solve = policy, solve
        self._trade = external_trade(world, rule)
        self._tax = world.data["export_tax"].values[self._trade.levy]
        self.found: Equilibrium | None = None

    def start(self) -> Array:
        """Logs of one plus each duty (mean of the members' rates), and of what export taxes change."""
        duty = self._policy.tariff.values[self._trade.duty].mean(axis=1)
        return np.concatenate((np.log1p(duty).ravel(), np.zeros(self._trade.exports.size)))

    def policy(self, state: Array) -> Policy:
        """The policy with these taxes."""
        duty, tax = self._trade.split(np.expm1(state))  # tax: relative to one plus the old rate
        tariff = self._policy.tariff.values.copy(order="K")
        levy = self._policy.export_tax.values.copy(order="K")
        tariff[self._trade.duty] = duty[:, None, :]
        levy[self._trade.levy] = (1 + self._tax) * (1 + tax[:, None, :]) - 1
        return self._policy.changed(
            tariff=owned(self._policy.tariff, tariff),
            export_tax=owned(self._policy.export_tax, levy),
        )

    def step(self, state: Array) -> tuple[Array, float]:
        """What would bring each quantity and price back, and the largest relative gap."""
        near = None if self.found is None else self.found.solution.value
        self.found = found = self._solve(self.policy(state), near)
        trade = self._trade
        level, quantity = trade.level(found), trade.quantities(found)
        price = trade.prices(found.point.log_cost, trade.split(state)[1], level)
        shift = 0.0
        if not settled_by_balances(found, trade):
            quantity, shift = trade.apart(quantity), level / trade.part
        largest = float(max(np.abs(quantity).max(), np.abs(price).max(), abs(shift * trade.part)))
        return trade.back(quantity, price, shift, found.problem.theta), largest
