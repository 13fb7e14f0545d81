"""A solved problem: prices and quantities at the equilibrium, and the solve itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from zollverein.models.aggregates import Aggregates, aggregates_at
from zollverein.models.baseline import Array
from zollverein.models.differentiable import DifferentiableSystem
from zollverein.models.general import GeneralPoint, GeneralSystem
from zollverein.models.general_linear import DifferentiableGeneralSystem
from zollverein.models.problem import Problem
from zollverein.models.sharpened import Sharpened
from zollverein.models.sharpening import Sharpening, sector_wages_at
from zollverein.models.sweeps import NUMPY, Engine
from zollverein.models.system import Point
from zollverein.solver.chain import solve
from zollverein.solver.solution import Solution

#: Power with which trade under embargo vanishes on the way, as its last traces can matter most.
_VANISHING = 4


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """The new equilibrium in plain arrays, axis order ``[sector, importer, exporter]``.

    Attributes:
        problem: What was solved.
        solution: State, status, residual and steps.
        reached: How far continuation came, 1 if it arrived or was not needed.
        wedge: Of each price cap's exporters and sectors in order, the wedge that holds it; 0 where
            it does not bind.
        outer: Largest residual of conditions outside of the system: price caps, external taxes.
    """

    problem: Problem
    solution: Solution
    reached: float
    wedge: tuple[float, ...] = ()
    outer: float = 0.0

    @cached_property
    def system(self) -> DifferentiableSystem:
        """The equations, for derivatives at the solution."""
        return system_of(self.problem)

    @cached_property
    def aggregates(self) -> Aggregates | None:
        """The responses of countries as wholes at the solution, None if they are hardly determined.

        In the arithmetic of NumPy, so that they are the same to the last digit in every process.
        """
        return aggregates_at(system_of(self.problem), self.solution.value)

    @cached_property
    def sharpening(self) -> Sharpening:
        """What makes linear systems with the derivative of the step at the solution easier."""
        levels, wages = self.aggregates, sector_wages_at(self.system, self.point)
        if levels is not None:  # any factors will do, but the map must be linear to the last digit
            levels = replace(levels, factors=levels.factors.astype(np.float64))
        return Sharpening(self.problem.base, levels, wages, self.system.pass_through(self.point))

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs; the rest is made again there."""
        return {
            name: self.__dict__[name]
            for name in ("problem", "solution", "reached", "wedge", "outer")
        }

    @cached_property
    def point(self) -> Point:
        """Every node of the system at the solution."""
        return self.system.evaluate(self.solution.value)

    @property
    def wage_hat(self) -> Array:
        """``[N]``."""
        return np.exp(self.point.log_wage)

    @cached_property
    def price_hat(self) -> Array:
        """``[S, N]``; 1 where nothing is bought."""
        implied = self.point.weight_sum ** (-1 / self.problem.theta[:, None])
        return np.where(self.problem.base.expenditure > 0, implied, 1.0)

    @cached_property
    def general(self) -> GeneralPoint | None:
        """The point of a problem with a structure, else None."""
        return self.point if isinstance(self.point, GeneralPoint) else None

    @cached_property
    def consumer_price_hat(self) -> Array:
        """``[N]`` change of the price index of final demand."""
        if self.general is not None:
            return np.exp(self.general.consumer_price + self.general.log_wage)
        base = self.problem.base
        return np.exp((base.final_share * np.log(self.price_hat)).sum(axis=0))

    def government_flow(self) -> Array | None:
        """Purchases of governments before duty, like ``fob_flow``; None if not told apart."""
        point, system = self.general, self.system
        if point is None or point.bought is None or not isinstance(system, GeneralSystem):
            return None
        return system.government_flow(point)

    def fob_flow(self) -> Array:
        """Trade flows before duty ``[S, importer, exporter]``, domestic sales included.

        Without the purchases of governments where these are told apart.
        """
        point, problem = self.point, self.problem
        flow = np.empty_like(problem.weight)
        split = len(problem.fob)
        flow[:split] = problem.fob
        flow[split:] = problem.weight[split:]
        flow *= point.spending_ratio[:, :, None]
        flow *= point.cost_power[:, None, :]
        diagonal = np.arange(problem.base.countries)
        flow[:, diagonal, diagonal] = problem.own_fob * point.cost_power * point.spending_ratio
        return flow

    def sensible(self) -> bool:
        """Whether every income is positive and every number finite."""
        return sensible(self.point)


