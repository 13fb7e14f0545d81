"""One function over many tasks: in order, read as needed, the same wherever it runs."""

from __future__ import annotations

import os
from itertools import count, islice

import pytest

from zollverein.errors import DataError
from zollverein.workers import in_order, processors


def scaled(shared, task):
    if task == shared["bad"]:
        raise DataError(f"task {task} is bad")
    return shared["factor"] * task, os.getpid()


SHARED = {"factor": 3, "bad": -1}


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers):
    found = list(in_order(scaled, SHARED, range(30), workers=workers, chunk=4))
    assert [value for value, _ in found] == [3 * k for k in range(30)]
    pids = {pid for _, pid in found}
    assert (pids == {os.getpid()}) == (workers == 1)


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


def ends_its_process(*_):
    os._exit(9)


def test_a_worker_that_is_lost_is_an_error_in_words():
    with pytest.raises(DataError, match=r"one of 2 worker processes ended .* workers = 1"):
        list(in_order(ends_its_process, SHARED, range(8), workers=2))


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
