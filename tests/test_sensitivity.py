"""Forward derivatives in every model: against the adjoint, transposes and differences of equilibria."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.derivatives import (
    CAPS,
    CASES,
    CES,
    RTOL,
    case,
    direction,
    extrapolated,
    moved,
    parameters_of,
    solved,
)
from tests.random_scenarios import random_pair
from zollverein.choices import choose_parameters
from zollverein.errors import LabelError, NoEquilibrium, ScenarioError
from zollverein.gradients import gradient_at
from zollverein.gradients import solved as equilibrium_of
from zollverein.models.adjoint import PARAMETERS
from zollverein.models.equilibrium import system_of
from zollverein.outcomes import KINDS, Outcome
from zollverein.readings import read_worlds
from zollverein.simulation import pose

#: The base model, with all choices explicit; its world has governments as everyone else.
BASE: dict[str, Any] = {**dict.fromkeys(CES, 1.0), "scale": None}


def outcomes_of(world: zv.World) -> list[Outcome]:
    """Every kind of every country."""
    return [Outcome(kind, (country,)) for kind in KINDS for country in world.countries]


def stacked(found: xr.Dataset) -> np.ndarray:
    """The sensitivities in the order of ``outcomes_of``."""
    return np.concatenate([found[kind].values for kind in KINDS])


def random_moves(result: zv.Result, names: list[str]) -> dict[str, xr.DataArray]:
    """A random direction of each kind of parameter."""
    like = gradient_at(result, "wage C1", wrt=names)
    return {
        name: like[name].copy(data=direction(result.before, like[name], seed))
        for seed, name in enumerate(names)
    }


def check_against_adjoint(
    result: zv.Result, moves: dict[str, xr.DataArray], rtol: float = 1e-7, atol: float = 1e-7
) -> None:
    """Each kind of parameter alone, for every outcome, is the gradient's inner product with it."""
    world = result.before
    gradients = [gradient_at(result, o, wrt=list(moves)) for o in outcomes_of(world)]
    for name, move in moves.items():
        found = stacked(zv.sensitivity(result, {name: move}))
        expected = np.array([float((g[name].values * move.values).sum()) for g in gradients])
        assert np.isfinite(expected).all()
        np.testing.assert_allclose(
            found, expected, rtol=rtol, atol=atol * np.abs(expected).max(), err_msg=name
        )


@pytest.mark.parametrize("name", CASES)
def test_every_outcome_along_every_parameter_is_what_the_adjoint_says(name: str) -> None:
    check_against_adjoint(solved(name), random_moves(solved(name), parameters_of(name)))


@pytest.mark.parametrize("name", CASES)
def test_all_parameters_at_once_are_the_sum_of_each(name: str) -> None:
    result = solved(name)
    moves = random_moves(result, parameters_of(name))
    together = stacked(zv.sensitivity(result, moves))
    each = [stacked(zv.sensitivity(result, {key: move})) for key, move in moves.items()]
    assert np.abs(together).max() > 1e-2
    np.testing.assert_allclose(together, sum(each), rtol=1e-6, atol=1e-7 * np.abs(each).max())


@pytest.mark.parametrize("name", CASES)
def test_forward_derivatives_equal_extrapolated_differences(name: str) -> None:
    """Of simulations with one kind of parameter moved, for every outcome of every country."""
    world, policy, options = case(name)
    result = solved(name)
    for parameter, move in random_moves(result, parameters_of(name)).items():
        change = move.values

        def values(h: float, parameter: str = parameter, change: Any = change) -> np.ndarray:
            new, choices = moved(policy, options, parameter, h * change)
            end = zv.simulate(world, new, start=result, **choices)
            return np.array([read_worlds(world, end.after, o) for o in outcomes_of(world)])

        measured = extrapolated(values, 2e-3)
        predicted = stacked(zv.sensitivity(result, {parameter: move}))
        assert np.isfinite(predicted).all()
        assert np.abs(measured).max() > 1e-4 or parameter == "government_access"
        np.testing.assert_allclose(
            predicted, measured, rtol=RTOL, atol=RTOL * np.abs(measured).max(), err_msg=parameter
        )


