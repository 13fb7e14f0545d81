"""Derivatives of the general system at a point, backward; the transposes of ``models.general_tangent``.

As in ``models.linear`` every line of the evaluation has one here, in the opposite order. The parts
stand in ``nest_slopes``, ``public``, ``pools`` and ``structure``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from zollverein.models.bars import Bars, Pulled
from zollverein.models.baseline import Array
from zollverein.models.general import ENTRY, GeneralConditions, GeneralPoint
from zollverein.models.general_tangent import Slopes, TangentGeneralSystem, general_point
from zollverein.models.linear import (
    SweptBars,
    deficit_pullback,
    demand_bars,
    direct_bars,
    sweep_pullback,
    trade_bars,
)
from zollverein.models.matrices import MatrixGradients, flow_pullback, matrix_gradients
from zollverein.models.nests import UnitCost
from zollverein.models.pools import Pooling
from zollverein.models.public import PulledPurchases, PurchaseBars
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


#: Pools, and bars of what their members pay in.
Tolls = list[tuple[Pooling, Array]]


class _Demand(NamedTuple):
    """Bars from demand for goods and value added: income ``[N]``, the rest ``[S, N]``."""

    income: Array
    made: Array
    cost: UnitCost
    price: Array
    wage: Array | float


class _Revenue(NamedTuple):
    """Bars of what income and balances are made of; ``[N]``, output ``[S, N]``."""

    income: Array
    exports: Array
    imports: Array
    made: Array
    deficit: Array
    factor_income: Array


class DifferentiableGeneralSystem(TangentGeneralSystem):
    """The general system with the transpose of its derivative."""

    def condition_bars(self, point: Point, bars: Conditions) -> tuple[Bars, Array]:
        """Bars of the nodes for bars of the conditions, and the state's direct part."""
        here, blocks = general_point(point), _blocks(bars)
        nodes = GeneralBars(
            spending_new=demand_bars(self, here, blocks), **trade_bars(self, here, blocks)
        )
        direct = [direct_bars(self, blocks)]
        if blocks.labour is not None:
            labour = np.where(self.made, blocks.labour, 0.0)
            nodes.value_added = labour / np.where(self.made, here.value_added, 1.0)
            nodes.sector_wage = -labour
            nodes.log_wage = -labour.sum(axis=0)
            direct.append(np.zeros(labour.size))
        if blocks.entry is not None:
            entry = np.where(self.made, blocks.entry, 0.0)
            nodes.output = entry / np.where(self.made, here.output, 1.0)
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
            None if entry is None else ENTRY * entry,
            final,
        )

    def pullback(self, point: Point, bars: Bars) -> GeneralPulled:
        """Derivatives with respect to state and parameters of a scalar given by its bars."""
        slopes = self.slopes(point)
        here = slopes.point
        if not isinstance(bars, GeneralBars):
            raise TypeError("a general system has general bars")
        demand = self._demand_pullback(slopes, bars)
        revenue = self._revenue_pullback(here, bars, demand)
        factors = here.factor_income * revenue.factor_income
        real_price = self._structure.factor_supply_pullback(factors, here.people)
        consumer = bars.consumer_price - real_price
        tolls = self._tolls(revenue.deficit)
        bought = self._public_pullback(slopes, bars, revenue, consumer, tolls)
        swept = self._swept_pullback(slopes, bars, revenue, bought, tolls)
        cost = bars.log_cost - self.problem.theta[:, None] * here.cost_power * swept.power
        wage, price = self._production_pullback(slopes, demand, bars, consumer, cost)
        level = here.spending * (bars.spending + revenue.income + swept.ratio / here.weight_sum)
        log_wage = bars.log_wage + (cost + level + bars.log_price).sum(axis=0) + factors
        if bought is not None:
            log_wage = log_wage + bought[1].log_wage
        state = [self.stack(log_wage, price + bars.log_price, level)]
        state += self._added_pullback(slopes, wage + bars.sector_wage, swept, bought)
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

    def _demand_pullback(self, slopes: Slopes, bars: GeneralBars) -> _Demand:
        """Through spending on inputs, value added, and how income sets final demand."""
        new = np.zeros_like(slopes.point.output) + bars.spending_new
        private = slopes.point.final_share * (1 - self.government_part)
        made, cost, price = slopes.nests.input_demand_pullback(new)
        wage: Array | float = 0.0
        if np.any(bars.value_added):
            earned = slopes.nests.value_added_pullback(bars.value_added + np.zeros_like(new))
            made, wage = made + earned[0], earned[2]
            cost = UnitCost(cost.cost + earned[1], cost.inputs)
        return _Demand(
            income=(private * new).sum(axis=0) + bars.income,
            made=made + bars.output,
            cost=cost,
            price=price,
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
        self, slopes: Slopes, demand: _Demand, bars: GeneralBars, consumer: Array, cost: Array
    ) -> tuple[Array, Array]:
        """Bars of sector wages and of prices, through unit costs and private final demand."""
        unit = UnitCost(demand.cost.cost + cost, demand.cost.inputs)
        wage, into = slopes.nests.unit_cost_pullback(unit)
        point, kept = slopes.point, 1 - self.government_part
        final = self._nests.final_pullback(
            point.final_share, bars.spending_new * (kept * point.income), kept * consumer
        )
        return demand.wage + wage, demand.price + into + final

    def _tolls(self, deficit: Array) -> Tolls:
        """Of each pool the bars of what members pay in, for bars of balances."""
        return [(pool, pool.toll(deficit)) for pool in self._pools]

    def _public_pullback(
        self, slopes: Slopes, bars: GeneralBars, revenue: _Revenue, consumer: Array, tolls: Tolls
    ) -> tuple[PurchaseBars, PulledPurchases] | None:
        """Through what governments buy."""
        point = slopes.point
        if self._buyers is None or point.bought is None:
            return None
        ratio: Array | float = 0.0
        for (pool, toll), met in zip(tolls, slopes.met, strict=True):
            ratio = ratio + pool.government_bars(toll, met, len(self._buyers.members))
        found = PurchaseBars(
            spending=revenue.income + bars.public,
            imports=revenue.imports,
            price=self.government_part * consumer,
            sold_fob=revenue.exports * point.cost_power,
            sold_factory=revenue.made * point.cost_power,
            ratio=ratio,
            toll=None if not isinstance(bars.flow, np.ndarray) else self._buyers.rows(bars.flow),
        )
        return found, self._buyers.pullback(point.cost_power, point.bought, found)

    def _swept_pullback(
        self,
        slopes: Slopes,
        bars: GeneralBars,
        revenue: _Revenue,
        bought: tuple[PurchaseBars, PulledPurchases] | None,
        tolls: Tolls,
    ) -> SweptBars:
        """Through the trade of everyone but governments, with what pools and governments add."""
        point = slopes.point
        ratio, added = flow_pullback(self.problem, point, bars.flow)
        if bought is not None:
            added = added + bought[1].power
        for (pool, toll), met in zip(tolls, slopes.met, strict=True):
            ratio = ratio + pool.ratio_bars(toll, met, len(revenue.income))
            added = added + pool.power_bars(toll, point.spending_ratio, point.bought)
        price = np.zeros_like(point.cost_power) + bars.price
        swept = sweep_pullback(
            self, point, revenue.exports, revenue.imports, revenue.made, price, ratio
        )
        return swept._replace(power=swept.power + added)

    def _added_pullback(
        self,
        slopes: Slopes,
        wage: Array,
        swept: SweptBars,
        bought: tuple[PurchaseBars, PulledPurchases] | None,
    ) -> list[Array]:
        """Bars of the added blocks of the state."""
        found = []
        if self._structure.specific:
            found.append((wage - slopes.sector_share * wage.sum(axis=0)).ravel())
        if self._scale is not None:
            found.append((self._scale * slopes.point.cost_power * swept.power).ravel())
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
        here = general_point(point)
        if not isinstance(pulled, GeneralPulled):
            raise TypeError("a general system has general derivatives")
        found, rows = matrix_gradients(self.problem, point, pulled), None
        if self._buyers is not None and here.bought is not None and pulled.bought is not None:
            rows = self._buyers.matrix_gradients(here.cost_power, here.bought, *pulled.bought)
        duty = self._add_pools(here, found, rows, self._tolls(pulled.deficit))
        if self._buyers is None or rows is None:
            return replace(found, duty=duty)
        members = self._buyers.members
        for whole, part in zip((found.total, found.net, found.factory), rows, strict=True):
            whole[:, members] += part
        return replace(found, duty=duty, members=members, public=rows[0])

    def _add_pools(
        self,
        point: GeneralPoint,
        found: MatrixGradients,
        rows: tuple[Array, Array, Array] | None,
        tolls: Tolls,
    ) -> Array | None:
        """Add what pools are paid, in place; the derivative of the duty they collect."""
        if not tolls:
            return None
        rates = np.zeros_like(found.total)
        for pool, toll in tolls:
            private, public, duty = pool.matrix_bars(
                toll, point.cost_power, point.spending_ratio, point.bought
            )
            rates[:, pool.members] += duty
            for whole in (found.total, found.net):
                whole[:, pool.members] += private
            for part in rows[:2] if rows is not None else ():
                part[:, pool.governments] += public
        return rates

    def pool_gradients(self, point: Point, pulled: Pulled) -> Array:
        """Derivatives with respect to the part of each pool's revenue that is shared."""
        slopes = self.slopes(point)
        ratio, bought = slopes.point.spending_ratio, slopes.point.bought
        return np.array(
            [
                pulled.deficit[pool.members] @ pool.gained(met, ratio, bought)
                for pool, met in zip(self._pools, slopes.met, strict=True)
            ]
        )

    def mobility_gradients(self, point: Point, pulled: Pulled) -> Array:
        """Derivatives with respect to the elasticity of each bloc in which people move."""
        here = general_point(point)
        if not isinstance(pulled, GeneralPulled):
            raise TypeError("a general system has general derivatives")
        real_wage = self.real_wage(here)
        return np.array(
            [
                bloc.moved(pulled.people[bloc.members], here.people[bloc.members])
                @ real_wage[bloc.members]
                for bloc in self._structure.mobility
            ]
        )


def _blocks(bars: Conditions) -> GeneralConditions:
    if not isinstance(bars, GeneralConditions):
        raise TypeError("a general system has general conditions")
    return bars
