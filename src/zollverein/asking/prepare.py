"""A question made ready: its names resolved in a world, and the function that finds the answer.

A check and an answer come this way, so that both meet the same mistakes, and nothing is solved before
every question is understood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.asking.naming import (
    most_affected,
    table_outcomes,
)
from zollverein.asking.plan import Plan
from zollverein.outcomes import Outcome, parse_outcome
from zollverein.readings import parse_outcomes
from zollverein.scenario import questions as asked

if TYPE_CHECKING:
    from zollverein.scenario import Scenario
    from zollverein.world import World


#: Fewer solves than this are not worth starting processes for.
_FEW = 64


@dataclass(frozen=True)
class How:
    """What every function takes.

    Attributes:
        workers: Processes.
        progress: Called with the number done and the number of all, or how far off a search is.
        out: Folder of finished draws, or None.
    """

    workers: int | None = None
    progress: Callable[[int, float], None] | None = None
    out: Path | None = None

    def both(self, solves: int = _FEW) -> dict[str, Any]:
        """Workers and progress as keywords; one process where there is little to solve."""
        few = self.workers is None and solves < _FEW
        return {"workers": 1 if few else self.workers, "progress": self.progress}


Find = Callable[[How], Any]


@singledispatch
def prepare(question: Any, world: World, scenario: Scenario) -> Find:  # noqa: ARG001 - the kinds need both
    """Resolve the names of a question; the function it gives finds the answer.

    Raises:
        ZollvereinError: If the question does not fit the world or the scenario.
    """
    raise TypeError(f"nothing answers a {type(question).__name__}")


def _outcome(world: World, scenario: Scenario, text: str | None) -> Callable[[], str | Outcome]:
    """The outcome that was written, checked now; or the most affected, found when it is needed."""
    if text is None:
        return lambda: most_affected(world, scenario)
    found = parse_outcomes(world, text, scenario)[0]
    return lambda: found


def _outcomes(world: World, scenario: Scenario, texts: Any) -> Callable[[], Any]:
    """The same for several."""
    if texts is None:
        return lambda: most_affected(world, scenario)
    found = parse_outcomes(world, texts, scenario)
    return lambda: found


def _parts(world: World, scenario: Scenario) -> tuple[str, ...]:
    """Names of the parts, of which there must be some."""
    from zollverein.attribution.portfolio import make_portfolio

    return make_portfolio(world, scenario).names


@prepare.register(asked.AttributionQuestion)
def _(question: asked.AttributionQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.attribution import attribute
    from zollverein.attribution.drawing import check_draws
    from zollverein.choices import choose_parameters

    outcome = _outcome(world, scenario, question.outcome)
    parts = len(_parts(world, scenario))
    solves = 2**parts if question.method == "shapley" else 3 * parts
    solves += 4 * (question.draws or 0)
    keys = question.keywords("outcome")
    spreads = {key: keys[key] for key in ("sources", "elasticity_spread", "data_spread")}
    check_draws(question.draws, world, scenario, choose_parameters(world, scenario), spreads)
    return lambda how: attribute(
        world, scenario, outcome(), **keys, out=how.out, **how.both(solves)
    )


@prepare.register(asked.InteractionsQuestion)
def _(question: asked.InteractionsQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.attribution import interactions

    outcome = _outcome(world, scenario, question.outcome)
    pairs = len(_parts(world, scenario)) ** 2 // 2

    def find(how: How) -> Plan:
        wanted = outcome()
        table = interactions(world, scenario, wanted, among=question.among, **how.both(pairs))
        return Plan("interactions", (str(parse_outcome(wanted)),), table)

    return find


@prepare.register(asked.PhaseInQuestion)
def _(question: asked.PhaseInQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.attribution import phase_in
    from zollverein.attribution.planning import schedule_of

    outcomes = _outcomes(world, scenario, question.outcomes)
    schedule_of(_parts(world, scenario), scenario, question.schedule or {})
    keys = question.keywords("outcomes")

    def find(how: How) -> Plan:
        both = how.both(len(question.years))
        table = phase_in(world, scenario, outcomes(), **keys, **both)
        return Plan("phase_in", tuple(table.columns), table)

    return find


@prepare.register(asked.BestSequenceQuestion)
def _(question: asked.BestSequenceQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.attribution import best_sequence
    from zollverein.attribution.sequence import costs_of

    outcome = _outcome(world, scenario, question.outcome)
    subsets = 2 ** len(costs_of(_parts(world, scenario), question.cost))
    keys = question.keywords("outcome")

    def find(how: How) -> Plan:
        wanted = outcome()
        table = best_sequence(world, scenario, wanted, **keys, **how.both(subsets))
        return Plan("best_sequence", (str(parse_outcome(wanted)),), table)

    return find


@prepare.register(asked.UncertaintyQuestion)
def _(question: asked.UncertaintyQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.choices import choose_parameters
    from zollverein.uncertainty import uncertainty
    from zollverein.uncertainty.run import rows_of, what_is_drawn

    given = question.outcomes
    outcomes = table_outcomes(world) if given is None else parse_outcomes(world, given, scenario)
    keys = question.keywords("outcomes")
    spreads = [keys[key] for key in ("sources", "elasticity_spread", "data_spread")]
    drawn = what_is_drawn(world, scenario, choose_parameters(world, scenario), *spreads)
    solves = question.draws + 2 * rows_of(drawn, question.draws, question.decompose)
    return lambda how: uncertainty(
        world, scenario, outcomes, **keys, out=how.out, **how.both(solves)
    )


@prepare.register(asked.EnsembleQuestion)
def _(question: asked.EnsembleQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.ensemble import ensemble
    from zollverein.ensemble.run import check_levels

    outcomes = _outcomes(world, scenario, question.outcomes)
    keys = question.keywords("outcomes")
    check_levels(world, scenario, keys["elasticities"])
    quick = keys["models"] == keys["horizons"] == ()  # then all runs are of the base model
    solves = 1 if quick else _FEW
    return lambda how: ensemble(world, scenario, outcomes(), **keys, **how.both(solves))


@prepare.register(asked.CoalitionQuestion)
def _(question: asked.CoalitionQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.coalition_game import chosen_masks, set_game
    from zollverein.coalitions import coalition

    keys = question.keywords("members", "target")
    members = _several(question.members)
    game = set_game(world, scenario, members, question.target, question.instrument)
    game.acting(game.everybody).policy(game.scenario.baseline(world))
    chosen_masks(len(members), question.orders, question.seed)
    return lambda how: coalition(
        world, members, question.target, scenario=scenario, **keys, **how.both()
    )


@prepare.register(asked.OptimalTariffQuestion)
def _(question: asked.OptimalTariffQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.best_policy import optimal_tariff

    _check_board(world, scenario, [question.country], question.keywords())
    keys = question.keywords("country")
    return lambda _: optimal_tariff(world, question.country, scenario=scenario, **keys)


@prepare.register(asked.NashQuestion)
def _(question: asked.NashQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.levers import parts_of
    from zollverein.tariff_games import nash

    players = world.countries if question.players == "all" else _several(question.players)
    keys = question.keywords()
    sellers = tuple(part for name in players for part in parts_of(world, name))
    against = sellers if question.against == "players" else question.against
    _check_board(world, scenario, list(players), keys | {"against": against})
    return lambda how: nash(world, scenario=scenario, progress=how.progress, **keys)


@prepare.register(asked.FrontierQuestion)
def _(question: asked.FrontierQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.best_policy import frontier
    from zollverein.levers import player_named

    keys = question.keywords()
    _check_board(world, scenario, [question.sender], keys | {"against": question.target})
    player_named(world, scenario, question.target)

    def find(_: How) -> Plan:
        table = frontier(world, scenario=scenario, **keys)
        return Plan("frontier", (question.sender, question.target), table)

    return find


@prepare.register(asked.KempWanQuestion)
def _(question: asked.KempWanQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.customs_union import kemp_wan

    members = _several(question.members)
    keys = question.keywords("members")
    by = "uniform" if question.by == "exact" else question.by
    _check_board(world, scenario, ["+".join(members)], keys | {"by": by, "against": "all"})
    return lambda _: kemp_wan(world, members, scenario=scenario, **keys)


@prepare.register(asked.CompareQuestion)
def _(question: asked.CompareQuestion, world: World, scenario: Scenario) -> Find:
    from zollverein.choices import choose_parameters
    from zollverein.comparison import compare
    from zollverein.feasibility import check_combination

    cases = [scenario, *(case.applied(scenario) for case in question.cases)]
    for case in cases:
        check_combination(case.policy(case.baseline(world)), choose_parameters(world, case))
    keys = question.keywords("cases")
    return lambda _: compare(cases, world=world, **keys)


def _check_board(
    world: World, scenario: Scenario, players: list[str], keys: dict[str, Any]
) -> None:
    """Resolve who sets duties on what.

    Raises:
        ScenarioError: If a name is not of this world, or there is nothing to tax.
    """
    from zollverein.levers import set_board

    how = {key: keys[key] for key in ("by", "against", "sectors")}
    set_board(world, scenario, players, **how, options={})


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
