"""Derivatives of the extended model: against extrapolated differences of equilibria, and transposes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
    text_of,
)
from tests.random_scenarios import random_pair
from zollverein.choices import as_keywords, choose_parameters
from zollverein.errors import NoEquilibrium
from zollverein.gradients import gradient_at
from zollverein.gradients import solved as equilibrium_of
from zollverein.models.adjoint import MORE_PARAMETERS, PARAMETERS
from zollverein.models.equilibrium import system_of
from zollverein.outcomes import KINDS
from zollverein.readings import parse_outcomes, read_worlds
from zollverein.simulation import pose


@pytest.mark.parametrize("name", CASES)
def test_adjoint_equals_extrapolated_differences(name: str) -> None:
    world, policy, options = case(name)
    outcomes = parse_outcomes(world, [text_of(kind) for kind in KINDS])
    wrt = parameters_of(name)
    gradients = [gradient_at(solved(name), outcome, wrt=wrt) for outcome in outcomes]
    for seed, parameter in enumerate(wrt):
        change = direction(world, gradients[0][parameter], seed)

        def values(h: float, parameter: str = parameter, change: Any = change) -> np.ndarray:
            new, choices = moved(policy, options, parameter, h * change)
            end = zv.simulate(world, new, start=solved(name), **choices)
            return np.array([read_worlds(world, end.after, outcome) for outcome in outcomes])

        measured = extrapolated(values, 2e-3)
        predicted = np.array([float((g[parameter].values * change).sum()) for g in gradients])
        assert np.isfinite(predicted).all()
        if options["labour"] == "sector_specific":  # nobody changes work
            fixed = [outcome.kind == "employment" for outcome in outcomes]
            assert np.abs([predicted[fixed], measured[fixed]]).max() < 1e-8
            predicted, measured = np.delete(predicted, fixed), np.delete(measured, fixed)
        assert np.abs(measured).max() > 1e-4 or parameter == "government_access"
        np.testing.assert_allclose(predicted, measured, rtol=RTOL, err_msg=parameter)


@pytest.mark.parametrize("name", CASES)
def test_the_value_is_what_the_two_worlds_say(name: str) -> None:
    """The consumer price with nests and governments, mean wages: as in the counterfactual."""
    world, result = case(name)[0], solved(name)
    texts = [text_of(kind) for kind in KINDS] + ["output C0", "employment C2", "wage C0"]
    values = [gradient_at(result, text, wrt=()).attrs["value"] for text in texts]
    expected = [read_worlds(world, result.after, o) for o in parse_outcomes(world, texts)]
    assert np.isfinite(values).all()
    np.testing.assert_allclose(values, expected, rtol=1e-12)


BLOCKS = ("price", "spending", "balance", "level", "labour", "entry", "final")


def blocks(conditions: Any) -> dict[str, np.ndarray]:
    """The blocks of the conditions that there are."""
    found = {block: getattr(conditions, block) for block in BLOCKS}
    return {block: values for block, values in found.items() if values is not None}


@pytest.mark.parametrize("name", CASES)
def test_the_transpose_is_that_of_the_differences_of_each_block(name: str) -> None:
    """``<u, J v> = <J' u, v>`` away from the equilibrium, for each pair of condition and state."""
    world, policy, options = case(name)
    system = system_of(pose(world, policy, choose_parameters(world, policy, **options)))
    rng = np.random.default_rng(0)
    state, u, v = (rng.normal(0, scale, system.size) for scale in (0.1, 1.0, 1.0))
    point = system.evaluate(state)
    bars = system.precondition_transposed(u, *system.pass_through(point))
    nothing = {block: np.zeros_like(values) for block, values in blocks(bars).items()}
    sizes = [len(world.countries), *2 * [world.data["value_added"].size]]  # wage, price, spending
    sizes += [nothing[block].size for block in ("labour", "entry", "final") if block in nothing]
    assert sum(sizes) == system.size
    for part in np.split(np.arange(system.size), np.cumsum(sizes)[:-1]):
        change = np.zeros_like(v)
        change[part] = v[part]

        def conditions(h: float, block: str, change: Any = change) -> np.ndarray:
            return blocks(system.conditions(system.evaluate(state + h * change)))[block]

        for block, values in blocks(bars).items():
            alone = replace(bars, **{**nothing, block: values})
            backward = float(system.conditions_pullback(point, alone) @ change)
            slope = extrapolated(lambda h, block=block: conditions(h, block), 1e-3)
            forward = float((values * slope).sum())
            assert forward == pytest.approx(backward, rel=1e-8, abs=1e-9), block


def test_a_unit_of_balance_is_a_unit_paid() -> None:
    found = gradient_at(solved("long and all"), "wage C1", wrt=["trade_balance", "transfer"])
    np.testing.assert_array_equal(found["trade_balance"], -found["transfer"])
    assert np.abs(found["transfer"].values).max() > 0


def test_rents_differ_from_duties_where_revenue_is_pooled() -> None:
    """What goes into a pool is duty; rents stay where they are."""
    wrt = ["tariff", "import_rent"]
    shared = gradient_at(solved("long and all"), "real_income C1", wrt=wrt)
    differ = (shared["tariff"] - shared["import_rent"]).values
    assert np.abs(differ[3, :3]).max() > 1e-4
    assert not differ[:3, :3].any()
    assert not differ[:, 3:].any()
    kept = gradient_at(solved("rents"), "real_income C1", wrt=wrt)
    np.testing.assert_array_equal(kept["tariff"], kept["import_rent"])


