"""The duties that are best for one economy, and the frontier of own cost and another's loss.

What everybody else does is given. The log of real income is climbed in the logs of one plus the
rates, with exact slopes from the adjoint of the equilibrium, from several starts. At the best point
the Hessian is taken by differences of slopes: only where it is negative definite is the point called
a maximum. In a world of two economies and one sector, without inputs and with balanced trade, the
best duty has a closed form (Gros 1987, extended by the other's duty ``t_F``)::

    t* = (1 - π_HF t_F / (1 + t_F)) / (θ π_FF)

with ``π_FF`` and ``π_HF`` the other's spending shares on its own and on the home good, at the optimum;
an economy that is small in the other's market charges ``1/θ``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.errors import NotConverged, ScenarioError
from zollverein.levers import Board, player_named, set_board, several_starts
from zollverein.models.baseline import Array
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.resolve import Written
from zollverein.solver.ascent import Maximum
from zollverein.tariff_search import (
    TOLERANCE,
    bound_notes,
    climb,
    climbs_from,
    idle_notes,
    largest_eigenvalue,
    log_value,
    value_of,
)
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: Where searches start.
STARTS = ("in force", 0.0, "small")
#: How much higher, in logs, the second start for each point of a frontier is.
_APART = 0.5


@dataclass(frozen=True, eq=False)
class BestTariff:
    """The best duties that were found, and what they do.

    Attributes:
        country: Whose they are.
        rates: By lever (``all``, partners or sectors): ``before``, the mean of the rates in force
            weighted by baseline imports; ``best``; ``imports_pct`` of the lever in final spending.
        gain_pct: Change of the own outcome against the reference, percent.
        outcome: Which outcome that is.
        reference: The equilibrium with the rates in force.
        result: The equilibrium with the best rates.
        slope: Largest distance from a zero slope, in log points of one plus the rate.
        curvature: Largest eigenvalue of the Hessian, in units of rough curvature, with the rates at
            their bounds left out; negative at a maximum, minus infinity where none is left.
        starts: For each start: ``start``, ``gain_pct``, ``converged``, ``evaluations``.
        notes: What a reader must know.
    """

    country: str
    rates: pd.DataFrame
    gain_pct: float
    outcome: str
    reference: Result
    result: Result
    slope: float
    curvature: float
    starts: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def is_maximum(self) -> bool:
        """Whether slopes vanish and the Hessian is negative definite there, and not all rates at a bound."""
        return self.slope <= TOLERANCE and -np.inf < self.curvature < 0

    def table(self) -> pd.Series:
        """Change of every economy's real income against the reference, percent."""
        return real_income_change(self.reference, self.result)


def optimal_tariff(
    world: World,
    country: str,
    *,
    by: str = "uniform",
    against: Written = "all",
    sectors: Written = "all",
    scenario: Scenario | Policy | None = None,
    outcome: str = "real_income",
    starts: float | str | Sequence[float | str] = STARTS,
    **options: Any,
) -> BestTariff:
    """The duties that maximise an economy's outcome, all other policy given.

    Args:
        world: The baseline.
        country: An economy, a bloc or a group of the scenario (which then has one tariff).
        by: ``"uniform"``, ``"partner"`` or ``"sector"``: one rate, one for each exporter, or one for
            each sector.
        against: Exporters whose goods bear the duties, the own members apart.
        sectors: Sectors that bear the duties; duties on others stay as they are.
        scenario: What else changes; nothing if omitted.
        outcome: Kind of outcome; see ``Outcome``.
        starts: Where to start from: uniform rates, ``"in force"``, or ``"small"`` (``1/θ``).
        **options: As for ``simulate``.

    Returns:
        The best duties of all starts, prohibition included. Rates lie between -90 and 1,000 percent.

    Raises:
        ScenarioError: If a name is not of this world or there is nothing to tax.
        NotConverged: If no start leads to a point where the slopes vanish.
    """
    board = set_board(
        world, scenario, [country], by=by, against=against, sectors=sectors, options=options
    )
    goal = {board.players[0].outcome(outcome): 1.0}
    starts, reference = several_starts(starts), board.simulate(None)
    base = log_value(reference, goal)
    climbs = climbs_from(board, goal, starts, reference)
    ends = climbs.values()
    best = max((c for c in ends if c.converged), key=lambda c: c.value, default=None)
    if best is None:
        raise NotConverged(
            f"the search for the best tariff of {country} ended with slopes of "
            f"{min(c.residual for c in ends):.1e} log points from every start; it wants {TOLERANCE:g}. "
            "Usual cause: duties that hardly matter. Fix: other starts, by='uniform', or fewer sectors."
        )
    result = board.simulate(best.point, start=reference)
    return BestTariff(
        country=country,
        rates=rate_table(board, best.point),
        gain_pct=100 * float(np.expm1(best.value - base)),
        outcome=str(*goal),
        reference=reference,
        result=result,
        slope=best.residual,
        curvature=largest_eigenvalue(board, goal, best.point, result),
        starts=_start_table(climbs, base),
        notes=(*bound_notes(board, best.point), *idle_notes(board, best, result)),
    )


