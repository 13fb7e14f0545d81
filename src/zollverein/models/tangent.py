"""Derivatives of the equilibrium system at a point, forward; ``models.linear`` has them backward.

Every line of ``System.evaluate`` has one line here, in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.sweeps import (
    factory_by_exporter,
    fob_by_exporter,
    fob_by_importer,
    weighted,
)
from zollverein.models.system import TINY, Conditions, Point, System


@dataclass(frozen=True, eq=False)
class Tangent:
    """Directional derivative of the nodes of a point."""

    log_wage: Array
    price: Array  # log of the price index that the weights imply
    log_cost: Array
    cost_power: Array
    spending_ratio: Array
    spending: Array
    exports: Array
    imports: Array
    output: Array
    factor_income: Array
    income: Array
    deficit: Array
    conditions: Conditions


class MatrixMoves(NamedTuple):
    """Changes of the logs of trade matrices, domestic cells included; each ``[S, N|G, N]``."""

    weight: Array
    fob: Array
    factory: Array


@dataclass(frozen=True, eq=False)
class Direction:
    """A change of parameters; what is absent does not change.

    Attributes:
        matrices: Of everyone's purchases but those of governments told apart.
        public: Of those.
        theta: ``[S]``; changes costs' power (the weights' own change is in ``matrices``).
        log_productivity: ``[S, N]``. deficit: ``[N]``.
        duty: ``[S, N, N]`` of the rate of the duty, as the basis of pools.
        pool: ``[P]`` of the part of each pool that is shared.
        mobility: ``[B]`` of the elasticity of each bloc in which people move.
    """

    matrices: MatrixMoves | None = None
    public: MatrixMoves | None = None
    theta: Array | None = None
    log_productivity: Array | None = None
    deficit: Array | None = None
    duty: Array | None = None
    pool: Array | None = None
    mobility: Array | None = None


class SweptChange(NamedTuple):
    """Changes of the results of a sweep; names as in ``Swept``."""

    weight_sum: Array
    imported_fob: Array
    spending_ratio: Array
    sold_fob: Array
    sold_factory: Array


def tangent(
    system: System, point: Point, change: Array, direction: Direction | None = None
) -> Tangent:
    """Change of every node for a change of the state and, if given, of the parameters."""
    base, move = system.problem.base, direction or Direction()
    wage, price, spending_log = system.split(change)
    log_cost = wage + system.into_cost(price)
    log_cost = log_cost if move.log_productivity is None else log_cost - move.log_productivity
    power = power_tangent(system, point, log_cost, move)
    swept = sweep_tangent(system, point, power, spending_log + wage, move)
    spending = point.spending * (spending_log + wage)
    exports = (power * point.sold_fob + point.cost_power * swept.sold_fob).sum(axis=0)
    imports = imports_tangent(point, swept)
    output = power * point.sold_factory + point.cost_power * swept.sold_factory
    factor_income = point.factor_income * wage
    deficit = deficit_tangent(system, point, factor_income)
    deficit = deficit if move.deficit is None else deficit + move.deficit
    revenue = (spending - output).sum(axis=0) - imports + exports
    income = factor_income + revenue + deficit
    new = system.into_inputs(output) + base.final_share * income
    price_change = price_tangent(system, point, swept.weight_sum, move)
    return Tangent(
        log_wage=wage,
        price=price_change,
        log_cost=log_cost,
        cost_power=power,
        spending_ratio=swept.spending_ratio,
        spending=spending,
        exports=exports,
        imports=imports,
        output=output,
        factor_income=factor_income,
        income=income,
        deficit=deficit,
        conditions=Conditions(
            price_change - wage - price,
            spending_tangent(system, point, new, wage, spending_log),
            balance_tangent(point, exports, imports, deficit),
            level_tangent(system, point, factor_income),
        ),
    )


def power_tangent(
    system: System, point: Point, log_cost: Array, move: Direction, firms: Array | float = 0.0
) -> Array:
    """Change of the power ``ĉ^-θ`` of costs, for that of their logs and of what else is in it."""
    exponent = firms - system.problem.theta[:, None] * log_cost
    if move.theta is not None:
        exponent = exponent - move.theta[:, None] * point.log_cost
    return np.asarray(point.cost_power * exponent)


def imports_tangent(point: Point, swept: SweptChange) -> Array:
    """Change of imports before duty ``[N]``."""
    bought = swept.spending_ratio * point.imported_fob + point.spending_ratio * swept.imported_fob
    return np.asarray(bought.sum(axis=0))


def spending_tangent(
    system: System, point: Point, new: Array, wage: Array, spending_log: Array
) -> Array:
    """Change of the spending condition; the state of what nobody buys is pinned to zero."""
    demand = system.where_bought(new, point.spending_new)
    return demand - np.where(system.bought, wage, 0.0) - spending_log


def sweep_tangent(
    system: System, point: Point, power: Array, spending_log: Array, move: Direction
) -> SweptChange:
    """Change of the five results of a sweep, for those of powers and of the logs of spending."""
    problem = system.problem
    paid = weighted(problem, power)
    imported = fob_by_importer(problem, power, paid)
    weight_sum = paid + problem.own_weight * power
    moved = None
    if move.matrices is not None:
        moved = _matrix_sweeps(system, point, move.matrices)
        weight_sum, imported = weight_sum + moved.weight_sum, imported + moved.imported_fob
    if not problem.all_bought:
        weight_sum = np.where(system.bought, weight_sum, 0.0)
    ratio = point.spending_ratio * (spending_log - weight_sum / point.weight_sum)
    sold = fob_by_exporter(problem, ratio)
    factory = factory_by_exporter(problem, ratio, sold) + problem.own_factory * ratio
    if moved is not None:
        sold, factory = sold + moved.sold_fob, factory + moved.sold_factory
    return SweptChange(weight_sum, imported, ratio, sold, factory)


def price_tangent(system: System, point: Point, weight_sum: Array, move: Direction) -> Array:
    """Change of the log price index ``-log(weight_sum) / θ``."""
    theta = system.problem.theta[:, None]
    change = -weight_sum / (theta * point.weight_sum)
    if move.theta is None:
        return np.asarray(change)
    return np.asarray(change + move.theta[:, None] * np.log(point.weight_sum) / theta**2)


def _matrix_sweeps(system: System, point: Point, moves: MatrixMoves) -> SweptChange:
    """What a change of the matrices themselves adds to the sweeps, sector by sector."""
    problem, power, ratio = system.problem, point.cost_power, point.spending_ratio
    paid, imported, sold, made = (np.zeros_like(power) for _ in range(4))
    for s in np.flatnonzero([any(m[s].any() for m in moves) for s in range(len(power))]):
        weight = problem.weight[s]
        fob = problem.fob[s] if s < len(problem.fob) else weight
        factory = problem.factory[s] if s < len(problem.factory) else fob
        paid[s] = (weight * moves.weight[s]) @ power[s]
        moved = fob * moves.fob[s]
        imported[s], sold[s] = moved @ power[s], ratio[s] @ moved
        made[s] = ratio[s] @ (factory * moves.factory[s])
    own_weight, own_factory = (
        moves[k].diagonal(axis1=1, axis2=2) * own
        for k, own in ((0, problem.own_weight), (2, problem.own_factory))
    )
    return SweptChange(
        paid + own_weight * power, imported, np.zeros_like(ratio), sold, made + own_factory * ratio
    )


def deficit_tangent(system: System, point: Point, factor_income: Array) -> Array:
    """Change of what the closure wants, for that of factor incomes ``[N]``."""
    problem = system.problem
    if problem.deficit_share is None:
        return np.zeros_like(factor_income)
    wanted, share = problem.deficit_share * factor_income, problem.deficit_share
    total = np.bincount(problem.group, point.factor_income)
    level = np.bincount(problem.group, share * point.factor_income) / total
    change = (
        np.bincount(problem.group, wanted) - level * np.bincount(problem.group, factor_income)
    ) / total
    moved = factor_income * level[problem.group] + point.factor_income * change[problem.group]
    return np.asarray(wanted - moved)


def balance_tangent(point: Point, exports: Array, imports: Array, deficit: Array) -> Array:
    """Change of the condition of the trade balance ``[N]``."""
    credit = point.exports + np.maximum(point.deficit, 0.0) + TINY
    debit = point.imports + np.maximum(-point.deficit, 0.0) + TINY
    plus, minus = point.deficit >= 0, point.deficit < 0
    return np.asarray((exports + plus * deficit) / credit - (imports - minus * deficit) / debit)


def level_tangent(system: System, point: Point, factor_income: Array) -> Array:
    """Change of the condition of the numeraire ``[N]``."""
    group = system.problem.group
    moved = np.bincount(group, factor_income) / np.bincount(group, point.factor_income)
    return np.asarray(moved[group])
