"""Price caps of a policy in the making: only goods that somebody under the cap buys have a price to cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zollverein.accounts import abroad
from zollverein.rules import PriceCap

if TYPE_CHECKING:
    from zollverein.world import World


def live_caps(
    world: World, cost_hat: np.ndarray | None, caps: Sequence[PriceCap]
) -> tuple[PriceCap, ...]:
    """The caps without goods that none of their buyers buys, or that an embargo stops.

    A cap whose exporters are left with different sectors becomes several.
    """
    if not caps:
        return ()
    traded = world.data["trade_flow"].values > 0
    if cost_hat is not None:
        traded &= np.isfinite(cost_hat)
    flow = world.data["trade_flow"].copy(data=abroad(traded))
    found = []
    for cap in caps:
        bought = flow.sel(importer=list(cap.importers)).any("importer")
        live = {
            seller: tuple(s for s in cap.sectors if bought.sel(exporter=seller, sector=s))
            for seller in cap.exporters
        }
        for sectors in dict.fromkeys(filter(None, live.values())):
            sellers = tuple(seller for seller in cap.exporters if live[seller] == sectors)
            found.append(replace(cap, exporters=sellers, sectors=sectors))
    return tuple(found)
