"""Another world on the page: chosen in the header, or named by an example, a file or a link."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

import zollverein as zv
from tests.app.browser.hands import downloaded, income, linked, settled
from tests.app.conftest import running

MEASURE = {"kind": "tariff", "exporters": "all", "importers": "all", "set": 0.0}
TOY = {"kind": "tariff", "exporters": "HOM", "importers": "PAR", "add": 0.1}


def shown_world(page):
    """The world in the header, how many places the map has, and how many economies can be chosen."""
    return (
        page.input_value("#world-pick"),
        page.locator("#map .place").count(),
        page.locator("#focus-pick option").count() - 1,
    )


def test_a_file_from_another_world_names_it_and_gives_the_numbers_on_screen(open_page, tmp_path):
    page = open_page(linked({"name": "Free trade", "world": "icio2022", "measures": [MEASURE]}))
    page.select_option("#world-pick", "toy")
    settled(page)
    page.wait_for_function("() => location.hash.includes('w=toy')")
    packed = page.evaluate("location.hash").split("#s=")[1].split("&")[0]
    text = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    assert json.loads(text)["world"] == "toy"  # the link is the document, as the file is
    shown = income(page)
    file = downloaded(page, tmp_path / "scenario.toml")
    assert file.world == "toy"
    table = zv.simulate(zv.load_world(file.world), file).table()
    for code, value in table["real_income_pct"].items():
        assert shown[code] == pytest.approx(value, abs=0.0051)


def test_the_text_of_another_world_opens_in_it(page):
    page.click("#bars [data-code=RUS]")
    page.click("[data-key=toml]")
    page.wait_for_selector(".code-area:not([readonly])")
    text = (
        'name = "small"\nworld = "toy"\n[[measures]]\nkind = "tariff"\nimporters = "PAR"\nadd = 0.1'
    )
    page.fill(".code-area", text)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => !document.querySelector('#dialog').open")
    settled(page)
    assert shown_world(page)[0::2] == ("toy", 3)
    assert set(income(page)) == {"HOM", "PAR", "RST"}
    assert page.input_value("#focus-pick") == ""


def test_an_example_opens_in_its_own_world(open_page):
    page = open_page(f"{linked({'name': 'small', 'measures': [TOY]})}&w=toy")
    assert shown_world(page)[0::2] == ("toy", 3)
    page.select_option("[data-key=preset]", label="EU-UK barriers")
    settled(page)
    name, places, economies = shown_world(page)
    assert (name, economies) == ("icio2022", 80)
    assert places >= 80
    assert page.errors == []


def test_a_comparison_in_another_world_survives_a_reload(open_page):
    page = open_page(f"{linked({'name': 'small', 'measures': [TOY]})}&w=toy")
    page.click("[data-key='pin-a']")
    page.fill("[data-key='measures[0].add:exact']", "30")
    page.keyboard.press("Tab")
    settled(page)
    page.click("[data-key='pin-b']")
    page.click("[data-key=compare]")
    before = page.inner_text("#compare")
    assert "−" in before
    page.wait_for_function("() => /&a=.*&b=/.test(location.hash)")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    assert page.inner_text("#compare") == before
    assert page.errors == []


def test_what_was_pinned_in_one_world_is_not_compared_with_another(page):
    page.click("[data-key='pin-a']")
    page.click("[data-key=compare]")
    page.select_option("#world-pick", "toy")
    page.wait_for_selector("#problem .alert")
    assert not page.is_visible("#compare")
    assert page.locator(".pin.set").count() == 0
    page.errors.clear()  # the document names elasticities of the other world, and is refused


def test_a_world_of_ones_own_opens_first(chromium):
    """The examples are of another world: the page begins with nothing, in the operator's."""
    with running(worlds={"toy": "toy"}) as address:
        page = chromium.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready=yes]")
        assert shown_world(page)[0::2] == ("toy", 3)
        assert page.locator(".card.measure").count() == 0
        page.close()


def test_the_map_says_what_is_pale_and_that_it_takes_no_side(page):
    legend = page.inner_text("#legend")
    assert "not in the data" in legend
    assert "no view on any status" in legend


def test_a_map_without_an_answer_has_no_colours(open_page):
    nobody = {"kind": "embargo", "exporters": "all", "importers": "LUX"}
    page = open_page(linked({"name": "Closed", "measures": [nobody]}), ready=None)
    page.wait_for_selector("#problem .alert")
    fill = "node => getComputedStyle(node).fill"
    absent = page.eval_on_selector("#map .absent", fill)
    assert page.eval_on_selector("#map [data-code=DEU]", fill) == absent
