"""How a measure reads in plain English; a new kind registers one function with ``sentence``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING

from zollverein.names import country_name
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

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.world import World

_SHOWN = 6


def sentences(scenario: Scenario, world: World) -> list[str]:
    """One sentence per measure, led by its name if it has one.

    Raises:
        ScenarioError: If a name is not of this world.
    """
    resolve(scenario, world)
    return [
        (f"{measure.name}: " if measure.name else "") + sentence(measure, world)
        for measure in scenario.measures
    ]


@singledispatch
def sentence(measure: Measure, world: World) -> str:
    """What a measure does, in one sentence."""
    raise NotImplementedError(f"no sentence is defined for {type(measure).__name__}")


@sentence.register(Tariff)
def _(measure: Tariff, world: World) -> str:
    return f"The tariff on {_trade(measure, world)} {_rate(measure)}."


@sentence.register(ExportTax)
def _(measure: ExportTax, world: World) -> str:
    return f"The export tax on {_trade(measure, world)} {_rate(measure)}."


@sentence.register(Barrier)
def _(measure: Barrier, world: World) -> str:
    size = _percent(measure.remove if measure.remove is not None else measure.add or 0.0)
    verb = "added to" if measure.remove is None else "removed from"
    return f"Barriers worth {size} ad valorem are {verb} {_trade(measure, world)}."


@sentence.register(Embargo)
def _(measure: Embargo, world: World) -> str:
    return f"An embargo stops {_trade(measure, world)}."


@sentence.register(Productivity)
def _(measure: Productivity, world: World) -> str:
    step = "rises" if measure.change >= 0 else "falls"
    who = _places(measure.countries, world, "every country")
    what = _sectors(measure.sectors, world, "all sectors")
    return f"Productivity in {what} of {who} {step} by {_percent(abs(measure.change))}."


def _trade(measure: Flows, world: World) -> str:
    """``trade in goods from Germany to Russia, in both directions``."""
    what = _sectors(measure.sectors, world, "")
    kind = f"trade in {what}" if what else "trade"
    sellers = _places(measure.exporters, world, "every country")
    buyers = _places(measure.importers, world, "every other country")
    if measure.exporters == measure.importers != "all":
        return f"{kind} within {sellers}"
    if getattr(measure, "both_directions", False):
        return f"{kind} between {sellers} and {buyers} (both directions)"
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


def _places(names: str | Sequence[str], world: World, everyone: str) -> str:
    listed = (names,) if isinstance(names, str) else tuple(names)
    if "all" in listed:
        return everyone
    return _some([country_name(name) if name in world.countries else name for name in listed])


def _sectors(names: str | Sequence[str], world: World, everything: str) -> str:
    """Sectors with the world's own names for codes: ``electrical equipment (C27)``."""
    listed = (names,) if isinstance(names, str) else tuple(names)
    if "all" in listed:
        return everything
    stored = world.data.attrs.get("sector_names", "{}")
    titles = json.loads(stored) if isinstance(stored, str) else dict(stored)
    words = [f"{_short(titles[name])} ({name})" if name in titles else name for name in listed]
    return _some(words, "; " if any("," in word for word in words) else ", ")


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
