"""What a simulation assumes: model, closure, horizon, nests, factors; presets and their sources.

A keyword of ``simulate`` counts before the scenario, the scenario before the presets of the model
and of the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from zollverein.accounts import data_of
from zollverein.checks import told
from zollverein.elasticities import DEFAULT_SET, elasticity_sets, members_of
from zollverein.elasticities import trade_elasticity as elasticity_of
from zollverein.errors import ScenarioError
from zollverein.models.problem import CLOSURES
from zollverein.names import did_you_mean
from zollverein.parameters import Parameters
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.policy import Policy
    from zollverein.scenario import Scenario

#: A named set, one number, a table by sector, numbers in the order of the sectors, a labelled array
#: or series.
Elasticity = str | float | Mapping[str, float] | Sequence[float] | xr.DataArray | pd.Series

#: Largest relative residual allowed unless another is asked for.
DEFAULT_TOLERANCE = 1e-10

#: Short-run over long-run trade elasticity: 0.76 on impact, 2.0 in the long run (Boehm, Levchenko and
#: Pandalai-Nayar 2023, American Economic Review 113(4)).
SHORT_RUN_PART = 0.76 / 2.0
#: Substitution between value added and inputs, among inputs, among final goods (Baqaee and Farhi 2024,
#: Econometrica 92(2), after Atalay 2017, Herrendorf et al. 2013 and Oberfield and Raval 2021).
_BAQAEE_FARHI = {
    "value_added_elasticity": 0.5,
    "input_elasticity": 0.2,
    "final_elasticity": 0.9,
}
_COBB_DOUGLAS = dict.fromkeys(_BAQAEE_FARHI, 1.0)

#: Returns to scale of the model "krugman", unless given. Krugman (1980) himself has 1, which with
#: inputs from many sectors lets each concentration feed the next until no interior equilibrium is
#: left; half of it has one in the packaged world. Illustrative.
SCALE = 0.5

#: Model -> the choices it stands for.
MODELS: dict[str, dict[str, Any]] = {
    "caliendo_parro": _COBB_DOUGLAS,
    "armington": _COBB_DOUGLAS,
    "ces": _BAQAEE_FARHI,
    "krugman": {**_COBB_DOUGLAS, "scale": SCALE},
}
#: Horizon -> the choices it stands for.
HORIZONS: dict[str, dict[str, Any]] = {
    "short": {"model": "ces", "labour": "sector_specific", "capital": "fixed"},
    "medium": {"model": "caliendo_parro", "labour": "mobile", "capital": "fixed"},
    "long": {"model": "caliendo_parro", "labour": "mobile", "capital": "adjusting"},
}
#: Choices that are one of a few words.
WORDS: dict[str, tuple[str, ...]] = {
    "model": tuple(MODELS),
    "closure": CLOSURES,
    "horizon": tuple(HORIZONS),
    "labour": ("mobile", "sector_specific"),
    "capital": ("fixed", "adjusting"),
    "on_no_supplier": ("error", "shut_down"),
}
#: Numeric choices: default and largest value; none may be negative.
NUMBERS = {
    "value_added_elasticity": (1.0, 20.0),
    "input_elasticity": (1.0, 20.0),
    "final_elasticity": (1.0, 20.0),
    "capital_share": (1 / 3, 0.9),
}
#: Every choice that ``simulate`` and a scenario share.
CHOICES = (*WORDS, "trade_elasticity", *NUMBERS, "scale")


def choose_parameters(
    world: World,
    scenario: Scenario | Policy | None,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    **given: Any,
) -> Parameters:
    """Explicit keyword first, then the scenario's own choice, then the presets.

    Raises:
        ScenarioError: If a choice is unknown or out of range, or choices contradict each other.
        DataError: If the trade elasticities do not fit the world, or an array of the world was replaced.
        TypeError: If the world or the scenario is the name or path of one.
    """
    _check_types(world, scenario)
    strange = [key for key in given if key not in CHOICES]
    if strange:
        near = did_you_mean(strange[0], CHOICES)
        raise ScenarioError(f"'{strange[0]}' is not a choice of simulate{near}")
    if not (_is_number(tolerance) and 0 < tolerance < 1):
        raise ScenarioError(
            f"tolerance {tolerance!r} must lie between 0 and 1; 1e-10 is the default."
        )
    given = {key: value for key, value in given.items() if value is not None}
    chosen = _with_presets(chosen_by(scenario) | given)
    elasticity, name = _elasticity(world, chosen)
    more: dict[str, Any] = {key: chosen[key] for key in WORDS}
    more |= {key: _number(key, chosen.get(key, usual)) for key, (usual, _) in NUMBERS.items()}
    return Parameters(
        trade_elasticity=elasticity,
        elasticity_name=name,
        tolerance=tolerance,
        scale=_scale(world, chosen.get("scale")),
        **more,
    )


def _check_types(world: Any, scenario: Any) -> None:
    """A name or a path is not yet a world or a scenario: say how to get one."""
    data_of(world)
    check_scenario(scenario)


def check_scenario(given: Any, *, policy: bool = True, needed: bool = False) -> None:
    """Refuse what is neither a scenario nor, where these will do, None or a policy: it would not count.

    Raises:
        TypeError: Says what was given, and how to have a scenario.
    """
    bare = hasattr(given, "cost_hat")
    absent = given is None and not needed
    if not (absent or hasattr(given, "baseline") or (bare and policy)):
        path = isinstance(given, str | Path)
        fix = (
            "zv.read_scenario(path)"
            if path
            else "Scenario.from_dict(table), or Scenario() for no policy"
        )
        kind = "a Scenario or a Policy" if policy else "a Scenario"
        raise TypeError(f"the scenario is {told(given)}, not {kind}. Fix: {fix}.")


def chosen_by(scenario: Any) -> dict[str, Any]:
    """What a scenario chooses itself; a policy, or None, chooses nothing."""
    said = {key: getattr(scenario, key, None) for key in CHOICES}
    return {key: value for key, value in said.items() if value is not None}


def _with_presets(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, completed by what horizon and model stand for."""
    usual = {"horizon": "medium", "closure": CLOSURES[0], "on_no_supplier": "error"}
    words = {**usual, **said}
    _check_word("horizon", words["horizon"])
    words = {**HORIZONS[words["horizon"]], **words}
    _check_word("model", words["model"])
    words = {**MODELS[words["model"]], **words}
    for key in WORDS:
        _check_word(key, words[key])
    if words["labour"] == "sector_specific" and words["capital"] == "adjusting":
        raise ScenarioError(
            "labour = 'sector_specific' is a short-run choice and capital = 'adjusting' a long-run one; "
            "they cannot be combined. Fix: leave one of them, or horizon, out."
        )
    return words


