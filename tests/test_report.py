"""The report: self-contained, safe with any text, and its tables add up."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from zollverein.errors import DataError
from zollverein.names import country_name
from zollverein.report import write_report
from zollverein.report.direction import isolated, marked
from zollverein.report.figures import ranked_bars, sector_bars, trade_matrix
from zollverein.report.fill import fill
from zollverein.report.map import (
    DOTS,
    can_draw,
    dots,
    equal_earth,
    income_map,
    not_drawn,
    outlines,
)
from zollverein.report.reproduce import command, in_python
from zollverein.report.style import beyond, encoded, house_style, percent_limit, signed
from zollverein.report.tables import job_shifts, trade_change, wage_contributions
from zollverein.report.words import headline, map_note, verdict
from zollverein.scenario import Scenario, Tariff
from zollverein.tables import groups_of, most_affected, trade_between


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
    assert not re.findall(r"(?:src|srcset|href)\s*=\s*[\"'](?!data:)", page)
    assert "default-src 'none'" in page  # and a browser would refuse
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
    assert (
        "Kazakhstan" in groups
    )  # what is left of a bloc goes by its own name where it is one economy
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
    with house_style():
        empty = sector_bars(pd.DataFrame({"A": {"x": 1e-12}}), pd.DataFrame({"A": {"x": 0.0}}))
    assert not any(axes.patches for axes in empty.axes)  # rounding is no effect


def free_trade(blocs=None, importers="HOM", **choices):
    scenario = Scenario(
        blocs=blocs or {}, measures=[Tariff(exporters="RST", importers=importers, set=0.0)]
    )
    return zv.simulate(zv.load_world("toy"), scenario, **choices)


def test_a_name_is_no_formula(tmp_path):
    """A dollar sign in a group's name once was mathematics to the figures, and an error."""
    name = r"a$\frac$"
    written = write_report(free_trade({name: ["HOM", "PAR"]}, name), tmp_path / "new" / "folder")
    assert all(path.exists() for path in written)


def test_a_group_called_the_rest_of_the_world_loses_nobody(union):
    blocs = {"rest of the world": ["RUS", "BLR"]}
    scenario = Scenario(
        blocs=blocs,
        measures=[Tariff(exporters="CHN", importers="rest of the world", add=0.1)],
    )
    groups = groups_of(zv.simulate(union.before, scenario))
    assert sorted(groups["rest of the world"]) == ["BLR", "RUS"]
    assert sorted(c for members in groups.values() for c in members) == sorted(
        union.before.countries
    )


def test_sectors_of_the_same_name_stay_apart():
    world = zv.load_world("toy")
    names = '{"goods": "Same", "services": "Same"}'
    data = world.data.assign_attrs(sector_names=names)
    scenario = Scenario(measures=[Tariff(exporters="RST", importers="HOM", set=0.0)])
    table = job_shifts(zv.simulate(zv.World("twins", data), scenario), ["HOM"])
    assert list(table.index) == ["Same (goods)", "Same (services)"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({}, 'zv.read_scenario("scenario.toml"))'),
        ({"closure": "zero"}, 'closure="zero"'),
        ({"trade_elasticity": 6}, "trade_elasticity=6.0"),
        ({"trade_elasticity": {"goods": 5, "services": 4}}, "parameters.trade_elasticity"),
        ({"tolerance": 1e-8}, "tolerance=1e-08"),
        ({"input_elasticity": 0.123456789}, "input_elasticity=0.123456789"),
    ],
)
def test_the_lines_to_reproduce_give_the_result(choices, said, tmp_path, monkeypatch):
    result = free_trade(**choices)
    code = in_python(result)
    assert said in code
    assert bool(choices) != bool(command(result))  # the command has no such keywords
    (tmp_path / "scenario.toml").write_text(result.scenario.to_toml(), encoding="utf-8")
    result.to_netcdf(tmp_path / "result.nc")
    monkeypatch.chdir(tmp_path)
    space: dict[str, zv.Result] = {}
    exec(code.replace("print(result.table())", ""), space)  # noqa: S102
    pd.testing.assert_frame_equal(space["result"].table(), result.table(), rtol=1e-9)


def test_reproducing_a_policy_or_another_world():
    result = free_trade()
    assert command(result) == "zollverein run scenario.toml --world toy"
    bare = zv.simulate(result.before, result.policy)
    assert "load_result" in in_python(bare)
    assert not command(bare)
    policy = Scenario(world="icio2022", trade_elasticity="FGO")
    other = zv.simulate(zv.load_world("icio2022"), policy, trade_elasticity="CP")
    assert 'trade_elasticity="CP"' in in_python(other)
    own = zv.simulate(zv.World("mine", result.before.data), result.scenario)
    assert 'load_world("WORLD.nc")' in in_python(own)


def test_a_file_that_calls_itself_like_a_packaged_world_is_not_taken_for_it(tmp_path):
    result = free_trade()
    people = result.before.data.assign(population=2 * result.before.data["wage"])
    path = zv.World("toy", people).to_netcdf(tmp_path / "toy.nc")
    own = zv.simulate(zv.load_world(path), result.scenario)
    assert 'load_world("WORLD.nc")' in in_python(own)
    assert command(own) == "zollverein run scenario.toml --world WORLD.nc"
    opening = {"kind": "procurement", "members": ["HOM", "PAR"], "sectors": "goods", "open": 0.5}
    scenario = Scenario.from_dict({"measures": [opening], "trade_elasticity": 4.0})
    told = zv.simulate(result.before, scenario)  # its baseline tells governments apart
    assert 'load_world("toy")' in in_python(told)
    loaded = zv.load_result(told.to_netcdf(tmp_path / "result.nc"))
    assert 'load_world("toy")' in in_python(loaded)


