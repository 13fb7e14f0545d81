"""The order in which solves are done: one place in the queue for each token, the newest question in it.

A session that moves a slider asks faster than anybody can answer. Its newest question takes the place
in the queue of the one that it supersedes, so that nobody waits longer because others are quick, and
nobody loses a place by moving on.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from zollverein.app.problems import Problem
from zollverein.app.workers import Pool


def superseded() -> Problem:
    """The answer to a question that a newer one of the same token replaced."""
    return Problem(409, "superseded", "A newer request of the same token replaced this one.")


@dataclass
class _Question:
    task: str
    payload: Any
    answer: asyncio.Future[bytes]


class Queue:
    """Questions that wait for a pool of workers.

    Args:
        pool: The workers.
        most: Questions that may wait.
        seconds: Longest time of one in its worker.
    """

    def __init__(self, pool: Pool, most: int, seconds: float) -> None:
        self._pool, self._most, self._seconds = pool, most, seconds
        self._waiting: OrderedDict[Hashable, _Question] = OrderedDict()
        self._newest: dict[Hashable, _Question] = {}
        self._at_work: set[asyncio.Task[None]] = set()
        self._nameless = itertools.count()

    async def ask(self, task: str, payload: Any, token: str | None = None) -> bytes:
        """Wait for the answer to a question.

        Raises:
            Problem: 409 if a newer question of the token came, 503 if too many wait, else what the
                task says is wrong.
        """
        key: Hashable = next(self._nameless) if token is None else token
        question = _Question(task, payload, asyncio.get_running_loop().create_future())
        if key not in self._waiting and len(self._waiting) >= self._most:
            raise Problem(
                503, "busy", "Too many requests wait already. Fix: ask again in a few seconds."
            )
        before = self._newest.get(key)
        if before is not None and not before.answer.done():
            before.answer.set_exception(superseded())
        self._waiting[key] = self._newest[key] = question
        self._begin()
        try:
            return await question.answer
        finally:
            if self._waiting.get(key) is question:  # the client went away
                del self._waiting[key]
            if self._newest.get(key) is question:
                del self._newest[key]

    def _begin(self) -> None:
        """Put waiting questions to work while there are workers."""
        while self._waiting and len(self._at_work) < self._pool.size:
            _, question = self._waiting.popitem(last=False)
            work = asyncio.get_running_loop().create_task(self._do(question))
            self._at_work.add(work)
            work.add_done_callback(self._done)

    def _done(self, work: asyncio.Task[None]) -> None:
        self._at_work.discard(work)
        self._begin()

    async def _do(self, question: _Question) -> None:
        """Work on a question; an answer that nobody waits for any more is dropped."""
        try:
            found = await self._pool.run(question.task, question.payload, self._seconds)
        except Problem as problem:
            if not question.answer.done():
                question.answer.set_exception(problem)
        else:
            if not question.answer.done():
                question.answer.set_result(found)


class Answers:
    """The last answers, the longest unused forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """The answer, if it is there."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: str, answer: bytes) -> None:
        """Remember an answer."""
        self._kept[key] = answer
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
