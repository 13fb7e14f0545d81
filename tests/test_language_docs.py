"""The documentation of the policy language against the language itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zollverein.choices import CHOICES, HORIZONS, MODELS, SHORT_RUN_PART, WORDS
from zollverein.scenario import KINDS, Programme, Scenario

DOCS = Path(__file__).parents[1] / "docs"
INDEX = (DOCS / "measures" / "index.md").read_text(encoding="utf-8")
#: Kind -> its page, from the first column of the table.
PAGES = dict(re.findall(r"^\| \[`(\w+)`\]\((\w+\.md)\)", INDEX, flags=re.MULTILINE))


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_table_has_every_kind_and_no_other():
    assert set(PAGES) == set(KINDS)
    assert set(PAGES.values()) == {
        path.name for path in (DOCS / "measures").glob("*.md") if path.name != "index.md"
    }


@pytest.mark.parametrize("kind", KINDS)
def test_its_page_names_every_key_and_shows_the_toml(kind):
    page = text_of(f"measures/{PAGES[kind]}")
    shared = {"kind", "name", "note"}
    missing = [
        key for key in KINDS[kind].model_fields if key not in shared and f"`{key}`" not in page
    ]
    assert not missing
    assert f"`{kind}`" in page.split("\n", 1)[0]
    for part in ("$$", "## Example", "## What is booked where", "## Limits", "Source"):
        assert part in page


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_runs_on_its_page_or_in_a_shipped_example(kind):
    page = text_of(f"measures/{PAGES[kind]}")
    code = "".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL))
    files = re.findall(r"examples/[\w-]+\.toml", code)
    code += "".join((DOCS.parent / name).read_text(encoding="utf-8") for name in files)
    assert f'kind = "{kind}"' in code


def test_the_scenario_page_names_every_key_at_the_top_and_every_choice():
    page = text_of("scenario.md")
    keys = [
        key
        for key in Scenario.model_fields
        if key not in ("blocs", "sectors", "measures", "programmes", "questions")
    ]
    assert not [key for key in (*keys, *CHOICES) if f"`{key}`" not in page]
    words = {word for options in WORDS.values() for word in options}
    assert not [word for word in words if f'"{word}"' not in page]


def test_the_programme_page_names_every_key():
    page = text_of("programmes.md")
    keys = [key for key in Programme.model_fields if key != "measures"]
    assert not [key for key in keys if f"`{key}`" not in page]


def test_the_horizon_page_says_what_each_horizon_and_model_stands_for():
    page = text_of("horizons.md")
    row = {
        line.split("|")[1].strip().strip("`"): line
        for line in page.splitlines()
        if line.startswith("| ") and line.count("|") == 5
    }
    for place, horizon in enumerate(("short", "medium", "long")):
        for choice, value in HORIZONS[horizon].items():
            assert f'"{value}"' in row[choice].split("|")[2 + place]
    assert all(f'`"{name}"`' in page for name in MODELS)
    assert f"times {SHORT_RUN_PART:g}" in page
    assert f"`scale = {MODELS['krugman']['scale']:g}`" in page
    nests = MODELS["ces"]
    assert f"is {nests['value_added_elasticity']:g} between" in page
    assert (
        f"{nests['input_elasticity']:g}\namong inputs and {nests['final_elasticity']:g} among"
        in page
    )
