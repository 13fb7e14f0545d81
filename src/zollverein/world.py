"""The World: one year of everyone's production, use and trade, checked on construction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
import xarray as xr

from zollverein.checks import check_world, shortened
from zollverein.errors import DataError, LabelError
from zollverein.variables import BILATERAL, OPTIONAL_VARIABLES, WORLD_VARIABLES

#: Variables a caller must give; the others have a neutral default.
_DEFAULTS = {"tariff": 0.0, "export_tax": 0.0, "wage": 1.0, "price_index": 1.0}
#: Every variable a World may store.
_STORED = {**WORLD_VARIABLES, **OPTIONAL_VARIABLES}
#: A name this like that of a variable is a slip; ``wage_new`` of a result file is less like ``wage``.
_NEARLY = 0.9


@dataclass(frozen=True, eq=False, repr=False)
class World:
    """A balanced, labelled table of the world economy; frozen.

    Attributes:
        name: Short name, used in messages and reports.
        data: Data set with the variables of ``zollverein.variables.WORLD_VARIABLES`` and, where they
            matter, of ``OPTIONAL_VARIABLES``. Arrays that can be written to are copied.

    Raises:
        LabelError: If labels repeat, are missing, or differ between variables.
        AccountingError: If a value is missing or negative, or an identity fails.
    """

    name: str
    data: xr.Dataset

    def __post_init__(self) -> None:
        """Take private arrays in 64-bit floats, read-only; then check labels and identities."""
        loose = {
            name: variable.copy(data=_as_float(str(name), variable.values, copy=True))
            for name, variable in self.data.data_vars.items()
            if name in _STORED and (variable.dtype != np.float64 or variable.values.flags.writeable)
        }
        if loose:
            object.__setattr__(self, "data", frozen(self.data.assign(loose)))
        check_world(self.name, self.data)
        object.__setattr__(self, "_checked", self._arrays())

    def _arrays(self) -> dict[str, np.ndarray]:
        held = self.data.variables
        return {name: held[name].values for name in _STORED if name in held}

    def check_untouched(self) -> None:
        """Refuse a world in which an array has been replaced, added or removed since it was checked.

        Raises:
            DataError: Names it, and how to change a world.
        """
        was, now = self.__dict__["_checked"], self._arrays()
        for name in {**was, **now}:
            if was.get(name) is not now.get(name):
                raise DataError(
                    f"{self.name}: '{name}' was changed in a finished world and is not checked. Fix: "
                    f"a new one, zv.World(world.name, world.data.assign({name}=...))."
                )

    def __repr__(self) -> str:
        """Name, size and year: what a reader wants to know first."""
        year = f", year {self.year}" if self.year is not None else ""
        return f"World({self.name!r}: {len(self.countries)} countries × {len(self.sectors)} sectors{year})"

    @property
    def countries(self) -> tuple[str, ...]:
        """Country labels, in order."""
        return tuple(self.data.indexes["country"].tolist())

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sector labels, in order."""
        return tuple(self.data.indexes["sector"].tolist())

    @property
    def year(self) -> int | None:
        """Year of the data, if stated."""
        year = self.data.attrs.get("year")
        return None if year is None else int(year)

    @property
    def adjustments(self) -> tuple[str, ...]:
        """What was changed or imputed on the way from the source to this table."""
        return tuple(json.loads(self.data.attrs.get("adjustments", "[]")))

    def values(self, name: str) -> np.ndarray:
        """The plain array of a variable; of an optional one that is absent, what its absence means.

        Raises:
            KeyError: If no world has such a variable.
        """
        if name in self.data:
            return self.data[name].values
        dims = OPTIONAL_VARIABLES[name].dims
        if name == "employment":
            return self.data["value_added"].values / self.data["wage"].values[:, None]
        if name == "consumer_price":
            return self._cobb_douglas_price()
        neutral = 1.0 if name == "population" else 0.0
        return np.broadcast_to(neutral, tuple(self.data.sizes[dim] for dim in dims))

    def _cobb_douglas_price(self) -> np.ndarray:
        """Price index of final demand ``[country]`` from those of the sectors; 1 in baseline data."""
        final, price = self.data["final_demand"].values, self.data["price_index"].values
        total = final.sum(axis=1, keepdims=True)
        return np.asarray(
            np.exp((final / np.where(total > 0, total, 1.0) * np.log(price)).sum(axis=1))
        )

    @classmethod
    def from_arrays(
        cls,
        *,
        name: str,
        countries: Sequence[str],
        sectors: Sequence[str],
        trade_flow: Any,
        intermediate_use: Any,
        value_added: Any,
        final_demand: Any,
        tariff: Any = None,
        export_tax: Any = None,
        year: int | None = None,
        attrs: Mapping[str, Any] | None = None,
        **optional: Any,
    ) -> Self:
        """Build a World from arrays.

        Plain arrays are taken by position. Labelled ones (of xarray or pandas) must have the labels of
        the world in its order; the dimensions of xarray may stand in any order.

        Args:
            name: Short name.
            countries: Labels, length N.
            sectors: Labels, length S.
            trade_flow: ``[exporter, importer, sector]`` before duty, domestic sales included.
            intermediate_use: ``[country, input_sector, sector]``, duty paid.
            value_added: ``[country, sector]``.
            final_demand: ``[country, sector]``, duty paid.
            tariff: Rates, shape of ``trade_flow``; zero if omitted.
            export_tax: Rates on the factory value, shape of ``trade_flow``; zero if omitted.
            year: Year of the data.
            attrs: Source, licence, currency, ``adjustments`` (a list) and the like.
            **optional: Any of ``zollverein.variables.OPTIONAL_VARIABLES``.

        Returns:
            The checked World.

        Raises:
            LabelError: If an array's shape or labels do not fit the labels.
            AccountingError: If a value is missing or negative, or an identity fails.
            DataError: If name, year or attributes are none.
        """
        given = {
            "trade_flow": trade_flow,
            "tariff": tariff,
            "export_tax": export_tax,
            "intermediate_use": intermediate_use,
            "final_demand": final_demand,
            "value_added": value_added,
            **optional,
        }
        strange = sorted(set(optional) - set(OPTIONAL_VARIABLES))
        if strange:
            raise LabelError(
                f"{name}: a world has no variable '{strange[0]}'; optional ones are "
                f"{', '.join(OPTIONAL_VARIABLES)}."
            )
        dated = {} if year is None else {"year": year}
        said = _attributes(name, {**(attrs or {}), **dated}, sectors)
        return cls(name=name, data=frozen(world_dataset(countries, sectors, given, said)))

    def to_netcdf(self, path: str | Path) -> Path:
        """Write the World to a compressed netCDF file and return its path."""
        from zollverein.files import write_dataset

        return write_dataset(self.data.assign_attrs(world=self.name), path)

    @classmethod
    def from_netcdf(cls, path: str | Path) -> Self:
        """Read a World written by ``to_netcdf``.

        Raises:
            DataError: If the file is absent or is not a World.
        """
        from zollverein.files import read_dataset

        dataset = read_dataset(path)
        missing = [v for v in WORLD_VARIABLES if v not in dataset and v not in _DEFAULTS]
        if missing:
            raise DataError(
                f"'{path}' is not a world: it lacks {', '.join(missing)}. A world file is what "
                "World.to_netcdf writes; see the data page of the documentation."
            )
        bare = [dim for dim in ("country", "sector") if dim not in dataset.indexes]
        if bare:
            raise DataError(
                f"'{path}' is not a world: its dimension {bare[0]} has no labels. Fix: give it a "
                f"coordinate variable of the name {bare[0]}."
            )
        _refuse_misspelt(path, dataset)
        name = str(dataset.attrs.pop("world", Path(path).stem))
        arrays = {v: dataset.get(v) for v in _STORED}
        labels = dataset.indexes["country"].tolist(), dataset.indexes["sector"].tolist()
        said = _attributes(name, dataset.attrs, labels[1])
        return cls(name=name, data=frozen(world_dataset(*labels, arrays, said)))


