"""The traps of solving a world economy, each with a test; and a sample of random problems."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import robustness
from threadpoolctl import threadpool_limits

import zollverein as zv
from zollverein.choices import choose_parameters
from zollverein.errors import NoEquilibrium, NoSupplier, NotConverged
from zollverein.gradients import solved
from zollverein.models.differentiable import DifferentiableSystem
from zollverein.models.equilibrium import find_equilibrium, part_way, sensible
from zollverein.models.groups import cannot_pay
from zollverein.simulation import pose
from zollverein.solver import chain
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
        assert found.status not in ("not converged", "refused wrongly"), found
        if found.status == "refused":
            assert "cannot be financed" in found.message
        else:  # the solver's own tolerance, 1e-10, bounds what the certificate finds
            assert found.residual <= 2e-10 < robustness.CERTIFIED, found


def real_incomes(result):
    return result.table()["real_income_pct"].to_numpy()


def posed(world, policy, theta, closure=None):
    """The problem in plain arrays."""
    return pose(
        world, policy, choose_parameters(world, policy, closure=closure, trade_elasticity=theta)
    )


def dearer_trade(world, factor):
    """Every cross-border cost times a factor."""
    cost = np.full(world.data["tariff"].shape, float(factor))
    diagonal = np.arange(len(cost))
    cost[diagonal, diagonal] = 1.0
    return make_policy(world, cost_hat=cost)


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
    world = random_world(12, countries=6, sectors=4)
    policy = random_policy(world, 4)
    theta = random_elasticity(world, 4)
    problem = posed(world, policy, theta)
    system = DifferentiableSystem(problem)
    start, tolerance = system.start(), 1e-11
    found = [
        link(system, start, tolerance) for link in (chain._quick, chain._careful, chain._newton)
    ]
    walked, reached = chain.continuation(
        lambda part: DifferentiableSystem(part_way(problem, part)), tolerance, lambda *_: True
    )
    assert reached == 1
    for solution in (*found, walked):
        assert solution.converged
        states = [system.evaluate(end.value) for end in (solution, found[0])]
        np.testing.assert_allclose(states[0].log_wage, states[1].log_wage, atol=1e-10)
        np.testing.assert_allclose(states[0].spending, states[1].spending, rtol=1e-9)


def test_conditions_that_hold_with_a_negative_income_are_no_equilibrium():
    """Every residual vanishes, and one country spends less than nothing."""
    world = random_world(92, countries=4, sectors=2, zeros=False, openness=0.5)
    policy = dearer_trade(world, 8)
    system = DifferentiableSystem(posed(world, policy, 4.0))
    solution = chain._quick(system, system.start(), 1e-10)
    point = system.evaluate(solution.value)
    assert solution.converged
    assert (point.income < 0).any()
    assert not sensible(point)
    with pytest.raises(NoEquilibrium, match=r"spending of C1 .* cannot be financed"):
        zv.simulate(world, policy, trade_elasticity=4.0)


def test_an_equilibrium_without_balances_is_not_refused_for_balances_on_the_way():
    """A country that becomes poor could not bear its old surplus; at closure 'zero' it need not."""
    world = random_world(2, countries=8, sectors=3, openness=0.3)
    factor = np.exp(np.random.default_rng(2).normal(0, 2.5, (8, 1))) * np.ones((8, 3))
    policy = make_policy(world, productivity_hat=factor)
    theta = random_elasticity(world, 2, 1.1, 40.0)
    result = zv.simulate(world, policy, trade_elasticity=theta, closure="zero")
    assert zv.verify(result).holds()
    problem = posed(world, policy, theta, "zero")
    assert not part_way(problem, 0.5).deficit.any()


def one_way_trade(world, links):
    """Trade only from exporter to importer as listed, by position."""
    cost = np.full(world.data["tariff"].shape, np.inf)
    diagonal = np.arange(len(cost))
    cost[diagonal, diagonal] = 1.0
    for exporter, importer in links:
        cost[exporter, importer] = 1.0
    return make_policy(world, cost_hat=cost)


def random_links(seed, countries):
    linked = np.random.default_rng(seed).random((countries, countries)) < 2.0 / countries
    return [tuple(pair) for pair in np.argwhere(linked) if pair[0] != pair[1]]


@pytest.mark.parametrize("seed", [47, 74, 90])
def test_balances_that_move_are_not_judged_by_the_baseline(seed):
    """At the baseline's balances these could not pay; with those of the equilibrium they can."""
    world = random_world(seed, countries=4, sectors=3, zeros=False)
    policy = one_way_trade(world, random_links(seed, 4))
    problem = posed(world, policy, 4.0, "share_of_own")
    assert cannot_pay(problem.weight, -problem.base.balance)
    moving = zv.simulate(world, policy, trade_elasticity=4.0, closure="share_of_own")
    assert zv.verify(moving).holds()


