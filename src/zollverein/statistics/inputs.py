"""What every statistic starts from: a table of flows, chosen sectors, groups, safe ratios.

A statistic of flows takes a World or a labelled table ``[exporter, importer, sector]`` (or
``[exporter, importer]``); it counts trade between different economies only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from zollverein.accounts import abroad, data_of
from zollverein.checks import texts
from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.names import bloc, bloc_names, country_label, did_you_mean, sector_group
from zollverein.statistics.registry import STATISTICS
from zollverein.world import World

#: A World, or flows ``[exporter, importer, sector]`` in currency.
Flows = World | xr.DataArray
#: ``None`` for all, a group such as ``goods``, or labels.
Sectors = str | Sequence[str] | None
#: A shipped bloc, a country, or several countries.
Group = str | Sequence[str]
Array = np.ndarray[Any, np.dtype[np.float64]]


def foreign_trade(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Trade between different economies ``[exporter, importer, sector]``, border value.

    Args:
        source: A World, or a table of flows; a missing value is an error, never a zero.
        sectors: Which sectors; all if omitted.

    Raises:
        DataError: If a value of a table is missing, negative or infinite.
        LabelError: If dimensions or labels do not fit, or a sector is unknown.
    """
    table = data_of(source)["trade_flow"] if isinstance(source, World) else _checked(source)
    chosen = sector_labels(source, sectors)
    if chosen != tuple(table.indexes["sector"]):
        table = table.sel(sector=list(chosen))
    coords = {dim: list(table.indexes[dim]) for dim in table.dims}
    return xr.DataArray(abroad(table.values), coords, table.dims, name="trade_flow")


def sector_labels(source: Flows, sectors: Sectors) -> tuple[str, ...]:
    """The sectors chosen, in the table's order.

    Raises:
        LabelError: If a label is unknown.
        ScenarioError: If a group is unknown.
    """
    if isinstance(source, World):
        known, attrs = source.sectors, source.data.attrs
    elif "country" in as_table(source).dims:
        known, attrs = tuple(source.indexes["sector"]), source.attrs
    else:
        known, attrs = tuple(_with_sectors(source).indexes["sector"]), source.attrs
    if sectors is None:
        return known
    if isinstance(sectors, str):
        return (sectors,) if sectors in known else sector_group(sectors, known, attrs)
    wanted = texts("sectors", sectors)
    unknown = [sector for sector in wanted if sector not in known]
    if unknown or not wanted:
        near = did_you_mean(unknown[0], known) if unknown else ": none is given."
        raise LabelError(f"'{', '.join(unknown)}' is not among the sectors{near}")
    return tuple(sector for sector in known if sector in set(wanted))


def economies(source: Flows) -> tuple[str, ...]:
    """Labels of the economies, in order."""
    if isinstance(source, World):
        return source.countries
    dim = "country" if "country" in as_table(source).dims else "exporter"
    if dim not in source.indexes:
        raise LabelError(f"the table of flows has no labels of exporters; it has {source.dims}.")
    return tuple(str(label) for label in source.indexes[dim])


def economy(source: Flows, name: str) -> str:
    """One economy's label, given by label, code or English name.

    Raises:
        ScenarioError: If there is no such economy; with the nearest valid name.
    """
    return country_label(name, economies(source), _place(source))


def members(source: Flows, group: Group) -> tuple[str, ...]:
    """The economies of a group that the table has, in its order.

    Args:
        source: Where they must be.
        group: A shipped bloc such as ``EAEU``, an economy, or several economies. A bloc's members
            that the table lacks are left out; an economy that is named must be there.

    Raises:
        ScenarioError: If a name is unknown or no member is there.
    """
    known = economies(source)
    if isinstance(group, str):
        found = None if group in known else bloc(group)
        if found is None and group not in known:
            names = {name: name for name in bloc_names()}
            try:
                return (economy(source, group),)
            except ScenarioError as error:
                near = did_you_mean(group, names)
                raise (
                    error if near == "." else ScenarioError(f"no bloc '{group}'{near}")
                ) from None
        wanted = {group} if found is None else set(found.members)
    else:
        wanted = {economy(source, name) for name in texts("the group", group)}
    inside = tuple(label for label in known if label in wanted)
    if not inside:
        raise ScenarioError(f"no member of {group} is in {_place(source)}.")
    return inside


