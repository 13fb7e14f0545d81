"""What measures and tables are given: taken by label, or refused; nothing is left out silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close
from zollverein.errors import DataError, LabelError
from zollverein.measures.booking import booking, resource_cost
from zollverein.measures.creation import creation_and_diversion
from zollverein.measures.effects import terms_of_trade_hat
from zollverein.measures.first_order import first_order
from zollverein.measures.isolation import isolation
from zollverein.measures.transfers import equalising_transfers
from zollverein.scenario import Scenario
from zollverein.tables import read_table

SCENARIO = Scenario.from_toml(
    """
[[measures]]
kind = "barrier"
exporters = "HOM"
importers = "PAR"
remove = 0.1

[[measures]]
kind = "productivity"
countries = "HOM"
sectors = "goods"
change = 0.1
"""
)
RESULT = zv.simulate(zv.load_world("toy"), SCENARIO)
BEFORE, AFTER, POLICY = RESULT.before, RESULT.after, RESULT.policy
CHANGE: Any = POLICY.productivity_hat


def test_a_scenario_is_not_taken_for_no_policy():
    given: Any = SCENARIO
    with pytest.raises(LabelError, match="a Scenario, not a Policy; what it says"):
        booking(BEFORE, AFTER, given)
    given = RESULT
    with pytest.raises(LabelError, match="a Result, not a Policy"):
        creation_and_diversion(BEFORE, AFTER, "PAR", policy=given)
    saved = booking(BEFORE, AFTER, POLICY)["change"].to_dict()
    assert saved["PAR", "resource_cost"] < 0


TAKERS: dict[str, Callable[[xr.DataArray], Any]] = {
    "terms of trade": lambda hat: terms_of_trade_hat(BEFORE, AFTER, hat),
    "first order": lambda hat: first_order(BEFORE, AFTER, productivity_hat=hat)["direct"],
    "isolation": lambda hat: isolation(BEFORE, AFTER, RESULT.parameters, hat).to_xarray()[
        "market_access"
    ],
}


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS)
def test_factors_are_taken_by_label(take):
    assert_close(take(CHANGE.transpose()), take(CHANGE), rtol=0)
    with pytest.raises(LabelError, match="the labels of country of a policy's factors"):
        take(CHANGE[::-1])
    with pytest.raises(LabelError, match="the labels of sector"):
        take(CHANGE[:, :1])
    with pytest.raises(LabelError, match="need the dimensions country, sector; got ndarray"):
        take(CHANGE.values)


def test_a_change_of_costs_is_taken_by_label():
    cost: Any = POLICY.cost_hat
    assert_close(resource_cost(AFTER, cost.transpose()), resource_cost(AFTER, cost), rtol=0)
    with pytest.raises(LabelError, match="the labels of exporter"):
        resource_cost(AFTER, cost[::-1])


def test_worlds_of_other_labels_have_no_first_order_effect():
    other = zv.load_world("icio2022")
    with pytest.raises(LabelError, match="different countries or sectors"):
        first_order(BEFORE, other)


def test_what_is_no_country_is_said_not_to_be_one():
    with pytest.raises(
        LabelError, match=r"^'Home' is not among the countries of toy \(HOM, PAR, RST\)"
    ):
        creation_and_diversion(BEFORE, AFTER, "Home")
    with pytest.raises(LabelError, match="no country given"):
        creation_and_diversion(BEFORE, AFTER, [])


def test_one_label_is_one_economy():
    alone = read_table(RESULT, "effects", "HOM")
    assert alone.identical(read_table(RESULT, "effects", ["HOM"]))


def test_transfers_take_lists_and_need_a_change_for_each_income():
    assert_close(equalising_transfers([1, 2], [0.1, -0.1]), np.array([-2, 2]) / 15, rtol=1e-12)
    with pytest.raises(DataError, match="one income and one change for each member"):
        equalising_transfers(np.array([1.0, 2.0]), np.array([0.1]))


def test_a_case_is_a_scenario_a_file_or_a_result():
    cases: Any = [RESULT, 3]
    with pytest.raises(DataError, match="a case is a scenario, a file or a result, not 3"):
        zv.compare(cases)
