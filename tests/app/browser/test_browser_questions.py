"""Questions about policy itself: a coalition against a target, and the duties that are best."""

from __future__ import annotations

import pytest

import zollverein as zv
from tests.app.browser.hands import choose


def table(page, label):
    """Rows of a table of the answer, as text."""
    rows = page.locator(f"#job-result .scroll[aria-label='{label}'] tbody tr")
    return rows.evaluate_all(
        "all => all.map(row => [...row.children].map(cell => cell.textContent))"
    )


def number(text):
    return float(text.replace("−", "-").replace("\u202f", ""))


def test_a_coalition_is_put_together_and_valued(page):
    page.click("[data-key='question:coalition']")
    page.click("[data-key='question:coalition:ask']")
    assert "Choose the countries" in page.locator("#questions [role=alert]:visible").inner_text()
    choose(page, "question:members", "EU27", "JPN")
    choose(page, "question:target", "china", "KAZ")  # one at a time: the second takes its place
    page.click("[data-key='question:coalition:ask']")
    page.wait_for_selector("#job-result table", timeout=120_000)
    scenario = zv.read_scenario("examples/union-under-sanctions.toml")
    expected = zv.coalition(zv.load_world("icio2022"), ["EU27", "JPN"], "KAZ", scenario=scenario)
    assert f"Kazakhstan loses {expected.loss_pct:.2f} %" in page.inner_text(
        "#job-result h4 >> nth=0"
    )
    rows = {row[0]: number(row[1]) for row in table(page, "Members")}
    assert set(rows) == {"EU27", "Japan JPN"}
    assert sum(rows.values()) == pytest.approx(expected.loss_pct, abs=0.011)


def test_the_best_duties_of_an_economy(page):
    page.click("[data-key='question:optimal']")
    choose(page, "question:country", "kaz")
    page.select_option("[data-key='question:by']", "partner")
    page.click("[data-key='question:optimal:ask']")
    page.wait_for_selector("#job-result table", timeout=120_000)
    title = page.inner_text("#job-result h4 >> nth=0")
    assert "Best duties of Kazakhstan" in title
    rows = table(page, "Which duties are best for one economy?")
    assert len(rows) == 12
    assert all(number(row[2]) > 0 for row in rows)
    gain = number(title.split(": ")[1].split(" %")[0])
    effects = table(page, "What they do to real income, percent")
    assert gain > 0
    assert len(effects) == 12
    page.locator("#job-result button.country >> nth=0").click()
    assert page.locator("#focus-head h3 .code").count() == 1


@pytest.mark.parametrize("then", ["cancel", "ask another"])
def test_a_question_left_before_it_has_started_does_not_stay_on_the_server(page, app_address, then):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/api/uncertainty", hold)
    with page.expect_request("**/api/uncertainty"):
        page.click("#jobs [data-key=uncertainty]")
    if then == "cancel":
        page.click("#job-progress button")
    else:
        page.click("#jobs [data-key=attribute]")
    (route,) = held
    started = route.fetch()
    job = f"{app_address}api/jobs/{started.json()['job']}"
    assert page.request.get(job).json()["state"] in ("waiting", "running")
    with page.expect_response(lambda reply: reply.request.method == "DELETE") as gone:
        route.fulfill(response=started)
    assert gone.value.url == job
    assert page.request.get(job).json()["state"] == "cancelled"
    if then == "ask another":
        page.wait_for_selector("#job-result .bar-list", timeout=120_000)
        said = page.inner_text("#job-result .about")
        assert said.startswith("All parts together change real income of ")
        assert " -" not in said  # a true minus, as in every number of the page
    else:
        assert page.locator("#job-progress *, #job-result *").count() == 0
