"""The tables behind the figures, with the names that readers see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zollverein.names import country_name
from zollverein.tables import read_table
from zollverein.world import World

if TYPE_CHECKING:
    import xarray as xr

    from zollverein.result import Result


def trade_change(result: Result) -> pd.DataFrame:
    """Change of trade between groups in percent; not a number where there was none."""
    return frame(read_table(result, "group_trade"))


def frame(table: xr.DataArray) -> pd.DataFrame:
    """A table of two dimensions as rows and columns."""
    rows, columns = (table.indexes[dim] for dim in table.dims)
    return pd.DataFrame(table.values, index=rows, columns=columns)


def wage_contributions(result: Result, countries: Sequence[str]) -> pd.DataFrame:
    """What each sector's goods do to the real wage; columns by country name, rows by sector name."""
    return by_sector(result.before, read_table(result, "wage_contributions", countries), countries)


def job_shifts(result: Result, countries: Sequence[str]) -> pd.DataFrame:
    """Change of each sector's share of employment; columns by country name, rows by sector name."""
    return by_sector(result.before, read_table(result, "job_shifts", countries), countries)


def by_sector(world: World, table: xr.DataArray, countries: Sequence[str]) -> pd.DataFrame:
    """A table ``[country, sector]`` with columns by country name and rows by sector name.

    Args:
        world: For names of sectors.
        table: Of these or other economies.
        countries: The columns; one that the table lacks has no numbers.
    """
    rows = table.reindex(country=list(countries), sector=list(world.sectors)).values
    values: np.ndarray = np.asarray(rows, dtype=float).T
    names = [country_name(country) for country in countries]
    return pd.DataFrame(values, index=sector_titles(world), columns=names)


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
