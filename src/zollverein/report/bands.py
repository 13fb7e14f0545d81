"""Medians with 5 to 95 percent bands, as the figures and tables of the report show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zollverein.asking.naming import COLUMNS
from zollverein.report.style import signed
from zollverein.uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Bands:
    """Bands of columns of the table of effects; frozen.

    Attributes:
        draws: How many draws they are from.
        columns: Column -> ``median_pct``, ``low_pct`` and ``high_pct`` by economy, of those covered.
    """

    draws: int
    columns: Mapping[str, pd.DataFrame]

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

    def text(self, column: str, country: str) -> tuple[str, str]:
        """Median and band as text, ``−1.71`` and ``−2.10 to −1.32``; empty where no draws cover it."""
        found = self.columns.get(column)
        if found is None or country not in found.index:
            return "", ""
        median, low, high = (float(value) for value in found.loc[country].to_numpy())
        return signed(median), f"{signed(low)} to {signed(high)}"


def bands_of(answers: Iterable[Any]) -> Bands | None:
    """The bands of the first uncertainty that covers any column of the table of effects.

    Args:
        answers: Of any kind.

    Returns:
        The bands; None where there are none.
    """
    for answer in answers:
        if isinstance(answer, Uncertainty):
            table = answer.table()[["median_pct", "low_pct", "high_pct"]]
            columns = {name: _column(answer, table, kind) for name, kind in COLUMNS.items()}
            found = {name: frame for name, frame in columns.items() if len(frame)}
            if found:
                return Bands(len(answer.draws), found)
    return None


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
) -> list[list[tuple[str, str]]]:
    """Median and band for every cell of the table of effects; no rows where there are no bands."""
    if bands is None:
        return []
    return [[bands.text(str(column), country) for column in table.columns] for country in order]
