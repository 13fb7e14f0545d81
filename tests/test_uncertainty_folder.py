"""A folder of draws refuses those of another policy or another world, and keeps what failed apart."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.test_uncertainty import case, options
from zollverein.errors import DataError, NoEquilibrium
from zollverein.policy import Policy
from zollverein.rules import Pool, PriceCap
from zollverein.uncertainty.store import Store


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


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")
def test_two_runs_do_not_write_one_folder_at_once(tmp_path):
    with Store(tmp_path, {"seed": 0}, 3, 2) as first:
        with pytest.raises(DataError, match=r"is in use: another run writes there"):
            Store(tmp_path, {"seed": 0}, 3, 2)
        first.keep(1, np.array([1.0, 2.0]))
    with pytest.raises(DataError, match="seed differ"):
        Store(tmp_path, {"seed": 1}, 3, 2)
    with Store(tmp_path, {"seed": 0}, 3, 2) as again:
        assert again.todo() == [0, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")
def test_a_run_that_was_killed_holds_no_folder(tmp_path):
    text = (
        "import os, sys; from pathlib import Path; from zollverein.uncertainty.store import Store\n"
        "store = Store(Path(sys.argv[1]), {'seed': 0}, 3, 2); store.keep(0, [1.0, 2.0])\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", text, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(DataError, match="in use"):
            Store(tmp_path, {"seed": 0}, 3, 2)
        other.kill()
        other.wait()
    with Store(tmp_path, {"seed": 0}, 3, 2) as again:
        assert again.todo() == [1, 2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_disk_without_room_for_the_draws_is_said_at_once(tmp_path):
    (tmp_path / "draws.f8").symlink_to("/dev/full")
    with pytest.raises(DataError, match="No space left"):
        Store(tmp_path, {"seed": 0}, 3, 2)
    assert list(tmp_path.iterdir()) == []
    with Store(tmp_path, {"seed": 0}, 3, 2) as store:
        assert store.todo() == [0, 1, 2]


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
