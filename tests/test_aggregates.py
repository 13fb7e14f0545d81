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
from zollverein.models import aggregates
from zollverein.models.aggregates import aggregates_at
from zollverein.models.engines import engine_of
from zollverein.models.equilibrium import find_equilibrium, system_of
from zollverein.models.sweeps import aggregate
from zollverein.simulation import aggregates_of, pose, repays_aggregates
from zollverein.testing import (
    decouple,
    make_policy,
    random_elasticity,
    random_policy,
    random_world,
)

#: Models whose state begins like that of the base model.
MODELS: tuple[dict[str, Any], ...] = (
    {},
    {"horizon": "long"},
    {"model": "krugman"},
    {"model": "ces"},
    {"input_elasticity": 0.5, "final_elasticity": 2.0},
    {"closure": "share_of_own"},
)


def problems(world, policy, theta, **choices):
    """The problem of a policy and that of none, in plain arrays."""
    parameters = choose_parameters(world, None, trade_elasticity=theta, **choices)
    none = zv.Policy.neutral(world)
    return pose(world, policy, parameters), pose(world, none, parameters)


def at_baseline(problem):
    """The aggregates of a problem that changes nothing."""
    system = system_of(problem)
    found = aggregates_at(system, system.start())
    assert found is not None
    return found


def both(problem, shared, engine="numpy"):
    """The equilibrium without and with aggregates, solved."""
    arithmetic = engine_of(engine)
    found = [
        find_equilibrium(problem, 1e-10, engine=arithmetic, aggregates=given)
        for given in (None, shared)
    ]
    assert all(one.solution.converged and one.sensible() for one in found)
    return found


def assert_same(plain, sharp):
    np.testing.assert_allclose(sharp.wage_hat, plain.wage_hat, rtol=1e-8, equal_nan=False)
    np.testing.assert_allclose(sharp.price_hat, plain.price_hat, rtol=1e-8, equal_nan=False)


