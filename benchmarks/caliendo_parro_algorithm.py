"""The algorithm that Caliendo and Parro (2015) published, written from the paper's description.

Review of Economic Studies 82(1), appendix "Solving the model": guess wages; iterate prices to a
fixed point (eqs. 10, 11); trade shares (12); spending from one dense linear system of all
countries and sectors (13); the gap in each trade balance (14) moves the wage; repeat. Kept as
published: prices start from one in every round, wages move by a fixed fraction of the gap.

Axes ``[exporter, importer, sector]`` and ``[country, input, sector]``. It is here to be compared
with; ``zollverein`` does not use it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

#: Fraction of the gap by which wages move, as published.
STEP = 0.2


@dataclass(frozen=True)
class Shares:
    """What the algorithm takes from the baseline and the policy."""

    trade: Array  # π, [exporter, importer, sector]
    value_added_share: Array  # γ_i^s, [country, sector]
    inputs: Array  # γ_i^{k,s}, [country, input, sector]
    final: Array  # α, [country, sector]
    value_added: Array  # w L, [country]
    deficit: Array  # D', [country], imports less exports
    cost_hat: Array  # κ̂, [exporter, importer, sector]
    tariff: Array  # τ', [exporter, importer, sector]
    theta: Array  # [sector]; the paper's 1/θ


@dataclass(frozen=True)
class Solved:
    """Changes of wages and prices, new shares and spending, and rounds taken."""

    wage_hat: Array
    price_hat: Array
    trade: Array
    spending: Array
    rounds: int
    price_rounds: int


def solve(given: Shares, tolerance: float = 1e-7, max_rounds: int = 3000) -> Solved:
    """Run the algorithm until the sum of wage changes is at most ``tolerance``.

    Raises:
        RuntimeError: If it does not get there.
    """
    wage = np.ones(len(given.value_added))
    price_rounds = 0
    for count in range(1, max_rounds + 1):
        cost, price, used = prices(given, wage, tolerance)
        price_rounds += used
        trade = given.trade * (given.cost_hat * cost[:, None, :] / price) ** -given.theta
        spending = expenditure(given, wage, trade)
        move = STEP * excess(given, trade, spending) / given.value_added
        if np.abs(move).sum() <= tolerance:
            return Solved(wage, price, trade, spending, count, price_rounds)
        wage = wage + move
    raise RuntimeError(f"not converged in {max_rounds} rounds")


def prices(given: Shares, wage: Array, tolerance: float) -> tuple[Array, Array, int]:
    """Unit costs and prices at given wages, by iteration from one; and its length."""
    price = np.ones_like(given.final)
    access = given.trade * given.cost_hat**-given.theta
    for count in range(1, 100_000):
        inputs = np.einsum("iks,ik->is", given.inputs, np.log(price))
        cost = wage[:, None] ** given.value_added_share * np.exp(inputs)
        new = (access * cost[:, None, :] ** -given.theta).sum(axis=0) ** (-1 / given.theta)
        change = np.abs(new - price).max()
        price = new
        if change <= tolerance:
            return cost, price, count
    raise RuntimeError("prices do not converge")


def expenditure(given: Shares, wage: Array, trade: Array) -> Array:
    """Spending ``[country, sector]`` from the dense system ``Ω X = Δ``."""
    countries, sectors = given.final.shape
    sold = trade / (1 + given.tariff)
    omega = np.einsum("njk,nik->njik", given.inputs, sold)  # X_i^k buys from n, who buys j
    duty = (given.tariff * sold).sum(axis=0)  # revenue per unit of X_n^k
    own = np.arange(countries)
    omega[own, :, own, :] += given.final[:, :, None] * duty[:, None, :]
    income = wage * given.value_added + given.deficit
    size = countries * sectors
    system = np.eye(size) - omega.reshape(size, size)
    found = np.linalg.solve(system, (given.final * income[:, None]).ravel())
    return found.reshape(countries, sectors)


def excess(given: Shares, trade: Array, spending: Array) -> Array:
    """Exports plus deficit less imports of each country: excess demand for its labour."""
    flow = trade / (1 + given.tariff) * spending
    return flow.sum(axis=(1, 2)) + given.deficit - flow.sum(axis=(0, 2))
