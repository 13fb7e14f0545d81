"""Scalar outcomes of an equilibrium, with their derivatives: what gradients are gradients of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from zollverein import accounts
from zollverein.errors import ScenarioError
from zollverein.models.bars import Bars
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.general import GeneralPoint, GeneralSystem
from zollverein.models.general_linear import GeneralBars
from zollverein.models.tangent import Tangent
from zollverein.models.wages import mean_wage
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

    def along(self, change: Tangent) -> Array:
        """Its change for a change of the nodes of the point, by country ``[N]``; a group's is the sum."""
        found = np.zeros_like(change.log_wage)
        for node in fields(self.bars):
            bar = getattr(self.bars, node.name)
            if isinstance(bar, np.ndarray):
                moved = bar * getattr(change, node.name)
                found = found + (moved.sum(axis=0) if moved.ndim > 1 else moved)
        return found


@dataclass(frozen=True, eq=False)
class _Group:
    """The members of a group, 1 in ``member`` ``[N]``, taken together."""

    member: Array

    def mean(self, size: Array) -> Array:
        """Shares ``[N]`` of the members in the group's baseline total."""
        total = float((size * self.member).sum())
        if total > 0:
            return size * self.member / total
        return self.member / max(float(self.member.sum()), 1.0)

    def share(self, old: Array, what: str) -> Array:
        """What a unit in each country ``[N]`` is of the group's total, ``old`` ``[N]`` or ``[S, N]``.

        Raises:
            ScenarioError: If it is zero in the baseline, so that it has no change.
        """
        total = float((old * self.member).sum())
        if not total > 0:
            raise ScenarioError(
                f"outcome: {what} there is zero in the baseline, so that it has no relative change. "
                "Fix: another country or sector."
            )
        return self.member / total


class _Each:
    """Every country by itself."""

    def mean(self, size: Array) -> Array:
        """Every country counts in full."""
        return np.ones_like(size)

    def share(self, old: Array, _: str) -> Array:
        """What a unit is of each country's total ``[N]``; not a number where that is zero."""
        total = old.sum(axis=0) if old.ndim > 1 else old
        return 1 / np.where(total > 0, total, np.nan)


def responses(world: World, equilibrium: Equilibrium, change: Tangent) -> dict[str, Array]:
    """Change ``[N]`` of every kind of outcome of every country for a change of the nodes."""
    read = _reader(world, equilibrium)
    everything = np.ones(len(world.sectors))
    return {kind: read(kind, _Each(), everything).along(change) for kind in KINDS}


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
    return _reader(world, equilibrium)(outcome.kind, _Group(member), picked)


def _reader(
    world: World, equilibrium: Equilibrium
) -> Callable[[str, _Group | _Each, Array], Reading]:
    """Kind, countries and sectors ``[S]`` -> the reading, by the definitions of the model."""
    if isinstance(equilibrium.system, GeneralSystem):
        return _Extended(world, equilibrium, equilibrium.system).read

    def read(kind: str, countries: _Group | _Each, picked: Array) -> Reading:
        if kind == "employment" or (kind in ("wage", "real_wage") and "employment" in world.data):
            picked = picked[:, None] * world.values("employment").T
        return KINDS[kind](equilibrium, countries, picked)

    return read


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


def _price(equilibrium: Equilibrium) -> Array:
    """Consumer prices ``[N]``."""
    share = equilibrium.problem.base.final_share
    return np.asarray(np.exp((share * np.log(equilibrium.price_hat)).sum(axis=0)))


def _real_income(equilibrium: Equilibrium, countries: _Group | _Each, _: Array) -> Reading:
    base, point = equilibrium.problem.base, equilibrium.point
    part = countries.mean(base.income) * (point.income / base.income / _price(equilibrium))
    bars = Bars(price=-part * base.final_share, income=part / point.income)
    return Reading(float(part.sum()), bars)


def _real_wage(equilibrium: Equilibrium, countries: _Group | _Each, employed: Array) -> Reading:
    base, (hat, slope) = equilibrium.problem.base, _wages(equilibrium, employed)
    part = countries.mean(base.value_added) * (hat / _price(equilibrium))
    bars = Bars(price=-part * base.final_share, log_wage=part, output=slope(part))
    return Reading(float(part.sum()), bars)


