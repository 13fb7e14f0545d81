"""What of an economy goes beyond Caliendo and Parro (2015): nests, scale, factors, government, pools.

A problem without a structure is theirs and takes the fastest path; with one, ``models.general``
solves it. Everything is in plain arrays, axis order ``[sector, importer, exporter]``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from zollverein.models.baseline import Array


@dataclass(frozen=True, eq=False)
class MobilityBloc:
    """Countries (positions) between which people move, the elasticity, and their shares of people."""

    members: Array
    elasticity: float
    weights: Array

    def follow(self, pull: Array, supplied: Array) -> Array:
        """Change of members' log people for that of what pulls them, at log people ``supplied``."""
        return np.asarray(pull - (self.weights * np.exp(supplied)) @ pull)

    def moved(self, bar: Array, supplied: Array) -> Array:
        """Transpose of ``follow``."""
        return bar - self.weights * np.exp(supplied) * bar.sum()


@dataclass(frozen=True, eq=False)
class RevenuePool:
    """Shared revenue.

    Attributes:
        members: Positions of the countries.
        keys: Their shares.
        duty: ``[S, M, N]`` the duty ``t'`` on imports from others, which goes into the pool.
        part: How much of the sharing applies.
    """

    members: Array
    keys: Array
    duty: Array
    part: float = 1.0


@dataclass(frozen=True, eq=False)
class Government:
    """The governments of G countries as buyers of their own.

    Attributes:
        members: ``[G]`` positions of the countries.
        part: ``[G]`` the government's share of final demand.
        final_share: ``[S, G]`` of its demand.
        base: ``[S, G, N]`` its baseline shares by exporter, domestic ones included.
        weight: ``[S, G, N]`` the same times access and ``κ̂^-θ``.
        duty, tax: ``[S, G, N]`` new ``1 + T'`` and ``1 + E'`` of its purchases.
    """

    members: Array
    part: Array
    final_share: Array
    base: Array
    weight: Array
    duty: Array
    tax: Array

    def linked(self, countries: int) -> Array:
        """``[N, N]`` importer and exporter: whether a government can buy anything."""
        linked = np.zeros((countries, countries), dtype=bool)
        linked[self.members] = self.weight.any(axis=0)
        return linked

    def without(self, lost: Array) -> Self:
        """The same governments without the goods ``[S, G]`` that nobody supplies any more."""
        share = np.where(lost, 0.0, self.final_share)
        left = share.sum(axis=0)
        return replace(
            self,
            final_share=share / np.where(left > 0, left, 1.0),
            base=np.where(lost[:, :, None], 0.0, self.base),
        )


@dataclass(frozen=True, eq=False)
class Structure:
    """Departures from the model of Caliendo and Parro; every default is that model.

    Attributes:
        value_added_elasticity: Between value added and inputs (σ).
        input_elasticity: Among inputs (ρ).
        final_elasticity: Among final goods (η).
        scale: ``[S]`` response of trade to the number of firms (ψ), or None for constant returns.
        specific: Whether labour stays in its sector.
        capital_share: Where capital adjusts, its share of value added (α), else 0.
        mobility: Blocs in which people move.
        pools: Shared revenue.
        government: Governments told apart from other buyers, or None.
        part: How much of the pools applies; below 1 only on the way of continuation.
    """

    value_added_elasticity: float = 1.0
    input_elasticity: float = 1.0
    final_elasticity: float = 1.0
    scale: Array | None = None
    specific: bool = False
    capital_share: float = 0.0
    mobility: tuple[MobilityBloc, ...] = ()
    pools: tuple[RevenuePool, ...] = ()
    government: Government | None = None
    part: float = 1.0

    @property
    def plain(self) -> bool:
        """Whether this is the model of Caliendo and Parro after all."""
        nests = (self.value_added_elasticity, self.input_elasticity, self.final_elasticity)
        return (
            nests == (1.0, 1.0, 1.0)
            and self.scale is None
            and not (self.specific or self.capital_share or self.mobility or self.pools)
            and self.government is None
        )

    def part_way(self, part: float) -> Self:
        """The structure with a part of what the policy changes in it."""
        government = self.government
        if government is not None:
            old, new = government.base, government.weight
            positive = (old > 0) & (new > 0)
            ratio = np.divide(new, old, out=np.ones_like(old), where=positive)
            between = old * np.where(positive, ratio**part, 1 - part)
            government = replace(government, weight=between)
        return replace(self, part=part, government=government)

    def labour_supply(self, real_wage: Array) -> Array:
        """Log of population ``[N]`` at log real wages of a person: people move within blocs."""
        people = np.zeros_like(real_wage)
        for bloc in self.mobility:
            pull = bloc.elasticity * real_wage[bloc.members]
            top = pull.max()
            people[bloc.members] = pull - top - np.log(bloc.weights @ np.exp(pull - top))
        return people

    def factor_supply(self, real_price: Array) -> tuple[Array, Array]:
        """Logs of the factor bundle and of population ``[N]`` at the log real price of the bundle.

        Capital is made of the final good, so that its stock follows the real price with the
        elasticity ``α / (1 - α)`` (Anderson, Larch and Yotov 2020, steady state).
        """
        multiplier = 1 / (1 - self.capital_share)
        people = self.labour_supply(multiplier * real_price)
        return people + (multiplier - 1) * real_price, people

    def factor_supply_tangent(
        self, change: Array, people: Array, pulled: Array | None = None
    ) -> tuple[Array, Array]:
        """Changes of the logs of the factor bundle and of population ``[N]``.

        Args:
            change: Of the log real price of the bundle ``[N]``.
            people: Log population itself.
            pulled: What else changes what pulls people, ``[N]``.
        """
        multiplier = 1 / (1 - self.capital_share)
        moved = np.zeros_like(change)
        for bloc in self.mobility:
            m = bloc.members
            pull = bloc.elasticity * multiplier * change[m]
            moved[m] = bloc.follow(pull if pulled is None else pull + pulled[m], people[m])
        return moved + (multiplier - 1) * change, moved

    def factor_supply_pullback(self, factors: Array, people: Array) -> Array:
        """Transpose of ``factor_supply``: bars of the real price ``[N]``.

        Args:
            factors: Bars of the log factor bundle.
            people: Log population itself.
        """
        multiplier = 1 / (1 - self.capital_share)
        real_wage = np.zeros_like(factors)
        for bloc in self.mobility:
            m = bloc.members
            real_wage[m] = bloc.elasticity * bloc.moved(factors[m], people[m])
        return multiplier * real_wage + (multiplier - 1) * factors
