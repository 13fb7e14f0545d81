"""What productivity, import substitution and procurement do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zollverein.accounts import import_wedge
from zollverein.scenario.draft import Draft, Where, apply, between
from zollverein.scenario.industry import ImportSubstitution, Procurement, Productivity
from zollverein.scenario.rates import add_to_rate
from zollverein.scenario.resolve import Positions
from zollverein.scenario.wholes import Claim, claim


@apply.register(Productivity)
def _(measure: Productivity, draft: Draft, index: int, where: Where, strength: float) -> None:
    factor = (1 + measure.change) ** strength
    _raise_productivity(draft, index, where["countries"], where["sectors"], factor)


@apply.register(ImportSubstitution)
def _(measure: ImportSubstitution, draft: Draft, index: int, where: Where, strength: float) -> None:
    countries, sectors = where["countries"], where["sectors"]
    if measure.home_bias is not None:
        _note_idle(draft, index, countries, sectors)
        turn_home(draft, countries, sectors, 1 + strength * measure.home_bias)
    if measure.productivity is not None:
        factor = (1 + measure.productivity) ** strength
        _raise_productivity(draft, index, countries, sectors, factor)
    if measure.output_subsidy is not None:
        _note_idle(draft, index, countries, sectors)
        draft.moved.add("export_tax")
        rate = draft.array("export_tax")
        rate[np.ix_(countries, range(len(rate)), sectors)] -= strength * measure.output_subsidy
        if rate.min() <= -1:
            draft.problems.append(
                f"{draft.places[index]}: brings a subsidy to 100 % of the factory value or more; all "
                "subsidies on a sale must stay below it."
            )
            np.maximum(rate, -0.5, out=rate)
    if measure.tariff is not None:
        everyone = tuple(range(len(draft.world.countries)))
        cells = between(draft, index, everyone, countries, sectors)
        add_to_rate(strength * measure.tariff, draft, index, cells, "tariff")


def _raise_productivity(
    draft: Draft, index: int, countries: Positions, sectors: Positions, factor: float
) -> None:
    _note_idle(draft, index, countries, sectors)
    draft.array("productivity_hat")[np.ix_(countries, sectors)] *= factor


def _note_idle(draft: Draft, index: int, countries: Positions, sectors: Positions) -> None:
    """Note if nothing is made there; once, whatever the number of levers."""
    remark = "nothing is produced there in"
    made = draft.world.data["value_added"].values[np.ix_(countries, sectors)].any()
    if not made and not any(
        note.startswith(draft.places[index]) and remark in note for note in draft.notes
    ):
        draft.note_nothing(index, remark)


def turn_home(draft: Draft, countries: Positions, sectors: Positions, weight: float) -> None:
    """Multiply the weight of home goods, all weights scaled to sum to one at baseline prices.

    The scaling keeps a change of taste from being counted as a gain: at unchanged prices the price
    index does not move, however many measures turn buyers home.
    """
    access, earlier = draft.array("access_hat"), draft.array("home_weight")
    for n, private, _ in shares_bought(draft, countries):
        for s in sectors:
            home = private[n, s]
            old = earlier[n, s]
            access[:, n, s] *= (1 + (old - 1) * home) / (1 + (old * weight - 1) * home)
            access[n, n, s] *= weight
            earlier[n, s] = old * weight


def shares_bought(
    draft: Draft, importers: Positions
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Exporters' shares in the duty-paid purchases of one importer after another.

    Yields:
        Position of the importer, shares ``[exporter, sector]`` for all but its government, and for that.
    """
    world = draft.world
    flow, government = world.data["trade_flow"].values, world.values("government_flow")
    duty = import_wedge(world)
    for n in importers:
        factor, public = 1 + duty[:, n], government[:, n]
        yield n, _shares((flow[:, n] - public) * factor), _shares(public * factor)


def _shares(paid: np.ndarray) -> np.ndarray:
    total = paid.sum(axis=0)
    return np.asarray(np.maximum(paid, 0.0) / np.where(total > 0, total, 1.0))


@apply.register(Procurement)
def _(measure: Procurement, draft: Draft, index: int, where: Where, strength: float) -> None:
    members, sectors = where["members"], where["sectors"]
    cells = between(draft, index, members, members, sectors)
    government = draft.world.values("government_flow")
    if not cells.any(government):
        if cells.any(draft.world.data["trade_flow"].values):
            draft.note_nothing(index, "no government of the bloc buys from another member in")
        return
    claim(draft, "opening", Claim(index, cells, measure.open, 1.0))
    access = draft.array("government_access_hat")
    for n, private, public in shares_bought(draft, members):
        bought = np.zeros_like(private, dtype=bool)
        bought[:, list(cells.sectors)] = cells.pairs[:, n, None]
        # Not finite where nobody buys, or nothing is made at home.
        with np.errstate(divide="ignore", invalid="ignore"):
            towards = (private / private[n]) / (public / public[n])
            bought &= np.isfinite(towards) & (towards > 0)
            factor = towards ** (measure.open * strength)
        np.multiply(access[:, n], factor, out=access[:, n], where=bought)
