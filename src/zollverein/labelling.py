"""Arrays under the labels of a World: the data set that it holds, before it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from zollverein.checks import shortened
from zollverein.errors import LabelError
from zollverein.variables import BILATERAL, OPTIONAL_VARIABLES, WORLD_VARIABLES

#: Variables that have a neutral value; the others of a world must be given.
DEFAULTS = {"tariff": 0.0, "export_tax": 0.0, "wage": 1.0, "price_index": 1.0}
#: Every variable a World may store.
STORED = {**WORLD_VARIABLES, **OPTIONAL_VARIABLES}


def world_dataset(
    countries: Sequence[str],
    sectors: Sequence[str],
    arrays: Mapping[str, Any],
    attrs: Mapping[str, Any],
    *,
    copy: bool = True,
) -> xr.Dataset:
    """Label plain arrays as the data set of a World; absent ones take their neutral value.

    ``copy=False`` keeps the arrays given, for a caller that owns them and will not write to them.

    Raises:
        LabelError: If a shape, or the labels of a labelled array, do not fit the labels, or an array that has
            no neutral value is missing.
    """
    names, goods = _labels("countries", countries), _labels("sectors", sectors)
    axis = {"exporter": names, "importer": names, "country": names}
    axis |= {"sector": goods, "input_sector": goods}
    variables: dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]] = {}
    given = {
        key: value if value is None else _by_position(key, value, axis)
        for key, value in arrays.items()
    }
    _refuse_missing(given)
    if given.get("wage") is None and given.get("employment") is not None:
        given["wage"] = _mean_wage(given)
    for key, spec in STORED.items():
        if key in OPTIONAL_VARIABLES and given.get(key) is None:
            continue
        shape = tuple(len(axis[dim]) for dim in spec.dims)
        value = given.get(key)
        array = (
            np.full(shape, DEFAULTS[key], order="F")
            if value is None
            else as_float(key, value, copy=copy)
        )
        if array.shape != shape:
            raise LabelError(
                f"{key} has shape {array.shape}; {len(axis['country'])} countries and "
                f"{len(axis['sector'])} sectors need {shape}, axes {', '.join(spec.dims)}."
            )
        text = {"units": spec.unit, "symbol": spec.symbol, "long_name": spec.definition}
        variables[key] = (spec.dims, array, text)
    return xr.Dataset(variables, coords=axis, attrs=dict(attrs))


def _refuse_missing(given: Mapping[str, Any]) -> None:
    lacking = [key for key in WORLD_VARIABLES if key not in DEFAULTS and given.get(key) is None]
    if lacking:
        raise LabelError(f"a world needs {', '.join(lacking)}; not given.")


def _labels(what: str, given: Sequence[str]) -> list[str]:
    """Labels as a list; one text is not taken for a list of its letters, nor a set for one in an order."""
    if isinstance(given, str | set | frozenset):
        raise LabelError(f"{what} is {given!r}; it must be a list of labels.")
    try:
        return list(given)
    except TypeError:
        raise LabelError(f"{what} is {given!r}; it must be a list of labels.") from None


def _by_position(key: str, value: Any, axis: Mapping[str, list[str]]) -> Any:
    """A labelled array in the order of the world's dimensions, its labels compared; others as they are.

    Raises:
        LabelError: If its dimensions or labels are others, or in another order.
    """
    dims = STORED[key].dims
    found: dict[Any, pd.Index] = {}
    if isinstance(value, xr.DataArray):
        if set(value.dims) != set(dims):
            raise LabelError(
                f"{key} has dimensions {', '.join(map(str, value.dims))}; needed are {', '.join(dims)}. "
                "Fix: rename them, or give plain numbers in the order of the labels (.values)."
            )
        value = value.transpose(*dims)
        found = {dim: value.indexes[dim] for dim in dims if dim in value.indexes}
    elif isinstance(value, pd.DataFrame | pd.Series) and value.ndim == len(dims):
        indexed = zip(dims, value.axes, strict=True)
        found = {dim: index for dim, index in indexed if not isinstance(index, pd.RangeIndex)}
    for dim, index in found.items():
        if index.tolist() != axis[dim]:
            raise LabelError(
                f"{key}: its labels of {dim} differ from those of the world in content or order "
                f"({shortened(index.tolist())} against {shortened(axis[dim])}). Fix: reindex it, or give "
                "plain numbers in the order of the labels."
            )
    return value


def frozen(dataset: xr.Dataset) -> xr.Dataset:
    """The same data set, whose arrays nobody may write to any more; a World keeps them without a copy."""
    for variable in dataset.data_vars.values():
        variable.values.flags.writeable = False
    return dataset


def _mean_wage(given: Mapping[str, Any]) -> np.ndarray | None:
    """Value added over employment ``[country]``; 1 where nobody works, None where shapes do not fit."""
    added, employed = (as_float(k, given[k], copy=False) for k in ("value_added", "employment"))
    if added.ndim != 2 or added.shape != employed.shape:
        return None
    total = employed.sum(axis=1)
    return np.where(total > 0, added.sum(axis=1) / np.where(total > 0, total, 1.0), 1.0)


def as_float(key: str, value: Any, *, copy: bool) -> np.ndarray:
    """The array in float64, bilateral ones in the models' memory order; a private copy if asked."""
    order: Literal["C", "F"] = "F" if STORED[key].dims == BILATERAL else "C"
    if isinstance(value, np.ndarray) and np.iscomplexobj(value):
        raise LabelError(f"{key} is not a rectangular array of numbers: some are complex.")
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)  # what is masked is missing
    try:
        make = np.array if copy else np.asarray
        return np.asarray(make(value, dtype=np.float64, order=order))
    except (TypeError, ValueError) as error:
        raise LabelError(f"{key} is not a rectangular array of numbers: {error}.") from error
