"""Questions on the command line: checked, answered into files, interrupted and taken up again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.questions import HEAD, answers, text_of
from zollverein.asking import finding
from zollverein.uncertainty import run as drawing
from zollverein.uncertainty.draws import solve_draw

EXAMPLE = Path(__file__).parents[1] / "examples" / "questions.toml"
KINDS = ("attribution", "uncertainty", "coalition", "optimal_tariff")


@pytest.fixture
def write(tmp_path):
    """Write a scenario file."""

    def put(text: str) -> Path:
        path = tmp_path / "asked.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return put


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C at the sixth draw; the value returned lets it through again."""

    def stop(job, draw):
        if draw.number == 5:
            raise KeyboardInterrupt
        return solve_draw(job, draw)

    monkeypatch.setattr(drawing, "solve_draw", stop)
    return lambda: monkeypatch.setattr(drawing, "solve_draw", solve_draw)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_run_writes_every_table_and_says_every_sentence(command, write, tmp_path):
    out = tmp_path / "out"
    code, printed, _ = command("run", write(text_of(*KINDS)), "--out", out)
    assert code == 0
    expected = {}
    for number, kind in enumerate(KINDS, 1):
        said = finding(answers()[kind])
        assert all(sentence in printed for sentence in said.sentences)
        for table in said.tables:
            key = f"-{table.key}" if table.key else ""
            expected[f"{number:02}-{kind}{key}.csv"] = table.frame
    assert names(out / "answers") == set(expected)
    for name, frame in expected.items():
        found = pd.read_csv(out / "answers" / name, keep_default_na=False, na_values=[""])
        plain = frame.reset_index()
        assert list(found.columns) == list(plain.columns)
        for column in plain.select_dtypes("number"):
            np.testing.assert_allclose(found[column], plain[column], rtol=1e-8, atol=1e-12)
    assert "In nine draws of ten" in (out / "report.html").read_text(encoding="utf-8")
    assert (out / "figures" / "answer-03-1.png").is_file()


def test_no_answers_leaves_them_out(command, write, tmp_path):
    out = tmp_path / "out"
    path = write(text_of(*KINDS))
    assert command("run", path, "--out", out, "--quiet", "--no-answers")[0] == 0
    assert not names(out) & {"answers", "draws"}
    assert 'class="band"' not in (out / "report.html").read_text(encoding="utf-8")
    code, printed, err = command("run", path, "--out", out, "--json")
    assert (code, err) == (0, "")
    assert set(json.loads(printed)) == {"HOM", "PAR", "RST"}
    assert "answers" in names(out)
    assert command("run", path, "--out", out, "--quiet", "--no-answers")[0] == 0
    assert "answers" not in names(out)  # nothing that is out of date stays beside a new report


def test_what_else_is_among_the_answers_stays(command, write, tmp_path):
    folder = tmp_path / "out" / "answers"
    folder.mkdir(parents=True)
    (folder / "mine.csv").write_text("keep", encoding="utf-8")
    (folder / "07-nash.csv").write_text("old", encoding="utf-8")
    for words in ((), ("--no-answers",)):
        path = write(text_of("interactions"))
        assert command("run", path, "--out", tmp_path / "out", "--quiet", *words)[0] == 0
        assert names(folder) == {"mine.csv"} | ({"01-interactions.csv"} if not words else set())
    assert (folder / "mine.csv").read_text(encoding="utf-8") == "keep"


