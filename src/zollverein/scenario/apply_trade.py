"""What the measures on trade flows do to rates, costs and access."""

from __future__ import annotations

import numpy as np

from zollverein.rules import PriceCap as CapRule
from zollverein.scenario.cells import Cells
from zollverein.scenario.draft import Draft, Where, apply, between, flows, some_flow
from zollverein.scenario.rates import change_rate
from zollverein.scenario.trade import (
    Barrier,
    Embargo,
    ExportControl,
    ExportTax,
    MutualRecognition,
    PaymentFriction,
    PriceCap,
    Tariff,
)
from zollverein.scenario.wholes import Claim, claim


@apply.register(Tariff)
def _(measure: Tariff, draft: Draft, index: int, where: Where, strength: float) -> None:
    cells = flows(measure, draft, index, where)
    change_rate(measure, draft, index, cells, "tariff", strength)


@apply.register(ExportTax)
def _(measure: ExportTax, draft: Draft, index: int, where: Where, strength: float) -> None:
    cells = flows(measure, draft, index, where)
    change_rate(measure, draft, index, cells, "export_tax", strength)


@apply.register(Barrier)
def _(measure: Barrier, draft: Draft, index: int, where: Where, strength: float) -> None:
    cells = flows(measure, draft, index, where)
    if measure.add is not None:
        waste = 1 + (1 - measure.rent) * measure.add
        change_cost(draft, cells, waste**strength)
        if measure.rent:
            markup = ((1 + measure.add) / waste) ** strength
            draft.scale(f"{measure.keeper[:6]}_markup", cells, markup)
    elif measure.remove is not None:
        level = measure.remove if measure.level is None else measure.level
        removed = measure.actionable * measure.remove
        change_cost(draft, cells, ((1 + level - removed) / (1 + level)) ** strength)
        if measure.level is not None:
            claim(draft, "barrier", Claim(index, cells, removed, level))


@apply.register(MutualRecognition)
def _(measure: MutualRecognition, draft: Draft, index: int, where: Where, strength: float) -> None:
    members = where["members"]
    cells = between(draft, index, members, members, where["sectors"])
    left = 1 - measure.actionable * measure.size / (1 + measure.size)
    change_cost(draft, cells, left**strength)


@apply.register(PaymentFriction)
def _(measure: PaymentFriction, draft: Draft, index: int, where: Where, strength: float) -> None:
    ends = where["target"], where["partners"]
    cells = between(draft, index, *ends, where["sectors"], both=True)
    change_cost(draft, cells, (1 + measure.add) ** strength)


def change_cost(draft: Draft, cells: Cells, factor: float) -> None:
    """Multiply the iceberg cost of flows."""
    draft.scale("cost_hat", cells, factor)


@apply.register(Embargo)
def _(measure: Embargo, draft: Draft, index: int, where: Where, strength: float) -> None:
    stop(draft, index, flows(measure, draft, index, where), measure.share * strength)


@apply.register(ExportControl)
def _(measure: ExportControl, draft: Draft, index: int, where: Where, strength: float) -> None:
    stop(draft, index, flows(measure, draft, index, where), measure.share * strength)


def stop(draft: Draft, index: int, cells: Cells, share: float) -> None:
    """Cut off a share of the varieties of flows; all of them is an exact zero."""
    if share == 1:
        draft.scale("cost_hat", cells, np.inf)
    elif share > 0:
        for name in ("access_hat", "government_access_hat"):
            if name == "access_hat" or "government_flow" in draft.world.data:
                draft.scale(name, cells, 1 - share)
    draft.stopped.append((index, cells))
    _refuse_capped_and_stopped(draft)


@apply.register(PriceCap)
def _(measure: PriceCap, draft: Draft, index: int, where: Where, strength: float) -> None:
    cells = flows(measure, draft, index, where)
    _refuse_capped_twice(draft, index, cells)
    draft.capped.append((index, cells))
    _refuse_capped_and_stopped(draft)
    if strength == 0 or not cells.any(draft.world.data["trade_flow"].values):
        return
    draft.caps.append(
        CapRule(
            exporters=draft.labels(where["exporters"]),
            importers=draft.labels(where["importers"]),
            sectors=tuple(draft.world.sectors[s] for s in where["sectors"]),
            cap=measure.cap / strength,
            leakage=measure.leakage,
        )
    )


def _refuse_capped_twice(draft: Draft, index: int, cells: Cells) -> None:
    """Record that a flow is under two caps; a cap is one rule with one leakage."""
    for first, theirs in draft.capped:
        common = theirs.common(cells)
        if common:
            draft.problems.append(
                f"{draft.places[first]} and {draft.places[index]} both cap the price of "
                f"{some_flow(draft.world, common)}. Make their flows distinct."
            )


def _refuse_capped_and_stopped(draft: Draft) -> None:
    """Record that a flow is both stopped and capped."""
    if draft.combine != "error":
        return
    for first, stopped in draft.stopped:
        for second, capped in draft.capped:
            common = stopped.common(capped)
            if common:
                text = (
                    f"{draft.places[first]} stops what {draft.places[second]} caps the price of: "
                    f"{some_flow(draft.world, common)}. Make their flows distinct, or say that the embargo "
                    'counts with combine = "last" or "add" at the top of the file.'
                )
                if text not in draft.problems:
                    draft.problems.append(text)
