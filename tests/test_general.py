"""The extended model against the independent slow solver, and where it must not differ from the base."""

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.general import gap, random_changes, real_policy, real_world, solved, zero_sum
from tests.oracles import extended
from zollverein.errors import NoEquilibrium, ScenarioError
from zollverein.rules import Mobility, Pool, PriceCap
from zollverein.testing import assert_world_equal, random_elasticity, random_policy, random_world

BLOC = ("C0", "C1", "C2")
MODELS: dict[str, dict[str, Any]] = {
    "plain": {},
    "complements": {
        "value_added_elasticity": 0.5,
        "input_elasticity": 0.2,
        "final_elasticity": 0.9,
    },
    "substitutes": {
        "value_added_elasticity": 1.5,
        "input_elasticity": 2.0,
        "final_elasticity": 3.0,
    },
    "specific": {"labour": "sector_specific"},
    "short": {
        "labour": "sector_specific",
        "value_added_elasticity": 0.5,
        "input_elasticity": 0.2,
        "final_elasticity": 0.9,
    },
    "capital": {"capital": "adjusting"},
    "scale": {"scale": 0.5},
}
RULES: dict[str, Any] = {
    "none": lambda _: {},
    "pool": lambda _: {"pools": (Pool(BLOC, (0.5, 0.3, 0.2)),)},
    "half a pool": lambda _: {"pools": (Pool(BLOC, (0.5, 0.3, 0.2), 1.0),)},
    "mobility": lambda _: {"mobility": (Mobility(BLOC, 1.5, (0.5, 0.3, 0.2)),)},
    "transfer": lambda stand: {"transfer": zero_sum(stand, 1)},
}


@pytest.mark.parametrize("government", [False, True])
@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("model", MODELS)
def test_it_is_what_the_oracle_finds(model: str, rules: str, government: bool) -> None:
    if rules == "mobility" and MODELS[model].get("labour"):
        pytest.skip("labour that stays in its sector does not leave its country")
    stand = extended.extended_world(
        3, rents=government, government=government, employment=False, export_taxes=True
    )
    policy = extended.policy_of(stand, **random_changes(stand, 3), **RULES[rules](stand))
    size, where = gap(stand, policy, extended.parameters_of(stand, 3, **MODELS[model]))
    assert size < 1e-9, where


@pytest.mark.parametrize("closure", ["share_of_world", "numeraire", "share_of_own", "zero"])
def test_every_closure_with_pools_and_transfers(closure: str) -> None:
    stand = extended.extended_world(5, employment=False)
    changes = random_changes(stand, 5) | RULES["pool"](stand) | RULES["transfer"](stand)
    policy = extended.policy_of(stand, **changes)
    size, where = gap(stand, policy, extended.parameters_of(stand, 5, closure=closure))
    assert size < 1e-9, where


@pytest.mark.parametrize(("cap", "leakage"), [(0.999, 0.0), (0.99, 0.3), (1.1, 0.0)])
def test_price_caps_are_what_the_oracle_finds(cap: float, leakage: float) -> None:
    stand = extended.extended_world(2, rents=False, government=False, employment=False)
    rule = PriceCap(("C2",), ("C0", "C1"), ("s0",), cap, leakage)
    size, where = gap(
        stand, extended.policy_of(stand, caps=(rule,)), extended.parameters_of(stand, 2)
    )
    assert size < 2e-8, where  # prices hold to 1e-10; wedges are as steep as demand


def test_a_cap_either_binds_exactly_or_leaves_no_wedge() -> None:
    stand = extended.extended_world(0, rents=False, government=False, employment=False)
    rule = PriceCap(("C2",), ("C0", "C1"), ("s0", "s1"), 0.995)
    result = solved(stand, extended.policy_of(stand, caps=(rule,)), extended.parameters_of(stand))
    point: Any = result.counterfactual
    prices = np.exp(point.point.log_cost[:2, 2])
    assert np.isfinite(prices).all()
    assert (prices <= 0.995 + 1e-9).all()
    assert any(wedge > 0 for wedge in point.wedge)
    for price, wedge in zip(prices, point.wedge, strict=True):
        assert wedge == 0 or price == pytest.approx(0.995, abs=1e-9)
    assert any("binds" in note for note in result.notes)


def test_a_cap_that_cannot_be_met_is_refused_with_the_price_that_can() -> None:
    stand = extended.extended_world(1, rents=False, government=False, employment=False)
    rule = PriceCap(("C2",), ("C0", "C1"), ("s0",), 0.99)
    with pytest.raises(NoEquilibrium, match=r"s0 from C2 .*cannot be met"):
        solved(stand, extended.policy_of(stand, caps=(rule,)), extended.parameters_of(stand, 1))


