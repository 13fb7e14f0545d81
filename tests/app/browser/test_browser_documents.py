"""The scenario document on the page: links, files, text, programmes, mistakes."""

from __future__ import annotations

import json
import urllib.request

import pytest

import zollverein as zv
from tests.app.browser.hands import SLIDER, downloaded, income, linked, release, settled, slide
from zollverein.scenario import KINDS


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


@pytest.mark.parametrize("start", [1800, 2195])
def test_years_at_the_ends_of_the_calendar_are_answered(open_page, start):
    tariff = {"kind": "tariff", "exporters": "HOM", "importers": "PAR", "add": 0.1}
    programme = {"name": "late", "start": start, "phase_in": 20, "measures": [tariff]}
    page = open_page(f"{linked({'name': 'x', 'programmes': [programme]})}&w=toy")
    for key, size in [("programmes[0].strength", 0.3), ("year", 0), ("year", 9999)]:
        slide(page, size, f"input[data-key='{key}']")
        release(page, f"input[data-key='{key}']")
        settled(page)
        assert page.locator("#problem .alert").count() == 0, key
    assert page.errors == []


def test_a_size_that_is_not_known_exactly_is_shown_by_its_middle_and_stays(open_page, tmp_path):
    flow = {"kind": "tariff", "exporters": "HOM", "importers": "PAR"}
    sizes = {"low": 0.05, "mode": 0.1, "high": 0.2}, {"value": 0.1, "standard_error": 0.03}
    measures = [flow | {"add": sizes[0]}, flow | {"exporters": "RST", "add": sizes[1]}]
    page = open_page(f"{linked({'name': 'x', 'world': 'toy', 'measures': measures})}&w=toy")
    for i, said in enumerate(("from 5 percent to 20 percent", "standard error of 3 percent")):
        card = page.locator(".card.measure").nth(i)
        assert card.locator("input.exact").first.input_value() == "10"
        assert said in card.inner_text()
    written = downloaded(page, tmp_path / "x.toml").to_dict()["measures"]
    assert tuple(measure["add"] for measure in written) == sizes
    page.click("[data-key='measures[0]:details']")
    page.select_option("[data-key='measures[0].how']", "set")
    settled(page)
    assert page.input_value("[data-key='measures[0].set:exact']") == "10"
    assert page.errors == []


def test_a_mistake_in_the_text_is_explained_and_changes_nothing(page):
    page.click("[data-key=toml]")
    page.fill(".code-area", 'name = "x"\n[[measures]]\nkind = "tarif"\nadd = 0.1\n')
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("#dialog .problem")
    assert "tariff" in page.inner_text("#dialog .problem")  # the CLI's own "did you mean"
    assert page.evaluate("document.querySelector('#dialog').open")
    page.errors.clear()  # the browser reports the 422 by itself


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
