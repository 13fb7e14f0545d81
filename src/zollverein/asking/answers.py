"""``answer``: what a scenario's questions ask, each put to the function of its kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.asking.prepare import How, prepare
from zollverein.errors import ScenarioError, ZollvereinError
from zollverein.scenario.messages import gather, place

if TYPE_CHECKING:
    from zollverein.scenario import Scenario
    from zollverein.world import World


def answer(
    world: World,
    scenario: Scenario,
    *,
    progress: Callable[[int, int, float], None] | None = None,
    workers: int | None = None,
) -> tuple[Any, ...]:
    """Answer the questions of a scenario.

    An outcome that a question leaves out is real income of the economy that the scenario moves most;
    ``uncertainty`` then covers the table of effects (real income and wage, exports, imports, prices and
    income of every economy), and keeps the tables that the report shows.

    Args:
        world: The baseline.
        scenario: With its ``questions``. Coalitions and duties are judged given its measures.
        progress: Called with the position of a question, and as the function of its kind calls it.
        workers: Processes; the number of processors if omitted, 1 for this process alone.

    Returns:
        An answer for each question, in order, as ``Attribution``, ``Uncertainty``, ``Ensemble``,
        ``Coalition``, ``BestTariff``, ``Nash``, ``KempWanUnion``, ``Comparison``; or, for what is a table
        (``interactions``, ``phase_in``, ``best_sequence``, ``frontier``), a ``zollverein.asking.Plan``.

    Raises:
        ScenarioError: Names every question that cannot be understood in this world.
        ZollvereinError: If one cannot be answered; names the question.
    """
    check_questions(world, scenario)
    return tuple(
        ask(world, scenario, k, workers=workers, progress=_numbered(progress, k))
        for k in range(len(scenario.questions))
    )


def _numbered(
    progress: Callable[[int, int, float], None] | None, number: int
) -> Callable[[int, float], None] | None:
    if progress is None:
        return None
    return lambda done, rest: progress(number, done, rest)


def ask(
    world: World,
    scenario: Scenario,
    number: int,
    *,
    workers: int | None = None,
    progress: Callable[[int, float], None] | None = None,
    out: Path | None = None,
) -> Any:
    """Answer one question of a scenario.

    Args:
        world: The baseline.
        scenario: With its ``questions``.
        number: Position of the question, from 0.
        workers: As for ``answer``.
        progress: As the function that answers calls it.
        out: Where ``uncertainty`` and ``attribute`` keep finished draws, and go on from them.

    Raises:
        ZollvereinError: If it cannot be answered; names the question.
    """
    try:
        find = prepare(scenario.questions[number], world, scenario.without_questions())
        return find(How(workers, progress, out))
    except ZollvereinError as error:
        raise type(error)(f"{place_of(scenario, number)}: {error}") from error


def check_questions(world: World, scenario: Scenario) -> list[str]:
    """Resolve every name of every question, without solving anything.

    Returns:
        How each question is called, such as ``questions[0] (1st question, nash)``.

    Raises:
        ScenarioError: Names every mistake, with its question.
    """
    places = [place_of(scenario, k) for k in range(len(scenario.questions))]
    wrong = []
    for where, question in zip(places, scenario.questions, strict=True):
        try:
            prepare(question, world, scenario.without_questions())
        except ZollvereinError as error:
            wrong.append(f"{where}: {error}")
    if wrong:
        raise ScenarioError(gather(wrong))
    return places


def place_of(scenario: Scenario, number: int) -> str:
    """How messages refer to a question."""
    question = scenario.questions[number]
    kind: str = type(question).model_fields["kind"].default
    return place(number, "", kind, question.name, of="questions")
