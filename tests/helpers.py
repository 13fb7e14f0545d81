"""What the tests of the equilibrium share: one way to call the solver, one way to compare."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import xarray as xr

import zollverein as zv
from zollverein.testing import random_elasticity

CLOSURES = ("share_of_world", "numeraire", "share_of_own", "zero")

#: Limits of a server in tests: on a busy machine a report can take a minute.
PATIENT = {"solve_seconds": 60, "export_seconds": 170}

#: A scenario file: one duty goes to zero in the toy world.
SCENARIO = """
name = "Freer trade"
world = "toy"

[[measures]]
kind = "tariff"
exporters = "RST"
importers = "HOM"
sectors = "goods"
set = 0.0
"""


def simulate(
    world: zv.World,
    policy: Any,
    elasticity: xr.DataArray | None = None,
    closure: str = "share_of_world",
    **options: Any,
) -> Any:
    """`zv.simulate` with random elasticities unless given."""
    theta = random_elasticity(world, 0) if elasticity is None else elasticity
    return zv.simulate(world, policy, closure=closure, trade_elasticity=theta, **options)


def hat(result: Any, name: str) -> np.ndarray:
    """New over old values of a variable of the World, 1 where the old one is zero."""
    old, new = result.before.data[name].values, result.after.data[name].values
    return np.where(old > 0, new / np.where(old > 0, old, 1), 1.0)


def final_price_hat(result: Any) -> np.ndarray:
    """Change of the consumer price index ``[country]``, from its definition."""
    final = result.before.data["final_demand"].values
    share = final / final.sum(axis=1, keepdims=True)
    return np.prod(hat(result, "price_index") ** share, axis=1)


def real_income_hat(result: Any) -> np.ndarray:
    """Change of income over the consumer price index ``[country]``."""
    old = result.before.data["final_demand"].values.sum(axis=1)
    new = result.after.data["final_demand"].values.sum(axis=1)
    return new / old / final_price_hat(result)


def trade_share(world: zv.World) -> np.ndarray:
    """Shares of duty-paid spending ``[exporter, importer, sector]``."""
    paid = world.data["trade_flow"].values * (1 + world.data["tariff"].values)
    spent = paid.sum(axis=0)
    return paid / np.where(spent > 0, spent, 1)


def imports(world: zv.World) -> np.ndarray:
    """Purchases from abroad before duty ``[country]``."""
    flow = world.data["trade_flow"].values
    foreign = ~np.eye(len(flow), dtype=bool)[:, :, None]
    return (flow * foreign).sum(axis=(0, 2))


def assert_close(actual: Any, expected: Any, rtol: float, atol: float = 0.0) -> None:
    """Equal to a tolerance and finite; NaN never equals NaN."""
    assert np.isfinite(np.asarray(actual)).all(), "not finite"
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, equal_nan=False)


def run_script(folder: Path, script: str, *arguments: object) -> None:
    """Run a program in a process of its own, which finds the package and the tests; it must succeed.

    What starts worker processes needs a file that they can import again.
    """
    file, root = folder / "script.py", Path(__file__).parents[1]
    file.write_text(script, encoding="utf-8")
    path = [str(root / "src"), str(root), *sys.path]
    done = subprocess.run(
        [sys.executable, str(file), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))},
    )
    assert done.returncode == 0, done.stderr[-3000:]


def unchecked_world(world: zv.World, **arrays: Any) -> zv.World:
    """The world with other or additional variables, its identities not checked.

    Measures read variables that the checks of a World may not know.
    """
    data = world.data.assign({name: (dims, values) for name, (dims, values) in arrays.items()})
    other = object.__new__(zv.World)
    object.__setattr__(other, "name", f"{world.name} (changed)")
    object.__setattr__(other, "data", data)
    object.__setattr__(other, "_checked", other._arrays())
    return other


def keys(**values: Any) -> Any:
    """An object with these attributes, in place of one that need not exist yet."""
    return SimpleNamespace(**values)
