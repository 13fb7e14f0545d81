"""``ensemble``: one scenario through several models, closures, horizons and elasticities.

A number without its model, closure and elasticities says little; an ensemble says how far it
moves, and which switch moves it by how much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from zollverein.choices import HORIZONS, MODELS, choose_parameters
from zollverein.elasticities import elasticity_sets
from zollverein.elasticities import trade_elasticity as elasticity_of
from zollverein.ensemble.answer import Array, Ensemble, Run, alone, between, extremes
from zollverein.errors import DataError, ScenarioError, ZollvereinError
from zollverein.models.problem import CLOSURES
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.readings import parse_outcomes, read_result
from zollverein.result import Result
from zollverein.simulation import simulate
from zollverein.workers import in_order

if TYPE_CHECKING:
    from zollverein.world import World

#: Keyword of ``simulate`` behind each switch, and its usual levels. Armington has the equations of
#: Caliendo and Parro, and the results would be the same.
_SWITCHES: dict[str, tuple[str, ...]] = {
    "model": tuple(name for name in MODELS if name != "armington"),
    "closure": CLOSURES,
    "horizon": tuple(HORIZONS),
    "trade_elasticity": tuple(elasticity_sets()),
}
#: Model by which trade balances are removed.
_BASE_MODEL = "caliendo_parro"


@dataclass(frozen=True, eq=False)
class _Job:
    """What every run shares."""

    world: World
    scenario: Any
    outcomes: tuple[Outcome, ...]
    options: dict[str, Any]


def ensemble(
    world: World,
    scenario: Any,
    outcomes: str | Outcome | Sequence[str | Outcome],
    *,
    models: Sequence[str] | None = None,
    closures: Sequence[str] | None = None,
    horizons: Sequence[str] | None = None,
    elasticities: Sequence[str | float] | None = None,
    grid: str = "one_at_a_time",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Ensemble:
    """Solve a scenario under several models, closures, horizons and sets of elasticities.

    Args:
        world: The baseline.
        scenario: A Scenario or Policy; its own choices are the reference of every comparison.
        outcomes: Such as ``"real_income RUS"``; one or several.
        models: ``"caliendo_parro"``, ``"ces"``, ``"krugman"``; all if omitted, none if empty.
        closures: Rules for the trade balance; all four if omitted.
        horizons: ``"short"``, ``"medium"``, ``"long"``; all if omitted.
        elasticities: Names of published sets, or numbers; if omitted, all sets that know the world's
            sectors.
        grid: ``"one_at_a_time"``: each level of each switch alone; or ``"full"``: all combinations.
        workers: Processes; the number of processors if omitted, 1 for this process alone.
        progress: Called with the runs done so far and those planned, after each.
        **options: As for ``simulate``, the same in every run.

    With closure ``"zero"`` the scenario is applied to the world from which the base model has removed the
    trade balances, so that the effect is the scenario's and not that of removing them.

    Returns:
        Outcomes by run, and why they differ. A run without an equilibrium is listed with no number.

    Raises:
        ScenarioError: If a name is not known.
        DataError: If a set that is named has no elasticities for the world's sectors.
        ZollvereinError: If the scenario's own choices have no equilibrium.
    """
    if grid not in ("one_at_a_time", "full"):
        raise ScenarioError(f"grid '{grid}' is not known. Choices: one_at_a_time, full.")
    job = _Job(world, scenario, parse_outcomes(world, outcomes, scenario), options)
    own = _result(job, {})
    wanted = dict(zip(_SWITCHES, (models, closures, horizons, elasticities), strict=True))
    choices = {name: _levels(own.parameters, name, levels) for name, levels in wanted.items()}
    sizes = [len(levels) for levels in choices.values()]
    listed = tuple(product(*map(range, sizes))) if grid == "full" else tuple(alone(sizes))
    values: dict[Run, Array] = {listed[0]: read_result(own, job.outcomes)}
    failed: dict[Run, str] = {}
    switches = {name: tuple(label for label, _ in levels) for name, levels in choices.items()}
    solver = _Solver(job, choices, workers, progress)
    solver.solve(listed[1:], values, failed)
    for outcome in range(len(job.outcomes)):
        ends = extremes(switches, values, listed, outcome)
        solver.solve({r for run in ends for r in between(run).values()}, values, failed)
    return Ensemble(job.outcomes, switches, values, failed, listed)


class _Solver:
    """Solves runs that are not yet solved."""

    def __init__(
        self,
        job: _Job,
        choices: dict[str, list[tuple[str, Any]]],
        workers: int | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._job, self._choices, self._workers = job, choices, workers
        self._progress, self._done, self._planned = progress, 0, 0

    def solve(self, runs: Iterable[Run], values: dict[Run, Array], failed: dict[Run, str]) -> None:
        """Add what the runs give to ``values`` or ``failed``."""
        new = sorted(run for run in runs if run not in values and run not in failed)
        self._planned += len(new)
        tasks = [self._keys(run) for run in new]
        found = in_order(_solve, self._job, tasks, workers=self._workers, chunk=1)
        for run, value in zip(new, found, strict=True):
            if isinstance(value, str):
                failed[run] = value
            else:
                values[run] = value
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, self._planned)

    def _keys(self, run: Run) -> dict[str, Any]:
        """Keywords of ``simulate``: only what differs from the scenario's own choices."""
        return {
            name: levels[k][1]
            for (name, levels), k in zip(self._choices.items(), run, strict=True)
            if k
        }


