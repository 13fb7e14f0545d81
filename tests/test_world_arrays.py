"""The arrays of a World: its own, in 64-bit floats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.helpers import assert_close
from zollverein.errors import DataError, LabelError


@pytest.mark.parametrize("kind", [np.float32, object])
def test_numbers_of_any_kind_are_kept_as_64_bit_floats(kind: type) -> None:
    world = zv.load_world("toy")
    given = world.data.astype(kind)
    kept = zv.World("toy", given)
    assert {variable.dtype for variable in kept.data.data_vars.values()} == {np.dtype(np.float64)}
    assert given["trade_flow"].dtype == kind
    policy = zv.Policy.neutral(kept)
    duty = policy.changed(tariff=policy.tariff + 0.1)
    assert_close(zv.simulate(kept, duty).table(), zv.simulate(world, duty).table(), 1e-5, 1e-5)


def test_what_a_caller_writes_later_does_not_change_a_world() -> None:
    mine = zv.load_world("toy").data.copy(deep=True)
    world = zv.World("toy", mine)
    mine["value_added"].values[0, 0] = -1
    mine["tariff"] = mine["tariff"] * 2
    assert float(world.data["value_added"][0, 0]) == 40
    assert float(world.data["tariff"].max()) == 0.25


def test_a_variable_with_a_slip_in_its_name_is_refused_and_remarks_are_not(tmp_path: Path) -> None:
    world, path = zv.load_world("toy"), tmp_path / "mine.nc"
    people = world.data["wage"] * 5
    world.data.assign(populations=people).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(DataError, match="no variable 'populations'; did you mean 'population'"):
        zv.World.from_netcdf(path)
    world.data.assign(quality=people).to_netcdf(path, engine="h5netcdf")
    assert "quality" not in zv.World.from_netcdf(path).data
    policy = zv.Policy.neutral(world)
    zv.simulate(world, policy.changed(tariff=policy.tariff + 0.1)).to_netcdf(path)
    assert_close(zv.World.from_netcdf(path).data["tariff"], world.data["tariff"], 0, 0)


def test_what_is_not_given_and_what_is_not_to_be_given_is_told() -> None:
    world = zv.load_world("toy")
    needed = ("trade_flow", "intermediate_use", "value_added", "final_demand")
    given: dict[str, Any] = {name: world.data[name].values for name in needed}
    labels: dict[str, Any] = {
        "name": "mine",
        "countries": world.countries,
        "sectors": world.sectors,
    }
    for lacking in needed:
        with pytest.raises(LabelError, match=f"a world needs {lacking}; not given"):
            zv.World.from_arrays(**labels, **{**given, lacking: None}, employment=np.ones((3, 2)))
    for own in ("wage", "price_index"):
        more: dict[str, Any] = {own: world.data[own].values}
        with pytest.raises(LabelError, match=f"{own} is not given to a new world"):
            zv.World.from_arrays(**labels, **given, **more)


def test_what_is_no_number_is_refused() -> None:
    data = zv.load_world("toy").data
    words = data["wage"].astype(object).copy(data=np.array(["a", "b", "c"], dtype=object))
    with pytest.raises(LabelError, match="wage is not a rectangular array of numbers"):
        zv.World("toy", data.assign(wage=words))
