"""Trade statistics of Flows: turnover, growth, contributions, ranking, bloc shares, mirrors.

Each is a pure function with labels in and out, and says within which bounds its value lies where
reports are missing (see ``zollverein.flows.bounds``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from zollverein.checks import texts
from zollverein.errors import DataError
from zollverein.flows.bounds import BOOKS, Bounded, Choice, books_of, choice_of, trade
from zollverein.flows.groups import group_of, members, refuse_common
from zollverein.flows.values import Flows, check_flows

_BILLION = 1e9
#: Who reports an economy's exports, and its imports, in its own books.
_REPORTER = {"exports": "exporter", "imports": "importer"}


def turnover(flows: Flows, a: str, b: str, **choice: Any) -> pd.DataFrame:
    """Trade between two economies, year by year: T = X(a to b) + M(a from b).

    Args:
        flows: Any flows.
        a: The economy or bloc whose exports and imports these are.
        b: Its partner, a label or a bloc.
        **choice: Fields of ``Choice``: books, sectors, unallocated, margin.

    Returns:
        Index year; columns exports, imports, turnover, low, high; in whole currency units. A
        missing value is NaN, and its bounds are ``low`` and ``high`` of the turnover.

    Raises:
        DataError: If two blocs share members that trade with each other: what one sells the other would be
            in the exports and in the imports, and count twice.
    """
    if "flow" in choice:
        raise TypeError(
            "turnover takes no flow: its columns are exports, imports and turnover. Fix: leave it out; "
            "books, sectors, unallocated and margin can be chosen."
        )
    chosen = choice_of(flows, choice)
    refuse_common(flows, a, b)
    rows = {}
    for year in flows.years:
        parts = [
            pair(flows, year, a, b, replace(chosen, flow=flow)) for flow in ("exports", "imports")
        ]
        both = parts[0] + parts[1]
        rows[year] = [float(p.value) for p in (*parts, both)] + [float(both.low), float(both.high)]
    columns = ["exports", "imports", "turnover", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("year")


def turnover_history(
    flows: Flows, economy: str, *, shown: int = 6, scale: float = 1e9, **choice: Any
) -> pd.DataFrame:
    """Turnover with the largest partners of the last year, over all years.

    Args:
        flows: Any flows.
        economy: Whose partners.
        shown: How many of them.
        scale: Currency units in one unit of the table.
        **choice: Fields of ``Choice``, but the direction of trade.

    Returns:
        Index year, a column for each partner, NaN where no report is; ``attrs["unit"]`` says the
        unit. What a line chart of turnover shows.
    """
    choice_of(flows, choice)
    order = ranking(flows, economy, flows.years[-1], **choice).dropna(subset="value").index[:shown]
    columns = {
        partner: turnover(flows, economy, partner, **choice)["turnover"] / scale
        for partner in map(str, order)
    }
    table = pd.DataFrame(columns)
    table.attrs["unit"] = (
        f"{scale:g} {flows.currency}" if scale != _BILLION else f"bn {flows.currency}"
    )
    return table


def growth(
    flows: Flows, a: str, b: str, year: int, *, over: int | None = None, **choice: Any
) -> Bounded:
    """Growth of trade between two economies: g = T(t) / T(t−1) − 1.

    Args:
        flows: Any flows.
        a: The economy whose trade it is.
        b: Its partner, a label or a bloc.
        year: The later year.
        over: The earlier year; the year before if omitted.
        **choice: Fields of ``Choice``.

    Raises:
        DataError: If the data lack one of the two years, or ``over`` is not the earlier one.
    """
    chosen = choice_of(flows, choice)
    earlier = _earlier(flows, year, over)
    return ratio(pair(flows, year, a, b, chosen), pair(flows, earlier, a, b, chosen))


def _earlier(flows: Flows, year: Any, over: Any) -> int:
    """The year that growth is measured from; an error if it is not the earlier one."""
    for one in (year, over):
        if not isinstance(one, int | float | np.number | None):
            flows.year_index(one)
    if over is not None and over >= year:
        raise DataError(f"growth of {year} is measured from an earlier year, not from {over}.")
    return int(year - 1 if over is None else over)


def ratio(after: Bounded, before: Bounded) -> Bounded:
    """Ratio of two years less one, with bounds; NaN and unbounded where before may be zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(before.value > 0, after.value / before.value - 1, np.nan)
        low = np.where(np.isfinite(before.high), after.low / before.high - 1, -1.0)
        high = np.where(before.low > 0, after.high / before.low - 1, np.inf)
        low = np.where((before.high == 0) | np.isnan(low), -1.0, low)
    return Bounded(value, low, np.where(np.isnan(high), np.inf, high))


