"""Inputs made at home in the steps, and the responses that a long batch lends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.worlds import gravity_world, make_case

import zollverein as zv
from tests.test_aggregates import plainly, problem_of
from tests.test_properties import rebuilt
from zollverein import batches
from zollverein.models.aggregates import aggregates_at
from zollverein.models.engines import engine_of
from zollverein.models.equilibrium import find_equilibrium, system_of
from zollverein.models.sharpened import Sharpened
from zollverein.models.sweeps import NUMPY, pass_on, solve_levels
from zollverein.models.system import home_share
from zollverein.testing import decouple, make_policy, random_elasticity, random_world


def alone(seed):
    """A country without foreign trade and without taxes, its position, and a state."""
    world = random_world(seed, countries=4, sectors=6, zeros=False, tariffs=False)
    problem = problem_of(
        world, decouple(world, "C2"), random_elasticity(world, seed), closure="zero"
    )
    system = system_of(problem)
    return problem, system, 2, np.random.default_rng(seed).normal(0, 0.1, system.size)


@pytest.mark.parametrize("block", [0, 1])
@pytest.mark.parametrize("seed", range(3))
def test_with_trade_at_home_alone_it_is_what_the_derivative_says(seed, block):
    """There a change of prices, or of purchases, comes back through inputs and in no other way."""
    problem, system, country, state = alone(seed)
    found = aggregates_at(system, state)
    assert found is not None
    change = np.zeros((2, 6, 4))
    change[block, :, country] = np.random.default_rng(seed).normal(size=6)
    passed = pass_on(found.home, problem.base.input_share, change)[block, :, country]
    moved = system.jacobian(state)(np.concatenate((np.zeros(4), change.ravel())))
    there = moved[4:].reshape(2, 6, 4)[block, :, country]
    assert np.abs(passed).max() > 0.05
    np.testing.assert_allclose(there, passed - change[block, :, country], atol=1e-12)


def test_single_precision_and_double_say_the_same():
    problem, system, _, state = alone(1)
    found = aggregates_at(system, state)
    assert found is not None
    change = np.random.default_rng(0).normal(size=(2, 6, 4))
    double = pass_on(found.home, problem.base.input_share, change)
    single = pass_on(found.home, problem.base.single_input_share, change)
    assert problem.base.single_input_share.dtype == single.dtype == np.float32
    np.testing.assert_allclose(single, double, atol=1e-5, equal_nan=False)


@pytest.mark.parametrize("scenario", ["bloc", "embargo", "tariff war", "balanced"])
def test_it_saves_evaluations(scenario, monkeypatch):
    case = make_case(gravity_world(20, 8), scenario)
    problem = problem_of(case.world, case.policy, case.elasticity, closure=case.closure)
    with_it = find_equilibrium(problem, 1e-10).solution
    monkeypatch.setattr("zollverein.models.sweeps.pass_on", lambda *_: 0.0)
    without = find_equilibrium(problem, 1e-10).solution
    assert with_it.converged
    assert without.converged
    assert with_it.steps < without.steps < plainly(problem).steps


def test_levels_are_solved_for_all_the_same(monkeypatch):
    """What is passed on leaves levels as their system has them."""
    case = make_case(gravity_world(9, 5), "bloc")
    problem = problem_of(case.world, case.policy, case.elasticity)
    system = system_of(problem)
    found = aggregates_at(system, system.start())
    assert found is not None
    asked = []

    def heard(factors, gap):
        asked.append(solve_levels(factors, gap))
        return asked[-1]

    monkeypatch.setattr("zollverein.models.sweeps.solve_levels", heard)
    step = system.step(system.start())[0].copy()
    NUMPY.aggregate(found, problem.base, step)
    blocks = step[9:].reshape(2, 5, 9) - found.follow * step[:9]
    np.testing.assert_allclose(step[:9], asked[0][0], rtol=1e-6)
    np.testing.assert_allclose((found.weight * blocks).sum(axis=1), asked[0][1:], atol=1e-6)


def apart(world, size):
    """A policy that makes all trade across dearer."""
    cost = np.where(np.eye(len(world.countries), dtype=bool), 1.0, 1 + size)[:, :, None]
    return make_policy(world, cost_hat=cost * np.ones(len(world.sectors)))


def test_of_several_responses_the_nearest_are_taken():
    world = gravity_world(8, 4)
    problems = [problem_of(world, apart(world, size), 5.0) for size in (0.0, 0.1, 0.3, 0.28)]
    lent = []
    for problem in problems:
        system = system_of(problem)
        found = aggregates_at(system, system.start())
        assert found is not None
        np.testing.assert_array_equal(
            found.home[0], home_share(problem, system.evaluate(system.start()))
        )
        lent.append(found)
    system = system_of(problems[-1])
    sharp = Sharpened(system, NUMPY, 1e-10, lent[:3])
    assert sharp._nearest(system.start()) is lent[2]
    near = find_equilibrium(problems[-1], 1e-10, aggregates=lent[:3]).solution
    far = find_equilibrium(problems[-1], 1e-10, aggregates=lent[:1]).solution
    assert near.converged
    assert far.converged
    assert near.steps < far.steps
    np.testing.assert_allclose(near.value, far.value, atol=1e-9)


def sweep_of(world, count):
    return [apart(world, 0.4 * k / count) for k in range(count)]


def test_a_long_batch_needs_fewer_evaluations_and_finds_the_same(monkeypatch):
    world = gravity_world(8, 4)
    options: dict[str, Any] = {"trade_elasticity": 5.0, "engine": "numpy", "workers": 1}
    policies = sweep_of(world, batches._LONG)
    long = list(zv.simulate_many(world, policies, **options))
    monkeypatch.setattr(batches, "_LONG", 1000)
    short = list(zv.simulate_many(world, policies, **options))
    assert sum(r.iterations for r in long) < 0.95 * sum(r.iterations for r in short)
    for one, other in zip(long, short, strict=True):
        assert one.residual <= 1e-10
        np.testing.assert_allclose(one.after.data["wage"], other.after.data["wage"], rtol=1e-9)


def test_order_and_what_is_wrong_in_it_make_no_difference():
    """Whichever scenarios are examples: some choose for themselves, some cannot be understood or solved."""
    world = gravity_world(8, 4)
    count = batches._LONG
    barrier = {"kind": "barrier", "exporters": "C0", "importers": "all"}
    given: list[Any] = [
        zv.Scenario.from_dict({"measures": [{**barrier, "add": 0.3 * k / count}]})
        for k in range(count)
    ]
    step = count // (2 * batches._EXAMPLES)
    given[step] = zv.Scenario.from_dict({"measures": [{**barrier, "importers": "XYZ", "add": 0.1}]})
    given[3 * step] = zv.Scenario.from_dict(
        {"closure": "zero", "measures": [{**barrier, "add": 1}]}
    )
    given[5 * step] = zv.Scenario.from_dict(
        {"measures": [{"kind": "embargo", "exporters": "C1", "importers": "all"}]}
    )
    given[7 * step] = apart(gravity_world(7, 4), 0.1)
    options: dict[str, Any] = {"trade_elasticity": 5.0, "engine": "numpy", "on_error": "keep"}
    found = list(zv.simulate_many(world, given, workers=1, **options))
    turned = list(zv.simulate_many(world, given[::-1], workers=2, **options))[::-1]
    failed = [k for k, one in enumerate(found) if isinstance(one, zv.Failure)]
    assert failed == [step, 5 * step, 7 * step]
    for one, other in zip(found, turned, strict=True):
        if isinstance(one, zv.Failure):
            assert isinstance(other, zv.Failure)
            assert str(one.error) == str(other.error)
        else:
            assert max(one.residual, other.residual) <= 1e-10
            np.testing.assert_allclose(one.after.data["wage"], other.after.data["wage"], rtol=1e-9)


@pytest.mark.parametrize("engine", ["numpy", "fast"])
def test_what_plain_steps_taught_is_forgotten_when_steps_turn_sharp(engine, monkeypatch):
    """The differences of another step say nothing about the new one."""
    if engine == "fast":
        pytest.importorskip("numba")
    case = make_case(gravity_world(20, 8), "near-autarky")
    problem = problem_of(case.world, case.policy, case.elasticity, closure=case.closure)
    turns = []
    plain_call = Sharpened.__call__

    def listening(self, state):
        made = plain_call(self, state)
        turns.append(self.turned)
        return made

    monkeypatch.setattr(Sharpened, "__call__", listening)
    forgetting = find_equilibrium(problem, 1e-10, engine=engine_of(engine)).solution
    assert sum(turns) == 1
    assert not turns[0]
    monkeypatch.setattr(Sharpened, "__call__", plain_call)
    monkeypatch.setattr(
        Sharpened, "turned", property(lambda _: False, lambda *_: None), raising=False
    )
    keeping = find_equilibrium(problem, 1e-10, engine=engine_of(engine)).solution
    assert forgetting.converged
    assert keeping.converged
    assert forgetting.steps < keeping.steps


def with_a_trace(world, unit, sector, part):
    """The world in another currency, in which only a trace of one good is made and used."""
    money = ("trade_flow", "intermediate_use", "value_added", "final_demand")
    flow, use, made, final = (unit * world.data[name].values for name in money)
    others = [k for k in range(len(world.sectors)) if k != sector]
    made[:, others] += (1 - part) * use[:, sector, others]
    final[:, others] += (1 - part) * use[:, others, sector]
    for values in (flow[:, :, sector], use[:, sector], made[:, sector], final[:, sector]):
        np.multiply(values, part, out=values)
    use[:, others, sector] *= part
    given = dict(zip(money, (flow, use, made, final), strict=True))
    return rebuilt(world, **given)


@pytest.mark.parametrize("engine", ["numpy", "fast"])
@pytest.mark.parametrize("unit", [1e-35, 1.0, 1e35])
def test_a_currency_of_any_size_and_a_good_of_hardly_any(unit, engine):
    """Single precision ends at 1e38; what is passed on is in parts of what a country buys."""
    if engine == "fast":
        pytest.importorskip("numba")
    world = random_world(3, countries=4, sectors=4, zeros=False)
    here, there = (with_a_trace(world, size, 1, 1e-45) for size in (1.0, unit))
    policy = apart(world, 0.1)
    found = zv.simulate(there, policy, trade_elasticity=4.0, engine=engine)
    again = zv.simulate(here, policy, trade_elasticity=4.0)
    assert found.residual <= 1e-10
    assert found.iterations <= 12
    np.testing.assert_allclose(found.after.data["wage"], again.after.data["wage"], rtol=1e-8)
