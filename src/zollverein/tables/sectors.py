"""Tables by economy and sector ``[country, sector]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.measures.effects import real_wage_hat
from zollverein.measures.employment import employment_share
from zollverein.measures.substitution import import_substitution
from zollverein.tables.scope import Scope, change_pct, labelled, rows_of
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.result import Result

#: What is said about a domestic share: column of ``import_substitution``, and what makes it percent.
DOMESTIC = {
    "domestic_share_before": 100.0,
    "domestic_share_after": 100.0,
    "domestic_share_change": 1.0,
    "user_price_in_wages_pct": 1.0,
}


def output(result: Result, scope: Scope) -> xr.DataArray:
    """Change of gross output in units of the numeraire; not a number where there was none."""
    old, new = (accounts.gross_output(world).values for world in (result.before, result.after))
    return _by_sector(result.before, scope, change_pct(new, old))


def employment(result: Result, scope: Scope) -> xr.DataArray:
    """Change of employment in units of the factor bundle; not a number where there was none."""
    old, new = (accounts.values(world, "employment") for world in (result.before, result.after))
    return _by_sector(result.before, scope, change_pct(new, old))


def job_shifts(result: Result, scope: Scope) -> xr.DataArray:
    """Change of each sector's share of employment."""
    old, new = (employment_share(world) for world in (result.before, result.after))
    return _by_sector(result.before, scope, 100 * (new - old))


def wage_contributions(result: Result, scope: Scope) -> xr.DataArray:
    """What each sector's goods do to the real wage: ``-100 ω_s ln(P̂_s / ŵ)``.

    The weights ω are the logarithmic means of the sector's shares of final spending before and
    after, exact for CES demand (Sato 1976; Vartia 1976) and constant with Cobb-Douglas. The
    contributions of a country add up to the log change of its real wage: a good whose price rises
    less than the wage adds to it. What prices of the government's own purchases add is spread by the
    same weights.
    """
    before, after = result.before, result.after
    price = np.log(after.data["price_index"].values / before.data["price_index"].values)
    weight = _log_mean(*(accounts.final_share(world).values for world in (before, after)))
    total = weight.sum(axis=1, keepdims=True)
    weight = weight / np.where(total > 0, total, 1.0)
    worth = (weight * price).sum(axis=1) + np.log(real_wage_hat(before, after).values)
    return _by_sector(before, scope, -100 * weight * (price - worth[:, None]))


def domestic_share(result: Result, scope: Scope) -> xr.DataArray:
    """Domestic share of purchases and the user's price ``[country, sector, number]``."""
    world = result.before
    table = import_substitution(world, result.after)
    shape = len(world.countries), len(world.sectors)
    columns = [
        factor * table[name].to_numpy(dtype=float).reshape(shape)
        for name, factor in DOMESTIC.items()
    ]
    values = np.stack(columns, axis=2)[rows_of(world, scope)]
    return labelled(values, country=scope.countries, sector=world.sectors, number=[*DOMESTIC])


def _by_sector(world: World, scope: Scope, values: np.ndarray) -> xr.DataArray:
    """The rows of a scope, with labels."""
    return labelled(values[rows_of(world, scope)], country=scope.countries, sector=world.sectors)


def _log_mean(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Logarithmic mean ``(new - old) / ln(new/old)``; 0 where either is zero."""
    both = (old > 0) & (new > 0)
    a, b = np.where(both, old, 1.0), np.where(both, new, 1.0)
    near = np.abs(b / a - 1) < 1e-6  # the quotient loses its digits; the mean is as good
    quotient = (b - a) / np.where(near, 1.0, np.log(b / a))
    return np.where(both, np.where(near, (a + b) / 2, quotient), 0.0)
