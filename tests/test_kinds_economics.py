"""The economics of each kind of measure: closed forms, equivalences, who gains and who pays."""

import numpy as np
import pytest

from tests.general import real_world
from tests.helpers import assert_close
from tests.kinds import THETA, example, policy, run, scenario, small_world
from tests.oracles.extended import extended_world
from zollverein.accounts import domestic_share, trade_balance
from zollverein.choices import choose_parameters
from zollverein.errors import NoSupplier
from zollverein.measures.booking import booking
from zollverein.simulation import pose
from zollverein.testing import assert_world_equal, random_world


@pytest.fixture(scope="module")
def world():
    return small_world()


def real(result):
    """Change of real income of each country."""
    return result.table()["real_income_pct"].to_numpy()


def wages(result):
    return result.after.data["wage"].values / result.before.data["wage"].values


def booked(result, entry):
    """An entry of income afterwards, by country."""
    table = booking(result.before, result.after, result.policy)
    return table["after"].xs(entry, level="entry").to_numpy()


# ------------------------------------------------------------------------------------ rates


@pytest.mark.parametrize("horizon", ["short", "medium", "long"])
def test_lerner_symmetry(horizon):
    """A uniform tariff is a uniform export tax: the same quantities, wages apart by 1 + t."""
    world = random_world(4, tariffs=False, deficits=False)
    keys = {"closure": "zero", "horizon": horizon}
    duty = run(world, {"kind": "tariff", "importers": "C1", "set": 0.3}, **keys)
    levy = run(world, {"kind": "export_tax", "exporters": "C1", "set": 0.3}, **keys)
    assert_close(real(duty), real(levy), rtol=1e-7, atol=1e-8)
    assert np.abs(real(duty)).max() > 0.1
    for result in (duty, levy):
        used = result.after.data["final_demand"].values / result.after.data["price_index"].values
        result.__dict__["used"] = used
    assert_close(duty.__dict__["used"], levy.__dict__["used"], rtol=1e-8)
    relative = wages(duty) / wages(levy)
    assert_close(relative[1] / relative[[0, 2, 3]], 1.3, rtol=1e-8)


def test_a_subsidy_is_a_cost_to_the_exporter(world):
    result = run(world, {"kind": "export_tax", "exporters": "C1", "sectors": "s0", "set": -0.2})
    factory = result.after.data["trade_flow"].values / (1 + result.after.data["export_tax"].values)
    paid = 0.2 * factory[1, [0, 2, 3], 0].sum()
    assert_close(booked(result, "subsidy_cost"), [0, -paid, 0, 0], rtol=1e-9)
    assert paid > 0


@pytest.mark.parametrize(("keeper", "kind"), [("importer", "tariff"), ("exporter", "export_tax")])
def test_a_barrier_that_is_all_rent_is_a_tax_and_one_of_waste_is_worse(keeper, kind):
    world = random_world(5, tariffs=False)
    sides = {"exporters": ["C1", "C2"], "importers": ["C0", "C3"]}
    tax = run(world, {"kind": kind, **sides, "set": 0.3})
    found = {
        rent: run(world, {"kind": "barrier", **sides, "add": 0.3, "rent": rent, "keeper": keeper})
        for rent in (0.0, 0.5, 1.0)
    }
    assert_close(real(found[1.0]), real(tax), rtol=1e-7, atol=1e-8)
    flows = [r.after.data["trade_flow"].values for r in (found[1.0], tax)]
    assert_close(flows[0], flows[1], rtol=1e-8, atol=1e-15)
    keepers = [0, 3] if keeper == "importer" else [1, 2]
    gain = [real(found[rent])[keepers] for rent in (0.0, 0.5, 1.0)]
    assert (np.diff(gain, axis=0) > 1e-3).all()
    half = found[0.5]
    rate = half.after.values(f"{keeper[:6]}_rent")
    flow = half.after.data["trade_flow"].values
    if keeper == "exporter":
        flow = flow / (1 + half.after.data["export_tax"].values + rate)
    kept = (rate * flow).sum(axis=(0, 2) if keeper == "importer" else (1, 2))
    assert_close(booked(half, f"{keeper[:6]}_rent"), kept, rtol=1e-9, atol=1e-15)
    assert (kept[keepers] > 0).all()
    assert (np.delete(kept, keepers) == 0).all()


