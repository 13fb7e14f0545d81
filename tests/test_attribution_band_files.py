"""Bands of attributions on the terminal, in files and pages, and as questions: the numbers of Python."""

from __future__ import annotations

import io
import json
import re
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.test_attribution_bands import OUTCOME, reform
from zollverein.asking import finding
from zollverein.errors import DataError
from zollverein.report.study import content_of
from zollverein.report.style import house_style, signed
from zollverein.scenario import AttributionQuestion, Scenario
from zollverein.studies import show_percent
from zollverein.uncertainty import run as running
from zollverein.uncertainty.draws import solve_draw

ASKED: dict[str, Any] = {"draws": 12, "seed": 4, "elasticity_spread": 0.3}


@lru_cache
def expected(*, compare: bool = True) -> Any:
    return zv.attribute(
        zv.load_world("toy"), reform(), OUTCOME, workers=1, compare=compare, **ASKED
    )


def asking(**keys: Any) -> Scenario:
    question = AttributionQuestion(outcome=OUTCOME, **ASKED | keys)
    return reform(questions=(question,))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "reform.toml"
    file.write_text(asking().to_toml(), encoding="utf-8")
    return file


WORDS = ("--outcome", OUTCOME, "--draws", "12", "--seed", "4", "--elasticity-spread", "0.3")


def test_the_command_prints_and_writes_what_python_gives(command, path, tmp_path):
    csv, page = tmp_path / "parts.csv", tmp_path / "parts.html"
    code, printed, _ = command("attribute", path, *WORDS, "--csv", csv, "--page", page)
    assert code == 0
    assert expected().explain() in printed
    table = expected().table()
    written = pd.read_csv(csv, index_col="part")
    assert list(written.columns) == list(table.columns)
    np.testing.assert_allclose(written.to_numpy(), table.to_numpy(), rtol=1e-8, atol=1e-12)
    text = page.read_text(encoding="utf-8")
    for name in ("median_pct", "low_pct", "high_pct"):
        assert all(signed(float(v), 3) in text for v in table[name])
        assert all(f"{v:+.4f}" in printed for v in table[name])
    code, printed, _ = command("attribute", path, *WORDS, "--json")
    assert code == 0
    rows = json.loads(printed)
    for part, row in table.iterrows():
        for name, value in row.items():
            assert rows[part][name] == pytest.approx(value, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--draws", "1", "--elasticity-spread", "0.3"), "at least 2 are needed"),
        (("--draws", "10"), "elasticity_spread 'sets'"),
        (("--data-spread", "0.1"), "nothing is drawn"),
    ],
)
def test_the_command_names_mistakes(command, path, words, said):
    code, _, err = command("attribute", path, "--outcome", OUTCOME, *words)
    assert code == 1
    assert said in " ".join(err.split())
    assert "Traceback" not in err


def test_a_question_is_answered_as_python_answers():
    (answer,) = zv.answer(zv.load_world("toy"), asking(), workers=1)
    np.testing.assert_array_equal(answer.draws, expected().draws)
    np.testing.assert_array_equal(answer.table().to_numpy(), expected().table().to_numpy())
    (plain,) = zv.answer(zv.load_world("toy"), asking(draws=None, elasticity_spread="sets"))
    assert plain.draws is None
    assert finding(plain).tables[0].title == "Effects in percent"


def test_a_question_is_written_as_it_was_asked():
    text = asking().to_toml()
    assert "draws = 12" in text
    assert Scenario.from_toml(text).questions == asking().questions
    bare = AttributionQuestion(outcome=OUTCOME)
    assert bare.written() == {"kind": "attribution", "outcome": OUTCOME}


def test_the_report_has_the_bands_and_the_whiskers(command, path, tmp_path):
    out = tmp_path / "out"
    code, _, _ = command("run", path, "--out", out)
    assert code == 0
    table = expected().table()
    written = pd.read_csv(out / "answers" / "01-attribution.csv", index_col="part")
    assert list(written.columns) == list(table.columns)
    np.testing.assert_allclose(written.to_numpy(), table.to_numpy(), rtol=1e-8, atol=1e-12)
    text = (out / "report.html").read_text(encoding="utf-8")
    for name in ("median_pct", "low_pct", "high_pct"):
        assert all(signed(float(v), 3) in text for v in table[name])
    assert "Effects in percent, with medians and bands" in text
    assert "Lines: from 5 to 95 percent of the draws; dots: their medians." in text
    (kept,) = (out / "draws").iterdir()
    assert (kept / "tables.f8").stat().st_size == 12 * 4 * 8


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    numbers: list[int] = []

    def noted(job, draw):
        numbers.append(draw.number)
        if len(numbers) == 6:
            raise KeyboardInterrupt
        return solve_draw(job, draw)

    world, folder = zv.load_world("toy"), tmp_path / "draws"
    asked: dict[str, Any] = {"workers": 1, "out": folder, **ASKED}
    monkeypatch.setattr(running, "solve_draw", noted)
    with pytest.raises(KeyboardInterrupt):
        zv.attribute(world, reform(), OUTCOME, **asked)
    again = zv.attribute(world, reform(), OUTCOME, **asked)
    assert numbers == [*range(6), *range(5, 12)]
    np.testing.assert_array_equal(again.draws, expected().draws)
    for other in ({"method": "first_in"}, {"nodes": 8}, {"seed": 5}, {"closure": "zero"}):
        with pytest.raises(DataError, match="another question"):
            zv.attribute(world, reform(), OUTCOME, **asked | other)


def test_whiskers_are_the_bands():
    for compare in (True, False):
        answer = expected(compare=compare)
        with house_style():
            (figure,) = content_of(answer).figures.values()
            figure.savefig(io.BytesIO(), format="png")  # which lays it out
        axes: Any = figure.axes[0]
        rows = answer.table().loc[list(answer.parts)]
        rows = rows.loc[rows["effect_pct"].abs().sort_values(ascending=False).index]
        ends = np.array([line[:, 0] for line in axes.collections[0].get_segments()])
        np.testing.assert_allclose(ends, rows[["low_pct", "high_pct"]].to_numpy())
        dots = next(line for line in axes.lines if line.get_label().startswith("median"))
        np.testing.assert_allclose(dots.get_xdata(), rows["median_pct"])
        (legend,) = figure.legends
        assert ("alone" in [text.get_text() for text in legend.get_texts()]) == compare
        assert legend.get_window_extent().y1 <= axes.get_window_extent().y0  # covers no band


def test_long_names_are_broken_into_lines_and_numbers_never(capsys):
    name = "Harmonisation of anti-money-laundering rules for credit and financial institutions"
    columns = ["effect_pct", "median_pct", "low_pct", "high_pct", "first_in_pct", "last_in_pct"]
    row = pd.DataFrame(1.23456, index=pd.Index([name], name="part"), columns=columns)
    show_percent(row, "parts")
    printed = capsys.readouterr().out
    assert printed.count("+1.2346") == 6
    assert all(word in printed for word in name.split())


def test_on_a_narrow_terminal_rows_keep_their_names(capsys, monkeypatch):
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("COLUMNS", "80")
    columns = ["effect", "median", "low", "high", "standard_error", "first_in", "last_in"]
    names = pd.Index(["Access to state orders", "Tourism"], name="part")
    show_percent(pd.DataFrame(-1.23456, index=names, columns=columns).add_suffix("_pct"), "parts")
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert printed.count("-1.2346") == 14
    assert all(word in printed for word in ("Access", "state", "orders", "Tourism"))
    assert max(map(len, printed.splitlines())) <= 80
