"""Many simulations: the same numbers as one at a time, in order, with failures kept or raised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from zollverein.errors import LabelError, NoEquilibrium, ScenarioError
from zollverein.testing import random_policy, random_world

DRAWS = 20


@pytest.fixture(scope="module")
def drawn():
    """A world, a policy and draws of the elasticities."""
    world = random_world(5, countries=6, sectors=4)
    theta = 4 * np.exp(np.random.default_rng(0).normal(0, 0.2, (DRAWS, 4)))
    draws = xr.DataArray(theta, coords={"sector": list(world.sectors)}, dims=("draw", "sector"))
    return world, random_policy(world, 1), draws


def income(result: zv.Result) -> np.ndarray:
    """Real incomes: what a worker sends back."""
    assert result.residual <= 1e-10
    return result.table()["real_income_pct"].to_numpy()


@pytest.mark.parametrize(
    ("workers", "engine"), [(1, "numpy"), (2, "numpy"), (1, "fast"), (2, "fast")]
)
def test_draws_equal_one_at_a_time(drawn, workers, engine):
    world, policy, draws = drawn
    options = {"measure": income, "workers": workers, "engine": engine}
    found = list(zv.simulate_many(world, policy, trade_elasticity=draws, **options))
    alone = [
        income(zv.simulate(world, policy, trade_elasticity=draws.isel(draw=k, drop=True)))
        for k in range(DRAWS)
    ]
    assert len(found) == DRAWS
    np.testing.assert_allclose(found, alone, rtol=1e-9, atol=1e-8, equal_nan=False)


def test_scenarios_come_back_in_order_as_results():
    toy = zv.load_world("toy")
    rates = [0.0, 0.1, 0.2, 0.4]
    scenarios = [
        zv.Scenario.from_toml(
            f'name = "{rate}"\n[[measures]]\nkind = "tariff"\n'
            f'exporters = "RST"\nimporters = "HOM"\nset = {rate}'
        )
        for rate in rates
    ]
    done: list[int] = []
    results = list(zv.simulate_many(toy, scenarios, workers=2, progress=done.append))
    assert [float(r.scenario.name) for r in results] == rates
    assert done == [1, 2, 3, 4]
    assert all(zv.verify(result).holds() for result in results)
    backwards = list(zv.simulate_many(toy, scenarios[::-1], measure=income, workers=1))
    np.testing.assert_allclose(backwards[::-1], [income(r) for r in results], rtol=1e-9, atol=1e-9)


def one_sided() -> zv.Scenario:
    """Home may buy but not sell: no equilibrium."""
    return zv.Scenario.from_toml('name = "x"\n[[measures]]\nkind = "embargo"\nexporters = "HOM"')


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_is_raised_with_its_position(workers):
    toy = zv.load_world("toy")
    with pytest.raises(NoEquilibrium, match="simulation 1"):
        list(zv.simulate_many(toy, [zv.Scenario(), one_sided()], workers=workers))


def test_failures_are_kept_when_asked():
    toy = zv.load_world("toy")
    kept = list(zv.simulate_many(toy, [one_sided(), zv.Scenario()], on_error="keep", workers=1))
    assert isinstance(kept[0], zv.Failure)
    assert kept[0].index == 0
    assert "HOM" in str(kept[0].error)
    assert isinstance(kept[1], zv.Result)


def test_results_stream_before_the_batch_ends(drawn):
    world, policy, draws = drawn
    stream = zv.simulate_many(world, policy, trade_elasticity=draws, workers=1)
    assert isinstance(next(stream), zv.Result)


def test_draws_in_single_precision_are_solved_in_double(drawn):
    world, policy, draws = drawn
    single = draws[:2].astype(np.float32)
    found = zv.simulate_many(world, policy, trade_elasticity=single, workers=1)
    for result, theta in zip(found, single.values, strict=True):
        assert zv.verify(result).holds(1e-9)
        np.testing.assert_array_equal(result.parameters.trade_elasticity, theta.astype(float))


def test_what_is_done_about_errors_is_a_known_word(drawn):
    world, policy, _ = drawn
    with pytest.raises(ScenarioError, match=r"on_error 'skip' is not known\. Choices: raise, keep"):
        list(zv.simulate_many(world, [policy], on_error="skip", workers=1))


def test_draws_need_one_scenario_and_engines_a_name(drawn):
    world, policy, draws = drawn
    with pytest.raises(LabelError, match="one scenario"):
        list(zv.simulate_many(world, [policy, policy], trade_elasticity=draws, workers=1))
    with pytest.raises(ScenarioError, match="engine"):
        list(zv.simulate_many(world, policy, trade_elasticity=4.0, engine="quick", workers=1))


@pytest.mark.parametrize("draws", [(3, 4), (3, 2)])
def test_draws_without_labels_are_refused(drawn, draws):
    """Which number belongs to which sector is never guessed."""
    world, policy, _ = drawn
    bare = xr.DataArray(np.full(draws, 4.0), dims=("draw", "sector"))
    with pytest.raises(LabelError, match="labels"):
        list(zv.simulate_many(world, policy, trade_elasticity=bare, workers=1))


def test_draws_are_aligned_by_label_not_by_position(drawn):
    world, policy, draws = drawn
    turned = draws.isel(draw=slice(0, 3), sector=slice(None, None, -1))
    options: dict[str, Any] = {"measure": income, "workers": 1}
    found = list(zv.simulate_many(world, policy, trade_elasticity=turned, **options))
    expected = list(
        zv.simulate_many(world, policy, trade_elasticity=draws.isel(draw=slice(0, 3)), **options)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12, equal_nan=False)


def test_a_defect_in_a_measure_is_raised_not_kept(drawn):
    """Only deliberate errors become failures."""
    world, policy, _ = drawn

    def broken(_: zv.Result) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(
            zv.simulate_many(
                world,
                [policy],
                measure=broken,
                trade_elasticity=4.0,
                workers=1,
                on_error="keep",
            )
        )
