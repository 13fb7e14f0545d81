"""Telling governments apart from other buyers where a world does not and a measure needs it.

What is assumed is said in the world's ``adjustments``: the share of final demand that is the
government's, and how much less of it is imported than others import. Public procurement is
about 12 per cent of world GDP and its home bias is larger than that of private buyers (Mulabdic
and Rotunno 2022, European Economic Review 148).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.accounts import import_wedge
from zollverein.errors import ScenarioError
from zollverein.labelling import frozen, world_dataset
from zollverein.scenario.industry import Procurement
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.scenario.draft import Where
    from zollverein.scenario.programme import Entry

#: Government's assumed share of final demand by OECD ICIO sector, and in all others. Illustrative:
#: public administration, education, health and construction are bought mostly or partly by governments.
GOVERNMENT_SHARE = {"O": 0.95, "P": 0.75, "Q": 0.70, "F": 0.25}
_ELSEWHERE = 0.10
#: A government buys at most this part of what is sold at home.
_LARGEST_PART = 0.95


def opened(scenario: Scenario, world: World) -> World:
    """The world with governments told apart for every ``procurement`` measure that needs it.

    Raises:
        ScenarioError: If a name is not of this world.
    """
    from zollverein.scenario.apply import resolve

    entries = scenario.entries()
    wanted = [i for i, entry in enumerate(entries) if isinstance(entry.measure, Procurement)]
    if not wanted or "government_flow" in world.data:
        return world
    where = resolve(scenario, world)
    _refuse_contradictions(entries, wanted, where, world)
    flow = np.zeros_like(world.data["trade_flow"].values)
    for i in wanted:
        measure = entries[i].measure
        if isinstance(measure, Procurement):
            _open(world, measure, where[i]["members"], where[i]["sectors"], flow)
    return _with_government(world, flow)


def _refuse_contradictions(
    entries: Sequence[Entry], wanted: Sequence[int], where: Sequence[Where], world: World
) -> None:
    """Refuse two measures that assume different things about what one government buys of a good.

    Raises:
        ScenarioError: Names both.
    """
    assumed: dict[tuple[int, int], tuple[int, tuple[float, float]]] = {}
    for i in wanted:
        for s, n in itertools.product(where[i]["sectors"], where[i]["members"]):
            mine = _assumed(world, entries[i].measure, s)
            other, theirs = assumed.setdefault((n, s), (i, mine))
            if theirs != mine:
                raise ScenarioError(
                    f"{entries[other].place()} and {entries[i].place()} assume different things about what "
                    f"the government of {world.countries[n]} buys of {world.sectors[s]}: government_share "
                    f"{theirs[0]:g} and {mine[0]:g}, home_bias {theirs[1]:g} and {mine[1]:g}. Fix: the same "
                    "in both, or distinct members or sectors."
                )


def _assumed(world: World, measure: Any, sector: int) -> tuple[float, float]:
    """The government's share of final demand for a good, and its home bias."""
    usual = GOVERNMENT_SHARE.get(world.sectors[sector], _ELSEWHERE)
    part = usual if measure.government_share is None else float(measure.government_share)
    return part, float(measure.home_bias)


def _open(
    world: World,
    measure: Procurement,
    members: tuple[int, ...],
    sectors: tuple[int, ...],
    flow: np.ndarray,
) -> None:
    """Write the assumed purchases of the members' governments into ``flow``."""
    wedge = 1 + import_wedge(world)
    paid = world.data["trade_flow"].values * wedge
    for s in sectors:
        part, bias = _assumed(world, measure, s)
        for n in members:
            demand = part * world.data["final_demand"].values[n, s]
            total = paid[:, n, s].sum()
            if not (demand > 0 and total > 0):
                continue
            share = paid[:, n, s] / total * (1 - bias)
            share[n] = 0.0
            share[n] = 1 - share.sum()
            if share[n] * demand > _LARGEST_PART * paid[n, n, s]:
                share = paid[:, n, s] / total  # too little is made at home for a bias
            flow[:, n, s] = share * demand / wedge[:, n, s]


def _with_government(world: World, flow: np.ndarray) -> World:
    arrays = {str(name): variable.values for name, variable in world.data.data_vars.items()}
    demand = (flow * (1 + import_wedge(world))).sum(axis=0)
    arrays |= {"government_flow": flow, "government_demand": demand}
    remark = (
        "Government's part of final demand and its home bias in procurement are assumed, not data."
    )
    attrs = {**world.data.attrs, "adjustments": json.dumps([*world.adjustments, remark])}
    return World(world.name, frozen(world_dataset(world.countries, world.sectors, arrays, attrs)))
