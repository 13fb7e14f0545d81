"""Bands of tables: those of the simulations one by one, over the same labels, however they are computed."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close, run_script
from tests.test_uncertainty import Stopped, options, sized
from zollverein import accounts
from zollverein.errors import DataError, LabelError, ScenarioError
from zollverein.measures.creation import creation_and_diversion
from zollverein.scenario import Mobility, Scenario, Tariff
from zollverein.scenario.words import TableName
from zollverein.tables import REPORT, TABLES, read_table, readers
from zollverein.uncertainty import FailedDraw
from zollverein.uncertainty import run as running
from zollverein.uncertainty.draws import Plan, solve_draw
from zollverein.uncertainty.sources import uncertain_sizes, with_sizes

ALL = tuple(TABLES)


def shares_of_inputs(result: Any) -> xr.DataArray:
    """A table of the user's own: value added over output, by country and sector."""
    world = result.after
    return world.data["value_added"] / accounts.gross_output(world)


def scenario() -> Scenario:
    measures = (Tariff(name="duty", exporters="RST", importers="HOM", sectors="goods", set=0.3),)
    return Scenario(name="Duty", world="toy", measures=measures)


@lru_cache
def found() -> Any:
    return zv.uncertainty(
        zv.load_world("toy"), scenario(), "real_income HOM", draws=12, decompose=0, seed=2,
        elasticity_spread=0.3, workers=1, tables=ALL,
    )  # fmt: skip


def test_every_table_can_be_named_in_a_file():
    assert get_args(TableName) == ("report", *TABLES)
    assert set(REPORT) < set(TABLES)


def test_bands_are_the_quantiles_of_simulations_one_by_one():
    """Elasticities and sizes drawn; every table read from ``zv.simulate`` at the numbers of each draw."""
    world, policy = zv.load_world("toy"), sized()
    answer = zv.uncertainty(
        world, policy, "real_income HOM", draws=6, decompose=0, seed=3, elasticity_spread=0.2,
        workers=1, tables=ALL,
    )  # fmt: skip
    theta = xr.DataArray([4.0, 4.0], coords={"sector": list(world.sectors)})
    job = running._job(
        world, policy, "real_income HOM", 3, None, 0.2, None, "numpy", {"trade_elasticity": theta}
    )
    plan = Plan(job, 6, 0)
    results = []
    for number in range(6):
        draw: Any = plan.draw(number)
        assert job.elasticities is not None
        values = dict(zip(world.sectors, job.elasticities.draw(draw.elasticities), strict=True))
        exact = with_sizes(policy, uncertain_sizes(policy), draw.sizes.tolist())
        results.append(zv.simulate(world, exact, trade_elasticity=values))
    for name in ALL:
        bands = answer.bands(name)
        tables = [read_table(result, name) for result in results]
        assert all(table.dims == bands["median"].dims for table in tables)
        if not tables[0].size:
            assert name == "movers"
            continue
        low, median, high = np.quantile([t.values for t in tables], [0.05, 0.5, 0.95], axis=0)
        for part, values in (("low", low), ("median", median), ("high", high)):
            np.testing.assert_allclose(bands[part].values, values, rtol=1e-6, atol=1e-6)
        assert np.isfinite(bands["median"].values).any()


def test_terms_of_trade_are_those_of_the_table():
    result = zv.simulate(zv.load_world("toy"), scenario())
    bands = found().bands("effects")
    expected = result.table()
    assert list(bands.indexes["effect"]) == list(expected.columns)
    assert list(bands.indexes["country"]) == list(expected.index)
    assert_close(bands["central"].values, expected.to_numpy(), 1e-7, 1e-8)
    terms = bands.sel(effect="terms_of_trade_pct")
    assert (terms["low"] < terms["high"]).all()
    assert ((terms["low"] <= terms["median"]) & (terms["median"] <= terms["high"])).all()


def test_a_band_of_the_table_is_that_of_the_outcome():
    row = found().table().iloc[0]
    cell = found().bands("effects").sel(country="HOM", effect="real_income_pct")
    for part in ("central", "median", "low", "high"):
        assert float(cell[part]) == pytest.approx(row[f"{part}_pct"], abs=1e-9)


def test_draws_that_are_all_the_same_have_no_width():
    answer = zv.uncertainty(
        zv.load_world("toy"), scenario(), "real_income HOM", draws=4, decompose=0,
        elasticity_spread=1e-13, workers=1, tables=["trade", "output"],
    )  # fmt: skip
    for name in ("trade", "output"):
        bands = answer.bands(name)
        known = np.isfinite(bands["central"].values)
        assert known.any()
        np.testing.assert_array_equal(np.isfinite(bands["low"].values), known)
        width = (bands["high"] - bands["low"]).values[known]
        np.testing.assert_allclose(width, 0, atol=1e-6)


