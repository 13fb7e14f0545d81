"""The base system compiled by Numba (extra ``fast``): an evaluation in few passes over memory.

The equations are those of ``zollverein.models.system``, which a test holds these against; only the
order of the arithmetic differs. Exponentials and logarithms stay with NumPy, whose loops are wider.
"""

from __future__ import annotations

import math

import numpy as np

from zollverein.models import kernels, level_kernels
from zollverein.models.aggregates import Aggregates
from zollverein.models.baseline import Array, Baseline
from zollverein.models.problem import Problem
from zollverein.models.system import Point, deficit_at
from zollverein.solver.anderson import History


class CompiledSystem:
    """Evaluation and step of a problem for which ``covers`` holds."""

    def __init__(self, problem: Problem) -> None:
        """Set out the arrays as the kernels read them."""
        base, productivity = problem.base, problem.log_productivity
        self._problem, self._shape = problem, (base.sectors, base.countries)
        self._productivity = np.zeros(self._shape) if productivity is None else productivity
        self._own = problem.own_weight, problem.own_factory
        self._value_added = float(base.value_added.sum())

    def evaluate(self, wage: Array, price: Array, spent: Array) -> Point:
        """Every node of the system at a state."""
        problem, base, shape = self._problem, self._problem.base, self._shape
        log_cost, log_price, output, new = np.empty((4, *shape))
        swept = np.empty((5, *shape))
        powers, trade = np.empty((2, *shape)), np.empty((2, shape[1]))
        shares = base.input_share_by_input
        state, costs = (wage, price, spent), (log_cost, log_price)
        kernels.costs(shares, self._productivity, problem.theta, state, costs, powers)
        np.exp(powers, out=powers)
        power, spending = powers
        spending *= base.expenditure
        factor_income = base.value_added * np.exp(wage)
        deficit = deficit_at(problem, factor_income)
        income = factor_income + deficit
        matrices, own = (problem.weight, problem.fob, problem.factory), self._own
        found = (swept, output, trade, income, new)
        kernels.sales(matrices, own, problem.bought, powers, shares, base.final_share, found)
        return Point(
            log_wage=wage,
            log_price=log_price,
            relative_spending=spent,
            log_cost=log_cost,
            cost_power=power,
            weight_sum=swept[0],
            imported_fob=swept[1],
            spending_ratio=swept[2],
            spending=spending,
            sold_fob=swept[3],
            sold_factory=swept[4],
            exports=trade[0],
            imports=trade[1],
            output=output,
            factor_income=factor_income,
            deficit=deficit,
            income=income,
            spending_new=new,
        )

    def step(self, point: Point, responses: tuple[Array, Array]) -> tuple[Array, float]:
        """The preconditioned step at a point and the largest residual of the conditions there."""
        base, problem = self._problem.base, self._problem
        logs = np.empty((2, *self._shape))
        kernels.ratios(point.weight_sum, point.spending_new, point.spending, problem.bought, logs)
        np.log(logs, out=logs)
        if not problem.all_bought:  # what nobody buys keeps its state at zero
            np.negative(point.relative_spending, out=logs[1], where=~problem.bought)
        step = np.empty(base.countries * (1 + 2 * base.sectors))
        worst = kernels.finish(
            logs,
            problem.theta,
            point.log_price,
            base.value_added_share,
            point.output,
            (point.factor_income, point.income),
            (point.exports, point.imports),
            point.deficit,
            responses,
            math.log(point.factor_income.sum() / self._value_added),
            step,
        )
        return step, worst


class CompiledHistory(History):
    """The memory of Anderson's acceleration, with its arithmetic in one pass over the differences."""

    def accelerate(self, state: Array, step: Array) -> Array:
        """The accelerated move from ``state`` given its plain ``step``."""
        now, last = (state, step), self._last
        self._last = now
        if last is None:
            return step
        slot = self._count % self._memory
        self._count += 1
        kept, move = min(self._count, self._memory), np.empty_like(step)
        past = self._dboth, self._dstep
        if kernels.accelerate(now, last, *past, self._gram, slot, kept, move):
            return move
        return self.combined(step, kept)


def sweep(problem: Problem, power: Array, spending: Array) -> Array:
    """``Swept`` in one array ``[5, S, N]``."""
    swept = np.empty((5, *power.shape))
    matrices = problem.weight, problem.fob, problem.factory
    own = problem.own_weight, problem.own_factory
    kernels.sweep(matrices, own, problem.bought, power, spending, swept)
    return swept


def aggregate(found: Aggregates, base: Baseline, step: Array) -> None:
    """Like ``sweeps.aggregate``."""
    parts = found.weight, found.pattern, found.follow, found.shaping[0], found.factors
    level_kernels.aggregate(*parts, found.home, base.single_input_share_by_input, step)


def covers(problem: Problem) -> bool:
    """Whether the compiled system knows every feature of a problem: one group and no structure."""
    return problem.structure is None and not problem.group.any()
