"""Smoke tests of the benchmarks: everything runs on tiny worlds, and numbers agree; no times."""

import ast
import importlib
import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers import assert_close
from zollverein.testing import make_policy

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def module(name):
    return importlib.import_module(name)


def numbers(table):
    """The numbers in a Markdown table."""
    return [
        float(cell.replace(",", "")) for cell in re.findall(r"(?<=\| )\d[\d.,e+-]*(?= \|)", table)
    ]


def parts():
    """All of them but the peers, which have a test of their own."""
    text = (ROOT / "benchmarks" / "run.py").read_text(encoding="utf-8")
    found = re.search(r"^PARTS = (\(.*?\))$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return [part for part in ast.literal_eval(found.group(1)) if part != "peers"]


@pytest.mark.parametrize("part", parts())
def test_every_part_runs_and_prints_finite_numbers(part):
    if part == "app_server":
        for package in ("fastapi", "uvicorn", "httpx"):
            pytest.importorskip(package, reason="the extra 'app' or httpx is not installed")
    if part == "app_latency" and module(part).absent():
        pytest.skip(module(part).absent())
    found = module(part).tables(quick=True)
    assert found
    for name, text in found.items():
        assert text, name
        assert "nan" not in text.lower(), name
        assert all(math.isfinite(value) for value in numbers(text)), name


def test_latency_without_a_browser_says_so_and_writes_nothing(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert module("app_latency").tables(quick=True) == {}
    assert "app_latency is left out" in capsys.readouterr().out


def test_peers_agree_in_the_quick_run():
    runs = list(module("peers").compare(quick=True))
    assert [run.program for run in runs].count("published algorithm") == 3
    for run in runs:
        assert run.agrees, run
        assert run.residual <= 100 * run.tolerance, run


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_published_algorithm_finds_our_equilibrium(seed):
    """Within ten times its tolerance, which bounds the last wage change and not the distance."""
    worlds, problems = module("worlds"), module("peer_problems")
    world = worlds.gravity_world(5, 4, seed)
    rng = np.random.default_rng(seed)
    cost = np.exp(rng.normal(0, 0.1, (5, 5, 4)))
    tariff = world.data["tariff"].values * rng.uniform(0, 2, (5, 5, 4))
    policy = make_policy(world, cost_hat=cost, tariff=tariff)
    case = worlds.Case(world, policy, "zero", worlds.elasticities(4))
    found = module("caliendo_parro_algorithm").solve(problems.shares_of(case), tolerance=1e-9)
    after = case.solve(tolerance=1e-12).after.data
    assert_close(found.wage_hat, after["wage"].values, rtol=1e-8)
    assert_close(found.price_hat, after["price_index"].values, rtol=1e-8)


def test_the_certificate_refuses_a_wrong_answer_of_a_peer():
    worlds, problems = module("worlds"), module("peer_problems")
    case = replace(worlds.make_case(worlds.gravity_world(5, 4), "bloc"), closure="zero")
    given = problems.shares_of(case)
    found = module("caliendo_parro_algorithm").solve(given, tolerance=1e-9)
    answer = [found.wage_hat, found.price_hat, found.trade, found.spending]
    assert problems.judged(case, *answer) <= 1e-7
    answer[1] = answer[1] * 1.001
    assert problems.judged(case, *answer) >= 1e-4


def test_worlds_resemble_the_tables_that_they_stand_for():
    world = module("worlds").gravity_world(31, 40)
    flow = world.data["trade_flow"].values
    own = np.einsum("iis->is", flow)
    foreign = ~np.eye(31, dtype=bool)
    assert 0.7 <= own.sum() / flow.sum() <= 0.85
    assert 0.03 <= (flow[foreign] == 0).mean() <= 0.15
    assert 0.01 <= (flow.sum(axis=1) == 0).mean() <= 0.05
    goods = module("worlds").goods_sectors(40)
    assert (world.data["tariff"].values[:, :, goods:] == 0).all()


def test_laws_are_recovered_by_the_fit():
    growth = module("growth")
    n, s = np.array(growth.SIZES, dtype=float).T
    cost = 50 + 2e-3 * n**2 * s + 1e-3 * n * s**2
    law = growth.fit(growth.SIZES, cost, ("", "N S", "N² S", "N S²"))
    assert_close(law.coefficients, [50, 0, 2e-3, 1e-3], rtol=1e-6, atol=1e-9)


def test_tables_go_between_their_markers(tmp_path):
    common, page = module("common"), tmp_path / "page.md"
    page.write_text("before\n<!-- begin: x -->\nold\n<!-- end: x -->\nafter\n", encoding="utf-8")
    common.write_between_markers(page, "x", common.table(("a", "b"), [("one", 2.0), ("two", None)]))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- begin: x -->\n| a | b |")
    assert text.endswith("<!-- end: x -->\nafter\n")
    assert "old" not in text
    with pytest.raises(ValueError, match="lacks the lines"):
        common.write_between_markers(page, "y", "")


def test_every_table_has_its_place_in_the_documentation():
    pages = {path.stem: path.read_text(encoding="utf-8") for path in _pages()}
    markers = {
        "benchmarks": {"machine"},
        "speed": {"speed", "speed-limits", "icio2022"},
        "growth": {"growth", "growth-laws"},
        "batch": {"batch"},
        "versions": {"versions"},
        "gradient": {"gradient", "gradient-models", "gradient-error"},
        "gradient_further": {"gradient-further"},
        "lookups": {"lookups"},
        "games": {"games", "coalition", "games-memory"},
        "answers": {"answers"},
        "app_server": {"app_server"},
        "app_latency": {"app_latency", "app_crowd", "app_drag", "app_weight"},
        "startup": {"startup"},
        "peers": {"peers"},
    }
    assert set(pages) == set(markers)
    for page, wanted in markers.items():
        assert set(re.findall(r"<!-- begin: (.+?) -->", pages[page])) == wanted
        assert set(re.findall(r"<!-- end: (.+?) -->", pages[page])) == wanted


def _pages():
    return [ROOT / "docs" / "benchmarks.md", *(ROOT / "docs" / "benchmarks").glob("*.md")]


def test_the_entry_point_runs_a_part():
    command = [sys.executable, "benchmarks/run.py", "--quick", "--only", "gradient"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert "### machine" in done.stdout
    assert "gradient-error" in done.stdout


def test_two_versions_are_set_beside_each_other():
    """Here one and the same, which needs as many evaluations as itself."""
    pytest.importorskip("numba")
    versions = module("versions")
    source = versions.sources(str(ROOT), Path("unused"))
    text = versions.compare(source, source, ((5, 3),), 2)
    lines = text.splitlines()[2:]
    assert len(lines) == 2 * (len(module("worlds").SCENARIOS) + 2)
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2] == cells[3]
        assert all(float(cell) > 0 for cell in cells[2:])


def test_a_peer_that_cannot_run_is_reported_with_the_reason(monkeypatch):
    environment, peers = module("peer_environment"), module("peers")

    def refuse():
        raise subprocess.CalledProcessError(1, "pip", stderr="noise\nERROR: no such package\n")

    monkeypatch.setattr(environment, "_environment", refuse)
    case = module("peer_problems").one_sector(4)
    truth = peers.incomes(case, case.solve(tolerance=1e-12))
    (run,) = peers._gegravity("one sector", case, truth)
    assert run.note == "not run: ERROR: no such package"
    assert not run.agrees
    assert run.row()[-2] == run.note
