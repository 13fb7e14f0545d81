"""Repairs keep the identities, touch what they say, and say what they touch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zollverein as zv
from zollverein.errors import AccountingError, LabelError
from zollverein.repair import clip_negative, floor_value_added
from zollverein.testing import random_world

TABLE = ("trade_flow", "tariff", "export_tax", "intermediate_use", "final_demand", "value_added")
FLOWS = ("trade_flow", "intermediate_use", "final_demand", "value_added")


def table_of(world: zv.World) -> dict[str, Any]:
    """Labels and writable copies of a world's arrays."""
    arrays: dict[str, Any] = {name: world.data[name].values.copy() for name in TABLE}
    return {"countries": world.countries, "sectors": world.sectors, **arrays}


def toy() -> dict[str, Any]:
    return table_of(zv.load_world("toy"))


def gaps(table: dict[str, Any]) -> float:
    """Largest gap of the two identities."""
    bought = (table["trade_flow"] * (1 + table["tariff"])).sum(axis=0)
    used = table["intermediate_use"].sum(axis=2) + table["final_demand"]
    sold = (table["trade_flow"] / (1 + table["export_tax"])).sum(axis=1)
    cost = table["intermediate_use"].sum(axis=1) + table["value_added"]
    return float(max(np.abs(bought - used).max(), np.abs(sold - cost).max()))


def labels(table: dict[str, Any]) -> dict[str, Any]:
    return {key: table[key] for key in ("countries", "sectors")}


def world_from(table: dict[str, Any], arrays: dict[str, Any], lines: list[str]) -> zv.World:
    return zv.World.from_arrays(
        name="repaired", **labels(table), **arrays, attrs={"adjustments": lines}
    )


def negative_flow() -> dict[str, Any]:
    """Home sells -2 of goods to Partner; use and cost follow."""
    table = toy()
    table["trade_flow"][0, 1, 0] -= 12
    table["final_demand"][1, 0] -= 12
    table["value_added"][0, 0] -= 12
    return table


def negative_input() -> dict[str, Any]:
    table = toy()
    table["intermediate_use"][0, 0, 1] = -3
    table["final_demand"][0, 0] += 3
    table["value_added"][0, 1] += 3
    return table


def negative_final() -> dict[str, Any]:
    """Home runs down stocks of goods: final demand -5, and the inputs are larger."""
    table = toy()
    moved = table["final_demand"][0, 0] + 5
    table["final_demand"][0, 0] = -5
    table["intermediate_use"][0, 0, 1] += moved
    table["value_added"][0, 1] -= moved
    return table


def negative_value_added() -> dict[str, Any]:
    """A subsidised sector: value added -4, both inputs larger."""
    table = toy()
    moved = table["value_added"][1, 0] + 4
    table["value_added"][1, 0] = -4
    table["intermediate_use"][1, :, 0] += moved / 2
    table["final_demand"][1] -= moved / 2
    return table


