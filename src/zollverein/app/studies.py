"""Attribution and uncertainty as plain JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zollverein.app.facts import plain
from zollverein.attribution import attribute
from zollverein.uncertainty import uncertainty

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.scenario import Scenario
    from zollverein.world import World

#: Says how far the work is.
Say = Callable[[int, int], None]


def attributed(world: World, scenario: Scenario, outcome: str, say: Say) -> dict[str, Any]:
    """What each part of a scenario contributes to an outcome, in percent, and in words."""
    found = attribute(world, scenario, outcome, workers=1, progress=say)
    return {
        "outcome": str(found.outcome),
        "table": _table(found.table()),
        "text": found.explain(),
    }


def bands(
    world: World, scenario: Scenario, outcomes: list[str] | None, *, draws: int, seed: int, say: Say
) -> dict[str, Any]:
    """Bands of outcomes in percent, what drives them, and in words for the first."""
    found = uncertainty(world, scenario, outcomes, draws=draws, seed=seed, workers=1, progress=say)
    return {
        "table": _table(found.table()),
        "drivers": _table(found.drivers().set_index("outcome")),
        "failed": len(found.failed),
        "text": found.explain(),
    }


def _table(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as rows; no number is null."""
    return [plain(row) for row in table.reset_index().to_dict(orient="records")]
