"""Many simulations of one world: all processors, constant memory, results in order as they come.

Parallel over scenarios, never inside a solve: each worker process solves with one BLAS thread
(SOLVER notes in docs/engine.md). The world is sent to each worker once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar, cast

import numpy as np
import xarray as xr

from zollverein.choices import check_scenario, choose_parameters, chosen_by
from zollverein.elasticities import trade_elasticity as elasticity_of
from zollverein.errors import LabelError, ScenarioError, ZollvereinError
from zollverein.models.aggregates import Aggregates
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.simulation import responses_of, simulate, simulate_chosen, solve_policy
from zollverein.workers import in_order
from zollverein.world import World

T = TypeVar("T")
#: Simulations from which on a batch is long, and of how many the responses are found for all.
_LONG, _EXAMPLES = 64, 4
#: Options of ``simulate`` that are no choice of parameters.
_HOW = ("engine", "start", "strength")


@dataclass(frozen=True)
class Failure:
    """A simulation of a batch that has no result.

    Attributes:
        index: Its position in the batch.
        error: Why.
    """

    index: int
    error: ZollvereinError


@dataclass(frozen=True)
class _Task:
    """One simulation: of a scenario, or of the job's policy under one draw of the elasticities."""

    index: int
    scenario: Any
    options: dict[str, Any]
    draw: np.ndarray | None = None


class _Job(NamedTuple, Generic[T]):
    """What every worker knows.

    Draws share the policy, the parameters but for the elasticities, and the state they start from, so
    that their order does not matter. Scenarios that choose nothing themselves share the parameters.
    """

    world: World
    measure: Callable[[Result], T] | None
    engine: str = "auto"
    policy: Policy | None = None
    parameters: Parameters | None = None
    start: Result | None = None
    like: tuple[Aggregates, ...] = ()


def simulate_many(
    world: World,
    scenarios: Any,
    *,
    measure: Callable[[Result], Any] | None = None,
    trade_elasticity: Any = None,
    workers: int | None = None,
    engine: str = "auto",
    on_error: str = "raise",
    progress: Callable[[int], None] | None = None,
    **options: Any,
) -> Iterator[Any]:
    """Simulate many scenarios, or one under many draws of the elasticities.

    Args:
        world: The baseline.
        scenarios: Scenarios or Policies, or a single one for every draw.
        measure: Applied to each result in the worker; what it returns is yielded in place of the
            result. Prefer it to passing results about: a number is cheaper than a world.
        trade_elasticity: As for ``simulate``; or an array ``[draw, sector]`` whose draws are
            solved one by one.
        workers: Processes; the number of processors if omitted, 1 for this process alone.
        engine: ``"numpy"``, ``"fast"`` (compiled, needs the extra) or ``"auto"``.
        on_error: ``"raise"``, or ``"keep"`` to yield a ``Failure`` in the place of the result.
        progress: Called with the number done so far, after each.
        **options: As for ``simulate``.

    Yields:
        Results, measures or failures, in the order of the scenarios whatever order they finish in.

    Raises:
        ScenarioError: If ``on_error`` is not one of the two.
        ZollvereinError: The first failure, with its position, unless ``on_error="keep"``.
    """
    if on_error not in ("raise", "keep"):
        raise ScenarioError(f"on_error '{on_error}' is not known. Choices: raise, keep.")
    options["engine"] = engine
    drawn = isinstance(trade_elasticity, xr.DataArray) and "draw" in trade_elasticity.dims
    job: _Job[Any] = _Job(world, measure, engine)
    if drawn:
        job, tasks = _draws(job, scenarios, trade_elasticity, options)
    else:
        options["trade_elasticity"] = trade_elasticity
        job, tasks = _scenarios(job, scenarios, options)
    for done, outcome in enumerate(in_order(_solve, job, tasks, workers=workers), start=1):
        if isinstance(outcome, Failure) and on_error != "keep":
            raise type(outcome.error)(f"simulation {outcome.index}: {outcome.error}")
        if progress is not None:
            progress(done)
        yield outcome


def _common(world: World, options: dict[str, Any]) -> Parameters | None:
    """The parameters where a scenario chooses nothing; None if only its own choices could fit."""
    chosen = {key: value for key, value in options.items() if key not in _HOW}
    try:
        return choose_parameters(world, None, **chosen)
    except ZollvereinError:
        return None


