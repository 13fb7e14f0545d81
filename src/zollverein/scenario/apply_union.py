"""What customs unions, mobility and transfers do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zollverein.accounts import abroad
from zollverein.names import iso3
from zollverein.rules import KempWan, Pool
from zollverein.rules import Mobility as MobilityRule
from zollverein.scenario.draft import Draft, Where, apply, between, some_flow
from zollverein.scenario.rates import claim_rate, set_rate
from zollverein.scenario.resolve import Positions
from zollverein.scenario.union import (
    REVENUE_KEYS,
    AssetFreeze,
    CustomsUnion,
    Mobility,
    Transfer,
)


@apply.register(CustomsUnion)
def _(measure: CustomsUnion, draft: Draft, index: int, where: Where, strength: float) -> None:
    members, sectors = where["members"], where["sectors"]
    inside = between(draft, index, members, members, sectors)
    set_rate(0.0, draft, index, inside, "tariff", strength)
    if measure.external == "kemp_wan":
        _kemp_wan(draft, index, members, strength)
    elif measure.external != "keep" and len(members) < len(draft.world.countries):
        outside = _outside(draft, members)
        cells = between(draft, index, outside, members, sectors)
        common = _external(draft, members, measure.external)
        set_rate(common, draft, index, cells, "tariff", strength)
    if measure.keys is not None and len(members) > 1 and strength > 0:
        keys = _keys(measure, draft, index, members)
        if keys is not None:
            draft.join("pool of revenue", index, members)
            draft.pools.append(Pool(draft.labels(members), keys, strength))


def _outside(draft: Draft, members: Positions) -> Positions:
    return tuple(i for i in range(len(draft.world.countries)) if i not in members)


def _kemp_wan(draft: Draft, index: int, members: Positions, strength: float) -> None:
    """External taxes found with the equilibrium; nobody else may set them."""
    if 0 < strength < 1:
        draft.notes.append(
            f"{draft.places[index]}: Kemp-Wan taxes exist for the whole union only; until it is in force in "
            "full, each member keeps its external tariff."
        )
    if strength < 1:
        return
    every = tuple(range(len(draft.world.sectors)))
    outside = _outside(draft, members)
    if not outside:  # no external trade
        return
    bought = between(draft, index, outside, members, every)
    sold = between(draft, index, members, outside, every)
    claim_rate(draft, index, bought, "tariff")
    claim_rate(draft, index, sold, "export_tax")
    draft.held += [(index, bought), (index, sold)]
    draft.unions.append(KempWan(draft.labels(members)))


def refuse_beside_kemp_wan(draft: Draft) -> None:
    """Record what cannot stand beside a Kemp-Wan union: another one, a price cap, a full embargo."""
    if not draft.held:
        return
    unions = list(dict.fromkeys(index for index, _ in draft.held))
    found = unions + ([draft.capped[0][0]] if draft.caps else [])
    if len(found) > 1:
        draft.problems.append(
            f"{draft.places[found[0]]} and {draft.places[found[1]]} cannot be combined: the taxes of a "
            "Kemp-Wan union and the rents of a price cap are both found with the equilibrium, one at a time. "
            "Fix: another rule for the external tariff."
        )
    gone = np.isinf(draft.array("cost_hat")) & (draft.world.data["trade_flow"].values > 0)
    for holder, held in draft.held:
        for stopper, stopped in draft.stopped:
            common = stopped.common(held)
            if common.any(gone):
                draft.problems.append(
                    f"{draft.places[stopper]} stops what {draft.places[holder]} holds as it was: "
                    f"{some_flow(draft.world, common)}. Fix: another rule for the external tariff."
                )


def _external(draft: Draft, members: Positions, rule: str) -> np.ndarray:
    """New rates ``[exporter, importer, sector]``: the members' columns are all the same."""
    rate = draft.world.data["tariff"].values
    own = rate[:, list(members)]
    if rule == "max":
        common = own.max(axis=1)
    elif rule == "min":
        common = own.min(axis=1)
    else:
        flow = abroad(draft.world.data["trade_flow"].values)[:, list(members)]
        total = flow.sum(axis=1)
        weighted = (own * flow).sum(axis=1) / np.where(total > 0, total, 1.0)
        common = np.where(total > 0, weighted, own.mean(axis=1))
    return np.broadcast_to(common[:, None, :], rate.shape)


