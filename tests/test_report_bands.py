"""Bands in the report: every matrix, bar and small table shows those of the draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from tests.test_uncertainty import OUTCOMES, case, options
from tests.test_uncertainty_tables import found, scenario
from zollverein.report import plot_bands, write_report
from zollverein.report.band_figures import table_figure
from zollverein.report.bands import bands_of
from zollverein.report.figures import sector_bars, trade_matrix
from zollverein.report.style import encoded, house_style, signed


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bands")
    answer = zv.uncertainty(
        zv.load_world("toy"), scenario(), "real_income HOM", draws=12, decompose=0, seed=2,
        elasticity_spread=0.3, workers=1, tables=["report", "trade"],
    )  # fmt: skip
    write_report(zv.simulate(zv.load_world("toy"), scenario()), folder, [answer])
    return answer, (folder / "report.html").read_text(encoding="utf-8")


def test_the_matrix_of_the_report_has_its_bands(page):
    answer, text = page
    part = text.split("The matrix with medians and bands")[1].split("</table>")[0]
    bands = answer.bands("group_trade")
    for seller in bands.indexes["exporter_group"]:
        for buyer in bands.indexes["importer_group"]:
            cell = bands.sel(exporter_group=seller, importer_group=buyer)
            median, low, high = (float(cell[name]) for name in ("median", "low", "high"))
            if np.isfinite(median):
                told = f'<span class="band">{signed(median, 1)}</span>'
                band = f"{signed(low, 1)} to {signed(high, 1)}"
                assert told + f'<span class="band">{band}</span>' in part
    assert part.count('<span class="band">') == 2 * int(np.isfinite(bands["median"]).sum()) > 0


def test_every_small_table_of_the_report_has_its_bands(page):
    answer, text = page
    rows = {
        "How the most affected economies stand": 3 * 6,
        "Who gets what": None,
        "Who supplies instead of whom": 3 * 6,
        "More domestic, at what price": None,
    }
    for title, count in rows.items():
        table = text.split(f"<h2>{title}</h2>")[1].split("</table>")[0]
        count_of = table.count('<span class="band">') // 2
        assert count_of == count if count else count_of > 0
    gains = answer.bands("booking").sel(country="HOM", entry="tariff_revenue")
    low, high = (signed(float(gains[end])) for end in ("low", "high"))
    assert (
        f">{low} to {high}</span>" in text.split("<h2>Who gets what</h2>")[1].split("</table>")[0]
    )
    everyone = text.split("<h2>All economies</h2>")[1].split("</table>")[0]
    terms = answer.bands("effects").sel(effect="terms_of_trade_pct", country="RST")
    low, high = (signed(float(terms[end])) for end in ("low", "high"))
    assert f">{low} to {high}</span>" in everyone


def test_a_table_that_the_report_has_not_is_in_the_answer(page):
    _, text = page
    assert "Medians and bands: trade between economies, percent" in text
    assert "Medians and bands: trade between groups" not in text


def test_the_matrix_dots_what_is_not_sure():
    names = ["A", "B"]
    change = pd.DataFrame([[np.nan, -2.0], [1.0, np.nan]], index=names, columns=names)
    dims = ("exporter_group", "importer_group")
    coords = dict.fromkeys(dims, names)
    low = np.array([[np.nan, -3.0], [-1.0, np.nan]])
    parts = {"median": change.to_numpy(), "low": low, "high": low + 2}
    bands = xr.Dataset({n: (dims, v) for n, v in parts.items()}, coords=coords)
    with house_style():
        axes: Any = trade_matrix(change, bands).axes[0]
        plain: Any = trade_matrix(change).axes[0]
    assert [bar.get_xy() for bar in axes.patches] == [(-0.5, 0.5)]  # the importer A of B's goods
    written = [text.get_text() for text in axes.texts]
    assert "−3.0 to −1.0" in written
    assert "−1.0 to +1.0" in written
    assert len(plain.patches) == 0


def test_bars_of_sectors_have_whiskers():
    wages = pd.DataFrame({"A": [0.5, -0.2]}, index=["goods", "services"])
    spans = {"median": wages * 0.9, "low": wages - 0.4, "high": wages + 0.4}
    with house_style():
        axes: Any = sector_bars(wages, 0 * wages, spans, None).axes[0]
    drawn = [segment[:, 0].tolist() for segment in axes.collections[0].get_segments()]
    np.testing.assert_allclose(drawn, [[0.1, 0.9], [-0.6, 0.2]])
    assert axes.get_xlim()[0] <= -0.6
    assert axes.get_xlim()[1] >= 0.9


@pytest.mark.parametrize("name", ["trade", "effects", "output", "standing", "domestic_share"])
def test_any_table_can_be_plotted(name):
    figure = plot_bands(found().bands(name))
    assert encoded(figure, "svg").startswith(b"<?xml")
    with house_style():
        named = table_figure(found().bands(name), "My title")
    assert named.axes[0].get_title(loc="left").startswith("My title")


def test_bands_of_a_report_without_the_table_of_effects():
    bands = bands_of([zv.uncertainty(**options(workers=1, draws=4, decompose=0, tables="output"))])
    assert bands is not None
    assert set(bands.columns) == {"real_income_pct"}
    assert bands.cell("output", country="C9", sector="s0") == ()
    assert bands.cell("trade", exporter="C0", importer="C1") == ()
    assert OUTCOMES[0] == "real_income C1"
    assert case()[0].countries[1] == "C1"
