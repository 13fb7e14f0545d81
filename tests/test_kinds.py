"""What each kind of measure writes into the policy, cell by cell, and how much of it at which strength."""

from dataclasses import replace

import numpy as np
import pytest

import zollverein as zv
from tests.general import real_world
from tests.kinds import (
    EXAMPLES,
    RULES,
    WRITES,
    example,
    outcome,
    policy,
    scenario,
    small_world,
    written,
)
from tests.oracles.extended import extended_world
from zollverein.scenario import KINDS, Scenario
from zollverein.testing import assert_world_equal

SIDES = [1, 2], [0, 3], [0, 1]


@pytest.fixture(scope="module")
def world():
    return small_world()


def block(shape, exporters, importers, sectors):
    """A mask of cross-border flows."""
    mask = np.zeros(shape, dtype=bool)
    mask[np.ix_(exporters, importers, sectors)] = True
    return mask & ~np.eye(shape[0], dtype=bool)[:, :, None]


def flows_of(world, sides=SIDES):
    return block(world.data["tariff"].shape, *sides)


def test_there_is_an_example_of_every_kind():
    assert set(EXAMPLES) == set(WRITES) == set(KINDS)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_kind_writes_only_what_is_its_own(world, kind):
    made = scenario(example(kind))
    before = made.baseline(world)
    assert written(before, made.policy(before)) == WRITES[kind]


# ------------------------------------------------------------------------------------ cell by cell


@pytest.mark.parametrize("kind", ["tariff", "export_tax"])
@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("set", lambda old, size: 0 * old + size),
        ("add", lambda old, size: old + size),
        ("scale", lambda old, size: old * size),
    ],
)
def test_rates(world, kind, how, rule):
    old = world.data[kind].values
    sides = {"exporters": ["C1", "C2"], "importers": ["C0", "C3"], "sectors": ["s0", "s1"]}
    made = getattr(policy(world, {"kind": kind, **sides, how: 0.4}), kind).values
    np.testing.assert_allclose(made, np.where(flows_of(world), rule(old, 0.4), old), rtol=1e-14)


def test_an_export_tax_below_zero_is_a_subsidy(world):
    made = policy(world, {"kind": "export_tax", "exporters": "C1", "set": -0.2})
    assert (made.export_tax.values[flows_of(world, ([1], range(4), range(3)))] == -0.2).all()


@pytest.mark.parametrize("keeper", ["importer", "exporter"])
@pytest.mark.parametrize("rents", [False, True])
def test_a_barrier_with_rent_costs_what_one_of_waste_costs(keeper, rents):
    """d̂ (1+T')(1+E') / ((1+T)(1+E)) is 1 + add, whatever the rent and the rents already there."""
    base = real_world(extended_world(3, rents=rents, zeros=False, export_taxes=True))
    made = policy(base, example("barrier", rent=0.4, keeper=keeper))
    touched = flows_of(base)
    expected = np.where(touched, 1 + 0.6 * 0.3, 1.0)
    np.testing.assert_allclose(made.cost_hat.values, expected, rtol=1e-14)
    new = {side: base.values(f"{side}_rent") for side in ("import", "export")}
    new[keeper[:6]] = getattr(made, f"{keeper[:6]}_rent").values
    tax, levy = base.data["tariff"].values, base.data["export_tax"].values
    price = made.cost_hat.values * (1 + tax + new["import"]) * (1 + levy + new["export"])
    price /= (1 + tax + base.values("import_rent")) * (1 + levy + base.values("export_rent"))
    np.testing.assert_allclose(price, np.where(touched, 1.3, 1.0), rtol=1e-13)


