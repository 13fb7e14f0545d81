"""Shapley shares of a total among players: exact over all subsets, or by sampled orders.

``φ_i`` is the mean, over the orders in which the players may join, of what player ``i`` adds to the
value of those who joined before (Shapley 1953). It is the only rule with these four properties:
efficiency (the shares add up to the whole), symmetry (equals get equal shares), dummy (who always
adds the same gets that), additivity (shares of a sum of two values are the sums of the shares).

A set of players is a bitmask: bit ``i`` is set where player ``i`` belongs to it. Values may be
numbers or arrays; an array has one game in each cell. Values are given as a mapping, so that they
can come from anywhere in any order; a set whose value is not there is one that could not be
computed. Orders that pass through such a set are left out, which keeps efficiency exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zollverein.counts import is_whole
from zollverein.errors import DataError

Array = np.ndarray
#: More players than this are too many for all their subsets, by default.
MOST_PLAYERS = 12


@dataclass(frozen=True, eq=False)
class Shares:
    """Shapley shares.

    Attributes:
        share: ``[player, ...]``; adds up over players to ``total``.
        standard_error: ``[player, ...]`` of the shares; zero where all subsets were used.
        total: ``[...]`` value of all players less that of none.
        orders: Orders averaged over; 0 where all subsets were used.
        left_out: Sets without a value among those needed, as bitmasks.
    """

    share: Array
    standard_error: Array
    total: Array
    orders: int
    left_out: tuple[int, ...]


def shapley(
    value: Callable[[frozenset[str]], Any],
    players: Sequence[str],
    *,
    orders: int | None = None,
    seed: int = 0,
) -> Shares:
    """Shapley shares of a value function, called once for each set that is needed.

    Args:
        value: From a set of players to a number or an array.
        players: Names.
        orders: Sampled orders; all subsets are used if omitted.
        seed: Of the sample.

    Returns:
        The shares, in the order of the players.

    Raises:
        DataError: If a name repeats, or there are too many players for all subsets.
    """
    if len(set(players)) < len(players):
        raise DataError(f"players: a name repeats in {', '.join(players)}.")
    if orders is None:
        values = {mask: value(members(mask, players)) for mask in all_masks(len(players))}
        return by_subsets(len(players), values)
    sample = sampled_orders(len(players), orders, seed)
    return by_orders(sample, {m: value(members(m, players)) for m in prefixes(sample)})


def members(mask: int, players: Sequence[str]) -> frozenset[str]:
    """The players whose bits are set."""
    return frozenset(name for i, name in enumerate(players) if mask >> i & 1)


def all_masks(players: int, most: int = MOST_PLAYERS) -> range:
    """Every subset as a bitmask, from nobody to everybody.

    Raises:
        DataError: If there are more than ``2^most`` of them.
    """
    if players > most:
        raise DataError(
            f"{players} players have {2**players:,} subsets; up to {most} players are done in full. "
            "Fix: sample orders instead."
        )
    return range(2**players)


def sampled_orders(players: int, orders: int, seed: int = 0) -> Array:
    """Random orders ``[order, player]`` in antithetic pairs: each is followed by its reverse.

    Args:
        players: Number of players.
        orders: Number of orders, an even number of at least 4.
        seed: Same seed, same orders.

    Raises:
        DataError: If ``orders`` is odd or too small for a standard error; if the seed is none.
    """
    if not is_whole(orders) or orders < 4 or orders % 2:
        raise DataError(f"orders is {orders!r}; it must be an even number of at least 4.")
    if not is_whole(seed) or seed < 0:
        raise DataError(f"seed is {seed!r}; it is a whole number from 0. Fix: leave it out.")
    rng = np.random.default_rng(seed)
    half = np.array([rng.permutation(players) for _ in range(orders // 2)])
    return np.stack([half, half[:, ::-1]], axis=1).reshape(orders, players)


def prefixes(orders: Array) -> list[int]:
    """Every set that joining in these orders passes through, as bitmasks, each once, ascending."""
    return sorted({mask for order in orders.tolist() for mask in _path(order)})


def by_subsets(players: int, values: Mapping[int, Any]) -> Shares:
    """Exact shares from the values of all subsets.

    Each step from a set to a larger one weighs as many orders as pass through it: with all values at
    hand the familiar ``|S|! (n-1-|S|)! / n!``; without some, the number of orders that avoid those.

    Args:
        players: Number of players.
        values: By bitmask; sets that are not there are avoided.

    Raises:
        DataError: If nobody's or everybody's value is not there, or no order is left.
    """
    full = 2**players - 1
    table, known = _table(range(full + 1), values)
    up, down = np.zeros(full + 1), np.zeros(full + 1)
    up[0] = down[full] = 1.0
    masks = np.arange(full + 1)
    size = np.array([mask.bit_count() for mask in range(full + 1)])
    without = [np.flatnonzero(masks >> i & 1 == 0) for i in range(players)]
    for level in range(players):
        for i, sets in enumerate(without):
            low = sets[size[sets] == level]
            up[low | 1 << i] += up[low] * known[low | 1 << i]
            high = sets[size[sets] == players - 1 - level]
            down[high] += down[high | 1 << i] * known[high]
    if not up[full] > 0:
        raise DataError("every order passes through a set without a value: no shares can be given.")
    share = np.array(
        [
            np.tensordot(
                up[sets] * down[sets | 1 << i] / up[full], table[sets | 1 << i] - table[sets], 1
            )
            for i, sets in enumerate(without)
        ]
    )
    gone = tuple(np.flatnonzero(~known).tolist())
    return Shares(share, np.zeros_like(share), table[full] - table[0], 0, gone)


def by_orders(orders: Array, values: Mapping[int, Any]) -> Shares:
    """Estimated shares from sampled orders in antithetic pairs.

    The standard error is that of the mean over pairs. A pair that passes through a set without a
    value is left out.

    Args:
        orders: ``[order, player]``, as ``sampled_orders`` gives them.
        values: By bitmask, for every set in ``prefixes(orders)``.

    Raises:
        DataError: If nobody's or everybody's value is not there, or fewer than two pairs are left.
    """
    needed = prefixes(orders)
    table, known = _table(needed, values)
    place = {mask: k for k, mask in enumerate(needed)}
    pairs = []
    for first, second in zip(orders[::2].tolist(), orders[1::2].tolist(), strict=True):
        paths = [[place[mask] for mask in _path(order)] for order in (first, second)]
        if known[paths].all():
            added = [np.diff(table[path], axis=0) for path in paths]
            pairs.append((added[0][np.argsort(first)] + added[1][np.argsort(second)]) / 2)
    if len(pairs) < 2:
        raise DataError(
            "fewer than two pairs of orders avoid the sets without a value: sample more orders."
        )
    sample = np.array(pairs)
    error = sample.std(axis=0, ddof=1) / np.sqrt(len(pairs))
    gone = tuple(mask for mask, there in zip(needed, known.tolist(), strict=True) if not there)
    return Shares(sample.mean(axis=0), error, table[-1] - table[0], 2 * len(pairs), gone)


def _path(order: Iterable[int]) -> list[int]:
    """The sets on the way of one order, from nobody to everybody."""
    masks = [0]
    for player in order:
        masks.append(masks[-1] | 1 << player)
    return masks


def _table(masks: Sequence[int], values: Mapping[int, Any]) -> tuple[Array, Array]:
    """Values in the order of the masks, zero where there is none; and whether there is one."""
    for mask, who in ((masks[0], "nobody"), (masks[-1], "everybody")):
        if mask not in values:
            raise DataError(f"the value of {who} could not be computed: no shares can be given.")
    known = np.array([mask in values for mask in masks])
    empty = np.zeros_like(np.asarray(values[masks[0]], dtype=float))
    table = np.array([np.asarray(values.get(mask, empty), dtype=float) for mask in masks])
    if not np.isfinite(table).all():
        raise DataError("a value is not a finite number. Fix: leave that set out of the values.")
    return table, known
