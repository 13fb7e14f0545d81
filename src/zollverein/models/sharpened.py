"""The steps that the solver takes first: sharpened, which changes how soon they arrive and not where."""

from __future__ import annotations

from zollverein.models.aggregates import Aggregates, aggregates_at
from zollverein.models.baseline import Array
from zollverein.models.sector_wages import SectorWages
from zollverein.models.sharpening import Sharpening, sector_wages_at
from zollverein.models.sweeps import Engine
from zollverein.models.system import System

#: Residual from which on a state is near by.
_NEARBY = 2.0


class Sharpened:
    """The step of a system, from near by with levels of countries solved for.

    Far from the solution their responses say little. Where none can be found, as a level is hardly
    determined, that is left out.
    """

    def __init__(
        self, system: System, engine: Engine, tolerance: float, like: Aggregates | None = None
    ) -> None:
        """Set out.

        Args:
            system: The equations.
            engine: The arithmetic.
            tolerance: Residual at which no step is needed.
            like: The responses of a similar problem; found at the first state near by if omitted.
        """
        self._system, self._aggregate, self._tolerance = system, engine.aggregate, tolerance
        self._levels = like
        self._near: bool | None = None  # not known before the first step
        self._wages: SectorWages | None = None

    def __call__(self, state: Array) -> tuple[Array, float]:
        """The step and the largest residual at a state."""
        leveled = self._levels is not None and self._near is not False
        move, residual = self._step(state, leveled=leveled)
        if residual <= self._tolerance:
            return move, residual
        if not self._near:
            self._look_around(state, residual)
            wanted = residual <= _NEARBY and self._levels is not None
            if leveled != wanted:
                leveled = wanted
                move, _ = self._step(state, leveled=leveled)
        levels = self._levels if leveled else None
        shaping = self._system.shaping if levels is None else levels.shaping
        Sharpening(levels, self._wages, shaping).apply(move, self._aggregate)
        return move, residual

    def _step(self, state: Array, *, leveled: bool) -> tuple[Array, float]:
        """The plain step, with the responses of the levels if these are to be solved for."""
        if self._levels is None or not leveled:
            return self._system.step(state)
        return self._system.shaped_step(state, self._levels.shaping)

    def _look_around(self, state: Array, residual: float) -> None:
        """See whether the solution is near by, and find at the first state what is not yet known."""
        if self._near is None:
            self._wages = sector_wages_at(self._system, self._system.evaluate(state))
        self._near = residual <= _NEARBY
        if self._near and self._levels is None:
            self._levels = aggregates_at(self._system, state)
