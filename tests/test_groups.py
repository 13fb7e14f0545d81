"""Groups that the trade of a scenario is shown by: those that its measures name, wherever they stand."""

from __future__ import annotations

import pytest

import zollverein as zv
from zollverein.scenario import Scenario
from zollverein.tables import groups_of

UNION = """
kind = "customs_union"
members = ["HOM", "PAR"]
"""
CLOSER = """
kind = "mutual_recognition"
members = "pair"
size = 0.1
"""
DUTY = """
kind = "tariff"
exporters = "RST"
importers = "HOM"
set = 0.5
"""


def groups(text: str) -> dict[str, list[str]]:
    return groups_of(zv.simulate(zv.load_world("toy"), Scenario.from_toml(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[[measures]]{UNION}", {"HOM": ["HOM"], "PAR": ["PAR"], "RST": ["RST"]}),
        (
            f'[[programmes]]\nname = "a"\n[[programmes.measures]]{DUTY}',
            {"RST": ["RST"], "HOM": ["HOM"], "PAR": ["PAR"]},
        ),
        (
            f'[blocs]\npair = ["HOM", "PAR"]\n[[measures]]{CLOSER}',
            {"pair": ["HOM", "PAR"], "RST": ["RST"]},
        ),
    ],
    ids=["members", "programme", "bloc"],
)
def test_whoever_a_measure_names_has_a_group(text, expected):
    assert groups(text) == expected
