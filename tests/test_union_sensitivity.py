"""Forward derivatives under a Kemp-Wan union: against the adjoint and differences of equilibria."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.derivatives import RTOL, extrapolated, moved, parameters_of
from tests.random_scenarios import random_pair
from tests.test_sensitivity import check_against_adjoint, outcomes_of, random_moves, stacked
from tests.test_union_gradients import BASE, UNION, formed
from zollverein.choices import as_keywords
from zollverein.errors import NoEquilibrium, ScenarioError
from zollverein.gradients import gradient_at
from zollverein.models.adjoint import PARAMETERS
from zollverein.readings import read_worlds
from zollverein.rules import KempWan
from zollverein.testing import make_policy
from zollverein.unions import external_trade

MORE = ("import_rent", "export_rent", "access", "government_access", "transfer")
EXTENDED = [
    *("complements", "substitutes", "specific", "capital", "scale", "government", "rents"),
    *("pool", "mobility", "transfer", "own balances", "long and all", "short and all"),
]


def check_sharply(
    result: zv.Result, names: list[str], monkeypatch: pytest.MonkeyPatch, near: float = 1e-9
) -> None:
    """Forward and backward agree to ``near`` once both linear systems are solved to more digits."""
    monkeypatch.setattr("zollverein.gradients._LINEAR_TOLERANCE", 1e-12)
    check_against_adjoint(result, random_moves(result, names), near, near)


def differences(
    world: zv.World, policy: zv.Policy, options: dict[str, Any], name: str, move: xr.DataArray
) -> np.ndarray:
    """Of simulations with one kind of parameter moved, for every outcome of every country."""
    result = zv.simulate(world, policy, **options)

    def values(h: float) -> np.ndarray:
        new, choices = moved(policy, options, name, h * move.values)
        end = zv.simulate(world, new, start=result, **choices)
        return np.array([read_worlds(world, end.after, o) for o in outcomes_of(world)])

    return extrapolated(values, 1e-3)


def check_differences(
    world: zv.World, policy: zv.Policy, options: dict[str, Any], names: tuple[str, ...]
) -> None:
    """Sensitivities along random directions are differences of equilibria with new taxes."""
    result = zv.simulate(world, policy, **options)
    for name, move in random_moves(result, list(names)).items():
        found = stacked(zv.sensitivity(result, {name: move}))
        measured = differences(world, policy, options, name, move)
        assert np.isfinite(found).all()
        assert np.abs(measured).max() > 1e-4
        np.testing.assert_allclose(
            found, measured, rtol=RTOL, atol=RTOL * np.abs(measured).max(), err_msg=name
        )


@pytest.mark.parametrize("closure", ["share_of_world", "zero", "numeraire"])
def test_the_base_model_along_every_parameter(
    closure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While outsiders change too, so that all quantities move by a common factor."""
    world, policy, options = formed("base")
    result = zv.simulate(world, policy, **{**options, "closure": closure})
    check_sharply(result, [*PARAMETERS, *MORE], monkeypatch)


def test_where_balances_follow_wages_these_settle_the_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, _, options = formed("base")
    alone = replace(make_policy(world), unions=(UNION,))
    result = zv.simulate(world, alone, **{**options, "closure": "share_of_own"})
    names = [name for name in PARAMETERS if name != "trade_balance"]
    check_sharply(result, [*names, *MORE], monkeypatch)
    check_differences(world, alone, {**options, "closure": "share_of_own"}, BASE[:-1])


@pytest.mark.parametrize("name", EXTENDED)
def test_the_extended_model_along_every_parameter(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, policy, options = formed(name)
    result = zv.simulate(world, policy, **options)
    check_sharply(result, parameters_of(name), monkeypatch)


def test_differences_of_the_base_model() -> None:
    check_differences(*formed("base"), BASE)


@pytest.mark.parametrize("name", ["government", "long and all", "short and all"])
def test_differences_of_the_extended_model(name: str) -> None:
    world, policy, options = formed(name)
    check_differences(world, policy, options, ("tariff", "access", "productivity"))


def test_rates_that_the_union_finds_have_no_effect() -> None:
    """Whatever the direction says of them; the members' duties on each other count."""
    world, policy, options = formed("base")
    result = zv.simulate(world, policy, **options)
    found, rest = {}, {}
    trade = external_trade(world, UNION)
    for name, cells in (("tariff", trade.duty), ("export_tax", trade.levy)):
        like = random_moves(result, [name])[name]
        found[name], rest[name] = xr.zeros_like(like), like.copy(deep=True)
        found[name].values[cells] = like.values[cells]
        rest[name].values[cells] = 0.0
        assert np.abs(found[name]).max() > 1e-2
    rows = stacked(zv.sensitivity(result, found))
    assert np.isfinite(rows).all()
    assert not rows.any()
    both = {name: found[name] + rest[name] for name in found}
    alone, together = (zv.sensitivity(result, moves) for moves in (rest, both))
    assert float(np.abs(alone["real_income"]).max()) > 1e-3
    np.testing.assert_array_equal(stacked(together), stacked(alone))


def test_outsiders_do_not_respond_to_what_happens_inside() -> None:
    """The theorem of Kemp and Wan: nothing of theirs moves, everything of the members does."""
    measure = {"kind": "customs_union", "members": ["HOM", "PAR"], "external": "kemp_wan"}
    result = zv.simulate(
        zv.load_world("toy"), zv.Scenario.from_dict({"measures": [measure]}), tolerance=1e-12
    )
    like = gradient_at(result, "wage HOM", wrt=["productivity", "barrier"])
    moves = {name: xr.zeros_like(like[name]) for name in ("productivity", "barrier")}
    moves["productivity"].loc["HOM"] = 1.0
    moves["barrier"].loc["HOM", "PAR"] = -1.0
    found = zv.sensitivity(result, moves).to_array()
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sel(country="RST"), 0.0, atol=1e-8)
    assert float(np.abs(found.sel(country="HOM", variable="real_income"))) > 0.1


def test_a_loaded_result_has_the_same(tmp_path: Path) -> None:
    result = zv.simulate(*formed("long and all")[:2], **formed("long and all")[2])
    moves = random_moves(result, ["tariff", "pool", "mobility"])
    loaded = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    old, new = (stacked(zv.sensitivity(r, moves)) for r in (result, loaded))
    np.testing.assert_allclose(new, old, rtol=1e-6, atol=1e-8)


def test_balances_that_follow_wages_have_no_derivative_of_their_own() -> None:
    world, policy, options = formed("own balances")
    result = zv.simulate(world, policy, **options)
    balance = gradient_at(result, "wage C1", wrt=["transfer"])["transfer"]
    with pytest.raises(ScenarioError, match="share_of_own"):
        zv.sensitivity(result, {"trade_balance": balance})


@pytest.mark.parametrize("seed", range(16))
def test_random_scenarios(seed: int) -> None:
    """Whatever measures stand beside a union of the first two, under any model and closure."""
    world, scenario = random_pair(seed)
    try:
        plain = zv.simulate(world, scenario, tolerance=1e-12)
        policy = replace(plain.policy, caps=(), unions=(KempWan(world.countries[:2]),))
        result = zv.simulate(world, policy, **as_keywords(plain.parameters))
    except NoEquilibrium as error:
        pytest.skip(f"no equilibrium: {error}")
    own = result.parameters.closure == "share_of_own"
    names = [name for name in PARAMETERS if not (own and name == "trade_balance")]
    moves = random_moves(result, [*names, "transfer", "access", "pool", "mobility"])
    check_against_adjoint(result, moves, 1e-6, 1e-6)
