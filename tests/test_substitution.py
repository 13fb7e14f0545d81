"""Domestic share and user price, employment by sector, and the exchange-rate reading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.helpers import assert_close, simulate, unchecked_world
from zollverein import accounts
from zollverein.measures.effects import consumer_price_hat, real_income_hat, real_wage_hat
from zollverein.measures.employment import employment, employment_moved
from zollverein.measures.exchange_rate import EXPLANATION, exchange_rate, relative_wage_hat
from zollverein.measures.substitution import READINGS, import_substitution, substituted
from zollverein.testing import make_policy, neutral_policy, random_policy, random_world

PRICES = ["user_price_pct", "user_price_in_wages_pct"]


def at_home(world: zv.World, **levers: float) -> Any:
    """C0 acts in sector s0: a duty on all foreign goods, or its own productivity."""
    tariff = world.data["tariff"].values.copy()
    tariff[1:, 0, 0] += levers.get("tariff", 0.0)
    better = np.ones((4, 3))
    better[0, 0] += levers.get("productivity", 0.0)
    return simulate(world, make_policy(world, tariff=tariff, productivity_hat=better))


def test_goods_that_a_measure_substitutes_are_named_and_no_others():
    world = random_world(3)
    measure = {"kind": "import_substitution", "countries": "C1", "sectors": ["s0", "s2"]}
    barrier = {"kind": "barrier", "exporters": "C0", "importers": "C2", "add": 0.1}
    scenario = zv.Scenario.from_dict({"measures": [barrier, {**measure, "home_bias": 0.5}]})
    result = zv.simulate(world, scenario, trade_elasticity=4.0)
    found = substituted(result)
    assert set(found.index) == {("C1", "s0"), ("C1", "s2")}
    whole = import_substitution(result.before, result.after)
    for cell in found.index:
        assert found.loc[cell].equals(whole.loc[cell])
    assert substituted(zv.simulate(world, result.policy, trade_elasticity=4.0)).empty


# --- import substitution -----------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(5))
def test_a_tariff_raises_share_and_price_and_productivity_only_the_share(seed):
    world = random_world(seed)
    rows: Any = [
        import_substitution(world, at_home(world, **{lever: 0.2}).after).loc[("C0", "s0")]
        for lever in ("tariff", "productivity")
    ]
    dear, able = rows
    assert dear["domestic_share_change"] > 0
    assert able["domestic_share_change"] > 0
    assert (dear[PRICES] > 0).all()
    assert (able[PRICES] < 0).all()
    assert dear["reading"] == READINGS[True, True]
    assert able["reading"] == READINGS[True, False]


def test_domestic_shares_are_shares_of_purchases():
    result = at_home(random_world(1), tariff=0.1)
    table = import_substitution(result.before, result.after)
    for world, column in ((result.before, "before"), (result.after, "after")):
        share = accounts.trade_share(world).values
        own = share[np.arange(4), np.arange(4)]
        assert_close(table[f"domestic_share_{column}"], own.ravel(), 1e-12, 1e-15)
    assert np.isfinite(table.drop(columns="reading").to_numpy()).all()


def test_no_change_has_no_reading():
    world = random_world(1)
    table = import_substitution(world, world)
    assert (table["reading"] == "").all()
    assert not table["domestic_share_change"].any()


# --- employment --------------------------------------------------------------------------------
def test_employment_without_the_variable_is_value_added_over_the_wage():
    result = at_home(random_world(2), tariff=0.3)
    table = employment(result.before, result.after)
    added = result.after.data["value_added"].values
    share = added / added.sum(axis=1, keepdims=True)
    old = result.before.data["value_added"].values
    change = 100 * (share - old / old.sum(axis=1, keepdims=True))
    assert_close(table["share_change"], change.ravel(), 1e-9, 1e-12)
    assert_close(table["share_change"].groupby("country").sum(), np.zeros(4), 0, 1e-10)
    totals = table[["before", "after"]].groupby("country").sum()
    assert_close(totals["after"], totals["before"], 1e-9)  # labour does not leave the country
    assert table["change_pct"].to_numpy()[0] > 0  # C0, s0


def test_employment_moved_by_hand():
    """Shares of a half, a half and nothing become 0.4, 0.35 and 0.25: a quarter moves."""
    world = random_world(2)
    dims = ("country", "sector")
    old, new = np.tile([5.0, 5.0, 0.0], (4, 1)), np.tile([4.0, 3.5, 2.5], (4, 1))
    pair = [unchecked_world(world, employment=(dims, jobs)) for jobs in (old, 3 * new)]
    assert_close(employment_moved(*pair), np.full(4, 25.0), 1e-12)
    assert_close(employment(*pair)["after"], 3 * new.ravel(), 0)
    fixed = [unchecked_world(world, employment=(dims, old))] * 2
    assert not employment_moved(*fixed).any()


def test_wages_by_sector_are_value_added_over_employment():
    world = random_world(2, zeros=False)
    jobs = world.data["value_added"].values / [1.0, 2.0, 4.0]
    own = unchecked_world(world, employment=(("country", "sector"), jobs))
    assert_close(accounts.sector_wage(own), np.tile([1.0, 2.0, 4.0], (4, 1)), 1e-12)
    assert_close(accounts.sector_wage(world), np.ones((4, 3)), 1e-12)


# --- consumer prices ---------------------------------------------------------------------------
def test_consumer_prices_are_the_worlds_own_where_it_has_them():
    result = at_home(random_world(2), tariff=0.3)
    index = np.array([1.0, 1.1, 1.2, 1.3])
    both = [
        unchecked_world(world, consumer_price=(("country",), values))
        for world, values in ((result.before, np.full(4, 0.5)), (result.after, index))
    ]
    assert_close(consumer_price_hat(*both), 2 * index, 1e-12)
    assert_close(consumer_price_hat(result.before, both[1]), index, 1e-12)  # 1 in a baseline
    cobb_douglas = consumer_price_hat(both[0], result.after)
    assert_close(cobb_douglas, consumer_price_hat(result.before, result.after), 0)
    growth = result.after.data["final_demand"].sum("sector") / result.before.data[
        "final_demand"
    ].sum("sector")
    assert_close(real_income_hat(*both), growth / (2 * index), 1e-12)


# --- exchange rate -----------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(4))
def test_lerner_symmetry(seed):
    """A uniform import tax and the same export tax: one allocation, opposite relative wages."""
    world = random_world(seed, tariffs=False, deficits=False)
    duty, levy = np.zeros((2, *world.data["tariff"].shape))
    duty[1:, 0], levy[0, 1:] = 0.25, 0.25
    limits = simulate(world, make_policy(world, tariff=duty), tolerance=1e-12)
    taxes = simulate(world, make_policy(world, export_tax=levy), tolerance=1e-12)
    for measure in (real_income_hat, real_wage_hat):
        assert_close(measure(world, limits.after), measure(world, taxes.after), 1e-9)
    shares = [accounts.trade_share(result.after) for result in (limits, taxes)]
    assert_close(shares[0], shares[1], 1e-8, 1e-12)
    jobs = [accounts.values(result.after, "employment") for result in (limits, taxes)]
    assert_close(jobs[0], jobs[1], 1e-8, 1e-12)
    tables = [exchange_rate(world, result.after).loc["C0"] for result in (limits, taxes)]
    assert tables[0]["exchange_rate"] == "appreciates"
    assert tables[1]["exchange_rate"] == "depreciates"
    assert tables[0]["terms_of_trade"] == tables[1]["terms_of_trade"] == "improve"
    assert_close(tables[0]["terms_of_trade_pct"], tables[1]["terms_of_trade_pct"], 1e-6, 1e-8)
    pair = [relative_wage_hat(world, result.after).sel(country="C0") for result in (limits, taxes)]
    assert_close(pair[0] / pair[1], 1.25, 1e-6)


def test_relative_wage_by_hand():
    """Home trades 22 with Partner and 18 with Rest; weights 0.55 and 0.45."""
    world = zv.load_world("toy")
    wages = np.array([1.1, 1.2, 0.9])
    after = unchecked_world(world, wage=(("country",), wages))
    expected = 1.1 / (1.2**0.55 * 0.9**0.45)
    assert_close(relative_wage_hat(world, after).sel(country="HOM"), expected, 1e-12)


def test_no_change_has_no_sign_and_units_do_not_matter():
    world = random_world(1)
    table = exchange_rate(world, simulate(world, neutral_policy(world)).after)
    assert (table["exchange_rate"] == "unchanged").all()
    assert not table["misleading"].any()
    result = simulate(world, random_policy(world, 1))
    wages = 2 * result.after.data["wage"].values
    doubled = unchecked_world(result.after, wage=(("country",), wages))
    pair = [relative_wage_hat(world, after) for after in (result.after, doubled)]
    assert_close(pair[0], pair[1], 1e-12)
    assert "not a measure of welfare" in EXPLANATION
