"""Charts and the profile: they show the numbers they are given, whatever the world."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.trade_statistics.worlds import cases
from zollverein.errors import DataError, ScenarioError
from zollverein.flows import turnover_history
from zollverein.names import country_name
from zollverein.report import (
    dependence_map,
    flow_matrix,
    partner_bars,
    product_space,
    save_figure,
    sector_names,
    share_bars,
    stability_map,
    turnover_lines,
    write_profile,
)
from zollverein.report.product_space import layout, spanning_tree
from zollverein.report.style import encoded
from zollverein.testing import random_world

S = zv.statistics
WORLD = random_world(2, countries=6, sectors=5)


def texts(figure: Any) -> list[str]:
    """Everything written in a figure."""
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_partner_bars_show_exports_imports_rank_and_share():
    ranking = S.partner_ranking(WORLD, "C0")
    figure: Any = partner_bars(ranking, unit="units", shown=3)
    axes = figure.axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    top = ranking.head(3)
    assert widths == pytest.approx([*top["exports"], *top["imports"]])
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [f"{k + 1}  {name}" for k, name in enumerate(top.index)]
    assert f"({100 * top['share'].iloc[0]:.1f} %)" in texts(figure)[0]


def test_share_bars_fill_the_whole():
    shares = pd.DataFrame(
        {"A": [0.5, 0.02], "B": [0.3, 0.08], "rest": [0.2, 0.9]}, index=["x", "y"]
    )
    figure: Any = share_bars(shares)
    widths = np.array([bar.get_width() for bar in figure.axes[0].patches]).reshape(3, 2)
    assert widths.sum(axis=0) == pytest.approx(1)
    assert texts(figure) == ["50", "30", "8", "20", "90"]  # 2 is too narrow to be written


def test_a_missing_year_is_a_gap_and_labels_keep_apart():
    table = pd.DataFrame({"a": {2019: 1.0, 2020: 2.0, 2022: 3.0}, "b": {2019: 1.0, 2022: 3.01}})
    figure: Any = turnover_lines(table)
    line = figure.axes[0].lines[0]
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)[2])
    heights = [text.xy[1] for text in figure.axes[0].texts]
    assert abs(heights[1] - heights[0]) >= 0.05 * 3
    assert figure.axes[0].get_ylim()[0] == 0


def test_more_series_than_colours_are_an_error():
    wide = pd.DataFrame(np.ones((1, 9)), index=[2020])
    for draw in (share_bars, turnover_lines):
        with pytest.raises(DataError, match="too many"):
            draw(wide)


def test_the_flow_matrix_writes_every_flow():
    flows = pd.DataFrame([[np.nan, 1234.0], [0.5, 0.0]], index=["A", "B"], columns=["A", "B"])
    assert texts(flow_matrix(flows)) == ["–", "1,234", "0.5", "–"]


def test_the_dependence_map_scales_its_colours_to_foreign_shares():
    shares = pd.DataFrame([[0.9, 0.1], [0.25, 0.75]], index=["A", "B"], columns=["A", "B"])
    image: Any = dependence_map(shares).axes[0].images[0]
    assert image.get_clim() == (0, pytest.approx(25))
    drawn = np.ma.filled(image.get_array(), np.nan)
    assert np.isnan(np.diag(drawn)).all()
    own: Any = dependence_map(shares.rename(index={"A": "steel", "B": "food"}), own="A")
    assert np.isnan(np.ma.filled(own.axes[0].images[0].get_array(), np.nan)[:, 0]).all()


def test_the_stability_map_leaves_out_what_is_never_flagged():
    stability = S.vulnerability_stability(WORLD, WORLD.countries[:2])
    image: Any = stability_map(stability).axes[0].images[0]
    ever = stability.any(("concentration", "import_share", "import_to_export")).values
    assert image.get_array().shape[0] == ever.sum()
    none = S.vulnerability_stability(WORLD, WORLD.countries[:2], grid={"concentration": (1.0,)})
    assert "No sector" in texts(stability_map(none))[0]


def test_the_product_space_fills_what_is_made():
    near = S.proximity(WORLD)
    table = pd.DataFrame(near.values, WORLD.sectors, WORLD.sectors)
    advantage = S.revealed_comparative_advantage(WORLD).sel(country="C1").to_series()
    sold = S.export_table(WORLD).sum("country").to_series()
    figure: Any = product_space(table, advantage, sold)
    colours = figure.axes[0].collections[0].get_facecolors()
    white = (colours[:, :3] == 1).all(axis=1)
    assert (white == (advantage.fillna(0).to_numpy() < 1)).all()
    assert texts(figure) == list(WORLD.sectors)


def test_the_network_is_connected_and_its_places_keep_distances():
    rng = np.random.default_rng(0)
    points = rng.random((9, 2))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    place = layout(1.05 - apart, rounds=800)
    again = np.linalg.norm(place[:, None] - place[None], axis=2)
    np.testing.assert_allclose(again, apart, atol=1e-3)
    links = spanning_tree(1 - apart)
    assert len(links) == 8
    reached = {0}
    for k, m in links:
        assert k in reached
        reached.add(m)
    assert reached == set(range(9))


def test_figures_are_written_as_svg_or_png_and_are_the_same_each_time(tmp_path):
    figure = partner_bars(S.partner_ranking(WORLD, "C0"))
    again = partner_bars(S.partner_ranking(WORLD, "C0"))
    assert encoded(figure, "svg") == encoded(again, "svg")
    assert save_figure(figure, tmp_path / "a.png").read_bytes()[1:4] == b"PNG"
    assert b"<svg" in save_figure(figure, tmp_path / "a.svg").read_bytes()
    with pytest.raises(DataError, match="svg or"):
        save_figure(figure, tmp_path / "a.gif")
    with pytest.raises(DataError, match="folder"):
        save_figure(figure, tmp_path / "nowhere" / "a.svg")


def test_sector_names_are_short_and_fall_back_to_labels():
    attrs = {"sector_names": '{"C20": "Manufacture of chemicals and chemical products"}'}
    assert sector_names(["C20", "X"], attrs) == {"C20": "Chemicals and chemical products", "X": "X"}


@pytest.mark.parametrize("world", cases(), ids=repr)
def test_any_world_has_a_profile_that_loads_nothing(world, tmp_path):
    label = world.countries[0]
    path = write_profile(world, label, tmp_path)
    assert path == tmp_path / f"{label}.html"
    page = path.read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|srcset|href)\s*=\s*[\"'](?!data:)", page)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "nan" not in re.sub(r"base64,[^\"]*", "", page)


def test_the_profile_of_belarus_has_its_numbers(tmp_path):
    world = zv.load_world("icio2022")
    page = write_profile(world, "Belarus", tmp_path / "b.html").read_text(encoding="utf-8")
    ranking = S.partner_ranking(world, "BLR")
    share = f"{100 * ranking['share'].iloc[0]:.0f}\N{NO-BREAK SPACE}%"
    assert f"{country_name(str(ranking.index[0]))} is the first partner with {share}" in page
    for text in ("Eurasian Economic Union", "Hidalgo and Hausmann", "CC BY 4.0"):
        assert text in page
    reliance = S.country_reliance(S.foreign_input_reliance(world), world)
    own = reliance.sel(source="BLR", country="BLR").item()
    assert f"{100 * (1 - own):.1f} %" in page
    with pytest.raises(ScenarioError, match="BLR"):
        write_profile(world, "Belarrus", tmp_path)


def test_describe_writes_the_profile_and_prints_headline_numbers(command, tmp_path):
    out = tmp_path / "hom.html"
    code, printed, _ = command("describe", "toy", "HOM", "--out", out)
    assert code == 0
    assert out.is_file()
    assert "openness" in printed
    assert "37.7 %" in printed


def test_describe_takes_an_economy_of_the_default_world(command):
    code, printed, _ = command("describe", "Belarus", "--json")
    assert code == 0
    assert '"BLR"' in printed


def test_a_profile_shows_turnover_over_the_years_of_a_table_of_flows(command, tmp_path):
    pytest.importorskip("duckdb", reason="the optional package duckdb is not installed")
    rows = [
        f"{year},{seller},{buyer},{1e6 * (year - 2018)}"
        for year in (2019, 2020, 2021)
        for seller in ("BLR", "RUS", "KAZ")
        for buyer in ("BLR", "RUS", "KAZ")
        if seller != buyer
    ]
    table = tmp_path / "flows.csv"
    table.write_text("\n".join(["year,exporter,importer,value", *rows]), encoding="utf-8")
    page = tmp_path / "blr.html"
    options = ["--flows", table, "--unit", "USD", "--out", page]
    code, _, complaint = command("describe", "BLR", *options)
    assert code == 0, complaint
    assert "Lines of turnover by year" in page.read_text(encoding="utf-8")
    history = turnover_history(zv.read_flows(table, unit="USD"), "BLR", scale=1.0)
    assert set(history) == {"RUS", "KAZ"}
    np.testing.assert_allclose(history["RUS"], [2e6, 4e6, 6e6])
    code, _, _ = command("describe", "BLR", "--out", page)
    assert code == 0
    assert "Lines of turnover by year" not in page.read_text(encoding="utf-8")


MISTAKES = {
    "neither world nor economy": (["Belarrus"], "did you mean 'BLR'"),
    "a world has no profile": (["toy", "--out", "x.html"], "name one"),
    "no such folder": (["toy", "HOM", "--out", "nowhere/x.html"], "folder"),
}


@pytest.mark.parametrize(("words", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_message(command, words, said):
    code, _, complaint = command("describe", *words)
    assert code == 1
    assert said in complaint
    assert "Traceback" not in complaint
