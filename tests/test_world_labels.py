"""Labels and attributes of a World: what aligns, what is refused, what a file keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from tests.test_world import refusal, toy_arrays
from zollverein.errors import AccountingError, DataError, LabelError
from zollverein.testing import assert_world_equal


# --- labels ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("labels", "told"),
    [([1, 2, 3], "1"), (["HOM", None, "RST"], "nan"), (["HOM", " ", "RST"], "' '")],
)
def test_labels_that_are_no_text_are_refused(labels: list[Any], told: str) -> None:
    message = refusal(LabelError, countries=labels)
    assert message.startswith(f"toy: the country label {told} is not a text.")


def test_one_text_is_not_a_list_of_labels() -> None:
    assert (
        refusal(LabelError, countries="HPR") == "countries is 'HPR'; it must be a list of labels."
    )


def labelled(name: str) -> xr.DataArray:
    """An array of the toy world with its labels, without anything else."""
    return zv.load_world("toy").data[name].drop_attrs()


def test_labelled_arrays_align_by_name_of_dimension_and_exactly_by_label() -> None:
    plain = zv.World.from_arrays(**toy_arrays())
    given = {
        "trade_flow": labelled("trade_flow").transpose("sector", "importer", "exporter"),
        "final_demand": labelled("final_demand").transpose("sector", "country"),
        "value_added": labelled("value_added").to_pandas(),
    }
    assert_world_equal(zv.World.from_arrays(**{**toy_arrays(), **given}), plain, rtol=0)
    unlabelled = pd.DataFrame(labelled("value_added").values)
    again = zv.World.from_arrays(**{**toy_arrays(), "value_added": unlabelled})
    assert_world_equal(again, plain, rtol=0)


@pytest.mark.parametrize("other", [["PAR", "HOM", "RST"], ["HOM", "PAR", "ROW"]])
def test_labels_of_an_array_that_differ_are_refused(other: list[str]) -> None:
    array = labelled("value_added").assign_coords(country=other)
    told = (
        "value_added: its labels of country differ from those of the world in content or order "
        f"({', '.join(other)} against HOM, PAR, RST)."
    )
    for given in (array, array.to_pandas()):
        assert refusal(LabelError, value_added=given).startswith(told)
    series = pd.Series([1.0, 2.0, 3.0], index=other)
    assert "population: its labels of country" in refusal(LabelError, population=series)


def test_other_dimensions_are_refused() -> None:
    message = refusal(LabelError, value_added=labelled("value_added").rename(country="land"))
    assert message.startswith(
        "value_added has dimensions land, sector; needed are country, sector."
    )


def test_what_is_masked_is_missing_and_complex_is_no_number() -> None:
    array = np.ma.masked_array(toy_arrays()["value_added"], mask=False)
    array[1, 1] = np.ma.masked
    assert "value_added is not a finite number" in refusal(AccountingError, value_added=array)
    assert "complex" in refusal(LabelError, value_added=toy_arrays()["value_added"] + 0j)


# --- attributes ------------------------------------------------------------------------------
def test_groups_of_sectors_may_be_a_table_and_are_kept_in_a_file(tmp_path: Path) -> None:
    attrs = {"sector_groups": {"made": ["goods"]}, "trade_elasticity": 4.0}
    world = zv.World.from_arrays(**toy_arrays(), attrs=attrs)
    again = zv.load_world(world.to_netcdf(tmp_path / "w.nc"))
    assert again.data.attrs == world.data.attrs
    scenario = zv.Scenario.from_dict({"measures": [{"kind": "embargo", "sectors": "made"}]})
    assert scenario.policy(again).cost_hat.sel(sector="goods").max() == np.inf


@pytest.mark.parametrize(
    ("attrs", "told"),
    [
        ({"sector_groups": {"made": ["good"]}}, "names 'good', which is not a sector"),
        ({"sector_groups": {"made": "goods"}}, "from group to list of sectors"),
        ({"sector_groups": "goods"}, "from group to list of sectors"),
        ({"adjustments": "one thing"}, "must be a list of sentences"),
        ({"adjustments": [1]}, "must be a list of sentences"),
        ({"year": "then"}, "the year is 'then'; it must be a whole number"),
    ],
)
def test_attributes_that_nobody_could_read_are_refused(attrs: dict[str, Any], told: str) -> None:
    assert told in refusal(DataError, attrs=attrs)


def test_a_year_or_name_that_is_none_is_refused() -> None:
    assert "the year is 2020.5" in refusal(DataError, year=2020.5)
    assert "the name of a world is a text, not None" in refusal(DataError, name=None)


def test_an_attribute_that_no_file_can_hold_is_named(tmp_path: Path) -> None:
    world = zv.World.from_arrays(**toy_arrays(), attrs={"remark": {"a": 1}})
    with pytest.raises(DataError, match=r"Cannot write .*'remark'.* json\.dumps"):
        world.to_netcdf(tmp_path / "w.nc")
    assert not list(tmp_path.iterdir())


# --- files -----------------------------------------------------------------------------------
def test_a_file_of_another_program_aligns_by_name_and_exactly_by_label(tmp_path: Path) -> None:
    world = zv.load_world("toy")
    turned = world.data.assign(trade_flow=world.data["trade_flow"].transpose("importer", ...))
    turned.to_netcdf(tmp_path / "turned.nc", engine="h5netcdf")
    assert_world_equal(zv.load_world(tmp_path / "turned.nc"), world, rtol=0)
    world.data.isel(exporter=[2, 1, 0]).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(LabelError, match=r"trade_flow: its labels of exporter differ"):
        zv.load_world(tmp_path / "other.nc")
    world.data.drop_vars("country").to_netcdf(tmp_path / "bare.nc", engine="h5netcdf")
    with pytest.raises(DataError, match="its dimension country has no labels"):
        zv.load_world(tmp_path / "bare.nc")
