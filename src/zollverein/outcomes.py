"""Scalar outcomes of an equilibrium, with their derivatives: what gradients are gradients of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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
            ``price_index`` (consumer prices), ``exports``, ``imports``, ``output``.
        countries: Labels; a group's outcome is the mean of its members' weighted by the
            baseline value (final spending, value added, exports, ...).
        sectors: Restricts ``output``; all sectors if empty.
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
            f"outcome '{text}': '{kind}' is not a kind of outcome{did_you_mean(kind, KINDS)} "
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
    member = _mask(world, world.countries, outcome.countries, "country")
    picked = _mask(world, world.sectors, outcome.sectors or world.sectors, "sector")
    return KINDS[outcome.kind](equilibrium, member, picked)


def _mask(world: World, labels: tuple[str, ...], wanted: tuple[str, ...], what: str) -> Array:
    for name in wanted:
        if name not in labels:
            near = did_you_mean(name, labels)
            raise ScenarioError(f"outcome: '{name}' is not a {what} of {world.name}{near}")
    return np.isin(np.array(labels), np.array(wanted)).astype(float)


def _weights(size: Array, member: Array) -> Array:
    """Shares of the members in the group's baseline total."""
    total = float((size * member).sum())
    return size * member / total if total > 0 else member / max(float(member.sum()), 1.0)


def _deflated(equilibrium: Equilibrium, member: Array, numerator: str) -> Reading:
    """Income or wage, over the consumer price index."""
    base, point = equilibrium.problem.base, equilibrium.point
    final = base.expenditure.sum(axis=0) - _inputs(equilibrium)
    price = np.exp((base.final_share * np.log(equilibrium.price_hat)).sum(axis=0))
    if numerator == "income":
        weight, level = _weights(final, member), point.income
        hat = level / final / price
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


def _inputs(equilibrium: Equilibrium) -> Array:
    """Baseline purchases of inputs ``[N]``."""
    base = equilibrium.problem.base
    factor_cost = base.value_added_share
    output = _output_base(equilibrium)
    return np.asarray(((1 - factor_cost) * output).sum(axis=0))


def _output_base(equilibrium: Equilibrium) -> Array:
    """Baseline output ``[S, N]``."""
    base = equilibrium.problem.base
    spread = base.expenditure[:, None, :]
    factory, fob = len(base.factory), len(base.fob)
    out = np.concatenate(
        (
            np.matmul(spread[:factory], base.factory)[:, 0],
            np.matmul(spread[factory:fob], base.fob[factory:])[:, 0],
            np.matmul(spread[max(fob, factory) :], base.share[max(fob, factory) :])[:, 0],
        )
    )
    return out + base.own_factory * base.expenditure


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
    base = equilibrium.problem.base
    final = base.expenditure.sum(axis=0) - _inputs(equilibrium)
    return _total("income", equilibrium.point.income, final, member)


def _exports(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    base = equilibrium.problem.base
    fob = _output_base(equilibrium) - base.own_factory * base.expenditure
    if len(base.factory):  # value at the border, not at the factory
        fob = _fob_base(equilibrium)
    return _total("exports", equilibrium.point.exports, fob.sum(axis=0), member)


def _fob_base(equilibrium: Equilibrium) -> Array:
    """Baseline foreign sales at the border ``[S, N]``."""
    base = equilibrium.problem.base
    spread, split = base.expenditure[:, None, :], len(base.fob)
    tariffed = np.matmul(spread[:split], base.fob)[:, 0]
    return np.concatenate((tariffed, np.matmul(spread[split:], base.share[split:])[:, 0]))


def _imports(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    base = equilibrium.problem.base
    exports = _fob_base(equilibrium).sum(axis=0)
    return _total("imports", equilibrium.point.imports, exports - base.balance, member)


def _total(node: str, new: Array, old: Array, member: Array) -> Reading:
    """A group's new total over its old one."""
    weight = member / float((old * member).sum())
    bars = Bars()
    setattr(bars, node, weight)
    return Reading(
        float((weight * new).sum()),
        bars,
        lambda change: float((weight * getattr(change, node)).sum()),
    )


def _output(equilibrium: Equilibrium, member: Array, picked: Array) -> Reading:
    weight = picked[:, None] * member
    weight = weight / float((_output_base(equilibrium) * weight).sum())
    return Reading(
        float((weight * equilibrium.point.output).sum()),
        Bars(output=weight),
        lambda change: float((weight * change.output).sum()),
    )


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
}
