"""``simulate``: a World and a policy in, a Result out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein.arrays import to_baseline, to_shock
from zollverein.elasticities import DEFAULT_SET
from zollverein.elasticities import trade_elasticity as elasticity_of
from zollverein.errors import NoEquilibrium, NoSupplier, NotConverged, ScenarioError
from zollverein.models.engines import sweep_of
from zollverein.models.equilibrium import Equilibrium, find_equilibrium, part_way
from zollverein.models.groups import cannot_pay
from zollverein.models.problem import CLOSURES, Problem, make_problem
from zollverein.models.system import System
from zollverein.parameters import Convergence, Parameters
from zollverein.policy import Policy
from zollverein.result import Result, closure_notes, group_notes
from zollverein.threads import one_blas_thread
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.scenario import Scenario

#: Models that can be asked for.
MODELS = ("caliendo_parro",)
#: Income below this share of factor income on the way means that the closure exhausts a country.
_EXHAUSTED = 0.05
#: A named set, one number, a table by sector, numbers in the order of the sectors, a labelled array.
Elasticity = str | float | Mapping[str, float] | Sequence[float] | xr.DataArray


def simulate(
    world: World,
    scenario: Scenario | Policy,
    *,
    model: str | None = None,
    closure: str | None = None,
    trade_elasticity: Elasticity | None = None,
    tolerance: float = 1e-10,
    engine: str = "numpy",
) -> Result:
    """Find the equilibrium of a world under a policy.

    Args:
        world: The baseline.
        scenario: A scenario, or a policy already aligned to the world.
        model: ``"caliendo_parro"``. This and the next two default to what the scenario says,
            else to ``"caliendo_parro"``, ``"share_of_world"`` and the world's own number, or FGO.
        closure: Rule for the trade balance: ``"share_of_world"``, ``"numeraire"``,
            ``"share_of_own"`` or ``"zero"``.
        trade_elasticity: Name of a set, a number, a table by sector or a labelled array.
        tolerance: Largest relative residual of any equilibrium condition at the solution.
        engine: ``"numpy"``, or ``"fast"`` (compiled, needs the extra), or ``"auto"``.

    Returns:
        The result, with the counterfactual as a World.

    Raises:
        ScenarioError: If the policy cannot be understood in this world.
        NoSupplier: If a country buys a good that nobody can supply any more.
        NoEquilibrium: If the closure asks for what cannot be financed.
        NotConverged: If the conditions do not hold to the tolerance.
    """
    started = time.perf_counter()
    parameters = choose_parameters(world, scenario, model, closure, trade_elasticity, tolerance)
    policy = scenario if isinstance(scenario, Policy) else scenario.policy(world)
    policy.check_fits(world)
    problem = pose(world, policy, parameters)
    with one_blas_thread():
        equilibrium = find_equilibrium(problem, tolerance, sweep=sweep_of(engine))
    check_solved(world, equilibrium, parameters)
    solution = equilibrium.solution
    return Result(
        before=world,
        scenario=None if isinstance(scenario, Policy) else scenario,
        policy=policy,
        parameters=parameters,
        convergence=Convergence(
            solution.residual, solution.steps, time.perf_counter() - started, solution.method
        ),
        notes=(
            *policy.notes,
            *group_notes(world, problem),
            *closure_notes(world, parameters.closure),
        ),
        counterfactual=equilibrium,
    )


def choose_parameters(
    world: World,
    scenario: Scenario | Policy,
    model: str | None,
    closure: str | None,
    trade_elasticity: Elasticity | None,
    tolerance: float,
) -> Parameters:
    """Explicit keyword first, then the scenario's own choice, then the default.

    Raises:
        ScenarioError: If a name is not one of the choices.
    """
    said = {
        "model": model or getattr(scenario, "model", None) or MODELS[0],
        "closure": closure or getattr(scenario, "closure", None) or CLOSURES[0],
    }
    for key, choices in (("model", MODELS), ("closure", CLOSURES)):
        if said[key] not in choices:
            raise ScenarioError(
                f"{key} '{said[key]}' is not known; choose one of {', '.join(choices)}."
            )
    if not 0 < tolerance < 1:
        raise ScenarioError(
            f"tolerance {tolerance!r} must lie between 0 and 1; 1e-10 is the default."
        )
    wanted = trade_elasticity
    if wanted is None:
        wanted = getattr(scenario, "trade_elasticity", None)
    if wanted is None:
        wanted = world.data.attrs.get("trade_elasticity", DEFAULT_SET)
    elasticity, name = elasticity_of(world.sectors, wanted)
    return Parameters(said["model"], said["closure"], elasticity, name, tolerance)


def pose(world: World, policy: Policy, parameters: Parameters) -> Problem:
    """The problem in plain arrays, checked for what cannot have an equilibrium.

    Raises:
        NoSupplier: Names the country and the sector that lost every supplier.
        NoEquilibrium: Names countries that buy abroad but can sell nothing there.
    """
    base = to_baseline(world)
    theta = parameters.trade_elasticity.values
    problem = make_problem(base, to_shock(world, policy), theta, parameters.closure)
    _check_supply(world, problem)
    _check_payment(world, problem, parameters)
    return problem


def _check_supply(world: World, problem: Problem) -> None:
    base = problem.base
    alone = (base.expenditure > 0) & ~(problem.own_weight > 0)  # nothing made at home
    lost = [(s, n) for s, n in np.argwhere(alone).tolist() if not problem.weight[s, n].any()]
    if lost:
        where = ", ".join(f"{world.countries[n]} {world.sectors[s]}" for s, n in lost[:6])
        more = f" and {len(lost) - 6} more" if len(lost) > 6 else ""
        raise NoSupplier(
            f"{world.name}: no supplier is left for {where}{more} (country and sector), which the "
            "country buys in the baseline; its price would be infinite. Usual cause: an embargo on "
            "every supplier of a good that is not made at home. Fix: leave one supplier out of the "
            "embargo, or replace it by a barrier."
        )


def _check_payment(world: World, problem: Problem, parameters: Parameters) -> None:
    """Refuse countries that go on buying abroad but can sell nothing there."""
    if problem.weight.any(axis=0).sum() == problem.base.countries * (problem.base.countries - 1):
        return
    start = -problem.base.balance if problem.deficit_share is not None else problem.deficit
    stuck = cannot_pay(problem.weight, start)
    if stuck:
        names = ", ".join(np.array(world.countries)[stuck[0]])
        raise NoEquilibrium(
            f"{world.name}: {names} can no longer sell to anyone outside, still buys there, and has no "
            f"trade deficit under closure '{parameters.closure}' that would pay for it: no equilibrium "
            "exists. Usual cause: an embargo on all exports of a country but not on its imports. Fix: "
            "an embargo in both directions, or leave one buyer out."
        )


def check_solved(world: World, equilibrium: Equilibrium, parameters: Parameters) -> None:
    """Refuse a solution whose conditions do not hold, with the economic reason where there is one.

    Raises:
        NoEquilibrium: If a country's income falls to zero before the whole policy is applied.
        NotConverged: Otherwise.
    """
    solution = equilibrium.solution
    if solution.converged and equilibrium.sensible():
        return
    part = equilibrium.reached
    last = System(part_way(equilibrium.problem, part)).evaluate(solution.value)
    spare = last.income / np.maximum(last.factor_income, np.finfo(float).tiny)
    poorest = int(np.argmin(spare))
    if spare[poorest] < _EXHAUSTED:
        raise NoEquilibrium(
            f"{world.name}: no equilibrium with closure '{parameters.closure}'. After {part:.1%} of the "
            f"policy the spending of {world.countries[poorest]} has fallen to {spare[poorest]:.1%} of its "
            f"factor income, and it reaches zero before the whole is applied: its trade surplus or its "
            "subsidies cannot be financed. Fix: closure = 'zero' or 'share_of_own', or a smaller policy."
        )
    raise NotConverged(
        f"{world.name}: the largest residual is {solution.residual:.2g} after {solution.steps} evaluations, "
        f"above the tolerance {parameters.tolerance:g} ({solution.status}; {part:.1%} of the policy could be "
        "followed). Try: the policy in smaller steps, closure = 'zero', trade elasticities nearer to 4, or "
        "tolerance = 1e-8 if the residual is close."
    )
