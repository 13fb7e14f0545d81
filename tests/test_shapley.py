"""The four axioms, against the definition by all orders, and what a missing value does."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from zollverein.errors import DataError
from zollverein.shapley import (
    all_masks,
    by_orders,
    by_subsets,
    members,
    prefixes,
    sampled_orders,
    shapley,
)

PLAYERS = 5


def game(seed=0, shape=()):
    rng = np.random.default_rng(seed)
    return {mask: rng.normal(0, 1, shape) for mask in all_masks(PLAYERS)}


def by_definition(values, players=PLAYERS):
    """The mean over all orders, and nothing clever."""
    total = np.zeros((players, *np.shape(values[0])))
    count = 0
    for order in permutations(range(players)):
        path = [0]
        for player in order:
            path.append(path[-1] | 1 << player)
        if all(mask in values for mask in path):
            count += 1
            for player, low, high in zip(order, path[:-1], path[1:], strict=True):
                total[player] += values[high] - values[low]
    return total / count


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
def test_shares_are_the_mean_over_all_orders(shape):
    values = game(1, shape)
    shares = by_subsets(PLAYERS, values)
    assert shares.share.shape == (PLAYERS, *shape)
    np.testing.assert_allclose(shares.share, by_definition(values), rtol=1e-12, atol=1e-14)
    assert (shares.standard_error == 0).all()


def test_efficiency():
    values = game(2)
    shares = by_subsets(PLAYERS, values)
    assert shares.share.sum() == pytest.approx(float(values[31] - values[0]), rel=1e-12)


def test_symmetry():
    """A value that knows only the size of the set divides equally."""
    values = {mask: float(mask.bit_count() ** 2) for mask in all_masks(PLAYERS)}
    np.testing.assert_allclose(by_subsets(PLAYERS, values).share, 5.0, rtol=1e-13)


def test_dummy():
    """Who adds the same to every set gets just that."""
    values = game(3)
    values |= {mask | 4: values[mask] + 0.7 for mask in all_masks(PLAYERS) if not mask & 4}
    assert by_subsets(PLAYERS, values).share[2] == pytest.approx(0.7, rel=1e-12)


def test_additivity():
    first, second = game(4), game(5)
    both = {mask: first[mask] + 2 * second[mask] for mask in first}
    parts = by_subsets(PLAYERS, first).share + 2 * by_subsets(PLAYERS, second).share
    np.testing.assert_allclose(by_subsets(PLAYERS, both).share, parts, rtol=1e-12, atol=1e-14)


def test_orders_through_a_missing_set_are_left_out():
    values = game(6)
    for mask in (0b00101, 0b11010):
        del values[mask]
    shares = by_subsets(PLAYERS, values)
    assert shares.left_out == (0b00101, 0b11010)
    np.testing.assert_allclose(shares.share, by_definition(values), rtol=1e-12, atol=1e-14)
    assert shares.share.sum() == pytest.approx(float(shares.total), rel=1e-12)


def test_sampled_orders_are_efficient_and_their_error_is_honest():
    """Over many samples the errors, in standard errors, have variance about 1."""
    values = game(7)
    exact = by_subsets(PLAYERS, values).share
    scaled = []
    for seed in range(200):
        shares = by_orders(sampled_orders(PLAYERS, 80, seed), values)
        assert shares.share.sum() == pytest.approx(float(shares.total), rel=1e-11)
        scaled.append((shares.share - exact) / shares.standard_error)
    assert 0.85 < np.std(scaled) < 1.2
    assert abs(np.mean(scaled)) < 0.15


def test_the_error_shrinks_with_the_root_of_the_orders():
    values = game(8)
    few, many = (by_orders(sampled_orders(PLAYERS, n, 1), values) for n in (400, 6400))
    ratio = many.standard_error / few.standard_error
    np.testing.assert_allclose(ratio, 0.25, rtol=0.25)


def test_a_pair_through_a_missing_set_is_left_out():
    values = game(9)
    orders = sampled_orders(PLAYERS, 40, 2)
    gone = next(m for m in prefixes(orders) if m.bit_count() == 2)
    del values[gone]
    shares = by_orders(orders, values)
    assert shares.left_out == (gone,)
    assert 4 <= shares.orders < 40
    assert shares.share.sum() == pytest.approx(float(shares.total), rel=1e-11)


def test_sampled_orders_of_many_players():
    """More players than a machine word has bits; an additive game is found without error."""
    worth = np.random.default_rng(0).normal(0, 1, 80)
    orders = sampled_orders(80, 6, 0)
    values = {m: sum(worth[i] for i in range(80) if m >> i & 1) for m in prefixes(orders)}
    np.testing.assert_allclose(by_orders(orders, values).share, worth, rtol=1e-10, atol=1e-12)


def test_a_function_of_sets_of_names():
    def gloves(who):
        return min(len(who & {"left"}), len(who & {"right", "other right"}))

    shares = shapley(gloves, ["left", "right", "other right"])
    np.testing.assert_allclose(shares.share, [2 / 3, 1 / 6, 1 / 6], rtol=1e-13)
    sampled = shapley(gloves, ["left", "right", "other right"], orders=600)
    assert np.abs(sampled.share - shares.share).max() < 4 * sampled.standard_error.max()


def test_each_set_is_evaluated_once():
    asked = []

    def value(who):
        asked.append(who)
        return 0.0

    shapley(value, ["a", "b", "c"], orders=20)
    assert len(asked) == len(set(asked)) <= 8


def test_sets_are_bitmasks():
    assert members(0b101, ["a", "b", "c"]) == {"a", "c"}
    assert list(all_masks(2)) == [0, 1, 2, 3]
    orders = sampled_orders(4, 6, 0)
    assert (orders[1] == orders[0][::-1]).all()
    assert set(prefixes(orders)) >= {0, 15}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: all_masks(13), "8,192 subsets"),
        (lambda: sampled_orders(4, 5), "even number"),
        (lambda: sampled_orders(4, 2), "at least 4"),
        (lambda: shapley(len, ["a", "a"]), "repeats"),
        (lambda: by_subsets(2, {0: 0.0, 1: 1.0, 2: 1.0}), "everybody"),
        (lambda: by_subsets(2, {1: 0.0, 3: 1.0}), "nobody"),
        (lambda: by_subsets(2, {0: 0.0, 3: 1.0}), "every order"),
        (lambda: by_subsets(1, {0: 0.0, 1: np.nan}), "finite"),
        (lambda: by_orders(sampled_orders(3, 4), {0: 0.0, 7: 1.0}), "fewer than two"),
    ],
)
def test_what_cannot_be_shared_is_refused(call, said):
    with pytest.raises(DataError, match=said):
        call()
