"""From derivatives with respect to the trade matrices to derivatives with respect to policy.

With ``W`` the delivered weight, ``F = W / (1 + t')`` and ``X = F / (1 + e')``::

    d log W = -θ (d log d + dt/(1+t') + de/(1+e')) - log κ̂ dθ
    d log F = d log W - dt/(1+t'),   d log X = d log F - de/(1+e')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zollverein.errors import ScenarioError
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.linear import Direction, Pulled
from zollverein.models.matrices import full_matrices
from zollverein.models.problem import Problem

#: Parameters that are differentiated unless others are named.
PARAMETERS = (
    "tariff",
    "barrier",
    "export_tax",
    "productivity",
    "trade_elasticity",
    "trade_balance",
)
#: Parameters that are differentiated when named.
MORE_PARAMETERS = (
    "import_rent",
    "export_rent",
    "access",
    "government_access",
    "transfer",
    "pool",
    "mobility",
    "cap",
)
#: Parameters that need the derivatives with respect to the trade matrices.
_OF_MATRICES = (
    "tariff",
    "barrier",
    "export_tax",
    "trade_elasticity",
    "import_rent",
    "export_rent",
    "access",
    "government_access",
)


def parameter_gradients(
    equilibrium: Equilibrium, pulled: Pulled, names: Sequence[str], duty: Array, tax: Array
) -> dict[str, Array]:
    """Derivatives with respect to the named kinds of parameters, in the models' axis order.

    Args:
        equilibrium: Where.
        pulled: The outcome pulled back through the equilibrium.
        names: Any of ``PARAMETERS`` and ``MORE_PARAMETERS`` but ``cap``.
        duty: ``1 + t'`` of every flow, ``[S, N, N]``.
        tax: ``1 + e'`` of every flow.

    Raises:
        ScenarioError: For ``trade_balance`` under a closure that does not fix it.
    """
    problem, system, point = equilibrium.problem, equilibrium.system, equilibrium.point
    found: dict[str, Array] = {}
    if "productivity" in names:
        found["productivity"] = -pulled.log_cost
    if "trade_balance" in names:
        found["trade_balance"] = _balance_gradient(problem, pulled)
    if "transfer" in names:
        found["transfer"] = _received(problem, pulled)
    if "pool" in names:
        found["pool"] = system.pool_gradients(point, pulled)
    if "mobility" in names:
        found["mobility"] = system.mobility_gradients(point, pulled)
    if any(name in names for name in _OF_MATRICES):
        found |= _rate_gradients(equilibrium, pulled, names, duty, tax)
    return {name: found[name] for name in names}


def _rate_gradients(
    equilibrium: Equilibrium, pulled: Pulled, names: Sequence[str], duty: Array, tax: Array
) -> dict[str, Array]:
    """Derivatives with respect to what is in the trade matrices."""
    problem, found = equilibrium.problem, {}
    matrices = equilibrium.system.matrix_gradients(equilibrium.point, pulled)
    total, net, factory = matrices.total, matrices.net, matrices.factory
    if "trade_elasticity" in names:
        found["trade_elasticity"] = pulled.theta - _log_weighted_sum(problem, total)
    if "access" in names:
        found["access"] = matrices.private()
    if "government_access" in names:
        found["government_access"] = matrices.governments()
    total *= -problem.theta[:, None, None]
    found["barrier"] = total
    if "tariff" in names or "import_rent" in names:
        rent = np.divide(np.subtract(total, net, out=net), duty, out=net)
        found["import_rent"] = rent
        found["tariff"] = rent if matrices.duty is None else rent + matrices.duty
    if "export_tax" in names or "export_rent" in names:
        levy = np.divide(np.subtract(total, factory, out=factory), tax, out=factory)
        found["export_tax"] = found["export_rent"] = levy
    return found


def new_factors(problem: Problem) -> tuple[Array, Array]:
    """``1 + t'`` and ``1 + e'`` of every flow, 1 where there is no trade to tell it from."""
    fob, factory = full_matrices(problem)
    own = problem.own_weight, problem.own_fob, problem.own_factory
    diagonal = np.arange(problem.base.countries)
    factors = []
    for top, bottom, own_top, own_bottom in (
        (problem.weight, fob, own[0], own[1]),
        (fob, factory, own[1], own[2]),
    ):
        factor = np.divide(top, bottom, out=np.ones_like(top), where=bottom > 0)
        factor[:, diagonal, diagonal] = np.divide(
            own_top, own_bottom, out=np.ones_like(own_top), where=own_bottom > 0
        )
        factors.append(factor)
    return factors[0], factors[1]


def _log_weighted_sum(problem: Problem, total: Array) -> Array:
    """``Σ log κ̂ · total`` by sector; only touched cells have a ``κ̂`` other than 1."""
    shock, sectors = problem.shock, problem.base.sectors
    log = shock.log_delivered_hat
    finite = log if np.isfinite(log).all() else np.where(np.isfinite(log), log, 0.0)
    if shock.cells is None:
        return np.einsum("sk,sk->s", finite.reshape(sectors, -1), total.reshape(sectors, -1))
    weights = finite * total.reshape(-1)[shock.cells]
    return np.bincount(shock.cells // problem.base.countries**2, weights, minlength=sectors)


def _balance_gradient(problem: Problem, pulled: Pulled) -> Array:
    """Per unit of trade balance, the others of the group adjusting in proportion to value added."""
    if problem.deficit_share is not None:
        raise ScenarioError(
            "there is no derivative with respect to trade_balance under closure 'share_of_own', where "
            "balances follow value added. Fix: another closure, or leave trade_balance out of wrt."
        )
    return -_received(problem, pulled)


def _received(problem: Problem, pulled: Pulled) -> Array:
    """Per unit of money from abroad, the others of the group paying in proportion to value added."""
    value_added, group = problem.base.value_added, problem.group
    size = np.bincount(group, value_added)
    mean = (np.bincount(group, pulled.deficit * value_added) / size)[group]
    return np.asarray(pulled.deficit - mean)


def direction_of(equilibrium: Equilibrium, moves: Mapping[str, Array]) -> Direction:
    """The change of matrices and of the other nodes that a change of parameters means."""
    problem = equilibrium.problem
    theta = problem.theta[:, None, None]
    duty, tax = new_factors(problem)
    nothing = np.zeros_like(problem.weight)
    rate = moves.get("tariff", nothing) / duty
    levy = moves.get("export_tax", nothing) / tax
    weight = -theta * (moves.get("barrier", nothing) + rate + levy)
    elasticity = moves.get("trade_elasticity")
    if elasticity is not None:
        weight = weight - _log_kappa(problem) * elasticity[:, None, None]
    deficit = None
    if "trade_balance" in moves:
        value_added, group = problem.base.value_added, problem.group
        change = -moves["trade_balance"]
        total = np.bincount(group, change) / np.bincount(group, value_added)
        deficit = change - value_added * total[group]
    return Direction(
        weight=weight,
        fob=weight - rate,
        factory=weight - rate - levy,
        theta=elasticity,
        log_productivity=moves.get("productivity"),
        deficit=deficit,
    )


def _log_kappa(problem: Problem) -> Array:
    """``log κ̂`` of every flow, 0 where it did not change or trade stopped."""
    log = problem.shock.log_delivered_hat
    out = np.zeros(problem.weight.size)
    out[problem.shock.positions] = np.where(np.isfinite(log), log, 0.0)
    return out.reshape(problem.weight.shape)
