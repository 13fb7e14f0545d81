"""Steps where labour stays in its sector: each sector's own system is solved."""

from __future__ import annotations

import numpy as np
import pytest

from tests.test_aggregates import compare, problem_of
from zollverein.models.equilibrium import system_of
from zollverein.models.general import GeneralSystem
from zollverein.models.sector_wages import SectorWages
from zollverein.testing import make_policy, random_elasticity, random_policy, random_world


def untaxed(seed, countries, sectors, *, alone=False):
    """Without taxes, whose receipts others spend; and without trade abroad if countries are alone."""
    world = random_world(seed, countries=countries, sectors=sectors, zeros=False, openness=0.01)
    none = np.zeros(world.data["tariff"].shape)
    cost = np.ones_like(none)
    cost[~np.eye(countries, dtype=bool)] = np.inf if alone else 1.0
    policy = make_policy(world, tariff=none, export_tax=none, cost_hat=cost)
    choices = {"labour": "sector_specific", "closure": "zero"}
    return problem_of(world, policy, random_elasticity(world, seed), **choices)


def by_hand(system, state, residuals):
    """The sector wages ``[S, N]`` that close residuals ``[3, S, N]``, one sector and country at a time."""
    sectors, countries = residuals.shape[1:]
    shape = residuals.shape
    product = system.jacobian(state)
    plain = 1 + system.problem.theta[:, None] * system.problem.base.value_added_share
    through = system.pass_through(system.evaluate(state))[0] - 1
    wage = np.zeros((sectors, countries))
    for s, n in np.ndindex(sectors, countries):
        if not system.made[s, n]:
            continue
        block = np.empty((3, 3))
        for k in range(3):
            change = np.zeros(system.size)
            change[countries:].reshape(shape)[k, s, n] = 1
            move = product(change)
            rows = move[countries:].reshape(shape)[:, s, n].copy()
            rows[:2] -= through[n] * move[n]
            rows[2] *= plain[s, n]
            block[:, k] = rows / ((1 - system.sector_part[s, n]) if k == 2 else 1)
        wage[s, n] = np.linalg.solve(block, -residuals[:, s, n])[2]
    wage -= (system.sector_part * wage).sum(axis=0)
    return np.where(system.made, wage, 0)


def both(problem, seed):
    """Sector wages in a step from random residuals, and the same by hand."""
    system, base = system_of(problem), problem.base
    assert isinstance(system, GeneralSystem)
    sectors, countries = base.sectors, base.countries
    cells = sectors * countries
    state = system.start()
    residuals = np.random.default_rng(seed).normal(size=(3, sectors, countries)) * system.made
    plain = 1 + problem.theta[:, None] * base.value_added_share
    blocks = (residuals[:2].ravel(), (residuals[2] / plain).ravel())
    step = np.concatenate([np.zeros(countries), *blocks])
    follow = SectorWages(system, system.evaluate(state)).replace(step, np.ones(countries))
    assert follow.shape == (2 * cells,)
    assert np.isfinite(follow).all()
    np.testing.assert_array_equal(step[countries:-cells], blocks[0])
    wage = by_hand(system, state, residuals)
    assert np.abs(wage).max() > 0.1
    return step[-cells:].reshape(sectors, countries), wage


@pytest.mark.parametrize("seed", range(3))
def test_in_autarky_each_sectors_own_system_is_solved(seed):
    found, wage = both(untaxed(seed, 4, 5, alone=True), seed)
    np.testing.assert_allclose(found, wage, rtol=1e-9, atol=1e-9, equal_nan=False)


@pytest.mark.parametrize("seed", range(3))
def test_elsewhere_it_nearly_is(seed):
    """But for what exporters that are large in a small market do to its prices."""
    found, wage = both(untaxed(seed, 16, 5), seed)
    assert np.median(np.abs(found - wage)) <= 0.05 * np.median(np.abs(wage))


@pytest.mark.parametrize("seed", range(4))
def test_far_fewer_evaluations(seed):
    world = random_world(seed, countries=9, sectors=7)
    policy = random_policy(world, seed)
    problem = problem_of(world, policy, random_elasticity(world, seed), horizon="short")
    plain, sharp = compare(problem)
    assert sharp <= 0.75 * plain


def test_a_base_system_has_no_such_block():
    world = random_world(1, countries=3, sectors=2)
    system = system_of(problem_of(world, random_policy(world, 1), random_elasticity(world, 1)))
    assert not isinstance(system, GeneralSystem)
