"""Twenty sectoral NAFTA cuts as twenty parts: why studies of one part at a time do not add up.

Not printed in Caliendo and Parro (2015); computed from their data by finite differences and by
sampled orders, independently of this package (digits as given there).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.published import cp2015
from zollverein.testing import make_policy

pytestmark = [
    pytest.mark.published,
    pytest.mark.slow,
    pytest.mark.skipif(
        not cp2015.DATA.exists(),
        reason=f"the data of Caliendo and Parro (2015) are not at {cp2015.DATA.name} beside the project",
    ),
]

OUTCOME = "real_income MEX"
ELECTRICAL = "Electrical"


@lru_cache
def cuts():
    """The world, one policy for each goods sector, and the elasticities."""
    shares = cp2015.benchmark()
    world = cp2015.equilibrium(shares)
    parts = {}
    for s, sector in enumerate(world.sectors[:20]):
        tariff = shares.tariff.copy()
        tariff[:, :, s] = shares.tariff_new[:, :, s]
        parts[sector] = make_policy(world, tariff=tariff)
    theta = xr.DataArray(shares.elasticity, coords={"sector": list(world.sectors)})
    return world, parts, {"closure": "zero", "trade_elasticity": theta, "engine": "numpy"}


@lru_cache
def attributed():
    world, parts, options = cuts()
    return zv.attribute(world, parts, OUTCOME, workers=1, **options)


def percent_of(found, values, sector=ELECTRICAL):
    return 100 * float(values[list(found.parts).index(sector)])


def test_totals():
    """To one in the last printed digit."""
    found = attributed()
    assert 100 * found.total == pytest.approx(0.007, abs=5e-4)
    assert 100 * found.first_in.sum() == pytest.approx(0.180, abs=1e-3)
    assert 100 * found.last_in.sum() == pytest.approx(-0.206, abs=1e-3)


def test_aumann_shapley_adds_up():
    found = attributed()
    assert found.derivatives == "adjoint"
    assert 100 * found.effect.sum() == pytest.approx(100 * found.total, abs=1e-8)
    assert abs(found.remainder) <= 1e-6 * abs(found.total) + 1e-11


def test_four_nodes_come_close():
    world, parts, options = cuts()
    few = zv.attribute(world, parts, OUTCOME, nodes=4, compare=False, workers=1, **options)
    assert few.nodes == 4
    assert 100 * few.effect.sum() == pytest.approx(0.0072, abs=5e-5)
    np.testing.assert_allclose(few.effect, attributed().effect, atol=1e-6)


def test_electrical_machinery():
    found = attributed()
    assert percent_of(found, found.first_in) == pytest.approx(0.194, abs=5e-4)
    assert percent_of(found, found.last_in) == pytest.approx(-0.077, abs=5e-4)
    assert percent_of(found, found.effect) == pytest.approx(0.051, abs=5e-4)


def test_shapley_of_sampled_orders():
    """The reference, 0.061, is itself an estimate from 16 antithetic orders."""
    world, parts, options = cuts()
    found = zv.attribute(
        world, parts, OUTCOME, method="shapley", orders=16, compare=False, workers=1, **options
    )
    assert 100 * found.effect.sum() == pytest.approx(0.0073, abs=3e-4)
    error = percent_of(found, found.standard_error)
    assert 0 < error < 0.02
    assert percent_of(found, found.effect) == pytest.approx(0.061, abs=3 * error)
    assert found.standard_error is not None
    assert np.isfinite(found.standard_error).all()
