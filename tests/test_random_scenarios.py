"""Random scenarios over all kinds of measures: an equilibrium with its certificate, or a reason why not.

Never a wrong number: what comes out is checked by the certificate, a sample of it against the slow
solver, and what is refused is refused with an error that gives an economic reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.oracles import extended
from tests.random_scenarios import MEASURES, random_pair
from zollverein.errors import NoEquilibrium, ScenarioError, ZollvereinError
from zollverein.scenario import KINDS, Scenario

SEEDS = range(300)
#: What a scenario that is not solved must come to: never that the solver merely stopped.
REFUSED = (ScenarioError, NoEquilibrium)


@pytest.fixture(scope="module")
def outcomes() -> dict[int, zv.Result | ZollvereinError]:
    """The result of every seed, or the error."""
    found: dict[int, zv.Result | ZollvereinError] = {}
    for seed in SEEDS:
        world, scenario = random_pair(seed)
        try:
            found[seed] = zv.simulate(world, scenario)
        except ZollvereinError as error:
            found[seed] = error
    return found


def results(outcomes: dict[int, Any]) -> dict[int, zv.Result]:
    return {seed: found for seed, found in outcomes.items() if isinstance(found, zv.Result)}


def test_there_is_every_kind_model_horizon_and_closure() -> None:
    assert set(MEASURES) == set(KINDS)
    drawn: Counter[Any] = Counter()
    for seed in SEEDS:
        world, scenario = random_pair(seed)
        drawn.update(entry.measure.kind for entry in scenario.entries())  # type: ignore[attr-defined]
        drawn.update([scenario.model, scenario.horizon, scenario.closure, scenario.on_no_supplier])
        drawn.update([len(world.countries), len(world.sectors) * 10])
    wanted = {*KINDS, "krugman", "ces", "armington", "short", "medium", "long", "zero"}
    wanted |= {"share_of_own", "share_of_world", "numeraire", "error", "shut_down"}
    assert min(drawn[name] for name in (*wanted, 3, 4, 5, 6, 20, 30, 40)) > 15, drawn


def test_the_same_seed_gives_the_same_pair() -> None:
    (world, scenario), (again, other) = random_pair(7), random_pair(7)
    assert scenario == other
    np.testing.assert_array_equal(world.data["trade_flow"], again.data["trade_flow"])
    assert Scenario.from_toml(scenario.to_toml()) == scenario


def test_each_is_solved_or_refused_for_a_reason(
    outcomes: dict[int, Any], record_property: Callable[[str, object], None]
) -> None:
    counts = Counter(type(found).__name__ for found in outcomes.values())
    for name, count in counts.items():
        record_property(name, count)  # in the test report
    assert counts["Result"] >= 0.85 * len(SEEDS), counts
    for seed, found in outcomes.items():
        if not isinstance(found, zv.Result):
            assert isinstance(found, REFUSED), f"seed {seed}: {found}"
            assert len(str(found)) > 60, f"seed {seed}: {found}"


def test_every_solution_has_its_certificate(outcomes: dict[int, Any]) -> None:
    for seed, result in results(outcomes).items():
        certificate = zv.verify(result)
        assert certificate.holds(1e-9), f"seed {seed}: {certificate}"
        assert result.residual <= 1e-10, seed


def test_every_table_is_finite_and_every_income_positive(outcomes: dict[int, Any]) -> None:
    for seed, result in results(outcomes).items():
        for name in result.after.data:
            values = result.after.data[name].values
            assert np.isfinite(values).all(), f"seed {seed}: {name}"
        assert (result.after.data["final_demand"].values.sum(axis=1) > 0).all(), seed
        table = result.table().select_dtypes("number")
        assert not table.isna().any(axis=None), f"seed {seed}"


def oracle_parameters(result: zv.Result) -> Any:
    """The choices of a result as the slow solver reads them."""
    given = result.parameters
    names = (
        "closure",
        "labour",
        "capital",
        "capital_share",
        "value_added_elasticity",
        "input_elasticity",
        "final_elasticity",
        "on_no_supplier",
        "trade_elasticity",
    )
    scale = 0.0 if given.scale is None else given.scale.values
    choices = {name: getattr(given, name) for name in names}
    return extended.parameters_of(result.before, scale=scale, **choices)


def oracle_policy(result: zv.Result) -> Any:
    """The policy of a result with every array there."""
    given = result.policy
    arrays = {name: getattr(given, name) for name in (*extended.RATES, *extended.HATS)}
    filled = {name: array.values for name, array in arrays.items() if array is not None}
    transfer = None if given.transfer is None else given.transfer.values
    rules = {"pools": given.pools, "caps": given.caps, "mobility": given.mobility}
    return extended.policy_of(result.before, **filled, transfer=transfer, **rules)


def test_a_sample_is_what_the_slow_solver_finds(outcomes: dict[int, Any]) -> None:
    """Small worlds, so that Newton's method by differences is quick; wedges of caps are less exact."""
    checked = 0
    for seed, result in results(outcomes).items():
        if len(result.before.countries) > 3 or len(result.before.sectors) > 3:
            continue
        expected = extended.solve(result.before, oracle_policy(result), oracle_parameters(result))
        checked += 1
        for name in set(extended.DIMS) & set(result.after.data):
            ours, theirs = result.after.values(name), expected[name]
            gap = np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-6)
            assert gap < 1e-7, f"seed {seed}: {name} differs by {gap:.1e}"
    assert checked >= 40, checked


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        (289, "no buyer is left"),  # of a sector whose labour cannot move
        (333, "can no longer sell"),  # balances were zero but for rounding
        (1340, "cannot be met"),  # a price cap, while another one binds
        (2671, "can no longer sell"),  # found by a way on which the last duties vanish
    ],
)
def test_refusals_that_once_were_something_else(seed: int, why: str) -> None:
    world, scenario = random_pair(seed)
    with pytest.raises(NoEquilibrium, match=why):
        zv.simulate(world, scenario)


@pytest.mark.parametrize(
    "seed",
    [
        707,  # a lost good where labour cannot move
        1131,  # a price cap that lets another go slack
        1288,  # the same with returns to scale
        1294,  # a sector with returns to scale that lost every buyer
    ],
)
def test_solutions_that_once_were_not_found(seed: int) -> None:
    certificate = zv.verify(zv.simulate(*random_pair(seed)))
    assert certificate.holds(1e-9), str(certificate)
