"""The page in a real browser: first paint, sliders, links, files, focus, comparison, errors."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
import zlib

import pytest

import zollverein as zv
from zollverein.scenario import KINDS

SLIDER = "input[data-key='measures[1].add']"


def settled(page):
    """Wait until the page shows the full answer to what is on screen."""
    page.wait_for_function("() => document.body.dataset.waiting === 'no'")


def income(page):
    """Real income by country code, as the table of all economies shows it, in full."""
    more = page.locator("#economies .sortable > button")
    if more.count() and "all" in more.inner_text():
        more.click()
    rows = page.evaluate(
        "() => [...document.querySelectorAll('#economies tbody tr')].map(row =>"
        " [row.querySelector('[data-code]').dataset.code, row.querySelectorAll('td')[1].textContent])"
    )
    return {code: float(text.replace("−", "-").replace("\u202f", "")) for code, text in rows}


def slide(page, value, selector=SLIDER):
    """Move a slider as a hand does: an input event, then a change event when it lets go."""
    page.eval_on_selector(
        selector,
        "(node, value) => { node.value = value;"
        " node.dispatchEvent(new Event('input', { bubbles: true })); }",
        value,
    )


def release(page, selector=SLIDER):
    page.eval_on_selector(
        selector, "node => node.dispatchEvent(new Event('change', { bubbles: true }))"
    )


def expected(size):
    """What the command line's code path gives with another size of the second measure."""
    scenario = zv.read_scenario("examples/union-under-sanctions.toml").to_dict()
    scenario["measures"][1]["add"] = size
    return zv.simulate(zv.load_world("icio2022"), zv.Scenario.from_dict(scenario)).table()


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


def test_a_link_carries_the_scenario_focus_and_outcome(page, open_page):
    slide(page, 0.35)
    release(page)
    page.click("#bars [data-code=BLR]")
    page.click("#outcomes [data-key=exports_pct]")
    settled(page)
    page.wait_for_function("() => location.hash.includes('v=exports_pct')")
    again = open_page(page.evaluate("location.hash"))
    assert again.input_value(SLIDER) == "0.35"
    assert again.locator("#outcomes [aria-pressed=true]").get_attribute("data-key") == "exports_pct"
    assert "Belarus" in again.inner_text("#focus-head h3")
    assert again.inner_text("#bars") == page.inner_text("#bars")


def test_back_and_forward_walk_through_the_changes(page):
    for size in (0.05, 0.45):
        old = page.evaluate("location.hash")
        slide(page, size)
        release(page)
        page.wait_for_function("old => location.hash !== old", arg=old)
        settled(page)
    page.go_back()
    page.wait_for_function(f"() => document.querySelector({SLIDER!r}).value === '0.05'")
    page.go_forward()
    page.wait_for_function(f"() => document.querySelector({SLIDER!r}).value === '0.45'")
    page.go_back()
    page.go_back()
    page.wait_for_function(f"() => document.querySelector({SLIDER!r}).value === '0.2'")
    settled(page)
    assert page.evaluate("location.hash") == ""


