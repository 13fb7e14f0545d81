"""Repairs of tables that ``World`` refuses: explicit, keeping the identities, and reported.

Each repair takes plain arrays, leaves them alone, and returns new ones together with lines that
say what was changed; the lines belong into the ``adjustments`` of the World. A repaired cell
leaves a gap in a row or a column of the table, and each gap is booked where it does least harm:

* a **flow** that is raised was bought and sold: final demand and value added take the difference;
* an **input** that is raised is taken from final demand of the same good and from value added;
* **final demand** that is raised takes the difference from the inputs of the same good, in
  proportion; the value added of their users rises by as much;
* **value added** that is raised takes the difference from the sector's inputs, in proportion;
  final demand for them rises by as much.

So the identities hold after a repair as well as they did before. Trade flows change only where they
were negative; final demand and value added of the world change by the same amount, apart from taxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from zollverein.errors import AccountingError
from zollverein.labelling import world_dataset

#: Arrays of a World by the names of ``World.from_arrays``.
Arrays = dict[str, Any]

_TABLE = ("trade_flow", "tariff", "export_tax", "intermediate_use", "final_demand", "value_added")
#: Differences below this part of the whole are rounding.
_DUST = 1e-12
_ROUNDING = 1e-9


def clip_negative(
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    trade_flow: Any,
    intermediate_use: Any,
    value_added: Any,
    final_demand: Any,
    tariff: Any = None,
    export_tax: Any = None,
) -> tuple[Arrays, list[str]]:
    """Set negative flows, inputs, final demand and value added to zero; the identities stay.

    Where value added becomes zero although there is output, ``floor_value_added`` comes next.

    Args:
        countries: Labels, length N.
        sectors: Labels, length S.
        trade_flow: ``[exporter, importer, sector]`` before duty.
        intermediate_use: ``[country, input_sector, sector]``, duty paid.
        value_added: ``[country, sector]``.
        final_demand: ``[country, sector]``, duty paid.
        tariff: Rates, shape of ``trade_flow``; zero if omitted.
        export_tax: Rates, shape of ``trade_flow``; zero if omitted.

    Returns:
        New arrays by the names of ``World.from_arrays``, and one line for each variable changed
        (none if there was nothing to repair).

    Raises:
        LabelError: If a shape does not fit the labels.
        AccountingError: If a number is missing or infinite, or if the identities do not hold so
            that there is nothing to take a difference from.
    """
    given = (trade_flow, tariff, export_tax, intermediate_use, final_demand, value_added)
    table = _table(countries, sectors, given)
    lines: list[str] = []
    for name, repair in (
        ("trade_flow", _raise_flow),
        ("intermediate_use", _raise_input),
        ("final_demand", _raise_final),
        ("value_added", _raise_value_added),
    ):
        lack = np.maximum(-table[name].values, 0.0)
        if lack.any():
            lines.append(_line(table, name, lack, "negative", "set to 0"))
            repair(table, lack)
            table[name].values[lack > 0] = 0.0  # exactly, whatever the rounding
    return (_without_dust(table) if lines else _arrays(table)), lines


def floor_value_added(
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    trade_flow: Any,
    intermediate_use: Any,
    value_added: Any,
    final_demand: Any,
    tariff: Any = None,
    export_tax: Any = None,
    share: float = 0.01,
) -> tuple[Arrays, list[str]]:
    """Raise value added to a smallest share of output wherever it is below; the identities stay.

    Args:
        countries: Labels, length N.
        sectors: Labels, length S.
        trade_flow: ``[exporter, importer, sector]`` before duty.
        intermediate_use: ``[country, input_sector, sector]``, duty paid.
        value_added: ``[country, sector]``.
        final_demand: ``[country, sector]``, duty paid.
        tariff: Rates, shape of ``trade_flow``; zero if omitted.
        export_tax: Rates, shape of ``trade_flow``; zero if omitted.
        share: Smallest value added per unit of output, above 0 and at most 1.

    Returns:
        As ``clip_negative``.

    Raises:
        LabelError: If a shape does not fit the labels.
        AccountingError: As ``clip_negative``, or if ``share`` is out of range.
    """
    if not 0 < share <= 1:
        raise AccountingError(
            f"floor_value_added: share is {share!r}; it must be above 0 and at most 1. 0.01 means "
            "that value added is at least 1 % of output."
        )
    given = (trade_flow, tariff, export_tax, intermediate_use, final_demand, value_added)
    table = _table(countries, sectors, given)
    output = (table["trade_flow"].values / (1 + table["export_tax"].values)).sum(axis=1)
    lack = np.maximum(share * output - table["value_added"].values, 0.0)
    if not lack.any():
        return _arrays(table), []
    what = f"below {100 * share:g} % of output"
    line = _line(table, "value_added", lack, what, f"raised to {100 * share:g} % of output")
    _raise_value_added(table, lack)
    return _without_dust(table), [line]


def _table(countries: Sequence[str], sectors: Sequence[str], given: tuple[Any, ...]) -> xr.Dataset:
    """The arrays labelled, in private copies."""
    table = world_dataset(countries, sectors, dict(zip(_TABLE, given, strict=True)), {})
    for name in _TABLE:
        bad = ~np.isfinite(table[name].values)
        if bad.any():
            raise AccountingError(
                f"repair: {name} is not a finite number at {_place(table[name], bad)} "
                f"({int(bad.sum())} of {bad.size} cells). Fix: absence is an explicit 0."
            )
    return table


def _arrays(table: xr.Dataset) -> Arrays:
    return {name: table[name].values for name in _TABLE}


def _raise_flow(table: xr.Dataset, lack: np.ndarray) -> None:
    table["trade_flow"].values += lack
    table["final_demand"].values += (lack * (1 + table["tariff"].values)).sum(axis=0)
    table["value_added"].values += (lack / (1 + table["export_tax"].values)).sum(axis=1)


def _raise_input(table: xr.Dataset, lack: np.ndarray) -> None:
    table["intermediate_use"].values += lack
    table["final_demand"].values -= lack.sum(axis=2)
    table["value_added"].values -= lack.sum(axis=1)


def _raise_final(table: xr.Dataset, lack: np.ndarray) -> None:
    """Take the inputs of the same good down in proportion."""
    taken = _in_proportion(table, lack, axis=2, name="final_demand")
    table["intermediate_use"].values -= taken
    table["final_demand"].values += lack
    table["value_added"].values += taken.sum(axis=1)


def _raise_value_added(table: xr.Dataset, lack: np.ndarray) -> None:
    """Take the sector's inputs down in proportion."""
    taken = _in_proportion(table, lack, axis=1, name="value_added")
    table["intermediate_use"].values -= taken
    table["value_added"].values += lack
    table["final_demand"].values += taken.sum(axis=2)


