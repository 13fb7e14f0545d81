"""Groups of one's own: made, filled, used, renamed and taken away, all in the panel."""

from __future__ import annotations

import pytest

import zollverein as zv
from tests.app.browser.hands import choose, downloaded, income, named, settled


@pytest.fixture
def groups(page):
    """The page with the part about groups open."""
    page.click("[data-key=groups]")
    page.locator("[data-key='blocs:add']").wait_for(state="visible")
    return page


def test_a_group_of_countries_is_made_used_and_renamed(groups, tmp_path):
    page = groups
    page.click("[data-key='blocs:add']")
    card = page.locator(".card.own[data-bloc='New group']")
    assert "until then" in card.inner_text()
    choose(page, "blocs[1]:members", "kaz", "mex")
    assert "Nothing uses it yet" in card.inner_text()
    named(page, "blocs[1]:name", "corridor")
    page.click("[data-key='measures[2]:details']")
    choose(page, "measures[2].importers", "corridor")
    card = page.locator(".card.own[data-bloc=corridor]")
    assert "Used by: Union market" in card.inner_text()
    named(page, "blocs[1]:name", "eastern corridor")
    assert "eastern corridor" in page.inner_text(".card[data-path='measures[2]'] .gist")
    assert page.locator("#problem .alert").count() == 0
    scenario = downloaded(page, tmp_path / "scenario.toml")
    assert scenario.blocs["eastern corridor"] == ("KAZ", "MEX")
    assert "eastern corridor" in scenario.measures[2].importers
    assert "corridor" not in scenario.blocs
    table = zv.simulate(zv.load_world("icio2022"), scenario).table()["real_income_pct"]
    shown = income(page)
    assert len(shown) == len(table)
    assert all(abs(shown[code] - table[code]) < 0.0051 for code in shown)


def test_a_rename_is_followed_and_changes_no_number(groups):
    page = groups
    before, old = income(page), page.inner_text(".card[data-path='measures[0]'] .gist")
    assert "coalition" in old
    named(page, "blocs[0]:name", "allies")
    for place in (0, 1):
        gist = page.inner_text(f".card[data-path='measures[{place}]'] .gist")
        assert "allies" in gist
        assert "coalition" not in gist
    assert page.locator("#problem .alert").count() == 0
    assert income(page) == before
    assert page.locator(".card.own[data-bloc=allies]").is_visible()  # the form stayed open


def test_a_group_in_use_is_not_deleted_and_says_who_uses_it(groups):
    page = groups
    page.click("[data-key='blocs[0]:remove']")
    card = page.locator(".card.own[data-bloc=coalition]")
    said = card.get_by_role("alert").inner_text()
    assert "Technology embargo" in said
    assert "Payments, insurance and transport" in said
    page.click("[data-key='sectors:add']")
    many = page.locator(".card.own").count()
    page.locator(".card.own[data-group='New group'] button.danger").click()
    settled(page)
    assert page.locator(".card.own").count() == many - 1
    assert card.is_visible()


@pytest.mark.parametrize("name", ["union_state", "Belarus", "blr", "EU27", "all"])
def test_a_name_that_means_something_is_refused(groups, name):
    page = groups
    named(page, "blocs[0]:name", name)
    card = page.locator(".card.own[data-bloc=coalition]")
    assert "already means something" in card.get_by_role("alert").inner_text()
    assert page.input_value("[data-key='blocs[0]:name']") == "coalition"


def test_a_group_of_sectors_is_made_and_used(groups, tmp_path):
    page = groups
    page.click("[data-key='sectors:add']")
    choose(page, "sectors[1]:members", "C20", "pharma")
    named(page, "sectors[1]:name", "chemistry")
    page.click("[data-key='measures[2]:details']")
    choose(page, "measures[2].sectors", "chemistry")
    scenario = downloaded(page, tmp_path / "scenario.toml")
    assert set(scenario.sectors["chemistry"]) == {"C20", "C21"}
    assert "chemistry" in scenario.measures[2].sectors
    assert page.locator("#problem .alert").count() == 0


def test_an_empty_group_is_neither_offered_nor_saved(groups, tmp_path):
    page = groups
    page.click("[data-key='blocs:add']")
    settled(page)
    page.click("[data-key='measures[2]:details']")
    page.focus("[data-key='measures[2].importers']")
    page.keyboard.type("New gr")
    assert page.locator("[role=option]:visible").count() == 0
    page.keyboard.press("Escape")
    assert set(downloaded(page, tmp_path / "scenario.toml").blocs) == {"coalition"}


def test_a_group_of_the_hand_is_outlined_on_the_map(groups):
    page = groups
    page.hover(".card.own[data-bloc=coalition] .field-label >> nth=0")
    chosen = page.locator("#map .chosen").evaluate_all("all => all.map(one => one.dataset.code)")
    assert {"DEU", "USA", "TWN"} <= set(chosen)
    assert not {"RUS", "BLR", "CHN"} & set(chosen)
