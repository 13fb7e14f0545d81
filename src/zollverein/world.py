"""The World: one year of everyone's production, use and trade, checked on construction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import xarray as xr

from zollverein.checks import check_world, shortened
from zollverein.errors import DataError, LabelError
from zollverein.labelling import DEFAULTS, STORED, as_float, frozen, world_dataset
from zollverein.variables import OPTIONAL_VARIABLES, WORLD_VARIABLES

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
            name: variable.copy(data=as_float(str(name), variable.values, copy=True))
            for name, variable in self.data.data_vars.items()
            if name in STORED and (variable.dtype != np.float64 or variable.values.flags.writeable)
        }
        if loose:
            object.__setattr__(self, "data", frozen(self.data.assign(loose)))
        check_world(self.name, self.data)
        object.__setattr__(self, "_checked", self._arrays())

    def _arrays(self) -> dict[str, np.ndarray]:
        held = self.data.variables
        return {name: held[name].values for name in STORED if name in held}

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

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Country labels, in order."""
        return tuple(self.data.indexes["country"].tolist())

    @cached_property
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
        if strange and strange[0] in DEFAULTS:
            raise LabelError(
                f"{name}: {strange[0]} is not given to a new world: prices are 1 there, and the wage is 1 or "
                "value added over employment. Fix: leave it out."
            )
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
        missing = [v for v in WORLD_VARIABLES if v not in dataset and v not in DEFAULTS]
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
        arrays = {v: dataset.get(v) for v in STORED}
        labels = dataset.indexes["country"].tolist(), dataset.indexes["sector"].tolist()
        said = _attributes(name, dataset.attrs, labels[1])
        return cls(name=name, data=frozen(world_dataset(*labels, arrays, said)))


def _refuse_misspelt(path: str | Path, dataset: xr.Dataset) -> None:
    """Refuse a variable that is nearly one of a world's; others are taken for remarks of the file's owner."""
    for name in map(str, dataset.data_vars):
        absent = [known for known in STORED if known not in dataset]
        meant = [] if name in STORED else get_close_matches(name, absent, n=1, cutoff=_NEARLY)
        if meant:
            raise DataError(
                f"'{path}': a world has no variable '{name}'; did you mean '{meant[0]}'? Fix: rename it, or "
                "drop it."
            )


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