def _in_proportion(table: xr.Dataset, lack: np.ndarray, *, axis: int, name: str) -> np.ndarray:
    """What is taken from each input so that the sum over ``axis`` is ``lack``.

    Raises:
        AccountingError: If there is less than that to take, which the identities exclude.
    """
    inputs = table["intermediate_use"].values
    total = inputs.sum(axis=axis)
    dust = _DUST * inputs.sum(axis=(1, 2))[:, None]  # what rounding leaves is not a shortage
    short = lack > total * (1 + 1e-6) + dust
    if short.any():
        cell = _first(short)
        raise AccountingError(
            f"repair: {name} at {_place(table[name], short)} is to be raised by {lack[cell]:.6g} but the "
            f"inputs to take it from are {total[cell]:.6g}. Usual cause: the table's identities do not hold "
            "before the repair. Fix: balance purchases with uses, and sales with costs, first."
        )
    part = lack / np.where(total > 0, total, 1.0)
    part = np.where(part > 1 - _ROUNDING, 1.0, part)
    return np.asarray(inputs * np.expand_dims(part, axis))


def _without_dust(table: xr.Dataset) -> Arrays:
    """The repaired arrays, rid of what rounding has left where nothing is bought or sold."""
    flow = table["trade_flow"].values
    for name, traded in (("final_demand", flow.any(axis=0)), ("value_added", flow.any(axis=1))):
        values = table[name].values
        dust = np.abs(values) <= _ROUNDING * np.abs(values).sum(axis=1, keepdims=True)
        values[dust & ~traded] = 0.0
    return _arrays(table)


def _line(table: xr.Dataset, name: str, lack: np.ndarray, what: str, done: str) -> str:
    """Count, sum and largest cell of a repair."""
    largest = lack == lack.max()
    cell = _first(largest)
    count, total = int((lack > 0).sum()), float(lack.sum())
    size = total / float(table["value_added"].values.sum())
    return (
        f"{name}: {count} {'cell' if count == 1 else 'cells'} {what}, {done}; in all {total:.6g} "
        f"({100 * size:.2g} % of world value added), most at {_place(table[name], largest)} "
        f"(was {float(table[name].values[cell]):.6g})"
    )


def _first(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(axis[0]) for axis in np.nonzero(mask))


def _place(array: xr.DataArray, mask: np.ndarray) -> str:
    cell = zip(array.dims, _first(mask), strict=True)
    return ", ".join(f"{dim} '{array.indexes[dim][position]}'" for dim, position in cell)
