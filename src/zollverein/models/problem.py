"""A policy on a baseline: the matrices that the equilibrium system sweeps over.

The only place where costs are raised to the trade elasticity; only cells that the policy
touches are recomputed. An embargo becomes an exact zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from weakref import ReferenceType, WeakKeyDictionary, ref

import numpy as np

from zollverein.models.baseline import Array, Baseline
from zollverein.models.groups import trading_groups
from zollverein.models.structure import Structure

#: A deficit that is this small a part of the one wanted is exactly zero.
_ROUNDING = 1e-13
#: Closures of the trade balance; see docs/closures.md.
CLOSURES = ("share_of_world", "numeraire", "share_of_own", "zero")


@dataclass(frozen=True, eq=False)
class Shock:
    """What a policy changes, in inner axis order and, unless it is nearly everything, only there.

    Attributes:
        cells: ``[K]`` flat positions in ``[S, N, N]`` (sector, importer, exporter), or None for
            every cell in order.
        cost: ``[K]`` change of the iceberg cost; infinite under an embargo. ``[N N]`` where every cell is
            given and all sectors are alike.
        tariff, tariff_base: ``[K]`` new and old import duty, rates.
        export_tax, export_tax_base: ``[K]`` new and old export tax, rates.
        access_hat: ``[K]`` change of the baseline share itself, or None if nowhere changed.
        productivity_hat: ``[S, N]`` or None if nowhere changed.
        sectors: Number of sectors S.
    """

    cells: Array | None
    cost: Array
    tariff: Array
    tariff_base: Array
    export_tax: Array
    export_tax_base: Array
    sectors: int
    access_hat: Array | None = None
    productivity_hat: Array | None = None

    @property
    def cost_hat(self) -> Array:
        """Change of the iceberg cost, ``[K]``."""
        return np.tile(self.cost, self.tariff.size // max(self.cost.size, 1))

    @property
    def delivered_hat(self) -> Array:
        """Change of the delivered cost κ̂ of every touched cell, ``[K]``; rates that stay cost nothing."""
        hat, rates = self.cost_hat, self._changed_rates()
        for new, old in zip(rates[::2], rates[1::2], strict=True):
            hat = hat * ((1 + new) / (1 + old))
        return hat

    @cached_property
    def log_delivered_hat(self) -> Array:
        """Its log; infinite under an embargo."""
        return np.log(self.delivered_hat)

    @cached_property
    def log_planes(self) -> tuple[list[Array], Array]:
        """The same without repetition: sectors that follow each other often have one table of costs.

        Only where all cells are given. Sector by sector, so that the working arrays stay in the cache.

        Returns:
            Tables ``[N N]``, and which of them each sector has, ``[S]``.
        """
        rates = [rate.reshape(self.sectors, -1) for rate in self._changed_rates()]
        costs = list(self.cost.reshape(-1, self.tariff.size // self.sectors))
        costs *= self.sectors // len(costs)
        tables: list[Array] = []
        which = np.empty(self.sectors, dtype=int)
        last = None
        for s in range(self.sectors):
            hat = costs[s]
            for new, old in zip(rates[::2], rates[1::2], strict=True):
                hat = hat * ((1 + new[s]) / (1 + old[s]))
            if last is None or not (hat is last or np.array_equal(hat, last)):
                tables.append(np.log(hat))
                last = hat
            which[s] = len(tables) - 1
        return tables, which

    def _changed_rates(self) -> list[Array]:
        """New and old rates, in turn, of those that change."""
        pairs = (self.tariff, self.tariff_base), (self.export_tax, self.export_tax_base)
        return [rate for pair in pairs if pair[0] is not pair[1] for rate in pair]

    @property
    def rates_stay(self) -> bool:
        """Whether no tax changes."""
        return self.tariff is self.tariff_base and self.export_tax is self.export_tax_base

    @property
    def positions(self) -> Array:
        """``[K]`` flat positions, also where they are all."""
        return np.arange(self.tariff.size) if self.cells is None else self.cells


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything the equilibrium system needs.

    Attributes:
        base: The baseline.
        weight, fob, factory: ``[S|Sf|Sx, N, N]`` baseline shares times κ̂^-θ, and the same net of
            the new duty and of the new export tax; diagonals in ``own_*`` ``[S, N]``.
        theta: ``[S]`` trade elasticity.
        log_productivity: ``[S, N]`` or None.
        deficit: ``[N]`` imports less exports where the closure fixes it, and net transfers received.
        deficit_share: ``[N]`` deficit per own value added where the closure ties it to that, or None.
        group: ``[N]`` number of the trading group of each country.
        adjusted: ``[N]`` whether the group's deficits had to be moved to add up to zero.
        structure: Departures from Caliendo and Parro, or None.
        shut: ``[S, N]`` goods that dropped out of what a country buys, or None.
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
    structure: Structure | None = None
    shut: Array | None = None

    @cached_property
    def bought(self) -> Array:
        """``[S, N]`` whether the country buys the good in the baseline."""
        return self.base.expenditure > 0

    @cached_property
    def all_bought(self) -> bool:
        """Whether every country buys every good."""
        return bool(self.bought.all())

    def full_matrices(self) -> tuple[Array, Array]:
        """``F`` and ``X`` of every sector, also where they equal ``W``."""
        fob = np.concatenate((self.fob, self.weight[len(self.fob) :]))
        return fob, np.concatenate((self.factory, fob[len(self.factory) :]))


def make_problem(
    base: Baseline,
    shock: Shock,
    theta: Array,
    closure: str,
    *,
    structure: Structure | None = None,
    transfer: Array | None = None,
) -> Problem:
    """Apply a shock, and transfers ``[N]``, to the baseline under a closure of the trade balance."""
    changed = (_recomputed if shock.cells is None else _touched)(base, shock, theta)
    (weight, own_weight), (fob, own_fob), (factory, own_factory) = changed
    government = None if structure is None else structure.government
    group = trading_groups(
        weight, None if government is None else government.linked(len(weight[0]))
    )
    deficit, share, adjusted = _closure(base, closure, group)
    if transfer is not None:
        deficit = deficit + _within_groups(transfer, base.value_added, group)
    productivity = shock.productivity_hat
    return Problem(
        base=base,
        shock=shock,
        weight=weight,
        fob=fob,
        factory=factory,
        own_weight=own_weight,
        own_fob=own_fob,
        own_factory=own_factory,
        theta=theta,
        log_productivity=None if productivity is None else np.log(productivity),
        deficit=deficit,
        deficit_share=share,
        group=group,
        adjusted=adjusted,
        structure=structure,
    )


def without_supplier(problem: Problem) -> Array:
    """``[S, N]`` goods that are bought in the baseline and that nobody can supply any more."""
    alone = problem.bought & ~(problem.own_weight > 0)
    lost = np.zeros_like(alone)
    cells = np.nonzero(alone)
    lost[cells] = ~problem.weight[cells].any(axis=1)
    return lost


def government_without_supplier(problem: Problem) -> Array:
    """``[S, G]`` goods that governments told apart buy and nobody can supply any more."""
    government = None if problem.structure is None else problem.structure.government
    if government is None:
        return np.zeros((problem.base.sectors, 0), dtype=bool)
    return np.asarray(government.base.any(axis=2) & ~government.weight.any(axis=2))


def shut_down(problem: Problem, lost: Array) -> Problem:
    """The problem in which lost goods ``[S, N]`` drop out of what countries buy.

    Final demand and every user's costs are spread over what is left in proportion. Levels of the
    baseline (income, output, exports), with which the solution is compared, stay the observed ones.
    """
    old = problem.base
    final = np.where(lost, 0.0, old.final_share)
    left = final.sum(axis=0)
    inputs = np.where(lost.T[:, :, None], 0.0, old.input_share)
    kept = old.value_added_share + inputs.sum(axis=1).T
    base = replace(
        old,
        expenditure=np.where(lost, 0.0, old.expenditure),
        final_share=final / np.where(left > 0, left, 1.0),
        input_share=inputs / kept.T[:, None, :],
        value_added_share=old.value_added_share / kept,
    )
    levels = ("income", "output", "exports", "sector_value_added")
    base.__dict__.update({name: getattr(old, name) for name in levels})
    structure = problem.structure
    if structure is not None and structure.government is not None:
        gone = government_without_supplier(problem)
        structure = replace(structure, government=structure.government.without(gone))
    return replace(problem, base=base, shut=lost, structure=structure)


def with_deficit(problem: Problem, deficit: Array) -> Problem:
    """The same problem with another fixed deficit (used by continuation and derivatives)."""
    return replace(problem, deficit=deficit, deficit_share=None)


#: Matrices of the leading sectors ``[S|Sf|Sx, N, N]``, each with its diagonal ``[S, N]``.
Shares = list[tuple[Array, Array]]

#: Net shares of shocks still in use, each with its baseline; a memo of a pure function of frozen values.
_NET: WeakKeyDictionary[Shock, tuple[ReferenceType[Baseline], Shares]] = WeakKeyDictionary()


def net_shares(base: Baseline, shock: Shock) -> Shares:
    """Baseline shares; net of the new duty; net of the new export tax too. Computed once for a shock.

    Only where all cells are given.
    """
    if shock.rates_stay and len(base.factory) <= len(base.fob):
        matrices = base.share, base.fob, base.factory
        return list(zip(matrices, (base.own_share, base.own_fob, base.own_factory), strict=True))
    known = _NET.get(shock)
    if known is None or known[0]() is not base:
        known = _NET[shock] = (ref(base), _net_of_taxes(base, shock))
    return known[1]


def _net_of_taxes(base: Baseline, shock: Shock) -> Shares:
    shape = base.share.shape
    duty, tax = (rate.reshape(shape) for rate in (shock.tariff, shock.export_tax))
    stays = shock.export_tax is shock.export_tax_base
    taxed = len(base.factory) if stays else last_used(tax.reshape(shape[0], -1))
    tariffed = max(last_used(duty.reshape(shape[0], -1)), taxed)
    fob = np.empty((tariffed, *shape[1:]))
    for s in range(tariffed):  # the working array stays in the cache
        np.divide(base.share[s], 1 + duty[s], out=fob[s])
    own_fob = base.own_share / (1 + _diagonal(duty))
    return [
        (base.share, base.own_share),
        (fob, own_fob),
        (fob[:taxed] / (1 + tax[:taxed]), own_fob / (1 + _diagonal(tax))),
    ]


def _sized(base: Baseline, shock: Shock) -> tuple[int, int]:
    """Numbers of leading sectors that need an own fob and an own factory matrix."""
    last = shock.positions // base.countries**2 + 1
    taxed = max(len(base.factory), int(last[shock.export_tax != 0].max(initial=0)))
    return max(len(base.fob), int(last[shock.tariff != 0].max(initial=0)), taxed), taxed


def _extended(matrix: Array, beyond: Array, length: int) -> Array:
    """A copy of ``matrix`` continued by ``beyond`` up to ``length`` sectors."""
    out = np.empty((length, *beyond.shape[1:]))
    out[: len(matrix)] = matrix[:length]
    out[len(matrix) :] = beyond[len(matrix) : length]
    return out


def _touched(base: Baseline, shock: Shock, theta: Array) -> Shares:
    """The three matrices and their diagonals after a shock to some cells."""
    tariffed, taxed = _sized(base, shock)
    fob = _extended(base.fob, base.share, tariffed)
    factory = _extended(base.factory, fob, taxed)
    matrices = base.share.copy(), fob, factory
    own = base.own_share.copy(), base.own_fob.copy(), base.own_factory.copy()
    cells, countries = shock.positions, base.countries
    sector, pair = np.divmod(cells, countries**2)
    importer, exporter = np.divmod(pair, countries)
    domestic = importer == exporter
    share = base.share.reshape(-1)[cells]
    share[domestic] = base.own_share[sector[domestic], importer[domestic]]
    paid = share * np.exp(-theta[sector] * shock.log_delivered_hat)
    if shock.access_hat is not None:
        paid *= shock.access_hat
    fob_value = paid / (1 + shock.tariff)
    values = (paid, fob_value, fob_value / (1 + shock.export_tax))
    inside = ~domestic
    for matrix, diagonal, value in zip(matrices, own, values, strict=True):
        kept = inside & (sector < len(matrix))
        matrix.reshape(-1)[cells[kept]] = value[kept]
        diagonal[sector[domestic], importer[domestic]] = value[domestic]
    return list(zip(matrices, own, strict=True))


def _recomputed(base: Baseline, shock: Shock, theta: Array) -> Shares:
    """The three matrices and their diagonals after a shock to every cell.

    Sector by sector, so that the working arrays stay in the cache.
    """
    shape = base.share.shape
    tables, which = shock.log_planes
    logs = [table.reshape(shape[1:]) for table in tables]
    open_ = None if shock.access_hat is None else shock.access_hat.reshape(shape)
    old = net_shares(base, shock)
    new = [np.empty_like(matrix) for matrix, _ in old]
    for s in range(shape[0]):
        access = logs[which[s]] * -theta[s]
        np.exp(access, out=access)
        if open_ is not None:
            access *= open_[s]
        for (matrix, _), here in zip(old, new, strict=True):
            if s < len(matrix):
                np.multiply(matrix[s], access, out=here[s])
    own = np.exp(-theta[:, None] * np.stack([log.diagonal() for log in logs])[which])
    if open_ is not None:
        own *= _diagonal(open_)
    return [(matrix, diagonal * own) for matrix, (_, diagonal) in zip(new, old, strict=True)]


def _diagonal(matrices: Array) -> Array:
    """The domestic cells ``[S, N]`` of ``[S, N, N]``."""
    return matrices.diagonal(axis1=1, axis2=2)


def _within_groups(transfer: Array, weight: Array, group: Array) -> Array:
    """Transfers moved so that those of countries that still trade with each other sum to zero."""
    size = np.maximum(np.bincount(group, weight), np.finfo(float).tiny)
    return transfer - weight * (np.bincount(group, transfer) / size)[group]


def last_used(rate: Array) -> int:
    """Number of leading sectors (rows) that contain every one with a rate other than 0."""
    used = (s for s in range(len(rate), 0, -1) if (rate[s - 1] != 0).any())
    return next(used, 0)


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
