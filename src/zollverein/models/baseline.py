"""The baseline equilibrium as plain arrays, ready for the fast system.

Axis order here is ``[sector, importer, exporter]`` so that one sector's trade matrix is
contiguous; the public order ``[exporter, importer, sector]`` ends in ``zollverein.arrays``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zollverein.models.inputs import slow_patterns

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class PublicPurchases:
    """What governments buy: by exporter at factory prices ``[S, N]``, exports and spending ``[N]``."""

    output: Array
    exports: Array
    spending: Array


@dataclass(frozen=True, eq=False)
class Baseline:
    """Shares and levels of the observed equilibrium.

    Shapes: N countries, S sectors.

    Attributes:
        share: ``[S, N, N]`` spending share by importer and foreign exporter, diagonal zero.
        fob: ``[Sf, N, N]`` the same divided by ``1 + tariff``, for the leading ``Sf`` sectors that
            contain every sector with a tariff (beyond them it equals ``share``).
        factory: ``[Sx, N, N]`` further divided by ``1 + export_tax``, for the leading ``Sx`` sectors
            that contain every sector with an export tax (beyond them it equals ``fob``).
        own_share, own_fob, own_factory: ``[S, N]`` the diagonals of the three.
        expenditure: ``[S, N]`` duty-paid purchases.
        value_added_share: ``[S, N]``.
        input_share: ``[N, S, S]`` country, input, user.
        final_share: ``[S, N]``.
        value_added: ``[N]``.
        balance: ``[N]`` exports less imports.
        government: Purchases of governments, which are in none of the above but the balance; or None.
    """

    share: Array
    fob: Array
    factory: Array
    own_share: Array
    own_fob: Array
    own_factory: Array
    expenditure: Array
    value_added_share: Array
    input_share: Array
    final_share: Array
    value_added: Array
    balance: Array
    government: PublicPurchases | None = None

    @property
    def countries(self) -> int:
        """Number of countries N."""
        return self.share.shape[1]

    @property
    def sectors(self) -> int:
        """Number of sectors S."""
        return self.share.shape[0]

    @cached_property
    def output(self) -> Array:
        """``[S, N]`` sales at factory prices, at home and abroad."""
        fob, factory = len(self.fob), len(self.factory)
        between = np.concatenate(
            (self.factory, self.fob[factory:], self.share[max(fob, factory) :])
        )
        sold = self._sold(between) + self.own_factory * self.expenditure
        return sold if self.government is None else sold + self.government.output

    @cached_property
    def input_share_by_input(self) -> Array:
        """``input_share`` as ``[S, S, N]``: input, user, country."""
        return np.ascontiguousarray(self.input_share.transpose(1, 2, 0))

    @cached_property
    def single_input_share(self) -> Array:
        """``input_share`` in single precision, for what only shapes steps."""
        return self.input_share.astype(np.float32)

    @cached_property
    def single_input_share_by_input(self) -> Array:
        """``input_share_by_input`` in single precision."""
        return self.input_share_by_input.astype(np.float32)

    @cached_property
    def patterns(self) -> tuple[Array, Array, Array]:
        """How prices, purchases and unit costs of a country move as wholes; see ``slow_patterns``."""
        return slow_patterns(self.input_share, self.own_share, self.expenditure)

    @cached_property
    def sector_value_added(self) -> Array:
        """``[S, N]`` value added."""
        return self.value_added_share * self.output

    @cached_property
    def exports(self) -> Array:
        """``[N]`` sales abroad at the border."""
        sold = self._sold(np.concatenate((self.fob, self.share[len(self.fob) :]))).sum(axis=0)
        return sold if self.government is None else sold + self.government.exports

    @cached_property
    def income(self) -> Array:
        """``[N]`` final spending: purchases less inputs."""
        inputs = (1 - self.value_added_share) * self.output
        spent = self.expenditure.sum(axis=0) - inputs.sum(axis=0)
        return spent if self.government is None else spent + self.government.spending

    def _sold(self, weights: Array) -> Array:
        return np.matmul(self.expenditure[:, None, :], weights)[:, 0, :]


def make_baseline(
    *,
    trade_flow: Array,
    tariff: Array,
    export_tax: Array,
    intermediate_use: Array,
    value_added: Array,
    final_demand: Array,
    government_flow: Array | None = None,
    government_demand: Array | None = None,
) -> Baseline:
    """Calibrate the shares of a balanced table; all arrays in the public axis order.

    Tariffs and export taxes include the rents beside them. Where governments are told apart, shares
    and purchases are those of everyone else.
    """
    balance, government = _balance(trade_flow), None
    if government_flow is not None and government_demand is not None:
        government = _public(government_flow, government_demand, export_tax)
        trade_flow = np.maximum(trade_flow - government_flow, 0.0)
        final_demand = np.maximum(final_demand - government_demand, 0.0)
    flow = np.ascontiguousarray(trade_flow.transpose(2, 1, 0))
    share, fob, factory, expenditure = _weights(flow, tariff, export_tax)
    own_share, own_fob, own_factory = _diagonals(share, fob, factory)
    cost = intermediate_use.sum(axis=1) + value_added
    made = cost > 0
    safe = np.where(made, cost, 1.0)
    final = final_demand.sum(axis=1, keepdims=True)
    return Baseline(
        share=share,
        fob=fob,
        factory=factory,
        own_share=own_share,
        own_fob=own_fob,
        own_factory=own_factory,
        expenditure=expenditure,
        value_added_share=np.ascontiguousarray(np.where(made, value_added / safe, 1.0).T),
        input_share=intermediate_use / safe[:, None, :],
        final_share=np.ascontiguousarray((final_demand / np.where(final > 0, final, 1.0)).T),
        value_added=value_added.sum(axis=1),
        balance=balance,
        government=government,
    )


def _public(flow: Array, demand: Array, export_tax: Array) -> PublicPurchases:
    """Governments' purchases by origin."""
    return PublicPurchases(
        output=np.ascontiguousarray((flow / (1 + export_tax)).sum(axis=1).T),
        exports=flow.sum(axis=(1, 2)) - flow.diagonal().sum(axis=0),
        spending=demand.sum(axis=1),
    )


