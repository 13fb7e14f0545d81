"""The statistics of one economy, of a pair or of a bloc in one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zollverein.errors import DataError, ScenarioError
from zollverein.statistics.concentration import bilateral_grubel_lloyd
from zollverein.statistics.economies import COLUMNS, economies_table
from zollverein.statistics.extraction import hypothetical_extraction
from zollverein.statistics.inputs import (
    Group,
    Sectors,
    economy,
    members,
    ratio,
)
from zollverein.statistics.intensity import regional_introversion, trade_intensity
from zollverein.statistics.reliance import (
    country_reliance,
    foreign_input_reliance,
    import_dependence,
    value_added_absorbed,
)
from zollverein.statistics.trade import bloc_share, intra_bloc_share, partner_ranking
from zollverein.statistics.vulnerability import vulnerability
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


class Row(NamedTuple):
    """One number: what it is, of whom, its value and unit, and its rank among so many."""

    statistic: str
    of: str
    value: float
    unit: str
    rank: int | None = None
    among: int | None = None


def overview(
    world: World,
    country: str,
    partner: str | None = None,
    bloc: Group | None = None,
    sectors: Sectors = None,
) -> pd.DataFrame:
    """The statistics of an economy, with a partner and within a bloc if given.

    Args:
        world: A World, before or after a policy.
        country: Label, code or English name.
        partner: Another economy.
        bloc: A shipped bloc or several economies.
        sectors: Sectors of the trade statistics; all if omitted.

    Returns:
        Columns ``statistic``, ``of``, ``value``, ``unit``, ``rank`` and ``among``; shares and
        rates as fractions. What is not defined, such as a share of no trade, has no row.

    Raises:
        ScenarioError: If a name is unknown, or the partner is the economy itself.
    """
    import pandas as pd

    label = economy(world, country)
    rows = list(_of_economy(world, label, sectors))
    if partner is not None:
        other = economy(world, partner)
        if other == label:
            raise ScenarioError(f"'{partner}' is the economy itself; a partner is another one.")
        rows += _of_pair(world, label, other, sectors)
    if bloc is not None:
        rows += _of_bloc(world, label, partner and economy(world, partner), bloc, sectors)
    defined = [row for row in rows if not np.isnan(row.value)]
    return pd.DataFrame(defined, columns=list(Row._fields)).astype(
        {"rank": "Int64", "among": "Int64"}
    )


def _of_economy(world: World, label: str, sectors: Sectors) -> Iterator[Row]:
    table = economies_table(world, sectors)
    ranks = table.rank(ascending=False, method="min")
    for name, (text, unit) in COLUMNS.items():
        value, rank = table[name].to_dict()[label], ranks[name].to_dict()[label]
        if np.isfinite(value):
            yield Row(text, label, value, unit, int(rank), int(table[name].count()))


def _of_pair(world: World, a: str, b: str, sectors: Sectors) -> Iterator[Row]:
    among = len(world.countries) - 1
    pairs = ((a, b), (b, a))
    standing = {
        one: partner_ranking(world, one, sectors).to_dict(orient="index")[other]
        for one, other in pairs
    }
    yield Row("exports to partner", f"{a} to {b}", standing[a]["exports"], "currency")
    yield Row("imports from partner", f"{a} from {b}", standing[a]["imports"], "currency")
    yield Row("turnover", f"{a} with {b}", standing[a]["turnover"], "currency")
    for one, other in pairs:
        text, row = "share of turnover, and rank among partners", standing[one]
        yield Row(text, f"{other} for {one}", row["share"], "share", int(row["rank"]), among)
    intensity = trade_intensity(world, sectors)
    for one, other in pairs:
        value = intensity.sel(exporter=one, importer=other).item()
        yield Row("trade intensity (1: as size explains)", f"{one} to {other}", value, "ratio")
    two_way = bilateral_grubel_lloyd(world, sectors).sel(country=a, partner=b).item()
    yield Row("intra-industry trade (Grubel-Lloyd)", f"{a} with {b}", two_way, "index")
    yield from _ties(world, pairs)


def _ties(world: World, pairs: tuple[tuple[str, str], ...]) -> Iterator[Row]:
    """How much each of two economies rests on the other."""
    shares = {
        "share of inputs at face value": import_dependence(world),
        "share of inputs, looked through": foreign_input_reliance(world),
    }
    for text, share in shares.items():
        reliance = country_reliance(share, world)
        for one, other in pairs:
            value = reliance.sel(source=other, country=one).item()
            yield Row(text, f"{other} for {one}", value, "share")
    product = world.data["value_added"].sum("sector")
    absorbed = value_added_absorbed(world).sum("sector")
    for one, other in pairs:
        used = absorbed.sel(source=one, absorber=other).item()
        value = float(ratio(used, product.sel(country=one).item()))
        yield Row("value added finally used by partner", f"{one} in {other}", value, "share")
    for one, other in pairs:
        lost = hypothetical_extraction(world, one, other).sel(country=one).sum().item()
        text = "value added tied to inputs sold to partner"
        value = float(ratio(lost, product.sel(country=one).item()))
        yield Row(text, f"{one} to {other}", value, "share")


def _of_bloc(world: World, a: str, b: str | None, group: Group, sectors: Sectors) -> Iterator[Row]:
    inside = members(world, group)
    name = group if isinstance(group, str) else " ".join(group)
    share = bloc_share(world, group, sectors)
    own = share.sel(country=a).item()
    if np.isfinite(own):
        order = share.to_series().rank(ascending=False, method="min")
        text, among = "share of bloc in turnover", int(order.count())
        yield Row(text, f"{name} for {a}", own, "share", int(order[a]), among)
    if b in inside and np.isfinite(own) and own > 0:
        ranking = partner_ranking(world, a, sectors)["turnover"]
        fellow = ranking[ranking.index.isin(inside)]
        rank = int(fellow.rank(ascending=False, method="min")[b])
        text = "share of trade with bloc, and rank in it"
        value = float(fellow[b] / fellow.sum())
        yield Row(text, f"{b} for {a}", value, "share", rank, len(fellow))
    yield Row(
        "share of trade among members",
        name,
        intra_bloc_share(world, group, sectors).item(),
        "share",
    )
    introversion = regional_introversion(world, group, sectors).item()
    yield Row("regional introversion (0: neutral)", name, introversion, "index")
    try:
        flagged = vulnerability(world, group, sectors)["vulnerable"]
    except DataError:  # everyone is a member
        return
    count = float(flagged.sum())
    yield Row("sectors flagged as vulnerable, of " + str(flagged.size), name, count, "count")
