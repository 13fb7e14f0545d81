"""A folder of draws refuses those of another policy or another world."""

from __future__ import annotations

from dataclasses import replace

import pytest

import zollverein as zv
from tests.test_uncertainty import case, options
from zollverein.errors import DataError
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
