"""A server that does not answer for a while, and scenarios that have no answer."""

from __future__ import annotations

import pytest

import zollverein as zv
from tests.app.browser.hands import downloaded, linked, settled

POLLED = "**/api/jobs/*"


def cut_off(page):
    """From now on nobody answers where jobs are followed; gives the refused requests."""
    refused = []

    def abort(route):
        refused.append(route.request.method)
        route.abort()

    page.route(POLLED, abort)
    return refused


def test_a_question_outlives_a_lost_network(page):
    refused = cut_off(page)
    page.click("#jobs [data-key=attribute]")
    page.wait_for_function(
        "() => document.querySelector('#job-progress').textContent.includes('does not answer')"
    )
    assert refused
    assert page.locator("#job-result .problem").count() == 0
    page.unroute(POLLED)
    page.wait_for_selector("#job-result .bar-list", timeout=120_000)
    assert "what each part contributes" in page.inner_text("#job-result")
    page.errors.clear()  # the browser names every request that failed


def test_a_proxy_that_stands_in_for_the_server_is_waited_for(page):
    page.route(POLLED, lambda route: route.fulfill(status=502, body="Bad Gateway"))
    page.click("#jobs [data-key=attribute]")
    page.wait_for_function(
        "() => document.querySelector('#job-progress').textContent.includes('does not answer')"
    )
    page.unroute(POLLED)
    page.wait_for_selector("#job-result .bar-list", timeout=120_000)
    page.errors.clear()


def test_a_question_cancelled_without_network_is_cancelled_when_it_is_back(page):
    with page.expect_response("**/api/uncertainty") as started:
        page.click("#jobs [data-key=uncertainty]")
    job = started.value.json()["job"]
    refused = cut_off(page)
    page.click("#job-progress button")
    page.wait_for_function("() => !document.querySelector('#job-progress').children.length")
    page.unroute(POLLED)
    with page.expect_response(lambda reply: reply.request.method == "DELETE") as gone:
        page.click("#jobs [data-key=attribute]")
    assert gone.value.url.endswith(job)
    assert "DELETE" in refused
    page.wait_for_selector("#job-result .bar-list", timeout=120_000)
    page.errors.clear()


def test_a_server_that_was_started_anew_is_told_in_words(page):
    """Its jobs are gone: the answer is that of a server that never knew the question."""
    page.route(
        POLLED,
        lambda route: route.fulfill(
            status=404,
            content_type="application/json",
            body='{"error": {"code": "no_job", "message": "There is no such job.", "places": []}}',
        ),
    )
    page.click("#jobs [data-key=attribute]")
    page.wait_for_selector("#job-result .problem")
    assert "Ask again" in page.inner_text("#job-result")
    page.errors.clear()


@pytest.mark.parametrize(
    "document",
    [
        {"measures": [{"kind": "embargo", "exporters": "all", "importers": "LUX"}]},
        {"measures": [{"kind": "tariff", "exporters": "CHNA", "importers": "USA", "add": 0.1}]},
    ],
    ids=["no supplier", "no such country"],
)
def test_a_scenario_without_an_answer_can_be_read_and_mended_as_text(open_page, tmp_path, document):
    page = open_page(linked({"name": "start"}))
    page.evaluate(
        "async (doc) => { const { change } = await import('/js/state.js');"
        " change({ doc }, 'doc', { edited: true }); }",
        {"name": "lame", **document},
    )
    page.wait_for_selector("#problem .alert")
    file = downloaded(page, tmp_path / "lame.toml")
    assert file.to_dict() == zv.Scenario.from_dict({"name": "lame", **document}).to_dict()
    page.errors.clear()


def test_what_the_message_names_can_be_chosen_on_the_page(open_page):
    nobody = {"kind": "embargo", "exporters": "all", "importers": "LUX"}
    page = open_page(linked({"name": "Closed", "measures": [nobody]}), ready=None)
    page.wait_for_selector("#problem .alert")
    assert "on_no_supplier = 'shut_down'" in page.inner_text("#problem")
    page.click("[data-key=assumptions]")
    page.select_option("[data-key='doc.on_no_supplier']", "shut_down")
    settled(page)
    page.wait_for_function("() => document.querySelector('#headline').textContent.length > 9")
    assert page.locator("#problem .alert").count() == 0
    scenario = {"name": "Closed", "on_no_supplier": "shut_down", "measures": [nobody]}
    result = zv.simulate(zv.load_world("icio2022"), zv.Scenario.from_dict(scenario))
    worst = -float(result.table()["real_income_pct"]["LUX"])
    assert f"Luxembourg loses most, {worst:.2f} %" in page.inner_text("#headline")
    page.errors.clear()
