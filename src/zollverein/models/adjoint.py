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
from zollverein.models.problem import Problem

#: Parameters that can be differentiated.
PARAMETERS = (
    "tariff",
    "barrier",
    "export_tax",
    "productivity",
    "trade_elasticity",
    "trade_balance",
)


def parameter_gradients(
    equilibrium: Equilibrium, pulled: Pulled, names: Sequence[str], duty: Array, tax: Array
) -> dict[str, Array]:
    """Derivatives with respect to the named kinds of parameters, in the models' axis order.

    Args:
        equilibrium: Where.
        pulled: The outcome pulled back through the equilibrium.
        names: Any of ``PARAMETERS``.
        duty: ``1 + t'`` of every flow, ``[S, N, N]``.
        tax: ``1 + e'`` of every flow.

    Raises:
        ScenarioError: For ``trade_balance`` under a closure that does not fix it.
    """
    problem = equilibrium.problem
    found: dict[str, Array] = {}
    if "productivity" in names:
        found["productivity"] = -pulled.log_cost
    if "trade_balance" in names:
        found["trade_balance"] = _balance_gradient(problem, pulled)
    if any(name in names for name in ("tariff", "barrier", "export_tax", "trade_elasticity")):
        total, net, factory = _matrix_gradients(equilibrium, pulled)
        if "trade_elasticity" in names:
            found["trade_elasticity"] = pulled.theta - _log_weighted_sum(problem, total)
        total *= -problem.theta[:, None, None]
        found["barrier"] = total
        if "tariff" in names:
            found["tariff"] = np.divide(np.subtract(total, net, out=net), duty, out=net)
        if "export_tax" in names:
            found["export_tax"] = np.divide(
                np.subtract(total, factory, out=factory), tax, out=factory
            )
    return {name: found[name] for name in names}


def _matrix_gradients(equilibrium: Equilibrium, pulled: Pulled) -> tuple[Array, Array, Array]:
    """Derivatives with respect to the logs of ``W`` with all, of ``F`` with ``X``, and of ``X`` alone.

    When ``W`` moves, ``F`` and ``X`` move with it, hence the sums; each is ``[S, N, N]``.
    """
    problem, point = equilibrium.problem, equilibrium.point
    power, ratio = point.cost_power[:, None, :], point.spending_ratio[:, :, None]
    split, taxed = len(problem.fob), len(problem.factory)  # taxed <= split
    net = pulled.imported[:, :, None] * power
    factory = ratio * pulled.made[:, None, :]
    net += ratio * pulled.sold[:, None, :]
    net[:split] *= problem.fob
    net[split:] *= problem.weight[split:]
    factory[:taxed] *= problem.factory
    factory[taxed:split] *= problem.fob[taxed:]
    factory[split:] *= problem.weight[split:]
    net += factory
    total = pulled.weight_sum[:, :, None] * power
    total *= problem.weight
    total += net
    diagonal = np.arange(problem.base.countries)
    own = problem.own_factory * point.spending_ratio * pulled.made
    factory[:, diagonal, diagonal] = net[:, diagonal, diagonal] = own
    total[:, diagonal, diagonal] = own + problem.own_weight * pulled.weight_sum * point.cost_power
    return total, net, factory


def full_matrices(problem: Problem) -> tuple[Array, Array]:
    """``F`` and ``X`` for every sector, also where they equal ``W``."""
    fob = np.concatenate((problem.fob, problem.weight[len(problem.fob) :]))
    return fob, np.concatenate((problem.factory, fob[len(problem.factory) :]))


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
    value_added, group = problem.base.value_added, problem.group
    size = np.bincount(group, value_added)
    mean = (np.bincount(group, pulled.deficit * value_added) / size)[group]
    return -(pulled.deficit - mean)


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
