"""The queue and the jobs with a pool that does what the test says: order, superseding, cancelling."""

import asyncio
import json

import pytest

from zollverein.app.jobs import Jobs
from zollverein.app.limits import Limits
from zollverein.app.line import Answers, Queue
from zollverein.app.problems import Problem
from zollverein.app.workers import Pool


class Told(Pool):
    """A pool whose tasks end when the test says so."""

    def __init__(self, size=1):
        self.size = size
        self.begun = []
        self.ends = {}
        self.killed = []
        self.steps = {}

    async def run(self, task, payload, seconds, progress=None, started=None):
        assert task
        assert seconds > 0
        self.begun.append(payload)
        self.steps[payload] = progress
        end = self.ends[payload] = asyncio.get_running_loop().create_future()

        def kill():
            self.killed.append(payload)
            end.set_exception(Problem(503, "stopped", "The work on this was stopped."))

        if started is not None:
            started(kill)
        return await end


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def asked(queue, *questions):
    """Tasks for questions asked one after the other."""
    tasks = []
    for payload, token in questions:
        tasks.append(asyncio.create_task(queue.ask("simulate", payload, token)))
        await settle()
    return tasks


async def finish(pool, payload):
    pool.ends[payload].set_result(str(payload).encode())
    await settle()


def code_of(task):
    error = task.exception()
    assert isinstance(error, Problem)
    return error.status, error.code


def test_a_newer_question_takes_the_place_of_one_that_waits():
    async def main():
        pool = Told()
        queue = Queue(pool, 10, 1)
        first, old, other, new = await asked(
            queue, ("x", None), ("a1", "a"), ("b", "b"), ("a2", "a")
        )
        assert code_of(old) == (409, "superseded")
        for payload in ("x", "a2", "b"):
            await finish(pool, payload)
        assert pool.begun == ["x", "a2", "b"], "a session that moves on keeps its place"
        assert [await task for task in (first, new, other)] == [b"x", b"a2", b"b"]

    asyncio.run(main())


def test_the_answer_to_a_superseded_question_at_work_is_dropped():
    async def main():
        pool = Told()
        queue = Queue(pool, 10, 1)
        old, new = await asked(queue, ("a1", "a"), ("a2", "a"))
        assert code_of(old) == (409, "superseded")
        assert not new.done()
        await finish(pool, "a1")
        assert not new.done(), "an answer is never given to another question"
        await finish(pool, "a2")
        assert await new == b"a2"

    asyncio.run(main())


def test_questions_without_a_token_do_not_supersede_each_other():
    async def main():
        pool = Told(2)
        queue = Queue(pool, 10, 1)
        tasks = await asked(queue, *((k, None) for k in range(5)))
        assert pool.begun == [0, 1], "no more at work than there are workers"
        for k in range(5):
            await finish(pool, k)
        assert [await task for task in tasks] == [b"0", b"1", b"2", b"3", b"4"]

    asyncio.run(main())


def test_a_full_queue_says_so_but_a_newer_question_of_one_that_waits_gets_in():
    async def main():
        pool = Told()
        queue = Queue(pool, 2, 1)
        tasks = await asked(queue, ("x", None), ("a1", "a"), ("b", "b"), ("c", "c"), ("a2", "a"))
        assert code_of(tasks[3]) == (503, "busy")
        assert code_of(tasks[1]) == (409, "superseded")
        for payload in ("x", "a2", "b"):
            await finish(pool, payload)
        assert await tasks[4] == b"a2"

    asyncio.run(main())


def test_a_client_that_goes_away_leaves_the_queue():
    async def main():
        pool = Told()
        queue = Queue(pool, 10, 1)
        _, gone, last = await asked(queue, ("x", None), ("a", "a"), ("b", "b"))
        gone.cancel()
        await settle()
        await finish(pool, "x")
        await finish(pool, "b")
        assert pool.begun == ["x", "b"]
        assert await last == b"b"

    asyncio.run(main())


