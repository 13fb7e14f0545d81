"""The command line as a user meets it: output, exit codes, and no traceback for a mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.helpers import SCENARIO
from zollverein.measures.booking import ENTRIES


def test_run_writes_everything_and_prints_the_effects(command, scenario, tmp_path):
    out = tmp_path / "out"
    code, printed, progress = command("run", scenario, "--out", out)
    assert code == 0
    assert "real income" in printed
    assert "HOM" in printed
    assert "converged" in progress
    names = {path.name for path in out.iterdir()}
    assert {"report.html", "results.csv", "booking.csv", "result.nc", "scenario.toml"} <= names
    assert (out / "scenario.toml").read_text(encoding="utf-8") == SCENARIO
    table = pd.read_csv(out / "results.csv", index_col="country")
    expected = zv.simulate(zv.load_world("toy"), zv.read_scenario(scenario)).table()
    np.testing.assert_allclose(table[expected.columns], expected, atol=1e-6, equal_nan=False)
    assert set(table["role"]) <= {"sender", "target", "member", "bystander"}
    assert "role" in printed
    book = pd.read_csv(out / "booking.csv").pivot_table("change", "country", "entry")
    assert np.isfinite(book).all(axis=None)
    items = [entry for entry in ENTRIES if entry in book]
    np.testing.assert_allclose(book[items].sum(axis=1), book["income"], atol=1e-5)


def test_substitution_shows_share_and_price_however_small(command, tmp_path):
    path = tmp_path / "home.toml"
    path.write_text(
        'world = "toy"\n[[measures]]\nkind = "import_substitution"\ncountries = "PAR"\n'
        'sectors = "goods"\nhome_bias = 1e-6\n',
        encoding="utf-8",
    )
    code, printed, _ = command("run", path, "--out", tmp_path / "out")
    assert code == 0
    assert "what the user pays" in printed
    assert "PAR" in printed.split("what the user pays")[1]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "More domestic, at what price" in page


def test_the_version_is_told(command):
    assert command("--version") == (0, f"zollverein {zv.__version__}\n", "")


def test_run_as_json_is_only_json(command, scenario, tmp_path):
    code, printed, _ = command("run", scenario, "--out", tmp_path / "out", "--json")
    assert code == 0
    assert set(json.loads(printed)) == {"HOM", "PAR", "RST"}


def test_quiet_prints_only_the_folder(command, scenario, tmp_path):
    out = tmp_path / "out"
    code, printed, progress = command("run", scenario, "--out", out, "--quiet")
    assert (code, printed.strip(), progress) == (0, str(out), "")


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


def test_the_list_of_commands_loads_nothing_heavy():
    code = (
        "import sys, zollverein.cli; "
        "print(sorted({'numpy', 'pandas', 'xarray', 'matplotlib'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


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


def test_what_cannot_be_written_is_said_before_the_work(command, scenario, tmp_path, monkeypatch):
    def worked(*_, **__):
        raise AssertionError("it began to work")

    monkeypatch.setattr("zollverein.running.run_scenario", worked)
    monkeypatch.setattr("zollverein.studies.attribute_file", worked)
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    code, _, err = command("run", scenario, "--out", file)
    assert code == 1
    assert "is not a folder" in err
    for option in ("--page", "--csv"):
        code, _, err = command("attribute", scenario, option, tmp_path)
        assert code == 1
        assert "a folder or a device of that name" in err
    assert file.read_text(encoding="utf-8") == "x"


def test_a_budget_needs_costs(command, scenario):
    code, _, err = command("plan", scenario, "--budget", "3")
    assert code == 1
    assert "give the costs, --costs FILE" in err


def test_another_file_is_not_a_result(command, tmp_path):
    world = zv.load_world("toy").to_netcdf(tmp_path / "world.nc")
    code, _, complaint = command("verify", world)
    assert code == 1
    assert "not a result" in complaint


PORTFOLIO = """
name = "Reform"
world = "toy"

