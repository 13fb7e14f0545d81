"""Runs are simulations of their choices; reasons add up; names are checked."""

from __future__ import annotations

import sys
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import DataError, NotConverged, ScenarioError
from zollverein.readings import parse_outcomes, read_result
from zollverein.scenario import Barrier, Scenario, Tariff
from zollverein.testing import random_world

OUTCOMES = ["real_income C0", "exports C1"]
CHOICES: dict[str, Any] = {
    "models": ["caliendo_parro", "ces"],
    "closures": ["share_of_world", "zero"],
    "horizons": [],
    "elasticities": ["U4", 6.0],
}


def test_sets_that_do_not_know_the_sectors_are_left_out():
    world = zv.load_world("toy")
    scenario = Scenario(measures=(Tariff(exporters="RST", importers="HOM", add=0.1),))
    keys: dict[str, Any] = {"models": [], "closures": [], "horizons": [], "workers": 1}
    found = zv.ensemble(world, scenario, "real_income HOM", **keys)
    assert found.failed == {}
    assert set(found.switches["trade_elasticity"]) == {"4 in every sector", "U4"}
    with pytest.raises(DataError, match="the set FGO has no trade elasticity for 'goods'"):
        zv.ensemble(world, scenario, "real_income HOM", elasticities=["FGO"], **keys)


@lru_cache
def case():
    world = random_world(7, countries=4, sectors=3)
    scenario = Scenario(
        trade_elasticity=3.0,
        measures=(
            Barrier(exporters="C0", importers="C1", add=0.2, both_directions=True),
            Tariff(exporters="C2", importers="C0", add=0.15),
        ),
    )
    return world, scenario


@lru_cache
def found(grid="one_at_a_time"):
    world, scenario = case()
    return zv.ensemble(world, scenario, OUTCOMES, grid=grid, workers=1, **CHOICES)


def test_levels_start_with_the_scenarios_own():
    assert found().switches == {
        "model": ("caliendo_parro", "ces"),
        "closure": ("share_of_world", "zero"),
        "horizon": ("medium",),
        "trade_elasticity": ("3 in every sector", "U4", "6.0"),
    }
    assert len(found().table()) == 1 + 1 + 1 + 2
    assert len(found("full").table()) == 2 * 2 * 3


def test_each_run_is_the_simulation_of_its_choices():
    world, scenario = case()
    table = found("full").table()
    outcomes = parse_outcomes(world, OUTCOMES)
    levels = product(["caliendo_parro", "ces"], ["share_of_world", "zero"], [3.0, "U4", 6.0])
    for (_, row), (model, closure, given) in zip(table.iterrows(), levels, strict=True):
        theta: Any = given
        keys: dict[str, Any] = {"model": model, "closure": closure, "trade_elasticity": theta}
        start = world
        if closure == "zero":
            start = zv.simulate(world, Scenario(), closure="zero", trade_elasticity=theta).after
        expected = 100 * (read_result(zv.simulate(start, scenario, **keys), outcomes) - 1)
        numbers = [row["real_income of C0"], row["exports of C1"]]
        np.testing.assert_allclose(np.array(numbers, dtype=float), expected, atol=1e-7)


def test_switches_alone_are_differences_of_runs():
    table, moves = found().table(), found().effects_of_switches()
    own = table["real_income of C0"].iloc[0]
    np.testing.assert_allclose(
        moves["outcome_pct"], table["real_income of C0"].iloc[1:], atol=1e-12
    )
    np.testing.assert_allclose(moves["change_pp"], moves["outcome_pct"] - own, atol=1e-12)
    assert moves["switch"].tolist() == ["model", "closure", "trade_elasticity", "trade_elasticity"]


@pytest.mark.parametrize("grid", ["one_at_a_time", "full"])
@pytest.mark.parametrize("outcome", [0, 1])
def test_reasons_add_up(grid, outcome):
    reasons = found(grid).reasons(outcome)
    assert set(reasons["extreme"]) == {"lowest", "highest"}
    for _, part in reasons.groupby("extreme"):
        shares = part.set_index("switch")["share_pp"]
        assert shares.drop("all").sum() == pytest.approx(shares["all"], abs=1e-12)
        assert shares["horizon"] == pytest.approx(0, abs=1e-12)  # a switch with one level
    numbers = found("full").table()[["real_income of C0", "exports of C1"][outcome]]
    if grid == "full":
        whole = reasons[reasons["switch"] == "all"].set_index("extreme")["share_pp"]
        assert whole["lowest"] == pytest.approx(numbers.min() - numbers.iloc[0], abs=1e-12)
        assert whole["highest"] == pytest.approx(numbers.max() - numbers.iloc[0], abs=1e-12)


def test_words():
    text = found().explain()
    assert "over 5 runs" in text
    assert "What moves it most alone" in text
    assert repr(found()) == "Ensemble(5 runs of 2 outcomes)"


def test_elasticities_may_be_an_array():
    world = zv.load_world("toy")
    scenario = Scenario(measures=(Tariff(exporters="RST", importers="HOM", set=0.4),))
    how: Any = {"models": [], "horizons": [], "elasticities": [], "workers": 1}
    tables = [
        zv.ensemble(world, scenario, "real_income HOM", trade_elasticity=given, **how).table()
        for given in (np.array([4.0, 5.0]), {"goods": 4.0, "services": 5.0})
    ]
    assert len(tables[0]) == 4
    assert tables[0].equals(tables[1])


def test_workers_give_the_same_numbers():
    world, scenario = case()
    again = zv.ensemble(world, scenario, OUTCOMES, workers=2, **CHOICES)
    np.testing.assert_array_equal(again.table().iloc[:, 4:], found().table().iloc[:, 4:])


def test_a_run_without_an_equilibrium_is_listed_and_counted(monkeypatch):
    module = sys.modules["zollverein.ensemble.run"]
    real = zv.simulate

    def failing(world, scenario, **keys):
        if keys.get("model") == "ces":
            raise NotConverged("no method found it")
        return real(world, scenario, **keys)

    monkeypatch.setattr(module, "simulate", failing)
    world, scenario = case()
    some = zv.ensemble(world, scenario, OUTCOMES, workers=1, **CHOICES)
    table = some.table()
    assert table.loc[table["model"] == "ces", "real_income of C0"].isna().all()
    assert table.loc[table["model"] != "ces", "real_income of C0"].notna().all()
    assert "1 of 5 runs have no number: no method found it" in some.explain()
    assert set(some.failed.values()) == {"no method found it"}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"grid": "all"}, "one_at_a_time, full"),
        ({"models": ["cess"]}, "'cess' is no model"),
        ({"closures": ["none"]}, "share_of_own"),
        ({"elasticities": ["XX"]}, "FGO"),
    ],
)
def test_mistakes_are_named(keys, said):
    world, scenario = case()
    with pytest.raises(ScenarioError, match=said):
        zv.ensemble(world, scenario, OUTCOMES, workers=1, **{**CHOICES, **keys})
