"""Worlds that the tests of statistics share: random ones, the toy, and one after a policy."""

from __future__ import annotations

import numpy as np
import xarray as xr

import zollverein as zv
from tests.general import real_world
from tests.helpers import simulate
from tests.oracles.extended import extended_world
from zollverein.testing import random_policy, random_world


def cases() -> list[zv.World]:
    """Before and after alike, with zeros, duties, export taxes and an embargo."""
    base = random_world(3, countries=5, sectors=4, export_taxes=True)
    after = simulate(base, random_policy(base, 3, export_taxes=True)).after
    return [
        zv.load_world("toy"),
        random_world(1, countries=4, sectors=3),
        random_world(2, countries=6, sectors=5, export_taxes=True),
        base,
        after,
        *extended(),
    ]


def extended() -> list[zv.World]:
    """With rents and a government that buys from its own sources, before and after a policy."""
    stand = extended_world(3, export_taxes=True, employment=False)
    world = real_world(stand)
    return [world, simulate(world, random_policy(world, 4, export_taxes=True)).after]


def flows(values: object, names: str = "ABCDEFGH") -> xr.DataArray:
    """A table of flows ``[exporter, importer]`` or with a third axis of sectors."""
    array = np.asarray(values, dtype=float)
    labels = list(names[: len(array)])
    coords = {"exporter": labels, "importer": labels}
    if array.ndim == 3:
        coords["sector"] = [f"s{k}" for k in range(array.shape[2])]
    return xr.DataArray(array, coords, tuple(coords))


def shuffled(world: zv.World, seed: int = 0) -> zv.World:
    """The same world with its labels in another order."""
    rng = np.random.default_rng(seed)
    countries, sectors = rng.permutation(world.countries), rng.permutation(world.sectors)
    order = {"exporter": countries, "importer": countries, "country": countries}
    order |= {"sector": sectors, "input_sector": sectors}
    data = world.data.sel({dim: list(axis) for dim, axis in order.items()})
    return zv.World(name=world.name, data=data.copy(deep=True))
