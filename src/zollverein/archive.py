"""Results on disk: one netCDF file that anybody can open, and that ``verify`` can check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import xarray as xr

from zollverein.errors import DataError
from zollverein.files import read_dataset, write_dataset
from zollverein.parameters import Convergence, Parameters
from zollverein.policy import ARRAYS, Policy
from zollverein.result import Result
from zollverein.variables import WORLD_VARIABLES
from zollverein.world import World

_FORMAT = "zollverein-result-1"


def write_result(result: Result, path: str | Path) -> Path:
    """Write a result; variables of the counterfactual carry the suffix ``_new``."""
    stored = result.before.data.copy()
    for name in WORLD_VARIABLES:
        stored[f"{name}_new"] = result.after.data[name]
    for name in ARRAYS:
        stored[f"policy_{name}"] = getattr(result.policy, name)
    stored["trade_elasticity"] = result.parameters.trade_elasticity.drop_attrs()
    convergence = result.convergence
    stored.attrs |= {
        "format": _FORMAT,
        "world": result.before.name,
        "scenario": "" if result.scenario is None else result.scenario.to_toml(),
        "model": result.parameters.model,
        "closure": result.parameters.closure,
        "elasticity_name": result.parameters.elasticity_name,
        "tolerance": result.parameters.tolerance,
        "residual": convergence.residual,
        "iterations": convergence.iterations,
        "seconds": convergence.seconds,
        "method": convergence.method,
        "notes": json.dumps(result.notes),
        "policy_notes": json.dumps(result.policy.notes),
    }
    return write_dataset(stored, path)


def load_result(path: str | Path) -> Result:
    """Read a result written by ``Result.to_netcdf``.

    Raises:
        DataError: If the file is not such a result.
    """
    stored = read_dataset(path)
    said = stored.attrs
    if said.get("format") != _FORMAT:
        raise DataError(
            f"'{path}' is not a result of zollverein (no format '{_FORMAT}'). A result file is what "
            "'zollverein run' writes as result.nc."
        )
    kept = {key: value for key, value in said.items() if key not in _RESULT_ATTRS}
    before = World(
        said["world"], stored[list(WORLD_VARIABLES)].drop_attrs(deep=False).assign_attrs(kept)
    )
    new = {name: stored[f"{name}_new"].rename(name) for name in WORLD_VARIABLES}
    policy: dict[str, Any] = {name: stored[f"policy_{name}"].rename(name) for name in ARRAYS}
    return Result(
        before=before,
        scenario=_scenario(said["scenario"]),
        policy=Policy(**policy, notes=tuple(json.loads(said["policy_notes"]))),
        parameters=Parameters(
            said["model"],
            said["closure"],
            stored["trade_elasticity"],
            said["elasticity_name"],
            float(said["tolerance"]),
        ),
        convergence=Convergence(
            float(said["residual"]), int(said["iterations"]), float(said["seconds"]), said["method"]
        ),
        notes=tuple(json.loads(said["notes"])),
        counterfactual=World(f"{before.name} (counterfactual)", xr.Dataset(new, attrs=kept)),
    )


_RESULT_ATTRS = frozenset(
    [
        "format",
        "world",
        "scenario",
        "model",
        "closure",
        "elasticity_name",
        "tolerance",
        "residual",
        "iterations",
        "seconds",
        "method",
        "notes",
        "policy_notes",
    ]
)


def _scenario(text: str) -> Any:
    """The scenario of a stored result; None where a policy was simulated directly."""
    if not text:
        return None
    from zollverein.scenario import Scenario

    return Scenario.from_toml(text)