# ------------------------------------------------------------------------------------ stopping trade


@pytest.mark.parametrize("share", [0.2, 0.7, 0.999])
def test_a_partial_embargo_in_partial_equilibrium(world, share):
    """ln P = -ln(1 - s·share) / θ at unchanged costs, s the share of what is stopped."""
    made = policy(world, example("embargo", exporters=["C1", "C2"], share=share))
    problem = pose(world, made, choose_parameters(world, made, trade_elasticity=THETA))
    left = problem.weight.sum(axis=2) + problem.own_weight
    paid = world.data["trade_flow"].values * (1 + world.data["tariff"].values)
    stopped = (paid / paid.sum(axis=0))[1:3].sum(axis=0)[[0, 3], :2]
    expected = -np.log(1 - stopped * share) / THETA
    assert_close((-np.log(left) / THETA).T[[0, 3], :2], expected, rtol=1e-10)
    assert_close((-np.log(left) / THETA).T[[1, 2]], 0.0, rtol=0, atol=1e-14)


def test_all_of_a_partial_embargo_is_the_embargo_and_zeros_are_exact(world):
    full = run(world, example("embargo", share=1.0))
    assert (full.after.data["trade_flow"].values[1:3][:, [0, 3], :2] == 0).all()
    near = run(world, example("embargo", share=1 - 1e-12))
    flows = [r.after.data["trade_flow"].values for r in (near, full)]
    assert_close(flows[0], flows[1], rtol=0, atol=1e-8 * flows[1].max())
    assert_close(real(near), real(full), rtol=1e-6)
    cut = run(world, {"kind": "embargo", "exporters": "C2", "both_directions": True})
    assert any("no longer trade" in note for note in cut.notes)


def a_lost_good():
    """A world and an embargo that takes from some country every supplier of a good it does not make."""
    for seed in range(100):
        world = random_world(seed)
        flow = world.data["trade_flow"].values
        lost = np.argwhere((np.diagonal(flow).T == 0) & (flow.sum(axis=0) > 0))
        if len(lost):
            n, s = lost[0]
            stop = {"kind": "embargo", "importers": f"C{n}", "sectors": f"s{s}"}
            return world, int(n), int(s), stop
    raise AssertionError("no such world")


def test_a_good_without_a_supplier_is_an_error_that_names_it():
    world, n, s, stop = a_lost_good()
    with pytest.raises(NoSupplier, match=rf"C{n} s{s} .*on_no_supplier = 'shut_down'"):
        run(world, stop)


@pytest.mark.parametrize("horizon", ["short", "medium", "long"])
def test_a_good_without_a_supplier_can_drop_out(horizon):
    world, n, s, stop = a_lost_good()
    keys = {"model": "caliendo_parro", "horizon": horizon, "on_no_supplier": "shut_down"}
    result = run(world, stop, **keys)
    assert any(f"No supplier is left for C{n} s{s}" in note for note in result.notes)
    for name in result.after.data:
        assert np.isfinite(result.after.data[name].values).all(), name
    old, new = (w.data["final_demand"].values[n] for w in (world, result.after))
    assert new[s] == 0
    others = np.delete(np.arange(len(old)), s)
    assert_close(new[others] / new.sum(), old[others] / old[others].sum(), rtol=1e-8)
    assert (result.after.data["intermediate_use"].values[n, s] == 0).all()


# ------------------------------------------------------------------------------------ money


