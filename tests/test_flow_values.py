"""Flows as values, from worlds and arrays; what is missing, and years that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.flow_files import baci_table, generic, needs_duckdb, write
from tests.helpers import assert_close
from zollverein.errors import DataError, LabelError
from zollverein.flows import series_breaks, trade, turnover
from zollverein.flows.bounds import Choice


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


@pytest.mark.parametrize("kind", ["empty", "cut off", "one array", "words", "two years"])
def test_archives_that_cannot_be_read_are_refused_in_words(tmp_path, kind):
    path, values = tmp_path / "table2020.npz", np.ones((2, 2, 1))
    more: dict[str, Any] = {"flow": np.full(values.shape, "a") if kind == "words" else values}
    more |= {"year": [2020, 2021]} if kind == "two years" else {}
    np.savez(path, countries=["A", "B"], sectors=["s"], **more)
    if kind in {"empty", "cut off"}:
        path.write_bytes(path.read_bytes()[: 0 if kind == "empty" else 200])
    elif kind == "one array":
        with path.open("wb") as file:
            np.save(file, values)
    said = {"words": "not one of numbers", "two years": "must be one whole number"}
    with pytest.raises(DataError, match=said.get(kind, "is not a NumPy archive")):
        zv.read_flows(path, unit="USD")


def test_no_arrays_are_refused():
    with pytest.raises(DataError, match="there is no array"):
        zv.flows_from_arrays({}, countries=["A", "B"], sectors=["s"], unit="USD")


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


def test_another_year_than_the_worlds_is_refused():
    with pytest.raises(DataError, match="icio2022 is of the year 2022, not 2021"):
        zv.flows_of(zv.load_world("icio2022"), year=2021)
