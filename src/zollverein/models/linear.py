"""Derivatives of the equilibrium system at a point, backward; ``models.tangent`` has them forward.

Every line of ``System.evaluate`` has one line here, in the opposite order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zollverein.models.bars import Bars, Pulled
from zollverein.models.baseline import Array
from zollverein.models.matrices import flow_pullback
from zollverein.models.sweeps import fob_by_importer, weighted_by_exporter
from zollverein.models.system import TINY, Conditions, Point, System


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
    problem, taxed = system.problem, len(system.problem.factory)
    both = fob_by_importer(problem, sold + made)
    if taxed:
        fob = np.matmul(problem.fob[:taxed], sold[:taxed, :, None])
        both[:taxed] = (fob + np.matmul(problem.factory, made[:taxed, :, None]))[:, :, 0]
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
    return system.where_bought(bars.spending, point.spending_new)


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
    spent = system.where_bought(bars.spending)
    wage = -(bars.price.sum(axis=0) + spent.sum(axis=0))
    return system.stack(wage, -bars.price, -bars.spending)
