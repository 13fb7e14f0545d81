"""The equilibrium of Caliendo and Parro (2015) as one fast system of equations in logs.

The state stacks, in logs of changes, the wage ``ŵ``, prices relative to the own wage ``P̂/ŵ`` and
spending relative to the own wage ``X̂/ŵ`` (exact in autarky, which is what makes the system well
behaved there). The conditions are

* prices:    ``P̂_js = (Σ_i π_ijs (κ̂_ijs ĉ_is)^-θ_s)^(-1/θ_s)``                        (eq. 11)
* spending:  ``X'_js = Σ_k γ_jsk Y'_jk + α_js I'_j``                                    (eq. 13)
* balance:   ``log[(exports + D⁺) / (imports + D⁻)] = 0``                               (eq. 14)
* numeraire: value added of each trading group keeps its baseline level

with unit costs ``ĉ_is = ŵ_i^β Π_k P̂_ik^γ / Â_is`` (eq. 10). The slow, readable form of the same
equations is ``zollverein.models.equations``; a test holds the two against each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.problem import Problem
from zollverein.models.sweeps import NUMPY, Engine

#: Keeps the balance of a country without any trade at log(1) instead of log(0/0).
TINY = 1e-250
#: New over old spending is taken to be at least this, so that its log exists.
LEAST_RATIO = 1e-9
#: Steps after which the responses that shape the step are computed again.
_RENEWAL = 16


@dataclass(frozen=True, eq=False)
class Point:
    """Every node of the system at one state; shapes ``[S, N]`` or ``[N]``."""

    log_wage: Array
    log_price: Array  # from the state
    relative_spending: Array  # from the state
    log_cost: Array
    cost_power: Array  # u = ĉ^-θ
    weight_sum: Array  # St = P̂^-θ
    imported_fob: Array  # off-diagonal fob weights times u
    spending_ratio: Array  # v = X' / St
    spending: Array  # X'
    sold_fob: Array  # foreign fob weights transposed times v
    sold_factory: Array  # all factory weights transposed times v
    exports: Array
    imports: Array
    output: Array
    factor_income: Array
    deficit: Array
    income: Array
    spending_new: Array


@dataclass(frozen=True, eq=False)
class Conditions:
    """Relative residuals of the equilibrium conditions at a point."""

    price: Array  # [S, N]
    spending: Array  # [S, N]
    balance: Array  # [N]
    level: Array  # [N]


class PassThrough(NamedTuple):
    """How a country's own wage moves its own economy.

    Attributes:
        mean: ``[N]`` mean response of prices.
        slope: ``[N]`` minus the response of the log trade balance.
        price, cost: ``[S, N]`` responses ``H = h C`` of prices and ``C = β + Σ γ H`` of unit costs.
        home: ``[S, N]`` domestic spending share ``h``.
    """

    mean: Array
    slope: Array
    price: Array
    cost: Array
    home: Array


class System:
    """The equilibrium conditions of one problem, as functions of the stacked state."""

    def __init__(self, problem: Problem, engine: Engine = NUMPY) -> None:
        """Precompute what does not depend on the state."""
        base = problem.base
        self.problem = problem
        self.size = base.countries * (1 + 2 * base.sectors)
        self.bought = problem.bought
        self._engine = engine
        self._compiled = engine.compiled(problem)
        self._latest: tuple[Array, Point] | None = None
        self._shaping = Shaping()
        self._passed: tuple[Point, PassThrough] | None = None
        self._negative_theta = -problem.theta[:, None]
        self._one_group = not problem.group.any()
        self._group_income = np.bincount(problem.group, base.value_added)

    @property
    def is_compiled(self) -> bool:
        """Whether evaluations are compiled as a whole; else only their sweeps may be."""
        return self._compiled is not None

    # --- layout ---------------------------------------------------------------------------
    def start(self) -> Array:
        """The baseline itself: every log change zero."""
        return np.zeros(self.size)

    def split(self, state: Array) -> tuple[Array, Array, Array]:
        """Views of wage ``[N]``, relative price ``[S, N]`` and relative spending ``[S, N]``."""
        countries, sectors = self.problem.base.countries, self.problem.base.sectors
        middle = countries * (1 + sectors)
        return (
            state[:countries],
            state[countries:middle].reshape(sectors, countries),
            state[middle:].reshape(sectors, countries),
        )

    def stack(self, wage: Array, price: Array, spending: Array) -> Array:
        """Inverse of ``split``."""
        return np.concatenate((wage, price.ravel(), spending.ravel()))

    def into_cost(self, price: Array) -> Array:
        """``Σ_k γ_jks p_jk``: input prices into unit costs, ``[S, N]``."""
        return self._engine.into_cost(self.problem.base.input_share, price)

    def into_inputs(self, output: Array) -> Array:
        """``Σ_s γ_jks y_js``: output into demand for inputs, ``[S, N]``."""
        return self._engine.into_inputs(self.problem.base.input_share, output)

    def where_bought(self, top: Array, bottom: Array | float = 1.0) -> Array:
        """The ratio where the country buys the good, else 0."""
        if self.problem.all_bought:
            return np.asarray(top / bottom)
        return np.where(self.bought, top / np.where(self.bought, bottom, 1.0), 0.0)

    # --- the equations ------------------------------------------------------------------------
    def evaluate(self, state: Array) -> Point:
        """Evaluate every node of the system at a state; the last one is remembered."""
        if self._latest is not None and self._latest[0] is state:
            return self._latest[1]
        if self._compiled is None:
            point = self._evaluate(state)
        else:
            point = self._compiled.evaluate(*self.split(state))
        self._latest = (state, point)
        return point

    def _evaluate(self, state: Array) -> Point:
        base = self.problem.base
        log_wage, price, spending_log = self.split(state)
        log_cost = log_wage + self.into_cost(price)
        if self.problem.log_productivity is not None:
            log_cost -= self.problem.log_productivity
        power = np.exp(self._negative_theta * log_cost)
        spending = base.expenditure * np.exp(spending_log + log_wage)
        swept = self._engine.sweep(self.problem, power, spending)
        exports = (power * swept.sold_fob).sum(axis=0)
        imports = (swept.spending_ratio * swept.imported_fob).sum(axis=0)
        output = power * swept.sold_factory
        factor_income = base.value_added * np.exp(log_wage)
        deficit = self.deficit(factor_income)
        # Value added + (spending - imports - domestic fob) + (exports + domestic fob - output)
        # + deficit; the domestic fob value cancels between the two revenues.
        taxes = spending.sum(axis=0) - imports + exports - output.sum(axis=0)
        income = factor_income + taxes + deficit
        return Point(
            log_wage=log_wage,
            log_price=price + log_wage,
            relative_spending=spending_log,
            log_cost=log_cost,
            cost_power=power,
            **swept._asdict(),
            spending=spending,
            exports=exports,
            imports=imports,
            output=output,
            factor_income=factor_income,
            deficit=deficit,
            income=income,
            spending_new=self.into_inputs(output) + base.final_share * income,
        )

    def deficit(self, factor_income: Array) -> Array:
        """Imports less exports under the closure, at the current factor incomes."""
        return deficit_at(self.problem, factor_income)

    def conditions(self, point: Point) -> Conditions:
        """Relative residuals of every equilibrium condition."""
        price = -np.log(point.weight_sum) / self.problem.theta[:, None] - point.log_price
        if self.problem.all_bought:
            spending = np.log(np.maximum(point.spending_new / point.spending, LEAST_RATIO))
        else:  # what nobody buys keeps its state at zero
            new = np.where(self.bought, point.spending_new, 1.0)
            old = np.where(self.bought, point.spending, 1.0)
            spending = np.log(np.maximum(new / old, LEAST_RATIO))
            spending = np.where(self.bought, spending, -point.relative_spending)
        deficit = point.deficit
        credit = point.exports + np.maximum(deficit, 0.0) + TINY
        debit = point.imports + np.maximum(-deficit, 0.0) + TINY
        return Conditions(price, spending, np.log(credit / debit), self.level(point.factor_income))

    def largest(self, conditions: Conditions, point: Point) -> float:
        """Largest absolute residual; not-a-number counts as infinite.

        Residuals count as they bite: the price ``θ`` times, as that is what it does to trade shares;
        the balance against value added or income where trade exceeds them; and the gap that all
        leave in the labour market, where spending may be a multiple of value added.
        """
        factors = np.maximum(point.factor_income, TINY)
        least = np.maximum(np.minimum(factors, np.abs(point.income)), TINY)
        trade = (point.exports + point.imports) / least
        earned = (self.problem.base.value_added_share * point.output).sum(axis=0)
        by_country = (
            np.maximum(trade, 1.0) * conditions.balance,
            conditions.level,
            earned / factors - 1,
        )
        parts = (
            np.maximum(self.problem.theta, 1.0)[:, None] * conditions.price,
            conditions.spending,
            np.concatenate(by_country),
        )
        worst = [float(np.abs(part).max()) for part in parts]  # NumPy's max keeps a NaN
        return max(worst) if all(map(math.isfinite, worst)) else math.inf

    def level(self, factor_income: Array) -> Array:
        """Log of each country's group value added relative to the baseline."""
        group = self.problem.group
        if self._one_group:
            return np.full(len(factor_income), np.log(factor_income.sum() / self._group_income[0]))
        return np.log(np.bincount(group, factor_income) / self._group_income)[group]

    def pass_through(self, point: Point) -> tuple[Array, Array]:
        """How a country's own wage moves its prices, and its trade balance; each ``[N]``.

        The first is the spending-weighted mean ``t`` of ``PassThrough.price``. The second is minus the
        response of the log trade balance: exports fall by ``θ C``, imports rise with spending by ``t``
        and, as buyers turn abroad, by ``θ H``.
        """
        return self.responses(point)[:2]

    def responses(self, point: Point) -> PassThrough:
        """What ``pass_through`` tells, and the responses behind it; the last are remembered."""
        if self._passed is None or self._passed[0] is not point:
            self._passed = (point, self._responses(point))
        return self._passed[1]

    def _responses(self, point: Point) -> PassThrough:
        """By two rounds from ``H = βh / (1 - h(1 - β))``, with ``h`` the domestic spending share."""
        problem, beta = self.problem, self.problem.base.value_added_share
        theta = problem.theta[:, None]
        home = home_share(problem, point)
        through = beta * home / np.maximum(1 - home * (1 - beta), 1e-12)
        for _ in range(2):
            cost = beta + self.into_cost(through)
            through = home * cost
        mean = _weighted_mean(through, point.spending)
        sold = _weighted_mean(theta * cost, point.cost_power * point.sold_fob)
        bought = _weighted_mean(theta * through, point.spending_ratio * point.imported_fob)
        return PassThrough(mean, sold + bought + mean, through, cost, home)

    def precondition(self, conditions: Conditions, through: Array, slope: Array) -> Array:
        """The step of the fixed point: residuals turned into a stacked change of the state."""
        wage = conditions.balance / slope - conditions.level
        carried = (through - 1) * wage
        return self.stack(wage, conditions.price + carried, conditions.spending + carried)

    def step(self, state: Array) -> tuple[Array, float]:
        """The fixed-point step at a state and the largest residual of the conditions there."""
        return self.shaped_step(state, self._shaping.at(self, state))

    def shaped_step(self, state: Array, shaping: tuple[Array, Array]) -> tuple[Array, float]:
        """The same with given responses."""
        point = self.evaluate(state)
        if self._compiled is not None:
            return self._compiled.step(point, shaping)
        conditions = self.conditions(point)
        return self.precondition(conditions, *shaping), self.largest(conditions, point)


