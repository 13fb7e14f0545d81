"""Names of several words in outcomes: in quotes, and without where they are one name only one way."""

from __future__ import annotations

from functools import lru_cache

import pytest

import zollverein as zv
from zollverein.errors import ScenarioError
from zollverein.outcomes import in_quotes, parse_outcome
from zollverein.readings import parse_outcomes

GROUPS = {"the far north": ["NOR", "ISL"]}
SECTORS = {"cars and ships": ["C28", "C29"]}


@lru_cache
def world() -> zv.World:
    return zv.load_world("icio2022")


def read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Countries and sectors of one outcome."""
    scenario = zv.Scenario.from_dict({"name": "own", "blocs": GROUPS, "sectors": SECTORS})
    (found,) = parse_outcomes(world(), text, scenario)
    return found.countries, found.sectors


@pytest.mark.parametrize(
    ("text", "countries", "sectors"),
    [
        ("real_income 'United States'", ("USA",), ()),
        ('real_income "United States"', ("USA",), ()),
        ("real_income 'United States'+Canada", ("USA", "CAN"), ()),
        ("real_income CAN+'Korea, Republic of'", ("CAN", "KOR"), ()),
        ("output 'Korea, Republic of' C29", ("KOR",), ("C29",)),
        ("output 'Korea, Republic of', 'cars and ships'", ("KOR",), ("C28", "C29")),
        ("exports 'the far north'", ("ISL", "NOR"), ()),
        ("real_income United States", ("USA",), ()),
        ("real_income CAN+United States", ("CAN", "USA"), ()),
        ("output United States C29 C28", ("USA",), ("C29", "C28")),
        ("exports the far north", ("ISL", "NOR"), ()),
    ],
)
def test_names_of_several_words(
    text: str, countries: tuple[str, ...], sectors: tuple[str, ...]
) -> None:
    assert read(text) == (countries, sectors)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("real_income 'United States", "is not closed"),
        ("real_income USA+", "missing beside"),
        ("real_income USA++CAN", "missing beside"),
        ("real_income 'Untied States'", "'Untied States' is not a country"),
        ("real_income USA C29", "stands in quotes, such as real_income 'United States'"),
    ],
)
def test_mistakes_are_named(text: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said.replace("+", r"\+")):
        read(text)


def test_an_apostrophe_inside_of_a_name_is_no_quote() -> None:
    assert parse_outcome("wage Cote-d'Ivoire").countries == ("Cote-d'Ivoire",)
    assert parse_outcome("wage 'Cote d'Ivoire'+X").countries == ("Cote d'Ivoire", "X")


@pytest.mark.parametrize("name", ["BLR", "United States", "Cote d'Ivoire", "Korea, Republic of"])
def test_what_is_written_is_read_again(name: str) -> None:
    assert parse_outcome(f"wage {in_quotes(name)}+A s0").countries == (name, "A")
    assert parse_outcome(f"wage {in_quotes(name)}+A s0").sectors == ("s0",)


def test_questions_of_a_file_take_quotes() -> None:
    """An own group of several words, in a question of each kind that names outcomes."""
    text = """
name = "quotes"
[blocs]
"both of them" = ["HOM", "PAR"]
[[measures]]
kind = "tariff"
exporters = "RST"
importers = "HOM"
add = 0.1
[[questions]]
kind = "attribution"
outcome = "real_income 'both of them'"
[[questions]]
kind = "phase_in"
outcomes = ["real_income 'both of them'", "exports HOM"]
years = [2026]
"""
    scenario = zv.Scenario.from_toml(text)
    assert zv.Scenario.from_toml(scenario.to_toml()) == scenario
    attribution, phases = zv.answer(zv.load_world("toy"), scenario, workers=1)
    assert attribution.outcome.countries == ("HOM", "PAR")
    assert list(phases.table().columns) == ["real_income of both of them", "exports of HOM"]
