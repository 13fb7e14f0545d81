"""The traps of solving a world economy, each with a test; and a sample of random problems."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import robustness
from threadpoolctl import threadpool_limits

import zollverein as zv
from zollverein.errors import NoEquilibrium, NoSupplier
from zollverein.gradients import solved
from zollverein.models.equilibrium import find_equilibrium
from zollverein.simulation import choose_parameters, pose
from zollverein.testing import (
    decouple,
    make_policy,
    random_elasticity,
    random_policy,
    random_world,
)


@pytest.mark.parametrize("seed", range(12))
def test_random_problems_are_certified_or_refused_with_a_reason(seed):
    """Fourteen shocks each; the whole sweep of 1,500 is in docs/robustness.md."""
    world, theta = robustness.world_of(seed)
    for shock in robustness.SHOCKS:
        found = robustness.attempt(seed, shock, world, theta)
        assert found.status != "not converged", found
        if found.status == "refused":
            assert "cannot be financed" in found.message
        else:
            assert found.residual <= robustness.CERTIFIED, found


def real_incomes(result):
    return result.table()["real_income_pct"].to_numpy()


def two_blocs(seed: int = 1):
    """Six countries in two groups that stop trading with each other."""
    world = random_world(seed, countries=6, sectors=3, zeros=False)
    cost = np.ones((6, 6, 3))
    cost[:3, 3:] = cost[3:, :3] = np.inf
    return world, make_policy(world, cost_hat=cost)


def test_separated_blocs_have_unique_real_outcomes_and_pinned_levels():
    world, policy = two_blocs()
    theta = random_elasticity(world, 1)
    result = zv.simulate(world, policy, trade_elasticity=theta, tolerance=1e-12)
    assert zv.verify(result).holds(1e-10)
    old, new = (w.data["value_added"].values.sum(axis=1) for w in (result.before, result.after))
    for group in (slice(0, 3), slice(3, 6)):
        assert new[group].sum() == pytest.approx(old[group].sum(), rel=1e-11)
        assert float(zv.accounts.trade_balance(result.after)[group].sum()) == pytest.approx(
            0, abs=1e-12
        )
    assert "no longer trade" in " ".join(result.notes)
    assert "Trade balances were moved" in " ".join(result.notes)
    found = solved(result)
    rng = np.random.default_rng(0)
    for _ in range(3):
        start = rng.normal(0, 0.5, found.solution.value.size)
        again = find_equilibrium(found.problem, 1e-12, start=start)
        assert again.solution.converged
        np.testing.assert_allclose(again.wage_hat, found.wage_hat, rtol=1e-9)


def test_an_isolated_country_is_solved_and_named():
    world = random_world(2, countries=5, sectors=3, zeros=False)
    result = zv.simulate(world, decouple(world, "C2"), trade_elasticity=4.0)
    assert zv.verify(result).holds()
    assert any(note.startswith("C2 no longer trades") for note in result.notes)
    assert float(zv.accounts.exports(result.after).sel(country="C2")) == 0
    assert np.isfinite(result.table().to_numpy()).all()


def test_a_country_that_vanishes_from_the_market_is_solved():
    """Productivity falls to a ten-thousandth, wages to a millionth of the others'."""
    world = random_world(4, countries=5, sectors=3, zeros=False, deficits=False)
    productivity = np.ones((5, 3))
    productivity[3] = 1e-4
    policy = make_policy(world, productivity_hat=productivity)
    result = zv.simulate(world, policy, trade_elasticity=3.0)
    assert zv.verify(result).holds()
    assert real_incomes(result)[3] < -99


def test_a_tiny_country_is_solved_as_well_as_a_large_one():
    world = random_world(5, countries=4, sectors=3, zeros=False, deficits=False)
    data = {name: world.data[name].values.copy() for name in world.data}
    shrink = np.array([1e-7, 1, 1, 1])
    flow = data["trade_flow"] * shrink[:, None, None] * shrink[None, :, None] ** 0
    flow[1:, 0] *= 1e-7
    tariff = data["tariff"]
    sales = (flow / (1 + data["export_tax"])).sum(axis=1)
    use = data["intermediate_use"] * shrink[:, None, None]
    bought = (flow * (1 + tariff)).sum(axis=0)
    small = zv.World.from_arrays(
        name="small",
        countries=world.countries,
        sectors=world.sectors,
        trade_flow=flow,
        tariff=tariff,
        export_tax=data["export_tax"],
        intermediate_use=use * 0.5,
        value_added=sales - 0.5 * use.sum(axis=1),
        final_demand=bought - 0.5 * use.sum(axis=2),
    )
    result = zv.simulate(small, random_policy(small, 3), trade_elasticity=5.0)
    assert zv.verify(result).holds()


