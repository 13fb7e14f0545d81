"""Taking results away, and long questions: started, followed, cancelled."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

import zollverein as zv
from tests.app.browser.conftest import settle


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


@pytest.fixture
def can_ask_long_questions():
    if not hasattr(zv, "attribute"):
        pytest.skip("this version of the library has no attribution")


@pytest.mark.usefixtures("can_ask_long_questions")
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


@pytest.mark.usefixtures("can_ask_long_questions")
def test_bands_hold_the_median_and_are_drawn_over_the_bars(page):
    asked = []

    def fewer(route):
        body = json.loads(route.request.post_data) | {"draws": 8}
        asked.append(body)
        route.continue_(post_data=json.dumps(body))

    page.route("**/api/uncertainty", fewer)
    page.click("[data-key=uncertainty]")
    page.wait_for_selector("#job-result tbody tr", timeout=120_000)
    rows = page.evaluate(
        "() => [...document.querySelectorAll('#job-result tbody tr')].map(row =>"
        " [...row.querySelectorAll('td')].map(cell => parseFloat(cell.textContent.replace('−', '-'))))"
    )
    assert len(rows) == len(asked[0]["outcomes"])
    assert all(low <= middle <= high for low, middle, high in rows)
    assert page.locator("#bars .band").count() >= 8


@pytest.mark.usefixtures("can_ask_long_questions")
def test_a_long_question_is_cancelled(page):
    page.click("[data-key=uncertainty]")
    page.wait_for_selector("#job-progress progress")
    with page.expect_request(lambda one: one.method == "DELETE"):
        page.locator("#job-progress").get_by_role("button", name="Cancel").click()
    page.wait_for_timeout(500)
    assert page.locator("#job-progress *").count() == 0
    assert page.locator("#job-result *").count() == 0
