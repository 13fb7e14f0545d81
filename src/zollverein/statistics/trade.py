"""Openness, turnover, partners, shares of blocs, and who contributed to growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.errors import LabelError
from zollverein.statistics.inputs import (
    Flows,
    Group,
    Sectors,
    check_word,
    economies,
    economy,
    foreign_trade,
    inside,
    named,
    ratio,
    sector_labels,
)
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: Which side of trade is meant.
Flow = Literal["exports", "imports", "turnover"]


def openness(world: World) -> xr.DataArray:
    """Exports plus imports over gross domestic product ``[country]``.

    Product is value added plus duties, export taxes and rents: product at market prices, as far as
    a World knows taxes.
    """
    trade = accounts.exports(world) + accounts.imports(world)
    taxes = accounts.tariff_revenue(world) + accounts.export_tax_revenue(world)
    value_added = accounts.values(world, "value_added").sum(axis=1)
    product = value_added + taxes.values + sum(accounts.rents(world))
    return named("openness", ratio(trade.values, product), {"country": world.countries})


def turnover(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Exports plus imports of each economy with each partner ``[country, partner]``; symmetric."""
    trade = foreign_trade(source, sectors).values.sum(axis=2)
    names = economies(source)
    return named("turnover", trade + trade.T, {"country": names, "partner": names})


def partner_share(source: Flows, sectors: Sectors = None, flow: Flow = "turnover") -> xr.DataArray:
    """Partner's share of an economy's trade ``[country, partner]``; sums to 1 over partners.

    Args:
        source: A World or a table of flows.
        sectors: Which sectors; all if omitted.
        flow: Share of exports, of imports, or of their sum.

    Raises:
        DataError: If ``flow`` is another word.
    """
    trade = _by_partner(source, sectors, flow)
    names = economies(source)
    share = ratio(trade, trade.sum(axis=1, keepdims=True))
    return named("partner_share", share, {"country": names, "partner": names})


def partner_ranking(source: Flows, country: str, sectors: Sectors = None) -> pd.DataFrame:
    """An economy's partners by falling turnover.

    Args:
        source: A World or a table of flows.
        country: Label, code or English name.
        sectors: Which sectors; all if omitted.

    Returns:
        Indexed by ``partner``, with ``exports``, ``imports``, ``turnover``, ``balance`` in currency,
        ``share`` of turnover, ``rank`` by turnover (equal partners share the better rank), and
        ``best_rank`` and ``worst_rank`` among the ranks by turnover, by exports and by imports.

    Raises:
        ScenarioError: If there is no such economy.
    """
    import pandas as pd

    label = economy(source, country)
    names = economies(source)
    row = names.index(label)
    sold, bought = (_by_partner(source, sectors, flow)[row] for flow in ("exports", "imports"))
    columns = {"exports": sold, "imports": bought, "turnover": sold + bought}
    table = pd.DataFrame(columns, index=pd.Index(names, name="partner")).drop(index=label)
    ranks = table.rank(ascending=False, method="min").astype(int)
    table["balance"] = table["exports"] - table["imports"]
    table["share"] = ratio(table["turnover"], table["turnover"].sum())
    table["rank"] = ranks["turnover"]
    table["best_rank"], table["worst_rank"] = ranks.min(axis=1), ranks.max(axis=1)
    return table.sort_values("turnover", ascending=False, kind="stable")


def bloc_share(
    source: Flows, group: Group, sectors: Sectors = None, flow: Flow = "turnover"
) -> xr.DataArray:
    """Share of a group's members in each economy's trade ``[country]``; trade with oneself is none.

    Raises:
        DataError: If ``flow`` is another word than ``exports``, ``imports`` or ``turnover``.
        ScenarioError: If a name is unknown.
    """
    trade = _by_partner(source, sectors, flow)
    share = ratio(trade[:, inside(source, group)].sum(axis=1), trade.sum(axis=1))
    return named("bloc_share", share, {"country": economies(source)})


def intra_bloc_share(source: Flows, group: Group, sectors: Sectors = None) -> xr.DataArray:
    """Share of the trade among members in the members' total trade; a number without dimensions."""
    trade = _by_partner(source, sectors, "turnover")
    member = inside(source, group)
    share = ratio(trade[np.ix_(member, member)].sum(), trade[member].sum())
    return named("intra_bloc_share", share, {})


def growth_contribution(
    before: Flows, after: Flows, sectors: Sectors = None, flow: Flow = "turnover"
) -> xr.DataArray:
    """Each partner's contribution to the growth of an economy's trade ``[country, partner]``.

    The sum over partners is the growth rate. Compares two years, or the worlds before and after a
    policy; values are nominal, in each table's own unit.

    Raises:
        LabelError: If the two tables have different economies or sectors.
        DataError: If ``flow`` is another word.
    """
    names = economies(before)
    if names != economies(after):
        raise LabelError(
            "growth compares the same economies in the same order; the two tables differ. "
            "Fix: select the economies they share in both."
        )
    goods = [set(sector_labels(table, sectors)) for table in (before, after)]
    if goods[0] != goods[1] and {"total"} not in goods:  # a table without sectors is one of totals
        raise LabelError(
            f"growth compares the same sectors; {min(map(str, goods[0] ^ goods[1]))} is in one table only. "
            "Fix: choose the sectors that they share, sectors=[...]."
        )
    old, new = (_by_partner(table, sectors, flow) for table in (before, after))
    rate = ratio(new - old, old.sum(axis=1, keepdims=True))
    return named("growth_contribution", rate, {"country": names, "partner": names})


def _by_partner(source: Flows, sectors: Sectors, flow: Flow) -> np.ndarray:
    """Trade by economy (rows) and partner (columns)."""
    check_word(flow, get_args(Flow), "flow")
    trade = foreign_trade(source, sectors).values.sum(axis=2)
    if flow == "turnover":
        return np.asarray(trade + trade.T)
    return np.asarray(trade if flow == "exports" else trade.T)
