"""Governments as buyers of their own: what they pay, and what they buy from whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.nests import Nests
from zollverein.models.structure import Government
from zollverein.models.tangent import Direction

_TINY = 1e-300


class Purchases(NamedTuple):
    """Purchases of governments and their prices; zero for countries without one told apart."""

    spending: Array  # [N] duty paid
    demand: Array  # [S, N] duty paid
    imports: Array  # [N] fob, from abroad
    sold_fob: Array  # [S, N] by foreign exporter, per unit of cost power
    sold_factory: Array  # [S, N] by exporter, per unit of cost power
    price: Array  # [N] log of its price index relative to the own wage
    ratio: Array  # [S, G] demand over weight sum
    share: Array  # [S, G] of its spending
    weight_sum: Array  # [S, G] sum of weights times cost powers, 1 where it buys nothing
    imported_fob: Array  # [S, G] foreign fob weights times cost powers


class PurchaseBars(NamedTuple):
    """Derivatives of a scalar with respect to what governments buy.

    Attributes:
        spending, imports, price: ``[N]`` of the fields of ``Purchases``.
        sold_fob, sold_factory: ``[S, N]`` of the same.
        ratio: ``[S, G]`` of demand over the weight sum, from elsewhere.
        toll: ``[S, G, N]`` of each purchase before duty, or None.
    """

    spending: Array
    imports: Array
    price: Array
    sold_fob: Array
    sold_factory: Array
    ratio: Array | float
    toll: Array | None


class PurchaseMoves(NamedTuple):
    """Changes of the fields of ``Purchases`` that others depend on; shapes as there."""

    spending: Array
    imports: Array
    sold_fob: Array
    sold_factory: Array
    price: Array
    ratio: Array


class PulledPurchases(NamedTuple):
    """The same with respect to what decides purchases, and the factors of the matrices' own."""

    power: Array  # [S, N]
    log_wage: Array  # [N]
    final: Array  # [N] log of final spending over the wage
    theta: Array  # [S]
    weight_sum: Array  # [S, G]
    imported: Array  # [S, G]