def _weights(flow: Array, tariff: Array, export_tax: Array) -> tuple[Array, Array, Array, Array]:
    """Shares of duty-paid spending, the same net of duty and of export tax, and the spending."""
    duty, tax = _factor(tariff), _factor(export_tax)
    paid = flow if duty is None else flow * duty
    expenditure = paid.sum(axis=2)
    share = paid / np.where(expenditure > 0, expenditure, 1.0)[:, :, None]
    tariffed, taxed = _leading(tariff), _leading(export_tax)
    fob = share[:tariffed] if duty is None else share[:tariffed] / duty[:tariffed]
    both = min(tariffed, taxed)
    factory = np.concatenate((fob[:both], share[both:taxed]))
    if tax is not None:
        factory /= tax[:taxed]
    return share, fob, factory, expenditure


def _balance(trade_flow: Array) -> Array:
    """Exports less imports from cross-border flows alone, so that small trade keeps its digits."""
    cross = trade_flow.copy()
    diagonal = np.arange(len(cross))
    cross[diagonal, diagonal] = 0.0
    return cross.sum(axis=(1, 2)) - cross.sum(axis=(0, 2))


def _factor(rate: Array) -> Array | None:
    """One plus the rate in the inner axis order; None where every rate is zero."""
    return np.ascontiguousarray(1 + rate.transpose(2, 1, 0)) if rate.any() else None


def _leading(rate: Array) -> int:
    """Number of leading sectors that contain every sector with a non-zero rate."""
    used = np.flatnonzero(rate.any(axis=(0, 1)))
    return int(used[-1]) + 1 if used.size else 0


def _diagonals(share: Array, fob: Array, factory: Array) -> tuple[Array, Array, Array]:
    """Take the domestic cells out of the three matrices (set to zero there) and return them."""
    own_share = share.diagonal(axis1=1, axis2=2).copy()
    own_fob, own_factory = own_share.copy(), own_share.copy()
    own_fob[: len(fob)] = fob.diagonal(axis1=1, axis2=2)
    own_factory[: len(fob)] = own_fob[: len(fob)]
    own_factory[: len(factory)] = factory.diagonal(axis1=1, axis2=2)
    diagonal = np.arange(share.shape[1])
    for matrix in (share, fob, factory):
        matrix[:, diagonal, diagonal] = 0.0
    return own_share, own_fob, own_factory
