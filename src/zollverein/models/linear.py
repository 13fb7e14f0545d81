"""Derivatives of the equilibrium system at a point: forward (tangent) and backward (pullback).

Every line of ``System.evaluate`` has one line in each function here, in the same and in the opposite
order. ``Pulled`` holds derivatives with respect to the trade matrices in factored form.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.matrices import flow_pullback, full_matrices
from zollverein.models.sweeps import (
    factory_by_exporter,
    fob_by_exporter,
    fob_by_importer,
    weighted,
    weighted_by_exporter,
)
from zollverein.models.system import TINY, Conditions, Point, System


@dataclass(frozen=True, eq=False)
class Tangent:
    """Directional derivative of the nodes of a point."""

    log_wage: Array
    log_price: Array
    log_cost: Array
    spending: Array
    exports: Array
    imports: Array
    output: Array
    factor_income: Array
    income: Array
    deficit: Array
    conditions: Conditions


@dataclass(frozen=True, eq=False)
class Direction:
    """A change of parameters: log changes of the three weights, and of the rest.

    Attributes:
        weight, fob, factory: ``[S, N, N]`` change of the log of each matrix, diagonal included.
        theta: ``[S]``; changes costs' power (the weights' own change is in ``weight``).
        log_productivity: ``[S, N]``. deficit: ``[N]``.
    """

    weight: Array | None = None
    fob: Array | None = None
    factory: Array | None = None
    theta: Array | None = None
    log_productivity: Array | None = None
    deficit: Array | None = None


@dataclass(eq=False)
class Bars:
    """Derivatives of a scalar with respect to nodes of the point; absent means zero."""

    log_wage: Array | float = 0.0
    log_price: Array | float = 0.0  # of the state
    price: Array | float = 0.0  # of the price index the weights imply, in logs
    log_cost: Array | float = 0.0
    spending: Array | float = 0.0
    output: Array | float = 0.0
    income: Array | float = 0.0
    exports: Array | float = 0.0
    imports: Array | float = 0.0
    deficit: Array | float = 0.0
    factor_income: Array | float = 0.0
    flow: Array | float = 0.0  # of every flow before duty [S, N, N], governments' included

    def minus(self, other: Self) -> Self:
        """Difference of two sets of bars of one kind."""
        return type(self)(
            **{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(self)}
        )


@dataclass(frozen=True, eq=False)
class Pulled:
    """Derivatives of a scalar with respect to the state and to the parameters.

    The derivative with respect to log ``weight[s, n, i]`` is
    ``weight * weight_sum[s, n] * power[s, i]``; with respect to log ``fob`` it is
    ``fob * (imported[s, n] * power[s, i] + ratio[s, n] * sold[s, i])``; with respect to log
    ``factory`` it is ``factory * ratio[s, n] * made[s, i]``; ``flow`` is that of flows themselves.
    """

    state: Array
    weight_sum: Array
    imported: Array
    sold: Array
    made: Array
    log_cost: Array
    deficit: Array
    theta: Array
    flow: Array | float


def tangent(
    system: System, point: Point, change: Array, direction: Direction | None = None
) -> Tangent:
    """Change of every node for a change of the state and, if given, of the parameters."""
    base, move = system.problem.base, direction or Direction()
    wage, price, spending_log = system.split(change)
    log_cost, power = _cost_tangent(system, point, wage, price, move)
    weight_sum, imported, ratio, sold, factory = _sweep_tangent(
        system, point, power, spending_log + wage, move
    )
    spending = point.spending * (spending_log + wage)
    exports = (power * point.sold_fob + point.cost_power * sold).sum(axis=0)
    imports = (ratio * point.imported_fob + point.spending_ratio * imported).sum(axis=0)
    output = power * point.sold_factory + point.cost_power * factory
    factor_income = point.factor_income * wage
    deficit = _deficit_tangent(system, point, factor_income)
    if move.deficit is not None:
        deficit = deficit + move.deficit
    taxes = spending.sum(axis=0) - imports + exports - output.sum(axis=0)
    income = factor_income + taxes + deficit
    new = system.into_inputs(output) + base.final_share * income
    price_change = _price_tangent(system, point, weight_sum, move)
    conditions = Conditions(
        price_change - wage - price,
        _spending_tangent(system, point, new, wage, spending_log),
        _balance_tangent(point, exports, imports, deficit),
        _level_tangent(system, point, factor_income),
    )
    return Tangent(
        log_wage=wage,
        log_price=price_change,
        log_cost=log_cost,
        spending=spending,
        exports=exports,
        imports=imports,
        output=output,
        factor_income=factor_income,
        income=income,
        deficit=deficit,
        conditions=conditions,
    )


def _cost_tangent(
    system: System, point: Point, wage: Array, price: Array, move: Direction
) -> tuple[Array, Array]:
    """Change of the log unit cost and of its power ``ĉ^-θ``."""
    log_cost = wage + system.into_cost(price)
    if move.log_productivity is not None:
        log_cost = log_cost - move.log_productivity
    exponent = -system.problem.theta[:, None] * log_cost
    if move.theta is not None:
        exponent = exponent - move.theta[:, None] * point.log_cost
    return log_cost, point.cost_power * exponent


def _spending_tangent(
    system: System, point: Point, new: Array, wage: Array, spending_log: Array
) -> Array:
    """Change of the spending condition; the state of what nobody buys is pinned to zero."""
    demand = _where_bought(system, new, point.spending_new)
    return demand - np.where(system.bought, wage, 0.0) - spending_log


def _where_bought(system: System, top: Array, bottom: Array | float = 1.0) -> Array:
    """The ratio where the country buys the good, else 0."""
    return np.where(system.bought, top / np.where(system.bought, bottom, 1.0), 0.0)


def _sweep_tangent(
    system: System, point: Point, power: Array, spending_log: Array, move: Direction
) -> tuple[Array, Array, Array, Array, Array]:
    """Change of the five results of a sweep."""
    problem = system.problem
    paid = weighted(problem, power)
    extra = _parameter_sweeps(system, point, move)
    weight_sum = np.where(system.bought, paid + problem.own_weight * power + extra[0], 0.0)
    imported = fob_by_importer(problem, power, paid) + extra[1]
    ratio = point.spending_ratio * (spending_log - weight_sum / point.weight_sum)
    sold = fob_by_exporter(problem, ratio)
    factory = factory_by_exporter(problem, ratio, sold) + problem.own_factory * ratio
    return weight_sum, imported, ratio, sold + extra[2], factory + extra[3]


def _price_tangent(system: System, point: Point, weight_sum: Array, move: Direction) -> Array:
    """Change of the log price index ``-log(weight_sum) / θ``."""
    theta = system.problem.theta[:, None]
    change = -weight_sum / (theta * point.weight_sum)
    if move.theta is None:
        return change
    return change + move.theta[:, None] * np.log(point.weight_sum) / theta**2


def _parameter_sweeps(
    system: System, point: Point, move: Direction
) -> tuple[Array | float, Array | float, Array | float, Array | float]:
    """What a change of the matrices themselves adds to the four sweeps."""
    if move.weight is None and move.fob is None and move.factory is None:
        return 0.0, 0.0, 0.0, 0.0
    problem = system.problem
    diagonal = np.arange(problem.base.countries)
    weight, fob, factory = (
        np.zeros_like(problem.weight) if m is None else m
        for m in (move.weight, move.fob, move.factory)
    )
    full_fob, full_factory = full_matrices(problem)
    power, ratio = point.cost_power, point.spending_ratio
    one, two, three = problem.weight * weight, full_fob * fob, full_factory * factory
    own = [m[:, diagonal, diagonal] for m in (weight, factory)]
    paid = np.matmul(one, power[:, :, None])[:, :, 0] + problem.own_weight * own[0] * power
    imported = np.matmul(two, power[:, :, None])[:, :, 0]
    sold = np.matmul(ratio[:, None, :], two)[:, 0, :]
    made = np.matmul(ratio[:, None, :], three)[:, 0, :] + problem.own_factory * own[1] * ratio
    return paid, imported, sold, made


def _deficit_tangent(system: System, point: Point, factor_income: Array) -> Array:
    problem = system.problem
    if problem.deficit_share is None:
        return np.zeros_like(factor_income)
    wanted, share = problem.deficit_share * factor_income, problem.deficit_share
    total = np.bincount(problem.group, point.factor_income)
    level = np.bincount(problem.group, share * point.factor_income) / total
    change = (
        np.bincount(problem.group, wanted) - level * np.bincount(problem.group, factor_income)
    ) / total
    return (
        wanted - factor_income * level[problem.group] - point.factor_income * change[problem.group]
    )


def _balance_tangent(point: Point, exports: Array, imports: Array, deficit: Array) -> Array:
    credit = point.exports + np.maximum(point.deficit, 0.0) + TINY
    debit = point.imports + np.maximum(-point.deficit, 0.0) + TINY
    plus, minus = point.deficit >= 0, point.deficit < 0
    return (exports + plus * deficit) / credit - (imports - minus * deficit) / debit


def _level_tangent(system: System, point: Point, factor_income: Array) -> Array:
    group = system.problem.group
    return (np.bincount(group, factor_income) / np.bincount(group, point.factor_income))[group]


class SweptBars(NamedTuple):
    """Derivatives with respect to what a sweep takes and gives; names as in ``Pulled``."""

    weight_sum: Array
    imported: Array
    sold: Array
    made: Array
    power: Array
    ratio: Array


def pullback(system: System, point: Point, bars: Bars) -> Pulled:
    """Derivatives with respect to state and parameters of a scalar given by its ``bars``."""
    base, theta = system.problem.base, system.problem.theta[:, None]
    zero = np.zeros_like(point.cost_power)
    income = np.zeros(base.countries) + bars.income
    exports, imports = income + bars.exports, bars.imports - income
    made, price = zero + bars.output - income, zero + bars.price
    # income = factor income + spending - imports + exports - output + deficit
    spending = zero + bars.spending + income
    ratio, power = flow_pullback(system.problem, point, bars.flow)
    swept = sweep_pullback(system, point, exports, imports, made, price, ratio)
    power = power + swept.power
    cost_bar = bars.log_cost - theta * point.cost_power * power
    level_bar = point.spending * (spending + swept.ratio / point.weight_sum)
    deficit_bar = income + bars.deficit
    theta_bar = price * np.log(point.weight_sum) / theta**2
    theta_bar -= power * point.log_cost * point.cost_power
    factor_bar = income + bars.factor_income + deficit_pullback(system, point, deficit_bar)
    wage_bar = (cost_bar + level_bar + bars.log_price).sum(axis=0)
    wage_bar += bars.log_wage + point.factor_income * factor_bar
    return Pulled(
        state=system.stack(wage_bar, system.into_inputs(cost_bar) + bars.log_price, level_bar),
        weight_sum=swept.weight_sum,
        imported=swept.imported,
        sold=swept.sold,
        made=swept.made,
        log_cost=cost_bar,
        deficit=deficit_bar,
        theta=theta_bar.sum(axis=1),
        flow=bars.flow,
    )


def sweep_pullback(
    system: System,
    point: Point,
    exports: Array,
    imports: Array,
    made: Array,
    price: Array,
    ratio: Array | float = 0.0,
) -> SweptBars:
    """Through the sweep: bars of exports, imports ``[N]``, output and the price index ``[S, N]``.

    Args:
        system: The equations.
        point: Where.
        exports: Of values at the border.
        imports: The same.
        made: Of output.
        price: Of the log price index that the weights imply.
        ratio: Of spending over the sum of weights, from elsewhere.
    """
    problem, theta = system.problem, system.problem.theta[:, None]
    imported_bar = imports * point.spending_ratio
    sold_bar = exports * point.cost_power
    made_bar = made * point.cost_power
    ratio_bar = ratio + imports * point.imported_fob + _by_importer(system, sold_bar, made_bar)
    ratio_bar = ratio_bar + problem.own_factory * made_bar
    power_bar = exports * point.sold_fob + made * point.sold_factory
    sum_bar = -ratio_bar * point.spending_ratio / point.weight_sum
    sum_bar = np.where(system.bought, sum_bar - price / (theta * point.weight_sum), 0.0)
    power_bar = (
        power_bar + _by_exporter(system, sum_bar, imported_bar) + problem.own_weight * sum_bar
    )
    return SweptBars(sum_bar, imported_bar, sold_bar, made_bar, power_bar, ratio_bar)


def _by_importer(system: System, sold: Array, made: Array) -> Array:
    """Fob weights times ``sold`` plus factory weights times ``made``, one sweep where they agree."""
    factory = len(system.problem.factory)
    both = fob_by_importer(system.problem, sold + made)
    if factory:
        fob = fob_by_importer(system.problem, sold)
        both[:factory] = fob[:factory]
        both[:factory] += np.matmul(system.problem.factory, made[:factory, :, None])[:, :, 0]
    return both


def _by_exporter(system: System, paid: Array, imported: Array) -> Array:
    """Delivered weights transposed times ``paid`` plus fob weights transposed times ``imported``."""
    problem = system.problem
    split = len(problem.fob)
    joint = paid.copy()
    joint[split:] += imported[split:]
    out = weighted_by_exporter(system.problem, joint)
    if split:
        out[:split] += np.matmul(imported[:split, None, :], problem.fob)[:, 0, :]
    return out


def deficit_pullback(system: System, point: Point, deficit: Array) -> Array:
    """Transpose of the closure's dependence on factor income, per unit of it."""
    problem = system.problem
    if problem.deficit_share is None:
        return np.zeros_like(deficit)
    group, share = problem.group, problem.deficit_share
    total = np.bincount(group, point.factor_income)
    level = (np.bincount(group, share * point.factor_income) / total)[group]
    carried = (np.bincount(group, deficit * point.factor_income) / total)[group]
    return (share - level) * (deficit - carried)


