"""Tables of who trades with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.measures.common import share
from zollverein.tables.groups import trade_between
from zollverein.tables.scope import Scope, change_pct, labelled, rows_of

if TYPE_CHECKING:
    from zollverein.result import Result


def trade(result: Result, scope: Scope) -> xr.DataArray:
    """Change of trade ``[exporter, importer]`` in percent; not a number where there was none."""
    old, new = (accounts.bilateral_trade(world) for world in (result.before, result.after))
    return _by_pair(result, scope, change_pct(new, old))


def trade_value(result: Result, scope: Scope) -> xr.DataArray:
    """Change of trade ``[exporter, importer]`` in the world's currency, units of the numeraire."""
    old, new = (accounts.bilateral_trade(world) for world in (result.before, result.after))
    return _by_pair(result, scope, new - old)


def supplier_share(result: Result, scope: Scope) -> xr.DataArray:
    """Change of each supplier's share of a buyer's purchases ``[exporter, importer]``, home included."""
    shares = []
    for world in (result.before, result.after):
        paid = accounts.purchases(world).sum(axis=2)
        shares.append(share(paid, paid.sum(axis=0)))
    return _by_pair(result, scope, 100 * (shares[1] - shares[0]))


def group_trade(result: Result, scope: Scope) -> xr.DataArray:
    """Change of trade between groups ``[exporter_group, importer_group]`` in percent."""
    old, new = (
        trade_between(world, scope.groups).to_numpy() for world in (result.before, result.after)
    )
    names = list(scope.groups)
    return labelled(change_pct(new, old), exporter_group=names, importer_group=names)


def _by_pair(result: Result, scope: Scope, values: np.ndarray) -> xr.DataArray:
    """Exporters of a scope and all importers, with labels."""
    world = result.before
    rows = values[rows_of(world, scope)]
    return labelled(rows, exporter=scope.countries, importer=world.countries)
