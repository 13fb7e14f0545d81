"""What is made of a plain step: levels of countries and wages of sectors solved for.

It is linear and has a transpose. Before the derivative of the step it makes linear systems easier in the same
measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.aggregates import Aggregates
from zollverein.models.baseline import Array, Baseline
from zollverein.models.general import GeneralSystem
from zollverein.models.inputs import into_cost, into_inputs
from zollverein.models.sector_wages import SectorWages
from zollverein.models.sweeps import Aggregation, aggregate, shares_for
from zollverein.models.system import Point, System


@dataclass(frozen=True, eq=False)
class Sharpening:
    """A linear map of stacked steps.

    Attributes:
        base: The baseline.
        levels: The responses of countries as wholes, or None where they are not used.
        wages: Those of sectors where labour stays there, or None.
        shaping: What ``pass_through`` says where the plain step was taken.
    """

    base: Baseline
    levels: Aggregates | None
    wages: SectorWages | None
    shaping: tuple[Array, Array]

    def apply(self, step: Array, solve: Aggregation = aggregate) -> None:
        """Sharpen a step in place."""
        follow = None if self.wages is None else self.wages.replace(step, self.shaping[0])
        if self.levels is not None:
            solve(self.levels, self.base, step)
        if follow is not None:
            first = len(self.shaping[0])
            step[first : first + follow.size] += follow

    def sharpened(self, step: Array) -> Array:
        """A sharpened copy."""
        made = step.copy()
        self.apply(made)
        return made

    def transposed(self, bars: Array) -> Array:
        """The transpose, of the bars of a sharpened step."""
        made = bars.copy()
        if self.levels is not None:
            _aggregate_transposed(self.levels, self.base, made)
        if self.wages is not None:
            self.wages.replace_transposed(made, bars, self.shaping[0])
        return made


def sector_wages_at(system: System, point: Point) -> SectorWages | None:
    """The responses of sector wages where they are unknowns."""
    if isinstance(system, GeneralSystem) and system.specific:
        return SectorWages(system, point)
    return None


def _aggregate_transposed(found: Aggregates, base: Baseline, bars: Array) -> None:
    """Transpose of ``sweeps.aggregate``, in place."""
    countries, cells = found.weight.shape[2], found.weight.size
    blocks = bars[countries : countries + cells].reshape(found.weight.shape)
    wage = bars[:countries] + (found.follow * blocks).sum(axis=(0, 1))
    levels = (found.pattern * blocks).sum(axis=1)
    gap = _levels_transposed(found.factors, np.concatenate((wage[None], levels)))
    blocks -= found.weight * levels[:, None, :]
    blocks += _passed_on_transposed(found.home, shares_for(found, base), blocks)
    blocks -= found.weight * gap[1:, None, :]
    bars[:countries] = -gap[0] - (found.shaping[0] - 1) * blocks.sum(axis=(0, 1))


def _passed_on_transposed(home: Array, input_share: Array, bars: Array) -> Array:
    """Transpose of ``sweeps.pass_on``."""
    price, spending = bars.astype(input_share.dtype)
    part, sold, per_spending = home.astype(input_share.dtype)
    costs, demand = into_inputs(input_share, part * price), per_spending * spending
    return np.stack([costs, sold * into_cost(input_share, demand)])


def _levels_transposed(factors: Array, bars: Array) -> Array:
    """Transpose of ``sweeps.solve_levels``."""
    prices, by_wage, spending, by_price, spending_by_wage, wages, for_price, for_spending = factors
    wage, price, spent = bars.astype(factors.dtype)
    gap = np.empty_like(bars)
    gap[0] = wages @ (wage - by_wage @ price - spending_by_wage @ spent)
    spent = spent - for_spending @ gap[0].astype(factors.dtype)
    price = price - for_price @ gap[0].astype(factors.dtype) - by_price @ spent
    gap[1], gap[2] = prices @ price, spending @ spent
    return gap