def _price_index(equilibrium: Equilibrium, countries: _Group | _Each, _: Array) -> Reading:
    base = equilibrium.problem.base
    part = countries.mean(base.value_added) * _price(equilibrium)
    return Reading(float(part.sum()), Bars(price=part * base.final_share))


def _wage(equilibrium: Equilibrium, countries: _Group | _Each, employed: Array) -> Reading:
    hat, slope = _wages(equilibrium, employed)
    part = countries.mean(equilibrium.problem.base.value_added) * hat
    return Reading(float(part.sum()), Bars(log_wage=part, output=slope(part)))


def _wages(
    equilibrium: Equilibrium, employed: Array
) -> tuple[Array, Callable[[Array], Array | float]]:
    """The mean wage, and what a bar of its log is for output: nothing if no employment is given."""
    if employed.ndim == 1:
        return equilibrium.wage_hat, lambda _: 0.0
    hat, slope = mean_wage(equilibrium, employed)
    return hat, lambda part: part * slope


def _income(equilibrium: Equilibrium, countries: _Group | _Each, _: Array) -> Reading:
    return _total("income", equilibrium.point.income, equilibrium.problem.base.income, countries)


def _exports(equilibrium: Equilibrium, countries: _Group | _Each, _: Array) -> Reading:
    return _total("exports", equilibrium.point.exports, equilibrium.problem.base.exports, countries)


def _imports(equilibrium: Equilibrium, countries: _Group | _Each, _: Array) -> Reading:
    base = equilibrium.problem.base
    return _total("imports", equilibrium.point.imports, base.exports - base.balance, countries)


def _total(node: str, new: Array, old: Array, countries: _Group | _Each) -> Reading:
    """A group's new total over its old one."""
    weight = countries.share(old, node)
    return Reading(float((weight * new).sum()), Bars(**{node: weight}))


def _output(equilibrium: Equilibrium, countries: _Group | _Each, picked: Array) -> Reading:
    picked = picked[:, None]
    weight = picked * countries.share(picked * equilibrium.problem.base.output, "output")
    return Reading(float((weight * equilibrium.point.output).sum()), Bars(output=weight))


def _employment(equilibrium: Equilibrium, countries: _Group | _Each, employed: Array) -> Reading:
    """Value added over the wage: employment follows output in volume at constant cost shares."""
    output = equilibrium.problem.base.output
    weight = employed * countries.share(employed, "employment")
    weight = weight / np.where(output > 0, output, 1.0)
    part = weight * equilibrium.point.output / equilibrium.wage_hat
    bars = Bars(output=weight / equilibrium.wage_hat, log_wage=-part.sum(axis=0))
    return Reading(float(part.sum()), bars)


#: Kind of outcome -> how it is read.
KINDS: dict[str, Callable[[Equilibrium, _Group | _Each, Array], Reading]] = {
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

    def read(self, kind: str, countries: _Group | _Each, picked: Array) -> Reading:
        """One kind of outcome of some countries and, where it has sectors, of those picked."""
        if kind in ("real_income", "real_wage", "wage", "price_index"):
            return self._ratio(kind, countries)
        world, point = self._world, self._point
        if kind == "income":
            spent, bars = self._spending()
            share = countries.share(self._spent_before(), kind)
            shares = {node: share * bar for node, bar in bars.items()}
            return Reading(float((share * spent).sum()), GeneralBars(**shares))
        cells = picked[:, None]
        if kind == "output":
            share = cells * countries.share(accounts.gross_output(world).values.T * cells, kind)
            return Reading(float((share * point.output).sum()), GeneralBars(output=share))
        if kind == "employment":
            share = cells * countries.share(world.values("employment").T * cells, kind) / self._wage
            part = share * point.value_added
            per_wage = {"sector_wage": -part, "log_wage": -part.sum(axis=0)}
            return Reading(float(part.sum()), GeneralBars(value_added=share, **per_wage))
        old, new = {
            "exports": (accounts.exports, point.exports),
            "imports": (accounts.imports, point.imports),
        }[kind]
        share = countries.share(old(world).values, kind)
        return Reading(float((share * new).sum()), GeneralBars(**{kind: share}))

    def _ratio(self, kind: str, countries: _Group | _Each) -> Reading:
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
        part = countries.mean(size) * hat
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
