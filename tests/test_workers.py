"""One function over many tasks: in order, read as needed, the same wherever it runs."""

from __future__ import annotations

import os
import time
from itertools import count, islice
from typing import Any

import pytest

from zollverein.errors import DataError
from zollverein.workers import in_order, processors


def scaled(shared, task):
    if task == shared["bad"]:
        raise DataError(f"task {task} is bad")
    return shared["factor"] * task, os.getpid()


SHARED = {"factor": 3, "bad": -1}


def slowly(shared, task):
    time.sleep(0.005)
    return scaled(shared, task)


def elsewhere(pid):
    return pid != os.getpid()


def test_results_come_in_order_from_one_process():
    found = list(in_order(scaled, SHARED, range(30), workers=1, chunk=4))
    assert found == [(3 * k, os.getpid()) for k in range(30)]


def test_results_come_in_order_from_several_processes():
    """This one works until the others have started, and then no more."""
    found, others = [], 0
    for value, pid in in_order(slowly, SHARED, count(), workers=2, chunk=4):
        found.append((value, pid))
        others += elsewhere(pid)
        if others == 60:
            break
    assert [value for value, _ in found] == [3 * k for k in range(len(found))]
    here = [not elsewhere(pid) for _, pid in found]
    assert here == sorted(here, reverse=True)
    assert here[0]
    assert 1 <= len({pid for _, pid in found if elsewhere(pid)}) <= 2


def test_slow_tasks_are_shared_out_within_a_chunk(monkeypatch):
    """However many make a chunk: what is left of one goes to the workers once they are there."""
    monkeypatch.setattr("zollverein.workers._ALONE", 0)
    found = list(in_order(naps, SHARED, range(24), workers=2, chunk=12))
    assert [value for value, _ in found] == [3 * k for k in range(24)]
    assert any(elsewhere(pid) for _, pid in found[:12])


def naps(shared, task):
    time.sleep(0.4)
    return scaled(shared, task)


def test_a_short_batch_starts_no_process(monkeypatch):
    def never(_):
        raise AssertionError("not needed")

    monkeypatch.setattr("zollverein.workers._Crew.start", never)
    found = list(in_order(scaled, SHARED, range(30), workers=2, chunk=4))
    assert found == [(3 * k, os.getpid()) for k in range(30)]


@pytest.mark.parametrize("taken", [1, 8])
def test_who_stops_listening_leaves_no_process(monkeypatch, taken):
    """Also if the workers have only begun to start."""
    me = pytest.importorskip("psutil").Process()
    monkeypatch.setattr("zollverein.workers._ALONE", 0)
    before = {child.pid for child in me.children(recursive=True)}
    results: Any = in_order(slowly, SHARED, count(), workers=2, chunk=2)
    assert len(list(islice(results, taken))) == taken
    results.close()
    until = time.monotonic() + 60
    while {child.pid for child in me.children(recursive=True)} - before:
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("workers", [1, 2])
def test_tasks_are_read_as_they_are_needed(workers):
    """An endless source of tasks: memory stays bounded."""
    read = []

    def endless():
        for k in count():
            read.append(k)
            yield k

    first = list(islice(in_order(scaled, SHARED, endless(), workers=workers, chunk=2), 10))
    assert [value for value, _ in first] == [3 * k for k in range(10)]
    assert len(read) <= 10 + 2 * 3 * 2 * workers


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_is_raised(workers):
    with pytest.raises(DataError, match="task 5 is bad"):
        list(in_order(scaled, {**SHARED, "bad": 5}, range(8), workers=workers))


def ends_a_worker(shared, task):
    if os.getpid() != shared["parent"]:
        os._exit(9)
    return slowly(shared, task)


def test_a_worker_that_is_lost_is_an_error_in_words():
    shared = {**SHARED, "parent": os.getpid()}
    with pytest.raises(DataError, match=r"one of 2 worker processes ended .* workers = 1"):
        for _ in in_order(ends_a_worker, shared, count(), workers=2):
            pass


class Unreadable:
    """What all tasks share, and no other process can read."""

    def __reduce__(self):
        return os._exit, (9,)


def test_workers_that_cannot_start_are_an_error_in_words():
    with pytest.raises(DataError, match=r"one of 2 worker processes ended"):
        for _ in in_order(waits, Unreadable(), count(), workers=2):
            pass


def waits(*_):
    time.sleep(0.01)


def test_no_tasks_no_results():
    assert list(in_order(scaled, SHARED, [], workers=2)) == []
    assert processors() >= 1


def test_a_scheduler_that_does_not_answer(monkeypatch):
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    monkeypatch.setattr("zollverein.workers._PATIENCE", 1)
    with pytest.raises(DataError, match="no Dask scheduler answers"):
        list(in_order(scaled, SHARED, [1], cluster="tcp://127.0.0.1:9"))


def test_no_worker_is_refused():
    with pytest.raises(DataError, match="workers is 0"):
        list(in_order(max, 1, [2], workers=0))
