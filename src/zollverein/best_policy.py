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

from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.gradients import solved
from zollverein.levers import HIGHEST, LOWEST, Board, player_named, set_board
from zollverein.measures.effects import real_income_hat
from zollverein.models.baseline import Array
from zollverein.outcomes import parse_outcome, read_outcome
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.resolve import Written
from zollverein.solver.ascent import Maximum, maximise
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: On slopes over rough curvature: how far a log rate may be from where its slope is zero.
_TOLERANCE = 1e-6
#: Differences of log real income that solves to the tolerance of levers.py cannot tell apart.
_NOISE = 1e-10
#: Where searches start.
STARTS = ("in force", 0.0, "small")
#: Why prohibition can be best in the model, and the way out.
DEFICITS = (
    "Usual cause: a trade deficit that is fixed in the numeraire is worth more where own prices are high. "
    "Fix: work on the balanced world, with closure='zero'."
)
#: How much higher, in logs, the second start for each point of a frontier is.
_APART = 0.5
#: Step of the differences of slopes.
_STEP = 1e-4


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
            their bounds left out; negative at a maximum.
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
        """Whether slopes vanish and the Hessian is negative definite there."""
        return self.slope <= _TOLERANCE and self.curvature < 0

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
    starts: Sequence[float | str] = STARTS,
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
    reference = board.simulate(None)
    base = log_value(reference, goal)
    climbs = _climbs(board, goal, starts, reference)
    ends = climbs.values()
    best = max((c for c in ends if c.converged), key=lambda c: c.value, default=None)
    if best is None:
        raise NotConverged(
            f"the search for the best tariff of {country} ended with slopes of "
            f"{min(c.residual for c in ends):.1e} log points from every start; it wants {_TOLERANCE:g}. "
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
        curvature=_largest_eigenvalue(board, goal, best.point, result),
        starts=_start_table(climbs, base),
        notes=bound_notes(board, best.point),
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
    weights: Sequence[float] = (0.0, 0.1, 0.3, 1.0, 3.0),
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
        Table by weight: mean rate (weighted by baseline imports), change of the sender's and of the
        target's outcome in percent, and whether the slopes vanish there.

    Raises:
        ScenarioError: If a name is not of this world or there is nothing to tax.
    """
    import pandas as pd

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


def climb(board: Board, goal: Mapping[str, float], start: Array, first: Result) -> Maximum:
    """A local maximum of a weighted sum of logs of outcomes; each solve starts from the last."""
    last = first
    everything = range(len(board.levers))

    def function(point: Array) -> tuple[float, Array] | None:
        nonlocal last
        try:
            result = board.simulate(point, start=last)
        except (NotConverged, NoEquilibrium):
            return None
        last = result
        slopes = [w * board.slopes(result, o, everything) for o, w in goal.items() if w]
        return log_value(result, goal), np.sum(slopes, axis=0)

    return maximise(
        function,
        start,
        curvature=board.curvature,
        low=np.full(start.size, np.log1p(LOWEST)),
        high=np.full(start.size, np.log1p(HIGHEST)),
        tolerance=_TOLERANCE,
        noise=_NOISE,
    )


def hessian(
    board: Board, goal: Mapping[str, float], point: Array, levers: Array, result: Result
) -> Array:
    """Second derivatives ``[lever, lever]`` with respect to some levers, by differences of slopes."""

    def slopes(at: Result) -> Array:
        return np.sum([w * board.slopes(at, o, levers) for o, w in goal.items()], axis=0)

    here, rows = slopes(result), []
    for lever in levers:
        moved = point.copy()
        moved[lever] += _STEP
        rows.append((slopes(board.simulate(moved, start=result)) - here) / _STEP)
    found = np.array(rows).reshape(len(levers), len(levers))
    return (found + found.T) / 2


def scaled_eigenvalue(matrix: Array, curvature: Array) -> float:
    """Largest eigenvalue in units of rough curvature."""
    scale = 1 / np.sqrt(curvature)
    return float(np.linalg.eigvalsh(matrix * scale[:, None] * scale).max(initial=-np.inf))


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
    hats = [real_income_hat(r.before, r.after) for r in (reference, result)]
    change: pd.Series = (100 * (hats[1] / hats[0] - 1)).to_series()
    return change.rename("real_income_pct")


def value_of(result: Result, outcome: str) -> float:
    """An outcome, new over old."""
    return read_outcome(result.before, solved(result), parse_outcome(outcome)).value


def log_value(result: Result, goal: Mapping[str, float]) -> float:
    """Weighted sum of logs of outcomes."""
    return float(sum(w * np.log(value_of(result, outcome)) for outcome, w in goal.items()))


def inside_bounds(point: Array) -> Array:
    """Positions of the levers that are not at a bound."""
    margin = 1e-9
    inside = (point > np.log1p(LOWEST) + margin) & (point < np.log1p(HIGHEST) - margin)
    return np.flatnonzero(inside)


def _largest_eigenvalue(
    board: Board, goal: Mapping[str, float], point: Array, result: Result
) -> float:
    levers = inside_bounds(point)
    return scaled_eigenvalue(hessian(board, goal, point, levers, result), board.curvature[levers])


def _climbs(
    board: Board, goal: Mapping[str, float], starts: Sequence[float | str], reference: Result
) -> dict[str | float, Maximum]:
    """A climb from each start; and from prohibition, where that alone is better than all of them."""
    found: dict[str | float, Maximum] = {
        which: climb(board, goal, board.start(which), reference) for which in starts
    }
    far = np.full(len(board.levers), np.log1p(HIGHEST))
    best = max((c.value for c in found.values() if c.converged), default=-np.inf)
    if value_at(board, goal, far, reference) > best + _NOISE:
        found["prohibitive"] = climb(board, goal, far, reference)
    return found


def value_at(board: Board, goal: Mapping[str, float], point: Array, start: Result) -> float:
    """Weighted sum of logs of outcomes; minus infinity where there is no equilibrium."""
    try:
        return log_value(board.simulate(point, start=start), goal)
    except (NotConverged, NoEquilibrium):
        return -np.inf


def _start_table(climbs: Mapping[str | float, Maximum], base: float) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (start, 100 * float(np.expm1(c.value - base)), c.converged, c.evaluations)
        for start, c in climbs.items()
    ]
    return pd.DataFrame(rows, columns=["start", "gain_pct", "converged", "evaluations"])


def bound_notes(board: Board, point: Array) -> tuple[str, ...]:
    """Names the rates that ended at a bound."""
    bound = sorted(set(range(len(point))) - set(inside_bounds(point).tolist()))
    if not bound:
        return ()
    shown = ", ".join(f"{board.levers[i].player} {board.levers[i].name}" for i in bound[:8])
    more = f" and {len(bound) - 8} more" if len(bound) > 8 else ""
    return (f"At the lowest or highest rate that was allowed: {shown}{more}. {DEFICITS}",)


__all__ = ["STARTS", "BestTariff", "best_response", "frontier", "optimal_tariff"]
