"""Scalar outcomes of an equilibrium, with their derivatives: what gradients are gradients of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zollverein.errors import ScenarioError
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.linear import Bars, Tangent
from zollverein.names import did_you_mean
from zollverein.world import World


@dataclass(frozen=True)
class Outcome:
    """A change of something for a country or a group: new over old, 1 where nothing changed.

    Attributes:
        kind: One of ``KINDS``: ``real_income``, ``real_wage``, ``income``, ``wage``,
            ``price_index`` (consumer prices), ``exports``, ``imports``, ``output``, ``employment``.
        countries: Labels; a group's outcome is the mean of its members' weighted by the
            baseline value (final spending, value added, exports, ...).
        sectors: Restricts ``output`` and ``employment``; all sectors if empty.
    """

    kind: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Such as ``real_income of BLR, RUS``."""
        sectors = f" in {', '.join(self.sectors)}" if self.sectors else ""
        return f"{self.kind} of {', '.join(self.countries)}{sectors}"


@dataclass(frozen=True, eq=False)
class Reading:
    """An outcome evaluated at an equilibrium: its value, its bars, and its directional change."""

    value: float
    bars: Bars
    along: Callable[[Tangent], float]


def parse_outcome(text: str | Outcome) -> Outcome:
    """``"real_income BLR"`` or ``"output RUS C26 C27"``: kind, country (``A+B`` for a group), sectors.

    Raises:
        ScenarioError: If the kind is unknown or no country is named.
    """
    if isinstance(text, Outcome):
        return text
    kind, *rest = text.replace(",", " ").split() or [""]
    if kind not in KINDS:
        raise ScenarioError(
            f"outcome '{text}': '{kind}' is not a kind of outcome{did_you_mean(kind, list(KINDS))} "
            f"Kinds: {', '.join(KINDS)}."
        )
    if not rest:
        raise ScenarioError(
            f"outcome '{text}': name a country, such as '{kind} BLR' or '{kind} RUS+BLR'."
        )
    return Outcome(kind, tuple(rest[0].split("+")), tuple(rest[1:]))


def read_outcome(world: World, equilibrium: Equilibrium, outcome: Outcome) -> Reading:
    """Evaluate an outcome and its derivatives with respect to the nodes of the equilibrium.

    Raises:
        ScenarioError: If the world lacks a country or sector it names.
    """
    member = _mask(world, "country", outcome.countries)
    picked = (
        _mask(world, "sector", outcome.sectors) if outcome.sectors else np.ones(len(world.sectors))
    )
    if outcome.kind == "employment":
        picked = picked[:, None] * world.values("employment").T
    return KINDS[outcome.kind](equilibrium, member, picked)


def _mask(world: World, what: str, wanted: tuple[str, ...]) -> Array:
    """1 for the labels wanted, 0 for the others."""
    index = world.data.indexes[what]
    places = index.get_indexer(pd.Index(list(wanted)))
    if (places < 0).any():
        name = wanted[int(np.argmin(places))]
        near = did_you_mean(name, map(str, index))
        raise ScenarioError(f"outcome: '{name}' is not a {what} of {world.name}{near}")
    mask = np.zeros(len(index))
    mask[places] = 1.0
    return mask


def _weights(size: Array, member: Array) -> Array:
    """Shares of the members in the group's baseline total."""
    total = float((size * member).sum())
    return size * member / total if total > 0 else member / max(float(member.sum()), 1.0)


def _positive(size: Array, what: str) -> float:
    """The total of what an outcome is a change of.

    Raises:
        ScenarioError: If it is zero, so that there is no change.
    """
    total = float(size.sum())
    if not total > 0:
        raise ScenarioError(
            f"outcome: {what} there is zero in the baseline, so that it has no relative change. Fix: "
            "another country or sector."
        )
    return total


def _deflated(equilibrium: Equilibrium, member: Array, numerator: str) -> Reading:
    """Income or wage, over the consumer price index."""
    base, point = equilibrium.problem.base, equilibrium.point
    price = np.exp((base.final_share * np.log(equilibrium.price_hat)).sum(axis=0))
    if numerator == "income":
        weight, level = _weights(base.income, member), point.income
        hat = level / base.income / price
    else:
        weight, level = _weights(base.value_added, member), np.ones_like(price)
        hat = equilibrium.wage_hat / price
    part = weight * hat
    bars = Bars(price=-part * base.final_share)
    if numerator == "income":
        bars.income = part / level
    else:
        bars.log_wage = part

    def along(change: Tangent) -> float:
        top = change.income / level if numerator == "income" else change.log_wage
        return float((part * (top - (base.final_share * change.log_price).sum(axis=0))).sum())

    return Reading(float(part.sum()), bars, along)


def _real_income(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _deflated(equilibrium, member, "income")


def _real_wage(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _deflated(equilibrium, member, "wage")


def _price_index(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    base = equilibrium.problem.base
    price = np.exp((base.final_share * np.log(equilibrium.price_hat)).sum(axis=0))
    part = _weights(base.value_added, member) * price

    def along(change: Tangent) -> float:
        return float((part * (base.final_share * change.log_price).sum(axis=0)).sum())

    return Reading(float(part.sum()), Bars(price=part * base.final_share), along)


def _wage(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    part = _weights(equilibrium.problem.base.value_added, member) * equilibrium.wage_hat
    return Reading(
        float(part.sum()), Bars(log_wage=part), lambda change: float((part * change.log_wage).sum())
    )


def _income(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _total("income", equilibrium.point.income, equilibrium.problem.base.income, member)


def _exports(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _total("exports", equilibrium.point.exports, equilibrium.problem.base.exports, member)


def _imports(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    base = equilibrium.problem.base
    return _total("imports", equilibrium.point.imports, base.exports - base.balance, member)


def _total(node: str, new: Array, old: Array, member: Array) -> Reading:
    """A group's new total over its old one."""
    weight = member / _positive(old * member, node)
    bars = Bars()
    setattr(bars, node, weight)
    return Reading(
        float((weight * new).sum()),
        bars,
        lambda change: float((weight * getattr(change, node)).sum()),
    )


def _output(equilibrium: Equilibrium, member: Array, picked: Array) -> Reading:
    weight = picked[:, None] * member
    weight = weight / _positive(equilibrium.problem.base.output * weight, "output")
    return Reading(
        float((weight * equilibrium.point.output).sum()),
        Bars(output=weight),
        lambda change: float((weight * change.output).sum()),
    )


def _employment(equilibrium: Equilibrium, member: Array, employed: Array) -> Reading:
    """Value added over the wage: employment follows output in volume at constant cost shares."""
    output = equilibrium.problem.base.output
    weight = employed * member / _positive(employed * member, "employment")
    weight = weight / np.where(output > 0, output, 1.0)
    part = weight * equilibrium.point.output / equilibrium.wage_hat

    def along(change: Tangent) -> float:
        moved = weight * change.output / equilibrium.wage_hat
        return float((moved - part * change.log_wage).sum())

    bars = Bars(output=weight / equilibrium.wage_hat, log_wage=-part.sum(axis=0))
    return Reading(float(part.sum()), bars, along)


#: Kind of outcome -> how it is read.
KINDS: dict[str, Callable[[Equilibrium, Array, Array], Reading]] = {
    "real_income": _real_income,
    "real_wage": _real_wage,
    "income": _income,
    "wage": _wage,
    "price_index": _price_index,
    "exports": _exports,
    "imports": _imports,
    "output": _output,
    "employment": _employment,
}
