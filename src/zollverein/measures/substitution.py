"""Import substitution: the domestic share, and what the user pays.

A domestic share that rises says nothing about gain or loss. Behind a tariff or an embargo it rises
because imports became dearer, and every user pays more; with higher productivity at home it rises
because the domestic good became better value, and every user pays less. So the two are always
shown together. The user's price is the price index of the sector's goods, duty paid, also in
units of the country's wage, how long one works for it, since nominal prices move with the numeraire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein import accounts
from zollverein.measures.common import check_pair, sector_frame
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.result import Result

#: Rows of goods that measures substitute, at most.
_ROWS = 12
#: Changes below these are no change: the share in percentage points, the price in percent.
_SHARE, _PRICE = 1e-6, 1e-6
#: What a change of the domestic share goes with, by whether share and price rise.
READINGS = {
    (True, True): "more domestic and dearer",
    (True, False): "more domestic and cheaper",
    (False, True): "more imported and dearer",
    (False, False): "more imported and cheaper",
}


def import_substitution(before: World, after: World) -> pd.DataFrame:
    """Domestic share and user price by country and sector.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.

    Returns:
        Table indexed by country and sector with ``domestic_share_before``, ``domestic_share_after``
        (of purchases, duty paid), ``domestic_share_change`` (percentage points),
        ``user_price_pct`` (in units of the numeraire), ``user_price_in_wages_pct`` (over the
        country's wage) and ``reading``, one of ``READINGS`` by the price in wages, empty where the
        share or the price does not change.

    Raises:
        LabelError: If the two worlds have different labels.
    """
    check_pair(before, after)
    share = [accounts.domestic_share(world) for world in (before, after)]
    price = accounts.values(after, "price_index") / accounts.values(before, "price_index")
    wage = accounts.values(after, "wage") / accounts.values(before, "wage")
    change, dearer = 100 * (share[1] - share[0]), 100 * (price / wage[:, None] - 1)
    moved = (np.abs(change) > _SHARE) & (np.abs(dearer) > _PRICE)
    columns = {
        "domestic_share_before": share[0],
        "domestic_share_after": share[1],
        "domestic_share_change": change,
        "user_price_pct": 100 * (price - 1),
        "user_price_in_wages_pct": dearer,
    }
    table = sector_frame(before, columns)
    words = [
        READINGS[bool(up), bool(high)] if seen else ""
        for up, high, seen in zip((change > 0).flat, (dearer > 0).flat, moved.flat, strict=True)
    ]
    return table.assign(reading=words)


def substituted(result: Result) -> pd.DataFrame:
    """``import_substitution`` for the goods that a measure of the scenario substitutes.

    Args:
        result: A result; one without such a measure, or without a scenario, has no rows.

    Returns:
        Rows by country and sector; of many, those with the largest purchases.
    """
    from zollverein.scenario.apply import resolve
    from zollverein.scenario.industry import ImportSubstitution

    table = import_substitution(result.before, result.after)
    named = np.zeros(result.before.data["value_added"].shape, dtype=bool)
    if result.scenario is not None:
        places = resolve(result.scenario, result.before)
        for entry, where in zip(result.scenario.entries(), places, strict=True):
            if isinstance(entry.measure, ImportSubstitution):
                named[np.ix_(where["countries"], where["sectors"])] = True
    size = accounts.expenditure(result.before).values
    largest = np.argsort(np.where(named, size, -1.0).ravel(), kind="stable")[::-1][:_ROWS]
    return table.iloc[largest[named.ravel()[largest]]]
