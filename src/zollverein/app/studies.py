"""Attribution, uncertainty, coalitions and best duties as plain JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zollverein.app.answers import number
from zollverein.app.facts import plain
from zollverein.attribution import attribute
from zollverein.best_policy import optimal_tariff
from zollverein.coalitions import coalition
from zollverein.uncertainty import uncertainty

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.scenario import Scenario
    from zollverein.world import World

#: Says how far the work is.
Say = Callable[[int, int], None]


def attributed(
    world: World, scenario: Scenario, outcome: str, drawn: dict[str, Any], say: Say
) -> dict[str, Any]:
    """What each part of a scenario contributes to an outcome, in percent and in words; with draws, bands.

    ``drawn`` says how: ``draws``, ``seed``, ``elasticity_spread``.
    """
    found = attribute(world, scenario, outcome, workers=1, progress=say, **drawn)
    return {
        "outcome": str(found.outcome),
        "failed": len(found.failed),
        "table": _table(found.table()),
        "text": found.explain(),
    }


def bands(
    world: World, scenario: Scenario, outcomes: list[str] | None, drawn: dict[str, Any], say: Say
) -> dict[str, Any]:
    """Bands of outcomes in percent, what drives them, and in words for the first; ``drawn`` as above."""
    found = uncertainty(world, scenario, outcomes, workers=1, progress=say, **drawn)
    return {
        "table": _table(found.table()),
        "drivers": _table(found.drivers().set_index("outcome")),
        "failed": len(found.failed),
        "text": found.explain(),
    }


def valued(
    world: World, scenario: Scenario, target: str, members: list[str], say: Say
) -> dict[str, Any]:
    """What each member adds to the target's loss by an embargo and pays itself, in percent."""
    found = coalition(world, members, target, scenario=scenario, workers=1, progress=say)
    failed = [
        f"No equilibrium: {', '.join(who) or 'nobody'}: {why}"
        for who, why in found.failures.items()
    ]
    columns = ["first_pct", "last_pct", "shapley_pct", "cost_pct", "alone_pct", "transfer"]
    return {
        "target": target,
        "loss_pct": number(found.loss_pct),
        "notes": [*found.notes, *failed],
        "members": _table(found.members[columns]),
        "others": _table(found.others.rename("real_income_pct").to_frame()),
    }


def best(world: World, scenario: Scenario, country: str, by: str) -> dict[str, Any]:
    """Duties that are best for an economy beside those in force, and what they do to everybody."""
    found = optimal_tariff(world, country, by=by, scenario=scenario)
    rates = 100 * found.rates[["before", "best"]]
    effects = found.table().rename("real_income_pct").to_frame()
    return {
        "country": country,
        "gain_pct": number(found.gain_pct),
        "is_maximum": bool(found.is_maximum),
        "notes": list(found.notes),
        "rates": _table(rates.rename(columns={"before": "before_pct", "best": "best_pct"})),
        "effects": _table(effects),
    }


def _table(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as rows; no number is null."""
    return [plain(row) for row in table.reset_index().to_dict(orient="records")]
