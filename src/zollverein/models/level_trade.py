"""What the trade of countries does to the levels of their wages, prices and spending, summed over sectors.

The part of ``models.levels`` that reads the trade matrices: once, for all its coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.problem import Problem
from zollverein.models.system import TINY, Point

#: Coefficients of wages, price levels and spending levels, each ``[N, N]``: condition, level.
Rows = tuple[Array, Array, Array]
#: What countries' own levels of wages, prices and spending do to something of theirs, each ``[N]``.
Own = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Cells:
    """By sector and country ``[S, N]``.

    Attributes:
        cost: Changes of unit costs with the wage and with the level of prices.
        spending: Changes of spending with the wage and with its level.
        home: Change of ``-log P̂^-θ`` with costs at home.
        abroad: The same with the costs of foreign suppliers.
    """

    cost: tuple[Array, Array]
    spending: tuple[Array, Array]
    home: Array
    abroad: Array

    def bought(self, value: Array) -> Own:
        """Change of purchases ``[S, N]`` with the buyer's levels, at given costs of foreign suppliers."""
        (wage, price), (by_wage, by_level) = self.cost, self.spending
        at_home = value * self.home
        return (
            over_sectors(value, by_wage) + over_sectors(at_home, wage),
            over_sectors(at_home, price),
            over_sectors(value, by_level),
        )

    def ratio(self, ratio: Array) -> Rows:
        """The same ``[S, N]`` of spending over ``P̂^-θ``."""
        wage, price = self.cost
        return (
            ratio * (self.spending[0] + self.home * wage),
            ratio * self.home * price,
            ratio * self.spending[1],
        )


@dataclass(frozen=True, eq=False)
class Trade:
    """Sums over sectors, in single precision.

    Attributes:
        supply: ``[N, N]`` importer, exporter: parts in prices of the importer.
        mix: The same with a sum of one; zero where nothing is bought abroad.
        cost: ``[N]`` changes of the costs of what an exporter sells with its wage and its level of prices.
        gained: ``[3, N, N]`` level, exporter, importer: change of exports with the importer's levels.
        through: ``[N, N]`` exporter, other exporter: change of exports with costs of the other.
        diverted: ``[N, N]`` importer, exporter: change of imports with costs of the exporter.
        sold, bought: Change of exports, and of imports, with own levels.
    """

    supply: Array
    mix: Array
    cost: tuple[Array, Array]
    gained: Array
    through: Array
    diverted: Array
    sold: Own
    bought: Own

    def rows(self, sold: Array, diverted: Array) -> Rows:
        """Changes, with levels abroad, of exports times ``sold`` ``[N]`` and, with costs, by ``diverted``."""
        part = column(sold)
        common = part * self.through + diverted
        wage, price, spending = self.gained
        return (
            part * wage + common * self.cost[0],
            part * price + common * self.cost[1],
            part * spending,
        )


def trade_of(problem: Problem, point: Point, cells: Cells, foreign: Array) -> Trade:
    """From the weight ``[S, N]`` of what is bought abroad in the level of prices."""
    ratio, imported, theta = point.spending_ratio, point.imported_fob, problem.theta[:, None]
    supplied = foreign / np.where(imported > 0, imported, np.inf)
    weights = (supplied, ratio * theta, *cells.ratio(ratio), ratio * cells.abroad)
    sums = _by_partner(problem, point.cost_power, np.stack(weights))
    supply, lost = sums[:, :2].transpose(1, 0, 2).astype(np.float32, order="C")
    gained = sums[:, 2:].transpose(1, 2, 0).astype(np.float32, order="C")
    total = supply.sum(axis=1, keepdims=True)
    mix = supply / np.where(total > 0, total, 1)
    value, bought = point.cost_power * point.sold_factory, ratio * imported
    made = np.maximum(value.sum(axis=0), TINY)
    wage, price = ((over_sectors(value, cost) / made).astype(np.float32) for cost in cells.cost)
    sold = -theta * point.cost_power * point.sold_fob
    by_wage, by_price = (over_sectors(sold, cost) for cost in cells.cost)
    return Trade(
        supply,
        mix,
        (wage, price),
        gained[:3],
        gained[3] @ mix,
        column(over_sectors(bought, cells.abroad)) * mix - lost,
        (by_wage, by_price, np.zeros_like(by_wage)),
        cells.bought(bought),
    )


def _by_partner(problem: Problem, power: Array, weights: Array) -> Array:
    """``Σ_s c_sn F_sni u_si`` for every weight ``c`` of ``weights`` ``[K, S, N]``: ``[N, K, N]``."""
    split, same = len(problem.fob), bool((power == 1).all())  # as costs are at the start
    left = np.ascontiguousarray(weights.transpose(2, 0, 1))
    parts = []
    for sectors, matrix in (
        (slice(split), problem.fob),
        (slice(split, None), problem.weight[split:]),
    ):
        value = matrix if same else matrix * power[sectors, None, :]
        parts.append(np.matmul(left[:, :, sectors], value.transpose(1, 0, 2)))
    return np.add(*parts)


def over_sectors(values: Array, change: Array) -> Array:
    """Change ``[N]`` of a sum over sectors."""
    return np.asarray((values * change).sum(axis=0))


def column(values: Array) -> Array:
    """``[N]`` as a column in single precision."""
    return values.astype(np.float32)[:, None]


def add_diagonal(matrix: Array, diagonal: Array) -> Array:
    """The matrix, with something added to its diagonal in place."""
    matrix.flat[:: len(matrix) + 1] += diagonal
    return matrix
