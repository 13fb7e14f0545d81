"""The World: what it refuses and how it says so, what it keeps, and the accounts read from it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close, simulate
from zollverein import accounts
from zollverein.errors import AccountingError, DataError, LabelError, ZollvereinError
from zollverein.testing import (
    assert_world_equal,
    decouple,
    random_policy,
    random_world,
)
from zollverein.variables import WORLD_VARIABLES


def toy_arrays() -> dict[str, Any]:
    """What ``World.from_arrays`` needs to build the toy world again."""
    data = zv.load_world("toy").data
    names = ("trade_flow", "tariff", "intermediate_use", "value_added", "final_demand")
    arrays: dict[str, Any] = {name: data[name].values.copy() for name in names}
    labels = {"countries": ["HOM", "PAR", "RST"], "sectors": ["goods", "services"]}
    return {"name": "toy", **labels, **arrays}


def refusal(kind: type[ZollvereinError], **changes: Any) -> str:
    """The message with which the toy world with changed arrays is refused."""
    with pytest.raises(kind) as caught:
        zv.World.from_arrays(**{**toy_arrays(), **changes})
    return str(caught.value)


def with_cell(name: str, cell: tuple[int, ...], value: float) -> dict[str, Any]:
    """One array of the toy world with one number changed."""
    arrays = toy_arrays()
    array = arrays.get(name, np.zeros_like(arrays["trade_flow"]))
    array[cell] = value
    return {name: array}


# --- values ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["trade_flow", "intermediate_use", "final_demand", "value_added", "tariff"]
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_number_that_is_not_finite_is_refused(name: str, value: float) -> None:
    cell = (1, 1, 1) if name in ("trade_flow", "tariff", "intermediate_use") else (1, 1)
    message = refusal(AccountingError, **with_cell(name, cell, value))
    assert message.startswith(f"toy: {name} is not a finite number at ")
    assert "'PAR'" in message
    assert "'services'" in message
    assert f": {value:g} (1 of" in message
    assert "absence is an explicit 0" in message


@pytest.mark.parametrize(
    ("name", "cell", "place"),
    [
        ("trade_flow", (0, 1, 0), "exporter 'HOM', importer 'PAR', sector 'goods'"),
        ("intermediate_use", (2, 0, 1), "country 'RST', input_sector 'goods', sector 'services'"),
        ("final_demand", (1, 1), "country 'PAR', sector 'services'"),
        ("value_added", (0, 0), "country 'HOM', sector 'goods'"),
    ],
)
def test_a_negative_value_is_refused(name: str, cell: tuple[int, ...], place: str) -> None:
    message = refusal(AccountingError, **with_cell(name, cell, -2.5))
    assert message.startswith(f"toy: {name} is negative at {place}: -2.5 (1 of ")
    assert "zollverein.repair.clip_negative" in message


@pytest.mark.parametrize("name", ["tariff", "export_tax"])
def test_a_rate_of_minus_one_is_refused(name: str) -> None:
    message = refusal(AccountingError, **with_cell(name, (0, 1, 0), -1.0))
    place = "exporter 'HOM', importer 'PAR', sector 'goods'"
    assert message.startswith(f"toy: {name} is at or below -100 % at {place}: -1 (1 of 18 cells)")
    assert "0.25 means 25 %" in message


@pytest.mark.parametrize("name", ["wage", "price_index"])
def test_an_index_that_is_not_positive_is_refused(name: str) -> None:
    data = zv.load_world("toy").data.copy(deep=True)
    data[name].values.flat[0] = 0.0
    with pytest.raises(AccountingError, match=rf"toy: {name} is not positive at country 'HOM'"):
        zv.World("toy", data)


# --- identities --------------------------------------------------------------------------------
def test_absorption_must_equal_purchases() -> None:
    message = refusal(AccountingError, **with_cell("final_demand", (0, 0), 52.0))
    assert message.startswith(
        "toy: for country 'HOM', sector 'goods' duty-paid purchases are 82 but intermediate plus "
        "final use is 72 (1 of 6 cells fail)."
    )
    assert "domestic sales" in message


def test_uses_before_duty_are_refused() -> None:
    """Home's duty of 2 on goods from Rest is left out of its uses."""
    assert "82 but" in refusal(AccountingError, **with_cell("final_demand", (0, 0), 60.0))