def test_a_link_of_the_server_opens(app_address, open_page):
    document = {
        "name": "One",
        "measures": [{"kind": "tariff", "importers": "USA", "sectors": "goods", "add": 0.1}],
    }
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{app_address}api/scenarios/validate",
        json.dumps({"scenario": document}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        link = json.load(answer)["link"]
    page = open_page(link)
    assert page.locator(".card.measure").count() == 1
    assert "Tariff" in page.inner_text(".card.measure")


def linked(document):
    """The address of a document, as anybody can write it."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(document).encode()) + packer.flush()
    return "#s=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    [
        "#s=broken!",
        linked("text"),
        linked({"name": "x", "measures": "none"}),
        linked({"name": ["x"], "measures": [{"kind": "tarif"}]}),
        linked({"name": "x", "measures": [{"kind": "tariff", "importers": "XYZ", "add": 0.1}]}),
        linked({"name": "x", "note": "a" * 3_000_000}),
    ],
)
def test_a_broken_link_is_told_and_harms_nothing(open_page, link):
    page = open_page(link)
    assert "cannot be read" in page.inner_text("#told")
    assert "Russia" in page.inner_text("#headline")
    assert [error for error in page.errors if "status of 422" not in error] == []


def test_what_is_downloaded_gives_the_numbers_on_screen_to_the_last_digit(page, tmp_path):
    def whole(response):
        return response.url.endswith("/simulate") and json.loads(response.request.post_data)["full"]

    with page.expect_response(whole) as coming:
        slide(page, 0.31)
        release(page)
    settled(page)
    answer = {row["code"]: row for row in coming.value.json()["economies"]}
    with page.expect_download() as file:
        page.click("[data-key=toml]")
        page.wait_for_function("() => document.querySelector('.code-area').value.includes('0.31')")
        page.get_by_role("button", name="Download").click()
    assert file.value.suggested_filename == "union-under-sanctions.toml"
    path = tmp_path / "scenario.toml"
    file.value.save_as(path)
    page.keyboard.press("Escape")
    table = zv.simulate(zv.load_world("icio2022"), zv.read_scenario(path)).table()
    shown = income(page)
    for code, row in answer.items():
        for column in ("real_income_pct", "exports_pct", "terms_of_trade_pct"):
            assert row[column] == table[column][code]
        assert shown[code] == pytest.approx(row["real_income_pct"], abs=0.0051)


def test_switching_a_measure_off_takes_it_out_of_the_file(page):
    page.click(".card.measure[data-path='measures[0]'] [role=switch]")
    settled(page)
    page.click("[data-key=toml]")
    page.wait_for_function("() => document.querySelector('.code-area').value.includes('kind')")
    text = page.input_value(".code-area")
    assert "Technology embargo" not in text
    assert "Union market" in text


PROGRAMMES = """
name = "Two programmes"
[[programmes]]
name = "Customs"
area = "border"
start = 2022
phase_in = 4
[[programmes.measures]]
kind = "barrier"
exporters = "RUS"
importers = "BLR"
remove = 0.08
both_directions = true
[[programmes]]
name = "Standards"
area = "border"
[[programmes.measures]]
kind = "barrier"
exporters = "KAZ"
importers = "RUS"
remove = 0.05
[[programmes]]
name = "Statistics"
area = "other"
"""


def apply(page, text):
    page.click("[data-key=toml]")
    page.fill(".code-area", text)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => !document.querySelector('#dialog').open")
    settled(page)


def downloaded(page, path):
    page.click("[data-key=toml]")
    page.wait_for_function("() => document.querySelector('.code-area').value.includes('kind')")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    coming.value.save_as(path)
    page.keyboard.press("Escape")
    return zv.read_scenario(path)


def test_strengths_of_programmes_travel_with_the_file(page, tmp_path):
    apply(page, PROGRAMMES)
    assert page.locator(".card.programme.idle").count() == 1
    strength = "input[data-key='programmes[0].strength']"
    slide(page, 0.4, strength)
    release(page, strength)
    page.click("[data-key='programmes[1]:on']")
    settled(page)
    scenario = downloaded(page, tmp_path / "scenario.toml")
    assert scenario.strengths() == {"Customs": 0.4, "Standards": 0.0, "Statistics": 1.0}
    table = zv.simulate(zv.load_world("icio2022"), scenario).table()["real_income_pct"]
    shown = income(page)
    assert abs(table["BLR"]) > 0.1
    for code, value in shown.items():
        assert value == pytest.approx(table[code], abs=0.0051)


def test_the_year_phases_programmes_in(page, tmp_path):
    apply(page, PROGRAMMES)
    slide(page, 2023, "input[data-key=year]")
    release(page, "input[data-key=year]")
    settled(page)
    assert page.input_value("[data-key='programmes[0].strength']") == "0.5"
    assert downloaded(page, tmp_path / "scenario.toml").strengths()["Customs"] == 0.5


def test_a_file_is_uploaded(page):
    page.click("[data-key=toml]")
    page.set_input_files("#upload", "examples/eu-uk-barriers.toml")
    page.wait_for_function("() => !document.querySelector('#dialog').open")
    settled(page)
    assert page.input_value("[data-key='doc.name']") == "EU-UK barriers"
    assert "United Kingdom" in page.inner_text("#headline") or "Ireland" in page.inner_text(
        "#headline"
    )


def test_a_mistake_in_the_text_is_explained_and_changes_nothing(page):
    page.click("[data-key=toml]")
    page.fill(".code-area", 'name = "x"\n[[measures]]\nkind = "tarif"\nadd = 0.1\n')
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("#dialog .problem")
    assert "tariff" in page.inner_text("#dialog .problem")  # the CLI's own "did you mean"
    assert page.evaluate("document.querySelector('#dialog').open")
    page.errors.clear()  # the browser reports the 422 by itself


def test_a_country_in_focus_is_everywhere(page):
    page.click("#map path[data-code=KAZ]")
    page.wait_for_selector("#focus table")
    settled(page)
    assert page.inner_text("#focus-head h3") == "Kazakhstan"
    assert page.locator("#map path.focused").first.get_attribute("data-code") == "KAZ"
    assert page.locator("#bars [data-code=KAZ][aria-pressed=true]").count() == 1
    assert page.locator("#focus tbody tr").count() >= 20


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


def test_a_scenario_without_an_answer_keeps_the_last_one_and_says_why(page):
    page.click("[data-key=toml]")
    page.wait_for_function("() => document.querySelector('.code-area').value")
    page.fill(
        ".code-area",
        'name = "x"\n[[measures]]\nkind = "tariff"\nimporters = "USA"\nset = 0.1\n'
        '[[measures]]\nkind = "tariff"\nimporters = "USA"\nset = 0.2\n',
    )
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("#dialog .problem")
    assert "both set" in page.inner_text("#dialog .problem")
    assert "Russia" in page.text_content("#headline")
    page.errors.clear()


def test_every_example_opens_and_is_answered(page):
    names = page.locator("[data-key=preset] option").evaluate_all(
        "all => all.map(one => one.value).filter(Boolean)"
    )
    assert len(names) > 3
    for name in names:
        page.select_option("[data-key=preset]", name)
        settled(page)
        assert page.locator("#problem .alert").count() == 0, name
        assert page.locator("#trust .certificate tbody tr").count() >= 10, name
        page.locator("#policy details").evaluate_all("all => all.forEach(one => one.open = true)")


def test_every_kind_of_measure_has_a_form(page):
    page.select_option("[data-key=preset]", "#empty")
    settled(page)
    adder = "#policy section >> nth=1 >> .adder >> nth=-1"
    kinds = page.locator(f"{adder} >> option").evaluate_all(
        "all => all.map(one => one.value).filter(Boolean)"
    )
    assert set(kinds) == set(KINDS)
    for place, kind in enumerate(kinds):
        page.select_option(adder, kind)
        card = page.locator(f".card.measure[data-path='measures[{place}]']")
        card.locator("details").evaluate("node => node.open = true")
        assert card.locator("input, select").count() >= 4, kind
        page.click(
            f"[data-key='measures[{place}]:on']"
        )  # off: contradictions are not the matter here
        settled(page)


def test_a_new_measure_counts_when_its_countries_are_chosen(page):
    headline = page.inner_text("#headline")
    page.select_option("#policy section >> nth=1 >> .adder >> nth=-1", "customs_union")
    settled(page)
    card = page.locator(".card.measure[data-path='measures[3]']")
    assert "until then" in card.inner_text()
    assert page.inner_text("#headline") == headline
    assert page.locator("#problem .alert").count() == 0
    page.focus("[data-key='measures[3].members']")
    page.keyboard.type("mercosur")
    page.keyboard.press("Enter")
    settled(page)
    assert "until then" not in card.inner_text()
    page.click("[data-key=toml]")
    page.wait_for_function("() => document.querySelector('.code-area').value.includes('MERCOSUR')")


def test_user_text_is_never_markup(open_page):
    page = open_page()
    evil = '<img src=x onerror="document.title=1"><b>bold</b>'
    page.click("[data-key=toml]")
    page.fill(
        ".code-area",
        f"name = '{evil}'\ndescription = '{evil}'\n[[measures]]\nkind = 'tariff'\nname = '{evil}'\n"
        "importers = 'USA'\nadd = 0.1\n",
    )
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => !document.querySelector('#dialog').open")
    settled(page)
    assert page.locator("#policy img, #policy b, .right img, .right b").count() == 0
    assert evil in page.inner_text(".card.measure h4")
    assert page.errors == []


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
