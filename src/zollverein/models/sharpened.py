"""The steps that the solver takes first: sharpened, which changes how soon they arrive and not where."""

from __future__ import annotations

from zollverein.models.aggregates import Aggregates, aggregates_at
from zollverein.models.baseline import Array
from zollverein.models.sector_wages import SectorWages
from zollverein.models.sharpening import Sharpening, sector_wages_at
from zollverein.models.sweeps import Engine
from zollverein.models.system import RENEWAL, System

#: Residual from which on a state is near by.
_NEARBY = 2.0
#: Evaluations after which responses of another problem have not shown to fit.
_LENT_STEPS = 16


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
            like: The responses of a similar problem, used if the first state is near by and for sixteen
                evaluations; the problem's own are found where that is not so or not enough, or if omitted.
        """
        self._system, self._aggregate, self._tolerance = system, engine.aggregate, tolerance
        self._like, self._count, self._renewed = like, 0, 0
        self._own: Aggregates | None = None
        self._sought = False
        self._wages: SectorWages | None = None
        self._shaping: tuple[Array, Array] | None = None

    def __call__(self, state: Array) -> tuple[Array, float]:
        """The step and the largest residual at a state."""
        levels = self._own if self._sought else self._like
        move, residual = self._step(state, levels)
        if residual <= self._tolerance:
            return move, residual
        if not self._sought:
            wanted = self._levels(state, residual)
            if wanted is not levels:
                levels = wanted
                move, _ = self._step(state, levels)
        if self._count == 0:
            self._wages = sector_wages_at(self._system, self._system.evaluate(state))
        sharpening = Sharpening(levels, self._wages, self._shaped(state, levels))
        sharpening.apply(move, self._aggregate)
        self._count += 1
        return move, residual

    def _step(self, state: Array, levels: Aggregates | None) -> tuple[Array, float]:
        """The plain step, with the responses of the levels if these are to be solved for."""
        return self._system.shaped_step(state, self._shaped(state, levels))

    def _shaped(self, state: Array, levels: Aggregates | None) -> tuple[Array, Array]:
        """What shapes the plain step; without levels it is renewed now and then, as in ``System.step``."""
        if levels is not None:
            return levels.shaping
        if self._shaping is None or self._count - self._renewed >= RENEWAL:
            self._shaping = self._system.pass_through(self._system.evaluate(state))
            self._renewed = self._count
        return self._shaping

    def _levels(self, state: Array, residual: float) -> Aggregates | None:
        """What to solve for levels with at a state: what was lent, what is found here, or nothing."""
        if self._like is not None:
            if residual <= _NEARBY and self._count < _LENT_STEPS:
                return self._like
            self._like = None
        if residual > _NEARBY:
            return None
        self._sought = True
        self._own = aggregates_at(self._system, state)
        return self._own
