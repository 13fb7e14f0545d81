"""The policy that a result file gives is that of its scenario, or the certificate says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from zollverein.files import read_dataset, write_dataset
from zollverein.testing import random_world
from zollverein.verification import verify

MEASURES: list[dict[str, Any]] = [
    {"kind": "productivity", "countries": "C0", "change": 0.03},
    {"kind": "embargo", "exporters": "C3", "importers": "C2", "sectors": "s1"},
    {"kind": "embargo", "exporters": "C1", "importers": "C2", "share": 0.5},
    {"kind": "barrier", "exporters": "C1", "importers": "C0", "add": 0.1, "rent": 0.5},
    {"kind": "transfer", "payers": "C0", "receivers": "C1", "share": 0.01},
    {"kind": "mobility", "members": ["C0", "C1"], "elasticity": 1.0},
    {"kind": "price_cap", "exporters": "C3", "importers": "C0", "sectors": "s0", "cap": 0.99},
]
POOL = {"kind": "customs_union", "members": ["C2", "C3"], "sectors": "all", "keys": "value_added"}
KEMP_WAN = {**POOL, "external": "kemp_wan"}


def stored(folder: Path, *measures: dict[str, Any]) -> tuple[Path, xr.Dataset]:
    """The file of a result, and what is in it."""
    document = {"combine": "add", "trade_elasticity": 4.0, "measures": list(measures)}
    world = random_world(2, zeros=False)
    result = zv.simulate(world, zv.Scenario.from_dict(document))
    path = result.to_netcdf(folder / "result.nc")
    untouched = verify(zv.load_result(path))
    assert untouched.holds(1e-8)
    assert "policy" not in untouched.conditions
    return path, read_dataset(path)


@pytest.mark.parametrize("measures", [(*MEASURES, POOL), (*MEASURES[:1], KEMP_WAN)])
def test_another_policy_than_the_scenarios_is_reported(tmp_path, measures):
    """A tenth of a millionth in one cell of any array."""
    path, data = stored(tmp_path, *measures)
    arrays = [str(name) for name in data if str(name).startswith("policy_")]
    assert {"policy_tariff", "policy_export_tax", "policy_cost_hat"} <= set(arrays)
    for name in arrays:
        wrong = data.copy(deep=True)
        values = wrong[name].values.copy()
        change = np.zeros_like(values)
        change.flat[[1, -1] if values.ndim == 1 else [-2]] = 1e-7
        if values.ndim == 1:  # transfers add up
            change.flat[-1] *= -1
        wrong[name] = wrong[name].copy(data=values + change)
        write_dataset(wrong, path)
        assert "policy" in verify(zv.load_result(path)).failed(1e-8), name


@pytest.mark.parametrize(
    ("old", "new"), [('"elasticity": 1.0', '"elasticity": 1.1'), ('"cap": 0.99', '"cap": 0.98')]
)
def test_other_rules_than_the_scenarios_are_reported(tmp_path, old, new):
    path, data = stored(tmp_path, *MEASURES, POOL)
    told = {key: said.replace(old, new) for key, said in data.attrs.items() if old in str(said)}
    assert len(told) == 1
    write_dataset(data.assign_attrs(told), path)
    assert "policy" in verify(zv.load_result(path)).failed()


@pytest.mark.parametrize("seed", [3, 11])
def test_shares_survive_the_file_of_a_result(tmp_path, seed):
    """Shares that sum to one but for rounding are not divided by their sum again."""
    members = ["C0", "C1", "C2", "C3"]
    world = random_world(seed, zeros=False)
    measures = [{"kind": "mobility", "members": members, "elasticity": 1.0}, {**POOL}]
    result = zv.simulate(world, zv.Scenario.from_dict({"measures": measures}), trade_elasticity=4.0)
    again = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    assert again.policy.mobility == result.policy.mobility
    assert again.policy.pools == result.policy.pools
    assert verify(again).holds()


def test_rounding_is_no_other_policy():
    """Another machine may add up the shares of a bloc in another order."""
    world = random_world(2, zeros=False)
    scenario = zv.Scenario.from_dict({"measures": [MEASURES[5]], "trade_elasticity": 4.0})
    result = zv.simulate(world, scenario)
    (bloc,) = result.policy.mobility
    near = replace(bloc, weights=tuple(np.array(bloc.weights) * (1 + np.array([2e-16, -2e-16]))))
    assert near != bloc
    assert verify(replace(result, policy=result.policy.changed(mobility=(near,)))).holds()
