"""Attribution and uncertainty as plain JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import zollverein
from zollverein.errors import MissingExtra

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.scenario import Scenario
    from zollverein.world import World

#: Says how far the work is.
Say = Callable[[int, int], None]


def attributed(world: World, scenario: Scenario, outcome: str, say: Say) -> dict[str, Any]:
    """What each part of a scenario contributes to an outcome, in percent, and in words."""
    found = _function("attribute")(world, scenario, outcome, workers=1, progress=say)
    return {
        "outcome": str(found.outcome),
        "table": _table(found.table()),
        "text": found.explain(),
    }


def bands(
    world: World, scenario: Scenario, outcomes: list[str] | None, *, draws: int, seed: int, say: Say
) -> dict[str, Any]:
    """Bands of outcomes in percent, what drives them, and in words for the first."""
    ask = _function("uncertainty")
    found = ask(world, scenario, outcomes, draws=draws, seed=seed, workers=1, progress=say)
    return {
        "table": _table(found.table()),
        "drivers": _table(found.drivers().set_index("outcome")),
        "failed": len(found.failed),
        "text": found.explain(),
    }


def _function(name: str) -> Callable[..., Any]:
    """A public function of the package.

    Raises:
        MissingExtra: If this version has it not.
    """
    found: Callable[..., Any] | None = getattr(zollverein, name, None)
    if found is None:
        raise MissingExtra(f"This version of Zollverein has no function '{name}'.")
    return found


def _table(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as rows; no number is null."""
    from zollverein.app.facts import plain

    return [plain(row) for row in table.reset_index().to_dict(orient="records")]
