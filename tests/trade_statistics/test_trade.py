"""Statistics of flows: identities, ends of scales, hand counts, and errors that explain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close, unchecked_world
from tests.trade_statistics.worlds import cases, flows, shuffled
from zollverein import accounts
from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.statistics.advantage import specialised
from zollverein.testing import random_world
from zollverein.variables import BILATERAL

CASES = cases()
S: Any = zv.statistics

#: Every statistic of one world that needs nothing but the world, or a group of two economies.
OF_A_WORLD: dict[str, Callable[[zv.World], xr.DataArray]] = {
    "openness": S.openness,
    "turnover": S.turnover,
    "partner_share": S.partner_share,
    "bloc_share": lambda w: S.bloc_share(w, w.countries[:2]),
    "intra_bloc_share": lambda w: S.intra_bloc_share(w, w.countries[:2]),
    "trade_intensity": S.trade_intensity,
    "symmetric_trade_intensity": S.symmetric_trade_intensity,
    "regional_introversion": lambda w: S.regional_introversion(w, w.countries[:2]),
    "herfindahl": S.herfindahl,
    "grubel_lloyd": S.grubel_lloyd,
    "bilateral_grubel_lloyd": S.bilateral_grubel_lloyd,
    "revealed_comparative_advantage": S.revealed_comparative_advantage,
    "symmetric_comparative_advantage": S.symmetric_comparative_advantage,
    "proximity": S.proximity,
    "density": S.density,
    "import_dependence": S.import_dependence,
    "foreign_input_reliance": S.foreign_input_reliance,
    "value_added_absorbed": S.value_added_absorbed,
    "value_added_in_exports": S.value_added_in_exports,
    "hypothetical_extraction": lambda w: S.hypothetical_extraction(
        w, w.countries[0], w.countries[1]
    ),
    "vulnerability_stability": lambda w: S.vulnerability_stability(w, w.countries[:2]),
    "bilateral_trade_cost": lambda w: S.bilateral_trade_cost(w, 4.0),
}


@pytest.mark.parametrize("world", CASES, ids=repr)
@pytest.mark.parametrize("name", OF_A_WORLD)
def test_results_are_labelled_as_the_table_of_statistics_says(world, name):
    value, spec = OF_A_WORLD[name](world), S.STATISTICS[name]
    assert value.dims == spec.dims
    assert value.name == name
    assert (value.attrs["units"], value.attrs["formula"]) == (spec.unit, spec.formula)
    for dim in value.dims:
        labels = world.sectors if "sector" in str(dim) else world.countries
        if dim in value.dims and dim not in ("concentration", "import_share", "import_to_export"):
            assert tuple(value.indexes[dim]) == labels


@pytest.mark.parametrize("name", OF_A_WORLD)
def test_the_order_of_labels_does_not_matter(name):
    world = CASES[2]
    group = world.countries[:2]
    other = shuffled(world)
    of_the_same_group: dict[str, Callable[[zv.World], xr.DataArray]] = {
        "bloc_share": lambda w: S.bloc_share(w, group),
        "intra_bloc_share": lambda w: S.intra_bloc_share(w, group),
        "regional_introversion": lambda w: S.regional_introversion(w, group),
        "hypothetical_extraction": lambda w: S.hypothetical_extraction(w, group[0], group[1]),
        "vulnerability_stability": lambda w: S.vulnerability_stability(w, group),
    }
    take = of_the_same_group.get(name, OF_A_WORLD[name])
    first, second = take(world), take(other)
    second = second.sel({dim: list(first.indexes[dim]) for dim in first.dims})
    np.testing.assert_array_equal(np.isnan(first), np.isnan(second))
    np.testing.assert_allclose(np.nan_to_num(first), np.nan_to_num(second), rtol=1e-9, atol=1e-12)


def test_every_statistic_is_public_and_the_table_is_complete():
    for name, spec in S.STATISTICS.items():
        assert callable(getattr(S, name)), name
        assert all((spec.unit, spec.formula, spec.source, spec.checked)), name
        assert spec.definition.endswith(".")
    functions = {n for n in S.__all__ if n.islower()} - {
        "partner_ranking",
        "overview",
        "economies_table",
        "export_table",
    }  # tables
    assert functions == set(S.STATISTICS)


def test_openness_of_the_toy_world_by_hand():
    # Home: exports 20, imports 20; value added 0.5 * 80 + 0.8 * 80 = 104; duty 0.25 * 8 = 2.
    assert S.openness(zv.load_world("toy")).sel(country="HOM").item() == pytest.approx(40 / 106)


@pytest.mark.parametrize("world", CASES, ids=repr)
def test_turnover_and_shares_add_up(world):
    turnover = S.turnover(world)
    assert_close(turnover, turnover.values.T, rtol=0)
    total = accounts.exports(world) + accounts.imports(world)
    assert_close(turnover.sum("partner"), total, rtol=1e-12)
    for flow in ("exports", "imports", "turnover"):
        assert_close(S.partner_share(world, flow=flow).sum("partner"), 1.0, rtol=1e-12)
    halves = [S.bloc_share(world, g) for g in (world.countries[:2], world.countries[2:])]
    assert_close(halves[0] + halves[1], 1.0, rtol=1e-12)
    group = list(world.countries[:2])
    weights = total.sel(country=group) / total.sel(country=group).sum()
    mean = (S.bloc_share(world, group).sel(country=group) * weights).sum()
    assert_close(S.intra_bloc_share(world, group), mean, rtol=1e-12)


def test_a_sector_that_is_chosen_is_the_only_one_counted():
    world = CASES[2]
    parts = sum(S.turnover(world, [sector]) for sector in world.sectors)
    assert_close(parts, S.turnover(world), rtol=1e-12, atol=1e-15)
    table = world.data["trade_flow"]
    assert_close(S.turnover(table), S.turnover(world), rtol=0)


def test_the_ranking_of_partners_by_hand():
    table = flows([[9, 5, 1, 1], [2, 9, 0, 0], [6, 0, 9, 0], [1, 0, 0, 9]])
    ranking = S.partner_ranking(table, "A")
    assert list(ranking.index) == ["B", "C", "D"]
    assert list(ranking["turnover"]) == [7, 7, 2]
    assert list(ranking["rank"]) == [1, 1, 3]
    assert list(ranking["balance"]) == [3, -5, 0]
    assert ranking.loc["C", ["best_rank", "worst_rank"]].tolist() == [1, 2]
    assert ranking.loc["D", ["best_rank", "worst_rank"]].tolist() == [2, 3]
    assert ranking["share"].sum() == pytest.approx(1)


def test_contributions_add_up_to_growth():
    before, after = CASES[3], CASES[4]
    contribution = S.growth_contribution(before, after)
    old, new = (S.turnover(w).sum("partner") for w in (before, after))
    assert_close(contribution.sum("partner"), new / old - 1, rtol=1e-9)
    with pytest.raises(LabelError, match="same economies"):
        S.growth_contribution(before, CASES[2])


@pytest.mark.parametrize("world", CASES, ids=repr)
def test_trade_intensity_averages_to_one(world):
    intensity = S.trade_intensity(world).values
    bought = accounts.imports(world).values
    weight = bought / (bought.sum() - bought[:, None])
    np.fill_diagonal(weight, 0)
    sells = accounts.exports(world).values > 0
    mean = (np.nan_to_num(intensity) * weight).sum(axis=1)[sells]
    assert_close(mean, 1.0, rtol=1e-12)
    symmetric = S.symmetric_trade_intensity(world).values
    assert (symmetric[np.isfinite(symmetric)] >= -1).all()
    assert (symmetric[np.isfinite(symmetric)] < 1).all()


def test_trade_intensity_is_one_where_shares_follow_size():
    """Two exporters buy nothing, so importers' weights are the same for all."""
    weight = np.array([0.2, 0.3, 0.5])
    table = np.zeros((5, 5))
    table[3:, :3] = np.array([[7.0], [11.0]]) * weight
    intensity = S.trade_intensity(flows(table)).values[3:, :3]
    assert_close(intensity, 1.0, rtol=1e-12)
    assert_close(S.symmetric_trade_intensity(flows(table)).values[3:, :3], 0.0, 0, atol=1e-12)


