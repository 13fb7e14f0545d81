"""Comparisons: what each case is alone, parts that add up, and choices named as they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import DataError, ScenarioError
from zollverein.scenario import Barrier, Embargo, Scenario, Tariff
from zollverein.testing import make_policy, random_world

DUTY = Tariff(name="Duty", exporters="RST", importers="HOM", sectors="goods", set=0.0)
HIGHER = Tariff(name="Duty", exporters="RST", importers="HOM", sectors="goods", set=0.5)
BORDER = Barrier(exporters="PAR", importers="HOM", add=0.1)


def scenario(name: str, *measures: Any, **keys: Any) -> Scenario:
    return Scenario(name=name, world="toy", measures=measures, **keys)


A = scenario("A", DUTY)
B = scenario("B", HIGHER, BORDER, trade_elasticity=6.0)


@pytest.fixture(scope="module")
def found():
    return zv.compare([A, B])


def effect(case, country="HOM", **options):
    return zv.simulate(zv.load_world("toy"), case, **options).table()["real_income_pct"][country]


def test_each_case_is_what_it_is_alone(found):
    for case in (A, B):
        assert found.table[case.name]["HOM"] == pytest.approx(effect(case), abs=1e-9)
    expected = found.table["B"] - found.table["A"]
    np.testing.assert_allclose(found.differences["B"], expected, rtol=1e-12)


def test_parts_add_up_to_the_difference(found):
    parts = found.reasons["B"]
    assert parts.columns.tolist() == ["trade_elasticity", "tariff 'Duty'", "barrier PAR→HOM"]
    np.testing.assert_allclose(parts.sum(axis=1), found.differences["B"], rtol=1e-10)
    assert (parts.abs().to_numpy() > 0).any(axis=0).all()


def test_two_choices_are_divided_by_hand():
    """The share of one of two is the mean of switching it first and switching it last."""
    other = scenario("C", HIGHER, trade_elasticity=6.0)
    parts = zv.compare([A, other]).reasons["C"]
    old, new = effect(A), effect(other)
    duty, theta = effect(scenario("", HIGHER)), effect(A, trade_elasticity=6.0)
    assert parts["tariff 'Duty'"]["HOM"] == pytest.approx((duty - old + new - theta) / 2, abs=1e-8)
    assert parts["trade_elasticity"]["HOM"] == pytest.approx(
        (theta - old + new - duty) / 2, abs=1e-8
    )


def test_only_choices_that_differ_are_shown(found):
    assert found.choices.index.tolist() == ["trade_elasticity", "measures"]
    assert "6 in every sector" in found.choices["B"]["trade_elasticity"]
    assert "Barriers worth 10 %" in found.choices["B"]["measures"]


def test_equal_cases_do_not_differ():
    same = zv.compare([A, A])
    assert same.table.columns.tolist() == ["A", "A (2)"]
    assert (same.differences == 0).all(axis=None)
    assert same.choices.empty
    assert same.reasons["A (2)"].empty


def test_elasticities_are_called_what_a_simulation_calls_them(found):
    alone = zv.simulate(zv.load_world("toy"), A)
    assert found.results[0].parameters.elasticity_name == alone.parameters.elasticity_name


def test_worlds_closures_and_results_can_be_compared():
    """Two worlds of other countries: the common ones are compared, the rest are named."""
    first = random_world(1, countries=4, sectors=2)
    second = random_world(2, countries=5, sectors=2)
    barrier = Scenario(name="barrier", measures=[Barrier(importers="C1", add=0.1)])
    results = [
        zv.simulate(first, barrier, trade_elasticity=4.0, closure="zero"),
        zv.simulate(second, barrier, trade_elasticity=5.0),
    ]
    found = zv.compare(results)
    assert found.results == tuple(results)
    assert found.table.index.tolist() == ["C0", "C1", "C2", "C3"]
    assert found.notes == ("barrier (2): C4 left out, not in the worlds of all cases.",)
    parts = found.reasons["barrier (2)"]
    assert parts.columns.tolist() == ["world", "closure", "trade_elasticity"]
    np.testing.assert_allclose(
        parts.sum(axis=1), found.differences["barrier (2)"], rtol=1e-9, atol=1e-9
    )


def test_a_horizon_is_taken_apart_into_what_it_stands_for():
    """The short run: other nests and labour that stays; the parts still add up."""
    short = scenario("Short", DUTY, horizon="short")
    found = zv.compare([A, short])
    assert set(found.choices.index) >= {"horizon", "labour", "input_elasticity"}
    parts = found.reasons["Short"]
    assert parts.columns.tolist() == ["labour", "nests"]
    np.testing.assert_allclose(parts.sum(axis=1), found.differences["Short"], rtol=1e-9)


def test_policies_given_directly_are_one_choice():
    world = zv.load_world("toy")
    results = [
        zv.simulate(world, make_policy(world, cost_hat=np.full((3, 3, 2), size)))
        for size in (1.05, 1.10)
    ]
    found = zv.compare(results)
    assert found.reasons["policy (2)"].columns.tolist() == ["measures"]


def test_measures_that_cannot_be_told_apart_are_one_choice():
    swapped = scenario("C", BORDER, HIGHER)
    assert zv.compare([scenario("D", DUTY, BORDER), swapped]).reasons["C"].columns.tolist() == [
        "measures"
    ]
    many = scenario("E", *(Barrier(exporters=c, sectors=s, add=0.01) for c in ("HOM", "PAR", "RST")
                           for s in ("goods", "services", "all")))  # fmt: skip
    assert zv.compare([A, many]).reasons["E"].columns.tolist() == ["measures"]


def test_contradictory_mixtures_are_left_out_and_said():
    """Two names set one rate: with both in force the mixture contradicts itself."""
    renamed = Tariff(name="Other", exporters="RST", importers="HOM", sectors="goods", set=0.5)
    found = zv.compare([A, scenario("C", renamed)])
    parts = found.reasons["C"]
    np.testing.assert_allclose(parts.sum(axis=1), found.differences["C"], rtol=1e-10)
    assert "1 of 4 mixtures" in found.notes[0]


def test_files_are_read_and_a_world_replaces_theirs(tmp_path):
    for case in (A, B):
        (tmp_path / f"{case.name}.toml").write_text(case.to_toml(), encoding="utf-8")
    paths = [tmp_path / "A.toml", str(tmp_path / "B.toml")]
    found = zv.compare(paths, world=zv.load_world("toy"), column="imports_pct", reasons=False)
    assert dict(found.reasons) == {}
    assert found.column == "imports_pct"
    assert found.table.columns.tolist() == ["A", "B"]


def test_a_choice_given_for_all_does_not_differ():
    found = zv.compare([A, B], trade_elasticity=5.0)
    assert found.choices.index.tolist() == ["measures"]


@pytest.mark.parametrize(
    ("cases", "keys", "error", "said"),
    [
        ([A], {}, DataError, "at least two"),
        ("a.toml", {}, DataError, "at least two"),
        ([A, B], {"column": "real_incom_pct"}, ScenarioError, "real_income_pct"),
        ([A, B], {"column": "role"}, ScenarioError, "'role' is not an effect"),
        ([A, scenario("C", Embargo(exporters="XXX"))], {}, ScenarioError, "^C: .*XXX"),
    ],
)
def test_mistakes_are_named(cases, keys, error, said):
    with pytest.raises(error, match=said):
        zv.compare(cases, **keys)


def test_worlds_without_a_common_country_are_refused():
    other = random_world(1, countries=3, sectors=2)
    results = [
        zv.simulate(world, Scenario(), trade_elasticity=4.0)
        for world in (zv.load_world("toy"), other)
    ]
    with pytest.raises(DataError, match="no country"):
        zv.compare(results)
