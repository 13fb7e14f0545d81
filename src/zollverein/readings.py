"""Values of outcomes at a result, whatever the model.

The base model is read in plain arrays; a result of any other model, or one loaded from a file, from
its two Worlds, with the same definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from zollverein import accounts
from zollverein.errors import ScenarioError
from zollverein.measures import effects
from zollverein.models.equilibrium import Equilibrium
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome, parse_outcome, read_outcome
from zollverein.result import Result
from zollverein.world import World

Array = np.ndarray


def parse_outcomes(
    world: World, wanted: str | Outcome | Sequence[str | Outcome]
) -> tuple[Outcome, ...]:
    """Outcomes from their texts, checked against the labels of a world.

    Raises:
        ScenarioError: If there is none, or one names what the world does not have.
    """
    several = [wanted] if isinstance(wanted, str | Outcome) else wanted
    outcomes = tuple(parse_outcome(o) for o in several)
    if not outcomes:
        raise ScenarioError("no outcome is named. Fix: for example 'real_income BLR'.")
    for outcome in outcomes:
        _places(world, "country", outcome.countries)
        _places(world, "sector", outcome.sectors)
    return outcomes


def read_result(result: Result, outcomes: Sequence[Outcome]) -> Array:
    """New over old value of each outcome, ``[outcome]``."""
    found = result.counterfactual
    if isinstance(found, Equilibrium) and found.problem.structure is None:
        return np.array([read_outcome(result.before, found, o).value for o in outcomes])
    return np.array([read_worlds(result.before, result.after, o) for o in outcomes])


def read_worlds(before: World, after: World, outcome: Outcome) -> float:
    """New over old value of an outcome, from two worlds.

    A group's value is the mean of its members' weighted by the baseline; totals are added first.
    """
    members = _places(before, "country", outcome.countries)
    goods = _places(before, "sector", outcome.sectors)
    if outcome.kind in _TOTALS:
        total = _TOTALS[outcome.kind]
        old, new = (_picked(total(world), members, goods) for world in (before, after))
        if not old > 0:
            raise ScenarioError(
                f"outcome: {outcome} is zero in the baseline, so that it has no relative change. Fix: "
                "another country or sector."
            )
        return new / old
    hat, weight = _RATIOS[outcome.kind]
    size = weight(before).values[members]
    size = size / size.sum() if size.sum() > 0 else np.full(len(members), 1 / len(members))
    return float((size * hat(before, after).values[members]).sum())


def _picked(array: xr.DataArray, members: Array, goods: Array) -> float:
    values = array.values[members]
    return float(values[:, goods].sum() if values.ndim > 1 and goods.size else values.sum())


def _price_hat(before: World, after: World) -> xr.DataArray:
    """Consumer prices; those of the model itself where it keeps them."""
    if "consumer_price" in after.data:
        return after.data["consumer_price"] / before.values("consumer_price")
    return effects.consumer_price_hat(before, after)


def _real_income_hat(before: World, after: World) -> xr.DataArray:
    return _final_spending(after) / _final_spending(before) / _price_hat(before, after)


def _real_wage_hat(before: World, after: World) -> xr.DataArray:
    return _wage_hat(before, after) / _price_hat(before, after)


def _wage_hat(before: World, after: World) -> xr.DataArray:
    return after.data["wage"] / before.data["wage"]


def _value_added(world: World) -> xr.DataArray:
    return world.data["value_added"].sum("sector")


def _final_spending(world: World) -> xr.DataArray:
    return world.data["final_demand"].sum("sector")


def _employment(world: World) -> xr.DataArray:
    values = world.values("employment")
    return xr.DataArray(values, dims=("country", "sector"))


_Hat = Callable[[World, World], xr.DataArray]
_Level = Callable[[World], xr.DataArray]
#: Kinds that are a ratio in each country -> the ratio and what a group's members are weighted with.
_RATIOS: dict[str, tuple[_Hat, _Level]] = {
    "real_income": (_real_income_hat, _final_spending),
    "real_wage": (_real_wage_hat, _value_added),
    "wage": (_wage_hat, _value_added),
    "price_index": (_price_hat, _value_added),
}
#: Kinds that are a total.
_TOTALS: dict[str, _Level] = {
    "income": _final_spending,
    "exports": accounts.exports,
    "imports": accounts.imports,
    "output": accounts.gross_output,
    "employment": _employment,
}


def _places(world: World, what: str, wanted: tuple[str, ...]) -> Array:
    """Positions of labels.

    Raises:
        ScenarioError: If one is not of the world.
    """
    index = world.data.indexes[what]
    places = index.get_indexer(pd.Index(list(wanted), dtype=index.dtype))
    if (places < 0).any():
        name = wanted[int(np.argmin(places))]
        near = did_you_mean(name, map(str, index))
        raise ScenarioError(f"outcome: '{name}' is not a {what} of {world.name}{near}")
    return places
