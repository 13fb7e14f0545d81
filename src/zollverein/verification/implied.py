"""What wages, prices and output imply: the equations, one function each.

Axes [exporter, importer, sector], [country, sector], [country, input, sector]. A hat is new over
old. Shares are those of the baseline unless they carry a prime in the text.
"""

from __future__ import annotations

import numpy as np

from zollverein.errors import DataError
from zollverein.verification.levels import Array
from zollverein.verification.rules import Bloc, Choices, Pool


def share_of(values: Array, axis: int) -> Array:
    """Shares along an axis; zero where the total is not positive."""
    total = values.sum(axis=axis, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1), 0)


def nest_index(share: Array, log_price: Array, elasticity: float, axis: int) -> Array:
    """Log of a CES price index, exact near Cobb-Douglas: shares sum to one, or are all zero."""
    if elasticity == 1:
        return np.asarray((share * log_price).sum(axis=axis))
    power = 1 - elasticity
    return np.asarray(np.log1p((share * np.expm1(power * log_price)).sum(axis=axis)) / power)


def unit_costs(
    beta: Array, gamma: Array, log_wage: Array, log_price: Array, choices: Choices
) -> tuple[Array, Array, Array]:
    """Cost shares of labour and of each input after the change, and the cost of the bundle, eq. 1.

    Args:
        beta: Value added share of output ``[country, sector]``.
        gamma: Input shares of output ``[country, input, sector]``.
        log_wage: Log changes of wages ``[country, sector]``.
        log_price: Log changes of the producers' prices ``[country, input]``.
        choices: σ between value added and inputs, ρ among inputs.

    Returns:
        Labour's share, the inputs' shares, and the change of unit cost at unchanged productivity.
    """
    sigma, rho = choices.sigma, choices.rho
    if sigma == 1 and rho == 1:
        log_cost = beta * log_wage + np.einsum("nks,nk->ns", gamma, log_price)
        return beta, gamma, np.exp(log_cost)
    bought = log_price[:, :, None]
    log_inputs = nest_index(share_of(gamma, 1), bought, rho, 1)
    parts, prices = np.stack([beta, gamma.sum(axis=1)]), np.stack([log_wage, log_inputs])
    log_cost = nest_index(parts, prices, sigma, 0)
    labour = beta * np.exp((1 - sigma) * (log_wage - log_cost))
    inputs = gamma * np.exp((1 - rho) * (bought - log_inputs[:, None]))
    inputs = inputs * np.exp((1 - sigma) * (log_inputs - log_cost))[:, None]
    return labour, inputs, np.exp(log_cost)


def varieties(made: Array, old: Array, cost: Array, scale: Array) -> Array:
    """N̂^ψ, the effect of entry on the exporter's share, eq. 2; 1 under constant returns."""
    produced = old > 0
    number = np.where(produced, made / np.where(produced, old, 1) / cost, 1)
    return np.where(scale > 0, number**scale, 1)


def sourcing(share: Array, delivered: Array, variety: Array, theta: Array) -> tuple[Array, Array]:
    """Terms π a (κ̂ĉ)^-θ N̂^ψ, and the price change that they imply, eq. 3; 1 if nothing was bought."""
    terms = np.where(share > 0, share * delivered**-theta * variety[:, None], 0)
    return terms, terms.sum(axis=0) ** (-1 / theta)


def spending_shares(share: Array, log_price: Array, elasticity: float) -> tuple[Array, Array]:
    """Log of the price index of final demand and the new shares of the sectors, eq. 5."""
    index = nest_index(share, log_price, elasticity, 1)
    if elasticity == 1:
        return index, share
    return index, share * np.exp((1 - elasticity) * (log_price - index[:, None]))


def people_hat(real_wage: Array, blocs: tuple[Bloc, ...], power: float) -> Array:
    """L̂, change of population: V̂^ν over its mean within each bloc, eq. 8."""
    moved = np.ones_like(real_wage)
    for bloc in blocs:
        value = real_wage[bloc.members] ** (power * bloc.elasticity)
        moved[bloc.members] = value / (bloc.weights * value).sum()
    return moved


def pooled(duties: Array, pools: tuple[Pool, ...]) -> Array:
    """Net receipts of each country from pools of the duties on imports from non-members, eq. 6."""
    net = np.zeros(len(duties))
    for pool in pools:
        outside = np.ones(len(duties), dtype=bool)
        outside[pool.members] = False
        paid_in = duties[outside].sum(axis=(0, 2))[pool.members]
        net[pool.members] += pool.part * (pool.keys * paid_in.sum() - paid_in)
    return net


def trading_groups(linked: Array) -> Array:
    """Label of the trading group of each country: connected components of possible trade."""
    near: Array = np.asarray(linked.any(axis=2))
    near = near | near.T | np.eye(len(near), dtype=bool)
    label = np.arange(len(near))
    for _ in range(len(near)):
        label = np.array([label[row].min() for row in near])
    return label


def abroad(flow: Array) -> Array:
    """Flows with domestic sales set to zero."""
    return np.where(np.eye(len(flow), dtype=bool)[:, :, None], 0.0, flow)


def balance(flow: Array) -> Array:
    """Exports less imports, from cross-border flows only."""
    foreign = abroad(flow)
    return np.asarray(foreign.sum(axis=(1, 2)) - foreign.sum(axis=(0, 2)))


def closure_balance(closure: str, base: Array, old: Array, new: Array, group: Array) -> Array:
    """The balance that the closure prescribes, zero in the sum of every trading group, eq. 7.

    Args:
        closure: Name of the closure.
        base: Balance in the baseline.
        old: Value added in the baseline.
        new: Value added now.
        group: Label of each country's trading group.

    Raises:
        DataError: If the closure is unknown.
    """
    rules = {
        "share_of_world": (base * new.sum() / old.sum(), old),
        "numeraire": (base, old),
        "share_of_own": (base / old * new, new),
        "zero": (0 * base, old),
    }
    if closure not in rules:
        raise DataError(f"verify: unknown closure '{closure}'.")
    target, weight = rules[closure]
    for label in np.unique(group):
        member = group == label
        excess = target[member].sum()
        target = np.where(member, target - weight / weight[member].sum() * excess, target)
    return target
