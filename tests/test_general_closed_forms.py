"""The slow solver of the extended model against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.oracles import general_solver
from tests.oracles.extended import (
    EQUAL,
    assert_same,
    extended_world,
    parameters_of,
    plain,
    policy_of,
    real,
    shocks,
    solve,
)
from zollverein.testing import random_elasticity, random_policy, random_world


def one_sector(seed: int, **options: Any) -> Any:
    plain_options: dict[str, Any] = {"zeros": False, "tariffs": False, "deficits": False, **options}
    return random_world(seed, sectors=1, countries=5, **plain_options)


def home_share_hat(world: Any, found: dict[str, Any]) -> np.ndarray:
    """Change of the domestic share in spending, of a world with one sector."""

    def share(arrays: dict[str, Any]) -> np.ndarray:
        paid = arrays["trade_flow"] * (1 + arrays["tariff"])
        return np.diagonal(paid[:, :, 0]) / paid[:, :, 0].sum(axis=0)

    return share(found) / share(plain(world))


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