def test_output_must_equal_cost() -> None:
    message = refusal(AccountingError, **with_cell("value_added", (1, 1), 46.0))
    assert message.startswith(
        "toy: for country 'PAR', sector 'services' sales are 70 but inputs plus value added are 60"
    )


def test_the_worst_cell_is_named_and_all_are_counted() -> None:
    final = toy_arrays()["final_demand"]
    final[0, 0] += 1
    final[1, 1] += 20
    message = refusal(AccountingError, final_demand=final)
    assert "country 'PAR', sector 'services'" in message
    assert "(2 of 6 cells fail)" in message


def test_output_without_value_added_is_refused() -> None:
    arrays = toy_arrays()
    arrays["intermediate_use"][0, 0, 0] += 40
    arrays["final_demand"][0, 0] -= 40
    arrays["value_added"][0, 0] = 0
    message = refusal(AccountingError, **arrays)
    assert message.startswith(
        "toy: value added is zero where there is output at country 'HOM', sector 'goods': 0"
    )
    assert "zollverein.repair.floor_value_added" in message


def test_the_wage_is_value_added_over_employment_in_any_unit() -> None:
    """Nothing changes without a policy, whatever the unit of employment."""
    jobs = toy_arrays()["value_added"] * np.array([[50.0], [2.0], [0.1]])
    world = zv.World.from_arrays(**toy_arrays(), employment=jobs, attrs={"trade_elasticity": 4.0})
    assert_close(world.data["wage"], [0.02, 0.5, 10.0], 1e-12)
    for labour in ("mobile", "sector_specific"):
        result = zv.simulate(world, zv.Scenario(), labour=labour)
        assert_close(result.table()["real_wage_pct"], 0.0, 1e-9, 1e-9)


def test_employment_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    jobs = toy_arrays()["value_added"] * [[1, 1], [0, 1], [1, 1]]
    message = refusal(AccountingError, employment=jobs)
    assert "nobody is employed where value is added at country 'PAR', sector 'goods'" in message
    path = zv.load_world("toy").to_netcdf(tmp_path / "jobs.nc")
    with xr.open_dataset(path) as data:
        stored = data.load()
    stored["employment"] = 2 * stored["value_added"]
    stored.to_netcdf(path, engine="h5netcdf")
    with pytest.raises(
        AccountingError, match="the wage is not value added over employment at country"
    ):
        zv.load_world(path)


def test_rounding_is_not_an_error() -> None:
    final = toy_arrays()["final_demand"]
    final[0, 0] *= 1 + 1e-8
    zv.World.from_arrays(**{**toy_arrays(), "final_demand": final})


# --- labels and shapes ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["trade_flow", "tariff", "export_tax", "intermediate_use", "value_added", "final_demand"],
)
def test_a_wrong_shape_is_refused_with_both_shapes_and_the_axes(name: str) -> None:
    message = refusal(LabelError, **{name: np.ones((3, 2, 2, 1))})
    assert message.startswith(f"{name} has shape (3, 2, 2, 1); 3 countries and 2 sectors need (3, ")
    assert message.endswith(f"axes {', '.join(WORLD_VARIABLES[name].dims)}.")


def test_what_is_not_a_table_of_numbers_is_refused() -> None:
    assert "value_added is not a rectangular array" in refusal(
        LabelError, value_added=[[1, 2], [3], [4, 5]]
    )
    assert "value_added is not a rectangular array" in refusal(LabelError, value_added="much")


def test_labels_that_repeat_are_refused() -> None:
    message = refusal(LabelError, countries=["HOM", "PAR", "HOM"])
    assert message == "toy: country labels repeat: HOM. Each must be unique."
    assert "sector labels repeat: goods" in refusal(LabelError, sectors=["goods", "goods"])


def test_a_world_of_nobody_is_refused() -> None:
    nothing = np.zeros((0, 0, 2))
    use, own = np.zeros((0, 2, 2)), np.zeros((0, 2))
    message = refusal(
        LabelError,
        countries=[],
        trade_flow=nothing,
        tariff=nothing,
        intermediate_use=use,
        value_added=own,
        final_demand=own,
    )
    assert "there is no country" in message


def test_labels_in_another_order_are_refused() -> None:
    data = zv.load_world("toy").data.isel(exporter=[1, 0, 2])
    with pytest.raises(
        LabelError, match=r"labels of exporter differ .* \(PAR, HOM, RST against HOM, PAR, RST\)"
    ):
        zv.World("toy", data)