def _keys(
    measure: CustomsUnion, draft: Draft, index: int, members: Positions
) -> tuple[float, ...] | None:
    """Each member's share of the pool; None, with a problem recorded, if a member has none."""
    labels = draft.labels(members)
    if measure.keys == "value_added":
        return _by_value_added(draft, members)
    named = isinstance(measure.keys, str)
    table = REVENUE_KEYS[measure.keys] if isinstance(measure.keys, str) else measure.keys
    table = _by_label(draft, index, table or {})
    missing = [label for label in labels if label not in table]
    extra = [label for label in table if label not in labels]
    if missing or (extra and not named):
        draft.problems.append(
            f"{draft.places[index]}: keys must name every member and nobody else; "
            f"missing: {', '.join(missing) or 'none'}; not a member: {', '.join(extra) or 'none'}."
        )
        return None
    found = np.array([table[label] for label in labels])
    if extra:
        draft.notes.append(
            f"{draft.places[index]}: the keys '{measure.keys}' also name {', '.join(extra)}, not in the "
            "union here; the shares of the others were scaled to sum to 1."
        )
    return tuple((found / found.sum()).tolist())


def _by_label(draft: Draft, index: int, table: Mapping[str, float]) -> dict[str, float]:
    """A table by country with the world's labels in place of codes and names; what is none stays."""
    known = {label.casefold(): label for label in draft.world.countries}
    found: dict[str, float] = {}
    for name, size in table.items():
        written = name.strip()
        label = written if written in draft.world.countries else known.get(written.casefold())
        label = label or iso3(written) or written
        if label in found:
            draft.problems.append(
                f"{draft.places[index]}: '{name}' is {label}, which is named twice."
            )
        found[label] = size
    return found


def _by_value_added(draft: Draft, members: Positions) -> tuple[float, ...]:
    size = draft.world.data["value_added"].values.sum(axis=1)[list(members)]
    return tuple((size / size.sum()).tolist())


@apply.register(Mobility)
def _(measure: Mobility, draft: Draft, index: int, where: Where, strength: float) -> None:
    members = where["members"]
    labels = draft.labels(members)
    if len(members) < 2:
        draft.note_nothing(index, "the bloc has one country only in")
        return
    if measure.people is None:
        weights = _by_value_added(draft, members)
        draft.notes.append(
            f"{draft.places[index]}: the people of each member are not given; assumed in proportion to value "
            "added. Fix: people = { ... } in the measure."
        )
    elif set(people := _by_label(draft, index, measure.people)) != set(labels):
        draft.problems.append(
            f"{draft.places[index]}: people must name every member and nobody else: {', '.join(labels)}."
        )
        return
    else:
        count = np.array([people[label] for label in labels])
        weights = tuple((count / count.sum()).tolist())
    draft.join("mobility bloc", index, members)
    draft.mobility.append(MobilityRule(labels, strength * measure.elasticity, weights))


@apply.register(Transfer)
def _(measure: Transfer, draft: Draft, index: int, where: Where, strength: float) -> None:
    _pay(
        draft, index, where["payers"], where["receivers"], (measure.amount, measure.share), strength
    )


@apply.register(AssetFreeze)
def _(measure: AssetFreeze, draft: Draft, index: int, where: Where, strength: float) -> None:
    _pay(draft, index, where["target"], where["holders"], (measure.amount, measure.share), strength)


def _pay(
    draft: Draft,
    index: int,
    payers: Positions,
    receivers: Positions,
    size: tuple[float | None, float | None],
    strength: float,
) -> None:
    """Move money from payers to receivers, on each side in proportion to value added."""
    named, receivers = receivers, tuple(i for i in receivers if i not in payers)
    if not receivers:
        draft.problems.append(
            f"{draft.places[index]}: everyone who would receive also pays; name receivers outside."
        )
        return
    if len(receivers) < len(named) < len(draft.world.countries):
        both = ", ".join(draft.labels(tuple(i for i in named if i in payers)))
        draft.notes.append(
            f"{draft.places[index]}: {both} would pay and receive: it pays, and is left out of "
            "those who receive."
        )
    value_added = draft.world.data["value_added"].values.sum(axis=1)
    amount, share = size
    paid = value_added[list(payers)].sum() * share if share is not None else amount or 0.0
    if draft.transfer is None:
        draft.transfer = np.zeros(len(value_added))
    for sign, side in ((-1.0, payers), (1.0, receivers)):
        part = value_added[list(side)] / value_added[list(side)].sum()
        draft.transfer[list(side)] += sign * strength * paid * part
