"""The responses of countries as wholes, with which most of what plain steps take long for is solved.

In the directions of the levels of countries (``models.levels``) the step becomes Newton's; in all others it
stays what it was: aggregation and disaggregation as in Chatelin and Miranker (1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.levels import Levels, levels_at
from zollverein.models.system import System

#: Responses and coefficients beyond this say that a level is hardly determined; most are up to 10.
_LARGEST_RESPONSE = 1e3
#: Half the size of a matrix that is not worth halving.
_SMALL = 24


@dataclass(frozen=True, eq=False)
class Aggregates:
    """The responses of countries as wholes.

    Attributes:
        weight: ``[2, S, N]`` from the step of prices and of spending to that of their level.
        pattern: ``[2, S, N]`` what a change of the level is in each sector.
        follow: ``[2, S, N]`` how both follow the wage, beside their levels.
        shaping: What ``pass_through`` says there, with which steps are taken.
        home: ``[3, S, N]`` the domestic part of spending; domestic sales, and one over spending, in units of
            all the country buys.
        factors: ``[8, N, N]`` the system of levels, eliminated block by block; see ``sweeps.solve_levels``.
    """

    weight: Array
    pattern: Array
    follow: Array
    shaping: tuple[Array, Array]
    home: Array
    factors: Array


def aggregates_at(system: System, state: Array) -> Aggregates | None:
    """The responses at a state; None if they are not finite or too large for single precision."""
    with np.errstate(all="ignore"):
        try:
            found = _eliminated(levels_at(system, system.evaluate(state)))
        except np.linalg.LinAlgError:
            return None
        shares = sum(part.sum() for part in (found.weight, found.pattern, found.follow, found.home))
    small = np.abs(found.factors).max() <= _LARGEST_RESPONSE  # false if one is not a number
    return found if small and np.isfinite(shares) else None


def _eliminated(levels: Levels) -> Aggregates:
    """Prices first, then spending, then wages."""
    (ww, wa, wb), (pw, pa, _), (sw, sa, sb) = levels.wages, levels.prices, levels.spending
    price, spending = inverse(pa), inverse(sb)
    price_by_wage = price @ pw
    by_price = spending @ sa
    spending_by_wage = spending @ sw - by_price @ price_by_wage
    wage = inverse(ww - wa @ price_by_wage - wb @ spending_by_wage)
    factors = (price, price_by_wage, spending, by_price, spending_by_wage, wage, wa, wb)
    return Aggregates(*levels[:5], np.stack([factor.T for factor in factors]))


def inverse(matrix: Array) -> Array:
    """Of a square matrix, by halves: nearly all of it is then matrix products, which are quicker.

    For matrices whose leading blocks can be inverted.
    """
    half = len(matrix) // 2
    if half < _SMALL:
        return np.linalg.inv(matrix)
    above, below = slice(half), slice(half, None)
    first = inverse(matrix[above, above])
    left, right = matrix[below, above] @ first, first @ matrix[above, below]
    last = inverse(matrix[below, below] - left @ matrix[above, below])
    out, back = np.empty_like(matrix), last @ left
    out[above, above] = first + right @ back
    out[above, below] = -right @ last
    out[below, above] = -back
    out[below, below] = last
    return out
