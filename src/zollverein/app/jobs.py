"""Long work: started by one request, followed by others, cancelled by any who knows its name."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from zollverein.app.limits import Limits
from zollverein.app.problems import Problem
from zollverein.app.workers import Pool

#: States of a job that does not change any more.
OVER = ("done", "failed", "cancelled")
#: Seconds after which a stream of events says that it is still there.
_PULSE = 15.0


@dataclass(eq=False)
class Job:
    """One piece of work; ``changed`` is renewed with every change, so that many can wait for it."""

    owner: str
    done: int = 0
    total: int = 0
    state: str = "waiting"
    result: bytes | None = None
    error: dict[str, Any] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    stop: Callable[[], None] | None = None
    work: asyncio.Task[None] | None = None

    def change(self, **new: Any) -> None:
        """Set attributes and tell everybody who waits."""
        for name, value in new.items():
            setattr(self, name, value)
        self.changed.set()
        self.changed = asyncio.Event()

    def told(self) -> bytes:
        """The job as JSON."""
        facts = {"done": self.done, "total": self.total, "state": self.state}
        facts |= {} if self.error is None else self.error
        head = json.dumps(facts, separators=(",", ":"))
        return head[:-1].encode() + b',"result":' + (self.result or b"null") + b"}"


class Jobs:
    """All jobs of the server; finished ones are kept for a while.

    Args:
        pool: The workers that do them.
        limits: How many, and how long.
    """

    def __init__(self, pool: Pool, limits: Limits) -> None:
        self._pool, self._limits = pool, limits
        self._known: OrderedDict[str, Job] = OrderedDict()

    def start(self, task: str, payload: Any, owner: str) -> str:
        """Begin a job and return its name.

        Raises:
            Problem: 429 if the client or all clients have too many jobs that are not over.
        """
        open_jobs = [job for job in self._known.values() if job.state not in OVER]
        own = sum(job.owner == owner for job in open_jobs)
        if own >= self._limits.jobs_per_client or len(open_jobs) >= self._limits.jobs:
            text = "Too many jobs are at work or wait. Fix: wait for one to end, or cancel one."
            raise Problem(429, "too_many_jobs", text)
        name, job = secrets.token_urlsafe(16), Job(owner)
        self._known[name] = job
        job.work = asyncio.get_running_loop().create_task(self._do(job, task, payload))
        self._forget()
        return name

    def find(self, name: str) -> Job:
        """A job by its name.

        Raises:
            Problem: 404 if there is none, or none any more.
        """
        if name not in self._known:
            raise Problem(404, "no_job", "There is no such job, or it ended a while ago.")
        return self._known[name]

    def cancel(self, name: str) -> None:
        """Stop a job; one that is over stays as it is."""
        job = self.find(name)
        if job.state in OVER:
            return
        job.change(state="cancelled")
        if job.stop is not None:
            job.stop()
        elif job.work is not None:
            job.work.cancel()

    async def events(self, name: str) -> AsyncIterator[bytes]:
        """Server-sent events: one for every change, the last with the result."""
        job = self.find(name)
        while True:
            changed, over = job.changed, job.state in OVER
            yield b"event: " + job.state.encode() + b"\ndata: " + job.told() + b"\n\n"
            if over:
                return
            while not changed.is_set():
                try:
                    await asyncio.wait_for(changed.wait(), _PULSE)
                except TimeoutError:
                    yield b": still at work\n\n"

    async def _do(self, job: Job, task: str, payload: Any) -> None:
        def begin(stop: Callable[[], None]) -> None:
            if job.state in OVER:
                stop()
            else:
                job.change(state="running", stop=stop)

        def step(done: int, total: int) -> None:
            if job.state == "running":
                job.change(done=done, total=total)

        try:
            found = await self._pool.run(
                task, payload, self._limits.job_seconds, progress=step, started=begin
            )
        except Problem as problem:
            if job.state not in OVER:
                job.change(state="failed", error=problem.body())
        else:
            if job.state not in OVER:
                job.change(state="done", result=found, done=max(job.done, job.total))
        job.stop = None

    def _forget(self) -> None:
        """Drop the oldest jobs that are over, beyond those that are kept."""
        over = [name for name, job in self._known.items() if job.state in OVER]
        for name in over[: max(0, len(over) - self._limits.jobs_kept)]:
            del self._known[name]
