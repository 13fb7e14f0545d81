"""Numbers that count or seed something: what is none is refused in words, whoever takes it."""

import json

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import ZollvereinError
from zollverein.scenario import Tariff

SCENARIO = zv.Scenario(measures=[Tariff(name="duty", exporters="RST", importers="HOM", add=0.1)])
SPREAD = {"elasticity_spread": 0.1, "workers": 1}


def attribute(**keys):
    return zv.attribute(zv.load_world("toy"), SCENARIO, "real_income HOM", **keys)


def uncertainty(**keys):
    world = zv.load_world("toy")
    return zv.uncertainty(
        world, SCENARIO, "real_income HOM", **{"draws": 20, "decompose": 0, **SPREAD, **keys}
    )


def coalition(**keys):
    return zv.coalition(zv.load_world("toy"), ["HOM", "PAR"], "RST", orders=4, **keys)


@pytest.mark.parametrize("wrong", [1.5, -1, "1", None, True])
@pytest.mark.parametrize("ask", [attribute, uncertainty, coalition])
def test_a_seed_that_is_none_is_refused(ask, wrong):
    with pytest.raises(ZollvereinError, match=r"seed is .*; it is a whole number from 0"):
        ask(seed=wrong)


@pytest.mark.parametrize(
    ("ask", "keys", "said"),
    [
        (attribute, {"nodes": 1.5}, r"nodes is 1\.5; it is a whole number"),
        (attribute, {"nodes": "4"}, r"nodes is '4'"),
        (attribute, {"method": "shapley", "orders": 4.0}, r"orders is 4\.0"),
        (uncertainty, {"decompose": "20"}, r"decompose is '20'"),
        (uncertainty, {"draws": 40, "decompose": 20.0}, r"decompose is 20\.0"),
        (uncertainty, {"workers": 1.5}, r"workers is 1\.5"),
        (uncertainty, {"elasticity_spread": -0.1}, r"elasticity_spread is -0\.1; a standard"),
        (uncertainty, {"elasticity_spread": float("nan")}, r"elasticity_spread is nan"),
    ],
)
def test_other_numbers_that_are_none_are_refused(ask, keys, said):
    with pytest.raises(ZollvereinError, match=said):
        ask(**keys)


def test_numbers_of_numpy_are_numbers(tmp_path):
    plain = uncertainty(seed=3)
    found = uncertainty(seed=np.int64(3), draws=np.int32(20), out=tmp_path)
    np.testing.assert_array_equal(found.draws, plain.draws)
    assert json.loads((tmp_path / "draws.json").read_text(encoding="utf-8"))["seed"] == 3
