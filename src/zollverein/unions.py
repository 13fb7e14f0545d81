"""Kemp-Wan unions: duties and export taxes at which the rest of the world trades as before.

Kemp and Wan (1976, Journal of International Economics 6): a customs union can always choose its
external taxes so that outsiders are untouched. Every economy's goods being of their own kind here, it
takes a common duty on each outside exporter and sector that holds the quantity imported, and an export
tax on each member and sector that holds the price outsiders pay, relative to their mean wage. Found by
an accelerated fixed point in the logs of all these taxes; each evaluation is one equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.policy import Policy
from zollverein.rules import KempWan
from zollverein.solver.anderson import anderson
from zollverein.world import World

#: Solves a policy, starting from a state.
Solver = Callable[[Policy, Array | None], Equilibrium]

_STEPS, _MEMORY, _LONGEST = 120, 12, 0.3
_REMEDY = (
    "Usual cause: another measure, or closure = 'zero' in an unbalanced world, changes the economies of "
    "outsiders themselves. Fix: leave it out, or another rule for the external tariff."
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


class _Union:
    """Taxes of one union as a vector, and how far trade with outsiders is from what it was."""

    def __init__(self, world: World, policy: Policy, rule: KempWan, solve: Solver) -> None:
        self._policy, self._solve = policy, solve
        inside = np.isin(world.countries, rule.members)
        self._inside, self._outside = np.flatnonzero(inside), np.flatnonzero(~inside)
        self._size = world.data["value_added"].values.sum(axis=1)[self._outside]
        self._tax = world.data["export_tax"].values
        self._duty = np.ix_(self._outside, self._inside)
        self._levy = np.ix_(self._inside, self._outside)
        self._imports = world.data["trade_flow"].values[self._duty].sum(axis=1)
        self._exports = world.data["trade_flow"].values[self._levy].sum(axis=1)
        self.found: Equilibrium | None = None

    def start(self) -> Array:
        """Logs of one plus each duty (mean of the members' rates), and of what export taxes change."""
        duty = self._policy.tariff.values[self._duty].mean(axis=1)
        return np.concatenate((np.log1p(duty).ravel(), np.zeros(self._exports.size)))

    def _split(self, state: Array) -> tuple[Array, Array]:
        """Of outside exporters ``[O, S]`` and of members ``[M, S]``."""
        cut = self._imports.size
        return state[:cut].reshape(self._imports.shape), state[cut:].reshape(self._exports.shape)

    def policy(self, state: Array) -> Policy:
        """The policy with these taxes."""
        duty, tax = self._split(np.expm1(state))  # tax: relative to one plus the old rate
        tariff = self._policy.tariff.values.copy(order="K")
        levy = self._policy.export_tax.values.copy(order="K")
        tariff[self._duty] = duty[:, None, :]
        levy[self._levy] = (1 + self._tax[self._levy]) * (1 + tax[:, None, :]) - 1
        return replace(
            self._policy,
            tariff=self._policy.tariff.copy(data=tariff),
            export_tax=self._policy.export_tax.copy(data=levy),
        )

    def step(self, state: Array) -> tuple[Array, float]:
        """What would bring each quantity and price back, and the largest relative gap."""
        near = None if self.found is None else self.found.solution.value
        self.found = found = self._solve(self.policy(state), near)
        cost, theta = found.point.log_cost, found.problem.theta
        level = np.log(self._size @ found.wage_hat[self._outside] / self._size.sum())
        flow = found.fob_flow()
        public = found.government_flow()
        flow = flow if public is None else flow + public
        flow = flow[:, self._inside][:, :, self._outside].sum(axis=1).T
        traded = self._imports > 0
        old = np.where(traded, self._imports, 1.0)
        change = np.log(np.where(traded, flow, 1.0) / old)
        quantity = np.where(traded, change - cost[:, self._outside].T, 0.0)
        _, tax = self._split(state)
        price = np.where(self._exports > 0, cost[:, self._inside].T + tax - level, 0.0)
        largest = float(max(np.abs(quantity).max(), np.abs(price).max()))
        return np.concatenate(((quantity / (1 + theta)).ravel(), -price.ravel())), largest
