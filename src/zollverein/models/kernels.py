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
def bought_by_importer(weight: Any, net: Any, u: Any, paid: Any, imported: Any) -> None:
    """``weight`` and ``net`` ``[N, N]`` times ``u``, four rows at a time.

    Each load of ``u`` then serves eight products.
    """
    countries = u.size
    n = 0
    while n < countries:
        last = n + 4 > countries
        p, q, r = (n, n, n) if last else (n + 1, n + 2, n + 3)
        w0, w1, w2, w3 = weight[n], weight[p], weight[q], weight[r]
        f0, f1, f2, f3 = net[n], net[p], net[q], net[r]
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
            paid[m] = a
            imported[m] = b
        n += 1 if last else 4


@kernel
def sold_by_exporter(net: Any, ratio: Any, sold: Any) -> None:
    """``net`` ``[N, N]`` transposed times ``ratio``, four rows at a time."""
    countries = ratio.size
    sold[:] = 0.0
    whole = countries - countries % 4
    for n in range(0, whole, 4):
        f0, f1, f2, f3 = net[n], net[n + 1], net[n + 2], net[n + 3]
        v0, v1, v2, v3 = ratio[n], ratio[n + 1], ratio[n + 2], ratio[n + 3]
        for i in range(countries):
            sold[i] += f0[i] * v0 + f1[i] * v1 + f2[i] * v2 + f3[i] * v3
    for n in range(whole, countries):
        row, v = net[n], ratio[n]
        for i in range(countries):
            sold[i] += row[i] * v


@kernel
def sweep(matrices: Any, own: Any, bought: Any, power: Any, spending: Any, swept: Any) -> None:
    """All sectors: total, imported, ratio, sold and made, in that order in ``swept`` ``[5, S, N]``.

    From the matrices ``(weight, fob, factory)`` and the diagonals of the first and the last.
    """
    weight, fob, factory = matrices
    own_weight, own_factory = own
    total, imported, ratio, sold, made = swept[0], swept[1], swept[2], swept[3], swept[4]
    for s in range(len(power)):
        net = fob[s] if s < len(fob) else weight[s]
        bought_by_importer(weight[s], net, power[s], total[s], imported[s])
        for n in range(power.shape[1]):
            paid = total[s, n] + own_weight[s, n] * power[s, n]
            total[s, n] = paid if bought[s, n] else 1.0
            ratio[s, n] = spending[s, n] / total[s, n]
        sold_by_exporter(net, ratio[s], sold[s])
        if s < len(factory):
            sold_by_exporter(factory[s], ratio[s], made[s])
        else:
            made[s] = sold[s]
        made[s] += own_factory[s] * ratio[s]


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
    for k in range(sectors):
        input_price = price[k]
        for s in range(sectors):
            row, share = log_cost[s], input_share[k, s]
            for n in range(countries):
                row[n] += share[n] * input_price[n]
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
    for k in range(sectors):
        row = out[k]
        for n in range(countries):
            row[n] = final_share[k, n] * income[n]
        for s in range(sectors):
            share, made = input_share[k, s], output[s]
            for n in range(countries):
                row[n] += share[n] * made[n]


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
    owed: Any,
    responses: Any,
    level: float,
    step: Any,
) -> float:
    """The preconditioned step, into ``step`` stacked like the state; returns the largest residual.

    From ``logs`` ``[2, S, N]`` of ``P̂^-θ`` and of new over old spending, ``θ`` ``[S]``, nodes of the point
    (``incomes``: of factors and all; ``trade``: exports, imports), what surpluses and deficits add to
    trade (``owed`` ``[2, N]``), the responses of ``pass_through`` and the log of value added over the
    baseline's. Residuals weigh as in ``System.largest``; infinite where one is not a finite number.
    """
    sectors, countries = output.shape
    tiny = 1e-250
    carried, earned = np.empty(countries), np.zeros(countries)
    worst, strange = np.full(countries, abs(level)), np.zeros(countries)
    for n in range(countries):
        credit, debit = trade[0][n] + owed[0, n], trade[1][n] + owed[1, n]
        balance = math.log(credit / debit)
        step[n] = balance / responses[1][n] - level
        carried[n] = (responses[0][n] - 1) * step[n]
        least = max(min(max(incomes[0][n], tiny), abs(incomes[1][n])), tiny)
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
        note(earned[n] / max(incomes[0][n], tiny) - 1, n, worst, strange)
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
    for k in range(kept):
        row, product, along = change[k], 0.0, 0.0
        for i in range(step.size):
            product += row[i] * newest[i]
            along += row[i] * step[i]
        gram[slot, k] = product
        gram[k, slot] = product
        right[k] = along
    if not solve_scaled(gram[:kept, :kept], right):
        return False
    move[:] = step
    for k in range(kept):
        row, weight = both[k], right[k]
        for i in range(step.size):
            move[i] -= weight * row[i]
    return True


@kernel
def aggregate(weight: Any, pattern: Any, gain: Any, step: Any) -> None:
    """Add to a stacked step what the levels of its blocks call for, like ``sweeps.aggregate``."""
    sectors, countries = weight.shape[1], weight.shape[2]
    levels, added = np.zeros(3 * countries, gain.dtype), np.zeros(3 * countries)
    levels[:countries] = step[:countries]
    for block in range(2):
        first = countries * (1 + block)
        for s in range(sectors):
            at = countries * (1 + block * sectors + s)
            for n in range(countries):
                levels[first + n] += weight[block, s, n] * step[at + n]
    for k in range(3 * countries):
        row, total = gain[k], gain.dtype.type(0)
        for m in range(3 * countries):
            total += row[m] * levels[m]
        added[k] = total
    step[:countries] += added[:countries]
    for block in range(2):
        first = countries * (1 + block)
        for s in range(sectors):
            at = countries * (1 + block * sectors + s)
            for n in range(countries):
                step[at + n] += pattern[block, s, n] * added[first + n]
