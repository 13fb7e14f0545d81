"""The map from plain to sharp steps: linear, with its transpose, and what it does for linear systems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.worlds import gravity_world, make_case

from tests.test_aggregates import problem_of
from zollverein.models.equilibrium import find_equilibrium
from zollverein.solver.krylov import gmres

#: Choices, and products with the derivative that are left at most.
MODELS: tuple[tuple[dict[str, Any], float], ...] = (
    ({}, 0.7),
    ({"closure": "share_of_own"}, 0.7),
    ({"horizon": "long"}, 0.7),
    ({"horizon": "short"}, 0.7),
    ({"labour": "sector_specific"}, 0.7),
    ({"model": "krugman"}, 1.0),
)


def solved(choices, scenario="bloc"):
    case = make_case(gravity_world(12, 6), scenario)
    problem = problem_of(case.world, case.policy, case.elasticity, **choices)
    return find_equilibrium(problem, 1e-10)


@pytest.mark.parametrize("choices", [choices for choices, _ in MODELS])
def test_linear_with_its_transpose(choices):
    found = solved(choices)
    first, second = np.random.default_rng(0).normal(size=(2, found.system.size))
    sharp = found.sharpening
    mixed = sharp.sharpened(2 * first - 3 * second)
    parts = 2 * sharp.sharpened(first) - 3 * sharp.sharpened(second)
    size = np.abs(mixed).max()
    assert size > 1
    np.testing.assert_allclose(mixed, parts, atol=1e-12 * size, equal_nan=False)
    forward, backward = second @ sharp.sharpened(first), sharp.transposed(second) @ first
    np.testing.assert_allclose(backward, forward, rtol=1e-12, atol=1e-12 * size)


@pytest.mark.parametrize(("choices", "left"), MODELS)
@pytest.mark.parametrize("backward", [False, True])
def test_linear_systems_take_fewer_products_and_have_the_same_solution(choices, left, backward):
    found = solved(choices)
    system, point, sharp = found.system, found.point, found.sharpening
    forward = system.jacobian(found.solution.value)
    operator = system.transposed(point) if backward else forward
    before = sharp.transposed if backward else sharp.sharpened
    # A right side in the range, as where labour stays the mean of sector wages is nobody's.
    right = operator(np.random.default_rng(1).normal(size=system.size))
    plain = gmres(operator, right, tolerance=1e-11)
    sharper = gmres(operator, right, tolerance=1e-11, before=before)
    for one in (plain, sharper):
        assert one.residual <= 1e-11
        gap = np.linalg.norm(operator(one.value) - right)
        assert gap <= 1e-9 * np.linalg.norm(right)
    assert sharper.products <= left * plain.products