@pytest.mark.parametrize("engine", ["numpy", "fast"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_fewer_evaluations_lead_to_the_same_equilibrium(scenario, engine):
    case = make_case(gravity_world(20, 8), scenario)
    problem, none = problems(case.world, case.policy, case.elasticity, closure=case.closure)
    plain, sharp = both(problem, at_baseline(none), engine)
    assert_same(plain, sharp)
    if scenario != "near-autarky":  # where no country's responses are those of the baseline
        assert sharp.solution.steps <= 0.8 * plain.solution.steps


@pytest.mark.parametrize("choices", MODELS)
def test_every_model_whose_labour_moves_is_solved_in_fewer_evaluations(choices):
    case = make_case(gravity_world(12, 6), "bloc")
    problem, none = problems(case.world, case.policy, case.elasticity, **choices)
    plain, sharp = both(problem, at_baseline(none))
    assert_same(plain, sharp)
    assert sharp.solution.steps <= 0.85 * plain.solution.steps


def test_in_the_directions_of_countries_as_wholes_the_step_is_newtons():
    """There ``levels(step) = -levels``: one step closes the gap."""
    world = random_world(3, countries=6, sectors=4)
    _, none = problems(world, random_policy(world, 3), random_elasticity(world, 3))
    system, found = system_of(none), at_baseline(none)
    product, countries = system.jacobian(system.start()), 6
    for block in range(3):
        for country in range(countries):
            change = np.zeros(system.size)
            if block == 0:
                change[country] = 1.0
            else:
                shape = (2, 4, countries)
                change[countries:].reshape(shape)[block - 1, :, country] = found.pattern[
                    block - 1, :, country
                ]
            move = product(change)
            aggregate(found.weight, found.pattern, found.gain, move)
            levels = (found.weight * move[countries:].reshape(2, 4, countries)).sum(axis=1)
            reached = np.concatenate((move[:countries], levels.ravel()))
            wanted = -np.eye(3 * countries)[block * countries + country]
            np.testing.assert_allclose(reached, wanted, atol=2e-5, equal_nan=False)


def test_compiled_and_numpy_add_the_same():
    pytest.importorskip("numba")
    from zollverein.models import kernels

    world = random_world(5, countries=7, sectors=3)
    _, none = problems(world, random_policy(world, 5), random_elasticity(world, 5))
    found = at_baseline(none)
    step = np.random.default_rng(0).normal(size=7 * 7)
    here, there = step.copy(), step.copy()
    aggregate(found.weight, found.pattern, found.gain, here)
    kernels.aggregate(found.weight, found.pattern, found.gain, there)
    assert np.abs(here - step).max() > 0.1
    np.testing.assert_allclose(there, here, rtol=1e-5, atol=1e-5, equal_nan=False)


def test_misleading_aggregates_cost_evaluations_and_nothing_else():
    case = make_case(gravity_world(8, 4), "bloc")
    problem, none = problems(case.world, case.policy, case.elasticity)
    wrong = replace(at_baseline(none), gain=np.full((24, 24), 3.0, dtype=np.float32))
    plain, sharp = both(problem, wrong)
    assert_same(plain, sharp)
    assert sharp.solution.steps > plain.solution.steps


@pytest.mark.parametrize("seed", range(4))
def test_separated_blocs(seed):
    world = random_world(seed, countries=9, sectors=5, zeros=False)
    lonely = decouple(world, world.countries[seed])
    problem, none = problems(world, lonely, random_elasticity(world, seed), closure="zero")
    assert problem.group.any()
    assert_same(*both(problem, at_baseline(none)))


@pytest.mark.parametrize("seed", [26, 34])
def test_goods_that_a_country_neither_makes_nor_buys(seed):
    world, theta = robustness.world_of(seed)
    policy = make_policy(world, tariff=world.data["tariff"].values * 0.9)
    problem, none = problems(world, policy, theta)
    assert not problem.all_bought
    plain, sharp = both(problem, at_baseline(none))
    assert_same(plain, sharp)
    assert sharp.solution.steps <= 0.8 * plain.solution.steps


def test_aggregates_of_another_size_or_of_sector_wages_are_left_aside():
    worlds = [random_world(1, countries=n, sectors=3) for n in (4, 5)]
    made = [problems(w, random_policy(w, 1), random_elasticity(w, 1)) for w in worlds]
    other = at_baseline(made[1][1])
    plain, sharp = both(made[0][0], other)
    assert not other.fit(made[0][0])
    assert sharp.solution.steps == plain.solution.steps
    short, none = problems(
        worlds[1], random_policy(worlds[1], 1), random_elasticity(worlds[1], 1), horizon="short"
    )
    assert other.fit(made[1][0])
    assert not other.fit(short)
    system = system_of(none)
    assert aggregates_at(system, system.start()) is None


def test_levels_that_nothing_determines_have_no_response(monkeypatch):
    assert np.isnan(aggregates._gain(np.zeros((3, 3)))).all()
    world = random_world(2, countries=4, sectors=2, zeros=False)
    _, none = problems(world, random_policy(world, 2), random_elasticity(world, 2))
    system = system_of(none)
    assert aggregates_at(system, system.start()) is not None
    for hardly in (0.0, 1e-9):  # not at all, and hardly
        monkeypatch.setattr(system, "jacobian", lambda _, part=hardly: lambda move: part * move)
        assert aggregates_at(system, system.start()) is None


def test_a_country_that_is_cut_off_in_the_baseline_is_no_obstacle():
    world = random_world(2, countries=4, sectors=2, zeros=False)
    alone = zv.simulate(world, decouple(world, "C3"), closure="zero", trade_elasticity=4.0).after
    policy = make_policy(alone, tariff=alone.data["tariff"].values * 0.5)
    kept = list(zv.simulate_many(alone, [policy] * 4, workers=1, trade_elasticity=4.0))
    one = zv.simulate(alone, policy, trade_elasticity=4.0)
    for result in kept:
        assert result.residual <= 1e-10
        np.testing.assert_allclose(result.after.data["wage"], one.after.data["wage"], rtol=1e-9)


def evaluations(result):
    """What a worker sends back."""
    return result.iterations


def test_a_long_batch_shares_them_and_a_short_one_does_not():
    world = gravity_world(8, 4)
    costs = [np.where(np.eye(8, dtype=bool), 1.0, 1 + k / 100)[:, :, None] for k in range(1, 7)]
    policies = [make_policy(world, cost_hat=cost * np.ones(4)) for cost in costs]
    options: dict[str, Any] = {
        "workers": 1,
        "engine": "numpy",
        "measure": evaluations,
        "trade_elasticity": 5.0,
    }
    alone = [zv.simulate(world, policy, trade_elasticity=5.0).iterations for policy in policies]
    short = list(zv.simulate_many(world, policies[:3], **options))
    long = list(zv.simulate_many(world, policies, **options))
    assert not repays_aggregates(world, 3)
    assert short == alone[:3]
    assert sum(long) <= 0.8 * sum(alone)


def test_a_result_from_a_file_has_none(tmp_path):
    world = zv.load_world("toy")
    result = zv.simulate(world, zv.Policy.neutral(world))
    assert aggregates_of(result) is not None
    result.to_netcdf(tmp_path / "result.nc")
    assert aggregates_of(zv.load_result(tmp_path / "result.nc")) is None
