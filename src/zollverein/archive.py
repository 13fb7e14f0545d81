"""Results on disk: one netCDF file that anybody can open, and that ``verify`` can check."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xarray as xr

from zollverein.choices import NUMBERS, WORDS
from zollverein.errors import DataError
from zollverein.files import read_dataset, write_dataset
from zollverein.parameters import Convergence, Parameters
from zollverein.policy import ARRAYS, OPTIONAL_ARRAYS, Policy
from zollverein.result import Result
from zollverein.rules import KempWan, Mobility, Pool, PriceCap
from zollverein.variables import OPTIONAL_VARIABLES, WORLD_VARIABLES
from zollverein.version import __version__
from zollverein.world import World

_FORMAT = "zollverein-result-2"
#: Field of a Policy -> the class of its rules.
_RULES: dict[str, Any] = {"pools": Pool, "caps": PriceCap, "mobility": Mobility, "unions": KempWan}


def write_result(result: Result, path: str | Path) -> Path:
    """Write a result; variables of the counterfactual carry the suffix ``_new``.

    Attributes of the world that have the name of one of the result's carry the prefix ``world_``.
    """
    stored = result.before.data.copy()
    own = {f"world_{name}": stored.attrs[name] for name in _RESULT_ATTRS if name in stored.attrs}
    for name in (*WORLD_VARIABLES, *OPTIONAL_VARIABLES):
        if name in result.after.data:
            stored[f"{name}_new"] = result.after.data[name]
    for name in (*ARRAYS, *OPTIONAL_ARRAYS):
        array = getattr(result.policy, name)
        if array is not None:
            stored[f"policy_{name}"] = array
    used, convergence = result.parameters, result.convergence
    stored["trade_elasticity"] = used.trade_elasticity.drop_attrs()
    if used.scale is not None:
        stored["scale"] = used.scale.drop_attrs()
    choices = {name: getattr(used, name) for name in (*WORDS, *NUMBERS)}
    stored.attrs |= (
        own
        | choices
        | {
            "format": _FORMAT,
            "written_by": f"zollverein {__version__}",
            "world": result.before.name,
            "scenario": "" if result.scenario is None else result.scenario.to_toml(),
            "elasticity_name": used.elasticity_name,
            "tolerance": used.tolerance,
            "residual": convergence.residual,
            "iterations": convergence.iterations,
            "seconds": convergence.seconds,
            "method": convergence.method,
            "notes": json.dumps(result.notes),
            "policy_notes": json.dumps(result.policy.notes),
            **{
                f"policy_{name}": json.dumps(
                    [asdict(rule) for rule in getattr(result.policy, name)]
                )
                for name in _RULES
            },
        }
    )
    return write_dataset(stored, path)


def load_result(path: str | Path) -> Result:
    """Read a result written by ``Result.to_netcdf``.

    Raises:
        DataError: If the file is not such a result, or a part of it is missing or damaged.
    """
    stored = read_dataset(path)
    said = stored.attrs
    if said.get("format") != _FORMAT:
        raise DataError(
            f"'{path}' is not a result of zollverein (no format '{_FORMAT}'). A result file is what "
            "'zollverein run' writes as result.nc."
        )
    try:
        return _result(stored)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"'{path}' is a damaged result ({type(error).__name__}: {error}). Usual cause: it was changed by "
            "another program. Fix: write it again."
        ) from error


def _result(stored: xr.Dataset) -> Result:
    """The result that a file holds."""
    said = stored.attrs
    own = {name: f"world_{name}" for name in _RESULT_ATTRS if f"world_{name}" in said}
    kept = {k: v for k, v in said.items() if k not in _RESULT_ATTRS and k not in own.values()}
    kept |= {name: said[written] for name, written in own.items()}
    names = [name for name in (*WORLD_VARIABLES, *OPTIONAL_VARIABLES) if name in stored]
    before = World(said["world"], stored[names].drop_attrs(deep=False).assign_attrs(kept))
    new = {
        name: stored[f"{name}_new"].rename(name)
        for name in (*WORLD_VARIABLES, *OPTIONAL_VARIABLES)
        if f"{name}_new" in stored
    }
    return Result(
        before=before,
        scenario=_scenario(said["scenario"]),
        policy=_policy(stored),
        parameters=_parameters(stored),
        convergence=Convergence(
            float(said["residual"]), int(said["iterations"]), float(said["seconds"]), said["method"]
        ),
        notes=tuple(json.loads(said["notes"])),
        counterfactual=World(f"{before.name} (counterfactual)", xr.Dataset(new, attrs=kept)),
    )


#: Attributes of a file that are the result's and not the world's.
_RESULT_ATTRS = frozenset(
    [
        *WORDS,
        *NUMBERS,
        *(f"policy_{name}" for name in _RULES),
        "format",
        "written_by",
        "world",
        "scenario",
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


def _policy(stored: xr.Dataset) -> Policy:
    """The policy of a stored result."""
    said = stored.attrs
    arrays: dict[str, Any] = {
        name: stored[f"policy_{name}"].rename(name)
        for name in (*ARRAYS, *OPTIONAL_ARRAYS)
        if f"policy_{name}" in stored
    }
    for name, rule in _RULES.items():
        entries = json.loads(said[f"policy_{name}"])
        arrays[name] = tuple(
            rule(**{k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()})
            for entry in entries
        )
    return Policy(**arrays, notes=tuple(json.loads(said["policy_notes"])))


def _parameters(stored: xr.Dataset) -> Parameters:
    """The choices of a stored result."""
    said = stored.attrs
    words: dict[str, Any] = {name: said[name] for name in WORDS}
    words |= {name: float(said[name]) for name in NUMBERS}
    return Parameters(
        trade_elasticity=stored["trade_elasticity"],
        elasticity_name=said["elasticity_name"],
        tolerance=float(said["tolerance"]),
        scale=stored.get("scale"),
        **words,
    )


def _scenario(text: str) -> Any:
    """The scenario of a stored result; None where a policy was simulated directly."""
    if not text:
        return None
    from zollverein.scenario import Scenario

    return Scenario.from_toml(text)
