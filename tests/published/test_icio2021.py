"""A calibrated baseline of 2021 by other hands loads, is balanced, and runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import zollverein as zv
from tests.helpers import assert_close, hat
from tests.published import icio
from zollverein.testing import neutral_policy

pytestmark = [
    pytest.mark.published,
    pytest.mark.skipif(
        not icio.DATA.exists(), reason=f"the {icio.DATA.name} baselines are not beside the project"
    ),
]

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "union-under-sanctions.toml"


def test_no_change_changes_nothing() -> None:
    world, theta = icio.baseline(2021)
    result = zv.simulate(world, neutral_policy(world), trade_elasticity=theta)
    assert result.residual <= 1e-12
    assert_close(hat(result, "wage"), 1.0, rtol=1e-12)
    assert_close(hat(result, "price_index"), 1.0, rtol=1e-12)


def test_turnover_of_russia_and_belarus() -> None:
    """41.6 bn USD of goods and services in 2021."""
    world, _ = icio.baseline(2021)
    flow = world.data["trade_flow"].sum("sector")
    turnover = sum(
        float(flow.sel(exporter=a, importer=b)) for a, b in (("RUS", "BLR"), ("BLR", "RUS"))
    )
    assert turnover / 1000 == pytest.approx(41.6, abs=0.5)


def test_union_under_sanctions_runs() -> None:
    world, theta = icio.baseline(2021)
    result = zv.simulate(world, zv.read_scenario(EXAMPLE), trade_elasticity=theta)
    assert result.residual <= 1e-10
    certificate = zv.verify(result)
    assert certificate.holds(1e-9), str(certificate)
    assert np.isfinite(result.table()["real_income_pct"]).all()