def two_regions(within: float, across: float, outside: float, scale: float = 1.0) -> xr.DataArray:
    """Regions AB and CD: trade in each direction inside the first, between them, in the second."""
    table = np.full((4, 4), across)
    table[:2, :2], table[2:, 2:] = within, outside
    return flows(scale * table)


def test_introversion_ends_middle_and_scale():
    group = ["A", "B"]
    # T_rr/T_r = 8/(8 + 16) with within = 2, across = 2; T_or/T_o = 16/(16 + 32) with outside = 8
    assert_close(S.regional_introversion(two_regions(2, 2, 8), group), 0.0, 0, atol=1e-14)
    assert S.regional_introversion(two_regions(0, 2, 5), group).item() == -1
    assert S.regional_introversion(two_regions(2, 0, 5), group).item() == 1
    assert S.regional_introversion(two_regions(2, 2, 5), ["A", "B", "C"]).isnull()
    tight = S.regional_introversion(two_regions(5, 0.001, 5), group).item()
    assert 0.99 < tight < 1
    plain = S.regional_introversion(two_regions(3, 2, 1), group)
    assert_close(S.regional_introversion(two_regions(3, 2, 1, 1e6), group), plain, rtol=1e-12)
    # T_rr = 24, T_r = 40, T_or = 16, T_o = 24
    inner, outer = (24 / 40) / (16 / 24), (16 / 40) / (8 / 24)
    by_hand = (inner - outer) / (inner + outer)
    assert_close(S.regional_introversion(two_regions(6, 2, 2), group), by_hand, rtol=1e-12)


