"""Quicker steps for many problems of one baseline: countries as wholes are solved, sectors iterated.

What the fixed-point step of ``System`` leaves over longest lies in few directions: the level of wages,
of prices and of spending of each country, as these feed on themselves through inputs and on each
other through trade. Their joint response, a matrix of ``3N`` rows, is computed once and added to every
step, which is then Newton's in these directions (aggregation and disaggregation: Chatelin and Miranker
1982, Linear Algebra and its Applications 43). It only shapes the step, so that it serves any problem of
the same countries and sectors; what counts as solved does not change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.differentiable import DifferentiableSystem
from zollverein.models.problem import Problem
from zollverein.models.sweeps import Engine, levels_of, spread
from zollverein.models.system import Point
from zollverein.solver.solution import StepFunction

#: Rounds in which the slowest pattern of a country's sectors is found.
_ROUNDS = 8
#: Responses beyond this say that a level is hardly determined; they are of the order of 10.
_LARGEST_GAIN = 1e3


@dataclass(frozen=True, eq=False)
class Aggregates:
    """The responses of countries as wholes.

    Attributes:
        weight: ``[2, S, N]`` from the step of prices and of spending to that of their level.
        pattern: ``[2, S, N]`` what a change of the level is in each sector.
        gain: ``[3N, 3N]`` what is added to the steps of wages and both levels, per unit of them; a step
            is only shaped by it, so that single precision is enough.
    """

    weight: Array
    pattern: Array
    gain: Array

    def fit(self, problem: Problem) -> bool:
        """Whether a problem has these countries and sectors, and no levels beyond those here."""
        return problem.own_weight.shape == self.weight[0].shape and not _has_more(problem)

    def sharpened(self, step: StepFunction, engine: Engine) -> StepFunction:
        """The step function with what countries as wholes call for added."""

        def sharp(state: Array) -> tuple[Array, float]:
            move, residual = step(state)
            engine.aggregate(self.weight, self.pattern, self.gain, move)
            return move, residual

        return sharp


def _has_more(problem: Problem) -> bool:
    """Whether labour stays in its sector, whose wages are no levels of countries."""
    return problem.structure is not None and problem.structure.specific


def aggregates_at(system: DifferentiableSystem, state: Array) -> Aggregates | None:
    """The responses at a state, best at the solution of a problem like those to be solved.

    Returns:
        The responses, or None where there are none of use, as labour stays in its sector, or a level of a
        country is hardly determined.
    """
    if _has_more(system.problem):
        return None
    with np.errstate(all="ignore"):
        return _usable(_responses(system, state))


def _usable(found: Aggregates) -> Aggregates | None:
    """The responses; None if they are not finite or too large for single precision."""
    arrays = found.weight, found.pattern, found.gain
    finite = all(np.isfinite(array).all() for array in arrays)
    return found if finite and np.abs(found.gain).max(initial=0.0) <= _LARGEST_GAIN else None


def _responses(system: DifferentiableSystem, state: Array) -> Aggregates:
    point, countries = system.evaluate(state), system.problem.base.countries
    prices, purchases = _patterns(system, point)
    bought = np.where(point.spending > 0, point.spending, 1.0)  # 0 where nothing is
    pattern = np.stack([prices, purchases * point.spending.sum(axis=0) / bought])
    weight = np.stack([purchases, prices * point.spending])
    weight /= (weight * pattern).sum(axis=1, keepdims=True)
    product, moved = system.jacobian(state), np.empty((3 * countries, 3 * countries))
    for k, unit in enumerate(np.eye(3 * countries)):
        change = np.zeros(system.size)
        change[: weight[0].size * 2 + countries] = spread(pattern, unit)
        moved[:, k] = levels_of(weight, product(change))
    return Aggregates(weight, pattern, _gain(moved))


def _gain(moved: Array) -> Array:
    """What added to the steps ``moved`` of unit levels makes them Newton's; not a number if nothing does."""
    try:
        newton = np.linalg.inv(-moved)
    except np.linalg.LinAlgError:
        return np.full_like(moved, np.nan)
    return (newton - np.eye(len(moved))).astype(np.float32)


def _patterns(system: DifferentiableSystem, point: Point) -> tuple[Array, Array]:
    """How prices and purchases ``[S, N]`` move as they feed on themselves through inputs made at home."""
    home = system.problem.own_weight * point.cost_power / point.weight_sum
    prices, purchases = np.ones_like(home), point.spending / point.spending.sum(axis=0)
    for _ in range(_ROUNDS):
        prices = prices + home * system.into_cost(prices)
        purchases = purchases + system.into_inputs(home * purchases)
        prices /= prices.max(axis=0)
        purchases /= purchases.sum(axis=0)
    return prices, purchases
