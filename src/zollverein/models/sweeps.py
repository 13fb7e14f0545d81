"""The sweeps over the trade matrices: nearly all of a solve's arithmetic, and nothing else.

``numpy_sweep`` is the reference and needs nothing but NumPy and BLAS; ``zollverein.models.fast`` compiles
the same sweep. A sweep turns cost powers and spending into what each importer pays and each exporter
sells, sector by sector.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zollverein.models.baseline import Array, Baseline
from zollverein.models.inputs import into_cost, into_inputs
from zollverein.models.problem import Problem
from zollverein.solver.anderson import History, Memory

if TYPE_CHECKING:
    from zollverein.models.aggregates import Aggregates


class Swept(NamedTuple):
    """Foreign and total values by country; every array ``[S, N]``."""

    weight_sum: Array  # Σ_i w u over all exporters: P̂^-θ
    imported_fob: Array  # Σ_i f u over foreign exporters
    spending_ratio: Array  # X' / weight_sum
    sold_fob: Array  # Σ_n f v over foreign importers
    sold_factory: Array  # Σ_n x v over all importers


#: Problem, cost power ``u``, spending ``X'`` -> Swept.
Sweep = Callable[[Problem, Array, Array], Swept]
#: Input shares ``[N, S, S]``, values ``[S, N]`` -> ``[S, N]``.
Product = Callable[[Array, Array], Array]
#: Responses, the baseline and the stacked step, which is changed.
Aggregation = Callable[["Aggregates", Baseline, Array], None]


def solve_levels(factors: Array, gap: Array) -> Array:
    """Levels ``[3, N]`` of wages, prices and spending that close gaps ``[3, N]`` in their conditions.

    Args:
        factors: ``[8, N, N]``, what each country of the second axis does to that of the third: inverse for
            prices, prices by wages, inverse for spending, spending by prices, spending by wages, inverse
            for wages, and what prices and spending do to the condition of wages.
        gap: What conditions should change by.
    """
    prices, by_wage, spending, by_price, spending_by_wage, wages, for_price, for_spending = factors
    price = gap[1] @ prices
    spent = gap[2] @ spending - price @ by_price
    wage = (gap[0] - price @ for_price - spent @ for_spending) @ wages
    return np.stack([wage, price - wage @ by_wage, spent - wage @ spending_by_wage])


def pass_on(home: Array, input_share: Array, blocks: Array) -> Array:
    """What changes of prices and of spending ``[2, S, N]`` do through inputs made at home, once.

    Args:
        home: Of ``Aggregates``.
        input_share: ``[N, S, S]``.
        blocks: The changes.
    """
    price, spending = blocks.astype(input_share.dtype)
    part, sold, per_spending = home.astype(input_share.dtype)
    costs, demand = into_cost(input_share, price), into_inputs(input_share, sold * spending)
    return np.stack([part * costs, per_spending * demand])


def shares_for(found: Aggregates, base: Baseline) -> Array:
    """Input shares ``[N, S, S]`` in the precision of the responses."""
    single = found.factors.dtype == np.float32
    return base.single_input_share if single else base.input_share


def aggregate(found: Aggregates, base: Baseline, step: Array) -> None:
    """Replace the levels in a stacked step by those that solve their system; see ``models.aggregates``.

    What is left of prices and spending is passed on through inputs made at home.
    """
    countries, cells = found.weight.shape[2], found.weight.size
    blocks = step[countries : countries + cells].reshape(found.weight.shape)
    blocks -= (found.shaping[0] - 1) * step[:countries]
    here = np.concatenate((step[None, :countries], (found.weight * blocks).sum(axis=1)))
    levels = solve_levels(found.factors, -here.astype(found.factors.dtype))
    step[:countries] = levels[0]
    blocks += pass_on(found.home, shares_for(found, base), blocks)
    away = levels[1:] - (found.weight * blocks).sum(axis=1)
    blocks += found.pattern * away[:, None, :] + found.follow * levels[0]


class Engine(NamedTuple):
    """The arithmetic of an evaluation."""

    sweep: Sweep
    into_cost: Product  # Σ_k γ_jks p_jk: input prices into unit costs
    into_inputs: Product  # Σ_s γ_jks y_js: output into demand for inputs
    compiled: Callable[[Problem], Any] = lambda _: None  # a whole evaluation, where there is one
    history: Callable[[int, int], Memory] = History  # what the solver remembers
    aggregate: Aggregation = aggregate


def numpy_sweep(problem: Problem, power: Array, spending: Array) -> Swept:
    """One batched matrix-vector product per matrix and direction."""
    paid = weighted(problem, power)
    weight_sum = paid + problem.own_weight * power
    if not problem.all_bought:
        weight_sum = np.where(problem.bought, weight_sum, 1.0)
    imported = fob_by_importer(problem, power, paid)
    ratio = spending / weight_sum
    sold = fob_by_exporter(problem, ratio)
    factory = factory_by_exporter(problem, ratio, sold)
    return Swept(weight_sum, imported, ratio, sold, factory + problem.own_factory * ratio)


def weighted(problem: Problem, power: Array) -> Array:
    """Foreign delivered weights times ``u``: ``[S, N]`` by importer."""
    return np.matmul(problem.weight, power[:, :, None])[:, :, 0]


def fob_by_importer(problem: Problem, power: Array, paid: Array | None = None) -> Array:
    """Foreign fob weights times ``u``; reuses ``paid`` for sectors without duty."""
    split = len(problem.fob)
    if paid is not None:
        if not split:
            return paid
        out = paid.copy()
    else:
        out = np.empty_like(power)
        np.matmul(problem.weight[split:], power[split:, :, None], out=out[split:, :, None])
    np.matmul(problem.fob, power[:split, :, None], out=out[:split, :, None])
    return out


def weighted_by_exporter(problem: Problem, ratio: Array) -> Array:
    """Foreign delivered weights transposed times ``ratio``: ``[S, N]`` by exporter."""
    return np.matmul(ratio[:, None, :], problem.weight)[:, 0, :]


def fob_by_exporter(problem: Problem, ratio: Array) -> Array:
    """Foreign fob weights transposed times ``ratio``."""
    split = len(problem.fob)
    out = np.empty_like(ratio)
    np.matmul(ratio[:split, None, :], problem.fob, out=out[:split, None, :])
    np.matmul(ratio[split:, None, :], problem.weight[split:], out=out[split:, None, :])
    return out


def factory_by_exporter(problem: Problem, ratio: Array, fob: Array) -> Array:
    """Foreign factory weights transposed times ``ratio``; ``fob`` is the same before tax."""
    factory = problem.factory
    if not len(factory):
        return fob
    out = fob.copy()
    out[: len(factory)] = np.matmul(ratio[: len(factory), None, :], factory)[:, 0, :]
    return out


NUMPY = Engine(numpy_sweep, into_cost, into_inputs)
