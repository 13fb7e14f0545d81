"""Duties: the importer's typical applied rate, zero inside the agreements listed beside it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Agreement:
    """A customs union or free-trade agreement.

    Attributes:
        name: Its name.
        year: Entry into force or provisional application.
        pairs: (importer, exporter) codes between which goods are duty-free.
        excludes: Goods sectors that keep their duty.
    """

    name: str
    year: int
    pairs: frozenset[tuple[str, str]]
    excludes: tuple[str, ...]


def read_rates(path: Path, countries: Sequence[str], goods: Sequence[str]) -> np.ndarray:
    """Typical applied rate ``[importer, goods sector]``.

    Raises:
        ValueError: If an importer or a sector has no row: a missing rate is not zero.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = {
            (row["importer"], row["sector"]): float(row["typical_applied_rate"])
            for row in csv.DictReader(file)
        }
    missing = [key for key in product(countries, goods) if key not in rows]
    if missing:
        raise ValueError(
            f"{path.name} has no rate for {len(missing)} pairs of importer and sector, the first "
            f"{missing[0]}. Add the rows; a missing rate is not zero."
        )
    return np.array([[rows[country, sector] for sector in goods] for country in countries])


def read_agreements(path: Path) -> tuple[Agreement, ...]:
    """The agreements in force, abbreviations spelt out."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    kept = tuple(document["goods"]["kept_by_industrial"])
    return tuple(_agreement(entry, document["groups"], kept) for entry in document["agreement"])


def _agreement(
    entry: dict[str, Any], groups: dict[str, list[str]], kept: tuple[str, ...]
) -> Agreement:
    suspended = {frozenset(pair) for pair in entry.get("suspended", ())}
    pairs = {pair for pair in _pairs(entry, groups) if frozenset(pair) not in suspended}
    industrial = entry.get("goods", "all") == "industrial"
    return Agreement(entry["name"], entry["year"], frozenset(pairs), kept if industrial else ())


def _pairs(entry: dict[str, Any], groups: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """(importer, exporter) pairs; both directions unless the agreement works one way."""

    def spelt(names: list[str]) -> list[str]:
        return [code for name in names for code in groups.get(name, [name])]

    if "members" in entry:
        yield from permutations(spelt(entry["members"]), 2)
        return
    first, second = map(spelt, entry["between"])
    yield from product(first, second)
    if not entry.get("one_way", False):
        yield from product(second, first)


def tariffs(
    rates: np.ndarray,
    agreements: Sequence[Agreement],
    countries: Sequence[str],
    sectors: Sequence[str],
    goods: Sequence[str],
) -> np.ndarray:
    """Rates ``[exporter, importer, sector]``; zero at home, on services, inside agreements.

    Raises:
        ValueError: If an agreement names an economy or a sector that the table lacks.
    """
    unknown = {c for a in agreements for pair in a.pairs for c in pair} - set(countries)
    unknown |= {s for a in agreements for s in a.excludes} - set(sectors)
    if unknown:
        raise ValueError(f"the agreements name {', '.join(sorted(unknown))}, not in the table.")
    row = {country: k for k, country in enumerate(countries)}
    column = {sector: k for k, sector in enumerate(sectors)}
    result = np.zeros((len(countries), len(countries), len(sectors)))
    result[:, :, [column[sector] for sector in goods]] = rates[None]
    for agreement in agreements:
        free = [column[sector] for sector in goods if sector not in agreement.excludes]
        for importer, exporter in agreement.pairs:
            result[row[exporter], row[importer], free] = 0.0
    result[np.arange(len(countries)), np.arange(len(countries))] = 0.0
    return result
