"""Where inputs come from at face value and looked through, and whose value added trade carries."""

from __future__ import annotations

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.checks import told
from zollverein.errors import LabelError
from zollverein.statistics.input_output import Array, InputOutput, input_output, source_share
from zollverein.statistics.inputs import Sectors, named, ratio, sector_labels
from zollverein.world import World


def import_dependence(world: World) -> xr.DataArray:
    """Share of each source in an industry's inputs at face value ``[source, country, sector]``.

    Direct purchases only, at factory prices, by the proportionality assumption; the source equal to
    the country is the domestic share. Sums to 1 over sources; not-a-number for an industry without
    inputs.
    """
    inputs = accounts.values(world, "intermediate_use")
    direct = np.einsum("ijk,jks->ijs", source_share(world), inputs)
    return _by_source("import_dependence", world, direct)


def foreign_input_reliance(world: World) -> xr.DataArray:
    """Share of each source in an industry's inputs looked through ``[source, country, sector]``.

    All production needed upstream, directly and for the inputs of inputs, by the economy where it
    takes place: column sums of ``L − I`` by source (Baldwin, Freeman and Theodorakopoulos 2023).
    Sums to 1 over sources, domestic included; not-a-number for an industry without inputs.
    """
    return _by_source("foreign_input_reliance", world, _upstream(input_output(world)))


def country_reliance(shares: xr.DataArray, world: World, sectors: Sectors = None) -> xr.DataArray:
    """Reliance of whole economies ``[source, country]``: industries weighted with their inputs.

    Args:
        shares: ``import_dependence`` or ``foreign_input_reliance`` of the world.
        world: The world.
        sectors: Which using industries; all if omitted.

    Raises:
        LabelError: If the shares are those of other labels than the world's.
    """
    inputs = accounts.values(world, "intermediate_use").sum(axis=1)
    if set(getattr(shares, "dims", ())) != {"source", "country", "sector"}:
        raise LabelError(
            f"the shares are {told(shares)} without the dimensions source, country and sector. Fix: "
            "country_reliance(import_dependence(world), world)."
        )
    shares = shares.transpose("source", "country", "sector")
    labels = [tuple(shares.indexes[dim]) for dim in shares.dims]
    if labels != [world.countries, world.countries, world.sectors]:
        raise LabelError(
            f"the shares have other economies or sectors than {world.name}, or another order of them. Fix: "
            "country_reliance(import_dependence(world), world)."
        )
    position = [world.sectors.index(label) for label in sector_labels(world, sectors)]
    weight = inputs[:, position]
    total = (np.nan_to_num(shares.values[:, :, position]) * weight).sum(axis=2)
    names = world.countries
    value = ratio(total, weight.sum(axis=1))
    return named("country_reliance", value, {"source": names, "country": names})


def value_added_absorbed(world: World) -> xr.DataArray:
    """Value added by where it is made and where it is finally used ``[source, sector, absorber]``.

    Sums over absorbers to value added; the cells between different economies are exports of value
    added (Johnson and Noguera 2012).
    """
    table = input_output(world)
    made = table.value_added[:, None] * (table.inverse @ table.final)
    coords = {"source": world.countries, "sector": world.sectors, "absorber": world.countries}
    return named("value_added_absorbed", table.by_country(made), coords)


def value_added_in_exports(world: World) -> xr.DataArray:
    """Each economy's value added in an economy's gross exports ``[source, exporter]``.

    Exports of inputs and of final goods at factory prices; what crosses a border twice counts
    twice (Hummels, Ishii and Yi 2001; Koopman, Wang and Wei 2014). Sums over sources, together
    with the taxes on inputs that the exports embody, to the exports at factory prices.
    """
    table = input_output(world)
    sold = accounts.abroad(accounts.factory_sales(world)).sum(axis=1)
    names = world.countries
    inverse = table.inverse.reshape(len(table.output), len(names), -1)
    made = table.value_added[:, None] * np.einsum("rcs,cs->rc", inverse, sold)
    value = table.by_country(made).sum(axis=1)
    return named("value_added_in_exports", value, {"source": names, "exporter": names})


def _upstream(table: InputOutput) -> Array:
    """Column sums of ``L − I`` by source ``[source, country, sector]``."""
    n, s = len(table.countries), len(table.sectors)
    embodied = table.by_country(table.inverse).sum(axis=1).reshape(n, n, s)
    embodied[np.arange(n), np.arange(n)] -= 1.0
    return np.maximum(embodied, 0.0)


def _by_source(name: str, world: World, amount: Array) -> xr.DataArray:
    coords = {"source": world.countries, "country": world.countries, "sector": world.sectors}
    return named(name, ratio(amount, amount.sum(axis=0)), coords)
