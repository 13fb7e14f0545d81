"""A result as plain JSON: the effects, the blocs, the accounts, the certificate, the assumptions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.measures.booking import ENTRIES, MEMO, booking
from zollverein.measures.effects import TITLES
from zollverein.measures.roles import roles
from zollverein.names import country_name
from zollverein.report.words import headline_of
from zollverein.tables import NOTICEABLE, groups_of, trade_between
from zollverein.verification import verify

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.result import Result

#: Columns of the table of effects in an answer, in order.
COLUMNS = tuple(name for name in TITLES if name != "role")
#: Winners and losers that are named.
_RANKED = 12


def quick(result: Result) -> dict[str, Any]:
    """What changes while a hand moves: effects, ranking, blocs, notes and the solver's residual."""
    table = result.table()
    change = table["real_income_pct"]
    order = change.sort_values()
    return {
        "headline": headline_of(change),
        "economies": economies(result, table),
        "winners": _labels(order[order >= NOTICEABLE].index[::-1]),
        "losers": _labels(order[order <= -NOTICEABLE].index),
        "bloc_matrix": bloc_matrix(result),
        "notes": list(result.notes),
        "certificate": solved(result),
        "assumptions": assumptions(result),
    }


def whole(result: Result) -> dict[str, Any]:
    """The quick answer with the accounts, the certificate and the document that reproduces it."""
    scenario = result.scenario
    certificate = verify(result)
    conditions = [
        {"name": name, "residual": number(value), "says": certificate.descriptions[name]}
        for name, value in certificate.conditions.items()
    ]
    found = quick(result)
    found["certificate"] |= {
        "certified": number(certificate.residual),
        "holds": certificate.holds(),
        "conditions": conditions,
    }
    found["booking"] = accounts_of(result)
    found["scenario"] = None if scenario is None else scenario.to_dict()
    return found


def economies(result: Result, table: pd.DataFrame) -> list[dict[str, Any]]:
    """One row for each economy; ``size`` is its final spending before, in the world's currency."""
    labels = result.before.countries
    size = result.before.data["final_demand"].values.sum(axis=1).tolist()
    role = (
        dict.fromkeys(labels, "not stated")
        if result.scenario is None
        else roles(result.scenario, result.before).to_dict()
    )
    columns = [[number(value) for value in table[name].tolist()] for name in COLUMNS]
    return [
        {
            "code": label,
            "name": country_name(label),
            "role": role[label],
            **dict(zip(COLUMNS, row, strict=True)),
            "size": size[place],
        }
        for place, (label, row) in enumerate(zip(labels, zip(*columns, strict=True), strict=True))
    ]


def bloc_matrix(result: Result) -> dict[str, Any]:
    """Trade between the scenario's groups and the rest: before, after, change in percent."""
    groups = groups_of(result)
    old, new = (trade_between(world, groups).to_numpy() for world in (result.before, result.after))
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(old > 0, 100 * (new / old - 1), np.nan)
    return {
        "blocs": list(groups),
        "members": [list(members) for members in groups.values()],
        "before": rows(old),
        "after": rows(new),
        "change_pct": rows(change),
    }


def accounts_of(result: Result) -> dict[str, Any]:
    """Who gets what, in the world's currency, for the economies whose income moves noticeably."""
    table = booking(result.before, result.after, result.policy)
    entries = [*ENTRIES, "income", *MEMO]
    shape = len(result.before.countries), len(entries)
    old, new, change = (
        table[side].to_numpy().reshape(shape) for side in ("before", "after", "change")
    )
    size = np.maximum(np.abs(old[:, entries.index("income")]), np.finfo(float).tiny)
    touched = 100 * np.abs(change).max(axis=1) / size >= NOTICEABLE
    titles = {**ENTRIES, "income": "income", **MEMO}
    return {
        "columns": [
            {"key": key, "title": titles[key], "part_of_income": key in ENTRIES} for key in entries
        ],
        "rows": [
            {
                "code": result.before.countries[place],
                "before": vector(old[place]),
                "after": vector(new[place]),
                "change": vector(change[place]),
            }
            for place in np.flatnonzero(touched).tolist()
        ],
    }


def solved(result: Result) -> dict[str, Any]:
    """How well the equilibrium on screen holds, by the solver's own residual."""
    return {
        "residual": number(result.residual),
        "tolerance": result.parameters.tolerance,
        "holds": result.residual <= result.parameters.tolerance,
        "iterations": result.iterations,
        "milliseconds": 1e3 * result.seconds,
    }


def assumptions(result: Result) -> dict[str, Any]:
    """What the numbers rest on."""
    parameters = result.parameters
    return {
        "world": result.before.name,
        "model": parameters.model,
        "closure": parameters.closure,
        "horizon": parameters.horizon,
        "labour": parameters.labour,
        "capital": parameters.capital,
        "elasticity_name": parameters.elasticity_name,
        "adjustments": list(result.before.adjustments),
        "illustrative": illustrative(result),
    }


def illustrative(result: Result) -> bool:
    """Whether a programme says so of its sizes, or a note of a measure does."""
    if result.scenario is None:
        return False
    notes = (entry.measure.note.casefold() for entry in result.scenario.entries())
    programmes = any(programme.illustrative for programme in result.scenario.programmes)
    return programmes or any("illustrative" in note for note in notes)


def number(value: float) -> float | None:
    """A number, or null where there is none: JSON knows neither infinity nor NaN."""
    return float(value) if math.isfinite(value) else None


def vector(values: np.ndarray) -> list[float | None]:
    """Numbers of one row."""
    return [number(value) for value in values.tolist()]


def rows(values: np.ndarray) -> list[list[float | None]]:
    """Numbers of a matrix."""
    return [vector(row) for row in values]


def _labels(index: pd.Index) -> list[str]:
    return [str(label) for label in index[:_RANKED]]
