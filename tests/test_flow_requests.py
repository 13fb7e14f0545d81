"""What is asked of a file of flows: taken as meant, or refused; nothing is left undone without a word."""

from __future__ import annotations

import numpy as np
import pytest

import zollverein as zv
from tests.flow_files import generic, needs_duckdb
from zollverein.errors import DataError
from zollverein.flows import turnover
from zollverein.names.trade_codes import trade_label

ROWS = [(2020, "USA", "CHN", 5.0), (2020, "CHN", "USA", 7.0), (2021, "USA", "CHN", 6.0)]
UNITS = ("year", "exporter", "importer", "value", "unit")


@needs_duckdb
def test_an_infinite_value_is_missing_like_none(tmp_path):
    path = generic(tmp_path, [*ROWS, (2021, "CHN", "USA", np.inf)])
    with pytest.raises(DataError, match="1 of 4 rows have no value"):
        zv.read_flows(path, unit="USD")
    flows = zv.read_flows(path, unit="USD", on_missing="missing")
    assert np.isnan(flows.matrix(2021).sel(exporter="CHN", importer="USA"))


@needs_duckdb
@pytest.mark.parametrize("twice", [("United States", "China"), (" USA", "CHN"), ("US", "CN")])
def test_a_flow_under_two_codes_of_one_economy_is_there_twice(tmp_path, twice):
    path = generic(tmp_path, [*ROWS, (2021, *twice, 6.0)])
    with pytest.raises(DataError, match="1 flows stand under several codes of one economy"):
        zv.read_flows(path, unit="USD")
    flows = zv.read_flows(path, unit="USD", on_duplicate="sum")
    assert flows.matrix(2021).sel(exporter="USA", importer="CHN") == 12
    assert any("several codes of one economy" in note for note in flows.notes)


@needs_duckdb
def test_codes_of_one_economy_in_other_flows_are_no_repetition(tmp_path):
    rows = [*ROWS, (2021, "China", "United States", 8.0), (2021, "BEL", "USA", 3.0)]
    path = generic(tmp_path, [*rows, (2021, "LUX", "USA", 1.0)])
    flows = zv.read_flows(path, unit="USD", codes={"LUX": "Belgium"})  # meant to be added
    assert flows.labels == ("BEL", "CHN", "USA")
    assert flows.matrix(2021).sel(exporter="BEL", importer="USA") == 4
    assert flows.matrix(2021).sel(exporter="CHN", importer="USA") == 8


@needs_duckdb
def test_one_flow_in_two_units_is_there_twice(tmp_path):
    rows = [(2020, "USA", "CHN", 5.0, "thousand USD"), (2020, "USA", "CHN", 5000.0, "USD")]
    with pytest.raises(DataError, match="1 of 2 rows repeat the key"):
        zv.read_flows(generic(tmp_path, rows, UNITS), on_mixed_units="convert")


@needs_duckdb
def test_countries_are_given_by_label_code_or_name(tmp_path):
    path = generic(tmp_path, [*ROWS, (2020, "DEU", "FRA", 1.0)])
    for names in (["USA"], ["usa"], ["United States"], ["842"]):
        flows = zv.read_flows(path, unit="USD", countries=names, years=[2020])
        assert (flows.labels, flows.focus, flows.years) == (("CHN", "USA"), ("USA",), (2020,))


@needs_duckdb
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"countries": "USA"}, "countries is 'USA'; it must be a list"),
        ({"years": 2020}, "years is 2020; it must be a list"),
        ({"year": 2019}, "year=2019 is given, but the file has the column 'year'"),
        ({"coverage": "good"}, "coverage='good'; it is 'goods' or"),
        ({"codes": ["XQZ"]}, "codes=.*mapping from code to label"),
        ({"codes": {"XQZ": 5}}, "codes=.*mapping from code to label"),
        ({"not_reporting": {"USA": 2021}}, "not_reporting=.*mapping from economy to years"),
        (
            {"not_reporting": {"USS": (2021,)}},
            "names 'USS', which is not in the data: did you mean",
        ),
    ],
)
def test_what_would_be_left_undone_is_refused(tmp_path, options, said):
    with pytest.raises(DataError, match=said):
        zv.read_flows(generic(tmp_path, ROWS), unit="USD", **options)


@needs_duckdb
def test_digits_of_a_product_are_one_or_more(tmp_path):
    columns = ("year", "exporter", "importer", "product", "value")
    path = generic(tmp_path, [(2020, "USA", "CHN", "0101", 5.0)], columns)
    with pytest.raises(DataError, match="how many digits are kept, from 1"):
        zv.read_flows(path, unit="USD", sectors=0)


@needs_duckdb
def test_economies_that_published_nothing_are_named_by_code_or_name(tmp_path):
    path = generic(tmp_path, ROWS)
    silent = {"China": (2021,), "usa": (2021,)}
    flows = zv.read_flows(path, unit="USD", not_reporting=silent)
    assert turnover(flows, "USA", "CHN")["turnover"].isna().tolist() == [False, True]
    columns = ("year", "exporter", "importer", "value", "reporter")
    told = generic(tmp_path, [(2020, "USA", "CHN", 5.0, "USA")], columns, "reported.csv")
    with pytest.raises(DataError, match="tables that do not say who reports"):
        zv.read_flows(told, unit="USD", not_reporting={"USA": (2020,)})


@pytest.mark.parametrize(
    "options",
    [
        {"years": [2020]},
        {"countries": ["USA"]},
        {"sectors": "each"},
        {"quantity": True},
        {"year": 2020},
        {"layout": "baci"},
        {"basis": "cif"},
        {"on_missing": "missing"},
        {"codes": {"A": "USA"}},
    ],
)
def test_keywords_that_mean_nothing_to_archives_are_refused(tmp_path, options):
    np.savez(
        tmp_path / "t2020.npz", countries=["USA", "CHN"], sectors=["s"], flow=np.ones((2, 2, 1))
    )
    with pytest.raises(DataError, match=f"{next(iter(options))} has no effect on NumPy archives"):
        zv.read_flows(tmp_path / "t2020.npz", unit="USD", **options)
    with pytest.raises(DataError, match="on_missing has no effect on arrays"):
        zv.flows_from_arrays(
            {2020: np.ones((1, 1, 1))},
            countries=["A"],
            sectors=["s"],
            unit="USD",
            on_missing="missing",
        )


def test_the_rest_of_the_world_is_an_area_in_every_spelling():
    for written in ("ROW", "Rest of the world", "rest of the world"):
        assert trade_label(written) == ("ROW", True)
