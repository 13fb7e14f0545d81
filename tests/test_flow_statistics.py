"""Statistics of flows: identities, and bounds that hold the truth whatever is not published."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import zollverein as zv
from tests.flow_worlds import ECONOMIES, flows_from_rows, true_world
from tests.helpers import assert_close
from zollverein import accounts
from zollverein.errors import DataError, LabelError
from zollverein.flows import (
    Choice,
    contribution,
    contributions,
    growth,
    intra_bloc_share,
    mirror,
    ranking,
    share,
    trade,
    turnover,
    unallocated,
)
from zollverein.testing import random_world

BOOKS = ("own", "partner", "exporters", "importers")
KINDS = ("turnover", "exports", "imports")
SLACK = 1e-9


def within(bounded, truth):
    """Whether the truth lies between the bounds, and the value, where there is one, too."""
    low, high = float(bounded.low), float(bounded.high)
    scale = SLACK * max(1.0, abs(truth))
    return low - scale <= truth <= high + scale


def table_flows(seed, *, years=3):
    """A complete table of random worlds, one a year."""
    rng = np.random.default_rng(seed)
    base = rng.lognormal(3, 1, (6, 6, 2))
    data = {2019 + t: base * rng.lognormal(0, 0.2, base.shape) for t in range(years)}
    return zv.flows_from_arrays(data, countries=list(ECONOMIES), sectors=["A01", "G"], unit="USD")


# ---------------------------------------------------------------------------------------- bounds


@pytest.mark.parametrize("books", BOOKS)
@pytest.mark.parametrize("seed", range(12))
def test_bounds_hold_the_true_trade(seed, books):
    truth = true_world(seed)
    labels = list(truth.flows.labels)
    for (at, year), economy, flow in itertools.product(enumerate((2020, 2021)), ECONOMIES, KINDS):
        if year not in truth.flows.years:
            continue
        found = trade(truth.flows, year, economy, Choice(flow=flow, books=books))
        expected = truth.trade(at, economy, books, flow)
        for partner, true in zip(ECONOMIES, expected, strict=True):
            if partner != economy:
                assert within(found.at(labels.index(partner)), true), (economy, partner, flow)


@pytest.mark.parametrize("books", BOOKS)
@pytest.mark.parametrize("seed", range(12))
def test_bounds_hold_true_growth_share_contribution_and_rank(seed, books):
    truth = true_world(seed)
    flows = truth.flows
    for a, b in itertools.permutations(("BLR", "CHN", "RUS"), 2):
        old, new = (truth.trade(at, a, books, "turnover") for at in (0, 1))
        j = ECONOMIES.index(b)
        assert within(growth(flows, a, b, 2021, books=books), new[j] / old[j] - 1)
        assert within(share(flows, a, b, 2021, books=books), new[j] / new.sum())
        told = contribution(flows, a, b, 2021, books=books)
        assert within(told, (new[j] - old[j]) / old.sum())
        row = ranking(flows, a, 2021, books=books).loc[b]
        rank = 1 + int((new > new[j]).sum())
        assert row["best"] <= rank <= row["worst"]


@pytest.mark.parametrize("seed", range(5))
def test_bounds_close_when_everything_is_published(seed):
    flows = true_world(seed, silent=0, hidden=0).flows
    for economy, books in itertools.product(ECONOMIES, BOOKS):
        found = trade(flows, 2021, economy, Choice(books=books))
        assert np.isfinite(found.value).all()
        assert_close(found.low, found.value, rtol=1e-12)
        assert_close(found.high, found.value, rtol=1e-12)


def test_what_nobody_published_is_unbounded_and_not_zero():
    rows = [
        (2021, "RUS", "CHN", 0, 5.0),
        (2021, "DEU", "BLR", 0, 2.0),
        (2021, "KAZ", "DEU", 1, 1.0),
    ]
    found = turnover(flows_from_rows(rows), "BLR", "KAZ", books="own")
    assert np.isnan(found["turnover"][2021])
    assert found["low"][2021] == 0
    assert np.isinf(found["high"][2021])


def test_the_mirror_bounds_a_missing_report_by_the_margin():
    rows = [
        (2021, "RUS", "BLR", 0, 110.0),
        (2021, "KAZ", "RUS", 1, 220.0),
        (2021, "RUS", "KAZ", 0, 1.0),
    ]
    flows = flows_from_rows(rows)
    imports = trade(flows, 2021, "BLR", Choice(flow="imports", books="own"))
    at = flows.labels.index("RUS")
    assert np.isnan(imports.value[at])
    assert_close([imports.low[at], imports.high[at]], [110, 121], rtol=1e-12)
    exports = trade(flows, 2021, "KAZ", Choice(flow="exports", books="own", margin=0.25))
    assert_close([exports.low[at], exports.high[at]], [176, 220], rtol=1e-12)


def test_trade_under_areas_is_counted_up_to_what_the_mirror_allows():
    rows = [
        (2021, "BLR", "RUS", 0, 14.0),
        (2021, "BLR", "_X", 0, 16.0),
        (2021, "BLR", "RUS", 1, 15.5),
        (2021, "RUS", "BLR", 0, 23.0),
    ]
    flows = flows_from_rows(rows)
    at = flows.labels.index("RUS")
    choice = Choice(flow="exports", books="own")
    found = trade(flows, 2021, "BLR", choice)
    assert (found.value[at], found.low[at], found.high[at]) == (14, 14, 15.5)
    plain = trade(flows, 2021, "BLR", Choice(flow="exports", books="own", unallocated="ignore"))
    assert plain.high[at] == 14
    amount, part = unallocated(flows, 2021, "exporter")
    blr = flows.labels.index("BLR")
    assert (amount[blr], part[blr]) == (16, pytest.approx(16 / 30))


# ------------------------------------------------------------------------------------ identities


@pytest.mark.parametrize("seed", range(5))
def test_shares_add_up_and_contributions_add_to_growth(seed):
    flows = table_flows(seed)
    for economy in ECONOMIES:
        parts = [share(flows, economy, b, 2021).value for b in ECONOMIES if b != economy]
        assert_close(sum(parts), 1.0, rtol=1e-12)
        by_partner = contributions(flows, economy, 2021)
        totals = [trade(flows, year, economy, Choice()).total().value for year in (2020, 2021)]
        assert_close(by_partner.sum(), totals[1] / totals[0] - 1, rtol=1e-9)
        one = contribution(flows, economy, by_partner.index[0], 2021)
        assert_close(one.value, by_partner.iloc[0], rtol=1e-12)


def test_contribution_is_share_times_growth():
    flows = table_flows(3)
    part = share(flows, "RUS", "BLR", 2020).value * growth(flows, "RUS", "BLR", 2021).value
    assert_close(contributions(flows, "RUS", 2021)["BLR"], part, rtol=1e-12)


def test_turnover_is_the_same_from_both_sides_of_a_table():
    flows = table_flows(4)
    one, other = turnover(flows, "RUS", "BLR"), turnover(flows, "BLR", "RUS")
    assert_close(one["turnover"].to_numpy(), other["turnover"].to_numpy(), rtol=1e-12)
    assert_close(one["exports"].to_numpy(), other["imports"].to_numpy(), rtol=1e-12)
    assert_close(one["low"].to_numpy(), one["high"].to_numpy(), rtol=1e-12)


def test_a_bloc_is_the_sum_of_its_members():
    flows = table_flows(5)
    members = ("ARM", "BLR", "KAZ", "RUS")
    inside = np.sum([turnover(flows, "CHN", m)["turnover"].to_numpy() for m in members], axis=0)
    assert_close(turnover(flows, "CHN", "EAEU")["turnover"].to_numpy(), inside, rtol=1e-12)
    total = sum(trade(flows, 2021, m, Choice()).total().value for m in ("ARM", "BLR", "KAZ", "RUS"))
    within_bloc = sum(
        turnover(flows, a, b)["turnover"][2021]
        for a, b in itertools.permutations(("ARM", "BLR", "KAZ", "RUS"), 2)
    )
    assert_close(intra_bloc_share(flows, "EAEU", 2021), within_bloc / total, rtol=1e-12)


def test_the_unit_of_account_changes_no_ratio():
    rows = [(year, a, b, 2, float(v)) for v, (year, a, b) in enumerate(_pairs(), start=1)]
    one, other = flows_from_rows(rows), flows_from_rows(rows, unit="million USD")
    assert_close(other.matrix(2021).values, 1e6 * one.matrix(2021).values, rtol=1e-12)
    for found in (growth, share):
        arguments = ("RUS", "BLR", 2021)
        assert_close(found(one, *arguments).value, found(other, *arguments).value, rtol=1e-12)
    left, right = (ranking(flows, "RUS", 2021) for flows in (one, other))
    assert left["rank"].equals(right["rank"])


def _pairs():
    return [(year, a, b) for year in (2020, 2021) for a, b in itertools.permutations(ECONOMIES, 2)]


def test_the_order_of_countries_changes_no_rank():
    data = {2021: np.random.default_rng(0).lognormal(3, 1, (6, 6, 2))}
    order = [3, 0, 5, 1, 4, 2]
    one = zv.flows_from_arrays(data, countries=list(ECONOMIES), sectors=["A01", "G"], unit="USD")
    other = zv.flows_from_arrays(
        {2021: data[2021][np.ix_(order, order)]},
        countries=[ECONOMIES[i] for i in order],
        sectors=["A01", "G"],
        unit="USD",
    )
    a, b = ranking(one, "RUS", 2021), ranking(other, "RUS", 2021)
    assert list(a.index) == list(b.index)
    assert_close(a["value"].to_numpy(), b["value"].to_numpy(), rtol=1e-12)


def test_a_complete_ranking_is_the_order_of_values():
    table = ranking(table_flows(6), "RUS", 2020)
    assert list(table["rank"]) == [1, 2, 3, 4, 5]
    assert (table["best"] == table["rank"]).all()
    assert (table["worst"] == table["rank"]).all()
    assert (np.diff(table["value"]) <= 0).all()


def test_areas_are_never_ranked_and_groups_count_once():
    rows = [
        (2021, "RUS", b, 0, v) for b, v in (("_X", 90.0), ("DEU", 5.0), ("FRA", 6.0), ("CHN", 8.0))
    ]
    flows = flows_from_rows(rows)
    table = ranking(flows, "RUS", 2021, flow="exports", books="own")
    assert list(table.index) == ["CHN", "FRA", "DEU"]
    assert_close(table["share"].to_numpy(), np.array([8, 6, 5]) / 109, rtol=1e-12)
    union = ranking(
        flows, "RUS", 2021, flow="exports", books="own", together={"EU27": ["DEU", "FRA"]}
    )
    assert list(union.index) == ["EU27", "CHN"]
    assert union["value"]["EU27"] == 11


def test_equal_partners_share_a_rank_and_leave_it_open():
    rows = [(2021, "RUS", b, 0, v) for b, v in (("BLR", 5.0), ("CHN", 5.0), ("DEU", 7.0))]
    table = ranking(flows_from_rows(rows), "RUS", 2021, flow="exports", books="own")
    assert list(table["rank"][["BLR", "CHN"]]) == [2, 2]
    assert list(table["worst"][["BLR", "CHN"]]) == [3, 3]


def test_mirror_gives_the_margin_of_each_flow():
    truth = true_world(1, silent=0, hidden=0)
    found = mirror(truth.flows, 2021).set_index(["exporter", "importer"])["log_ratio"]
    for i, j in itertools.permutations(range(6), 2):
        expected = np.log(truth.cif[1, i, j] / truth.fob[1, i, j])
        assert found[ECONOMIES[i], ECONOMIES[j]] == pytest.approx(expected, abs=1e-12)


def test_statistics_work_on_a_world_before_and_after():
    world = random_world(2, countries=5, sectors=2)
    flows = zv.flows_of(world, year=2020)
    pairwise = sum(turnover(flows, "C0", b)["turnover"][2020] for b in world.countries if b != "C0")
    expected = accounts.exports(world).sel(country="C0") + accounts.imports(world).sel(country="C0")
    assert_close(pairwise, float(expected), rtol=1e-9)


# ------------------------------------------------------------------------------------- bad input


def test_wrong_words_and_labels_are_explained():
    flows = table_flows(0)
    with pytest.raises(DataError, match="did you mean 'exporters'"):
        Choice(books="exportrs")
    with pytest.raises(DataError, match="'gross' is not a choice"):
        Choice(flow="gross")
    with pytest.raises(LabelError, match="did you mean 'BLR'"):
        turnover(flows, "RUS", "BRL")
    with pytest.raises(DataError, match="no year 1999"):
        growth(flows, "RUS", "BLR", 1999)
    with pytest.raises(DataError, match="has no exporter reports"):
        mirror(flows, 2020)
