"""How a measure reads in plain English; a new kind registers one function with ``sentence``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from zollverein.names import country_name, iso3
from zollverein.scenario.apply import resolve
from zollverein.scenario.base import Flows, Measure
from zollverein.scenario.industry import ImportSubstitution, Procurement, Productivity
from zollverein.scenario.programme import Programme
from zollverein.scenario.resolve import Resolver, resolver
from zollverein.scenario.trade import (
    Barrier,
    Embargo,
    ExportControl,
    ExportTax,
    MutualRecognition,
    PaymentFriction,
    PriceCap,
    Tariff,
)
from zollverein.scenario.union import AssetFreeze, CustomsUnion, Mobility, Transfer
from zollverein.scenario.values import Names

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.world import World

_SHOWN = 6


def sentences(scenario: Scenario, world: World) -> list[str]:
    """One sentence per measure, led by its name and followed by its note if it has them.

    Groups go by the names they have in the file, with the number of their members in this world.

    Raises:
        ScenarioError: If a name is not of this world.
    """
    resolve(scenario, world)
    words = Words(world, resolver(scenario, world))
    told = [_complete(measure, sentence(measure, words)) for measure in scenario.measures]
    for programme in scenario.programmes:
        told.append(_programme(programme))
        told += [f"– {_complete(m, sentence(m, words))}" for m in programme.measures]
    return told


def _programme(programme: Programme) -> str:
    """``Programme Gas market (energy), from 2022 over 3 years; sizes are illustrative. Remark.``"""
    area = f" ({programme.area})" if programme.area else ""
    when = ""
    if programme.start is not None:
        years = _count(programme.phase_in, "year", "years")
        when = f", from {programme.start}" + (f" over {years}" if programme.phase_in > 1 else "")
    what = "; its sizes are illustrative" if programme.illustrative else ""
    what = what if programme.measures else "; no trade channel, nothing is simulated"
    remark = programme.note.strip().removesuffix(".")
    note = f" {remark[:1].upper()}{remark[1:]}." if remark else ""
    return f"Programme {programme.name}{area}{when}{what}.{note}"


def _complete(measure: Measure, text: str) -> str:
    """``Name: What it does (note).``"""
    lead = f"{measure.name}: " if measure.name else ""
    note = f" ({measure.note.strip().removesuffix('.')})." if measure.note.strip() else "."
    return lead + text.removesuffix(".") + note


@dataclass(frozen=True)
class Words:
    """How the names of a scenario read in a world.

    Attributes:
        world: The world.
        names: What the names stand for in it.
    """

    world: World
    names: Resolver

    def places(self, names: Names, everyone: str) -> str:
        """``Norway and EU27 (27 economies)``."""
        if "all" in _listed(names):
            return everyone
        return _some([self._place(name.strip()) for name in _listed(names)])

    def sectors(self, names: Names, everything: str) -> str:
        """``electrical equipment (C27)`` or ``technology (4 sectors)``."""
        if "all" in _listed(names):
            return everything
        stored = self.world.data.attrs.get("sector_names", "{}")
        titles = json.loads(stored) if isinstance(stored, str) else dict(stored)
        words = [self._sector(name.strip(), titles) for name in _listed(names)]
        return _some(words, "; " if any("," in word for word in words) else ", ")

    def _place(self, name: str) -> str:
        """The English name of one country, or the name of a group with its size."""
        labels = [self.world.countries[i] for i in self.names.countries.positions(name)]
        if len(labels) == 1 and (iso3(name) in labels or _alike(name, labels)):
            return country_name(labels[0])
        return f"{name} ({_count(len(labels), 'economy', 'economies')})"

    def _sector(self, name: str, titles: Mapping[str, str]) -> str:
        """One sector by its title and code, or the name of a group with its size."""
        labels = [self.world.sectors[i] for i in self.names.sectors.positions(name)]
        if not _alike(name, labels):
            return f"{name} ({_count(len(labels), 'sector', 'sectors')})"
        title = titles.get(labels[0])
        return f"{_short(title)} ({labels[0]})" if title else labels[0]


@singledispatch
def sentence(measure: Measure, words: Words) -> str:
    """What a measure does, in one sentence."""
    raise NotImplementedError(f"no sentence is defined for {type(measure).__name__}")


@sentence.register(Tariff)
def _(measure: Tariff, words: Words) -> str:
    return f"The tariff on {_trade(measure, words)} {_rate(measure)}."


@sentence.register(ExportTax)
def _(measure: ExportTax, words: Words) -> str:
    return f"The export tax on {_trade(measure, words)} {_rate(measure)}."


@sentence.register(Barrier)
def _(measure: Barrier, words: Words) -> str:
    size = _percent(measure.remove if measure.remove is not None else measure.add or 0.0)
    verb = "added to" if measure.remove is None else "removed from"
    more = ""
    if measure.rent:
        more = f"; {_percent(measure.rent)} of it is rent kept on the {measure.keeper}'s side"
    if measure.actionable != 1:
        more = f"; policy reaches {_percent(measure.actionable)} of it"
    return f"Barriers worth {size} ad valorem are {verb} {_trade(measure, words)}{more}."


@sentence.register(MutualRecognition)
def _(measure: MutualRecognition, words: Words) -> str:
    who, what = words.places(measure.members, "all countries"), words.sectors(measure.sectors, "")
    trade = f"trade in {what}" if what else "trade"
    return (
        f"Mutual recognition among {who} removes {_percent(measure.actionable)} of barriers worth "
        f"{_percent(measure.size)} on {trade}."
    )


@sentence.register(Embargo)
def _(measure: Embargo, words: Words) -> str:
    part = "" if measure.share == 1 else f"{_percent(measure.share)} of the varieties in "
    return f"An embargo stops {part}{_trade(measure, words)}."


@sentence.register(ExportControl)
def _(measure: ExportControl, words: Words) -> str:
    part = "" if measure.share == 1 else f"{_percent(measure.share)} of the varieties in "
    return f"Export controls stop {part}{_from_to(measure, words)}."


@sentence.register(PaymentFriction)
def _(measure: PaymentFriction, words: Words) -> str:
    target = words.places(measure.target, "every country")
    partners = words.places(measure.partners, "everyone else")
    what = words.sectors(measure.sectors, "")
    kind = f"trade in {what}" if what else "trade"
    return (
        f"Payments with {target} become dearer: {_percent(measure.add)} ad valorem on {kind} with "
        f"{partners}, in both directions."
    )


@sentence.register(PriceCap)
def _(measure: PriceCap, words: Words) -> str:
    leak = f"; {_percent(measure.leakage)} of the trade escapes" if measure.leakage else ""
    cap = _percent(measure.cap)
    return f"The price of {_from_to(measure, words)} is capped at {cap} of the baseline's{leak}."


@sentence.register(Productivity)
def _(measure: Productivity, words: Words) -> str:
    step = "rises" if measure.change >= 0 else "falls"
    who = words.places(measure.countries, "every country")
    what = words.sectors(measure.sectors, "all sectors")
    return f"Productivity in {what} of {who} {step} by {_percent(abs(measure.change))}."


@sentence.register(ImportSubstitution)
def _(measure: ImportSubstitution, words: Words) -> str:
    levers = {
        "buyers want home goods {} more": measure.home_bias,
        "productivity changes by {}": measure.productivity,
        "the budget pays a subsidy of {} of the factory value": measure.output_subsidy,
        "the tariff changes by {} (points)": measure.tariff,
    }
    how = ", ".join(text.format(_percent(v)) for text, v in levers.items() if v is not None)
    who = words.places(measure.countries, "every country")
    return f"Import substitution in {who}, {words.sectors(measure.sectors, 'all sectors')}: {how}."


@sentence.register(Procurement)
def _(measure: Procurement, words: Words) -> str:
    who, what = words.places(measure.members, "all countries"), words.sectors(measure.sectors, "")
    part = "" if measure.open == 1 else f" {_percent(measure.open)} of the way"
    goods = f" in {what}" if what else ""
    return f"Governments of {who} buy{goods} from each other{part} as private buyers do."


@sentence.register(CustomsUnion)
def _(measure: CustomsUnion, words: Words) -> str:
    who = words.places(measure.members, "all countries")
    what = words.sectors(measure.sectors, "all sectors")
    rule = {
        "max": "the highest of the members'",
        "min": "the lowest of the members'",
        "mean": "the trade-weighted mean of the members'",
        "keep": "each member's own",
        "kemp_wan": "whatever leaves the rest of the world's trade as it was",
    }[measure.external]
    pool = ""
    if measure.keys is not None:
        named = f" of the {measure.keys}" if isinstance(measure.keys, str) else ""
        pool = f"; import duties are pooled and shared by the keys{named.replace('_', ' ')}"
    return f"{who} form a customs union for {what}: no duty inside, outside {rule}{pool}."


@sentence.register(Mobility)
def _(measure: Mobility, words: Words) -> str:
    who = words.places(measure.members, "all countries")
    size = f"{measure.elasticity:g}"
    return f"People move within {who}: population responds to real wages with elasticity {size}."


@sentence.register(Transfer)
def _(measure: Transfer, words: Words) -> str:
    payers, receivers = (
        words.places(n, "everyone else") for n in (measure.payers, measure.receivers)
    )
    return f"A transfer from {payers} to {receivers}: {_amount(measure, words)} a year."


@sentence.register(AssetFreeze)
def _(measure: AssetFreeze, words: Words) -> str:
    target, holders = (words.places(n, "everyone else") for n in (measure.target, measure.holders))
    frozen = f"{_amount(measure, words)} a year of the proceeds of assets abroad"
    return f"Assets are frozen: {frozen} go to {holders} in place of {target}."


def _amount(measure: Transfer | AssetFreeze, words: Words) -> str:
    if measure.share is not None:
        return f"{_percent(measure.share)} of value added"
    amount = measure.amount or 0.0
    shown = f"{amount:,.0f}" if amount >= 1000 else f"{amount:g}"
    return f"{shown} {words.world.data.attrs.get('currency') or '(currency of the world)'}"


def _from_to(measure: ExportControl | PriceCap, words: Words) -> str:
    """``trade in electronics (C26) from the United States to China``."""
    what = words.sectors(measure.sectors, "")
    sellers = words.places(measure.exporters, "every country")
    buyers = words.places(measure.importers, "every other country")
    return f"{f'trade in {what}' if what else 'trade'} from {sellers} to {buyers}"


def _trade(measure: Flows, words: Words) -> str:
    """``trade in goods (27 sectors) between Germany and Russia in both directions``."""
    what = words.sectors(measure.sectors, "")
    kind = f"trade in {what}" if what else "trade"
    sellers = words.places(measure.exporters, "every country")
    buyers = words.places(measure.importers, "every other country")
    if measure.exporters == measure.importers != "all":
        return f"{kind} {'within' if len(_listed(measure.exporters)) == 1 else 'among'} {sellers}"
    if getattr(measure, "both_directions", False):
        return f"{kind} between {sellers} and {buyers} in both directions"
    return f"{kind} from {sellers} to {buyers}"


def _rate(measure: Tariff | ExportTax) -> str:
    if measure.set is not None:
        return f"is set to {_percent(measure.set)}"
    if measure.add is not None:
        points = (
            f"{abs(measure.add) * 100:g} percentage point{'' if abs(measure.add) == 0.01 else 's'}"
        )
        return f"{'rises' if measure.add >= 0 else 'falls'} by {points}"
    return f"is multiplied by {measure.scale:g}"


def _listed(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _alike(name: str, labels: Sequence[str]) -> bool:
    """Whether the name is that of the one label, in any case."""
    return [name.casefold()] == [label.casefold() for label in labels]


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _short(title: str) -> str:
    """A sector's title without the words that say it is an industry, in lower case."""
    text = title.removeprefix("Manufacture of ")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _some(words: Sequence[str], comma: str = ", ") -> str:
    """``a, b and c``; a long list is cut and counted."""
    shown = list(words)
    if len(words) > _SHOWN:
        shown = [*words[: _SHOWN - 1], f"{len(words) - _SHOWN + 1} others"]
    return shown[0] if len(shown) == 1 else f"{comma.join(shown[:-1])} and {shown[-1]}"


def _percent(rate: float) -> str:
    return f"{rate * 100:g} %"