@pytest.mark.parametrize("name", CASES)
def test_the_step_and_its_transpose_agree_away_from_the_equilibrium(name: str) -> None:
    """``<u, J v> = <J' u, v>`` to rounding, and ``J v`` is the difference of the steps."""
    world, policy, options = case(name)
    system = system_of(pose(world, policy, choose_parameters(world, policy, **options)))
    rng = np.random.default_rng(1)
    state, u, v = (rng.normal(0, scale, system.size) for scale in (0.1, 1.0, 1.0))
    point = system.evaluate(state)
    forward = system.jacobian(state)(v)
    backward = system.transposed(point)(u)
    assert u @ forward == pytest.approx(backward @ v, rel=1e-9)
    through = system.pass_through(point)

    def step(h: float) -> np.ndarray:
        moved_on = system.conditions(system.evaluate(state + h * v))
        return system.precondition(moved_on, *through)

    measured = extrapolated(step, 1e-3)
    np.testing.assert_allclose(forward, measured, rtol=1e-6, atol=1e-8 * np.abs(measured).max())


def capped(name: str) -> tuple[zv.World, zv.Policy, dict[str, Any]]:
    """A case under two price caps that bind."""
    world, policy, options = case("complements" if name == "base" else name)
    more = BASE if name == "base" else {}
    return world, replace(policy, caps=CAPS), {**options, **more, "tolerance": 1e-12}


@pytest.mark.parametrize("name", ["base", "government", "complements", "own balances"])
def test_wedges_respond_where_caps_bind(name: str) -> None:
    world, policy, options = capped(name)
    result = zv.simulate(world, policy, **options)
    assert min(equilibrium_of(result).wedge) > 0.01
    names = ["tariff", "productivity", "barrier", "access", "trade_elasticity", "cap"]
    moves = random_moves(result, names)
    check_against_adjoint(result, moves, rtol=1e-6, atol=1e-6)
    change = moves["cap"].values

    def values(h: float) -> np.ndarray:
        new, choices = moved(policy, options, "cap", h * change)
        end = zv.simulate(world, new, start=result, **choices)
        return np.array([read_worlds(world, end.after, o) for o in outcomes_of(world)])

    measured = extrapolated(values, 1e-3)
    found = stacked(zv.sensitivity(result, {"cap": moves["cap"]}))
    np.testing.assert_allclose(found, measured, rtol=RTOL, atol=RTOL * np.abs(measured).max())


def test_a_slack_cap_does_not_matter() -> None:
    world, policy, options = capped("complements")
    slack = replace(policy, caps=(replace(CAPS[0], cap=1.3),))
    result = zv.simulate(world, slack, **options)
    assert equilibrium_of(result).wedge == (0.0,)
    moves = random_moves(result, ["tariff", "cap"])
    assert not stacked(zv.sensitivity(result, {"cap": moves["cap"]})).any()
    check_against_adjoint(result, {"tariff": moves["tariff"]})


def test_the_base_model_has_the_further_parameters_too() -> None:
    world = zv.load_world("toy")
    duty = zv.scenario.Tariff(exporters="RST", importers="HOM", set=0.1)
    result = zv.simulate(world, zv.Scenario(measures=[duty]), trade_elasticity=4.0)
    one = xr.ones_like(gradient_at(result, "wage HOM", wrt=["access"])["access"])
    access = zv.sensitivity(result, {"access": one})
    assert float(np.abs(access["real_income"]).max()) > 1e-12
    for other, size in (("barrier", -4.0), ("import_rent", None), ("government_access", 0.0)):
        found = zv.sensitivity(result, {other: one})
        tariff = zv.sensitivity(result, {"tariff": one})
        expected = tariff if size is None else size * access
        xr.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_pool_takes_duties_and_not_rents() -> None:
    result = solved("long and all")
    move = random_moves(result, ["tariff"])["tariff"]
    duty, rent = (zv.sensitivity(result, {name: move}) for name in ("tariff", "import_rent"))
    assert float(np.abs((duty - rent)["income"].sel(country=["C0", "C1", "C2"])).min()) > 1e-4