[[measures]]
name = "no duty"
kind = "tariff"
exporters = "RST"
importers = "HOM"
set = 0.0

[[measures]]
name = "one market"
kind = "barrier"
exporters = "HOM"
importers = "PAR"
remove = 0.1
both_directions = true
"""


def test_attribute_prints_and_writes_what_python_gives(command, tmp_path):
    path, csv = tmp_path / "reform.toml", tmp_path / "parts.csv"
    path.write_text(PORTFOLIO, encoding="utf-8")
    code, out, _ = command("attribute", path, "--outcome", "real_income HOM", "--csv", csv)
    assert code == 0
    assert "one at a time" in out
    found = zv.attribute(zv.load_world("toy"), zv.read_scenario(path), "real_income HOM")
    written = pd.read_csv(csv, index_col="part")
    np.testing.assert_allclose(written.to_numpy(), found.table().to_numpy(), rtol=1e-6, atol=1e-9)
    code, out, err = command("attribute", path, "--json", "--method", "shapley")
    assert (code, err) == (0, "")
    assert set(json.loads(out)) >= {"no duty", "one market", "all together"}


def test_plan_prints_what_python_gives(command, tmp_path):
    path, costs = tmp_path / "reform.toml", tmp_path / "costs.csv"
    path.write_text(PORTFOLIO, encoding="utf-8")
    costs.write_text("part,cost\nno duty,1\none market,3\n", encoding="utf-8-sig")
    words = ("plan", path, "--outcome", "real_income HOM")
    more = ("--years", "2026-2027", "--costs", costs, "--budget", "4")
    code, printed, _ = command(*words, *more)
    assert code == 0
    for title in ("interactions", "year by year", "best sequence"):
        assert title in printed
    page = tmp_path / "plan.html"
    code, printed, _ = command(*words, *more, "--json", "--page", page)
    assert code == 0
    found = json.loads(printed)
    written = page.read_text(encoding="utf-8")
    assert written.count("data:image/svg") == written.count("<table") == len(found) == 3
    assert written.count("one market") >= 3
    code, _, err = command(*words, "--page", tmp_path / "none" / "plan.html")
    assert code == 1
    assert "plan.html" in err or "none" in err
    world, scenario = zv.load_world("toy"), zv.read_scenario(path)
    plan = zv.best_sequence(
        world, scenario, "real_income HOM", {"no duty": 1, "one market": 3}, budget=4, workers=1
    )
    assert list(found["best sequence"]) == plan["part"].tolist()
    assert set(found["year by year, percent"]) == {"2026", "2027"}
    costs.write_text("part,cost\nno duty,1\none market,3\nno duty,2\n", encoding="utf-8")
    code, _, err = command(*words, "--costs", costs)
    assert code == 1
    assert "the part 'no duty' stands there twice" in err
    costs.write_text("part,price\nno duty,1\n", encoding="utf-8")
    code, _, err = command(*words, "--costs", costs)
    assert code == 1
    assert "columns part and cost" in err
    for years in ("2027-2026", "26-32", "2026-9999"):
        code, _, err = command(*words, "--years", years)
        assert code == 1
        assert "2026-2032" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--outcome", "real_incom HOM"), "did you mean 'real_income'"),
        (("--method", "shaply"), "did you mean 'shapley'"),
        (("--outcome", "real_income XXX"), "not a country"),
        (("--outcome", ""), "not a kind of outcome"),
        (("--page", "missing/page.html"), "the folder 'missing' does not exist"),
        (("--csv", "missing/table.csv"), "the folder 'missing' does not exist"),
    ],
)
def test_attribute_names_mistakes(command, tmp_path, words, said):
    path = tmp_path / "reform.toml"
    path.write_text(PORTFOLIO, encoding="utf-8")
    code, _, err = command("attribute", path, *words)
    assert code == 1
    assert said in err
    assert "Traceback" not in err


def test_uncertainty_prints_bands_and_drivers(command, tmp_path):
    path, out = tmp_path / "reform.toml", tmp_path / "draws"
    path.write_text(PORTFOLIO, encoding="utf-8")
    words = ("--draws", "40", "--decompose", "20", "--data-spread", "0.1", "--out", out)
    wanted = ("--outcome", "real_income HOM", "--outcome", "exports RST")
    code, _, err = command("uncertainty", path, *words, *wanted)
    assert code == 1
    assert "--elasticity-spread" in err  # the sectors of the toy are in no published set
    code, printed, _ = command("uncertainty", path, *words, *wanted, "--elasticity-spread", "0.2")
    assert code == 0
    assert "What drives it most" in printed
    drivers = pd.read_csv(out / "drivers.csv")
    assert set(drivers["assumption"]) == {"trade elasticities", "baseline data"}


def test_uncertainty_of_the_packaged_world(command, tmp_path):
    path, out = tmp_path / "duty.toml", tmp_path / "draws"
    path.write_text(
        '[[measures]]\nkind = "tariff"\nexporters = "CHN"\nimporters = "USA"\nadd = 0.1\n',
        encoding="utf-8",
    )
    words = ("--draws", "8", "--decompose", "0", "--out", out, "--outcome", "real_income USA")
    code, printed, _ = command("uncertainty", path, *words)
    assert code == 0
    assert "nine draws of ten" in printed
    bands = pd.read_csv(out / "bands.csv", index_col="outcome")
    assert (bands["low_pct"] < bands["high_pct"]).all()
    code, printed, err = command("uncertainty", path, *words, "--json")
    assert (code, err) == (0, "")
    assert json.loads(printed)["real_income of USA"]["draws"] == 8
    code, _, err = command("uncertainty", path, *words, "--seed", "5")
    assert code == 1
    assert "another question: seed" in err


def test_ctrl_c_says_how_to_go_on(command, tmp_path, monkeypatch):
    from zollverein.uncertainty import run
    from zollverein.uncertainty.draws import solve_draw as real

    def interrupted(job, draw):
        if draw.number == 5:
            raise KeyboardInterrupt
        return real(job, draw)

    path, out = tmp_path / "duty.toml", tmp_path / "draws"
    path.write_text(
        '[[measures]]\nkind = "tariff"\nexporters = "CHN"\nimporters = "USA"\nadd = 0.1\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(run, "solve_draw", interrupted)
    monkeypatch.setattr("zollverein.workers.processors", lambda: 1)
    words = ("uncertainty", path, "--draws", "8", "--out", out, "--outcome", "real_income USA")
    code, _, err = command(*words)
    assert code == 1
    assert "stopped after 5 of 8 draws" in err
    assert "goes on from there" in err
    monkeypatch.setattr(run, "solve_draw", real)
    code, printed, _ = command(*words)
    assert code == 0
    assert "from 8 draws" in printed


def test_ensemble_prints_runs_and_reasons(command, tmp_path, monkeypatch):
    """With fewer levels than a user gets, to save time."""
    path, csv = tmp_path / "duty.toml", tmp_path / "runs.csv"
    path.write_text(
        '[[measures]]\nkind = "tariff"\nexporters = "CHN"\nimporters = "USA"\nadd = 0.1\n',
        encoding="utf-8",
    )
    few = {"models": ["ces"], "closures": [], "horizons": [], "elasticities": ["U4"], "workers": 1}
    solve = zv.ensemble
    module = sys.modules["zollverein.ensemble"]
    monkeypatch.setattr(module, "ensemble", lambda *given, **keys: solve(*given, **{**keys, **few}))
    words = ("ensemble", path, "--outcome", "real_income USA")
    code, printed, _ = command(*words, "--csv", csv)
    assert code == 0
    assert "What moves it most alone" in printed
    assert "lowest:" in printed
    table = pd.read_csv(csv, index_col="run")
    assert table["model"].tolist() == ["caliendo_parro", "ces", "caliendo_parro"]
    code, printed, err = command(*words, "--json")
    assert (code, err) == (0, "")
    assert len(json.loads(printed)) == 3
