"""``simulate``: a World and a policy in, a Result out."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.arrays import to_baseline, to_shock
from zollverein.capped import find_capped
from zollverein.checks import check_result
from zollverein.choices import DEFAULT_TOLERANCE, Elasticity, check_scenario, choose_parameters
from zollverein.errors import LabelError, NoEquilibrium, NotConverged, ZollvereinError
from zollverein.feasibility import (
    check_combination,
    check_feasible,
    refuse_unpaid,
    some_trade_stopped,
)
from zollverein.models.aggregates import Aggregates, aggregates_at
from zollverein.models.baseline import Array
from zollverein.models.engines import engine_of
from zollverein.models.equilibrium import Equilibrium, find_equilibrium, part_way, system_of
from zollverein.models.problem import Problem, make_problem
from zollverein.models.system import Point
from zollverein.notes import all_notes
from zollverein.parameters import Convergence, Parameters
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.structures import to_structure
from zollverein.threads import one_blas_thread
from zollverein.unions import find_union
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.scenario import Scenario

#: Where rates are found with the equilibrium: tolerance of each trial, relative to the whole.
_INNER = 0.1
#: Income below this share of factor income on the way means that the closure exhausts a country.
_EXHAUSTED = 0.05
#: A power of costs beyond this is about to leave the range of floating-point numbers.
_LARGEST_POWER = 1e150


def simulate(
    world: World,
    scenario: Scenario | Policy,
    *,
    model: str | None = None,
    closure: str | None = None,
    trade_elasticity: Elasticity | None = None,
    horizon: str | None = None,
    tolerance: float = DEFAULT_TOLERANCE,
    engine: str = "numpy",
    start: Result | None = None,
    strength: Mapping[str, float] | None = None,
    **choices: Any,
) -> Result:
    """Find the equilibrium of a world under a policy.

    Args:
        world: The baseline.
        scenario: A scenario, or a policy already aligned to the world.
        model: ``"caliendo_parro"``, ``"armington"`` (the same equations), ``"ces"`` or ``"krugman"``.
            This and the next three default to what the scenario says, else to
            ``"caliendo_parro"``, ``"share_of_world"``, the world's own number or FGO, ``"medium"``.
        closure: Rule for the trade balance: ``"share_of_world"``, ``"numeraire"``,
            ``"share_of_own"`` or ``"zero"``.
        trade_elasticity: Name of a set, a number, a table by sector or a labelled array.
        horizon: ``"short"``, ``"medium"`` or ``"long"``: a documented set of the choices below.
        tolerance: Largest relative residual of any equilibrium condition at the solution.
        engine: ``"numpy"``, or ``"fast"`` (compiled, needs the extra), or ``"auto"``.
        start: A result of the same world to start the iteration from; a near one saves some steps.
        strength: How much of a part of the scenario applies, from 0 to 1, by its name; see
            ``Scenario.policy``. The result then holds the policy alone, as no file says the same.
        **choices: ``labour`` (``"mobile"``, ``"sector_specific"``), ``capital`` (``"fixed"``,
            ``"adjusting"``), ``capital_share``, ``value_added_elasticity``, ``input_elasticity``,
            ``final_elasticity``, ``scale``, ``on_no_supplier`` (``"error"``, ``"shut_down"``); see
            ``Parameters``.

    Returns:
        The result, with the counterfactual as a World.

    Raises:
        ScenarioError: If the policy cannot be understood in this world.
        NoSupplier: If a country buys a good that nobody can supply any more.
        NoEquilibrium: If the closure asks for what cannot be financed.
        NotConverged: If the conditions do not hold to the tolerance.
        DataError: If a country makes nothing or buys nothing, or the elasticities do not fit the world.
    """
    started = time.perf_counter()
    named = {"model": model, "closure": closure, "horizon": horizon}
    parameters = choose_parameters(
        world, scenario, trade_elasticity=trade_elasticity, tolerance=tolerance, **named, **choices
    )
    return simulate_chosen(
        world, scenario, parameters, strength=strength, engine=engine, start=start, started=started
    )


def simulate_chosen(
    world: World,
    scenario: Scenario | Policy,
    parameters: Parameters,
    *,
    strength: Mapping[str, float] | None = None,
    **how: Any,
) -> Result:
    """``simulate`` with every choice made.

    Args:
        world: The baseline.
        scenario: A scenario, or a policy already aligned to the world.
        parameters: Every choice made.
        strength: As for ``simulate``.
        **how: As for ``solve_policy``.
    """
    if isinstance(scenario, Policy):
        scenario.check_fits(world)
        return solve_policy(world, scenario, parameters, **how)
    check_scenario(scenario, needed=True)
    opened = scenario.baseline(world)
    result = solve_policy(opened, scenario.policy(opened, strength), parameters, **how)
    assumed = () if opened is world else opened.adjustments[-1:]
    said = None if strength else scenario
    return replace(result, scenario=said, notes=(*result.notes, *assumed))


def solve_policy(
    world: World,
    policy: Policy,
    parameters: Parameters,
    *,
    engine: str = "numpy",
    start: Result | None = None,
    like: Sequence[Aggregates] = (),
    started: float | None = None,
) -> Result:
    """Solve for a policy that fits the world, with every choice made; see ``simulate``.

    Args:
        world: The baseline.
        policy: Aligned to the world.
        parameters: Every choice made.
        engine: As for ``simulate``.
        start: As for ``simulate``.
        like: How countries as wholes respond in similar problems, of ``responses_of``; those of ``start`` if
            there are none.
        started: When the work began, for the time the result reports; now if omitted.
    """
    started = time.perf_counter() if started is None else started
    arithmetic = engine_of(engine)
    first, responses = _lent(world, start, like)
    inner = parameters.tolerance * (_INNER if policy.unions or policy.caps else 1.0)

    def solve(rule: Policy, state: Array | None) -> Equilibrium:
        problem = pose(world, rule, parameters)
        begin = first if state is None else state
        found = find_equilibrium(
            problem, inner, engine=arithmetic, start=begin, aggregates=responses
        )
        check_solved(world, found, parameters)
        return found

    with one_blas_thread():
        if policy.unions:
            policy, equilibrium = find_union(world, policy, solve, parameters.tolerance)
        elif policy.caps:
            equilibrium = find_capped(world, policy, solve, parameters.tolerance)
        else:
            equilibrium = solve(policy, None)
    return Result(
        before=world,
        scenario=None,
        policy=policy,
        parameters=parameters,
        convergence=_convergence(equilibrium, started),
        notes=(*policy.notes, *all_notes(world, policy, parameters, equilibrium)),
        counterfactual=equilibrium,
    )


def _convergence(equilibrium: Equilibrium, started: float) -> Convergence:
    solution = equilibrium.solution
    residual = max(solution.residual, equilibrium.outer)
    return Convergence(residual, solution.steps, time.perf_counter() - started, solution.method)


def _lent(
    world: World, start: Result | None, like: Sequence[Aggregates]
) -> tuple[Array | None, Sequence[Aggregates]]:
    """The first state and the responses of countries as wholes that are lent."""
    near = _near(world, start)
    if near is None:
        return None, like
    if like:
        return near.solution.value, like
    with one_blas_thread():
        own = near.aggregates
    return near.solution.value, () if own is None else (own,)


def responses_of(
    world: World, policies: Iterable[Policy], parameters: Parameters
) -> tuple[Aggregates, ...]:
    """How countries as wholes respond at the outset under some policies, for many that are alike.

    Without those under which a level of a country is hardly determined, or there is no equilibrium.
    """
    found = []
    for policy in policies:
        try:
            system = system_of(pose(world, policy, parameters))
        except ZollvereinError:
            continue  # the simulation will say for itself what is wrong
        with one_blas_thread():
            found.append(aggregates_at(system, system.start()))
    return tuple(responses for responses in found if responses is not None)


def _near(world: World, start: Result | None) -> Equilibrium | None:
    """An earlier solution to start from; None for a result loaded from a file, which has no state.

    Raises:
        LabelError: If the result is of another world.
    """
    if start is not None:
        check_result(start)
    if start is None or not isinstance(start.counterfactual, Equilibrium):
        return None
    if (start.before.countries, start.before.sectors) != (world.countries, world.sectors):
        raise LabelError(
            f"start: a result of {start.before.name} cannot be the start for {world.name}: their countries "
            "or sectors differ. Fix: leave start out."
        )
    return start.counterfactual


def pose(world: World, policy: Policy, parameters: Parameters) -> Problem:
    """The problem in plain arrays, checked for what cannot have an equilibrium.

    Raises:
        NoSupplier: Names the country and the sector that lost every supplier.
        NoEquilibrium: Names who could not pay, or whose labour has no buyer left.
    """
    check_combination(policy, parameters)
    base = to_baseline(world)
    theta = parameters.trade_elasticity.values
    with np.errstate(over="ignore", invalid="ignore"):  # check_solved says what overflowed
        problem = make_problem(
            base,
            to_shock(world, policy),
            theta,
            parameters.closure,
            structure=to_structure(world, policy, parameters),
            transfer=None if policy.transfer is None else policy.transfer.values,
        )
    return check_feasible(world, problem, policy, parameters)


def check_solved(world: World, equilibrium: Equilibrium, parameters: Parameters) -> None:
    """Refuse a solution whose conditions do not hold, with the economic reason where there is one.

    Raises:
        NoEquilibrium: If a country's income falls to zero before the whole policy is applied, or
            its balance turns into one that it cannot pay for.
        NotConverged: Otherwise.
    """
    solution, part = equilibrium.solution, equilibrium.reached
    if solution.converged and equilibrium.sensible():
        problem = equilibrium.problem
        if problem.deficit_share is not None and some_trade_stopped(problem):
            refuse_unpaid(world, problem, equilibrium.point.deficit, parameters)
        return
    with np.errstate(all="ignore"):
        last = system_of(part_way(equilibrium.problem, part)).evaluate(solution.value)
    _refuse_exhausted(world, last, part, parameters)
    refuse_unpaid(world, equilibrium.problem, last.deficit, parameters)
    raise NotConverged(
        f"{world.name}: no method found an equilibrium beyond {_percent(part)} of the policy to the "
        f"tolerance {parameters.tolerance:g}, in {solution.steps} evaluations. "
        f"{_remedy(world, equilibrium.problem, last)}"
    )


def _refuse_exhausted(world: World, last: Point, part: float, parameters: Parameters) -> None:
    spare = last.income / np.maximum(last.factor_income, np.finfo(float).tiny)
    poorest = int(np.argmin(spare))
    if spare[poorest] < _EXHAUSTED:
        raise NoEquilibrium(
            f"{world.name}: no equilibrium with closure '{parameters.closure}'. After {_percent(part)} of "
            f"the policy the spending of {world.countries[poorest]} has fallen to {spare[poorest]:.1%} of "
            "its factor income, and it reaches zero before the whole is applied: its trade surplus or its "
            "subsidies cannot be financed. Fix: closure = 'zero' or 'share_of_own', or a smaller policy."
        )


def _remedy(world: World, problem: Problem, last: Point) -> str:
    """What to try, by what stands in the way."""
    weight = np.where(problem.weight > 0, problem.weight, 1.0)
    with np.errstate(all="ignore"):
        spread = np.maximum(weight.max(axis=(1, 2)), 1 / weight.min(axis=(1, 2)))
        power = np.maximum(last.cost_power, 1 / last.cost_power).max(axis=1) * spread
    worst = int(np.argmax(power))  # the first that is not a number, if there is one
    if not power[worst] <= _LARGEST_POWER:
        return (
            f"Costs to the power of the trade elasticity {problem.theta[worst]:.3g} of "
            f"{world.sectors[worst]} leave the range of floating-point numbers. Fix: a lower trade "
            "elasticity there, or a smaller policy; embargo instead of a prohibitive cost."
        )
    return (
        "Try: the policy in smaller steps, closure = 'zero', trade elasticities nearer to 4, or a "
        "tolerance of 1e-8; below 1e-13 rounding stands in the way."
    )


def _percent(part: float) -> str:
    """A part of the policy, never rounded up to all of it."""
    return f"{math.floor(1000 * part) / 10:.1f}%"
