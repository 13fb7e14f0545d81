"""Answers to a file's questions: each equals its function called by hand, and says what it found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.questions import BY_HAND, HEAD, TEXTS, answers, scenario_with, text_of, toy
from zollverein.asking import ask, finding, most_affected, table_outcomes
from zollverein.asking.naming import COLUMNS
from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.scenario import Barrier, Scenario
from zollverein.testing import random_world


@pytest.mark.parametrize("kind", TEXTS)
def test_an_answer_is_what_its_function_says(kind):
    found = answers()[kind]
    expected = BY_HAND[kind](toy(), Scenario.from_toml(HEAD))
    assert type(found) is type(expected)
    left, right = (finding(one) for one in (found, expected))
    assert left.sentences == right.sentences
    assert [table[:2] for table in left.tables] == [table[:2] for table in right.tables]
    for one, other in zip(left.tables, right.tables, strict=True):
        assert one.frame.size
        pd.testing.assert_frame_equal(one.frame, other.frame, check_exact=True)


def test_an_outcome_left_out_is_that_of_the_most_affected():
    found = answers()["phase_in"].table()
    change = zv.simulate(toy(), Scenario.from_toml(HEAD)).table()["real_income_pct"]
    country = str(change.abs().idxmax())
    assert list(found.columns) == [f"real_income of {country}"]
    assert most_affected(toy(), Scenario.from_toml(HEAD)) == f"real_income {country}"
    assert found.iloc[-1, 0] == pytest.approx(change[country], abs=1e-8)


def test_uncertainty_without_outcomes_covers_the_table_of_effects():
    found = answers()["uncertainty"]
    table = zv.simulate(toy(), Scenario.from_toml(HEAD)).table()
    central = dict(zip(map(str, found.outcomes), 100 * (found.central - 1), strict=True))
    assert len(central) == len(COLUMNS) * 3
    for column, kind in COLUMNS.items():
        for country in toy().countries:
            number = central[f"{kind} of {country}"]
            assert np.isfinite(number)
            assert number == pytest.approx(table[column].to_dict()[country], abs=1e-8)


def test_outcomes_are_those_of_the_table_in_the_extended_model_too():
    world = random_world(3, countries=4, sectors=3)
    scenario = Scenario.from_toml(
        'model = "ces"\ntrade_elasticity = 4\n[[measures]]\nkind = "barrier"\nexporters = "C0"\n'
        'importers = "C1"\nadd = 0.2\n[[questions]]\nkind = "uncertainty"\ndraws = 2\n'
        "elasticity_spread = 0.1\n"
    )
    (found,) = zv.answer(world, scenario, workers=1)
    table = zv.simulate(world, scenario).table()
    expected = [table[column].to_dict()[c] for column in COLUMNS for c in world.countries]
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(100 * (found.central - 1), expected, atol=1e-7)


def test_what_an_economy_does_not_trade_is_no_outcome():
    flow = np.zeros((2, 2, 1))
    flow[0, 0] = flow[1, 1] = flow[0, 1] = 1.0
    world = zv.World.from_arrays(
        name="one way",
        countries=("A", "B"),
        sectors=("s",),
        trade_flow=flow,
        tariff=np.zeros((2, 2, 1)),
        intermediate_use=np.zeros((2, 1, 1)),
        final_demand=np.array([[1.0], [2.0]]),
        value_added=np.array([[2.0], [1.0]]),
    )
    named = [str(outcome) for outcome in table_outcomes(world)]
    assert "exports of A" in named
    assert "exports of B" not in named
    assert "imports of A" not in named


def test_progress_names_the_question():
    told: list[tuple[int, int, float]] = []
    scenario = scenario_with("phase_in", "nash")
    zv.answer(toy(), scenario, workers=1, progress=lambda *step: told.append(step))
    assert {number for number, _, _ in told} == {0, 1}
    assert (0, 3, 3) in told


def test_a_scenario_without_questions_has_no_answers():
    assert zv.answer(toy(), Scenario()) == ()


def test_an_answer_that_cannot_be_found_names_its_question(monkeypatch):
    scenario = scenario_with("interactions", "nash")

    def fails(*_, **__):
        raise NotConverged("it went on and on.")

    monkeypatch.setattr("zollverein.tariff_games.nash", fails)
    with pytest.raises(NotConverged, match=r"questions\[1\] \(2nd question, nash\): it went on"):
        zv.answer(toy(), scenario, workers=1)


def test_draws_are_kept_and_found_again(tmp_path):
    scenario = scenario_with("uncertainty")
    first = ask(toy(), scenario, 0, workers=1, out=tmp_path)
    assert (tmp_path / "draws.f8").is_file()
    done: list[tuple[int, float]] = []
    renamed = Scenario.from_toml(text_of("uncertainty") + 'name = "How sure"\n')
    again = ask(toy(), renamed, 0, workers=1, out=tmp_path, progress=lambda *n: done.append(n))
    assert done == []  # nothing was left to solve, whatever the question is called
    np.testing.assert_array_equal(first.draws, again.draws)


@pytest.mark.parametrize("kind", TEXTS)
def test_every_answer_has_words(kind):
    said = finding(answers()[kind])
    assert said.sentences
    assert all(sentence.endswith(".") for sentence in (*said.sentences, *said.notes))
    assert said.tables[0].key == ""
    assert len({table.key for table in said.tables}) == len(said.tables)
    assert len(said.by_title()) == len(said.tables)


def test_the_words_of_plans_are_those_of_their_numbers():
    said = {kind: finding(answers()[kind]).sentences[0] for kind in TEXTS}
    pair = answers()["interactions"].table().loc["duty", "market"]
    assert f"duty and market: together {pair:+.4f} percentage points" in said["interactions"]
    path = answers()["phase_in"].table()
    assert (
        f"{path.iloc[0, 0]:+.3f} % in 2026, {path.iloc[-1, 0]:+.3f} % in 2028" in said["phase_in"]
    )
    assert "Best order: market." in said["best_sequence"]
    ends = answers()["frontier"].table()
    assert f"HOM gets {ends['sender_pct'].iloc[0]:+.3f} %" in said["frontier"]


def test_a_plan_that_is_empty_or_of_one_part_says_so():
    text = HEAD.split('[[measures]]\nkind = "barrier"')[0]
    asked = '[[questions]]\nkind = "{}"\n{}\n'
    text += asked.format("interactions", "") + asked.format("best_sequence", "cost = {duty = 1}")
    alone, order = zv.answer(toy(), Scenario.from_toml(text), workers=1)
    assert "one part" in finding(alone).sentences[0]
    assert finding(order).sentences == ("No part is worth its cost within the budget.",)
    assert finding(order).tables == ()


def test_a_comparison_says_where_scenarios_differ():
    cases = [Scenario(name="A"), Scenario(name="B", measures=(_barrier(),))]
    found = zv.compare(cases, world=toy())
    largest = str(found.differences["B"].abs().idxmax())
    (sentence,) = finding(found).sentences
    assert sentence.startswith(f"'B' differs from 'A' most for {largest}, by ")
    assert f"{found.differences['B'][largest]:+.4f}" in sentence


def _barrier():
    return Barrier(exporters="HOM", importers="PAR", add=0.1)


def test_no_equilibrium_keeps_its_class(monkeypatch):
    def fails(*_, **__):
        raise NoEquilibrium("there is none.")

    monkeypatch.setattr("zollverein.attribution.interactions", fails)
    with pytest.raises(NoEquilibrium, match=r"^questions\[0\].*there is none\.$"):
        zv.answer(toy(), scenario_with("interactions"), workers=1)


def test_only_answers_are_put_into_words():
    with pytest.raises(TypeError, match="no page"):
        finding(3)