def test_what_was_not_there_has_no_band():
    """Trade with oneself is no trade, and stays no number."""
    trade = found().bands("trade")
    for part in ("central", "median", "low", "high"):
        missing = np.isnan(trade[part].values)
        np.testing.assert_array_equal(missing, np.eye(3, dtype=bool))


def test_own_tables_and_own_names():
    answer = zv.uncertainty(
        **options(workers=1, decompose=0, draws=8),
        tables={"inputs": shares_of_inputs, "made": "output"},
    )
    bands = answer.bands("inputs")
    assert bands["median"].dims == ("country", "sector")
    assert list(bands.indexes["country"]) == ["C0", "C1", "C2", "C3"]
    assert np.isfinite(bands["low"].values).all()
    assert set(answer.tables) == {"inputs", "made"}
    assert repr(answer.tables["made"]) == "TableDraws(made: draw: 8, country: 4, sector: 3)"


def test_the_same_cells_on_two_workers():
    one, two = (zv.uncertainty(**options(workers=w), tables=["trade", "effects"]) for w in (1, 2))
    for name in one.tables:
        np.testing.assert_array_equal(one.tables[name].draws, two.tables[name].draws)
        assert one.tables[name].draws.sizes["draw"] == 30
    plain = zv.uncertainty(**options(workers=1))
    np.testing.assert_array_equal(one.draws, plain.draws)
    assert plain.tables == {}


def test_an_interrupted_run_keeps_its_tables(tmp_path):
    def stop(done, _):
        if done == 11:
            raise Stopped

    asked = {"tables": ["trade", "output"], "workers": 1, "out": tmp_path}
    with pytest.raises(Stopped):
        zv.uncertainty(**options(**asked, progress=stop))
    solved: list[int] = []
    resumed = zv.uncertainty(**options(**asked, progress=lambda done, _: solved.append(done)))
    assert solved[0] == 12
    whole = zv.uncertainty(**options(workers=1, tables=["trade", "output"]))
    for name in ("trade", "output"):
        np.testing.assert_array_equal(resumed.tables[name].draws, whole.tables[name].draws)
    with pytest.raises(
        DataError, match=r"tables, labels, central values differ(.|\n)*tables\.json and tables\.f8"
    ):
        zv.uncertainty(**options(**{**asked, "tables": ["trade"]}))
    plain = zv.uncertainty(**options(workers=1, out=tmp_path, progress=stop))  # nothing to solve
    np.testing.assert_array_equal(plain.draws, whole.draws)


def test_tables_are_added_to_draws_that_are_there(tmp_path):
    plain = zv.uncertainty(**options(workers=1, out=tmp_path))
    solved: list[int] = []
    more = zv.uncertainty(
        **options(workers=1, out=tmp_path, tables="trade", progress=lambda *n: solved.append(n[0]))
    )
    assert len(solved) == 30  # not those of the decomposition
    np.testing.assert_array_equal(more.draws, plain.draws)
    (tmp_path / "draws.json").unlink()  # the tables of draws that are gone are not believed
    again = zv.uncertainty(**options(workers=1, out=tmp_path, tables="trade", seed=8))
    fresh = zv.uncertainty(**options(workers=1, tables="trade", seed=8))
    np.testing.assert_array_equal(again.tables["trade"].draws, fresh.tables["trade"].draws)


def test_a_failed_draw_is_in_no_table(monkeypatch):
    def sometimes(job, draw):
        failure = FailedDraw(7, "no equilibrium here", "s0 2.5")
        return failure if draw.number == failure.number else solve_draw(job, draw)

    monkeypatch.setattr(running, "solve_draw", sometimes)
    answer = zv.uncertainty(**options(workers=1, draws=120, decompose=0, tables="effects"))
    assert answer.tables["effects"].draws.sizes["draw"] == len(answer.draws) == 119
    assert answer.bands("effects").attrs["draws"] == 119
    assert np.isfinite(answer.tables["effects"].draws).all()


def test_every_table_exists_with_people_who_move_and_noise_on_the_data():
    """The extended model, a bloc of movement and drawn flows: the same labels in every draw."""
    union = Mobility(members=["HOM", "PAR"], elasticity=2.0)
    duty = Tariff(name="duty", exporters="RST", importers="HOM", sectors="goods", set=0.3)
    answer = zv.uncertainty(
        zv.load_world("toy"), Scenario(measures=(duty, union), model="ces"), "real_income HOM",
        draws=6, decompose=0, elasticity_spread=0.2, data_spread=0.05, workers=1,
        tables=["report", *ALL],
    )  # fmt: skip
    assert set(answer.tables) == set(ALL)
    moved = answer.bands("movers")
    assert list(moved.indexes["country"]) == ["HOM", "PAR"]
    assert (moved["low"] < moved["high"]).all()
    assert answer.bands("booking").sizes["country"] == 3