CASES = {
    "trade_flow": (negative_flow, 2.0, "exporter 'HOM', importer 'PAR', sector 'goods'"),
    "intermediate_use": (negative_input, 3.0, "country 'HOM', input_sector 'goods', sector 'serv"),
    "final_demand": (negative_final, 5.0, "country 'HOM', sector 'goods'"),
    "value_added": (negative_value_added, 4.0, "country 'PAR', sector 'goods'"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cases_are_refused_and_balanced(name: str) -> None:
    table = CASES[name][0]()
    assert gaps(table) < 1e-12
    assert table[name].min() < 0
    with pytest.raises(AccountingError, match=r"repair\.clip_negative"):
        world_from(table, {k: table[k] for k in TABLE}, [])


@pytest.mark.parametrize("name", CASES)
def test_clip_negative_keeps_identities_and_reports(name: str) -> None:
    make, amount, place = CASES[name]
    table = make()
    kept = {k: table[k].copy() for k in TABLE}
    arrays, lines = clip_negative(**table)
    assert gaps(arrays) < 1e-12
    assert all(arrays[k].min() >= 0 for k in FLOWS)
    assert len(lines) == 1
    assert lines[0].startswith(f"{name}: 1 cell negative, set to 0; in all {amount:g} ")
    assert place in lines[0]
    assert f"(was {-amount:g})" in lines[0]
    for key in TABLE:  # the caller's arrays are left alone
        np.testing.assert_array_equal(table[key], kept[key])


def test_a_flow_is_booked_to_final_demand_and_value_added() -> None:
    table = negative_flow()
    table["tariff"][0, 1, 0] = 0.5
    table["final_demand"][1, 0] -= 1  # duty-paid value of the flow of -2 is -3
    table["export_tax"][0, 1, 0] = 0.25
    table["value_added"][0, 0] += 0.4  # factory value of -2 is -1.6
    assert gaps(table) < 1e-12
    arrays, _ = clip_negative(**table)
    assert arrays["trade_flow"][0, 1, 0] == 0
    changed = {k: float((arrays[k] - table[k]).sum()) for k in FLOWS}
    assert changed == pytest.approx(
        {"trade_flow": 2, "intermediate_use": 0, "final_demand": 3, "value_added": 1.6}
    )


def test_an_input_is_booked_to_final_demand_and_value_added_of_its_cell() -> None:
    table = negative_input()
    arrays, _ = clip_negative(**table)
    assert arrays["final_demand"][0, 0] == pytest.approx(table["final_demand"][0, 0] - 3)
    assert arrays["value_added"][0, 1] == pytest.approx(table["value_added"][0, 1] - 3)


@pytest.mark.parametrize("name", ["final_demand", "value_added"])
def test_trade_and_output_stay_when_only_uses_are_negative(name: str) -> None:
    table = CASES[name][0]()
    arrays, _ = clip_negative(**table)
    np.testing.assert_array_equal(arrays["trade_flow"], table["trade_flow"])
    rise = {k: float((arrays[k] - table[k]).sum()) for k in ("final_demand", "value_added")}
    assert rise == pytest.approx(dict.fromkeys(rise, CASES[name][1]))


def test_clipped_value_added_is_zero_and_then_floored() -> None:
    table = negative_value_added()
    arrays, first = clip_negative(**table)
    assert arrays["value_added"][1, 0] == 0
    with pytest.raises(AccountingError, match=r"repair\.floor_value_added"):
        world_from(table, arrays, first)
    arrays, second = floor_value_added(**labels(table), **arrays, share=0.02)
    assert arrays["value_added"][1, 0] == pytest.approx(0.02 * 70)
    assert second[0].startswith("value_added: 1 cell below 2 % of output, raised to 2 % of output")
    world = world_from(table, arrays, first + second)
    assert world.adjustments == tuple(first + second)


def test_nothing_to_repair_changes_and_says_nothing() -> None:
    table = toy()
    for repair in (clip_negative, floor_value_added):
        arrays, lines = repair(**table)
        assert lines == []
        for key in TABLE:
            np.testing.assert_array_equal(arrays[key], table[key])


def test_taxes_may_be_left_out() -> None:
    table = negative_input()
    table["tariff"][:] = 0
    table["final_demand"][0, 0] -= 2  # the duty of the toy world
    del table["tariff"], table["export_tax"]
    arrays, lines = clip_negative(**table)
    assert lines
    assert not arrays["tariff"].any()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_missing_number_is_not_repaired(value: float) -> None:
    table = toy()
    table["final_demand"][2, 1] = value
    with pytest.raises(
        AccountingError, match=r"final_demand is not a finite .* 'RST', sector 'serv"
    ):
        clip_negative(**table)


def test_a_table_that_does_not_balance_is_not_repaired() -> None:
    table = toy()
    table["final_demand"][0, 1] = -1000
    with pytest.raises(
        AccountingError, match=r"country 'HOM', sector 'services' is to be raised by 1000 but"
    ):
        clip_negative(**table)


def test_wrong_shapes_and_shares_are_errors() -> None:
    table = toy()
    table["value_added"] = table["value_added"][:, :1]
    with pytest.raises(LabelError, match="value_added has shape"):
        clip_negative(**table)
    for share in (0.0, -1.0, 1.5):
        with pytest.raises(AccountingError, match="share is"):
            floor_value_added(**toy(), share=share)


@given(seed=st.integers(0, 10_000), size=st.floats(0.01, 0.5))
def test_every_negative_cell_of_a_random_table_is_repaired(seed: int, size: float) -> None:
    """Noise that keeps both identities: any cell may become negative."""
    table = table_of(random_world(seed, export_taxes=True))
    rng = np.random.default_rng(seed)
    flow = rng.normal(0, size * table["trade_flow"].mean(), table["trade_flow"].shape)
    use = rng.normal(0, size * table["intermediate_use"].mean(), table["intermediate_use"].shape)
    table["trade_flow"] += flow
    table["intermediate_use"] += use
    paid, factory = flow * (1 + table["tariff"]), flow / (1 + table["export_tax"])
    table["final_demand"] += paid.sum(axis=0) - use.sum(axis=2)
    table["value_added"] += factory.sum(axis=1) - use.sum(axis=1)
    arrays, lines = clip_negative(**table)
    arrays, more = floor_value_added(**labels(table), **arrays)
    assert gaps(arrays) < 1e-12 * max(1.0, np.abs(table["trade_flow"]).sum())
    assert world_from(table, arrays, lines + more).adjustments == tuple(lines + more)
