"""GMRES and a Newton-Krylov method, small and without dependencies.

GMRES: Saad and Schultz (1986). Newton: inexact, with backtracking on the residual
(Eisenstat and Walker 1996).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zollverein.solver.solution import Solution, Status, StepFunction

#: Part of a vector whose loss by cancellation calls for another pass.
_LITTLE = 0.1
#: Matrix-vector product.
Operator = Callable[[np.ndarray], np.ndarray]


class LinearSolution(NamedTuple):
    """Solution of a linear system, its relative residual and the products it took."""

    value: np.ndarray
    residual: float
    products: int


def gmres(
    operator: Operator,
    right: np.ndarray,
    *,
    tolerance: float,
    max_products: int = 120,
    before: Operator | None = None,
) -> LinearSolution:
    """Solve ``operator(x) = right`` from zero, without restarts.

    Args:
        operator: ``[n] -> [n]``, linear.
        right: ``[n]``.
        tolerance: On the residual relative to ``right``.
        max_products: Size of the Krylov space at most.
        before: ``[n] -> [n]``, linear, after which ``operator`` is nearer to a multiple of the identity: the
            solution is looked for among ``before(y)``.
    """
    if before is not None:
        inner = gmres(
            lambda vector: operator(before(vector)),
            right,
            tolerance=tolerance,
            max_products=max_products,
        )
        return inner._replace(value=before(inner.value))
    size = float(np.linalg.norm(right))
    if size == 0:
        return LinearSolution(np.zeros_like(right), 0.0, 0)
    basis = np.empty((max_products + 1, right.size))
    hessenberg = np.zeros((max_products + 1, max_products))
    cosine, sine = np.zeros(max_products), np.zeros(max_products)
    target = np.zeros(max_products + 1)
    target[0] = size
    basis[0] = right / size
    count = 0
    while count < max_products:
        column, new = _orthogonalise(basis[: count + 1], operator(basis[count]))
        hessenberg[: count + 2, count] = column
        _rotate(hessenberg[:, count], cosine, sine, target, count)
        count += 1
        if abs(target[count]) <= tolerance * size or column[-1] == 0:
            break
        basis[count] = new / column[-1]
    weights = np.linalg.solve(np.triu(hessenberg[:count, :count]), target[:count])
    return LinearSolution(weights @ basis[:count], abs(target[count]) / size, count)


def _orthogonalise(basis: np.ndarray, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients on the basis with the norm of the rest appended, and the rest.

    A second pass where so little is left that rounding could matter (Daniel, Gragg, Kaufman and
    Stewart 1976).
    """
    before = float(np.linalg.norm(vector))
    found = basis @ vector
    vector = vector - found @ basis
    left = float(np.linalg.norm(vector))
    if not left > _LITTLE * before:
        again = basis @ vector
        vector = vector - again @ basis
        found, left = found + again, float(np.linalg.norm(vector))
    return np.append(found, left), vector


def _rotate(
    column: np.ndarray, cosine: np.ndarray, sine: np.ndarray, target: np.ndarray, last: int
) -> None:
    """Apply the Givens rotations so far to a new column, and add one that clears its tail."""
    for k in range(last):
        upper = cosine[k] * column[k] + sine[k] * column[k + 1]
        column[k + 1] = cosine[k] * column[k + 1] - sine[k] * column[k]
        column[k] = upper
    length = float(np.hypot(column[last], column[last + 1]))
    cosine[last], sine[last] = column[last] / length, column[last + 1] / length
    column[last], column[last + 1] = length, 0.0
    target[last + 1] = -sine[last] * target[last]
    target[last] *= cosine[last]


def newton_krylov(
    step: StepFunction,
    jacobian: Callable[[np.ndarray], Operator],
    start: np.ndarray,
    *,
    tolerance: float,
    largest_step: float = 1.0,
    max_steps: int = 40,
) -> Solution:
    """Newton's method on ``step(x) = 0``, linear systems by GMRES.

    Args:
        step: State -> (step, largest residual there).
        jacobian: State -> derivative of the step as an operator.
        start: First state.
        tolerance: On the residual at the value returned.
        largest_step: Longest step in any component.
        max_steps: Newton steps at most.
    """
    state = start
    direction, residual = step(state)
    count = 1
    for _ in range(max_steps):
        if residual <= tolerance:
            return Solution(state, Status.converged, residual, count, "newton")
        if not np.isfinite(residual):
            return Solution(state, Status.nonfinite, residual, count, "newton")
        forcing = min(1e-2, max(1e-10, 0.1 * residual))
        linear = gmres(jacobian(state), -direction, tolerance=forcing)
        count += linear.products
        move = linear.value
        length = min(1.0, largest_step / max(float(np.abs(move).max()), 1e-300))
        for _ in range(12):
            trial = state + length * move
            trial_direction, trial_residual = step(trial)
            count += 1
            if trial_residual < (1 - 1e-3 * length) * residual:
                break
            length /= 2
        else:
            return Solution(state, Status.stalled, residual, count, "newton")
        state, direction, residual = trial, trial_direction, trial_residual
    return Solution(state, Status.max_steps, residual, count, "newton")
