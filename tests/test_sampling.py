"""Latin hypercubes, and shares of the variance of functions whose shares are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from zollverein.testing import random_world
from zollverein.uncertainty.sampling import latin_hypercube, sobol
from zollverein.uncertainty.sources import elasticity_source


def test_a_latin_hypercube_has_one_point_in_each_stratum():
    points = latin_hypercube(40, 3, np.random.default_rng(0))
    assert points.shape == (40, 3)
    assert (np.sort(np.floor(points * 40), axis=0) == np.arange(40)[:, None]).all()


def test_sobol_shares_of_a_linear_function_are_known():
    """f = 3a + 4b + c: shares 9, 16 and 1 of 26, first-order and total alike."""
    rng = np.random.default_rng(1)
    weights = np.array([3.0, 4.0, 1.0])
    first, second = rng.standard_normal((2, 4000, 3))
    mixed = {}
    for k, name in enumerate("abc"):
        taken = first.copy()
        taken[:, k] = second[:, k]
        mixed[name] = (taken @ weights)[:, None]
    found = sobol((first @ weights)[:, None], (second @ weights)[:, None], mixed)
    for k, name in enumerate("abc"):
        for estimate in ("first_order", "total"):
            error = found[name][f"{estimate}_se"][0]
            assert 0 < error < 0.05
            assert found[name][estimate][0] == pytest.approx(weights[k] ** 2 / 26, abs=4 * error)


def test_sobol_shares_of_a_product_are_known():
    """f = (1 + a)(1 + b), a and b standard normal: V = 3, first-order 1/3 each, total 2/3 each."""
    rng = np.random.default_rng(2)
    first, second = rng.standard_normal((2, 20_000, 2))

    def f(x):
        return ((1 + x[:, 0]) * (1 + x[:, 1]))[:, None]

    a, b = first.copy(), first.copy()
    a[:, 0], b[:, 1] = second[:, 0], second[:, 1]
    found = sobol(f(first), f(second), {"a": f(a), "b": f(b)})
    for name in "ab":
        assert found[name]["first_order"][0] == pytest.approx(1 / 3, abs=0.06)
        assert found[name]["total"][0] == pytest.approx(2 / 3, abs=0.06)


def test_what_does_not_vary_has_no_shares():
    still = np.ones((20, 1))
    assert np.isnan(sobol(still, still, {"a": still})["a"]["total"]).all()


def test_an_elasticity_may_be_known_exactly_and_groups_are_the_worlds():
    world = random_world(1, sectors=3)
    groups = '{"goods": ["s0", "s2"], "services": ["s1"]}'
    world = zv.World(world.name, world.data.assign_attrs(sector_groups=groups))
    spreads: tuple[Any, ...] = ([0.2, 0.0, 0.1],)
    theta = xr.DataArray([4.0, 5.0, 6.0], coords={"sector": list(world.sectors)})
    source = elasticity_source(world, theta, {"goods": 0.3, "services": 0})
    assert source.spread.tolist() == [0.3, 0.0, 0.3]
    assert source.draw(np.full(3, 0.9))[1] == 5.0
    assert (source.draw(np.full(3, 0.9))[[0, 2]] > [4.1, 6.1]).all()
    spreads += (theta.copy(data=[0.2, 0.0, 0.1])[::-1],)
    for spread in spreads:
        assert elasticity_source(world, theta, spread).spread.tolist() == [0.2, 0.0, 0.1]
