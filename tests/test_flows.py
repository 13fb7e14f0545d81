"""Reading flows: sums against pandas, what is missing, and one clear error for each bad input."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.helpers import assert_close
from zollverein.errors import DataError, LabelError, MissingExtra
from zollverein.flows import Rules, series_breaks, trade, turnover
from zollverein.flows.bounds import Choice
from zollverein.flows.engine import files_of
from zollverein.flows.units import parse_unit
from zollverein.names.trade_codes import WORLD, trade_label

ECONOMIES = ["RUS", "BLR", "KAZ", "DEU", "CHN", "USA", "FRA", "ARM"]


needs_duckdb = pytest.mark.skipif(
    find_spec("duckdb") is None, reason="the optional package duckdb is not installed"
)


def write(path: Path, rows, columns) -> Path:
    frame = pd.DataFrame(rows, columns=columns)
    frame.to_csv(path, index=False)
    return path


def generic(tmp_path, rows, columns=("year", "exporter", "importer", "value"), name="flows.csv"):
    return write(tmp_path / name, rows, list(columns))


def baci_table(seed: int, years=(2019, 2020, 2021)) -> pd.DataFrame:
    """Random flows in BACI's layout, sparse, numeric codes."""
    rng = np.random.default_rng(seed)
    codes = [643, 112, 398, 276, 156, 842, 251, 51]
    products = [10121, 10129, 270900, 847130, 854231, 30289]
    keys = [(t, i, j, k) for t in years for i in codes for j in codes for k in products if i != j]
    kept = [key for key in keys if rng.random() < 0.6]
    frame = pd.DataFrame(kept, columns=["t", "i", "j", "k"])
    frame["v"] = rng.lognormal(5, 2, len(frame)).round(3)
    frame["q"] = rng.lognormal(3, 2, len(frame)).round(3)
    return frame


# ------------------------------------------------------------------------------ sums and layouts


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


# ------------------------------------------------------------------------------------- bad input


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
def test_unknown_codes_are_listed_and_never_dropped_silently(tmp_path):
    rows = [(2021, "RUS", "XQZ", 3.0), (2021, "RUS", "KAZ", 1.0), (2021, "RUS", "QQQ", 4.0)]
    path = generic(tmp_path, rows)
    told = refused(path, "2 country codes are not known")
    assert "'XQZ' (1 flows, 38 % of value)" in told
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


# ------------------------------------------------------------------- values, worlds, arrays, npz


@needs_duckdb
def test_flows_are_frozen(tmp_path):
    flows = zv.read_flows(generic(tmp_path, [(2021, "RUS", "BLR", 5.0)]), unit="USD")
    with pytest.raises(ValueError, match="read-only"):
        flows.cells.value[0] = 1
    with pytest.raises(AttributeError):
        flows.name = "other"  # type: ignore[misc]
    with pytest.raises(DataError, match="no year 2020; it has 2021"):
        flows.matrix(2020)
    with pytest.raises(LabelError, match="no sector"):
        flows.matrix(2021, sectors=["cars"])
    with pytest.raises(LabelError, match="did you mean 'BLR'"):
        flows.label_index("BRL")


def test_flows_of_a_world_are_its_cross_border_trade():
    world = zv.load_world("toy")
    flows = zv.flows_of(world, year=2020)
    expected = world.data["trade_flow"].sum("sector").values.copy()
    np.fill_diagonal(expected, 0)
    assert_close(flows.matrix(2020).values, expected, rtol=1e-12)
    assert flows.coverage == "goods and services"
    assert flows.groups == {"goods": ("goods",), "services": ("services",)}


def test_the_counterfactual_has_flows_too():
    result = zv.simulate(
        zv.load_world("toy"),
        zv.Scenario.from_dict(
            {"measures": [{"kind": "tariff", "exporters": "RST", "importers": "HOM", "set": 0.0}]}
        ),
    )
    before, after = (zv.flows_of(world, year=2020) for world in (result.before, result.after))
    found = [turnover(flows, "HOM", "RST")["turnover"][2020] for flows in (before, after)]
    assert found[1] > found[0] > 0


def arrays(seed=0, years=range(2015, 2021), size=12):
    rng = np.random.default_rng(seed)
    base = rng.lognormal(3, 1, (size, size, 2))
    return {year: base * rng.lognormal(0, 0.03, base.shape) for year in years}


LABELS = [f"C{n:02d}" for n in range(12)]


