"""Derivatives of an outcome with respect to every parameter at once, by the adjoint method.

At the equilibrium ``r(x, p) = 0`` the implicit function theorem gives
``dO/dp = O_p - λ' r_p`` with ``r_x' λ = O_x``: one linear solve with the transposed system for
all parameters (Griewank and Walther 2008, ch. 15). ``sensitivity`` goes the other way: one
direction of policy, every outcome.

There is no derivative across a kink. An embargoed flow stays zero for any small change, so its
derivatives are zero; a good that loses its last supplier has no equilibrium at all and is
refused before. Under a closure that moves with value added, or where the policy has cut the
world into groups, the derivative holds the groups fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from zollverein.arrays import inner, label_parameters, plain_parameter, wedges
from zollverein.choices import as_keywords
from zollverein.errors import NotConverged, ScenarioError
from zollverein.models.adjoint import PARAMETERS, direction_of, parameter_gradients
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.linear import Bars, condition_bars, pullback, tangent
from zollverein.names import did_you_mean
from zollverein.outcomes import KINDS, Outcome, parse_outcome, read_outcome
from zollverein.result import Result
from zollverein.simulation import simulate
from zollverein.solver.krylov import gmres

#: Relative residual of the adjoint system.
_LINEAR_TOLERANCE = 1e-9


def gradient(
    world: Any,
    scenario: Any,
    outcome: str | Outcome,
    *,
    wrt: Sequence[str] = PARAMETERS,
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
            rest of the country's trading group in proportion to value added) over country.
        **options: As for ``simulate``.

    Returns:
        One variable for each parameter, with the outcome's value in ``attrs["value"]``.

    Raises:
        ScenarioError: If an outcome or a parameter is not known.
        NotConverged: If the adjoint system is not solved.
    """
    result = simulate(world, scenario, **options)
    return gradient_at(result, outcome, wrt=wrt)


def gradient_at(
    result: Result, outcome: str | Outcome, *, wrt: Sequence[str] = PARAMETERS
) -> xr.Dataset:
    """``gradient`` at a result already at hand."""
    _check_names(wrt)
    wanted = parse_outcome(outcome)
    equilibrium = differentiable(result, "the gradient")
    reading = read_outcome(result.before, equilibrium, wanted)
    pulled = _adjoint(equilibrium, reading.bars)
    shape = equilibrium.problem.weight.shape
    duty, tax = (1 + inner(wedge).reshape(shape) for wedge in wedges(result.before, result.policy))
    values = parameter_gradients(equilibrium, pulled, wrt, duty, tax)
    attrs = {"outcome": str(wanted), "value": reading.value}
    return label_parameters(result.before, values, attrs)


def sensitivity(result: Result, direction: Mapping[str, xr.DataArray]) -> xr.Dataset:
    """Derivatives of every outcome of every country along one direction of the parameters.

    Args:
        result: Where to differentiate.
        direction: Parameter (as in ``gradient``) -> its change, labelled like the gradient.

    Returns:
        One variable over ``country`` for each kind of outcome: derivatives of new over old.

    Raises:
        ScenarioError: If a parameter is not known.
        LabelError: If labels are not the world's.
        NotConverged: If the linear system is not solved.
    """
    _check_names(direction)
    equilibrium, world = differentiable(result, "the sensitivity"), result.before
    system, point = equilibrium.system, equilibrium.point
    moves = {name: plain_parameter(world, name, value) for name, value in direction.items()}
    move = direction_of(equilibrium, moves)
    through, theta = system.pass_through(point)
    nothing = np.zeros(system.size)
    forced = tangent(system, point, nothing, move)
    right = -system.precondition(forced.conditions, through, theta)
    linear = gmres(system.jacobian(equilibrium.solution.value), right, tolerance=_LINEAR_TOLERANCE)
    _check_linear(linear.residual)
    change = tangent(system, point, linear.value, move)
    rows = {
        kind: [
            read_outcome(world, equilibrium, Outcome(kind, (country,))).along(change)
            for country in world.countries
        ]
        for kind in KINDS
    }
    return xr.Dataset(
        {kind: ("country", np.array(row)) for kind, row in rows.items()},
        coords={"country": list(world.countries)},
    )


def _adjoint(equilibrium: Equilibrium, bars: Bars) -> Any:
    """Pull an outcome back to the parameters through the equilibrium conditions."""
    system, point = equilibrium.system, equilibrium.point
    direct = pullback(system, point, bars)
    linear = gmres(system.transposed(point), direct.state, tolerance=_LINEAR_TOLERANCE)
    _check_linear(linear.residual)
    multiplier = system.precondition_transposed(linear.value, *system.pass_through(point))
    nodes, _ = condition_bars(system, point, multiplier)
    return pullback(system, point, bars.minus(nodes))


def solved(result: Result) -> Equilibrium:
    """The equilibrium behind a result; solved again if the result was loaded from a file."""
    if isinstance(result.counterfactual, Equilibrium):
        return result.counterfactual
    return solved(simulate(result.before, result.policy, **as_keywords(result.parameters)))


def differentiable(result: Result, what: str) -> Equilibrium:
    """The equilibrium behind a result of the base model, which has derivatives.

    Raises:
        ScenarioError: If the result is of an extended model, naming what extends it.
    """
    equilibrium, policy = solved(result), result.policy
    if equilibrium.problem.structure is None and not policy.caps:
        return equilibrium
    reasons = [name for name in ("pools", "caps", "mobility") if getattr(policy, name)]
    used = result.parameters
    reasons += [f"model = '{used.model}'"] if used.model not in _DIFFERENTIABLE else []
    reasons += [f"labour = '{used.labour}'"] if used.labour != "mobile" else []
    reasons += [f"capital = '{used.capital}'"] if used.capital != "fixed" else []
    reasons += ["governments told apart"] if "government_flow" in result.before.data else []
    raise ScenarioError(
        f"{what} exists for the model of Caliendo and Parro only; this result has "
        f"{', '.join(reasons) or 'other elasticities of substitution'}. Fix: leave that out, or compare two "
        "simulations; zollverein.attribute does so for every part of a scenario."
    )


#: Models whose equations have hand-written derivatives.
_DIFFERENTIABLE = ("caliendo_parro", "armington")


def _check_linear(residual: float) -> None:
    if not residual <= 100 * _LINEAR_TOLERANCE:
        raise NotConverged(
            f"the linear system of the derivative has relative residual {residual:.1e}. Usual cause: the "
            "equilibrium is near a point where it ceases to exist. Try a smaller policy or closure = 'zero'."
        )


def _check_names(names: Any) -> None:
    for name in names:
        if name not in PARAMETERS:
            raise ScenarioError(
                f"'{name}' is not a parameter{did_you_mean(name, PARAMETERS)} "
                f"Parameters: {', '.join(PARAMETERS)}."
            )