@pytest.mark.parametrize("theta", [1.05, 2.0, 8.0, 30.0, 65.0])
def test_elasticities_from_low_to_very_high(theta):
    world = random_world(6, countries=6, sectors=4)
    for seed in range(3):
        result = zv.simulate(world, random_policy(world, seed), trade_elasticity=theta)
        assert zv.verify(result).holds(1e-9)


def test_a_surplus_that_cannot_be_earned_names_the_country_and_a_closure():
    """Trade all but ends while nominal balances are kept."""
    world = random_world(8, countries=5, sectors=2, zeros=False, openness=0.5)
    cost = np.where(np.eye(5)[:, :, None] > 0, 1.0, 1e3) * np.ones((1, 1, 2))
    policy = make_policy(world, cost_hat=cost)
    with pytest.raises(NoEquilibrium, match=r"C\d .*closure = 'zero'"):
        zv.simulate(world, policy, trade_elasticity=6.0)
    balanced = zv.simulate(world, policy, trade_elasticity=6.0, closure="zero")
    assert zv.verify(balanced).holds()


def test_exports_stopped_but_not_imports_is_refused_before_solving():
    world = random_world(9, countries=4, sectors=2, zeros=False, deficits=False)
    cost = np.ones((4, 4, 2))
    cost[2, [0, 1, 3]] = np.inf
    with pytest.raises(NoEquilibrium, match="C2 can no longer sell"):
        zv.simulate(world, make_policy(world, cost_hat=cost), trade_elasticity=4.0)


def test_a_good_without_supplier_is_named():
    world = random_world(1, countries=4, sectors=3, zeros=True)
    flow = world.data["trade_flow"].values
    buyer, sector = np.argwhere((np.einsum("nns->ns", flow) == 0) & (flow.sum(axis=0) > 0))[0]
    cost = np.ones(flow.shape)
    cost[:, buyer, sector] = np.inf
    cost[buyer, buyer] = 1.0
    place = f"{world.countries[buyer]} {world.sectors[sector]}"
    with pytest.raises(NoSupplier, match=place):
        zv.simulate(world, make_policy(world, cost_hat=cost), trade_elasticity=4.0)


@pytest.mark.parametrize("unit", [1e-6, 1e9])
def test_the_currency_does_not_matter(unit):
    world = random_world(10, countries=5, sectors=3)
    money = ("trade_flow", "intermediate_use", "value_added", "final_demand")
    scaled = zv.World.from_arrays(
        name="scaled",
        countries=world.countries,
        sectors=world.sectors,
        tariff=world.data["tariff"].values,
        **{name: unit * world.data[name].values for name in money},
    )
    one, other = (
        zv.simulate(w, random_policy(world, 2), trade_elasticity=4.0, tolerance=1e-12)
        for w in (world, scaled)
    )
    np.testing.assert_allclose(real_incomes(other), real_incomes(one), rtol=1e-9, atol=1e-9)


def test_threads_and_engines_do_not_matter():
    world = random_world(11, countries=40, sectors=5)
    policy = random_policy(world, 1)
    found = []
    for threads, engine in ((1, "numpy"), (2, "numpy"), (2, "fast")):
        with threadpool_limits(threads):
            result = zv.simulate(
                world, policy, trade_elasticity=4.0, tolerance=1e-12, engine=engine
            )
        found.append(real_incomes(result))
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-9, atol=1e-9)


def test_every_link_of_the_chain_gives_the_same_equilibrium():
    """Anderson, Newton-Krylov and continuation on one problem."""
    from zollverein.models.differentiable import DifferentiableSystem
    from zollverein.models.equilibrium import part_way
    from zollverein.solver import chain

    world = random_world(12, countries=6, sectors=4)
    policy = random_policy(world, 4)
    theta = random_elasticity(world, 4)
    problem = pose(world, policy, choose_parameters(world, policy, None, None, theta, 1e-10))
    system = DifferentiableSystem(problem)
    start, tolerance = system.start(), 1e-11
    found = [
        link(system, start, tolerance) for link in (chain._quick, chain._careful, chain._newton)
    ]
    walked, reached = chain._continuation(
        lambda part: DifferentiableSystem(part_way(problem, part)), tolerance, lambda *_: True
    )
    assert reached == 1
    for solution in (*found, walked):
        assert solution.converged
        states = [system.evaluate(end.value) for end in (solution, found[0])]
        np.testing.assert_allclose(states[0].log_wage, states[1].log_wage, atol=1e-10)
        np.testing.assert_allclose(states[0].spending, states[1].spending, rtol=1e-9)