@pytest.mark.parametrize("seed", range(3))
def test_cobb_douglas_is_the_limit_of_the_nests(seed: int) -> None:
    world, theta = random_world(seed), random_elasticity(random_world(seed), seed)
    policy = random_policy(world, seed)
    plain = zv.simulate(world, policy, trade_elasticity=theta, tolerance=1e-12)
    near = 1 + 1e-9
    nested = zv.simulate(
        world,
        policy,
        trade_elasticity=theta,
        tolerance=1e-11,
        value_added_elasticity=near,
        input_elasticity=near,
        final_elasticity=near,
    )
    for name in ("trade_flow", "value_added", "final_demand", "price_index"):
        ours, base = nested.after.data[name].values, plain.after.data[name].values
        assert np.isfinite(ours).all()
        np.testing.assert_allclose(ours, base, atol=1e-8 * np.abs(base).max(), rtol=0)


@pytest.mark.parametrize("choices", MODELS.values(), ids=MODELS)
def test_no_change_changes_nothing(choices: dict[str, Any]) -> None:
    world = random_world(4)
    result = zv.simulate(world, zv.Policy.neutral(world), trade_elasticity=4.0, **choices)
    assert result.residual < 1e-12
    assert_world_equal(result.after, world, rtol=1e-12)


def test_a_result_is_a_baseline_like_any_other() -> None:
    """Going back from the counterfactual by the inverse policy gives the baseline again."""
    stand = extended.extended_world(6, rents=False, employment=False)
    world = real_world(stand)
    cost = np.exp(0.2 * np.random.default_rng(1).normal(size=world.data["tariff"].shape))
    there = real_policy(extended.policy_of(stand, cost_hat=cost))
    choices: dict[str, Any] = {
        "trade_elasticity": 4.0,
        "capital": "adjusting",
        "input_elasticity": 0.5,
    }
    after = zv.simulate(world, there, tolerance=1e-12, **choices).after
    stand_after = extended.world_of({n: after.values(n) for n in extended.DIMS}, after)
    back = real_policy(extended.policy_of(stand_after, cost_hat=1 / cost))
    again = zv.simulate(after, back, tolerance=1e-12, **choices).after
    for name in ("trade_flow", "value_added", "employment", "consumer_price", "government_flow"):
        old, new = world.values(name), again.values(name)
        assert np.isfinite(new).all()
        np.testing.assert_allclose(new, old, atol=1e-9 * np.abs(old).max(), rtol=0)


def test_pooling_changes_who_gains_and_adds_up() -> None:
    world = random_world(8)
    policy = random_policy(world, 8, embargoes=False)
    alone = zv.simulate(world, policy, trade_elasticity=4.0)
    pool = Pool(("C0", "C1"), (0.9, 0.1))
    together = zv.simulate(
        world,
        zv.Policy(**{n: getattr(policy, n) for n in extended_fields()}, pools=(pool,)),
        trade_elasticity=4.0,
    )
    income = [r.table()["real_income_pct"].to_numpy() for r in (alone, together)]
    assert np.isfinite(income).all()
    assert np.abs(income[1] - income[0])[:2].max() > 1e-3
    point: Any = together.counterfactual
    assert abs(point.general.pooled.sum()) < 1e-12 * point.problem.base.value_added.sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_kemp_wan_union_leaves_outsiders_alone_and_gains(seed: int) -> None:
    world = random_world(seed, countries=5, deficits=False)
    union = {"members": ["C0", "C1"], "sectors": "all", "external": "kemp_wan"}
    scenario = zv.Scenario.from_dict({"measures": [{"kind": "customs_union", **union}]})
    result = zv.simulate(world, scenario, trade_elasticity=4.0, closure="zero")
    effect = result.table()["real_income_pct"].to_numpy()
    assert np.isfinite(effect).all()
    assert np.abs(effect[2:]).max() < 1e-7
    size = world.data["final_demand"].values.sum(axis=1)[:2]
    assert size @ effect[:2] > 0
    certificate = zv.verify(result)
    assert certificate.conditions["kemp_wan"] < 1e-9
    assert certificate.holds()


def extended_fields() -> tuple[str, ...]:
    return ("tariff", "export_tax", "cost_hat", "productivity_hat")


@pytest.mark.parametrize("kind", [np.float32, np.int64])
def test_numbers_of_numpy_are_numbers(kind: Any) -> None:
    world = zv.load_world("toy")
    policy = zv.Policy.neutral(world)
    policy = policy.changed(tariff=policy.tariff + 0.1)
    found, plain = (
        zv.simulate(world, policy, input_elasticity=one, scale=one) for one in (kind(0), 0.0)
    )
    assert found.parameters.input_elasticity == plain.parameters.input_elasticity == 0.0
    assert found.table().equals(plain.table())


def test_what_contradicts_is_refused() -> None:
    world = random_world(1)
    policy = zv.Policy.neutral(world)
    with pytest.raises(ScenarioError, match="cannot be combined"):
        zv.simulate(world, policy, labour="sector_specific", capital="adjusting")
    with pytest.raises(ScenarioError, match="not a choice"):
        zv.simulate(world, policy, labor="mobile")
    with pytest.raises(ScenarioError, match="scale"):
        zv.simulate(world, policy, trade_elasticity=4.0, scale=2.0)