def test_a_saved_result_gives_the_same_figures(tmp_path):
    result = free_trade()
    loaded = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    pages = [
        {p.name: p.read_bytes() for p in write_report(r, tmp_path / n) if p.suffix == ".svg"}
        for n, r in (("a", result), ("b", loaded))
    ]
    assert pages[0] == pages[1]


def test_the_readers_own_plot_settings_change_nothing_and_return():
    change = pd.Series({"A": -1.0, "B": 2.0})

    def drawn():
        with house_style():
            return encoded(ranked_bars(change), "svg")

    plain = drawn()
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 20}):
        assert drawn() == plain
        assert mpl.rcParams["font.size"] == 20


def test_losses_and_gains_have_one_scale():
    losses, gains = ranked_bars(pd.Series({"A": -3.0, "B": 0.06, "C": 0.001})).axes
    assert losses.get_xlim()[0] == -gains.get_xlim()[1]
    assert len(gains.patches) == 1  # 0.001 % is shown as 0.00, which is no gain


def test_small_economies_are_dots():
    assert {"CYP", "LUX", "BRN", "SGP", "MLT", "HKG"} <= set(dots())
    assert not {"RUS", "DEU", "BEL"} & set(dots())
    assert not_drawn(("DEU", "ROW")) == ["ROW"]
    assert not can_draw(("HOM", "PAR", "RST"))


def test_the_map_says_what_it_does_not_show():
    change = pd.Series({"DEU": 0.1, "FRA": -0.1, "ROW": 0.2} | dict.fromkeys(outlines(), 0.1))
    change["RUS"] = -30.0
    note = map_note(change)
    assert "Russia −30.00" in note
    assert "Rest of the world" in note


def test_a_world_without_codes_of_countries_has_words_in_place_of_the_map(tmp_path, union):
    page = write_report(free_trade(), tmp_path)[0].read_text(encoding="utf-8")
    assert "There is no map" in page
    assert "World map" not in page
    assert "There is no map" not in write_report(union, tmp_path / "u")[0].read_text("utf-8")


def test_words_from_right_to_left_are_apart_from_the_numbers_beside_them():
    said = isolated('المملكة العربية: −1.5 % & ישראל (צה"ל) +2')
    assert (
        said == "<bdi>المملكة العربية</bdi>: −1.5 % &amp; <bdi>ישראל</bdi> (<bdi>צה&#34;ל</bdi>) +2"
    )
    assert isolated("plain & simple") == "plain & simple"
    assert isolated(said) is said
    name = "العربية"
    assert marked(f"{name}: −2") == marked(marked(f"{name}: −2")) == f"\u2068{name}\u2069: −2"
    values = {"name": "العربية", "title": "x", "sentences": ["العربية −1"], "pictures": [("א", "")]}
    values |= dict.fromkeys(("tables", "notes", "assumed", "boxes", "version"), "")
    page = fill("study.html.j2", values)
    assert "<title>العربية: x – Zollverein</title>" in page
    assert "<bdi>العربية</bdi> −1" in page
    assert 'alt="א"' in page


def test_the_verdict_names_what_fails(union):
    certificate = zv.verify(union)
    assert verdict(certificate) == "Every equilibrium condition holds."
    certificate.conditions["income"] = np.nan
    assert "see income below" in verdict(certificate)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-1.754, "−1.75"), (0.004, "0.00"), (-0.004, "0.00"), (2.0, "+2.00"), (np.nan, "–")],
)
def test_numbers_are_written_one_way(value, text):
    assert signed(value) == text


def test_arrows_stand_only_where_values_lie_beyond():
    assert [beyond(v, 1) for v in ([0.5], [2.0], [-2.0], [-2.0, 2.0])] == [
        "neither",
        "max",
        "min",
        "both",
    ]


def test_drawing_leaves_pyplot_alone():
    code = (
        "import sys, tempfile, zollverein as zv\n"
        "from zollverein.report import write_report\n"
        "from zollverein.scenario import Scenario\n"
        "assert 'matplotlib' not in sys.modules\n"
        "write_report(zv.simulate(zv.load_world('toy'), Scenario()), tempfile.mkdtemp())\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"MPLBACKEND": "agg"})


def test_a_file_where_the_folder_should_be_is_one_message(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = zv.simulate(zv.load_world("toy"), Scenario())
    with pytest.raises(DataError, match=r"Cannot write to .*file' is not a folder"):
        write_report(result, tmp_path / "file")


def test_a_report_that_cannot_be_made_leaves_nothing(tmp_path, union, monkeypatch):
    def fails(*_):
        raise RuntimeError("no table")

    monkeypatch.setattr("zollverein.report.page.content", fails)
    with pytest.raises(RuntimeError):
        write_report(union, tmp_path / "new")
    assert not (tmp_path / "new").exists()
