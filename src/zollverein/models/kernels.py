"""The compiled loops of the extra ``fast``; arrays are ``[S, N]`` or ``[N]`` unless said otherwise.

Imported only where Numba is installed. Inner loops run over countries or users without branches, so
that they become vector instructions; every trade matrix is read from memory once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from zollverein.models.system import LEAST_RATIO, TINY
from zollverein.solver.anderson import RIDGE

F = TypeVar("F", bound=Callable[..., Any])
#: Vector sums may be reordered; NaN and infinity keep their meaning.
_CONTRACT = {"contract", "reassoc", "nsz"}


def kernel(function: F) -> F:
    """The function compiled when it is first called, and then kept on disk."""
    compiled: Any = numba.njit(cache=True, nogil=True, fastmath=_CONTRACT, error_model="numpy")
    return cast("F", compiled(function))


@kernel
def into_cost(input_share: Any, price: Any) -> Any:
    """``Σ_k γ_jks p_jk`` with ``γ`` ``[N, S, S]``."""
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


@kernel
def into_inputs(input_share: Any, output: Any) -> Any:
    """``Σ_s γ_jks y_js`` with ``γ`` ``[N, S, S]``."""
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


@kernel
def sold_by_exporter(matrix: Any, ratio: Any, sold: Any) -> None:
    """Adds ``matrix`` ``[N, N]`` transposed times ``ratio`` to ``sold``."""
    for n in range(ratio.size):
        row, v = matrix[n], ratio[n]
        for i in range(ratio.size):
            sold[i] += row[i] * v


@kernel
def sweep(matrices: Any, own: Any, bought: Any, power: Any, spending: Any, swept: Any) -> None:
    """All sectors: total, imported, ratio, sold and made, in that order in ``swept`` ``[5, S, N]``.

    From the matrices ``(weight, fob, factory)`` and the diagonals of the first and the last. Four importers
    at a time, as long as there are four: each load of ``u`` then serves eight products, and the rows of
    ``net`` are still in the nearest cache when it is known what their importers spend.
    """
    (weight, fob, factory), (own_weight, own_factory) = matrices, own
    total, imported, ratio, sold, made = swept[0], swept[1], swept[2], swept[3], swept[4]
    sectors, countries = power.shape
    swept[3:] = 0.0
    for s in range(sectors):
        u, gross, net = power[s], weight[s], fob[s] if s < len(fob) else weight[s]
        n = 0
        while n < countries:
            rows = 4 if n + 4 <= countries else 1
            p, q, r = (n + 1, n + 2, n + 3) if rows == 4 else (n, n, n)
            w0, w1, w2, w3 = gross[n], gross[p], gross[q], gross[r]
            f0, f1, f2, f3 = net[n], net[p], net[q], net[r]
            a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
            for i in range(countries):
                x = u[i]
                a0, a1, a2, a3 = a0 + w0[i] * x, a1 + w1[i] * x, a2 + w2[i] * x, a3 + w3[i] * x
                b0, b1, b2, b3 = b0 + f0[i] * x, b1 + f1[i] * x, b2 + f2[i] * x, b3 + f3[i] * x
            for m, a, b in ((n, a0, b0), (p, a1, b1), (q, a2, b2), (r, a3, b3)):
                total[s, m] = a + own_weight[s, m] * u[m] if bought[s, m] else 1.0
                imported[s, m], ratio[s, m] = b, spending[s, m] / total[s, m]
            v0, v1, v2, v3 = ratio[s, n], ratio[s, p], ratio[s, q], ratio[s, r]
            if rows == 1:
                v1 = v2 = v3 = 0.0
            for i in range(countries):
                sold[s, i] += f0[i] * v0 + f1[i] * v1 + f2[i] * v2 + f3[i] * v3
            n += rows
        if s < len(factory):
            sold_by_exporter(factory[s], ratio[s], made[s])
        for i in range(countries):
            other = made[s, i] if s < len(factory) else sold[s, i]
            made[s, i] = other + own_factory[s, i] * ratio[s, i]


@kernel
def add_inputs(input_share: Any, price: Any, log_cost: Any) -> None:
    """Adds ``Σ_k γ_kjs p_ks`` with ``γ`` ``[S, S, N]`` to costs, four inputs for each load of a cost."""
    sectors, countries = price.shape
    whole = sectors - sectors % 4
    for k in range(0, whole, 4):
        p0, p1, p2, p3 = price[k], price[k + 1], price[k + 2], price[k + 3]
        for s in range(sectors):
            row, g0, g1 = log_cost[s], input_share[k, s], input_share[k + 1, s]
            g2, g3 = input_share[k + 2, s], input_share[k + 3, s]
            for n in range(countries):
                row[n] += g0[n] * p0[n] + g1[n] * p1[n] + g2[n] * p2[n] + g3[n] * p3[n]
    for k in range(whole, sectors):
        for s in range(sectors):
            for n in range(countries):
                log_cost[s, n] += input_share[k, s, n] * price[k, n]


@kernel
def costs(
    input_share: Any, log_productivity: Any, theta: Any, state: Any, found: Any, powers: Any
) -> None:
    """Unit costs, prices, and the logs of cost powers and of spending over the baseline's.

    From ``γ`` ``[S, S, N]`` by input, user and country, ``θ`` ``[S]`` and the state; fills the logs of costs
    and prices (``found``) and ``powers`` ``[2, S, N]``.
    """
    wage, price, spent = state
    log_cost, log_price = found
    sectors, countries = price.shape
    for s in range(sectors):
        for n in range(countries):
            log_cost[s, n] = wage[n] - log_productivity[s, n]
    add_inputs(input_share, price, log_cost)
    for s in range(sectors):
        row, slope = log_cost[s], -theta[s]
        for n in range(countries):
            powers[0, s, n] = slope * row[n]
            powers[1, s, n] = spent[s, n] + wage[n]
            log_price[s, n] = price[s, n] + wage[n]


@kernel
def incomes(swept: Any, powers: Any, output: Any, trade: Any, income: Any) -> None:
    """Output, exports and imports ``[2, N]``; adds all revenue of taxes to ``income``.

    Value added + (spending - imports - domestic fob) + (exports + domestic fob - output) + deficit;
    the domestic fob value cancels between the two revenues.
    """
    sectors, countries = output.shape
    exports, imports = trade[0], trade[1]
    exports[:] = 0.0
    imports[:] = 0.0
    for s in range(sectors):
        for n in range(countries):
            sold, bought = powers[0, s, n] * swept[3, s, n], swept[2, s, n] * swept[1, s, n]
            made = powers[0, s, n] * swept[4, s, n]
            output[s, n] = made
            exports[n] += sold
            imports[n] += bought
            income[n] += powers[1, s, n] - bought + sold - made


@kernel
def demand(input_share: Any, output: Any, final_share: Any, income: Any, out: Any) -> None:
    """``Σ_k γ_jsk Y'_jk + α_js I'_j`` with ``γ`` ``[S, S, N]``."""
    sectors, countries = output.shape
    whole = sectors - sectors % 4
    for k in range(sectors):
        row, share = out[k], input_share[k]
        for n in range(countries):
            row[n] = final_share[k, n] * income[n]
        for s in range(0, whole, 4):  # four users for each load of a demand
            g0, g1, g2, g3 = share[s], share[s + 1], share[s + 2], share[s + 3]
            y0, y1, y2, y3 = output[s], output[s + 1], output[s + 2], output[s + 3]
            for n in range(countries):
                row[n] += g0[n] * y0[n] + g1[n] * y1[n] + g2[n] * y2[n] + g3[n] * y3[n]
        for s in range(whole, sectors):
            for n in range(countries):
                row[n] += share[s, n] * output[s, n]


@kernel
def sales(
    matrices: Any,
    own: Any,
    bought: Any,
    powers: Any,
    input_share: Any,
    final_share: Any,
    found: Any,
) -> None:
    """From cost powers and spending to new spending: ``sweep``, ``incomes`` and ``demand`` in one call.

    Fills ``found``: swept, output, exports and imports, income (to which revenue is added), new spending.
    """
    swept, output, trade, income, new = found
    sweep(matrices, own, bought, powers[0], powers[1], swept)
    incomes(swept, powers, output, trade, income)
    demand(input_share, output, final_share, income, new)


@kernel
def ratios(weight_sum: Any, new: Any, old: Any, bought: Any, logs: Any) -> None:
    """``P̂^-θ`` and new over old spending into ``logs`` ``[2, S, N]``, whose logs are then taken."""
    sectors, countries = new.shape
    for s in range(sectors):
        for n in range(countries):
            ratio = new[s, n] / old[s, n] if bought[s, n] else 1.0
            logs[0, s, n] = weight_sum[s, n]
            logs[1, s, n] = max(ratio, LEAST_RATIO)


@kernel
def note(residual: float, n: int, worst: Any, strange: Any) -> None:
    """Keep the largest residual of a country, and whether one is not finite (times zero, no number)."""
    worst[n] = max(worst[n], abs(residual))
    strange[n] += 0.0 * residual


@kernel
def finish(
    logs: Any,
    theta: Any,
    log_price: Any,
    value_added_share: Any,
    output: Any,
    incomes: Any,
    trade: Any,
    deficit: Any,
    responses: Any,
    level: float,
    step: Any,
) -> float:
    """The preconditioned step, into ``step`` stacked like the state; returns the largest residual.

    From ``logs`` ``[2, S, N]`` of ``P̂^-θ`` and of new over old spending, ``θ`` ``[S]``, nodes of the point
    (``incomes``: of factors and all; ``trade``: exports, imports), deficits ``[N]``, the responses of
    ``pass_through`` and the log of value added over the baseline's. Residuals weigh as in
    ``System.largest``; infinite where one is not a finite number.
    """
    sectors, countries = output.shape
    carried, earned = np.empty(countries), np.zeros(countries)
    worst, strange = np.full(countries, abs(level)), np.zeros(countries)
    for n in range(countries):
        credit = trade[0][n] + max(deficit[n], 0.0) + TINY
        debit = trade[1][n] + max(-deficit[n], 0.0) + TINY
        balance = math.log(credit / debit)
        step[n] = balance / responses[1][n] - level
        carried[n] = (responses[0][n] - 1) * step[n]
        least = max(min(max(incomes[0][n], TINY), abs(incomes[1][n])), TINY)
        note(max((trade[0][n] + trade[1][n]) / least, 1.0) * balance, n, worst, strange)
    first, size = countries, sectors * countries
    for s in range(sectors):
        weight = max(theta[s], 1.0)
        for n in range(countries):
            gap = -logs[0, s, n] / theta[s] - log_price[s, n]
            step[first + s * countries + n] = gap + carried[n]
            step[first + size + s * countries + n] = logs[1, s, n] + carried[n]
            note(weight * gap, n, worst, strange)
            note(logs[1, s, n], n, worst, strange)
            earned[n] += value_added_share[s, n] * output[s, n]
    for n in range(countries):
        note(earned[n] / max(incomes[0][n], TINY) - 1, n, worst, strange)
    return float(worst.max()) if strange.sum() == 0 else math.inf


@kernel
def cholesky(lower: Any) -> bool:
    """Factorise in place a matrix of which the lower half is given; False if it is not positive definite."""
    for k in range(len(lower)):
        for j in range(k):
            for m in range(j):
                lower[k, j] -= lower[k, m] * lower[j, m]
            lower[k, j] /= lower[j, j]
        for m in range(k):
            lower[k, k] -= lower[k, m] ** 2
        if not lower[k, k] > 0:
            return False
        lower[k, k] = math.sqrt(lower[k, k])
    return True


@kernel
def solve_scaled(gram: Any, right: Any) -> bool:
    """Solve ``gram x = right`` in place by Cholesky, the diagonal scaled to one and a ridge added."""
    size = right.size
    scale, factor = np.empty(size), np.empty((size, size))
    for k in range(size):
        scale[k] = 1 / math.sqrt(max(gram[k, k], 1e-300))
    for k in range(size):
        for j in range(k + 1):
            factor[k, j] = gram[k, j] * scale[k] * scale[j]
        factor[k, k] += RIDGE
    if not cholesky(factor):
        return False
    right *= scale
    for k in range(size):
        for m in range(k):
            right[k] -= factor[k, m] * right[m]
        right[k] /= factor[k, k]
    for k in range(size - 1, -1, -1):
        for m in range(k + 1, size):
            right[k] -= factor[m, k] * right[m]
        right[k] /= factor[k, k]
    right *= scale
    return True


@kernel
def accelerate(
    now: Any, last: Any, both: Any, change: Any, gram: Any, slot: int, kept: int, move: Any
) -> bool:
    """One step of Anderson's acceleration with the differences of states and steps.

    From the state and its step, ``now`` and ``last``; puts the newest differences at ``slot`` of ``both`` and
    ``change`` ``[memory, n]`` and their products into ``gram``; fills ``move``. False where the normal
    equations of the ``kept`` differences are singular; ``move`` is then empty.
    """
    (state, step), (old_state, old_step) = now, last
    newest, together = change[slot], both[slot]
    for i in range(step.size):
        moved = step[i] - old_step[i]
        newest[i] = moved
        together[i] = (state[i] - old_state[i]) + moved
    right = np.empty(kept)
    k = 0
    while k < kept:  # four differences for each load
        rows = 4 if k + 4 <= kept else 1
        p, q, r = (k + 1, k + 2, k + 3) if rows == 4 else (k, k, k)
        d0, d1, d2, d3 = change[k], change[p], change[q], change[r]
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
        for i in range(step.size):
            x, y = newest[i], step[i]
            a0, a1, a2, a3 = a0 + d0[i] * x, a1 + d1[i] * x, a2 + d2[i] * x, a3 + d3[i] * x
            b0, b1, b2, b3 = b0 + d0[i] * y, b1 + d1[i] * y, b2 + d2[i] * y, b3 + d3[i] * y
        for m, a, b in ((k, a0, b0), (p, a1, b1), (q, a2, b2), (r, a3, b3)):
            gram[slot, m] = gram[m, slot] = a
            right[m] = b
        k += rows
    if not solve_scaled(gram[:kept, :kept], right):
        return False
    move[:] = step
    for k in range(kept):
        row, weight = both[k], right[k]
        for i in range(step.size):
            move[i] -= weight * row[i]
    return True
