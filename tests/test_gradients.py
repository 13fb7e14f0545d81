"""Derivatives at the equilibrium, against central differences and against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from zollverein.choices import choose_parameters
from zollverein.errors import ScenarioError
from zollverein.gradients import gradient_at, solved
from zollverein.models.differentiable import DifferentiableSystem
from zollverein.models.equilibrium import find_equilibrium
from zollverein.models.system import Conditions
from zollverein.models.tangent import tangent
from zollverein.outcomes import KINDS, parse_outcome, read_outcome
from zollverein.simulation import pose
from zollverein.testing import (
    decouple,
    make_policy,
    random_elasticity,
    random_policy,
    random_world,
)

STEP, RTOL = 1e-5, 1e-6
PARAMETERS = ("tariff", "barrier", "export_tax", "productivity", "trade_elasticity")
GROUP = "C1+C2"


def case(seed: int = 7):
    """A world with zeros, duties and export taxes, a policy with an embargo, and elasticities."""
    world = random_world(seed, countries=5, sectors=4, export_taxes=True)
    policy = random_policy(world, 3, export_taxes=True, productivity=True)
    return world, policy, random_elasticity(world, 1)


def text_of(kind):
    """An outcome of the group; employment in one sector, as that of a country is constant."""
    return f"{kind} {GROUP}" + (" s0" if kind == "employment" else "")


def moved(policy, theta, name, change):
    """The policy and the elasticities after a change of one kind of parameter."""
    arrays = {
        key: getattr(policy, key)
        for key in ("tariff", "export_tax", "cost_hat", "productivity_hat")
    }
    if name in ("tariff", "export_tax"):
        arrays[name] = arrays[name] + change
    elif name == "barrier":
        arrays["cost_hat"] = arrays["cost_hat"] * np.exp(change)
    elif name == "productivity":
        arrays["productivity_hat"] = arrays["productivity_hat"] * np.exp(change)
    else:
        theta = theta + change
    return zv.Policy(**arrays), theta


def direction(world, array, seed=0):
    """A random direction; bilateral ones on traded flows only."""
    change = np.random.default_rng(seed).normal(0, 1, array.shape)
    return change * (world.data["trade_flow"].values > 0) if len(array.shape) == 3 else change


@pytest.mark.parametrize("closure", ["share_of_world", "share_of_own", "zero"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_adjoint_equals_central_differences(name, closure):
    world, policy, theta = case()
    options = {"closure": closure, "tolerance": 1e-13}
    result = zv.simulate(world, policy, trade_elasticity=theta, **options)
    outcomes = [text_of(kind) for kind in KINDS]
    gradients = [gradient_at(result, outcome, wrt=[name]) for outcome in outcomes]
    change = direction(world, gradients[0][name])
    ends = []
    for sign in (1, -1):
        new_policy, new_theta = moved(policy, theta, name, sign * STEP * change)
        end = zv.simulate(world, new_policy, trade_elasticity=new_theta, **options)
        ends.append([gradient_at(end, o, wrt=()).attrs["value"] for o in outcomes])
    measured = (np.array(ends[0]) - np.array(ends[1])) / (2 * STEP)
    predicted = np.array([float((g[name].values * change).sum()) for g in gradients])
    assert np.isfinite(predicted).all()
    np.testing.assert_allclose(predicted, measured, rtol=RTOL, equal_nan=False)


@pytest.mark.parametrize("closure", ["share_of_world", "zero"])
def test_trade_balance_gradients_equal_central_differences(closure):
    """A unit of balance moved from one country to the others, in proportion to value added."""
    world, policy, theta = case()
    options = {"closure": closure, "tolerance": 1e-13}
    result = zv.simulate(world, policy, trade_elasticity=theta, **options)
    problem, size = solved(result).problem, solved(result).problem.base.value_added
    unit, step = np.eye(len(size))[2] - size / size.sum(), 1e-4 * size[2]
    ends = [
        find_equilibrium(replace(problem, deficit=problem.deficit - sign * step * unit), 1e-13)
        for sign in (1, -1)
    ]
    for kind in KINDS:
        outcome = parse_outcome(text_of(kind))
        gradient = gradient_at(result, outcome, wrt=["trade_balance"])["trade_balance"].values
        values = [read_outcome(world, end, outcome).value for end in ends]
        measured = (values[0] - values[1]) / (2 * step)
        assert gradient[2] == pytest.approx(measured, rel=RTOL), kind
        assert np.dot(gradient, size) == pytest.approx(0, abs=1e-10), kind


@pytest.mark.parametrize("name", ["tariff", "barrier", "productivity"])
def test_gradients_hold_in_a_world_cut_in_two(name):
    """Each group pins its own level, so nothing done in one moves the other."""
    world = random_world(1, countries=6, sectors=3, zeros=False)
    cost = np.ones((6, 6, 3))
    cost[:3, 3:] = cost[3:, :3] = np.inf
    policy, theta = make_policy(world, cost_hat=cost), random_elasticity(world, 1)
    result = zv.simulate(world, policy, trade_elasticity=theta, tolerance=1e-13)
    gradient = gradient_at(result, "real_income C1", wrt=[name])[name]
    assert (gradient.values[3:] == 0).all()
    change = direction(world, gradient)
    ends = []
    for sign in (1, -1):
        end = zv.simulate(
            world,
            moved(policy, theta, name, sign * STEP * change)[0],
            trade_elasticity=theta,
            tolerance=1e-13,
        )
        ends.append(gradient_at(end, "real_income C1", wrt=()).attrs["value"])
    predicted = float((gradient.values * change).sum())
    assert predicted == pytest.approx((ends[0] - ends[1]) / (2 * STEP), rel=RTOL)


@pytest.mark.parametrize("name", PARAMETERS)
def test_forward_sensitivity_equals_the_adjoint(name):
    world, policy, theta = case()
    result = zv.simulate(world, policy, trade_elasticity=theta, tolerance=1e-12)
    shape = gradient_at(result, "wage C1", wrt=[name])[name]
    change = shape.copy(data=direction(world, shape, seed=5))
    forward = zv.sensitivity(result, {name: change})
    for kind in KINDS:
        backward = gradient_at(result, f"{kind} C3", wrt=[name])[name]
        expected = float((backward.values * change.values).sum())
        found = float(forward[kind].sel(country="C3"))
        if kind == "employment":  # labour moves between sectors; its total is constant
            assert abs(found) + abs(expected) < 1e-7
        else:
            assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("closure", ["share_of_world", "share_of_own", "zero"])
def test_linearisation_and_its_transpose(closure):
    """Tangents equal differences of the conditions; the transposed product is the adjoint of it."""
    world, policy, theta = case()
    problem = pose(
        world, policy, choose_parameters(world, policy, closure=closure, trade_elasticity=theta)
    )
    system = DifferentiableSystem(problem)
    rng = np.random.default_rng(0)
    state, change, bars = (rng.normal(0, s, system.size) for s in (0.1, 1.0, 1.0))

    def conditions(x):
        return flat(system.conditions(system.evaluate(x)))

    def flat(c: Conditions):
        return np.concatenate([c.price.ravel(), c.spending.ravel(), c.balance, c.level])

    measured = (conditions(state + 1e-6 * change) - conditions(state - 1e-6 * change)) / 2e-6
    exact = flat(tangent(system, system.evaluate(state), change).conditions)
    np.testing.assert_allclose(exact, measured, rtol=1e-6, atol=1e-7, equal_nan=False)
    forward = bars @ system.jacobian(state)(change)
    backward = system.transposed(system.evaluate(state))(bars) @ change
    assert forward == pytest.approx(backward, rel=1e-11)


def test_an_embargoed_flow_has_no_derivative():
    world, policy, theta = case()
    stopped = np.isinf(policy.cost_hat.values)
    assert stopped.any()
    found = gradient_at(
        zv.simulate(world, policy, trade_elasticity=theta),
        "real_income C1",
        wrt=["barrier", "tariff"],
    )
    assert (found["barrier"].values[stopped] == 0).all()
    assert (found["tariff"].values[stopped] == 0).all()


def test_a_loaded_result_can_be_differentiated(tmp_path):
    world, policy, theta = case()
    result = zv.simulate(world, policy, trade_elasticity=theta)
    loaded = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    old, new = (gradient_at(r, "exports C2")["tariff"].values for r in (result, loaded))
    np.testing.assert_allclose(new, old, rtol=1e-6, atol=1e-9)


def test_gradient_of_a_scenario_in_one_call():
    toy = zv.load_world("toy")
    found = zv.gradient(toy, zv.Scenario(), "real_income HOM", wrt=["tariff"])
    assert found["tariff"].dims == ("exporter", "importer", "sector")
    assert found.attrs["value"] == pytest.approx(1.0, abs=1e-10)
    assert "real_income" in found.attrs["outcome"]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("real_incom HOM", "real_income"),
        ("real_income", "name a country"),
        ("real_income HOMM", "HOM"),
        ("output HOM good", "goods"),
        ("", "Kinds"),
    ],
)
def test_unknown_outcomes_are_answered_with_the_nearest(outcome, said):
    with pytest.raises(ScenarioError, match=said):
        zv.gradient(zv.load_world("toy"), zv.Scenario(), outcome)


def test_unknown_parameters_and_foreign_labels_are_refused():
    toy = zv.load_world("toy")
    with pytest.raises(ScenarioError, match="did you mean 'tariff'"):
        zv.gradient(toy, zv.Scenario(), "wage HOM", wrt=["tarif"])
    result = zv.simulate(toy, zv.Scenario())
    with pytest.raises(zv.errors.LabelError, match="trade_elasticity"):
        zv.sensitivity(result, {"trade_elasticity": toy.data["wage"]})


def test_balances_that_follow_value_added_have_no_gradient():
    world, policy, theta = case()
    result = zv.simulate(world, policy, trade_elasticity=theta, closure="share_of_own")
    with pytest.raises(ScenarioError, match="share_of_own"):
        gradient_at(result, "wage C1", wrt=["trade_balance"])


@pytest.mark.parametrize("model", ["caliendo_parro", "krugman"])
def test_nobody_pays_a_country_that_is_alone(model: str) -> None:
    """Rounding of its balance, over trade that is zero, gave derivatives of 1e218, or none at all."""
    choices: Any = {"model": model} | ({"scale": 0.2} if model == "krugman" else {})
    world = random_world(14, countries=1, zeros=False, export_taxes=True)
    policy = random_policy(world, 14, embargoes=False, productivity=True, export_taxes=True)
    alone = zv.simulate(world, policy, trade_elasticity=4.0, tolerance=1e-12, **choices)
    found = gradient_at(alone, "real_income C0", wrt=["trade_balance", "transfer"])
    assert (found.to_array() == 0).all()
    world = random_world(0, zeros=False, deficits=False)
    cut = zv.simulate(world, decouple(world, "C1"), trade_elasticity=4.0, **choices)
    given = xr.DataArray([0, 0.03, 0, 0], {"country": list(world.countries)})
    assert (zv.sensitivity(cut, {"transfer": given}).to_array() == 0).all()
