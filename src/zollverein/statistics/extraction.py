"""Hypothetical extraction: what the world would not produce without one economy's sales to another."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal

import numpy as np
import xarray as xr

from zollverein.errors import DataError
from zollverein.statistics.input_output import (
    Array,
    InputOutput,
    government_purchases,
    input_output,
    private_demand,
)
from zollverein.statistics.inputs import (
    Group,
    Sectors,
    check_word,
    members,
    named,
    sector_labels,
)
from zollverein.world import World


def hypothetical_extraction(
    world: World,
    source: Group,
    user: Group,
    products: Sectors = None,
    *,
    resourced: float = 0.0,
    replaced_by: Literal["equal", "others"] = "equal",
    final: bool = False,
) -> xr.DataArray:
    """Value added lost if one group's sales to another stopped ``[country, sector]``.

    ``v ∘ (L f − L* f*)`` where ``A*`` is ``A`` without the block of inputs (Los, Timmer and de
    Vries 2016; Dietzenbacher, van Burken and Kondo 2019). Prices and recipes stay, so this is an
    accounting of ties and a bound, not a forecast; for prices and substitution simulate an embargo.

    Args:
        world: The world.
        source: Whose sales stop: a bloc, an economy or several.
        user: Whose purchases; sales of an economy to itself are never touched.
        products: Which products of the source; all if omitted.
        resourced: Share of the lost purchases that is found elsewhere, from 0 to 1.
        replaced_by: What is found elsewhere. ``equal``: an equal supply, so that only the missing
            share counts and ``resourced=1`` loses exactly nothing anywhere. ``others``: the user's
            other suppliers, domestic ones too, in proportion to their sales (a product without
            another supplier stays lost), so that production moves and only the world as a whole
            loses nothing at ``resourced=1``.
        final: Stop sales of final goods too.

    Returns:
        The loss in currency; negative where production moves to.

    Raises:
        DataError: If ``resourced`` is not between 0 and 1, or ``replaced_by`` is another word.
        ScenarioError: If a name is unknown.
    """
    if not _is_share(resourced):
        raise DataError(f"resourced is a share between 0 and 1; got {resourced!r}.")
    check_word(replaced_by, ("equal", "others"), "replaced_by")
    table = input_output(world)
    users = [world.countries.index(label) for label in members(world, user)]
    cut = _cut(world, source, users, products)
    lost = _lost(table.source_share[:, users], cut, resourced, replaced_by)
    demand = np.zeros_like(table.output)
    if final:
        official = _lost(government_purchases(world)[:, users], cut, resourced, replaced_by)
        bought = np.einsum("ijk,jk->ik", lost, private_demand(world)[users])
        demand = (bought + official.sum(axis=1)).ravel()
    loss = table.value_added * _output_loss(table, users, lost, demand)
    coords = {"country": world.countries, "sector": world.sectors}
    return named("hypothetical_extraction", table.by_country(loss), coords)


def _is_share(value: Any) -> bool:
    return isinstance(value, Real) and 0 <= float(value) <= 1


def _cut(world: World, source: Group, users: list[int], products: Sectors) -> Array:
    """Which sales stop ``[source, user, product]``, as a mask."""
    sellers = set(members(world, source))
    goods = set(sector_labels(world, products))
    seller = np.array([label in sellers for label in world.countries])
    good = np.array([label in goods for label in world.sectors])
    other = np.arange(len(world.countries))[:, None] != np.array(users)
    return seller[:, None, None] & other[:, :, None] & good


def _lost(bought: Array, cut: Array, resourced: float, replaced_by: str) -> Array:
    """What is no longer bought of each source ``[source, user, product]``."""
    gone = np.where(cut, bought, 0.0)
    if replaced_by == "equal":
        return np.asarray((1 - resourced) * gone)
    kept = np.where(cut, 0.0, bought)
    total = kept.sum(axis=0)
    weight = np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)
    return np.asarray(gone - resourced * weight * gone.sum(axis=0))


def _output_loss(table: InputOutput, users: list[int], lost: Array, demand: Array) -> Array:
    """``L f − L* f*`` by an update of low rank: only the users' columns of ``A`` change.

    With ``A* = A − W Eᵀ``, ``L* = L − L W (I + Eᵀ L W)⁻¹ Eᵀ L`` (Woodbury).
    """
    n, s = len(table.countries), len(table.sectors)
    columns = (np.array(users)[:, None] * s + np.arange(s)).ravel()
    block = np.einsum("ijk,jks->ikjs", lost, table.recipe[users]).reshape(n * s, len(columns))
    reach = table.inverse @ block
    direct = table.inverse @ demand
    remaining = (table.output - direct)[columns]
    inner = np.eye(len(columns)) + reach[columns]
    return np.asarray(direct + reach @ np.linalg.solve(inner, remaining))
