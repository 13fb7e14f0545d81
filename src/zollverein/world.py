"""The World: one year of everyone's production, use and trade, checked on construction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import xarray as xr

from zollverein.checks import check_world
from zollverein.errors import DataError, LabelError
from zollverein.variables import BILATERAL, OPTIONAL_VARIABLES, WORLD_VARIABLES

#: Variables a caller must give; the others have a neutral default.
_DEFAULTS = {"tariff": 0.0, "export_tax": 0.0, "wage": 1.0, "price_index": 1.0}
#: Every variable a World may store.
_STORED = {**WORLD_VARIABLES, **OPTIONAL_VARIABLES}


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
        """Build a World from plain arrays.

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
            LabelError: If an array's shape does not fit the labels.
            AccountingError: If an identity fails.
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
        dataset = world_dataset(countries, sectors, given, attrs or {})
        if year is not None:
            dataset.attrs["year"] = int(year)
        return cls(name=name, data=frozen(dataset))

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
        name = str(dataset.attrs.pop("world", Path(path).stem))
        arrays = {v: dataset[v].values if v in dataset else None for v in _STORED}
        labels = dataset.indexes["country"].tolist(), dataset.indexes["sector"].tolist()
        return cls(name=name, data=frozen(world_dataset(*labels, arrays, dataset.attrs)))


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
        LabelError: If a shape does not fit the labels.
    """
    names, goods = list(countries), list(sectors)
    axis = {"exporter": names, "importer": names, "country": names}
    axis |= {"sector": goods, "input_sector": goods}
    variables: dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]] = {}
    given = dict(arrays)
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
    stored = {
        k: json.dumps(list(v)) if k == "adjustments" and not isinstance(v, str) else v
        for k, v in attrs.items()
    }
    return xr.Dataset(variables, coords=axis, attrs=stored)


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
    try:
        make = np.array if copy else np.asarray
        return np.asarray(make(value, dtype=np.float64, order=order))
    except (TypeError, ValueError) as error:
        raise LabelError(f"{key} is not a rectangular array of numbers: {error}.") from error
