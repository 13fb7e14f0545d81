"""Anderson acceleration of a fixed point (Walker and Ni 2011, type II)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from zollverein.solver.solution import Solution, Status, StepFunction

#: What is added to the diagonal of the normal equations, relative to it.
RIDGE = 1e-14


class Memory(Protocol):
    """What acceleration remembers of a path."""

    def accelerate(self, state: np.ndarray, step: np.ndarray) -> np.ndarray:
        """The accelerated move from ``state`` given its plain ``step``; neither is written to later."""
        ...


def anderson(
    step: StepFunction,
    start: np.ndarray,
    *,
    tolerance: float,
    memory: int = 10,
    largest_step: float = 0.5,
    max_steps: int = 200,
    patience: int | None = None,
    history: Callable[[int, int], Memory] | None = None,
    turned: Callable[[], bool] | None = None,
) -> Solution:
    """Find the state at which the residual is at most ``tolerance``.

    Args:
        step: State -> (fixed-point step, largest residual there).
        start: First state, shape ``[n]``.
        tolerance: On the residual at the value returned, never on the step.
        memory: Number of past differences kept.
        largest_step: Longest step in any component; a longer one is shortened as a whole.
        max_steps: Evaluations at most.
        patience: Evaluations without the least residual falling to half after which it is given up.
        history: Makes the memory from the size of the state and the number of differences; ``History``
            if omitted.
        turned: Whether the last step was made another way than those before, which are then forgotten.

    Returns:
        The solution; its status says whether the conditions hold.
    """
    make = history or History
    past = make(start.size, memory)
    state, best, best_residual = start, start, np.inf
    halved, mark = 0, np.inf
    for count in range(1, max_steps + 1):
        direction, residual = step(state)
        if residual <= tolerance:
            return Solution(state, Status.converged, residual, count, "anderson")
        if not np.isfinite(residual):
            return Solution(best, Status.nonfinite, best_residual, count, "anderson")
        if residual < best_residual:
            best, best_residual = state, residual
        if best_residual <= mark / 2:
            halved, mark = count, best_residual
        if patience is not None and count - halved >= patience:
            return Solution(best, Status.stalled, best_residual, count, "anderson")
        if turned is not None and turned():
            past = make(start.size, memory)
        move = past.accelerate(state, direction)
        longest = max(move.max(), -move.min())
        if longest > largest_step:
            move = move * (largest_step / longest)
        state = state + move
    return Solution(best, Status.max_steps, best_residual, max_steps, "anderson")


class History:
    """The last differences of state and step, and their inner products."""

    def __init__(self, size: int, memory: int) -> None:
        self._memory = memory
        self._count = 0
        self._dboth = np.empty((memory, size))  # change of state plus change of step
        self._dstep = np.empty((memory, size))
        self._gram = np.zeros((memory, memory))
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def accelerate(self, state: np.ndarray, step: np.ndarray) -> np.ndarray:
        """The accelerated move from ``state`` given its plain ``step``."""
        if self._last is not None:
            self._push(state - self._last[0], step - self._last[1])
        self._last = (state, step)
        kept = min(self._count, self._memory)
        return self.combined(step, kept) if kept else step

    def combined(self, step: np.ndarray, kept: int) -> np.ndarray:
        """The move from the differences kept and their products."""
        weights = _least_squares(self._gram[:kept, :kept], self._dstep[:kept] @ step)
        return step - weights @ self._dboth[:kept]

    def _push(self, dstate: np.ndarray, dstep: np.ndarray) -> None:
        slot = self._count % self._memory
        self._dstep[slot] = dstep
        np.add(dstate, dstep, out=self._dboth[slot])
        self._count += 1
        kept = min(self._count, self._memory)
        products = self._dstep[:kept] @ dstep
        self._gram[slot, :kept] = products
        self._gram[:kept, slot] = products


def _least_squares(gram: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve the normal equations after scaling their diagonal to one, with a small ridge."""
    scale = 1 / np.sqrt(np.maximum(gram.diagonal(), 1e-300))
    scaled = gram * scale[:, None] * scale
    scaled.flat[:: len(gram) + 1] += RIDGE
    try:
        return scale * np.linalg.solve(scaled, scale * right)
    except np.linalg.LinAlgError:
        return scale * np.linalg.lstsq(scaled, scale * right, rcond=None)[0]
