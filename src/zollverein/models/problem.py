"""A policy on a baseline: the matrices that the equilibrium system sweeps over.

The only place where costs are raised to the trade elasticity; only cells that the policy
touches are recomputed. An embargo becomes an exact zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zollverein.models.baseline import Array, Baseline
from zollverein.models.groups import trading_groups

#: A deficit that is this small a part of the one wanted is exactly zero.
_ROUNDING = 1e-13
#: Closures of the trade balance; see docs/closures.md.
CLOSURES = ("share_of_world", "numeraire", "share_of_own", "zero")


@dataclass(frozen=True, eq=False)
class Shock:
    """What a policy changes, in inner axis order and only where it changes.

    Attributes:
        cells: ``[K]`` flat positions in ``[S, N, N]`` (sector, importer, exporter).
        cost_hat: ``[K]`` change of the iceberg cost; infinite under an embargo.
        duty: ``[K]`` new ``1 + tariff``; ``duty_base`` the old one.
        tax: ``[K]`` new ``1 + export_tax``; ``tax_base`` the old one.
        productivity_hat: ``[S, N]`` or None if nowhere changed.
    """

    cells: Array
    cost_hat: Array
    duty: Array
    duty_base: Array
    tax: Array
    tax_base: Array
    productivity_hat: Array | None = None

    @property
    def delivered_hat(self) -> Array:
        """Change of the delivered cost κ̂ of every touched cell, ``[K]``."""
        return self.cost_hat * (self.duty / self.duty_base) * (self.tax / self.tax_base)


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything the equilibrium system needs.

    Attributes:
        base: The baseline.
        weight, fob, factory: ``[S|Sf|Sx, N, N]`` baseline shares times κ̂^-θ, and the same net of
            the new duty and of the new export tax; diagonals in ``own_*`` ``[S, N]``.
        theta: ``[S]`` trade elasticity.
        log_productivity: ``[S, N]`` or None.
        deficit: ``[N]`` imports less exports where the closure fixes it.
        deficit_share: ``[N]`` deficit per own value added where the closure ties it to that, or None.
        group: ``[N]`` number of the trading group of each country.
    """

    base: Baseline
    shock: Shock
    weight: Array
    fob: Array
    factory: Array
    own_weight: Array
    own_fob: Array
    own_factory: Array
    theta: Array
    log_productivity: Array | None
    deficit: Array
    deficit_share: Array | None
    group: Array
    adjusted: Array


def make_problem(base: Baseline, shock: Shock, theta: Array, closure: str) -> Problem:
    """Apply a shock to the baseline under a closure of the trade balance."""
    weight, fob, factory = _sized(base, shock)
    own = [base.own_share.copy(), base.own_fob.copy(), base.own_factory.copy()]
    _apply(base, shock, theta, (weight, fob, factory), own)
    group = trading_groups(weight)
    deficit, share, adjusted = _closure(base, closure, group)
    productivity = shock.productivity_hat
    return Problem(
        base=base,
        shock=shock,
        weight=weight,
        fob=fob,
        factory=factory,
        own_weight=own[0],
        own_fob=own[1],
        own_factory=own[2],
        theta=theta,
        log_productivity=None if productivity is None else np.log(productivity),
        deficit=deficit,
        deficit_share=share,
        group=group,
        adjusted=adjusted,
    )


def with_deficit(problem: Problem, deficit: Array) -> Problem:
    """The same problem with another fixed deficit (used by continuation and derivatives)."""
    return replace(problem, deficit=deficit, deficit_share=None)


def _sized(base: Baseline, shock: Shock) -> tuple[Array, Array, Array]:
    """Fresh copies of the three matrices, long enough for the sectors the policy adds."""
    cells_per_sector = base.countries**2
    last = shock.cells // cells_per_sector + 1
    taxed = max(len(base.factory), int(last[shock.tax != 1].max(initial=0)))
    tariffed = max(len(base.fob), int(last[shock.duty != 1].max(initial=0)), taxed)
    fob = np.empty((tariffed, *base.share.shape[1:]))
    fob[: len(base.fob)] = base.fob
    fob[len(base.fob) :] = base.share[len(base.fob) : tariffed]
    factory = np.empty((taxed, *base.share.shape[1:]))
    factory[: len(base.factory)] = base.factory
    factory[len(base.factory) :] = fob[len(base.factory) : taxed]
    return base.share.copy(), fob, factory


def _apply(
    base: Baseline,
    shock: Shock,
    theta: Array,
    matrices: tuple[Array, Array, Array],
    own: list[Array],
) -> None:
    """Scale the touched cells of freshly copied matrices in place."""
    if not shock.cells.size:
        return
    countries = base.countries
    sector, pair = np.divmod(shock.cells, countries**2)
    importer, exporter = np.divmod(pair, countries)
    domestic = importer == exporter
    share = base.share.reshape(-1)[shock.cells]
    share[domestic] = base.own_share[sector[domestic], importer[domestic]]
    paid = share * shock.delivered_hat ** -theta[sector]
    values = (paid, paid / shock.duty, paid / (shock.duty * shock.tax))
    inside = ~domestic
    for matrix, diagonal, value in zip(matrices, own, values, strict=True):
        kept = inside & (sector < len(matrix))
        matrix.reshape(-1)[shock.cells[kept]] = value[kept]
        diagonal[sector[domestic], importer[domestic]] = value[domestic]


def _closure(base: Baseline, closure: str, group: Array) -> tuple[Array, Array | None, Array]:
    """Fixed deficit, deficit per own value added (or None), and who had to be adjusted.

    The deficits of countries that trade with each other must add up to zero, else the trade
    balances contradict goods-market clearing. Where a policy cuts the world into groups, the
    group's imbalance is spread over its members in proportion to value added.
    """
    income = base.value_added
    if closure == "zero":
        return np.zeros_like(income), None, np.zeros(len(income), dtype=bool)
    wanted = -base.balance
    total = np.bincount(group, wanted)[group]
    size = np.maximum(np.bincount(group, income)[group], np.finfo(float).tiny)
    several = bool(group.any())
    adjusted = (np.abs(total) > 1e-9 * size) & several
    if closure == "share_of_own":
        share = wanted / np.where(income > 0, income, 1.0)
        return np.zeros_like(income), share, adjusted
    deficit = wanted - income * total / size
    rounding = np.abs(deficit) <= _ROUNDING * np.abs(wanted)
    return np.where(rounding, 0.0, deficit), None, adjusted
