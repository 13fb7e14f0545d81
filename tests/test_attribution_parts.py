"""Parts taken alone and as the last ones, and parts that stop some of the trade."""

from __future__ import annotations

import numpy as np
import pytest

import zollverein as zv
from tests.test_attribution import at, case
from zollverein.attribution.portfolio import make_portfolio
from zollverein.attribution.question import pose_question


def test_first_in_and_last_in_are_what_they_say():
    world, parts, options = case()
    few = {name: parts[name] for name in ("duty", "barrier", "progress")}
    question = pose_question(world, few, "real_income C1", **options)
    every = np.ones(3)
    whole, nothing = at(question, every)[0], at(question, 0 * every)[0]
    alone = [at(question, row)[0] - nothing for row in np.eye(3)]
    last = [whole - at(question, every - row)[0] for row in np.eye(3)]
    assert min(np.abs([*alone, *last])) > 1e-6
    for method, expected in (("first_in", alone), ("last_in", last)):
        found = zv.attribute(world, few, "real_income C1", method=method, workers=1, **options)
        for values, wanted in ((found.first_in, alone), (found.last_in, last)):
            assert values is not None
            np.testing.assert_allclose(values, wanted, rtol=0, atol=1e-10)
        np.testing.assert_allclose(found.effect, expected, rtol=0, atol=1e-10)


def test_named_policies_may_stop_a_part_of_trade():
    world, parts, options = case()
    neutral = zv.Policy.neutral(world)
    open_ = np.ones(neutral.tariff.shape)
    open_[0, 1], open_[2, 0, 1] = 0.4, 0.0
    fewer = neutral.changed(access_hat=neutral.tariff.copy(data=open_))
    several = {"fewer goods": fewer, "duty": parts["duty"]}
    portfolio = make_portfolio(world, several)
    for strength in (0.5, 1.0):
        whole = portfolio.policy(np.array([strength, 1.0]))
        assert whole.access_hat is not None
        np.testing.assert_allclose(whole.access_hat, 1 - strength * (1 - open_), rtol=1e-15)
    both = fewer.changed(tariff=parts["duty"].tariff)
    expected = zv.simulate(world, both, **options).table()["real_income_pct"].to_dict()["C1"]
    found = zv.attribute(world, several, "real_income C1", compare=False, workers=1, **options)
    assert 100 * found.total == pytest.approx(expected, abs=1e-8)
    assert abs(found.effect[0]) > 1e-6


@pytest.mark.parametrize("method", ["aumann_shapley", "shapley", "first_in", "last_in"])
def test_what_closure_zero_does_by_itself_is_in_no_part(method):
    """Parts divide W(all) - W(none); closure 'zero' removes trade balances with none in force."""
    world, parts, options = case()
    options = {**options, "closure": "zero"}
    question = pose_question(world, parts, "real_income C1", **options)
    every = np.ones(question.size)
    whole, nothing = at(question, every)[0], at(question, 0 * every)[0]
    assert abs(nothing - 1) > 1e-3
    found = zv.attribute(world, parts, "real_income C1", method=method, workers=1, **options)
    assert found.total == pytest.approx(whole - nothing, abs=1e-10)
    assert found.closure == pytest.approx(nothing - 1, abs=1e-10)
    alone = [at(question, row)[0] - nothing for row in np.eye(question.size)]
    assert found.first_in is not None
    np.testing.assert_allclose(found.first_in, alone, rtol=0, atol=1e-10)
    if "shapley" in method:
        assert abs(found.remainder) <= 1e-6 * abs(found.total) + 1e-11
    assert "Closure 'zero' by itself" in found.explain()