def test_a_missing_variable_or_another_axis_order_is_refused() -> None:
    data = zv.load_world("toy").data
    with pytest.raises(LabelError, match="toy: variable value_added is missing; needed with dims"):
        zv.World("toy", data.drop_vars("value_added"))
    turned = data.assign(trade_flow=data["trade_flow"].transpose("sector", "exporter", "importer"))
    with pytest.raises(LabelError, match=r"toy: trade_flow has dims \('sector', "):
        zv.World("toy", turned)


# --- what a World is -------------------------------------------------------------------------
def test_from_arrays_labels_everything_and_fills_in_what_is_neutral() -> None:
    world = zv.World.from_arrays(**toy_arrays(), year=2020)
    assert repr(world) == "World('toy': 3 countries × 2 sectors, year 2020)"
    assert (world.countries, world.sectors) == (("HOM", "PAR", "RST"), ("goods", "services"))
    assert (world.year, world.adjustments) == (2020, ())
    assert {name: world.data[name].dims for name in WORLD_VARIABLES} == {
        name: spec.dims for name, spec in WORLD_VARIABLES.items()
    }
    assert world.data["tariff"].sel(exporter="RST", importer="HOM", sector="goods") == 0.25
    assert not world.data["export_tax"].any()
    assert bool((world.data["wage"] == 1).all())
    assert bool((world.data["price_index"] == 1).all())
    assert world.data["tariff"].attrs["symbol"] == "t_ijs"


def test_attributes_and_adjustments_are_kept() -> None:
    attrs = {"source": "invented", "adjustments": ["one thing", "another"]}
    world = zv.World.from_arrays(**toy_arrays(), attrs=attrs)
    assert world.data.attrs["source"] == "invented"
    assert world.adjustments == ("one thing", "another")
    assert world.year is None


def test_a_world_is_frozen_and_its_arrays_are_read_only() -> None:
    world = zv.load_world("toy")
    with pytest.raises(dataclasses.FrozenInstanceError):
        world.name = "other"  # type: ignore[misc]
    for name in WORLD_VARIABLES:
        with pytest.raises(ValueError, match="read-only"):
            world.data[name].values.flat[0] = 7.0


def test_a_world_does_not_share_memory_with_the_arrays_it_was_made_from() -> None:
    arrays = toy_arrays()
    world = zv.World.from_arrays(**arrays)
    arrays["value_added"][0, 0] = -1
    assert float(world.data["value_added"][0, 0]) == 40


# --- files -----------------------------------------------------------------------------------
def test_netcdf_round_trip(tmp_path: Path) -> None:
    attrs = {"source": "invented", "adjustments": ["one thing"], "trade_elasticity": 4.0}
    world = zv.World.from_arrays(**toy_arrays(), year=2020, attrs=attrs)
    path = world.to_netcdf(tmp_path / "w.nc")
    again = zv.World.from_netcdf(path)
    assert_world_equal(world, again, rtol=0)
    assert (again.name, again.year, again.adjustments) == ("toy", 2020, ("one thing",))
    assert again.data.attrs["trade_elasticity"] == 4.0
    assert_world_equal(zv.load_world(path), world, rtol=0)
    assert [p.name for p in tmp_path.iterdir()] == ["w.nc"]


def test_a_counterfactual_is_a_world_that_can_be_written_and_used(tmp_path: Path) -> None:
    world = random_world(2)
    after = simulate(world, random_policy(world, 2)).after
    again = zv.World.from_netcdf(after.to_netcdf(tmp_path / "after.nc"))
    assert_world_equal(after, again, rtol=0)


def test_tariffs_may_be_missing_in_a_file(tmp_path: Path) -> None:
    world = random_world(1, tariffs=False)
    data = world.data.drop_vars(["tariff", "export_tax", "wage", "price_index"])
    data.to_netcdf(tmp_path / "bare.nc", engine="h5netcdf")
    again = zv.World.from_netcdf(tmp_path / "bare.nc")
    assert again.name == "bare"
    assert_world_equal(world, again)