class Shaping:
    """The responses of ``pass_through`` on a path. They only shape steps and are renewed now and then."""

    def __init__(self) -> None:
        """From the first state on."""
        self._steps = 0
        self._found: tuple[Array, Array]

    def at(self, system: System, state: Array) -> tuple[Array, Array]:
        """Those to take the step with at the next state of the path."""
        if self._steps % _RENEWAL == 0:
            self._found = system.pass_through(system.evaluate(state))
        self._steps += 1
        return self._found


def home_share(problem: Problem, point: Point) -> Array:
    """Domestic part of spending, ``[S, N]``."""
    return problem.own_weight * point.cost_power / point.weight_sum


def deficit_at(problem: Problem, factor_income: Array) -> Array:
    """Imports less exports ``[N]`` that the closure of a problem wants at some factor incomes ``[N]``."""
    if problem.deficit_share is None:
        return problem.deficit
    wanted = problem.deficit_share * factor_income
    excess = np.bincount(problem.group, wanted) / np.bincount(problem.group, factor_income)
    return wanted - factor_income * excess[problem.group] + problem.deficit


def _weighted_mean(values: Array, weights: Array) -> Array:
    """Mean over sectors, 1 where there is no weight."""
    total = weights.sum(axis=0)
    return np.where(total > 0, (values * weights).sum(axis=0) / np.maximum(total, TINY), 1.0)
