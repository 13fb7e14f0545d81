"""The small solvers behind best duties and games: maxima within bounds, Broyden, parts of steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from zollverein.solver.ascent import maximise
from zollverein.solver.broyden import broyden, relaxed


def test_ascent_finds_a_bent_ridge_and_respects_bounds():
    def ridge(x):
        if x[0] > 1.8:
            return None
        value = -((1 - x[0]) ** 2) - 5 * (x[1] - x[0] ** 2) ** 2
        bend = 10 * (x[1] - x[0] ** 2)
        return value, np.array([2 * (1 - x[0]) + 2 * x[0] * bend, -bend])

    keys: dict[str, Any] = {"curvature": np.array([2.0, 10.0]), "tolerance": 1e-9, "noise": 1e-14}
    free = maximise(
        ridge, np.array([-1.0, 1.0]), low=np.full(2, -3.0), high=np.full(2, 3.0), **keys
    )
    assert free.converged
    np.testing.assert_allclose(free.point, 1, atol=1e-7)
    low, high = np.full(2, -3.0), np.array([0.5, 3.0])
    bound = maximise(ridge, np.array([-1.0, 1.0]), low=low, high=high, **keys)
    assert bound.converged
    np.testing.assert_allclose(bound.point, [0.5, 0.25], atol=1e-7)
    nowhere = maximise(lambda _: None, np.zeros(2), low=low, high=high, **keys)
    assert (nowhere.converged, nowhere.value) == (False, -np.inf)


def test_broyden_bears_parallel_steps():
    """Two unknowns that are alike always move together, so that their steps have rank one."""

    def step(x):
        towards = 0.4 * (1 - x) - 0.3 * (x[::-1] - 1) + 0.05 * (1 - x) ** 2
        return towards, float(np.abs(towards).max())

    found = broyden(step, np.array([0.1, 0.1]), tolerance=1e-12)
    assert found.converged
    assert found.steps < 12
    np.testing.assert_allclose(found.value, 1, atol=1e-11)
    apart = broyden(step, np.array([-0.5, 2.0]), tolerance=1e-12)
    np.testing.assert_allclose(apart.value, 1, atol=1e-11)


def test_parts_of_steps_arrive_where_a_secant_is_led_astray():
    """The step vanishes far away, so that the secant through its falling tail leads there."""

    def step(x):
        towards = np.tanh(3 * (1 - x)) * np.exp(-0.5 * x**2)
        return towards, float(np.abs(towards).max())

    start = np.array([2.0])
    assert broyden(step, start, tolerance=1e-10).value[0] > 5
    near = relaxed(step, start, tolerance=0.02)
    assert near.converged
    np.testing.assert_allclose(broyden(step, near.value, tolerance=1e-10).value, 1, atol=1e-8)
