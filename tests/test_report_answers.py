"""Answers in the report: a section each, and bands wherever numbers are shown."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.questions import HEAD, TEXTS, answers, scenario_with, toy
from zollverein.asking.naming import COLUMNS
from zollverein.report import write_report
from zollverein.report.answer_figures import group_bars
from zollverein.report.bands import Bands, band_rows, bands_of
from zollverein.report.figures import ranked_bars
from zollverein.report.map import income_map, projected
from zollverein.report.reproduce import answers_in_python
from zollverein.report.study import _cells, content_of, in_words, write_study
from zollverein.report.style import encoded, house_style, signed
from zollverein.report.words import bands_line
from zollverein.scenario import Scenario, Tariff
from zollverein.tables import REPORT


@lru_cache
def result():
    return zv.simulate(toy(), scenario_with(*TEXTS))


@lru_cache
def bands() -> Any:
    return bands_of(answers().values())


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The folder of a report with every answer, and its text."""
    folder = tmp_path_factory.mktemp("report")
    written = write_report(result(), folder, list(answers().values()))
    assert all(path.stat().st_size for path in written)
    return folder, unescape((folder / "report.html").read_text(encoding="utf-8"))


def test_the_report_has_a_section_for_each_answer(page):
    folder, text = page
    titles = re.findall(r"<h2>(.*?)</h2>", text)
    expected = [
        "Duty" if kind == "coalition" else in_words(content_of(found).title)
        for kind, found in answers().items()
    ]
    first = titles.index(expected[0])
    assert titles[first : first + len(expected)] == expected
    with house_style():
        contents = [content_of(found, elsewhere=REPORT) for found in answers().values()]
    for number, content in enumerate(contents, 1):
        assert all(sentence in text for sentence in (*content.sentences, *content.notes))
        assert all(in_words(title) in text for title in content.tables)
        for figure in range(1, len(content.figures) + 1):
            assert (folder / "figures" / f"answer-{number:02}-{figure}.svg").is_file()
        assert not (
            folder / "figures" / f"answer-{number:02}-{len(content.figures) + 1}.svg"
        ).exists()
    assert "<script" not in text
    assert not re.search(r"""(src|href)=["'](?!data:)""", text)


def test_the_numbers_of_every_small_table_are_on_the_page(page):
    _, text = page
    for found in answers().values():
        for shown in content_of(found, elsewhere=REPORT).shown():
            for row in shown.rows:
                assert all(f">{cell}</" in text for cell in row), (shown.title, row)


def test_the_report_says_how_to_get_its_answers_again(page):
    _, text = page
    code = re.findall(r"The answers: <code>(.*?)</code>", text)
    assert code == ['zv.answer(zv.load_world("toy"), zv.read_scenario("scenario.toml"))']
    closed = zv.simulate(toy(), scenario_with("nash"), closure="zero")
    assert answers_in_python(closed) == ""
    assert answers_in_python(zv.simulate(toy(), Scenario())) == ""


def test_without_answers_nothing_is_added(tmp_path):
    write_report(result(), tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "band" not in text.split("</style>")[1]
    assert "draws" not in text.split("</style>")[1].replace("draws = 24", "").replace(
        "Natural Earth, which draws", ""
    )
    assert not list((tmp_path / "figures").glob("answer*"))


def test_bands_are_those_of_the_uncertainty():
    table = answers()["uncertainty"].table()
    assert bands().draws == 24
    assert set(bands().columns) == {*COLUMNS, "terms_of_trade_pct"}
    for column, kind in COLUMNS.items():
        found = bands().of(column)
        assert list(found.index) == list(toy().countries)
        rows = table.loc[[f"{kind} of {country}" for country in toy().countries]]
        expected = rows[["median_pct", "low_pct", "high_pct"]].to_numpy()
        assert np.isfinite(expected).all()
        np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-9, atol=1e-9)
    assert bands().of("wage_pct") is None


def test_the_table_of_all_economies_shows_them(page):
    _, text = page
    table = text.split("<h2>All economies</h2>")[1].split("</table>")[0]
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row) for row in table.split("<tr>")[2:]]
    columns = ["country", "role", *zv.simulate(toy(), Scenario.from_toml(HEAD)).table().columns]
    assert [row[0] for row in rows] == [
        f'<th scope="row">{country}</th>' for country in _by_income()
    ]
    for country, cells in zip(_by_income(), rows, strict=True):
        for column, cell in zip(columns[2:], cells[2:], strict=True):
            told = re.findall(r'<span class="band">(.*?)</span>', cell)
            median, low, high = bands().of(column).loc[country].tolist()
            assert told == [signed(median), f"{signed(low)} to {signed(high)}"]


