"""Steps that solve countries as wholes: fewer evaluations, the same equilibrium, and never a worse end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks import robustness
from benchmarks.worlds import SCENARIOS, gravity_world, make_case

import zollverein as zv
from zollverein.choices import choose_parameters
from zollverein.models.aggregates import aggregates_at, inverse
from zollverein.models.engines import engine_of
from zollverein.models.equilibrium import find_equilibrium, system_of
from zollverein.models.levels import levels_at
from zollverein.models.sharpened import Sharpened
from zollverein.models.sweeps import NUMPY, aggregate
from zollverein.simulation import pose
from zollverein.solver import chain
from zollverein.solver.anderson import anderson
from zollverein.testing import (
    decouple,
    make_policy,
    random_elasticity,
    random_policy,
    random_world,
)

#: Models whose state begins like that of the base model, and how many evaluations are left at most.
MODELS: tuple[tuple[dict[str, Any], float], ...] = (
    ({}, 0.7),
    ({"horizon": "long"}, 0.8),
    ({"model": "ces"}, 0.8),
    ({"input_elasticity": 0.5, "final_elasticity": 2.0}, 0.8),
    ({"closure": "share_of_own"}, 0.7),
    ({"model": "krugman"}, 1.05),  # where firms enter, entry is what is slow
    ({"horizon": "short"}, 0.75),
)


def problem_of(world, policy, theta, **choices):
    """A policy in plain arrays."""
    parameters = choose_parameters(world, None, trade_elasticity=theta, **choices)
    return pose(world, policy, parameters)


def plainly(problem):
    """The solution by plain steps alone."""
    system = system_of(problem)
    with np.errstate(all="ignore"):
        found = anderson(system.step, system.start(), tolerance=1e-10, memory=8)
    assert found.converged
    return found


def assert_same(problem, plain, sharp):
    system = system_of(problem)
    old, new = (system.evaluate(state) for state in (plain.value, sharp.solution.value))
    for name in ("log_wage", "log_price", "spending"):
        np.testing.assert_allclose(
            getattr(new, name), getattr(old, name), rtol=1e-8, atol=1e-8, equal_nan=False
        )


def compare(problem, engine="numpy", like=()):
    """Evaluations by plain and by sharp steps, which lead to the same equilibrium."""
    plain = plainly(problem)
    sharp = find_equilibrium(problem, 1e-10, engine=engine_of(engine), aggregates=like)
    assert sharp.solution.converged
    assert sharp.sensible()
    assert_same(problem, plain, sharp)
    return plain.steps, sharp.solution.steps


@pytest.mark.parametrize("engine", ["numpy", "fast"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_fewer_evaluations_lead_to_the_same_equilibrium(scenario, engine):
    if engine == "fast":
        pytest.importorskip("numba")
    case = make_case(gravity_world(20, 8), scenario)
    problem = problem_of(case.world, case.policy, case.elasticity, closure=case.closure)
    plain, sharp = compare(problem, engine)
    assert sharp <= (0.9 if scenario == "near-autarky" else 0.7) * plain


@pytest.mark.parametrize(("choices", "left"), MODELS)
def test_every_model(choices, left):
    case = make_case(gravity_world(12, 6), "bloc")
    plain, sharp = compare(problem_of(case.world, case.policy, case.elasticity, **choices))
    assert sharp <= left * plain


def one_sector(seed, countries):
    """A world of one sector, and a policy that abolishes taxes and changes trade costs."""
    world = random_world(seed, countries=countries, sectors=1, zeros=False)
    none = np.zeros(world.data["tariff"].shape)
    cost = np.exp(np.random.default_rng(seed).normal(0, 0.1, none.shape))
    cost[np.eye(countries, dtype=bool)] = 1
    return world, make_policy(world, tariff=none, export_tax=none, cost_hat=cost)


@pytest.mark.parametrize("closure", ["share_of_world", "share_of_own", "zero"])
@pytest.mark.parametrize("seed", range(3))
def test_with_one_sector_the_system_of_levels_is_the_linear_system(seed, closure):
    """Then, without taxes, its patterns and means are exact: an oracle for each of its coefficients."""
    countries = 7
    world, policy = one_sector(seed, countries)
    problem = problem_of(world, policy, random_elasticity(world, seed), closure=closure)
    system = system_of(problem)
    state = np.random.default_rng(seed).normal(0, 0.1, system.size)
    levels = levels_at(system, system.evaluate(state))
    through = levels.shaping[0] - 1
    product = system.jacobian(state)
    exact = np.column_stack([product(unit) for unit in np.eye(3 * countries)])
    exact[countries:] -= np.tile(through, 2)[:, None] * np.tile(exact[:countries], (2, 1))
    rows = np.vstack([np.hstack(row) for row in (levels.wages, levels.prices, levels.spending)])
    np.testing.assert_allclose(levels.pattern, 1, rtol=1e-12)
    np.testing.assert_allclose(levels.weight, 1, rtol=1e-12)
    assert np.abs(exact).max() > 0.5
    np.testing.assert_allclose(rows, exact, atol=2e-6 * np.abs(exact).max(), equal_nan=False)


def test_with_one_sector_sharp_steps_are_newtons():
    """The error of a step is of second order in its length."""
    world, policy = one_sector(4, 6)
    problem = problem_of(world, policy, random_elasticity(world, 4))
    system, solved = system_of(problem), plainly(problem).value
    away = np.random.default_rng(4).normal(0, 1, system.size)
    errors = []
    for size in (1e-2, 1e-3):
        state = solved + size * away
        move, _ = Sharpened(system_of(problem), NUMPY, 1e-12)(state)
        errors.append(np.abs(state + move - solved).max())
    assert errors[0] < 1e-2
    assert errors[1] < 0.02 * errors[0]


def test_levels_in_a_step_become_those_that_solve_their_system():
    case = make_case(gravity_world(9, 5), "bloc")
    problem = problem_of(case.world, case.policy, case.elasticity)
    system = system_of(problem)
    found, levels = (
        aggregates_at(system, system.start()),
        levels_at(system, system.evaluate(system.start())),
    )
    assert found is not None
    step = system.step(system.start())[0].copy()
    blocks = step[9:].reshape(2, 5, 9) - (levels.shaping[0] - 1) * step[:9]
    gap = np.concatenate([step[:9], (found.weight * blocks).sum(axis=1).ravel()])
    aggregate(found, problem.base, step)
    after = np.concatenate(
        [step[:9], (found.weight * step[9:].reshape(2, 5, 9)).sum(axis=1).ravel()]
    )
    rows = np.vstack([np.hstack(row) for row in (levels.wages, levels.prices, levels.spending)])
    np.testing.assert_allclose(rows @ after, -gap, atol=1e-5 * np.abs(gap).max(), equal_nan=False)


def test_compiled_and_numpy_add_the_same():
    pytest.importorskip("numba")
    world = random_world(5, countries=7, sectors=3)
    problem = problem_of(world, random_policy(world, 5), random_elasticity(world, 5))
    system = system_of(problem)
    found = aggregates_at(system, system.start())
    assert found is not None
    step = np.random.default_rng(0).normal(size=7 * 7)
    here, there = step.copy(), step.copy()
    aggregate(found, problem.base, here)
    engine_of("fast").aggregate(found, problem.base, there)
    assert np.abs(here - step).max() > 0.1
    np.testing.assert_allclose(there, here, rtol=1e-5, atol=1e-5, equal_nan=False)


@pytest.mark.parametrize("size", [1, 2, 47, 48, 49, 101])
def test_inverse_by_halves(size):
    rng = np.random.default_rng(size)
    matrix = (rng.normal(0, 0.3 / size, (size, size)) - np.eye(size)).astype(np.float32)
    found = inverse(matrix)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found @ matrix, np.eye(size), atol=1e-5, equal_nan=False)


def test_misleading_responses_cost_evaluations_and_nothing_else():
    case = make_case(gravity_world(8, 4), "bloc")
    problem = problem_of(case.world, case.policy, case.elasticity)
    system = system_of(problem)
    good = aggregates_at(system, system.start())
    assert good is not None
    wrong = replace(good, factors=np.full((8, 8, 8), 0.7, dtype=np.float32))
    plain, sharp = compare(problem, like=[wrong])
    assert sharp > plain


@pytest.mark.parametrize("seed", range(4))
def test_separated_blocs(seed):
    world = random_world(seed, countries=9, sectors=5, zeros=False)
    lonely = decouple(world, world.countries[seed])
    problem = problem_of(world, lonely, random_elasticity(world, seed), closure="zero")
    assert problem.group.any()
    plain, sharp = compare(problem)
    assert sharp < plain


@pytest.mark.parametrize("seed", [26, 34])
def test_goods_that_a_country_neither_makes_nor_buys(seed):
    world, theta = robustness.world_of(seed)
    policy = make_policy(world, tariff=world.data["tariff"].values * 0.9)
    problem = problem_of(world, policy, theta)
    assert not problem.all_bought
    plain, sharp = compare(problem)
    assert sharp <= 0.7 * plain


def test_levels_that_nothing_determines_have_no_response(monkeypatch):
    world = random_world(2, countries=4, sectors=2, zeros=False)
    problem = problem_of(world, random_policy(world, 2), random_elasticity(world, 2))
    system = system_of(problem)
    assert aggregates_at(system, system.start()) is not None
    levels = levels_at(system, system.evaluate(system.start()))
    for part in (0.0, 1e-6, np.nan):  # not at all, hardly, and nobody knows
        rows = tuple(part * row for row in levels.prices)
        vague = levels._replace(prices=(rows[0], rows[1], rows[2]))
        monkeypatch.setattr("zollverein.models.aggregates.levels_at", lambda *_, v=vague: v)
        assert aggregates_at(system, system.start()) is None
        found = find_equilibrium(problem, 1e-10)
        assert found.solution.converged
        assert found.solution.steps == plainly(problem).steps


def test_steps_far_from_the_solution_are_plain():
    case = make_case(gravity_world(20, 8), "near-autarky")
    problem = problem_of(case.world, case.policy, case.elasticity, closure="zero")
    system, other = system_of(problem), system_of(problem)
    sharp = Sharpened(system, NUMPY, 1e-10)
    move, residual = sharp(system.start())
    assert residual > 2
    np.testing.assert_array_equal(move, other.step(other.start())[0])


def test_plain_steps_after_sharp_ones_are_as_if_there_had_been_none():
    """The next link of the chain begins afresh."""
    case = make_case(gravity_world(20, 8), "near-autarky")
    problem = problem_of(case.world, case.policy, case.elasticity, closure="zero")
    used, fresh = system_of(problem), system_of(problem)
    sharp, state = Sharpened(used, NUMPY, 1e-10), used.start()
    for _ in range(5):
        move, _ = sharp(state)
        state = state + move
    for system in (used, fresh):
        system.step(system.start())
    np.testing.assert_array_equal(used.step(state)[0], fresh.step(state)[0])


@pytest.mark.parametrize(("seed", "shock"), [(14, "costs × 10"), (21, "import subsidy 30 %")])
def test_what_the_baseline_lends_is_left_where_the_policy_leads_far(seed, shock):
    world, theta = robustness.world_of(seed)
    policy = robustness.SHOCKS[shock](world)
    alone = zv.simulate(world, policy, trade_elasticity=theta, engine="numpy")
    options: dict[str, Any] = {"trade_elasticity": theta, "engine": "numpy", "workers": 1}
    for one in zv.simulate_many(world, [policy, policy], **options):
        assert one.iterations <= alone.iterations + 2


@pytest.mark.parametrize("before", [{}, {"horizon": "short"}, {"model": "krugman"}])
@pytest.mark.parametrize("after", [{}, {"horizon": "short"}, {"model": "krugman"}])
def test_a_start_may_be_of_another_model(before, after):
    world = random_world(3, countries=5, sectors=3)
    policy, theta = random_policy(world, 3), random_elasticity(world, 3)
    start = zv.simulate(world, policy, trade_elasticity=theta, **before)
    found = zv.simulate(world, policy, trade_elasticity=theta, start=start, **after)
    alone = zv.simulate(world, policy, trade_elasticity=theta, **after)
    np.testing.assert_allclose(found.after.data["wage"], alone.after.data["wage"], rtol=1e-8)
    assert found.residual <= 1e-10


def test_a_step_that_is_not_needed_finds_nothing(monkeypatch):
    case = make_case(gravity_world(6, 3), "bloc")
    problem = problem_of(case.world, case.policy, case.elasticity)
    solved = find_equilibrium(problem, 1e-10).solution.value

    def never(*_):
        raise AssertionError("not needed")

    monkeypatch.setattr("zollverein.models.sharpened.aggregates_at", never)
    assert find_equilibrium(problem, 1e-9, start=solved).solution.steps == 1


def test_the_chain_goes_on_with_plain_steps(monkeypatch):
    """Where sharp steps do not arrive in the evaluations they have."""
    case = make_case(gravity_world(6, 3), "bloc")
    problem = problem_of(case.world, case.policy, case.elasticity)
    monkeypatch.setattr(chain, "_SHARP_STEPS", 3)
    found = find_equilibrium(problem, 1e-10)
    assert found.solution.converged
    assert_same(problem, plainly(problem), found)


def test_a_country_that_is_cut_off_in_the_baseline_is_no_obstacle():
    world = random_world(2, countries=4, sectors=2, zeros=False)
    alone = zv.simulate(world, decouple(world, "C3"), closure="zero", trade_elasticity=4.0).after
    policy = make_policy(alone, tariff=alone.data["tariff"].values * 0.5)
    kept = list(zv.simulate_many(alone, [policy] * 4, workers=1, trade_elasticity=4.0))
    one = zv.simulate(alone, policy, trade_elasticity=4.0)
    for result in kept:
        assert result.residual <= 1e-10
        np.testing.assert_allclose(result.after.data["wage"], one.after.data["wage"], rtol=1e-9)


def test_a_start_and_a_batch_lend_their_responses(monkeypatch):
    """They are found once, at the solution of the start or at the baseline."""
    calls = []

    def counted(system, state):
        calls.append(state)
        return aggregates_at(system, state)

    for user in ("models.sharpened", "models.equilibrium", "simulation"):
        monkeypatch.setattr(f"zollverein.{user}.aggregates_at", counted)
    world = gravity_world(8, 4)
    costs = [np.where(np.eye(8, dtype=bool), 1.0, 1 + k / 100)[:, :, None] for k in range(1, 7)]
    policies = [make_policy(world, cost_hat=cost * np.ones(4)) for cost in costs]
    options: dict[str, Any] = {"trade_elasticity": 5.0, "engine": "numpy"}
    alone = [zv.simulate(world, policy, **options) for policy in policies]
    assert len(calls) == len(policies)
    calls.clear()
    batch = list(zv.simulate_many(world, policies, workers=1, **options))
    assert len(calls) == 1
    for one, other in zip(alone, batch, strict=True):
        assert other.iterations <= one.iterations + 2
        np.testing.assert_allclose(other.after.data["wage"], one.after.data["wage"], rtol=1e-9)
    calls.clear()
    for policy in policies[1:]:
        zv.simulate(world, policy, start=alone[0], **options)
    assert len(calls) == 1
