"""``"A+B"`` is two economies together, unless one economy is called that."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import ScenarioError

ODD = {"HOM": "Home, at sea", "PAR": "Isles + Reefs"}
OPTIONS: dict[str, Any] = {"trade_elasticity": 4.0, "engine": "numpy"}


def renamed(world):
    data = world.data
    for dim in ("country", "exporter", "importer"):
        data = data.assign_coords({dim: [ODD.get(label, label) for label in data.indexes[dim]]})
    return zv.World("odd", data)


def same_numbers(there, here):
    found, wanted = (table.select_dtypes("number").to_numpy(float) for table in (there, here))
    assert wanted.size
    assert np.array_equal(np.isfinite(found), np.isfinite(wanted))
    assert np.isfinite(wanted).any()
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8)


@pytest.fixture(scope="module")
def toy():
    return zv.load_world("toy")


def test_a_coalition_of_such_names_is_that_of_the_others(toy):
    there = zv.coalition(renamed(toy), list(ODD.values()), "RST", workers=1, **OPTIONS)
    here = zv.coalition(toy, list(ODD), "RST", workers=1, **OPTIONS)
    assert list(there.members.index) == list(ODD.values())
    same_numbers(there.members, here.members)


def test_duties_against_such_names_are_those_against_the_others(toy):
    there = zv.nash(renamed(toy), list(ODD.values()), against="players", **OPTIONS)
    here = zv.nash(toy, list(ODD), against="players", **OPTIONS)
    same_numbers(there.table(), here.table())


def test_a_union_of_such_names_is_that_of_the_others(toy):
    there = zv.kemp_wan(renamed(toy), list(ODD.values()), by="uniform", **OPTIONS)
    same_numbers(there.members, zv.kemp_wan(toy, list(ODD), by="uniform", **OPTIONS).members)


def test_a_target_that_is_no_text_is_refused(toy):
    with pytest.raises(ScenarioError, match=r"\['RST'\] is not the name of an economy"):
        zv.coalition(toy, ["HOM", "PAR"], cast("str", ["RST"]))
