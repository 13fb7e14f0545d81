"""Worker processes: answers, problems, time limits, and what happens when one dies."""

import asyncio
import json
import os
import signal

import pytest

from tests.app.conftest import toy_scenario
from zollverein.app import workers
from zollverein.app.jobs import Jobs
from zollverein.app.limits import Limits
from zollverein.app.line import Queue
from zollverein.app.problems import Problem
from zollverein.app.workers import Pool

SETTINGS = {"limits": Limits(), "load": ["toy"]}
ASK = {
    "scenario": toy_scenario(),
    "world": "toy",
    "strength": {},
    "focus": None,
    "full": False,
}


def run(body, size=1):
    """Run a coroutine of a pool, and end the pool's processes."""

    async def main():
        pool = Pool(size, SETTINGS)
        try:
            return await body(pool)
        finally:
            pool.close()

    return asyncio.run(main())


def test_a_task_is_answered_and_a_problem_told():
    async def body(pool):
        found = json.loads(await pool.run("simulate", ASK, 60))
        assert {row["code"] for row in found["economies"]} == {"HOM", "PAR", "RST"}
        wrong = ASK | {"scenario": {"measures": [{"kind": "tariff", "exporters": "X", "add": 1}]}}
        with pytest.raises(Problem) as problem:
            await pool.run("simulate", wrong, 60)
        assert (problem.value.status, problem.value.code) == (422, "scenario")
        assert problem.value.places == ["measures[0].exporters"]
        assert json.loads(await pool.run("simulate", ASK, 60)) is not None

    run(body)


def test_what_takes_too_long_is_stopped_and_the_next_one_served():
    async def body(pool):
        await pool.run("simulate", ASK, 60)
        with pytest.raises(Problem) as problem:
            await pool.run("worlds", None, 1e-4)
        assert (problem.value.status, problem.value.code) == (503, "too_long")
        assert "Fix" in problem.value.message
        assert await pool.run("simulate", ASK, 60)

    run(body)


def test_a_worker_that_dies_is_replaced():
    async def body(pool):
        await pool.run("simulate", ASK, 60)
        (worker,) = pool._idle
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.join(10)
        assert await pool.run("simulate", ASK, 60)

    run(body)


def test_where_no_process_starts_the_client_is_told_and_the_place_stays(monkeypatch):
    def none_left(_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    async def body(pool):
        queue = Queue(pool, most=4, seconds=60)
        jobs = Jobs(pool, Limits())
        monkeypatch.setattr(workers, "Worker", none_left)
        for _ in range(2):
            with pytest.raises(Problem) as problem:
                await asyncio.wait_for(queue.ask("simulate", ASK), 60)
            assert (problem.value.status, problem.value.code) == (503, "no_worker")
            assert "temporarily unavailable" in problem.value.message
        job = jobs.find(jobs.start("simulate", ASK, "somebody"))
        assert job.work is not None
        await job.work
        assert job.state == "failed"
        monkeypatch.undo()
        assert await queue.ask("simulate", ASK)

    run(body)


def test_a_task_that_is_stopped_says_so():
    async def body(pool):
        await pool.run("simulate", ASK, 60)
        with pytest.raises(Problem) as problem:
            await pool.run("worlds", None, 60, started=lambda stop: stop())
        assert (problem.value.status, problem.value.code) == (503, "stopped")
        assert await pool.run("simulate", ASK, 60)

    run(body)


def test_cancelling_who_waits_frees_the_worker():
    async def body(pool):
        await pool.run("simulate", ASK, 60)
        waiting = asyncio.create_task(pool.run("worlds", None, 60))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await asyncio.wait_for(pool.run("simulate", ASK, 60), 60)
        assert len(pool._idle) == 1

    run(body)


def test_closing_ends_every_process():
    kept = []

    async def body(pool):
        await asyncio.gather(*(pool.run("simulate", ASK, 60) for _ in range(4)))
        kept.extend(pool._idle)
        assert len(kept) == 2

    run(body, size=2)
    for worker in kept:
        worker._process.join(10)
        assert not worker.alive
