"""The Result: before and after, the choices made, and how well the equilibrium holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zollverein.accounts import trade_balance
from zollverein.counterfactual import to_world
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.problem import Problem
from zollverein.parameters import Convergence, Parameters
from zollverein.policy import Policy
from zollverein.world import World

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from zollverein.scenario import Scenario


#: A trade balance above this part of value added is worth a note where a closure removes it.
_NOTABLE = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """One simulation; frozen. What is not asked for is not computed.

    Attributes:
        before: The baseline.
        scenario: The scenario, or None if a policy was given directly.
        policy: What the scenario means in this world.
        parameters: Model, closure, elasticities, tolerance.
        convergence: Residual, iterations, seconds, method.
        notes: What the reader must know: measures without trade, groups that are cut off.
        counterfactual: The solution in plain arrays, or the stored World of a loaded result.
    """

    before: World
    scenario: Scenario | None
    policy: Policy
    parameters: Parameters
    convergence: Convergence
    notes: tuple[str, ...]
    counterfactual: Equilibrium | World

    @cached_property
    def after(self) -> World:
        """The counterfactual, a World like ``before``."""
        solved = self.counterfactual
        return solved if isinstance(solved, World) else to_world(self.before, self.policy, solved)

    @property
    def residual(self) -> float:
        """Largest relative residual over all equilibrium conditions at the solution."""
        return self.convergence.residual

    @property
    def iterations(self) -> int:
        """Evaluations of the equilibrium system."""
        return self.convergence.iterations

    @property
    def seconds(self) -> float:
        """Wall time of the solve."""
        return self.convergence.seconds

    def table(self) -> pd.DataFrame:
        """Effects by country in percent; see ``zollverein.measures.effects``."""
        from zollverein.measures.effects import effects

        return effects(self.before, self.after, self.policy.productivity_hat)

    def to_netcdf(self, path: str | Path) -> Path:
        """Write before, after, scenario and parameters to one file that ``verify`` can check."""
        from zollverein.archive import write_result

        return write_result(self, path)

    def __repr__(self) -> str:
        """Name, size of the residual, iterations and time."""
        name = self.scenario.name if self.scenario is not None else "policy"
        return (
            f"Result({name!r} on {self.before.name}: residual {self.residual:.1e}, "
            f"{self.iterations} iterations, {1e3 * self.seconds:.1f} ms)"
        )


def closure_notes(world: World, closure: str) -> tuple[str, ...]:
    """Say when effects include the removal of the baseline's trade balances."""
    if closure != "zero":
        return ()
    balance = trade_balance(world)
    size = world.data["value_added"].values.sum(axis=1)
    weight = np.abs(balance.values) / np.maximum(size, np.finfo(float).tiny)
    if weight.max() < _NOTABLE:
        return ()
    largest = world.countries[int(weight.argmax())]
    note = (
        f"Closure 'zero' also removes the baseline's trade balances (largest: {largest}, "
        f"{100 * weight.max():.1f} % of value added), and the effects include that. For the policy "
        "alone, simulate it on the balanced world: simulate(world, Scenario(), closure='zero').after."
    )
    return (note,)


def group_notes(world: World, problem: Problem) -> tuple[str, ...]:
    """Name the countries outside the largest trading group, and whose balance had to change."""
    group = problem.group
    if not group.any():
        return ()
    members: dict[int, list[str]] = {}
    for country, number in zip(world.countries, group.tolist(), strict=True):
        members.setdefault(number, []).append(country)
    largest = max(members.values(), key=len)
    notes = [
        f"{', '.join(names)} no longer trade{'s' if len(names) == 1 else ''} with the rest: nominal "
        "values are comparable within this group only (its value added is held at the baseline level)."
        for names in members.values()
        if names is not largest
    ]
    if problem.adjusted.any():
        names_ = [c for c, moved in zip(world.countries, problem.adjusted, strict=True) if moved]
        shown = ", ".join(names_[:8]) + (" and others" if len(names_) > 8 else "")
        notes.append(f"Trade balances were moved so that each group's add up to zero: {shown}.")
    return tuple(notes)
