"""Distributions in place of numbers: moments, quantiles, messages, and that they remain numbers."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from zollverein.errors import ScenarioError
from zollverein.scenario.distributions import Distribution

SHAPES = [("triangular", 0.05, 0.1, 0.2), ("triangular", 0.0, 0.0, 1.0), ("normal", -0.3, 0.05)]


@pytest.mark.parametrize("given", SHAPES)
def test_quantiles_have_the_moments(given):
    """Integrated over probabilities; an inverse of the distribution's own mean and spread."""
    drawn = Distribution(*given)
    u = (np.arange(200_000) + 0.5) / 200_000
    x = np.array([drawn.quantile(float(p)) for p in u])
    assert (np.diff(x) >= 0).all()
    assert x.mean() == pytest.approx(drawn.mean, abs=1e-6)
    assert x.std() == pytest.approx(drawn.standard_deviation, rel=1e-3)
    low, high = drawn.support
    assert low <= x[0] < x[-1] <= high


def test_a_triangular_follows_its_density():
    drawn = Distribution("triangular", 1.0, 2.0, 5.0)
    assert drawn.quantile(0.0) == 1.0
    assert drawn.quantile(0.25) == pytest.approx(2.0)  # (mode - low) / (high - low)
    assert drawn.quantile(1.0) == 5.0
    assert float(drawn) == 2.0
    assert drawn.mean == pytest.approx(8 / 3)


def test_a_normal_is_cut_at_six_standard_errors():
    drawn = Distribution("normal", 1.0, 0.5)
    assert drawn.quantile(0.0) == pytest.approx(-2.0, abs=1e-6)
    assert drawn.quantile(0.975) == pytest.approx(1 + 1.959963985 * 0.5)


@pytest.mark.parametrize("given", SHAPES)
def test_a_distribution_is_a_number_and_travels(given):
    drawn = Distribution(*given)
    assert 1 + drawn == 1 + float(drawn)
    assert Distribution.from_table(drawn.to_table()) == drawn
    assert pickle.loads(pickle.dumps(drawn)) == drawn  # noqa: S301 - our own bytes
    assert hash(drawn) == hash(float(drawn))
    assert drawn == float(drawn)
    assert drawn != Distribution("normal", float(drawn), 9.0)
    with pytest.raises(AttributeError, match="frozen"):
        drawn.shape = "normal"
    assert repr(drawn).startswith("{ ")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"low": 0.2, "mode": 0.1, "high": 0.3}, "not in order"),
        ({"low": 0.1, "mode": 0.1, "high": 0.1}, "low < high"),
        ({"value": 0.1, "standard_error": 0}, "greater than 0"),
        ({"value": 0.1, "standard_error": float("nan")}, "finite"),
        ({"value": "big", "standard_error": 0.1}, "'big'"),
        ({"value": True, "standard_error": 0.1}, "finite"),
        ({"low": 0.1, "high": 0.2}, "{ low, high } is no distribution"),
        ({"mean": 0.1, "sd": 0.2}, "standard_error"),
    ],
)
def test_mistakes_are_named(table, said):
    with pytest.raises(ScenarioError, match=said):
        Distribution.from_table(table)


def test_a_shape_that_is_not_known():
    with pytest.raises(ScenarioError, match="triangular"):
        Distribution("uniform", 0.0, 1.0)
