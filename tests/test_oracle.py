"""The solver against an independent one and against closed forms.

Tolerances: both solvers stop at residuals of 1e-12 or less here; an error of the equilibrium is a
small multiple of the residual, so agreement to 1e-8 is a comfortable bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers import (
    CLOSURES,
    assert_close,
    final_price_hat,
    hat,
    real_income_hat,
    simulate,
    trade_share,
)
from tests.oracles.compare import oracle_world
from zollverein.testing import (
    assert_equilibrium,
    assert_world_equal,
    decouple,
    make_policy,
    random_elasticity,
    random_policy,
    random_world,
)

EQUAL = 1e-8


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("seed", range(12))
def test_equals_the_slow_solver(seed: int, closure: str) -> None:
    """Tariffs, zeros, embargoes, deficits, export taxes, productivity, under every closure."""
    taxes = seed % 2 == 1
    world = random_world(seed, countries=3 + seed % 4, sectors=1 + seed % 5, export_taxes=taxes)
    policy = random_policy(world, seed, export_taxes=taxes, productivity=taxes)
    theta = random_elasticity(world, seed)
    result = simulate(world, policy, theta, closure, tolerance=1e-12)
    expected = oracle_world(world, policy, theta, closure)
    assert_world_equal(result.after, expected, rtol=EQUAL)
    assert_close(hat(result, "wage"), expected.data["wage"].values, rtol=EQUAL)
    assert_close(hat(result, "price_index"), expected.data["price_index"].values, rtol=EQUAL)


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("seed", range(4))
def test_equals_the_slow_solver_when_one_economy_is_cut_off(seed: int, closure: str) -> None:
    world = random_world(seed, countries=5, sectors=3)
    policy, theta = decouple(world, "C0"), random_elasticity(world, seed)
    result = simulate(world, policy, theta, closure, tolerance=1e-12)
    assert_world_equal(result.after, oracle_world(world, policy, theta, closure), rtol=EQUAL)


@pytest.mark.parametrize("seed", range(3))
def test_equals_the_slow_solver_when_the_world_splits_in_two(seed: int) -> None:
    world = random_world(seed, countries=6, sectors=3, zeros=False)
    east = np.arange(6) < 3
    apart = (east[:, None] != east[None, :])[:, :, None]
    cost = np.where(apart, np.inf, np.ones((6, 6, 3)))
    policy, theta = make_policy(world, cost_hat=cost), random_elasticity(world, seed)
    for closure in CLOSURES:
        result = simulate(world, policy, theta, closure, tolerance=1e-12)
        assert_world_equal(result.after, oracle_world(world, policy, theta, closure), rtol=EQUAL)
        assert any("C0" in note or "C3" in note for note in result.notes), result.notes


#: Kinds of worlds and shocks in the sweep of 200.
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"openness": 0.001},
    {"countries": 8, "sectors": 6},
    {"openness": 0.7, "countries": 5},
    {"inputs": False, "export_taxes": True},
    {"countries": 3, "sectors": 1},
    {"zeros": False, "countries": 6, "sectors": 4},
    {"countries": 12, "sectors": 8, "openness": 0.2},
)


@pytest.mark.parametrize("seed", range(200))
def test_two_hundred_random_worlds_converge(seed: int) -> None:
    """Near-autarky and full decoupling of the largest economy included."""
    kind = KINDS[seed % len(KINDS)]
    world = random_world(1000 + seed, **kind)
    if kind.get("zeros", True):
        policy = random_policy(world, seed, export_taxes=seed % 3 == 0, productivity=seed % 2 == 0)
    else:
        size = world.data["value_added"].sum("sector")
        policy = decouple(world, str(size.idxmax("country").item()))
    theta = random_elasticity(world, seed)
    result = simulate(world, policy, theta, CLOSURES[seed // 8 % 4])
    assert result.residual <= 1e-10
    assert_equilibrium(result, tolerance=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_one_sector_real_wage_is_the_formula_of_arkolakis_costinot_rodriguez_clare(
    seed: int,
) -> None:
    """Ŵ = π̂_nn^(-1/θ) in one sector without tariffs and inputs (ACR 2012, proposition 1)."""
    options = {"sectors": 1, "countries": 5, "zeros": False, "tariffs": False, "inputs": False}
    world = random_world(seed, deficits=False, **options)  # type: ignore[arg-type]
    theta = random_elasticity(world, seed)
    policy = random_policy(world, seed, tariffs=False)
    result = simulate(world, policy, theta, tolerance=1e-12)
    home = np.einsum("nns->ns", trade_share(result.after) / trade_share(world))[:, 0]
    expected = home ** (-1 / theta.values[0])
    assert_close(real_income_hat(result), expected, rtol=1e-10)
    assert_close(hat(result, "wage") / final_price_hat(result), expected, rtol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_one_sector_with_inputs_multiplies_the_gain_by_one_over_the_value_added_share(
    seed: int,
) -> None:
    """Real wage = π̂_nn^(-1/(θ β_n)): each round of inputs passes the gain on."""
    world = random_world(seed, sectors=1, countries=5, zeros=False, tariffs=False, deficits=False)
    theta = random_elasticity(world, seed)
    result = simulate(world, random_policy(world, seed, tariffs=False), theta, tolerance=1e-12)
    home = np.einsum("nns->ns", trade_share(result.after) / trade_share(world))[:, 0]
    data = world.data
    beta = data["value_added"] / (
        data["value_added"] + data["intermediate_use"].sum("input_sector")
    )
    expected = home ** (-1 / theta.values[0] / beta.values[:, 0])
    assert_close(real_income_hat(result), expected, rtol=1e-9)


@pytest.mark.parametrize("sectors", [1, 4])
@pytest.mark.parametrize("seed", range(4))
def test_autarky_has_a_closed_form(seed: int, sectors: int) -> None:
    """Every border closed: wages stay, prices follow from baseline home shares alone.

    π'_nn = 1 gives P̂_s = ĉ_s π_nn,s^(-1/θ_s), and ĉ_s = ŵ^β Π_k P̂_k^γ_ks, so that
    log(P̂ / ŵ) = (I - Γ')^(-1) (-log π_nn / θ). Income is value added: no duties, no balance.
    """
    world = random_world(seed, sectors=sectors, zeros=False)
    size = len(world.countries)
    closed = np.where(np.eye(size)[:, :, None] > 0, 1.0, np.inf) * np.ones((1, 1, sectors))
    theta = random_elasticity(world, seed)
    result = simulate(world, make_policy(world, cost_hat=closed), theta, tolerance=1e-12)

    data = world.data
    output = data["value_added"].values + data["intermediate_use"].values.sum(axis=1)
    gamma = data["intermediate_use"].values / output[:, None, :]
    home = np.einsum("nns->ns", trade_share(world))
    log_price = [
        np.linalg.solve(np.eye(sectors) - gamma[n].T, -np.log(home[n]) / theta.values)
        for n in range(size)
    ]
    assert_close(hat(result, "wage"), np.ones(size), rtol=1e-10)
    assert_close(hat(result, "price_index"), np.exp(log_price), rtol=1e-9)
    income = result.after.data["final_demand"].values.sum(axis=1)
    assert_close(income, data["value_added"].values.sum(axis=1), rtol=1e-10)
