"""Derivatives under a Kemp-Wan union: against extrapolated differences of equilibria with new taxes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.derivatives import case, parameters_of, text_of
from tests.test_gradients_extended import check_along
from zollverein.gradients import gradient_at
from zollverein.outcomes import KINDS
from zollverein.rules import KempWan
from zollverein.testing import make_policy, random_elasticity, random_world
from zollverein.unions import external_trade

UNION = KempWan(("C0", "C1"))
BASE = ("tariff", "export_tax", "barrier", "productivity", "trade_elasticity")


def formed(name: str) -> tuple[zv.World, zv.Policy, dict[str, Any]]:
    """One case of the extended model, or the base model under several measures, with a union."""
    if name != "base":
        world, policy, options = case(name)
        return world, replace(policy, unions=(UNION,)), {**options, "tolerance": 1e-12}
    world = random_world(3, countries=5, sectors=3)
    rng = np.random.default_rng(5)
    shape = world.data["trade_flow"].shape
    foreign = ~np.eye(shape[0], dtype=bool)[:, :, None]
    policy = make_policy(
        world,
        tariff=world.data["tariff"].values + 0.1 * rng.random(shape) * foreign,
        cost_hat=np.where(foreign, np.exp(rng.normal(0, 0.05, shape)), 1.0),
        productivity_hat=np.exp(rng.normal(0, 0.03, shape[1:])),
    )
    options = {"trade_elasticity": random_elasticity(world, 0), "tolerance": 1e-12}
    return world, replace(policy, unions=(UNION,)), options


@pytest.mark.parametrize("closure", ["share_of_world", "zero"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_taxes_respond_in_the_base_model(kind: str, closure: str) -> None:
    """Every kind of outcome and of parameter, while outsiders change too."""
    world, policy, options = formed("base")
    check_along(world, policy, {**options, "closure": closure}, text_of(kind), BASE)


def test_the_taxes_respond_where_balances_follow_wages() -> None:
    """There they settle the level of the taxes."""
    world, _, options = formed("base")
    alone = replace(make_policy(world), unions=(UNION,))
    check_along(world, alone, {**options, "closure": "share_of_own"}, "real_income C1", BASE[:-1])


@pytest.mark.parametrize(
    "name", ["complements", "government", "pool", "own balances", "long and all", "short and all"]
)
def test_the_taxes_respond_in_the_extended_model(name: str) -> None:
    world, policy, options = formed(name)
    check_along(world, policy, options, "real_income C1+C3", tuple(parameters_of(name)))


def test_rates_that_the_union_finds_have_no_effect() -> None:
    """Whatever the policy says of them, they are found; the members' duties on each other count."""
    world, policy, options = formed("base")
    result = zv.simulate(world, policy, **options)
    found = gradient_at(result, "real_income C1", wrt=["tariff", "export_tax"])
    trade = external_trade(world, UNION)
    for name, cells in (("tariff", trade.duty), ("export_tax", trade.levy)):
        assert not found[name].values[cells].any()
        assert abs(float(found[name].sel(exporter="C0", importer="C1")[0])) > 1e-6


def test_outsiders_do_not_respond_to_what_happens_inside() -> None:
    """The theorem of Kemp and Wan in derivatives."""
    world = zv.load_world("toy")
    measure = {"kind": "customs_union", "members": ["HOM", "PAR"], "external": "kemp_wan"}
    scenario = zv.Scenario.from_dict({"name": "union", "measures": [measure]})
    result = zv.simulate(world, scenario, tolerance=1e-12)
    for kind in ("real_income", "wage", "price_index", "output"):
        found = gradient_at(result, f"{kind} RST", wrt=["productivity", "barrier"])
        inside = found["productivity"].sel(country=["HOM", "PAR"])
        assert np.isfinite(inside).all()
        np.testing.assert_allclose(inside, 0.0, atol=1e-8)
        between = found["barrier"].sel(exporter=["HOM", "PAR"], importer=["HOM", "PAR"])
        np.testing.assert_allclose(between, 0.0, atol=1e-8)
    own = gradient_at(result, "real_income RST", wrt=["productivity"])["productivity"]
    assert float(own.sel(country="RST", sector="goods")) > 0.1
