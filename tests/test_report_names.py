"""Names that are long or in other alphabets, small and large amounts, and long tables on paper."""

from __future__ import annotations

import io
import warnings
from itertools import pairwise

import pandas as pd
import pytest

import zollverein as zv
from zollverein import errors
from zollverein.report import fonts, save_figure, write_profile, write_report
from zollverein.report import pdf as paper
from zollverein.report.charts import decimals, partner_bars, share_bars
from zollverein.report.figures import ranked_bars
from zollverein.report.page import draw
from zollverein.report.study import _FOLDED, write_study
from zollverein.report.style import house_style, new_figure, shortened
from zollverein.scenario import Scenario, Tariff
from zollverein.world import World

#: A sign that DejaVu Sans lacks and DejaVu Sans Mono has; both come with matplotlib.
ARC = "\N{ARC}"
LONG = "A country with a long name in the northern sea, islands and territories included"


def named_world(*names, scale=1.0):
    """The toy world under other names, and in another unit."""
    toy = zv.load_world("toy")
    keys = ("trade_flow", "intermediate_use", "value_added", "final_demand")
    return World.from_arrays(
        name="named",
        countries=names,
        sectors=toy.sectors,
        tariff=toy.values("tariff"),
        attrs={"trade_elasticity": 4.0, "currency": "EUR"},
        **{key: scale * toy.values(key) for key in keys},
    )


def freer(world):
    first, _, last = world.countries
    return zv.simulate(world, Scenario(measures=[Tariff(exporters=last, importers=first, set=0.0)]))


def written_on(label):
    """A figure that says one thing."""
    with house_style():
        figure = new_figure(3, 1)
        axes = figure.add_subplot()
        axes.set_yticks([0], [label])
        axes.set_title(f"{label}: a title")
    return figure


