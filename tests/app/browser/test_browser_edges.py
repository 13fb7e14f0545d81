"""What goes wrong around the page: no network, quick fingers, a closed page; and paper."""

from __future__ import annotations

import pytest

from tests.app.browser.hands import named, settled


def focused(page):
    """The key of the element that has the keyboard."""
    return page.evaluate("() => document.activeElement.dataset.key")


def titles(page):
    return page.eval_on_selector_all(".card.measure h4", "all => all.map(one => one.textContent)")


def test_a_switched_off_measure_stays_off_under_another_name(page):
    page.click("[data-key='measures[0]:on']")
    settled(page)
    off = page.inner_text("#headline")
    page.click("[data-key='measures[0]:details']")
    named(page, "measures[0].name", "Another name")
    assert not page.is_checked("[data-key='measures[0]:on']")
    assert page.inner_text("#headline") == off


def test_a_new_measure_of_an_old_name_is_switched_on(page):
    for _ in range(2):
        page.select_option("[data-key='measures:add']", "tariff")
        settled(page)
        assert titles(page)[-1] == "Tariff"
        assert page.is_checked("[data-key='measures[3]:on']")
        page.click("[data-key='measures[3]:on']")
        settled(page)
        card = page.locator(".card.measure").last
        card.locator("details").evaluate("node => { node.open = true; }")
        card.get_by_role("button", name="Remove the measure").click()
        settled(page)


def test_keys_open_the_list_of_measures_and_add_none(page):
    before = titles(page)
    page.focus("[data-key='measures:add']")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(200)
    assert titles(page) == before
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('.card.measure').length > count", arg=3
    )
    assert focused(page) == "measures:add"


@pytest.mark.parametrize("what", ["measure", "name"])
def test_the_keyboard_is_not_lost_where_something_is_removed(page, what):
    page.click("[data-key='measures[1]:details']")
    card = page.locator(".card.measure[data-path='measures[1]']")
    if what == "measure":
        card.get_by_role("button", name="Remove the measure").focus()
        page.keyboard.press("Enter")
        settled(page)
        assert focused(page) == "measures:add"
    else:
        card.locator(".chip").first.focus()
        page.keyboard.press("Enter")
        settled(page)
        assert focused(page) == "measures[1].exporters"


def test_a_field_keeps_its_last_name_until_there_is_another(page):
    page.click("[data-key='measures[1]:details']")
    card = page.locator(".card.measure[data-path='measures[1]']")
    chips = card.locator(".picker").first.locator(".chip")
    chips.first.click()
    assert chips.count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    chips.first.wait_for()
    assert chips.count() == 1


def test_a_table_by_country_keeps_names_with_spaces(page):
    page.select_option("[data-key='measures:add']", "customs_union")
    settled(page)
    page.fill("[data-key='measures[3].keys']", "South Africa 0.5\nRUS = 0.25")
    page.keyboard.press("Tab")
    settled(page)
    assert page.input_value("[data-key='measures[3].keys']") == "South Africa 0.5\nRUS 0.25"
    page.errors.clear()  # the members are still to be chosen