def test_a_barrier_removed_is_only_what_policy_reaches(world):
    made = policy(
        world,
        {
            "kind": "barrier",
            "exporters": "C1",
            "importers": "C0",
            "remove": 0.1,
            "level": 0.25,
            "actionable": 0.6,
            "both_directions": True,
        },
    )
    pairs = flows_of(world, ([1], [0], range(3))) | flows_of(world, ([0], [1], range(3)))
    expected = np.where(pairs, (1.25 - 0.06) / 1.25, 1.0)
    np.testing.assert_allclose(made.cost_hat.values, expected, rtol=1e-14)


def test_mutual_recognition_is_pairwise_removal(world):
    made = policy(world, example("mutual_recognition")).cost_hat.values
    inside = flows_of(world, ([0, 1], [0, 1], range(3)))
    np.testing.assert_allclose(made, np.where(inside, 1 - 0.5 * 0.3 / 1.3, 1), rtol=1e-14)
    pairs = [
        {"kind": "barrier", "exporters": a, "importers": b, "remove": 0.3, "actionable": 0.5}
        for a, b in (("C0", "C1"), ("C1", "C0"))
    ]
    np.testing.assert_allclose(made, policy(world, *pairs).cost_hat.values, rtol=1e-14)


def test_an_embargo_is_exact_and_a_part_of_it_is_access(world):
    touched = flows_of(world)
    full = policy(world, example("embargo", share=1.0))
    assert (np.isinf(full.cost_hat.values) == touched).all()
    assert full.access_hat is None
    part = policy(world, example("embargo", share=0.6))
    np.testing.assert_allclose(part.access_hat.values, np.where(touched, 0.4, 1), rtol=1e-14)
    assert (part.cost_hat.values == 1).all()
    twice = policy(world, example("embargo", share=0.6), example("export_control", share=0.5))
    np.testing.assert_allclose(twice.access_hat.values, np.where(touched, 0.2, 1), rtol=1e-14)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_an_export_control_is_an_embargo_one_way(world, share):
    one = policy(world, example("export_control", share=share))
    other = policy(world, example("embargo", share=share))
    assert np.array_equal(one.cost_hat.values, other.cost_hat.values)
    assert share == 1 or np.array_equal(one.access_hat.values, other.access_hat.values)
    both = policy(world, example("embargo", share=share, both_directions=True))
    changed = both.cost_hat.values if share == 1 else both.access_hat.values
    sent = one.cost_hat.values if share == 1 else one.access_hat.values
    assert ((changed != 1) == (sent != 1) | (sent != 1).transpose(1, 0, 2)).all()


def test_payment_friction_is_a_barrier_in_both_directions(world):
    made = policy(world, example("payment_friction")).cost_hat.values
    barrier = {
        "kind": "barrier",
        "exporters": "C2",
        "importers": ["C0", "C1"],
        "add": 0.2,
        "both_directions": True,
    }
    np.testing.assert_array_equal(made, policy(world, barrier).cost_hat.values)
    assert (made != 1).sum() == 2 * 2 * 3


def test_a_price_cap_names_only_goods_that_somebody_buys(world):
    made = policy(world, example("price_cap", leakage=0.2))
    (rule,) = made.caps
    assert (rule.exporters, rule.importers, rule.sectors) == (("C2",), ("C0", "C1"), ("s0",))
    assert (rule.cap, rule.leakage) == (0.99, 0.2)
    capped = example("price_cap", sectors=["s0", "s1"])
    stop = example("embargo", exporters="C2", importers=["C0", "C1"], sectors="s0", share=1.0)
    (rule,) = policy(world, capped, stop, combine="last").caps
    assert rule.sectors == ("s1",)
    assert policy(world, example("price_cap"), stop, combine="last").caps == ()


def test_productivity(world):
    made = policy(world, example("productivity"), example("productivity")).productivity_hat.values
    expected = np.ones((4, 3))
    expected[1, 1] = 1.1**2
    np.testing.assert_allclose(made, expected, rtol=1e-14)


