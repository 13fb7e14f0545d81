"""The page in a real browser: first paint, sliders, focus, comparison, nothing from elsewhere."""

from __future__ import annotations

import json
import re

import pytest

import zollverein as zv
from tests.app.browser.hands import expected, income, release, settled, slide
from zollverein.measures.booking import booking

EXAMPLE = "examples/union-under-sanctions.toml"


def test_the_first_paint_holds_an_answer_with_its_certificate(page):
    assert "Russia loses most" in page.inner_text("#headline")
    assert page.locator("#map path.place").count() > 60
    assert page.locator("#bars .bar-row").count() >= 10
    assert page.locator("#matrix td").count() >= 16
    assert page.locator("#booking tbody tr").count() > 3
    assert "Equilibrium holds" in page.inner_text("#strip")
    assert page.locator("#trust .certificate tbody tr").count() >= 10


def test_the_numbers_on_screen_are_those_of_simulate(page):
    shown, table = income(page), expected(0.20)
    assert set(shown) == set(table.index)
    for code, value in shown.items():
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        assert value == pytest.approx(table["real_income_pct"][code], abs=0.51 * 10.0**-digits)


def test_a_slider_changes_the_answer_while_it_moves_and_completes_it_when_it_rests(page):
    sent = []

    def note(request):
        if request.url.endswith("/simulate"):
            sent.append(json.loads(request.post_data))

    page.on("request", note)
    before = page.inner_text("#bars")
    slide(page, 0.4)
    page.wait_for_function("old => document.querySelector('#bars').innerText !== old", arg=before)
    assert sent
    assert not any(body["full"] for body in sent)
    release(page)
    settled(page)
    assert sent[-1]["full"]
    assert sent[-1]["scenario"]["measures"][1]["add"] == 0.4
    assert income(page)["RUS"] == pytest.approx(expected(0.4)["real_income_pct"]["RUS"], abs=0.0051)


def test_a_stale_answer_is_never_shown(page):
    """The first of two answers comes late; what stays on screen is the second."""
    held = []

    def hold(route):
        if json.loads(route.request.post_data)["scenario"]["measures"][1]["add"] == 0.11:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/simulate", hold)
    slide(page, 0.11)
    release(page)
    slide(page, 0.45)
    release(page)
    settled(page)
    shown = page.inner_text("#bars")
    for route in held:
        route.fulfill(status=200, content_type="application/json", body='{"headline": "stale"}')
    page.wait_for_timeout(300)
    assert held
    assert page.inner_text("#bars") == shown
    assert page.inner_text("#headline") != "stale"
    page.unroute("**/api/simulate")


def test_a_slow_answer_leaves_the_last_one_dimmed_and_busy(page):
    waiting = []
    page.route("**/api/simulate", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright marks it
    old = page.inner_text("#headline")
    slide(page, 0.3)
    page.wait_for_selector("#answer.dimmed[aria-busy=true]")
    assert page.inner_text("#headline") == old
    for route in waiting:
        route.continue_()
    page.wait_for_selector("#answer[aria-busy=false]:not(.dimmed)")


def test_a_country_in_focus_is_everywhere(page):
    page.click("#map path[data-code=KAZ]")
    page.wait_for_selector("#focus table")
    settled(page)
    assert page.text_content("#focus-head h3") == "Kazakhstan KAZ"
    assert page.locator("#map path.focused").first.get_attribute("data-code") == "KAZ"
    assert page.locator("#bars [data-code=KAZ][aria-pressed=true]").count() == 1
    assert page.locator("#focus tbody tr").count() >= 20


def test_a_country_has_its_income_before_and_after(page):
    page.click("#bars [data-code=RUS]")
    settled(page)
    table = page.locator("#focus .scroll[aria-label^='Its income'] table")
    rows = table.locator("tbody tr").evaluate_all(
        "all => all.map(row => [...row.children].map(cell => cell.textContent))"
    )
    number = lambda text: float(text.replace("−", "-").replace("\u202f", ""))  # noqa: E731
    found = {name: [number(cell) for cell in cells] for name, *cells in rows}
    for before, after, change in found.values():
        assert after - before == pytest.approx(change, abs=0.16)  # as rounded on the page
    result = zv.simulate(zv.load_world("icio2022"), zv.read_scenario(EXAMPLE))
    book = booking(result.before, result.after, result.policy).loc["RUS"]
    assert found["Income"] == pytest.approx(list(book.loc["income"] / 1000), abs=0.051)
    assert found["Tariff revenue"] == pytest.approx(
        list(book.loc["tariff_revenue"] / 1000), abs=0.051
    )


def test_two_pinned_scenarios_are_compared(page):
    first = income(page)
    page.click("[data-key=pin-a]")
    slide(page, 0.5)
    release(page)
    settled(page)
    second = income(page)
    page.click("[data-key=pin-b]")
    page.click("[data-key=compare]")
    page.wait_for_selector("#compare table")
    rows = page.evaluate(
        "() => [...document.querySelectorAll('#compare tbody tr')].map(row =>"
        " [row.querySelector('[data-code]').dataset.code,"
        " ...[...row.querySelectorAll('td')].map(cell => cell.textContent)])"
    )
    number = lambda text: float(text.replace("−", "-"))  # noqa: E731
    assert rows
    for code, a, b, difference in rows:
        assert number(a) == pytest.approx(first[code], abs=1e-9)
        assert number(b) == pytest.approx(second[code], abs=1e-9)
        assert number(difference) == pytest.approx(number(b) - number(a), abs=0.011)
    assert "B less A" in page.inner_text("#legend")


def test_nothing_is_asked_from_elsewhere(open_page):
    page = open_page()
    slide(page, 0.3)
    release(page)
    page.click("#bars [data-code=RUS]")
    settled(page)
    assert page.elsewhere == []
    sources = "".join(
        page.request.get(page.url.split("#")[0] + name).text()
        for name in ("", "app.css", "js/main.js", "icon.svg")
    )
    found = set(re.findall(r"https?://[^\s\"')]+", sources))
    assert found <= {"http://www.w3.org/2000/svg"}


def test_a_refusal_is_shown_where_it_belongs_and_the_last_answer_stays(open_page):
    page = open_page()
    told = {"code": "no_supplier", "message": "no supplier is left", "places": ["measures[1].add"]}
    old = page.inner_text("#headline")
    page.route(
        "**/api/simulate",
        lambda route: route.fulfill(
            status=422, content_type="application/json", body=json.dumps({"error": told})
        ),
    )
    slide(page, 0.3)
    release(page)
    page.wait_for_selector("#problem [role=alert]")
    assert "no supplier is left" in page.inner_text("#problem")
    page.wait_for_selector(".card.wrong[data-path='measures[1]']")
    assert page.inner_text("#headline") == old
    page.unroute("**/api/simulate")
    slide(page, 0.25)
    release(page)
    gone = "#problem [role=alert], .card.wrong, #answer.dimmed"
    page.wait_for_function("where => !document.querySelector(where)", arg=gone)


def test_a_server_that_is_gone_is_said(open_page):
    page = open_page()
    page.route("**/api/simulate", lambda route: route.abort())
    slide(page, 0.3)
    release(page)
    page.wait_for_selector("#problem [role=alert]")
    assert "does not answer" in page.inner_text("#problem")
