"""A customs union that leaves the rest of the world where it was, and what its members share.

Kemp and Wan (1976): whatever the union, there are external taxes and transfers among the members with
which no member loses and nobody outside is touched, because the union's trade with the outside does
not change. Where every economy's goods are of their own kind that takes a duty on each outside
exporter and sector and an export tax on each member and sector: the measure ``customs_union`` of the
scenario language with ``external = "kemp_wan"``. A *common tariff* alone, one rate or one for each
sector, can hold the quantity of imports, in total or sector by sector, and moves outsiders a little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.accounts import export_wedge, income
from zollverein.best_policy import rate_table, real_income_change
from zollverein.checks import texts
from zollverein.choices import check_scenario
from zollverein.errors import NotConverged, ScenarioError
from zollverein.levers import Board, set_board
from zollverein.measures.effects import real_income_hat
from zollverein.measures.first_order import unit_cost_hat
from zollverein.measures.transfers import equalising_transfers
from zollverein.models.baseline import Array
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import CustomsUnion, Scenario
from zollverein.scenario.resolve import Written
from zollverein.simulation import simulate
from zollverein.solver.broyden import broyden
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: What is held, and by what.
_WAYS = ("exact", "uniform", "sector")
#: On the log of each lever's imports over what they were.
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class KempWanUnion:
    """A union with no duties inside and external taxes that hold its trade with the outside.

    Attributes:
        rates: By sector (``all`` for one rate): ``before`` (mean duty in force, weighted by baseline
            imports), ``best`` (the external tariff, its mean over exporters if there are several),
            ``imports_pct`` from outside in the members' final spending.
        members: By member: ``real_income_pct`` against the reference; ``transfer``, what it receives
            so that all members gain the same part of their real income (currency; sum zero);
            ``shared_pct``, that common gain.
        outside: By economy outside: ``real_income_pct``.
        reference: With the rates in force.
        result: With the union.
        gap: Largest relative difference of what is to be held from what it was.
    """

    rates: pd.DataFrame
    members: pd.DataFrame
    outside: pd.Series
    reference: Result
    result: Result
    gap: float


def kemp_wan(
    world: World,
    members: str | Sequence[str],
    *,
    by: str = "exact",
    sectors: Written = "all",
    scenario: Scenario | None = None,
    **options: Any,
) -> KempWanUnion:
    """A customs union whose external taxes keep its trade with the outside.

    Args:
        world: The baseline.
        members: Economies, blocs or groups.
        by: ``"exact"``: duties and export taxes in every sector keep every price and quantity as in the
            baseline, whatever the scenario changes; ``"uniform"``: one common tariff keeps the total of
            imports under the scenario; ``"sector"``: that of each sector keeps its imports.
        sectors: Sectors without duties inside and, but for ``"exact"``, with the common tariff.
        scenario: What else changes.
        **options: As for ``simulate``.

    Returns:
        The union. Quantities are values before duty at the prices of the baseline.

    Raises:
        ScenarioError: If a name is not of this world, or ``by`` is unknown.
        NotConverged: If no external taxes keep the trade.
    """
    if by not in _WAYS:
        raise ScenarioError(f"by '{by}' is not a way to hold trade; choose {', '.join(_WAYS)}.")
    check_scenario(scenario, policy=False)
    members = texts("members", members)
    if not members:
        raise ScenarioError("kemp_wan: no member is named. Fix: at least two economies, or a bloc.")
    keys: dict[str, Any] = {"against": "all", "sectors": sectors, "options": options}
    levers = "sector" if by == "exact" else by
    board = set_board(world, scenario, ["+".join(members)], by=levers, **keys)
    reference = board.simulate(None)
    if by == "exact":
        result, gap = _exact(board, reference, scenario, sectors)
    else:
        result, gap = _common(board, reference, scenario, sectors)
    change = real_income_change(reference, result)
    own = list(board.players[0].countries)
    return KempWanUnion(
        rates=rate_table(board, _mean_rates(board, result)),
        members=_member_table(reference, change.loc[own]),
        outside=change.drop(own),
        reference=reference,
        result=result,
        gap=gap,
    )


def _exact(
    board: Board, reference: Result, scenario: Scenario | None, sectors: Written
) -> tuple[Result, float]:
    """The union of the scenario language, with all external taxes."""
    said = scenario or Scenario()
    union = CustomsUnion(members=board.players[0].countries, sectors=sectors, external="kemp_wan")
    formed = said.model_copy(update={"measures": (*said.measures, union)})
    result = simulate(board.world, formed, start=reference, **board.options)
    return result, result.residual


def _common(
    board: Board, reference: Result, scenario: Scenario | None, sectors: Written
) -> tuple[Result, float]:
    """A common tariff on every outside exporter."""
    policy = _free_inside(board.world, board, board.players[0].countries, scenario, sectors)
    inside = replace(board, policy=policy)
    result = inside.simulate(_held(inside, reference), start=reference)
    return result, float(np.abs(np.expm1(_excess(inside, reference, result))).max())


def _mean_rates(board: Board, result: Result) -> Array:
    """``[lever]`` log of one plus the mean duty of a result, weighted by baseline imports."""
    flow = np.ascontiguousarray(board.world.data["trade_flow"].values.T).reshape(-1)
    duty = np.ascontiguousarray(result.policy.tariff.values.T).reshape(-1)
    cells = [lever.cells for lever in board.levers]
    return np.log1p([float(flow[at] @ duty[at]) / float(flow[at].sum()) for at in cells])


def _member_table(reference: Result, change: pd.Series) -> pd.DataFrame:
    """Gains of the members and the transfers that make them equal."""
    world, own = reference.before, list(change.index)
    before = (income(world) * real_income_hat(world, reference.after)).to_series()
    gain, size = change.to_numpy() / 100, before.loc[own].to_numpy()
    table = change.to_frame()
    table["transfer"] = equalising_transfers(size, gain)
    table["shared_pct"] = 100 * float(size @ gain) / float(size.sum())
    return table


def _free_inside(
    world: World,
    board: Board,
    members: Sequence[str],
    scenario: Scenario | None,
    sectors: Written,
) -> Policy:
    """The reference policy without duties between the members."""
    from zollverein.scenario.resolve import resolver

    said = scenario or Scenario()
    goods = list(resolver(said, world).sectors.positions(sectors))
    own = [world.countries.index(country) for country in members]
    tariff = board.policy.tariff.values.copy(order="K")
    tariff[np.ix_(own, own, goods)] = 0.0
    return board.policy.changed(tariff=board.policy.tariff.copy(data=tariff))


def _held(board: Board, reference: Result) -> Array:
    """The log rates that keep each lever's imports."""
    last = reference
    theta = np.array([lever.elasticity for lever in board.levers])

    def step(point: Array) -> tuple[Array, float]:
        nonlocal last
        last = board.simulate(point, start=last)
        excess = _excess(board, reference, last)
        return excess / theta, float(np.abs(excess).max())

    found = broyden(step, board.start("in force"), tolerance=_TOLERANCE)
    if not found.converged:
        raise NotConverged(
            "no common tariff keeps the union's imports from outside: they are off by "
            f"{found.residual:.1e} after {found.steps} trials. Fix: by='uniform', or fewer sectors."
        )
    return found.value


def _excess(board: Board, reference: Result, result: Result) -> Array:
    """``[lever]`` log of imports over those of the reference, both at baseline prices."""
    old, new = (_quantities(r) for r in (reference, result))
    sums = [(new[lever.cells].sum(), old[lever.cells].sum()) for lever in board.levers]
    return np.log([top / bottom for top, bottom in sums])


def _quantities(result: Result) -> Array:
    """Flows before duty at baseline prices, flat in ``[sector, importer, exporter]``."""
    before, after = result.before, result.after
    cost = unit_cost_hat(before, after, result.parameters) / result.policy.productivity_hat.values
    tax = [1 + export_wedge(world) for world in (before, after)]
    price = cost[:, None, :] * (tax[1] / tax[0])
    return np.ascontiguousarray((after.data["trade_flow"].values / price).T).reshape(-1)
