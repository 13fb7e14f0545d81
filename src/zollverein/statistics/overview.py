"""The statistics of one economy, of a pair or of a bloc in one table; of all economies in another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.statistics.complexity import economic_complexity
from zollverein.statistics.concentration import bilateral_grubel_lloyd, herfindahl
from zollverein.statistics.extraction import hypothetical_extraction
from zollverein.statistics.inputs import (
    Group,
    Sectors,
    economy,
    foreign_trade,
    members,
    ratio,
    sector_labels,
)
from zollverein.statistics.intensity import regional_introversion, trade_intensity
from zollverein.statistics.reliance import (
    country_reliance,
    foreign_input_reliance,
    import_dependence,
    value_added_absorbed,
    value_added_in_exports,
)
from zollverein.statistics.trade import bloc_share, intra_bloc_share, openness, partner_ranking
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


def economies_table(world: World, sectors: Sectors = None) -> pd.DataFrame:
    """The main statistics of every economy, indexed by ``country``.

    Args:
        world: The world.
        sectors: Sectors of the trade statistics; all if omitted. Openness and reliance are of the
            whole economy.

    Returns:
        ``exports``, ``imports`` and ``balance`` in currency, ``openness``,
        ``partner_hhi`` and ``sector_hhi`` of exports, ``foreign_inputs`` at
        face value and ``foreign_input_reliance`` looked through (shares), ``foreign_content`` of
        exports (share) and ``eci`` (complexity of goods; not-a-number if
        it is not determined).
    """
    import pandas as pd

    trade = foreign_trade(world, sectors).values
    sold, bought = trade.sum(axis=(1, 2)), trade.sum(axis=(0, 2))
    content = value_added_in_exports(world).values
    gross = accounts.exports(world).values - accounts.export_tax_revenue(world).values
    columns = {
        "exports": sold,
        "imports": bought,
        "balance": sold - bought,
        "openness": openness(world).values,
        "partner_hhi": herfindahl(world, "partner", sectors=sectors).values,
        "sector_hhi": herfindahl(world, "sector", sectors=sectors).values,
        "foreign_inputs": _foreign(world, import_dependence(world)),
        "foreign_input_reliance": _foreign(world, foreign_input_reliance(world)),
        "foreign_content": ratio(content.sum(axis=0) - np.diag(content), gross),
        "eci": _complexity(world, sectors),
    }
    return pd.DataFrame(columns, index=pd.Index(world.countries, name="country"))


#: Columns of the table of economies: name in words, unit.
COLUMNS = {
    "exports": ("exports", "currency"),
    "imports": ("imports", "currency"),
    "balance": ("trade balance", "currency"),
    "openness": ("openness: exports plus imports over product", "share"),
    "partner_hhi": ("concentration of exports on partners (Herfindahl)", "index"),
    "sector_hhi": ("concentration of exports on sectors (Herfindahl)", "index"),
    "foreign_inputs": ("foreign share of inputs at face value", "share"),
    "foreign_input_reliance": ("foreign input reliance, looked through", "share"),
    "foreign_content": ("foreign content of exports", "share"),
    "eci": ("economic complexity index of goods", "index"),
}


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
        rates as fractions.

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
    return pd.DataFrame(rows, columns=list(Row._fields)).astype({"rank": "Int64", "among": "Int64"})


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
        value = absorbed.sel(source=one, absorber=other).item() / product.sel(country=one).item()
        yield Row("value added finally used by partner", f"{one} in {other}", value, "share")
    for one, other in pairs:
        lost = hypothetical_extraction(world, one, other).sel(country=one).sum().item()
        text = "value added tied to inputs sold to partner"
        yield Row(text, f"{one} to {other}", lost / product.sel(country=one).item(), "share")


def _of_bloc(world: World, a: str, b: str | None, group: Group, sectors: Sectors) -> Iterator[Row]:
    name = group if isinstance(group, str) else " ".join(group)
    inside = members(world, group)
    share = bloc_share(world, group, sectors)
    order = share.to_series().rank(ascending=False, method="min")
    text = "share of bloc in turnover"
    yield Row(
        text, f"{name} for {a}", share.sel(country=a).item(), "share", int(order[a]), len(order)
    )
    if b in inside:
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


def _foreign(world: World, shares: xr.DataArray) -> np.ndarray:
    """Everything that is not domestic."""
    return np.asarray(1 - np.diag(country_reliance(shares, world).values))


def _complexity(world: World, sectors: Sectors) -> np.ndarray:
    """Complexity of the goods among the sectors; not-a-number if it is not determined."""
    try:
        goods = sector_labels(world, "goods")
        chosen = [label for label in sector_labels(world, sectors) if label in goods]
        return economic_complexity(world, chosen).values
    except (DataError, LabelError, ScenarioError):
        return np.full(len(world.countries), np.nan)
