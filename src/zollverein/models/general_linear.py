"""Derivatives of the general system at a point, backward; the transposes of ``models.general``.

As in ``models.linear`` every line of the evaluation has one here, in the opposite order. The parts
stand beside their equations: nests in ``nests``, governments in ``public``, factors in ``structure``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.general import _ENTRY, GeneralConditions, GeneralPoint, GeneralSystem
from zollverein.models.linear import (
    Bars,
    Pulled,
    SweptBars,
    deficit_pullback,
    demand_bars,
    direct_bars,
    sweep_pullback,
    trade_bars,
)
from zollverein.models.matrices import MatrixGradients, flow_pullback, matrix_gradients
from zollverein.models.nests import UnitCost
from zollverein.models.public import PulledPurchases, PurchaseBars
from zollverein.models.structure import RevenuePool
from zollverein.models.system import Conditions, Point


@dataclass(eq=False)
class GeneralBars(Bars):
    """Bars of the general system's nodes, with those that it adds; absent means zero."""

    spending_new: Array | float = 0.0
    value_added: Array | float = 0.0
    sector_wage: Array | float = 0.0  # log, relative to the country's
    consumer_price: Array | float = 0.0  # log, relative to the wage
    public: Array | float = 0.0  # spending of governments


@dataclass(frozen=True, eq=False)
class GeneralPulled(Pulled):
    """Derivatives with respect to state and parameters, with what the general system adds.

    Attributes:
        people: ``[N]`` with respect to the log of labour supply.
        bought: Bars of governments' purchases and what they were pulled back to, or None.
    """

    people: Array
    bought: tuple[PurchaseBars, PulledPurchases] | None


class _Demand(NamedTuple):
    """Bars from demand for goods and value added: income ``[N]``, the rest ``[S, N]``."""

    income: Array
    made: Array
    cost: UnitCost
    price: Array
    wage: Array


class _Revenue(NamedTuple):
    """Bars of what income and balances are made of; ``[N]``, output ``[S, N]``."""

    income: Array
    exports: Array
    imports: Array
    made: Array
    deficit: Array
    factor_income: Array


