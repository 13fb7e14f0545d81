"""A finished world is what was checked: one that was changed since is not simulated."""

import copy
import pickle

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import AccountingError, DataError


def assigned(world):
    world.data["tariff"] = 2 * world.data["tariff"]


def written_over(world):
    world.data["tariff"].values = 2 * world.data["tariff"].values


def removed(world):
    del world.data["tariff"]


def added(world):
    world.data["population"] = world.data["wage"].copy()


@pytest.mark.parametrize("change", [assigned, written_over, removed, added])
def test_a_world_that_was_changed_is_not_simulated(change):
    world = zv.load_world("toy")
    change(world)
    name = "population" if change is added else "tariff"
    with pytest.raises(DataError, match=f"toy: '{name}' was changed in a finished world"):
        zv.simulate(world, zv.Scenario())


def test_what_the_message_says_is_the_way():
    world = zv.load_world("toy")
    with pytest.raises(AccountingError):
        zv.World(world.name, world.data.assign(tariff=2 * world.data["tariff"]))
    other = zv.World(world.name, world.data.assign(population=2 * world.data["wage"]))
    other.check_untouched()


def test_copies_and_other_variables_are_no_change():
    world = zv.load_world("toy")
    world.data["remark"] = world.data["wage"] * 0
    sent = pickle.loads(pickle.dumps(world))  # noqa: S301 - written just before
    for same in (world, copy.copy(world), copy.deepcopy(world), sent):
        same.check_untouched()
        assert np.isfinite(zv.simulate(same, zv.Scenario()).residual)
