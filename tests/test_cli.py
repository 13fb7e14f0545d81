"""The command line as a user meets it: output, exit codes, and no traceback for a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import zollverein as zv

SCENARIO = """
name = "Freer trade"
world = "toy"

[[measures]]
kind = "tariff"
exporters = "RST"
importers = "HOM"
sectors = "goods"
set = 0.0
"""


@pytest.fixture
def scenario(tmp_path) -> Path:
    path = tmp_path / "freer.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_run_writes_everything_and_prints_the_effects(command, scenario, tmp_path):
    out = tmp_path / "out"
    code, printed, progress = command("run", scenario, "--out", out)
    assert code == 0
    assert "real income" in printed
    assert "HOM" in printed
    assert "converged" in progress
    names = {path.name for path in out.iterdir()}
    assert {"report.html", "results.csv", "result.nc", "scenario.toml"} <= names
    assert (out / "scenario.toml").read_text(encoding="utf-8") == SCENARIO
    table = pd.read_csv(out / "results.csv", index_col="country")
    expected = zv.simulate(zv.load_world("toy"), zv.read_scenario(scenario)).table()
    np.testing.assert_allclose(table[expected.columns], expected, atol=1e-6, equal_nan=False)


def test_run_as_json_is_only_json(command, scenario, tmp_path):
    code, printed, _ = command("run", scenario, "--out", tmp_path / "out", "--json")
    assert code == 0
    assert set(json.loads(printed)) == {"HOM", "PAR", "RST"}


def test_quiet_prints_only_the_folder(command, scenario, tmp_path):
    out = tmp_path / "out"
    code, printed, progress = command("run", scenario, "--out", out, "--quiet")
    assert (code, printed.strip(), progress) == (0, str(out), "")


def test_a_second_run_replaces_its_files_and_leaves_others_alone(command, scenario, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep", encoding="utf-8")
    for _ in range(2):
        assert command("run", scenario, "--out", out, "--quiet")[0] == 0
    assert (out / "mine.txt").read_text(encoding="utf-8") == "keep"
    assert not list(tmp_path.glob(".zollverein-*"))


def test_a_saved_result_verifies_and_a_changed_one_does_not(command, scenario, tmp_path):
    out = tmp_path / "out"
    command("run", scenario, "--out", out, "--quiet")
    code, printed, _ = command("verify", out / "result.nc")
    assert code == 0
    assert "trade_balance" in printed
    code, printed, _ = command("verify", out / "result.nc", "--json")
    assert json.loads(printed)["residual"] <= 1e-9
    forged = forge(out / "result.nc", tmp_path / "forged.nc")
    code, _, complaint = command("verify", forged)
    assert code == 2
    assert "wage" in complaint or "labour_market" in complaint


def forge(path: Path, target: Path) -> Path:
    """The same file with Home's new wage one percent higher."""
    from zollverein.files import read_dataset, write_dataset

    stored = read_dataset(path)
    stored["wage_new"] = stored["wage_new"] * np.array([1.01, 1.0, 1.0])
    return write_dataset(stored, target)


def test_worlds_and_describe(command):
    code, printed, _ = command("worlds")
    assert code == 0
    assert "icio2022" in printed
    assert "toy" in printed
    code, printed, _ = command("describe", "toy", "--json")
    assert json.loads(printed)["economies"]["HOM"]["exports"] == 20
    code, printed, _ = command("describe", "toy", "HOM")
    assert code == 0
    assert "turnover_by_partner" in printed


def test_check_says_what_a_scenario_does(command, scenario, tmp_path):
    code, printed, _ = command("check", scenario)
    assert code == 0
    assert "fine" in printed
    world = zv.load_world("toy").to_netcdf(tmp_path / "world.nc")
    code, printed, _ = command("check", world)
    assert code == 0
    assert "3 countries" in printed


MISTAKES = {
    "no such command": (["bogus"], "bogus"),
    "no such option": (["worlds", "--colour"], "colour"),
    "no such scenario": (["run", "nowhere.toml"], "nowhere.toml"),
    "no such world": (["describe", "toyy"], "did you mean 'toy'"),
    "no such country": (["describe", "icio2022", "Belarrus"], "did you mean 'BLR' (Belarus)"),
    "no such result": (["verify", "nothing.nc"], "nothing.nc"),
}


@pytest.mark.parametrize(("words", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_message_and_exit_code_one(command, words, said):
    code, _, complaint = command(*words)
    assert code == 1
    assert said in complaint
    assert "Traceback" not in complaint


def test_a_misspelt_country_in_a_scenario_writes_nothing(command, scenario, tmp_path):
    scenario.write_text(SCENARIO.replace('"RST"', '"RSTT"'), encoding="utf-8")
    code, _, complaint = command("run", scenario, "--out", tmp_path / "out")
    assert code == 1
    assert "did you mean 'RST'" in complaint
    assert not (tmp_path / "out").exists()


def test_no_equilibrium_is_exit_code_two(command, scenario, tmp_path):
    one_sided = '[[measures]]\nkind = "embargo"\nexporters = "HOM"\n'
    scenario.write_text(f'name = "x"\nworld = "toy"\n{one_sided}', encoding="utf-8")
    code, _, complaint = command("run", scenario, "--out", tmp_path / "out")
    assert code == 2
    assert "HOM" in complaint
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_message(command, scenario, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, complaint = command("run", scenario, "--out", tmp_path / "file" / "out")
    assert code == 1
    assert "Cannot write" in complaint


def test_another_file_is_not_a_result(command, tmp_path):
    world = zv.load_world("toy").to_netcdf(tmp_path / "world.nc")
    code, _, complaint = command("verify", world)
    assert code == 1
    assert "not a result" in complaint