def _bare(_: Any) -> Any:
    return xr.DataArray([1.0, 2.0], dims="country")


def _changing(result: Any) -> Any:
    one = result.parameters.trade_elasticity.values[0]
    return xr.DataArray([1.0], coords={"number": [f"{one:.12g}"]}, dims="number")


@pytest.mark.parametrize(
    ("tables", "error", "said"),
    [
        (["trades"], ScenarioError, "did you mean 'trade'"),
        ({"trade": shares_of_inputs}, ScenarioError, "its own meaning"),
        ([lambda _: None], ScenarioError, "a mapping of names"),
        ([_bare], LabelError, "no labels on country"),
        ({"x": repr}, LabelError, "is a str, not a labelled array"),
        ([_changing], LabelError, "other labels in a draw"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tables, error, said):
    with pytest.raises(error, match=said):
        zv.uncertainty(**options(workers=1, tables=tables))


def test_too_many_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(running, "_MOST_CELLS", 100)
    with pytest.raises(ScenarioError, match="480 numbers in 30 draws; at most 100"):
        zv.uncertainty(**options(workers=1, tables="trade"))


def test_a_table_that_was_not_kept_is_named():
    with pytest.raises(ScenarioError, match=r"'trade' was not kept; kept are: none"):
        zv.uncertainty(**options(workers=1, draws=4, decompose=0)).bands("trade")


def test_creation_by_country_is_creation_and_diversion():
    result = zv.simulate(zv.load_world("toy"), scenario())
    table = read_table(result, "suppliers", ["RST", "HOM"])
    assert list(table.indexes["country"]) == ["RST", "HOM"]
    income = result.before.data["final_demand"].sum("sector").to_series()
    for country in ("RST", "HOM"):
        parts = creation_and_diversion(
            result.before, result.after, country, policy=result.policy, parameters=result.parameters
        )
        assert_close(table.sel(country=country), 100 * parts.sum() / income[country], 1e-10, 1e-12)


def test_the_report_has_its_tables_only():
    result = zv.simulate(zv.load_world("toy"), scenario())
    names = [reader.name for reader in readers(result, "report")]
    assert names == [name for name in REPORT if name != "movers"]
    nothing = zv.simulate(zv.load_world("toy"), Scenario())
    assert [reader.name for reader in readers(nothing, "report")] == ["effects", "group_trade"]


def test_the_command_writes_tables(command, tmp_path):
    path, out = tmp_path / "duty.toml", tmp_path / "draws"
    path.write_text(scenario().to_toml(), encoding="utf-8")
    words = ("--draws", "6", "--decompose", "0", "--elasticity-spread", "0.2", "--out", out)
    code, _, err = command("uncertainty", path, *words, "--tables", "trade", "--tables", "output")
    assert code == 0, err
    table = pd.read_csv(out / "table-trade.csv", index_col=["exporter", "importer"])
    assert len(table) == 6  # no trade with oneself
    assert (table["low"] <= table["median"]).all()
    assert (out / "table-output.csv").is_file()
    assert "Medians and bands of trade." in (out / "report.html").read_text(encoding="utf-8")
    same = ("--tables", "trade", "--tables", "output", "--json")
    code, printed, _ = command("uncertainty", path, *words, *same)
    assert code == 0
    told = json.loads(printed)
    assert set(told) == {"outcomes", "tables"}
    assert len(told["tables"]["trade"]) == 6
    code, _, err = command("uncertainty", path, *words, "--tables", "trades")
    assert code == 1
    assert "did you mean 'trade'" in err


CLUSTER = """
import sys
import numpy as np
from distributed import LocalCluster
import zollverein as zv
from tests.test_uncertainty import options

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        found = zv.uncertainty(
            **options(cluster=cluster.scheduler_address), tables=["trade", "effects", "suppliers"]
        )
        np.savez(sys.argv[1], **{name: table.draws for name, table in found.tables.items()})
"""


def test_a_cluster_gives_the_same_tables(tmp_path):
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    numbers = tmp_path / "tables.npz"
    run_script(tmp_path, CLUSTER, numbers)
    here = zv.uncertainty(**options(workers=1), tables=["trade", "effects", "suppliers"])
    with np.load(numbers) as there:
        for name, table in here.tables.items():
            np.testing.assert_array_equal(there[name], table.draws.values)