def _refuse_misspelt(path: str | Path, dataset: xr.Dataset) -> None:
    """Refuse a variable that is nearly one of a world's; others are taken for remarks of the file's owner."""
    for name in map(str, dataset.data_vars):
        absent = [known for known in _STORED if known not in dataset]
        meant = [] if name in _STORED else get_close_matches(name, absent, n=1, cutoff=_NEARLY)
        if meant:
            raise DataError(
                f"'{path}': a world has no variable '{name}'; did you mean '{meant[0]}'? Fix: rename it, or "
                "drop it."
            )


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
        LabelError: If a shape, or the labels of a labelled array, do not fit the labels.
    """
    names, goods = _labels("countries", countries), _labels("sectors", sectors)
    axis = {"exporter": names, "importer": names, "country": names}
    axis |= {"sector": goods, "input_sector": goods}
    variables: dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]] = {}
    given = {
        key: value if value is None else _by_position(key, value, axis)
        for key, value in arrays.items()
    }
    if given.get("wage") is None and given.get("employment") is not None:
        given["wage"] = _mean_wage(given)
    for key, spec in _STORED.items():
        if key in OPTIONAL_VARIABLES and given.get(key) is None:
            continue
        shape = tuple(len(axis[dim]) for dim in spec.dims)
        value = given.get(key)
        array = (
            np.full(shape, _DEFAULTS[key], order="F")
            if value is None
            else _as_float(key, value, copy=copy)
        )
        if array.shape != shape:
            raise LabelError(
                f"{key} has shape {array.shape}; {len(axis['country'])} countries and "
                f"{len(axis['sector'])} sectors need {shape}, axes {', '.join(spec.dims)}."
            )
        text = {"units": spec.unit, "symbol": spec.symbol, "long_name": spec.definition}
        variables[key] = (spec.dims, array, text)
    return xr.Dataset(variables, coords=axis, attrs=dict(attrs))


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
    dims = _STORED[key].dims
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


def _attributes(name: Any, attrs: Mapping[str, Any], sectors: Sequence[str]) -> dict[str, Any]:
    """Attributes as a file holds them, lists and tables as JSON.

    Raises:
        DataError: If the name, the year, the adjustments or the groups of sectors are none.
    """
    if not isinstance(name, str):
        raise DataError(f"the name of a world is a text, not {name!r}.")
    said = dict(attrs)
    if "year" in said:
        said["year"] = _whole_year(name, said["year"])
    if "adjustments" in said:
        lines = _parsed(said["adjustments"])
        if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
            raise DataError(f"{name}: the attribute adjustments must be a list of sentences.")
        said["adjustments"] = json.dumps(list(lines))
    if "sector_groups" in said:
        groups = _parsed(said["sector_groups"])
        if not isinstance(groups, Mapping) or any(isinstance(g, str) for g in groups.values()):
            raise DataError(
                f"{name}: the attribute sector_groups must be a table from group to list of sectors, such as "
                '{"goods": ["C10", "C20"]}.'
            )
        strange = [s for group in groups.values() for s in group if s not in list(sectors)]
        if strange:
            raise DataError(
                f"{name}: the attribute sector_groups names '{strange[0]}', which is not a sector of the "
                f"world ({shortened(list(sectors))})."
            )
        said["sector_groups"] = json.dumps({key: list(group) for key, group in groups.items()})
    return said


def _whole_year(name: str, year: Any) -> int:
    try:
        found = int(year)
    except (TypeError, ValueError):
        found = None
    if found is None or (not isinstance(year, str) and found != year):
        raise DataError(f"{name}: the year is {year!r}; it must be a whole number, such as 2022.")
    return found


def _parsed(said: Any) -> Any:
    """What a JSON text holds, None if it is none; anything else as it is."""
    if not isinstance(said, str):
        return said
    try:
        return json.loads(said)
    except json.JSONDecodeError:
        return None


def frozen(dataset: xr.Dataset) -> xr.Dataset:
    """The same data set, whose arrays nobody may write to any more; a World keeps them without a copy."""
    for variable in dataset.data_vars.values():
        variable.values.flags.writeable = False
    return dataset


def _mean_wage(given: Mapping[str, Any]) -> np.ndarray | None:
    """Value added over employment ``[country]``; 1 where nobody works, None where shapes do not fit."""
    added, employed = (_as_float(k, given[k], copy=False) for k in ("value_added", "employment"))
    if added.ndim != 2 or added.shape != employed.shape:
        return None
    total = employed.sum(axis=1)
    return np.where(total > 0, added.sum(axis=1) / np.where(total > 0, total, 1.0), 1.0)


def _as_float(key: str, value: Any, *, copy: bool) -> np.ndarray:
    """The array in float64, bilateral ones in the models' memory order; a private copy if asked."""
    order: Literal["C", "F"] = "F" if _STORED[key].dims == BILATERAL else "C"
    if isinstance(value, np.ndarray) and np.iscomplexobj(value):
        raise LabelError(f"{key} is not a rectangular array of numbers: some are complex.")
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)  # what is masked is missing
    try:
        make = np.array if copy else np.asarray
        return np.asarray(make(value, dtype=np.float64, order=order))
    except (TypeError, ValueError) as error:
        raise LabelError(f"{key} is not a rectangular array of numbers: {error}.") from error
