"""Mistakes in a scenario: every message says where, what the key means and what is near."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from zollverein.errors import ScenarioError
from zollverein.scenario import Embargo, Scenario, Tariff
from zollverein.testing import random_world


@pytest.fixture(scope="module")
def icio():
    return zv.load_world("icio2022")


def message(*measures, world, **keys):
    with pytest.raises(ScenarioError) as caught:
        Scenario(measures=measures, **keys).policy(world)
    return str(caught.value)


def message_of(text):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_toml(text)
    return str(caught.value)


# ---------------------------------------------------------------------------------------- in names
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Belarrus", "'Belarrus' is not a country of icio2022: did you mean 'BLR' (Belarus)?"),
        ("RSU", "'RSU' is not a country of icio2022: did you mean 'RUS'?"),
        ("Serbia", "'Serbia' (SRB) is not among the countries of icio2022."),
        ("SRB", "'SRB' (Serbia) is not among the countries of icio2022."),
        ("EU-27", "did you mean 'EU27'?"),
        ("westt", "did you mean 'west'?"),
        ("qqqq", "'zollverein describe' lists the valid names"),
    ],
)
def test_a_wrong_country_says_what_is_near(icio, written, expected):
    text = message(Tariff(name="T", set=0.1, importers=written), world=icio, blocs={"west": "USA"})
    assert text.startswith("measures[0].importers (1st measure, tariff 'T'): ")
    assert text.endswith("(importers: the countries that buy)")
    assert expected in text


def test_several_mistakes_are_reported_together(icio):
    text = message(
        Tariff(set=0.1, importers="Belarrus", sectors="C266"),
        Embargo(exporters=["USA", "Rusia", "Kina"]),
        Embargo(exporters="loop"),
        world=icio,
        blocs={"loop": ["ring", "DEU"], "ring": "loop", "USA": "DEU", "typo": "Germny"},
        sectors={"chips": "C62"},
    )
    assert text.startswith("7 problems:")
    for part in (
        "blocs.ring: the group refers to itself: loop → ring → loop.",
        "blocs.USA: this name is taken",
        "blocs.typo: 'Germny' is not a country of icio2022: did you mean 'DEU' (Germany)?",
        "sectors.chips: 'C62' is not a sector of icio2022: did you mean 'C26'?",
        "did you mean 'C26'? (sectors: the sectors it applies to)",
        "'Rusia' is not a country of icio2022: did you mean 'RUS' (Russia)?",
        "'Kina' is not a country",
    ):
        assert part in text, part


def test_a_bloc_without_any_member_is_a_mistake():
    text = message(Embargo(exporters="EU27"), world=random_world(3))
    assert "no member of 'EU27' (European Union of 27) is in the world" in text


# ------------------------------------------------------------------------ mistakes in the document


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("mesures = 1", ["Unknown key 'mesures': did you mean 'measures'?", "Valid keys are"]),
        ("measures = 1", ["measures: must be a list of tables", "not 1"]),
        ("measures = [1]", ["measures[0] (1st measure): must be a table"]),
        ("name = 1", ["name: must be a text, not 1 (name: a short name of the scenario)"]),
        (
            "year = 2030.5",
            ["year: must be a whole number from 1800 to 2200, not 2030.5 (year: the"],
        ),
        ("closure = 'zeroo'", ["closure: 'zeroo' is not valid: did you mean 'zero'?"]),
        ("closure = 3", ["closure: 3 is not valid.", "Choose 'share_of_world'"]),
        ("trade_elasticity = -1", ["is -1; it must be greater than 0", "or the name of a set"]),
        ("trade_elasticity = {}", ["must not be an empty table"]),
        ("[trade_elasticity]\nC26 = true", ["the value of sector 'C26' must be a number"]),
        ("blocs = 'x'", ["blocs: must be a table, not 'x'"]),
        ("[blocs]\na = []", ["blocs.a: must be a name or a list of names, not empty"]),
        ("[sectors]\na = ['C26', 1]", ["sectors.a: ", "1 in the list is not a name"]),
        ("year = '2023'", ["year: must be a whole number from 1800 to 2200, not '2023' (year:"]),
        ("year = 23", ["year: is 23; it must be a whole number from 1800 to 2200"]),
        (
            "[[programmes]]\nname = 'a'\nstart = 2020.5\nphase_in = 0",
            [
                "start: must be a whole number",
                "not 2020.5",
                "phase_in: is 0; it must be",
                "1 to 100",
            ],
        ),
        ("name = \n", ["not valid TOML", "line 1", "Line 1 is: name ="]),
        ("a = [", ["not valid TOML"]),
    ],
)
def test_mistakes_at_the_top(text, parts):
    found = message_of(text)
    assert [part for part in parts if part not in found] == []


@pytest.mark.parametrize(
    ("keys", "parts"),
    [
        ("", ["the key 'kind' is missing; it is one of 'tariff'"]),
        ("kind = 'tarif'", ["'tarif' is not a kind of measure: did you mean 'tariff'?"]),
        ("kind = 'tariff'", ["needs exactly one of 'set', 'add' or 'scale'; none is given"]),
        ("kind = 'tariff'\nset = 1\nadd = 1", ["'set' and 'add' are given"]),
        ("kind = 'barrier'", ["exactly one of 'add' or 'remove'"]),
        ("kind = 'tariff'\nset = 25", ["set (1st measure, tariff): is 25", "0.25 means 25 %"]),
        ("kind = 'tariff'\nset = -1", ["greater than -1 and at most 10", "(set: the new rate)"]),
        ("kind = 'tariff'\nset = nan", ["is nan"]),
        ("kind = 'tariff'\nscale = inf", ["is inf"]),
        ("kind = 'tariff'\nset = '5 %'", ["must be a number", "not '5 %'"]),
        ("kind = 'tariff'\nset = true", ["not true"]),
        (f"kind = 'tariff'\nset = 1{'0' * 400}", ["at most 10"]),
        ("kind = 'barrier'\nadd = -0.1", ["at least 0 and at most 10"]),
        ("kind = 'productivity'", ["the key 'change' is missing (change: change of product"]),
        (
            "kind = 'embargo'\nimporter = 'RUS'",
            ["unknown key 'importer': did you mean 'importers'"],
        ),
        ("kind = 'embargo'\nboth_directions = 'yes'", ["must be true or false, not 'yes'"]),
        ("kind = 'embargo'\nexporters = 3", ["must be a name or a list of names, not 3"]),
        ("kind = 'embargo'\nexporters = ' '", ["not empty"]),
        ("kind = 'embargo'\nname = 2024-01-01", ["must be a text, not a date"]),
    ],
)
def test_mistakes_in_a_measure(keys, parts):
    found = message_of(f"[[measures]]\n{keys}\n")
    assert found.startswith("measures[0]")
    assert [part for part in parts if part not in found] == []
    assert "pydantic" not in found
    assert "Input should" not in found


def test_all_mistakes_of_a_document_are_reported_together():
    found = message_of(
        "clsure = 'zero'\n[[measures]]\nkind = 'tariff'\nname = 'A'\nset = 30\n"
        "[[measures]]\nkind = 'embargo'\nname = 'B'\nsector = 'C26'\n"
    )
    assert found.startswith("3 problems:")
    assert "(1st measure, tariff 'A')" in found
    assert "(2nd measure, embargo 'B')" in found


def test_mistakes_in_python_are_scenario_errors():
    with pytest.raises(ScenarioError, match="Needs exactly one of"):
        Tariff()
    with pytest.raises(ScenarioError, match="Unknown key 'measure': did you mean 'measures'"):
        Scenario(measure=[])  # type: ignore[call-arg]
    with pytest.raises(ScenarioError, match=r"measures\[1\] \(2nd measure\): must be a table"):
        Scenario(measures=[Embargo(), 5])
    with pytest.raises(ScenarioError, match="3rd measure, 'N'"):
        Scenario(measures=[Embargo(), Embargo(), {"name": "N"}])


def test_arrays_and_numbers_of_numpy_are_lists_and_numbers():
    for names in (np.array(["HOM", "PAR"]), pd.Index(["HOM", "PAR"]), pd.Series(["HOM", "PAR"])):
        assert Embargo(exporters=names).exporters == ("HOM", "PAR")
    assert Scenario(year=np.int64(2023)).to_toml() == Scenario(year=2023).to_toml()


def test_a_measure_alone_is_not_a_list():
    alone: Any = Embargo(exporters="HOM")
    with pytest.raises(
        ScenarioError, match=r"measures: must be a list; put the Embargo in brackets"
    ):
        Scenario(measures=alone)


def test_a_scenario_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        Scenario().name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "said"),
    [("year = 1" + 5000 * "0", "too many digits"), ("a = " + 5000 * "[", "too many brackets")],
)
def test_what_python_cannot_parse_is_a_message(text, said):
    with pytest.raises(ScenarioError, match=said):
        Scenario.from_toml(text)