def test_the_levers_of_import_substitution_are_apart(world):
    made = policy(world, example("import_substitution"))
    paid = world.data["trade_flow"].values * (1 + world.data["tariff"].values)
    home = paid[1, 1, 0] / paid[:, 1, 0].sum()
    access = np.ones((4, 4, 3))
    access[:, 1, 0] = 1 / (1 + 0.4 * home)
    access[1, 1, 0] *= 1.4
    np.testing.assert_allclose(made.access_hat.values, access, rtol=1e-14)
    productivity = np.ones((4, 3))
    productivity[1, 0] = 1.05
    np.testing.assert_allclose(made.productivity_hat.values, productivity, rtol=1e-14)
    tax = world.data["export_tax"].values.copy()
    tax[1, :, 0] -= 0.05  # home sales included
    np.testing.assert_allclose(made.export_tax.values, tax, rtol=1e-14)
    duty = world.data["tariff"].values.copy()
    duty[[0, 2, 3], 1, 0] += 0.1
    np.testing.assert_allclose(made.tariff.values, duty, rtol=1e-14)


def test_two_turns_to_home_goods_are_one_of_their_product(world):
    def bias(size):
        return {
            "kind": "import_substitution",
            "countries": "C1",
            "sectors": "s0",
            "home_bias": size,
        }

    twice = policy(world, bias(0.5), bias(0.2)).access_hat.values
    once = policy(world, bias(1.5 * 1.2 - 1)).access_hat.values
    np.testing.assert_allclose(twice, once, rtol=1e-14)
    stop = example("embargo", importers="C1", exporters="C0", share=0.5)
    orders = [policy(world, *m).access_hat.values for m in ([bias(0.5), stop], [stop, bias(0.5)])]
    np.testing.assert_allclose(orders[0], orders[1], rtol=1e-14)


@pytest.mark.parametrize("rule", ["max", "min", "mean", "keep"])
def test_the_external_tariff_of_a_customs_union(world, rule):
    made = policy(world, example("customs_union", external=rule)).tariff.values
    old, flow = world.data["tariff"].values, world.data["trade_flow"].values
    for i in range(4):
        for n in range(4):
            for s in range(3):
                expected = old[i, n, s]
                own = [old[i, m, s] for m in range(3)]
                bought = [flow[i, m, s] for m in range(3)]
                if n < 3 and i < 3 and i != n:
                    expected = 0.0
                elif n < 3 and i == 3 and rule != "keep":
                    mean = sum(t * z for t, z in zip(own, bought, strict=True)) / sum(bought)
                    expected = {"max": max(own), "min": min(own), "mean": mean}[rule]
                assert made[i, n, s] == pytest.approx(expected, abs=1e-15)


def test_keys_of_a_pool(world):
    (pool,) = policy(world, example("customs_union")).pools
    assert pool.members == ("C0", "C1", "C2")
    assert pool.keys == pytest.approx((0.7, 0.2, 0.1))
    (pool,) = policy(world, example("customs_union", keys="value_added")).pools
    size = world.data["value_added"].values.sum(axis=1)[:3]
    assert pool.keys == pytest.approx(size / size.sum())


def test_mobility_weights_sum_to_one(world):
    (bloc,) = policy(world, example("mobility")).mobility
    assert (bloc.members, bloc.elasticity, bloc.weights) == (("C0", "C1"), 2.0, (0.75, 0.25))
    assumed = policy(world, {"kind": "mobility", "members": "all", "elasticity": 1.0})
    assert sum(assumed.mobility[0].weights) == pytest.approx(1, abs=1e-15)
    assert "assumed in proportion to value added" in assumed.notes[0]