def texts(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.fixture
def no_font(monkeypatch):
    """As if the house font were the only one."""
    from matplotlib.font_manager import fontManager

    house = [font for font in fontManager.ttflist if font.name == fonts.HOUSE]
    monkeypatch.setattr(fontManager, "ttflist", house)
    fonts._helpers.cache_clear()
    yield
    fonts._helpers.cache_clear()


def test_letters_that_the_house_font_lacks_are_from_another(tmp_path):
    fonts._helpers.cache_clear()
    figure = written_on(f"Land {ARC}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_figure(figure, tmp_path / "arc.svg")
        save_figure(figure, tmp_path / "arc.png")
    assert fonts.note([figure]) == ""
    (label,) = figure.axes[0].get_yticklabels()
    assert label.get_fontfamily()[0] == fonts.HOUSE
    assert len(label.get_fontfamily()) == 2


@pytest.mark.usefixtures("no_font")
def test_a_figure_that_is_saved_with_boxes_says_so(tmp_path):
    with pytest.warns(UserWarning, match="boxes stand for letters of 日本国: no") as said:
        save_figure(written_on("日本国"), tmp_path / "box.svg")
    assert len(said) == 1


def test_a_figure_that_needs_no_other_font_is_as_it_was():
    figure = written_on("Land")
    before = [text.get_fontfamily() for text in figure.axes[0].get_yticklabels()]
    fonts.fit(figure)
    assert [text.get_fontfamily() for text in figure.axes[0].get_yticklabels()] == before
    assert fonts.note([figure, written_on("Корея\nÉire")]) == ""


@pytest.mark.usefixtures("no_font")
def test_what_no_font_can_write_is_said_once_on_every_page(tmp_path):
    world = named_world("日本国", "中国 南", "Rest")
    result = freer(world)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_report(result, tmp_path)
        write_profile(world, "日本国", tmp_path / "profile.html")
        found = zv.compare([result, freer(world)])
        write_study(found, tmp_path / "study.html")
    for name in ("report.html", "profile.html"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert page.count("boxes stand for letters of") == 1, name
        assert "日本国" in page.split("boxes stand for letters of")[1].split(":")[0]
        assert "中国, 南" in page.split("boxes stand for letters of")[1].split(": no")[0]
    assert "Rest" not in fonts.note(draw(result).values())


@pytest.mark.parametrize("narrow", [False, True])
def test_long_names_leave_room_for_bars(narrow):
    other = LONG.replace("northern", "southern")
    change = pd.Series({LONG: -3.0, "Austria": -1.0, "Côted'IvoireetsesDépendances": 0.8})
    with house_style():
        figure = ranked_bars(change, narrow=narrow)
    figure.draw_without_rendering()
    for axes in figure.axes:
        assert axes.get_window_extent().width > 0.2 * figure.bbox.width
        assert axes.title.get_window_extent().x1 <= figure.bbox.width
    assert texts(figure.axes[0]) == ["A country with a …", "Austria"]
    with house_style():  # names that would read alike are not cut
        figure = ranked_bars(pd.Series({LONG: -3.0, other: -1.0}), narrow=narrow)
    assert texts(figure.axes[0]) == [LONG, other]


def test_a_long_word_is_cut_within():
    assert shortened("Cote d'Ivoire+Dependencies", 22) == "Cote d'Ivoire+Depend …"
    assert shortened("Manufacture of chemicals and chemical products", 34) == (
        "Manufacture of chemicals …"
    )


def test_partners_of_long_names_are_all_in_the_legend():
    names = [f"{LONG[: 30 + k]} {k}" for k in range(5)]
    figure = share_bars(pd.DataFrame([[0.2] * 5] * 2, index=["exports", "imports"], columns=names))
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 5
    assert legend.get_window_extent().x1 <= figure.bbox.width


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e6])
def test_amounts_have_the_decimals_that_their_size_asks_for(unit, tmp_path):
    world = named_world("AAA", "BBB", "CCC", scale=unit)
    ranking = zv.statistics.partner_ranking(world, "AAA")
    figure = partner_bars(ranking)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    said = [text.get_text().split("  (")[0] for text in axes.texts]
    shown = [float(text.replace(",", "")) for text in said]
    assert shown == pytest.approx(ranking["turnover"].tolist(), rel=0.01)
    boxes = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
    inside = [box for box in boxes if box.width]
    assert all(one.x1 <= two.x0 for one, two in pairwise(inside))
    page = write_profile(world, "AAA", tmp_path / "profile.html").read_text(encoding="utf-8")
    exports = f"{20 * unit:,.{decimals(20 * unit)}f}"
    assert f"<td>{exports}</td>" in page


def test_decimals():
    assert [decimals(x) for x in (0.0, 1e9, 10.0, 9.9, 1.0, 0.02)] == [0, 0, 0, 2, 2, 4]


def test_long_tables_are_cut_on_paper_and_whole_on_screen(tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf, which reads the PDF, is not installed")
    try:
        paper.require_pdf()
    except errors.MissingExtra as missing:
        pytest.skip(str(missing))
    scenario = zv.read_scenario("examples/union-under-sanctions.toml")
    found = zv.uncertainty(zv.load_world("icio2022"), scenario, draws=2)
    pages = {kind: write_study(found, tmp_path / f"study.{kind}") for kind in ("html", "pdf")}
    screen = pages["html"].read_text(encoding="utf-8")
    said = " ".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pages["pdf"].read_bytes())).pages
    )
    rows = [str(outcome).replace("_", " ") for outcome in found.outcomes]
    assert len(rows) == 80
    assert all(f">{row}<" in screen for row in rows)
    printed = [row in " ".join(said.split()) for row in rows]
    assert all(printed[:_FOLDED])
    assert not any(printed[_FOLDED + 1 :])
    assert f"nth-child(n+{_FOLDED + 1})" in screen
    assert f"{80 - _FOLDED} more rows are in the page as HTML" in " ".join(said.split())
