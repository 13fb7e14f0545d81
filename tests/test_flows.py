"""Reading flows: sums against pandas, the layouts, codes and units."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zollverein as zv
from tests.flow_files import ECONOMIES, baci_table, generic, needs_duckdb, write
from tests.helpers import assert_close
from zollverein.errors import DataError
from zollverein.flows import Rules
from zollverein.flows.units import parse_unit
from zollverein.names.trade_codes import WORLD, trade_label


@needs_duckdb
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_sums_agree_with_pandas(tmp_path, kind):
    table = baci_table(1)
    path = write(tmp_path / "baci.csv", table, list(table.columns))
    if kind == "parquet":
        source, path = path, tmp_path / "baci.parquet"
        duckdb = importlib.import_module("duckdb")
        duckdb.read_csv(str(source)).write_parquet(str(path))
    flows = zv.read_flows(path, sectors=2, quantity=True)
    table["sector"] = table["k"].map("{:06d}".format).str[:2]
    numeric = {"643": "RUS", "112": "BLR", "398": "KAZ", "276": "DEU", "156": "CHN"}
    numeric |= {"842": "USA", "251": "FRA", "51": "ARM"}
    table["exporter"] = table["i"].astype(str).map(numeric)
    table["importer"] = table["j"].astype(str).map(numeric)
    keys = ["t", "exporter", "importer", "sector"]
    expected = table.groupby(keys)[["v", "q"]].sum().sort_index()
    found = flows.table().set_index(["year", "exporter", "importer", "sector"]).sort_index()
    assert list(found.index) == list(expected.index)
    assert_close(found["value"].to_numpy(), 1000 * expected["v"].to_numpy(), rtol=1e-12)
    assert_close(found["quantity"].to_numpy(), expected["q"].to_numpy(), rtol=1e-12)
    assert flows.coverage == "goods"
    assert flows.currency == "USD"
    assert set(flows.labels) == set(ECONOMIES)


@needs_duckdb
def test_all_products_added_up_are_the_sum_over_chapters(tmp_path):
    table = baci_table(2)
    path = write(tmp_path / "baci.csv", table, list(table.columns))
    whole, parts = zv.read_flows(path), zv.read_flows(path, sectors=2)
    assert whole.sectors == ("all",)
    assert parts.sectors == ("01", "03", "27", "84", "85")
    for year in whole.years:
        assert_close(whole.matrix(year).values, parts.matrix(year).values, rtol=1e-12)
        one = [parts.matrix(year, sectors=[sector]).values for sector in parts.sectors]
        assert_close(whole.matrix(year).values, np.sum(one, axis=0), rtol=1e-12)


@needs_duckdb
def test_a_mapping_adds_up_by_sector_and_must_be_complete(tmp_path):
    table = baci_table(3)
    path = write(tmp_path / "baci.csv", table, list(table.columns))
    codes = ["010121", "010129", "270900", "847130", "854231", "030289"]
    sectors = dict(
        zip(codes, ["food", "food", "fuel", "machines", "machines", "food"], strict=True)
    )
    flows = zv.read_flows(path, sectors=sectors)
    food = table[table["k"].isin([10121, 10129, 30289]) & (table["t"] == 2020)]
    assert flows.sectors == ("food", "fuel", "machines")
    assert_close(
        flows.matrix(2020, sectors=["food"]).values.sum(), 1000 * food["v"].sum(), rtol=1e-12
    )
    del sectors["270900"]
    with pytest.raises(
        DataError, match=r"1 products have no sector in the mapping \(\d+ rows\).*270900"
    ):
        zv.read_flows(path, sectors=sectors)


@needs_duckdb
def test_filters_are_what_is_left_of_the_whole(tmp_path):
    table = baci_table(4)
    path = write(tmp_path / "baci.csv", table, list(table.columns))
    whole = zv.read_flows(path)
    part = zv.read_flows(path, years=[2020, 2021], countries=["RUS", "BLR"])
    assert part.years == (2020, 2021)
    assert part.focus == ("RUS", "BLR")
    matrix = part.matrix(2021)
    for label in ECONOMIES:
        for focus in ("RUS", "BLR"):
            here = matrix.sel(exporter=focus, importer=label).item()
            assert here == pytest.approx(
                whole.matrix(2021).sel(exporter=focus, importer=label).item()
            )
    assert np.isnan(matrix.sel(exporter="DEU", importer="FRA").item())  # not read is not zero


@needs_duckdb
def test_the_order_of_rows_and_labels_changes_nothing(tmp_path):
    table = baci_table(5)
    one = write(tmp_path / "one.csv", table, list(table.columns))
    two = write(
        tmp_path / "two.csv", table.sample(frac=1, random_state=1)[list("vqkjit")], list("vqkjit")
    )
    a, b = (zv.read_flows(path).matrix(2020) for path in (one, two))
    assert_close(a.values, b.sel(exporter=a.exporter, importer=a.importer).values, rtol=1e-12)


@needs_duckdb
def test_several_files_are_one_table(tmp_path):
    table = baci_table(6)
    for year, part in table.groupby("t"):
        write(tmp_path / f"BACI_Y{year}.csv", part, list(table.columns))
    whole = write(tmp_path / "all.csv", table, list(table.columns))
    parts = zv.read_flows(tmp_path / "BACI_Y*.csv")
    assert parts.years == (2019, 2020, 2021)
    assert_close(parts.matrix(2020).values, zv.read_flows(whole).matrix(2020).values, rtol=1e-12)


COMTRADE = [
    # Columns as in COMTRADE_COLUMNS below
    (2021, "RUS", "BLR", "X", "TOTAL", 0, 23.0),
    (2021, "RUS", "W00", "X", "TOTAL", 0, 100.0),
    (2021, "RUS", "_X", "X", "TOTAL", 0, 1.0),
    (2021, "RUS", "BLR", "M", "TOTAL", 0, 15.0),
    (2021, "BLR", "RUS", "X", "TOTAL", 0, 14.0),
    (2021, "BLR", "_X", "X", "TOTAL", 0, 16.0),
    (2021, "BLR", "RUS", "M", "TOTAL", 0, 12.0),
    (2021, "KAZ", "RUS", "M", "TOTAL", 0, 17.0),
    (2021, "KAZ", "RUS", "RX", "TOTAL", 0, 2.0),
    (2021, "KAZ", "RUS", "M", "27", 0, 5.0),
    (2021, "KAZ", "RUS", "M", "TOTAL", 112, 3.0),
    (2021, "RUS", "RUS", "M", "TOTAL", 0, 0.5),
    (2021, "S19", "RUS", "X", "TOTAL", 0, 4.0),
]
COMTRADE_COLUMNS = [
    "refYear",
    "reporterISO",
    "partnerISO",
    "flowCode",
    "cmdCode",
    "partner2Code",
    "primaryValue",
]


@needs_duckdb
def test_comtrade_keeps_both_reports_apart_and_totals_only(tmp_path):
    path = write(tmp_path / "comtrade.csv", COMTRADE, COMTRADE_COLUMNS)
    flows = zv.read_flows(path)
    assert flows.reports == ("exporter", "importer")
    assert flows.basis == {"exporter": "fob", "importer": "cif"}
    sold, bought = flows.matrix(2021, "exporter"), flows.matrix(2021, "importer")
    assert sold.sel(exporter="RUS", importer="BLR") == 23
    assert bought.sel(exporter="BLR", importer="RUS") == 15
    assert (
        bought.sel(exporter="RUS", importer="KAZ") == 17
    )  # not the 5 of chapter 27, nor the 3 of a part
    assert np.isnan(sold.sel(exporter="KAZ", importer="RUS"))  # KAZ published no exports
    assert sold.sel(exporter="RUS", importer="KAZ") == 0  # RUS did, and lists none to KAZ
    assert sold.sel(exporter="TWN", importer="RUS") == 4
    assert flows.areas == {"Areas, nes"}
    assert flows.world_total["exporter"][0, flows.labels.index("RUS")] == 100
    said = " ".join(flows.notes)
    assert "re-exports" in said
    assert "S19 (Other Asia, nes) is read as TWN" in said
    assert "with itself" in said


@needs_duckdb
def test_comtrade_levels_are_never_counted_twice(tmp_path):
    rows = [(2021, "RUS", "BLR", "X", code, 0, 1.0) for code in ("27", "2709", "84")]
    path = write(tmp_path / "levels.csv", rows, COMTRADE_COLUMNS)
    with pytest.raises(DataError, match=r"several levels \(2, 4 digits\)"):
        zv.read_flows(path)
    assert zv.read_flows(path, level=2).matrix(2021, "exporter").sum() == 2
    assert zv.read_flows(path, level=4).matrix(2021, "exporter").sum() == 1


@needs_duckdb
def test_months_are_added_up_to_years(tmp_path):
    rows = [(f"2021{month:02d}", "RUS", "BLR", "X", 2.0) for month in range(1, 13)]
    path = write(
        tmp_path / "months.csv",
        rows,
        ["period", "reporterISO", "partnerISO", "flowCode", "primaryValue"],
    )
    assert zv.read_flows(path).matrix(2021, "exporter").sum() == 24


@needs_duckdb
def test_a_year_of_two_months_is_not_taken_for_a_year(tmp_path):
    columns = ["period", "reporterISO", "partnerISO", "flowCode", "primaryValue"]
    rows = [(f"2021{month:02d}", "RUS", "BLR", "X", 2.0) for month in range(1, 13)]
    rows += [(f"2022{month:02d}", "RUS", "BLR", "X", 2.0) for month in (1, 2)]
    path = write(tmp_path / "months.csv", rows, columns)
    with pytest.raises(DataError, match="RUS's of 2022: 2 of 12"):
        zv.read_flows(path)
    assert zv.read_flows(path, years=[2021]).matrix(2021, "exporter").sum() == 24
    allowed = zv.read_flows(path, on_gap="allow")
    assert allowed.matrix(2022, "exporter").sum() == 4
    assert any("2 of 12" in note for note in allowed.notes)


@needs_duckdb
def test_months_beside_the_year_are_not_counted_twice(tmp_path):
    columns = ["period", "reporterISO", "partnerISO", "flowCode", "primaryValue"]
    rows = [(f"2021{month:02d}", "RUS", "BLR", "X", 2.0) for month in range(1, 13)]
    path = write(tmp_path / "both.csv", [*rows, ("2021", "RUS", "BLR", "X", 24.0)], columns)
    with pytest.raises(DataError, match="RUS to BLR in 2021; they would count twice"):
        zv.read_flows(path)


@needs_duckdb
def test_a_generic_table_with_reporter_or_basis(tmp_path):
    rows = [("RUS", "BLR", "RUS", 23.0), ("RUS", "BLR", "BLR", 12.0)]
    path = generic(tmp_path, rows, ("from", "to", "who", "usd"))
    columns = {"exporter": "from", "importer": "to", "reporter": "who", "value": "usd"}
    flows = zv.read_flows(path, columns=columns, year=2021, unit="bn USD")
    assert flows.matrix(2021, "exporter").sel(exporter="RUS", importer="BLR") == 23e9
    assert flows.matrix(2021, "importer").sel(exporter="RUS", importer="BLR") == 12e9
    valued = [(2021, "RUS", "BLR", "f.o.b.", 23.0), (2021, "RUS", "BLR", "CIF", 12.0)]
    path = generic(
        tmp_path, valued, ("year", "exporter", "importer", "basis", "value"), "basis.csv"
    )
    flows = zv.read_flows(path, unit="USD")
    assert flows.matrix(2021, "importer").sel(exporter="RUS", importer="BLR") == 12


@pytest.mark.parametrize(
    ("code", "label", "area"),
    [
        ("643", "RUS", False),
        ("051", "ARM", False),
        ("51", "ARM", False),
        ("251", "FRA", False),
        ("842", "USA", False),
        ("490", "TWN", False),
        ("058", "Belgium-Luxembourg", False),
        ("891", "SCG", False),
        ("S19", "TWN", False),
        ("Belarus", "BLR", False),
        ("by", "BLR", False),
        ("_X ", "Areas, nes", True),
        ("899", "Areas, nes", True),
        ("ROW", "ROW", True),
        ("W00", WORLD, True),
        ("0", WORLD, True),
    ],
)
def test_codes_of_trade_statistics(code, label, area):
    assert trade_label(code) == (label, area)


def test_codes_that_nobody_knows():
    assert trade_label("XQZ") is None
    assert trade_label("9999") is None


@pytest.mark.parametrize(
    ("unit", "factor", "currency"),
    [
        ("USD", 1, "USD"),
        ("thousand USD", 1e3, "USD"),
        ("mn EUR", 1e6, "EUR"),
        ("current US$", 1, "USD"),
    ],
)
def test_units(unit, factor, currency):
    assert parse_unit(unit) == (factor, currency)


def test_rules_are_strict_unless_told_otherwise():
    rules = Rules()
    assert {name for name in vars(rules) if name.startswith("on_")} == {
        name for name in vars(rules) if getattr(rules, name) == "error"
    }


@needs_duckdb
def test_the_benchmark_runs_and_reads_what_it_wrote():
    script = Path(__file__).parents[1] / "benchmarks" / "flows_aggregation.py"
    command = [sys.executable, str(script), "--rows", "20000"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "generated 20,000 rows" in done.stdout
    assert "all products added up" in done.stdout
    assert "20,000 cells" in done.stdout
