"""Interactions, best sequences and phasing in of the parts of a policy, by their definitions."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.test_attribution import at, case
from zollverein.attribution.question import pose_question
from zollverein.errors import ScenarioError
from zollverein.scenario import Tariff
from zollverein.testing import make_policy


def test_interactions_are_differences_of_differences():
    world, parts, options = case()
    few = {name: parts[name] for name in ("duty", "barrier", "progress")}
    question = pose_question(world, few, "real_income C1", **options)

    def v(*strength):
        return 100 * at(question, strength)[0]

    alone = zv.interactions(world, few, "real_income C1", workers=1, **options)
    assert alone.loc["duty", "barrier"] == pytest.approx(
        v(1, 1, 0) - v(1, 0, 0) - v(0, 1, 0) + v(0, 0, 0), abs=1e-9
    )
    assert alone.loc["duty", "duty"] == pytest.approx(v(1, 0, 0) - 100, abs=1e-9)
    last = zv.interactions(world, few, "real_income C1", among="all", workers=1, **options)
    assert last.loc["duty", "barrier"] == pytest.approx(
        v(1, 1, 1) - v(1, 0, 1) - v(0, 1, 1) + v(0, 0, 1), abs=1e-9
    )
    assert last.loc["progress", "progress"] == pytest.approx(v(1, 1, 1) - v(1, 1, 0), abs=1e-9)
    np.testing.assert_allclose(alone, alone.T, atol=1e-12)


def best_by_hand(question, costs, budget):
    """All orders of all affordable sets, and nothing clever."""
    names = question.portfolio.names
    best: Any = ((-np.inf, 0.0), ())
    worth: dict[Any, float] = {}
    for size in range(len(names) + 1):
        for order in permutations(range(len(names)), size):
            if sum(costs[names[k]] for k in order) > budget:
                continue
            strength, area = np.zeros(len(names)), 0.0
            steps: list[int | None] = [*order, None]
            for k in steps:
                key = tuple(strength)
                if key not in worth:
                    worth[key] = at(question, strength)[0]
                area += 0.0 if k is None else worth[key] * costs[names[k]]
                if k is not None:
                    strength[k] = 1.0
            best = max(best, ((round(worth[key], 12), area), order), key=lambda pair: pair[0])
    return [names[k] for k in best[1]]


@pytest.mark.parametrize("method", ["exact", "greedy"])
@pytest.mark.parametrize("budget", [-1.0, float("nan")])
def test_a_budget_that_is_none_is_refused(budget, method):
    world, parts, options = case()
    few, how = {"duty": parts["duty"]}, {"method": method, "workers": 1, **options}
    with pytest.raises(ScenarioError, match=r"budget is .*must be at least 0"):
        zv.best_sequence(world, few, "real_income C2", {"duty": 1.0}, budget=budget, **how)


def test_exact_sequences_of_many_parts_are_refused_before_any_is_solved():
    world, parts, options = case()
    many = {f"part {k}": parts["duty"] for k in range(17)}
    cost = dict.fromkeys(many, 1.0)
    with pytest.raises(ScenarioError, match=r"2\^17 sets of parts; at most 16"):
        zv.best_sequence(world, many, "real_income C2", cost, method="exact", workers=1, **options)


@pytest.mark.parametrize("name", ["all together", "sum of the parts", "(not attributed)"])
def test_a_part_is_not_called_like_a_line_of_the_table(name):
    world, parts, options = case()
    named = {name: parts["duty"], "barrier": parts["barrier"]}
    with pytest.raises(ScenarioError, match="is the name of a line below the parts"):
        zv.attribute(world, named, "real_income C2", workers=1, **options)


@pytest.mark.parametrize("budget", [None, 6.0, 3.0])
def test_the_best_sequence_is_the_best_of_all(budget):
    world, parts, options = case()
    removal = make_policy(world, cost_hat=1 / parts["barrier"].cost_hat.values)
    few = {"duty": parts["duty"], "opening": removal, "progress": parts["progress"]}
    cost = {"duty": 2.0, "opening": 3.5, "progress": 2.5}
    found = zv.best_sequence(
        world, few, "real_income C2", cost, budget=budget, workers=1, **options
    )
    question = pose_question(world, few, "real_income C2", **options)
    limit = sum(cost.values()) if budget is None else budget
    assert found["part"].tolist() == best_by_hand(question, cost, limit)
    assert found["spent"].iloc[-1] <= limit
    assert found["gain_pct"].sum() == pytest.approx(found["outcome_pct"].iloc[-1], abs=1e-9)
    greedy = zv.best_sequence(
        world, few, "real_income C2", cost, budget=budget, method="greedy", workers=1, **options
    )
    assert (greedy["gain_pct"] > 0).all()
    assert greedy["spent"].iloc[-1] <= limit


def test_greedy_takes_the_largest_gain_for_its_cost_first():
    world, parts, options = case()
    removal = make_policy(world, cost_hat=1 / parts["barrier"].cost_hat.values)
    few = {"opening": removal, "progress": parts["progress"]}
    question = pose_question(world, few, "real_income C2", **options)
    gains = dict(zip(few, (at(question, row)[0] - 1 for row in np.eye(2)), strict=True))
    less, more = sorted(gains, key=lambda name: gains[name])
    assert gains[less] > 0
    cost = {less: 1.0, more: 2 * gains[more] / gains[less]}
    found = zv.best_sequence(
        world, few, "real_income C2", cost, method="greedy", workers=1, **options
    )
    assert found["part"].tolist() == [less, more]


def test_phasing_in_follows_the_schedule():
    world, parts, options = case()
    few = {"duty": parts["duty"], "progress": parts["progress"]}
    path = zv.phase_in(
        world, few, ["real_income C2", "exports C1"], list(np.arange(2025, 2031)),
        schedule={"progress": (2026, 3)}, workers=1, **options,
    )  # fmt: skip
    assert list(path.index) == list(range(2025, 2031))
    question = pose_question(world, few, ["real_income C2", "exports C1"], **options)
    for year, strength in ((2025, 0.0), (2026, 1 / 3), (2027, 2 / 3), (2028, 1.0), (2030, 1.0)):
        expected = 100 * (at(question, [1.0, strength]) - 1)
        np.testing.assert_allclose(path.loc[year], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ([], "calendar years"),
        (["x"], "calendar years"),
        ([2030, 2025], "in order, each once"),
        (range(26, 33), "the year 26 is not one from 1800 to 2200"),
        ([2030, 20300], "the year 20300"),
    ],
)
def test_years_are_checked(years, said):
    scenario = zv.Scenario(measures=(Tariff(exporters="RST", importers="HOM", add=0.1),))
    with pytest.raises(ScenarioError, match=said):
        zv.phase_in(zv.load_world("toy"), scenario, "real_income HOM", years)


@pytest.mark.parametrize(
    ("entry", "said"),
    [((27, 3), "the year 27"), ((2027.5, 3), "such as"), ((2027, 1.5), "such as")],
)
def test_a_schedule_is_of_whole_years_in_full(entry, said):
    scenario = zv.Scenario(
        measures=(Tariff(name="duty", exporters="RST", importers="HOM", add=0.1),)
    )
    with pytest.raises(ScenarioError, match=said):
        zv.phase_in(
            zv.load_world("toy"), scenario, "real_income HOM", [2027], schedule={"duty": entry}
        )
