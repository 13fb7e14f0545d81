"""Derivatives of an outcome with respect to every parameter at once, by the adjoint method.

At the equilibrium ``r(x, p) = 0`` the implicit function theorem gives
``dO/dp = O_p - λ' r_p`` with ``r_x' λ = O_x``: one linear solve with the transposed system for
all parameters (Griewank and Walther 2008, ch. 15). ``sensitivity`` goes the other way: one
direction of policy, every outcome.

There is no derivative across a kink. An embargoed flow stays zero for any small change, so its
derivatives are zero; a good that loses its last supplier has no equilibrium at all and is
refused before. Under a closure that moves with value added, or where the policy has cut the
world into groups, the derivative holds the groups fixed. What buyers pay under a price cap that binds
responds to everything, and does in the derivative (``capped_bars``, ``_wedge_moves``); so do the external
taxes of a Kemp-Wan union (``union_gradients`` backward, ``union_tangent`` forward).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from zollverein.arrays import inner, label_parameters, plain_parameter, wedges
from zollverein.capped import Capped, capped_goods, with_wedges
from zollverein.checks import check_result, told
from zollverein.choices import as_keywords
from zollverein.counterfactual import cap_rent
from zollverein.errors import NotConverged, ScenarioError
from zollverein.models.adjoint import (
    MORE_PARAMETERS,
    PARAMETERS,
    direction_of,
    parameter_gradients,
)
from zollverein.models.bars import Bars, Pulled
from zollverein.models.baseline import Array
from zollverein.models.direction import response
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.tangent import Tangent
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome, read_outcome, responses
from zollverein.policy import Policy
from zollverein.readings import parse_outcomes, the_only
from zollverein.result import Result
from zollverein.simulation import simulate
from zollverein.solver.krylov import gmres
from zollverein.threads import one_blas_thread
from zollverein.union_gradients import pull_back_union
from zollverein.union_tangent import union_response
from zollverein.unions import without_found

#: Relative residual of the adjoint system.
_LINEAR_TOLERANCE = 1e-9


def gradient(
    world: Any,
    scenario: Any,
    outcome: str | Outcome,
    *,
    wrt: str | Sequence[str] = PARAMETERS,
    **options: Any,
) -> xr.Dataset:
    """Derivatives of one outcome with respect to all parameters, at the policy's equilibrium.

    Args:
        world: The baseline.
        scenario: Scenario or Policy at which to differentiate.
        outcome: Such as ``"real_income BLR"``; see ``Outcome``.
        wrt: Any of ``tariff``, ``export_tax`` (per unit of the rate: multiply by 0.01 for one
            percentage point), ``barrier`` (per unit of the log iceberg cost), over exporter,
            importer, sector; ``productivity`` (per log point) over country, sector;
            ``trade_elasticity`` over sector; ``trade_balance`` (per unit of currency, paid by the
            rest of the country's trading group in proportion to value added) over country. These are
            the default; further, when named: ``import_rent``, ``export_rent`` (per unit of the rate),
            ``access``, ``government_access`` (per unit of the log of the factor), ``transfer`` (per
            unit received, paid as with ``trade_balance``) over country, ``pool`` (per unit of the
            part that is shared), ``mobility`` (per unit of the elasticity) and ``cap`` (per unit of
            its log), one for each.
        **options: As for ``simulate``.

    Returns:
        One variable for each parameter, with the outcome's value in ``attrs["value"]``.

    Raises:
        ScenarioError: If an outcome or a parameter is not known, or several outcomes are named.
        NotConverged: If the adjoint system is not solved.
    """
    result = simulate(world, scenario, **options)
    return gradient_at(result, outcome, wrt=wrt)


def gradient_at(
    result: Result, outcome: str | Outcome, *, wrt: str | Sequence[str] = PARAMETERS
) -> xr.Dataset:
    """``gradient`` at a result already at hand."""
    wrt = [wrt] if isinstance(wrt, str) else wrt
    _check_names(wrt, (*PARAMETERS, *MORE_PARAMETERS))
    wanted = the_only(parse_outcomes(result.before, outcome, result.scenario))
    with one_blas_thread():
        value, values = _gradients(result, wanted, wrt)
    attrs = {"outcome": str(wanted), "value": value}
    return label_parameters(result.before, result.policy, values, attrs)


def _gradients(
    result: Result, outcome: Outcome, names: Sequence[str]
) -> tuple[float, dict[str, Array]]:
    """The outcome, and its derivatives in plain arrays."""
    equilibrium, policy = solved(result), result.policy
    reading = read_outcome(result.before, equilibrium, outcome)
    bars, caps = reading.bars, np.zeros(0)
    if policy.caps:
        policy = with_wedges(result.before, policy, np.array(equilibrium.wedge))
        bars, caps = capped_bars(result, equilibrium, policy, bars)
    factors = _factors(result, policy)
    others = [name for name in names if name != "cap"]
    if policy.unions:
        pulled, linear = pull_back_union(
            result.before, policy, equilibrium, bars, factors, _LINEAR_TOLERANCE
        )
        _check_linear(linear.residual)
        values = parameter_gradients(equilibrium, pulled, others, *factors)
        return reading.value, without_found(result.before, policy, values)
    pulled = pull_back(equilibrium, bars)
    values = parameter_gradients(equilibrium, pulled, others, *factors)
    return reading.value, values | ({"cap": caps} if "cap" in names else {})


def _factors(result: Result, policy: Policy) -> tuple[Array, Array]:
    """``1 + t'`` and ``1 + e'`` of every flow, ``[S, N, N]``."""
    countries, sectors = len(result.before.countries), len(result.before.sectors)
    duty, tax = (
        1 + inner(wedge).reshape(sectors, countries, countries)
        for wedge in wedges(result.before, policy)
    )
    return duty, tax


def capped_bars(
    result: Result, equilibrium: Equilibrium, policy: Policy, bars: Bars
) -> tuple[Bars, Array]:
    """The bars of an outcome with what price caps that bind make of them, and those of the caps.

    Where caps bind, prices ``L(p, τ) = log cap`` hold by the wedges τ. With ``M = L_τ`` and
    ``v = M'^-1 O_τ`` the outcome moves by ``O_p - v' L_p`` and, for the logs of the caps, by ``v``.

    Args:
        result: Of a policy with caps.
        equilibrium: Its equilibrium.
        policy: With the rents that the wedges are.
        bars: Of the outcome.

    Returns:
        Bars of the outcome less ``v`` times the prices; ``v``, 0 where a cap does not bind.
    """
    goods, factors = capped_goods(result.before, policy), _factors(result, policy)
    binding = [k for k, wedge in enumerate(equilibrium.wedge) if wedge > 0]
    caps = np.zeros(len(goods))
    if not binding:
        return bars, caps
    paid = _paid_under(result, len(goods), binding)

    def by_wedge(those: Bars) -> list[float]:
        pulled = pull_back(equilibrium, those)
        rent = parameter_gradients(equilibrium, pulled, ["import_rent"], *factors)["import_rent"]
        return [float(np.vdot(rent, per)) for per in paid]

    prices = [_price_bar(bars, equilibrium, goods[k], 1.0) for k in binding]
    slope = np.array([by_wedge(price) for price in prices])
    caps[binding] = np.linalg.solve(slope.T, by_wedge(bars))
    for k in binding:
        bars = bars.minus(_price_bar(bars, equilibrium, goods[k], caps[k]))
    return bars, caps


def _price_bar(like: Bars, equilibrium: Equilibrium, good: Capped, size: float) -> Bars:
    """Bars of ``size`` times the log price of one good."""
    cost = np.zeros_like(equilibrium.point.log_cost)
    cost[good.cell] = size
    return type(like)(log_cost=cost)


def sensitivity(result: Result, direction: Mapping[str, xr.DataArray]) -> xr.Dataset:
    """Derivatives of every outcome of every country along one direction of the parameters.

    The external taxes of a Kemp-Wan union respond; what the direction says of the rates that it finds
    has no effect, as in ``gradient``.

    Args:
        result: Where to differentiate; of any model.
        direction: Parameter (any of those of ``gradient``) -> its change, labelled like the gradient.

    Returns:
        One variable over ``country`` for each kind of outcome, derivatives of new over old; not a
        number where a country has nothing of the kind in the baseline.

    Raises:
        ScenarioError: If a parameter is not known; for ``trade_balance`` under closure ``share_of_own``.
        LabelError: If labels are not the world's and the policy's.
        NotConverged: If the linear system is not solved.
    """
    check_result(result)
    if not isinstance(direction, Mapping):
        raise ScenarioError(
            f"the direction is {told(direction)}; it is a table {{'tariff': changes}}."
        )
    _check_names(direction, (*PARAMETERS, *MORE_PARAMETERS))
    world, policy = result.before, result.policy
    moves = {name: plain_parameter(world, policy, name, v) for name, v in direction.items()}
    with one_blas_thread():
        rows = _rows(result, moves)
    return xr.Dataset(
        {kind: ("country", row) for kind, row in rows.items()},
        coords={"country": list(world.countries)},
    )


def _rows(result: Result, moves: Mapping[str, Array]) -> dict[str, Array]:
    """Derivatives ``[N]`` of every kind of outcome along moves of parameters in plain arrays."""
    equilibrium, policy, world = solved(result), result.policy, result.before
    if policy.caps:
        policy = with_wedges(world, policy, np.array(equilibrium.wedge))
    factors = _factors(result, policy)

    def respond(those: Mapping[str, Array]) -> Tangent:
        if policy.unions:
            given = without_found(world, policy, those)
            change, residual = union_response(
                world, policy, equilibrium, given, factors, _LINEAR_TOLERANCE
            )
        else:
            move = direction_of(equilibrium, those, *factors)
            change, residual = response(equilibrium, move, _LINEAR_TOLERANCE)
        _check_linear(residual)
        return change

    change = respond({name: move for name, move in moves.items() if name != "cap"})
    rows = responses(world, equilibrium, change)
    for size, wedge in _wedge_moves(result, equilibrium, moves.get("cap"), change, respond):
        more = responses(world, equilibrium, wedge)
        rows = {kind: row + size * more[kind] for kind, row in rows.items()}
    return rows


def _wedge_moves(
    result: Result,
    equilibrium: Equilibrium,
    caps: Array | None,
    change: Tangent,
    respond: Callable[[Mapping[str, Array]], Tangent],
) -> list[tuple[float, Tangent]]:
    """How far the wedge of each price cap that binds moves, and what a unit of it does.

    Where caps bind, prices ``L(p, τ) = log cap`` hold by the wedges τ, which therefore move by
    ``L_τ^-1 (dlog cap - L_p dp)``.

    Args:
        result: Of any policy.
        equilibrium: Its equilibrium.
        caps: Changes of the logs of the caps, or None.
        change: What the parameters do at given wedges.
        respond: Moves of parameters -> change of the equilibrium at given wedges.
    """
    binding = [k for k, wedge in enumerate(equilibrium.wedge) if wedge > 0]
    if not binding:
        return []
    goods = capped_goods(result.before, result.policy)
    cells = tuple(np.array([goods[k].cell for k in binding]).T)
    units = [respond({"import_rent": paid}) for paid in _paid_under(result, len(goods), binding)]
    slope = np.stack([unit.log_cost[cells] for unit in units], axis=1)
    wanted = -change.log_cost[cells] + (0.0 if caps is None else caps[binding])
    sizes = np.linalg.solve(slope, wanted)
    return [(float(size), unit) for size, unit in zip(sizes, units, strict=True)]


def _paid_under(result: Result, goods: int, binding: Sequence[int]) -> list[Array]:
    """The import rents ``[S, N, N]`` that a unit of each wedge is."""
    caps = result.policy.caps
    return [cap_rent(result.before, caps, tuple(row)).T for row in np.eye(goods)[list(binding)]]


def pull_back(equilibrium: Equilibrium, bars: Bars) -> Pulled:
    """Pull an outcome back to the parameters through the equilibrium conditions."""
    system, point = equilibrium.system, equilibrium.point
    direct = system.pullback(point, bars)
    linear = gmres(
        system.transposed(point),
        direct.state,
        tolerance=_LINEAR_TOLERANCE,
        before=equilibrium.sharpening.transposed,
    )
    _check_linear(linear.residual)
    multiplier = system.precondition_transposed(linear.value, *system.pass_through(point))
    nodes, _ = system.condition_bars(point, multiplier)
    return system.pullback(point, bars.minus(nodes))


def solved(result: Result) -> Equilibrium:
    """The equilibrium behind a result; solved again if the result was loaded from a file."""
    if isinstance(result.counterfactual, Equilibrium):
        return result.counterfactual
    return solved(simulate(result.before, result.policy, **as_keywords(result.parameters)))


def differentiable(result: Result, what: str) -> Equilibrium:
    """The equilibrium behind a result of the base model, the one with a forward linearisation.

    Raises:
        ScenarioError: If the result is of an extended model, naming what extends it.
    """
    equilibrium, policy = solved(result), result.policy
    if equilibrium.problem.structure is None and not policy.caps:
        return equilibrium
    reasons = [name for name in ("pools", "caps", "mobility") if getattr(policy, name)]
    used = result.parameters
    reasons += [f"model = '{used.model}'"] if used.model not in _BASE_MODELS else []
    reasons += [f"labour = '{used.labour}'"] if used.labour != "mobile" else []
    reasons += [f"capital = '{used.capital}'"] if used.capital != "fixed" else []
    reasons += ["governments told apart"] if "government_flow" in result.before.data else []
    raise ScenarioError(
        f"{what} exists for the model of Caliendo and Parro only; this result has "
        f"{', '.join(reasons) or 'other elasticities of substitution'}. Fix: leave that out, or compare two "
        "simulations; zollverein.gradient and zollverein.attribute exist for every model."
    )


#: Models with the equations of the base model.
_BASE_MODELS = ("caliendo_parro", "armington")


def _check_linear(residual: float) -> None:
    if not residual <= 100 * _LINEAR_TOLERANCE:
        raise NotConverged(
            f"the linear system of the derivative has relative residual {residual:.1e}. Usual cause: the "
            "equilibrium is near a point where it ceases to exist. Try a smaller policy or closure = 'zero'."
        )


def _check_names(names: Any, known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise ScenarioError(
                f"'{name}' is not a parameter{did_you_mean(name, known)} "
                f"Parameters: {', '.join(known)}."
            )
