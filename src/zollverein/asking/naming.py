"""Names in questions: outcomes of countries, blocs and groups, in one world."""

from __future__ import annotations

from typing import Any

import numpy as np

from zollverein import accounts
from zollverein.errors import ScenarioError
from zollverein.outcomes import Outcome, parse_outcome
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.messages import gather
from zollverein.scenario.resolve import resolver
from zollverein.simulation import simulate
from zollverein.world import World

#: Column of the table of effects -> the kind of outcome that it is.
COLUMNS = {
    "real_income_pct": "real_income",
    "real_wage_pct": "real_wage",
    "exports_pct": "exports",
    "imports_pct": "imports",
    "price_index_pct": "price_index",
    "income_pct": "income",
}


def most_affected(world: World, scenario: Any) -> str:
    """``"real_income X"`` of the economy whose real income the scenario moves most.

    Args:
        world: The baseline.
        scenario: A scenario, a policy, or the result of one.
    """
    result = scenario if isinstance(scenario, Result) else simulate(world, scenario)
    return f"real_income {result.table()['real_income_pct'].abs().idxmax()}"


def table_outcomes(world: World) -> list[Outcome]:
    """Every number of the table of effects that is an outcome: six columns, economy by economy.

    Exports of an economy that has none in the baseline are left out, and imports likewise.
    """
    sizes = {
        "exports": accounts.exports(world).to_series(),
        "imports": accounts.imports(world).to_series(),
    }
    return [
        Outcome(kind, (country,))
        for kind in COLUMNS.values()
        for country in world.countries
        if kind not in sizes or float(sizes[kind][country]) > 0
    ]


def resolve_outcome(scenario: Scenario, world: World, text: str) -> Outcome:
    """An outcome with labels in place of the names of countries, blocs, groups and sectors.

    Raises:
        ScenarioError: If it is not an outcome, or a name is not of this world.
    """
    given, names = parse_outcome(text), resolver(scenario, world)
    countries = names.countries.positions(given.countries)
    sectors = names.sectors.positions(given.sectors) if given.sectors else ()
    labels = np.array(world.countries)[list(countries)], np.array(world.sectors)[list(sectors)]
    return Outcome(given.kind, *(tuple(map(str, found)) for found in labels))


def resolve_outcomes(
    scenario: Scenario, world: World, texts: str | tuple[str, ...]
) -> tuple[Outcome, ...]:
    """Several outcomes; one message for all mistakes.

    Raises:
        ScenarioError: If one is not an outcome, or a name is not of this world.
    """
    found, wrong = [], []
    for text in (texts,) if isinstance(texts, str) else texts:
        try:
            found.append(resolve_outcome(scenario, world, text))
        except ScenarioError as error:
            wrong.append(str(error))
    if wrong:
        raise ScenarioError(gather(wrong))
    return tuple(found)
