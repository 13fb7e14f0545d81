"""What goes wrong around the page: no network, quick fingers, a closed page; and paper."""

from __future__ import annotations

import pytest

from tests.app.browser.hands import SLIDER, named, release, settled, slide


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


def test_of_quick_steps_forward_the_last_is_shown(page):
    for size in (0.05, 0.35, 0.45):
        old = page.evaluate("location.hash")
        slide(page, size)
        release(page)
        page.wait_for_function("old => location.hash !== old", arg=old)
        settled(page)
    page.evaluate("history.go(-3)")
    page.wait_for_function(f"() => document.querySelector({SLIDER!r}).value === '0.2'")
    settled(page)
    late = []

    def hold(route):
        late.append(route)

    page.route("**/scenarios/validate", hold)
    page.evaluate("history.forward()")
    page.wait_for_function("() => location.hash !== ''")
    page.evaluate("history.go(2)")
    while len(late) < 2:
        page.wait_for_timeout(20)
    late[1].continue_()
    page.wait_for_function(f"() => document.querySelector({SLIDER!r}).value === '0.45'")
    with page.expect_response("**/scenarios/validate"):
        late[0].continue_()
    page.wait_for_timeout(100)
    settled(page)
    assert page.input_value(SLIDER) == "0.45"


def test_without_a_network_every_part_says_so_in_words(page):
    page.context.set_offline(True)
    page.click("[data-key=attribute]")
    page.wait_for_selector("#job-result .problem")
    assert "does not answer" in page.inner_text("#job-result")
    page.click("[data-key=toml]")
    page.wait_for_selector("#dialog .problem")
    assert "does not answer" in page.inner_text("#dialog")
    page.errors.clear()  # the browser's own lines about the network


def test_a_page_that_closes_takes_its_job_along(page, app_address):
    with page.expect_response("**/api/uncertainty") as coming:
        page.click("[data-key=uncertainty]")
    job = coming.value.json()["job"]
    page.wait_for_selector("#job-progress progress")
    page.wait_for_timeout(200)  # the page has read the name of its job
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    assert page.request.get(f"{app_address}api/jobs/{job}").json()["state"] == "cancelled"


def test_what_is_pinned_is_what_is_shown(page):
    page.click("[data-key='measures[0]:details']")
    page.select_option("[data-key=preset]", "#empty")
    settled(page)
    page.select_option("[data-key='measures:add']", "embargo")
    settled(page)
    before = page.inner_text("#headline")
    page.evaluate("() => document.querySelector(\"[data-key='measures[0].importers']\").focus()")
    page.keyboard.type("LUX")
    page.keyboard.press("Enter")
    page.wait_for_selector("#problem .alert")
    assert page.inner_text("#headline") == before
    page.click("[data-key='pin-a']")
    page.click("[data-key='pin-a']")
    settled(page)
    assert page.locator(".card.measure").count() == 1
    assert page.inner_text("#headline") == before
    assert not page.is_visible("#problem .alert")
    page.errors.clear()  # the scenario without a supplier was refused


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


def test_the_page_prints_in_light_colours_with_its_bars(open_page):
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 29, 33)"
    assert (
        page.eval_on_selector(".bar", "node => getComputedStyle(node).printColorAdjust") == "exact"
    )
    assert page.is_visible("#trust")
