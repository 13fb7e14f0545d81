"""Trade elasticities: sets by name, one number, a table; every mistake named."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from zollverein.elasticities import DEFAULT_SET, elasticity_sets, trade_elasticity
from zollverein.errors import DataError, LabelError, ScenarioError

ICIO = ("A01", "B06", "C10T12", "C301", "D", "H49", "J62_63", "T")


def test_the_default_comes_first_and_every_set_works():
    assert next(iter(elasticity_sets())) == DEFAULT_SET == "FGO"
    for name in elasticity_sets():
        values, told = trade_elasticity(ICIO, name)
        assert values.dims == ("sector",)
        assert values.indexes["sector"].tolist() == list(ICIO)
        assert (values > 0).all()
        assert told.startswith(f"{name} (")


def test_goods_have_their_own_value_and_services_the_aggregate():
    values, told = trade_elasticity(ICIO, "FGO")
    assert values.values.tolist() == [2.91, 3.41, 4.17, 8.955, 8.35, 8.35, 8.35, 8.35]
    assert "Fontagné, Guimbard and Orefice 2022" in told


def test_the_28_sectors_of_the_table_itself():
    values, _ = trade_elasticity(("C31T33", "Services (aggregate)"), "CP")
    assert values.values.tolist() == [6.345, 4.0]


def test_one_number_is_for_all():
    values, told = trade_elasticity(("goods", "services"), 5)
    assert values.values.tolist() == [5.0, 5.0]
    assert told == "5 in every sector (given)"


def test_a_table_in_any_order():
    values, told = trade_elasticity(("goods", "services"), {"services": 3, "goods": 6.5})
    assert values.values.tolist() == [6.5, 3.0]
    assert told == "given by sector"


def test_groups_fill_in_what_is_not_named_and_the_narrower_wins():
    values, _ = trade_elasticity(ICIO, {"C301": 9, "services": 7, "all": 2, "goods": 3})
    assert values.values.tolist() == [3, 3, 3, 9, 7, 7, 7, 7]


def test_a_labelled_array_is_aligned_by_label():
    given = xr.DataArray([6.5, 3.0], coords={"sector": ["b", "a"]}, dims="sector")
    values, told = trade_elasticity(("a", "b"), given)
    assert values.values.tolist() == [3.0, 6.5]
    assert told == "given by sector"


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (["a", "c"], "'c' not a sector"),
        (["a"], "'b' missing"),
        (["a", "a"], "'a' given twice"),
    ],
)
def test_a_labelled_array_has_exactly_the_sectors(labels, reason):
    given = xr.DataArray(np.full(len(labels), 3.0), coords={"sector": labels}, dims="sector")
    with pytest.raises(LabelError, match=reason):
        trade_elasticity(("a", "b"), given)


@pytest.mark.parametrize("choice", [-4, 0, float("nan"), float("inf"), True, None])
def test_a_number_that_is_no_elasticity_is_refused_and_not_flipped(choice):
    with pytest.raises(DataError, match=r"elasticity is .*must be a positive number.*not flipped"):
        trade_elasticity(ICIO, choice)


def test_a_negative_number_in_a_table_names_its_sector():
    with pytest.raises(DataError, match="elasticity of 'a' is -3"):
        trade_elasticity(("a", "b"), {"a": -3, "b": 4})
    with pytest.raises(DataError, match="elasticity of all is -3"):
        trade_elasticity(("a", "b"), {"all": -3})


@pytest.mark.parametrize("name", ["fgo", "FG0"])
def test_an_unknown_set_suggests_the_nearest(name):
    with pytest.raises(DataError, match=r"did you mean 'FGO'\?"):
        trade_elasticity(ICIO, name)


def test_a_set_does_not_fit_other_sectors():
    for name in set(elasticity_sets()) - {"U4"}:
        with pytest.raises(DataError, match=r"no trade elasticity for 'goods'.*one number"):
            trade_elasticity(("goods", "services"), name)


def test_the_uniform_set_fits_any_sectors():
    values, told = trade_elasticity(("wheat", "steel"), "U4")
    assert values.values.tolist() == [4.0, 4.0]
    assert told.startswith("U4 (")


def test_unknown_sectors_suggest_the_nearest():
    with pytest.raises(DataError, match=r"'C10T13' is not a sector.*did you mean 'C10T12'"):
        trade_elasticity(ICIO, {"C10T13": 4, "all": 4})
    with pytest.raises(DataError, match=r"did you mean 'goods'"):
        trade_elasticity(ICIO, {"good": 4, "all": 4})


def test_a_group_that_the_labels_do_not_tell_is_an_error():
    with pytest.raises(DataError, match="elasticity of 'goods'"):
        trade_elasticity(("wheat", "steel"), {"goods": 4, "all": 3})


def test_sectors_left_out_are_listed():
    with pytest.raises(DataError, match=r"'B06', 'C10T12', 'C301', 'D', 'H49' and 2 more \(7 of 8"):
        trade_elasticity(ICIO, {"A01": 4})


def test_arrays_need_labels():
    with pytest.raises(LabelError, match="needs the one dimension 'sector'"):
        trade_elasticity(("a",), xr.DataArray(np.ones(1), dims="sector"))


def test_plain_numbers_are_in_the_order_of_the_sectors():
    values, told = trade_elasticity(("a", "b"), [6.5, 3.0])
    assert (values.values.tolist(), told) == ([6.5, 3.0], "given by sector")
    with pytest.raises(DataError, match="1 trade elasticities are given without labels for 2"):
        trade_elasticity(("a", "b"), [4.0])


def test_a_negative_number_in_an_array_names_its_sector():
    given = xr.DataArray([4.0, -3.0], coords={"sector": ["a", "b"]}, dims="sector")
    with pytest.raises(DataError, match="elasticity of 'b' is -3"):
        trade_elasticity(("a", "b"), given)


def test_every_sector_of_the_packaged_world_has_its_own_value():
    sectors = zv.load_world("icio2022").sectors
    rows = (files("zollverein") / "data" / "trade_elasticity_by_sector.csv").read_text("utf-8")
    goods = [line.split(",")[0] for line in rows.splitlines()[1:-1]]
    assert list(sectors[: len(goods)]) == goods
    values, _ = trade_elasticity(sectors, "LL")
    assert set(values.values[len(goods) :]) == {4.0}


def test_a_series_aligns_by_label_like_an_array():
    given = pd.Series({"b": 3.0, "a": 6.5})
    assert trade_elasticity(("a", "b"), given)[0].values.tolist() == [6.5, 3.0]
    assert trade_elasticity(("a", "b"), pd.Series([6.5, 3.0]))[0].values.tolist() == [6.5, 3.0]
    with pytest.raises(LabelError, match="'c' not a sector"):
        trade_elasticity(("a", "b"), pd.Series({"a": 6.5, "c": 3.0}))


def test_the_groups_of_the_world_stand_for_its_sectors():
    attrs = {"sector_groups": '{"goods": ["wheat"], "services": ["care"]}'}
    given = {"goods": 5.0, "services": 3.0}
    values, _ = trade_elasticity(("wheat", "care"), given, attrs)
    assert values.values.tolist() == [5.0, 3.0]
    toy = zv.load_world("toy")
    renamed = toy.data.assign_coords(sector=["wheat", "care"], input_sector=["wheat", "care"])
    world = zv.World("own", renamed.assign_attrs(attrs))
    used = zv.simulate(world, zv.Scenario(), trade_elasticity=given, scale={"goods": 0.1})
    assert used.parameters.trade_elasticity.values.tolist() == [5.0, 3.0]
    assert used.parameters.scale is not None
    assert used.parameters.scale.values.tolist() == [0.1, 0.0]


def test_numbers_of_numpy_and_series_are_numbers():
    toy = zv.load_world("toy")
    for scale in (np.float32(0.25), pd.Series({"goods": 0.25, "services": 0.25})):
        used = zv.simulate(toy, zv.Scenario(), scale=scale, capital_share=np.int64(0))
        assert used.parameters.scale is not None
        assert used.parameters.scale.values.tolist() == [0.25, 0.25]


def test_names_and_paths_are_no_worlds_and_scenarios():
    toy: Any = zv.load_world("toy")
    name: Any = "toy"
    with pytest.raises(TypeError, match=r"the world is 'toy', not a World. Fix: zv.load_world"):
        zv.simulate(name, zv.Scenario())
    path: Any = "policy.toml"
    asks = (
        lambda: zv.simulate(toy, path),
        lambda: zv.attribute(toy, path, "real_income HOM"),
        lambda: zv.uncertainty(toy, path, draws=4),
    )
    for ask in asks:
        with pytest.raises(TypeError, match=r"not a Scenario or a Policy. Fix: zv.read_scenario"):
            ask()
    others: list[Any] = [None, {"measures": []}]
    for given in others:
        with pytest.raises(TypeError, match=r"not a Scenario or a Policy. Fix: Scenario.from_dict"):
            zv.simulate(toy, given)
    with pytest.raises(ScenarioError, match="tolerance 'toy' must lie between"):
        zv.simulate(toy, zv.Scenario(), tolerance=name)
