"""Time of the trade statistics: one each on a world, and those that share the Leontief inverse.

``python benchmarks/lookups.py`` prints the table. Statistics of the inter-country table are timed
apart from the inverse, which is computed once for each World.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common import seconds, table
from worlds import gravity_world

import zollverein as zv
from zollverein.statistics.input_output import input_output

HEAD = ("statistic", "economies × sectors", "ms")
SMALL = (8, 6)


def calls(group: tuple[str, ...]) -> dict[str, Callable[[zv.World], Any]]:
    """What is timed; the first builds the table that the later ones share."""
    s = zv.statistics
    one, other = group
    return {
        "turnover": s.turnover,
        "partner_ranking": lambda world: s.partner_ranking(world, one),
        "regional_introversion": lambda world: s.regional_introversion(world, group),
        "economic_complexity": s.economic_complexity,
        "density": s.density,
        "vulnerability_stability": lambda world: s.vulnerability_stability(world, group),
        "bilateral_trade_cost": lambda world: s.bilateral_trade_cost(world, 5.0),
        "foreign_input_reliance": s.foreign_input_reliance,
        "value_added_absorbed": s.value_added_absorbed,
        "value_added_in_exports": s.value_added_in_exports,
        "hypothetical_extraction": lambda world: s.hypothetical_extraction(world, one, other),
    }


def tables(*, quick: bool = False) -> dict[str, str]:
    """Milliseconds of each."""
    repeats = 1 if quick else 5
    world = gravity_world(*SMALL) if quick else zv.load_world("icio2022")
    size = f"{len(world.countries)} × {len(world.sectors)}"
    group = world.countries[:2] if quick else ("RUS", "BLR")

    def again() -> zv.World:
        """The same world as a new value, for which nothing is remembered."""
        return zv.World(name=world.name, data=world.data.copy(deep=True))

    rows = [
        ("Leontief inverse, once for each world", size, 1e3 * seconds(input_output, again, repeats))
    ]
    rows += [
        (f"`{name}`", size, 1e3 * seconds(call, lambda: world, repeats))
        for name, call in calls(group).items()
    ]
    return {"lookups": table(HEAD, rows)}


if __name__ == "__main__":
    for name, text in tables().items():
        print(f"{name}\n\n{text}")