def inside(source: Flows, group: Group) -> np.ndarray:
    """Which economies belong to a group, as a mask."""
    chosen = set(members(source, group))
    return np.array([label in chosen for label in economies(source)])


def check_word(word: Any, valid: Sequence[str], what: str) -> None:
    """Refuse a word that is not one of the choices; another meaning would be taken silently.

    Raises:
        DataError: With the nearest choice.
    """
    if not isinstance(word, str) or word not in valid:
        near = did_you_mean(str(word), valid)
        raise DataError(f"{what}={word!r} is not a choice{near} Choices: {', '.join(valid)}.")


def ratio(above: Any, below: Any) -> Array:
    """The quotient, and not-a-number where the denominator is zero: there is nothing to measure."""
    above, below = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)


def named(name: str, values: Any, coords: Mapping[str, Sequence[str]]) -> xr.DataArray:
    """A statistic as a labelled array that carries its unit, formula and source."""
    spec = STATISTICS[name]
    attrs = {"units": spec.unit, "formula": spec.formula, "source": spec.source}
    attrs["long_name"] = spec.definition
    labels = {dim: list(axis) for dim, axis in coords.items()}
    return xr.DataArray(values, labels, tuple(coords), name=name, attrs=attrs)


def _place(source: Flows) -> str:
    return source.name if isinstance(source, World) else "the table of flows"


def _with_sectors(table: xr.DataArray) -> xr.DataArray:
    return table if "sector" in table.dims else table.expand_dims(sector=["total"], axis=-1)


def as_table(source: Any) -> xr.DataArray:
    """A labelled table, given as one.

    Raises:
        DataError: If it is something else.
    """
    if not isinstance(source, xr.DataArray):
        raise DataError(
            f"flows are a World or a labelled table (xarray.DataArray), not a {type(source).__name__}. Fix: "
            "zv.load_world(name) for a packaged world or a file, result.after for a result, "
            "xarray.DataArray(values, coords) for arrays."
        )
    return source


def check_axes(table: xr.DataArray) -> None:
    """Refuse a table whose labels are absent or repeat.

    Raises:
        LabelError: Which axis.
    """
    for dim in table.dims:
        if dim not in table.indexes:
            raise LabelError(f"the dimension '{dim}' of the table has no labels.")
        if not table.indexes[dim].is_unique:
            raise LabelError(f"labels of '{dim}' repeat in the table of flows.")


def _checked(table: xr.DataArray) -> xr.DataArray:
    """A table of flows with axes in order, its labels and values checked."""
    full = _with_sectors(as_table(table))
    if set(full.dims) != {"exporter", "importer", "sector"} or set(full.dims) - set(full.indexes):
        raise LabelError(
            f"a table of flows has the labelled dimensions exporter, importer and sector; got {table.dims}."
        )
    full = full.transpose("exporter", "importer", "sector")
    if list(full.indexes["exporter"]) != list(full.indexes["importer"]):
        raise LabelError(
            "exporters and importers of a table of flows must be the same economies in the same order. "
            "Fix: table.reindex(exporter=names, importer=names), then decide on the missing values."
        )
    check_axes(full)
    if full.dtype.kind not in "fiu":
        raise DataError(
            f"the table of flows holds {full.dtype}, not real numbers. Fix: table.astype(float)."
        )
    value = full.values
    wrongs = {"missing": np.isnan(value), "negative": value < 0, "infinite": np.isinf(value)}
    for text, wrong in wrongs.items():
        if wrong.any():
            first = [
                str(full.indexes[d][k])
                for d, k in zip(full.dims, np.argwhere(wrong)[0], strict=True)
            ]
            fix = "fill it from the partner's report, or leave those economies out."
            raise DataError(
                f"{int(wrong.sum())} flows are {text}, first from {first[0]} to {first[1]} in {first[2]}. "
                f"{'A missing flow is not zero' if text == 'missing' else 'Fix'}: {fix}"
            )
    return full
