"""The Result: before and after, the choices made, and how well the equilibrium holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from zollverein.counterfactual import to_world
from zollverein.models.equilibrium import Equilibrium
from zollverein.parameters import Convergence, Parameters
from zollverein.policy import Policy
from zollverein.world import World

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from zollverein.scenario import Scenario


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

        return effects(self.before, self.after, self.policy.productivity_hat, self.parameters)

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
