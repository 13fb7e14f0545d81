"""Duties that several economies choose against each other: Nash, with free trade beside it.

At a Nash equilibrium the slope of every player's log real income with respect to its own rates is
zero (Johnson 1953-54; Ossa 2014 for many sectors). The slopes of all players come from one solve and
one adjoint for each player, so that an iteration over 80 players costs some hundred solves; the common
point is found by Broyden's method from each player's distance to a zero slope. Prohibitive duties of
everybody are an equilibrium too, and of no interest: slopes are judged in proportion to the imports
that are left, so that the search does not take them for one. That the point is a maximum for each
player is checked by the Hessian of its own rates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.best_policy import real_income_change
from zollverein.errors import NotConverged, ScenarioError
from zollverein.levers import HIGHEST, LOWEST, Board, Player, parts_of, set_board, several_starts
from zollverein.models.baseline import Array
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.resolve import Written
from zollverein.solver.broyden import broyden, relaxed
from zollverein.solver.solution import Solution
from zollverein.tariff_search import (
    DEFICITS,
    bound_notes,
    hessian,
    inside_bounds,
    log_value,
    scaled_eigenvalue,
    value_at,
    value_of,
)
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: On the distance of every log rate from a zero slope, as the slope over imports times elasticity says.
TOLERANCE = 1e-6
#: Gains in percent that are none.
_WORTHLESS = 1e-6
_LARGEST_STEP, _MAX_STEPS, _NEAR = 0.3, 60, 0.02


@dataclass(frozen=True, eq=False)
class Nash:
    """Duties from which nobody gains by moving alone.

    Attributes:
        rates: By player and lever: ``before`` (mean rate in force) and ``nash``.
        players: By player: ``nash_pct`` and ``free_pct``, change of its outcome against the reference
            at the Nash equilibrium and with all the duties in question at zero; ``deviation_pct``,
            what it could add by a move of its own: the best small one by slope and Hessian, or to
            prohibition; ``curvature``, largest
            eigenvalue of the Hessian of its own rates within their bounds (negative at a maximum).
        reference: With the rates in force.
        result: The Nash equilibrium.
        free: With zero duties: the cooperative benchmark.
        slope: Largest distance from a zero slope.
        iterations: Of simultaneous moves, all starts together.
        starts: For each start: iterations, slope, and largest distance of its log rates from ``rates``.
        notes: What a reader must know.
    """

    rates: pd.DataFrame
    players: pd.DataFrame
    reference: Result
    result: Result
    free: Result
    slope: float
    iterations: int
    starts: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def is_equilibrium(self) -> bool:
        """Whether slopes vanish, every player is at a maximum, and none gains by prohibition."""
        settled = (self.players["curvature"] < 0) & (self.players["deviation_pct"] <= _WORTHLESS)
        return bool(self.slope <= TOLERANCE and settled.all())

    def table(self) -> pd.DataFrame:
        """Change of every economy's real income against the reference: Nash and free, percent."""
        nash = real_income_change(self.reference, self.result).rename("nash_pct")
        free = real_income_change(self.reference, self.free).rename("free_pct")
        return nash.to_frame().join(free)


def nash(
    world: World,
    players: Sequence[str] | str = "all",
    *,
    by: str = "uniform",
    against: Written = "all",
    sectors: Written = "all",
    scenario: Scenario | Policy | None = None,
    outcome: str = "real_income",
    starts: float | str | Sequence[float | str] = ("in force", "small"),
    progress: Callable[[int, float], None] | None = None,
    **options: Any,
) -> Nash:
    """Duties that are best for each player, given those of the others.

    Args:
        world: The baseline.
        players: Economies, blocs or groups of the scenario; ``"all"`` is every economy for itself.
        by: ``"uniform"``, ``"partner"`` or ``"sector"``; see ``optimal_tariff``.
        against: Exporters whose goods bear the duties; ``"players"`` is the other players.
        sectors: Sectors that bear the duties.
        scenario: What else changes.
        outcome: What each player maximises; see ``Outcome``.
        starts: Where to start from: uniform rates, ``"in force"``, or ``"small"`` (``1/θ``). The first
            gives the result.
        progress: Called with the iteration and the largest distance from a zero slope.
        **options: As for ``simulate``.

    Returns:
        The equilibrium, with free trade beside it.

    Raises:
        ScenarioError: If a name is not of this world or a player has nothing to tax.
        NotConverged: If the slopes do not vanish from one of the starts.
    """
    named = world.countries if isinstance(players, str) and players == "all" else players
    several = [named] if isinstance(named, str) else list(named)
    if not several:
        raise ScenarioError("nash: no player is named. Fix: economies or blocs, or 'all'.")
    everyone = tuple(part for name in several for part in parts_of(world, name))
    foes = everyone if against == "players" else against
    board = set_board(
        world, scenario, several, by=by, against=foes, sectors=sectors, options=options
    )
    starts, reference = several_starts(starts), board.simulate(None)
    game = _Game(board, outcome, reference, progress)
    ends = [game.solve(board.start(which)) for which in starts]
    point = np.clip(ends[0].value, *game.bounds)
    result = board.simulate(point, start=reference)
    free = board.simulate(np.zeros_like(point), start=reference)
    table = game.judged(point, result, free)
    return Nash(
        rates=_rates(board, point),
        players=table,
        reference=reference,
        result=result,
        free=free,
        slope=ends[0].residual,
        iterations=sum(end.steps for end in ends),
        starts=_start_table(ends, starts),
        notes=(*bound_notes(board, point), *_far_notes(table)),
    )


