"""The equilibrium with nests, scale, sector wages, moving factors, governments and shared revenue.

Extends ``models.system`` where a problem has a ``Structure``. Blocks of unknowns are added to the
state of the base system, each with its condition:

* sector wages relative to the country's, ``VA'_ns = VA_ns ŵ_ns`` (labour stays in its sector);
* the number of firms, ``N̂_ns = Ŷ_ns / ĉ_ns`` (Krugman 1980; Costinot and Rodríguez-Clare 2014);
* final spending, where governments buy apart (their purchases depend on income and the reverse).

The equations are in docs/models/general.md; their derivatives in ``models.general_tangent`` forward and
in ``models.general_linear`` backward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.differentiable import DifferentiableSystem
from zollverein.models.nests import Nests, UnitCost
from zollverein.models.pools import Pooling
from zollverein.models.problem import Problem
from zollverein.models.public import Buyers, Purchases
from zollverein.models.structure import Structure
from zollverein.models.sweeps import NUMPY, Engine
from zollverein.models.system import TINY, Conditions, Point, System

#: Part of the gap in the number of firms that one step closes.
ENTRY = 0.5


@dataclass(frozen=True, eq=False)
class GeneralPoint(Point):
    """A point of the general system; shapes ``[S, N]`` or ``[N]``."""

    sector_wage: Array  # log, relative to the country's
    entry: Array | None  # log number of firms, from the state
    final_state: Array | None  # log final spending over the wage, from the state
    unit_cost: UnitCost  # relative to the wage, before productivity
    value_added: Array
    factors: Array  # log quantity of the factor bundle
    people: Array  # log population
    final_share: Array  # of private final demand
    private_price: Array  # log, relative to the wage
    consumer_price: Array  # log, relative to the wage, private and government
    bought: Purchases | None
    pooled: Array  # receipts less payments


@dataclass(frozen=True, eq=False)
class _Production:
    """The first half of a point: everything up to cost powers; names as there."""

    log_wage: Array
    price: Array  # relative to the wage
    relative_spending: Array
    sector_wage: Array
    entry: Array | None
    final_state: Array | None
    unit_cost: UnitCost
    log_cost: Array
    cost_power: Array

    def nodes(self) -> dict[str, Any]:
        """As fields of the point."""
        found = dict(self.__dict__)
        found["log_price"] = found.pop("price") + self.log_wage
        return found


@dataclass(frozen=True, eq=False)
class _Markets:
    """The second half of a point: purchases and sales; names as there."""

    weight_sum: Array
    imported_fob: Array
    spending_ratio: Array
    spending: Array
    sold_fob: Array
    sold_factory: Array
    exports: Array
    imports: Array
    output: Array
    bought: Purchases | None
    pooled: Array
    taxes: Array  # all revenue of duties, export taxes and rents

    def nodes(self) -> dict[str, Any]:
        """As fields of the point."""
        return {name: value for name, value in self.__dict__.items() if name != "taxes"}


@dataclass(frozen=True, eq=False)
class GeneralConditions(Conditions):
    """Residuals of the conditions of the added blocks."""

    labour: Array | None  # [S, N]
    entry: Array | None  # [S, N]
    final: Array | None  # [N]


class GeneralSystem(DifferentiableSystem):
    """The equilibrium conditions of a problem that has a structure.

    Attributes:
        problem: What is solved.
        made: ``[S, N]`` whether the country makes the good and anybody can buy it.
        sector_part: ``[S, N]`` parts of sectors in the country's value added.
    """

    problem: Problem

    def __init__(self, problem: Problem, engine: Engine = NUMPY) -> None:
        """Set up the nests, the governments' matrices and the pools."""
        super().__init__(problem, engine)
        base, structure = problem.base, problem.structure or Structure()
        self._structure = structure
        self._nests = Nests(base, structure, engine)
        government = structure.government
        self._buyers = (
            None
            if government is None
            else Buyers(government, problem.theta, self._nests, base.countries)
        )
        self.government_part = np.zeros(base.countries)
        if government is not None:
            self.government_part[government.members] = government.part
        self._pools = [
            Pooling(pool, structure.part, self._fob_of(pool.members), self._buyers)
            for pool in structure.pools
        ]
        self._scale = None if structure.scale is None else structure.scale[:, None]
        self._blocks = (structure.specific, self._scale is not None, government is not None)
        cells = base.sectors * base.countries
        self._lengths = (cells, cells, base.countries)
        self._base_size = self.size
        self.size += sum(n for n, used in zip(self._lengths, self._blocks, strict=True) if used)
        self._value_added = base.sector_value_added
        self.sector_part = self._value_added / np.maximum(base.value_added, TINY)
        self.made = (self._value_added > 0) & self._has_buyers()

    @property
    def specific(self) -> bool:
        """Whether labour stays in its sector."""
        return self._structure.specific

    def _has_buyers(self) -> Array:
        """``[S, N]`` whether anybody can buy what the country makes."""
        problem = self.problem
        found = problem.weight.any(axis=1) | (problem.own_weight > 0)
        government = self._structure.government
        return found if government is None else found | government.weight.any(axis=1)

    def added(self, state: Array) -> list[Array | None]:
        """Sector wages, firms and final spending in a state; None for a block that is not there."""
        shape = (self.problem.base.sectors, self.problem.base.countries)
        found: list[Array | None] = []
        first = self._base_size
        for length, used in zip(self._lengths, self._blocks, strict=True):
            block = state[first : first + length] if used else None
            first += length if used else 0
            found.append(block if block is None or len(found) == 2 else block.reshape(shape))
        return found

    def _evaluate(self, state: Array) -> GeneralPoint:
        base = self.problem.base
        made = self._production(state)
        sold = self._markets(made)
        final_share, private_price = self._nests.final(base.final_share, made.price)
        consumer_price = private_price * (1 - self.government_part)
        if sold.bought is not None:
            consumer_price = consumer_price + self.government_part * sold.bought.price
        factors, people = self._structure.factor_supply(-consumer_price)
        factor_income = base.value_added * np.exp(made.log_wage + factors)
        # What a pool pays out buys imports, as a deficit does.
        deficit = self.deficit(factor_income) + sold.pooled
        income = factor_income + sold.taxes + deficit
        inputs = self._nests.input_demand(sold.output, made.unit_cost, made.price)
        return GeneralPoint(
            **made.nodes(),
            **sold.nodes(),
            factor_income=factor_income,
            deficit=deficit,
            income=income,
            spending_new=inputs + final_share * (1 - self.government_part) * income,
            value_added=self._nests.value_added(sold.output, made.unit_cost, made.sector_wage),
            factors=factors,
            people=people,
            final_share=final_share,
            private_price=private_price,
            consumer_price=consumer_price,
        )

    def _production(self, state: Array) -> _Production:
        """Wages, unit costs and what they mean for trade."""
        problem = self.problem
        log_wage, price, spending_log = self.split(state[: self._base_size])
        specific, entry, final_state = self.added(state)
        sector_wage = self._normalised(specific)
        unit_cost = self._nests.unit_cost(sector_wage, price)
        log_cost = log_wage + unit_cost.cost
        if problem.log_productivity is not None:
            log_cost = log_cost - problem.log_productivity
        exponent = self._negative_theta * log_cost
        if self._scale is not None and entry is not None:
            exponent = exponent + self._scale * entry
        return _Production(
            log_wage=log_wage,
            price=price,
            relative_spending=spending_log,
            sector_wage=sector_wage,
            entry=entry,
            final_state=final_state,
            unit_cost=unit_cost,
            log_cost=log_cost,
            cost_power=np.exp(exponent),
        )

    def _markets(self, made: _Production) -> _Markets:
        """Purchases and sales of everyone at given costs and spending."""
        problem, base, power = self.problem, self.problem.base, made.cost_power
        spending = base.expenditure * np.exp(made.relative_spending + made.log_wage)
        swept = self._engine.sweep(problem, power, spending)
        bought = None
        if self._buyers is not None and made.final_state is not None:
            final = base.income * np.exp(made.final_state + made.log_wage)
            bought = self._buyers.purchases(power, made.log_wage, final)
        sold_fob, sold_factory = swept.sold_fob, swept.sold_factory
        imports = (swept.spending_ratio * swept.imported_fob).sum(axis=0)
        paid = spending.sum(axis=0)
        if bought is not None:
            sold_fob = sold_fob + bought.sold_fob
            sold_factory = sold_factory + bought.sold_factory
            imports, paid = imports + bought.imports, paid + bought.spending
        exports = (power * sold_fob).sum(axis=0)
        output = power * sold_factory
        return _Markets(
            weight_sum=swept.weight_sum,
            imported_fob=swept.imported_fob,
            spending_ratio=swept.spending_ratio,
            spending=spending,
            sold_fob=sold_fob,
            sold_factory=sold_factory,
            exports=exports,
            imports=imports,
            output=output,
            bought=bought,
            pooled=self._pooled(power, swept.spending_ratio, bought),
            taxes=paid - imports + exports - output.sum(axis=0),
        )

    def government_flow(self, point: GeneralPoint) -> Array | None:
        """Purchases of governments before duty ``[S, N, N]``; None if they are not told apart."""
        if self._buyers is None or point.bought is None:
            return None
        return self._buyers.flow(point.bought, point.cost_power)

    def use(self, point: GeneralPoint) -> Array:
        """Inputs ``[N, S, S]``: country, good, user."""
        return self._nests.use(point.output, point.unit_cost, point.log_price - point.log_wage)

    def _normalised(self, specific: Array | None) -> Array:
        """Sector wages whose mean over the baseline's value added is the country's wage."""
        if specific is None:
            return np.zeros((self.problem.base.sectors, self.problem.base.countries))
        mean = (self.sector_part * np.exp(specific)).sum(axis=0)
        return specific - np.log(np.where(mean > 0, mean, 1.0))

    def _pooled(self, power: Array, ratio: Array, bought: Purchases | None) -> Array:
        """Receipts from pools less payments into them ``[N]``."""
        out = np.zeros(self.problem.base.countries)
        for pool in self._pools:
            out[pool.members] += pool.part * pool.gained(pool.met(power), ratio, bought)
        return out

    def _fob_of(self, members: Array) -> Array:
        """Foreign fob weights of some importers ``[S, M, N]``."""
        split = len(self.problem.fob)
        return np.concatenate((self.problem.fob[:, members], self.problem.weight[split:, members]))

    def conditions(self, point: Point) -> GeneralConditions:
        """Residuals of every equilibrium condition."""
        if not isinstance(point, GeneralPoint):
            raise TypeError("a general system has general points")
        common = System.conditions(self, point)
        labour = entry = final = None
        if self._structure.specific:
            wanted = self._value_added * np.exp(point.sector_wage + point.log_wage)
            ratio = np.where(self.made, point.value_added / np.where(self.made, wanted, 1), 1.0)
            labour = np.log(np.maximum(ratio, 1e-9))
        if point.entry is not None:
            old = np.where(self.made, self.problem.base.output, 1.0)
            grown = np.where(self.made, point.output / old, 1.0)
            firms = np.log(np.maximum(grown, TINY)) - point.log_cost
            entry = np.where(self.made, firms, 0.0) - point.entry
        if point.final_state is not None:
            ratio = point.income / self.problem.base.income
            final = np.log(np.maximum(ratio, 1e-9)) - point.log_wage - point.final_state
        return GeneralConditions(
            common.price, common.spending, common.balance, common.level, labour, entry, final
        )

    def largest(self, conditions: Conditions, point: Point) -> float:
        """Largest absolute residual; not-a-number counts as infinite."""
        if not (isinstance(point, GeneralPoint) and isinstance(conditions, GeneralConditions)):
            raise TypeError("a general system has general points")
        factors = np.maximum(point.factor_income, TINY)
        least = np.maximum(np.minimum(factors, np.abs(point.income)), TINY)
        trade = (point.exports + point.imports) / least
        parts = [
            np.maximum(self.problem.theta, 1.0)[:, None] * conditions.price,
            conditions.spending,
            np.maximum(trade, 1.0) * conditions.balance,
            conditions.level,
            point.value_added.sum(axis=0) / factors - 1,
        ]
        parts += [
            part
            for part in (conditions.labour, conditions.entry, conditions.final)
            if part is not None
        ]
        worst = [float(np.abs(part).max()) for part in parts]
        return max(worst) if all(map(math.isfinite, worst)) else math.inf

    def precondition(self, conditions: Conditions, through: Array, slope: Array) -> Array:
        """The step of the fixed point, with the added blocks at the end."""
        step = super().precondition(conditions, through, slope)
        if not isinstance(conditions, GeneralConditions):
            raise TypeError("a general system has general conditions")
        more = []
        if conditions.labour is not None:
            theta = self.problem.theta[:, None]
            more.append(
                (conditions.labour / (1 + theta * self.problem.base.value_added_share)).ravel()
            )
        if conditions.entry is not None:
            more.append(ENTRY * conditions.entry.ravel())
        if conditions.final is not None:
            more.append(conditions.final)
        return np.concatenate((step, *more))