def test_a_file_that_is_not_a_world_says_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "rain.nc"
    xr.Dataset({"rain": ("day", [1.0, 2.0])}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(
        DataError, match=r"rain\.nc' is not a world: it lacks trade_flow, intermediate_use"
    ):
        zv.World.from_netcdf(path)


def test_what_is_not_a_netcdf_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.nc"
    path.write_text("not data")
    with pytest.raises(DataError, match=r"notes\.nc' is not a netCDF file"):
        zv.World.from_netcdf(path)
    with pytest.raises(DataError, match="There is no file"):
        zv.World.from_netcdf(tmp_path / "absent.nc")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the folder .*absent' does not exist"):
        zv.load_world("toy").to_netcdf(tmp_path / "absent" / "w.nc")


def test_an_unknown_world_gets_a_suggestion() -> None:
    with pytest.raises(DataError, match="There is no world 'tpy': did you mean 'toy'"):
        zv.load_world("tpy")
    assert set(zv.worlds()) >= {"toy", "icio2022"}


# --- accounts --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (accounts.exports, [20, 20, 18]),
        (accounts.imports, [20, 20, 18]),
        (accounts.trade_balance, [0, 0, 0]),
        (accounts.tariff_revenue, [2, 0, 0]),
        (accounts.export_tax_revenue, [0, 0, 0]),
        (accounts.income, [106, 91, 680]),
        (accounts.expenditure, [[82, 80], [70, 70], [400, 600]]),
        (accounts.gross_output, [[80, 80], [70, 70], [400, 600]]),
        (accounts.value_added_share, [[0.5, 0.8]] * 3),
        (accounts.input_share, [[[0.25, 0], [0.25, 0.2]]] * 3),
        (accounts.final_share, [[62 / 106, 44 / 106], [52.5 / 91, 38.5 / 91], [300 / 680, 0.380 / 0.680]]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_accounts_of_the_toy_world(account: Any, expected: Any) -> None:
    found = account(zv.load_world("toy"))
    assert_close(found.values, expected, rtol=1e-12, atol=1e-12)
    assert found.name == account.__name__
    assert list(found.indexes["country"]) == ["HOM", "PAR", "RST"]


def test_trade_shares_of_the_toy_world() -> None:
    found = accounts.trade_share(zv.load_world("toy"))
    assert found.dims == ("exporter", "importer", "sector")
    assert_close(
        found.sel(importer="HOM", sector="goods").values, [60 / 82, 12 / 82, 10 / 82], 1e-12
    )


def world_to_account(seed: int, *, counterfactual: bool) -> zv.World:
    """A baseline with taxes, zeros and deficits, or a counterfactual of it."""
    world = random_world(seed, export_taxes=True)
    policy = random_policy(world, 1, export_taxes=True, productivity=True)
    return simulate(world, policy).after if counterfactual else world


@pytest.mark.parametrize("counterfactual", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_accounts_obey_their_identities_before_and_after(seed: int, counterfactual: bool) -> None:
    world = world_to_account(seed, counterfactual=counterfactual)
    data, tight = world.data, {"rtol": 1e-8, "atol": 1e-10}
    use, final = data["intermediate_use"].values, data["final_demand"].values
    assert_close(accounts.expenditure(world), use.sum(axis=2) + final, **tight)
    cost = use.sum(axis=1) + data["value_added"].values
    assert_close(accounts.gross_output(world), cost, **tight)
    assert_close(accounts.income(world), final.sum(axis=1), **tight)
    assert_close(accounts.trade_balance(world).sum(), 0.0, 0.0, 1e-12)
    shares = accounts.value_added_share(world).values + accounts.input_share(world).sum(
        "input_sector"
    )
    assert_close(shares, np.ones_like(shares), **tight)
    assert_close(accounts.final_share(world).sum("sector"), np.ones(len(final)), **tight)
    taxes = accounts.tariff_revenue(world) + accounts.export_tax_revenue(world)
    assert_close(
        accounts.income(world),
        data["value_added"].sum("sector") + taxes - accounts.trade_balance(world),
        **tight,
    )


@pytest.mark.parametrize("seed", range(3))
def test_trade_shares_add_up_where_something_is_bought(seed: int) -> None:
    world = random_world(seed)
    total = accounts.trade_share(world).sum("exporter").values
    bought = accounts.expenditure(world).values > 0
    assert_close(total, bought.astype(float), 1e-12)


def test_a_country_without_trade_has_accounts() -> None:
    world = random_world(3)
    after = simulate(world, decouple(world, "C0"), closure="zero").after
    for account in (accounts.exports, accounts.imports, accounts.trade_balance):
        assert float(account(after).sel(country="C0")) == 0.0
