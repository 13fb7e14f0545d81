"""What a worker does, in this process: every task, every kind of problem, what it keeps."""

import io
import json
import sys

import numpy as np
import pytest

import zollverein as zv
from tests.app.conftest import can_write_pdf, toy_scenario
from zollverein.app import answers, tasks
from zollverein.app.exports import FILES, offered
from zollverein.app.limits import Limits
from zollverein.app.tasks import Desk

BASE = {"scenario": toy_scenario(0.3), "world": "toy", "strength": {}}
DIVIDED = {"outcome": "real_income PAR", "draws": None, "seed": 0, "elasticity_spread": "sets"}


@pytest.fixture(scope="module")
def desk():
    return Desk({"limits": Limits(), "load": ["toy"]})


def nothing(_done, _total):
    """Hear of progress, and do nothing about it."""


def done(desk, task, ask):
    kind, value = desk.answer(task, ask, nothing)
    assert kind == "done", value
    return value


@pytest.mark.parametrize(
    ("task", "ask"),
    [
        ("worlds", None),
        ("map", None),
        ("validate", {"toml": "name = 'x'", "scenario": None, "world": "toy"}),
        ("simulate", BASE | {"focus": "PAR", "full": True}),
        ("statistics", {"world": "toy", "country": "HOM", "partner": None}),
        ("attribute", BASE | DIVIDED),
    ],
)
def test_tasks_answer_in_strict_json(desk, task, ask):
    def refuse(word):
        raise AssertionError(word)

    assert json.loads(done(desk, task, ask), parse_constant=refuse)


def test_progress_is_heard(desk):
    heard = []
    ask = BASE | DIVIDED
    kind, _ = desk.answer("attribute", ask, lambda *step: heard.append(step))
    assert kind == "done"
    assert heard
    assert all(0 < step <= planned for step, planned in heard)


@pytest.mark.parametrize(
    "what", ["table.csv", "scenario.toml", "python", "citation", "ranking.svg"]
)
def test_exports_are_bytes(desk, what):
    assert what in FILES
    assert isinstance(done(desk, "export", BASE | {"what": what}), bytes)


def test_the_pdf_is_the_report_on_paper(desk):
    can_write_pdf()
    pypdf = pytest.importorskip("pypdf", reason="pypdf, which reads the PDF, is not installed")
    content = done(desk, "export", BASE | {"what": "report.pdf"})
    found = pypdf.PdfReader(io.BytesIO(content))
    first = " ".join(found.pages[0].extract_text().split()).replace("\N{NO-BREAK SPACE}", " ")
    headline = json.loads(done(desk, "simulate", BASE | {"focus": None, "full": False}))["headline"]
    assert headline.replace("\N{NO-BREAK SPACE}", " ") in first
    assert len(found.pages) >= 3


def test_without_the_extra_a_pdf_is_not_offered_and_refused_before_the_solve(desk, monkeypatch):
    def no_work(*_):
        raise AssertionError("the work began")

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr(tasks, "simulate", no_work)
    assert set(FILES) - set(offered()) == {"report.pdf"}
    kind, (status, code, message, _) = desk.answer("export", BASE | {"what": "report.pdf"}, nothing)
    assert (kind, status, code) == ("problem", 422, "missing_extra")
    assert "pip install 'zollverein[pdf]'" in message


@pytest.mark.parametrize("error", [RecursionError, MemoryError, OverflowError])
def test_what_is_too_large_for_a_worker_is_a_problem_and_not_its_end(desk, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(tasks, "simulate", fail)
    kind, (status, code, message, _) = desk.answer("simulate", BASE, nothing)
    assert (kind, status, code) == ("problem", 422, "too_large")
    assert error.__name__ in message


def test_a_mistake_of_ours_is_not_hidden(desk, monkeypatch):
    monkeypatch.setattr(answers, "quick", lambda _: {"headline": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        desk.answer("simulate", BASE | {"full": False, "focus": None}, nothing)


def test_few_worlds_with_governments_are_kept():
    desk = Desk({"limits": Limits()})
    for k in range(7):
        measure = {"kind": "procurement", "members": ["HOM", "PAR"], "home_bias": 0.1 * k}
        ask = BASE | {"scenario": {"measures": [measure]}, "full": False, "focus": None}
        done(desk, "simulate", ask)
    assert len(desk._opened) == 4


def test_numbers_that_are_none_are_null():
    assert answers.vector(np.array([1.0, np.nan, np.inf, -np.inf])) == [1.0, None, None, None]


def test_trade_that_was_not_there_has_no_change():
    """Trade within one economy is left out of the matrix: the change of nothing is null."""
    result = zv.simulate(zv.load_world("toy"), zv.Scenario.from_dict(toy_scenario(0.3)))
    matrix = answers.bloc_matrix(result)
    assert matrix["members"] == [["HOM"], ["PAR"], ["RST"]]
    for place, row in enumerate(matrix["change_pct"]):
        assert [value is None for value in row] == [other == place for other in range(3)]
