"""Tables and elasticities that a caller gives: taken by their labels, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close
from tests.trade_statistics.worlds import flows
from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.testing import random_world

S: Any = zv.statistics
WORLD = random_world(1, countries=5, sectors=4)


def exports() -> xr.DataArray:
    return S.export_table(WORLD)


def test_sectors_of_a_table_of_exports_are_chosen_as_those_of_a_world():
    icio = zv.load_world("icio2022")
    given = S.revealed_comparative_advantage(S.export_table(icio), "goods")
    assert_close(given, S.revealed_comparative_advantage(icio, "goods"), rtol=1e-12)
    for wanted in (["s2", "s0"], ["s0", "s2", "s2"]):
        of_table = S.revealed_comparative_advantage(exports(), wanted)
        assert of_table.identical(S.revealed_comparative_advantage(WORLD, wanted))
    with pytest.raises(LabelError, match="did you mean 's1'"):
        S.density(exports(), ["s11"])
    with pytest.raises(ScenarioError, match="did you mean 'goods'"):
        S.density(exports(), "godos")


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no labels": (
        lambda: S.density(xr.DataArray(np.ones((3, 3)), dims=("country", "sector"))),
        LabelError,
        "'country' of the table has no labels",
    ),
    "repeated": (
        lambda: S.density(exports().assign_coords(country=list("AABCD"))),
        LabelError,
        "repeat",
    ),
    "infinite exports": (lambda: S.density(exports() + np.inf), DataError, "infinite"),
    "infinite flow": (
        lambda: S.turnover(flows([[0, np.inf], [1, 0]])),
        DataError,
        "1 flows are infinite, first from A to B",
    ),
    "name of a world": (lambda: S.turnover("toy"), DataError, "not a str"),
    "array": (lambda: S.density(np.ones((3, 3))), DataError, "not a ndarray"),
    "reliance of another world": (
        lambda: S.country_reliance(S.import_dependence(zv.load_world("toy")), WORLD),
        LabelError,
        "other economies or sectors than random-1",
    ),
}


@pytest.mark.parametrize(("ask", "error", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_table_of_this_world_is_refused(ask, error, said):
    with pytest.raises(error, match=said):
        ask()


def test_economies_of_one_structure_are_not_ordered_by_rounding():
    rng = np.random.default_rng(0)
    structure = np.outer(rng.uniform(1, 9, 6), rng.uniform(1, 9, 7))  # every advantage is 1
    coords = {"country": list("ABCDEF"), "sector": list("abcdefg")}
    table = xr.DataArray(structure, coords, ("country", "sector"))
    for unit in (1.0, 3.0, 7.7, 1000.0):
        assert (S.density(unit * table) == 1).all()
        assert S.joint_capability(unit * table, ["A", "B"])["held"].all()
        assert (S.joint_capability(unit * table, ["A", "B"])["pooled_density"] == 1).all()
        with pytest.raises(DataError, match="not determined"):
            S.economic_complexity(unit * table)


def test_elasticities_of_the_trade_cost_are_taken_by_label():
    theta = pd.Series([2.0, 3.0, 5.0, 8.0], index=list(WORLD.sectors))
    cost = S.bilateral_trade_cost(WORLD, theta)
    array = xr.DataArray(theta.to_numpy(), {"sector": list(WORLD.sectors)}, ("sector",))
    for same in (array, theta.to_numpy(), theta.tolist()):
        assert cost.identical(S.bilateral_trade_cost(WORLD, same))
    with pytest.raises(LabelError, match="in its order"):
        S.bilateral_trade_cost(WORLD, theta[::-1])
    for wrong in ([1.0, 2.0], "four"):
        with pytest.raises(LabelError, match="one for each of the 4 sectors"):
            S.bilateral_trade_cost(WORLD, wrong)


def test_shares_of_inputs_may_stand_in_any_order_of_dimensions():
    shares = S.import_dependence(WORLD)
    turned = S.country_reliance(shares.transpose("sector", "country", "source"), WORLD)
    assert turned.identical(S.country_reliance(shares, WORLD))


def test_growth_compares_the_same_sectors():
    after = random_world(2, countries=5, sectors=3)
    with pytest.raises(LabelError, match="s3 is in one table only"):
        S.growth_contribution(WORLD, after)
    shared = S.growth_contribution(WORLD, after, ["s0", "s1"])
    totals = S.turnover(WORLD, ["s0", "s1"]), S.turnover(after, ["s0", "s1"])
    expected = (totals[1] - totals[0]) / totals[0].sum("partner")
    assert_close(shared, expected, rtol=1e-12)
    total = flows(after.data["trade_flow"].sum("sector").values)
    total = total.assign_coords(exporter=list(WORLD.countries), importer=list(WORLD.countries))
    assert np.isfinite(S.growth_contribution(WORLD, total)).all()


def test_thresholds_of_a_grid_are_lists():
    with pytest.raises(DataError, match="thresholds of concentration are a list"):
        S.vulnerability_stability(WORLD, "C0", grid={"concentration": 0.4})
