"""Flows for tests, made without a file: a true world, and what its statisticians publish of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.flows import flows_from_arrays
from zollverein.flows.building import About, Sums, build_flows
from zollverein.flows.values import Flows

AREA = "_X"
ECONOMIES = ("ARM", "BLR", "CHN", "DEU", "KAZ", "RUS")


def flows_from_rows(rows, *, name="rows", unit="USD") -> Flows:
    """Flows from ``(year, exporter, importer, side, value)``; side 0 exporter, 1 importer, 2 table."""
    year, exporter, importer, side, value = (np.array(column) for column in zip(*rows, strict=True))
    codes = sorted({*exporter.tolist(), *importer.tolist()})
    sums = Sums(
        codes=codes,
        sectors=["all"],
        units=[],
        year=year,
        exporter=np.array([codes.index(code) for code in exporter]),
        importer=np.array([codes.index(code) for code in importer]),
        side=side.astype(np.int8),
        sector=np.zeros(len(rows), dtype=np.int32),
        value=value.astype(float),
    )
    basis = {"exporter": "fob", "importer": "cif", "table": "fob"}
    return build_flows(sums, About(name, "a test", unit, basis, "goods"))


@dataclass(frozen=True)
class Truth:
    """True flows ``[year, exporter, importer]`` at both valuations, and what is published."""

    fob: np.ndarray
    cif: np.ndarray
    flows: Flows

    def trade(self, year, economy, books, flow):
        """True trade of an economy with each label, as the books would value it."""
        at = ECONOMIES.index(economy)
        fob, cif = self.fob[year], self.cif[year]
        exports, imports = {
            "own": (fob, cif),
            "partner": (cif, fob),
            "exporters": (fob, fob),
            "importers": (cif, cif),
        }[books]
        parts = {"exports": exports[at], "imports": imports[:, at]}
        return parts["exports"] + parts["imports"] if flow == "turnover" else parts[flow]


def true_world(seed: int, *, silent=0.25, hidden=0.4) -> Truth:
    """A world whose reporters are sometimes silent, and sometimes book trade under areas.

    Freight and insurance are between 0 and 10 per cent of every flow.
    """
    rng = np.random.default_rng(seed)
    size, years = len(ECONOMIES), (2020, 2021)
    fob = rng.lognormal(3, 1.5, (2, size, size))
    fob[:, np.arange(size), np.arange(size)] = 0
    cif = fob * (1 + rng.uniform(0, 0.1, fob.shape))
    rows = []
    for at, year in enumerate(years):
        for reporter, code in enumerate(ECONOMIES):
            for side, flow in ((0, fob[at, reporter]), (1, cif[at, :, reporter])):
                if rng.random() < silent:
                    continue
                part = np.where(rng.random(size) < hidden, rng.uniform(0, 1, size), 0.0)
                part = part if (part * flow).sum() >= 0.05 * flow.sum() else np.zeros(size)
                booked = [
                    (ECONOMIES[p], (1 - part[p]) * flow[p]) for p in range(size) if p != reporter
                ]
                booked.append((AREA, float((part * flow).sum())))
                for partner, value in booked:
                    ends = (code, partner) if side == 0 else (partner, code)
                    rows.append((year, *ends, side, value))
    return Truth(fob, cif, flows_from_rows(rows, name=f"world {seed}"))


COUNTRIES = ["BLR", "CHN", "DEU", "KAZ", "RUS", "UKR"]


def table(seed=0, years=(2019, 2020, 2021), **names):
    """A table of goods and services in million USD, the same structure every year."""
    rng = np.random.default_rng(seed)
    base = rng.lognormal(3, 0.5, (6, 6, 2))
    data = {year: base * (1 + 0.1 * n) for n, year in enumerate(years)}
    names = {"name": "table", "unit": "million USD", **names}
    return flows_from_arrays(data, countries=COUNTRIES, sectors=["C10", "G"], **names)


def pair(goods, services=0.0, *, year=2021, size=1000.0):
    """A table in which RUS sells BLR the given amounts and every other flow has one size."""
    values = np.full((6, 6, 2), size)
    values[4, 0] = goods, services
    values[0, 4] = 0.0
    return flows_from_arrays(
        {year: values}, countries=COUNTRIES, sectors=["C10", "G"], unit="million USD", name="pair"
    )


#: What two neighbours and a third publish of their trade; the second books much under areas.
MIRROR = [
    (2020, "RUS", "BLR", 0, 16.0e9),
    (2020, "BLR", "RUS", 0, 13.0e9),
    (2020, "KAZ", "RUS", 0, 5.0e9),
    (2021, "RUS", "BLR", 0, 23.1e9),
    (2021, "BLR", "RUS", 1, 15.6e9),
    (2021, "BLR", "RUS", 0, 14.0e9),
    (2021, "BLR", "_X", 0, 16.1e9),
    (2021, "RUS", "BLR", 1, 11.9e9),
    (2021, "_X", "BLR", 1, 15.5e9),
    (2021, "KAZ", "RUS", 0, 7.0e9),
    (2021, "RUS", "KAZ", 0, 18.0e9),
]
