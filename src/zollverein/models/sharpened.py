"""The steps that the solver takes first: sharpened, which changes how soon they arrive and not where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zollverein.models.aggregates import Aggregates, aggregates_at
from zollverein.models.baseline import Array
from zollverein.models.sector_wages import SectorWages
from zollverein.models.sharpening import Sharpening, sector_wages_at
from zollverein.models.sweeps import Engine
from zollverein.models.system import Shaping, System, home_share

#: Residual from which on a state is near by.
_NEARBY = 2.0
#: Evaluations after which responses of another problem have not shown to fit.
_LENT_STEPS = 16


class Sharpened:
    """The step of a system, from near by with levels of countries solved for.

    Far from the solution their responses say little. Where none can be found, as a level is hardly
    determined, that is left out.

    Attributes:
        turned: Whether the last step was made another way than the one before.
    """

    def __init__(
        self, system: System, engine: Engine, tolerance: float, like: Sequence[Aggregates] = ()
    ) -> None:
        """Set out.

        Args:
            system: The equations.
            engine: The arithmetic.
            tolerance: Residual at which no step is needed.
            like: The responses of similar problems. Those of the nearest are used if the first state is near
                by, and for sixteen evaluations; the problem's own are found where that is not so or not
                enough, or if there are none.
        """
        self._system, self._aggregate, self._tolerance = system, engine.aggregate, tolerance
        self._lent, self._count, self._plain = like, 0, Shaping()
        self._own: Aggregates | None = None
        self._sought = False
        self._wages: SectorWages | None = None
        self._used: Aggregates | None = None
        self.turned = False

    def __call__(self, state: Array) -> tuple[Array, float]:
        """The step and the largest residual at a state."""
        if len(self._lent) > 1:
            self._lent = [self._nearest(state)]
        levels = self._lent[0] if self._lent else self._own
        shaping = self._shaping(state, levels)
        move, residual = self._system.shaped_step(state, shaping)
        if residual <= self._tolerance:
            return move, residual
        if not self._sought:
            wanted = self._levels(state, residual)
            if wanted is not levels:
                levels, shaping = wanted, self._shaping(state, wanted)
                move, _ = self._system.shaped_step(state, shaping)
        if self._count == 0:
            self._wages = sector_wages_at(self._system, self._system.evaluate(state))
        self.turned, self._used = self._count > 0 and levels is not self._used, levels
        self._count += 1
        base = self._system.problem.base
        Sharpening(base, levels, self._wages, shaping).apply(move, self._aggregate)
        return move, residual

    def _nearest(self, state: Array) -> Aggregates:
        """Of the responses lent, those where countries buy as much at home as here."""
        here = home_share(self._system.problem, self._system.evaluate(state))
        return min(self._lent, key=lambda found: float(np.abs(found.home[0] - here).sum()))

    def _shaping(self, state: Array, levels: Aggregates | None) -> tuple[Array, Array]:
        """What the plain step is taken with: the responses of the levels if these are solved for."""
        return self._plain.at(self._system, state) if levels is None else levels.shaping

    def _levels(self, state: Array, residual: float) -> Aggregates | None:
        """What to solve for levels with at a state: what was lent, what is found here, or nothing."""
        if self._lent:
            if residual <= _NEARBY and self._count < _LENT_STEPS:
                return self._lent[0]
            self._lent = ()
        if residual > _NEARBY:
            return None
        self._sought = True
        self._own = aggregates_at(self._system, state)
        return self._own
