"""Tables with a few numbers for each economy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein.measures import booking as books
from zollverein.measures.creation import creation_by_country
from zollverein.measures.employment import employment_moved
from zollverein.measures.exchange_rate import relative_wage_hat
from zollverein.measures.isolation import isolation
from zollverein.measures.migration import stayers_and_movers
from zollverein.tables.scope import Scope, labelled, rows_of

if TYPE_CHECKING:
    from zollverein.result import Result


def effects(result: Result, scope: Scope) -> xr.DataArray:
    """The table of effects ``[country, effect]``."""
    table = result.table().loc[list(scope.countries)]
    return labelled(table.to_numpy(), country=scope.countries, effect=list(table.columns))


def standing(result: Result, scope: Scope) -> xr.DataArray:
    """How economies stand ``[country, number]``.

    Relative wage in percent; access to foreign suppliers and customers, 1 for no change; percent of
    employment that has to change sector.
    """
    before, after = result.before, result.after
    access = isolation(before, after, result.parameters, result.policy.productivity_hat)
    numbers = {
        "relative_wage_pct": 100 * (relative_wage_hat(before, after).values - 1),
        "supplier_access": access["supplier_access"].to_numpy(),
        "market_access": access["market_access"].to_numpy(),
        "jobs_moved_pct": employment_moved(before, after).values,
    }
    values = np.stack(list(numbers.values()), axis=1)[rows_of(before, scope)]
    return labelled(values, country=scope.countries, number=list(numbers))


def booking(result: Result, scope: Scope) -> xr.DataArray:
    """Change of each item of income ``[country, entry]`` in percent of income before."""
    table = books.booking(result.before, result.after, result.policy)
    entries = [*books.ENTRIES, "income", *books.MEMO]
    old, change = (
        table[side].to_numpy().reshape(-1, len(entries))[rows_of(result.before, scope)]
        for side in ("before", "change")
    )
    size = old[:, [entries.index("income")]]
    return labelled(100 * change / size, country=scope.countries, entry=entries)


def suppliers(result: Result, scope: Scope) -> xr.DataArray:
    """Trade creation and diversion ``[country, part]`` in percent of income before."""
    before = result.before
    parts = creation_by_country(
        before,
        result.after,
        scope.countries,
        policy=result.policy,
        parameters=result.parameters,
    )
    income = before.data["final_demand"].values.sum(axis=1)[rows_of(before, scope)]
    values = 100 * parts.to_numpy() / income[:, None]
    return labelled(values, country=scope.countries, part=list(parts.columns))


def movers(result: Result, _: Scope) -> xr.DataArray:
    """People and what they gain ``[country, number]``, the members of blocs in which they move."""
    table = stayers_and_movers(result.before, result.after, result.policy, result.parameters)
    return labelled(
        table.to_numpy(dtype=float),
        country=[str(label) for label in table.index],
        number=[str(name) for name in table.columns],
    )
