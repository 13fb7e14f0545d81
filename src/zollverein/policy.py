"""The Policy: what a scenario means in one world, as labelled arrays."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import xarray as xr

from zollverein.errors import LabelError, ScenarioError
from zollverein.rules import KempWan, Mobility, Pool, PriceCap

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.world import World

_BILATERAL = ("exporter", "importer", "sector")
#: Transfers may miss a sum of zero by this part of their size.
_ROUNDING = 1e-9
_DIMS = {
    "tariff": _BILATERAL,
    "export_tax": _BILATERAL,
    "cost_hat": _BILATERAL,
    "productivity_hat": ("country", "sector"),
    "import_rent": _BILATERAL,
    "export_rent": _BILATERAL,
    "access_hat": _BILATERAL,
    "government_access_hat": _BILATERAL,
    "transfer": ("country",),
}
#: What a Policy holds beside its arrays.
RULES = ("pools", "caps", "mobility", "unions", "notes")
#: Arrays of a Policy that may be None: the baseline's, or no change.
OPTIONAL_ARRAYS = (
    "import_rent",
    "export_rent",
    "access_hat",
    "government_access_hat",
    "transfer",
)


@dataclass(frozen=True, eq=False)
class Policy:
    """New policy, aligned to a world; frozen. Arrays that can be written to are copied.

    Attributes:
        tariff: New rates ``[exporter, importer, sector]`` on the fob value; 0.25 means 25 %.
        export_tax: New rates ``[exporter, importer, sector]`` on the factory value.
        cost_hat: Change of the iceberg cost factor ``[exporter, importer, sector]``. Exactly
            ``inf`` is an embargo: the new trade share is exactly zero.
        productivity_hat: Change of productivity ``[country, sector]``; unit cost is divided by it.
        import_rent, export_rent: New rates ``[exporter, importer, sector]`` on the fob and on the
            factory value, kept on the importing and on the exporting side; None: the baseline's.
        access_hat: Change of the baseline share itself ``[exporter, importer, sector]``; zero stops
            trade. None: no change.
        government_access_hat: The same for the purchases of the importer's government.
        transfer: ``[country]`` received from abroad, net, in the world's currency (the numeraire);
            sums to zero. None: nothing.
        pools: Customs unions that share their revenue.
        caps: Price caps.
        mobility: Blocs in which people move.
        unions: A Kemp-Wan union, at most one; its external taxes are found with the equilibrium and
            stand in the policy of the result.
        notes: Remarks for the reader, such as a measure that touches no trade.

    Raises:
        LabelError: If dimensions or labels differ from one another.
        ScenarioError: If a value is out of range; the message names the cell.
    """

    tariff: xr.DataArray
    export_tax: xr.DataArray
    cost_hat: xr.DataArray
    productivity_hat: xr.DataArray
    import_rent: xr.DataArray | None = None
    export_rent: xr.DataArray | None = None
    access_hat: xr.DataArray | None = None
    government_access_hat: xr.DataArray | None = None
    transfer: xr.DataArray | None = None
    pools: tuple[Pool, ...] = ()
    caps: tuple[PriceCap, ...] = ()
    mobility: tuple[Mobility, ...] = ()
    unions: tuple[KempWan, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check labels and ranges, and keep each array read-only, as 64-bit floats."""
        _settle(self, _DIMS, self._labels())

    def __copy__(self) -> Self:
        """Another policy of the same arrays."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs, every array laid out in memory as here, so that sums round the same."""
        state = dict(self.__dict__)
        for name, array in state.items():
            if isinstance(array, xr.DataArray) and array.dims == _BILATERAL:
                state[name] = array.copy(deep=False, data=spread(array.values))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """What was sent, as read-only as it was."""
        self.__dict__.update(state)
        for value in state.values():
            if isinstance(value, xr.DataArray):
                value.values.flags.writeable = False

    def _labels(self) -> tuple[pd.Index, pd.Index]:
        """Countries and sectors."""
        return _index(self, "tariff", "exporter"), _index(self, "tariff", "sector")

    def changed(self, **fields: Any) -> Self:
        """The same policy with some fields changed; only these are checked again.

        Quicker than ``dataclasses.replace``, which reads every array.

        Args:
            **fields: Any of the attributes; arrays with the labels of this policy.

        Raises:
            TypeError: If there is no such attribute.
            LabelError: If dimensions or labels differ from those here.
            ScenarioError: If a value is out of range.
        """
        strange = [name for name in fields if name not in _DIMS and name not in RULES]
        if strange:
            raise TypeError(f"a policy has no '{strange[0]}'")
        made = copy(self)
        for name, value in fields.items():
            object.__setattr__(made, name, value)
        _settle(made, [name for name in _DIMS if name in fields], self._labels())
        return made

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
        return self.changed(notes=(*self.notes, *notes))

    def check_fits(self, world: World) -> None:
        """Refuse a policy made for another world.

        Raises:
            LabelError: If countries or sectors differ from the world's, or their order does.
        """
        mine = tuple(map(tuple, self._labels()))
        if mine != (world.countries, world.sectors):
            raise LabelError(
                f"the policy has {len(mine[0])} countries and {len(mine[1])} sectors that are not those of "
                f"{world.name}, in its order. Usual cause: it was made for another world. "
                "Fix: scenario.policy(world) with this world."
            )


