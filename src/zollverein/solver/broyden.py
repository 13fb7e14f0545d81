"""Broyden's method for a small system, from a step that is nearly right (Broyden 1965).

For few unknowns whose steps are costly. Unlike a least-squares acceleration it bears steps that are
parallel, as those of players who are alike.
"""

from __future__ import annotations

import numpy as np

from zollverein.solver.solution import Solution, Status, StepFunction

#: Growth of the residual over the best so far at which what was learnt is forgotten.
_GROWTH = 3.0


def broyden(
    step: StepFunction,
    start: np.ndarray,
    *,
    tolerance: float,
    largest_step: float = 0.3,
    max_steps: int = 60,
) -> Solution:
    """Find the state at which the residual is at most ``tolerance``.

    Args:
        step: State -> (step towards the solution, largest residual there).
        start: First state, shape ``[n]``.
        tolerance: On the residual at the value returned, never on the step.
        largest_step: Longest step in any component; a longer one is shortened as a whole.
        max_steps: Evaluations at most.

    Returns:
        The solution; its status says whether the conditions hold.
    """
    state = best = start
    inverse, best_residual = np.eye(start.size), np.inf  # of minus the step's Jacobian
    before: tuple[np.ndarray, np.ndarray] | None = None
    for count in range(1, max_steps + 1):
        towards, residual = step(state)
        if residual <= tolerance:
            return Solution(state, Status.converged, residual, count, "broyden")
        if not np.isfinite(residual):
            return Solution(best, Status.nonfinite, best_residual, count, "broyden")
        if residual > _GROWTH * best_residual:
            inverse, before = np.eye(start.size), None
        if residual < best_residual:
            best, best_residual = state, residual
        if before is not None:
            inverse = _updated(inverse, state - before[0], before[1] - towards)
        before = state, towards
        move = inverse @ towards
        state = state + move * min(1.0, largest_step / max(float(np.abs(move).max()), 1e-300))
    return Solution(best, Status.max_steps, best_residual, max_steps, "broyden")


def relaxed(
    step: StepFunction,
    start: np.ndarray,
    *,
    tolerance: float,
    largest_step: float = 0.3,
    max_steps: int = 60,
    part: float = 0.7,
) -> Solution:
    """Take a part of each step, each component cut by itself: slow, but never away from the step.

    Arguments as for ``broyden``, and ``part``, the part of a step that is taken.
    """
    state = start
    for count in range(1, max_steps + 1):
        towards, residual = step(state)
        if residual <= tolerance or not np.isfinite(residual):
            status = Status.converged if residual <= tolerance else Status.nonfinite
            return Solution(state, status, residual, count, "relaxed")
        state = state + np.clip(part * towards, -largest_step, largest_step)
    return Solution(state, Status.max_steps, residual, max_steps, "relaxed")


def _updated(inverse: np.ndarray, moved: np.ndarray, fall: np.ndarray) -> np.ndarray:
    """The inverse nearest to the old one that maps the last fall of the step to the last move."""
    predicted = inverse @ fall
    along = moved @ inverse
    size = float(along @ fall)
    if abs(size) <= 1e-8 * float(moved @ moved):
        return inverse
    return np.asarray(inverse + np.outer(moved - predicted, along) / size)
