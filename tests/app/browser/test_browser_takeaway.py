"""Taking results away, and long questions: started, followed, cancelled."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pytest

import zollverein as zv
from tests.app.browser.conftest import settle
from tests.app.browser.hands import release, slide
from tests.app.conftest import can_write_pdf


def take(page, name):
    """Choose an entry of the menu that gives a file."""
    if not page.locator("#takeaway details[open]").count():
        page.click("[data-key=takeaway]")
    with page.expect_download() as coming:
        page.locator("#takeaway").get_by_role("button", name=name, exact=True).click()
    return coming.value


def test_the_table_is_that_of_the_library(page):
    file = take(page, "Table (CSV)")
    assert file.suggested_filename == "union-under-sanctions-table.csv"
    table = pd.read_csv(io.BytesIO(file.path().read_bytes()), index_col=0)
    scenario = zv.read_scenario("examples/union-under-sanctions.toml")
    wanted = zv.simulate(zv.load_world("icio2022"), scenario).table()
    assert list(table.index) == list(wanted.index)
    assert (table["real_income_pct"] - wanted["real_income_pct"]).abs().max() < 1e-6


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Map, SVG", b"<?xml"),
        ("Map, PNG", b"\x89PNG"),
        ("Result (NetCDF)", b"\x89HDF"),
        ("Report (HTML)", b"<!doctype html>"),
    ],
)
def test_figures_the_report_and_the_result_are_files_of_their_kind(page, name, begins):
    content = take(page, name).path().read_bytes()
    assert content[: len(begins)].lower() == begins.lower()
    assert len(content) > 5000


def test_the_report_is_downloaded_as_pdf(page):
    can_write_pdf()
    file = take(page, "Report (PDF)")
    assert file.suggested_filename == "union-under-sanctions-report.pdf"
    content = file.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert len(content) > 50_000


def test_a_server_that_makes_no_pdf_says_how_it_could(page):
    def poorer(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"report.pdf",', ""))

    page.route("**/openapi.json", poorer)
    page.click("[data-key=takeaway]")
    page.wait_for_selector("#takeaway .menu-hint")
    assert "zollverein[pdf]" in page.inner_text("#takeaway .menu-hint")
    assert page.get_by_role("button", name="Report (PDF)").count() == 0
    assert page.get_by_role("button", name="Report (HTML)").is_visible()


def test_a_file_that_takes_long_says_that_it_is_being_made(page):
    waiting: list[Any] = []

    def hold(route):
        waiting.append(route)

    page.route("**/export/table.csv", hold)
    page.click("[data-key=takeaway]")
    with page.expect_request("**/export/table.csv"):
        page.get_by_role("button", name="Table (CSV)").click()
    page.wait_for_selector("#takeaway [aria-busy=true]")
    assert "Making" in page.inner_text("#takeaway [aria-busy=true]")
    with page.expect_download():
        waiting[0].continue_()
    page.wait_for_function("() => !document.querySelector('#takeaway [aria-busy]')")
    assert page.locator("#takeaway .menu-item:has-text('Table (CSV)')").is_enabled()


def test_the_menu_offers_what_the_server_can_make(page, app_address):
    described = page.request.get(f"{app_address}openapi.json").json()
    parameters = described["paths"]["/api/export/{what}"]["post"]["parameters"]
    can = next(one for one in parameters if one["name"] == "what")["schema"]["enum"]
    page.click("[data-key=takeaway]")
    page.wait_for_timeout(500)
    shown = page.locator("#takeaway .menu-list").inner_text()
    assert ("PDF" in shown) == ("report.pdf" in can)
    assert "CSV" in shown
    page.keyboard.press("Escape")
    assert page.locator("#takeaway details[open]").count() == 0


@pytest.mark.parametrize("name", ["Three lines of Python", "Citation"])
def test_python_and_the_citation_are_shown_to_copy(page, name):
    page.click("[data-key=takeaway]")
    page.locator("#takeaway").get_by_role("button", name=name).click()
    page.wait_for_selector("dialog[open] pre")
    text = page.inner_text("dialog pre")
    assert "icio2022" in text
    assert len(text.splitlines()) >= 2


def test_the_parts_of_an_attribution_add_up_to_the_headline(page):
    page.click("#bars [data-code=BLR]")
    settle(page)
    page.click("[data-key=attribute]")
    page.wait_for_selector("#job-result li")
    rows = dict(
        page.evaluate(
            "() => [...document.querySelectorAll('#job-result li')].map(row =>"
            " [row.children[0].textContent, row.children[2].textContent])"
        )
    )
    number = {name: float(text.replace("−", "-")) for name, text in rows.items()}
    assert "Belarus" in page.inner_text("#job-result h4")
    parts = ("Technology embargo", "Payments, insurance and transport", "Union market")
    assert sum(number[part] for part in parts) == pytest.approx(number["all together"], abs=0.002)
    assert page.locator("#job-progress progress").count() == 0


def few_draws(page):
    """Let the page's questions be answered with eight draws; what was asked is kept."""
    asked = []

    def fewer(route):
        body = json.loads(route.request.post_data) | {"draws": 8}
        asked.append(body)
        route.continue_(post_data=json.dumps(body))

    page.route("**/api/uncertainty", fewer)
    return asked


