"""What is measured between two worlds: the table, the terms of trade, and two decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import (
    assert_close,
    final_price_hat,
    hat,
    imports,
    real_income_hat,
    simulate,
)
from tests.published import cp2015
from zollverein.measures.effects import (
    consumer_price_hat,
    effects,
    real_wage_hat,
    terms_of_trade_hat,
)
from zollverein.measures.exchange_rate import relative_wage_hat
from zollverein.measures.first_order import first_order
from zollverein.testing import decouple, make_policy, neutral_policy, random_policy, random_world

COLUMNS = [
    "real_income_pct",
    "real_wage_pct",
    "exports_pct",
    "imports_pct",
    "terms_of_trade_pct",
    "price_index_pct",
    "income_pct",
]
PARTS = ("terms_of_trade", "volume_of_trade", "direct", "transfer")


def solved(seed: int = 1, **policy: Any) -> Any:
    world = random_world(seed, export_taxes=True)
    return simulate(world, random_policy(world, seed, export_taxes=True, **policy))


def free_trade_with_rest() -> Any:
    """The toy world without its one duty."""
    world = zv.load_world("toy")
    return zv.simulate(world, make_policy(world, tariff=np.zeros((3, 3, 2))))


# --- the table ---------------------------------------------------------------------------------
def test_the_table_has_a_row_for_each_country_and_its_columns() -> None:
    result = solved()
    table = result.table()
    assert list(table.columns) == COLUMNS
    assert list(table.index) == list(result.before.countries)
    assert table.index.name == "country"
    assert np.isfinite(table.to_numpy()).all()


def test_the_table_is_what_its_definitions_say() -> None:
    result = solved()
    table = result.table()
    assert_close(table["real_income_pct"], 100 * (real_income_hat(result) - 1), 1e-9, 1e-9)
    wage = hat(result, "wage") / final_price_hat(result)
    assert_close(table["real_wage_pct"], 100 * (wage - 1), 1e-9, 1e-9)
    growth = imports(result.after) / imports(result.before)
    assert_close(table["imports_pct"], 100 * (growth - 1), 1e-9, 1e-9)
    assert_close(table["price_index_pct"], 100 * (final_price_hat(result) - 1), 1e-9, 1e-9)
    real = (1 + table["income_pct"] / 100) / (1 + table["price_index_pct"] / 100)
    assert_close(real, 1 + table["real_income_pct"] / 100, 1e-12)


def test_no_change_is_a_table_of_zeros() -> None:
    world = random_world(3, export_taxes=True)
    table = simulate(world, neutral_policy(world)).table()
    assert np.abs(table.to_numpy()).max() < 1e-9


def test_a_change_undone_has_the_inverse_effect() -> None:
    result = solved()
    there, back = effects(result.before, result.after), effects(result.after, result.before)
    for column in ("exports_pct", "imports_pct", "income_pct"):
        assert_close((1 + there[column] / 100) * (1 + back[column] / 100), np.ones(4), 1e-9)


def test_a_country_without_any_trade_has_a_finite_row() -> None:
    world = random_world(3)
    row = simulate(world, decouple(world, "C1"), closure="zero").table().loc["C1"]
    assert np.isfinite(row.to_numpy(dtype=float)).all()
    assert row["exports_pct"] == -100.0
    assert row["real_income_pct"] < 0


def test_prices_and_wages_of_countries_that_are_cut_off_are_not_compared() -> None:
    """The two that go on trading have inverse terms of trade; the one that is cut off has none."""
    world = random_world(4, countries=3)
    result = simulate(world, decouple(world, "C2"), closure="zero")
    terms = terms_of_trade_hat(result.before, result.after)
    assert float(terms[2]) == 1.0
    assert_close(terms[:2].prod(), 1.0, 1e-9)
    wages = relative_wage_hat(result.before, result.after)
    assert float(wages[2]) == 1.0
    assert_close(wages[0] * wages[1], 1.0, 1e-9)
    assert_close(hat(result, "wage")[0] / hat(result, "wage")[1], wages[0], 1e-9)


# --- terms of trade ----------------------------------------------------------------------------
def test_terms_of_trade_of_two_countries_are_inverse() -> None:
    """What one sells the other buys, at one price."""
    world = random_world(4, countries=2)
    result = simulate(world, random_policy(world, 4, embargoes=False))
    terms = terms_of_trade_hat(result.before, result.after)
    assert_close(terms.prod(), 1.0, 1e-9)
    assert abs(float(terms[0]) - 1) > 1e-4


def test_terms_of_trade_by_hand_in_the_toy_world() -> None:
    """Törnqvist weights of one traded good; unit cost w^0.75 P^0.25."""
    result = free_trade_with_rest()
    wage, price = hat(result, "wage"), hat(result, "price_index")[:, 0]
    cost = 0.75 * np.log(wage) + 0.25 * np.log(price)
    old, new = (w.data["trade_flow"].values[:, :, 0] for w in (result.before, result.after))
    share = [np.array([0, z[1, 0], z[2, 0]]) / (z[1, 0] + z[2, 0]) for z in (old, new)]
    by_hand = cost[0] - np.mean([s @ cost for s in share])
    found = terms_of_trade_hat(result.before, result.after).sel(country="HOM")
    assert_close(np.log(found), by_hand, 1e-9)


def test_productivity_lowers_export_prices() -> None:
    world = zv.load_world("toy")
    better = np.ones((3, 2))
    better[0, 0] = 1.1
    policy = make_policy(world, productivity_hat=better)
    after = zv.simulate(world, policy).after
    with_it = terms_of_trade_hat(world, after, policy.productivity_hat)
    without = terms_of_trade_hat(world, after)
    ratio = with_it.sel(country="HOM") / without.sel(country="HOM")
    assert_close(ratio, 1 / 1.1, 1e-12)


# --- decomposition along the path --------------------------------------------------------------
@pytest.mark.parametrize("closure", ["share_of_world", "share_of_own", "zero"])
@pytest.mark.parametrize("seed", range(3))
def test_the_parts_add_up_to_exact_real_income(seed: int, closure: str) -> None:
    """Duties, export taxes, trade costs, embargoes and productivity together."""
    world = random_world(seed, export_taxes=True)
    policy = random_policy(world, seed, export_taxes=True, productivity=True)
    result = simulate(world, policy, closure=closure)
    parts = zv.decompose(result)
    assert set(parts) == {*PARTS, "gap", "total"}
    exact = 100 * (real_income_hat(result) - 1)
    assert_close(parts["total"], exact, 1e-9, 1e-9)
    summed = parts[[*PARTS, "gap"]].to_array().sum("variable")
    assert_close(summed, exact, 1e-9, 1e-9)
    assert float(np.abs(parts["gap"]).max()) < 1e-5
    assert parts.attrs["largest_gap"] <= 1e-8


@pytest.mark.parametrize("seed", range(3))
def test_path_and_first_order_agree_for_a_tiny_policy(seed: int) -> None:
    world = random_world(seed, export_taxes=True)
    full = random_policy(world, seed, export_taxes=True, productivity=True, embargoes=False)
    step, before = 1e-5, world.data["tariff"].values
    small = make_policy(
        world,
        tariff=before + step * (full.tariff.values - before),
        cost_hat=full.cost_hat.values**step,
        productivity_hat=full.productivity_hat.values**step,
    )
    result = simulate(world, small, tolerance=1e-13)
    path = zv.decompose(result)
    local = 100 * first_order(
        world, result.after, cost_hat=small.cost_hat, productivity_hat=small.productivity_hat
    )
    for part in PARTS:
        assert_close(path[part] / step, local[part] / step, rtol=1e-3, atol=1e-3)


def test_each_part_is_what_its_name_says() -> None:
    world = random_world(2, tariffs=False, deficits=False)
    costly = np.where(np.eye(4, dtype=bool)[:, :, None], 1.0, np.full((4, 4, 3), 1.1))
    parts = zv.decompose(simulate(world, make_policy(world, cost_hat=costly)))
    assert bool((parts["direct"] < 0).all())  # resources used up in trade
    assert float(np.abs(parts["volume_of_trade"]).max()) < 1e-9  # no taxes, no revenue
    assert float(np.abs(parts["transfer"]).max()) < 1e-9


def test_a_tariff_has_no_direct_effect_and_terms_of_trade_are_zero_sum() -> None:
    result = free_trade_with_rest()
    parts = zv.decompose(result)
    assert not parts["direct"].any()
    small = 1e-4
    world = result.before
    tariff = world.data["tariff"].values * (1 - small)
    near = zv.decompose(zv.simulate(world, make_policy(world, tariff=tariff), tolerance=1e-13))
    income = world.data["final_demand"].values.sum(axis=1)
    assert abs(float((near["terms_of_trade"] * income).sum())) < small * 1e-2


def test_the_sign_of_the_first_order_formula_can_be_wrong() -> None:
    """The toy world's duty: 0.83 by the formula, -0.42 exactly, and the path explains it."""
    result = free_trade_with_rest()
    local = 100 * first_order(result.before, result.after).sel(country="HOM")
    path = zv.decompose(result).sel(country="HOM")
    assert float(local["welfare"]) == pytest.approx(0.829, abs=1e-3)
    assert float(path["total"]) == pytest.approx(-0.415, abs=1e-3)
    assert float(path["volume_of_trade"]) < 0.5 * float(local["volume_of_trade"])


