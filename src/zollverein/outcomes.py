"""Scalar outcomes of an equilibrium, with their derivatives: what gradients are gradients of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from zollverein import accounts
from zollverein.errors import ScenarioError
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.general import GeneralPoint, GeneralSystem
from zollverein.models.general_linear import GeneralBars
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
        label: Who and what in words, where groups have names: ``EAEU in goods``.
    """

    kind: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Such as ``real_income of BLR, RUS``."""
        if self.label:
            return f"{self.kind} of {self.label}"
        sectors = f" in {', '.join(self.sectors)}" if self.sectors else ""
        return f"{self.kind} of {', '.join(self.countries)}{sectors}"


@dataclass(frozen=True, eq=False)
class Reading:
    """An outcome evaluated at an equilibrium: its value and its bars."""

    value: float
    bars: Bars

    def along(self, change: Tangent) -> float:
        """Its change for a change of the nodes of a point of the base model."""
        moved = sum(np.sum(getattr(self.bars, node) * getattr(change, node)) for node in _NODES)
        return float(moved + np.sum(self.bars.price * change.log_price))


#: Nodes that bars and tangents name alike, except prices.
_NODES = ("log_wage", "spending", "output", "income", "exports", "imports")


#: A name in quotes, a word, or a sign that joins names; a quote ends where no more of a word follows.
_TOKEN = re.compile(r"""(["'])(?P<name>.+?)\1(?=[\s,+]|$)|(?P<word>[^\s,+]+)|(?P<plus>\+)""")


def parse_outcome(text: str | Outcome) -> Outcome:
    """``"real_income BLR"`` or ``"output RUS C26 C27"``: kind, country (``A+B`` for a group), sectors.

    A name of several words stands in quotes, single or double: ``"real_income 'United States'"``.

    Raises:
        ScenarioError: If the kind is unknown, no country is named, or a quote is not closed.
    """
    if isinstance(text, Outcome):
        return text
    (kind, *_), *rest = _names(text) or [("",)]
    if kind not in KINDS:
        raise ScenarioError(
            f"outcome '{text}': '{kind}' is not a kind of outcome{did_you_mean(kind, list(KINDS))} "
            f"Kinds: {', '.join(KINDS)}."
        )
    if not rest:
        raise ScenarioError(
            f"outcome '{text}': name a country, such as '{kind} BLR' or '{kind} RUS+BLR'."
        )
    return Outcome(kind, rest[0], tuple(name for names in rest[1:] for name in names))


def _names(text: str) -> list[tuple[str, ...]]:
    """The names in an outcome, those that ``+`` joins together.

    Raises:
        ScenarioError: If a quote is not closed, or a name is missing beside a ``+``.
    """
    groups: list[tuple[str, ...]] = []
    joins = False
    for token in _TOKEN.finditer(text):
        if token["plus"]:
            if joins or not groups:
                break
            joins = True
            continue
        name = token["name"] or token["word"]
        if token["word"] and name[0] in "\"'":
            raise ScenarioError(
                f"outcome '{text}': the quote that begins with {name} is not closed. Fix: the same sign "
                "behind the name, such as \"real_income 'United States'\"."
            )
        groups = [*groups[:-1], (*groups[-1], name)] if joins else [*groups, (name,)]
        joins = False
    else:
        if not joins:
            return groups
    raise ScenarioError(
        f"outcome '{text}': a name is missing beside '+'. Fix: such as 'real_income RUS+BLR'."
    )


def in_quotes(name: str) -> str:
    """A name as an outcome writes it: in quotes where it is of several words."""
    if not re.search(r"[\s,+\"']", name):
        return name
    sign = "'" if '"' in name else '"'
    return f"{sign}{name}{sign}"


def read_outcome(world: World, equilibrium: Equilibrium, outcome: Outcome) -> Reading:
    """Evaluate an outcome and its derivatives with respect to the nodes of the equilibrium.

    Raises:
        ScenarioError: If the world lacks a country or sector it names.
    """
    member = _mask(world, "country", outcome.countries)
    picked = (
        _mask(world, "sector", outcome.sectors) if outcome.sectors else np.ones(len(world.sectors))
    )
    if isinstance(equilibrium.system, GeneralSystem):
        extended = _Extended(world, equilibrium, equilibrium.system)
        return extended.read(outcome.kind, member, picked)
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


def weights(size: Array, member: Array) -> Array:
    """Shares of the members in the group's baseline total."""
    total = float((size * member).sum())
    return size * member / total if total > 0 else member / max(float(member.sum()), 1.0)


def positive(size: Array, what: str) -> float:
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
        part = weights(base.income, member) * (point.income / base.income / price)
        top = {"income": part / point.income}
    else:
        part = weights(base.value_added, member) * (equilibrium.wage_hat / price)
        top = {"log_wage": part}
    return Reading(float(part.sum()), Bars(price=-part * base.final_share, **top))


def _real_income(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _deflated(equilibrium, member, "income")


def _real_wage(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _deflated(equilibrium, member, "wage")


def _price_index(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    base = equilibrium.problem.base
    price = np.exp((base.final_share * np.log(equilibrium.price_hat)).sum(axis=0))
    part = weights(base.value_added, member) * price
    return Reading(float(part.sum()), Bars(price=part * base.final_share))


def _wage(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    part = weights(equilibrium.problem.base.value_added, member) * equilibrium.wage_hat
    return Reading(float(part.sum()), Bars(log_wage=part))


def _income(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _total("income", equilibrium.point.income, equilibrium.problem.base.income, member)


def _exports(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    return _total("exports", equilibrium.point.exports, equilibrium.problem.base.exports, member)


def _imports(equilibrium: Equilibrium, member: Array, _: Array) -> Reading:
    base = equilibrium.problem.base
    return _total("imports", equilibrium.point.imports, base.exports - base.balance, member)


def _total(node: str, new: Array, old: Array, member: Array) -> Reading:
    """A group's new total over its old one."""
    weight = member / positive(old * member, node)
    return Reading(float((weight * new).sum()), Bars(**{node: weight}))


def _output(equilibrium: Equilibrium, member: Array, picked: Array) -> Reading:
    weight = picked[:, None] * member
    weight = weight / positive(equilibrium.problem.base.output * weight, "output")
    return Reading(float((weight * equilibrium.point.output).sum()), Bars(output=weight))


def _employment(equilibrium: Equilibrium, member: Array, employed: Array) -> Reading:
    """Value added over the wage: employment follows output in volume at constant cost shares."""
    output = equilibrium.problem.base.output
    weight = employed * member / positive(employed * member, "employment")
    weight = weight / np.where(output > 0, output, 1.0)
    part = weight * equilibrium.point.output / equilibrium.wage_hat
    bars = Bars(output=weight / equilibrium.wage_hat, log_wage=-part.sum(axis=0))
    return Reading(float(part.sum()), bars)


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


class _Extended:
    """Outcomes of the extended model, as the counterfactual World has them."""

    def __init__(self, world: World, equilibrium: Equilibrium, system: GeneralSystem) -> None:
        if not isinstance(equilibrium.point, GeneralPoint):
            raise TypeError("a general system has general points")
        self._world, self._point = world, equilibrium.point
        self._kept = 1 - system.government_part
        self._price = equilibrium.consumer_price_hat
        self._wage = accounts.sector_wage(world).T * equilibrium.wage_hat
        self._wage = self._wage * np.exp(self._point.sector_wage)

    def read(self, kind: str, member: Array, picked: Array) -> Reading:
        """One kind of outcome of the members and, where it has sectors, of those picked."""
        if kind in ("real_income", "real_wage", "wage", "price_index"):
            return self._ratio(kind, member)
        world, point = self._world, self._point
        if kind == "income":
            spent, bars = self._spending()
            share = member / positive(self._spent_before() * member, kind)
            shares = {node: share * bar for node, bar in bars.items()}
            return Reading(float((share * spent).sum()), GeneralBars(**shares))
        cells = picked[:, None] * member
        if kind == "output":
            share = cells / positive(accounts.gross_output(world).values.T * cells, kind)
            return Reading(float((share * point.output).sum()), GeneralBars(output=share))
        if kind == "employment":
            share = cells / positive(world.values("employment").T * cells, kind) / self._wage
            part = share * point.value_added
            per_wage = {"sector_wage": -part, "log_wage": -part.sum(axis=0)}
            return Reading(float(part.sum()), GeneralBars(value_added=share, **per_wage))
        old, new = {
            "exports": (accounts.exports, point.exports),
            "imports": (accounts.imports, point.imports),
        }[kind]
        share = member / positive(old(world).values * member, kind)
        return Reading(float((share * new).sum()), GeneralBars(**{kind: share}))

    def _ratio(self, kind: str, member: Array) -> Reading:
        """A mean of members' ratios, weighted by final spending or by value added."""
        size = self._world.data["value_added"].values.sum(axis=1)
        hat, logs = np.ones_like(size), {}
        if kind == "real_income":
            size = self._spent_before()
            spent, bars = self._spending()
            hat, logs = spent / size, {node: bar / spent for node, bar in bars.items()}
        elif kind != "price_index":
            hat, logs = self._mean_wage()
        if kind != "wage":
            sign = 1.0 if kind == "price_index" else -1.0
            hat = hat * self._price**sign
            wage = logs.get("log_wage", 0.0)
            logs = {**logs, "consumer_price": sign, "log_wage": wage + sign}
        part = weights(size, member) * hat
        return Reading(
            float(part.sum()), GeneralBars(**{node: part * bar for node, bar in logs.items()})
        )

    def _spent_before(self) -> Array:
        return np.asarray(self._world.data["final_demand"].values.sum(axis=1))

    def _spending(self) -> tuple[Array, dict[str, Array]]:
        """Final spending ``[N]``, governments' included, and its derivatives."""
        private = self._point.final_share.sum(axis=0) * self._kept
        bought = self._point.bought
        if bought is None:
            return private * self._point.income, {"income": private}
        spent = private * self._point.income + bought.demand.sum(axis=0)
        return spent, {"income": private, "public": np.ones_like(spent)}

    def _mean_wage(self) -> tuple[Array, dict[str, Array]]:
        """Change of value added over employment ``[N]``, and the derivatives of its log."""
        earned = self._point.value_added
        employed = earned / self._wage
        total, paid = employed.sum(axis=0), earned.sum(axis=0)
        works = total > 0
        mean = paid / np.where(works, total, 1.0)
        old = self._world.data["wage"].values
        hat = np.where(works, mean / old, np.exp(self._point.log_wage))
        share = employed / np.where(works, total, 1.0)
        gained = np.where(works, 1 / np.where(works, paid, 1.0), 0.0)
        per_job = np.where(works, 1 / np.where(works, total, 1.0), 0.0) / self._wage
        logs = {"value_added": gained - per_job, "sector_wage": share}
        return hat, {**logs, "log_wage": np.ones_like(hat)}