def test_bands_hold_the_median_and_are_drawn_over_the_bars(page):
    asked = few_draws(page)
    page.click("[data-key=uncertainty]")
    page.wait_for_selector("#job-result tbody tr", timeout=120_000)
    page.locator("#job-result .sortable > button").click()  # all rows
    rows = page.evaluate(
        "() => [...document.querySelectorAll('#job-result tbody tr')].map(row =>"
        " [...row.querySelectorAll('td')].map(cell => parseFloat(cell.textContent.replace('−', '-'))))"
    )
    assert len(rows) == len(asked[0]["outcomes"])
    assert all(low <= middle <= high for low, middle, high in rows)
    ranked = page.locator("#bars .bar-row").count()
    assert page.locator("#bars .band").count() == ranked
    for text in page.locator("#bars .between").all_inner_texts():
        low, high = (float(part.replace("−", "-")) for part in text.split(" … "))
        assert low <= high


def test_bands_go_with_the_scenario_that_they_are_about(page):
    few_draws(page)
    page.click("[data-key=uncertainty]")
    page.wait_for_selector("#bars .band", timeout=120_000)
    page.locator("#outcomes [data-key=exports_pct]").click()
    assert page.locator("#bars .band").count() == 0  # they are about real income
    page.locator("#outcomes [data-key=real_income_pct]").click()
    assert page.locator("#bars .band").count() > 8
    slide(page, 0.3)
    assert page.locator("#job-result *").count() == 0
    release(page)
    settle(page)
    assert page.locator("#bars .band").count() == 0


def test_an_answer_about_an_earlier_scenario_says_so(page):
    few_draws(page)
    held: list[Any] = []

    def hold(route):
        if not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/jobs/*", hold)
    page.click("[data-key=uncertainty]")
    page.wait_for_selector("#job-progress progress")
    slide(page, 0.3)
    release(page)
    settle(page)
    held[0].continue_()
    page.wait_for_selector("#job-result tbody tr", timeout=120_000)
    assert "changed since" in page.inner_text("#job-result .problem")
    assert page.locator("#bars .band").count() == 0


@pytest.mark.parametrize(
    ("shown", "asked"), [("Consumer prices", "price_index"), ("Terms of trade", "real_income")]
)
def test_long_questions_are_about_the_outcome_on_screen_or_say_which(page, shown, asked):
    page.locator("#outcomes").get_by_role("button", name=shown).click()
    with page.expect_request("**/api/attribute") as sent:
        page.click("[data-key=attribute]")
    assert json.loads(sent.value.post_data)["outcome"].startswith(f"{asked} ")
    page.wait_for_selector("#job-result li")
    title = page.inner_text("#job-result h4")
    assert {"price_index": "Consumer prices", "real_income": "Real income"}[asked] in title


def test_a_long_question_is_cancelled(page):
    page.click("[data-key=uncertainty]")
    page.wait_for_selector("#job-progress progress")
    with page.expect_request(lambda one: one.method == "DELETE"):
        page.locator("#job-progress").get_by_role("button", name="Cancel").click()
    page.wait_for_timeout(500)
    assert page.locator("#job-progress *").count() == 0
    assert page.locator("#job-result *").count() == 0
