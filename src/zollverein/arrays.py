"""The one place where labels and plain arrays meet.

Public axis order is ``[exporter, importer, sector]``; the models use ``[sector, importer,
exporter]``. Nothing else in the package transposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import xarray as xr

from zollverein.errors import LabelError
from zollverein.models.baseline import Array, Baseline, make_baseline
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.problem import Shock
from zollverein.policy import Policy
from zollverein.world import World, world_dataset

#: Calibrated arrays of worlds still in use; a memo of a pure function of a frozen value.
_CALIBRATED: WeakKeyDictionary[World, Baseline] = WeakKeyDictionary()


def to_baseline(world: World) -> Baseline:
    """Shares and levels of a World in the models' order; computed once for each World."""
    if world not in _CALIBRATED:
        names = [
            "trade_flow",
            "tariff",
            "export_tax",
            "intermediate_use",
            "value_added",
            "final_demand",
        ]
        _CALIBRATED[world] = make_baseline(**{name: world.data[name].values for name in names})
    return _CALIBRATED[world]


#: A policy that touches more than this part of all flows is applied to every cell.
_NEARLY_ALL = 0.2


#: Shocks of policies still in use, each with the world it belongs to; a memo like the other.
_SHOCKS: WeakKeyDictionary[Policy, tuple[World, Shock]] = WeakKeyDictionary()


def to_shock(world: World, policy: Policy) -> Shock:
    """What a policy changes, cell by cell; computed once for each policy."""
    known = _SHOCKS.get(policy)
    if known is None or known[0] is not world:
        known = _SHOCKS[policy] = (world, _shock(world, policy))
    return known[1]


def _shock(world: World, policy: Policy) -> Shock:
    tariff, tax = inner(world.data["tariff"].values), inner(world.data["export_tax"].values)
    new_tariff, new_tax = inner(policy.tariff.values), inner(policy.export_tax.values)
    cost = inner(policy.cost_hat.values)
    touched = cost != 1
    for old, new in ((tariff, new_tariff), (tax, new_tax)):
        if not np.shares_memory(old, new):
            touched |= old != new
    dense = np.count_nonzero(touched) > _NEARLY_ALL * touched.size
    where = slice(None) if dense else np.flatnonzero(touched)
    productivity = policy.productivity_hat.values
    return Shock(
        cells=None if isinstance(where, slice) else where,
        cost_hat=cost[where],
        tariff=new_tariff[where],
        tariff_base=tariff[where],
        export_tax=new_tax[where],
        export_tax_base=tax[where],
        productivity_hat=productivity.T.copy() if (productivity != 1).any() else None,
    )


def inner(values: Array) -> Array:
    """A bilateral array flat in the models' order; no copy if its memory is already in that order."""
    return np.ascontiguousarray(values.transpose(2, 1, 0)).reshape(-1)


def to_world(before: World, policy: Policy, equilibrium: Equilibrium) -> World:
    """The counterfactual as a World in levels."""
    base, point = equilibrium.problem.base, equilibrium.point
    output = point.output.T
    arrays = {
        "trade_flow": equilibrium.fob_flow().transpose(2, 1, 0),
        "tariff": policy.tariff.values,
        "export_tax": policy.export_tax.values,
        "intermediate_use": base.input_share * output[:, None, :],
        "final_demand": (base.final_share * point.income).T,
        "value_added": base.value_added_share.T * output,
        "wage": before.data["wage"].values * equilibrium.wage_hat,
        "price_index": before.data["price_index"].values * equilibrium.price_hat.T,
    }
    data = world_dataset(before.countries, before.sectors, arrays, before.data.attrs, copy=False)
    return World(name=f"{before.name} (counterfactual)", data=data)


_BILATERAL = ("tariff", "barrier", "export_tax")


def label_parameters(
    world: World, values: Mapping[str, Array], attrs: dict[str, Any]
) -> xr.Dataset:
    """Plain arrays of parameters as one labelled data set; no copy of bilateral arrays."""
    dims = {name: _dims_of(name) for name in values}
    used = {dim for axes in dims.values() for dim in axes}
    coords = {dim: list(world.sectors if dim == "sector" else world.countries) for dim in used}
    return xr.Dataset(
        {name: (dims[name], value.T) for name, value in values.items()}, coords, attrs
    )


def plain_parameter(world: World, name: str, values: xr.DataArray) -> Array:
    """A labelled parameter as a plain array in the models' order.

    Raises:
        LabelError: If dimensions or labels are not the world's, in order.
    """
    dims = _dims_of(name)
    axis = {dim: world.sectors if dim == "sector" else world.countries for dim in dims}
    if values.dims != dims or any(tuple(values.indexes[dim]) != axis[dim] for dim in dims):
        raise LabelError(
            f"{name}: dimensions and labels must be {dims} with those of {world.name}, in its order; "
            f"got {values.dims}. Fix: start from zollverein.gradient(...)['{name}'] * 0."
        )
    return np.ascontiguousarray(values.values.T)


def _dims_of(name: str) -> tuple[str, ...]:
    if name in _BILATERAL:
        return ("exporter", "importer", "sector")
    return {
        "productivity": ("country", "sector"),
        "trade_elasticity": ("sector",),
        "trade_balance": ("country",),
    }[name]
