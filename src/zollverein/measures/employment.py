"""Employment by sector, and how much of it has to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein import accounts
from zollverein.measures.common import by_country, check_pair, ratio, sector_frame, share
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def employment(before: World, after: World) -> pd.DataFrame:
    """Employment by country and sector, in units of the factor bundle.

    A world that does not store employment has value added over the country's wage.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.

    Returns:
        Table indexed by country and sector with ``before``, ``after``, ``change_pct`` (0 where there
        was none before) and ``share_change``, the change of the sector's share of the country's
        employment in percentage points, which adds up to zero.

    Raises:
        LabelError: If the two worlds have different labels.
    """
    check_pair(before, after)
    old, new = (accounts.values(world, "employment") for world in (before, after))
    columns = {
        "before": old,
        "after": new,
        "change_pct": 100 * (ratio(new, old) - 1),
        "share_change": 100 * (employment_share(after) - employment_share(before)),
    }
    return sector_frame(before, columns)


def employment_share(world: World) -> np.ndarray:
    """Each sector's share of the country's employment ``[country, sector]``."""
    employed = accounts.values(world, "employment")
    return share(employed, employed.sum(axis=1, keepdims=True))


def employment_moved(before: World, after: World) -> xr.DataArray:
    """Percent of a country's employment that has to change sector ``[country]``.

    Half the sum over sectors of the absolute changes of their shares (the index of dissimilarity of
    Duncan and Duncan 1955, applied to one country at two times): the smallest part that turns
    the old composition into the new one. Growth or shrinkage of the whole is left out.

    Raises:
        LabelError: If the two worlds have different labels.
    """
    check_pair(before, after)
    moved = 50 * np.abs(employment_share(after) - employment_share(before)).sum(axis=1)
    return by_country(before, "employment_moved", moved)