def test_concentration_of_equal_and_of_single_partners():
    equal = flows([[0, 2, 2, 2], [5, 0, 0, 0], [0, 1, 0, 3], [0, 0, 0, 0]])
    value = S.herfindahl(equal)
    assert_close(value[:3], [1 / 3, 1, 1 / 16 + 9 / 16], rtol=1e-12)
    assert np.isnan(value[3])
    scaled = S.herfindahl(equal, normalised=True)
    assert_close(scaled[:2], [0, 1], rtol=1e-12, atol=1e-15)
    one = random_world(5).data["trade_flow"][:, :, :1]
    assert_close(S.herfindahl(one, over="sector"), 1.0, rtol=1e-12)


def test_grubel_lloyd_by_hand_and_as_a_mean():
    table = np.zeros((2, 2, 3))
    table[0, 1], table[1, 0] = [10, 4, 0], [10, 0, 0]
    index = S.grubel_lloyd(flows(table)).values
    assert_close(index[:, :2], [[1, 0], [1, 0]], rtol=1e-12)
    assert np.isnan(index[:, 2]).all()
    pair = S.bilateral_grubel_lloyd(flows(table)).values
    assert_close(pair[0, 1], 20 / 24, rtol=1e-12)
    assert pair[0, 1] == pair[1, 0]


def test_an_advantage_of_exactly_the_threshold_is_one():
    """Sold by everybody in the same proportions, every product has the world's average."""
    labels = {"country": ["A", "B"], "sector": ["x", "y"]}
    same = xr.DataArray([[2.0, 2.0], [4.0, 4.0]], labels, ("country", "sector"))
    assert specialised(same).all()
    assert not specialised(same, threshold=1.01).any()


