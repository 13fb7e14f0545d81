"""The slow solver of the extended model against the older one and equivalences.

The solver stops at residuals of 1e-12; an error of the equilibrium is a small multiple of that.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.helpers import CLOSURES
from tests.oracles import general_solver
from tests.oracles.compare import oracle_world
from tests.oracles.extended import (
    EQUAL,
    assert_same,
    bloc,
    cap_of,
    extended_world,
    parameters_of,
    plain,
    policy_of,
    real,
    shocks,
    solve,
    world_of,
)
from zollverein.testing import random_elasticity, random_policy, random_world

#: Choices of the model, most of them with a mobility bloc. Full scale together with mobile people
#: agglomerates: a sector may close altogether, which the solver of these tests does not follow.
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"value_added_elasticity": 0.5, "input_elasticity": 0.2, "final_elasticity": 2.5},
    {"scale": [0.5, 0.3, 0.0]},
    {"scale": [1.0, 0.4, 0.0], "mobility": False},
    {"labour": "sector_specific", "final_elasticity": 0.6, "mobility": False},
    {"capital": "adjusting", "value_added_elasticity": 1.4},
    {"capital": "adjusting", "scale": [0.5, 0.0, 0.5], "closure": "share_of_own"},
)


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("seed", range(6))
def test_without_extensions_it_is_the_older_slow_solver(seed: int, closure: str) -> None:
    world = random_world(seed, countries=3 + seed % 3, sectors=1 + seed % 4, export_taxes=True)
    policy = random_policy(world, seed, export_taxes=True, productivity=True)
    theta = random_elasticity(world, seed)
    names = ("tariff", "export_tax", "cost_hat", "productivity_hat")
    changes = {name: getattr(policy, name).values for name in names}
    found = solve(world, policy_of(world, **changes), parameters_of(world, seed, closure=closure))
    expected = oracle_world(world, policy, theta, closure)
    for name in expected.data:
        np.testing.assert_allclose(found[str(name)], expected.data[name], rtol=0, atol=1e-10)


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("seed", range(2))
def test_no_change_changes_nothing(seed: int, choice: dict[str, Any]) -> None:
    world = extended_world(seed, export_taxes=True)
    mobility = (bloc(world, 2.0),) if choice.get("mobility", True) else ()
    found = solve(world, policy_of(world, mobility=mobility), parameters_of(world, seed, **choice))
    assert_same(found, plain(world))


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("seed", range(2))
def test_the_way_does_not_matter(seed: int, choice: dict[str, Any]) -> None:
    """From the baseline to A and on to B is the same as straight to B: every share is rebased."""
    world = extended_world(seed, export_taxes=True)
    parameters = parameters_of(world, seed, **choice)
    mobile = choice.get("mobility", True)
    first, second = shocks(world, seed), shocks(world, seed + 1)
    between = {k: second[k] / first[k] if k.endswith("_hat") else second[k] for k in second}

    def moving(start: Any) -> dict[str, Any]:
        return {"mobility": (bloc(start, 1.5),)} if mobile else {}

    middle = world_of(solve(world, policy_of(world, **first, **moving(world)), parameters), world)
    onward = solve(middle, policy_of(middle, **between, **moving(middle)), parameters)
    straight = solve(world, policy_of(world, **second, **moving(world)), parameters)
    assert_same(onward, straight)


@pytest.mark.parametrize("choice", CHOICES)
def test_lerner_symmetry(choice: dict[str, Any]) -> None:
    """A uniform duty on imports is a uniform tax on exports, where trade is balanced."""
    world = extended_world(4, tariffs=False, rents=False)
    parameters = parameters_of(world, **{**choice, "closure": "zero"})
    foreign, shape = 1 - np.eye(4), world.data["trade_flow"].shape
    duty, tax = np.zeros(shape), np.zeros(shape)
    duty[:, 1], tax[1] = 0.3 * foreign[:, 1, None], 0.3 * foreign[1, :, None]
    one = solve(world, policy_of(world, tariff=duty), parameters)
    other = solve(world, policy_of(world, export_tax=tax), parameters)
    np.testing.assert_allclose(real(one, world), real(other, world), rtol=EQUAL)
    np.testing.assert_allclose(one["employment"], other["employment"], rtol=1e-8)


def test_a_rent_is_a_duty_by_another_name() -> None:
    world = extended_world(1, export_taxes=True)
    change = shocks(world, 1)
    renamed = {**change, "tariff": change["import_rent"], "import_rent": change["tariff"]}
    renamed |= {"export_tax": change["export_rent"], "export_rent": change["export_tax"]}
    one, other = (
        solve(world, policy_of(world, **c), parameters_of(world)) for c in (change, renamed)
    )
    assert_same(one, other, "tariff", "import_rent", "export_tax", "export_rent")


def test_access_is_a_cost_with_the_elasticity_taken_out_and_zero_an_embargo() -> None:
    world = extended_world(2)
    parameters = parameters_of(world)
    access = shocks(world, 2)["access_hat"]
    access[3, 0, 1] = 0.0
    with np.errstate(divide="ignore"):
        cost = access ** (-1 / parameters.trade_elasticity.values)
    both = policy_of(world, access_hat=access, government_access_hat=access)
    assert_same(
        solve(world, both, parameters), solve(world, policy_of(world, cost_hat=cost), parameters)
    )
    private = solve(world, policy_of(world, access_hat=access), parameters)
    assert private["trade_flow"][3, 0, 1] == private["government_flow"][3, 0, 1]


def test_a_government_that_buys_like_everyone_else_is_neutral() -> None:
    world = extended_world(3, government=False)
    arrays = plain(world)
    paid = arrays["trade_flow"] * (1 + arrays["tariff"] + arrays["import_rent"])
    part = 0.3 * arrays["final_demand"] / np.where(paid.sum(0) > 0, paid.sum(0), 1)
    like = world_of(
        {**arrays, "government_flow": arrays["trade_flow"] * part,
         "government_demand": 0.3 * arrays["final_demand"]}, world
    )  # fmt: skip
    change = shocks(world, 3)
    change["government_access_hat"] = change["access_hat"]
    parameters = parameters_of(world, final_elasticity=0.5)
    with_it, without = (solve(w, policy_of(w, **change), parameters) for w in (like, world))
    assert_same(with_it, without, "government_flow", "government_demand")
    assert with_it["government_flow"].sum() > 0


def imbalance(found: dict[str, Any]) -> np.ndarray:
    return general_solver.balances(found["trade_flow"])


@pytest.mark.parametrize("closure", CLOSURES)
def test_a_pool_adds_up_and_is_a_transfer(closure: str) -> None:
    world = extended_world(5)
    parameters = parameters_of(world, closure=closure)
    pool = SimpleNamespace(members=("C2", "C0", "C3"), keys=(0.5, 0.2, 0.3))
    change = shocks(world, 5)
    pooled = solve(world, policy_of(world, **change, pools=(pool,)), parameters)
    duties = (pooled["tariff"] * pooled["trade_flow"])[1].sum(axis=1)  # C1 alone is outside
    net = np.array([0.2, 0, 0.5, 0.3]) * duties[[0, 2, 3]].sum() - duties * [1, 0, 1, 1]
    assert abs(net).max() > 1e-3 * duties.sum()
    assert abs(imbalance(pooled).sum()) < 1e-12
    moved = solve(world, policy_of(world, **change, transfer=net), parameters)
    assert_same(pooled, moved)
    alone = SimpleNamespace(members=("C2",), keys=(1.0,))
    assert_same(
        solve(world, policy_of(world, **change, pools=(alone,)), parameters),
        solve(world, policy_of(world, **change), parameters),
    )


def test_a_transfer_adds_up_and_can_settle_every_balance() -> None:
    world = extended_world(6)
    deficit = imbalance(plain(world))
    assert abs(deficit).max() > 1e-3
    settled = solve(
        world, policy_of(world, transfer=-deficit), parameters_of(world, closure="numeraire")
    )
    assert_same(settled, solve(world, policy_of(world), parameters_of(world, closure="zero")))
    aid = np.array([0.01, -0.01, 0, 0])
    given = solve(world, policy_of(world, transfer=aid), parameters_of(world, closure="zero"))
    np.testing.assert_allclose(imbalance(given), aid, atol=1e-12)


def test_transfers_across_separate_groups_are_refused() -> None:
    world = extended_world(1)
    cost = np.ones((4, 4, 3))
    cost[0, 1:], cost[1:, 0] = np.inf, np.inf
    policy = policy_of(world, cost_hat=cost, transfer=np.array([0.01, -0.01, 0, 0]))
    with pytest.raises(ValueError, match="trading group"):
        solve(world, policy, parameters_of(world))


@pytest.mark.parametrize("capital", ["fixed", "adjusting"])
def test_people_move_to_where_real_wages_rise(capital: str) -> None:
    world, nu = extended_world(7), 1.5
    parameters, change = parameters_of(world, capital=capital), shocks(world, 7)
    nobody = solve(world, policy_of(world, **change, mobility=(bloc(world, 0.0),)), parameters)
    fixed = solve(world, policy_of(world, **change), parameters)
    assert_same(nobody, fixed)
    moved = solve(world, policy_of(world, **change, mobility=(bloc(world, nu),)), parameters)
    start = plain(world)
    people = moved["population"] / start["population"]
    assert people[3] == 1
    np.testing.assert_allclose(
        (moved["population"])[:3].sum(), start["population"][:3].sum(), rtol=1e-12
    )
    sector_wage, first = (a["value_added"] / a["employment"] for a in (moved, start))
    real_wage = (sector_wage / first)[:, 0] * start["consumer_price"] / moved["consumer_price"]
    power = nu * (1.5 if capital == "adjusting" else 1)
    relative = (real_wage / real_wage[0])[:3] ** power
    np.testing.assert_allclose((people / people[0])[:3], relative, rtol=EQUAL)
    weighed = (first * moved["employment"]).sum(axis=1) / start["value_added"].sum(axis=1)
    bundle = weighed / people
    expected = real_wage**0.5 if capital == "adjusting" else np.ones(4)
    np.testing.assert_allclose(bundle, expected, rtol=EQUAL)


def test_a_price_cap_binds_at_the_cap_and_is_the_rent_it_leaves() -> None:
    world = extended_world(8)
    parameters, change = parameters_of(world), shocks(world, 8)
    free = solve(world, policy_of(world, **change), parameters)
    loose = policy_of(world, **change, caps=(cap_of(1.01 * free["cost"][1, 0]),))
    assert_same(solve(world, loose, parameters), free)
    level = 0.997 * free["cost"][1, 0]
    capped = solve(world, policy_of(world, **change, caps=(cap_of(level),)), parameters)
    assert capped["cost"][1, 0] == pytest.approx(level, rel=1e-11)
    wedge = (capped["import_rent"] - change["import_rent"])[1, [0, 2], 0]
    assert wedge[0] == pytest.approx(wedge[1], rel=1e-12)
    assert wedge[0] > 0.01
    assert np.count_nonzero(capped["import_rent"] != change["import_rent"]) == 2
    leaky = solve(world, policy_of(world, **change, caps=(cap_of(level, 0.4),)), parameters)
    assert_same(leaky, capped)
    rent = solve(
        world, policy_of(world, **{**change, "import_rent": capped["import_rent"]}), parameters
    )
    assert_same(rent, capped)


@pytest.mark.parametrize("elasticity", [1.0, 0.5])
def test_a_lost_good_drops_out_and_the_others_grow_in_proportion(elasticity: float) -> None:
    world = extended_world(1, zeros=False)
    cost = np.ones((4, 4, 3))
    cost[:, 2, 1] = np.inf
    names = ("value_added_elasticity", "input_elasticity", "final_elasticity")
    choices: dict[str, Any] = dict.fromkeys(names, elasticity)
    parameters = parameters_of(world, on_no_supplier="shut_down", **choices)
    found, start = solve(world, policy_of(world, cost_hat=cost), parameters), plain(world)
    assert not found["trade_flow"][:, 2, 1].any()
    assert not found["intermediate_use"][2, 1].any()
    assert found["final_demand"][2, 1] == 0
    assert found["price_index"][2, 1] == start["price_index"][2, 1]
    price = found["price_index"][2, [0, 2]] / start["price_index"][2, [0, 2]]

    def ratio(arrays: dict[str, Any]) -> float:
        private = (arrays["final_demand"] - arrays["government_demand"])[2]
        return float(private[0] / private[2])

    expected = ratio(start) * (price[0] / price[1]) ** (1 - elasticity)
    assert ratio(found) == pytest.approx(expected, rel=EQUAL)
    if elasticity == 1:
        made = found["value_added"] + found["intermediate_use"].sum(axis=1)
        cost_of = start["value_added"] + start["intermediate_use"].sum(axis=1)
        lost = start["intermediate_use"][2, 1] / cost_of[2]
        old = start["value_added"][2] / cost_of[2] / (1 - lost)
        np.testing.assert_allclose(found["value_added"][2] / made[2], old, rtol=EQUAL)
    change = shocks(world, 1)
    both = [
        solve(world, policy_of(world, **change), parameters_of(world, on_no_supplier=rule))
        for rule in ("error", "shut_down")
    ]
    assert_same(both[0], both[1])


def test_goods_without_suppliers_or_buyers_are_refused() -> None:
    world = extended_world(1, zeros=False)
    none, nobody = np.ones((4, 4, 3)), np.ones((4, 4, 3))
    none[:, 2, 1], nobody[2, :, 1] = np.inf, np.inf
    with pytest.raises(ValueError, match="supplier"):
        solve(world, policy_of(world, cost_hat=none), parameters_of(world))
    policy = policy_of(world, cost_hat=nobody)
    with pytest.raises(ValueError, match="buyer"):
        solve(world, policy, parameters_of(world, labour="sector_specific"))
    assert solve(world, policy, parameters_of(world))["value_added"][2, 1] == 0
