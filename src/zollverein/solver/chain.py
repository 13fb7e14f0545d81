"""The fallback chain: quick and almost always enough first, slow and safe last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import numpy as np

from zollverein.solver.anderson import Memory, anderson
from zollverein.solver.krylov import Operator, newton_krylov
from zollverein.solver.solution import Solution, Status

#: First and smallest part of the path that continuation tries to advance by.
_FIRST_ADVANCE, _SMALLEST_ADVANCE = 1 / 4, 1 / 1024
#: Residual below which Newton's method starts from where the others got to.
_NEAR = 1e-3
#: Evaluations after which a better step has not shown to be one.
_SHARP_STEPS = 100
#: Of these, how many in a row may pass without the residual falling to half.
_PATIENCE = 25


class Equations(Protocol):
    """What a system of equations offers to the chain."""

    def start(self) -> np.ndarray:
        """First state."""
        ...

    def step(self, state: np.ndarray) -> tuple[np.ndarray, float]:
        """Fixed-point step and largest residual."""
        ...

    def jacobian(self, state: np.ndarray) -> Operator:
        """Derivative of the step."""
        ...


class Sharp(Protocol):
    """A better step than the system's own, which may be made one way first and another later."""

    @property
    def turned(self) -> bool:
        """Whether the last step was made another way than the one before."""
        ...

    def __call__(self, state: np.ndarray) -> tuple[np.ndarray, float]:
        """Step and largest residual."""
        ...


#: Whether a state that satisfies the equations is a sensible one.
Acceptable = Callable[[Any, np.ndarray], bool]

#: One method: equations, first state, tolerance -> solution.
Attempt = Callable[[Equations, np.ndarray, float], Solution]
#: Part of the path in [0, 1] -> equations there; 1 is the problem itself.
Path = Callable[[float], Equations]


def solve(
    equations: Equations,
    path: Path,
    *,
    tolerance: float,
    acceptable: Acceptable,
    start: np.ndarray | None = None,
    history: Callable[[int, int], Memory] | None = None,
    sharp: Sharp | None = None,
) -> tuple[Solution, float]:
    """Solve a system by the first method of the chain that succeeds.

    Args:
        equations: The system.
        path: Systems from an easy one (0) to this one (1), for continuation.
        tolerance: On the largest residual at the value returned.
        acceptable: Whether a state that satisfies the equations is a sensible one.
        start: First state if better than the system's own.
        history: For the first attempts, as for ``anderson``.
        sharp: A better step than the system's own, to be tried first.

    Returns:
        The solution and how far along the path continuation came (1 if it was not needed or
        arrived).
    """
    first = equations.start() if start is None else start
    steps, begin = 0, first
    attempts: tuple[Attempt, ...] = partial(_quick, history=history), _careful, _newton
    if sharp is not None:
        attempts = (partial(_sharp, sharp=sharp, history=history), *attempts)
    for attempt in attempts:
        solution = attempt(equations, first if attempt is _careful else begin, tolerance)
        steps += solution.steps
        if solution.converged:
            if acceptable(equations, solution.value):
                return _counted(solution, steps), 1.0
            break  # the others would find the same state; another may lie on the path
        if solution.residual < _NEAR:
            begin = solution.value
    solution, reached = continuation(path, tolerance, acceptable)
    return _counted(solution, steps + solution.steps), reached


def _counted(solution: Solution, steps: int) -> Solution:
    return Solution(solution.value, solution.status, solution.residual, steps, solution.method)


def _quick(
    equations: Equations,
    start: np.ndarray,
    tolerance: float,
    history: Callable[[int, int], Memory] | None = None,
) -> Solution:
    return anderson(equations.step, start, tolerance=tolerance, memory=8, history=history)


def _sharp(
    _equations: Equations,
    start: np.ndarray,
    tolerance: float,
    sharp: Sharp,
    history: Callable[[int, int], Memory] | None = None,
) -> Solution:
    return anderson(
        sharp,
        start,
        tolerance=tolerance,
        memory=8,
        max_steps=_SHARP_STEPS,
        patience=_PATIENCE,
        history=history,
        turned=lambda: sharp.turned,
    )


def _careful(equations: Equations, start: np.ndarray, tolerance: float) -> Solution:
    return anderson(
        equations.step, start, tolerance=tolerance, memory=20, largest_step=0.2, max_steps=300
    )


def _newton(equations: Equations, start: np.ndarray, tolerance: float) -> Solution:
    return newton_krylov(equations.step, equations.jacobian, start, tolerance=tolerance)


def continuation(path: Path, tolerance: float, acceptable: Acceptable) -> tuple[Solution, float]:
    """Follow the path from 0, extrapolating, and halving the advance where a step fails.

    Returns:
        The last solution on the path and how far that is, 1 if it arrived.
    """
    equations = path(0.0)
    last = _follow(equations, equations.start(), tolerance)
    steps = last.steps
    if not (last.converged and acceptable(equations, last.value)):
        return Solution(
            equations.start(), Status.stalled, last.residual, steps, "continuation"
        ), 0.0
    reached, advance = 0.0, _FIRST_ADVANCE
    slope = np.zeros_like(last.value)
    while reached < 1 and advance >= _SMALLEST_ADVANCE:
        target = min(1.0, reached + advance)
        equations = path(target)
        solution = _follow(equations, last.value + (target - reached) * slope, tolerance)
        steps += solution.steps
        if solution.converged and acceptable(equations, solution.value):
            slope = (solution.value - last.value) / (target - reached)
            last, reached = solution, target
            advance *= 2
        else:
            advance /= 2
    status = Status.converged if reached >= 1 else Status.stalled
    return Solution(last.value, status, last.residual, steps, "continuation"), reached


def _follow(equations: Equations, start: np.ndarray, tolerance: float) -> Solution:
    """One advance of continuation: few steps, as a failure only halves the advance."""
    solution = anderson(
        equations.step, start, tolerance=tolerance, memory=12, largest_step=0.3, max_steps=80
    )
    if solution.converged:
        return solution
    newton = newton_krylov(
        equations.step, equations.jacobian, start, tolerance=tolerance, max_steps=15
    )
    steps = solution.steps + newton.steps
    return _counted(newton if newton.converged else solution, steps)