@pytest.mark.parametrize("world", CASES, ids=repr)
def test_comparative_advantage_averages_to_one(world):
    value = S.revealed_comparative_advantage(world).values
    weight = accounts.exports(world).values / accounts.exports(world).values.sum()
    traded = np.isfinite(value).any(axis=0)
    mean = (np.nan_to_num(value) * weight[:, None]).sum(axis=0)[traded]
    assert_close(mean, 1.0, rtol=1e-12)
    symmetric = S.symmetric_comparative_advantage(world).values
    at_one = np.isclose(value, 1)
    assert_close(symmetric[at_one], 0.0, 0, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_the_head_ries_index_recovers_the_costs_a_world_was_made_with(seed):
    """Armington spending with symmetric iceberg costs and duties; sizes and prices are arbitrary."""
    rng = np.random.default_rng(seed)
    base = random_world(seed, countries=5, sectors=3, zeros=False)
    theta = xr.DataArray([3.0, 4.5, 8.0], coords={"sector": list(base.sectors)})
    cost = rng.uniform(0.05, 0.9, (5, 5, 3))
    cost = (cost + cost.transpose(1, 0, 2)) / 2
    cost[np.arange(5), np.arange(5)] = 0
    quality, spending = rng.uniform(1, 9, (5, 1, 3)), base.data["trade_flow"].values.sum(axis=0)
    share = quality * (1 + cost) ** -theta.values
    share /= share.sum(axis=0)
    flow = (BILATERAL, share * spending)
    made = unchecked_world(base, trade_flow=flow, tariff=(BILATERAL, np.zeros_like(share)))
    assert_close(S.bilateral_trade_cost(made, theta), cost, rtol=1e-10, atol=1e-12)


def test_the_head_ries_index_without_trade_is_infinite():
    world = CASES[4]
    cost = S.bilateral_trade_cost(world, 4.0).values
    flow = world.data["trade_flow"].values
    home = np.einsum("iis->is", flow)
    stopped = (flow * flow.transpose(1, 0, 2) == 0) & (home[:, None] * home[None] > 0)
    assert stopped.any()
    assert np.isinf(cost[stopped]).all()
    with pytest.raises(LabelError, match="positive"):
        S.bilateral_trade_cost(world, -4.0)


def missing(table: xr.DataArray) -> xr.DataArray:
    table[0, 1] = np.nan
    return table


def negative(table: xr.DataArray) -> xr.DataArray:
    table[0, 1] = -1
    return table


WRONG = {
    "missing": (missing, DataError, "1 flows are missing, first from A to B"),
    "negative": (negative, DataError, "negative"),
    "unlabelled": (lambda t: t.drop_vars("exporter"), LabelError, "labelled"),
    "other partners": (lambda t: t[:, ::-1], LabelError, "same economies"),
    "repeated": (
        lambda t: t.assign_coords(exporter=list("AAC"), importer=list("AAC")),
        LabelError,
        "repeat",
    ),
}


@pytest.mark.parametrize(("spoil", "error", "said"), WRONG.values(), ids=WRONG)
def test_a_table_that_does_not_fit_says_why(spoil, error, said):
    table = spoil(flows(np.ones((3, 3))))
    with pytest.raises(error, match=said):
        S.turnover(table)


def test_unknown_names_have_a_suggestion():
    world = zv.load_world("icio2022")
    with pytest.raises(ScenarioError, match="BLR"):
        S.partner_ranking(world, "Belarrus")
    with pytest.raises(ScenarioError, match="did you mean 'EAEU'"):
        S.bloc_share(world, "EAEUU")
    with pytest.raises(LabelError, match="did you mean 'C10T12'"):
        S.turnover(world, ["C10T21"])
    with pytest.raises(ScenarioError, match="goods"):
        S.turnover(world, "godos")
    assert S.bloc_share(world, "EAEU").sel(country="BLR") > 0.5
    assert S.partner_ranking(world, "russia", "goods").loc["BLR", "rank"] == 4
