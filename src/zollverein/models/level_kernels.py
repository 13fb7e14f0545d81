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
def aggregate(
    weight: Any, pattern: Any, follow: Any, through: Any, factors: Any, step: Any
) -> None:
    """Replace the levels in a stacked step by those that solve their system, like ``sweeps.aggregate``."""
    sectors, countries = weight.shape[1], weight.shape[2]
    wage, carried = step[:countries].copy(), np.empty(countries)
    here, gap = np.zeros((2, countries)), np.zeros((3, countries), factors.dtype)
    for n in range(countries):
        carried[n] = (through[n] - 1) * wage[n]
    for block in range(2):
        level = here[block]
        for s in range(sectors):
            at = countries * (1 + block * sectors + s)
            row, part = step[at : at + countries], weight[block, s]
            for n in range(countries):
                row[n] -= carried[n]
                level[n] += part[n] * row[n]
    gap[0], gap[1], gap[2] = -wage, -here[0], -here[1]
    levels = solve_levels(factors, gap)
    for n in range(countries):
        step[n] = wage[n] = levels[0, n]
        here[0, n] = levels[1, n] - here[0, n]
        here[1, n] = levels[2, n] - here[1, n]
    for block in range(2):
        level = here[block]
        for s in range(sectors):
            at = countries * (1 + block * sectors + s)
            row, own, other = step[at : at + countries], pattern[block, s], follow[block, s]
            for n in range(countries):
                row[n] += own[n] * level[n] + other[n] * wage[n]
