"""What a solver returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

#: A step function: state -> (step, largest residual at the state).
StepFunction = Callable[[np.ndarray], tuple[np.ndarray, float]]


class Status(StrEnum):
    """How a solve ended; the value is the message."""

    converged = "converged"
    max_steps = "stopped at the largest number of steps"
    nonfinite = "met a number that is not finite"
    stalled = "stopped making progress"


@dataclass(frozen=True, eq=False)
class Solution:
    """A state, and whether the conditions hold there.

    Attributes:
        value: The state.
        status: ``Status.converged`` only if ``residual`` is at most the tolerance at ``value``.
        residual: Largest residual of the conditions at ``value``.
        steps: Evaluations of the system.
        method: Which link of the chain produced it.
    """

    value: np.ndarray
    status: Status
    residual: float
    steps: int
    method: str

    @property
    def converged(self) -> bool:
        """Whether the conditions hold at ``value``."""
        return self.status is Status.converged