# --- Mexico ------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def nafta() -> Any:
    if not cp2015.DATA.exists():
        pytest.skip("the data of Caliendo and Parro (2015) are not beside the project")
    shares = cp2015.benchmark()
    world = cp2015.equilibrium(shares)
    theta = xr.DataArray(shares.elasticity, coords={"sector": list(world.sectors)})
    policy = make_policy(world, tariff=shares.tariff_new)
    return zv.simulate(world, policy, closure="zero", trade_elasticity=theta, tolerance=1e-11)


@pytest.mark.slow
@pytest.mark.published
@pytest.mark.parametrize(
    ("country", "local", "exact", "terms", "volume"),
    [
        ("MEX", 1.312, 0.007, -0.680, 0.687),
        ("CAN", -0.064, -0.110, -0.109, -0.001),
        ("USA", 0.085, 0.074, 0.059, 0.015),
    ],
)
def test_nafta_first_order_exact_and_path(
    nafta: Any, country: str, local: float, exact: float, terms: float, volume: float
) -> None:
    """The figures of docs/real-income.md; only the first-order ones are in the paper."""
    welfare = 100 * first_order(nafta.before, nafta.after)["welfare"].sel(country=country)
    assert float(welfare) == pytest.approx(local, abs=6e-4)
    assert nafta.table().loc[country, "real_income_pct"] == pytest.approx(exact, abs=6e-4)
    path = zv.decompose(nafta, tolerance=1e-7).sel(country=country)
    assert float(path["terms_of_trade"]) == pytest.approx(terms, abs=6e-4)
    assert float(path["volume_of_trade"]) == pytest.approx(volume, abs=6e-4)
    assert float(path["total"]) == pytest.approx(exact, abs=6e-4)


@pytest.mark.slow
@pytest.mark.published
def test_nafta_costs_mexico_its_tariff_revenue(nafta: Any) -> None:
    from zollverein.accounts import income, tariff_revenue

    shares = [
        float((100 * tariff_revenue(w) / income(w)).sel(country="MEX"))
        for w in (nafta.before, nafta.after)
    ]
    assert shares == pytest.approx([2.04, 0.37], abs=5e-3)


def test_consumer_prices_and_wages_have_country_labels() -> None:
    result = solved()
    for measure in (consumer_price_hat, real_wage_hat):
        found = measure(result.before, result.after)
        assert found.dims == ("country",)
        assert list(found.indexes["country"]) == list(result.before.countries)
