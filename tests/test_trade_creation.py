"""Trade creation and diversion, and the isolation index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.helpers import assert_close, keys, simulate, unchecked_world
from zollverein import accounts
from zollverein.errors import LabelError
from zollverein.measures.creation import (
    SOURCES,
    access_cost_hat,
    creation_and_diversion,
    sourcing,
)
from zollverein.measures.first_order import unit_cost_hat
from zollverein.measures.isolation import foreign_access, isolation
from zollverein.testing import decouple, make_policy, neutral_policy, random_policy, random_world


def solved(seed: int, **options: Any) -> Any:
    world = random_world(seed, export_taxes=True)
    policy = random_policy(world, seed, export_taxes=True, productivity=True, **options)
    return simulate(world, policy)


def abolish(world: zv.World, exporter: int, importer: int) -> Any:
    tariff = world.data["tariff"].values.copy()
    tariff[exporter, importer] = 0.0
    return simulate(world, make_policy(world, tariff=tariff))


def uniform_duties(seed: int) -> zv.World:
    """Foreign goods pay 20 %, everywhere."""
    world = random_world(seed, tariffs=False, zeros=False, deficits=False)
    duty = 0.2 * (1 - np.eye(4))[:, :, None] * np.ones(3)
    return simulate(world, make_policy(world, tariff=duty)).after


# --- creation and diversion --------------------------------------------------------------------
@pytest.mark.parametrize("importers", ["C0", ["C1", "C2"], ["C0", "C1", "C2", "C3"]])
@pytest.mark.parametrize("seed", range(3))
def test_the_parts_add_up(seed, importers):
    result = solved(seed)
    pair, options = (result.before, result.after), {"policy": result.policy}
    rows = sourcing(*pair, importers, **options)
    assert np.isfinite(rows.to_numpy()).all()
    assert_close(rows["switching"] + rows["scale"], rows["change"], 0, 1e-15)
    places = [result.before.countries.index(c) for c in np.atleast_1d(importers)]
    bought = [accounts.expenditure(world).values[places].sum(axis=0) for world in pair]
    assert_close(rows["before"].groupby("sector").sum(), bought[0], 1e-12, 1e-15)
    table = creation_and_diversion(*pair, importers, **options)
    parts = table["creation"] + table["diversion"] + table["barred"]
    assert_close(table["switched"], parts, 0, 1e-15)
    assert_close(table["scale"], bought[1] - bought[0], 1e-9, 1e-14)
    foreign = rows.drop("home", level="source")["change"].groupby("sector").sum()
    assert_close(table["imports"], foreign.reindex(table.index, fill_value=0), 1e-9, 1e-14)
    assert table["barred"].abs().max() > 1e-4


def test_nothing_changes_nothing():
    world = random_world(1)
    after = simulate(world, neutral_policy(world)).after
    table = creation_and_diversion(world, after, "C0")
    assert np.abs(table.to_numpy()).max() < 1e-9
    assert set(sourcing(world, after, "C0").index.get_level_values("source")) <= set(SOURCES)


@pytest.mark.parametrize("seed", range(3))
def test_viner_a_customs_union_creates_and_diverts(seed):
    """C0 drops the duty on C1 alone: less from home, less from the others, more from C1."""
    world = uniform_duties(seed)
    result = abolish(world, 1, 0)
    table = creation_and_diversion(world, result.after, "C0").sum()
    assert table["creation"] > 0
    assert table["diversion"] > 0
    assert table["barred"] == 0
    named = creation_and_diversion(world, result.after, "C0", partners="C1").sum()
    assert_close(named, table, 1e-9, 1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_an_embargo_is_replaced_from_home_and_elsewhere(seed):
    world = random_world(seed, zeros=False)
    cost = np.ones_like(world.data["tariff"].values)
    cost[1, 0] = np.inf
    policy = make_policy(world, cost_hat=cost)
    after = simulate(world, policy).after
    table = creation_and_diversion(world, after, "C0", policy=policy).sum()
    assert table["barred"] > 0
    assert table["creation"] < 0
    assert table["diversion"] < 0
    rows = sourcing(world, after, "C0", policy=policy)
    assert_close(rows.xs("dearer")["after"], np.zeros(3), 0)


def test_switching_by_hand():
    """Purchases of 60, 30, 10 become 40, 50, 10: at 100 spent, 20 are created, none is diverted."""
    world = unchecked_world(zv.load_world("toy"))
    old, new = (np.zeros((3, 3, 2)) for _ in range(2))
    old[:, 0, 0], new[:, 0, 0] = [60, 30, 10], [40, 50, 10]
    dims = ("exporter", "importer", "sector")
    free = {"tariff": (dims, np.zeros((3, 3, 2)))}
    a, b = (unchecked_world(world, trade_flow=(dims, flow), **free) for flow in (old, new))
    table = creation_and_diversion(a, b, "HOM", partners="PAR")
    assert_close(table.loc["goods"], [20, 20, 0, 0, 0, 0, 20], 0, 1e-12)
    assert not table.loc["services"].any()


def test_a_sector_that_nobody_bought_before_is_all_scale():
    world = random_world(1, zeros=False)
    flow = world.data["trade_flow"].values.copy()
    flow[:, 0, 1] = 0
    empty = unchecked_world(world, trade_flow=(("exporter", "importer", "sector"), flow))
    table = creation_and_diversion(empty, world, "C0")
    assert not table.loc["s1", ["switched", "creation", "diversion", "barred"]].any()
    assert table["scale"]["s1"] > 0


def test_an_unknown_country_is_named():
    world = random_world(1)
    with pytest.raises(LabelError, match="'Atlantis' is not among"):
        creation_and_diversion(world, world, "Atlantis")
    with pytest.raises(LabelError, match="no country given"):
        creation_and_diversion(world, world, [])


# --- isolation ---------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(4))
def test_access_from_worlds_is_the_sum_over_partners(seed):
    """Independent: sums over partners of shares times (κ̂ĉ)^-θ, and the dual, from the policy."""
    result = solved(seed)
    before, after = result.before, result.after
    theta = result.parameters.trade_elasticity.values
    kappa = access_cost_hat(before, after, result.policy, result.parameters)
    cost = unit_cost_hat(before, after) / result.policy.productivity_hat.values
    paid, sold = accounts.purchases(before), accounts.factory_sales(before)
    spent = [accounts.expenditure(world).values for world in (before, after)]
    growth = np.where(spent[0] > 0, spent[1] / np.where(spent[0] > 0, spent[0], 1), 1)
    price = after.data["price_index"].values / before.data["price_index"].values
    wedge = [
        (1 + accounts.import_wedge(w)) * (1 + accounts.export_wedge(w)) for w in (before, after)
    ]
    supplier, market = np.ones((2, 4, 3))
    for s in range(3):
        for n in range(4):
            others = [i for i in range(4) if i != n]
            if paid[others, n, s].sum() > 0:
                value = [paid[i, n, s] * (kappa[i, n, s] * cost[i, s]) ** -theta[s] for i in others]
                supplier[n, s] = sum(value) / paid[others, n, s].sum()
            if sold[n, others, s].sum() > 0:
                capacity = growth[:, s] * price[:, s] ** theta[s]
                ease = kappa[n, :, s] ** -theta[s] * wedge[0][n, :, s] / wedge[1][n, :, s]
                value = [sold[n, j, s] * ease[j] * capacity[j] for j in others]
                market[n, s] = sum(value) / sold[n, others, s].sum()
    found = foreign_access(before, after, result.parameters, result.policy.productivity_hat)
    assert_close(found["supplier_access_hat"], supplier, 1e-8, 1e-10)
    assert_close(found["market_access_hat"], market, 1e-8, 1e-10)


def test_no_change_is_one_and_autarky_is_zero():
    world = random_world(3)
    same = simulate(world, neutral_policy(world))
    table = isolation(world, same.after, same.parameters)
    assert_close(table[["supplier_access", "market_access", "access_index"]], np.ones((4, 3)), 1e-9)
    assert_close(table["isolation_pct"], np.zeros(4), 0, 1e-6)
    alone = simulate(world, decouple(world, "C1"), closure="zero")
    table = isolation(world, alone.after, alone.parameters)
    assert np.isfinite(table.to_numpy()).all()
    assert table.loc["C1", "supplier_access"] == 0
    assert table.loc["C1", "market_access"] == 0
    assert table.loc["C1", "isolation_pct"] == 100
    assert table.loc["C1", "foreign_sales_after"] == 0
    assert 0 < table["access_index"]["C0"] < 1


def test_a_country_that_never_traded_loses_no_access():
    world = random_world(3)
    alone = simulate(world, decouple(world, "C1"), closure="zero")
    row = isolation(alone.after, alone.after, alone.parameters).loc["C1"]
    assert_close(row[["supplier_access", "market_access", "access_index"]], np.ones(3), 1e-12)


def test_the_governments_purchases_are_no_part_of_supplier_access():
    """Where the government buys abroad what others buy at home, access is that of the others."""
    result = solved(2)
    dims = ("exporter", "importer", "sector")
    kept = []
    for world, factor in ((result.before, 1.0), (result.after, 3.0)):
        flow = world.data["trade_flow"].values
        official = factor * accounts.abroad(np.ones_like(flow))
        kept.append(
            unchecked_world(
                world,
                trade_flow=(dims, flow + official),
                government_flow=(dims, official),
            )
        )
    plain = foreign_access(result.before, result.after, result.parameters)
    found = foreign_access(kept[0], kept[1], result.parameters)
    assert_close(found["supplier_access_hat"], plain["supplier_access_hat"], 1e-9, 1e-12)


def test_the_numeraire_does_not_matter():
    result = solved(2)
    values = {
        "trade_flow",
        "intermediate_use",
        "final_demand",
        "value_added",
        "wage",
        "price_index",
    }
    doubled = {n: (a.dims, 2 * a.values) for n, a in result.after.data.items() if n in values}
    twice = unchecked_world(result.after, **doubled)
    plain = foreign_access(result.before, result.after, result.parameters)
    found = foreign_access(result.before, twice, result.parameters)
    for name in plain:
        assert_close(found[name], plain[name], 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_costlier_access_isolates(seed):
    """Trade with C0 becomes dearer by a tenth for everyone: its access falls on both sides."""
    world = random_world(seed, zeros=False)
    cost = np.ones_like(world.data["tariff"].values)
    cost[0, 1:], cost[1:, 0] = 1.1, 1.1
    result = simulate(world, make_policy(world, cost_hat=cost))
    row = isolation(world, result.after, result.parameters).loc["C0"]
    assert row["supplier_access"] < 1
    assert row["market_access"] < 1


def test_costs_of_ces_nests_by_slow_code():
    result = solved(1)
    before, after = result.before, result.after
    sigma, rho = 0.6, 0.3
    nests = keys(value_added_elasticity=sigma, input_elasticity=rho)
    found = unit_cost_hat(before, after, nests)
    inputs, added = before.data["intermediate_use"].values, before.data["value_added"].values
    price = after.data["price_index"].values / before.data["price_index"].values
    wage = after.data["wage"].values / before.data["wage"].values
    slow = np.ones((4, 3))
    for n in range(4):
        for s in range(3):
            used = inputs[n, :, s].sum()
            if used + added[n, s] > 0:
                mix = sum(inputs[n, k, s] / used * price[n, k] ** (1 - rho) for k in range(3))
                bundle = mix ** (1 / (1 - rho))
                beta = added[n, s] / (used + added[n, s])
                both = beta * wage[n] ** (1 - sigma) + (1 - beta) * bundle ** (1 - sigma)
                slow[n, s] = both ** (1 / (1 - sigma))
    assert_close(found, slow, 1e-12)
    near = keys(value_added_elasticity=1 + 1e-7, input_elasticity=1 - 1e-7)
    assert_close(unit_cost_hat(before, after, near), unit_cost_hat(before, after), 1e-7)


def test_governments_that_open_to_partners_switch_to_them():
    """Procurement opens access for governments only; its partners are not third parties."""
    world = zv.load_world("toy")
    opening = {"kind": "procurement", "members": ["HOM", "PAR"], "sectors": "goods"}
    result = simulate(world, zv.Scenario.from_dict({"measures": [opening]}))
    before, after, policy = result.before, result.after, result.policy
    parts = creation_and_diversion(before, after, "HOM", policy=policy).loc["goods"]
    assert parts["switched"] > 0.5
    assert parts["creation"] > 0
    assert parts["diversion"] > 0
    by_name = creation_and_diversion(before, after, "HOM", partners="PAR").loc["goods"]
    assert_close(parts, by_name, 1e-12)
