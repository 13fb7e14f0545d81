"""Trade elasticities: published sets by name, one number, or a table by sector.

The sets are in ``data/trade_elasticity_by_sector.csv``, by the sectors of the OECD ICIO tables:
27 goods sectors and one value for all services. A trade elasticity θ is the response of trade
shares to cost (σ − 1 in Armington); it is positive, and a negative one is an error.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.names.sectors import sector_group
from zollverein.names.suggest import did_you_mean, nearest
from zollverein.variables import VARIABLES

#: The set used unless another is asked for.
DEFAULT_SET = "FGO"

#: Where each set is from.
_SOURCES = {
    "FGO": "Fontagné, Guimbard and Orefice 2022, Journal of International Economics 137",
    "CP": "Caliendo and Parro 2015, Review of Economic Studies 82(1)",
    "GYY": "Giri, Yi and Yilmazkuday 2021, Journal of International Economics 129",
    "BSY": "Bagwell, Staiger and Yurukoglu 2021, Econometrica 89(4)",
    "Shap": "Shapiro 2016, American Economic Journal: Economic Policy 8(4)",
    "LL": "Lashkaripour and Lugovskyy 2023, American Economic Review 113(10)",
    "IS": "in-sample estimates, unpublished",
    "U4": "4 in every sector",
}
_SERVICES_ROW = "Services (aggregate)"
#: Words that stand for several sectors in a table by sector, the wider first.
_GROUPS = ("all", "goods", "services")


def elasticity_sets() -> dict[str, str]:
    """Names of the sets, each with its source; the default comes first."""
    return dict(_SOURCES)


def trade_elasticity(
    sectors: Sequence[str],
    choice: str | float | Mapping[str, float] | Sequence[float] | xr.DataArray | pd.Series,
    attrs: Mapping[str, Any] | None = None,
) -> tuple[xr.DataArray, str]:
    """Elasticities of a world's sectors, and where they are from.

    Args:
        sectors: Sector labels of the world.
        choice: Name of a set (``elasticity_sets``); one number for every sector; numbers by
            sector, as a mapping, as a labelled array or series with exactly the world's sectors (in
            any order: labels decide), or plain in the order of the sectors. The keys ``all``,
            ``goods`` and ``services`` of a mapping stand for the sectors it does not name.
        attrs: Attributes of the world's data, whose ``sector_groups`` say what ``goods`` are.

    Returns:
        ``[sector]`` in the order of ``sectors``, and a description with the source.

    Raises:
        DataError: If the set is unknown or lacks a sector of the world, a number is not positive
            and finite, a sector is unknown (with the nearest valid name), or one is left out.
        LabelError: If the labels of an array are not the world's sectors, each once.
    """
    if isinstance(choice, str):
        values, told = _from_set(sectors, choice), f"{choice} ({_SOURCES[choice]})"
    elif isinstance(choice, xr.DataArray):
        values, told = _from_array(sectors, choice), "given by sector"
    elif isinstance(choice, pd.Series) and not isinstance(choice.index, pd.RangeIndex):
        array = xr.DataArray(choice.to_numpy(), {"sector": choice.index.tolist()}, ("sector",))
        values, told = _from_array(sectors, array), "given by sector"
    elif isinstance(choice, Mapping):
        table = {str(key): value for key, value in choice.items()}
        values, told = _from_table(sectors, table, attrs or {}), "given by sector"
    elif np.ndim(choice) == 1:
        values, told = _in_order(sectors, choice), "given by sector"
    else:
        number = _positive(choice, "the trade elasticity")
        values, told = [number] * len(sectors), f"{number:g} in every sector (given)"
    return _form(tuple(sectors)).copy(deep=False, data=np.array(values, dtype=float)), told


@lru_cache(maxsize=8)
def _form(sectors: tuple[str, ...]) -> xr.DataArray:
    """The labels and attributes of the elasticities of some sectors."""
    spec = VARIABLES["trade_elasticity"]
    attrs = {"units": spec.unit, "symbol": spec.symbol, "long_name": spec.definition}
    coords = {"sector": list(sectors)}
    empty = np.zeros(len(sectors))
    return xr.DataArray(empty, coords, spec.dims, name="trade_elasticity", attrs=attrs)


def _in_order(sectors: Sequence[str], numbers: Any) -> list[float]:
    """Plain numbers in the order of the sectors, which only their count can check."""
    if len(numbers) != len(sectors):
        raise DataError(
            f"{len(numbers)} trade elasticities are given without labels for {len(sectors)} sectors. "
            "Fix: a table by sector, {'A01': 4.0, ...}."
        )
    return [
        _positive(number, f"the trade elasticity of '{sector}'")
        for sector, number in zip(sectors, numbers, strict=True)
    ]


def _from_set(sectors: Sequence[str], name: str) -> list[float]:
    if name not in _SOURCES:
        raise DataError(
            f"'{name}' is not a set of trade elasticities{did_you_mean(name, list(_SOURCES))} "
            f"Sets: {', '.join(_SOURCES)}; or give a number, or a table by sector."
        )
    rows = _rows()
    numbers = {row[name] for row in rows.values()}
    if len(numbers) == 1:  # the same everywhere: it needs no ICIO codes
        return list(numbers) * len(sectors)
    found = {sector: rows.get(_row_of(sector)) for sector in sectors}
    missing = [sector for sector, row in found.items() if row is None]
    if missing:
        raise DataError(
            f"the set {name} has no trade elasticity for {_listed(missing)}: its sectors are those "
            "of the OECD ICIO tables (A01 ... C31T33 and services). Usual cause: a world with other "
            "sectors. Fix: give one number (trade_elasticity = 4.0) or a table by sector."
        )
    return [row[name] for row in found.values() if row is not None]


def _row_of(sector: str) -> str:
    """The row of the table that speaks of a sector: its own, or that of all services."""
    if sector in _rows():
        return sector
    try:
        return _SERVICES_ROW if sector_group("services", (sector,), {}) else sector
    except ScenarioError:
        return sector


def _from_table(
    sectors: Sequence[str], table: Mapping[str, Any], attrs: Mapping[str, Any]
) -> list[float]:
    groups = {
        name: members_of(name, sectors, attrs=attrs)
        for name in _GROUPS
        if name in table and name not in sectors
    }
    for key in table:
        if key not in sectors and key not in groups:
            near = did_you_mean(key, sectors if nearest(key, sectors) else _GROUPS)
            raise DataError(
                f"'{key}' is not a sector of this world{near} "
                "Trade elasticities by sector name the world's sectors, or all, goods, services."
            )
    values: dict[str, float] = {}
    for name, members in groups.items():
        values |= dict.fromkeys(members, _positive(table[name], f"the trade elasticity of {name}"))
    for sector in sectors:
        if sector in table:
            values[sector] = _positive(table[sector], f"the trade elasticity of '{sector}'")
    missing = [sector for sector in sectors if sector not in values]
    if missing:
        raise DataError(
            f"no trade elasticity is given for {_listed(missing)} ({len(missing)} of {len(sectors)} "
            "sectors). Fix: name every sector, or add the key 'all' for those not named."
        )
    return [values[sector] for sector in sectors]


def members_of(
    group: str,
    sectors: Sequence[str],
    what: str = "trade elasticity",
    attrs: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """The sectors of ``all``, ``goods`` or ``services``, of a world with these attributes.

    Raises:
        DataError: If it is none of these, or the world has no such sectors.
    """
    if group == "all":
        return tuple(sectors)
    try:
        return sector_group(group, sectors, attrs or {})
    except ScenarioError as error:
        raise DataError(f"{what} of '{group}': {error}") from error


def _from_array(sectors: Sequence[str], array: xr.DataArray) -> list[float]:
    if array.dims != ("sector",) or "sector" not in array.indexes:
        raise LabelError(
            f"a labelled array of trade elasticities needs the one dimension 'sector' with labels, "
            f"not {array.dims}. Fix: xarray.DataArray(values, coords={{'sector': labels}})."
        )
    if array.indexes["sector"].equals(_form(tuple(sectors)).indexes["sector"]):
        numbers = array.values
        if numbers.dtype == float and numbers.min() > 0 and numbers.max() < math.inf:
            return numbers.tolist()  # most often, and quicker than one by one
    labels = [str(label) for label in array.indexes["sector"]]
    if sorted(labels) != sorted(sectors):
        raise LabelError(
            "the array of trade elasticities does not have the world's sectors as labels, each once: "
            f"{_difference(labels, sectors)}. Fix: .sel(sector=list(world.sectors)), or give a mapping."
        )
    table = dict(zip(labels, array.values.tolist(), strict=True))
    return [_positive(table[sector], f"the trade elasticity of '{sector}'") for sector in sectors]


def _difference(labels: Sequence[str], sectors: Sequence[str]) -> str:
    """What is wrong with labels that are not the sectors, each once: the first reason that holds."""
    repeated = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    strange = [label for label in labels if label not in sectors]
    missing = [sector for sector in sectors if sector not in labels]
    if repeated:
        return f"{_listed(repeated)} given twice"
    return f"{_listed(strange)} not a sector" if strange else f"{_listed(missing)} missing"


def _positive(value: Any, what: str) -> float:
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not (math.isfinite(number) and number > 0):
        raise DataError(
            f"{what} is {value!r}; it must be a positive number. Usual cause: the other sign "
            "convention. A negative trade elasticity is an error and is not flipped: θ is the size of "
            "the response, so −4 is written 4 here."
        )
    return number


def _listed(names: Sequence[str], shown: int = 5) -> str:
    head = ", ".join(f"'{name}'" for name in names[:shown])
    return head + (f" and {len(names) - shown} more" if len(names) > shown else "")


@cache
def _rows() -> dict[str, dict[str, float]]:
    path = files("zollverein") / "data" / "trade_elasticity_by_sector.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return {row.pop("sector"): {name: float(value) for name, value in row.items()} for row in rows}
