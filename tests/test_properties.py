"""Laws that every equilibrium obeys, and the errors that other programs have had."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zollverein as zv
from tests.helpers import (
    CLOSURES,
    assert_close,
    final_price_hat,
    hat,
    imports,
    real_income_hat,
    simulate,
    trade_share,
)
from zollverein.errors import NotConverged, ScenarioError, ZollvereinError
from zollverein.testing import (
    assert_equilibrium,
    assert_world_equal,
    decouple,
    make_policy,
    neutral_policy,
    random_elasticity,
    random_policy,
    random_world,
)
from zollverein.verification import verify

seeds = st.integers(min_value=0, max_value=10_000)
few = settings(max_examples=20, deadline=None, derandomize=True)


def rebuilt(world: zv.World, **changes: Any) -> zv.World:
    """The same world with some arrays replaced."""
    names = (
        "trade_flow",
        "tariff",
        "export_tax",
        "intermediate_use",
        "value_added",
        "final_demand",
    )
    arrays = {name: world.data[name].values for name in names} | changes
    return zv.World.from_arrays(
        name=world.name, countries=world.countries, sectors=world.sectors, **arrays
    )


# --- laws -------------------------------------------------------------------------------------


@few
@given(seed=seeds, closure=st.sampled_from(CLOSURES[:3]))
def test_no_change_changes_nothing(seed: int, closure: str) -> None:
    world = random_world(seed, export_taxes=True)
    result = simulate(world, neutral_policy(world), closure=closure)
    assert result.residual <= 1e-12
    assert_close(hat(result, "wage"), 1.0, rtol=1e-12)
    assert_close(hat(result, "price_index"), 1.0, rtol=1e-12)
    assert_world_equal(result.after, world, rtol=1e-12)


@few
@given(seed=seeds, scale=st.sampled_from([1e-6, 7.3, 1e9]))
def test_currency_does_not_matter(seed: int, scale: float) -> None:
    world = random_world(seed)
    money = ("trade_flow", "intermediate_use", "value_added", "final_demand")
    other = rebuilt(world, **{name: world.data[name].values * scale for name in money})
    policy = random_policy(world, seed)
    here = simulate(world, policy, tolerance=1e-12)
    there = simulate(other, policy, tolerance=1e-12)
    assert_close(hat(there, "wage"), hat(here, "wage"), rtol=1e-9)
    assert_close(hat(there, "price_index"), hat(here, "price_index"), rtol=1e-9)
    assert_close(real_income_hat(there), real_income_hat(here), rtol=1e-9)


@few
@given(seed=seeds)
def test_order_of_labels_does_not_matter(seed: int) -> None:
    world = random_world(seed, countries=5, sectors=4)
    policy, theta = random_policy(world, seed), random_elasticity(world, seed)
    rng = np.random.default_rng(seed)
    n, s = rng.permutation(5), rng.permutation(4)
    pair, own = np.ix_(n, n, s), np.ix_(n, s)
    values = {name: array.values for name, array in world.data.data_vars.items()}
    shuffled = zv.World.from_arrays(
        name="shuffled",
        countries=[world.countries[i] for i in n],
        sectors=[world.sectors[i] for i in s],
        trade_flow=values["trade_flow"][pair],
        tariff=values["tariff"][pair],
        intermediate_use=values["intermediate_use"][np.ix_(n, s, s)],
        value_added=values["value_added"][own],
        final_demand=values["final_demand"][own],
    )
    same = make_policy(
        shuffled, tariff=policy.tariff.values[pair], cost_hat=policy.cost_hat.values[pair]
    )
    here = simulate(world, policy, theta, tolerance=1e-12)
    there = simulate(shuffled, same, theta, tolerance=1e-12)
    assert there.after.countries == shuffled.countries
    back = there.after.data.sel(
        {dim: list(world.countries) for dim in ("exporter", "importer", "country")}
        | {dim: list(world.sectors) for dim in ("sector", "input_sector")}
    )
    assert_world_equal(here.after, zv.World(name="back", data=back.copy(deep=True)), rtol=1e-9)


@few
@given(seed=seeds, closure=st.sampled_from(CLOSURES))
def test_walras(seed: int, closure: str) -> None:
    """Markets clear one by one, so balances sum to zero and world spending is world earnings."""
    world = random_world(seed)
    result = simulate(world, random_policy(world, seed), closure=closure)
    certificate = verify(result)
    assert certificate.conditions["walras"] <= 1e-10, str(certificate)
    assert certificate.conditions["goods_market"] <= 1e-9, str(certificate)
    assert_close(
        result.after.data["value_added"].values.sum(),
        world.data["value_added"].values.sum(),
        rtol=1e-10,
    )


@few
@given(seed=seeds, factor=st.sampled_from([0.5, 1.25, 3.0]))
def test_productivity_of_the_whole_world_is_real_income(seed: int, factor: float) -> None:
    """Homogeneity: without inputs, all prices fall by the factor and nothing else moves."""
    world = random_world(seed, inputs=False)
    everywhere = np.full(world.data["value_added"].shape, factor)
    result = simulate(world, make_policy(world, productivity_hat=everywhere), tolerance=1e-12)
    assert_close(hat(result, "wage"), 1.0, rtol=1e-9)
    assert_close(hat(result, "trade_flow"), 1.0, rtol=1e-8)
    assert_close(real_income_hat(result), factor, rtol=1e-9)


@few
@given(seed=seeds)
def test_both_constant_balances_are_the_same_closure(seed: int) -> None:
    """World value added is the numeraire: a share of it and an amount in it coincide."""
    world = random_world(seed)
    policy = random_policy(world, seed)
    one = simulate(world, policy, closure="share_of_world")
    other = simulate(world, policy, closure="numeraire")
    assert_world_equal(one.after, other.after, rtol=1e-9)


@few
@given(seed=seeds)
def test_a_bigger_own_barrier_never_raises_own_trade(seed: int) -> None:
    """Imports of a country fall as its own barrier against everyone rises, down to none."""
    world = random_world(seed, deficits=False)
    foreign = ~np.eye(len(world.countries), dtype=bool)[:, :, None]
    into_c0 = (foreign & (np.arange(4) == 0)[None, :, None]) * np.ones((1, 1, 3))
    trade = []
    for barrier in (1.0, 1.05, 1.2, 1.6, 3.0, 10.0):
        cost = np.where(into_c0 > 0, barrier, 1.0)
        result = simulate(world, make_policy(world, cost_hat=cost), closure="zero")
        trade.append(imports(result.after)[0])
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(trade))
    assert trade[-1] < trade[0]


@few
@given(seed=seeds, rate=st.sampled_from([0.1, 0.5]))
def test_lerner_symmetry(seed: int, rate: float) -> None:
    """A uniform import duty equals a uniform export tax in real terms (Lerner 1936)."""
    world = random_world(seed, deficits=False)
    foreign = ~np.eye(len(world.countries), dtype=bool)[:, :, None]
    first = np.arange(len(world.countries)) == 0
    old = world.data["tariff"].values
    duty = np.where(foreign & first[None, :, None], (1 + old) * (1 + rate) - 1, old)
    tax = np.where(foreign & first[:, None, None], rate, 0.0 * old)
    theta = random_elasticity(world, seed)
    by_duty = simulate(world, make_policy(world, tariff=duty), theta, "zero", tolerance=1e-12)
    by_tax = simulate(world, make_policy(world, export_tax=tax), theta, "zero", tolerance=1e-12)
    assert_close(real_income_hat(by_tax), real_income_hat(by_duty), rtol=1e-9)
    assert_close(trade_share(by_tax.after), trade_share(by_duty.after), rtol=1e-7, atol=1e-12)
    relative = hat(by_duty, "wage")[0] / hat(by_duty, "wage")[1]
    assert relative > hat(by_tax, "wage")[0] / hat(by_tax, "wage")[1]  # opposite nominal effects


# --- the errors of other programs (KITE's change log), one test each ----------------------------


def test_elasticity_is_positive_and_raises_the_response() -> None:
    """Sign and inverse: π̂_in / π̂_nn = (κ̂ ĉ_i / ĉ_n)^(-θ), and a negative one is an error."""
    world = random_world(1, tariffs=False, inputs=False, zeros=False)
    cost = np.ones((4, 4, 3))
    cost[1, 0] = 1.2
    policy = make_policy(world, cost_hat=cost)
    low, high = (random_elasticity(world, 1, theta, theta) for theta in (2.0, 8.0))
    for theta in (low, high):
        result = simulate(world, policy, theta, tolerance=1e-12)
        change = trade_share(result.after) / trade_share(world)
        wage = hat(result, "wage")
        expected = (1.2 * wage[1] / wage[0]) ** -theta.values
        assert_close(change[1, 0] / change[0, 0], expected, rtol=1e-9)
    small, large = (imports(simulate(world, policy, t).after)[0] for t in (low, high))
    assert large < small
    with pytest.raises((ZollvereinError, ValueError), match=r"(?i)elasticit"):
        simulate(world, policy, -low)


@pytest.mark.parametrize("closure", ["share_of_own", "zero"])
def test_income_uses_the_solved_trade_balance(closure: str) -> None:
    world = random_world(2)
    result = simulate(world, random_policy(world, 2), closure=closure)
    flow, rate = result.after.data["trade_flow"].values, result.after.data["tariff"].values
    foreign = flow * ~np.eye(len(flow), dtype=bool)[:, :, None]
    balance = foreign.sum(axis=(1, 2)) - foreign.sum(axis=(0, 2))
    earned = result.after.data["value_added"].values.sum(axis=1) + (rate * flow).sum(axis=(0, 2))
    spent = result.after.data["final_demand"].values.sum(axis=1)
    assert_close(spent, earned - balance, rtol=1e-9)
    old = zv.verify(result)
    assert old.conditions["trade_balance"] <= 1e-9


def test_duties_on_trade_that_stops_are_zero_not_nan() -> None:
    """Tariff revenue 0/0: every import of C0 is dutiable and all of it stops."""
    world = random_world(3, countries=3)
    into = ~np.eye(3, dtype=bool)[:, :, None] & (np.arange(3) == 0)[None, :, None]
    duty = np.where(into, 0.25, world.data["tariff"].values)
    cost = np.where(into & np.ones((1, 1, 3), dtype=bool), np.inf, 1.0)
    cost[0, 1:] = np.inf
    result = simulate(world, make_policy(world, tariff=duty, cost_hat=cost))
    flow = result.after.data["trade_flow"].values
    assert (flow[1:, 0] == 0).all()
    assert np.isfinite(real_income_hat(result)).all()
    assert_equilibrium(result)


def test_sectors_without_production_stay_without_and_give_no_nan() -> None:
    world = next(
        w
        for w in (random_world(seed, countries=5, sectors=4) for seed in range(50))
        if (w.data["value_added"].values == 0).any()
        and (w.data["trade_flow"].values.sum(axis=0) == 0).any()
    )
    result = simulate(world, random_policy(world, 4))
    idle = world.data["value_added"].values == 0
    unsold = world.data["trade_flow"].values.sum(axis=0) == 0
    assert (result.after.data["value_added"].values[idle] == 0).all()
    assert (result.after.data["trade_flow"].values.sum(axis=1)[idle] == 0).all()
    assert_close(hat(result, "price_index")[unsold], 1.0, rtol=0)
    assert_equilibrium(result)


def test_one_sector_and_one_country_keep_their_axes() -> None:
    for countries, sectors in ((1, 1), (1, 3), (3, 1), (2, 1)):
        world = random_world(5, countries=countries, sectors=sectors)
        result = simulate(world, random_policy(world, 5, productivity=True))
        assert result.after.data["trade_flow"].shape == (countries, countries, sectors)
        assert result.after.data["price_index"].dims == ("country", "sector")
        assert len(result.table()) == countries
        assert_equilibrium(result)


@pytest.mark.parametrize("openness", [1e-2, 1e-4, 1e-6])
def test_near_autarky_with_inputs_converges(openness: float) -> None:
    world = random_world(6, openness=openness)
    result = simulate(world, random_policy(world, 6))
    assert result.residual <= 1e-10
    assert_equilibrium(result)


def test_unknown_keys_of_a_scenario_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "typo.toml"
    path.write_text('title = "x"\ntarifs_new = 1\n')
    with pytest.raises(ScenarioError, match="tarifs_new"):
        zv.read_scenario(path)


def test_running_out_of_precision_is_an_error_not_a_result() -> None:
    """No 'converged' that is not: a tolerance nobody can reach raises."""
    world = random_world(7)
    with pytest.raises(NotConverged):
        simulate(world, random_policy(world, 7), tolerance=1e-30)


def test_tariffs_are_rates_not_factors() -> None:
    """0.2 is a duty of 20 %: revenue is 0.2 of the f.o.b. value."""
    world = random_world(8, tariffs=False, countries=2, sectors=1)
    duty = np.zeros((2, 2, 1))
    duty[1, 0] = 0.2
    result = simulate(world, make_policy(world, tariff=duty), closure="zero")
    data = result.after.data
    spent = data["final_demand"].values.sum(axis=1)
    earned = data["value_added"].values.sum(axis=1)
    assert_close(spent[0] - earned[0], 0.2 * data["trade_flow"].values[1, 0, 0], rtol=1e-8)


def test_a_country_cut_off_is_named_and_trades_exactly_nothing() -> None:
    world = random_world(9, countries=5)
    result = simulate(world, decouple(world, "C0"))
    flow = result.after.data["trade_flow"].values
    assert (flow[0, 1:] == 0).all()
    assert (flow[1:, 0] == 0).all()
    assert any("C0" in note for note in result.notes), result.notes
    assert final_price_hat(result)[0] > 0
    assert_equilibrium(result)
