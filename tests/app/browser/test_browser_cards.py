"""What is open stays so where it shows the same thing, and nowhere else."""

from __future__ import annotations

from tests.app.browser.hands import linked, settled

TARIFF = {"kind": "tariff", "exporters": "CHN", "importers": "USA", "add": 0.1}
FIRST, SECOND, THIRD = (
    {**TARIFF, "name": name, "importers": who}
    for name, who in (("first", "USA"), ("second", "DEU"), ("third", "FRA"))
)
DOCUMENT = {"name": "Three", "measures": [FIRST, SECOND, THIRD]}
NESTED = {
    "name": "Nested",
    "programmes": [
        {"name": "one", "measures": [FIRST]},
        {"name": "two", "measures": [SECOND, THIRD]},
    ],
}


def open_cards(page):
    """Titles of the cards whose form is shown."""
    return page.evaluate(
        "() => [...document.querySelectorAll('#policy .card')]"
        ".filter((card) => card.querySelector(':scope > details')?.open)"
        ".map((card) => card.querySelector('h4').textContent)"
    )


def opened(page, path):
    page.click(f"[data-key='{path}:details']")
    page.wait_for_function(
        "(path) => document.querySelector(`[data-key='${path}:details']`).parentNode.open", arg=path
    )


def remove(page, path):
    page.click(f".card[data-path='{path}'] > details > button.danger")
    settled(page)


def test_an_open_card_moves_up_with_its_measure(open_page):
    page = open_page(linked(DOCUMENT))
    opened(page, "measures[0]")
    opened(page, "measures[2]")
    remove(page, "measures[0]")
    assert open_cards(page) == ["third"]
    assert page.errors == []


def test_open_cards_in_programmes_move_up_with_them(open_page):
    page = open_page(linked(NESTED))
    opened(page, "programmes[0]")
    opened(page, "programmes[1]")
    opened(page, "programmes[1].measures[1]")
    remove(page, "programmes[0]")
    assert open_cards(page) == ["two", "third"]
    opened(page, "programmes[0].measures[0]")
    remove(page, "programmes[0].measures[0]")
    assert open_cards(page) == ["two", "third"]
    assert page.errors == []


def test_another_example_opens_with_its_cards_shut(open_page):
    page = open_page(linked(DOCUMENT))
    opened(page, "measures[0]")
    opened(page, "measures[1]")
    page.select_option("[data-key=preset]", label="EU-UK barriers")
    settled(page)
    assert page.locator(".card.measure").count() > 0
    assert open_cards(page) == []
    page.go_back()
    page.wait_for_selector(".card[data-path='measures[2]']")
    settled(page)
    assert page.errors == []


def test_back_keeps_open_what_it_shows_again(open_page):
    page = open_page(linked(DOCUMENT))
    opened(page, "measures[1]")
    page.wait_for_function("() => location.hash.length > 9")
    remove(page, "measures[1]")
    page.click("[data-key='measures[1]:details']")
    assert open_cards(page) == ["third"]
    page.wait_for_timeout(300)  # the address is written a moment after the change
    page.go_back()
    page.wait_for_selector(".card[data-path='measures[2]']")
    settled(page)
    assert open_cards(page) == ["third"]
    assert page.errors == []


def test_a_renamed_card_stays_open(open_page):
    page = open_page(linked(DOCUMENT))
    opened(page, "measures[1]")
    page.fill("[data-key='measures[1].name']", "renamed")
    page.keyboard.press("Tab")
    settled(page)
    assert open_cards(page) == ["renamed"]
    assert page.errors == []


def test_tables_and_lists_stay_as_a_reader_set_them(page):
    page.click("#economies [data-key='sort:exports_pct']")
    page.click("#economies .sortable > button")
    page.click("#trust details summary >> nth=0")
    first = page.locator("#economies tbody tr >> nth=0").get_attribute("class")
    page.fill("[data-key='measures[1].add:exact']", "21")
    page.keyboard.press("Tab")
    settled(page)
    assert page.locator("#economies tbody tr").count() == 80
    assert page.get_attribute("#economies th:has([data-key='sort:exports_pct'])", "aria-sort")
    assert page.eval_on_selector("#trust details >> nth=0", "node => node.open")
    assert first == page.locator("#economies tbody tr >> nth=0").get_attribute("class")


def test_a_new_programme_has_a_name_of_its_own(open_page):
    one = {"name": "Programme 2", "measures": [FIRST]}
    page = open_page(linked({"name": "p", "programmes": [one]}))
    page.click("[data-key='programmes:add']")
    settled(page)
    shown = page.locator(".card.programme > h4, .card.programme > header h4").all_inner_texts()
    assert len(shown) == len(set(shown)) == 2
    assert page.locator("#problem .alert").count() == 0


def test_only_the_group_that_is_wrong_is_marked(open_page):
    """The name of one begins like the other's, and is of two words."""
    document = {"name": "g", "blocs": {"New": ["USA"], "New group": ["DEU"]}, "measures": [TARIFF]}
    page = open_page(linked(document))
    page.click("[data-key=groups]")
    page.evaluate(
        "async () => { const { edit } = await import('/js/state.js');"
        " edit((doc) => { doc.blocs['New group'] = ['CHNA']; }); }"
    )
    page.wait_for_selector("#problem .alert")
    marked = page.locator(".card.own.wrong")
    assert [marked.nth(k).get_attribute("data-bloc") for k in range(marked.count())] == [
        "New group"
    ]
    page.errors.clear()
