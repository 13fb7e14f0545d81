"""The Flows: who sold what to whom, in which year, and according to whom.

A flow may be reported by its exporter (usually f.o.b.), by its importer (usually c.i.f.), or come
from a table in which the two sides already agree. The reports are kept apart. **Missing is not
zero**: a cell that an active reporter does not list is zero; a cell whose reporter published
nothing that year is missing, and NaN stands for it in every matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from zollverein.checks import texts, told
from zollverein.errors import DataError, LabelError
from zollverein.names import did_you_mean

#: Who says so: the exporter, the importer, or a table in which both sides agree.
REPORTS = ("exporter", "importer", "table")


@dataclass(frozen=True, eq=False)
class Cells:
    """The flows as parallel arrays, one entry a cell; integer codes into the labels of Flows.

    Attributes:
        report: Index into ``REPORTS``.
        year: Index into ``years``.
        exporter: Index into ``labels``.
        importer: Index into ``labels``.
        sector: Index into ``sectors``.
        value: In whole currency units; NaN is missing.
        quantity: In the unit of the source; NaN is missing; None if not read.
    """

    report: np.ndarray
    year: np.ndarray
    exporter: np.ndarray
    importer: np.ndarray
    sector: np.ndarray
    value: np.ndarray
    quantity: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in vars(self).values():
            if array is not None:
                array.flags.writeable = False


@dataclass(frozen=True, eq=False, repr=False)
class Flows:
    """Bilateral flows, labelled and frozen; made by ``read_flows``, ``flows_of`` and others.

    Attributes:
        name: Short name, used in messages and verdicts.
        source: Where the figures are from, in words.
        currency: ISO 4217 code; values are in whole units of it.
        years: In ascending order.
        labels: Partners: economies (ISO alpha-3 where known) and areas.
        areas: Labels that are no single economy, such as ``Areas, nes`` or ``ROW``; never ranked.
        sectors: Sector or product labels; ``("all",)`` if they were added up.
        cells: The values.
        published: For each report in use, who published in which year ``[year, label]``.
        basis: For each report in use, how it is valued (``fob``, ``cif``, in words).
        coverage: ``goods``, ``goods and services``, or empty if not known.
        groups: Sectors of ``goods`` and of ``services``, where the labels tell.
        focus: If not empty, the data hold only pairs that involve one of these labels.
        world_total: For each report in use, the total over partners that the reporter itself
            states ``[year, label]``; NaN where none.
        nature: What kind of statistics these are, such as ``customs returns``.
        notes: What was left out, recoded, added up or looks doubtful, with counts.
    """

    name: str
    source: str
    currency: str
    years: tuple[int, ...]
    labels: tuple[str, ...]
    areas: frozenset[str]
    sectors: tuple[str, ...]
    cells: Cells
    published: Mapping[str, np.ndarray]
    basis: Mapping[str, str]
    coverage: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    focus: tuple[str, ...] = ()
    world_total: Mapping[str, np.ndarray] = field(default_factory=dict)
    nature: str = ""
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name, size, years and who reports."""
        years = f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else f"{self.years[0]}"
        return (
            f"Flows({self.name!r}: {len(self.countries)} economies × {len(self.sectors)} sectors, {years}, "
            f"{self.currency}; {' and '.join(self.basis)} reports)"
        )

    @property
    def countries(self) -> tuple[str, ...]:
        """Labels that are single economies."""
        return tuple(label for label in self.labels if label not in self.areas)

    @property
    def reports(self) -> tuple[str, ...]:
        """The reports in use, of ``exporter``, ``importer``, ``table``."""
        return tuple(self.basis)

    def table(self) -> pd.DataFrame:
        """All cells with their labels, one row a cell, values in whole currency units."""
        cells = self.cells
        columns = {
            "year": np.asarray(self.years)[cells.year],
            "exporter": np.asarray(self.labels, dtype=object)[cells.exporter],
            "importer": np.asarray(self.labels, dtype=object)[cells.importer],
            "sector": np.asarray(self.sectors, dtype=object)[cells.sector],
            "report": np.asarray(REPORTS, dtype=object)[cells.report],
            "value": cells.value.copy(),
        }
        if cells.quantity is not None:
            columns["quantity"] = cells.quantity.copy()
        return pd.DataFrame(columns)

    def matrix(
        self, year: int, report: str | None = None, sectors: Sequence[str] | None = None
    ) -> xr.DataArray:
        """Flows of one year ``[exporter, importer]``: 0 is no trade, NaN is missing.

        Args:
            year: One of ``years``.
            report: One of ``reports``; may be left out if there is only one.
            sectors: Sectors to add up; all if omitted.

        Raises:
            DataError: If there is no such year or report.
            LabelError: If there is no such sector.
        """
        if report is None and len(self.basis) > 1:
            raise DataError(f"{self.name}: say which report: {', '.join(self.basis)}.")
        values = self.dense(year, report or next(iter(self.basis)), sectors)
        coords = {"exporter": list(self.labels), "importer": list(self.labels)}
        attrs = {"units": self.currency, "year": year}
        return xr.DataArray(
            values, coords=coords, dims=("exporter", "importer"), name="flow", attrs=attrs
        )

    def dense(self, year: int, report: str, sectors: Sequence[str] | None = None) -> np.ndarray:
        """The values of ``matrix`` as a plain array."""
        size, at = len(self.labels), self.year_index(year)
        if report not in self.basis:
            raise DataError(
                f"{self.name} has no {report} reports; it has: {', '.join(self.basis)}."
            )
        cells = self.cells
        chosen = (cells.year == at) & (cells.report == REPORTS.index(report))
        if sectors is not None:
            chosen &= np.isin(cells.sector, self._sector_indices(sectors))
        keys = cells.exporter[chosen].astype(np.int64) * size + cells.importer[chosen]
        flow = np.bincount(keys, weights=cells.value[chosen], minlength=size * size)
        flow = flow.astype(float).reshape(size, size)
        flow[self.absent(at, report)] = np.nan
        return flow

    def absent(self, year_index: int, report: str) -> np.ndarray:
        """Cells ``[exporter, importer]`` of a report about which the data say nothing."""
        known = self.published[report][year_index]
        size = len(self.labels)
        if report == "table":
            absent = ~(known[:, None] | known[None, :])
        else:
            rows = known[:, None] if report == "exporter" else known[None, :]
            absent = np.broadcast_to(~rows, (size, size)).copy()
        if self.focus:
            outside = ~np.isin(self.labels, self.focus)
            absent |= outside[:, None] & outside[None, :]
        return absent

    def year_index(self, year: Any) -> int:
        """Position of a year.

        Raises:
            DataError: If the data do not hold it.
        """
        if not isinstance(year, Real) or year not in self.years:
            raise DataError(f"{self.name} has no year {year}; it has {spans(self.years)}.")
        return self.years.index(year)

    def label_index(self, label: Any) -> int:
        """Position of a label.

        Raises:
            LabelError: If it is not one of the labels.
        """
        if not isinstance(label, str):
            raise LabelError(
                f"a label of {self.name} is a text, such as {self.labels[0]!r}, not {label!r}."
            )
        if label not in self.labels:
            raise LabelError(f"{self.name} has no '{label}'{did_you_mean(label, self.labels)}")
        return self.labels.index(label)

    def _sector_indices(self, sectors: Sequence[str]) -> list[int]:
        sectors = texts("sectors", sectors)
        unknown = [sector for sector in sectors if sector not in self.sectors]
        if unknown:
            raise LabelError(
                f"{self.name} has no sector '{unknown[0]}'{did_you_mean(unknown[0], self.sectors)}"
            )
        return [self.sectors.index(sector) for sector in sectors]


def check_flows(flows: Any) -> None:
    """Refuse what is no data set of flows.

    Raises:
        TypeError: Says what was given, and how to have flows.
    """
    if not isinstance(flows, Flows):
        raise TypeError(
            f"the flows are {told(flows)}, not Flows. Fix: zv.flows_of(world) for a World, "
            "zv.read_flows(path) for a file."
        )


def spans(years: Sequence[int]) -> str:
    """``2014-2016, 2018``."""
    parts: list[list[int]] = []
    for year in years:
        if parts and year == parts[-1][-1] + 1:
            parts[-1].append(year)
        else:
            parts.append([year])
    return ", ".join(f"{p[0]}-{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)