def _by_income():
    change = result().table()["real_income_pct"].sort_values(ascending=False)
    return [str(country) for country in change.index]


def test_the_lines_below_the_headline_name_both_ends(page):
    _, text = page
    change = result().table()["real_income_pct"]
    line = bands_line(bands(), change)
    assert line.replace(" %", "\N{NO-BREAK SPACE}%") in text
    assert line.startswith("In nine draws of ten, 24 in all: ")
    for country in (change.idxmin(), change.idxmax()):
        median, low, high = bands().of("real_income_pct").loc[country].tolist()
        told = f"{country} between {signed(low)} % and {signed(high)} %, median {signed(median)} %"
        assert (told in line) == (abs(change[country]) >= 0.005)
    assert bands_line(None, change) == ""


def test_the_most_affected_stand_with_their_bands(page):
    _, text = page
    table = text.split("How the most affected economies stand")[1].split("</table>")[0]
    change = result().table()["real_income_pct"].to_dict()
    shown = [country for country in toy().countries if f'"row">{country}</th>' in table]
    assert shown
    for country in shown:
        median, low, high = bands().of("real_income_pct").loc[country].tolist()
        told = [signed(change[country]), signed(median), f"{signed(low)} to {signed(high)}"]
        assert '{}<span class="band">{}</span><span class="band">{}</span>'.format(*told) in table


def test_the_ranking_draws_them():
    change = pd.Series({"A": -3.0, "B": 1.0, "C": 0.5})
    spread = pd.DataFrame(
        {"median_pct": [-2.5, 1.1, 0.4], "low_pct": [-4.0, 0.5, -0.3], "high_pct": [-1, 2, 1]},
        index=["A", "B", "C"],
    )
    with house_style():
        left, right = ranked_bars(change, spread).axes
    drawn: Any = right.collections[0]
    ends = [segment[:, 0].tolist() for segment in drawn.get_segments()]
    assert ends == [[0.5, 2], [-0.3, 1]]
    medians: Any = right.lines[0]
    assert list(medians.get_xdata()) == [1.1, 0.4]
    assert left.get_xlim()[0] <= -4
    assert right.get_xlim()[0] <= -0.3  # a band that crosses zero is drawn whole
    assert right.get_xlim()[1] >= 2
    spans = [axes.get_xlim()[1] - axes.get_xlim()[0] for axes in (left, right)]
    assert spans[0] == pytest.approx(spans[1])
    with house_style():  # draws of one economy alone
        left, right = ranked_bars(change, spread.loc[["C"]]).axes
    assert left.get_xlim()[0] == pytest.approx(-3 * 1.3)
    assert right.get_xlim() == pytest.approx((-0.3 * 1.05, 3 * 1.3))


def test_the_map_dots_who_may_gain_or_lose():
    rows = {"RUS": (-1.0, -2.0, -0.5), "DEU": (0.1, -0.1, 0.3), "USA": (0.1, 0.0, 0.2)}
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["median_pct", "low_pct", "high_pct"]
    )
    some = Bands(24, {"real_income_pct": table})
    assert some.unsure("real_income_pct") == ("DEU",)
    assert some.unsure("exports_pct") == ()
    change = table["median_pct"]

    def dotted(unsure):
        axes = income_map(change, unsure=unsure).axes[0]
        return [
            len(found.get_paths())
            for found in axes.collections
            if "may gain or lose" in str(found.get_label())
        ]

    assert dotted(some.unsure("real_income_pct")) == [len(projected()["DEU"])]
    assert dotted(()) == []


def test_bands_of_some_economies_and_of_groups(tmp_path):
    found = zv.uncertainty(
        toy(),
        result().scenario,
        ["real_income HOM", "exports HOM+PAR", "output PAR goods"],
        draws=4,
        elasticity_spread=0.2,
        workers=1,
    )
    some = bands_of([3, found])
    assert some is not None
    assert set(some.columns) == {"real_income_pct"}
    assert some.text("real_income_pct", "RST") == ()
    assert some.text("exports_pct", "HOM") == ()
    write_report(result(), tmp_path, [found])
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.count('<span class="band">') == 4  # where they stand, and among all economies
    assert bands_of([answers()["nash"]]) is None
    assert band_rows(None, result().table(), ["HOM"]) == []


