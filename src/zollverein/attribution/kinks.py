"""Points of the straight path at which a price cap begins or ceases to bind.

Derivatives jump there, so that the path is integrated piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from zollverein.attribution.portfolio import Array
from zollverein.attribution.question import Question, result_at
from zollverein.capped import capped_goods
from zollverein.gradients import solved
from zollverein.result import Result

#: Where caps are looked at: a cap that binds only between two of these is not seen. The whole policy may
#: drop one whose trade it stops.
_GRID = (1e-6, *(k / 8 for k in range(1, 8)), 1 - 1e-6)
#: Width of the interval, and distance from binding, at which a point is found; trials at most.
_WIDTH, _BINDS, _TRIALS = 1e-8, 1e-11, 40


def pieces(question: Question) -> list[tuple[float, float]]:
    """Intervals of the path, in order, inside which the same caps bind."""
    if question.start is None or not question.start.policy.caps:
        return [(0.0, 1.0)]

    def tightness(s: float) -> Array:
        return _tightness(result_at(question, np.full(question.size, s)))

    def crossing(good: int, low: tuple[float, Array], high: tuple[float, Array]) -> float:
        ends = [(s, float(values[good])) for s, values in (low, high)]
        return _crossing(lambda s: float(tightness(s)[good]), *ends)

    ends = [0.0, 1.0]
    for low, high in pairwise([(s, tightness(s)) for s in _GRID]):
        changed = np.flatnonzero((low[1] > 0) != (high[1] > 0)).tolist()
        ends += [crossing(good, low, high) for good in changed]
    return [(low, high) for low, high in pairwise(sorted(ends)) if high > low]


def _tightness(result: Result) -> Array:
    """Of each capped good the log of one plus the wedge; below zero, how far the price is below its cap."""
    equilibrium, goods = solved(result), capped_goods(result.before, result.policy)
    wedge = np.array(equilibrium.wedge)
    room = [equilibrium.point.log_cost[good.cell] - np.log(good.cap) for good in goods]
    return np.where(wedge > 0, np.log1p(wedge), room)


def _crossing(
    function: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]
) -> float:
    """Where a function changes its sign, by the Illinois rule (Dowell and Jarratt 1971)."""
    (a, at_a), (b, at_b) = low, high
    for _ in range(_TRIALS):
        if at_a == at_b:
            return b
        c = (a * at_b - b * at_a) / (at_b - at_a)
        at_c = function(c)
        if abs(at_c) <= _BINDS or abs(b - a) <= _WIDTH:
            return c
        if at_c * at_b < 0:
            a, at_a = b, at_b
        else:
            at_a /= 2
        b, at_b = c, at_c
    return b
