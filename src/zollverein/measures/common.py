"""What the measures share: a check of the two worlds, ratios and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.checks import shortened, texts, told
from zollverein.errors import LabelError
from zollverein.models.groups import trading_groups
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.variables import BILATERAL, MONADIC
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


def check_pair(before: World, after: World, policy: Any = None, parameters: Any = None) -> None:
    """Refuse two worlds that cannot be compared, a policy of another world, and what stands for neither.

    Raises:
        LabelError: If countries or sectors differ, or their order does; if the policy or the parameters
            are something else.
        TypeError: If one of the two is no World.
        DataError: If an array of one of the two was replaced.
    """
    for world in (before, after):
        accounts.data_of(world)
    if isinstance(policy, Policy):
        policy.check_fits(before)
    elif not _stands_for(policy, Policy):
        raise LabelError(
            f"policy is {told(policy)}, not a Policy; what it says would not count. Fix: "
            "result.policy, or scenario.policy(world)."
        )
    if not _stands_for(parameters, Parameters):
        raise LabelError(
            f"parameters is {told(parameters)}, not Parameters; what it says would not count. Fix: "
            "result.parameters."
        )
    if (before.countries, before.sectors) != (after.countries, after.sectors):
        raise LabelError(
            f"{before.name} and {after.name} have different countries or sectors, or another order of them. "
            "A measure compares one world before and after: use result.before and result.after."
        )


def _stands_for(value: Any, kind: type[Policy | Parameters]) -> bool:
    """Whether a value is absent or has something of a kind; a scenario and a result do not."""
    has = any(hasattr(value, field.name) for field in fields(kind))
    return value is None or (has and not hasattr(value, "policy"))


def ratio(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """New over old; 1 where the old value is zero."""
    return np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0)


def share(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Part over total; 0 where the total is zero."""
    return np.where(total > 0, part / np.where(total > 0, total, 1.0), 0.0)


def comparable(before: World, after: World) -> np.ndarray:
    """Whether two countries trade, directly or through others, before and after ``[country, country]``.

    Between groups that do not, no price or wage can be compared.
    """
    groups = [trading_groups(accounts.bilateral_trade(world)[None]) for world in (before, after)]
    return np.logical_and.reduce([group[:, None] == group for group in groups])


def by_country(world: World, name: str, values: np.ndarray) -> xr.DataArray:
    """Label numbers by country."""
    return xr.DataArray(
        values, coords={"country": list(world.countries)}, dims="country", name=name
    )


def country_frame(world: World, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Columns ``[country]`` as a table indexed by country."""
    import pandas as pd

    return pd.DataFrame(dict(columns), index=pd.Index(world.countries, name="country"))


def sector_frame(world: World, columns: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Columns ``[country, sector]`` as a table indexed by country and sector."""
    import pandas as pd

    index = pd.MultiIndex.from_product(
        [world.countries, world.sectors], names=["country", "sector"]
    )
    return pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=index)


def hat_values(hat: Any, like: np.ndarray, world: World) -> np.ndarray:
    """Labelled factors of a policy as an array in the world's order; ones if absent.

    Raises:
        LabelError: If dimensions or labels are not those of the world, in its order.
    """
    if hat is None:
        return np.ones(like.shape)
    dims = {1: ("sector",), 2: MONADIC, 3: BILATERAL}[like.ndim]
    if not isinstance(hat, xr.DataArray) or set(hat.dims) != set(dims):
        got = getattr(hat, "dims", type(hat).__name__)
        raise LabelError(f"factors of a policy need the dimensions {', '.join(dims)}; got {got}.")
    hat = hat.transpose(*dims)
    for dim in dims:
        labels = world.sectors if dim == "sector" else world.countries
        found = tuple(hat.indexes[dim]) if dim in hat.indexes else labels
        if found != labels or hat.sizes[dim] != len(labels):
            raise LabelError(
                f"the labels of {dim} of a policy's factors are not those of {world.name}, in its order. "
                f"Fix: reindex them, or take those of result.policy."
            )
    return np.asarray(hat.values, dtype=float)


def sector_values(world: World, name: str, values: xr.DataArray) -> np.ndarray:
    """A labelled parameter ``[sector]`` as an array.

    Raises:
        LabelError: If its labels are not the world's sectors, in order.
    """
    if values.dims != ("sector",) or tuple(values.indexes["sector"]) != world.sectors:
        raise LabelError(
            f"{name} needs the dimension sector with the labels of {world.name}, in its order; it has "
            f"{values.dims}. Fix: result.parameters.{name}."
        )
    return np.asarray(values.values, dtype=float)


def positions(world: World, names: str | Sequence[str]) -> list[int]:
    """Positions of one country or several.

    Raises:
        LabelError: Names the labels that are not countries of the world.
    """
    labels = texts("the countries", names)
    unknown = [label for label in labels if label not in world.countries]
    if unknown or not labels:
        what = f"{', '.join(map(repr, unknown))} is not" if unknown else "no country given: none is"
        raise LabelError(
            f"{what} among the countries of {world.name} ({shortened(list(world.countries), 6)}). "
            "Fix: give labels of the world; zollverein.names.bloc_members gives those of a bloc."
        )
    return sorted({world.countries.index(label) for label in labels})