def condition_bars(system: System, point: Point, bars: Conditions) -> tuple[Bars, Array]:
    """Bars of the nodes for bars of the conditions, and the state's direct part."""
    new = demand_bars(system, point, bars)
    nodes = Bars(
        output=system.into_cost(new),  # the transpose of into_inputs
        income=(system.problem.base.final_share * new).sum(axis=0),
        **trade_bars(system, point, bars),
    )
    return nodes, direct_bars(system, bars)


def demand_bars(system: System, point: Point, bars: Conditions) -> Array:
    """Bars of the spending that the spending condition asks for, ``[S, N]``."""
    return _where_bought(system, bars.spending, point.spending_new)


def trade_bars(system: System, point: Point, bars: Conditions) -> dict[str, Array]:
    """Bars of the nodes in the conditions of price, balance and level, by their name in ``Bars``."""
    credit = point.exports + np.maximum(point.deficit, 0.0) + TINY
    debit = point.imports + np.maximum(-point.deficit, 0.0) + TINY
    plus, minus = point.deficit >= 0, point.deficit < 0
    total = np.bincount(system.problem.group, point.factor_income)
    level = (np.bincount(system.problem.group, bars.level) / total)[system.problem.group]
    return {
        "price": bars.price,
        "exports": bars.balance / credit,
        "imports": -bars.balance / debit,
        "deficit": bars.balance * (plus / credit + minus / debit),
        "factor_income": level,
    }


def direct_bars(system: System, bars: Conditions) -> Array:
    """What the conditions of price and spending say of the state itself, stacked."""
    spent = _where_bought(system, bars.spending)
    wage = -(bars.price.sum(axis=0) + spent.sum(axis=0))
    return system.stack(wage, -bars.price, -bars.spending)
