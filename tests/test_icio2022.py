"""The packaged world, and the steps of the tool that builds it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from tools.icio2022.assemble import LEAST_VALUE_ADDED, assemble, leave_value_added, shorten
from tools.icio2022.compare import abroad, comparison, correlation_of_logs, read_reference
from tools.icio2022.final_sales import allocate, balance_final_sales, close_balances, read_balances
from tools.icio2022.source import Source, read_source
from tools.icio2022.tariffs import read_agreements, read_rates, tariffs

import zollverein as zv
from tests.helpers import assert_close
from zollverein import accounts

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tools" / "data"
FILE = ROOT / "src" / "zollverein" / "data" / "icio2022.nc"
REFERENCE = ROOT.parent / "shared" / "data" / "icio"
GOODS = 27


@pytest.fixture(scope="module")
def world():
    return zv.load_world("icio2022")


def small_source(seed=0, countries=("AAA", "BBB", "CCC"), sectors=("A01", "C10T12", "K", "T")):
    """A random table of the shape of the real one; the last sector has no intermediate trade."""
    rng = np.random.default_rng(seed)
    n, s = len(countries), len(sectors)
    purchases = rng.uniform(0, 1, (n, s, n, s)) ** 4
    purchases[:, -1] = purchases[..., -1] = 0
    purchases[0, 1], purchases[:, :, 0, 1] = 0, 0  # an industry that does not exist
    bought, sold = purchases.sum(axis=(0, 1)), purchases.sum(axis=(2, 3))
    output = np.maximum(1.5 * bought, 1.3 * sold) + rng.uniform(0, 3, (n, s))
    output[0, 1] = 0
    names = {code: code for code in (*countries, *sectors)}
    return Source(countries, sectors, names, names, purchases, output)


# ------------------------------------------------------------------------------ the packaged file
def test_file_is_small_and_says_where_it_is_from(world):
    assert FILE.stat().st_size <= 5_000_000
    attrs = world.data.attrs
    assert (attrs["licence"], attrs["currency"], world.year) == ("CC BY 4.0", "million USD", 2022)
    assert "OECD" in attrs["source"]
    assert "OECD" in attrs["citation"]
    assert len(world.adjustments) > 8
    assert set(json.loads(attrs["country_names"])) == set(world.countries)
    assert set(json.loads(attrs["sector_names"])) == set(world.sectors)


def test_size_and_the_economies_asked_for(world):
    assert (len(world.countries), len(world.sectors)) == (80, 50)
    assert {"RUS", "BLR", "KAZ", "UKR"} <= set(world.countries)


def test_identities_hold_to_rounding(world):
    flow, tariff, use, final, value_added = (
        world.data[name].values
        for name in ("trade_flow", "tariff", "intermediate_use", "final_demand", "value_added")
    )
    assert_close((flow * (1 + tariff)).sum(axis=0), use.sum(axis=2) + final, rtol=1e-12)
    assert_close(flow.sum(axis=1), use.sum(axis=1) + value_added, rtol=1e-12)
    assert final.min() >= 0
    output = flow.sum(axis=1)
    assert (value_added[output > 0] >= 0.999 * LEAST_VALUE_ADDED * output[output > 0]).all()


def test_trade_balances_are_those_of_the_table(world):
    target = close_balances(read_balances(DATA / "trade_balance_2022.csv", world.countries))
    balance = accounts.trade_balance(world).values
    trade = accounts.exports(world).values + accounts.imports(world).values
    assert np.abs((balance - target) / trade).max() <= 1e-7
    assert abs(balance.sum()) <= 1e-9 * trade.sum()


def test_duties_are_zero_at_home_on_services_and_inside_agreements(world):
    tariff = world.data["tariff"]
    assert (tariff.values[np.arange(80), np.arange(80)] == 0).all()
    assert (tariff.values[:, :, GOODS:] == 0).all()
    free = [
        ("RUS", "BLR"),
        ("KAZ", "RUS"),
        ("BLR", "UKR"),
        ("FRA", "DEU"),
        ("DEU", "GBR"),
        ("MEX", "USA"),
    ]
    assert all((tariff.sel(exporter=a, importer=b) == 0).all() for a, b in free)
    assert tariff.sel(exporter="DEU", importer="NOR", sector="C28") == 0
    assert tariff.sel(exporter="DEU", importer="NOR", sector="C10T12") > 0
    assert tariff.sel(exporter="CIV", importer="FRA", sector="C10T12") == 0
    assert tariff.sel(exporter="FRA", importer="CIV", sector="C10T12") > 0


def test_duties_elsewhere_are_the_typical_rate(world):
    rates = read_rates(DATA / "applied_tariff_2021.csv", world.countries, world.sectors[:GOODS])
    for exporter, importer in (("RUS", "UKR"), ("UKR", "RUS"), ("CHN", "USA"), ("DEU", "BLR")):
        rate = world.data["tariff"].sel(exporter=exporter, importer=importer).values[:GOODS]
        assert_close(rate, rates[world.countries.index(importer)], rtol=0)


def test_no_change_changes_nothing_in_it(world):
    result = zv.simulate(world, zv.testing.neutral_policy(world), trade_elasticity="FGO")
    assert result.residual <= 1e-12


# -------------------------------------------------------------------------------- tables in tools/data
def test_every_agreement_is_dated_and_every_omission_has_a_reason():
    document = tomllib.loads((DATA / "trade_agreements.toml").read_text(encoding="utf-8"))
    assert document["source"]
    assert all(1950 < entry["year"] <= 2022 for entry in document["agreement"])
    assert all(entry["reason"].endswith((".", ")")) for entry in document["left_out"])
    names = [entry["name"] for entry in document["agreement"]]
    assert len(names) == len(set(names))
    keys = {
        "name",
        "kind",
        "year",
        "members",
        "between",
        "goods",
        "one_way",
        "suspended",
        "source",
        "note",
    }
    assert all(set(entry) <= keys for entry in document["agreement"])


def test_suspended_pairs_are_left_out():
    cis = next(
        a for a in read_agreements(DATA / "trade_agreements.toml") if "Commonwealth" in a.name
    )
    assert ("BLR", "UKR") in cis.pairs
    assert not {("RUS", "UKR"), ("UKR", "RUS")} & cis.pairs


def test_a_missing_rate_is_not_zero():
    with pytest.raises(ValueError, match=r"no rate for 1 pairs.*XXX"):
        read_rates(DATA / "applied_tariff_2021.csv", ["BLR", "XXX"], ["A01"])


def test_a_missing_balance_is_named():
    with pytest.raises(ValueError, match="no trade balance of XXX"):
        read_balances(DATA / "trade_balance_2022.csv", ["BLR", "XXX"])


def test_an_agreement_of_strangers_is_an_error():
    agreements = read_agreements(DATA / "trade_agreements.toml")
    with pytest.raises(ValueError, match="not in the table"):
        tariffs(np.zeros((1, 1)), agreements, ["BLR"], ["A01"], ["A01"])


# ------------------------------------------------------------------------------------- the steps
def test_another_file_is_not_the_source(tmp_path):
    other = tmp_path / "other.whl"
    other.write_bytes(b"not a wheel")
    with pytest.raises(ValueError, match="SHA-256"):
        read_source(other)


def test_final_sales_follow_intermediate_ones_and_stay_home_without():
    source = small_source()
    guess = allocate(source.final_sales, source.intermediate_sales)
    assert_close(guess.sum(axis=1), source.final_sales, rtol=1e-12)
    assert (abroad(guess[:, :, 3:]) == 0).all()


def test_a_seller_with_more_inputs_sold_than_made_is_named():
    source = small_source()
    source.output[1, 2] *= 0.01
    with pytest.raises(ValueError, match="BBB K sells more"):
        _ = source.final_sales


@pytest.mark.parametrize("seed", range(5))
def test_balancing_keeps_sellers_and_meets_targets(seed):
    rng = np.random.default_rng(seed)
    guess = rng.uniform(0, 1, (4, 4, 6)) ** 3 * (rng.uniform(size=(4, 4, 6)) > 0.3)
    guess[np.arange(4), np.arange(4)] += 0.5
    target = guess.sum(axis=(0, 2)) * rng.uniform(0.8, 1.2, 4)
    target *= guess.sum() / target.sum()
    sales = balance_final_sales(guess, target)
    assert_close(sales.sum(axis=1), guess.sum(axis=1), rtol=1e-12)
    assert_close(sales.sum(axis=(0, 2)), target, rtol=1e-12)
    assert ((sales == 0) == (guess == 0)).all()


def test_balancing_refuses_what_cannot_be():
    guess = np.ones((2, 2, 1))
    with pytest.raises(ValueError, match="positive"):
        balance_final_sales(guess, np.array([4.0, 0.0]))
    with pytest.raises(ValueError, match="targets sum"):
        balance_final_sales(guess, np.array([4.0, 1.0]))
    with pytest.raises(ValueError, match="did not reach"):
        balance_final_sales(np.eye(2)[:, :, None], np.array([1.5, 0.5]))


def test_closing_balances_changes_no_sign():
    balance = np.array([100.0, -30.0, 0.0, 20.0])
    closed = close_balances(balance)
    assert abs(closed.sum()) < 1e-12
    assert (np.sign(closed) == np.sign(balance)).all()


def test_inputs_are_lowered_only_where_value_added_would_be_too_small():
    use = np.array([[[0.99, 0.5], [0.2, 0.1]]])
    lowered, positions = leave_value_added(use, np.array([[1.0, 1.0]]))
    assert positions == ((0, 0),)
    assert_close(lowered.sum(axis=1), [[1 - LEAST_VALUE_ADDED, 0.6]], rtol=1e-12)


def test_shortened_numbers_are_near_and_on_the_right_side():
    values = np.random.default_rng(0).lognormal(size=1000, sigma=8)
    up, down = shorten(values, up=True), shorten(values, up=False)
    assert ((down <= values) & (values <= up)).all()
    assert_close(up, values, rtol=1.2e-7)
    assert (up == up.astype(np.float32)).all()
    assert (shorten(np.zeros(2), up=True) == 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_small_table_becomes_a_world(seed):
    source = small_source(seed)
    tariff = np.random.default_rng(seed).uniform(0, 0.4, (3, 3, 4))
    tariff[np.arange(3), np.arange(3)] = 0
    guess = allocate(source.final_sales, source.intermediate_sales)
    table = assemble(source.purchases, guess, tariff)
    world = zv.World.from_arrays(
        name="small",
        countries=source.countries,
        sectors=source.sectors,
        trade_flow=table.trade_flow,
        tariff=table.tariff,
        intermediate_use=table.intermediate_use,
        final_demand=table.final_demand,
        value_added=table.value_added,
    )
    duty = np.einsum("iknu,ink->nu", source.purchases, tariff)
    fall = source.output - source.purchases.sum(axis=(0, 1)) - world.data["value_added"].values
    assert_close(fall, duty, rtol=1e-4, atol=1e-5)


# ---------------------------------------------------------------------------------- against the truth
@pytest.mark.skipif(not REFERENCE.exists(), reason="the true totals are not beside the project")
def test_it_is_near_the_true_totals(world):
    truth = read_reference(REFERENCE)
    rows = [truth.countries.index(country) for country in world.countries]
    true, built = truth.flow[np.ix_(rows, rows)], world.data["trade_flow"].values
    assert correlation_of_logs(abroad(built), abroad(true)) > 0.99
    for pair in (("RUS", "BLR"), ("BLR", "RUS")):
        cell = tuple(world.countries.index(country) for country in pair)
        assert built[cell].sum() == pytest.approx(true[cell].sum(), rel=0.03)
    ratio = world.data["value_added"].values.sum(axis=1) / truth.value_added[rows]
    assert ratio.min() > 0.98
    assert ratio.max() < 1.08
    assert "RUS to BLR" in comparison(world, built, truth)
