"""A folder of draws refuses those of another policy or another world, and keeps what failed apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.test_uncertainty import case, options
from zollverein.errors import DataError, NoEquilibrium
from zollverein.policy import Policy
from zollverein.rules import Pool, PriceCap


def test_draws_of_other_rules_of_a_policy_are_refused(tmp_path):
    policy = case()[1]
    cap = PriceCap(("C2",), ("C0", "C1"), ("s0",), 0.99)
    pool = Pool(("C0", "C1"), (0.9, 0.1))
    asked = {"workers": 1, "draws": 3, "decompose": 0, "data_spread": None, "out": tmp_path}
    zv.uncertainty(**options(**asked, scenario=policy.changed(caps=(cap,), pools=(pool,))))
    for other in (
        {"caps": (replace(cap, cap=0.995),), "pools": (pool,)},
        {"caps": (cap,), "pools": (replace(pool, part=0.5),)},
        {"caps": (cap,)},
    ):
        with pytest.raises(DataError, match="another question: scenario differ"):
            zv.uncertainty(**options(**asked, scenario=policy.changed(**other)))


def test_draws_of_a_world_with_other_labels_are_refused(tmp_path):
    world = case()[0]
    asked = {"workers": 1, "draws": 3, "decompose": 0, "data_spread": None, "out": tmp_path}
    asked |= {"trade_elasticity": 4.0, "outcomes": "real_income C0"}
    turned = dict(zip(("C0", "C1"), ("C1", "C0"), strict=True))

    def renamed(labels):
        return {
            dim: [turned.get(label, label) for label in labels.indexes[dim].tolist()]
            for dim in ("exporter", "importer", "country")
            if dim in labels.indexes
        }

    zv.uncertainty(**options(**asked, scenario=Policy.neutral(world)))
    other = zv.World(world.name, world.data.assign_coords(renamed(world.data)))
    with pytest.raises(DataError, match="another question: world differ"):
        zv.uncertainty(**options(**asked, world=other, scenario=Policy.neutral(other)))


class Lowest:
    """A table that has no answer where the first elasticity is low."""

    __name__ = "lowest"

    def __init__(self, cut: float) -> None:
        self.cut = cut

    def __call__(self, result: zv.Result) -> xr.DataArray:
        theta = result.parameters.trade_elasticity.values[:1]
        if theta[0] < self.cut:
            raise NoEquilibrium("none at so low an elasticity")
        return xr.DataArray(theta, {"number": ["theta"]}, ("number",))


def test_draws_without_an_answer_of_a_table_are_the_same_from_any_folder(tmp_path):
    """Kept without tables first, the draw counted as solved and as failed, and no cell had a band."""
    asked: dict[str, Any] = {
        "workers": 1,
        "draws": 110,
        "decompose": 0,
        "data_spread": None,
        "out": None,
    }
    asked |= {"trade_elasticity": 4.0, "outcomes": "real_income C0"}
    asked["scenario"] = Policy.neutral(case()[0])
    theta = zv.uncertainty(**options(**asked, tables=[Lowest(0.0)])).tables["lowest"].draws.values
    cut = float(np.sort(theta.ravel())[:2].mean())
    fresh = zv.uncertainty(**options(**asked, tables=[Lowest(cut)]))
    assert (len(fresh.draws), len(fresh.failed)) == (109, 1)
    asked["out"] = tmp_path
    plain = zv.uncertainty(**options(**asked))
    for tables in ([Lowest(cut)], [], [Lowest(cut)]):
        found = zv.uncertainty(**options(**asked, tables=tables))
        like = fresh if tables else plain
        np.testing.assert_array_equal(found.draws, like.draws)
        assert found.failed == like.failed
        for name in found.tables:
            assert found.bands(name).equals(fresh.bands(name))
    for name in ("tables.json", "tables.f8"):
        (tmp_path / name).unlink()
    for _ in range(2):
        found = zv.uncertainty(**options(**asked, tables=[Lowest(0.0)]))
        assert (len(found.draws), found.failed) == (110, ())