def _check_word(key: str, value: Any) -> None:
    if value not in WORDS[key]:
        raise ScenarioError(f"{key} '{value}' is not known; choose one of {', '.join(WORDS[key])}.")


def _elasticity(world: World, chosen: Mapping[str, Any]) -> tuple[xr.DataArray, str]:
    """Trade elasticities; those of a published set are smaller in the short run."""
    wanted = chosen.get("trade_elasticity")
    if wanted is None:
        wanted = world.data.attrs.get("trade_elasticity", DEFAULT_SET)
    elasticity, name = elasticity_of(world.sectors, wanted, world.data.attrs)
    if chosen["horizon"] == "short" and isinstance(wanted, str) and wanted in elasticity_sets():
        return elasticity * SHORT_RUN_PART, f"{name}, times {SHORT_RUN_PART:g} in the short run"
    return elasticity, name


def _number(key: str, value: Any) -> float:
    largest = NUMBERS[key][1]
    if not (_is_number(value) and 0 <= value <= largest):
        raise ScenarioError(f"{key} is {value!r}; it must be a number from 0 to {largest:g}.")
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _scale(world: World, value: Any) -> xr.DataArray | None:
    """One number for every sector, or a table by sector (``all``, ``goods``, ``services`` too)."""
    if value is None or (_is_number(value) and value == 0):
        return None
    if isinstance(value, pd.Series):
        value = value.to_dict()
    if isinstance(value, xr.DataArray):
        value = dict(zip(value.indexes["sector"].tolist(), value.values.tolist(), strict=True))
    table = value if isinstance(value, Mapping) else {"all": value}
    sizes = dict.fromkeys(world.sectors, 0.0)
    for key in sorted(table, key=lambda name: (name != "all", name in world.sectors)):
        size = table[key]
        if not (_is_number(size) and 0 <= size <= 1):
            raise ScenarioError(
                f"scale of '{key}' is {size!r}; it must be a number from 0 (constant returns) to 1 (Krugman)."
            )
        members = (
            (key,)
            if key in world.sectors
            else members_of(key, world.sectors, "scale", world.data.attrs)
        )
        sizes |= dict.fromkeys(members, float(size))
    return xr.DataArray(
        np.array(list(sizes.values())), {"sector": list(world.sectors)}, ("sector",), name="scale"
    )


def assumed(parameters: Parameters) -> str:
    """What numbers rest on, in one line: every number shown says its horizon."""
    return (
        f"model {parameters.model}, {parameters.horizon} run, closure {parameters.closure}, "
        f"elasticities {parameters.elasticity_name}"
    )


def as_keywords(parameters: Parameters) -> dict[str, Any]:
    """The arguments of ``simulate`` that give these parameters again."""
    words = {key: getattr(parameters, key) for key in (*WORDS, *NUMBERS, "scale")}
    return words | {
        "trade_elasticity": parameters.trade_elasticity,
        "tolerance": parameters.tolerance,
    }
