"""The report: self-contained, safe with any text, and its tables add up."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from zollverein.names import country_name
from zollverein.report import write_report
from zollverein.report.figures import ranked_bars, trade_matrix
from zollverein.report.map import DOTS, can_draw, equal_earth, income_map, outlines
from zollverein.report.style import encoded, percent_limit
from zollverein.report.tables import (
    groups_of,
    job_shifts,
    most_affected,
    trade_between,
    trade_change,
    wage_contributions,
)
from zollverein.report.words import headline
from zollverein.scenario import Scenario


@pytest.fixture(scope="module")
def union():
    """The shipped example on the packaged world."""
    scenario = zv.read_scenario("examples/union-under-sanctions.toml")
    return zv.simulate(zv.load_world("icio2022"), scenario)


@pytest.fixture(scope="module")
def written(union, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return folder, write_report(union, folder)


def test_the_page_loads_nothing_from_elsewhere(written):
    page = (written[0] / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)\s*=\s*[\"'](?!data:)", page)
    assert "<script" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_the_page_says_what_matters(written, union):
    page = (written[0] / "report.html").read_text(encoding="utf-8")
    for text in (
        "Union under sanctions",
        "CC BY 4.0",
        "Certificate",
        "trade_balance",
        "Natural Earth",
    ):
        assert text in page
    assert f"{union.residual:.1e}" in page
    for country in union.before.countries:
        assert country_name(country) in page or country_name(country).replace("'", "&#39;") in page


def test_every_figure_is_there_as_svg_and_png(written):
    names = {path.name for path in written[1]}
    figures = ("map", "ranking", "trade", "sectors")
    assert names == {"report.html", *(f"{f}.{kind}" for f in figures for kind in ("svg", "png"))}
    assert all(path.stat().st_size > 5000 for path in written[1])


def test_what_a_user_wrote_is_never_markup(tmp_path):
    text = '<script>alert("x")</script>'
    scenario = Scenario(name=text, description=text, world="toy")
    write_report(zv.simulate(zv.load_world("toy"), scenario), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_world_that_is_not_of_this_earth_has_no_map(tmp_path):
    write_report(zv.simulate(zv.load_world("toy"), Scenario()), tmp_path)
    assert not (tmp_path / "figures" / "map.svg").exists()
    assert "hardly anything" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_headline_names_the_extremes(union):
    change = union.table()["real_income_pct"]
    for label in (change.idxmin(), change.idxmax()):
        assert country_name(label) in headline(union)


def test_groups_are_a_partition_and_their_trade_adds_up(union):
    groups = groups_of(union)
    members = [country for group in groups.values() for country in group]
    assert sorted(members) == sorted(union.before.countries)
    assert {"coalition", "Union State"} <= set(groups)
    total = trade_between(union.before, groups).to_numpy().sum()
    flow = union.before.data["trade_flow"].values.copy()
    flow[np.diag_indices(len(flow))] = 0
    assert total == pytest.approx(flow.sum(), rel=1e-12)
    change = trade_change(union).to_numpy()
    places = list(groups)
    assert change[places.index("coalition"), places.index("Union State")] < -50


def test_sector_tables_add_up(union):
    countries = most_affected(union.table()["real_income_pct"])
    assert countries[0] == "RUS"
    assert "BLR" in countries
    wages, jobs = wage_contributions(union, countries), job_shifts(union, countries)
    real_wage = np.log1p(union.table().loc[countries, "real_wage_pct"] / 100)
    np.testing.assert_allclose(wages.sum(), 100 * real_wage, rtol=1e-9, equal_nan=False)
    np.testing.assert_allclose(jobs.sum(), 0, atol=1e-9)


def test_the_map_covers_every_packaged_economy():
    countries = zv.load_world("icio2022").countries
    assert not [c for c in countries if c not in outlines() and c not in DOTS]
    assert can_draw(countries)
    for rings in outlines().values():
        for ring in rings:
            longitude, latitude = np.array(ring).T
            assert np.abs(longitude).max() <= 180
            assert np.abs(latitude).max() <= 90


def test_equal_earth_keeps_areas():
    """A small cell's area on the map over its area on the sphere is the same everywhere."""
    ratios = []
    for latitude in (0.0, 30.0, 60.0, 80.0):
        corner = np.array([0.0, 0.01, 0.01, 0.0]), latitude + np.array([0.0, 0.0, 0.01, 0.01])
        x, y = equal_earth(*corner)
        area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
        ratios.append(area / np.cos(np.radians(latitude + 0.005)))
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-4)


@pytest.mark.parametrize(
    ("values", "limit"),
    [([0.0], 1.0), ([-0.3, 0.2], 0.5), ([0.01] * 99 + [50.0], 5.0), ([1.0], 1.0)],
)
def test_scale_limits_are_round_and_cover_most(values, limit):
    assert percent_limit(values) == pytest.approx(limit)


def test_a_figure_is_the_same_each_time():
    change = pd.Series({"A": -1.0, "B": 2.0})
    first, second = (encoded(ranked_bars(change), "svg") for _ in range(2))
    assert first == second


def test_figures_survive_one_sided_and_missing_values():
    encoded(ranked_bars(pd.Series({"A": 1.0})), "png")
    encoded(trade_matrix(pd.DataFrame([[np.nan]], index=["A"], columns=["A"])), "png")
    encoded(income_map(pd.Series({"RUS": 0.0})), "png")
