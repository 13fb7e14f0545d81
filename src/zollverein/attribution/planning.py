"""Parts of a policy beside each other and in time: interactions, phasing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.attribution.dividing import Bar, Progress, subset_values
from zollverein.attribution.question import Question, pose_question, values
from zollverein.counts import FIRST_YEAR, LAST_YEAR, is_whole
from zollverein.errors import ScenarioError, ZollvereinError
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome
from zollverein.readings import the_only

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.world import World


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
    the_only(question.outcomes)
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


def check_years(years: Sequence[int]) -> None:
    """Refuse years that are none, or not in order.

    Raises:
        ScenarioError: Says which.
    """
    several = list(years)
    if not several or not all(is_whole(year) for year in several):
        raise ScenarioError(f"years {several!r}: write calendar years, such as range(2026, 2033).")
    if several != sorted(set(several)):
        raise ScenarioError(f"years {several}: write them in order, each once.")
    _check_range(several[0], several[-1])


def _check_range(*years: int) -> None:
    """Refuse years that no programme can start in.

    Raises:
        ScenarioError: Names the first.
    """
    wrong = [year for year in years if not FIRST_YEAR <= year <= LAST_YEAR]
    if wrong:
        raise ScenarioError(
            f"the year {wrong[0]} is not one from {FIRST_YEAR} to {LAST_YEAR}. Usual cause: it is not "
            "written in full."
        )


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

    check_years(years)
    question = pose_question(world, scenario, outcomes, **options)
    plan = schedule_of(question.portfolio.names, scenario, schedule or {})
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


def schedule_of(
    names: Sequence[str], scenario: Any, given: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int | None, int]]:
    """Start and span of every part.

    Raises:
        ScenarioError: If what is given is not of a part, or a span is below one year.
    """
    plan: dict[str, tuple[int | None, int]] = dict.fromkeys(names, (None, 1))
    for programme in getattr(scenario, "programmes", ()):
        start, span = getattr(programme, "start", None), getattr(programme, "phase_in", None)
        plan[programme.name] = (start, 1 if span is None else span)
    for name, when in given.items():
        if name not in names:
            raise ScenarioError(f"schedule: '{name}' is not a part{did_you_mean(name, names)}")
        plan[name] = _when(name, when)
    return plan


def _when(name: str, when: Any) -> tuple[int, int]:
    """Start and span of a part, as they were given.

    Raises:
        ScenarioError: If they are not a year in full and a number of years.
    """
    pair = tuple(when) if isinstance(when, Sequence) and not isinstance(when, str) else ()
    if len(pair) != 2 or not all(is_whole(number) for number in pair):
        raise ScenarioError(
            f"schedule: '{name}' has {when!r}; write the year in which it begins and the years of phasing "
            "in, such as (2026, 3)."
        )
    _check_range(pair[0])
    if pair[1] < 1:
        raise ScenarioError(f"schedule: '{name}' is phased in over {pair[1]} years; 1 is at once.")
    return pair


def _refuse_missing(question: Question, mask: int) -> None:
    """Raise what stands in the way of one set."""
    strength = np.array([float(mask >> k & 1) for k in range(question.size)])
    for value in values(question, [strength], workers=1):
        if isinstance(value, ZollvereinError):
            raise value