@pytest.mark.parametrize("closure", ["share_of_world", "numeraire"])
@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("transfer", {"payers": "C0", "receivers": ["C1", "C2"]}),
        ("asset_freeze", {"target": "C0", "holders": ["C1", "C2"]}),
    ],
)
def test_a_transfer_moves_the_balance_by_what_is_paid(world, closure, kind, ends):
    result = run(world, {"kind": kind, **ends, "amount": 0.004}, closure=closure)
    change = trade_balance(result.after).values - trade_balance(world).values
    paid = result.policy.transfer.values
    tolerance = 1e-10 * world.data["value_added"].values.sum()  # the solver's
    assert_close(change, -paid, rtol=1e-7, atol=tolerance)
    assert_close(paid[[0, 3]], [-0.004, 0.0], rtol=1e-12)
    assert_close(booked(result, "transfer"), paid, rtol=1e-12)
    assert abs(booked(result, "transfer").sum()) < 1e-15
    assert real(result)[0] < 0 < real(result)[1]


def test_the_rent_of_a_price_cap_is_kept_by_its_buyers(world):
    found = {}
    for leakage in (0.0, 0.5):
        result = run(world, example("price_cap", leakage=leakage))
        (tau,) = result.counterfactual.wedge
        assert tau > 0
        rate = np.zeros((4, 4, 3))
        rate[2, [0, 1], 0] = (1 - leakage) * tau
        assert_close(result.after.values("import_rent"), rate, rtol=1e-12)
        kept = (rate * result.after.data["trade_flow"].values).sum(axis=(0, 2))
        assert_close(booked(result, "import_rent"), kept, rtol=1e-10)
        assert (kept[:2] > 0).all()
        assert (kept[2:] == 0).all()
        assert real(result)[2] < 0
        found[leakage] = tau
    assert found[0.5] > found[0.0]  # what leaks has to be made up for


def test_of_two_coalitions_the_one_with_the_lower_cap_decides(world):
    """An exporter's good has one price: at the lower cap the higher one is slack."""
    high = example("price_cap", importers="C3", cap=0.995)
    low = example("price_cap")
    both = run(world, high, low)
    slack, tau = both.counterfactual.wedge
    assert slack == 0 < tau
    assert_world_equal(both.after, run(world, low).after, rtol=1e-8)


def test_of_equal_caps_on_one_good_the_first_binds(world):
    cap = example("price_cap")
    first, second = run(world, cap, example("price_cap", importers="C3")).counterfactual.wedge
    assert second == 0 < first


def test_a_cap_above_the_price_does_nothing(world):
    result = run(world, example("price_cap", cap=1.5))
    assert result.counterfactual.wedge == (0.0,)
    assert_world_equal(result.after, world, rtol=1e-9)
    assert any("does not bind" in note for note in result.notes)


# ------------------------------------------------------------------------------------ unions


def test_a_pool_adds_up_and_changes_who_gains(world):
    alone = run(world, example("customs_union", keys="value_added"))
    skewed = run(world, example("customs_union"))
    own = run(world, {k: v for k, v in example("customs_union").items() if k != "keys"})
    for result in (alone, skewed):
        paid, received = booked(result, "pool_payment"), booked(result, "pool_receipt")
        assert abs((paid + received).sum()) < 1e-12 * received.sum()
        assert (received[:3] > 0).all()
        assert paid[3] == received[3] == 0
    receipts = booked(skewed, "pool_receipt")
    assert_close(receipts[:3] / receipts.sum(), [0.7, 0.2, 0.1], rtol=1e-12)
    assert not booked(own, "pool_receipt").any()
    assert np.abs(real(skewed) - real(own))[:3].max() > 1e-2
    gain = booked(skewed, "pool_receipt") + booked(skewed, "pool_payment")
    assert ((real(skewed) - real(own))[:3] * gain[:3] > 0).all()


def test_a_kemp_wan_union_leaves_the_others_where_they_were():
    world = random_world(3, zeros=False, deficits=False)
    union = example("customs_union", external="kemp_wan")
    result = run(world, {k: v for k, v in union.items() if k != "keys"}, closure="zero")
    assert abs(real(result)[3]) < 1e-6
    assert np.abs(real(result)[:3]).max() > 1e-3
    assert (result.after.data["tariff"].values[:3, :3] == 0).all()


