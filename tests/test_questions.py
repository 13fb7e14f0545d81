"""Questions in the scenario file: nothing lost in writing, every mistake named with its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import zollverein as zv
from tests.questions import HEAD, TEXTS, scenario_with, text_of, toy
from zollverein.asking import check_questions
from zollverein.errors import ScenarioError
from zollverein.measures.effects import TITLES
from zollverein.outcomes import KINDS as OUTCOMES
from zollverein.scenario import (
    QUESTIONS,
    Case,
    CoalitionQuestion,
    NashQuestion,
    PhaseInQuestion,
    Scenario,
    Tariff,
)
from zollverein.scenario.words import By, Column, Kind, Source
from zollverein.uncertainty.sources import SOURCES

DOCS = Path(__file__).parents[1] / "docs"


def unread(text):
    """The message of a file that cannot be read."""
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_toml(text)
    message = str(caught.value)
    assert "Input should" not in message
    assert "pydantic" not in message
    return message


def test_every_kind_is_written_and_read():
    assert list(TEXTS) == list(QUESTIONS)
    scenario = scenario_with(*TEXTS)
    assert Scenario.from_toml(scenario.to_toml()) == scenario
    assert Scenario.from_dict(scenario.to_dict()) == scenario
    assert [q["kind"] for q in scenario.to_dict()["questions"]] == list(TEXTS)
    assert Scenario.from_toml(scenario.without_questions().to_toml()).questions == ()


def test_a_question_can_be_built_in_python():
    duty = Tariff(exporters="target", importers="members", add=0.2)
    coalition = CoalitionQuestion(members=("HOM", "PAR"), target="RST", instrument=duty)
    plain = CoalitionQuestion(members="HOM", target="RST")
    years = PhaseInQuestion(years=range(2026, 2029))
    built = Scenario(questions=(coalition, plain, years, NashQuestion()))
    assert Scenario.from_toml(built.to_toml()) == built
    assert coalition.instrument == (duty,)
    assert years.years == (2026, 2027, 2028)
    with pytest.raises(ScenarioError, match="must be a list of years"):
        PhaseInQuestion(years=None)


def test_a_case_is_the_scenario_but_for_what_it_says():
    scenario = Scenario.from_toml(HEAD)
    case = Case(name="Balanced", closure="zero", without="market")
    expected = {"name": "Balanced", "closure": "zero", "measures": scenario.measures[:1]}
    assert case.applied(scenario) == scenario.model_copy(update=expected)
    assert Case(name="Nothing", measures=()).applied(scenario).measures == ()
    both = Scenario.from_toml(
        '[[programmes]]\nname = "A"\n[[programmes]]\nname = "B"\n[[measures]]\nkind = "embargo"\n'
    )
    left = both.without_parts(("A", "measure 1 (embargo)"))
    assert [part.name for part in left.parts()] == ["B"]
    with pytest.raises(ScenarioError, match="without: 'C' is not a part"):
        both.without_parts("C")


def test_keys_at_the_top_keep_their_order():
    text = 'closure = "zero"\nworld = "toy"\nname = "n"\ndescription = "d"\nyear = 2026\n'
    written = Scenario.from_toml(text).to_toml()
    keys = [line.split(" = ")[0] for line in written.splitlines()]
    assert keys == ["name", "description", "world", "closure", "year"]


def test_a_saved_result_keeps_its_questions(tmp_path):
    scenario = scenario_with(*TEXTS)
    path = zv.simulate(toy(), scenario).to_netcdf(tmp_path / "result.nc")
    assert zv.load_result(path).scenario == scenario


def test_the_words_are_those_of_the_functions():
    assert set(get_args(Kind)) == set(OUTCOMES)
    assert get_args(Source) == SOURCES
    assert get_args(By) == zv.levers.BY
    assert ("role", *get_args(Column)) == tuple(TITLES)


def test_questions_change_no_number_and_no_sentence():
    asked, plain = scenario_with(*TEXTS), Scenario.from_toml(HEAD)
    assert asked.without_questions() == plain
    assert asked.describe(toy()) == plain.describe(toy())
    assert asked.entries() == plain.entries()
    left, right = (zv.simulate(toy(), one).table() for one in (asked, plain))
    assert left.notna().all(axis=None)
    assert left.equals(right)


def test_mistakes_in_a_file_are_named_together_with_their_places():
    message = unread(
        """
