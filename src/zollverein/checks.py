"""The identities a World must satisfy, each with one clear message.

Every check works on the labelled data set and names the worst cell. A table that is wrong is
refused here, at the door, so that nothing downstream needs to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from zollverein.errors import AccountingError, LabelError
from zollverein.variables import BILATERAL, OPTIONAL_VARIABLES, WORLD_VARIABLES

#: Largest admissible gap of an identity, relative to the larger side.
IDENTITY_TOLERANCE = 1e-6
#: Below this share of the country's absorption a cell's gap is rounding.
NEGLIGIBLE = 1e-9


#: Values and quantities.
_NOT_NEGATIVE = (
    "trade_flow",
    "intermediate_use",
    "final_demand",
    "value_added",
    "government_flow",
    "government_demand",
    "employment",
)


def check_world(name: str, data: xr.Dataset) -> None:
    """Check labels, values and identities.

    Raises:
        LabelError: On labels.
        AccountingError: On values and identities.
    """
    _check_labels(name, data)
    _check_values(name, data)
    _check_absorption(name, data)
    _check_output(name, data)
    if _present(data, "government_flow", "government_demand"):
        _check_government(name, data)
    if "employment" in data:
        _check_employment(name, data)


def _present(data: xr.Dataset, *names: str) -> tuple[str, ...]:
    """Those of the variables that the world stores."""
    return tuple(name for name in names if name in data)


def _wedge(data: xr.Dataset, tax: str, rent: str) -> np.ndarray:
    """One plus a tax and the rent beside it."""
    rate = data[tax].values
    return 1 + rate + data[rent].values if rent in data else 1 + rate


def _check_labels(name: str, data: xr.Dataset) -> None:
    for variable, spec in WORLD_VARIABLES.items():
        if variable not in data:
            raise LabelError(
                f"{name}: variable {variable} is missing; needed with dims {spec.dims}."
            )
    for variable, spec in {**WORLD_VARIABLES, **OPTIONAL_VARIABLES}.items():
        if variable in data and data[variable].dims != spec.dims:
            raise LabelError(f"{name}: {variable} has dims {data[variable].dims}, not {spec.dims}.")
    _check_axes(name, data)


def _check_axes(name: str, data: xr.Dataset) -> None:
    """Labels are texts, each once, and the same in every dimension of countries or sectors."""
    bare = [dim for dim in ("country", *BILATERAL, "input_sector") if dim not in data.indexes]
    if bare:
        raise LabelError(
            f"{name}: the dimension {bare[0]} has no labels. Fix: data.assign_coords({bare[0]}=[...])."
        )
    for dim, twin in (("country", "exporter"), ("country", "importer"), ("sector", "input_sector")):
        labels, others = data.indexes[dim].tolist(), data.indexes[twin].tolist()
        strange = [x for x in labels if not (isinstance(x, str) and x.strip())]
        if strange:
            raise LabelError(
                f"{name}: the {dim} label {strange[0]!r} is not a text. Usual cause: a code that was read as "
                "a number, or 'NA' as missing. Fix: give text, such as str(label)."
            )
        repeated = sorted({str(x) for x in labels if labels.count(x) > 1})
        if repeated:
            raise LabelError(
                f"{name}: {dim} labels repeat: {', '.join(repeated)}. Each must be unique."
            )
        if labels != others:
            raise LabelError(
                f"{name}: labels of {twin} differ from those of {dim} in content or order "
                f"({shortened(others)} against {shortened(labels)}). Reorder with .sel({twin}=...)."
            )
        if not labels:
            raise LabelError(f"{name}: there is no {dim}; a world needs at least one.")


def _check_values(name: str, data: xr.Dataset) -> None:
    for variable in _present(data, *WORLD_VARIABLES, *OPTIONAL_VARIABLES):
        array = data[variable]
        _refuse(
            name,
            array,
            ~np.isfinite(array.values),
            f"{variable} is not a finite number",
            "Usual cause: a missing value. Fix: absence is an explicit 0.",
        )
    for variable in _present(data, *_NOT_NEGATIVE):
        _refuse(
            name,
            data[variable],
            data[variable].values < 0,
            f"{variable} is negative",
            "Usual cause: inventory changes or subsidies in the source. "
            "Fix: call zollverein.repair.clip_negative(...) on the arrays; it reports what it changes.",
        )
    for variable in _present(data, "tariff", "export_tax", "import_rent", "export_rent"):
        _refuse(
            name,
            data[variable],
            data[variable].values <= -1,
            f"{variable} is at or below -100 %",
            "Rates are fractions: 0.25 means 25 %.",
        )
    for rate, rent in (("tariff", "import_rent"), ("export_tax", "export_rent")):
        if rent in data:
            _refuse(
                name,
                data[rate],
                _wedge(data, rate, rent) <= 0,
                f"{rate} and {rent} together are at or below -100 %",
                "Rates are fractions: 0.25 means 25 %.",
            )
    for variable in _present(data, "wage", "price_index", "population", "consumer_price"):
        _refuse(name, data[variable], data[variable].values <= 0, f"{variable} is not positive", "")


def _check_absorption(name: str, data: xr.Dataset) -> None:
    """Duty-paid purchases equal intermediate plus final use."""
    bought = (data["trade_flow"].values * _wedge(data, "tariff", "import_rent")).sum(axis=0)
    used = data["intermediate_use"].values.sum(axis=2) + data["final_demand"].values
    _refuse_gap(
        name,
        data["final_demand"],
        bought,
        used,
        lambda a, b: f"duty-paid purchases are {a:.6g} but intermediate plus final use is {b:.6g}",
        "Usual cause: domestic sales (exporter == importer) are missing, or uses are before duty.",
    )


def _check_output(name: str, data: xr.Dataset) -> None:
    """Sales at factory prices equal inputs plus value added, which is positive where there is output."""
    sold = (data["trade_flow"].values / _wedge(data, "export_tax", "export_rent")).sum(axis=1)
    value_added = data["value_added"].values
    cost = data["intermediate_use"].values.sum(axis=1) + value_added
    _refuse_gap(
        name,
        data["value_added"],
        sold,
        cost,
        lambda a, b: f"sales are {a:.6g} but inputs plus value added are {b:.6g}",
        "Usual cause: value added at other prices than sales, or taxes on products left out.",
    )
    _refuse(
        name,
        data["value_added"],
        (value_added <= 0) & (sold > NEGLIGIBLE * _country_scale(sold)),
        "value added is zero where there is output",
        "Every product needs some labour. Fix: zollverein.repair.floor_value_added(...).",
    )


def _check_government(name: str, data: xr.Dataset) -> None:
    """The government's purchases are a part of all purchases; they add up to its part of final demand."""
    all_flow, final = data["trade_flow"].values, data["final_demand"].values
    flow, demand = (
        data[key].values if key in data else np.zeros_like(like)
        for key, like in (("government_flow", all_flow), ("government_demand", final))
    )
    _refuse(
        name,
        data["trade_flow"],
        flow > all_flow * (1 + IDENTITY_TOLERANCE),
        "the government buys more than everyone",
        "government_flow is a part of trade_flow.",
    )
    _refuse_gap(
        name,
        data["final_demand"],
        (flow * _wedge(data, "tariff", "import_rent")).sum(axis=0),
        demand,
        lambda a, b: f"the government's duty-paid purchases are {a:.6g} but its demand is {b:.6g}",
        "Give government_flow and government_demand together.",
    )
    _refuse(
        name,
        data["final_demand"],
        demand > final * (1 + IDENTITY_TOLERANCE) + NEGLIGIBLE * _country_scale(final),
        "the government demands more than everyone",
        "government_demand is a part of final_demand.",
    )


