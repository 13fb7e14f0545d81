"""The measures on results of the extended model: governments, rents, pools, transfers, caps, nests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close, simulate
from tests.oracles.extended import extended_world
from zollverein import accounts
from zollverein.measures.booking import ENTRIES, booking
from zollverein.measures.creation import access_cost_hat, creation_and_diversion, sourcing
from zollverein.measures.effects import consumer_price_hat, effects, real_income_hat
from zollverein.measures.employment import employment, employment_moved
from zollverein.measures.first_order import unit_cost_hat
from zollverein.measures.isolation import foreign_access, isolation
from zollverein.measures.substitution import import_substitution
from zollverein.policy import Policy
from zollverein.rules import Mobility, Pool, PriceCap
from zollverein.testing import decouple, random_world

BILATERAL = ("exporter", "importer", "sector")
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"value_added_elasticity": 0.5, "input_elasticity": 0.2, "final_elasticity": 0.9},
    {"scale": 0.3},
    {"labour": "sector_specific"},
    {"capital": "adjusting"},
)


def world_of(seed: int, **options: Any) -> zv.World:
    return zv.World(f"extended-{seed}", extended_world(seed, export_taxes=True, **options).data)


def labelled(world: zv.World, values: np.ndarray, *dims: str) -> xr.DataArray:
    return xr.DataArray(values, coords={d: world.data.indexes[d] for d in dims}, dims=dims)


def policy_of(world: zv.World, seed: int, size: float = 0.1, **rules: Any) -> Policy:
    """New rates, rents, a subsidy, costs, access and an embargo of C2's sales to C3."""
    rng, shape = np.random.default_rng(seed), world.data["trade_flow"].shape
    foreign = ~np.eye(shape[0], dtype=bool)[:, :, None]
    new = {
        name: rng.uniform(0, 2 * size, shape) * foreign
        for name in ("tariff", "import_rent", "export_tax", "export_rent")
    }
    new["export_tax"][1, :, 0] = -0.1
    for name in ("access_hat", "government_access_hat"):
        new[name] = np.exp(rng.normal(0, size, shape))
    new["cost_hat"] = np.exp(rng.normal(0, size, shape) * foreign)
    new["cost_hat"][2, 3] = np.inf
    for name, values in new.items():
        rules[name] = labelled(world, values, *BILATERAL)
    return replace(Policy.neutral(world), **rules)


def solved(seed: int, choice: dict[str, Any] | None = None, **rules: Any) -> Any:
    world = world_of(seed)
    return simulate(world, policy_of(world, seed, **rules), **(choice or {}))


def test_pools_and_transfers_add_up_to_income():
    """Every row of the booking is in use, and the identity holds to the solver's precision."""
    world = world_of(1)
    gift = labelled(world, np.array([0.02, -0.015, -0.005, 0.0]), "country")
    rules: Any = {"pools": (Pool(("C0", "C2"), (0.3, 0.7)),), "transfer": gift}
    result = simulate(world, policy_of(world, 1, **rules))
    table = booking(world, result.after, result.policy)
    after = table["after"].unstack("entry")
    used = [name for name in ENTRIES if name != "discrepancy"]
    assert (after[used].abs().max() > 1e-4).all()
    assert_close(after[list(ENTRIES)].sum(axis=1), after["income"], 0, 1e-14)
    assert (after["discrepancy"].abs() < 1e-8 * after["income"]).all()
    assert_close(after["pool_payment"].sum() + after["pool_receipt"].sum(), 0, 0, 1e-14)
    assert_close(after["transfer"], gift.values, 0)
    # the rest of the deficit is the closure's: a fixed share of world value added
    before = table["before"].unstack("entry")
    assert_close(after["other_deficit"], before["other_deficit"], 1e-6, 1e-9)


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_of_the_model_adds_up(choice):
    result = solved(2, choice)
    table = booking(result.before, result.after, result.policy)
    rounding = table.xs("discrepancy", level="entry")["change"].abs()
    assert (rounding < 1e-8 * table.xs("income", level="entry")["before"]).all()
    parts = creation_and_diversion(
        result.before, result.after, "C3", policy=result.policy, parameters=result.parameters
    )
    assert_close(
        parts["switched"], parts["creation"] + parts["diversion"] + parts["barred"], 0, 1e-14
    )
    assert np.isfinite(effects(result.before, result.after).to_numpy()).all()
    assert np.isfinite(isolation(result.before, result.after, result.parameters).to_numpy()).all()


@pytest.mark.parametrize("choice", [*CHOICES, {"scale": 0.6}])
def test_access_is_the_sum_over_partners(choice):
    """π a (κ̂ĉ)^-θ N̂^ψ summed by hand over foreign suppliers; costs from the nests."""
    world = world_of(3, government=False)
    result = simulate(world, policy_of(world, 3, 0.05), **choice)
    after, parameters = result.after, result.parameters
    theta = parameters.trade_elasticity.values
    kappa = access_cost_hat(world, after, result.policy, parameters)
    cost = unit_cost_hat(world, after, parameters)
    output = [accounts.gross_output(w).values for w in (world, after)]
    made = output[0] > 0
    growth = np.where(made, output[1] / np.where(made, output[0], 1), 1)
    scale = 0.0 if parameters.scale is None else parameters.scale.values
    variety = np.where(growth > 0, growth / cost, 1.0) ** scale
    paid = accounts.abroad(accounts.purchases(world))
    total = paid.sum(axis=0)
    assert (total > 0).any()
    value = (paid * (kappa * cost[:, None]) ** -theta * variety[:, None]).sum(axis=0)
    expected = np.where(total > 0, value / np.where(total > 0, total, 1), 1.0)
    expected *= (after.data["value_added"].sum() / world.data["value_added"].sum()).item() ** theta
    found = foreign_access(world, after, parameters)
    assert_close(found["supplier_access_hat"], expected, 1e-7, 1e-9)


