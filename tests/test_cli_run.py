"""What a run replaces and what it leaves alone, and names that the terminal could mistake."""

from __future__ import annotations

import sys

import pytest

import zollverein as zv
from tests.helpers import SCENARIO
from zollverein.errors import DataError
from zollverein.files import locked


def test_a_second_run_replaces_its_files_and_leaves_others_alone(command, scenario, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    mine = [out / "mine.txt", out / "figures" / "mine.png", out / "figures" / "map of mine.svg"]
    (out / "figures").mkdir()
    for path in mine:
        path.write_text("keep", encoding="utf-8")
    old = out / "figures" / "answer-03-1.png"  # of a question that is not asked any more
    old.write_text("old", encoding="utf-8")
    for _ in range(2):
        assert command("run", scenario, "--out", out, "--quiet")[0] == 0
    assert all(path.read_text(encoding="utf-8") == "keep" for path in mine)
    assert (out / "figures" / "ranking.svg").is_file()
    assert not old.exists()
    assert not list(tmp_path.glob(".zollverein-*"))


@pytest.mark.parametrize("place", ["results.csv", "figures"])
def test_a_folder_is_never_replaced_by_a_file_nor_the_other_way_round(
    command, scenario, tmp_path, place
):
    out = tmp_path / "out"
    out.mkdir()
    if place == "figures":
        (out / place).write_text("keep", encoding="utf-8")
    else:
        (out / place).mkdir()
        (out / place / "mine.txt").write_text("keep", encoding="utf-8")
    code, _, said = command("run", scenario, "--out", out, "--quiet")
    assert code == 1
    found, wanted = ("file", "folder") if place == "figures" else ("folder", "file")
    assert f"{place}' is a {found}, and a {wanted} of that name is to be written" in said
    assert "choose another --out" in said
    assert [path.name for path in out.iterdir()] == [place]


def test_names_with_brackets_are_shown_as_they_are(command, scenario, tmp_path):
    """To the terminal library brackets are marks of style, and a closing one alone an error."""
    for name in ("plain", "bracketed"):
        title = "a [/b] [EU] :cat:" if name == "bracketed" else "A second"
        text = SCENARIO.replace("Freer trade", title).replace("set = 0.0", "set = 0.1")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    code, printed, _ = command("run", tmp_path / "bracketed.toml", "--out", tmp_path / "out")
    assert code == 0
    assert "a [/b] [EU] :cat:" in printed
    code, printed, _ = command("compare", scenario, tmp_path / "bracketed.toml")
    assert code == 0
    assert "[/b] [EU] :cat:" in " ".join(printed.split())


def test_a_file_that_is_changed_during_the_work_is_reported_as_it_was(
    command, scenario, tmp_path, monkeypatch
):
    """Numbers of one text never stand beside the words of another."""
    text = scenario.read_text(encoding="utf-8")

    def changing(function):
        def changed(*args, **keys):
            scenario.write_text(f'closure = "zero"\n{text}'.replace("set = 0.0", "set = 0.5"))
            return function(*args, **keys)

        return changed

    monkeypatch.setattr("zollverein.running.simulate", changing(zv.simulate))
    out = tmp_path / "out"
    assert command("run", scenario, "--out", out, "--quiet")[0] == 0
    assert zv.read_scenario(out / "scenario.toml") == zv.Scenario.from_toml(text)
    scenario.write_text(text, encoding="utf-8")
    monkeypatch.setattr("zollverein.attribution.attribute", changing(zv.attribute))
    page = tmp_path / "page.html"
    code, printed, _ = command(
        "attribute", scenario, "--outcome", "real_income HOM", "--page", page
    )
    assert code == 0
    assert "closure share_of_world" in printed
    assert "closure share_of_world" in page.read_text(encoding="utf-8")


def test_the_scenario_of_a_run_keeps_its_comments(command, scenario, tmp_path):
    text = "# why\r\n" + scenario.read_text(encoding="utf-8").replace("\n", "\r\n")
    scenario.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert command("run", scenario, "--out", tmp_path / "out", "--quiet")[0] == 0
    assert (tmp_path / "out" / "scenario.toml").read_bytes() == text.encode()


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")
def test_no_other_run_replaces_files_meanwhile(command, scenario, tmp_path, monkeypatch):
    out = tmp_path / "out"
    replaced = []

    def replace(fresh, folder):
        with pytest.raises(DataError, match="is in use"), locked(folder):
            pass
        replaced.append(sorted(path.name for path in fresh.iterdir()))

    monkeypatch.setattr("zollverein.running._replace", replace)
    assert command("run", scenario, "--out", out, "--quiet")[0] == 0
    assert "results.csv" in replaced[0]
    with locked(out, wait=True):
        assert list(out.iterdir()) == []
