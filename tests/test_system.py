"""The fast system is the paper's equations, in another order and faster."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import zollverein as zv
from zollverein.arrays import baseline_wedges, to_baseline, to_shock
from zollverein.errors import MissingExtra
from zollverein.gradients import solved as equilibrium_of
from zollverein.models import equations, fast
from zollverein.models.engines import engine_of
from zollverein.models.problem import Shock, make_problem
from zollverein.models.structure import Structure
from zollverein.models.sweeps import NUMPY, numpy_sweep
from zollverein.models.system import System
from zollverein.testing import random_elasticity, random_policy, random_world


@pytest.fixture(params=[0, 1, 2])
def solved(request):
    """A result on a random world with zeros, duties, export taxes and an embargo."""
    world = random_world(request.param, countries=5, sectors=4, export_taxes=True)
    policy = random_policy(world, request.param, export_taxes=True, productivity=True)
    theta = random_elasticity(world, request.param)
    return zv.simulate(world, policy, trade_elasticity=theta, tolerance=1e-12)


def test_a_solution_satisfies_the_equations_as_printed(solved):
    """Every function of models/equations.py at the solution of the fast system."""
    before, after, policy = solved.before.data, solved.after.data, solved.policy
    theta = solved.parameters.trade_elasticity.values
    wage_hat = after["wage"].values / before["wage"].values
    price_hat = after["price_index"].values / before["price_index"].values
    gamma = zv.accounts.input_share(solved.before).values
    alpha = zv.accounts.final_share(solved.before).values
    share = zv.accounts.trade_share(solved.before).values
    cost_hat = equations.unit_cost_hat(
        wage_hat,
        price_hat,
        zv.accounts.value_added_share(solved.before).values,
        gamma,
        policy.productivity_hat.values,
    )
    kappa_hat = equations.delivered_cost_hat(
        policy.cost_hat.values,
        before["tariff"].values,
        policy.tariff.values,
        before["export_tax"].values,
        policy.export_tax.values,
    )
    implied = equations.price_index_hat(share, kappa_hat, cost_hat, theta)
    np.testing.assert_allclose(price_hat, implied, rtol=1e-10, equal_nan=False)
    new_share = equations.trade_share_new(share, kappa_hat, cost_hat, price_hat, theta)
    spending = zv.accounts.expenditure(solved.after).values
    fob = equations.fob_flow(new_share, spending, policy.tariff.values)
    np.testing.assert_allclose(fob, after["trade_flow"].values, rtol=1e-8, atol=1e-12)
    income = equations.income(
        before["value_added"].values.sum(axis=1),
        wage_hat,
        fob,
        policy.tariff.values,
        policy.export_tax.values,
        -zv.accounts.trade_balance(solved.after).values,
    )
    np.testing.assert_allclose(income, zv.accounts.income(solved.after), rtol=1e-9)
    output = zv.accounts.gross_output(solved.after).values
    demand = equations.spending_new(gamma, output, alpha, income)
    np.testing.assert_allclose(demand, spending, rtol=1e-8, atol=1e-12)


def test_the_compiled_sweep_equals_numpy(solved):
    problem = solved.counterfactual.problem
    rng = np.random.default_rng(0)
    power, spending = (rng.uniform(0.5, 2, problem.own_weight.shape) for _ in range(2))
    for one, other in zip(
        numpy_sweep(problem, power, spending),
        fast.fast_engine().sweep(problem, power, spending),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-13, equal_nan=False)


@pytest.mark.parametrize("sectors", [2, 3, 4, 5])
@pytest.mark.parametrize("countries", [2, 3, 4, 5, 6, 9])
def test_the_compiled_loops_end_where_the_arrays_do(countries, sectors):
    """They take four rows at a time, and what is left one by one."""
    world = random_world(0, countries=countries, sectors=sectors, export_taxes=True)
    theta = random_elasticity(world, 0).values
    policy = random_policy(world, 0, export_taxes=True)
    problem = make_problem(to_baseline(world), to_shock(world, policy), theta, "share_of_world")
    plain, fast_one = (System(problem, engine) for engine in (NUMPY, fast.fast_engine()))
    state = np.random.default_rng(0).normal(0, 0.1, plain.size)
    one, other = plain.evaluate(state), fast_one.evaluate(state)
    for name, values in vars(one).items():
        found = getattr(other, name)
        np.testing.assert_allclose(
            found, values, rtol=1e-12, atol=1e-13, equal_nan=False, err_msg=name
        )


@pytest.mark.parametrize("kept", [1, 2, 3, 4, 5, 8])
def test_the_compiled_acceleration_equals_numpy(kept):
    engine, rng = fast.fast_engine(), np.random.default_rng(kept)
    memories = [make(50, 8) for make in (NUMPY.history, engine.history)]
    for state, step in rng.normal(size=(kept + 1, 2, 50)):
        one, other = (memory.accelerate(state, step) for memory in memories)
        np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-10, equal_nan=False)


def test_the_compiled_products_equal_numpy(solved):
    base, compiled = solved.counterfactual.problem.base, fast.fast_engine()
    values = np.random.default_rng(0).normal(size=base.expenditure.shape)
    for name in ("into_cost", "into_inputs"):
        one, other = (
            getattr(engine, name)(base.input_share, values) for engine in (NUMPY, compiled)
        )
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13, equal_nan=False)


@pytest.mark.parametrize("closure", ["share_of_world", "share_of_own"])
@pytest.mark.parametrize("export_taxes", [False, True])
@pytest.mark.parametrize(("seed", "zeros"), [(0, False), (1, False), (3, True), (5, True)])
def test_the_compiled_system_equals_the_equations(seed, zeros, export_taxes, closure):
    """Every node, the step and the residual, away from the solution; also for goods nobody buys."""
    world = random_world(seed, countries=7, sectors=5, zeros=zeros, export_taxes=export_taxes)
    policy = random_policy(world, seed, export_taxes=export_taxes, productivity=True)
    policy = replace(policy, cost_hat=policy.cost_hat.clip(max=2.0))
    theta = random_elasticity(world, seed)
    result = zv.simulate(world, policy, trade_elasticity=theta, closure=closure)
    problem = equilibrium_of(result).problem
    assert problem.all_bought != zeros
    plain, fast_one = (System(problem, engine) for engine in (NUMPY, fast.fast_engine()))
    assert fast_one.is_compiled
    assert not plain.is_compiled
    rng = np.random.default_rng(seed)
    for _ in range(3):
        state = rng.normal(0, 0.1, plain.size)
        one, other = plain.evaluate(state), fast_one.evaluate(state)
        for name, values in vars(one).items():
            np.testing.assert_allclose(
                getattr(other, name), values, rtol=1e-12, atol=1e-13, equal_nan=False, err_msg=name
            )
        (step, residual), (again, same) = plain.step(state), fast_one.step(state)
        np.testing.assert_allclose(again, step, rtol=1e-10, atol=1e-12, equal_nan=False)
        assert np.isfinite(residual)
        assert same == pytest.approx(residual, rel=1e-10)


def test_the_compiled_system_sees_what_is_not_a_number():
    problem = equilibrium_of(zv.simulate(zv.load_world("toy"), zv.Scenario())).problem
    system = System(problem, fast.fast_engine())
    assert system.is_compiled
    state = system.start()
    state[-1] = np.nan
    with np.errstate(invalid="ignore"):
        assert system.step(state)[1] == np.inf


def test_what_the_compiled_system_does_not_know_is_left_to_numpy():
    """Worlds cut into groups, and the extended model."""
    problem = equilibrium_of(zv.simulate(zv.load_world("toy"), zv.Scenario())).problem
    countries = problem.base.countries
    for other in (
        replace(problem, structure=Structure()),
        replace(problem, group=np.arange(countries)),
    ):
        assert not System(other, fast.fast_engine()).is_compiled


def test_engines_agree_on_a_whole_solve(solved):
    again = zv.simulate(
        solved.before,
        solved.policy,
        trade_elasticity=solved.parameters.trade_elasticity,
        tolerance=1e-12,
        engine="fast",
    )
    np.testing.assert_allclose(again.after.data["wage"], solved.after.data["wage"], rtol=1e-10)


def test_the_missing_extra_names_the_remedy(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "numba", None)
    fast.fast_engine.cache_clear()
    with pytest.raises(MissingExtra, match=r"zollverein\[fast\]"):
        engine_of("fast")
    fast.fast_engine.cache_clear()


def test_a_shock_to_a_few_cells_and_to_all_cells_make_the_same_problem(solved):
    world, theta = solved.before, solved.parameters.trade_elasticity.values
    shock, base = to_shock(world, solved.policy), to_baseline(world)
    size = base.share.size
    tariff = world.data["tariff"].values.transpose(2, 1, 0).flatten()
    tax = world.data["export_tax"].values.transpose(2, 1, 0).flatten()
    everywhere = {"cost": np.ones(size), "tariff": tariff, "tariff_base": tariff.copy()}
    everywhere |= {"export_tax": tax, "export_tax_base": tax.copy()}
    for name, values in everywhere.items():
        values[shock.positions] = shock.cost_hat if name == "cost" else getattr(shock, name)
    whole = Shock(
        cells=None,
        sectors=len(world.sectors),
        productivity_hat=shock.productivity_hat,
        **everywhere,
    )
    cells = np.arange(size)[::1] if shock.cells is None else shock.cells
    few = replace(
        whole, cells=cells, **{name: values[cells] for name, values in everywhere.items()}
    )
    one, other = (make_problem(base, s, theta, "share_of_world") for s in (whole, few))
    power = np.random.default_rng(1).uniform(0.5, 2, base.expenditure.shape)
    for a, b in zip(
        numpy_sweep(one, power, base.expenditure),
        numpy_sweep(other, power, base.expenditure),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-13, equal_nan=False)


def test_the_baseline_is_an_equilibrium_of_no_policy():
    world = random_world(3, countries=5, sectors=4, export_taxes=True)
    neutral = to_shock(world, zv.Policy.neutral(world))
    problem = make_problem(to_baseline(world), neutral, np.full(4, 5.0), "share_of_world")
    system = System(problem)
    point = system.evaluate(system.start())
    assert system.largest(system.conditions(point), point) < 1e-12


@pytest.mark.parametrize("taxes", [False, True])
def test_costs_everywhere_give_what_costs_in_some_cells_give(taxes):
    """Where no rate changes; sectors one after the other with one table of costs share its log."""
    world = random_world(0, countries=4, sectors=5, export_taxes=taxes)
    few = to_shock(world, random_policy(world, 2, tariffs=False))
    cost, base = np.ones(few.sectors * 16), to_baseline(world)
    cost[few.positions] = few.cost_hat
    cost[16:48] = np.tile(cost[:16], 2)
    cells = np.flatnonzero(cost != 1)
    tariff, tax = (rate.transpose(2, 1, 0).flatten() for rate in baseline_wedges(world))
    sectors = few.sectors
    whole = Shock(None, cost, tariff, tariff, tax, tax, sectors)
    rates = (tariff[cells], tariff[cells], tax[cells], tax[cells])
    part = Shock(cells, cost[cells], *rates, sectors)
    assert whole.rates_stay
    tables, which = whole.log_planes
    assert which.tolist() == [0, 0, 0, 1, 2]
    logs = np.stack(tables)[which].ravel()
    np.testing.assert_array_equal(logs, whole.log_delivered_hat)
    one, other = (make_problem(base, shock, np.arange(2.0, 7), "zero") for shock in (whole, part))
    for name in ("own_weight", "own_factory"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-13)
    power = np.random.default_rng(1).uniform(0.5, 2, base.expenditure.shape)
    for a, b in zip(*(numpy_sweep(p, power, base.expenditure) for p in (one, other)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, equal_nan=False)
