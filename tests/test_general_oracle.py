"""The slow solver of the extended model against the older one, closed forms and equivalences.

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
    DIMS,
    bloc,
    cap_of,
    extended_world,
    parameters_of,
    plain,
    policy_of,
    shocks,
    solve,
    world_of,
)
from zollverein.testing import random_elasticity, random_policy, random_world

EQUAL = 1e-9
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


def assert_same(
    left: dict[str, Any], right: dict[str, Any], *but: str, rtol: float = EQUAL
) -> None:
    """Equal in every variable, relative to its largest value."""
    for name in sorted(set(DIMS) - set(but)):
        a, b = np.asarray(left[name]), np.asarray(right[name])
        assert np.isfinite(a).all(), name
        np.testing.assert_allclose(
            a, b, rtol=0, atol=rtol * max(np.abs(b).max(), 1e-9), err_msg=name
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


def one_sector(seed: int, **options: Any) -> Any:
    plain_options: dict[str, Any] = {"zeros": False, "tariffs": False, "deficits": False, **options}
    return random_world(seed, sectors=1, countries=5, **plain_options)


def home_share_hat(world: Any, found: dict[str, Any]) -> np.ndarray:
    """Change of the domestic share in spending, of a world with one sector."""

    def share(arrays: dict[str, Any]) -> np.ndarray:
        paid = arrays["trade_flow"] * (1 + arrays["tariff"])
        return np.diagonal(paid[:, :, 0]) / paid[:, :, 0].sum(axis=0)

    return share(found) / share(plain(world))


def real(found: dict[str, Any], world: Any) -> np.ndarray:
    """Change of real final spending."""
    start = plain(world)
    nominal = found["final_demand"].sum(axis=1) / start["final_demand"].sum(axis=1)
    return nominal * start["consumer_price"] / found["consumer_price"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("capital", ["fixed", "adjusting"])
def test_gains_from_trade_in_one_sector(seed: int, capital: str) -> None:
    """Real income is λ^(-1/θ), and λ^(-1/(θ(1-α))) once capital has adjusted."""
    world = one_sector(seed, inputs=False)
    policy = random_policy(world, seed, tariffs=False)
    parameters = parameters_of(world, seed, capital=capital, capital_share=0.4)
    found = solve(world, policy_of(world, cost_hat=policy.cost_hat.values), parameters)
    power = 1 / parameters.trade_elasticity.values[0] / (0.6 if capital == "adjusting" else 1)
    np.testing.assert_allclose(
        real(found, world), home_share_hat(world, found) ** -power, rtol=EQUAL
    )


@pytest.mark.parametrize("seed", range(4))
def test_krugman_in_one_sector_without_inputs_is_armington(seed: int) -> None:
    world = one_sector(seed, inputs=False)
    cost = random_policy(world, seed, tariffs=False).cost_hat.values
    policy = policy_of(world, cost_hat=cost)
    krugman = solve(world, policy, parameters_of(world, seed, scale=1.0))
    assert_same(krugman, solve(world, policy, parameters_of(world, seed)))
    theta = random_elasticity(world, seed).values[0]
    expected = home_share_hat(world, krugman) ** (-1 / theta)
    np.testing.assert_allclose(real(krugman, world), expected, rtol=EQUAL)


@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_entry_multiplies_the_gains_where_production_uses_inputs(scale: float) -> None:
    """ŵ/P̂ = λ^(-1/(θβ - ψ(1-β))): varieties N̂ = (ŵ/P̂)^(1-β) lower the price again."""
    world = one_sector(1)
    cost = random_policy(world, 1, tariffs=False).cost_hat.values
    parameters = parameters_of(world, scale=scale, trade_elasticity=6.0)
    found = solve(world, policy_of(world, cost_hat=cost), parameters)
    start = plain(world)
    made = start["trade_flow"].sum(axis=1)
    beta = (start["value_added"] / made)[:, 0]
    expected = home_share_hat(world, found) ** (-1 / (6.0 * beta - scale * (1 - beta)))
    np.testing.assert_allclose(real(found, world), expected, rtol=EQUAL)


def closed_economy(sectors: int, **options: Any) -> Any:
    return random_world(3, countries=1, sectors=sectors, zeros=False, tariffs=False, **options)


def test_closed_economy_with_nests_entry_and_specific_labour() -> None:
    """No inputs: α' and prices are known functions of productivity.

    Mobile: P̂ = 1/Â, with entry P̂ = Â^(-1-ψ/θ) at constant shares, and α' ∝ α Â^(η-1).
    Specific labour: ŵ_s ∝ Â_s^((η-1)/η).
    """
    world, eta = closed_economy(3, inputs=False), 2.5
    product = np.array([[1.3, 0.9, 1.1]])
    policy, alpha = policy_of(world, productivity_hat=product), world.data["final_demand"].values
    theta = parameters_of(world).trade_elasticity.values
    entry = solve(world, policy, parameters_of(world, scale=[1.0, 0.5, 0.0]))
    np.testing.assert_allclose(
        entry["price_index"], product ** (-1 - np.array([1.0, 0.5, 0.0]) / theta), rtol=EQUAL
    )
    mobile = solve(world, policy, parameters_of(world, final_elasticity=eta))
    np.testing.assert_allclose(mobile["price_index"], 1 / product, rtol=EQUAL)
    expected = alpha * product ** (eta - 1)
    np.testing.assert_allclose(
        mobile["final_demand"], expected / expected.sum() * alpha.sum(), rtol=EQUAL
    )
    specific = solve(
        world, policy, parameters_of(world, labour="sector_specific", final_elasticity=eta)
    )
    wage = specific["value_added"] / specific["employment"]
    expected = product ** ((eta - 1) / eta)
    np.testing.assert_allclose(wage / wage[0, 0], expected / expected[0, 0], rtol=EQUAL)


def test_closed_economy_with_substitution_between_labour_and_inputs() -> None:
    """One sector: P̂^(1-σ) (Â^(1-σ) - (1-β)) = β ŵ^(1-σ), and ŵ = 1."""
    world, sigma = closed_economy(1), 0.4
    beta = float(world.data["value_added"].values.sum() / world.data["trade_flow"].values.sum())
    parameters = parameters_of(
        world, value_added_elasticity=sigma, input_elasticity=3.0, final_elasticity=0.2
    )
    found = solve(world, policy_of(world, productivity_hat=1.2), parameters)
    expected = (beta / (1.2 ** (1 - sigma) - (1 - beta))) ** (1 / (1 - sigma))
    np.testing.assert_allclose(found["price_index"], expected, rtol=EQUAL)


def test_a_uniform_subsidy_in_a_closed_economy_without_inputs_is_neutral() -> None:
    world = closed_economy(3, inputs=False)
    found = solve(world, policy_of(world, export_tax=-0.2), parameters_of(world))
    np.testing.assert_allclose(found["price_index"], 0.8, rtol=EQUAL)
    np.testing.assert_allclose(real(found, world), 1.0, rtol=EQUAL)


def test_equal_price_changes_leave_every_nest_alone() -> None:
    share = general_solver.part(np.random.default_rng(0).random((3, 4)), 1)
    for elasticity in (0.0, 0.5, 1.0, 1 + 1e-4, 4.0):
        index, new = general_solver.nest(share, np.full((3, 4), 1.7), elasticity, 1)
        np.testing.assert_allclose(index, 1.7, rtol=1e-11)
        np.testing.assert_allclose(new, share, rtol=1e-11)


def test_the_limit_of_the_nests_is_cobb_douglas() -> None:
    world = extended_world(2)
    policy, names = policy_of(world, **shocks(world, 2)), ("value_added", "input", "final")
    near: dict[str, Any] = {f"{name}_elasticity": 1 + 1e-6 for name in names}
    limit = solve(world, policy, parameters_of(world))
    assert_same(solve(world, policy, parameters_of(world, **near)), limit, rtol=1e-5)


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
    bundle = (moved["employment"].sum(axis=1) / start["employment"].sum(axis=1)) / people
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
