"""Outcomes of questions that name none."""

from __future__ import annotations

from typing import Any

from zollverein import accounts
from zollverein.outcomes import Outcome, in_quotes
from zollverein.result import Result
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
    most = str(result.table()["real_income_pct"].abs().idxmax())
    return f"real_income {in_quotes(most)}"


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