def contributions(
    flows: Flows, economy: str, year: int, *, over: int | None = None, **choice: Any
) -> pd.Series:
    """Contribution of each partner to the growth of an economy's trade.

    c(b) = s(b, t−1) g(b) = (T(b, t) − T(b, t−1)) / T(t−1); they add up to the growth of the total.

    Returns:
        Contribution by label; NaN for partners of which a year is missing, whose trade is then
        not part of the total either.

    Raises:
        DataError: If the data lack one of the two years, ``over`` is not the earlier one, or the
            economy's trade was zero.
    """
    chosen = choice_of(flows, choice)
    earlier = _earlier(flows, year, over)
    after = trade(flows, year, economy, chosen).value
    before = trade(flows, earlier, economy, chosen).value
    total = before[~np.isnan(before) & ~np.isnan(after)].sum()
    if not total > 0:
        raise DataError(
            f"{flows.name}: no trade of {economy} is known for both {earlier} and {year}."
        )
    return pd.Series((after - before) / total, index=list(flows.labels), name="contribution").drop(
        economy
    )


def ranking(
    flows: Flows,
    economy: str,
    year: int,
    *,
    among: Sequence[str] | None = None,
    together: Mapping[str, Sequence[str]] | None = None,
    **choice: Any,
) -> pd.DataFrame:
    """Partners by size, with the interval of ranks that missing reports leave open.

    A partner's best rank is one more than the number of others that are certainly larger; its worst
    rank counts all that may be as large.

    Args:
        flows: Any flows.
        economy: Whose partners.
        year: One of the years.
        among: Partners to rank, or a bloc; all single economies if omitted. Areas are never ranked.
        together: Groups to rank as one partner: labels, or the name of a bloc, such as ``{"EU": "EU27"}``.
            Members that the data, or ``among``, lack are left out.
        **choice: Fields of ``Choice``.

    Returns:
        Index partner, largest first; columns value (NaN if missing), low, high, share (of all
        partners and areas), rank (by value, or the middle of the bounds), best, worst.

    Raises:
        LabelError: If a label is unknown.
        DataError: If groups overlap or have the name of another partner.
    """
    found = trade(flows, year, economy, choice_of(flows, choice))
    asked = among if isinstance(among, str | None) else texts("among", among)
    chosen = group_of(flows, asked) if isinstance(asked, str) else asked or flows.countries
    partners = [p for p in chosen if p not in flows.areas and p != economy]
    groups = {
        name: [member for member in group_of(flows, members_) if member in partners]
        for name, members_ in (together or {}).items()
    }
    merged = _merged(groups, partners)
    rows = {name: [name] for name in partners if name not in merged}
    rows |= {name: inside for name, inside in groups.items() if inside}
    parts = [found.at([flows.label_index(m) for m in inside]).total() for inside in rows.values()]
    sizes = Bounded(
        *(np.array([getattr(p, side) for p in parts]) for side in ("value", "low", "high"))
    )
    others = np.arange(len(flows.labels)) != flows.label_index(economy)
    total = float(np.nansum(found.value[others]))
    return _ranked(list(rows), sizes, total)


def _merged(groups: Mapping[str, Sequence[str]], partners: Sequence[str]) -> set[str]:
    """Members of the groups; an error if one is in two, or a group is called as a partner outside it."""
    merged: set[str] = set()
    for name, inside in groups.items():
        twice = sorted(merged & set(inside))
        if twice:
            raise DataError(f"'{twice[0]}' is in two groups; a partner is ranked once.")
        if name in partners and name not in inside:
            raise DataError(f"the group '{name}' has the name of a partner. Fix: another name.")
        merged |= set(inside)
    return merged


def _ranked(names: list[str], sizes: Bounded, total: float) -> pd.DataFrame:
    """The table of ``ranking``, largest first."""
    best = sizes.best()
    size = np.where(np.isnan(best), sizes.low, best)
    above = sizes.low[None, :] > sizes.high[:, None]
    perhaps = (sizes.high[None, :] >= sizes.low[:, None]) & ~np.eye(len(names), dtype=bool)
    columns = {
        "value": sizes.value,
        "low": sizes.low,
        "high": sizes.high,
        "share": sizes.value / total if total > 0 else np.nan,
        "rank": 1 + (size[None, :] > size[:, None]).sum(axis=1),
        "best": 1 + above.sum(axis=1),
        "worst": 1 + perhaps.sum(axis=1),
    }
    table = pd.DataFrame(columns, index=pd.Index(names, name="partner"))
    return table.iloc[np.argsort(-size, kind="stable")]


def share(flows: Flows, economy: str, partner: str, year: int, **choice: Any) -> Bounded:
    """Share of a partner, or of a bloc, in an economy's trade: s = T(a, b) / T(a, world).

    The denominator is the sum over all partners and areas.
    """
    chosen = choice_of(flows, choice)
    ins = pair(flows, year, economy, partner, chosen)
    world = world_trade(flows, year, economy, chosen)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ins.value / world.value
        low = np.where(np.isfinite(world.high), ins.low / world.high, 0.0)
        # Trade booked under areas may be the partner's without making the total larger.
        high = np.where(np.isfinite(ins.high), ins.high / np.maximum(world.low, ins.high), 1.0)
    bounds = (np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=1.0))
    return Bounded(np.asarray(value), *bounds)