def _index(policy: Policy, name: str, dim: str) -> pd.Index:
    array: xr.DataArray = getattr(policy, name)
    if dim not in array.xindexes:
        raise LabelError(f"policy: {name} has no labels for '{dim}'.")
    return array.get_index(dim)


def _settle(policy: Policy, names: Iterable[str], labels: tuple[pd.Index, pd.Index]) -> None:
    """Check the arrays of these names and all rules, and let no array be written to."""
    countries, sectors = labels
    for name in names:
        array = getattr(policy, name)
        if array is None and name in OPTIONAL_ARRAYS:
            continue
        if array.dims != _DIMS[name]:
            raise LabelError(f"policy: {name} has dimensions {array.dims}; it needs {_DIMS[name]}.")
        for dim in _DIMS[name]:
            if not _index(policy, name, dim).equals(sectors if dim == "sector" else countries):
                raise LabelError(
                    f"policy: the {dim} labels of {name} are not those of tariff, in its order."
                )
        values = array.values
        if values.dtype != np.float64 or values.flags.writeable:
            array = array.copy(deep=False, data=_private(name, values))
            object.__setattr__(policy, name, array)
        _check_range(name, array)
    for name in RULES:
        object.__setattr__(policy, name, tuple(getattr(policy, name)))
    _check_rules(policy, tuple(countries), tuple(sectors))


def _private(name: str, values: Any) -> np.ndarray:
    """A copy in 64-bit floats that nobody can write to, in the same order in memory."""
    try:
        copied: np.ndarray = np.array(values, dtype=np.float64, order="K")
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"policy: {name} is not an array of numbers: {error}.") from None
    copied.flags.writeable = False
    return copied


def spread(values: np.ndarray) -> np.ndarray:
    """A bilateral array in which no two sectors share their memory; itself if none do."""
    if values.strides[2]:
        return values
    return np.repeat(values[:, :, :1].T, values.shape[2], axis=0).T


def owned(like: xr.DataArray, values: np.ndarray) -> xr.DataArray:
    """Values with the labels of another array, for a Policy to keep without a copy.

    Nobody may write to them any more.
    """
    values.flags.writeable = False
    return like.copy(deep=False, data=values)


def ones_like(array: xr.DataArray, name: str) -> xr.DataArray:
    """Ones with the labels of ``array``, all one number in memory."""
    ones = np.broadcast_to(1.0, array.shape)
    return xr.DataArray(ones, coords=array.coords, dims=array.dims, name=name)


