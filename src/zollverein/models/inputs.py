"""Products with input shares ``γ`` ``[N, S, S]`` (country, input, user), one country at a time in BLAS."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
#: Rounds in which the slowest pattern of a country's sectors is found.
_ROUNDS = 8


def into_cost(input_share: Array, price: Array) -> Array:
    """``Σ_k γ_jks p_jk``: input prices into unit costs, ``[S, N]``."""
    out = np.matmul(np.ascontiguousarray(price.T)[:, None, :], input_share)
    return np.ascontiguousarray(out[:, 0, :].T)


def into_inputs(input_share: Array, output: Array) -> Array:
    """``Σ_s γ_jks y_js``: output into demand for inputs, ``[S, N]``."""
    out = np.matmul(input_share, np.ascontiguousarray(output.T)[:, :, None])
    return np.ascontiguousarray(out[:, :, 0].T)


def slow_patterns(input_share: Array, home: Array, spending: Array) -> tuple[Array, Array, Array]:
    """How prices and purchases move as they feed on themselves through inputs made at home.

    Args:
        input_share: ``[N, S, S]``.
        home: ``[S, N]`` part of spending on home goods.
        spending: ``[S, N]``.

    Returns:
        Prices, at most 1 in each country; purchases, of sum 1; and the unit costs that go with the prices;
        each ``[S, N]``.
    """
    prices, purchases = np.ones_like(home), spending / spending.sum(axis=0)
    for _ in range(_ROUNDS):
        prices = prices + home * into_cost(input_share, prices)
        purchases = purchases + into_inputs(input_share, home * purchases)
        prices /= prices.max(axis=0)
        purchases /= purchases.sum(axis=0)
    return prices, purchases, into_cost(input_share, prices)
