"""One function over many tasks: this process, several processes, or a Dask cluster.

What all tasks share is sent to each worker once. Results come in the order of the tasks, with a few
chunks of tasks in flight for each worker, so that memory stays bounded however many there are.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from zollverein.counts import is_whole
from zollverein.errors import DataError, MissingExtra

if TYPE_CHECKING:
    from concurrent.futures import Future

#: Tasks sent to a worker at a time, and chunks in flight for each worker.
_CHUNK, _AHEAD = 8, 3
#: Seconds after which a batch has proved long enough for worker processes.
_ALONE = 0.3
#: How often a chunk is sent again after the cluster has lost what it needs.
_ATTEMPTS = 5
#: Seconds to wait for a scheduler.
_PATIENCE = 20
#: Of a worker: one BLAS thread, and memory that is freed and taken again without the kernel.
_ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ENVIRONMENT |= {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "4294967296"}


def in_order(
    function: Callable[[Any, Any], Any],
    shared: Any,
    tasks: Iterable[Any],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    chunk: int = _CHUNK,
) -> Iterator[Any]:
    """Yield ``function(shared, task)`` for each task, in order, wherever it is computed.

    Args:
        function: A function of a module, so that other processes can find it.
        shared: What every task needs; sent to each worker once.
        tasks: Small values, read as they are needed.
        workers: Processes; the number of processors if omitted, 1 for this process alone.
        cluster: Address of a Dask scheduler, such as ``tcp://host:8786``; in place of processes.
        chunk: Tasks sent to a worker at a time.

    Raises:
        MissingExtra: If a cluster is asked for and ``distributed`` is not installed.
        DataError: If there is no worker, a worker process is lost, the scheduler does not answer, or the
            cluster loses every worker again and again.
    """
    if cluster is not None:
        yield from _on_cluster(function, shared, _chunks(tasks, chunk), cluster)
        return
    count: Any = processors() if workers is None else workers
    if not is_whole(count) or count < 1:
        raise DataError(
            f"workers is {count!r}; 1 is this process alone, and left out all processors."
        )
    if count == 1:
        for task in tasks:
            yield function(shared, task)
        return
    yield from _in_processes(function, shared, _chunks(tasks, chunk), int(count))


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_processes(
    function: Callable[[Any, Any], Any], shared: Any, chunks: Iterator[list[Any]], workers: int
) -> Iterator[Any]:
    """Keep a few chunks in flight for each worker; yield in order.

    Workers take longer to start than a short batch takes. They are started once it has proved long, and
    until they are there this process goes on alone.

    Raises:
        DataError: If a worker process is lost.
    """
    from concurrent.futures import BrokenExecutor

    began, crew = time.monotonic(), _Crew(function, shared, workers)
    try:
        for chunk in chunks:
            left = deque(chunk)
            while left and not crew.ready():
                if time.monotonic() - began >= _ALONE:
                    crew.start()
                yield function(shared, left.popleft())
            if left:
                yield from crew.hand_out(list(left))
        yield from crew.rest()
    except BrokenExecutor as error:
        raise DataError(
            f"one of {workers} worker processes ended before its work was done. Usual cause: there is too "
            f"little memory for so many. Fix: fewer workers, workers = {max(1, workers // 2)}; finished "
            "draws are kept where a folder was given."
        ) from error
    finally:
        crew.dismiss()


class _Crew:
    """Worker processes that start in the background, and the chunks they have in hand."""

    def __init__(self, function: Callable[[Any, Any], Any], shared: Any, workers: int) -> None:
        self._sent, self._workers = (function, shared), workers
        self._pool: Any = None
        self._starting: Future[None] | None = None
        self._waiting: deque[Any] = deque()

    def start(self) -> None:
        """Begin to start them, unless that has begun."""
        if self._starting is None:
            from concurrent.futures import ThreadPoolExecutor

            starter = ThreadPoolExecutor(1)
            self._starting = starter.submit(self._launch)
            starter.shutdown(wait=False)

    def _launch(self) -> None:
        """Start them, which sends each what all tasks share, and wait until one can work."""
        from loky import ProcessPoolExecutor

        self._pool = ProcessPoolExecutor(
            self._workers, initializer=_start, initargs=self._sent, env=_ENVIRONMENT
        )
        self._pool.submit(_here, []).result()

    def ready(self) -> bool:
        """Whether they can work.

        Raises:
            BrokenExecutor: If they could not start.
        """
        if self._starting is None or not self._starting.done():
            return False
        self._starting.result()
        return True

    def hand_out(self, chunk: list[Any]) -> Iterator[Any]:
        """Give them a chunk; yields results of an earlier one once enough are in hand."""
        self._waiting.append(self._pool.submit(_here, chunk))
        if len(self._waiting) >= self._workers * _AHEAD:
            yield from self._waiting.popleft().result()

    def rest(self) -> Iterator[Any]:
        """Yields all results still to come."""
        while self._waiting:
            yield from self._waiting.popleft().result()

    def dismiss(self) -> None:
        """Let them go, whatever they are doing; if they are just starting, as soon as they have."""
        if self._starting is None:
            return
        at_once = bool(self._waiting) or not self._starting.done()
        self._starting.add_done_callback(lambda _: self._end(at_once))

    def _end(self, at_once: bool) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=at_once)


def _chunks(tasks: Iterable[Any], size: int) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for task in tasks:
        chunk.append(task)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


#: The function and the shared values of this worker process, set once by the pool.
_WORKER: dict[str, Any] = {}


def _start(function: Callable[[Any, Any], Any], shared: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers
    _WORKER.update(function=function, shared=shared)


def _here(chunk: list[Any]) -> list[Any]:
    return _apply(_WORKER["function"], _WORKER["shared"], chunk)


def _apply(function: Callable[[Any, Any], Any], shared: Any, chunk: list[Any]) -> list[Any]:
    return [function(shared, task) for task in chunk]


def _on_cluster(
    function: Callable[[Any, Any], Any], shared: Any, chunks: Iterator[list[Any]], address: str
) -> Iterator[Any]:
    """The same on a Dask cluster; a chunk whose worker is lost is computed again elsewhere."""
    client = _client(address)
    waiting: deque[tuple[list[Any], Any]] = deque()
    try:
        # As bytes, so that arrays lie in memory there as here, and sums round the same.
        parcel = pickle.dumps(shared, protocol=5)
        name = hashlib.sha256(parcel).hexdigest()
        known = [client.scatter(parcel, broadcast=True, hash=False)]

        def send(chunk: list[Any]) -> Any:
            return client.submit(_there, function, name, known[0], chunk, pure=False)

        def again(chunk: list[Any]) -> Any:
            known[0] = client.scatter(parcel, broadcast=True, hash=False)
            return send(chunk)

        ahead = _AHEAD * max(1, sum(client.nthreads().values()))
        for chunk in chunks:
            waiting.append((chunk, send(chunk)))
            if len(waiting) >= ahead:
                yield from _collect(*waiting.popleft(), again)
        while waiting:
            yield from _collect(*waiting.popleft(), again)
    finally:
        client.cancel([future for _, future in waiting], force=True)
        client.close()


def _there(
    function: Callable[[Any, Any], Any], name: str, parcel: bytes, chunk: list[Any]
) -> list[Any]:
    """A chunk on a cluster's worker, which opens the parcel once."""
    if _WORKER.get("name") != name:
        _WORKER.update(name=name, shared=pickle.loads(parcel))  # noqa: S301 - our own bytes
    return _apply(function, _WORKER["shared"], chunk)


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingExtra(
            "a Dask cluster needs the package 'distributed'. Fix: pip install 'zollverein[dask]', here and "
            "on every worker."
        ) from None
    client: Any = distributed.Client
    try:
        return client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise DataError(
            f"no Dask scheduler answers at '{address}' ({type(error).__name__}: {error}). Fix: start one "
            "with 'dask scheduler' and workers with 'dask worker ADDRESS --nthreads 1'."
        ) from error


def _collect(chunk: list[Any], future: Any, again: Callable[[list[Any]], Any]) -> list[Any]:
    """Results of a chunk; sent again where the cluster has lost what it needs."""
    from concurrent.futures import CancelledError

    from distributed.scheduler import KilledWorker

    for _ in range(_ATTEMPTS):
        try:
            return list(future.result())
        except (CancelledError, KilledWorker, OSError):
            future = again(chunk)
    raise DataError(
        f"the Dask cluster lost its workers {_ATTEMPTS} times during the same {len(chunk)} tasks. Usual "
        "cause: they run out of memory. Fix: fewer workers on each machine; what is finished is kept."
    )
