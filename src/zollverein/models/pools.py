"""Duty revenue that countries share: what each owes to a pool, with its derivatives.

What member m pays in is ``R_m = Σ t' Z'`` over its imports from outside, those of its government
included; it gains ``k_m Σ R - R_m`` (equation 7 of docs/models/general.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.public import Buyers, PurchaseMoves, Purchases
from zollverein.models.structure import RevenuePool
from zollverein.models.tangent import Direction

#: An array and its change.
Change = tuple[Array, Array]


class Met(NamedTuple):
    """Duty per unit of ``spending_ratio``, of members ``[S, M]`` and their governments ``[S, K]``."""

    private: Array
    public: Array


class Pooling:
    """One pool at one policy."""

    def __init__(self, pool: RevenuePool, part: float, fob: Array, buyers: Buyers | None) -> None:
        """Multiply duties and fob weights once.

        Args:
            pool: Who shares.
            part: How much of its own part applies.
            fob: ``[S, M, N]`` foreign fob weights of the members.
            buyers: Governments told apart.
        """
        self.members, self.part = pool.members, part * pool.part
        self._pool, self._fob = pool, fob
        self._taxed = pool.duty * fob
        at = {} if buyers is None else {int(m): k for k, m in enumerate(buyers.members)}
        self._rows = np.array([k for k, m in enumerate(pool.members) if int(m) in at], dtype=int)
        self.governments = np.array([at[int(pool.members[k])] for k in self._rows], dtype=int)
        countries = fob.shape[2]
        self._outside = np.ones(countries, dtype=bool)
        self._outside[pool.members] = False
        self._public_fob = (
            np.zeros((len(fob), 0, countries))
            if buyers is None
            else buyers.fob[:, self.governments]
        )
        self._public = pool.duty[:, self._rows] * self._public_fob

    def met(self, power: Array) -> Met:
        """What is owed per unit of spending over the sum of weights, at cost powers."""
        return Met(_times(self._taxed, power), _times(self._public, power))

    def gained(self, met: Met, ratio: Array, bought: Purchases | None) -> Array:
        """What each member ``[M]`` gains where all revenue is shared."""
        paid = (ratio[:, self.members] * met.private).sum(axis=0)
        if bought is not None:
            paid[self._rows] += (bought.ratio[:, self.governments] * met.public).sum(axis=0)
        return self._shared(paid)

    def gained_tangent(
        self,
        met: Met,
        power: Change,
        ratio: Change,
        bought: tuple[Purchases, PurchaseMoves] | None,
        move: Direction,
    ) -> Array:
        """Change of ``gained``, for those of cost powers, ratios, purchases and parameters."""
        private = None if move.matrices is None else move.matrices.fob[:, self.members]
        duty = None if move.duty is None else move.duty[:, self.members] * self._outside
        owed = _owed(self._taxed, self._fob, power, private, duty)
        here, change = (values[:, self.members] for values in ratio)
        paid = (change * met.private + here * owed).sum(axis=0)
        if bought is not None:
            public = None if move.public is None else move.public.fob[:, self.governments]
            duty = None if duty is None else duty[:, self._rows]
            owed = _owed(self._public, self._public_fob, power, public, duty)
            here, change = (those.ratio[:, self.governments] for those in bought)
            paid[self._rows] += (change * met.public + here * owed).sum(axis=0)
        return self._shared(paid)

    def toll(self, deficit: Array) -> Array:
        """Bars of what members pay in ``[M]``, for bars of balances ``[N]``."""
        here = deficit[self.members]
        return np.asarray(self.part * (self._pool.keys @ here - here))

    def power_bars(self, toll: Array, ratio: Array, bought: Purchases | None) -> Array:
        """Bars of cost powers ``[S, N]``."""
        found = np.matmul((ratio[:, self.members] * toll)[:, None, :], self._taxed)
        if bought is not None and self._rows.size:
            paying = bought.ratio[:, self.governments] * toll[self._rows]
            found = found + np.matmul(paying[:, None, :], self._public)
        return np.asarray(found[:, 0, :])

    def ratio_bars(self, toll: Array, met: Met, countries: int) -> Array:
        """Bars of spending over the sum of weights ``[S, N]``."""
        found = np.zeros((len(met.private), countries))
        found[:, self.members] = toll * met.private
        return found

    def government_bars(self, toll: Array, met: Met, governments: int) -> Array:
        """The same of governments, ``[S, G]``."""
        found = np.zeros((len(met.public), governments))
        found[:, self.governments] = toll[self._rows] * met.public
        return found

    def matrix_bars(
        self, toll: Array, power: Array, ratio: Array, bought: Purchases | None
    ) -> tuple[Array, Array, Array]:
        """Bars of the logs of fob weights ``[S, M, N]``, of governments' ``[S, K, N]``, of rates."""
        flow = self._fob * ratio[:, self.members, None] * power[:, None, :]
        paid = toll[:, None] * self._pool.duty
        private, public = paid * flow, np.zeros_like(self._public)
        if bought is not None:
            per_unit = bought.ratio[:, self.governments, None] * power[:, None, :]
            own = self._public_fob * per_unit
            public = paid[:, self._rows] * own
            flow[:, self._rows] += own
        return private, public, toll[:, None] * flow * self._outside

    def _shared(self, paid: Array) -> Array:
        """Receipts less payments ``[M]`` for what is paid in."""
        return np.asarray(self._pool.keys * paid.sum() - paid)


def _times(weights: Array, power: Array) -> Array:
    """``Σ_i weights power``: by sector and importer."""
    return np.asarray(np.matmul(weights, power[:, :, None])[:, :, 0])


def _owed(
    taxed: Array, weights: Array, power: Change, fob: Array | None, duty: Array | None
) -> Array:
    """Change of duty times fob weights times cost powers, for those of logs of weights and of rates."""
    owed = _times(taxed, power[1])
    if fob is not None:
        owed = owed + _times(taxed * fob, power[0])
    if duty is not None:
        owed = owed + _times(duty * weights, power[0])
    return owed
