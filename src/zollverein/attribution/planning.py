"""Parts of a policy in time and against cost: interactions, sequences under a budget, phasing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.attribution.attribute import Bar, Progress, subset_values
from zollverein.attribution.portfolio import Array
from zollverein.attribution.question import Question, pose_question, values
from zollverein.errors import ScenarioError, ZollvereinError
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.world import World

#: Up to this many parts the best sequence is found among all.
_ALL_SEQUENCES = 10


def interactions(
    world: World,
    scenario: Any,
    outcome: str | Outcome,
    *,
    among: str = "none",
    workers: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> pd.DataFrame:
    """What two parts do together beyond what each does, in percentage points.

    ``v(S+j+k) - v(S+j) - v(S+k) + v(S)``: positive where they support each other.

    Args:
        world: The baseline.
        scenario: As for ``attribute``.
        outcome: Such as ``"real_income BLR"``.
        among: The other parts: ``"none"`` of them in force, or ``"all"``.
        workers: As for ``attribute``.
        progress: As for ``attribute``.
        **options: As for ``simulate``.

    Returns:
        Parts by parts, symmetric; on the diagonal the effect of the part itself (alone, or as last).

    Raises:
        ScenarioError: If a name is not known.
        ZollvereinError: If an equilibrium that is needed does not exist.
    """
    import pandas as pd

    if among not in ("none", "all"):
        raise ScenarioError(f"among '{among}' is not known. Choices: none, all.")
    question = pose_question(world, scenario, outcome, **options)
    full = 2**question.size - 1
    flip = full if among == "all" else 0
    bits = [1 << k for k in range(question.size)]
    masks = sorted({flip ^ (a | b) for a in bits for b in bits} | {flip})
    found = subset_values(question, masks, workers, Bar(progress))
    missing = [mask for mask in masks if mask not in found]
    if missing:
        _refuse_missing(question, missing[0])
    sign = -1.0 if among == "all" else 1.0
    table = np.array(
        [
            [
                sign * (found[flip ^ a] - found[flip])
                if a == b
                else found[flip ^ (a | b)] - found[flip ^ a] - found[flip ^ b] + found[flip]
                for b in bits
            ]
            for a in bits
        ]
    )
    names = pd.Index(question.portfolio.names, name="part")
    return pd.DataFrame(100 * table, index=names, columns=list(names))


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
        One row for each step: ``part``, ``cost``, ``spent`` (in all), ``outcome_pct`` (change from
        the baseline after it) and ``gain_pct``; sets without an equilibrium are avoided.

    Raises:
        ScenarioError: If a cost is missing or not positive, or a name is not known.
    """
    if method not in ("auto", "exact", "greedy"):
        raise ScenarioError(f"method '{method}' is not known. Choices: auto, exact, greedy.")
    question = pose_question(world, scenario, outcome, **options)
    costs = _costs(question, cost)
    limit = float(costs.sum()) if budget is None else float(budget)
    exact = method == "exact" or (method == "auto" and question.size <= _ALL_SEQUENCES)
    search = _exact if exact else _greedy
    order, found = search(question, costs, limit, workers, Bar(progress))
    return _steps(question, order, costs, found)


def phase_in(
    world: World,
    scenario: Any,
    outcomes: str | Outcome | Sequence[str | Outcome],
    years: Sequence[int],
    *,
    schedule: Mapping[str, tuple[int, int]] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Outcomes year by year while parts are phased in; each year is an equilibrium of its own.

    In a year a part is at strength ``min(1, max(0, (year - start + 1) / phase_in))``.

    Args:
        world: The baseline.
        scenario: As for ``attribute``.
        outcomes: One outcome or several.
        years: Calendar years.
        schedule: Part -> (start, years of phasing in), before what its programme says; a part that neither
            names is in force throughout.
        workers: As for ``attribute``.
        progress: As for ``attribute``.
        **options: As for ``simulate``.

    Returns:
        Change from the baseline in percent, years by outcomes.

    Raises:
        ScenarioError: If the schedule names no part of the scenario, or a span is not positive.
        ZollvereinError: If a year has no equilibrium.
    """
    import pandas as pd

    question = pose_question(world, scenario, outcomes, **options)
    plan = _schedule(question, scenario, schedule or {})
    path = [
        np.array([strength_in(year, *plan[name]) for name in question.portfolio.names])
        for year in years
    ]
    bar = Bar(progress)
    bar.plan(len(path))
    rows = []
    for value in values(question, path, workers=workers, done=bar.step):
        if isinstance(value, ZollvereinError):
            raise value
        rows.append(100 * (value - 1))
    columns = [str(outcome) for outcome in question.outcomes]
    return pd.DataFrame(rows, index=pd.Index(list(years), name="year"), columns=columns)


def strength_in(year: int, start: int | None, span: int) -> float:
    """Strength of a part in a year; one without a start is in force throughout."""
    return 1.0 if start is None else min(1.0, max(0.0, (year - start + 1) / span))


def _schedule(
    question: Question, scenario: Any, given: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int | None, int]]:
    """Start and span of every part."""
    names = question.portfolio.names
    plan: dict[str, tuple[int | None, int]] = dict.fromkeys(names, (None, 1))
    for programme in getattr(scenario, "programmes", ()):
        start, span = getattr(programme, "start", None), getattr(programme, "phase_in", None)
        plan[programme.name] = (start, 1 if span is None else span)
    for name, (start, span) in given.items():
        if name not in names:
            raise ScenarioError(f"schedule: '{name}' is not a part{did_you_mean(name, names)}")
        if span < 1:
            raise ScenarioError(f"schedule: '{name}' is phased in over {span} years; 1 is at once.")
        plan[name] = (start, span)
    return plan


def _costs(question: Question, cost: Mapping[str, float]) -> Array:
    names = question.portfolio.names
    strange = [name for name in cost if name not in names]
    if strange:
        near = did_you_mean(strange[0], names)
        raise ScenarioError(f"cost: '{strange[0]}' is not a part{near} Parts: {', '.join(names)}.")
    missing = [name for name in names if name not in cost]
    if missing:
        raise ScenarioError(
            f"cost: none is given for {', '.join(missing)}. Fix: one for each part."
        )
    sizes = np.array([float(cost[name]) for name in names])
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        bad = names[int(np.argmin(np.where(np.isfinite(sizes), sizes, -1.0)))]
        raise ScenarioError(f"cost: that of '{bad}' must be a positive number.")
    return sizes


def _refuse_missing(question: Question, mask: int) -> None:
    """Raise what stands in the way of one set."""
    strength = np.array([float(mask >> k & 1) for k in range(question.size)])
    for value in values(question, [strength], workers=1):
        if isinstance(value, ZollvereinError):
            raise value


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
