"""Where a change of real income comes from, integrated along the path of the policy.

Differentiating real income at any point of the path and using zero profits gives, for country n
with flows Z, border prices q, duties t, export taxes e, iceberg costs d, productivity A and
deficit D (Caliendo and Parro 2015, eq. 15, extended)::

    I dlnW =   Σ_out Z dlnq - Σ_in Z dlnq                                terms of trade
             + Σ_in t Z (dlnZ - dlnq - dlnd) + Σ_out e/(1+e) Z (dlnZ - dlnq)   volume of trade
             - Σ_in Z dlnd + Σ Y dlnA                                    direct
             + dD                                                        transfer

Evaluated once, at the old equilibrium and with simple growth rates, this is the first-order number
of the paper (``measures.first_order``). Integrated over the path it adds up to the exact change.
The integral is by Gauss-Legendre nodes, at each of which the equilibrium and its exact derivative
along the path are solved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from zollverein.checks import check_result
from zollverein.errors import NotConverged
from zollverein.gradients import differentiable
from zollverein.measures.effects import real_income_hat
from zollverein.models.baseline import Array
from zollverein.models.direction import Motion, terms_along, total_derivative
from zollverein.models.equilibrium import find_equilibrium
from zollverein.models.problem import Problem, Shock, make_problem, with_deficit
from zollverein.result import Result
from zollverein.threads import one_blas_thread

#: Numbers of nodes tried in turn, until the parts add up.
_NODES = (4, 8, 16, 32, 64)
#: Parts of the change of real income, in the order of the equation above.
PARTS = ("terms_of_trade", "volume_of_trade", "direct", "transfer")


@dataclass(frozen=True, eq=False)
class PolicyPath:
    """The straight path from the old policy to the new one.

    Rates move linearly, logs of trade costs and of productivity too; under an embargo the access
    ``d^-θ`` falls linearly to zero. Fixed deficits move linearly.
    """

    goal: Problem
    closure: str

    def at(self, part: float) -> tuple[Problem, Motion]:
        """The problem at a part of the path, and the derivative of the policy there."""
        goal, shock = self.goal, _as_costs(self.goal)
        theta = goal.theta[shock.positions // goal.base.countries**2]
        open_ = np.isfinite(shock.cost_hat)
        log_cost = np.log(np.where(open_, shock.cost_hat, 1.0))
        closing = -np.log1p(-part) / theta
        cost_hat = np.exp(np.where(open_, part * log_cost, closing))
        duty = shock.tariff - shock.tariff_base
        tax = shock.export_tax - shock.export_tax_base
        productivity = shock.productivity_hat
        here = replace(
            shock,
            cost=cost_hat,
            tariff=shock.tariff_base + part * duty,
            export_tax=shock.export_tax_base + part * tax,
            productivity_hat=None if productivity is None else productivity**part,
        )
        problem = make_problem(goal.base, here, goal.theta, self.closure)
        start, end = -goal.base.balance, goal.deficit
        if goal.deficit_share is None:
            problem = with_deficit(problem, (1 - part) * start + part * end)
        else:  # what is fixed are transfers
            problem = replace(problem, deficit=part * end)
        motion = Motion(
            log_cost=np.where(open_, log_cost, 1 / (theta * (1 - part))),
            duty=duty,
            tax=tax,
            log_productivity=goal.log_productivity,
            deficit=end if goal.deficit_share is not None else end - start,
        )
        return problem, motion


def _as_costs(problem: Problem) -> Shock:
    """The shock with access written as the trade cost that leaves the same trade, ``a^(-1/θ)``."""
    shock = problem.shock
    if shock.access_hat is None:
        return shock
    theta = problem.theta[shock.positions // problem.base.countries**2]
    with np.errstate(divide="ignore"):
        cost = shock.cost_hat * shock.access_hat ** (-1 / theta)
    return replace(shock, cost=cost, access_hat=None)


def decompose(result: Result, *, tolerance: float = 1e-8) -> xr.Dataset:
    """Contributions to the exact change of real income, by country.

    Args:
        result: A simulation.
        tolerance: Largest admissible gap between the sum of the parts and the exact log change,
            for any country; what remains is shown as ``gap``.

    Returns:
        Data set over ``country`` in percent of real income with ``terms_of_trade``,
        ``volume_of_trade``, ``direct`` (trade costs and productivity), ``transfer`` (trade
        balance), ``gap`` (error of the integral) and ``total``, their sum: the exact change. Logs
        become percent by the factor ``(Ŵ - 1) / ln Ŵ``. The number of nodes is in the attributes.

    Raises:
        NotConverged: If the parts do not add up with the largest number of nodes.
        ScenarioError: If the result is of an extended model.
    """
    check_result(result)
    equilibrium = differentiable(result, "the decomposition along the path")
    path = PolicyPath(equilibrium.problem, result.parameters.closure)
    exact = np.log(real_income_hat(result.before, result.after).values)
    for nodes in _NODES:
        parts = _integrate(path, nodes, result.parameters.tolerance)
        gap = float(np.abs(parts.sum(axis=0) - exact).max())
        if gap <= tolerance:
            return _dataset(result, parts, exact, nodes, gap)
    raise NotConverged(
        f"the decomposition along the path misses the exact change by {gap:.1e} with {_NODES[-1]} nodes. "
        "Usual cause: the path passes a point where trade stops. Try a larger tolerance."
    )


def _integrate(path: PolicyPath, nodes: int, tolerance: float) -> Array:
    """Parts of the log change ``[part, country]``."""
    places, weights = np.polynomial.legendre.leggauss(nodes)
    total: Array | float = 0.0
    start = None
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        problem, motion = path.at(float(place))
        with one_blas_thread():
            equilibrium = find_equilibrium(problem, tolerance, start=start)
            if not equilibrium.solution.converged:
                raise NotConverged(f"no equilibrium at {place:.1%} of the path of the policy.")
            change = total_derivative(equilibrium, motion)
        start = equilibrium.solution.value
        total = total + weight * terms_along(equilibrium, motion, change)
    return np.asarray(total)


def _dataset(result: Result, parts: Array, exact: Array, nodes: int, gap: float) -> xr.Dataset:
    """Log contributions in percent: each country's parts and the gap add up to its exact change."""
    flat = np.abs(exact) < 1e-12
    scale = np.where(flat, 1.0, np.expm1(exact) / np.where(flat, 1.0, exact))
    percent = 100 * parts * scale
    variables = {name: ("country", row) for name, row in zip(PARTS, percent, strict=True)}
    total = 100 * np.expm1(exact)
    variables["gap"] = ("country", total - percent.sum(axis=0))
    variables["total"] = ("country", total)
    coords = {"country": list(result.before.countries)}
    return xr.Dataset(variables, coords=coords, attrs={"nodes": nodes, "largest_gap": gap})
