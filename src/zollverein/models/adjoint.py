"""From derivatives with respect to the trade matrices to derivatives with respect to policy.

With ``W`` the delivered weight, ``F = W / (1 + t')`` and ``X = F / (1 + e')``::

    d log W = -θ (d log d + dt/(1+t') + de/(1+e')) - log κ̂ dθ
    d log F = d log W - dt/(1+t'),   d log X = d log F - de/(1+e')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zollverein.errors import ScenarioError
from zollverein.models.bars import Pulled
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.problem import Problem
from zollverein.models.tangent import Direction, MatrixMoves

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
    _refuse_own_balances(problem)
    return -_received(problem, pulled)


def _refuse_own_balances(problem: Problem) -> None:
    """Refuse ``trade_balance`` under a closure that does not fix it."""
    if problem.deficit_share is not None:
        raise ScenarioError(
            "there is no derivative with respect to trade_balance under closure 'share_of_own', where "
            "balances follow value added. Fix: another closure, or leave trade_balance out."
        )


def _received(problem: Problem, pulled: Pulled) -> Array:
    """Per unit of money from abroad, the others of the group paying in proportion to value added."""
    value_added, group = problem.base.value_added, problem.group
    size = np.bincount(group, value_added)
    mean = (np.bincount(group, pulled.deficit * value_added) / size)[group]
    return np.where(_alone(problem), 0.0, pulled.deficit - mean)


def _alone(problem: Problem) -> Array:
    """Countries ``[N]`` of which nobody else is in the trading group, who could pay or be paid."""
    return np.asarray(np.bincount(problem.group)[problem.group] == 1)


def direction_of(
    equilibrium: Equilibrium, moves: Mapping[str, Array], duty: Array, tax: Array
) -> Direction:
    """The change of matrices and of the other nodes that a change of parameters means.

    Args:
        equilibrium: Where.
        moves: Parameter, any of ``PARAMETERS`` and ``MORE_PARAMETERS`` but ``cap`` -> its change, in
            the models' axis order.
        duty: ``1 + t'`` of every flow, ``[S, N, N]``.
        tax: ``1 + e'`` of every flow.

    Raises:
        ScenarioError: For ``trade_balance`` under a closure that does not fix it.
    """
    problem = equilibrium.problem
    government = None if problem.structure is None else problem.structure.government
    common = _log_weights(problem, moves, duty, tax)
    public = None
    if government is not None:
        rows = [None if m is None else m[:, government.members] for m in common]
        access = moves.get("government_access")
        public = _with_access(rows, None if access is None else access[:, government.members])
    return Direction(
        matrices=_with_access(list(common), moves.get("access")),
        public=public,
        theta=moves.get("trade_elasticity"),
        log_productivity=moves.get("productivity"),
        deficit=_paid(problem, moves),
        duty=moves.get("tariff"),
        pool=moves.get("pool"),
        mobility=moves.get("mobility"),
    )


def _log_weights(
    problem: Problem, moves: Mapping[str, Array], duty: Array, tax: Array
) -> tuple[Array | None, Array | None, Array | None]:
    """Changes of log ``W``, of log ``1 + t'`` and of log ``1 + e'``; None where there is none."""
    rate = _sum(moves.get("tariff"), moves.get("import_rent"))
    levy = _sum(moves.get("export_tax"), moves.get("export_rent"))
    rate = None if rate is None else rate / duty
    levy = None if levy is None else levy / tax
    cost = _sum(_sum(moves.get("barrier"), rate), levy)
    weight = None if cost is None else -problem.theta[:, None, None] * cost
    elasticity = moves.get("trade_elasticity")
    if elasticity is not None:
        weight = _sum(weight, -_log_kappa(problem) * elasticity[:, None, None])
    return weight, rate, levy


def _sum(one: Array | None, other: Array | None) -> Array | None:
    """The sum of two moves, of which either may be absent."""
    if one is None or other is None:
        return other if one is None else one
    return np.asarray(one + other)


def _with_access(common: Sequence[Array | None], access: Array | None) -> MatrixMoves | None:
    """Changes of the three matrices for those of log weights and rates, and of access."""
    weight, rate, levy = _sum(common[0], access), common[1], common[2]
    if weight is None:
        return None
    fob = weight if rate is None else weight - rate
    return MatrixMoves(weight, fob, fob if levy is None else fob - levy)


def _paid(problem: Problem, moves: Mapping[str, Array]) -> Array | None:
    """Change of deficits ``[N]``, the others of the group paying in proportion to value added."""
    paid = moves.get("trade_balance")
    if paid is not None:
        _refuse_own_balances(problem)
    received = _sum(moves.get("transfer"), None if paid is None else -paid)
    if received is None:
        return None
    value_added, group = problem.base.value_added, problem.group
    total = np.bincount(group, received) / np.bincount(group, value_added)
    return np.where(_alone(problem), 0.0, received - value_added * total[group])


def _log_kappa(problem: Problem) -> Array:
    """``log κ̂`` of every flow, 0 where it did not change or trade stopped."""
    log = problem.shock.log_delivered_hat
    out = np.zeros(problem.weight.size)
    out[problem.shock.positions] = np.where(np.isfinite(log), log, 0.0)
    return out.reshape(problem.weight.shape)
