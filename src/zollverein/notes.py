"""What the reader of a result must know: groups, closures, goods dropped, price caps, unions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zollverein.accounts import trade_balance
from zollverein.capped import capped_goods
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.problem import Problem
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.unions import common_factor
from zollverein.world import World

#: A trade balance above this part of value added is worth a note where a closure removes it.
_NOTABLE = 1e-6
#: A change of a union's imports above this is worth a note.
_CHANGED = 1e-6
#: Cases named in one note.
_SHOWN = 6


def all_notes(
    world: World, policy: Policy, parameters: Parameters, equilibrium: Equilibrium
) -> tuple[str, ...]:
    """Every note on a solution."""
    problem = equilibrium.problem
    return (
        *group_notes(world, problem),
        *closure_notes(world, parameters.closure),
        *shut_notes(world, problem),
        *cap_notes(world, policy, equilibrium),
        *union_notes(world, policy, parameters, equilibrium),
    )


def closure_notes(world: World, closure: str) -> tuple[str, ...]:
    """Say when effects include the removal of the baseline's trade balances."""
    if closure != "zero":
        return ()
    balance = trade_balance(world)
    size = world.data["value_added"].values.sum(axis=1)
    weight = np.abs(balance.values) / np.maximum(size, np.finfo(float).tiny)
    if weight.max() < _NOTABLE:
        return ()
    largest = world.countries[int(weight.argmax())]
    note = (
        f"Closure 'zero' also removes the baseline's trade balances (largest: {largest}, "
        f"{100 * weight.max():.1f} % of value added), and the effects include that. For the policy "
        "alone, simulate it on the balanced world: simulate(world, Scenario(), closure='zero').after."
    )
    return (note,)


def _causes(
    world: World, policy: Policy, parameters: Parameters, members: Sequence[str]
) -> list[str]:
    """What, besides other measures, changes the economies outside of a union."""
    scale = parameters.scale
    found = {
        "The removal of trade balances by closure 'zero'": bool(
            closure_notes(world, parameters.closure)
        ),
        "Returns to scale": scale is not None and bool((scale.values > 0).any()),
        "Export taxes of others that differ between members": _taxed_apart(policy, members),
    }
    return [cause for cause, there in found.items() if there]


def _taxed_apart(policy: Policy, members: Sequence[str]) -> bool:
    """Whether an outsider taxes its exports of one good to the members at more than one rate."""
    rates = policy.export_tax.sel(importer=list(members)).drop_sel(exporter=list(members))
    return bool((rates.max("importer") > rates.min("importer")).any())


def group_notes(world: World, problem: Problem) -> tuple[str, ...]:
    """Name the countries outside the largest trading group, and whose balance had to change."""
    group = problem.group
    if not group.any():
        return ()
    members: dict[int, list[str]] = {}
    for country, number in zip(world.countries, group.tolist(), strict=True):
        members.setdefault(number, []).append(country)
    largest = max(members.values(), key=len)
    notes = [
        f"{', '.join(names)} no longer trade{'s' if len(names) == 1 else ''} with the rest: nominal "
        "values are comparable within this group only (its value added is held at the baseline level)."
        for names in members.values()
        if names is not largest
    ]
    if problem.adjusted.any():
        names_ = [c for c, moved in zip(world.countries, problem.adjusted, strict=True) if moved]
        shown = ", ".join(names_[:8]) + (" and others" if len(names_) > 8 else "")
        notes.append(f"Trade balances were moved so that each group's add up to zero: {shown}.")
    return tuple(notes)


def shut_notes(world: World, problem: Problem) -> tuple[str, ...]:
    """Name the goods that dropped out of what a country buys, and how much of its demand they were."""
    if problem.shut is None:
        return ()
    final = world.data["final_demand"].values
    cells = np.argwhere(problem.shut).tolist()
    size = 100 * final / final.sum(axis=1, keepdims=True)
    parts = [
        f"{world.countries[n]} {world.sectors[s]} ({size[n, s]:.2g} % of final demand)"
        for s, n in cells[:_SHOWN]
    ]
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    note = (
        f"No supplier is left for {', '.join(parts)}{more}: these goods drop out of what the country buys, "
        "and production goes on without them. Real income leaves out the loss of the goods themselves, so "
        "that it is an upper bound there."
    )
    return (note,)


def cap_notes(world: World, policy: Policy, equilibrium: Equilibrium) -> tuple[str, ...]:
    """Say of each price cap whether it binds, at which wedge, and who keeps the rent."""
    notes = []
    for good, wedge in zip(capped_goods(world, policy), equilibrium.wedge, strict=False):
        price = np.exp(equilibrium.point.log_cost[good.cell])
        if wedge > 0:
            text = (
                f"The price cap on {good.sector} from {good.exporter} binds at {good.cap:.4g} of the "
                f"baseline price: buyers under it resell {100 * wedge:.3g} % dearer and keep that as rent."
            )
        else:
            text = (
                f"The price cap on {good.sector} from {good.exporter} does not bind: the price is "
                f"{price:.4g} of the baseline's and the cap {good.cap:.4g}."
            )
        notes.append(text)
    return tuple(notes)


def union_notes(
    world: World, policy: Policy, parameters: Parameters, equilibrium: Equilibrium
) -> tuple[str, ...]:
    """Say where a Kemp-Wan union could not hold its imports, as outsiders themselves change."""
    if not policy.unions:
        return ()
    change = common_factor(world, policy, equilibrium) - 1
    if abs(change) < _CHANGED:
        return ()
    members = policy.unions[0].members
    causes = _causes(world, policy, parameters, members)
    cause = ", ".join(causes) + ", or other measures" if causes else "Other measures"
    note = (
        f"{cause} change the economies outside of the Kemp-Wan union {', '.join(members)}: at the old "
        f"relative prices of its exports it buys {100 * change:+.3g} % of every good from them, as their "
        "balance of trade asks for."
    )
    return (note,)