class DifferentiableGeneralSystem(GeneralSystem):
    """The general system with the transpose of its derivative."""

    def condition_bars(self, point: Point, bars: Conditions) -> tuple[Bars, Array]:
        """Bars of the nodes for bars of the conditions, and the state's direct part."""
        here, blocks = _general(point), _blocks(bars)
        nodes = GeneralBars(
            spending_new=demand_bars(self, here, blocks), **trade_bars(self, here, blocks)
        )
        direct = [direct_bars(self, blocks)]
        if blocks.labour is not None:
            labour = np.where(self._made, blocks.labour, 0.0)
            nodes.value_added = labour / np.where(self._made, here.value_added, 1.0)
            nodes.sector_wage = -labour
            nodes.log_wage = -labour.sum(axis=0)
            direct.append(np.zeros(labour.size))
        if blocks.entry is not None:
            entry = np.where(self._made, blocks.entry, 0.0)
            nodes.output = entry / np.where(self._made, here.output, 1.0)
            nodes.log_cost = -entry
            direct.append(-blocks.entry.ravel())
        if blocks.final is not None:
            nodes.income = blocks.final / here.income
            nodes.log_wage = nodes.log_wage - blocks.final
            direct.append(-blocks.final)
        return nodes, np.concatenate(direct)

    def precondition_transposed(self, bars: Array, through: Array, slope: Array) -> Conditions:
        """Transpose of ``precondition``."""
        common = super().precondition_transposed(bars[: self._base_size], through, slope)
        labour, entry, final = self.added(bars)
        if labour is not None:
            theta = self.problem.theta[:, None]
            labour = labour / (1 + theta * self.problem.base.value_added_share)
        return GeneralConditions(
            common.price,
            common.spending,
            common.balance,
            common.level,
            labour,
            None if entry is None else _ENTRY * entry,
            final,
        )

    def pullback(self, point: Point, bars: Bars) -> GeneralPulled:
        """Derivatives with respect to state and parameters of a scalar given by its bars."""
        here = _general(point)
        if not isinstance(bars, GeneralBars):
            raise TypeError("a general system has general bars")
        demand = self._demand_pullback(here, bars)
        revenue = self._revenue_pullback(here, bars, demand)
        factors = here.factor_income * revenue.factor_income
        real_price = self._structure.factor_supply_pullback(factors, here.people)
        consumer = bars.consumer_price - real_price
        tolls = self._tolls(revenue.deficit)
        bought = self._public_pullback(here, bars, revenue, consumer, tolls)
        swept = self._swept_pullback(here, bars, revenue, bought, tolls)
        cost = bars.log_cost - self.problem.theta[:, None] * here.cost_power * swept.power
        wage, price = self._production_pullback(here, demand, bars, consumer, cost)
        level = here.spending * (bars.spending + revenue.income + swept.ratio / here.weight_sum)
        log_wage = bars.log_wage + (cost + level + bars.log_price).sum(axis=0) + factors
        if bought is not None:
            log_wage = log_wage + bought[1].log_wage
        state = [self.stack(log_wage, price + bars.log_price, level)]
        state += self._added_pullback(here, wage + bars.sector_wage, swept, bought)
        return GeneralPulled(
            state=np.concatenate(state),
            weight_sum=swept.weight_sum,
            imported=swept.imported,
            sold=swept.sold,
            made=swept.made,
            log_cost=cost,
            deficit=revenue.deficit,
            theta=self._theta_pullback(here, bars, swept, bought),
            flow=bars.flow,
            people=factors,
            bought=bought,
        )

    def _demand_pullback(self, point: GeneralPoint, bars: GeneralBars) -> _Demand:
        """Through spending on inputs, value added, and how income sets final demand."""
        price, output = point.log_price - point.log_wage, point.output
        new = np.zeros_like(output) + bars.spending_new
        earned = np.zeros_like(output) + bars.value_added
        private = point.final_share * (1 - self.government_part)
        used = self._nests.input_demand_pullback(output, point.unit_cost, price, new)
        made, cost, wage = self._nests.value_added_pullback(
            output, point.unit_cost, point.sector_wage, earned
        )
        return _Demand(
            income=(private * new).sum(axis=0) + bars.income,
            made=used[0] + made + bars.output,
            cost=UnitCost(used[1].cost + cost.cost, used[1].inputs + cost.inputs),
            price=used[2],
            wage=wage,
        )

    def _revenue_pullback(
        self, point: GeneralPoint, bars: GeneralBars, demand: _Demand
    ) -> _Revenue:
        """Through income: factor income + spending - imports + exports - output + deficit."""
        income = demand.income
        deficit = income + bars.deficit
        return _Revenue(
            income=income,
            exports=income + bars.exports,
            imports=bars.imports - income,
            made=demand.made - income,
            deficit=deficit,
            factor_income=income + bars.factor_income + deficit_pullback(self, point, deficit),
        )

    def _production_pullback(
        self, point: GeneralPoint, demand: _Demand, bars: GeneralBars, consumer: Array, cost: Array
    ) -> tuple[Array, Array]:
        """Bars of sector wages and of prices, through unit costs and private final demand."""
        price = point.log_price - point.log_wage
        unit = UnitCost(demand.cost.cost + cost, demand.cost.inputs)
        wage, into = self._nests.unit_cost_pullback(point.sector_wage, price, point.unit_cost, unit)
        kept = 1 - self.government_part
        final = self._nests.final_pullback(
            point.final_share, bars.spending_new * kept * point.income, kept * consumer
        )
        return demand.wage + wage, demand.price + into + final

    def _tolls(self, deficit: Array) -> list[tuple[RevenuePool, Array]]:
        """Of each pool the bars of what members pay in ``[M]``, for bars of balances."""
        part = self._structure.part
        return [
            (pool, part * pool.part * (pool.keys @ deficit[pool.members] - deficit[pool.members]))
            for pool in self._structure.pools
        ]

    def _public_pullback(
        self,
        point: GeneralPoint,
        bars: GeneralBars,
        revenue: _Revenue,
        consumer: Array,
        tolls: list[tuple[RevenuePool, Array]],
    ) -> tuple[PurchaseBars, PulledPurchases] | None:
        """Through what governments buy."""
        if self._buyers is None or point.bought is None:
            return None
        flow = bars.flow
        if tolls:
            flow = flow + toll_of(tolls, self.problem.weight.shape)
        met = PurchaseBars(
            spending=revenue.income + bars.public,
            imports=revenue.imports,
            price=self.government_part * consumer,
            sold_fob=revenue.exports * point.cost_power,
            sold_factory=revenue.made * point.cost_power,
            toll=self._buyers.rows(flow) if isinstance(flow, np.ndarray) else None,
        )
        return met, self._buyers.pullback(point.cost_power, point.bought, met)

    def _swept_pullback(
        self,
        point: GeneralPoint,
        bars: GeneralBars,
        revenue: _Revenue,
        bought: tuple[PurchaseBars, PulledPurchases] | None,
        tolls: list[tuple[RevenuePool, Array]],
    ) -> SweptBars:
        """Through the trade of everyone but governments, with what pools and governments add."""
        power = point.cost_power
        flow = flow_pullback(self.problem, point, bars.flow)
        ratio, added = (np.zeros_like(power) + bar for bar in flow)
        if bought is not None:
            added = added + bought[1].power
        for pool, bar in tolls:
            tolled = bar[:, None] * pool.duty * self._fob_of(pool.members)
            ratio[:, pool.members] += np.matmul(tolled, power[:, :, None])[:, :, 0]
            paying = point.spending_ratio[:, None, pool.members]
            added = added + np.matmul(paying, tolled)[:, 0, :]
        price = np.zeros_like(power) + bars.price
        swept = sweep_pullback(
            self, point, revenue.exports, revenue.imports, revenue.made, price, ratio
        )
        return swept._replace(power=swept.power + added)

    def _added_pullback(
        self,
        point: GeneralPoint,
        wage: Array,
        swept: SweptBars,
        bought: tuple[PurchaseBars, PulledPurchases] | None,
    ) -> list[Array]:
        """Bars of the added blocks of the state."""
        found = []
        if self._structure.specific:
            share = self._sector_part * np.exp(point.sector_wage)
            found.append((wage - share * wage.sum(axis=0)).ravel())
        if self._scale is not None:
            found.append((self._scale * point.cost_power * swept.power).ravel())
        if bought is not None:
            found.append(bought[1].final)
        return found

    def _theta_pullback(
        self,
        point: GeneralPoint,
        bars: GeneralBars,
        swept: SweptBars,
        bought: tuple[PurchaseBars, PulledPurchases] | None,
    ) -> Array:
        """Bars of the trade elasticities where they shape prices and cost powers ``[S]``."""
        theta = self.problem.theta[:, None]
        bar = bars.price * np.log(point.weight_sum) / theta**2
        found = (bar - swept.power * point.log_cost * point.cost_power).sum(axis=1)
        return np.asarray(found if bought is None else found + bought[1].theta)

    def matrix_gradients(self, point: Point, pulled: Pulled) -> MatrixGradients:
        """Derivatives with respect to the logs of the trade matrices."""
        here = _general(point)
        if not isinstance(pulled, GeneralPulled):
            raise TypeError("a general system has general derivatives")
        found = matrix_gradients(self.problem, point, pulled)
        duty = self._add_pools(here, found, self._tolls(pulled.deficit))
        if self._buyers is None or here.bought is None or pulled.bought is None:
            return replace(found, duty=duty)
        rows = self._buyers.matrix_gradients(here.cost_power, here.bought, *pulled.bought)
        members = self._buyers.members
        for whole, part in zip((found.total, found.net, found.factory), rows, strict=True):
            whole[:, members] += part
        return replace(found, duty=duty, members=members, public=rows[0])

    def _add_pools(
        self,
        point: GeneralPoint,
        found: MatrixGradients,
        tolls: list[tuple[RevenuePool, Array]],
    ) -> Array | None:
        """Add what pools pay on private trade, in place; the derivative of the duty they collect."""
        if not tolls:
            return None
        duty = np.zeros_like(found.total)
        public = self.government_flow(point)
        for pool, bar in tolls:
            m = pool.members
            flow = self._fob_of(m) * point.spending_ratio[:, m, None] * point.cost_power[:, None, :]
            paid = bar[:, None] * pool.duty * flow
            found.net[:, m] += paid
            found.total[:, m] += paid
            flow = flow if public is None else flow + public[:, m]
            outside = np.ones(flow.shape[2], dtype=bool)
            outside[m] = False
            duty[:, m] += bar[:, None] * flow * outside
        return duty

    def pool_gradients(self, point: Point, pulled: Pulled) -> Array:
        """Derivatives with respect to the part of each pool's revenue that is shared."""
        here = _general(point)
        return np.array(
            [
                pulled.deficit[pool.members]
                @ self._shared(pool, here.cost_power, here.spending_ratio, here.bought)
                for pool in self._structure.pools
            ]
        )

    def mobility_gradients(self, point: Point, pulled: Pulled) -> Array:
        """Derivatives with respect to the elasticity of each bloc in which people move."""
        here = _general(point)
        if not isinstance(pulled, GeneralPulled):
            raise TypeError("a general system has general derivatives")
        real_wage = -here.consumer_price / (1 - self._structure.capital_share)
        return np.array(
            [
                bloc.moved(pulled.people[bloc.members], here.people[bloc.members])
                @ real_wage[bloc.members]
                for bloc in self._structure.mobility
            ]
        )


def toll_of(tolls: list[tuple[RevenuePool, Array]], shape: tuple[int, ...]) -> Array:
    """Bars of each flow before duty ``[S, N, N]`` for bars of what members of pools pay in."""
    found = np.zeros(shape)
    for pool, bar in tolls:
        found[:, pool.members] += bar[:, None] * pool.duty
    return found


def _general(point: Point) -> GeneralPoint:
    if not isinstance(point, GeneralPoint):
        raise TypeError("a general system has general points")
    return point


def _blocks(bars: Conditions) -> GeneralConditions:
    if not isinstance(bars, GeneralConditions):
        raise TypeError("a general system has general conditions")
    return bars
