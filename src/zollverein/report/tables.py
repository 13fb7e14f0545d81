"""The tables behind the figures: pure functions of two Worlds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zollverein import accounts
from zollverein.measures.effects import real_wage_hat
from zollverein.measures.employment import employment_share
from zollverein.names import bloc, country_name
from zollverein.report.style import NOTICEABLE
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.result import Result

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
    for name in dict.fromkeys((*result.scenario.blocs, *_named(result.scenario.measures))):
        members = labels[list(axis.positions(name))].tolist()
        if len(members) < len(labels):
            shown = name.replace("_", " ").title() if "_" in name else name
            found.setdefault(shown, members)
    return found


def _named(measures: Iterable[object]) -> Iterator[str]:
    """Every name that a measure uses for countries."""
    for measure in measures:
        for key in ("exporters", "importers", "countries"):
            names = getattr(measure, key, ())
            yield from (names,) if isinstance(names, str) else names


def trade_between(world: World, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Border value of trade between groups, trade within an economy left out."""
    trade = accounts.bilateral_trade(world)
    member = np.array([[c in members for c in world.countries] for members in groups.values()])
    value = member.astype(float) @ trade @ member.T
    return pd.DataFrame(value, index=list(groups), columns=list(groups))


def trade_change(result: Result) -> pd.DataFrame:
    """Change of trade between groups in percent; not a number where there was none."""
    groups = groups_of(result)
    old, new = trade_between(result.before, groups), trade_between(result.after, groups)
    return 100 * (new / old.where(old > 0) - 1)


def most_affected(change: pd.Series, each: int = 3) -> list[str]:
    """The economies with the largest noticeable losses, then with the largest gains."""
    order = change.sort_values()
    losers = [str(label) for label in order[order <= -NOTICEABLE].index[:each]]
    winners = [str(label) for label in order[order >= NOTICEABLE].index[::-1][:each]]
    return [*losers, *winners]


def wage_contributions(result: Result, countries: list[str]) -> pd.DataFrame:
    """What each sector's goods do to the real wage, percentage points: ``-100 ω_s ln(P̂_s / ŵ)``.

    The weights ω are the logarithmic means of the sector's shares of final spending before and
    after, exact for CES demand (Sato 1976; Vartia 1976) and constant with Cobb-Douglas. The
    contributions of a country add up to the log change of its real wage: a good whose price rises
    less than the wage adds to it. What prices of the government's own purchases add is spread by the
    same weights.
    """
    before, after = result.before, result.after
    price = np.log(after.data["price_index"].values / before.data["price_index"].values)
    weight = _log_mean(*(accounts.final_share(world).values for world in (before, after)))
    total = weight.sum(axis=1, keepdims=True)
    weight = weight / np.where(total > 0, total, 1.0)
    worth = (weight * price).sum(axis=1) + np.log(real_wage_hat(before, after).values)
    return _by_sector(before, -100 * weight * (price - worth[:, None]), countries)


def _log_mean(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Logarithmic mean ``(new - old) / ln(new/old)``; 0 where either is zero."""
    both = (old > 0) & (new > 0)
    a, b = np.where(both, old, 1.0), np.where(both, new, 1.0)
    near = np.abs(b / a - 1) < 1e-6  # the quotient loses its digits; the mean is as good
    quotient = (b - a) / np.where(near, 1.0, np.log(b / a))
    return np.where(both, np.where(near, (a + b) / 2, quotient), 0.0)


def job_shifts(result: Result, countries: list[str]) -> pd.DataFrame:
    """Change of each sector's share of employment, percentage points."""
    old, new = (employment_share(world) for world in (result.before, result.after))
    return _by_sector(result.before, 100 * (new - old), countries)


def _by_sector(world: World, values: np.ndarray, countries: list[str]) -> pd.DataFrame:
    """Columns by country name, rows by sector name."""
    rows = sector_titles(world)
    columns = {
        country_name(c): pd.Series(values[world.countries.index(c)], index=rows) for c in countries
    }
    return pd.DataFrame(columns)


def sector_titles(world: World) -> list[str]:
    """Each sector's name, or its code where it has none; no two the same."""
    names = json.loads(world.data.attrs.get("sector_names", "{}"))
    rows = [_short(names.get(code, code)) for code in world.sectors]
    if len(set(rows)) < len(rows):
        rows = [f"{row} ({code})" for row, code in zip(rows, world.sectors, strict=True)]
    return rows


def _short(name: str) -> str:
    """A sector's name without the words that all of its kind begin with."""
    for opening in ("Manufacture of ", "Extraction of ", "Mining of "):
        if name.startswith(opening):
            name = name.removeprefix(opening)
            return name[:1].upper() + name[1:]
    return name