def _check_employment(name: str, data: xr.Dataset) -> None:
    """Somebody works wherever value is added, and the wage is value added over employment."""
    value_added, employed = data["value_added"].values, data["employment"].values
    _refuse(
        name,
        data["employment"],
        (employed == 0) & (value_added > NEGLIGIBLE * _country_scale(value_added)),
        "nobody is employed where value is added",
        "Give employment wherever there is value added, or leave it out altogether.",
    )
    made, paid = value_added.sum(axis=1), data["wage"].values * employed.sum(axis=1)
    _refuse(
        name,
        data["wage"],
        (made > 0) & (np.abs(paid - made) > IDENTITY_TOLERANCE * made),
        "the wage is not value added over employment",
        "Fix: leave the wage out; it then follows from both.",
    )


def _country_scale(cells: np.ndarray) -> np.ndarray:
    return np.maximum(cells.sum(axis=1, keepdims=True), np.finfo(float).tiny)


def _refuse_gap(
    name: str,
    where: xr.DataArray,
    left: np.ndarray,
    right: np.ndarray,
    say: Callable[[float, float], str],
    cause: str,
) -> None:
    """Raise on the worst cell where two sides of an identity differ."""
    floor = NEGLIGIBLE * _country_scale(np.maximum(left, right))
    gap = np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), floor)
    if gap.max() <= IDENTITY_TOLERANCE:
        return
    worst = np.unravel_index(int(gap.argmax()), gap.shape)
    raise AccountingError(
        f"{name}: for {_place(where, worst)} {say(float(left[worst]), float(right[worst]))} "
        f"({int((gap > IDENTITY_TOLERANCE).sum())} of {gap.size} cells fail). {cause}"
    )


def _refuse(name: str, array: xr.DataArray, bad: np.ndarray, what: str, fix: str) -> None:
    """Raise on the first bad cell of an array, with the count."""
    if not bad.any():
        return
    where = tuple(int(axis[0]) for axis in np.nonzero(bad))
    value = float(array.values[where])
    raise AccountingError(
        f"{name}: {what} at {_place(array, where)}: {value:.6g} "
        f"({int(bad.sum())} of {bad.size} cells). {fix}".rstrip()
    )


def _place(array: xr.DataArray, where: tuple[np.intp, ...] | tuple[int, ...]) -> str:
    labels = (
        f"{dim} '{array.indexes[dim][position]}'"
        for dim, position in zip(array.dims, where, strict=True)
    )
    return ", ".join(labels)


def shortened(labels: list[str], shown: int = 4) -> str:
    """The first few labels, for a message."""
    head = ", ".join(map(str, labels[:shown]))
    return head + (", ..." if len(labels) > shown else "")


def told(value: Any) -> str:
    """A value of the wrong type, for a message."""
    return repr(value) if isinstance(value, str | Path) else f"a {type(value).__name__}"


def texts(what: str, given: Any) -> list[str]:
    """Labels as a list; one alone is a list of one.

    Raises:
        LabelError: If something else is given.
    """
    found = [given] if isinstance(given, str) else given
    try:
        listed = list(found)
    except TypeError:
        listed = [found]
    strange = [one for one in listed if not isinstance(one, str)]
    if strange:
        raise LabelError(f"{what}: {strange[0]!r} is not a label. Fix: a text, or a list of texts.")
    return listed


def check_result(value: Any) -> None:
    """Refuse what is no result.

    Raises:
        TypeError: Says what was given, and how to have a result.
    """
    if not (hasattr(value, "before") and hasattr(value, "parameters")):
        raise TypeError(
            f"the result is {told(value)}, not a Result. Fix: zv.simulate(world, scenario), or "
            "zv.load_result(path)."
        )