def test_people_move_towards_higher_real_wages(world):
    shock = example("productivity", sectors="all", change=0.2)
    still = run(world, shock)
    none = run(world, shock, example("mobility", elasticity=0.0))
    assert_world_equal(none.after, still.after, rtol=1e-9)
    people = {}
    for elasticity in (1.0, 3.0):
        result = run(world, shock, example("mobility", elasticity=elasticity))
        moved = result.after.values("population")
        wage = result.after.data["wage"].values / result.before.data["wage"].values
        price = result.after.values("consumer_price") / result.before.values("consumer_price")
        pull = (wage / price)[:2] ** elasticity
        assert_close(moved[:2], pull / (np.array([0.75, 0.25]) @ pull), rtol=1e-8)
        assert moved[2:].tolist() == [1.0, 1.0]
        assert moved[:2] @ [0.75, 0.25] == pytest.approx(1, abs=1e-10)
        people[elasticity] = moved
    assert people[3.0][1] > people[1.0][1] > 1 > people[1.0][0]


# ------------------------------------------------------------------------------------ at home


def substitution(**levers):
    return {"kind": "import_substitution", "countries": "C1", "sectors": "s0", **levers}


def prices(result):
    return result.after.data["price_index"].values / result.before.data["price_index"].values


def test_home_bias_alone_leaves_the_index_at_baseline_prices(world):
    made = policy(world, substitution(home_bias=0.8))
    problem = pose(world, made, choose_parameters(world, made, trade_elasticity=THETA))
    left = problem.weight.sum(axis=2) + problem.own_weight
    assert_close(left, 1.0, rtol=1e-14)
    assert problem.own_weight[0, 1] > domestic_share(world)[1, 0] + 0.01


def test_what_each_lever_does_to_share_and_price(world):
    """The user's price is in wages, how long one works for it: the scale of nominal prices is free."""
    start = domestic_share(world)[1, 0]
    found = {}
    for lever, size in (
        ("home_bias", 0.5),
        ("productivity", 0.1),
        ("output_subsidy", 0.1),
        ("tariff", 0.2),
    ):
        result = run(world, substitution(**{lever: size}))
        found[lever] = (prices(result)[1, 0] / wages(result)[1] - 1, result)
        assert domestic_share(result.after)[1, 0] > start + 1e-3, lever
    assert found["productivity"][0] < -0.01
    assert found["output_subsidy"][0] < -0.01
    assert found["tariff"][0] > 0.005
    cost = booked(found["output_subsidy"][1], "subsidy_cost")
    after = found["output_subsidy"][1].after
    factory = after.data["trade_flow"].values / (1 + after.data["export_tax"].values)
    levy = np.minimum(after.data["export_tax"].values, 0)
    assert_close(cost, (levy * factory).sum(axis=(1, 2)), rtol=1e-9)
    assert cost[1] < 0
    assert levy[1, 1, 0] == pytest.approx(-0.1)


def test_governments_move_towards_the_pattern_of_private_buyers(world):
    def shares(result, which):
        paid = result.data["trade_flow"].values - result.values("government_flow")
        bought = result.values("government_flow") if which == "government" else paid
        value = bought[:, :3] * (1 + result.data["tariff"].values[:, :3])
        return value / value.sum(axis=0)

    closed = run(world, example("procurement", open=0.0))
    assert_world_equal(closed.after, closed.before, rtol=1e-9)
    assert "assumed, not data" in closed.before.adjustments[-1]
    assert len(closed.before.adjustments) == len(world.adjustments) + 1
    gaps, between = [], []
    for size in (0.0, 0.5, 1.0):
        after = run(world, example("procurement", open=size)).after
        public, private = (shares(after, who)[:3] for who in ("government", "private"))
        diagonal = np.arange(3)
        ratio = [share / share[diagonal, diagonal][None] for share in (public, private)]
        gaps.append(np.abs(np.log(ratio[0] / ratio[1])).max())
        bought = after.values("government_flow")[:3, :3].sum(axis=2)
        between.append(bought.sum() - np.trace(bought))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-9  # relative to the home good, members buy alike
    assert between[0] < between[1] < between[2]


def test_governments_told_apart_by_the_world_are_left_as_they_are():
    base = real_world(extended_world(2, rents=False))
    made = scenario(example("procurement"))
    assert made.baseline(base) is base
    result = run(base, example("procurement", open=0.3))
    assert result.before is base
