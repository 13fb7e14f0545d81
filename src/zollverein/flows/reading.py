"""Reading tables of flows: the files are added up by DuckDB, and only the sums come into memory."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zollverein.errors import DataError
from zollverein.flows import problems
from zollverein.flows.building import About, Sums, build_flows
from zollverein.flows.engine import columns_of, fetch, files_of, opened
from zollverein.flows.layouts import find_layout
from zollverein.flows.query import ALL, make_rows, number_codes, sums_query
from zollverein.flows.sources import read_npz
from zollverein.flows.values import Flows
from zollverein.names.trade_codes import trade_label

#: A path, a pattern such as ``BACI_*.parquet``, or several of them.
Paths = str | Path | Sequence[str | Path]


def read_flows(
    path: Paths,
    *,
    layout: str = "auto",
    columns: Mapping[str, str] | None = None,
    name: str | None = None,
    source: str | None = None,
    unit: str | None = None,
    year: int | None = None,
    basis: str = "fob",
    coverage: str | None = None,
    sectors: str | int | Mapping[str, str] | None = None,
    level: int | None = None,
    years: Sequence[int] | None = None,
    countries: Sequence[str] | None = None,
    quantity: bool = False,
    memory: str = "2GB",
    threads: int | None = None,
    array: str | None = None,
    **rules: Any,
) -> Flows:
    """Read bilateral flows from CSV or Parquet files of any size, or from yearly ``.npz`` arrays.

    Rows are filtered and added up where they lie; a table of hundreds of millions of rows is never
    loaded. Needs the optional package DuckDB (``pip install 'zollverein[flows]'``) except for
    ``.npz``.

    Args:
        path: A file, a pattern such as ``BACI_*.parquet``, or a list of them.
        layout: ``baci`` (CEPII: t, i, j, k, v, q), ``comtrade`` (UN Comtrade), ``generic``, or
            ``auto``, which tells them apart by their columns.
        columns: For ``generic``: role to column. Roles: year, exporter, importer, value, and if
            there product, reporter, basis, quantity, unit. A role left out has its own name.
        name: Short name for messages; the file name if omitted.
        source: Where the figures are from, in words.
        unit: Unit of value, such as ``USD`` or ``thousand USD``; known for BACI and Comtrade.
        year: Year of a file that has no such column.
        basis: Valuation of a generic file that has neither reporter nor basis column.
        coverage: ``goods`` or ``goods and services``, if the layout does not tell.
        sectors: None adds all products up; a number keeps that many digits of the product code;
            ``each`` keeps every product; a mapping from product to sector adds up by sector.
        level: Digits of the product codes to use where a file holds several levels (0: the total).
        years: Years to read; all if omitted.
        countries: Keep only flows from or to these (labels, codes or names); all if omitted.
        quantity: Also add up the quantity; missing where any part of it is missing.
        memory: Memory that DuckDB may use before it spills to a temporary folder.
        threads: Threads that DuckDB may use; its own choice if omitted.
        array: For ``.npz``: the array ``[exporter, importer, sector]``. Of the other keywords only
            ``name``, ``source``, ``unit`` and ``on_gap`` mean anything there; the rest are refused.
        **rules: ``on_duplicate``, ``on_negative``, ``on_missing``, ``on_unknown``, ``on_gap``,
            ``on_mixed_units``, ``on_other_reporter``, ``codes`` and ``not_reporting``; see
            ``zollverein.flows.Rules``.

    Returns:
        The flows, in whole currency units; what was left out or added up is in their ``notes``.

    Raises:
        DataError: If a file cannot be read, or holds anything that the rules do not allow: each
            message has counts and an example.
        MissingExtra: If DuckDB is not installed.
    """
    chosen, files = problems.make_rules(rules), files_of(path)
    wanted, dates = labels_of(countries), years_of(years)
    told = name or files[0].name + (f" and {len(files) - 1} more" if len(files) > 1 else "")
    if all(file.suffix == ".npz" for file in files):
        given = (columns, year, coverage, sectors, level, years, countries, quantity)
        _refuse_idle(rules, layout, basis, given)
        return read_npz(files, name=told, array=array, unit=unit, source=source, rules=chosen)
    with opened(files, memory, threads) as connection, problems.named(told):
        types = columns_of(connection)
        plan = find_layout(layout, list(types), dict(columns or {}), basis, year)
        products = make_rows(connection, plan, types, sectors, level, dates, wanted, chosen)
        notes = problems.counted(connection, plan, chosen)
        numbered, codes = number_codes(connection, sums_query(plan, products, quantity=quantity))
        notes += problems.spelled_twice(connection, plan, chosen, codes["place"])
        sums = _sums(fetch(connection, numbered), codes)
    whole = _covered(plan.coverage, coverage)
    about = About(told, source or plan.source or told, unit or plan.unit, plan.basis, whole)
    about = replace(about, nature=plan.nature, focus=wanted or (), rules=chosen)
    return build_flows(sums, replace(about, notes=tuple(notes), seek_vanished=plan.name == "baci"))


#: What flows may cover, as far as the caller says.
COVERAGES = (None, "", "goods", "goods and services")
#: Keywords of ``read_flows`` that say nothing about ``.npz`` archives.
_IDLE = ("columns", "year", "coverage", "sectors", "level", "years", "countries", "quantity")


def _refuse_idle(
    rules: Mapping[str, Any], layout: str, basis: str, given: Sequence[object]
) -> None:
    """Refuse keywords that would do nothing.

    Raises:
        DataError: Which one.
    """
    idle = [
        key
        for key, value in zip(_IDLE, given, strict=True)
        if value is not None and value is not False
    ]
    idle += [key for key in rules if key != "on_gap"]
    idle += ["layout"] if layout != "auto" else []
    idle += ["basis"] if basis != "fob" else []
    if idle:
        raise DataError(
            f"{idle[0]} has no effect on NumPy archives (.npz), whose arrays are taken as they are. Fix: "
            "leave it out; name the files of the years wanted, choose sectors when asking for a statistic."
        )


def _covered(usual: str, given: str | None) -> str:
    """What the statistics cover.

    Raises:
        DataError: If it is something else than goods, or goods and services.
    """
    if given not in COVERAGES:
        raise DataError(f"coverage={given!r}; it is 'goods' or 'goods and services'.")
    return usual if given is None else given


def labels_of(countries: Sequence[str] | None) -> tuple[str, ...] | None:
    """Labels of economies given by label, code or English name; what is unknown stays as it is.

    Raises:
        DataError: If it is no list.
    """
    if countries is None:
        return None
    if isinstance(countries, str) or not all(isinstance(name, str) for name in countries):
        raise DataError(
            f"countries is {countries!r}; it must be a list, such as ['RUS', 'Belarus']."
        )
    return tuple(known[0] if (known := trade_label(name)) else name for name in countries)


def years_of(years: Any) -> tuple[int, ...] | None:
    """Years as whole numbers.

    Raises:
        DataError: If they are no list of years.
    """
    if years is None:
        return None
    try:
        return tuple(operator.index(year) for year in years)
    except TypeError:
        raise DataError(
            f"years is {years!r}; it must be a list of years, such as [2020, 2021]."
        ) from None


def _sums(found: Mapping[str, np.ndarray], codes: Mapping[str, list[str]]) -> Sums:
    """The aggregated table."""
    return Sums(
        codes=codes["place"],
        sectors=codes.get("sector", [ALL]),
        units=codes.get("unit", []),
        year=found["year"],
        exporter=found["exporter"],
        importer=found["importer"],
        side=found["side"].astype(np.int8),
        sector=found.get("sector", np.zeros(found["year"].shape, dtype=np.int32)),
        value=found["value"].astype(float),
        unit=found.get("unit"),
        quantity=found["quantity"].astype(float) if "quantity" in found else None,
    )
