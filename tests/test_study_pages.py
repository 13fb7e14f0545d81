"""Pages about attribution, uncertainty and ensembles: self-contained, complete, safe with any text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.test_ensemble import found as some_ensemble
from tests.test_uncertainty import options
from zollverein.errors import DataError
from zollverein.report.study import content_of, write_study
from zollverein.report.style import encoded, house_style
from zollverein.scenario import Barrier, Scenario, Tariff

NAMES = ("attribution", "uncertainty", "ensemble")


@lru_cache
def answer(name):
    if name == "uncertainty":
        return zv.uncertainty(**options(workers=1))
    if name == "ensemble":
        return some_ensemble()
    scenario = Scenario(
        measures=(
            Tariff(name="<b>duty</b>", exporters="RST", importers="HOM", set=0.0),
            Barrier(name="market", exporters="HOM", importers="PAR", remove=0.1),
        )
    )
    return zv.attribute(zv.load_world("toy"), scenario, "real_income HOM", workers=1)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_needs_nothing_else(tmp_path, name):
    page = write_study(answer(name), tmp_path / "page.html", name="A <script> & more")
    text = page.read_text(encoding="utf-8")
    assert "A &lt;script&gt; &amp; more" in text
    assert "<script" not in text
    assert not re.search(r"""(src|href)=["'](?!data:)""", text)
    assert text.count("<figure>") == len(content_of(answer(name)).figures) >= 1
    again = write_study(answer(name), tmp_path / "again.html", name="A <script> & more")
    assert again.read_bytes() == page.read_bytes()


def test_a_page_shows_every_number_of_its_tables(tmp_path):
    found = answer("attribution")
    text = write_study(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;duty&lt;/b&gt;" in text
    for value in found.table()["effect_pct"]:
        assert f"{abs(round(value, 3)):.3f}" in text


def test_answers_of_one_kind_share_a_page_and_none_is_lost(tmp_path):
    found = answer("attribution")
    other = replace(found, effect=-3 * found.effect, total=-3 * found.total)
    content = content_of((found, other))
    assert list(content.tables) == ["Effects in percent", "Effects in percent (2)"]
    assert [len(part.figures) for part in (content_of(found), content)] == [1, 2]
    text = write_study((found, other), tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count("<figure>") == 2
    for value in (*found.table()["effect_pct"], *other.table()["effect_pct"]):
        assert f"{abs(round(value, 3)):.3f}" in text


@pytest.mark.parametrize("name", NAMES)
def test_figures_draw_what_the_tables_say(name):
    with house_style():
        figures = list(content_of(answer(name)).figures.values())
    axes: Any = figures[0].axes[0]
    if name == "attribution":
        drawn = sorted(bar.get_width() for bar in axes.patches)
        expected = sorted(100 * answer(name).effect)
    elif name == "uncertainty":
        drawn = sorted(axes.lines[0].get_xdata())
        expected = sorted(answer(name).table()["median_pct"])
    else:
        drawn = list(axes.lines[1].get_xdata())
        expected = answer(name).table()["real_income of C0"].tolist()
    np.testing.assert_allclose(np.array(drawn, dtype=float), expected, rtol=1e-12)
    for figure in figures:
        assert encoded(figure, "svg").startswith(b"<?xml")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        write_study(answer("attribution"), tmp_path / "no" / "page.html")


def test_only_answers_have_pages(tmp_path):
    with pytest.raises(TypeError, match="no page"):
        write_study(3, tmp_path / "page.html")