@pytest.mark.parametrize("size", [{"share": 0.02}, {"amount": 0.003}])
@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("transfer", {"payers": ["C0", "C3"], "receivers": "all"}),
        ("asset_freeze", {"target": ["C0", "C3"], "holders": "all"}),
    ],
)
def test_transfers_sum_to_zero_in_proportion_to_value_added(world, kind, ends, size):
    made = policy(world, {"kind": kind, **ends, **size}).transfer.values
    value = world.data["value_added"].values.sum(axis=1)
    paid = size.get("amount", 0.02 * (value[0] + value[3]))
    expected = [
        -paid * value[0] / (value[0] + value[3]),
        paid * value[1] / (value[1] + value[2]),
        paid * value[2] / (value[1] + value[2]),
        -paid * value[3] / (value[0] + value[3]),
    ]
    np.testing.assert_allclose(made, expected, rtol=1e-13)
    assert abs(made.sum()) < 1e-17


# ------------------------------------------------------------------------------- strength and years


@pytest.mark.parametrize("kind", EXAMPLES)
def test_strength_goes_from_nothing_to_all(world, kind):
    beside = [example("productivity")] if kind == "mobility" else []  # a reason to move
    made = scenario(example(kind, name="it"), *beside)
    before = made.baseline(world)
    none = made.policy(before, {"it": 0.0})
    alone = scenario(*beside).policy(before)
    assert written(before, none) - written(before, alone) <= {"mobility"}  # with elasticity zero
    assert all(bloc.elasticity == 0 for bloc in none.mobility)
    full, plain = made.policy(before, {"it": 1.0}), made.policy(before)
    for name in WRITES[kind]:
        one, other = getattr(full, name), getattr(plain, name)
        assert one == other if name in RULES else np.array_equal(one.values, other.values)
    sizes = []
    for part in (0.0, 0.3, 0.6, 0.9, 1.0):
        result = zv.simulate(before, made.policy(before, {"it": part}), trade_elasticity=4.0)
        assert zv.verify(result).holds(1e-9)
        if part == 0:
            without = zv.simulate(before, alone, trade_elasticity=4.0)
            assert_world_equal(result.after, without.after, rtol=1e-9)
        sizes.append(outcome(kind, result))
    assert np.isfinite(sizes).all()
    steps = np.diff(sizes)
    assert (steps >= -1e-12).all(), sizes
    assert steps.max() > 1e-6, sizes


def test_years_of_a_programme(world):
    def rate(year):
        made = Scenario.from_dict(
            {
                "year": year,
                "programmes": [
                    {"name": "P", "start": 2022, "phase_in": 4, "measures": [example("tariff")]}
                ],
            }
        )
        return made.policy(world).tariff.values

    old, touched = world.data["tariff"].values, flows_of(world)
    for year, part in ((2020, 0), (2021, 0), (2022, 0.25), (2024, 0.75), (2025, 1), (2050, 1)):
        expected = np.where(touched, old + part * (0.4 - old), old)
        np.testing.assert_allclose(rate(year), expected, rtol=1e-13, atol=1e-16)
    np.testing.assert_array_equal(rate(None), rate(2025))


def test_no_change_at_all_for_a_programme_that_has_not_begun(world):
    late = {
        "name": "P",
        "start": 2040,
        "measures": [example(kind) for kind in EXAMPLES if kind != "price_cap"],
    }
    result = zv.simulate(
        world,
        Scenario.from_dict({"year": 2030, "combine": "last", "programmes": [late]}),
        trade_elasticity=4.0,
    )
    assert_world_equal(result.after, result.before, rtol=1e-10)


@pytest.mark.parametrize(("amount", "shown"), [(0.5, "0.5"), (2_500_000, "2,500,000")])
def test_small_sums_are_told_as_they_are(amount, shown):
    measure = {"kind": "transfer", "payers": "HOM", "receivers": "RST", "amount": amount}
    (text,) = Scenario.from_dict({"measures": [measure]}).describe(zv.load_world("toy"))
    assert f" {shown} units a year" in text
    bare = zv.load_world("toy")
    bare = replace(bare, data=bare.data.assign_attrs(currency=""))
    (text,) = Scenario.from_dict({"measures": [measure]}).describe(bare)
    assert f" {shown} (currency of the world) a year" in text
