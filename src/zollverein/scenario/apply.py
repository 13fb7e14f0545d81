"""From a Scenario to a Policy in one world.

A new kind of measure registers one function with ``draft.apply``. Where measures meet on one
flow, barriers and productivity multiply, tariffs and export taxes compose in the order of the
file, and two that *set* the same rate are contradictory unless ``combine`` says which counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zollverein.errors import ScenarioError
from zollverein.policy import Policy
from zollverein.scenario import apply_industry, apply_trade, apply_union  # noqa: F401  register
from zollverein.scenario.draft import Draft, Where, apply
from zollverein.scenario.messages import gather
from zollverein.scenario.resolve import resolver

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.world import World


def make_policy(
    scenario: Scenario, world: World, strength: Mapping[str, float] | None = None
) -> Policy:
    """The policy of a scenario in a world; ``strength`` by part, where not what the file says.

    Raises:
        ScenarioError: Names every unknown name and every contradiction.
    """
    where = resolve(scenario, world)
    entries = scenario.entries()
    sizes = scenario.strengths(strength)
    notes = _without_a_start(scenario, strength or {}) if scenario.year is not None else []
    draft = Draft(
        world,
        scenario.combine,
        tuple(entry.measure for entry in entries),
        tuple(entry.place() for entry in entries),
        notes=notes,
    )
    for index, entry in enumerate(entries):
        apply(entry.measure, draft, index, where[index], sizes[entry.part])
    apply_union.refuse_beside_kemp_wan(draft)
    if draft.problems:
        raise ScenarioError(gather(draft.problems))
    return draft.policy()


def _without_a_start(scenario: Scenario, given: Mapping[str, float]) -> list[str]:
    """Remarks on programmes that would phase in by the year of the scenario but begin in none."""
    notes = [
        f"programme '{p.name}' is phased in over {p.phase_in} years but has no start: all of it counts."
        for p in scenario.programmes
        if p.phase_in > 1 and p.start is None and p.name not in given
    ]
    if notes or given or any(p.start is not None for p in scenario.programmes):
        return notes
    return [
        f"year = {scenario.year} changes nothing: only programmes with a start phase in, and there is none."
    ]


def resolve(scenario: Scenario, world: World) -> list[Where]:
    """For each measure, the positions behind each of its keys that hold names.

    Raises:
        ScenarioError: Names every name that is not of this world.
    """
    names = resolver(scenario, world)
    problems = names.problems
    found: list[Where] = []
    for entry in scenario.entries():
        where: Where = {}
        measure = entry.measure
        for key in measure.naming:
            if not hasattr(measure, key):
                continue
            axis = names.sectors if key == "sectors" else names.countries
            try:
                where[key] = axis.positions(getattr(measure, key))
            except ScenarioError as error:
                meaning = type(measure).model_fields[key].description
                problems.append(f"{entry.place(key)}: {error} ({key}: {meaning})")
        found.append(where)
    if problems:
        raise ScenarioError(gather(problems))
    return found
