"""What is refused before solving: problems that cannot have an equilibrium, each with its reason."""

from __future__ import annotations

import numpy as np

from zollverein.accounts import values
from zollverein.errors import DataError, NoEquilibrium, NoSupplier, ScenarioError
from zollverein.models.baseline import Array
from zollverein.models.groups import cannot_pay, trade
from zollverein.models.problem import (
    Problem,
    government_without_supplier,
    shut_down,
    without_supplier,
)
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.world import World

#: Transfers may miss a sum of zero by this part of their size.
_ROUNDING = 1e-9
#: A deficit below this part of value added is none: what is left of sums that should be zero.
_NO_DEFICIT = 1e-12
#: Cells named in one message.
_SHOWN = 6


def check_combination(policy: Policy, parameters: Parameters) -> None:
    """Refuse choices that contradict the policy.

    Raises:
        ScenarioError: If people may move but labour is held in its sector.
    """
    if policy.mobility and parameters.labour == "sector_specific":
        raise ScenarioError(
            "people cannot move between countries (mobility) while labour = 'sector_specific' holds them in "
            "their sectors. Fix: horizon = 'medium' or 'long', or labour = 'mobile'."
        )


def check_feasible(
    world: World, problem: Problem, policy: Policy, parameters: Parameters
) -> Problem:
    """The problem, with goods that nobody supplies shut down where the choices say so.

    Raises:
        DataError: Names a country that makes nothing, or buys nothing for final use.
        NoSupplier: Names the country and the sector that lost every supplier.
        NoEquilibrium: Names countries that buy abroad but can sell nothing there, that are paid by
            others with whom they no longer trade, or sectors whose labour has no buyer left.
    """
    _check_economies(world)
    problem = _with_supply(world, problem, parameters)
    _check_buyers(world, problem, parameters)
    _check_money(world, problem, policy)
    # Where balances move with value added or pools pay, only the solution tells what a country can buy.
    if problem.deficit_share is None and not policy.pools and some_trade_stopped(problem):
        refuse_unpaid(world, problem, problem.deficit, parameters)
    return problem


def _check_economies(world: World) -> None:
    """Refuse a country without income or without spending: the model has no wage or price for it.

    Raises:
        DataError: Names it.
    """
    for name, what in (
        ("value_added", "makes nothing: its value added is zero"),
        ("final_demand", "buys nothing for final use: its final demand is zero"),
    ):
        idle = np.flatnonzero(values(world, name).sum(axis=1) == 0)
        if idle.size:
            raise DataError(
                f"{world.name}: {world.countries[idle[0]]} {what}, in every sector. It cannot be simulated. "
                "Fix: a world without it, or with it added to another economy, such as the rest of the world."
            )


def some_trade_stopped(problem: Problem) -> bool:
    """Whether some country buys nothing from some other."""
    countries = problem.base.countries
    return bool(trade(problem.weight).sum() < countries * (countries - 1))


def refuse_unpaid(world: World, problem: Problem, deficit: Array, parameters: Parameters) -> None:
    """Refuse countries that go on buying abroad but can sell nothing there.

    Raises:
        NoEquilibrium: Names the countries.
    """
    stuck = cannot_pay(problem.weight, deficit - _NO_DEFICIT * problem.base.value_added)
    if stuck:
        raise NoEquilibrium(
            f"{world.name}: {_names(world, stuck[0])} can no longer sell to anyone outside, still buys "
            f"there, and has no trade deficit under closure '{parameters.closure}' that would pay for it: no "
            "equilibrium exists. Usual cause: an embargo on all exports of a country but not on its imports. "
            "Fix: an embargo in both directions, or leave one buyer out."
        )


def _with_supply(world: World, problem: Problem, parameters: Parameters) -> Problem:
    gone = without_supplier(problem)
    public = government_without_supplier(problem)
    if not (gone.any() or public.any()):
        return problem
    if parameters.on_no_supplier == "shut_down":
        return shut_down(problem, gone)
    lost = gone.copy()
    if problem.structure is not None and problem.structure.government is not None:
        lost[:, problem.structure.government.members] |= public
    raise NoSupplier(
        f"{world.name}: no supplier is left for {_goods(world, lost)} (country and sector), which the "
        "country buys in the baseline; its price would be infinite. Usual cause: an embargo on "
        "every supplier of a good that is not made at home. Fix: leave one supplier out of the "
        "embargo, replace it by a barrier, or choose on_no_supplier = 'shut_down', with which the good "
        "drops out of what the country buys."
    )


def _check_buyers(world: World, problem: Problem, parameters: Parameters) -> None:
    """Refuse sectors whose labour can work nowhere else and whose goods nobody can buy any more."""
    if parameters.labour != "sector_specific":
        return
    sold = problem.weight.any(axis=1) | (problem.own_weight > 0)
    if problem.structure is not None and problem.structure.government is not None:
        sold |= problem.structure.government.weight.any(axis=1)
    made = problem.base.value_added_share * problem.base.output > 0
    if (made & ~sold).any():
        raise NoEquilibrium(
            f"{world.name}: no buyer is left for {_goods(world, made & ~sold)} (country and sector), and "
            "labour = 'sector_specific' holds its workers there: their wage would fall to zero. Usual cause: "
            "an embargo on every buyer of a good that is not used at home. Fix: labour = 'mobile', horizon = "
            "'medium', or a share below 1 in the embargo."
        )


def _check_money(world: World, problem: Problem, policy: Policy) -> None:
    """Refuse transfers and pools between countries that no longer trade, directly or through others.

    Money from abroad buys goods from abroad; where no goods can come, no equilibrium exists.
    """
    group = problem.group
    moved = np.zeros(len(group)) if policy.transfer is None else policy.transfer.values
    net = np.bincount(group, moved)
    if group.any() and np.abs(net).max() > _ROUNDING * np.abs(moved).sum():
        cut = group == int(np.abs(net).argmax())
        raise NoEquilibrium(
            f"{world.name}: transfers add up to {moved[cut].sum():+.4g} for {_names(world, cut)}, cut off "
            "from the others: money from abroad buys goods from abroad, so that no equilibrium exists. Usual "
            "cause: an embargo between payers and receivers. Fix: payers and receivers that still trade, "
            "directly or through others."
        )
    for pool in policy.pools:
        if len({int(group[world.countries.index(member)]) for member in pool.members}) > 1:
            raise NoEquilibrium(
                f"{world.name}: {', '.join(pool.members)} pool their import duties and no longer all trade "
                "with each other, directly or through others, so that what one pays the others cannot spend. "
                "Usual cause: an embargo on a member. Fix: a union without keys, or without that member."
            )


def _names(world: World, chosen: Array) -> str:
    return ", ".join(np.array(world.countries)[chosen])


def _goods(world: World, cells: Array) -> str:
    """``RUS C26, BLR C27`` of a mask ``[sector, country]``."""
    found = np.argwhere(cells).tolist()
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(f"{world.countries[n]} {world.sectors[s]}" for s, n in found[:_SHOWN]) + more
