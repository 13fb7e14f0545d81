"""Who gets what: the entries add up to income, and each is what its name says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import CLOSURES, assert_close, keys, simulate, unchecked_world
from zollverein import accounts
from zollverein.errors import LabelError
from zollverein.measures.booking import ENTRIES, MEMO, booking, pooled_duties, resource_cost
from zollverein.rules import Pool
from zollverein.testing import make_policy, neutral_policy, random_policy, random_world

BILATERAL = ("exporter", "importer", "sector")


def solved(seed: int = 1, closure: str = "share_of_world") -> Any:
    world = random_world(seed, export_taxes=True)
    policy = random_policy(world, seed, export_taxes=True, productivity=True)
    return simulate(world, policy, closure=closure)


def entry(table: Any, name: str, column: str = "change") -> np.ndarray:
    return np.asarray(table.xs(name, level="entry")[column])


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("seed", range(3))
def test_the_entries_add_up_to_income(seed, closure):
    result = solved(seed, closure)
    table = booking(result.before, result.after, result.policy)
    assert np.isfinite(table.to_numpy()).all()
    for column in ("before", "after", "change"):
        sums = sum(entry(table, name, column) for name in ENTRIES)
        assert_close(sums, entry(table, "income", column), 0, 1e-15)
        rounding = np.abs(entry(table, "discrepancy", column))
        assert (rounding < 1e-9 * entry(table, "income", "before")).all()
    final = [
        world.data["final_demand"].sum("sector").values for world in (result.before, result.after)
    ]
    assert_close(entry(table, "income"), final[1] - final[0], 1e-12, 1e-15)


def test_a_world_against_itself_changes_nothing():
    world = random_world(2, export_taxes=True)
    table = booking(world, world, neutral_policy(world))
    assert not table["change"].any()
    assert set(table.index.get_level_values("entry")) == {*ENTRIES, "income", *MEMO}


def test_a_duty_by_hand_in_the_toy_world():
    """Home's duty of 25 % on 8 from Rest is 2; abolished, it is 0."""
    world = zv.load_world("toy")
    after = zv.simulate(world, make_policy(world, tariff=np.zeros((3, 3, 2)))).after
    home = booking(world, after).xs("HOM")
    assert home.loc["tariff_revenue", "before"] == pytest.approx(2.0)
    assert home.loc["tariff_revenue", "after"] == 0.0
    assert home.loc["factor_income", "before"] == pytest.approx(104.0)
    assert home.loc["income", "before"] == pytest.approx(106.0)


def test_a_subsidy_is_a_cost_and_a_tax_is_revenue():
    world = random_world(3, tariffs=False)
    rates = np.zeros_like(world.data["tariff"].values)
    rates[0, 1], rates[0, 2] = -0.1, 0.2
    after = simulate(world, make_policy(world, export_tax=rates)).after
    table = booking(world, after)
    sold = accounts.factory_sales(after)
    assert_close(entry(table, "subsidy_cost")[0], -0.1 * sold[0, 1].sum(), 1e-12)
    assert_close(entry(table, "export_tax_revenue")[0], 0.2 * sold[0, 2].sum(), 1e-12)
    net = entry(table, "subsidy_cost") + entry(table, "export_tax_revenue")
    assert_close(net, accounts.export_tax_revenue(after), 0, 1e-15)


def test_a_duty_renamed_rent_moves_between_rows_only():
    """Half of every duty is declared a rent of the importers, half of every tax one of exporters."""
    world = random_world(4, export_taxes=True)
    half = {name: world.data[name].values / 2 for name in ("tariff", "export_tax")}
    rented = unchecked_world(
        world,
        tariff=(BILATERAL, half["tariff"]),
        export_tax=(BILATERAL, half["export_tax"]),
        import_rent=(BILATERAL, half["tariff"]),
        export_rent=(BILATERAL, half["export_tax"]),
    )
    plain, table = booking(world, world), booking(rented, rented)
    for rent, levy in (("import_rent", "tariff_revenue"), ("export_rent", "export_tax_revenue")):
        assert entry(table, rent, "before").any()
        assert_close(entry(table, rent, "before"), entry(table, levy, "before"), 1e-12)
        assert_close(2 * entry(table, rent, "before"), entry(plain, levy, "before"), 1e-12)
    assert_close(entry(table, "discrepancy", "before"), np.zeros(4), 0, 1e-12)
    for account in (
        accounts.income,
        accounts.expenditure,
        accounts.gross_output,
        accounts.trade_share,
    ):
        assert_close(account(rented), account(world), 1e-12)


