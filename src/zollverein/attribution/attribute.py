"""``attribute``: which part of a policy did how much of it, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.attribution.attributed import Attribution
from zollverein.attribution.dividing import Bar, Progress, Way, divide
from zollverein.attribution.drawing import PartsTable, check_draws, moves_on_path
from zollverein.attribution.question import TOLERANCE, Question, pose_question
from zollverein.outcomes import Outcome
from zollverein.result import Result
from zollverein.uncertainty import uncertainty

if TYPE_CHECKING:
    import xarray as xr

    from zollverein.world import World


def attribute(
    world: World,
    scenario: Any,
    outcome: str | Outcome,
    *,
    method: str = "aumann_shapley",
    compare: bool = True,
    orders: int | None = None,
    seed: int = 0,
    nodes: int | None = None,
    derivatives: str = "auto",
    draws: int | None = None,
    sources: Sequence[str] | None = None,
    elasticity_spread: str | float | Mapping[str, float] = "sets",
    data_spread: float | xr.DataArray | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Attribution:
    """Attribute the effect of a policy on an outcome to its parts.

    Args:
        world: The baseline.
        scenario: A Scenario, whose parts are its programmes and its other measures; or policies by
            name, each what the part does alone.
        outcome: Such as ``"real_income BLR"``; see ``Outcome``.
        method: ``"aumann_shapley"``, ``"shapley"``, ``"first_in"`` (each part alone) or
            ``"last_in"`` (the whole less the whole without it).
        compare: Whether first-in and last-in are given beside, two more solves for each part.
        orders: Sampled orders for ``"shapley"``, an even number; if omitted, all subsets up to 8
            parts, else 32 orders.
        seed: Of the sampled orders, and of the draws.
        nodes: Gauss-Legendre nodes of ``"aumann_shapley"``, on each piece of the path where a price cap
            begins to bind on the way; if omitted, raised from 4 up to 64 (16 where derivatives are
            differences or there are several pieces) until the parts add up to 1e-6 of the total.
        derivatives: ``"adjoint"``, ``"differences"`` of equilibria (many more solves), or ``"auto"``: the
            adjoint, but differences at a point where its linear system cannot be solved.
        draws: Draws of the assumptions, in each of which the whole is divided anew; none if omitted.
        sources: What is drawn, as for ``uncertainty``; so are the next two.
        elasticity_spread: Of the trade elasticities.
        data_spread: Of the trade flows.
        out: Folder that keeps finished draws; the same call goes on from there.
        workers: Processes; the number of processors if omitted, 1 for this process alone.
        progress: Called with the solves and draws done so far and those planned, after each.
        **options: As for ``simulate``.

    Returns:
        The effect of each part; they add up to the total, and what numerical integration leaves is
        stated as a line of its own. With draws also their medians and bands.

    Raises:
        ScenarioError: If the scenario has no parts, or a name is not known; or nothing is uncertain.
        ZollvereinError: If an equilibrium that is needed does not exist.
        NotConverged: If in more than 1 % of the draws one does not.
        DataError: If ``out`` holds draws of another question.
    """
    way = Way(method, orders, seed, nodes, derivatives)
    spreads: dict[str, Any] = {"sources": sources, "elasticity_spread": elasticity_spread}
    spreads |= {"data_spread": data_spread}
    question = pose_question(world, scenario, outcome, **options)
    asked = _whole(question).policy if isinstance(scenario, Mapping) else scenario
    fixed = check_draws(draws, world, asked, question.parameters, spreads)
    bar = Bar(progress)
    found = divide(question, way, compare=compare, workers=workers, bar=bar)
    if draws is None:
        return found
    table = PartsTable(
        found.outcome,
        policies=scenario if isinstance(scenario, Mapping) else None,
        engine=question.engine,
        moves=moves_on_path(question, found) if fixed else {},
        tolerance=question.parameters.tolerance,
        **vars(way),
    )
    how = {"draws": draws, "out": out, "workers": workers, "progress": bar.after()}
    return _with_draws(found, world, asked, table, how | spreads | options)


def _with_draws(
    found: Attribution, world: World, scenario: Any, table: PartsTable, how: dict[str, Any]
) -> Attribution:
    """The attribution with the effects of the parts in every draw."""
    how = {"tolerance": TOLERANCE, "decompose": 0, "seed": table.seed} | how
    name = f"parts_{table.identity()}"  # a folder of other parts, or divided in another way, is refused
    answer = uncertainty(world, scenario, found.outcome, tables={name: table}, **how)
    rows = answer.tables[name].draws.values / 100
    return replace(
        found,
        draws=rows[:, :-1],
        draws_total=rows[:, -1],
        failed=answer.failed,
        drawn=answer.groups,
    )


def _whole(question: Question) -> Result:
    """The result of the whole policy."""
    if question.start is None:
        raise TypeError("a question is posed with the result of the whole policy")
    return question.start