[[questions]]
kind = "atribution"
[[questions]]
draws = 3
[[questions]]
kind = "uncertainty"
name = "How sure"
draw = 50
[[questions]]
kind = "coalition"
target = "RST"
[[questions.instrument]]
kind = "tarif"
[[questions.instrument]]
kind = "tariff"
sett = 3
set = 30
"""
    )
    for part in (
        "questions[0] (1st question, atribution): 'atribution' is not a kind of question: did you mean",
        "questions[1] (2nd question): the key 'kind' is missing",
        "questions[2] (3rd question, uncertainty 'How sure'): unknown key 'draw': did you mean 'draws'?",
        "questions[3] (4th question, coalition): the key 'members' is missing (members: who may act",
        "questions[3].instrument[0] (4th question, coalition): 'tarif' is not a kind of measure: did you",
        "questions[3].instrument[1].set (4th question, coalition): is 30; it must be greater than -1",
        "questions[3].instrument[1] (4th question, coalition): unknown key 'sett': did you mean 'set'?",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("kind", "keys", "said"),
    [
        ("attribution", "method = 'shapely'", "did you mean 'shapley'?"),
        ("attribution", "orders = 5", "even number from 4"),
        ("attribution", "nodes = 0", "whole number from 1"),
        ("attribution", "seed = -1", "whole number from 0"),
        ("attribution", "compare = 1", "must be true or false, not 1"),
        ("attribution", "outcome = ''", "must be a text, not ''"),
        ("phase_in", "", "the key 'years' is missing"),
        ("phase_in", "years = '2030-2026'", "write the first and the last year"),
        ("phase_in", "years = [2026, 26]", "is 26; it must be a whole number from 1800 to 2200"),
        ("phase_in", "years = []", "must be a list of years, not empty"),
        ("phase_in", "years = '1800-2100'", "at most 200 years"),
        ("phase_in", "years = [2026]\nschedule = {a = 3}", "value of 'a' must be [start, years]"),
        ("best_sequence", "cost = {a = -1}", "the value of 'a' is -1"),
        ("best_sequence", "cost = 3", "must be a table of the parts and what each costs, not 3"),
        ("best_sequence", "cost = {a = 1}\nbudget = 0", "greater than 0"),
        ("uncertainty", "draws = 1", "whole number from 2"),
        ("uncertainty", "draws = 10.5", "must be a whole number from 2"),
        ("uncertainty", "decompose = 7", "0 (none), or a whole number of at least 20"),
        ("uncertainty", "sources = ['elasticity']", "did you mean 'elasticities'?"),
        ("uncertainty", "sources = []", "must be a list of words, not empty"),
        ("attribution", "draws = 1", "from 2 to 1000000 (200 are usual)"),
        ("uncertainty", "elasticity_spread = 'set'", "did you mean 'sets'?"),
        ("uncertainty", "elasticity_spread = {goods = 0}", "the value of 'goods' is 0"),
        ("uncertainty", "data_spread = {low = 1, high = 2}", "must be a number greater than 0"),
        ("ensemble", "models = 'cess'", "did you mean 'ces'?"),
        ("ensemble", "elasticities = [0]", "greater than 0"),
        ("ensemble", "grid = 'half'", "Choose 'one_at_a_time' or 'full'"),
        ("coalition", "members = []\ntarget = 'RST'", "must be a name or a list of names"),
        ("coalition", "members = 'A'\ntarget = 3", "must be a text, not 3"),
        ("coalition", "members = 'A'\ntarget = 'B'\ninstrument = 'embargos'", "'embargo'?"),
        ("coalition", "members = 'A'\ntarget = 'B'\ninstrument = []", "a list of measures"),
        ("optimal_tariff", "country = 'HOM'\nby = 'product'", "Choose 'uniform', 'partner'"),
        ("nash", "starts = ['in forc']", "did you mean 'in force'?"),
        ("nash", "starts = [20]", "at least -0.9 and at most 10"),
        ("nash", "outcome = 'real incom'", "did you mean 'real_income'?"),
        ("frontier", "sender = 'A'\ntarget = 'B'\nweights = [-1]", "at least 0"),
        ("kemp_wan", "members = 'A'\nby = 'partner'", "Choose 'exact', 'uniform' or 'sector'"),
        ("compare", "cases = []", "at least one table, not empty"),
        ("compare", "cases = 3", "each under [[questions.cases]], not 3"),
        (
            "compare",
            "cases = [{closure = 'zero'}]",
            "cases[0] (1st question, compare): the key 'name'",
        ),
        ("compare", "cases = [{name = 'a', closur = 1}]", "did you mean 'closure'?"),
        ("compare", "cases = [{name = 'a', closure = 'zer'}]", "questions[0].cases[0].closure"),
        (
            "compare",
            "[[questions.cases]]\nname = 'a'\n[[questions.cases.measures]]\nkind = 'tarif'",
            "questions[0].cases[0].measures[0] (1st question, compare): 'tarif' is not a kind of measure",
        ),
        (
            "compare",
            "cases = [{name = 'a', measures = [{kind = 'tariff', set = 30}]}]",
            "questions[0].cases[0].measures[0].set (1st question, compare): is 30",
        ),
        ("compare", "column = 'x'\ncases = [{name = 'a'}]", "Choose 'real_income_pct'"),
    ],
)
def test_a_bad_value_is_told_with_its_place(kind, keys, said):
    message = unread(f'[[questions]]\nkind = "{kind}"\n{keys}\n')
    assert message.startswith("questions[0]")
    assert f"(1st question, {kind})" in message
    assert said in message


@pytest.mark.parametrize("text", ["questions = 3", '[questions]\nkind = "nash"'])
def test_questions_are_a_list_of_tables(text):
    assert "must be a list of tables, each under [[questions]]" in unread(text)


@pytest.mark.parametrize(
    ("kind", "keys", "said"),
    [
        ("attribution", "outcome = 'real_incom HOM'", "did you mean 'real_income'?"),
        ("attribution", "outcome = 'real_income HOME'", "did you mean 'HOM'"),
        ("attribution", "outcome = 'output HOM good'", "did you mean 'goods'?"),
        ("attribution", "draws = 30", "elasticity_spread 'sets'"),
        ("attribution", "elasticity_spread = 0.3", "Fix: draws = 200"),
        ("attribution", "draws = 30\nsources = ['measures']", "is a distribution"),
        ("phase_in", "years = [2026]\nschedule = {dut = [2026, 1]}", "did you mean 'duty'?"),
        ("phase_in", "years = [2026]\noutcomes = ['wage A', 'wage B']", "'B' is not a country"),
        ("best_sequence", "cost = {duty = 1}", "none is given for market"),
        ("uncertainty", "elasticity_spread = 0.3\nsources = ['measures']", "is a distribution"),
        ("uncertainty", "", "elasticity_spread 'sets'"),
        ("uncertainty", "draws = 30\nelasticity_spread = 0.3\ndecompose = 40", "decompose is 40"),
        ("ensemble", "elasticities = ['FG0']", "'FG0' is no trade_elasticity"),
        ("coalition", "members = ['HOM', 'both']\ntarget = 'RST'", "belongs to"),
        ("coalition", "members = ['HOM']\ntarget = 'RTS'", "did you mean 'RST'?"),
        (
            "coalition",
            "members = 'HOM'\ntarget = 'RST'\ninstrument = {kind = 'embargo', exporters = 'members'}",
            "must name 'members' in one place and 'target' in another",
        ),
        ("optimal_tariff", "country = 'both'\nsectors = 'good'", "did you mean 'goods'?"),
        ("nash", "players = ['HOM', 'both']", "belongs to"),
        ("frontier", "sender = 'HOM'\ntarget = 'all'", ""),
        ("kemp_wan", "members = 'bot'", "did you mean 'both'?"),
        ("compare", "cases = {name = 'a', without = 'dut'}", "did you mean 'duty'?"),
        (
            "compare",
            "cases = {name = 'a', measures = [{kind = 'embargo', exporters = 'HOME'}]}",
            "did you mean 'HOM'",
        ),
    ],
)
def test_names_are_checked_against_the_world(kind, keys, said):
    scenario = Scenario.from_toml(f'{HEAD}\n[[questions]]\nkind = "{kind}"\n{keys}\n')
    if not said:
        assert check_questions(toy(), scenario) == [f"questions[0] (1st question, {kind})"]
        return
    for ask in (check_questions, zv.answer):
        with pytest.raises(ScenarioError) as caught:
            ask(toy(), scenario)
        assert str(caught.value).startswith(f"questions[0] (1st question, {kind}): ")
        assert said in str(caught.value)


def test_attribution_of_a_file_without_measures_is_refused():
    scenario = Scenario.from_toml('[[questions]]\nkind = "attribution"\n')
    with pytest.raises(ScenarioError, match=r"questions\[0\].*no parts"):
        check_questions(toy(), scenario)


def test_all_unknown_names_are_told_at_once():
    text = text_of("nash") + (
        '[[questions]]\nkind = "attribution"\noutcome = "wage X"\n'
        '[[questions]]\nkind = "nash"\nplayers = ["Y"]\n'
    )
    with pytest.raises(ScenarioError) as caught:
        check_questions(toy(), Scenario.from_toml(text))
    message = str(caught.value)
    assert message.startswith("2 problems:")
    assert "questions[1] (2nd question, attribution): outcome 'wage of X': 'X' is not" in message
    assert "questions[2] (3rd question, nash): 'Y'" in message


def test_the_page_shows_every_kind():
    page = (DOCS / "questions.md").read_text(encoding="utf-8")
    assert re.findall(r"^```\{question\} (\w+)$", page, flags=re.MULTILINE) == list(QUESTIONS)
    assert re.findall(r"^### `(\w+)`", page, flags=re.MULTILINE) == list(QUESTIONS)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_key_says_what_it_is(kind):
    from zollverein.scenario.messages import meaning

    fields = QUESTIONS[kind].model_fields
    assert [key for key, field in fields.items() if key != "kind" and not meaning(field)] == []
