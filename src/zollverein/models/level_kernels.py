"""The compiled loops of steps that solve countries as wholes (``models.aggregates``), for ``fast``."""

from __future__ import annotations

from typing import Any

import numpy as np

from zollverein.models.kernels import kernel


@kernel
def add_product(matrix: Any, values: Any, out: Any, sign: float) -> None:
    """Adds ``matrix`` ``[N, N]`` transposed times ``values`` to ``out``, or takes it away."""
    for m in range(out.size):
        row, x = matrix[m], matrix.dtype.type(sign) * values[m]
        for k in range(out.size):
            out[k] += row[k] * x


@kernel
def solve_levels(factors: Any, gap: Any) -> Any:
    """Like ``sweeps.solve_levels``."""
    levels = np.zeros_like(gap)
    wage, price, spent = levels
    add_product(factors[0], gap[1], price, 1.0)
    add_product(factors[2], gap[2], spent, 1.0)
    add_product(factors[3], price, spent, -1.0)
    add_product(factors[6], price, gap[0], -1.0)
    add_product(factors[7], spent, gap[0], -1.0)
    add_product(factors[5], gap[0], wage, 1.0)
    add_product(factors[1], wage, price, -1.0)
    add_product(factors[4], wage, spent, -1.0)
    return levels


@kernel
def pass_on(home: Any, input_share: Any, blocks: Any) -> Any:
    """Like ``sweeps.pass_on``, from ``γ`` ``[S, S, N]``, which is read once."""
    sectors, countries = input_share.shape[1:]
    here = np.empty((2, sectors, countries), input_share.dtype)
    out = np.zeros_like(here)
    (price, sold), (costs, demand) = here, out
    for s in range(sectors):
        for n in range(countries):
            price[s, n] = blocks[0, s, n]
            sold[s, n] = home[1, s, n] * blocks[1, s, n]
    for k in range(sectors):
        used, gained = price[k], demand[k]
        for s in range(sectors):
            share, cost, made = input_share[k, s], costs[s], sold[s]
            for n in range(countries):
                cost[n] += share[n] * used[n]
                gained[n] += share[n] * made[n]
    for s in range(sectors):
        for n in range(countries):
            out[0, s, n] *= home[0, s, n]
            out[1, s, n] *= home[2, s, n]
    return out


@kernel
def add_weighted(weight: Any, more: Any, values: Any, out: Any) -> None:
    """Adds ``more`` to values in every sector, and then their weighted sum to ``out`` ``[N]``."""
    for s in range(len(values)):
        row, part, other = values[s], weight[s], more[s % len(more)]
        for n in range(out.size):
            row[n] += other[n]
            out[n] += part[n] * row[n]


@kernel
def add_levels(pattern: Any, follow: Any, level: Any, wage: Any, out: Any) -> None:
    """Adds what a level and the wage ``[N]`` are in each sector."""
    for s in range(len(out)):
        row, own, other = out[s], pattern[s], follow[s]
        for n in range(level.size):
            row[n] += own[n] * level[n] + other[n] * wage[n]


@kernel
def aggregate(
    weight: Any,
    pattern: Any,
    follow: Any,
    through: Any,
    factors: Any,
    home: Any,
    input_share: Any,
    step: Any,
) -> None:
    """Replace the levels in a stacked step by those that solve their system, like ``sweeps.aggregate``."""
    countries = weight.shape[2]
    wage, carried = step[:countries].copy(), np.empty((1, countries))
    here, gap = np.zeros((4, countries)), np.zeros((3, countries), factors.dtype)
    blocks = step[countries : countries + weight.size].reshape(weight.shape)
    for n in range(countries):
        carried[0, n] = (1 - through[n]) * wage[n]
    for block in range(2):
        add_weighted(weight[block], carried, blocks[block], here[block])
    gap[0], gap[1], gap[2] = -wage, -here[0], -here[1]
    levels = solve_levels(factors, gap)
    step[:countries] = levels[0]
    passed = pass_on(home, input_share, blocks)
    for block in range(2):
        add_weighted(weight[block], passed[block], blocks[block], here[2 + block])
        away = levels[1 + block] - here[2 + block]
        add_levels(pattern[block], follow[block], away, levels[0], blocks[block])
