"""One clear error, or an explicit choice with counts, for everything wrong in a file of flows."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import zollverein as zv
from tests.flow_files import generic, needs_duckdb, write
from zollverein.errors import DataError, MissingExtra
from zollverein.flows.engine import files_of


def refused(path, match, **options):
    with pytest.raises(DataError, match=match) as caught:
        zv.read_flows(path, **{"unit": "USD", **options})
    return str(caught.value)


@needs_duckdb
def test_repeated_rows_are_an_error_or_a_sum_with_counts(tmp_path):
    rows = [(2021, "RUS", "BLR", 5.0), (2021, "RUS", "BLR", 7.0), (2021, "RUS", "KAZ", 1.0)]
    path = generic(tmp_path, rows)
    told = refused(path, "1 of 3 rows repeat the key")
    assert "RUS to BLR in 2021" in told
    flows = zv.read_flows(path, unit="USD", on_duplicate="sum")
    assert flows.matrix(2021).sel(exporter="RUS", importer="BLR") == 12
    assert any(note.startswith("1 of 3 rows repeat") for note in flows.notes)


@needs_duckdb
def test_negative_values_are_an_error_or_zero_with_counts(tmp_path):
    path = generic(tmp_path, [(2021, "RUS", "BLR", -5.0), (2021, "RUS", "KAZ", 2.0)])
    assert "RUS to BLR in 2021" in refused(path, "1 of 2 values are negative, -5 together")
    flows = zv.read_flows(path, unit="USD", on_negative="zero")
    assert flows.matrix(2021).sum() == 2
    assert "1 of 2 values are negative" in flows.notes[0]


@needs_duckdb
def test_missing_values_are_an_error_or_missing_and_never_zero(tmp_path):
    path = generic(tmp_path, [(2021, "RUS", "BLR", None), (2021, "RUS", "KAZ", 2.0)])
    refused(path, "1 of 2 rows have no value")
    flows = zv.read_flows(path, unit="USD", on_missing="missing")
    assert np.isnan(flows.matrix(2021).sel(exporter="RUS", importer="BLR"))
    assert flows.matrix(2021).sel(exporter="BLR", importer="RUS") == 0


@needs_duckdb
def test_text_in_the_value_column_is_an_error(tmp_path):
    path = generic(tmp_path, [(2021, "RUS", "BLR", "many"), (2021, "RUS", "KAZ", "2.0")])
    assert "many" in refused(path, "1 of 2 values are no numbers")


@needs_duckdb
@pytest.mark.parametrize("year", ["2021.5", "last year", None])
def test_years_are_whole_numbers(tmp_path, year):
    path = generic(tmp_path, [(year, "RUS", "BLR", 1.0), (2020, "RUS", "BLR", 1.0)])
    refused(path, "1 of 2 rows have no year that is a whole number")


@needs_duckdb
def test_a_place_without_a_code_is_an_unknown_code(tmp_path):
    path = generic(tmp_path, [(2021, "RUS", None, 1.0), (2021, "RUS", "BLR", 1.0)])
    refused(path, "1 country codes are not known: '' ")


@needs_duckdb
def test_unknown_codes_are_listed_and_never_dropped_silently(tmp_path):
    rows = [(2021, "RUS", "XQZ", 3.0), (2021, "RUS", "KAZ", 1.0), (2021, "RUS", "QQQ", 4.0)]
    path = generic(tmp_path, rows)
    told = refused(path, "2 country codes are not known")
    assert "'XQZ' (1 flows, 37.5 % of value)" in told
    kept = zv.read_flows(path, unit="USD", on_unknown="keep")
    assert kept.areas == {"QQQ", "XQZ"}
    assert kept.matrix(2021).sum() == 8
    assert "kept as areas: 'QQQ'" in kept.notes[0]
    left = zv.read_flows(path, unit="USD", on_unknown="leave_out")
    assert left.matrix(2021).sum() == 1
    assert "left out: 'QQQ'" in left.notes[0]
    told_so = zv.read_flows(path, unit="USD", codes={"XQZ": "XKX", "QQQ": None})
    assert set(told_so.labels) == {"RUS", "KAZ", "XKX"}
    assert "left out as asked: 'QQQ'" in told_so.notes[0]


@needs_duckdb
def test_mixed_units_are_an_error_or_converted(tmp_path):
    columns = ("year", "exporter", "importer", "value", "unit")
    rows = [(2021, "RUS", "BLR", 5.0, "million USD"), (2021, "RUS", "KAZ", 7000.0, "thousand USD")]
    path = generic(tmp_path, rows, columns)
    refused(
        path, r"several units: 'million USD' \(1 flows\), 'thousand USD' \(1 flows\)", unit=None
    )
    flows = zv.read_flows(path, on_mixed_units="convert")
    assert flows.matrix(2021).sum() == 12e6
    path = generic(tmp_path, [*rows, (2021, "BLR", "KAZ", 1.0, "EUR")], columns, "two.csv")
    refused(path, "several currencies", unit=None, on_mixed_units="convert")


@needs_duckdb
def test_year_gaps_are_an_error_or_allowed(tmp_path):
    path = generic(tmp_path, [(year, "RUS", "BLR", 1.0) for year in (2014, 2015, 2018)])
    refused(path, "none of 2016-2017")
    flows = zv.read_flows(path, unit="USD", on_gap="allow")
    assert flows.years == (2014, 2015, 2018)
    assert "no data for 2016-2017" in flows.notes


@needs_duckdb
def test_a_third_reporter_is_an_error_or_left_out(tmp_path):
    columns = ("year", "exporter", "importer", "reporter", "value")
    rows = [(2021, "RUS", "BLR", "RUS", 5.0), (2021, "RUS", "BLR", "KAZ", 6.0)]
    path = generic(tmp_path, rows, columns)
    assert "reported by KAZ" in refused(path, "1 of 2 rows are reported by neither")
    flows = zv.read_flows(path, unit="USD", on_other_reporter="leave_out")
    assert flows.matrix(2021, "exporter").sum() == 5


@needs_duckdb
@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"layout": "bacci"}, "did you mean 'baci'"),
        ({"layout": "baci"}, "BACI needs are not there"),
        ({"columns": {"exportr": "a"}}, "did you mean 'exporter'"),
        ({"columns": {"exporter": "origin"}}, "not there: origin"),
        ({"on_duplicate": "add"}, "not a choice"),
        ({"on_duplicat": "sum"}, "did you mean 'on_duplicate'"),
        ({"unit": ""}, "the unit of value is not known"),
        ({"unit": "many dollars of gold"}, "not a unit of value"),
        ({"sectors": 2}, "no column of the file is known to be the product"),
        ({"quantity": True}, "no column of the file is known to be the quantity"),
        ({"years": [1900]}, "no rows are left"),
        ({"countries": ["USA"]}, "no flows of USA"),
    ],
)
def test_wrong_options_are_explained(tmp_path, options, match):
    path = generic(tmp_path, [(2021, "RUS", "BLR", 5.0)])
    refused(path, match, **options)


@needs_duckdb
def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        zv.read_flows(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="neither Parquet nor CSV"):
        zv.read_flows(write(tmp_path / "flows.xlsx", [[1]], ["a"]))
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="DuckDB cannot read this"):
        zv.read_flows(broken)
    with pytest.raises(DataError, match="No file"):
        files_of([])


def test_without_duckdb_the_error_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"zollverein\[flows\]"):
        zv.read_flows(generic(tmp_path, [(2021, "RUS", "BLR", 5.0)]), unit="USD")


def test_importing_the_package_and_its_flows_does_not_import_duckdb():
    code = "import zollverein, zollverein.flows, zollverein.claims, sys; assert 'duckdb' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
