"""The commands about coalitions, best duties and comparisons: the same numbers as in Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.scenario import Tariff

DUTY = '[[measures]]\nkind = "tariff"\nexporters = "{}"\nimporters = "{}"\nset = {}\n'


@pytest.fixture
def write(tmp_path):
    """Write a scenario file."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return put


def rows(printed: str, number: int) -> list[dict[str, Any]]:
    """Rows of a table of the JSON printed."""
    return list(list(json.loads(printed)["tables"].values())[number])


def test_coalition(command, write):
    how = write("how", DUTY.format("target", "members", 0.4))
    words = ["coalition", "RST", "--members", "HOM, PAR", "--instrument", how, "--world", "toy"]
    code, printed, _ = command(*words, "--response", "--json")
    assert code == 0
    measure = Tariff(exporters="target", importers="members", set=0.4)
    found = zv.coalition(zv.load_world("toy"), ["HOM", "PAR"], "RST", measure, workers=1)
    for row, (name, expected) in zip(rows(printed, 0), found.members.iterrows(), strict=True):
        assert row["member"] == name
        assert row["shapley_pct"] == pytest.approx(expected["shapley_pct"], abs=1e-7)
        assert row["transfer"] == pytest.approx(expected["transfer"], abs=1e-7)
    *_, response, assumptions = json.loads(printed)["notes"]
    assert "best uniform duty of RST" in response
    assert "elasticities 4 in every sector" in assumptions
    code, printed, _ = command(*words)
    assert code == 0
    assert "shapley_pct" in printed


def test_optimal(command):
    words = ["optimal", "HOM", "--world", "toy", "--by", "partner", "--sectors", "goods"]
    code, printed, _ = command(*words, "--json")
    assert code == 0
    best = zv.optimal_tariff(zv.load_world("toy"), "HOM", by="partner", sectors="goods")
    found = [row["best_pct"] for row in rows(printed, 0)]
    np.testing.assert_allclose(found, 100 * best.rates["best"], atol=1e-3)
    assert "a maximum" in json.loads(printed)["notes"][0]


def test_nash(command, write):
    said = write("said", 'world = "toy"\n[blocs]\nunion = ["HOM", "PAR"]\n')
    code, printed, _ = command("nash", "union,RST", "--scenario", said)
    assert code == 0
    assert "an equilibrium" in printed
    assert "union" in printed
    code, printed, _ = command("nash", "all", "--world", "toy", "--json")
    assert [row["player"] for row in rows(printed, 0)] == ["HOM", "PAR", "RST"]


def test_frontier(command):
    words = ["frontier", "HOM", "RST", "--weights", "0, 1", "--world", "toy"]
    code, printed, _ = command(*words, "--json")
    assert code == 0
    found = zv.frontier(zv.load_world("toy"), "HOM", "RST", weights=[0, 1])
    for row, (weight, expected) in zip(rows(printed, 0), found.iterrows(), strict=True):
        assert row["weight"] == weight
        assert row["target_pct"] == pytest.approx(expected["target_pct"], abs=1e-6)
        assert row["rate_pct"] == pytest.approx(100 * expected["rate"], abs=1e-6)
    code, printed, _ = command(*words)
    assert code == 0
    assert "sender" in printed


def test_kemp_wan(command, tmp_path):
    page = tmp_path / "union.html"
    words = ["kemp-wan", "HOM, PAR", "--world", "toy", "--json", "--page", page]
    code, printed, _ = command(*words)
    assert code == 0
    found = zv.kemp_wan(zv.load_world("toy"), ["HOM", "PAR"])
    text = json.dumps(json.loads(printed))
    assert all(name in text for name in found.members.index)
    assert "HOM" in page.read_text(encoding="utf-8")


def test_compare(command, write):
    head = 'name = "{}"\nworld = "toy"\n'
    first = write("one", head.format("Low") + DUTY.format("RST", "HOM", 0.0))
    second = write(
        "two", head.format("High") + "trade_elasticity = 6\n" + DUTY.format("RST", "HOM", 0.5)
    )
    code, printed, _ = command("compare", first, second)
    assert code == 0
    assert "what makes High differ from Low" in printed
    code, printed, _ = command("compare", first, second, "--json", "--column", "exports_pct")
    part = rows(printed, 2)[0]
    names = set(part) - {"country", "difference"}
    assert names == {"trade_elasticity", "tariff RST→HOM"}
    assert sum(part[name] for name in names) == pytest.approx(part["difference"], abs=1e-9)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["optimal", "HOME", "--world", "toy"], "HOME"),
        (["optimal", "HOM", "--world", "toy", "--by", "product"], "uniform, partner, sector"),
        (["nash", "HOM,HOM", "--world", "toy"], "belongs to"),
        (["nash", " ,", "--world", "toy"], "no player is named"),
        (["frontier", "HOM", "RST", "--weights=-1", "--world", "toy"], "not negative"),
        (["frontier", "HOM", "RST", "--weights", "much", "--world", "toy"], "numbers with commas"),
        (["kemp-wan", "HOM,PAR", "--by", "half", "--world", "toy"], "not a way to hold trade"),
        (["coalition", "RST", "--members", "RST", "--world", "toy"], "belongs to"),
        (["coalition", "RST", "--members", "HOM", "--instrument", "none.toml"], "no such file"),
        (["compare", "none.toml", "nothing.toml"], "no such file"),
    ],
)
def test_a_mistake_is_one_message(command, words, said):
    code, printed, told = command(*words)
    assert code == 1
    assert printed == ""
    assert said in told
    assert "Traceback" not in told
