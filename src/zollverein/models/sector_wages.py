"""Steps where labour stays in its sector: wages of sectors, and what follows them in the same sector.

A sector's wage moves the sector's own costs, prices, sales and purchases of its own goods at once. Taken by
itself the block is small enough to be solved for each sector and country, the rest of the world given.
"""

from __future__ import annotations

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.general import GeneralSystem
from zollverein.models.system import Point


class SectorWages:
    """How a sector's wage ``v``, relative price ``p`` and relative spending ``x`` respond to each other.

    With ``h`` the domestic part of spending, ``g`` the own input in costs, ``a`` the part of spending that is
    input of the sector itself, ``ω`` the part of output that is sold at home and ``T = θ (1 - ω h)`` what
    sales lose with costs,

        c = β v + g p,      p = h c,      x = a v,      v = ω x - T c

    up to the residuals of the last three. Elasticities of substitution are taken to be one. Lower ones make
    the responses of a sector larger, but those of its suppliers and buyers too, and steps would overshoot.
    """

    def __init__(self, system: GeneralSystem, point: Point) -> None:
        """Take the responses at a point."""
        problem, base = system.problem, system.problem.base
        theta, beta = problem.theta[:, None], base.value_added_share
        home = system.responses(point).home
        own = base.input_share.diagonal(axis1=1, axis2=2).T
        sold = problem.own_factory * point.cost_power * point.spending_ratio
        at_home = _ratio(sold, point.output)
        used = _ratio(own * point.output, point.spending_new)
        lost = theta * (1 - at_home * home)
        prices, purchases = 1 - home * own, 1 - used * at_home
        by_cost = lost / (prices * purchases)
        self._made, self._part = system.made, system.sector_part
        self._plain = 1 + theta * beta  # what the plain step divides by
        self._slope = 1 + by_cost * beta
        self._from_price = -by_cost * own
        self._from_spending = at_home / purchases
        self._price = home * beta / prices
        self._spending = -used * by_cost * beta

    def replace(self, step: Array, through: Array) -> Array:
        """Put the solution for each sector into a stacked step.

        Args:
            step: The plain step, of which the block of sector wages is changed.
            through: ``[N]``: what the step carries over from the country's wage is ``through - 1`` of it.

        Returns:
            What follows in the blocks of prices and of spending and is to be added to them, one vector.
        """
        sectors, countries = self._made.shape
        last = countries + 3 * sectors * countries
        blocks = step[countries:last].reshape(3, sectors, countries)
        price, spending = blocks[:2] - (through - 1) * step[:countries]
        wanted = self._plain * blocks[2] + self._from_spending * spending + self._from_price * price
        wage = np.where(self._made, wanted / self._slope, 0.0)
        wage -= (self._part * wage).sum(axis=0)  # their mean is the country's wage
        blocks[2] = wage = np.where(self._made, wage, 0.0)
        return np.concatenate(((self._price * wage).ravel(), (self._spending * wage).ravel()))

    def replace_transposed(self, made: Array, bars: Array, through: Array) -> None:
        """Transpose of ``replace`` and of what follows, for ``bars`` of the whole; added to ``made``."""
        sectors, countries = self._made.shape
        last = countries + 3 * sectors * countries
        shape = (3, sectors, countries)
        price, spending, wage = bars[countries:last].reshape(shape)
        wage = np.where(self._made, wage + self._price * price + self._spending * spending, 0.0)
        wage = np.where(self._made, (wage - self._part * wage.sum(axis=0)) / self._slope, 0.0)
        blocks = made[countries:last].reshape(shape)
        blocks[2] = self._plain * wage
        moved = np.stack([self._from_price * wage, self._from_spending * wage])
        blocks[:2] += moved
        made[:countries] -= (through - 1) * moved.sum(axis=(0, 1))


def _ratio(top: Array, bottom: Array) -> Array:
    return np.asarray(top / np.where(bottom > 0, bottom, np.inf))
