"""The one place where labels and plain arrays meet.

Public axis order is ``[exporter, importer, sector]``; the models use ``[sector, importer,
exporter]``. Nothing else in the package transposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

import numpy as np
import pandas as pd
import xarray as xr

from zollverein.errors import LabelError
from zollverein.models.baseline import Array, Baseline, make_baseline
from zollverein.models.problem import Shock
from zollverein.policy import Policy
from zollverein.world import World

#: Calibrated arrays of worlds still in use; a memo of a pure function of a frozen value.
_CALIBRATED: WeakKeyDictionary[World, Baseline] = WeakKeyDictionary()


def to_baseline(world: World) -> Baseline:
    """Shares and levels of a World in the models' order; computed once for each World."""
    if world not in _CALIBRATED:
        data = world.data
        government = {
            name: data[name].values
            for name in ("government_flow", "government_demand")
            if name in data
        }
        tariff, export_tax = baseline_wedges(world)
        _CALIBRATED[world] = make_baseline(
            trade_flow=data["trade_flow"].values,
            tariff=tariff,
            export_tax=export_tax,
            intermediate_use=data["intermediate_use"].values,
            value_added=data["value_added"].values,
            final_demand=data["final_demand"].values,
            **government,
        )
    return _CALIBRATED[world]


def _sum(rate: xr.DataArray, rent: xr.DataArray | None) -> Array:
    """A tax and the rent beside it; no copy where there is none."""
    return rate.values if rent is None else rate.values + rent.values


def baseline_wedges(world: World) -> tuple[Array, Array]:
    """Import and export wedges of the baseline, rents included, ``[exporter, importer, sector]``."""
    data = world.data
    return (
        _sum(data["tariff"], _if_there(world, "import_rent")),
        _sum(data["export_tax"], _if_there(world, "export_rent")),
    )


def _if_there(world: World, name: str) -> xr.DataArray | None:
    """An optional variable; asking the data set for one that is not there looks for similar names."""
    if name not in world.data:
        return None
    return world.data[name]


def wedges(world: World, policy: Policy) -> tuple[Array, Array]:
    """New import and export wedges, rents included, ``[exporter, importer, sector]``."""
    rents = [
        _if_there(world, name) if getattr(policy, name) is None else getattr(policy, name)
        for name in ("import_rent", "export_rent")
    ]
    return _sum(policy.tariff, rents[0]), _sum(policy.export_tax, rents[1])


#: A policy that touches more than this part of all flows is applied to every cell.
_NEARLY_ALL = 0.2


#: Shocks of policies still in use, each with the world it belongs to; a memo like the other.
_SHOCKS: WeakKeyDictionary[Policy, tuple[ReferenceType[World], Shock]] = WeakKeyDictionary()


def to_shock(world: World, policy: Policy) -> Shock:
    """What a policy changes, cell by cell; computed once for each policy."""
    known = _SHOCKS.get(policy)
    if known is None or known[0]() is not world:
        known = _SHOCKS[policy] = (ref(world), _shock(world, policy))
    return known[1]


def _shock(world: World, policy: Policy) -> Shock:
    cost, sectors = by_sector(policy.cost_hat.values), len(world.sectors)
    access = None if policy.access_hat is None else inner(policy.access_hat.values)
    touched = cost != 1
    if access is not None:
        touched = touched | (access != 1).reshape(sectors, -1)
    rates = []
    for old, new in zip(baseline_wedges(world), wedges(world, policy), strict=True):
        before = inner(old)
        after = before if np.shares_memory(old, new) else inner(new)
        if after is not before:
            moved = (before != after).reshape(sectors, -1)
            after = after if moved.any() else before
            touched = touched | moved
        rates.append((before, after))
    dense = np.count_nonzero(touched) > _NEARLY_ALL * touched.size
    cells: Array | None = None
    where: Any = slice(None)
    if not dense:
        full = sectors, cost.shape[1]
        cells = where = np.flatnonzero(np.broadcast_to(touched, full))
        cost = np.broadcast_to(cost, full)[divmod(cells, cost.shape[1])]
    (tariff_base, tariff), (tax_base, tax) = (_picked(*pair, where) for pair in rates)
    productivity = policy.productivity_hat.values
    return Shock(
        cells=cells,
        cost=cost.reshape(-1),
        tariff=tariff,
        tariff_base=tariff_base,
        export_tax=tax,
        export_tax_base=tax_base,
        sectors=sectors,
        access_hat=None if access is None else access[where],
        productivity_hat=productivity.T.copy() if (productivity != 1).any() else None,
    )