def test_real_income_with_ces_demand_uses_the_worlds_own_prices():
    """A baseline has no index of consumer prices; the result does, and it is CES."""
    world = zv.testing.random_world(4)
    tariff = world.data["tariff"].values + 0.3 * (1 - np.eye(4))[:, :, None]
    result = simulate(world, zv.testing.make_policy(world, tariff=tariff), final_elasticity=0.3)
    assert "consumer_price" not in world.data
    price = result.after.data["price_index"].values / world.data["price_index"].values
    share = accounts.final_share(world).values
    ces = (share * price**0.7).sum(axis=1) ** (1 / 0.7)
    assert_close(consumer_price_hat(world, result.after), ces, 1e-9)
    spent = result.after.data["final_demand"].sum("sector") / world.data["final_demand"].sum(
        "sector"
    )
    assert_close(real_income_hat(world, result.after), spent / ces, 1e-9)


def test_real_income_over_two_policies_counts_the_first_in_any_model():
    """A result of the plain model has no index of its own; one of another model that starts there does."""
    world = zv.testing.random_world(4)
    tariff = world.data["tariff"].values + 0.3 * (1 - np.eye(4))[:, :, None]
    first = simulate(world, zv.testing.make_policy(world, tariff=tariff))
    second = simulate(first.after, Policy.neutral(first.after), final_elasticity=0.3)
    assert_close(consumer_price_hat(first.after, second.after), 1.0, 1e-9)
    expected = consumer_price_hat(world, first.after)
    assert abs(expected - 1).max() > 0.01
    assert_close(consumer_price_hat(world, second.after), expected, 1e-9)
    assert_close(real_income_hat(world, second.after), real_income_hat(world, first.after), 1e-9)
    assert zv.verify(second).holds(1e-9)


def test_specific_labour_does_not_move_and_mobile_labour_does():
    fixed, free = solved(5, {"labour": "sector_specific"}), solved(5)
    assert_close(employment_moved(fixed.before, fixed.after), np.zeros(4), 0, 1e-7)
    assert float(employment_moved(free.before, free.after).min()) > 0.01


def test_people_who_leave_are_not_jobs_that_change_sector():
    world = world_of(6, employment=False)
    people = accounts.values(world, "population")
    weights = tuple((people[:2] / people[:2].sum()).tolist())
    moving = Mobility(("C0", "C1"), elasticity=3.0, weights=weights)
    result = simulate(world, policy_of(world, 6, mobility=(moving,)))
    jobs = employment(world, result.after)[["before", "after"]].groupby("country").sum()
    growth = result.after.data["population"].values / people
    assert_close(jobs["after"] / jobs["before"], growth, 1e-8)
    assert abs(growth[0] - 1) > 1e-3


def test_a_binding_price_cap_is_a_rent_of_the_buyers():
    world = world_of(7, rents=False)
    cap = PriceCap(("C1",), ("C0", "C2"), ("s0",), cap=0.995)
    result = simulate(world, replace(Policy.neutral(world), caps=(cap,)))
    table = booking(world, result.after, result.policy)
    rent = table.xs("import_rent", level="entry")["change"]
    assert rent["C0"] > 0
    assert rent["C2"] > 0
    assert not rent[["C1", "C3"]].any()
    rows = sourcing(world, result.after, "C0", policy=result.policy)
    assert "dearer" in rows.index.get_level_values("source")


def test_home_bias_is_access_that_imports_lose():
    """The weight of domestic goods rises by a half: what is barred is found again at home."""
    world = world_of(8)
    bias = np.ones(world.data["trade_flow"].shape)
    bias[0, 0, 0] = 1.5
    share = accounts.trade_share(world).values
    bias[:, 0, 0] /= (share * bias).sum(axis=0)[0, 0]
    access = labelled(world, bias, *BILATERAL)
    result = simulate(world, replace(Policy.neutral(world), access_hat=access))
    parts = creation_and_diversion(world, result.after, "C0", policy=result.policy).loc["s0"]
    assert parts["barred"] > 0
    assert parts["creation"] < 0
    change = import_substitution(world, result.after)["domestic_share_change"]
    assert change.to_numpy()[0] > 0  # C0, s0


def test_a_good_that_is_made_no_more_has_no_customers():
    """Under returns to scale no varieties are left, and nobody abroad buys them: access is zero."""
    world = random_world(3, countries=2, deficits=False)
    result = simulate(world, decouple(world, "C1"), model="krugman", scale=0.2)
    gone = (accounts.gross_output(result.after) == 0) & (accounts.gross_output(world) > 0)
    assert gone.any()
    access = foreign_access(world, result.after, result.parameters)["market_access_hat"]
    assert (access.values[gone.values] == 0).all()
    found = isolation(world, result.after, result.parameters)
    assert_close(found["isolation_pct"], [100.0, 100.0], rtol=1e-12)
