"""What a coalition does to a target, who contributes what, and who pays.

``v(S)`` is the target's loss when the members ``S`` apply an instrument and the others do not. From the
values of all subsets (of sampled orders where there are many members) come the marginal value of
each member, its Shapley share of the loss, its own cost, the transfers that make relative costs
equal, and what everybody else gains or loses. Nothing depends on which side an economy is on: any
economy may be a member or the target, and what the target can reply is part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import shapley
from zollverein.accounts import income
from zollverein.batches import simulate_many
from zollverein.best_policy import BestTariff, best_response, real_income_change
from zollverein.coalition_game import (
    Game,
    Instrument,
    Readings,
    acting_names,
    chosen_masks,
    collected,
    set_game,
)
from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.gradients import solved
from zollverein.measures.transfers import equalising_transfers
from zollverein.models.baseline import Array
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.simulation import simulate
from zollverein.tariff_search import value_of
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


#: Fewer subsets than this are not worth starting processes for.
_FEW = 32


@dataclass(frozen=True, eq=False)
class Coalition:
    """The value of a coalition and of its parts.

    Attributes:
        target: Its name.
        outcome: Kind of outcome that losses are losses of.
        loss_pct: Loss of the target from the whole coalition, percent of its outcome.
        potential_pct: Its loss if every other economy took part; not a number, with a note, where
            that cannot be said.
        members: By member, in percent: ``first_pct`` (the target's loss if it acts alone),
            ``last_pct`` (what it adds to all the others), ``shapley_pct`` (adds up to ``loss_pct``),
            ``standard_error`` of that, ``cost_pct`` (its own loss in the whole coalition),
            ``alone_pct`` (its own loss if it acts alone); and ``transfer``, what it receives so that
            all lose the same part of their real income, ``shared_pct`` (currency; sum zero).
        subsets: For every subset computed: ``members``, ``size``, ``target_loss_pct``,
            ``members_loss_pct`` (all members together, acting or not), ``others_loss_pct``.
        others: Change of real income of every economy that is on no side, percent.
        failures: Subsets without an equilibrium, by their members, with the reason.
        orders: Sampled orders used; 0 if all subsets were computed.
        reference: With no member acting.
        result: With all members acting.
        response: The target's best duties against the coalition, if asked for and if the members
            still sell it anything.
        notes: What a reader must know.
    """

    target: str
    outcome: str
    loss_pct: float
    potential_pct: float
    members: pd.DataFrame
    subsets: pd.DataFrame
    others: pd.Series
    failures: Mapping[tuple[str, ...], str]
    orders: int
    reference: Result
    result: Result
    response: BestTariff | None
    notes: tuple[str, ...]


def coalition(
    world: World,
    members: Sequence[str],
    target: str,
    instrument: Instrument = "embargo",
    *,
    outcome: str = "real_income",
    scenario: Scenario | None = None,
    orders: int | None = None,
    seed: int = 0,
    response: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Coalition:
    """What each member of a coalition adds to the target's loss, and what it costs.

    Args:
        world: The baseline.
        members: Economies, blocs or groups; each acts as one.
        target: An economy, bloc or group, apart from the members.
        instrument: What a member does: ``"embargo"`` (all trade with the target, both directions), or
            one measure or several of the scenario language in which ``"members"`` and ``"target"``
            name the two sides, such as ``Tariff(exporters="target", importers="members", add=0.2)``.
        outcome: Kind of outcome; see ``Outcome``.
        scenario: What holds whoever acts: groups, other measures, closure, elasticities.
        orders: Sampled orders, an even number; if omitted, all subsets of up to twelve members, 200
            orders of more.
        seed: Of the sample.
        response: Whether to search for the target's best uniform duty against the members.
        workers: Processes; see ``simulate_many``. One if omitted and the subsets are few.
        progress: Called with the number of subsets done and the number of all.
        **options: As for ``simulate``.

    Returns:
        The values.

    Raises:
        ScenarioError: If a name is not of this world, an economy is on two sides, or the
            instrument does not name the sides.
        NotConverged: If more than one in a hundred subsets has no equilibrium, or the whole
            coalition has none.
    """
    game = set_game(world, scenario, members, target, instrument)
    masks, sample = chosen_masks(len(game.members), orders, seed)
    keys = {"workers": workers, "progress": progress, **options}
    values, failures = _values(world, game, masks, game.readings(outcome), keys)
    losses = {mask: 100 * (1 - value / values[0]) for mask, value in values.items()}
    options = {"engine": "auto", **options}
    ends = tuple(simulate(world, game.acting(mask), **options) for mask in (0, masks[-1]))
    shares = _shares(game, losses, sample)
    potential, notes = _potential(world, game, outcome, values[0], options)
    return Coalition(
        target=target,
        outcome=outcome,
        loss_pct=float(losses[game.everybody][len(members)]),
        potential_pct=potential,
        members=_member_table(game, losses, shares).join(_transfers(game, *ends)),
        subsets=_subset_table(game, losses),
        others=_others(game, *ends),
        failures=failures,
        orders=shares.orders,
        reference=ends[0],
        result=ends[1],
        response=_reply(world, game, outcome, options) if response else None,
        notes=(*ends[1].notes, *notes),
    )


def _values(
    world: World, game: Game, masks: Sequence[int], readings: Readings, keys: dict[str, Any]
) -> tuple[dict[int, Array], dict[tuple[str, ...], str]]:
    """What is read off the equilibrium of every subset, and those that have none."""
    progress = keys.pop("progress")
    if keys["workers"] is None and len(masks) < _FEW:
        keys["workers"] = 1
    if progress is not None:
        keys["progress"] = lambda done: progress(done, len(masks))
    scenarios = (game.acting(mask) for mask in masks)
    found = simulate_many(world, scenarios, measure=readings, on_error="keep", **keys)
    return collected(masks, found, game.names)


def _shares(game: Game, losses: Mapping[int, Array], sample: Array | None) -> shapley.Shares:
    """Of the target's loss."""
    players = len(game.members)
    target = {mask: float(loss[players]) for mask, loss in losses.items()}
    if sample is None:
        return shapley.by_subsets(players, target)
    return shapley.by_orders(sample, target)


def _potential(
    world: World, game: Game, outcome: str, base: Array, options: dict[str, Any]
) -> tuple[float, tuple[str, ...]]:
    """The target's loss if everybody else acted, percent; and why it cannot be said if it cannot."""
    everyone = tuple(c for c in world.countries if c not in game.target.countries)
    try:
        result = simulate(world, game.against(everyone), **options)
    except (NotConverged, NoEquilibrium) as error:
        return float("nan"), (f"If every other economy took part there is no equilibrium: {error}",)
    if solved(result).problem.adjusted.any():
        note = (
            f"If every other economy took part, {game.target.name} would be cut off and its trade balance "
            "would have to vanish, which moves its spending by itself; that is no loss from the coalition "
            "alone. Fix: closure='zero' for all cases, on a balanced world."
        )
        return float("nan"), (note,)
    value = value_of(result, game.target.outcome(outcome))
    return 100 * (1 - value / float(base[len(game.members)])), ()


def _member_table(game: Game, losses: Mapping[int, Array], shares: shapley.Shares) -> pd.DataFrame:
    """Marginal values, shares and costs; not a number where a subset has no equilibrium."""
    import pandas as pd

    players, full = len(game.members), game.everybody
    nothing = np.full(len(losses[0]), np.nan)
    rows = []
    for i in range(players):
        alone, without = losses.get(1 << i, nothing), losses.get(full ^ (1 << i), nothing)
        rows.append(
            {
                "first_pct": alone[players],
                "last_pct": losses[full][players] - without[players],
                "shapley_pct": shares.share[i],
                "standard_error": shares.standard_error[i],
                "cost_pct": losses[full][i],
                "alone_pct": alone[i],
            }
        )
    return pd.DataFrame(rows, index=pd.Index(game.names, name="member"))


def _transfers(game: Game, reference: Result, result: Result) -> pd.DataFrame:
    """What each member receives so that all lose the same part of their real income."""
    import pandas as pd

    wanted = [member.outcome("real_income") for member in game.members]
    before, after = (np.array([value_of(r, o) for o in wanted]) for r in (reference, result))
    spending = income(reference.before).to_series()
    size = before * [float(spending[list(m.countries)].sum()) for m in game.members]
    change = after / before - 1
    columns = {
        "transfer": equalising_transfers(size, change),
        "shared_pct": -100 * float(size @ change) / float(size.sum()),
    }
    return pd.DataFrame(columns, index=pd.Index(game.names, name="member"))


def _subset_table(game: Game, losses: Mapping[int, Array]) -> pd.DataFrame:
    import pandas as pd

    players = len(game.members)
    rows = [
        {
            "members": "+".join(acting_names(mask, game.names)) or "nobody",
            "size": mask.bit_count(),
            "target_loss_pct": loss[players],
            "members_loss_pct": loss[players + 1],
            "others_loss_pct": loss[players + 2] if game.others else 0.0,
        }
        for mask, loss in sorted(losses.items(), key=lambda item: item[0].bit_count())
    ]
    return pd.DataFrame(rows)


def _others(game: Game, reference: Result, result: Result) -> pd.Series:
    """Third parties' gains, the largest first."""
    change = real_income_change(reference, result)
    return change[list(game.others.countries if game.others else ())].sort_values(ascending=False)


def _reply(world: World, game: Game, outcome: str, options: dict[str, Any]) -> BestTariff | None:
    """The target's best uniform duty on the members' goods while all of them act.

    None if they sell it nothing any more, so that there is nothing to tax.
    """
    scenario = game.acting(game.everybody)
    open_ = np.isfinite(scenario.policy(world).cost_hat)
    sellers = [country for member in game.members for country in member.countries]
    flow = world.data["trade_flow"].where(open_, 0.0)
    if not flow.sel(exporter=sellers, importer=list(game.target.countries)).any():
        return None
    return best_response(
        world,
        scenario,
        "+".join(game.target.countries),
        against="members",
        outcome=outcome,
        **{key: value for key, value in options.items() if key != "tolerance"},
    )