def _picked(before: Array, after: Array, where: Any) -> tuple[Array, Array]:
    """Both at some positions; one array for both where it is one."""
    old = before[where]
    return old, old if after is before else after[where]


def inner(values: Array) -> Array:
    """A bilateral array flat in the models' order; no copy if its memory is already in that order."""
    return np.ascontiguousarray(values.transpose(2, 1, 0)).reshape(-1)


def by_sector(values: Array) -> Array:
    """A bilateral array ``[S, N N]`` in the models' order; one row if sectors share their memory."""
    planes = values.transpose(2, 1, 0)
    planes = planes[: None if planes.strides[0] else 1]
    return np.ascontiguousarray(planes).reshape(len(planes), -1)


_BILATERAL = (
    "tariff",
    "barrier",
    "export_tax",
    "import_rent",
    "export_rent",
    "access",
    "government_access",
)


def label_parameters(
    world: World, policy: Policy, values: Mapping[str, Array], attrs: dict[str, Any]
) -> xr.Dataset:
    """Plain arrays of parameters as one labelled data set; no copy of bilateral arrays."""
    dims = {name: _dims_of(name) for name in values}
    labels = _axes(world, policy)
    coords = {dim: labels[dim] for axes in dims.values() for dim in axes}
    return xr.Dataset(
        {name: (dims[name], value.T) for name, value in values.items()}, coords, attrs
    )


def _axes(world: World, policy: Policy) -> dict[str, pd.Index]:
    """The labels of every dimension that a parameter can have."""
    given = world.data.indexes
    found = {dim: given["country"].rename(dim) for dim in ("country", "exporter", "importer")}
    rules = {
        "union": ["+".join(pool.members) for pool in policy.pools],
        "bloc": ["+".join(bloc.members) for bloc in policy.mobility],
        "good": [
            f"{seller} {good}"
            for cap in policy.caps
            for seller in cap.exporters
            for good in cap.sectors
        ],
    }
    found["sector"] = given["sector"]
    return found | {dim: pd.Index(names, dtype="str", name=dim) for dim, names in rules.items()}


def plain_parameter(world: World, policy: Policy, name: str, values: xr.DataArray) -> Array:
    """A labelled parameter as a plain array in the models' order.

    Raises:
        LabelError: If dimensions or labels are not the world's and the policy's, in order.
    """
    dims, axes = _dims_of(name), _axes(world, policy)
    given = values.indexes
    fits = values.dims == dims and all(d in given and given[d].equals(axes[d]) for d in dims)
    if not fits:
        raise LabelError(
            f"{name}: dimensions and labels must be {dims} with those of {world.name}, in its order, "
            f"and of its rules; got {values.dims}. Fix: start from zollverein.gradient(...)['{name}'] * 0."
        )
    return np.ascontiguousarray(values.values.T)


def _dims_of(name: str) -> tuple[str, ...]:
    if name in _BILATERAL:
        return ("exporter", "importer", "sector")
    return {
        "productivity": ("country", "sector"),
        "trade_elasticity": ("sector",),
        "trade_balance": ("country",),
        "transfer": ("country",),
        "pool": ("union",),
        "mobility": ("bloc",),
        "cap": ("good",),
    }[name]
