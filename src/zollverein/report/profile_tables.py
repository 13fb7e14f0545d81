"""The tables behind the country profile: pure functions of a World and one economy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein import statistics
from zollverein.errors import ScenarioError
from zollverein.names import bloc, bloc_names, sector_group
from zollverein.report.charts import sector_names
from zollverein.report.style import GROUPS, signed
from zollverein.tables import partition

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from zollverein.world import World

#: Industries, sources and products listed.
_INDUSTRIES, _SOURCES, _PRODUCTS = 15, 8, 8


def shares(world: World, label: str) -> pd.DataFrame:
    """Shares of groups of partners in exports and imports."""
    import pandas as pd

    others = [country for country in world.countries if country != label]
    groups = partition(others, {})
    if len(groups) == 1:  # no label that a bloc would know
        groups = {country: [country] for country in others[: len(GROUPS) - 1]}
        groups |= {"others": others[len(GROUPS) - 1 :]} if len(others) > len(groups) else {}
    rows = {
        flow: {
            name: float(statistics.bloc_share(world, members, flow=flow).sel(country=label))
            for name, members in groups.items()
        }
        for flow in ("exports", "imports")
    }
    return pd.DataFrame(rows).T


def reliance(world: World, label: str) -> pd.DataFrame:
    """Look-through reliance of the industries that buy most inputs on their main sources."""
    inputs = world.data["intermediate_use"].sel(country=label).sum("input_sector").to_series()
    industries = inputs[inputs > 0].sort_values(ascending=False).index[:_INDUSTRIES]
    shares = frame(statistics.foreign_input_reliance(world).sel(country=label))
    weight = shares[industries].dot(inputs[industries])
    sources = weight.drop(label).sort_values(ascending=False).index[:_SOURCES]
    return shares.loc[[label, *sources], industries].T


def frame(table: xr.DataArray) -> pd.DataFrame:
    """A labelled table of two dimensions as rows and columns."""
    import pandas as pd

    rows, columns = (list(table.indexes[dim]) for dim in table.dims)
    return pd.DataFrame(table.values, index=rows, columns=columns)


def traded_goods(world: World) -> tuple[str, ...]:
    """The goods among the sectors that somebody exports; none if the world does not say."""
    try:
        goods = sector_group("goods", world.sectors, world.data.attrs)
    except ScenarioError:
        return ()
    sold = statistics.export_table(world, goods).sum("country").values
    return tuple(np.array(goods)[sold > 0].tolist())


def blocs(world: World, label: str) -> list[tuple[str, str, str, str]]:
    """For each bloc that the economy belongs to: share of its trade, of its members' trade, introversion."""
    rows = []
    for name in bloc_names():
        found = bloc(name)
        title, all_members = (found.title, found.members) if found else (name, ())
        there = [m for m in all_members if m in world.countries]
        if label not in there or len(there) < 2:
            continue
        share = statistics.bloc_share(world, there).sel(country=label).item()
        within = statistics.intra_bloc_share(world, there).item()
        introversion = statistics.regional_introversion(world, there).item()
        numbers = (f"{100 * share:.1f} %", f"{100 * within:.1f} %")
        rows.append((f"{title} ({len(there)} here)", *numbers, signed(introversion)))
    return rows


def products(world: World, label: str) -> dict[str, list[tuple[str, str, str, str]]]:
    """What the economy is specialised in, and what is nearest to it among the rest."""
    goods = traded_goods(world)
    if not goods:
        return {}
    names = sector_names(goods, world.data.attrs, 60)
    cell = {"country": label}
    advantage = statistics.revealed_comparative_advantage(world, goods).sel(cell).to_series()
    near = statistics.density(world, goods).sel(cell).to_series()
    two_way = statistics.grubel_lloyd(world, goods).sel(cell).to_series()
    made = advantage[advantage >= 1].sort_values(ascending=False).index[:_PRODUCTS]
    next_to = near[advantage.fillna(0) < 1].sort_values(ascending=False).index[:_PRODUCTS]

    def rows(labels: pd.Index[str]) -> list[tuple[str, str, str, str]]:
        return [
            (
                names[k],
                f"{advantage[k]:.2f}",
                f"{near[k]:.2f}",
                f"{two_way[k]:.2f}" if np.isfinite(two_way[k]) else "–",
            )
            for k in labels
        ]

    return {
        "Specialised in": rows(made),
        "Nearest to what it makes, not yet specialised": rows(next_to),
    }
