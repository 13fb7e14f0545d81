"""The Policy: what a scenario means in one world, as labelled arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import xarray as xr

from zollverein.errors import LabelError, ScenarioError

if TYPE_CHECKING:
    from zollverein.world import World

_BILATERAL = ("exporter", "importer", "sector")
_DIMS = {
    "tariff": _BILATERAL,
    "export_tax": _BILATERAL,
    "cost_hat": _BILATERAL,
    "productivity_hat": ("country", "sector"),
}


@dataclass(frozen=True, eq=False)
class Policy:
    """New policy, aligned to a world; frozen.

    Attributes:
        tariff: New rates ``[exporter, importer, sector]`` on the fob value; 0.25 means 25 %.
        export_tax: New rates ``[exporter, importer, sector]`` on the factory value.
        cost_hat: Change of the iceberg cost factor ``[exporter, importer, sector]``. Exactly
            ``inf`` is an embargo: the new trade share is exactly zero.
        productivity_hat: Change of productivity ``[country, sector]``; unit cost is divided by it.
        notes: Remarks for the reader, such as a measure that touches no trade.

    Raises:
        LabelError: If dimensions or labels differ from one another.
        ScenarioError: If a value is out of range; the message names the cell.
    """

    tariff: xr.DataArray
    export_tax: xr.DataArray
    cost_hat: xr.DataArray
    productivity_hat: xr.DataArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check labels and ranges, and keep a read-only view of each array."""
        countries = self._labels("tariff", "exporter")
        sectors = self._labels("tariff", "sector")
        for name, dims in _DIMS.items():
            array = getattr(self, name)
            if array.dims != dims:
                raise LabelError(f"policy: {name} has dimensions {array.dims}; it needs {dims}.")
            for dim in dims:
                if self._labels(name, dim) != (sectors if dim == "sector" else countries):
                    raise LabelError(
                        f"policy: the {dim} labels of {name} are not those of tariff, in its order."
                    )
            _check_range(name, array)
            view = array.values.view()
            view.flags.writeable = False
            object.__setattr__(self, name, array.copy(deep=False, data=view))
        object.__setattr__(self, "notes", tuple(self.notes))

    @classmethod
    def neutral(cls, world: World) -> Self:
        """The policy that changes nothing in this world."""
        data = world.data
        return cls(
            tariff=data["tariff"],
            export_tax=data["export_tax"],
            cost_hat=ones_like(data["tariff"], "cost_hat"),
            productivity_hat=ones_like(data["value_added"], "productivity_hat"),
        )

    def with_notes(self, *notes: str) -> Self:
        """The same policy with remarks added."""
        return replace(self, notes=(*self.notes, *notes))

    def check_fits(self, world: World) -> None:
        """Refuse a policy made for another world.

        Raises:
            LabelError: If countries or sectors differ from the world's, or their order does.
        """
        mine = self._labels("tariff", "exporter"), self._labels("tariff", "sector")
        if mine != (world.countries, world.sectors):
            raise LabelError(
                f"the policy has {len(mine[0])} countries and {len(mine[1])} sectors that are not those of "
                f"{world.name}, in its order. Usual cause: it was made for another world. "
                "Fix: scenario.policy(world) with this world."
            )

    def _labels(self, name: str, dim: str) -> tuple[str, ...]:
        array: xr.DataArray = getattr(self, name)
        if dim not in array.indexes:
            raise LabelError(f"policy: {name} has no labels for '{dim}'.")
        return tuple(array.indexes[dim].tolist())


def ones_like(array: xr.DataArray, name: str) -> xr.DataArray:
    """Ones with the labels of ``array``."""
    return xr.DataArray(np.ones_like(array.values), coords=array.coords, dims=array.dims, name=name)


#: Names of the arrays of a Policy, in order.
ARRAYS = tuple(field.name for field in fields(Policy) if field.name != "notes")


def _check_range(name: str, array: xr.DataArray) -> None:
    """Rates above -1 and finite; factors above 0, finite except an embargoed trade cost."""
    values = array.values
    low = 0.0 if name.endswith("_hat") else -1.0
    high = values.max(initial=low)
    finite = high < np.inf or name == "cost_hat"  # a NaN fails both comparisons
    if values.min(initial=np.inf) > low and (finite or values.size == 0):
        return
    good = (values > low) & (np.isfinite(values) | ((name == "cost_hat") & ~np.isnan(values)))
    cell = tuple(int(i) for i in np.argwhere(~good)[0])
    where = ", ".join(
        f"{dim} {array.indexes[dim][i]}" for dim, i in zip(array.dims, cell, strict=True)
    )
    allowed = f"greater than {low:g}" + (
        " (inf is an embargo)" if name == "cost_hat" else " and finite"
    )
    raise ScenarioError(f"policy: {name} of {where} is {values[cell]:g}; it must be {allowed}.")