def contribution(
    flows: Flows,
    economy: str,
    partner: str,
    year: int,
    *,
    over: int | None = None,
    price: float = 1.0,
    **choice: Any,
) -> Bounded:
    """One entry of ``contributions``, or that of a bloc, with bounds.

    In another currency the trade of the later year counts at ``price``: what the data's currency is worth
    in that currency then, over what it was worth in the earlier year.
    """
    chosen = choice_of(flows, choice)
    earlier = _earlier(flows, year, over)
    before, after = (pair(flows, at, economy, partner, chosen) for at in (earlier, year))
    after = Bounded(after.value * price, after.low * price, after.high * price)
    world = world_trade(flows, earlier, economy, chosen)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(world.value > 0, (after.value - before.value) / world.value, np.nan)
        corners = [
            gap / total
            for gap in (after.low - before.high, after.high - before.low)
            for total in (world.low, world.high)
        ]
    known = np.isfinite(corners).all()
    low, high = (np.min(corners), np.max(corners)) if known else (-np.inf, np.inf)
    return Bounded(value, np.asarray(low), np.asarray(high))


def world_trade(flows: Flows, year: int, economy: str, choice: Choice) -> Bounded:
    """An economy's trade with all partners and areas.

    What the economy itself books under areas is part of its total, whoever the partner is.
    """
    legs = ("exports", "imports") if choice.flow == "turnover" else (choice.flow,)
    total = Bounded(np.zeros(()), np.zeros(()), np.zeros(()))
    for leg in legs:
        found = trade(flows, year, economy, replace(choice, flow=leg))
        own = BOOKS[books_of(flows, choice)][leg == "imports"] == _REPORTER[leg]
        # Own figures move between partners and areas; the sum stays.
        known = own & ~np.isnan(found.value)
        high = np.where(known, found.value, found.high)
        total += Bounded(found.value, found.low, high).total()
    return total


def intra_bloc_share(flows: Flows, bloc: str | Sequence[str], year: int, **choice: Any) -> float:
    """Share of a bloc's trade that is among its members: s = T(B, B) / T(B, world).

    Members that the data lack are not there; missing flows are left out of both sums.

    Raises:
        LabelError: If a name is neither a label, nor the code of a country, nor a bloc.
        DataError: If no trade of the members is known.
    """
    chosen = choice_of(flows, choice)
    inside = group_of(flows, bloc)
    within = np.isin(flows.labels, inside)
    sums = np.zeros(2)
    for member in inside:
        found = np.nan_to_num(trade(flows, year, member, chosen).value)
        sums += found[within].sum(), found.sum()
    if not sums[1] > 0:
        raise DataError(f"{flows.name}: no trade of the members of {bloc} is known for {year}.")
    return float(sums[0] / sums[1])


def mirror(flows: Flows, year: int) -> pd.DataFrame:
    """Flows that both sides report, and by how much the reports differ: D = ln M(c.i.f.) − ln X(f.o.b.).

    Returns:
        One row a flow that either side reports, with exporter, importer, by_exporter, by_importer,
        log_ratio; NaN is a side that did not publish, and a ratio that cannot be formed.

    Raises:
        DataError: If the flows do not hold both exporters' and importers' reports.
    """
    check_flows(flows)
    sold, bought = flows.dense(year, "exporter"), flows.dense(year, "importer")
    i, j = np.nonzero((np.nan_to_num(sold) > 0) | (np.nan_to_num(bought) > 0))
    x, m = sold[i, j], bought[i, j]
    both = (np.nan_to_num(x) > 0) & (np.nan_to_num(m) > 0)
    gap = np.full(x.size, np.nan)
    gap[both] = np.log(m[both] / x[both])
    labels = np.array(flows.labels, dtype=object)
    columns = {"exporter": labels[i], "importer": labels[j]}
    return pd.DataFrame({**columns, "by_exporter": x, "by_importer": m, "log_ratio": gap})


def pair(flows: Flows, year: int, a: str, b: str, choice: Choice) -> Bounded:
    """Trade of an economy or a bloc with a partner or a bloc, as one bounded number.

    Raises:
        DataError: If it is turnover and two blocs share members that trade with each other.
    """
    if choice.flow == "turnover":
        refuse_common(flows, a, b)
    total = Bounded(np.zeros(()), np.zeros(()), np.zeros(()))
    for one in members(flows, a, but=b):
        found = trade(flows, year, one, choice)
        inside = [flows.label_index(label) for label in members(flows, b, but=one)]
        total += found.at(inside).total()
    return total