def test_a_long_table_is_folded_and_a_very_long_one_cut():
    from zollverein.report.study import Content

    table = pd.DataFrame({"x_pct": np.arange(600) / 7}, index=pd.RangeIndex(600, name="row"))
    (shown,) = Content("t", [], {}, {"long": table}, []).shown()
    assert (shown.title, shown.folded, len(shown.rows), shown.left_out) == ("Long", True, 500, 100)


def test_tables_name_units_and_give_a_sign_to_changes_only():
    """A spread has no sign; transfers, in money, have as many decimals each; no name is of a variable."""
    shown = {
        kind: content_of(answers()[kind]).shown()
        for kind in ("uncertainty", "coalition", "compare")
    }
    table = next(one for one in shown["uncertainty"] if "sd" in one.heads)
    place = table.heads.index("sd")
    assert all(row[place][0].isdigit() for row in table.rows)
    assert shown["coalition"][0].title.endswith("transfers in units")
    assert shown["compare"][0].title == "Exports by scenario, percent"
    amounts = pd.DataFrame({"transfer": [2045.4, -197.06, -1848.3]}, index=["A", "B", "C"])
    cells = _cells(amounts.rename_axis("member"))[1]
    assert [row[1] for row in cells] == ["+2045", "−197", "−1848"]


def test_words_for_readers():
    text = in_words("real_income of HOM: -0.4 %, 2e-07, A-1, my_name")
    assert text == "Real income of HOM: −0.4 %, 2e-07, A-1, my_name"


@pytest.mark.parametrize(
    "kind", [kind for kind in TEXTS if kind not in ("uncertainty", "ensemble")]
)
def test_every_answer_has_a_page(tmp_path, kind):
    path = write_study(answers()[kind], tmp_path / "page.html", name="<b>", assumed="model x")
    text = path.read_text(encoding="utf-8")
    assert "&lt;b&gt;: " in text
    assert "model x" in text
    assert not re.search(r"""(src|href)=["'](?!data:)""", text)
    assert text.count("<figure>") == len(content_of(answers()[kind]).figures) >= 1
    again = write_study(answers()[kind], tmp_path / "again.html", name="<b>", assumed="model x")
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("kind", "table", "columns"),
    [
        ("coalition", "members", ["shapley_pct", "cost_pct"]),
        ("kemp_wan", "members", ["real_income_pct", "shared_pct"]),
    ],
)
def test_bars_are_the_numbers_of_the_table(kind, table, columns):
    with house_style():
        figure = next(iter(content_of(answers()[kind]).figures.values()))
    axes: Any = figure.axes[0]
    drawn = sorted(bar.get_width() for bar in axes.patches)
    expected = sorted(getattr(answers()[kind], table)[columns].to_numpy().ravel().tolist())
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)


def test_duties_are_drawn_in_percent():
    with house_style():
        best, nash = (
            next(iter(content_of(answers()[kind]).figures.values()))
            for kind in ("optimal_tariff", "nash")
        )
    for figure, rates in (
        (best, answers()["optimal_tariff"].rates[["before", "best"]]),
        (nash, answers()["nash"].rates[["before", "nash"]]),
    ):
        axes: Any = figure.axes[0]
        drawn = sorted(bar.get_width() for bar in axes.patches)
        np.testing.assert_allclose(drawn, sorted((100 * rates).to_numpy().ravel()), rtol=1e-12)
        assert [label.get_text() for label in axes.get_yticklabels()] != []


def test_a_comparison_has_a_page(tmp_path):
    cases = [
        Scenario(name="A", measures=(Tariff(exporters="RST", importers="HOM", set=0.0),)),
        Scenario(name="B & C", trade_elasticity=6.0),
    ]
    found = zv.compare(cases, world=toy())
    with house_style():
        figures = content_of(found).figures
    assert len(figures) == 2
    text = write_study(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "What makes B &amp; C differ from A" in text


def test_bars_of_nothing_and_of_missing_numbers():
    with house_style():
        empty = group_bars(pd.DataFrame({"a": [0.0, np.nan]}, index=["x", "y"]), "t")
    assert encoded(empty, "svg").startswith(b"<?xml")


def test_the_scenario_in_the_report_holds_its_questions(page):
    _, text = page
    kinds = re.findall(r'^\[\[questions\]\]\nkind = "(\w+)"', text, flags=re.MULTILINE)
    assert kinds == list(TEXTS)
    json.dumps(result().scenario.to_dict())
