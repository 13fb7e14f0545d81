"""What a hand does on the page, and what an eye reads from it."""

from __future__ import annotations

import base64
import json
import zlib

import zollverein as zv

SLIDER = "input[data-key='measures[1].add']"


def linked(document):
    """The address of a document, as anybody can write it."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(document).encode()) + packer.flush()
    return "#s=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def settled(page):
    """Wait until the page shows the full answer to what is on screen."""
    page.wait_for_function("() => document.body.dataset.waiting === 'no'")


def named(page, field, name):
    """Type a name into a field and leave it."""
    page.fill(f"[data-key='{field}']", name)
    page.keyboard.press("Tab")
    settled(page)


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


def choose(page, field, *words):
    """Type each word into a field that searches, and take what it finds."""
    for word in words:
        page.focus(f"[data-key='{field}']")
        page.keyboard.type(word)
        page.wait_for_selector("[role=listbox]:not([hidden]) [role=option][aria-selected=true]")
        page.keyboard.press("Enter")
        settled(page)


def downloaded(page, path):
    """The scenario of the file that the page gives."""
    page.click("[data-key=toml]")
    page.wait_for_function("() => document.querySelector('.code-area').value.includes('kind')")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    coming.value.save_as(path)
    page.keyboard.press("Escape")
    return zv.read_scenario(path)


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