class Buyers:
    """The matrices of governments' purchases at one policy."""

    def __init__(self, government: Government, theta: Array, nests: Nests, countries: int) -> None:
        """Divide the weights by duty and tax once."""
        self._government, self._theta, self._nests = government, theta[:, None], nests
        self._countries = countries
        self.fob = government.weight / government.duty
        self._factory = self.fob / government.tax
        foreign = np.ones_like(self.fob, dtype=bool)
        foreign[:, np.arange(len(government.members)), government.members] = False
        self._foreign = np.where(foreign, self.fob, 0.0)
        self._buys = government.base.any(axis=2)
        self.members = government.members

    def purchases(self, power: Array, log_wage: Array, spending: Array) -> Purchases:
        """Purchases at cost powers ``u`` ``[S, N]``, wages and final demand ``[N]`` of all buyers."""
        government = self._government
        members = government.members
        paid = _by_member(government.weight, power)
        total = np.where(self._buys, np.maximum(paid, _TINY), 1.0)
        price = -np.log(total) / self._theta
        share, index = self._nests.final(government.final_share, price - log_wage[members])
        own = government.part * spending[members]
        demand = share * own
        ratio = demand / total
        imported = _by_member(self._foreign, power)
        return Purchases(
            spending=self._spread(own),
            demand=self._spread(demand),
            imports=self._spread((ratio * imported).sum(axis=0)),
            sold_fob=_by_exporter(self._foreign, ratio),
            sold_factory=_by_exporter(self._factory, ratio),
            price=self._spread(index),
            ratio=ratio,
            share=share,
            weight_sum=total,
            imported_fob=imported,
        )

    def flow(self, bought: Purchases, power: Array) -> Array:
        """Purchases before duty ``[S, N, N]`` by importer and exporter, domestic ones included."""
        flow = np.zeros((len(power), self._countries, self._countries))
        flow[:, self._government.members] = bought.ratio[:, :, None] * self.fob * power[:, None, :]
        return flow

    def tangent(
        self,
        point: tuple[Array, Purchases],
        power: Array,
        log_wage: Array,
        final: Array,
        move: Direction,
    ) -> PurchaseMoves:
        """Changes of purchases.

        Args:
            point: Cost powers and purchases there.
            power: Change of cost powers ``[S, N]``.
            log_wage: Of the logs of wages ``[N]``.
            final: Of the logs of final spending ``[N]``.
            move: Of the parameters.
        """
        members, (u, bought) = self.members, point
        paid = _by_member(self._government.weight, power)
        imported = _by_member(self._foreign, power)
        if move.public is not None:
            paid += _by_member(self._government.weight * move.public.weight, u)
            imported += _by_member(self._foreign * move.public.fob, u)
        total = np.where(self._buys, paid, 0.0) / bought.weight_sum
        price = -total / self._theta
        if move.theta is not None:
            price += move.theta[:, None] * np.log(bought.weight_sum) / self._theta**2
        share, index = self._nests.final_tangent(bought.share, price - log_wage[members])
        own = bought.spending[members]
        spent = own * final[members]
        ratio = (share * own + bought.share * spent) / bought.weight_sum - bought.ratio * total
        imports = (ratio * bought.imported_fob + bought.ratio * imported).sum(axis=0)
        sold_fob, sold_factory = (_by_exporter(m, ratio) for m in (self._foreign, self._factory))
        if move.public is not None:
            sold_fob += _by_exporter(self._foreign * move.public.fob, bought.ratio)
            sold_factory += _by_exporter(self._factory * move.public.factory, bought.ratio)
        return PurchaseMoves(
            spending=self._spread(spent),
            imports=self._spread(imports),
            sold_fob=sold_fob,
            sold_factory=sold_factory,
            price=self._spread(index),
            ratio=ratio,
        )

    def rows(self, flow: Array) -> Array:
        """``[S, G, N]`` of ``[S, N, N]``."""
        return flow[:, self.members]

    def pullback(self, power: Array, bought: Purchases, bars: PurchaseBars) -> PulledPurchases:
        """Transpose of ``purchases``: bars of cost powers, wages and final spending."""
        members, ratio, total = self.members, bought.ratio, bought.weight_sum
        imports = bars.imports[members]
        met = bars.ratio + imports * bought.imported_fob
        met += _by_member(self._foreign, bars.sold_fob)
        met += _by_member(self._factory, bars.sold_factory)
        tolled = None if bars.toll is None else bars.toll * self.fob
        if tolled is not None:
            met += _by_member(tolled, power)
        demand, own = met / total, bought.spending[members]
        spent = (bought.share * demand).sum(axis=0) + bars.spending[members]
        price = self._nests.final_pullback(bought.share, demand * own, bars.price[members])
        sums = -met * ratio - price / self._theta
        weight_sum = np.where(self._buys, sums / total, 0.0)
        imported = imports * ratio
        back = _by_exporter(self._government.weight, weight_sum)
        if tolled is not None:
            back += _by_exporter(tolled, ratio)
        return PulledPurchases(
            power=back + _by_exporter(self._foreign, imported),
            log_wage=self._spread(spent * own - price.sum(axis=0)),
            final=self._spread(spent * own),
            theta=(price * np.log(total)).sum(axis=1) / self._theta[:, 0] ** 2,
            weight_sum=weight_sum,
            imported=imported,
        )

    def matrix_gradients(
        self, power: Array, bought: Purchases, bars: PurchaseBars, pulled: PulledPurchases
    ) -> tuple[Array, Array, Array]:
        """Derivatives with respect to the logs of ``W``, ``F`` and ``X``, as in ``MatrixGradients``.

        Each is ``[S, G, N]``; the last is of ``X`` alone.
        """
        u, ratio = power[:, None, :], bought.ratio[:, :, None]
        factory = self._factory * ratio * bars.sold_factory[:, None, :]
        net = self._foreign * (pulled.imported[:, :, None] * u + ratio * bars.sold_fob[:, None, :])
        net += factory
        if bars.toll is not None:
            net += bars.toll * self.fob * ratio * u
        total = self._government.weight * pulled.weight_sum[:, :, None] * u + net
        return total, net, factory

    def _spread(self, values: Array) -> Array:
        """Values of governments ``[..., G]`` at the positions of their countries ``[..., N]``."""
        out = np.zeros((*values.shape[:-1], self._countries))
        out[..., self._government.members] = values
        return out


def _by_member(weights: Array, power: Array) -> Array:
    """``Σ_i weights power``: ``[S, G]``."""
    return np.asarray(np.matmul(weights, power[:, :, None])[:, :, 0])


def _by_exporter(weights: Array, ratio: Array) -> Array:
    """``Σ_g weights ratio``: ``[S, N]``."""
    return np.asarray(np.matmul(ratio[:, None, :], weights)[:, 0, :])
