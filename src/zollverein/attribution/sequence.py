"""In which order to adopt the parts of a policy where each costs something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.attribution.dividing import Bar, Progress, subset_values
from zollverein.attribution.portfolio import Array
from zollverein.attribution.question import Question, pose_question
from zollverein.errors import ScenarioError
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome
from zollverein.readings import the_only

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.world import World

#: Up to this many parts the best sequence is found among all.
_ALL_SEQUENCES = 10
#: Up to this many it may be asked for: all sets of parts are solved.
_MOST_EXACT = 16


def best_sequence(
    world: World,
    scenario: Any,
    outcome: str | Outcome,
    cost: Mapping[str, float],
    *,
    budget: float | None = None,
    method: str = "auto",
    workers: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> pd.DataFrame:
    """In which order to adopt the parts where each costs something and spending takes time.

    ``"exact"`` finds the set within the budget with the highest outcome, and for it the order with the
    highest mean outcome while the money is spent, evenly and part after part: a dynamic programme over
    subsets. ``"greedy"`` always takes the affordable part with the largest gain per unit of cost and
    ends where no part gains.

    Args:
        world: The baseline.
        scenario: As for ``attribute``.
        outcome: What is to be as high as possible.
        cost: Of each part, above zero, in any unit.
        budget: In the same unit; the sum of all costs if omitted.
        method: ``"exact"``, ``"greedy"``, or ``"auto"``: exact up to 10 parts.
        workers: As for ``attribute``.
        progress: As for ``attribute``.
        **options: As for ``simulate``.

    Returns:
        One row for each step, with ``part``, ``cost``, ``spent`` (in all), ``outcome_pct`` (change from
        the baseline after it) and ``gain_pct``; sets without an equilibrium are avoided.

    Raises:
        ScenarioError: If a cost is missing or not positive, the budget is none, a name is not known, or
            there are more than 16 parts for ``"exact"``.
    """
    if method not in ("auto", "exact", "greedy"):
        raise ScenarioError(f"method '{method}' is not known. Choices: auto, exact, greedy.")
    question = pose_question(world, scenario, outcome, **options)
    the_only(question.outcomes)
    costs = costs_of(question.portfolio.names, cost)
    limit = _checked(float(costs.sum()) if budget is None else _number(budget))
    if method == "exact" and question.size > _MOST_EXACT:
        raise ScenarioError(
            f"method 'exact' would solve 2^{question.size} sets of parts; at most {_MOST_EXACT} parts can be "
            "taken so. Fix: method = 'greedy', or join parts in programmes."
        )
    exact = method == "exact" or (method == "auto" and question.size <= _ALL_SEQUENCES)
    search = _exact if exact else _greedy
    order, found = search(question, costs, limit, workers, Bar(progress))
    return _steps(question, order, costs, found)


def costs_of(names: Sequence[str], cost: Mapping[str, float]) -> Array:
    """``[part]`` costs.

    Raises:
        ScenarioError: If one is missing or not positive, or is that of no part.
    """
    strange = [name for name in cost if name not in names]
    if strange:
        near = did_you_mean(strange[0], names)
        raise ScenarioError(f"cost: '{strange[0]}' is not a part{near} Parts: {', '.join(names)}.")
    missing = [name for name in names if name not in cost]
    if missing:
        raise ScenarioError(
            f"cost: none is given for {', '.join(missing)}. Fix: one for each part."
        )
    sizes = np.array([_number(cost[name]) for name in names])
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        bad = names[int(np.argmin(np.where(np.isfinite(sizes), sizes, -1.0)))]
        raise ScenarioError(f"cost: that of '{bad}' must be a positive number.")
    return sizes


def _number(given: Any) -> float:
    """What is given as a number; not a number where it is none."""
    try:
        return float(given)
    except (TypeError, ValueError):
        return float("nan")


def _checked(budget: float) -> float:
    """A budget, which may be more than all costs.

    Raises:
        ScenarioError: If it is negative or not a number.
    """
    if not budget >= 0:
        raise ScenarioError(
            f"budget is {budget:g}; it must be at least 0, in the unit of the costs."
        )
    return budget


def _exact(
    question: Question, costs: Array, limit: float, workers: int | None, bar: Bar
) -> tuple[list[int], dict[int, float]]:
    """The best affordable set, and the best path to it over subsets."""
    sizes = {
        mask: sum(float(c) for k, c in enumerate(costs) if mask >> k & 1)
        for mask in range(2**question.size)
    }
    affordable = [mask for mask, size in sizes.items() if size <= limit * (1 + 1e-12)]
    found = subset_values(question, affordable, workers, bar)
    area, last = {0: 0.0}, {0: -1}
    for mask in affordable[1:]:
        ways = [
            (area[mask ^ 1 << k] + found[mask ^ 1 << k] * float(costs[k]), k)
            for k in range(question.size)
            if mask >> k & 1 and mask in found and mask ^ 1 << k in area
        ]
        if ways:
            area[mask], last[mask] = max(ways)
    best = max(area, key=lambda mask: found[mask])
    order: list[int] = []
    while best:
        order.append(last[best])
        best ^= 1 << last[best]
    return order[::-1], found


def _greedy(
    question: Question, costs: Array, limit: float, workers: int | None, bar: Bar
) -> tuple[list[int], dict[int, float]]:
    """Always the affordable part that gains most for its cost."""
    found = subset_values(question, [0], workers, bar)
    order: list[int] = []
    mask, spent = 0, 0.0
    while True:
        left = [k for k in range(question.size) if not mask >> k & 1]
        left = [k for k in left if spent + costs[k] <= limit * (1 + 1e-12)]
        found |= subset_values(question, [mask | 1 << k for k in left], workers, bar)
        gains = {
            k: (found[mask | 1 << k] - found[mask]) / costs[k]
            for k in left
            if mask | 1 << k in found
        }
        best = max(gains, key=lambda k: gains[k], default=None)
        if best is None or gains[best] <= 0:
            return order, found
        order.append(best)
        mask, spent = mask | 1 << best, spent + float(costs[best])


def _steps(
    question: Question, order: list[int], costs: Array, found: Mapping[int, float]
) -> pd.DataFrame:
    import pandas as pd

    rows, mask, spent = [], 0, 0.0
    for k in order:
        before, mask = found[mask], mask | 1 << k
        spent += float(costs[k])
        rows.append(
            (
                question.portfolio.names[k],
                float(costs[k]),
                spent,
                100 * (found[mask] - 1),
                100 * (found[mask] - before),
            )
        )
    columns = ["part", "cost", "spent", "outcome_pct", "gain_pct"]
    return pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1, name="step"))
