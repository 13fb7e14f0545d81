"""Medians with 5 to 95 percent bands, as the figures and tables of the report show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.asking.naming import COLUMNS
from zollverein.report.style import signed
from zollverein.uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

#: The text of a cell: its number; or its number, the median and the band.
Cell = str | tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Bands:
    """Bands of the numbers of a report; frozen.

    Attributes:
        draws: How many draws they are from.
        columns: Column of the table of effects -> ``median_pct``, ``low_pct`` and ``high_pct`` by economy, of
            those covered.
        tables: Name of ``zollverein.tables.TABLES`` -> ``median``, ``low`` and ``high`` over its labels.
    """

    draws: int
    columns: Mapping[str, pd.DataFrame]
    tables: Mapping[str, xr.Dataset] = field(default_factory=dict)

    def of(self, column: str) -> pd.DataFrame | None:
        """Median, low and high by economy; None where the draws do not cover the column."""
        return self.columns.get(column)

    def unsure(self, column: str) -> tuple[str, ...]:
        """The economies whose band has both signs, so that not even the direction is sure."""
        found = self.columns.get(column)
        if found is None:
            return ()
        both = (found["low_pct"] < 0) & (found["high_pct"] > 0)
        return tuple(map(str, found.index[both]))

    def text(self, column: str, country: str) -> tuple[str, ...]:
        """Median and band as text, ``−1.71`` and ``−2.10 to −1.32``; none where no draws cover it."""
        found = self.columns.get(column)
        if found is None or country not in found.index:
            return ()
        return _written(found.loc[country].to_numpy(dtype=float), signed)

    def cell(
        self, table: str, write: Callable[[float], str] = signed, **labels: str
    ) -> tuple[str, ...]:
        """Median and band of a cell of a table as text; none where no draws cover it.

        Args:
            table: Its name.
            write: Makes text of a number.
            **labels: Of the cell, by dimension.
        """
        found = self.tables.get(table)
        if found is None or any(label not in found.indexes[dim] for dim, label in labels.items()):
            return ()
        cell = found.sel(labels)
        return _written(np.array([cell[part] for part in ("median", "low", "high")]), write)


def _written(numbers: np.ndarray, write: Callable[[float], str]) -> tuple[str, ...]:
    """Median and band as text; nothing where they are no numbers."""
    if not np.isfinite(numbers).all():
        return ()
    median, low, high = map(write, numbers.tolist())
    return median, f"{low} to {high}"


def told(
    bands: Bands | None,
    value: float,
    table: str,
    write: Callable[[float], str] = signed,
    **labels: str,
) -> Cell:
    """A number as text, with its median and band where there are any.

    Args:
        bands: Of the report.
        value: At the central assumptions.
        table: Its name.
        write: Makes text of a number.
        **labels: Of the cell, by dimension.
    """
    band = () if bands is None else bands.cell(table, write, **labels)
    return (write(value), *band) if band else write(value)


def bands_of(answers: Iterable[Any]) -> Bands | None:
    """The bands of the first uncertainty that covers a table, or a column of the table of effects.

    Args:
        answers: Of any kind.

    Returns:
        The bands; None where there are none.
    """
    for answer in answers:
        if isinstance(answer, Uncertainty):
            table = answer.table()[["median_pct", "low_pct", "high_pct"]]
            tables = {name: answer.bands(name) for name in answer.tables}
            columns = {name: _column(answer, table, kind) for name, kind in COLUMNS.items()}
            columns |= _of_effects(tables.get("effects"))
            found = {name: frame for name, frame in columns.items() if len(frame)}
            if found or tables:
                return Bands(len(answer.draws), found, tables)
    return None


def _of_effects(bands: xr.Dataset | None) -> dict[str, pd.DataFrame]:
    """The columns of the table of effects, where it was drawn whole."""
    if bands is None:
        return {}
    names = {part: f"{part}_pct" for part in ("median", "low", "high")}
    return {
        str(effect): bands.sel(effect=effect, drop=True)[list(names)]
        .to_dataframe()
        .rename(columns=names)
        for effect in bands.indexes["effect"]
    }


def _column(answer: Uncertainty, table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The outcomes of one kind that are of a single economy, by its label."""
    single = [
        k
        for k, outcome in enumerate(answer.outcomes)
        if outcome.kind == kind and len(outcome.countries) == 1 and not outcome.sectors
    ]
    rows = table.iloc[single]
    return rows.set_axis([answer.outcomes[k].countries[0] for k in single], axis="index")


def band_rows(
    bands: Bands | None, table: pd.DataFrame, order: Sequence[str]
) -> list[list[tuple[str, ...]]]:
    """Median and band for every cell of the table of effects; no rows where there are no bands."""
    if bands is None:
        return []
    return [[bands.text(str(column), country) for column in table.columns] for country in order]