def system_of(problem: Problem, engine: Engine = NUMPY) -> DifferentiableSystem:
    """The equations of a problem: the base system, or the general one where it has a structure."""
    if problem.structure is None:
        return DifferentiableSystem(problem, engine)
    return DifferentiableGeneralSystem(problem, engine)


def sensible(point: Point) -> bool:
    """The equations can hold where a country's income is negative; that is no equilibrium."""
    finite = np.isfinite(point.income).all() and np.isfinite(point.weight_sum).all()
    return bool(finite and (point.income > 0).all())


def find_equilibrium(
    problem: Problem,
    tolerance: float,
    *,
    engine: Engine = NUMPY,
    start: Array | None = None,
    aggregates: Sequence[Aggregates] = (),
) -> Equilibrium:
    """Solve a problem by the fallback chain; the solution's status says whether it holds.

    Args:
        problem: What to solve.
        tolerance: On the largest residual.
        engine: The arithmetic.
        start: First state; the baseline's if omitted.
        aggregates: Of similar problems; found for this one if there are none.
    """
    system = system_of(problem, engine)
    with np.errstate(all="ignore"):
        solution, reached = solve(
            system,
            lambda part: system_of(part_way(problem, part), engine),
            tolerance=tolerance,
            acceptable=lambda equations, state: sensible(equations.evaluate(state)),
            start=None if start is None else _fitted(system, start),
            history=engine.history,
            sharp=Sharpened(system, engine, tolerance, aggregates),
        )
    found = Equilibrium(problem, solution, reached)
    found.__dict__["system"] = system  # already at the solution: nothing is evaluated twice
    return found


def _fitted(system: DifferentiableSystem, state: Array) -> Array:
    """A state as one of the system; of another model's only the blocks that all have in common."""
    if state.size == system.size:
        return state
    base, found = system.problem.base, system.start()
    common = base.countries * (1 + 2 * base.sectors)
    found[:common] = state[:common]
    return found


def part_way(problem: Problem, part: float) -> Problem:
    """The problem with a part of the policy, for continuation.

    Weights move in logs (a part of every tariff and cost change in logs), those that become zero
    with a power of what is left, so that every problem on the way is economically meaningful and
    trade that vanishes does so gradually. Balances go from the baseline's to the closure's; where the closure
    wants none there are none on the way, as a country that a policy makes poor could not bear them.
    """
    if part >= 1:
        return problem
    base = problem.base
    # Either side may have duties or export taxes in more sectors than the other.
    tariffed = max(len(problem.fob), len(base.fob))
    taxed = max(len(problem.factory), len(base.factory))
    old_fob = _continued(base.fob, base.share, tariffed)
    new_fob = _continued(problem.fob, problem.weight, tariffed)
    old_factory = _continued(base.factory, old_fob, taxed)
    new_factory = _continued(problem.factory, new_fob, taxed)
    productivity = problem.log_productivity
    return replace(
        problem,
        weight=_between(base.share, problem.weight, part),
        fob=_between(old_fob, new_fob, part),
        factory=_between(old_factory, new_factory, part),
        own_weight=_between(base.own_share, problem.own_weight, part),
        own_fob=_between(base.own_fob, problem.own_fob, part),
        own_factory=_between(base.own_factory, problem.own_factory, part),
        log_productivity=None if productivity is None else part * productivity,
        deficit=_between_balances(problem, part),
        group=np.zeros_like(problem.group),
        structure=None if problem.structure is None else problem.structure.part_way(part),
    )


def _continued(matrix: Array, beyond: Array, length: int) -> Array:
    """The matrix of the leading sectors, continued up to ``length`` of them."""
    return np.concatenate((matrix, beyond[len(matrix) : length]))


def _between_balances(problem: Problem, part: float) -> Array:
    """Deficits ``[N]`` on the way."""
    if problem.deficit_share is not None or not problem.deficit.any():
        return part * problem.deficit
    return (1 - part) * -problem.base.balance + part * problem.deficit


def _between(old: Array, new: Array, part: float) -> Array:
    """``old^(1-part) new^part`` where both are positive, else ``old`` times a power of ``1 - part``."""
    positive = (old > 0) & (new > 0)
    ratio = np.divide(new, old, out=np.ones_like(old), where=positive)
    return old * np.where(positive, ratio**part, (1 - part) ** _VANISHING)
