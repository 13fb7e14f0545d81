"""From derivatives with respect to the trade matrices to derivatives with respect to policy.

With ``W`` the delivered weight, ``F = W / (1 + t')`` and ``X = F / (1 + e')``::

    d log W = -θ (d log d + dt/(1+t') + de/(1+e')) - log κ̂ dθ
    d log F = d log W - dt/(1+t'),   d log X = d log F - de/(1+e')
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.linear import Direction, Pulled
from zollverein.models.problem import Problem

#: Parameters that can be differentiated.
PARAMETERS = ("tariff", "barrier", "export_tax", "productivity", "trade_elasticity", "trade_balance")


def parameter_gradient(equilibrium: Equilibrium, pulled: Pulled, name: str) -> Array:
    """Derivative with respect to one kind of parameter, in the models' axis order."""
    problem = equilibrium.problem
    if name == "productivity":
        return -pulled.log_cost
    if name == "trade_balance":
        return _balance_gradient(problem, pulled)
    weight, fob, factory = _matrix_gradients(equilibrium, pulled)
    total = weight + fob + factory
    if name == "trade_elasticity":
        return pulled.theta - _log_weighted_sum(problem, total)
    access = -problem.theta[:, None, None] * total
    if name == "barrier":
        return access
    duty, tax = new_factors(problem)
    return (access - fob - factory) / duty if name == "tariff" else (access - factory) / tax


def _matrix_gradients(equilibrium: Equilibrium, pulled: Pulled) -> tuple[Array, Array, Array]:
    """Derivatives with respect to the logs of ``W``, ``F`` and ``X``, each ``[S, N, N]``."""
    problem, point = equilibrium.problem, equilibrium.point
    power, ratio = point.cost_power[:, None, :], point.spending_ratio[:, :, None]
    full_fob, full_factory = full_matrices(problem)
    weight = problem.weight * (pulled.weight_sum[:, :, None] * power)
    fob = full_fob * (pulled.imported[:, :, None] * power + ratio * pulled.sold[:, None, :])
    factory = full_factory * (ratio * pulled.made[:, None, :])
    diagonal = np.arange(problem.base.countries)
    weight[:, diagonal, diagonal] = problem.own_weight * pulled.weight_sum * point.cost_power
    factory[:, diagonal, diagonal] = problem.own_factory * point.spending_ratio * pulled.made
    return weight, fob, factory


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
    shock, countries = problem.shock, problem.base.countries
    kappa = shock.delivered_hat
    term = np.where(np.isfinite(kappa), np.log(np.where(np.isfinite(kappa), kappa, 1.0)), 0.0)
    weights = term * total.reshape(-1)[shock.positions]
    return np.bincount(shock.positions // countries**2, weights, minlength=problem.base.sectors)


def _balance_gradient(problem: Problem, pulled: Pulled) -> Array:
    """Per unit of trade balance, the others of the group adjusting in proportion to value added."""
    if problem.deficit_share is not None:
        raise ValueError("the closure does not fix balances")
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
    kappa = problem.shock.delivered_hat
    out = np.zeros(problem.weight.size)
    out[problem.shock.positions] = np.where(np.isfinite(kappa), np.log(np.where(kappa > 0, kappa, 1)), 0)
    return out.reshape(problem.weight.shape)
