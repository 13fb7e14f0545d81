"""What a World refuses beyond its two identities: parts above the whole, rates that leave no price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import AccountingError, DataError, LabelError

#: North sells 30 to South, which sells 20 back and charges a duty of 10 %.
TWO: dict[str, Any] = {
    "name": "two",
    "countries": ["NOR", "SOU"],
    "sectors": ["good"],
    "trade_flow": [[[70], [30]], [[20], [40]]],
    "tariff": [[[0], [0.1]], [[0], [0]]],
    "intermediate_use": [[[40]], [[20]]],
    "value_added": [[60], [40]],
    "final_demand": [[50], [53]],
}
#: What the two governments buy, and what that costs them, duty paid.
BOUGHT, PAID = [[[10], [3]], [[2], [4]]], [[12], [7.3]]


def world(**changes: Any) -> zv.World:
    return zv.World.from_arrays(**{**TWO, **changes})


def test_what_the_government_demands_is_a_part_of_all_demand() -> None:
    told = world(government_flow=BOUGHT, government_demand=PAID)
    assert float(told.data["government_demand"].sum()) == pytest.approx(19.3)
    with pytest.raises(
        AccountingError, match="the government demands more than everyone at country 'NOR'"
    ):
        world(government_flow=[[[70], [3]], [[0], [4]]], government_demand=[[70], [7.3]])


@pytest.mark.parametrize("given", [{"government_flow": BOUGHT}, {"government_demand": PAID}])
def test_a_government_has_flows_and_demand_or_neither(given: dict[str, Any]) -> None:
    with pytest.raises(
        AccountingError, match="Give government_flow and government_demand together"
    ):
        world(**given)


@pytest.mark.parametrize(
    ("tax", "rent"), [("tariff", "import_rent"), ("export_tax", "export_rent")]
)
def test_a_rate_and_the_rent_beside_it_leave_a_price_above_zero(tax: str, rent: str) -> None:
    half = np.zeros((2, 2, 1))
    half[0, 1] = -0.6
    with pytest.raises(AccountingError, match=f"{tax} and {rent} together are at or below -100 %"):
        world(**{tax: half, rent: half})


def test_labels_have_an_order() -> None:
    with pytest.raises(LabelError, match=r"countries is \{.*\}; it must be a list"):
        world(countries={"NOR", "SOU"})
    with pytest.raises(LabelError, match="sectors is None; it must be a list of labels"):
        world(sectors=None)


def test_dimensions_without_labels_are_named() -> None:
    data = world().data
    for dim in ("country", "exporter", "sector"):
        with pytest.raises(LabelError, match=f"two: the dimension {dim} has no labels"):
            zv.World("two", data.drop_vars(dim))


@pytest.mark.parametrize("closure", ["share_of_world", "zero"])
@pytest.mark.parametrize(
    ("idle", "said"), [("make", "SOU makes nothing"), ("buy", "SOU buys nothing for final use")]
)
def test_a_country_without_income_or_spending_is_not_simulated(
    closure: str, idle: str, said: str
) -> None:
    flow = [[[70], [30]], [[0], [0]]] if idle == "make" else [[[70], [0]], [[20], [0]]]
    sold, bought = np.sum(flow, axis=1), np.sum(flow, axis=0)
    zero = np.zeros((2, 1, 1))
    found = world(
        trade_flow=flow, tariff=None, intermediate_use=zero, value_added=sold, final_demand=bought
    )
    with pytest.raises(DataError, match=f"two: {said}: its .* is zero, in every sector"):
        zv.simulate(found, zv.Scenario(), closure=closure, trade_elasticity=4.0)
