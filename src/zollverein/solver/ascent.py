"""Maximum of a smooth function within bounds, from its values and slopes (projected BFGS).

Variables at a bound that the slope pushes against are held; the others follow a quasi-Newton step
with backtracking (Nocedal and Wright 2006, chs. 6 and 16.7). No labels, no economics.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
#: Value and slopes at a point; None where the function does not exist.
Function = Callable[[Array], "tuple[float, Array] | None"]
#: Parts of a step that are tried in turn.
_PARTS = 0.5 ** np.arange(12)
#: Sufficient increase, and fall of the slope that is as good where increases drown in rounding.
_INCREASE, _FLATTER = 1e-4, 0.9


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the search ended.

    Attributes:
        point: ``[n]``.
        value: There.
        slope: ``[n]`` there.
        residual: Largest slope over curvature guess, bounds allowed for.
        converged: Whether the residual is at most the tolerance.
        evaluations: Of the function.
    """

    point: Array
    value: float
    slope: Array
    residual: float
    converged: bool
    evaluations: int


def maximise(
    function: Function,
    start: Array,
    *,
    curvature: Array,
    low: Array,
    high: Array,
    tolerance: float,
    noise: float,
    largest_step: float = 0.5,
    max_steps: int = 100,
) -> Maximum:
    """Climb to a local maximum.

    Args:
        function: Gives value and slopes, or None where there is none.
        start: First point; where the function does not exist there, nothing is found.
        curvature: ``[n]`` positive guess of minus the second derivatives; it also sets the unit in
            which slopes are judged, so that the residual is a distance.
        low: Lower bounds.
        high: Upper bounds.
        tolerance: On the residual.
        noise: Differences of the value that mean nothing.
        largest_step: In any variable.
        max_steps: Steps at most.
    """
    point = np.clip(start, low, high)
    found = function(point)
    if found is None:
        return Maximum(point, -np.inf, np.zeros_like(point), np.inf, converged=False, evaluations=1)
    value, slope = found
    evaluations, model = 1, np.diag(curvature)
    for count in range(max_steps):
        free = ~((point <= low) & (slope < 0) | (point >= high) & (slope > 0))
        if _residual(slope, free, curvature) <= tolerance:
            break
        move = _move(model, slope, free, largest_step)
        step, tried = _search(function, (point, value, slope), move, (low, high), noise)
        evaluations += tried
        if step is None:
            break
        change, fall = step[0] - point, slope - step[2]
        if count == 0:
            model = model * _scale(change, fall, model)
        model = _updated(model, change, fall)
        point, value, slope = step
    free = ~((point <= low) & (slope < 0) | (point >= high) & (slope > 0))
    residual = _residual(slope, free, curvature)
    return Maximum(point, value, slope, residual, residual <= tolerance, evaluations)


def _residual(slope: Array, free: Array, curvature: Array) -> float:
    return float(np.abs(np.where(free, slope / curvature, 0.0)).max(initial=0.0))


def _move(model: Array, slope: Array, free: Array, largest: float) -> Array:
    """The quasi-Newton step in the free variables, shortened as a whole if too long."""
    move = np.zeros_like(slope)
    inside = np.flatnonzero(free)
    move[inside] = np.linalg.solve(model[np.ix_(inside, inside)], slope[inside])
    return move * min(1.0, largest / max(float(np.abs(move).max()), 1e-300))


def _search(
    function: Function,
    here: tuple[Array, float, Array],
    move: Array,
    bounds: tuple[Array, Array],
    noise: float,
) -> tuple[tuple[Array, float, Array] | None, int]:
    """The first part of the step that helps, and the evaluations it took."""
    point, value, slope = here
    for tried, part in enumerate(_PARTS, start=1):
        trial = np.clip(point + part * move, *bounds)
        expected = float(slope @ (trial - point))
        found = function(trial)
        if found is None:
            continue
        rise = found[0] - value
        flatter = abs(float(found[1] @ (trial - point))) <= _FLATTER * abs(expected)
        if rise >= _INCREASE * expected or (rise >= -noise and flatter):
            return (trial, *found), tried
    return None, len(_PARTS)


def _scale(change: Array, fall: Array, model: Array) -> float:
    """How far off the first guess of the curvature was, along the first step."""
    seen, guessed = float(change @ fall), float(change @ model @ change)
    return float(np.clip(seen / guessed, 0.05, 20.0)) if guessed > 0 else 1.0


def _updated(model: Array, change: Array, fall: Array) -> Array:
    """BFGS update of minus the Hessian, damped to stay positive definite (Powell 1978)."""
    along = model @ change
    quadratic = float(change @ along)
    if not quadratic > 0:
        return model
    seen = float(change @ fall)
    if seen < 0.2 * quadratic:
        part = 0.8 * quadratic / (quadratic - seen)
        fall = part * fall + (1 - part) * along
    grown = np.outer(fall, fall) / float(change @ fall)
    return np.asarray(model - np.outer(along, along) / quadratic + grown)
