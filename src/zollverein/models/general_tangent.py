"""Derivatives of the general system at a point, forward; ``models.general_linear`` has them backward.

As in ``models.tangent`` every line of the evaluation has one here, in the same order. The parts stand
in ``nest_slopes``, ``public``, ``pools`` and ``structure``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.general import GeneralConditions, GeneralPoint, GeneralSystem
from zollverein.models.nest_slopes import NestSlopes
from zollverein.models.nests import UnitCost
from zollverein.models.pools import Met
from zollverein.models.public import PurchaseMoves
from zollverein.models.system import Point
from zollverein.models.tangent import (
    Direction,
    Tangent,
    balance_tangent,
    deficit_tangent,
    imports_tangent,
    level_tangent,
    power_tangent,
    price_tangent,
    spending_tangent,
    sweep_tangent,
)


@dataclass(frozen=True, eq=False)
class GeneralTangent(Tangent):
    """Directional derivative of the nodes of a general point, with those that it adds."""

    value_added: Array
    sector_wage: Array  # log, relative to the country's
    consumer_price: Array  # log, relative to the wage
    bought: PurchaseMoves | None  # of governments told apart
    people: Array  # log

    @property
    def public(self) -> Array:
        """Spending of governments ``[N]``."""
        return np.zeros_like(self.income) if self.bought is None else self.bought.spending


@dataclass(frozen=True, eq=False)
class Slopes:
    """What derivatives at a point have in common, taken once: of the nests, and of each pool."""

    point: GeneralPoint
    nests: NestSlopes
    sector_share: Array  # [S, N] of the country's wage bill, at the state's sector wages
    met: list[Met]


@dataclass(frozen=True, eq=False)
class _Costs:
    """Changes up to cost powers; ``final`` is that of the log of final spending."""

    log_wage: Array
    price: Array  # relative to the wage
    spending_log: Array
    sector_wage: Array
    entry: Array | None
    final: Array | None
    unit: UnitCost
    log_cost: Array
    power: Array


@dataclass(frozen=True, eq=False)
class _Trade:
    """Changes of purchases and sales."""

    price: Array  # log of the index that the weights imply
    spending_ratio: Array
    spending: Array
    exports: Array
    imports: Array
    output: Array
    taxes: Array
    pooled: Array
    bought: PurchaseMoves | None


@dataclass(frozen=True, eq=False)
class _Money:
    """Changes of prices of final demand, factors and income; ``[N]``, ``share`` ``[S, N]``."""

    share: Array
    consumer_price: Array
    people: Array
    factor_income: Array
    deficit: Array
    income: Array


class TangentGeneralSystem(GeneralSystem):
    """The general system with its derivative along a change of state and parameters."""

    _slopes: Slopes | None = None

    def slopes(self, point: Point) -> Slopes:
        """The coefficients at a point; the last ones are remembered."""
        here = general_point(point)
        if self._slopes is None or self._slopes.point is not here:
            price = here.log_price - here.log_wage
            nests = NestSlopes(self._nests, here.sector_wage, price, here.unit_cost, here.output)
            share = self.sector_part * np.exp(here.sector_wage)
            met = [pool.met(here.cost_power) for pool in self._pools]
            self._slopes = Slopes(here, nests, share, met)
        return self._slopes

    def tangent(
        self, point: Point, change: Array, direction: Direction | None = None
    ) -> GeneralTangent:
        """Change of every node for a change of the state and, if given, of the parameters."""
        slopes, move = self.slopes(point), direction or Direction()
        made = self._costs_tangent(slopes, change, move)
        trade = self._trade_tangent(slopes, made, move)
        money = self._money_tangent(slopes, made, trade, move)
        earned = slopes.nests.value_added(trade.output, made.unit, made.sector_wage)
        return GeneralTangent(
            log_wage=made.log_wage,
            price=trade.price,
            log_cost=made.log_cost,
            cost_power=made.power,
            spending_ratio=trade.spending_ratio,
            spending=trade.spending,
            exports=trade.exports,
            imports=trade.imports,
            output=trade.output,
            factor_income=money.factor_income,
            income=money.income,
            deficit=money.deficit,
            conditions=self._conditions_tangent(slopes, made, trade, money, earned),
            value_added=earned,
            sector_wage=made.sector_wage,
            consumer_price=money.consumer_price,
            bought=trade.bought,
            people=money.people,
        )

    def _costs_tangent(self, slopes: Slopes, change: Array, move: Direction) -> _Costs:
        """As ``_production``."""
        log_wage, price, spending_log = self.split(change[: self._base_size])
        specific, entry, final = self.added(change)
        sector_wage = np.zeros_like(price)
        if specific is not None:
            sector_wage = specific - (slopes.sector_share * specific).sum(axis=0)
        unit = slopes.nests.unit_cost(sector_wage, price)
        log_cost = log_wage + unit.cost
        if move.log_productivity is not None:
            log_cost = log_cost - move.log_productivity
        firms = 0.0 if self._scale is None or entry is None else self._scale * entry
        return _Costs(
            log_wage=log_wage,
            price=price,
            spending_log=spending_log,
            sector_wage=sector_wage,
            entry=entry,
            final=final,
            unit=unit,
            log_cost=log_cost,
            power=power_tangent(self, slopes.point, log_cost, move, firms),
        )

    def _trade_tangent(self, slopes: Slopes, made: _Costs, move: Direction) -> _Trade:
        """As ``_markets``."""
        point, power = slopes.point, made.power
        spent = made.spending_log + made.log_wage
        swept = sweep_tangent(self, point, power, spent, move)
        spending = point.spending * spent
        sold_fob, sold_factory = swept.sold_fob, swept.sold_factory
        imports, paid, bought = imports_tangent(point, swept), spending.sum(axis=0), None
        if self._buyers is not None and point.bought is not None and made.final is not None:
            final = made.final + made.log_wage
            here = point.cost_power, point.bought
            bought = self._buyers.tangent(here, power, made.log_wage, final, move)
            sold_fob, sold_factory = sold_fob + bought.sold_fob, sold_factory + bought.sold_factory
            imports, paid = imports + bought.imports, paid + bought.spending
        exports = (power * point.sold_fob + point.cost_power * sold_fob).sum(axis=0)
        output = power * point.sold_factory + point.cost_power * sold_factory
        return _Trade(
            price=price_tangent(self, point, swept.weight_sum, move),
            spending_ratio=swept.spending_ratio,
            spending=spending,
            exports=exports,
            imports=imports,
            output=output,
            taxes=paid - imports + exports - output.sum(axis=0),
            pooled=self._pooled_tangent(slopes, power, swept.spending_ratio, bought, move),
            bought=bought,
        )

    def _pooled_tangent(
        self,
        slopes: Slopes,
        power: Array,
        ratio: Array,
        bought: PurchaseMoves | None,
        move: Direction,
    ) -> Array:
        """As ``_pooled``."""
        point, out = slopes.point, np.zeros(self.problem.base.countries)
        powers, ratios = (point.cost_power, power), (point.spending_ratio, ratio)
        public = None if point.bought is None or bought is None else (point.bought, bought)
        for k, (pool, met) in enumerate(zip(self._pools, slopes.met, strict=True)):
            moved = pool.gained_tangent(met, powers, ratios, public, move)
            out[pool.members] += pool.part * moved
            if move.pool is not None:
                gained = pool.gained(met, point.spending_ratio, point.bought)
                out[pool.members] += move.pool[k] * gained
        return out

    def _money_tangent(
        self, slopes: Slopes, made: _Costs, trade: _Trade, move: Direction
    ) -> _Money:
        """Prices of final demand, the factors that they attract, and income."""
        point, public = slopes.point, self.government_part
        share, price = self._nests.final_tangent(point.final_share, made.price)
        consumer = price * (1 - public)
        if trade.bought is not None:
            consumer = consumer + public * trade.bought.price
        pulled = None
        if move.mobility is not None:
            pulled = self._pulled(point, move.mobility)
        factors, people = self._structure.factor_supply_tangent(-consumer, point.people, pulled)
        factor_income = point.factor_income * (made.log_wage + factors)
        deficit = deficit_tangent(self, point, factor_income) + trade.pooled
        if move.deficit is not None:
            deficit = deficit + move.deficit
        return _Money(
            share=share,
            consumer_price=consumer,
            people=people,
            factor_income=factor_income,
            deficit=deficit,
            income=factor_income + trade.taxes + deficit,
        )

    def _pulled(self, point: GeneralPoint, elasticity: Array) -> Array:
        """What changes of the elasticities ``[B]`` of blocs add to what pulls people ``[N]``."""
        out = np.zeros_like(point.people)
        for bloc, change in zip(self._structure.mobility, elasticity, strict=True):
            out[bloc.members] = change * self.real_wage(point)[bloc.members]
        return out

    def real_wage(self, point: GeneralPoint) -> Array:
        """Log real wage of a person ``[N]``, which is what pulls people."""
        return -point.consumer_price / (1 - self._structure.capital_share)

    def _conditions_tangent(
        self, slopes: Slopes, made: _Costs, trade: _Trade, money: _Money, earned: Array
    ) -> GeneralConditions:
        """As ``conditions``."""
        point, kept = slopes.point, 1 - self.government_part
        inputs = slopes.nests.input_demand(trade.output, made.unit, made.price)
        new = inputs + kept * (money.share * point.income + point.final_share * money.income)
        labour = entry = final = None
        if self._structure.specific:
            grown = earned / np.where(self.made, point.value_added, 1.0)
            labour = np.where(self.made, grown - made.sector_wage - made.log_wage, 0.0)
        if made.entry is not None:
            grown = trade.output / np.where(self.made, point.output, 1.0)
            entry = np.where(self.made, grown - made.log_cost, 0.0) - made.entry
        if made.final is not None:
            final = money.income / point.income - made.log_wage - made.final
        return GeneralConditions(
            trade.price - made.log_wage - made.price,
            spending_tangent(self, point, new, made.log_wage, made.spending_log),
            balance_tangent(point, trade.exports, trade.imports, money.deficit),
            level_tangent(self, point, money.factor_income),
            labour,
            entry,
            final,
        )


def general_point(point: Point) -> GeneralPoint:
    """The point as one of the general system.

    Raises:
        TypeError: If it is not.
    """
    if not isinstance(point, GeneralPoint):
        raise TypeError("a general system has general points")
    return point