def best_response(
    world: World, scenario: Scenario | Policy, country: str, **options: Any
) -> BestTariff:
    """The best duties of an economy in reply to a scenario.

    The gain is measured against the scenario without a reply.

    Args:
        world: The baseline.
        scenario: What the others do.
        country: Who replies.
        **options: As for ``optimal_tariff``: ``by``, ``against``, ``sectors``, and so on.

    Raises:
        ScenarioError: If a name is not of this world or there is nothing to tax.
        NotConverged: If no start leads to a point where the slopes vanish.
    """
    return optimal_tariff(world, country, scenario=scenario, **options)


def frontier(
    world: World,
    sender: str,
    target: str,
    *,
    weights: float | Sequence[float] = (0.0, 0.1, 0.3, 1.0, 3.0),
    by: str = "uniform",
    sectors: Written = "all",
    scenario: Scenario | Policy | None = None,
    outcome: str = "real_income",
    **options: Any,
) -> pd.DataFrame:
    """Own cost against the other's loss: the sender's duties on the target's goods as the loss counts.

    For each weight ``λ`` the duties maximise ``log O_sender - λ log O_target``. ``λ = 0`` is the duty
    that is best for the sender itself; growing weights trace the frontier. Nothing is said about
    what weight anybody has, or should have.

    Args:
        world: The baseline.
        sender: Economy or group that sets the duties.
        target: Economy or group whose goods bear them.
        weights: Values of ``λ``, not negative.
        by: One rate, or one for each sector; as for ``optimal_tariff``.
        sectors: Sectors that bear the duties.
        scenario: What else changes.
        outcome: Kind of outcome of both.
        **options: As for ``simulate``.

    Returns:
        Table by weight of the mean rate (weighted by baseline imports), change of the sender's and of the
        target's outcome in percent, and whether the slopes vanish there.

    Raises:
        ScenarioError: If a name is not of this world, there is nothing to tax, or a weight is negative.
    """
    import pandas as pd

    weights = _checked(weights)
    board = set_board(
        world, scenario, [sender], by=by, against=target, sectors=sectors, options=options
    )
    other = player_named(world, scenario, target)
    mine, theirs = board.players[0].outcome(outcome), other.outcome(outcome)
    reference = board.simulate(None)
    size = np.array([lever.imports for lever in board.levers])
    rows, point = {}, board.start("in force")
    for weight in sorted(weights):
        goal = {mine: 1.0, theirs: -weight}
        climbs = [climb(board, goal, start, reference) for start in (point, point + _APART)]
        found = max(climbs, key=lambda c: (c.converged, c.value))
        point = found.point
        end = board.simulate(point, start=reference)
        row = {"rate": float(size @ np.expm1(point) / size.sum())}
        for name, wanted in (("sender_pct", mine), ("target_pct", theirs)):
            row[name] = 100 * (value_of(end, wanted) / value_of(reference, wanted) - 1)
        rows[weight] = row | {"converged": found.converged}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("weight")


def _checked(weights: float | Sequence[float]) -> list[float]:
    """Weights of a frontier, one or several, whole ones as they are.

    Raises:
        ScenarioError: If one is no number or negative, or there is none.
    """
    try:
        several: list[float] = np.ravel(np.asarray(weights)).tolist()
        sound = bool(several) and all(0 <= weight < np.inf for weight in several)
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise ScenarioError(
            f"frontier: the weights are {weights!r}; they are finite, not negative, and at least one."
        )
    return several


def rate_table(board: Board, point: Array) -> pd.DataFrame:
    """Rates before and after by lever."""
    import pandas as pd

    columns = {
        "before": [lever.rate for lever in board.levers],
        "best": np.expm1(point),
        "imports_pct": [100 * lever.imports for lever in board.levers],
    }
    index = pd.Index([lever.name for lever in board.levers], name="lever")
    return pd.DataFrame(columns, index=index)


def real_income_change(reference: Result, result: Result) -> pd.Series:
    """Change of every economy's real income from one result to another of the same world, percent."""
    hats = [1 + one.table()["real_income_pct"] / 100 for one in (reference, result)]
    change: pd.Series = 100 * (hats[1] / hats[0] - 1)
    return change.rename("real_income_pct")


def _start_table(climbs: Mapping[str | float, Maximum], base: float) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (start, 100 * float(np.expm1(c.value - base)), c.converged, c.evaluations)
        for start, c in climbs.items()
    ]
    return pd.DataFrame(rows, columns=["start", "gain_pct", "converged", "evaluations"])


__all__ = ["STARTS", "BestTariff", "best_response", "frontier", "optimal_tariff"]
