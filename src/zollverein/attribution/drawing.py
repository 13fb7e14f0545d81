"""The effects of the parts as a table of a result, so that draws of the assumptions give them bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.attribution.attributed import Attribution
from zollverein.attribution.dividing import NODES, Way, divide, path
from zollverein.attribution.question import (
    TOLERANCE,
    Moves,
    Question,
    moves_at,
    question_about,
)
from zollverein.errors import ScenarioError
from zollverein.files import fingerprint
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.uncertainty.run import check_number_of_draws, what_is_drawn

if TYPE_CHECKING:
    from zollverein.result import Result
    from zollverein.world import World

#: What is said of draws where nothing is.
_USUAL = {"elasticity_spread": "sets"}
#: The row of the whole.
_WHOLE = "all together"


@dataclass(frozen=True, eq=False)
class PartsTable:
    """The parts of a result's policy and what each does: a table for ``uncertainty``.

    ``uncertainty(..., tables={"parts": PartsTable("real_income BLR")})`` divides the effect anew in every
    draw, with its elasticities, sizes and flows and with every choice of the simulation.

    Attributes:
        outcome: Such as ``"real_income BLR"``.
        method: As for ``attribute``; so are ``orders``, ``seed`` (of the orders), ``nodes`` and
            ``derivatives``.
        orders, seed, nodes, derivatives: As there.
        engine: As for ``simulate``.
        tolerance: Of the equilibria, where that of the result is not smaller.
        policies: By name, where the parts are policies and the result is of all of them together.
        moves: What ``moves_on_path`` found, where the policy is the same in every result.

    Raises:
        ScenarioError: If a word is not known.
    """

    outcome: str | Outcome
    method: str = "aumann_shapley"
    orders: int | None = None
    seed: int = 0
    nodes: int | None = None
    derivatives: str = "auto"
    engine: str = "auto"
    tolerance: float = TOLERANCE
    policies: Mapping[str, Policy] | None = None
    moves: Mapping[float, Moves] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Check words and numbers."""
        self._way()

    def _way(self) -> Way:
        return Way(self.method, self.orders, self.seed, self.nodes, self.derivatives)

    def identity(self) -> str:
        """A digest of what decides the numbers besides the result and the outcome."""
        policies = (self.policies or {}).values()
        arrays = [v.values for p in policies for v in vars(p).values() if hasattr(v, "values")]
        return fingerprint(vars(self._way()), *arrays)

    def attribution(self, result: Result) -> Attribution:
        """The effect of a result divided among the parts, in this process.

        Raises:
            ScenarioError: If the policy has no parts, or a name is not known.
            ZollvereinError: If an equilibrium that is needed does not exist.
        """
        question = question_about(
            result,
            self.outcome,
            policies=self.policies,
            engine=self.engine,
            moves=self.moves,
            tolerance=self.tolerance,
        )
        return divide(question, self._way())

    def __call__(self, result: Result) -> xr.DataArray:
        """Effects in percent ``[part]``; the last row is the whole.

        The others add up to it but for what is not attributed: an error of integration, or, alone and as
        the last one, the interaction.

        Raises:
            ScenarioError: If the policy has no parts, or a name is not known.
            ZollvereinError: If an equilibrium that is needed does not exist.
        """
        found = self.attribution(result)
        return xr.DataArray(
            100 * np.append(found.effect, found.total),
            {"part": [*found.parts, _WHOLE]},
            ("part",),
            name="parts",
            attrs={"long_name": f"effects of the parts on {found.outcome}", "units": "percent"},
        )


def check_draws(
    draws: int | None,
    world: World,
    scenario: Any,
    parameters: Parameters,
    spreads: dict[str, Any],
) -> bool:
    """Check what is said about draws.

    Args:
        draws: How many, or None.
        world: The baseline.
        scenario: A scenario, or a Policy.
        parameters: Of the simulation.
        spreads: ``sources``, ``elasticity_spread`` and ``data_spread`` of ``uncertainty``.

    Returns:
        Whether the policy is the same in every draw.

    Raises:
        ScenarioError: If there are too few, nothing is uncertain, or spreads are given without draws.
        DataError: If a spread does not fit the world.
    """
    if draws is None:
        said = [name for name, value in spreads.items() if not _is_usual(name, value)]
        if said:
            raise ScenarioError(
                f"{said[0]} is about draws, and nothing is drawn. Usual cause: the number of draws was left "
                "out. Fix: draws = 200 (--draws 200)."
            )
        return False
    check_number_of_draws(draws)
    _, sizes, noise = what_is_drawn(world, scenario, parameters, **spreads)
    return not sizes and noise is None


def _is_usual(name: str, value: Any) -> bool:
    """Whether this is what is meant where nothing is said."""
    return value is None or (isinstance(value, str) and value == _USUAL.get(name))


def moves_on_path(question: Question, found: Attribution) -> dict[float, Moves]:
    """What strengths move at the nodes that an attribution used, for others of the same policy.

    Args:
        question: Of the policy.
        found: Its attribution.

    Returns:
        Nothing where nodes or moves differ from one equilibrium to the next, as with price caps, Kemp-Wan
        unions, or differences in place of derivatives.
    """
    policy = None if question.start is None else question.start.policy
    if policy is None or policy.caps or policy.unions or found.derivatives != "adjoint":
        return {}
    counts = dict.fromkeys([*(count for count in NODES if count < found.nodes), found.nodes])
    points = [s for count in counts for s in path([(0.0, 1.0)], count)[0]]
    return {s: moves_at(question, s) for s in points}
