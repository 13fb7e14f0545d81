"""Worlds of one's own: amounts in their own unit, names of several words, other alphabets, narrow screens."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import zollverein as zv
from tests.app.browser.hands import choose, downloaded, linked, named, settled
from tests.app.conftest import running
from zollverein.measures.booking import booking
from zollverein.world import World

LONG = "A country with a long name in the northern sea, islands included"
NAMES = ("Land, der Mitte", "Côte d'Ivoire + Mali", LONG, "العربية")
MEASURES = [
    {"kind": "tariff", "name": "a", "exporters": NAMES[0], "importers": NAMES[1], "add": 0.2},
    {"kind": "tariff", "name": "b", "exporters": NAMES[2], "importers": NAMES[1], "add": 0.1},
]
DOCUMENT = {"name": "odd", "world": "odd", "measures": MEASURES}


def odd_world(currency="EUR", unit=1e6):
    """Four economies whose names are of several words, in whole euros."""
    flow = np.random.default_rng(3).uniform(5, 15, (4, 4, 2)) * unit
    for place in range(4):
        flow[place, place] *= 10
    output = flow.sum(axis=1)
    inputs = np.zeros((4, 2, 2))
    inputs[:, 0, :] = 0.1 * output
    return World.from_arrays(
        name="odd",
        countries=NAMES,
        sectors=("goods", "things made of goods"),
        trade_flow=flow,
        tariff=np.zeros_like(flow),
        intermediate_use=inputs,
        value_added=output - inputs.sum(axis=1),
        final_demand=flow.sum(axis=0) - inputs.sum(axis=2),
        attrs={"currency": currency, "trade_elasticity": 4.0},
    )


def number(text):
    return float(re.sub("[\u202f ]", "", text).replace("−", "-"))


@pytest.fixture(scope="module")
def odd_address(tmp_path_factory):
    file = odd_world().to_netcdf(tmp_path_factory.mktemp("worlds") / "odd.nc")
    with running(worlds={"odd": str(file)}) as address:
        yield address


@pytest.fixture
def odd(chromium, odd_address):
    """Open the page of the server with the odd world."""
    contexts = []

    def open_one(width=1280, document=None):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}))
        page = contexts[-1].new_page()
        page.set_default_timeout(90_000)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{odd_address}/{linked(document or DOCUMENT)}")
        page.wait_for_selector("body[data-ready=yes]")
        settled(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


def booked(page):
    """Rows of the table of who pays: name, and the number under each title."""
    return page.evaluate(
        "() => { const cells = (row) => [...row.children].map((cell) => cell.textContent);"
        " const [head] = document.querySelectorAll('#booking thead tr');"
        " return [...document.querySelectorAll('#booking tbody tr')].map((row) =>"
        " Object.fromEntries(cells(row).map((text, i) => [cells(head)[i].replace(/[▲▼]/, ''), text]))); }"
    )


def test_amounts_are_in_the_unit_of_the_world(odd):
    page = odd()
    result = zv.simulate(odd_world(), zv.Scenario.from_dict(DOCUMENT))
    change = booking(result.before, result.after, result.policy)["change"]
    rows = booked(page)
    assert len(rows) == 4
    for row in rows:
        wanted = change[row["Economy"].strip(), "income"]
        assert number(row["Income"]) == pytest.approx(wanted, abs=0.51)
    assert "Change, EUR a year." in page.inner_text("#booking")
    cell = page.locator("#matrix td").nth(1).get_attribute("title")
    assert "(EUR)" in cell
    assert "illion" not in page.inner_text("#late") + cell


def test_a_world_in_millions_is_shown_in_billions(page):
    page.click("#bars [data-code=RUS]")
    settled(page)
    scenario = zv.read_scenario("examples/union-under-sanctions.toml")
    result = zv.simulate(zv.load_world("icio2022"), scenario)
    change = booking(result.before, result.after, result.policy)["change"]["RUS", "income"]
    (row,) = [row for row in booked(page) if row["Economy"].strip().startswith("Russia")]
    assert number(row["Income"]) == pytest.approx(change / 1000, abs=0.051)
    assert "Change, billion USD a year." in page.inner_text("#booking")
    assert "In billion USD a year" in page.inner_text("#focus")


def test_small_amounts_of_a_small_world_are_seen(open_page):
    measure = {"kind": "transfer", "payers": "HOM", "receivers": "PAR", "amount": 5}
    page = open_page(f"{linked({'name': 'gift', 'measures': [measure]})}&w=toy&f=PAR")
    assert "Transfers\t0.000\t5.000\t+5.000" in page.inner_text("#focus")
    assert "before → after, units" in page.inner_text("#focus")
    assert page.errors == []


@pytest.mark.parametrize("name", NAMES)
def test_long_questions_about_names_of_several_words(odd, name):
    page = odd()
    page.select_option("#focus-pick", name)
    settled(page)
    page.click("#jobs [data-key=attribute]")
    page.wait_for_selector("#job-result .bar-list", timeout=120_000)
    assert f"contributes in {name}," in page.inner_text("#job-result")
    scenario = zv.Scenario.from_dict(DOCUMENT)
    quote = f'"{name}"' if "'" in name else f"'{name}'"
    table = zv.attribute(odd_world(), scenario, f"real_income {quote}").table()["effect_pct"]
    shown = page.locator("#job-result .bar-row").evaluate_all(
        "all => all.map(row => [row.firstChild.textContent, row.lastChild.textContent])"
    )
    for part, text in shown:
        assert number(text) == pytest.approx(table[part], abs=0.00051)
    assert page.errors == []


def test_bands_of_a_world_that_no_set_of_elasticities_knows(odd, tmp_path):
    """The page asks how unsure its elasticities are and keeps it in a question of the document."""
    page = odd()
    page.click("#jobs [data-key=uncertainty]")
    assert "how unsure" in page.inner_text("#job-result")
    assert page.evaluate("document.activeElement.dataset.key") == "elasticity_spread:exact"
    named(page, "elasticity_spread:exact", "0.3")
    with page.expect_request("**/api/uncertainty") as sent:
        page.click("#jobs [data-key=uncertainty]")
    asked = json.loads(sent.value.post_data)
    question = {"kind": "uncertainty", "draws": asked["draws"], "elasticity_spread": 0.3}
    assert asked["elasticity_spread"] == 0.3
    assert asked["scenario"]["questions"] == [question]
    page.wait_for_selector("#job-result tbody tr", timeout=120_000)
    page.wait_for_function("() => location.hash.length > 10")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    assert page.input_value("[data-key='elasticity_spread:exact']") == "0.3"
    named(page, "elasticity_spread:exact", "")
    assert "spread" not in json.dumps(downloaded(page, tmp_path / "spread.toml").to_dict())
    assert page.errors == []


def test_a_world_that_is_on_no_map_says_so_in_words(odd):
    page = odd()
    assert not page.is_visible("#map")
    assert "no map of this world" in page.inner_text("#legend")
    page.evaluate(
        "() => document.querySelectorAll('#policy details').forEach((one) => (one.open = true))"
    )
    assert page.get_by_role("button", name="Pick on map").count() == 0
    page.click("#takeaway summary")
    assert page.get_by_role("button", name="Ranking, SVG").count() == 1
    assert page.get_by_role("button", name="Map, SVG").count() == 0
    options = page.locator("#focus-pick option").all_inner_texts()
    assert options[1:] == list(NAMES)
    assert page.errors == []


def test_signs_stay_in_front_of_numbers_beside_names_from_right_to_left(odd):
    """What the eye sees: the minus is left of its number."""
    page = odd()
    page.route(
        "**/api/jobs/*",
        lambda route: route.fulfill(
            json={
                "done": 1,
                "total": 1,
                "state": "done",
                "error": None,
                "result": {"text": f"real_income of {NAMES[3]}: -1.5 %", "table": []},
            }
        ),
    )
    page.click("#jobs [data-key=attribute]")
    page.wait_for_selector("#job-result .about")
    left = page.evaluate("""() => {
        const node = [...document.querySelector('#job-result .about').childNodes].at(-1);
        const at = (i) => { const range = new Range(); range.setStart(node, i); range.setEnd(node, i + 1);
            return range.getBoundingClientRect().left; };
        const sign = node.data.indexOf('−');
        return [at(sign), at(sign + 1)];
    }""")
    assert left[0] < left[1]


@pytest.mark.parametrize("kind", ["price_cap", "import_substitution", "customs_union"])
def test_a_new_measure_is_of_all_sectors_where_the_world_does_not_say_what_goods_are(odd, kind):
    page = odd(document={"name": "none", "world": "odd"})
    page.select_option("[data-key='measures:add']", kind)
    keys = page.locator(".card.measure [role=combobox]").evaluate_all(
        "all => all.map(one => one.dataset.key)"
    )
    for key in (key for key in keys if not key.endswith("sectors")):
        if not page.is_visible(f"[data-key='{key}']"):
            page.click("[data-key='measures[0]:details']")
        choose(page, key, NAMES[1])
    assert any(
        "All sectors" in text for text in page.locator(".card.measure .chips").all_text_contents()
    )
    said = page.inner_text("#problem")
    assert "goods" not in said, said


def test_only_sets_that_know_the_sectors_are_offered(odd, page):
    """A world of the sets needs no spread of its own; another has the one set that is the same everywhere."""
    other = odd()
    sets = "() => [...document.querySelector(\"[data-key='doc.trade_elasticity']\").options].length"
    assert other.evaluate(sets) == 2
    assert page.evaluate(sets) == 9
    assert page.locator("[data-key='elasticity_spread:exact']").count() == 0


def test_numbers_stay_in_reach_beside_long_names_on_a_phone(odd):
    """The first column stands still while the others are scrolled: it must leave room for them."""
    page = odd(width=390)
    for place in ("#booking", "#economies", "#matrix"):
        room, name = page.evaluate(
            "(place) => [document.querySelector(`${place} .scroll`).clientWidth,"
            " Math.max(...[...document.querySelectorAll(`${place} tbody th`)]"
            ".map((one) => one.offsetWidth))]",
            place,
        )
        assert name < 0.5 * room, place
    page.select_option("#focus-pick", LONG)
    settled(page)
    ends = "(id) => document.getElementById(id).getBoundingClientRect().right"
    assert page.evaluate(ends, "focus-pick") <= page.evaluate(ends, "focus-head")
    page.click("[data-key='question:coalition']")
    page.focus("[data-key='question:members']")
    assert LONG in page.locator("#questions .option").all_inner_texts()
    choose(page, "question:members", LONG[:12])
    assert LONG in page.inner_text("#questions .chip")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
