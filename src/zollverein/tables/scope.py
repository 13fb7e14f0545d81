"""What a table is about: which economies and groups, the same in every draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.checks import texts
from zollverein.measures.common import positions
from zollverein.tables.groups import groups_of
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.result import Result

#: A change that rounds to 0.00 percent is neither a gain nor a loss.
NOTICEABLE = 0.005


@dataclass(frozen=True)
class Scope:
    """What a table is about.

    Attributes:
        countries: Labels of the economies whose rows a table has, in their order.
        groups: Name -> labels, a partition of all economies.
    """

    countries: tuple[str, ...]
    groups: Mapping[str, Sequence[str]]


def scope_of(result: Result, countries: str | Sequence[str] | None = None) -> Scope:
    """The groups of a result, and some economies or, if omitted, all.

    Raises:
        LabelError: If one of the economies is not of the world.
    """
    world = result.before
    countries = None if countries is None else texts("countries", countries)
    if countries:
        positions(world, list(countries))
    return Scope(world.countries if countries is None else tuple(countries), groups_of(result))


def most_affected(change: pd.Series, each: int = 3) -> list[str]:
    """The economies with the largest noticeable losses, then with the largest gains."""
    order = change.sort_values()
    losers = [str(label) for label in order[order <= -NOTICEABLE].index[:each]]
    winners = [str(label) for label in order[order >= NOTICEABLE].index[::-1][:each]]
    return [*losers, *winners]


def rows_of(world: World, scope: Scope) -> list[int]:
    """Positions of the economies of a scope, in its order."""
    at = {label: place for place, label in enumerate(world.countries)}
    return [at[label] for label in scope.countries]


def labelled(values: np.ndarray, **labels: Sequence[str]) -> xr.DataArray:
    """An array with its dimensions and labels, in their order."""
    coords: dict[str, Any] = {dim: list(names) for dim, names in labels.items()}
    return xr.DataArray(values, coords=coords, dims=tuple(labels))


def change_pct(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Change in percent; not a number where there was nothing before."""
    return np.where(old > 0, 100 * (new / np.where(old > 0, old, 1.0) - 1), np.nan)