@dataclass(frozen=True, eq=False)
class _Game:
    """The first-order conditions of all players as one system."""

    board: Board
    outcome: str
    reference: Result
    progress: Callable[[int, float], None] | None

    @property
    def bounds(self) -> tuple[float, float]:
        """Of the log of one plus a rate."""
        return float(np.log1p(LOWEST)), float(np.log1p(HIGHEST))

    def solve(self, start: Array) -> Solution:
        """Where every slope vanishes.

        Raises:
            NotConverged: If that is not reached.
        """
        last, count = self.reference, 0

        def step(point: Array) -> tuple[Array, float]:
            nonlocal last, count
            inside = np.clip(point, *self.bounds)
            last = self.board.simulate(inside, start=last)
            moved = np.clip(inside + self.slopes(last) / self.board.steepness(last), *self.bounds)
            residual, count = float(np.abs(moved - inside).max()), count + 1
            if self.progress is not None:
                self.progress(count, residual)
            return moved - point, residual

        keys: dict[str, Any] = {"largest_step": _LARGEST_STEP, "max_steps": _MAX_STEPS}
        found = broyden(step, start, tolerance=TOLERANCE, **keys)
        if not found.converged:  # uphill only, to where the method cannot be led astray
            near = relaxed(step, start, tolerance=_NEAR, **keys)
            found = broyden(step, near.value, tolerance=TOLERANCE, **keys)
        if not found.converged:
            raise NotConverged(
                f"the tariff game of {len(self.board.players)} players was left {found.residual:.1e} "
                f"log points from a zero slope after {found.steps} iterations. Usual cause: a player "
                "whose duties hardly matter, or rates that run to prohibition. Fix: fewer sectors, "
                "by='uniform', or other starts."
            )
        return found

    def slopes(self, result: Result) -> Array:
        """Slope of each lever's owner's log outcome."""
        found = np.zeros(len(self.board.levers))
        for player in self.board.players:
            own = self.board.of(player.name)
            found[own] = self.board.slopes(result, player.outcome(self.outcome), own)
        return found

    def judged(self, point: Array, result: Result, free: Result) -> pd.DataFrame:
        """Gains, second-order check and what is left to gain, by player."""
        import pandas as pd

        rows = {}
        for player in self.board.players:
            goal = player.outcome(self.outcome)
            curvature, near = self._near(player, point, result)
            levels = [value_of(r, goal) for r in (self.reference, result, free)]
            rows[player.name] = {
                "nash_pct": 100 * (levels[1] / levels[0] - 1),
                "free_pct": 100 * (levels[2] / levels[0] - 1),
                "deviation_pct": max(near, self._far(player, point, result)),
                "curvature": curvature,
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("player")

    def _near(self, player: Player, point: Array, result: Result) -> tuple[float, float]:
        """Largest eigenvalue of the Hessian of the own rates, and what the best small move adds."""
        goal, own = player.outcome(self.outcome), self.board.of(player.name)
        own = own[np.isin(own, inside_bounds(point))]
        matrix = hessian(self.board, {goal: 1.0}, point, own, result)
        slope = self.board.slopes(result, goal, own)
        gain = 50 * float(slope @ np.linalg.lstsq(-matrix, slope, rcond=None)[0])
        return scaled_eigenvalue(matrix, self.board.curvature[own]), gain

    def _far(self, player: Player, point: Array, result: Result) -> float:
        """What the player would gain by prohibiting its imports, percent; less than 0 if it loses."""
        goal = {player.outcome(self.outcome): 1.0}
        moved = point.copy()
        moved[self.board.of(player.name)] = self.bounds[1]
        gain = value_at(self.board, goal, moved, result) - log_value(result, goal)
        return 100 * float(np.expm1(gain))


def _far_notes(players: pd.DataFrame) -> tuple[str, ...]:
    """Names the players who would rather prohibit their imports."""
    gains = players["deviation_pct"]
    restless = [f"{who} (+{gains[who]:.2g} %)" for who in gains.index[gains > _WORTHLESS]]
    if not restless:
        return ()
    return (f"These would gain by prohibiting their imports: {', '.join(restless)}. {DEFICITS}",)


def _rates(board: Board, point: Array) -> pd.DataFrame:
    import pandas as pd

    names = [(lever.player, lever.name) for lever in board.levers]
    index = pd.MultiIndex.from_tuples(names, names=["player", "lever"])
    columns = {"before": [lever.rate for lever in board.levers], "nash": np.expm1(point)}
    return pd.DataFrame(columns, index=index)


def _start_table(ends: Sequence[Solution], starts: Sequence[float | str]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (start, end.steps, end.residual, float(np.abs(end.value - ends[0].value).max()))
        for start, end in zip(starts, ends, strict=True)
    ]
    return pd.DataFrame(rows, columns=["start", "iterations", "slope", "distance"])