def test_what_else_is_among_the_figures_stays(command, write, tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    for name in ("mine.pdf", "map-of-mine.png", "map.png", "answer-07-1.svg"):
        (folder / name).write_text("old", encoding="utf-8")
    path = write(text_of("interactions"))
    assert command("run", path, "--out", tmp_path, "--quiet")[0] == 0
    found = names(folder)
    assert found >= {"mine.pdf", "map-of-mine.png", "ranking.png"}
    assert not found & {"map.png", "answer-07-1.svg"}  # of an earlier run: toy has no map
    assert (folder / "mine.pdf").read_text(encoding="utf-8") == "old"


def test_check_names_the_questions_and_their_mistakes(command, write):
    code, printed, _ = command("check", write(text_of("coalition", "nash")))
    assert code == 0
    assert "fine; 2 measures and 2 questions on toy" in printed
    assert "questions[0] (1st question, coalition 'Duty')" in printed
    code, printed, err = command(
        "check", write(f'{HEAD}[[questions]]\nkind = "nash"\nplayers="X"\n')
    )
    assert (code, printed) == (1, "")
    assert "questions[0] (1st question, nash): 'X' is not a country of toy" in err


def test_ctrl_c_keeps_the_draws_and_writes_nothing_else(command, write, tmp_path, interrupted):
    out, path = tmp_path / "out", write(text_of("attribution", "uncertainty"))
    code, _, err = command("run", path, "--out", out)
    assert code == 1
    (folder,) = (out / "draws").iterdir()
    assert "stopped at questions[1] (2nd question, uncertainty)" in err
    assert f"its finished draws are kept in '{folder}'" in err
    assert "--no-answers" in err
    assert "Traceback" not in err
    assert names(out) == {"draws"}
    assert not list(tmp_path.glob(".zollverein-*"))
    kept = np.fromfile(folder / "draws.f8").reshape(24, -1)
    assert np.isfinite(kept).all(axis=1).sum() == 5
    interrupted()
    assert command("run", path, "--out", out, "--quiet")[0] == 0
    found = pd.read_csv(out / "answers" / "02-uncertainty.csv", index_col="outcome")
    expected = answers()["uncertainty"].table()["median_pct"]
    np.testing.assert_allclose(found["median_pct"], expected, rtol=1e-8, atol=1e-12)


def test_ctrl_c_without_draws_says_so_too(command, write, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("zollverein.attribution.interactions", stop)
    code, _, err = command("run", write(text_of("interactions")), "--out", tmp_path / "out")
    assert code == 1
    assert "stopped at questions[0] (1st question, interactions). Nothing else was written." in err


def test_a_question_that_has_changed_begins_anew(command, write, tmp_path):
    out = tmp_path / "out"
    for draws in (24, 25):
        path = write(text_of("uncertainty").replace("draws = 24", f"draws = {draws}"))
        assert command("run", path, "--out", out, "--quiet")[0] == 0
    assert len(list((out / "draws").iterdir())) == 2
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "In nine draws of ten, 25 in all" in text


def test_a_question_that_cannot_be_answered_writes_nothing(command, write, tmp_path):
    out = tmp_path / "out"
    bad = text_of("attribution") + '[[questions]]\nkind = "nash"\nplayers = ["HOM", "both"]\n'
    code, _, err = command("run", write(bad), "--out", out)
    assert code == 1
    assert "questions[1] (2nd question, nash)" in err
    assert not out.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("coalition", "RST", "--members", "HOM,PAR"),
        ("optimal", "HOM", "--sectors", "goods"),
        ("nash", "HOM,RST"),
    ],
)
def test_pages_of_searches(command, tmp_path, words):
    page = tmp_path / "page.html"
    code, _, _ = command(*words, "--world", "toy", "--page", page)
    assert code == 0
    text = page.read_text(encoding="utf-8")
    assert "<h1>toy: " in text
    assert "elasticities 4 in every sector" in text
    assert "<figure>" in text
    code, _, err = command(*words, "--world", "toy", "--page", tmp_path / "no" / "page.html")
    assert code == 1
    assert "does not exist" in err


def test_a_page_of_a_comparison(command, write, tmp_path):
    page = tmp_path / "page.html"
    other = tmp_path / "other.toml"
    other.write_text('name = "Nothing"\nworld = "toy"\n', encoding="utf-8")
    code, *_ = command("compare", write(HEAD), other, "--page", page, "--json")
    assert code == 0
    assert "What makes Nothing differ from Freer trade" in page.read_text(encoding="utf-8")


def test_the_example_asks_what_it_says(command):
    code, printed, _ = command("check", EXAMPLE)
    assert code == 0
    assert "fine; 2 measures and 7 questions on icio2022" in printed
    assert (
        "questions[4] (5th question, coalition 'If the EU, Japan and Korea did the same')"
        in printed
    )


def test_an_instrument_is_measures_alone_in_the_world_of_its_file(command, tmp_path):
    duty = '[[measures]]\nkind = "tariff"\nexporters = "target"\nimporters = "members"\nadd = 0.2\n'
    path = tmp_path / "duty.toml"
    words = ("coalition", "RST", "--members", "HOM,PAR", "--instrument", path)
    path.write_text(f'name = "Duty"\nworld = "toy"\n{duty}', encoding="utf-8")
    code, printed, _ = command(*words, "--json")
    assert code == 0
    path.write_text(duty, encoding="utf-8")
    assert command(*words, "--world", "toy", "--json")[1] == printed
    programme = f'[[programmes]]\nname = "p"\n{duty.replace("[[m", "[[programmes.m")}'
    for text, said in (
        (f'closure = "zero"\n{duty}', "'closure'"),
        (f'[blocs]\nEU27 = ["DEU"]\n{duty}', "'blocs'"),
        (f"{duty}{programme}", "'programmes'"),
        ("", "it has none"),
    ):
        path.write_text(text, encoding="utf-8")
        code, printed, err = command(*words, "--world", "toy")
        assert (code, printed) == (1, "")
        assert "duty.toml: an instrument is [[measures]] alone" in err
        assert said in err


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ('trade_elasticity = "XYZ"', "'XYZ' is not a set of trade elasticities"),
        ('labour = "sector_specific"\ncapital = "adjusting"', "they cannot be combined"),
    ],
)
def test_check_finds_choices_of_a_case_that_do_not_fit(command, write, choice, told):
    case = f'[[questions]]\nkind = "compare"\n[[questions.cases]]\nname = "x"\n{choice}\n'
    code, printed, err = command("check", write(f"{HEAD}{case}"))
    assert (code, printed) == (1, "")
    assert "questions[0] (1st question, compare): " in err
    assert told in err
