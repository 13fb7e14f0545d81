"""The claims that the project began with, against customs returns and input-output tables.

Sources: UN Comtrade, total goods, an extract of all pairs with Russia or Belarus (the UN's terms
forbid redistribution, so the tests are skipped without it); OECD ICIO 2025 edition, 81 economies
and 28 sectors, 2011 to 2022. Expected figures are printed to the digits shown, so the tolerance is
half a unit of the last digit.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import zollverein as zv
from tests.flow_worlds import flows_from_rows
from tests.published.icio import TURNOVER
from zollverein.claims.figures import CONTRADICTED, DEPENDS, SUPPORTED, UNKNOWN
from zollverein.flows import growth, mirror, ranking, series_breaks, turnover, unallocated

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ICIO = DATA / "icio" / "icio2011_trade_tariffs.npz"
COMTRADE = DATA / "comtrade" / "comtrade_RUS_BLR_extract.csv.gz"
TOP_TEN = DATA / "comtrade" / "russia_top10_partners_2014_2021.csv"
CLAIMS = (
    "RUS BLR turnover 2021 = 40 bn USD; growth > 1/3; rank of BLR among partners of RUS = 4; "
    "rank of BLR in CIS for RUS = 1"
)
BILLION = 1e9

pytestmark = pytest.mark.published
needs_comtrade = pytest.mark.skipif(
    not COMTRADE.is_file() or find_spec("duckdb") is None,
    reason="the extract of UN Comtrade or the optional package duckdb is not here",
)
needs_icio = pytest.mark.skipif(not ICIO.is_file(), reason="the yearly ICIO arrays are not here")


@pytest.fixture(scope="module")
def icio():
    return zv.read_flows(
        ICIO.parent / "icio20??_trade_tariffs.npz",
        array="X_exp_imp_sector_musd",
        unit="million USD",
        name="icio",
        source="OECD ICIO, 2025 edition",
    )


@pytest.fixture(scope="module")
def comtrade():
    return zv.read_flows(COMTRADE, name="comtrade")


def verdicts(*flows):
    return [check.verdict for check in zv.check_claims(flows, CLAIMS).checks]


def values(check):
    return {(f.coverage, f.books): f.value for f in check.findings if f.counted}


# ------------------------------------------------------------------------------------------ ICIO


@needs_icio
def test_icio_turnover_growth_and_ranks(icio):
    found = turnover(icio, "RUS", "BLR")["turnover"] / BILLION
    for year, expected in TURNOVER.items():
        assert found[year] == pytest.approx(expected, abs=0.051), year
    goods = turnover(icio, "RUS", "BLR", sectors=icio.groups["goods"])["turnover"] / BILLION
    assert goods[2021] == pytest.approx(32.3, abs=0.05)
    assert goods[2020] == pytest.approx(25.8, abs=0.05)
    assert float(growth(icio, "RUS", "BLR", 2021).value) == pytest.approx(0.30, abs=0.005)
    rate = growth(icio, "RUS", "BLR", 2021, sectors=icio.groups["goods"]).value
    assert float(rate) == pytest.approx(0.255, abs=0.005)
    assert list(ranking(icio, "RUS", 2021).index[:4]) == ["CHN", "DEU", "USA", "BLR"]
    assert ranking(icio, "RUS", 2021, among=["BLR", "KAZ"]).index[0] == "BLR"


@needs_icio
def test_icio_claims(icio):
    assert verdicts(icio) == [DEPENDS, CONTRADICTED, SUPPORTED, SUPPORTED]
    report = zv.check_claims(icio, CLAIMS)
    assert "interindustry statistics, not customs returns" in report.sources["icio"]
    assert report.checks[0].reason.startswith("on the coverage: supported with goods and services")


@needs_icio
def test_the_broken_year_of_belarus_is_flagged_by_the_general_check(icio):
    (found,) = series_breaks(icio)
    assert (found.label, found.direction) == ("BLR", "exports")
    assert (found.before, found.after, found.suspect) == (2011, 2012, (2011,))
    assert found.change > 0.5
    assert found.usual < 0.1
    for text in ("RUS BLR turnover 2011 = 25 bn USD", "RUS BLR growth 2012 > 1/3"):
        (check,) = zv.check_claims(icio, text).checks
        assert check.verdict == UNKNOWN
        assert "a break in the source" in check.findings[0].notes[0]


# ---------------------------------------------------------------------------------- UN Comtrade


@needs_comtrade
def test_customs_returns(comtrade):
    own = turnover(comtrade, "RUS", "BLR", books="own").loc[2021] / BILLION
    assert own["turnover"] == pytest.approx(38.77, abs=0.005)
    assert own["exports"] == pytest.approx(23.13, abs=0.005)
    assert own["imports"] == pytest.approx(15.64, abs=0.005)
    table = ranking(comtrade, "RUS", 2021, books="own")
    assert list(table.index[:4]) == ["CHN", "DEU", "NLD", "BLR"]
    expected = [141.4, 57.0, 46.4, 38.8]
    np.testing.assert_allclose(table["value"][:4] / BILLION, expected, atol=0.05, equal_nan=False)
    assert (table["best"]["BLR"], table["worst"]["BLR"]) == (4, 4)
    reports = turnover(comtrade, "RUS", "BLR", books="exporters")["turnover"] / BILLION
    assert reports[2021] == pytest.approx(37.10, abs=0.005)
    rate = growth(comtrade, "RUS", "BLR", 2021, books="exporters").value
    assert float(rate) == pytest.approx(0.280, abs=0.0005)
    neighbours = ranking(comtrade, "RUS", 2021, books="exporters", among=["BLR", "KAZ", "UKR"])
    assert list(neighbours.index) == ["BLR", "KAZ", "UKR"]
    np.testing.assert_allclose(neighbours["value"][1:] / BILLION, [25.5, 11.5], atol=0.05)


@needs_comtrade
def test_rankings_agree_with_an_independent_table(comtrade):
    """Russia's ten largest partners, 2014 to 2021, computed elsewhere from exporters' reports."""
    import pandas as pd

    expected = pd.read_csv(TOP_TEN)
    for year, rows in expected.groupby("year"):
        table = ranking(comtrade, "RUS", int(str(year)), books="exporters")
        complete = table[table["value"].notna()]
        assert list(complete.index[:10]) == list(rows["partner"]), year
        found = complete["value"][:10] / BILLION
        np.testing.assert_allclose(found, rows["turnover_busd_exporter_reported"], atol=0.0005)


@needs_comtrade
def test_the_mirror_case(comtrade):
    found = mirror(comtrade, 2021).set_index(["exporter", "importer"]) / BILLION
    assert found["by_exporter"]["RUS", "BLR"] == pytest.approx(23.13, abs=0.005)
    assert found["by_importer"]["RUS", "BLR"] == pytest.approx(11.95, abs=0.005)
    amount, part = unallocated(comtrade, 2021, "exporter")
    blr = comtrade.labels.index("BLR")
    assert amount[blr] / BILLION == pytest.approx(16.1, abs=0.05)
    assert part[blr] == pytest.approx(16.1 / 39.9, abs=0.005)
    own = turnover(comtrade, "BLR", "RUS", books="own").loc[2021]
    assert own["low"] < 38.8 * BILLION < own["high"]


@needs_comtrade
def test_silence_from_2022_is_missing_and_not_zero(comtrade):
    last = turnover(comtrade, "RUS", "BLR", books="exporters").loc[2022]
    assert np.isnan(last["turnover"])
    assert np.isinf(last["high"])
    matrix = comtrade.matrix(2022, "exporter")
    assert np.isnan(matrix.sel(exporter="RUS")).all()
    assert matrix.sel(exporter="DEU", importer="RUS") > BILLION
    (check,) = zv.check_claims(comtrade, "RUS BLR turnover 2022 = 40 bn USD").checks
    assert check.verdict == UNKNOWN
    (check,) = zv.check_claims(comtrade, "DEU RUS exports 2022 = 15 bn USD").checks
    assert any("RUS published no imports of 2022" in n for f in check.findings for n in f.notes)


@needs_comtrade
def test_comtrade_claims(comtrade):
    report = zv.check_claims(comtrade, CLAIMS)
    assert [check.verdict for check in report.checks] == [SUPPORTED, UNKNOWN, SUPPORTED, SUPPORTED]
    by_exporters = next(f for f in report.checks[1].findings if f.books == "exporters' reports")
    assert by_exporters.value == pytest.approx(0.280, abs=0.0005)
    assert by_exporters.as_published == CONTRADICTED
    assert by_exporters.low < 0.28 < 1 / 3 < by_exporters.high
    plain = zv.check_claims(comtrade, CLAIMS, unallocated="ignore").checks[1]
    assert (
        next(f for f in plain.findings if f.books == "exporters' reports").verdict == CONTRADICTED
    )


@needs_comtrade
@needs_icio
def test_growth_depends_on_the_source_once_the_national_series_is_there(comtrade, icio):
    """The national office's series grew by 34.9 %; its level is not needed here."""
    rows = [(2020, "RUS", "BLR", 2, 100.0), (2021, "RUS", "BLR", 2, 134.9)]
    national = flows_from_rows(rows, name="national office")
    check = zv.check_claims([icio, comtrade, national], CLAIMS).checks[1]
    assert check.verdict == DEPENDS
    assert check.reason.startswith(
        "on the source: supported with national office, contradicted with icio"
    )
