"""Flows from what is already in memory: a World, yearly arrays, ``.npz`` files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - a class

import numpy as np
import xarray as xr

from zollverein.checks import texts
from zollverein.errors import DataError, LabelError
from zollverein.flows.building import covered, groups_of
from zollverein.flows.problems import check_years
from zollverein.flows.rules import Rules
from zollverein.flows.units import SCALES, parse_unit
from zollverein.flows.values import REPORTS, Cells, Flows
from zollverein.variables import BILATERAL
from zollverein.world import World

#: Labels that are no single economy.
_AREAS = ("ROW",)
#: Currency of invented worlds.
_NO_CURRENCY = "units"
_INTERINDUSTRY = "interindustry statistics, not customs returns"


def flows_of(world: World, *, year: int | None = None) -> Flows:
    """The trade flows of a World, a baseline or a counterfactual; domestic sales are left out.

    Args:
        world: The world; its attributes ``unit`` and ``currency`` tell the unit of value.
        year: Year, if the world does not state one.

    Returns:
        Flows of one year at border values before duty, in whole currency units if the world says
        what its unit is.

    Raises:
        DataError: If no year is known, or another than the world's is given, or the unit cannot be read.
    """
    if not isinstance(world, World):
        raise DataError(
            f"flows_of takes a World, not a {type(world).__name__}. Fix: zv.flows_of(zv.load_world(name))."
        )
    if year is not None and world.year not in (None, year):
        raise DataError(
            f"{world.name} is of the year {world.year}, not {year}. Fix: leave year out."
        )
    at = year if year is not None else world.year
    if at is None:
        raise DataError(f"{world.name} does not state its year. Fix: flows_of(world, year=2022).")
    attrs = world.data.attrs
    factor, currency = _unit_of(attrs)
    return _assemble(
        {at: world.data["trade_flow"].values * factor},
        world.countries,
        world.sectors,
        groups=dict(groups_of(world.sectors, attrs)),
        basis="fob, before duty",
        name=world.name,
        source=str(attrs.get("source", world.name)),
        currency=currency,
        nature=_INTERINDUSTRY,
        notes=world.adjustments,
    )


def _unit_of(attrs: Mapping[Any, Any]) -> tuple[float, str]:
    """Factor to whole currency units and the currency, from the attributes of a world.

    Raises:
        DataError: If they cannot be read or contradict each other.
    """
    currency, scale = (str(attrs.get(key, "")).strip() for key in ("currency", "unit"))
    if currency in ("", _NO_CURRENCY):
        if scale.casefold() in SCALES:
            return SCALES[scale.casefold()], _NO_CURRENCY
        return parse_unit(scale) if scale not in ("", _NO_CURRENCY) else (1.0, _NO_CURRENCY)
    try:
        return parse_unit(f"{scale} {currency}")
    except DataError:
        factor, told = parse_unit(scale or currency)  # "million USD" beside "USD"
        if told != parse_unit(currency)[1]:
            raise
        return factor, told


def flows_from_arrays(
    arrays: Mapping[int, Any],
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    unit: str,
    name: str = "arrays",
    source: str = "",
    basis: str = "basic prices",
    nature: str = _INTERINDUSTRY,
    **rules: Any,
) -> Flows:
    """Flows from one array a year, such as inter-country input-output tables.

    Args:
        arrays: Year to values ``[exporter, importer, sector]``; NaN is missing. Domestic sales on
            the diagonal are left out. Labelled arrays must have the labels in their order.
        countries: Labels of the first two axes.
        sectors: Labels of the third.
        unit: Such as ``million USD``.
        name: Short name for messages.
        source: Where the figures are from.
        basis: Valuation, in words.
        nature: What kind of statistics these are, in words.
        **rules: ``on_gap``; see ``zollverein.flows.Rules``.

    Returns:
        Flows in whole currency units.

    Raises:
        LabelError: If a shape or the labels of an array do not fit the labels, or labels repeat.
        DataError: If there is no array, a value is no number, negative or infinite, years have a gap, or the
            unit is unknown.
    """
    idle = [key for key in rules if key != "on_gap"]
    if idle:
        raise DataError(f"{name}: {idle[0]} has no effect on arrays; of the rules only on_gap has.")
    _check_years(name, arrays)
    if not arrays:
        raise DataError(f"{name}: there is no array. Fix: one for each year, {{2022: values}}.")
    factor, currency = parse_unit(unit)
    countries, sectors = texts("countries", countries), texts("sectors", sectors)
    for labels, what in ((countries, "countries"), (sectors, "sectors")):
        if len(set(labels)) != len(labels):
            raise LabelError(f"{name}: {what} repeat.")
    values = {
        int(year): factor * _checked(arrays[year], year, countries, sectors, name)
        for year in sorted(arrays)
    }
    return _assemble(
        values,
        tuple(countries),
        tuple(sectors),
        groups=dict(groups_of(tuple(sectors))),
        basis=basis,
        name=name,
        source=source or name,
        currency=currency,
        nature=nature,
        notes=check_years(tuple(values), Rules(**rules)),
    )


def _check_years(name: str, arrays: Any) -> None:
    """Refuse what is no mapping from years to arrays.

    Raises:
        DataError: If it is not.
    """
    years: list[Any] = list(arrays) if isinstance(arrays, Mapping) else [None]
    for year in years:
        try:
            whole = isinstance(year, str) or int(year) == year
        except (TypeError, ValueError):
            whole = False
        if not whole:
            raise DataError(
                f"{name}: arrays is a mapping from year to values, such as {{2022: values}}."
            )


def _checked(
    values: Any, year: int, countries: Sequence[str], sectors: Sequence[str], name: str
) -> np.ndarray:
    """The array of one year, of the right shape and without negative or infinite values."""
    if isinstance(values, xr.DataArray):
        values = _by_label(values, year, countries, sectors, name)
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: the array of {year} is not one of numbers: {error}.") from None
    shape = (len(countries), len(countries), len(sectors))
    if array.shape != shape:
        raise LabelError(
            f"{name}: the array of {year} has shape {array.shape}; the labels need {shape}."
        )
    bad = (array < 0) | np.isinf(array)
    if bad.any():
        i, j, k = (int(index[0]) for index in np.nonzero(bad))
        raise DataError(
            f"{name}: {int(bad.sum())} values of {year} are negative or infinite, for instance "
            f"{array[i, j, k]:g} from {countries[i]} to {countries[j]}, {sectors[k]}."
        )
    return array


def _by_label(
    values: xr.DataArray, year: int, countries: Sequence[str], sectors: Sequence[str], name: str
) -> xr.DataArray:
    """A labelled array in the order of its dimensions, its labels compared with those given.

    Raises:
        LabelError: If they are others, or in another order.
    """
    if set(values.dims) != set(BILATERAL):
        raise LabelError(
            f"{name}: the array of {year} has the dimensions {', '.join(map(str, values.dims))}; needed are "
            f"{', '.join(BILATERAL)}. Fix: rename them, or give plain numbers (.values)."
        )
    for dim in BILATERAL:
        labels = list(sectors if dim == "sector" else countries)
        if dim in values.indexes and values.indexes[dim].tolist() != labels:
            raise LabelError(
                f"{name}: the labels of {dim} of the array of {year} differ from those given in content or "
                "order. Fix: reindex it, or give plain numbers in the order of the labels (.values)."
            )
    return values.transpose(*BILATERAL)


def read_npz(
    files: Sequence[Path],
    *,
    name: str,
    array: str | None,
    unit: str | None,
    source: str | None,
    rules: Rules,
) -> Flows:
    """Flows from NumPy archives of one year each, with ``countries`` and ``sectors``.

    The year is the array ``year`` or the only four digits from 1900 to 2100 in the file's name.

    Raises:
        DataError: If an archive lacks what is needed, or archives do not fit together.
    """
    if unit is None:
        raise DataError(
            f"{name}: the unit of value is not known. Fix: unit='million USD', for instance."
        )
    arrays: dict[int, np.ndarray] = {}
    labels: tuple[list[str], list[str]] | None = None
    for file in files:
        year, here, values = _one_npz(file, array)
        if labels is not None and here != labels:
            raise DataError(f"{file}: countries or sectors differ from those of {files[0].name}.")
        if year in arrays:
            raise DataError(f"{file}: a second file for {year}.")
        labels, arrays[year] = here, values
    assert labels is not None  # noqa: S101 - files is never empty
    countries, sectors = labels
    return flows_from_arrays(
        arrays,
        countries=countries,
        sectors=sectors,
        unit=unit,
        name=name,
        source=source or name,
        on_gap=rules.on_gap,
    )


def _one_npz(file: Path, array: str | None) -> tuple[int, tuple[list[str], list[str]], np.ndarray]:
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as archive:
            content = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, TypeError, BadZipFile, ZlibError) as error:
        raise DataError(f"'{file}' is not a NumPy archive: {error}.") from error
    missing = [key for key in ("countries", "sectors") if key not in content]
    if missing:
        raise DataError(f"{file}: the archive has no '{missing[0]}'; it has {', '.join(content)}.")
    cubes = [key for key, value in content.items() if value.ndim == 3]
    if array is None and len(cubes) == 1:
        array = cubes[0]
    if array is None or array not in content:
        raise DataError(
            f"{file}: say which array holds the flows, array='...'; there are {', '.join(cubes)}."
        )
    labels = [str(c) for c in content["countries"]], [str(s) for s in content["sectors"]]
    return _year(file, content), labels, content[array]


def _year(file: Path, content: Mapping[str, np.ndarray]) -> int:
    if "year" in content:
        if content["year"].size != 1 or content["year"].dtype.kind not in "iu":
            raise DataError(f"{file}: 'year' must be one whole number; it is {content['year']}.")
        return int(content["year"].item())
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", file.stem)
    if len(found) != 1:
        raise DataError(
            f"{file}: the year is neither in the archive ('year') nor in the file's name."
        )
    return int(found[0])


def _assemble(
    values: Mapping[int, np.ndarray],
    labels: tuple[str, ...],
    sectors: tuple[str, ...],
    *,
    groups: dict[str, tuple[str, ...]],
    basis: str,
    notes: Iterable[str],
    name: str,
    source: str,
    currency: str,
    nature: str,
) -> Flows:
    """A table of flows from dense yearly values; only cells that are not zero are kept."""
    cells = _cells(values)
    published = np.ones((len(values), len(labels)), dtype=bool)
    published.flags.writeable = False
    return Flows(
        name=name,
        source=source,
        currency=currency,
        years=tuple(sorted(values)),
        labels=labels,
        areas=frozenset(_AREAS) & frozenset(labels),
        sectors=sectors,
        cells=cells,
        published={"table": published},
        basis={"table": basis},
        coverage=covered(groups),
        groups=groups,
        nature=nature,
        notes=("domestic sales are left out", *notes),
    )


def _cells(values: Mapping[int, np.ndarray]) -> Cells:
    """The cells between different places that are not zero."""
    parts = []
    for position, year in enumerate(sorted(values)):
        value = values[year].copy()
        own = np.arange(len(value))
        value[own, own] = 0.0
        index = np.nonzero(value)
        parts.append((np.full(index[0].size, position), *index, value[index]))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    at, exporter, importer, sector = (column.astype(np.int32) for column in columns[:4])
    report = np.full(at.size, REPORTS.index("table"), dtype=np.int32)
    return Cells(report, at, exporter, importer, sector, columns[4])