def test_arrays_and_npz_files_give_the_same_flows(tmp_path):
    data = arrays()
    direct = zv.flows_from_arrays(data, countries=LABELS, sectors=["A01", "G"], unit="million USD")
    for year, values in data.items():
        np.savez(tmp_path / f"table{year}.npz", flow=values, countries=LABELS, sectors=["A01", "G"])
    read = zv.read_flows(tmp_path / "table*.npz", unit="million USD")
    for year in data:
        assert_close(direct.matrix(year).values, read.matrix(year).values, rtol=0)
        off = data[year].sum(axis=2) * (1 - np.eye(12)) * 1e6
        assert_close(direct.matrix(year).values, off, rtol=1e-12)
    assert direct.coverage == "goods and services"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            lambda d: d[2016].__setitem__((0, 1, 0), -1),
            "negative or infinite.*from C00 to C01, A01",
        ),
        (lambda d: d.pop(2017), "none of 2017"),
    ],
)
def test_bad_arrays_are_refused(change, match):
    data = arrays()
    change(data)
    with pytest.raises(DataError, match=match):
        zv.flows_from_arrays(data, countries=LABELS, sectors=["A01", "G"], unit="million USD")


def test_arrays_must_fit_their_labels():
    with pytest.raises(LabelError, match="labels need"):
        zv.flows_from_arrays(arrays(), countries=LABELS[:5], sectors=["A01", "G"], unit="USD")
    with pytest.raises(LabelError, match="countries repeat"):
        zv.flows_from_arrays(arrays(), countries=["A"] * 12, sectors=["A01", "G"], unit="USD")


# -------------------------------------------------------------------- what is missing, what breaks


@needs_duckdb
def test_a_large_steady_flow_that_stops_in_a_table_is_missing_and_not_zero(tmp_path):
    table = baci_table(7, years=range(2018, 2024))
    big = pd.DataFrame(
        [(t, 643, 112, 270900, 1e7, 1.0) for t in range(2018, 2022)], columns=list("tijkvq")
    )
    pair = (table["i"] == 643) & (table["j"] == 112)
    path = write(tmp_path / "baci.csv", pd.concat([table[~pair], big]), list("tijkvq"))
    flows = zv.read_flows(path)
    cell = {"exporter": "RUS", "importer": "BLR"}
    assert flows.matrix(2021).sel(cell) == 1e10
    assert np.isnan(flows.matrix(2022).sel(cell))
    assert np.isnan(flows.matrix(2023).sel(cell))
    assert any("missing, not zero" in note and "RUS to BLR in 2022" in note for note in flows.notes)
    told = trade(flows, 2022, "RUS", Choice()).at(flows.label_index("BLR"))
    assert np.isnan(told.value)
    assert np.isinf(told.high)


@needs_duckdb
def test_economies_that_published_nothing_can_be_named(tmp_path):
    path = generic(tmp_path, [(2022, "RUS", "CHN", 5.0), (2022, "DEU", "BLR", 1.0)])
    silent = {"RUS": (2022,), "BLR": (2022,)}
    flows = zv.read_flows(path, unit="USD", not_reporting=silent)
    assert np.isnan(flows.matrix(2022).sel(exporter="RUS", importer="BLR"))
    assert flows.matrix(2022).sel(exporter="RUS", importer="DEU") == 0
    assert flows.matrix(2022).sel(exporter="RUS", importer="CHN") == 5


@needs_duckdb
def test_an_extract_is_recognised_and_says_nothing_about_others(tmp_path):
    others = ["KAZ", "DEU", "CHN", "USA", "FRA", "ARM", "POL", "ITA", "TUR", "JPN"]
    rows = [(2021, "RUS", other, 1.0) for other in others] + [
        (2021, other, "RUS", 2.0) for other in others
    ]
    flows = zv.read_flows(generic(tmp_path, rows), unit="USD")
    assert flows.focus == ("RUS",)
    assert np.isnan(flows.matrix(2021).sel(exporter="DEU", importer="FRA"))


def test_a_break_is_found_where_it_is_made_and_nowhere_else():
    data = arrays(1, years=range(2010, 2021))
    calm = zv.flows_from_arrays(data, countries=LABELS, sectors=["A01", "G"], unit="USD")
    assert series_breaks(calm) == ()
    data[2010] = data[2010].copy()
    data[2010][3] = np.roll(data[2010][3], 5, axis=0) * 40 ** np.linspace(-1, 1, 12)[:, None]
    broken = zv.flows_from_arrays(data, countries=LABELS, sectors=["A01", "G"], unit="USD")
    (found,) = [item for item in series_breaks(broken) if item.label == "C03"]
    assert (found.direction, found.before, found.after, found.suspect) == (
        "exports",
        2010,
        2011,
        (2010,),
    )
    assert found.change > 0.3 > found.usual


def test_growth_and_prices_are_no_break():
    """A common factor, however large, does not move the shares."""
    data = {year: values * 3.0 ** (year - 2010) for year, values in arrays(2).items()}
    flows = zv.flows_from_arrays(data, countries=LABELS, sectors=["A01", "G"], unit="USD")
    assert series_breaks(flows) == ()


# ---------------------------------------------------------------------------- codes and units


@pytest.mark.parametrize(
    ("code", "label", "area"),
    [
        ("643", "RUS", False),
        ("051", "ARM", False),
        ("51", "ARM", False),
        ("251", "FRA", False),
        ("842", "USA", False),
        ("490", "TWN", False),
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