def test_balances_that_move_where_nothing_can_pay_are_refused_with_the_names():
    world = random_world(9, countries=5, sectors=2, zeros=False)
    links = [(2, 1), (0, 2), (1, 3), (4, 3), (1, 4)]
    with pytest.raises(NoEquilibrium, match=r"C3 can no longer sell .*'share_of_own'"):
        zv.simulate(
            world, one_way_trade(world, links), trade_elasticity=4.0, closure="share_of_own"
        )


def test_the_last_traces_of_trade_under_embargo_are_followed():
    """Income vanishes in the last thousandth of an embargo taken linearly."""
    world = random_world(6, countries=4, sectors=2, zeros=False)
    problem = posed(world, one_way_trade(world, [(0, 1), (1, 0), (2, 3), (3, 2)]), 4.0)
    stopped = (problem.weight == 0) & (problem.base.share > 0)
    assert stopped.any()
    left = [part_way(problem, p).weight[stopped] / problem.base.share[stopped] for p in (0.5, 0.99)]
    assert (left[0] > 0.05).all()
    assert ((left[1] > 0) & (left[1] < 1e-7)).all()


def test_the_residual_bounds_the_certificate_where_income_is_nearly_exhausted():
    """Export subsidies take almost all of one country's income; a residual counts a hundredfold."""
    world = random_world(48, countries=4, sectors=2, zeros=False, openness=0.5)
    subsidy = np.full(world.data["tariff"].shape, -0.3)
    subsidy[np.arange(4), np.arange(4)] = 0.0
    policy = make_policy(world, export_tax=subsidy)
    result = zv.simulate(world, policy, trade_elasticity=6.0, closure="zero")
    income = zv.accounts.income(result.after) / result.after.data["value_added"].sum("sector")
    assert float(income.min()) < 0.05
    assert zv.verify(result).holds(2e-10)


@pytest.mark.parametrize("factor", [1e-6, 1e-5])
def test_costs_beyond_floating_point_are_refused_with_the_sector(factor):
    """(1e-6)^-65 is 1e390: no warning, no NaN, but what to do."""
    world = random_world(1, countries=4, sectors=2)
    policy = dearer_trade(world, factor)
    with pytest.raises(NotConverged, match="elasticity 65 of s0 leave the range of floating-point"):
        zv.simulate(world, policy, trade_elasticity=65.0, closure="zero")
    assert zv.verify(zv.simulate(world, policy, trade_elasticity=4.0, closure="zero")).holds()


def test_prohibitive_costs_that_vanish_to_zero_are_an_embargo():
    """(1e6)^-65 is 1e-390, an exact zero."""
    world = random_world(1, countries=4, sectors=2, zeros=False)
    result = zv.simulate(world, dearer_trade(world, 1e6), trade_elasticity=65.0, closure="zero")
    assert zv.verify(result).holds()
    assert float(zv.accounts.exports(result.after).sum()) == 0


def test_a_good_that_nobody_buys_keeps_its_price_and_stays_away():
    world = random_world(3, countries=6, sectors=5)
    paid = world.data["trade_flow"].sum("exporter").values
    assert (paid == 0).any()
    result = zv.simulate(world, random_policy(world, 1), trade_elasticity=5.0)
    assert (result.after.data["price_index"].values[paid == 0] == 1).all()
    assert (result.after.data["trade_flow"].sum("exporter").values[paid == 0] == 0).all()
    assert zv.verify(result).holds()


@pytest.mark.parametrize("closure", ["share_of_world", "numeraire", "share_of_own", "zero"])
def test_balances_of_the_world_add_up_to_zero(closure):
    world = random_world(7, countries=6, sectors=3)
    result = zv.simulate(
        world, random_policy(world, 2), trade_elasticity=5.0, closure=closure, tolerance=1e-12
    )
    assert abs(float(zv.accounts.trade_balance(result.after).sum())) < 1e-12


@pytest.mark.parametrize("openness", [1e-3, 1e-5])
def test_tiny_trade_keeps_its_digits(openness):
    """Exports and imports are sums of foreign flows, never output less domestic sales."""
    world = random_world(3, countries=5, sectors=3, zeros=False, openness=openness)
    result = zv.simulate(world, random_policy(world, 4), trade_elasticity=5.0, tolerance=1e-12)
    after = result.after
    gap = zv.accounts.trade_balance(after) - zv.accounts.trade_balance(world)
    assert float((abs(gap) / zv.accounts.exports(after)).max()) < 1e-10


def test_a_refusal_is_not_expensive():
    """Evaluations, not seconds: continuation stops soon where no equilibrium exists."""
    world = random_world(0, countries=20, sectors=6)
    cost = np.ones(world.data["tariff"].shape)
    richest = int(zv.accounts.trade_balance(world).values.argmax())
    cost[richest] = 1e3
    cost[richest, richest] = 1.0
    equilibrium = find_equilibrium(posed(world, make_policy(world, cost_hat=cost), 5.0), 1e-10)
    assert not equilibrium.solution.converged
    assert equilibrium.solution.steps < 4000