#: Names of the arrays that every Policy has, in order.
ARRAYS = tuple(name for name in _DIMS if name not in OPTIONAL_ARRAYS)


def _check_rules(policy: Policy, countries: tuple[str, ...], sectors: tuple[str, ...]) -> None:
    """Refuse countries in two pools or two mobility blocs, and transfers that do not sum to zero."""
    _check_names(policy, countries, sectors)
    for what, rules in (("pool", policy.pools), ("mobility bloc", policy.mobility)):
        members = [member for rule in rules for member in rule.members]
        twice = sorted({member for member in members if members.count(member) > 1})
        if twice:
            raise ScenarioError(
                f"policy: {', '.join(twice)} would be in more than one {what}. Fix: one {what} for each "
                "country."
            )
    if len(policy.unions) > 1 or (policy.unions and policy.caps):
        raise ScenarioError(
            "policy: one Kemp-Wan union at a time, and no price cap beside it; both are found with the "
            "equilibrium. Fix: another rule for the external tariff."
        )
    if policy.transfer is not None:
        sizes = policy.transfer.values
        if abs(sizes.sum()) > _ROUNDING * np.abs(sizes).sum():
            raise ScenarioError(
                f"policy: transfers sum to {sizes.sum():g}, not to zero; somebody pays what another gets."
            )


def _check_names(policy: Policy, countries: tuple[str, ...], sectors: tuple[str, ...]) -> None:
    """Refuse rules that name what the policy does not have, and a Kemp-Wan union without outsiders."""
    named: list[tuple[str, str, Iterable[str]]] = [
        (what, "country", rule.members)
        for what, rules in (
            ("pool", policy.pools),
            ("mobility bloc", policy.mobility),
            ("Kemp-Wan union", policy.unions),
        )
        for rule in rules
    ]
    for cap in policy.caps:
        named.append(("price cap", "country", (*cap.exporters, *cap.importers)))
        named.append(("price cap", "sector", cap.sectors))
    for what, kind, names in named:
        known = countries if kind == "country" else sectors
        strange = [name for name in names if name not in known]
        if strange:
            raise LabelError(f"policy: '{strange[0]}' of a {what} is not a {kind} of the policy.")
    if any(len(rule.members) == len(countries) for rule in policy.unions):
        raise ScenarioError(
            "policy: every country is in the Kemp-Wan union, which has no external trade to hold. Fix: leave "
            "the union out."
        )


#: Array -> lowest value, whether that value itself is allowed, and what is said about infinity.
_RANGES = {
    "transfer": (-np.inf, False, ""),
    "access_hat": (0.0, True, ""),
    "government_access_hat": (0.0, True, ""),
    "cost_hat": (0.0, False, " (inf is an embargo)"),
    "productivity_hat": (0.0, False, ""),
}


def _check_range(name: str, array: xr.DataArray) -> None:
    """Rates above -1 and finite; factors above 0, finite except an embargoed trade cost."""
    values = array.values
    low, closed, remark = _RANGES.get(name, (-1.0, False, ""))
    distinct = values[tuple(slice(None if stride else 1) for stride in values.strides)]
    smallest = distinct.min(initial=np.inf)
    above = smallest >= low if closed else smallest > low  # a NaN fails both comparisons
    if above and (name == "cost_hat" or distinct.max(initial=-np.inf) < np.inf):
        return
    good = (values >= low if closed else values > low) & (
        np.isfinite(values) | ((name == "cost_hat") & ~np.isnan(values))
    )
    cell = tuple(int(i) for i in np.argwhere(~good)[0])
    where = ", ".join(
        f"{dim} {array.indexes[dim][i]}" for dim, i in zip(array.dims, cell, strict=True)
    )
    allowed = f"{'at least' if closed else 'greater than'} {low:g}{remark or ' and finite'}"
    raise ScenarioError(f"policy: {name} of {where} is {values[cell]:g}; it must be {allowed}.")
