"""Distributions in scenario files: read, written, simulated at their centre, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import ScenarioError
from zollverein.scenario.distributions import Distribution

UNCERTAIN = """
name = "Sizes are not known"
trade_elasticity = 4.0
[[measures]]
kind = "barrier"
name = "market"
exporters = "HOM"
importers = "PAR"
remove = { low = 0.05, mode = 0.10, high = 0.20 }
[[programmes]]
name = "Customs"
[[programmes.measures]]
kind = "tariff"
exporters = "RST"
importers = "HOM"
add = { value = 0.05, standard_error = 0.01 }
"""


def test_a_file_keeps_its_distributions():
    scenario: Any = zv.Scenario.from_toml(UNCERTAIN)
    assert scenario.measures[0].remove == Distribution("triangular", 0.05, 0.1, 0.2)
    assert scenario.programmes[0].measures[0].add == Distribution("normal", 0.05, 0.01)
    again: Any = zv.Scenario.from_toml(scenario.to_toml())
    assert again == scenario
    assert isinstance(again.measures[0].remove, Distribution)


def test_a_simulation_takes_the_central_sizes():
    world, scenario = zv.load_world("toy"), zv.Scenario.from_toml(UNCERTAIN)
    plain = UNCERTAIN.replace("{ low = 0.05, mode = 0.10, high = 0.20 }", "0.10")
    plain = plain.replace("{ value = 0.05, standard_error = 0.01 }", "0.05")
    found, expected = (
        zv.simulate(world, s).table() for s in (scenario, zv.Scenario.from_toml(plain))
    )
    np.testing.assert_array_equal(found, expected)


def test_sizes_of_a_file_are_drawn():
    world, scenario = zv.load_world("toy"), zv.Scenario.from_toml(UNCERTAIN)
    found = zv.uncertainty(
        world, scenario, "real_income HOM", draws=30, decompose=20, sources=["measures"], workers=1
    )
    assert found.groups == ("market: remove", "Customs, tariff 1: add")
    assert found.table()["sd_pct"].iloc[0] > 0.01


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{ low = 0.2, mode = 0.1, high = 0.3 }", r"measures\[0\].remove.*not in order"),
        ("{ low = -0.1, mode = 0.1, high = 0.3 }", "is -0.1; it must be at least 0"),
        ("{ value = 0.1 }", "no distribution"),
        ("{ value = 0.1, standard_error = -1 }", "greater than 0"),
    ],
)
def test_mistakes_name_the_place(written, said):
    text = UNCERTAIN.replace("{ low = 0.05, mode = 0.10, high = 0.20 }", written)
    with pytest.raises(ScenarioError, match=said):
        zv.Scenario.from_toml(text)