def test_an_error_is_told_to_who_asked_and_to_nobody_else():
    async def main():
        pool = Told()
        queue = Queue(pool, 10, 1)
        bad, good = await asked(queue, ("a", "a"), ("b", "b"))
        pool.ends["a"].set_exception(Problem(422, "scenario", "no"))
        await settle()
        await finish(pool, "b")
        assert code_of(bad) == (422, "scenario")
        assert await good == b"b"

    asyncio.run(main())


def test_the_longest_unused_answer_is_forgotten():
    answers = Answers(2)
    answers.keep("a", b"1")
    answers.keep("b", b"2")
    assert answers.get("a") == b"1"
    answers.keep("c", b"3")
    assert [answers.get(key) for key in "abc"] == [b"1", None, b"3"]


def read(job):
    return json.loads(job.told())


def test_a_job_says_how_far_it_is_and_what_came_out():
    async def main():
        pool = Told()
        jobs = Jobs(pool, Limits())
        name = jobs.start("attribute", "p", "me")
        heard = []

        async def listen():
            heard.extend([event async for event in jobs.events(name)])

        listening = asyncio.create_task(listen())
        await settle()
        for done in (1, 2):
            pool.steps["p"](done, 4)
            await settle()
        assert read(jobs.find(name)) == {"done": 2, "total": 4, "state": "running", "result": None}
        pool.ends["p"].set_result(b'{"x":1}')
        await listening
        assert read(jobs.find(name)) == {"done": 4, "total": 4, "state": "done", "result": {"x": 1}}
        names = [event.split(b"\n")[0] for event in heard]
        assert names[-1] == b"event: done"
        assert names.count(b"event: running") >= 2
        assert all(event.endswith(b"\n\n") for event in heard)
        datas = [json.loads(event.split(b"\n")[1].removeprefix(b"data: ")) for event in heard]
        assert datas[-1]["result"] == {"x": 1}

    asyncio.run(main())


@pytest.mark.parametrize("begun", [True, False])
def test_a_cancelled_job_stops_its_worker_and_stays_cancelled(begun):
    async def main():
        pool = Told()
        jobs = Jobs(pool, Limits())
        name = jobs.start("attribute", "p", "me")
        if begun:
            await settle()
        jobs.cancel(name)
        await settle()
        assert pool.killed == (["p"] if begun else [])
        assert read(jobs.find(name))["state"] == "cancelled"
        jobs.cancel(name)  # again: nothing happens
        assert [event async for event in jobs.events(name)] != []

    asyncio.run(main())


def test_a_job_that_fails_says_why():
    async def main():
        pool = Told()
        jobs = Jobs(pool, Limits())
        name = jobs.start("attribute", "p", "me")
        await settle()
        pool.ends["p"].set_exception(Problem(422, "scenario", "no such country"))
        await settle()
        told = read(jobs.find(name))
        assert told["state"] == "failed"
        assert told["error"]["message"] == "no such country"

    asyncio.run(main())


def test_jobs_are_counted_by_client_and_old_ones_forgotten():
    async def main():
        pool = Told(9)
        jobs = Jobs(pool, Limits(jobs=3, jobs_per_client=2, jobs_kept=1))
        first, _ = jobs.start("t", 1, "me"), jobs.start("t", 2, "me")
        with pytest.raises(Problem) as refusal:
            jobs.start("t", 3, "me")
        assert (refusal.value.status, refusal.value.code) == (429, "too_many_jobs")
        jobs.start("t", 4, "you")
        with pytest.raises(Problem):
            jobs.start("t", 5, "she")
        await settle()
        for payload in (1, 2):
            pool.ends[payload].set_result(b"null")
        await settle()
        jobs.start("t", 6, "me")
        with pytest.raises(Problem) as refusal:
            jobs.find(first)
        assert refusal.value.status == 404
        for end in pool.ends.values():
            end.cancel()

    asyncio.run(main())
