"""A customs union whose common tariff leaves its trade with the rest of the world as large as it was.

Kemp and Wan (1976): whatever the union, there are a common tariff and transfers among the members
with which no member loses and nobody outside is touched, because the union's trade with the outside
does not change. Where every economy's goods are its own kind, to hold each price and quantity would
take a rate for each outside exporter and export taxes too. Here the common tariff holds the quantity
of imports from outside, in total or sector by sector, and what is left for the outside is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.accounts import income
from zollverein.best_policy import rate_table, real_income_change
from zollverein.errors import NotConverged, ScenarioError
from zollverein.levers import Board, set_board
from zollverein.measures.effects import real_income_hat
from zollverein.measures.first_order import unit_cost_hat
from zollverein.measures.transfers import equalising_transfers
from zollverein.models.baseline import Array
from zollverein.policy import Policy
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.resolve import Written
from zollverein.solver.broyden import broyden
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: On the log of each lever's imports over what they were.
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class CustomsUnion:
    """A union with no duties inside and a common tariff that holds its imports from outside.

    Attributes:
        rates: By lever (``all`` or sectors): ``before`` (mean rate in force), ``best`` (the common
            tariff), ``imports_pct`` of the lever in the members' final spending.
        members: By member: ``real_income_pct`` against the reference; ``transfer``, what it receives
            so that all members gain the same part of their real income (currency; sum zero);
            ``shared_pct``, that common gain.
        outside: By economy outside: ``real_income_pct``.
        reference: With the rates in force.
        result: With the union.
        gap: Largest relative difference of a lever's imports from what they were.
    """

    rates: pd.DataFrame
    members: pd.DataFrame
    outside: pd.Series
    reference: Result
    result: Result
    gap: float


def kemp_wan(
    world: World,
    members: Sequence[str],
    *,
    by: str = "uniform",
    sectors: Written = "all",
    scenario: Scenario | Policy | None = None,
    **options: Any,
) -> CustomsUnion:
    """The common tariff of a customs union that keeps the quantity of its imports from outside.

    Args:
        world: The baseline.
        members: Economies, blocs or groups.
        by: ``"uniform"``: one rate keeps the total; ``"sector"``: each sector's rate keeps its own.
        sectors: Sectors with the common tariff, without duties inside; others stay as they are.
        scenario: What else changes.
        **options: As for ``simulate``.

    Returns:
        The union. Quantities are values before duty at the prices of the reference.

    Raises:
        ScenarioError: If a name is not of this world, or ``by`` is ``"partner"``.
        NotConverged: If no tariff up to 1,000 percent keeps the imports.
    """
    if by == "partner":
        raise ScenarioError("by 'partner' is no common tariff; choose 'uniform' or 'sector'.")
    board = set_board(
        world,
        scenario,
        ["+".join(members)],
        by=by,
        against="all",
        sectors=sectors,
        options=options,
    )
    reference = board.simulate(None)
    inside = replace(
        board, policy=_free_inside(world, board, board.players[0].countries, scenario, sectors)
    )
    point = _held(inside, reference)
    result = inside.simulate(point, start=reference)
    change = real_income_change(reference, result)
    own = list(board.players[0].countries)
    return CustomsUnion(
        rates=rate_table(board, point),
        members=_member_table(reference, change.loc[own]),
        outside=change.drop(own),
        reference=reference,
        result=result,
        gap=float(np.abs(np.expm1(_excess(inside, reference, result))).max()),
    )


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
    scenario: Scenario | Policy | None,
    sectors: Written,
) -> Policy:
    """The reference policy without duties between the members."""
    from zollverein.scenario.resolve import resolver

    said = scenario if isinstance(scenario, Scenario) else Scenario()
    goods = list(resolver(said, world).sectors.positions(sectors))
    own = [world.countries.index(country) for country in members]
    tariff = board.policy.tariff.values.copy(order="K")
    tariff[np.ix_(own, own, goods)] = 0.0
    return replace(board.policy, tariff=board.policy.tariff.copy(data=tariff))


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
    cost = unit_cost_hat(before, after) / result.policy.productivity_hat.values
    tax = [1 + world.data["export_tax"].values for world in (before, after)]
    price = cost[:, None, :] * (tax[1] / tax[0])
    return np.ascontiguousarray((after.data["trade_flow"].values / price).T).reshape(-1)
