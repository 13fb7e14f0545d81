"""Groups of economies that a scenario and the world's blocs make, and trade between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zollverein import accounts
from zollverein.names import bloc, country_name
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.result import Result
    from zollverein.scenario import Scenario

#: Shipped groups that the rest of the world is shown by, where it has them.
_FURTHER = ("EU27", "EAEU", "USMCA", "ASEAN")
_SINGLE = ("CHN", "IND", "JPN", "USA", "GBR")
_MOST = 8


def groups_of(result: Result) -> dict[str, list[str]]:
    """A partition of the economies for the matrix of trade.

    The scenario's own groups come first, in the file's order; an economy in two belongs to the
    first.
    """
    return partition(result.before.countries, _own_groups(result))


def partition(countries: Sequence[str], own: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Groups that each economy belongs to one of.

    After the groups given come well-known blocs and large economies, then the rest of the world.

    Args:
        countries: All economies.
        own: Groups that come first.
    """
    left = list(countries)
    groups: dict[str, list[str]] = {}

    def take(name: str, members: list[str]) -> None:
        found = [country for country in members if country in left]
        shown = country_name(found[0]) if len(found) == 1 else name
        if found and len(groups) < _MOST - 1 and shown not in groups:
            groups[shown] = found
            left[:] = [country for country in left if country not in found]

    for name, members in own.items():
        take(name, members)
    for name in _FURTHER:
        shipped = bloc(name)
        members = list(shipped.members) if shipped else []
        whole = all(m in left for m in members if m in countries)
        take(name if whole else f"other {name}", members)
    for country in _SINGLE:
        take(country_name(country), [country])
    if left:
        name = "rest of the world" if groups else "all"
        name = country_name(left[0]) if len(left) == 1 else name
        while name in groups:  # a group of the scenario has this name
            name = f"other {name}"
        groups[name] = left
    return groups


def _own_groups(result: Result) -> dict[str, list[str]]:
    """Groups and economies that the scenario names, in its order; those that are everybody left out."""
    if result.scenario is None:
        return {}
    from zollverein.scenario.resolve import resolver

    axis = resolver(result.scenario, result.before).countries
    labels = np.array(result.before.countries)
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys((*result.scenario.blocs, *_named(result.scenario))):
        members = labels[list(axis.positions(name))].tolist()
        if len(members) < len(labels):
            shown = name.replace("_", " ").title() if "_" in name else name
            found.setdefault(shown, members)
    return found


def _named(scenario: Scenario) -> Iterator[str]:
    """Every name that a measure, in a programme or not, uses for countries."""
    for entry in scenario.entries():
        for key in entry.measure.naming:
            names = () if key == "sectors" else getattr(entry.measure, key, None) or ()
            yield from (names,) if isinstance(names, str) else names


def trade_between(world: World, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Border value of trade between groups, trade within an economy left out."""
    trade = accounts.bilateral_trade(world)
    member = np.array([[c in members for c in world.countries] for members in groups.values()])
    value = member.astype(float) @ trade @ member.T
    return pd.DataFrame(value, index=list(groups), columns=list(groups))