def test_a_pool_only_redistributes():
    """C0 and C1 pool the duty on imports from C2 and C3, 3 to 1."""
    world = random_world(5)
    pool = keys(members=("C1", "C0"), keys=(0.25, 0.75), part=1.0)
    policy = keys(pools=(pool,))
    paid, received = pooled_duties(world, policy)
    duty = (world.data["tariff"] * world.data["trade_flow"]).sum("sector").values
    outside = duty[2:, :2].sum(axis=0)
    assert outside.min() > 0
    assert_close(paid, [*outside, 0, 0], 1e-12)
    assert_close(received, [0.75 * outside.sum(), 0.25 * outside.sum(), 0, 0], 1e-12)
    table = booking(world, world, policy)
    assert_close(entry(table, "pool_payment", "after"), -paid, 0)
    assert_close(entry(table, "pool_receipt", "after"), received, 0)
    assert not entry(table, "pool_receipt", "before").any()
    # the world is the same: what the pool moves, the rest of the deficit moves back
    assert_close(entry(table, "other_deficit"), paid - received, 1e-9, 1e-12)
    assert_close(entry(table, "discrepancy"), np.zeros(4), 0, 1e-12)


def test_of_a_pool_that_is_phased_in_a_part_changes_hands():
    world = random_world(5)
    whole, half = (
        pooled_duties(world, keys(pools=(Pool(("C1", "C0"), (0.25, 0.75), part),)))
        for part in (1.0, 0.5)
    )
    assert whole[0].max() > 0
    assert_close(np.array(half), np.array(whole) / 2, 1e-15)


def test_transfers_are_told_from_the_rest_of_the_deficit():
    result = solved(1)
    gift = xr.DataArray([0.01, -0.01, 0, 0], coords={"country": list(result.before.countries)})
    table = booking(result.before, result.after, keys(transfer=gift))
    assert_close(entry(table, "transfer", "after"), gift.values, 0)
    assert not entry(table, "transfer", "before").any()
    deficit = entry(table, "transfer", "after") + entry(table, "other_deficit", "after")
    assert_close(deficit, -accounts.trade_balance(result.after).values, 0, 1e-15)


def test_resource_cost_is_what_melts():
    """At a cost of 1.25 a fifth of what is paid for does not arrive; at 0.8 a quarter is saved."""
    world = random_world(6)
    ones = xr.ones_like(world.data["tariff"])
    sign = {"exporter": "C1", "importer": "C0"}
    flow = float(world.data["trade_flow"].sel(sign).sum())
    for factor, part in ((1.25, 0.2), (0.8, -0.25), (1.0, 0.0)):
        cost = ones.copy()
        cost.loc[sign] = factor
        assert_close(resource_cost(world, cost), [part * flow, 0, 0, 0], 1e-12, 1e-15)
    assert not resource_cost(world, None).any()


def test_an_embargo_melts_nothing():
    world = random_world(7)
    result = simulate(world, random_policy(world, 7, costs=False, tariffs=False))
    assert np.isinf(result.policy.cost_hat.values).any()
    table = booking(result.before, result.after, result.policy)
    assert not entry(table, "resource_cost").any()


def test_small_barriers_cost_their_direct_effect():
    """To first order the resource cost is the direct part of the decomposition of real income."""
    world = random_world(8, export_taxes=True)
    cost = random_policy(world, 8, embargoes=False).cost_hat.values ** 1e-3
    result = simulate(world, make_policy(world, cost_hat=cost), tolerance=1e-13)
    melted = entry(booking(world, result.after, result.policy), "resource_cost")
    income = world.data["final_demand"].sum("sector").values
    direct = zv.decompose(result)["direct"].values
    assert_close(-100 * melted / income, direct, 5e-3, 1e-9)


def test_worlds_with_other_labels_are_refused():
    with pytest.raises(LabelError, match="before and result"):
        booking(random_world(1), random_world(1, sectors=2))
    world, other = random_world(1), random_world(1, sectors=2)
    with pytest.raises(LabelError, match="made for another world"):
        booking(world, world, neutral_policy(other))


def test_values_of_variables_that_a_world_lacks_are_neutral():
    world = random_world(1)
    assert not accounts.values(world, "import_rent").any()
    assert accounts.values(world, "government_demand").shape == (4, 3)
    assert (accounts.values(world, "population") == 1).all()
    added, wage = world.data["value_added"].values, world.data["wage"].values
    assert_close(accounts.values(world, "employment"), added / wage[:, None], 1e-15)
    assert_close(accounts.values(world, "trade_flow"), world.data["trade_flow"], 0)
    with pytest.raises(LabelError, match="no variable"):
        accounts.values(world, "happiness")
    own = unchecked_world(world, population=(("country",), np.arange(4.0)))
    assert_close(accounts.values(own, "population"), np.arange(4.0), 0)
