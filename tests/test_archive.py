"""Results on disk: nothing is lost, and a stored result can be verified and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import simulate
from zollverein.errors import DataError
from zollverein.files import read_dataset, write_dataset
from zollverein.policy import ARRAYS
from zollverein.scenario import Embargo, Scenario, Tariff
from zollverein.testing import assert_world_equal, decouple, random_policy, random_world

MEASURES = (
    Tariff(exporters="RST", importers="HOM", sectors="goods", set=0.1),
    Embargo(exporters="HOM", importers="PAR", sectors="goods"),
)


def from_scenario() -> Any:
    scenario = Scenario(name="Two steps", description="an example", measures=MEASURES)
    return zv.simulate(zv.load_world("toy"), scenario, closure="zero", trade_elasticity=5.0)


def from_policy() -> Any:
    """A bare policy with every kind of change, on a world with taxes, zeros and deficits."""
    world = random_world(3, export_taxes=True)
    return simulate(world, random_policy(world, 3, export_taxes=True, productivity=True))


@pytest.fixture(params=[from_scenario, from_policy], ids=["scenario", "policy"])
def result(request: Any) -> Any:
    return request.param()


def test_round_trip(result: Any, tmp_path: Path) -> None:
    again = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    assert_world_equal(result.before, again.before, rtol=0)
    assert_world_equal(result.after, again.after, rtol=0)
    for name in ARRAYS:
        np.testing.assert_array_equal(
            getattr(result.policy, name).values, getattr(again.policy, name).values
        )
    assert again.scenario == result.scenario
    assert again.convergence == result.convergence
    assert (again.notes, again.policy.notes) == (result.notes, result.policy.notes)
    ours, theirs = result.parameters, again.parameters
    assert (ours.model, ours.closure, ours.elasticity_name, ours.tolerance) == (
        theirs.model,
        theirs.closure,
        theirs.elasticity_name,
        theirs.tolerance,
    )
    np.testing.assert_array_equal(ours.trade_elasticity.values, theirs.trade_elasticity.values)
    assert again.before.data.attrs == result.before.data.attrs
    assert repr(again) == repr(result)


def test_a_loaded_result_gives_the_same_table_and_certificate(result: Any, tmp_path: Path) -> None:
    again = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    assert again.table().equals(result.table())
    certificate = zv.verify(again)
    assert certificate.holds(), str(certificate)
    assert certificate.conditions == pytest.approx(zv.verify(result).conditions, abs=1e-13)


def test_a_loaded_result_can_be_differentiated_and_decomposed(tmp_path: Path) -> None:
    result = from_scenario()
    again = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    ours, theirs = zv.decompose(result), zv.decompose(again)
    np.testing.assert_allclose(ours["total"], theirs["total"], rtol=1e-6, atol=1e-9)


def test_written_again_a_loaded_result_is_the_same_file(result: Any, tmp_path: Path) -> None:
    first = result.to_netcdf(tmp_path / "first.nc")
    second = zv.load_result(first).to_netcdf(tmp_path / "second.nc")
    assert read_dataset(first).identical(read_dataset(second))


def test_notes_survive(tmp_path: Path) -> None:
    world = random_world(3)
    result = simulate(world, decouple(world, "C1"), closure="zero")
    assert result.notes
    assert zv.load_result(result.to_netcdf(tmp_path / "r.nc")).notes == result.notes


@pytest.mark.parametrize("variable", ["trade_flow_new", "price_index_new", "trade_elasticity"])
def test_a_changed_number_in_the_file_is_found_by_verify(variable: str, tmp_path: Path) -> None:
    """A change too small for the checks of World is not too small for the certificate."""
    path = from_scenario().to_netcdf(tmp_path / "result.nc")
    stored = read_dataset(path)
    values = stored[variable].values
    values.flat[0] *= 1 + 1e-7
    write_dataset(stored, path)
    assert not zv.verify(zv.load_result(path)).holds()


def test_a_file_says_which_version_wrote_it(tmp_path: Path) -> None:
    path = from_scenario().to_netcdf(tmp_path / "result.nc")
    assert read_dataset(path).attrs["written_by"] == f"zollverein {zv.__version__}"
    assert "written_by" not in zv.load_result(path).before.data.attrs


def test_other_files_are_refused(tmp_path: Path) -> None:
    world = zv.load_world("toy").to_netcdf(tmp_path / "world.nc")
    with pytest.raises(DataError, match=r"world\.nc' is not a result of zollverein"):
        zv.load_result(world)
    with pytest.raises(DataError, match="There is no file"):
        zv.load_result(tmp_path / "absent.nc")
    text = tmp_path / "text.nc"
    text.write_text("hello")
    with pytest.raises(DataError, match="is not a netCDF file"):
        zv.load_result(text)


@pytest.mark.parametrize("lost", ["residual", "policy_caps", "notes", "policy_tariff"])
def test_what_is_missing_in_a_file_is_named(lost: str, tmp_path: Path) -> None:
    path = from_scenario().to_netcdf(tmp_path / "result.nc")
    stored = read_dataset(path)
    if lost in stored.attrs:
        del stored.attrs[lost]
    else:
        stored = stored.drop_vars(lost)
    write_dataset(stored, path)
    with pytest.raises(DataError, match=rf"result\.nc' is a damaged result .*{lost[-6:]}"):
        zv.load_result(path)


def test_attributes_of_a_world_with_the_names_of_those_of_a_result_survive(tmp_path: Path) -> None:
    toy = zv.load_world("toy")
    world = zv.World("mine", toy.data.assign_attrs(notes="by hand", method="a survey", world="one"))
    result = zv.simulate(world, Scenario(measures=MEASURES))
    again = zv.load_result(result.to_netcdf(tmp_path / "result.nc"))
    assert again.before.data.attrs == world.data.attrs
    assert again.after.data.attrs == world.data.attrs
    assert (again.notes, again.convergence.method) == (result.notes, result.convergence.method)


def test_anybody_can_open_the_file(tmp_path: Path) -> None:
    """Plain netCDF: before under the names of the World, after with the suffix _new."""
    path = from_scenario().to_netcdf(tmp_path / "result.nc")
    with xr.open_dataset(path, engine="h5netcdf") as stored:
        assert stored.attrs["closure"] == "zero"
        assert "Two steps" in stored.attrs["scenario"]
        assert float(stored["policy_tariff"].sel(exporter="RST", importer="HOM")[0]) == 0.1
        assert float(stored["trade_flow_new"].sel(exporter="HOM", importer="PAR")[0]) == 0.0


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        from_scenario().to_netcdf(tmp_path / "absent" / "result.nc")
    assert list(tmp_path.iterdir()) == []