@pytest.mark.parametrize("name", ["long and all", "short and all"])
def test_what_an_embargo_leaves_has_derivatives(name: str) -> None:
    """A flow that is stopped, and goods that drop out because nobody supplies them any more."""
    world, policy, options = case(name)
    cost = policy.cost_hat.copy(deep=True)
    cost[2, 0, 1] = np.inf
    cost[:, 2, 1] = np.inf
    stopped = replace(policy, cost_hat=cost)
    result = zv.simulate(world, stopped, on_no_supplier="shut_down", **options)
    moves = random_moves(result, ["tariff", "barrier", "access", "government_access"])
    check_against_adjoint(result, moves)


def test_a_country_that_sells_nothing_abroad_has_no_change_of_exports() -> None:
    flow = np.array([[4.0, 0.0], [1.0, 5.0]])[:, :, None]
    world = zv.World.from_arrays(
        name="one way",
        countries=["A", "B"],
        sectors=["s"],
        trade_flow=flow,
        tariff=np.zeros_like(flow),
        intermediate_use=np.zeros((2, 1, 1)),
        value_added=flow.sum(axis=1),
        final_demand=flow.sum(axis=0),
    )
    result = zv.simulate(world, zv.Scenario(), trade_elasticity=4.0)
    one = xr.ones_like(gradient_at(result, "wage A", wrt=["productivity"])["productivity"])
    found = zv.sensitivity(result, {"productivity": one})
    assert np.isnan(found["exports"].sel(country="A"))
    finite = found.drop_vars(["exports", "imports"])
    assert np.isfinite(finite.to_array()).all()
    assert np.isfinite(found["exports"].sel(country="B"))


def test_a_loaded_result_has_the_same(tmp_path: Path) -> None:
    result = solved("long and all")
    moves = random_moves(result, ["tariff", "pool", "mobility"])
    loaded = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    old, new = (stacked(zv.sensitivity(r, moves)) for r in (result, loaded))
    np.testing.assert_allclose(new, old, rtol=1e-6, atol=1e-8)


def test_labels_are_those_of_the_world_and_of_its_rules() -> None:
    moves = random_moves(solved("pool"), ["pool", "tariff"])
    renamed = {
        "pool": moves["pool"].assign_coords(union=["C0+C1"]),
        "tariff": moves["tariff"].assign_coords(exporter=["C3", "C2", "C1", "C0"]),
        "mobility": moves["pool"],
    }
    for name, move in renamed.items():
        with pytest.raises(LabelError, match=f"{name}: dimensions and labels"):
            zv.sensitivity(solved("pool"), {name: move})
    with pytest.raises(LabelError, match="labels"):
        zv.sensitivity(solved("pool"), {"tariff": moves["tariff"].drop_vars("exporter")})


def test_what_has_no_derivative_is_refused() -> None:
    found = solved("own balances")
    transfer = gradient_at(found, "wage C1", wrt=["transfer"])["transfer"]
    with pytest.raises(ScenarioError, match="share_of_own"):
        zv.sensitivity(found, {"trade_balance": transfer})
    with pytest.raises(ScenarioError, match="did you mean 'mobility'"):
        zv.sensitivity(found, {"mobilty": transfer})


@pytest.mark.parametrize("seed", range(16))
def test_random_scenarios(seed: int) -> None:
    """Whatever measures stand together, under any model, horizon and closure."""
    world, scenario = random_pair(seed)
    try:
        result = zv.simulate(world, scenario, tolerance=1e-12)
    except NoEquilibrium as error:
        pytest.skip(f"no equilibrium: {error}")
    own = result.parameters.closure == "share_of_own"
    names = [name for name in PARAMETERS if not (own and name == "trade_balance")]
    rules = ["transfer", "access", "pool", "mobility", "cap"]
    check_against_adjoint(result, random_moves(result, [*names, *rules]), 1e-6, 1e-6)
