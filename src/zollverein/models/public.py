"""Governments as buyers of their own: what they pay, and what they buy from whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.nests import Nests
from zollverein.models.structure import Government

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
    goods_price: Array  # [S, G] logs of its prices, 0 where it buys nothing


class Buyers:
    """The matrices of governments' purchases at one policy."""

    def __init__(self, government: Government, theta: Array, nests: Nests, countries: int) -> None:
        """Divide the weights by duty and tax once."""
        self._government, self._theta, self._nests = government, theta[:, None], nests
        self._countries = countries
        self._fob = government.weight / government.duty
        self._factory = self._fob / government.tax
        foreign = np.ones_like(self._fob, dtype=bool)
        foreign[:, np.arange(len(government.members)), government.members] = False
        self._foreign = np.where(foreign, self._fob, 0.0)
        self._buys = government.base.any(axis=2)

    def purchases(self, power: Array, log_wage: Array, spending: Array) -> Purchases:
        """Purchases at cost powers ``u`` ``[S, N]``, wages and final demand ``[N]`` of all buyers."""
        government = self._government
        members = government.members
        paid = np.matmul(government.weight, power[:, :, None])[:, :, 0]
        total = np.where(self._buys, np.maximum(paid, _TINY), 1.0)
        price = -np.log(total) / self._theta
        share, index = self._nests.final(government.final_share, price - log_wage[members])
        own = government.part * spending[members]
        demand = share * own
        ratio = demand / total
        imports = (ratio * np.matmul(self._foreign, power[:, :, None])[:, :, 0]).sum(axis=0)
        return Purchases(
            spending=self._spread(own),
            demand=self._spread(demand),
            imports=self._spread(imports),
            sold_fob=np.matmul(ratio[:, None, :], self._foreign)[:, 0, :],
            sold_factory=np.matmul(ratio[:, None, :], self._factory)[:, 0, :],
            price=self._spread(index),
            ratio=ratio,
            goods_price=price,
        )

    def flow(self, bought: Purchases, power: Array) -> Array:
        """Purchases before duty ``[S, N, N]`` by importer and exporter, domestic ones included."""
        flow = np.zeros((len(power), self._countries, self._countries))
        flow[:, self._government.members] = bought.ratio[:, :, None] * self._fob * power[:, None, :]
        return flow

    def _spread(self, values: Array) -> Array:
        """Values of governments ``[..., G]`` at the positions of their countries ``[..., N]``."""
        out = np.zeros((*values.shape[:-1], self._countries))
        out[..., self._government.members] = values
        return out
