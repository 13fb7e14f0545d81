"""Which countries still trade with each other, directly or through others."""

from __future__ import annotations

import numpy as np

from zollverein.models.baseline import Array


def trade(weight: Array) -> Array:
    """``[N, N]`` importer and exporter: whether anything can be bought. Ends when all can be."""
    found = np.eye(len(weight[0]), dtype=bool)
    for goods in weight:
        found |= goods != 0
        if found.all():
            break
    np.fill_diagonal(found, val=False)
    return found


def trading_groups(weight: Array, more: Array | None = None) -> Array:
    """Number of each country's connected component of positive trade.

    Args:
        weight: ``[S, N, N]`` positive where trade is possible, diagonal ignored.
        more: ``[N, N]`` importer and exporter: whether trade is possible otherwise.

    Returns:
        ``[N]`` integers from 0, in order of the first member.
    """
    return _groups(trade(weight) if more is None else trade(weight) | more)


def _groups(buys: Array) -> Array:
    """Components of a table ``[N, N]`` of who buys from whom."""
    linked = buys | buys.T
    countries = len(linked)
    group = np.full(countries, -1)
    for start in range(countries):
        if group[start] >= 0:
            continue
        member = np.zeros(countries, dtype=bool)
        front = member.copy()
        front[start] = True
        while front.any():
            member |= front
            front = linked[front].any(axis=0) & ~member
        group[member] = group.max() + 1
    return group


def cannot_pay(weight: Array, deficit: Array) -> list[Array]:
    """Sets of countries that buy from outside, can sell nothing there, and have no net deficit.

    A set that is closed under "sells to" has no export earnings from outside; what it buys there
    must be its deficit, which therefore has to be positive. Where it is not, no equilibrium exists.

    Args:
        weight: ``[S, N, N]`` (sector, importer, exporter), positive where trade is possible.
        deficit: ``[N]`` imports less exports.

    Returns:
        Boolean masks ``[N]``; empty if there is none.
    """
    buys = trade(weight)
    reach = buys | np.eye(
        len(buys), dtype=np.bool_
    )  # [importer, exporter]: the exporter reaches it
    for _ in range(int(np.ceil(np.log2(max(len(buys), 2))))):
        if reach.all():  # everybody can sell to everybody, directly or through others
            return []
        reach = (reach.astype(float) @ reach.astype(float)) > 0
    found: list[Array] = []
    for closed in np.unique(reach.T, axis=0):
        imports_outside = buys[np.ix_(closed, ~closed)].any()
        if imports_outside and deficit[closed].sum() <= 0:
            found.append(closed)
    return found
