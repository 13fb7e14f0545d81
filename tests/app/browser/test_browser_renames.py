"""A group of one's own in the questions of a scenario: followed by a rename, in the way of a deletion."""

from __future__ import annotations

import json

import pytest

from tests.app.browser.hands import downloaded, linked, named

TARIFF = {"kind": "tariff", "importers": "core", "exporters": "USA", "sectors": "heavy", "add": 0.1}
NESTED = {"kind": "embargo", "importers": ["wider", "core"], "exporters": "USA"}
DOCUMENT = {
    "name": "Groups everywhere",
    "blocs": {"core": ["RUS", "BLR"], "wider": ["core", "KAZ"]},
    "sectors": {"heavy": ["C24A", "C25"], "core_goods": ["heavy", "C20"]},
    "measures": [TARIFF],
    "programmes": [{"name": "Second step", "measures": [NESTED]}],
    "questions": [
        {"kind": "attribution", "name": "text", "outcome": "output core+KAZ heavy, C20"},
        {"kind": "uncertainty", "name": "texts", "outcomes": ["real_income core", "exports USA"]},
        {"kind": "nash", "name": "sum", "players": ["core+KAZ", "USA"], "sectors": "heavy"},
        {
            "kind": "coalition",
            "name": "instrument",
            "members": ["core", "KAZ"],
            "target": "USA",
            "instrument": [TARIFF],
        },
        {"kind": "compare", "name": "case", "cases": [{"name": "other", "measures": [NESTED]}]},
    ],
}


@pytest.fixture
def groups(open_page):
    """A page whose groups stand in every kind of question, with the part about groups open."""
    page = open_page(linked(DOCUMENT))
    page.click("[data-key=groups]")
    page.locator("[data-key='blocs:add']").wait_for(state="visible")
    yield page
    assert page.errors == []


def everywhere(old, new):
    """The document with another name for a group, by its text; ``core_goods`` is another's name."""
    text = json.dumps(DOCUMENT).replace("core_goods", "~").replace(old, new)
    return json.loads(text.replace("~", "core_goods"))


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [("blocs[0]:name", "core", "nucleus"), ("sectors[0]:name", "heavy", "metals")],
)
def test_a_rename_reaches_every_question(groups, tmp_path, field, old, new):
    named(groups, field, new)
    found = downloaded(groups, tmp_path / "scenario.toml")
    wanted = type(found).from_dict(everywhere(old, new))
    assert found.questions == wanted.questions
    assert found.to_dict() == wanted.to_dict()
    assert groups.locator("#problem .alert").count() == 0


@pytest.mark.parametrize(
    ("field", "card", "wanted"),
    [
        (
            "blocs[0]:remove",
            "bloc=core",
            {"wider", "Second step", "text", "texts", "sum", "instrument", "case"},
        ),
        ("sectors[0]:remove", "group=heavy", {"core_goods", "text", "sum", "instrument"}),
    ],
)
def test_a_group_of_questions_is_not_deleted(groups, field, card, wanted):
    groups.click(f"[data-key='{field}']")
    place = groups.locator(f".card.own[data-{card}]")
    said = place.get_by_role("alert").inner_text()
    users = said.split("used by: ")[1].split(". ")[0].split(", ")
    assert set(users) == wanted | {"measure 1 (tariff)"}
    assert place.is_visible()


@pytest.mark.parametrize("name", ["inner core", "core+more", "core,more"])
def test_a_name_that_an_outcome_cannot_hold_is_refused(groups, name):
    named(groups, "blocs[0]:name", name)
    card = groups.locator(".card.own[data-bloc=core]")
    assert "Choose one word" in card.get_by_role("alert").inner_text()
    assert groups.input_value("[data-key='blocs[0]:name']") == "core"