def test_a_loaded_result_can_be_differentiated(tmp_path: Path) -> None:
    result = solved("long and all")
    loaded = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    old, new = (gradient_at(r, "exports C2", wrt=["tariff", "pool"]) for r in (result, loaded))
    for name in ("tariff", "pool"):
        np.testing.assert_allclose(new[name], old[name], rtol=1e-6, atol=1e-9)


def test_rules_are_named_by_their_members() -> None:
    found = gradient_at(solved("long and all"), "real_income C1", wrt=["pool", "mobility"])
    assert found["pool"].dims == ("union",)
    assert found["mobility"].dims == ("bloc",)
    assert list(found["union"].values) == list(found["bloc"].values) == ["C0+C1+C2"]


def test_the_base_model_has_the_further_parameters_too() -> None:
    """Access multiplies shares as the barrier's power does; there is no government, no rule."""
    world = zv.load_world("toy")
    scenario = zv.Scenario(measures=[zv.scenario.Tariff(exporters="RST", importers="HOM", set=0.1)])
    found = zv.gradient(
        world,
        scenario,
        "real_income HOM",
        wrt=[*PARAMETERS, *MORE_PARAMETERS],
        trade_elasticity=4.0,
    )
    np.testing.assert_array_equal(found["tariff"], found["import_rent"])
    np.testing.assert_array_equal(found["export_tax"], found["export_rent"])
    np.testing.assert_allclose(found["barrier"], -4.0 * found["access"], rtol=1e-14)
    assert np.abs(found["access"]).max() > 1e-3
    assert not found["government_access"].values.any()
    assert found["pool"].size == found["mobility"].size == 0


def test_an_embargo_has_no_derivative_and_no_effect_on_the_others() -> None:
    world, policy, options = case("long and all")
    cost = policy.cost_hat.copy(deep=True)
    cost[2, 0, 1] = np.inf
    stopped = replace(policy, cost_hat=cost)
    wrt = ["barrier", "access", "government_access"]
    result = zv.simulate(world, stopped, **options)
    found = gradient_at(result, "real_income C0", wrt=wrt)
    for name in wrt:
        assert found[name].values[2, 0, 1] == 0
        assert np.isfinite(found[name].values).all()
    check_along(world, stopped, options, "real_income C0")


@pytest.mark.parametrize("name", ["government", "long and all", "short and all"])
def test_what_is_left_has_derivatives_where_a_good_dropped_out(name: str) -> None:
    world, policy, options = case(name)
    cost = policy.cost_hat.copy(deep=True)
    cost[:, 2, 1] = np.inf
    options = {**options, "on_no_supplier": "shut_down"}
    check_along(world, replace(policy, cost_hat=cost), options, "real_income C2")


def check_along(
    world: zv.World,
    policy: zv.Policy,
    options: dict[str, Any],
    text: str,
    names: tuple[str, ...] = ("tariff",),
    near: tuple[float, float] = (RTOL, 1e-12),
) -> None:
    """Along random directions the gradient is the extrapolated difference, to ``near`` (rel, abs)."""
    result = zv.simulate(world, policy, **options)
    found = gradient_at(result, text, wrt=names)
    (outcome,) = parse_outcomes(world, text)
    for name in names:
        change = direction(world, found[name], 0)

        def values(h: float, name: str = name, change: Any = change) -> np.ndarray:
            new, choices = moved(policy, options, name, h * change)
            end = zv.simulate(world, new, start=result, **choices)
            return np.array(read_worlds(world, end.after, outcome))

        predicted = float((found[name].values * change).sum())
        measured = float(extrapolated(values, 1e-3))
        assert predicted == pytest.approx(measured, rel=near[0], abs=near[1]), name


@pytest.mark.parametrize("name", ["base", "government", "complements", "own balances"])
def test_wedges_respond_where_caps_bind(name: str) -> None:
    """Of two caps, what buyers pay is as much a part of the derivative."""
    world, policy, options = case("complements" if name == "base" else name)
    options = {**options, "tolerance": 1e-12}
    if name == "base":
        options |= {**dict.fromkeys(CES, 1.0), "scale": None}
    capped = replace(policy, caps=CAPS)
    assert min(equilibrium_of(zv.simulate(world, capped, **options)).wedge) > 0.01
    names = ("tariff", "productivity", "barrier", "access", "trade_elasticity", "cap")
    check_along(world, capped, options, "real_income C1", names)


def test_a_slack_cap_does_not_matter() -> None:
    world, policy, options = case("complements")
    options = {**options, "tolerance": 1e-12}
    slack = replace(policy, caps=(replace(CAPS[0], cap=1.3),))
    check_along(world, slack, options, "real_income C1", ("tariff", "cap"))


@pytest.mark.parametrize("seed", range(16))
def test_random_scenarios_have_their_derivatives(seed: int) -> None:
    """Whatever measures stand together, under any model, horizon and closure; solved to 1e-12."""
    world, scenario = random_pair(seed)
    try:
        result = zv.simulate(world, scenario, tolerance=1e-12)
    except NoEquilibrium as error:
        pytest.skip(f"no equilibrium: {error}")
    options, kind = as_keywords(result.parameters), list(KINDS)[seed % len(KINDS)]
    text = f"{kind} C0+C1" + (" s0" if kind in ("employment", "output") else "")
    names = ("tariff", "export_tax", "barrier", "productivity", "trade_elasticity")
    check_along(result.before, result.policy, options, text, names, (1e-5, 2e-8))
