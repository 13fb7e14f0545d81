"""How the levels of countries respond to each other: wages, prices and spending of countries as wholes.

The state moves by ``w_n`` in wages, by ``f_sn w_n + p_sn a_n`` in relative prices and by
``g_sn w_n + x_sn b_n`` in relative spending. The patterns ``p`` and ``x`` are those in which prices and
purchases of a country feed on themselves (``Baseline.patterns``), ``f`` and ``g`` how both follow its wage.
Conditions are summed over sectors with weights, so that what is left of the linear system has ``3N`` rows:

    [W_w W_a W_b]       balance over its slope, less the numeraire
    [P_w P_a  0 ]       prices
    [S_w S_a S_b]       spending

It shapes steps and decides nothing, so that single precision is enough and means do for two things: costs
of all foreign suppliers of an importer move as those of its mix of suppliers, and what an exporter earns
abroad is spent as from its mean sector. With one sector it is the linear system itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.level_trade import (
    Cells,
    Rows,
    Trade,
    add_diagonal,
    column,
    over_sectors,
    trade_of,
)
from zollverein.models.problem import Problem
from zollverein.models.system import TINY, PassThrough, Point, System

#: Part of a country's purchases below which a good is not told from none when steps are shaped.
_TRACE = 1e-20
#: Rounds in which it is found how spending follows the wage.
_ROUNDS = 2


class Levels(NamedTuple):
    """The system of levels.

    Attributes:
        weight, pattern: ``[2, S, N]`` of prices and of spending.
        follow: ``[2, S, N]`` how they follow the wage, beside their levels.
        shaping: What ``pass_through`` says, with which steps are taken.
        home: ``[3, S, N]`` the domestic part of spending; domestic sales, and one over spending, in units of
            all the country buys.
        wages, prices, spending: The rows ``W``, ``P`` and ``S``; the last of ``P`` is zero.
    """

    weight: Array
    pattern: Array
    follow: Array
    shaping: tuple[Array, Array]
    home: Array
    wages: Rows
    prices: Rows
    spending: Rows


def levels_at(system: System, point: Point) -> Levels:
    """The system of levels at a point, for the base system or as the base part of another."""
    problem = system.problem
    prices, purchases, cost = problem.base.patterns
    passed, theta = system.responses(point), problem.theta[:, None]
    there = np.where(point.spending > 0, point.spending, 1.0)  # 0 where nothing is bought
    pattern = np.stack([prices, purchases * point.spending.sum(axis=0) / there])
    weight = np.stack([purchases, prices * point.spending])
    weight /= (weight * pattern).sum(axis=1, keepdims=True)
    follow = np.stack([passed.price - 1, _spending_by_wage(system, point, passed)])
    along = (weight * follow).sum(axis=1)
    follow -= pattern * along[:, None, :]
    at_home = theta * passed.home
    cells = Cells(
        cost=(passed.cost - cost * along[0], cost),
        spending=(1 + follow[1], pattern[1]),
        home=at_home,
        abroad=theta - at_home,
    )
    own = weight[0] * passed.home
    trade = trade_of(problem, point, cells, weight[0] - own)
    return Levels(
        weight,
        pattern,
        follow,
        passed[:2],
        _home(system, point, passed.home),
        _wages(problem, point, trade, passed.slope),
        _prices(trade, cells, own, weight[0], prices),
        _spending(system, point, cells, trade, weight[1]),
    )


def _home(system: System, point: Point, share: Array) -> Array:
    """What inputs made at home pass on within a country, in numbers that single precision can hold."""
    size = point.spending_new.sum(axis=0)
    sold = system.problem.own_factory * point.cost_power * point.spending_ratio / size
    there = np.maximum(point.spending_new / size, _TRACE)
    return np.stack([share, sold, system.where_bought(1 / there)])


def _spending_by_wage(system: System, point: Point, passed: PassThrough) -> Array:
    """How relative spending ``[S, N]`` moves with the own wage, the rest of the world given."""
    problem, power, ratio = system.problem, point.cost_power, point.spending_ratio
    theta = problem.theta[:, None]
    home, imports = problem.own_factory * power * ratio, ratio * point.imported_fob
    cheaper, dearer = 1 + theta * passed.price, theta * passed.cost
    output = home * cheaper - dearer * point.output
    taxes = point.spending - imports * cheaper - dearer * power * point.sold_fob - output
    income = point.factor_income + taxes.sum(axis=0)
    kept = point.spending - imports - home  # of a change of spending, what is left as income
    found = np.zeros_like(power)
    for _ in range(_ROUNDS):
        earned = income + over_sectors(kept, found)
        new = system.into_inputs(output + home * found) + problem.base.final_share * earned
        found = system.where_bought(new, point.spending_new) - 1
    return found


def _prices(trade: Trade, cells: Cells, own: Array, weight: Array, pattern: Array) -> Rows:
    """Prices implied by costs over those of the state; ``own`` is the part of home goods in ``weight``."""
    wage, level = cells.cost
    return (
        add_diagonal(trade.supply * trade.cost[0], over_sectors(own, wage) - weight.sum(axis=0)),
        add_diagonal(
            trade.supply * trade.cost[1], over_sectors(own, level) - over_sectors(weight, pattern)
        ),
        np.zeros_like(trade.supply),
    )


def _wages(problem: Problem, point: Point, trade: Trade, slope: Array) -> Rows:
    """Balance over its slope, less the numeraire."""
    plus, minus = point.deficit >= 0, point.deficit < 0
    credit = 1 / (slope * (point.exports + np.maximum(point.deficit, 0.0) + TINY))
    debit = 1 / (slope * (point.imports + np.maximum(-point.deficit, 0.0) + TINY))
    credit, debit = np.where(point.exports > 0, credit, 0), np.where(point.imports > 0, debit, 0)
    rows = trade.rows(credit, -column(debit) * trade.diverted)
    for row, sold, bought in zip(rows, trade.sold, trade.bought, strict=True):
        add_diagonal(row, credit * sold - debit * bought)
    group, factors = problem.group, point.factor_income
    level = (factors / np.bincount(group, factors)[group]).astype(np.float32)
    wage = rows[0]
    wage -= np.where(group[:, None] == group, level, np.float32(0))
    _close(problem, factors, plus * credit + minus * debit, wage)
    return rows


def _spending(system: System, point: Point, cells: Cells, trade: Trade, weight: Array) -> Rows:
    """New over old spending: what output and income add to demand."""
    problem, power = system.problem, point.cost_power
    share = np.where(point.spending_new > 0, weight / point.spending_new, 0.0)
    earned = over_sectors(share, problem.base.final_share)  # demand for a unit of income
    used = system.into_cost(share) - earned  # and of output, whose cost is no income
    home = used * problem.own_factory * power * point.spending_ratio
    made = used * point.output
    exports = np.where(point.exports > 0, point.exports, np.inf)
    sold = (made - home).sum(axis=0) / exports + earned
    abroad = column(over_sectors(home, cells.abroad)) * trade.mix
    rows = trade.rows(sold, abroad - column(earned) * trade.diverted)
    made *= -problem.theta[:, None]
    (wage, price), (by_wage, by_level) = cells.cost, cells.spending
    spent = point.spending
    own = (
        cells.bought(home),
        (over_sectors(made, wage), over_sectors(made, price), 0.0),
        (over_sectors(spent, by_wage) + point.factor_income, 0.0, over_sectors(spent, by_level)),
        trade.sold,
        trade.bought,
        (over_sectors(weight, by_wage), 0.0, over_sectors(weight, by_level)),
    )
    for row, at_home, cost, gain, lost, bought, old in zip(rows, *own, strict=True):
        add_diagonal(row, at_home + cost + earned * (gain + lost - bought) - old)
    _close(problem, point.factor_income, earned, rows[0])
    return rows


def _close(problem: Problem, factors: Array, per_deficit: Array, row: Array) -> None:
    """Add what deficits of the closure do where they move with wages, ``[N]`` for a unit of them."""
    if problem.deficit_share is None:
        return
    group, wanted = problem.group, problem.deficit_share * factors
    total = np.bincount(group, factors)
    excess = wanted - factors * (np.bincount(group, wanted) / total)[group]
    part = per_deficit * factors / total[group]
    row -= np.where(group[:, None] == group, part[:, None] * excess, 0.0)
    add_diagonal(row, per_deficit * excess)
