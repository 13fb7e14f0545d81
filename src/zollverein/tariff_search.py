"""The search for the best rates of some levers, and what tells a maximum from other points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.levers import HIGHEST, LEAST, LOWEST, Board
from zollverein.models.baseline import Array
from zollverein.readings import parse_outcomes, read_result
from zollverein.result import Result
from zollverein.solver.ascent import Maximum, maximise

#: On slopes over rough curvature: how far a log rate may be from where its slope is zero.
TOLERANCE = 1e-6
#: Differences of log real income that solves to the tolerance of levers.py cannot tell apart.
_NOISE = 1e-10
#: Step of the differences of slopes.
_STEP = 1e-4
#: Distance to a zero slope, in log points of one plus the rate, beyond which a rate is not settled.
_SETTLED = 1e-3
#: Why prohibition can be best in the model, and the way out.
DEFICITS = (
    "Usual causes: an outcome that grows with own prices, such as output in value or the price index; or a "
    "trade deficit, which is worth more where own prices are high if it is fixed in the numeraire. Fix: "
    "real_income as the outcome; the balanced world, with closure='zero'."
)


def climbs_from(
    board: Board, goal: Mapping[str, float], starts: Sequence[float | str], reference: Result
) -> dict[str | float, Maximum]:
    """A climb from each start; and from prohibition, where that alone is better than all of them."""
    found: dict[str | float, Maximum] = {
        which: climb(board, goal, board.start(which), reference) for which in starts
    }
    far = np.full(len(board.levers), np.log1p(HIGHEST))
    best = max((c.value for c in found.values() if c.converged), default=-np.inf)
    if value_at(board, goal, far, reference) > best + _NOISE:
        found["prohibitive"] = climb(board, goal, far, reference)
    return found


def climb(board: Board, goal: Mapping[str, float], start: Array, first: Result) -> Maximum:
    """A local maximum of a weighted sum of logs of outcomes; each solve starts from the last."""
    last = first
    everything = range(len(board.levers))

    def function(point: Array) -> tuple[float, Array] | None:
        nonlocal last
        try:
            result = board.simulate(point, start=last)
        except (NotConverged, NoEquilibrium):
            return None
        last = result
        slopes = [w * board.slopes(result, o, everything) for o, w in goal.items() if w]
        return log_value(result, goal), np.sum(slopes, axis=0)

    return maximise(
        function,
        start,
        curvature=board.curvature,
        low=np.full(start.size, np.log1p(LOWEST)),
        high=np.full(start.size, np.log1p(HIGHEST)),
        tolerance=TOLERANCE,
        noise=_NOISE,
    )


def value_of(result: Result, outcome: str) -> float:
    """An outcome, new over old.

    Raises:
        ScenarioError: If the outcome is not known.
    """
    return float(read_result(result, parse_outcomes(result.before, outcome))[0])


def log_value(result: Result, goal: Mapping[str, float]) -> float:
    """Weighted sum of logs of outcomes."""
    return float(sum(w * np.log(value_of(result, outcome)) for outcome, w in goal.items()))


def value_at(board: Board, goal: Mapping[str, float], point: Array, start: Result) -> float:
    """Weighted sum of logs of outcomes; minus infinity where there is no equilibrium."""
    try:
        return log_value(board.simulate(point, start=start), goal)
    except (NotConverged, NoEquilibrium):
        return -np.inf


def hessian(
    board: Board, goal: Mapping[str, float], point: Array, levers: Array, result: Result
) -> Array:
    """Second derivatives ``[lever, lever]`` with respect to some levers, by differences of slopes."""

    def slopes(at: Result) -> Array:
        return np.sum([w * board.slopes(at, o, levers) for o, w in goal.items()], axis=0)

    here, rows = slopes(result), []
    for lever in levers:
        moved = point.copy()
        moved[lever] += _STEP
        rows.append((slopes(board.simulate(moved, start=result)) - here) / _STEP)
    found = np.array(rows).reshape(len(levers), len(levers))
    return (found + found.T) / 2


def scaled_eigenvalue(matrix: Array, curvature: Array) -> float:
    """Largest eigenvalue in units of rough curvature."""
    scale = 1 / np.sqrt(curvature)
    return float(np.linalg.eigvalsh(matrix * scale[:, None] * scale).max(initial=-np.inf))


def inside_bounds(point: Array) -> Array:
    """Positions of the levers that are not at a bound."""
    margin = 1e-9
    inside = (point > np.log1p(LOWEST) + margin) & (point < np.log1p(HIGHEST) - margin)
    return np.flatnonzero(inside)


def largest_eigenvalue(
    board: Board, goal: Mapping[str, float], point: Array, result: Result
) -> float:
    """Of the Hessian of the levers within their bounds, in units of rough curvature."""
    levers = inside_bounds(point)
    return scaled_eigenvalue(hessian(board, goal, point, levers, result), board.curvature[levers])


def idle_notes(board: Board, found: Maximum, result: Result) -> tuple[str, ...]:
    """Names the rates that hardly any trade is left for, so that the search had no reason to move them."""
    left = board.imports_at(result)
    distance = np.abs(found.slope) / board.steepness(result)
    share = left / [lever.imports for lever in board.levers]
    idle = [i for i in inside_bounds(found.point) if distance[i] > _SETTLED or share[i] < LEAST]
    if not idle:
        return ()
    shown = ", ".join(
        f"{board.levers[i].name} ({np.expm1(found.point[i]):.1%}, {share[i]:.0e} of its baseline imports)"
        for i in idle[:8]
    )
    more = f" and {len(idle) - 8} more" if len(idle) > 8 else ""
    reason = "Hardly any trade is left for these rates to matter"
    return (f"{reason}; they stay near where the search began: {shown}{more}.",)


def bound_notes(board: Board, point: Array) -> tuple[str, ...]:
    """Names the rates that ended at a bound."""
    bound = sorted(set(range(len(point))) - set(inside_bounds(point).tolist()))
    if not bound:
        return ()
    shown = ", ".join(f"{board.levers[i].player} {board.levers[i].name}" for i in bound[:8])
    more = f" and {len(bound) - 8} more" if len(bound) > 8 else ""
    return (f"At the lowest or highest rate that was allowed: {shown}{more}. {DEFICITS}",)
