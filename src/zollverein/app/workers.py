"""Processes that do the work: each keeps its worlds, and is replaced if it dies or takes too long.

A worker is given a task by name, sends what it has to say about progress, and ends with the answer as
bytes or with a problem. The caller waits in a thread of its own, so that the server's loop is free.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from zollverein.app.problems import Problem

#: Called with what is done so far and what is planned.
Progress = Callable[[int, int], None]
#: Seconds that a new worker may take to load what it needs.
_START = 120.0
#: One BLAS thread for each worker: its matrices are too small for more, and workers are several.
_ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
#: Parameters of ``mallopt`` in the GNU C library (malloc.h), and the bytes that both are set to.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _KEPT = -1, -3, 1 << 25
#: Workers start afresh, without the locks and threads of the server.
_CONTEXT = multiprocessing.get_context("spawn")


class Worker:
    """One process and the pipe to it."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=work, args=(theirs, settings), daemon=True)
        self._process.start()
        theirs.close()
        self._ready = self._killed = False

    def ask(self, task: str, payload: Any, seconds: float, progress: Progress | None) -> bytes:
        """Send a task and wait; blocks.

        Raises:
            Problem: What the task says is wrong, or that it took too long or its process ended.
        """
        try:
            if not self._ready:
                self._expect(_START)
                self._ready = True
            self._pipe.send((task, payload))
            until = time.monotonic() + seconds
            while True:
                kind, value = self._expect(until - time.monotonic())
                if kind == "progress":
                    if progress is not None:
                        progress(*value)
                elif kind == "problem":
                    raise Problem(*value)
                else:
                    return bytes(value)
        except TimeoutError:
            self.stop()
            raise Problem(
                503,
                "too_long",
                f"This took longer than {seconds:g} seconds and was stopped. Usual cause: a policy near the "
                "point where no equilibrium exists. Fix: a smaller policy, closure = 'zero', trade "
                "elasticities nearer to 4; or run the file with the command line, which has no limit.",
            ) from None
        except (EOFError, OSError, pickle.UnpicklingError):
            self.stop()
            raise Problem(503, "stopped", "The work on this was stopped. Ask again.") from None

    def _expect(self, seconds: float) -> tuple[str, Any]:
        if not self._pipe.poll(max(seconds, 0.0)):
            raise TimeoutError
        kind, value = self._pipe.recv()
        return kind, value

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return not self._killed and self._process.is_alive()

    def kill(self) -> None:
        """End the process at once; whoever waits for it is told by the pipe."""
        self._killed = True
        with contextlib.suppress(OSError, ValueError):
            self._process.kill()

    def stop(self) -> None:
        """End the process and the pipe to it."""
        self.kill()
        with contextlib.suppress(OSError, ValueError):
            self._process.join(5)
        with contextlib.suppress(OSError):
            self._pipe.close()


class Pool:
    """A fixed number of workers; who comes first is served first.

    Args:
        size: Processes.
        settings: What each is told at its start.
        early: Whether they start with the server, not with the first task.
    """

    def __init__(self, size: int, settings: dict[str, Any], *, early: bool = False) -> None:
        self.size, self._settings = size, settings
        self._idle: deque[Worker | None] = deque([None] * size)
        self._free = asyncio.Semaphore(size)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="zollverein-pool")
        self._busy: set[Worker] = set()
        if early:
            self._idle = deque(Worker(settings) for _ in range(size))

    async def run(
        self,
        task: str,
        payload: Any,
        seconds: float,
        progress: Progress | None = None,
        started: Callable[[Callable[[], None]], None] | None = None,
    ) -> bytes:
        """Do a task when a worker is free.

        Args:
            task: Its name in ``tasks.TASKS``.
            payload: What it is about; plain data.
            seconds: Time limit once it has begun.
            progress: Called in the server's loop.
            started: Called when it begins, with a function that stops it.

        Raises:
            Problem: As ``Worker.ask``; or that no process could be started.
        """
        async with self._free:
            worker = self._idle.popleft()
            try:
                if worker is None or not worker.alive:
                    worker = _hired(self._settings)
                return await self._on(worker, task, payload, seconds, progress, started)
            finally:
                self._idle.append(worker)

    async def _on(
        self,
        worker: Worker,
        task: str,
        payload: Any,
        seconds: float,
        progress: Progress | None,
        started: Callable[[Callable[[], None]], None] | None,
    ) -> bytes:
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(progress, done, total)

        self._busy.add(worker)
        if started is not None:
            started(worker.kill)
        future = loop.run_in_executor(self._threads, worker.ask, task, payload, seconds, tell)
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            worker.kill()  # nobody waits for it any more
            raise
        finally:
            self._busy.discard(worker)

    def close(self) -> None:
        """Stop every process."""
        for worker in (*self._idle, *self._busy):
            if worker is not None:
                worker.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)


def _hired(settings: dict[str, Any]) -> Worker:
    """A new worker.

    Raises:
        Problem: If the system starts no process for it.
    """
    try:
        return Worker(settings)
    except OSError as error:
        raise Problem(
            503,
            "no_worker",
            f"No process could be started for this: {error.strerror or error}. Usual cause: the server has "
            "no memory left. Ask again later.",
        ) from None


def work(pipe: Any, settings: dict[str, Any]) -> None:
    """The life of a worker: say that it is ready, then answer tasks until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its workers itself
    if settings.get("nice"):
        with contextlib.suppress(OSError, AttributeError):  # Windows has none
            os.nice(settings["nice"])
    os.environ.update(_ENVIRONMENT)  # before NumPy is there
    _keep_memory()
    from zollverein.app.tasks import Desk

    desk = Desk(settings)
    pipe.send(("ready", None))
    with contextlib.suppress(EOFError, OSError):
        while True:
            task, payload = pipe.recv()
            pipe.send(desk.answer(task, payload, lambda *step: pipe.send(("progress", step))))


def _keep_memory() -> None:
    """Have the allocator keep what is freed: arrays are taken again at once, a third faster.

    Where the C library has no such setting, nothing changes.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        setting = ctypes.CDLL(None).mallopt
        for name in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            setting(name, _KEPT)
