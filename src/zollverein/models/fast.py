"""The sweep compiled by Numba (extra ``fast``): every trade matrix is read from memory once.

Same numbers as ``numpy_sweep`` to rounding; a test holds the two together. Worth it for batches: the
first call compiles (seconds, then cached on disk).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zollverein.errors import MissingExtra
from zollverein.models.baseline import Array
from zollverein.models.problem import Problem
from zollverein.models.sweeps import Engine, Swept, factory_by_exporter


def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


@cache
def fast_engine() -> Engine:
    """The compiled arithmetic.

    Raises:
        MissingExtra: If Numba is not installed.
    """
    try:
        import numba
    except ImportError as error:
        raise MissingExtra(
            "engine 'fast' needs Numba. Fix: pip install 'zollverein[fast]', or engine = 'numpy'."
        ) from error
    contract = {"contract", "reassoc", "nsz"}  # vector sums; NaN and infinity keep their meaning
    compile_ = numba.njit(cache=True, nogil=True, fastmath=contract, error_model="numpy")
    compiled, cost, inputs = compile_(_sweep), compile_(_into_cost), compile_(_into_inputs)

    def sweep(problem: Problem, power: Array, spending: Array) -> Swept:
        outputs = [np.empty_like(power) for _ in range(4)]
        compiled(
            problem.weight,
            problem.fob,
            problem.own_weight,
            problem.bought,
            power,
            spending,
            *outputs,
        )
        total, imported, ratio, sold = outputs
        made = factory_by_exporter(problem, ratio, sold) + problem.own_factory * ratio
        return Swept(total, imported, ratio, sold, made)

    return Engine(sweep, cost, inputs)


def _into_cost(input_share: Any, price: Any) -> Any:  # compiled
    sectors, countries = price.shape
    out = np.empty((sectors, countries))
    row = np.empty(sectors)
    for n in range(countries):
        row[:] = 0.0
        for k in range(sectors):
            x = price[k, n]
            share = input_share[n, k]
            for s in range(sectors):
                row[s] += share[s] * x
        for s in range(sectors):
            out[s, n] = row[s]
    return out


def _into_inputs(input_share: Any, output: Any) -> Any:  # compiled
    sectors, countries = output.shape
    out = np.empty((sectors, countries))
    column = np.empty(sectors)
    for n in range(countries):
        for s in range(sectors):
            column[s] = output[s, n]
        for k in range(sectors):
            share = input_share[n, k]
            total = 0.0
            for s in range(sectors):
                total += share[s] * column[s]
            out[k, n] = total
    return out


def _sweep(  # compiled
    weight: Any,
    fob: Any,
    own_weight: Any,
    bought: Any,
    power: Any,
    spending: Any,
    total: Any,
    imported: Any,
    ratio: Any,
    sold: Any,
) -> None:
    """Four rows at a time, so that each load of ``u`` serves four products."""
    sectors, countries = power.shape
    for s in range(sectors):
        paid_rows, fob_rows = weight[s], fob[s] if s < fob.shape[0] else weight[s]
        u, sale = power[s], sold[s]
        sale[:] = 0.0
        n = 0
        while n < countries:
            last = n + 4 > countries
            p, q, r = (n, n, n) if last else (n + 1, n + 2, n + 3)
            w0, w1, w2, w3 = paid_rows[n], paid_rows[p], paid_rows[q], paid_rows[r]
            f0, f1, f2, f3 = fob_rows[n], fob_rows[p], fob_rows[q], fob_rows[r]
            a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
            for i in range(countries):
                x = u[i]
                a0 += w0[i] * x
                a1 += w1[i] * x
                a2 += w2[i] * x
                a3 += w3[i] * x
                b0 += f0[i] * x
                b1 += f1[i] * x
                b2 += f2[i] * x
                b3 += f3[i] * x
            for m, a, b in ((n, a0, b0), (p, a1, b1), (q, a2, b2), (r, a3, b3)):
                total[s, m] = a + own_weight[s, m] * u[m] if bought[s, m] else 1.0
                imported[s, m] = b
                ratio[s, m] = spending[s, m] / total[s, m]
            v0 = ratio[s, n]
            if last:
                for i in range(countries):
                    sale[i] += f0[i] * v0
                n += 1
            else:
                v1, v2, v3 = ratio[s, p], ratio[s, q], ratio[s, r]
                for i in range(countries):
                    sale[i] += f0[i] * v0 + f1[i] * v1 + f2[i] * v2 + f3[i] * v3
                n += 4
