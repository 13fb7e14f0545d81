"""The map without a mouse: one stop, arrows to the nearest country, Enter; codes beside names."""

from __future__ import annotations

import pytest

from tests.app.browser.conftest import settle
from tests.app.browser.hands import settled

#: Countries that can be reached from each by arrow keys alone.
REACHED = """async () => {
  const { ARROWS, nearest, middleOf } = await import('./js/compass.js');
  const { known, world } = await import('./js/state.js');
  const codes = new Set(world().countries.map(one => one.code));
  const flip = ([x, y]) => [x, -y];
  const shapes = Object.entries(known.shapes).map(([code, rings]) => [code, flip(middleOf(rings))]);
  const dots = Object.entries(known.dots).map(([code, at]) => [code, flip(at)]);
  const points = new Map([...shapes, ...dots].filter(([code]) => codes.has(code)));
  const reached = from => { const seen = new Set([from]); const open = [from];
    while (open.length) { const here = open.pop();
      for (const way of Object.values(ARROWS)) { const next = nearest(points, here, way);
        if (!seen.has(next)) { seen.add(next); open.push(next); } } }
    return seen.size; };
  return { many: points.size, least: Math.min(...[...points.keys()].map(reached)) };
}"""


def said(page):
    return page.inner_text("#map-said")


@pytest.fixture
def on_map(page):
    """The page with the keyboard on the map, come to by the Tab key."""
    page.focus("#outcomes button >> nth=-1")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "map":
            break
    assert page.evaluate("document.activeElement.id") == "map"
    return page


def test_the_map_is_one_stop_with_a_ring_and_says_where_it_is(on_map):
    page = on_map
    assert said(page).startswith("Belarus (BLR): +")  # what moves most
    assert page.locator("#map .ring").is_visible()
    tip = page.inner_text("#tip")
    assert "Belarus" in tip
    assert tip.rstrip(" %").split()[-1] in said(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#map')") is None
    assert not page.locator("#map .ring").is_visible()
    assert page.locator("#tip").is_hidden()


def test_arrows_go_to_neighbours_and_back(on_map):
    page = on_map
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("Kazakhstan (KAZ)")
    heard = {said(page)}
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        heard.add(said(page))
    assert len(heard) >= 5
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    last = said(page)
    page.keyboard.press("ArrowDown")
    assert said(page) == last  # the edge of the world


def test_enter_focuses_on_the_country(on_map):
    page = on_map
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page)
    assert page.inner_text("#focus-head h3").startswith("Kazakhstan")
    assert "in focus" in said(page)
    assert page.evaluate("document.activeElement.id") == "map"
    assert page.locator("#map .focused").get_attribute("data-code") == "KAZ"


def test_enter_chooses_for_a_field_that_picks_on_the_map(page):
    page.click("[data-key='measures[2]:details']")
    picker = page.locator(".card[data-path='measures[2]'] .picker:has([data-key$=importers])")
    picker.get_by_role("button", name="Pick on map").click()
    page.locator("#map").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    settled(page)
    name = said(page).split(" (")[0]
    assert name != "Belarus"
    assert name in page.inner_text(".card[data-path='measures[2]'] .gist")
    page.keyboard.press("Escape")
    assert page.locator("body.picking").count() == 0


def test_every_country_is_reached_from_every_other(page):
    found = page.evaluate(REACHED)
    assert found["many"] == 80
    assert found["least"] == 80


@pytest.mark.parametrize("word", ["SVK", "sk", "slovak"])
def test_a_country_is_found_by_its_codes_and_by_its_name(page, word):
    page.click("[data-key='measures[2]:details']")
    page.focus("[data-key='measures[2].importers']")
    page.keyboard.type(word)
    page.wait_for_selector("[role=option][aria-selected=true]")
    assert "Slovakia" in page.inner_text("[role=option][aria-selected=true]")
    page.keyboard.press("Enter")
    settled(page)
    chips = page.locator(".card[data-path='measures[2]'] .picker:has([data-key$=importers]) .chip")
    assert "Slovakia" in chips.nth(1).inner_text()
    assert "SVK" in chips.nth(1).inner_text()


@pytest.mark.parametrize("place", ["#bars", "#economies", "#booking", "#focus"])
def test_lists_of_countries_show_their_codes(page, place):
    page.click("#bars [data-code=RUS]")
    settle(page)
    buttons = page.locator(f"{place} button.country").all()
    assert len(buttons) > 3
    for button in buttons:
        assert button.inner_text().split()[-1] == button.get_attribute("data-code")
