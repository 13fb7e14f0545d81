"""Strengths of parts written into the document, so that a file alone reproduces what is shown.

A programme that starts in year ``y`` and phases in over 100 years applies to ``k`` % in year
``y + k - 1``. So every strength in whole percent can be written in the language's own keys. Near the
ends of the years that the language knows all dates move together, as only their distances count.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from zollverein.counts import FIRST_YEAR, LAST_YEAR
from zollverein.errors import ScenarioError
from zollverein.scenario import Scenario
from zollverein.scenario.measures import written

#: Steps of a strength, and the earliest year that a document gets which names none.
_STEPS, _YEAR = 100, 2000


def with_strengths(scenario: Scenario, strength: Mapping[str, float]) -> Scenario:
    """The scenario in which each part applies to the given extent.

    Strengths become phase-ins of programmes. A measure outside of any is left out at 0; at another
    strength below 1 all measures outside become programmes of their own names, in their order.

    Args:
        scenario: As written.
        strength: From 0 to 1 by part, in steps of 0.01; what is not named keeps what the document says.

    Raises:
        ScenarioError: If a name is not that of a part, a number is not such a step, or parts of one
            name cannot be told apart.
    """
    scenario.strengths(strength)  # names and ranges, with the messages of the language
    asked = {name: float(size) for name, size in strength.items()}
    for name, size in asked.items():
        if round(size * _STEPS) / _STEPS != size:
            raise ScenarioError(
                f"strength of '{name}' is {size:g}; it must be a whole number of percent, such as 0.25."
            )
    if not asked:
        return scenario
    document = scenario.to_dict()
    programmes = document.get("programmes", [])
    entries = [entry for entry in scenario.entries() if entry.programme is None]
    parts = [entry.part for entry in entries]
    _refuse_shared(parts, programmes, asked)
    if all(asked.get(part, 1.0) in {0.0, 1.0} for part in parts):
        kept = [written(e.measure) for e in entries if asked.get(e.part, 1.0) == 1.0]
    else:
        kept, programmes = [], [*_as_programmes(entries), *programmes]
    ends = [p["start"] + p.get("phase_in", 1) for p in programmes if "start" in p]
    dated = max([_YEAR, *ends]) if scenario.year is None else scenario.year
    year = _within(dated, FIRST_YEAR + _STEPS - 1, LAST_YEAR - 1)
    sized = [
        _sized(p, asked[p["name"]], year) if p["name"] in asked else _moved(p, year - dated)
        for p in programmes
    ]
    return Scenario.from_dict(
        {**document, "measures": kept, "programmes": sized, **({"year": year} if sized else {})}
    )


def _refuse_shared(parts: list[str], programmes: list[Any], asked: Mapping[str, float]) -> None:
    """Refuse a strength for measures of one name that are not one block of the document."""
    blocks = [name for name, _ in groupby(parts)]
    called = [programme["name"] for programme in programmes]
    for name, size in asked.items():
        if size != 1 and (blocks.count(name) > 1 or (name in blocks and name in called)):
            raise ScenarioError(
                f"strength: measures called '{name}' stand apart in the scenario, so that they are not one "
                "part that can be phased in. Fix: give them different names, or one programme."
            )


def _as_programmes(entries: list[Any]) -> list[dict[str, Any]]:
    """Measures outside of programmes as programmes, neighbours of one name together."""
    found: list[dict[str, Any]] = []
    for name, group in groupby(entries, key=lambda entry: entry.part):
        measures = [written(entry.measure) for entry in group]
        found.append({"name": name, "measures": measures})
    names = [programme["name"] for programme in found]
    for place, programme in enumerate(found):
        if names.index(programme["name"]) < place:
            programme["name"] += f" ({place + 1})"
    return found


def _within(year: int, first: int, last: int) -> int:
    """The nearest of the years from the first to the last."""
    return min(max(year, first), last)


def _moved(programme: Mapping[str, Any], years: int) -> Mapping[str, Any]:
    """The programme with its start moved; what has begun in full, or not at all, stays so at the ends."""
    if not years or "start" not in programme:
        return programme
    return {**programme, "start": _within(programme["start"] + years, FIRST_YEAR, LAST_YEAR)}


def _sized(programme: Mapping[str, Any], size: float, year: int) -> dict[str, Any]:
    """The programme with the phase-in that gives it a strength in a year."""
    plain = {key: value for key, value in programme.items() if key not in {"start", "phase_in"}}
    count = round(size * _STEPS)
    if count == _STEPS:
        return plain
    if count == 0:
        return {**plain, "start": year + 1}
    return {**plain, "start": year - count + 1, "phase_in": _STEPS}