def _solve(job: _Job, keys: dict[str, Any]) -> Array | str:
    """Values of the outcomes ``[outcome]``, or why there is no equilibrium."""
    try:
        return read_result(_result(job, keys), job.outcomes)
    except ZollvereinError as error:
        return str(error)


def _result(job: _Job, keys: dict[str, Any]) -> Result:
    """The scenario under some choices.

    Where the closure removes trade balances, it is applied to the world without them (by the base
    model, so that every model starts from one world), and the effect is the scenario's alone.
    """
    chosen = {**job.options, **keys}
    closure = chosen.get("closure") or getattr(job.scenario, "closure", None)
    world = job.world
    if closure == "zero":
        theta = chosen.get("trade_elasticity")
        theta = getattr(job.scenario, "trade_elasticity", None) if theta is None else theta
        neutral = Policy.neutral(world)
        world = simulate(
            world, neutral, model=_BASE_MODEL, closure="zero", trade_elasticity=theta
        ).after
    return simulate(world, job.scenario, **chosen)


def check_levels(world: World, scenario: Any, wanted: Sequence[Any] | None) -> None:
    """Refuse elasticities that are not known, before anything is solved.

    Raises:
        ScenarioError: If a name is not that of a set.
    """
    _levels(choose_parameters(world, scenario), "trade_elasticity", wanted)


def _levels(own: Parameters, switch: str, wanted: Sequence[Any] | None) -> list[tuple[str, Any]]:
    """Names and values of a switch's levels, the scenario's own first.

    Raises:
        ScenarioError: If a name is not known.
    """
    given = _SWITCHES[switch] if wanted is None else wanted
    drawn = switch == "trade_elasticity"
    label = own.elasticity_name.split(" (")[0] if drawn else str(getattr(own, switch))
    for level in given:
        if isinstance(level, str) and level not in _SWITCHES[switch] and level != label:
            choices = ", ".join(_SWITCHES[switch])
            raise ScenarioError(f"ensemble: '{level}' is no {switch}. Choices: {choices}.")
    if drawn:
        given = _that_fit(own, given, asked=wanted is not None)
    return [(label, None), *((str(level), level) for level in given if str(level) != label)]


def _that_fit(own: Parameters, sets: Sequence[Any], *, asked: bool) -> list[Any]:
    """The sets that have elasticities for the world's sectors.

    Raises:
        DataError: If one that was asked for has not.
    """
    sectors, fitting = list(own.trade_elasticity.indexes["sector"]), []
    for choice in sets:
        try:
            elasticity_of(sectors, choice)
        except DataError:
            if asked:
                raise
            continue
        fitting.append(choice)
    return fitting
