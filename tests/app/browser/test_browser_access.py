"""The page for everybody: keyboard, names and roles, contrast in both themes, widths, motion."""

from __future__ import annotations

import pytest

from tests.app.browser.conftest import settle

#: WCAG 2.2, 1.4.3: contrast of text.
TEXT = 4.5
WIDTHS = (1440, 1280, 1024, 768, 390, 360)

#: Every text node's colour against the first opaque background behind it, where lower than wanted.
CONTRAST = """wanted => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = colour => { const [r, g, b] = rgba(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = node => { for (let n = node; n; n = n.parentElement) {
    const colour = getComputedStyle(n).backgroundColor; if (rgba(colour)[3] === 255) return colour; }
    return 'white'; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const bad = []; let seen = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const left = node.closest('svg, .hidden, [hidden], :disabled, option');
    if (left || !walker.currentNode.textContent.trim()) continue;
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    seen += 1;
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const where = `${node.tagName}.${node.className}: ${node.textContent.slice(0, 30)}`;
    if (ratio < wanted) bad.push(`${ratio.toFixed(2)} ${where}`);
  }
  return { seen, bad };
}"""

#: Interactive elements without a name that a screen reader could say.
NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
  .filter(node => node.checkVisibility() && node.type !== 'hidden')
  .filter(node => !(node.getAttribute('aria-label') || node.labels?.[0]?.textContent.trim()
    || node.textContent.trim() || document.getElementById(node.getAttribute('aria-labelledby'))?.textContent))
  .map(node => node.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(open_page, scheme):
    page = open_page(color_scheme=scheme)
    page.click("#bars [data-code=RUS]")
    page.wait_for_selector("#focus table")
    settle(page)
    page.locator("#policy details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = page.evaluate(CONTRAST, TEXT)
    assert found["seen"] > 300
    assert found["bad"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_switch_turns_every_colour(open_page, scheme):
    page = open_page(color_scheme=scheme)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.evaluate(CONTRAST, TEXT)["bad"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_losses_and_gains_differ_in_lightness_from_the_neutral_and_from_each_other(
    open_page, scheme
):
    """A colour is read by its distance from the neutral one, also in grey or without red and green."""
    page = open_page(color_scheme=scheme)
    steps = page.evaluate(
        """() => ['l4','l3','l2','l1','q0','g1','g2','g3','g4'].map(name => {
          const hex = getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
          const [r, g, b] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return { light: 0.2126 * r + 0.7152 * g + 0.0722 * b, blue: b - r };
        })"""
    )
    light = [step["light"] for step in steps]
    losses, gains = light[4::-1], light[4:]
    falling = scheme == "light"
    for side in (losses, gains):
        assert side == sorted(side, reverse=falling)
        assert len(set(side)) == 5
    assert all(step["blue"] < 0 for step in steps[:4])  # orange against blue-violet: the axis that
    assert all(step["blue"] > 0 for step in steps[5:])  # red-green blindness leaves


def test_everything_that_can_be_used_has_a_name(page):
    page.locator("#policy details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.evaluate(NAMELESS) == []
    page.click("[data-key=toml]")
    assert page.evaluate(NAMELESS) == []


def test_landmarks_headings_and_the_live_region(page):
    assert page.locator("html[lang=en]").count() == 1
    assert page.locator("main, header, footer, nav, aside").count() >= 5
    assert page.locator("h1").count() == 1
    assert page.locator("[role=status][aria-live=polite]").inner_text() == page.inner_text(
        "#headline"
    )
    assert page.locator("#map svg[role=img][aria-label]").count() == 1
    assert page.evaluate("document.querySelectorAll('th:not([scope])').length") == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))


def test_the_keyboard_is_enough(page):
    """From the top of the page: skip link, then a slider moved by arrow keys, then Escape."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "answer-title"
    assert page.evaluate("location.hash") == ""
    slider = page.locator("input[data-key='measures[1].add']")
    before, old = page.inner_text("#bars"), float(slider.input_value())
    slider.focus()
    assert "solid" in page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("old => document.querySelector('#bars').innerText !== old", arg=before)
    settle(page)
    assert float(slider.input_value()) == pytest.approx(old + 20 * 0.005)
    kept = page.evaluate("document.activeElement.dataset.key")
    assert kept == "measures[1].add"  # the panel was drawn anew, the hand is where it was
    page.keyboard.press("End")
    settle(page)
    page.focus("[data-key=toml]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog').open")
    assert page.evaluate("document.activeElement.dataset.key") == "toml"


def test_a_bloc_is_chosen_by_keyboard(page):
    page.focus("[data-key='measures[0]:details']")
    page.keyboard.press("Enter")
    field = page.locator("[data-key='measures[0].importers']")
    field.wait_for(state="visible")
    field.focus()
    page.keyboard.type("kaz")
    page.wait_for_selector("[role=option][aria-selected=true]")
    page.keyboard.press("Enter")
    settle(page)
    chips = page.locator(".card[data-path='measures[0]'] .picker:has([data-key$=importers]) .chip")
    chips.nth(1).wait_for(state="visible")
    texts = [text.strip().rstrip("×").strip() for text in chips.all_text_contents()]
    assert texts == ["Union State", "Kazakhstan KAZ"]
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    assert page.locator("[role=listbox]:visible").count() == 0


def test_countries_are_chosen_on_the_map(page):
    page.click("[data-key='measures[0]:details']")
    picker = page.locator(".card[data-path='measures[0]'] .picker:has([data-key$=importers])")
    picker.get_by_role("button", name="Pick on map").click()
    page.click("#map path[data-code=KAZ]")
    settle(page)
    assert "Kazakhstan" in page.inner_text(".card[data-path='measures[0]'] .gist")
    page.keyboard.press("Escape")
    assert page.locator("body.picking").count() == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_at_any_width(open_page, screenshots, width):
    page = open_page(viewport={"width": width, "height": 860})
    page.locator("#bars [data-code=RUS]").click()
    page.wait_for_selector("#focus table")
    settle(page)
    views = page.locator("#tabs .tab:visible").all() or [None]
    for place, view in enumerate(views):
        if view is not None:
            view.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=screenshots / f"{width}-{place}.png")


def test_on_a_phone_targets_are_large_enough_and_every_view_is_reached(open_page):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, for what is not inside a sentence or a table."""
    page = open_page(viewport={"width": 390, "height": 844})
    for view in ("policy", "answer", "trust"):
        page.click(f".tab[data-view={view}]")
        small = page.evaluate(
            "() => [...document.querySelectorAll('.tools button, .tabs button, .card-head input, .segment,"
            " .pins button, .number input')].filter(node => node.checkVisibility()).map(node =>"
            " [node.outerHTML.slice(0, 80), node.getBoundingClientRect()]).filter(([, box]) =>"
            " box.width < 24 || box.height < 20).map(([html]) => html)"
        )
        assert small == []
    assert page.locator("#trust table").is_visible()


def test_still_for_those_who_ask_for_it(open_page):
    page = open_page(reduced_motion="reduce")
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(node =>"
        " getComputedStyle(node).transitionDuration.split(',').some(one => parseFloat(one) > 0)).length"
    )
    assert moving == 0
