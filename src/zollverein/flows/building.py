"""From sums with the source's codes to Flows: labels, units, who published, what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from zollverein.errors import DataError
from zollverein.flows.breaks import vanished
from zollverein.flows.labels import Labelled, label_codes
from zollverein.flows.problems import check_years, named
from zollverein.flows.rules import Rules
from zollverein.flows.units import parse_unit
from zollverein.flows.values import REPORTS, Cells, Flows
from zollverein.names import did_you_mean, sector_group
from zollverein.names.trade_codes import WORLD

_Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Sums:
    """Aggregated flows with the codes of the source, as parallel arrays; NaN is missing.

    Attributes:
        codes: Codes of places; ``exporter`` and ``importer`` index into them.
        sectors: Sector labels; ``sector`` indexes into them.
        units: Units of value; ``unit`` indexes into them, None if the file has one unit.
    """

    codes: Sequence[str]
    sectors: Sequence[str]
    units: Sequence[str]
    year: np.ndarray
    exporter: np.ndarray
    importer: np.ndarray
    side: np.ndarray
    sector: np.ndarray
    value: np.ndarray
    unit: np.ndarray | None = None
    quantity: np.ndarray | None = None


@dataclass(frozen=True)
class About:
    """What is known of the sums: see ``Flows`` and ``read_flows``.

    Attributes:
        seek_vanished: Whether flows that stop although they were large are marked as missing.
    """

    name: str
    source: str
    unit: str
    basis: Mapping[str, str]
    coverage: str
    nature: str = ""
    focus: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    notes: tuple[str, ...] = ()
    seek_vanished: bool = False


def build_flows(sums: Sums, about: About) -> Flows:
    """Flows from sums.

    Raises:
        DataError: If units, codes or years are not what the rules allow.
    """
    rules = about.rules
    with named(about.name):
        factor, currency, told = _units(sums, about.unit, rules)
        found = label_codes(sums.codes, sums.exporter, sums.importer, sums.value, rules)
        years = tuple(int(year) for year in np.unique(sums.year))
        notes = [*about.notes, *told, *found.notes, *check_years(years, rules)]
        _check_silent(rules, found.labels, about.basis)
    frame = _Frame(years, found, tuple(sums.sectors), rules)
    totals, partners = frame.split(sums, factor)
    own = partners.exporter == partners.importer
    if own.any():
        value = np.nansum(partners.value[own]) / 1e9
        notes.append(
            f"{int(own.sum())} flows of an economy with itself, {value:,.1f} bn {currency}; left out"
        )
    cells = frame.add_up(partners, ~own)
    used = {r: text for r, text in about.basis.items() if (cells.report == REPORTS.index(r)).any()}
    groups = groups_of(frame.sectors)
    flows = Flows(
        name=about.name,
        source=about.source,
        currency=currency,
        years=years,
        labels=found.labels,
        areas=found.areas,
        sectors=frame.sectors,
        cells=cells,
        published=frame.published(cells, totals, used),
        basis=used,
        coverage=about.coverage or covered(groups),
        groups=groups,
        focus=about.focus or frame.extract(cells),
        world_total={report: totals[REPORTS.index(report)] for report in used},
        nature=about.nature,
        notes=tuple(notes),
    )
    return vanished(flows) if about.seek_vanished else flows


def _check_silent(rules: Rules, labels: Sequence[str], basis: Mapping[str, str]) -> None:
    """Refuse economies in ``not_reporting`` that the data do not have, or data that say who reports.

    Raises:
        DataError: Which one.
    """
    strange = [label for label in rules.not_reporting if label not in labels]
    if strange:
        raise DataError(
            f"not_reporting names '{strange[0]}', which is not in the data"
            f"{did_you_mean(strange[0], labels)}"
        )
    if rules.not_reporting and "table" not in basis:
        raise DataError(
            "not_reporting is for tables that do not say who reports; these data do. Fix: leave it out."
        )


def groups_of(sectors: tuple[str, ...], attrs: Mapping[str, Any] | None = None) -> _Groups:
    """Sectors of goods and of services, if the labels or the attributes tell."""
    from zollverein.errors import ScenarioError

    try:
        pairs = [
            (group, sector_group(group, sectors, attrs or {})) for group in ("goods", "services")
        ]
    except ScenarioError:
        return {}
    return {group: members for group, members in pairs if members}


def covered(groups: _Groups) -> str:
    """``goods and services``, ``goods``, or empty if the groups do not tell."""
    return " and ".join(group for group in ("goods", "services") if group in groups)


def _units(sums: Sums, unit: str, rules: Rules) -> tuple[np.ndarray | float, str, list[str]]:
    """Factor to whole currency units, the currency, and notes."""
    if sums.unit is None or unit:
        if not unit:
            raise DataError(
                "the unit of value is not known. Fix: unit='USD' or unit='thousand USD'."
            )
        factor, currency = parse_unit(unit)
        return factor, currency, []
    counts = np.bincount(sums.unit, minlength=len(sums.units))
    given = [(text, int(n)) for text, n in zip(sums.units, counts, strict=True) if n]
    parsed = [parse_unit(text) for text in sums.units]
    shown = ", ".join(f"'{text}' ({n} flows)" for text, n in given)
    currencies = {currency for _, currency in parsed}
    if len(currencies) > 1:
        raise DataError(
            f"values in several currencies cannot be added: {shown}. Fix: convert them to one first."
        )
    if len(given) > 1 and rules.on_mixed_units == "error":
        raise DataError(
            f"values in several units: {shown}. Fix: on_mixed_units='convert' converts them, or give unit "
            "if the column is wrong."
        )
    factors = np.array([factor for factor, _ in parsed])[sums.unit]
    told = [f"several units, converted: {shown}"] if len(given) > 1 else []
    return factors, currencies.pop(), told


@dataclass(frozen=True)
class _Coded:
    """Sums with integer codes; exporter or importer is −1 for the sum over partners."""

    side: np.ndarray
    year: np.ndarray
    exporter: np.ndarray
    importer: np.ndarray
    sector: np.ndarray
    value: np.ndarray
    quantity: np.ndarray | None

    def where(self, kept: np.ndarray) -> _Coded:
        """The entries for which ``kept`` is true."""
        return replace(self, **{k: v[kept] for k, v in vars(self).items() if v is not None})


@dataclass(frozen=True)
class _Frame:
    """The axes of the flows to be made."""

    years: tuple[int, ...]
    found: Labelled
    sectors: tuple[str, ...]
    rules: Rules

    def split(self, sums: Sums, factor: np.ndarray | float) -> tuple[dict[int, np.ndarray], _Coded]:
        """The reporters' own totals ``{report: [year, label]}``, and the flows between partners."""
        position = {label: index for index, label in enumerate(self.found.labels)} | {WORLD: -1}
        index = np.array([position.get(label or "", 0) for label in self.found.meaning], dtype=int)
        coded = _Coded(
            side=sums.side,
            year=np.searchsorted(np.array(self.years), sums.year),
            exporter=index[sums.exporter],
            importer=index[sums.importer],
            sector=sums.sector,
            value=sums.value * factor,
            quantity=sums.quantity,
        ).where(self.found.kept)
        totals = {}
        for side in range(len(REPORTS)):
            table = np.full((len(self.years), len(self.found.labels)), np.nan)
            who, partner = (
                (coded.importer, coded.exporter) if side == 1 else (coded.exporter, coded.importer)
            )
            rows = (coded.side == side) & (partner < 0) & (who >= 0)
            table[coded.year[rows], who[rows]] = 0.0
            np.add.at(table, (coded.year[rows], who[rows]), coded.value[rows])
            table.flags.writeable = False
            totals[side] = table
        between = (coded.exporter >= 0) & (coded.importer >= 0)
        return totals, coded.where(between)

    def add_up(self, coded: _Coded, kept: np.ndarray) -> Cells:
        """One cell a key; codes of the source that share a label are added."""
        parts = (coded.side, coded.year, coded.exporter, coded.importer, coded.sector)
        shape = (
            len(REPORTS),
            len(self.years),
            len(self.found.labels),
            len(self.found.labels),
            len(self.sectors),
        )
        keys = np.ravel_multi_index(tuple(part[kept] for part in parts), shape)
        unique, position = np.unique(keys, return_inverse=True)
        report, year, exporter, importer, sector = (
            axis.astype(np.int32) for axis in np.unravel_index(unique, shape)
        )
        value = np.bincount(position, weights=coded.value[kept], minlength=unique.size)
        quantity = None
        if coded.quantity is not None:
            quantity = np.bincount(position, weights=coded.quantity[kept], minlength=unique.size)
        return Cells(report, year, exporter, importer, sector, value, quantity)

    def published(
        self, cells: Cells, totals: Mapping[int, np.ndarray], used: Mapping[str, str]
    ) -> dict[str, np.ndarray]:
        """Who published in which year, by report."""
        result = {}
        for report in used:
            side = REPORTS.index(report)
            known = ~np.isnan(totals[side])
            rows = cells.report == side
            if report != "importer":
                known[cells.year[rows], cells.exporter[rows]] = True
            if report != "exporter":
                known[cells.year[rows], cells.importer[rows]] = True
            if report == "table":
                for label, years in self.rules.not_reporting.items():
                    if label in self.found.labels:
                        at = [self.years.index(year) for year in years if year in self.years]
                        known[at, self.found.labels.index(label)] = False
            known.flags.writeable = False
            result[report] = known
        return result

    def extract(self, cells: Cells) -> tuple[str, ...]:
        """Up to three economies that every flow involves, if the file is an extract around them."""
        size = len(self.found.labels)
        pairs = np.zeros((size, size), dtype=bool)
        pairs[cells.exporter, cells.importer] = True
        pairs |= pairs.T
        chosen: list[int] = []
        while pairs.any() and 4 * len(chosen) < min(size, 12):
            hub = int(pairs.sum(axis=1).argmax())
            chosen.append(hub)
            pairs[hub], pairs[:, hub] = False, False
        few = not pairs.any() and size > 4 * len(chosen)
        return tuple(sorted(self.found.labels[hub] for hub in chosen)) if few else ()
