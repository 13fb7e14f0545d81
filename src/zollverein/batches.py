"""Many simulations of one world: all processors, constant memory, results in order as they come.

Parallel over scenarios, never inside a solve: each worker process solves with one BLAS thread
(SOLVER notes in docs/engine.md). The world is sent to each worker once.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import xarray as xr

from zollverein.errors import LabelError, ZollvereinError
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.simulation import simulate
from zollverein.world import World

T = TypeVar("T")

#: Tasks sent to a worker at a time, and chunks in flight for each worker.
_CHUNK, _AHEAD = 8, 3
#: Of a worker: one BLAS thread, and memory that is freed and taken again without the kernel.
_ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ENVIRONMENT |= {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "4294967296"}


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
    index: int
    scenario: Any  # None: the policy that all tasks share
    options: dict[str, Any]


class _Job(NamedTuple, Generic[T]):
    """What every worker knows."""

    world: World
    measure: Callable[[Result], T] | None
    policy: Policy | None = None  # of the one scenario that every draw shares
    start: Result | None = None  # where every draw starts, so that their order does not matter


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
        ZollvereinError: The first failure, with its position, unless ``on_error="keep"``.
    """
    options["engine"] = engine
    policy, tasks = _tasks(world, scenarios, trade_elasticity, options)
    start = None if policy is None else _middle(world, policy, trade_elasticity, options)
    job: _Job[Any] = _Job(world, measure, policy, start)
    count = _processors() if workers is None else workers
    outcomes = _serial(job, tasks) if count == 1 else _parallel(job, tasks, count)
    for done, outcome in enumerate(outcomes, start=1):
        if isinstance(outcome, Failure) and on_error != "keep":
            raise type(outcome.error)(f"simulation {outcome.index}: {outcome.error}")
        if progress is not None:
            progress(done)
        yield outcome


def _tasks(
    world: World, scenarios: Any, elasticity: Any, options: dict[str, Any]
) -> tuple[Policy | None, Iterator[_Task]]:
    """One task for each scenario or draw, and the policy that draws share."""
    drawn = isinstance(elasticity, xr.DataArray) and "draw" in elasticity.dims
    single = hasattr(scenarios, "policy") or isinstance(scenarios, Policy)
    if not drawn:
        several = [scenarios] if single else scenarios
        keys = {**options, "trade_elasticity": elasticity}
        return None, (_Task(index, scenario, keys) for index, scenario in enumerate(several))
    if not single:
        raise LabelError("give one scenario with draws [draw, sector], or scenarios without draws.")
    if not isinstance(scenarios, Policy):
        chosen = {key: getattr(scenarios, key) for key in ("model", "closure")}
        options = {**chosen, **options}
        scenarios = scenarios.policy(world)
    draws = (elasticity.isel(draw=k, drop=True) for k in range(elasticity.sizes["draw"]))
    return scenarios, (
        _Task(index, None, {**options, "trade_elasticity": draw})
        for index, draw in enumerate(draws)
    )


def _middle(world: World, policy: Policy, draws: Any, options: dict[str, Any]) -> Result | None:
    """The result at the geometric mean of the draws; None if there is no equilibrium there."""
    mean = np.exp(np.log(draws).mean("draw"))
    try:
        return simulate(world, policy, trade_elasticity=mean, **options)
    except ZollvereinError:
        return None  # each draw will say for itself what is wrong


def _serial(job: _Job[T], tasks: Iterable[_Task]) -> Iterator[Any]:
    for task in tasks:
        yield _solve(job, task)


def _parallel(job: _Job[T], tasks: Iterator[_Task], workers: int) -> Iterator[Any]:
    """Keep a few chunks in flight for each worker; yield in order."""
    from loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(workers, initializer=_start, initargs=(job,), env=_ENVIRONMENT)
    waiting: deque[Any] = deque()
    try:
        for chunk in _chunks(tasks, _CHUNK):
            waiting.append(pool.submit(_solve_chunk, chunk))
            if len(waiting) >= workers * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, kill_workers=bool(waiting))


def _chunks(tasks: Iterator[_Task], size: int) -> Iterator[list[_Task]]:
    chunk: list[_Task] = []
    for task in tasks:
        chunk.append(task)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


#: The job of this worker process, set once by the pool.
_WORKER: dict[str, _Job[Any]] = {}


def _start(job: _Job[Any]) -> None:
    _WORKER["job"] = job


def _solve_chunk(chunk: list[_Task]) -> list[Any]:
    return [_solve(_WORKER["job"], task) for task in chunk]


def _solve(job: _Job[T], task: _Task) -> Any:
    """Simulate one; a deliberate error becomes a Failure, anything else is a defect and is raised."""
    scenario: Any = job.policy if task.scenario is None else task.scenario
    try:
        result = simulate(job.world, scenario, start=job.start, **task.options)
    except ZollvereinError as error:
        return Failure(task.index, error)
    return result if job.measure is None else job.measure(result)


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