def _scenarios(
    job: _Job[T], scenarios: Any, options: dict[str, Any]
) -> tuple[_Job[T], Iterator[_Task]]:
    """One task for each scenario."""
    several = [scenarios] if _is_single(scenarios) else scenarios
    job = job._replace(parameters=_common(job.world, options))
    if job.parameters is not None and _alike(several):
        policies = [Policy.neutral(job.world), *_examples(job.world, several)]
        job = job._replace(like=responses_of(job.world, policies, job.parameters))
    return job, (_Task(index, scenario, options) for index, scenario in enumerate(several))


def _alike(several: Any) -> bool:
    """Whether more than one scenario chooses nothing itself; a generator is taken to have many."""
    if not isinstance(several, Sequence):
        return True
    return sum(not chosen_by(scenario) for scenario in several) > 1


def _examples(world: World, several: Any) -> list[Policy]:
    """A few policies of a long batch, whose responses others may share."""
    if not isinstance(several, Sequence) or len(several) < _LONG:
        return []
    part = len(several) // (2 * _EXAMPLES)
    policies = (_policy_of(world, several[(2 * k + 1) * part]) for k in range(_EXAMPLES))
    return [policy for policy in policies if policy is not None]


def _policy_of(world: World, scenario: Any) -> Policy | None:
    """The policy of a scenario that chooses nothing itself; None if something is wrong with it."""
    try:
        if isinstance(scenario, Policy):
            scenario.check_fits(world)
            return scenario
        check_scenario(scenario, needed=True)
        if chosen_by(scenario) or scenario.baseline(world) is not world:
            return None
        return cast("Policy", scenario.policy(world))
    except (ZollvereinError, TypeError):
        return None  # its simulation will say what


def _is_single(scenarios: Any) -> bool:
    return hasattr(scenarios, "policy") or isinstance(scenarios, Policy)


def _draws(
    job: _Job[T], scenario: Any, draws: xr.DataArray, options: dict[str, Any]
) -> tuple[_Job[T], Iterator[_Task]]:
    """One task for each draw: its numbers in the order of the world's sectors, and no labels.

    Raises:
        LabelError: If there are several scenarios, or the sectors of the draws are not the world's.
    """
    if not _is_single(scenario):
        raise LabelError("give one scenario with draws [draw, sector], or scenarios without draws.")
    world, draws = job.world, draws.astype(float)
    positive = draws.where(draws > 0, 1.0)
    logs = positive.copy(data=np.log(positive.values)).mean("draw")
    mean = logs.copy(data=np.exp(logs.values))
    choices = dict(options)
    engine = choices.pop("engine")
    parameters = choose_parameters(world, scenario, trade_elasticity=mean, **choices)
    if not isinstance(scenario, Policy):
        world = scenario.baseline(world)
    policy = scenario if isinstance(scenario, Policy) else scenario.policy(world)
    policy.check_fits(world)
    try:
        start = solve_policy(world, policy, parameters, engine=engine)
    except ZollvereinError:
        start = None  # each draw will say for itself what is wrong
    rows = draws.sel(sector=list(world.sectors)).transpose("draw", "sector").values
    job = job._replace(world=world, policy=policy, parameters=parameters, start=start)
    return job, (_Task(index, None, {}, row) for index, row in enumerate(rows))


def _solve(job: _Job[T], task: _Task) -> Any:
    """Simulate one; a deliberate error becomes a Failure, anything else is a defect and is raised."""
    try:
        if task.draw is not None:
            result = _solve_draw(job, task.draw)
        elif job.parameters is not None and not chosen_by(task.scenario):
            how = {key: value for key, value in task.options.items() if key in _HOW}
            result = simulate_chosen(job.world, task.scenario, job.parameters, like=job.like, **how)
        else:
            result = simulate(job.world, task.scenario, **task.options)
    except ZollvereinError as error:
        return Failure(task.index, error)
    return result if job.measure is None else job.measure(result)


def _solve_draw(job: _Job[T], draw: np.ndarray) -> Result:
    """The job's policy under one draw; labels and choices were checked for all draws at once.

    Raises:
        DataError: If a number of the draw is not positive.
    """
    if job.policy is None or job.parameters is None:
        raise TypeError("a job of draws has a policy and parameters")
    elasticity = job.parameters.trade_elasticity
    if not (np.isfinite(draw).all() and (draw > 0).all()):
        elasticity_of(job.world.sectors, draw.tolist())  # says which number is wrong
    parameters = replace(job.parameters, trade_elasticity=elasticity.copy(data=draw))
    return solve_policy(
        job.world,
        job.policy,
        parameters,
        engine=job.engine,
        start=job.start,
    )
