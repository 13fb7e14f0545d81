"""How a measure reads in plain English; a new kind registers one function with ``sentence``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from zollverein.names import country_name, iso3
from zollverein.scenario.apply import resolve
from zollverein.scenario.measures import (
    Barrier,
    Embargo,
    ExportTax,
    Flows,
    Measure,
    Productivity,
    Tariff,
)
from zollverein.scenario.resolve import Resolver, resolver
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
    return [_complete(measure, sentence(measure, words)) for measure in scenario.measures]


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
    return f"Barriers worth {size} ad valorem are {verb} {_trade(measure, words)}."


@sentence.register(Embargo)
def _(measure: Embargo, words: Words) -> str:
    return f"An embargo stops {_trade(measure, words)}."


@sentence.register(Productivity)
def _(measure: Productivity, words: Words) -> str:
    step = "rises" if measure.change >= 0 else "falls"
    who = words.places(measure.countries, "every country")
    what = words.sectors(measure.sectors, "all sectors")
    return f"Productivity in {what} of {who} {step} by {_percent(abs(measure.change))}."


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
