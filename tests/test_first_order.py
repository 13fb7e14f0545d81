"""The first-order decomposition: exact to first order, for every kind of policy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers import assert_close, real_income_hat, simulate
from zollverein.measures.first_order import (
    first_order,
    first_order_terms_of_trade,
    first_order_volume_of_trade,
)
from zollverein.testing import make_policy, neutral_policy, random_policy, random_world


@pytest.mark.parametrize("closure", ["share_of_world", "share_of_own"])
@pytest.mark.parametrize("seed", range(4))
def test_sums_to_exact_real_income_for_small_changes(seed: int, closure: str) -> None:
    """Duties, export taxes, trade costs, productivity and a balance that moves, all at once."""
    world = random_world(seed, export_taxes=True)
    full = random_policy(world, seed, export_taxes=True, productivity=True, embargoes=False)
    step = 1e-6
    tariff, tax = world.data["tariff"].values, world.data["export_tax"].values
    small = make_policy(
        world,
        tariff=tariff + step * (full.tariff.values - tariff),
        export_tax=tax + step * (full.export_tax.values - tax),
        cost_hat=full.cost_hat.values**step,
        productivity_hat=full.productivity_hat.values**step,
    )
    result = simulate(world, small, closure=closure, tolerance=1e-13)
    parts = first_order(
        world, result.after, cost_hat=small.cost_hat, productivity_hat=small.productivity_hat
    )
    total = (parts["welfare"] + parts["direct"] + parts["transfer"]).values
    assert_close(total / step, (real_income_hat(result) - 1) / step, rtol=1e-3, atol=1e-4)


def test_breakdown_adds_up_and_terms_of_trade_are_zero_sum() -> None:
    world = random_world(5)
    parts = first_order(world, simulate(world, random_policy(world, 5)).after)
    for name in ("terms_of_trade", "volume_of_trade"):
        assert_close(parts[f"{name}_by"].sum(("partner", "sector")), parts[name], 1e-12, 1e-15)
    income = world.data["final_demand"].values.sum(axis=1)
    assert abs((parts["terms_of_trade"].values * income).sum()) < 1e-12 * income.sum()


def test_where_costs_are_nested_their_growth_is_the_models() -> None:
    world = random_world(5)
    policy = random_policy(world, 5, embargoes=False)
    result = simulate(world, policy, input_elasticity=0.4, value_added_elasticity=0.6)
    growth = np.expm1(result.counterfactual.point.log_cost.T)
    flow = world.data["trade_flow"].values
    sold = (flow * growth[:, None, :]).sum(axis=(1, 2)) - (flow * growth[:, None, :]).sum((0, 2))
    expected = sold / world.data["final_demand"].values.sum(axis=1)
    found = first_order(world, result.after, parameters=result.parameters)["terms_of_trade"].values
    assert_close(found, expected, 1e-8, 1e-10)
    plain = first_order(world, result.after)["terms_of_trade"].values
    assert np.abs(plain - expected).max() > 1e-5


def test_no_change_has_no_effect() -> None:
    world = random_world(6)
    after = simulate(world, neutral_policy(world)).after
    assert np.abs(first_order_terms_of_trade(world, after)).max() < 1e-12
    assert np.abs(first_order_volume_of_trade(world, after)).max() < 1e-12
