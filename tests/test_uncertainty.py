"""Bands and variance shares against known answers; the same numbers however they are computed."""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import run_script
from zollverein.errors import DataError, MissingExtra, NotConverged, ScenarioError
from zollverein.scenario import Barrier, Productivity, Scenario, Tariff
from zollverein.scenario.distributions import Distribution
from zollverein.testing import random_elasticity, random_policy, random_world
from zollverein.uncertainty import run as running
from zollverein.uncertainty.data import flow_spread, noisy_world
from zollverein.uncertainty.draws import FailedDraw, Plan, solve_draw
from zollverein.uncertainty.sources import elasticity_source, uncertain_sizes, with_sizes

OUTCOMES = ["real_income C1", "exports C0+C2"]


@lru_cache
def case():
    world = random_world(5, countries=4, sectors=3)
    return world, random_policy(world, 1, embargoes=False), random_elasticity(world, 0)


def income_of(result, country):
    """Percent."""
    return float(result.table()["real_income_pct"].to_dict()[country])


def spread_out(scenario: Any, index: int, key: str, distribution: Distribution) -> Any:
    """The scenario with a distribution in place of one number."""
    measures = list(scenario.measures)
    measures[index] = measures[index].model_copy(update={key: distribution})
    return scenario.model_copy(update={"measures": tuple(measures)})


def sized() -> Any:
    scenario = Scenario(
        measures=(
            Barrier(name="market", exporters="HOM", importers="PAR", remove=0.1),
            Productivity(name="better", countries="HOM", sectors="services", change=0.02),
            Tariff(name="duty", exporters="RST", importers="HOM", set=0.1),
        )
    )
    scenario = spread_out(scenario, 0, "remove", Distribution("triangular", 0.05, 0.10, 0.20))
    return spread_out(scenario, 1, "change", Distribution("normal", 0.02, 0.01))


def test_bands_of_a_nearly_linear_case_are_known():
    """Real income is nearly linear in small productivity: its band is the size's band times the slope."""
    world = zv.load_world("toy")
    scenario = Scenario(measures=(Productivity(name="it", countries="HOM", change=0.01),))
    scenario = spread_out(scenario, 0, "change", Distribution("normal", 0.01, 0.001))
    found = zv.uncertainty(
        world, scenario, "real_income HOM", draws=400, decompose=0, sources=["measures"], workers=1
    )
    row = found.table().iloc[0]
    ends = []
    for change in (0.009, 0.011):
        exact = Scenario(measures=(Productivity(countries="HOM", change=change),))
        ends.append(income_of(zv.simulate(world, exact), "HOM"))
    deviation = (ends[1] - ends[0]) / 2
    assert row["sd_pct"] == pytest.approx(deviation, rel=0.02)
    assert row["low_pct"] == pytest.approx(sum(ends) / 2 - 1.6449 * deviation, rel=0.005)
    assert row["high_pct"] == pytest.approx(sum(ends) / 2 + 1.6449 * deviation, rel=0.005)
    assert row["median_pct"] == pytest.approx(row["central_pct"], rel=1e-3)


def test_bands_shrink_with_the_spread():
    world, policy, theta = case()
    widths = []
    for spread in (0.4, 0.2, 0.1):
        found = zv.uncertainty(
            world, policy, OUTCOMES, draws=60, decompose=0, elasticity_spread=spread,
            trade_elasticity=theta, workers=1,
        )  # fmt: skip
        table = found.table()
        widths.append((table["high_pct"] - table["low_pct"]).to_numpy())
    ratios = np.array(widths[:-1]) / np.array(widths[1:])
    assert ((ratios > 1.7) & (ratios < 2.6)).all(), ratios


def test_bands_cover_the_truth_as_often_as_they_say():
    """True elasticities drawn from the assumed spread: the 90 % band holds about 90 % of them."""
    world, policy, theta = case()
    source = elasticity_source(world, theta, 0.3)
    found = zv.uncertainty(
        world, policy, OUTCOMES, draws=400, decompose=0, elasticity_spread=0.3,
        trade_elasticity=theta, workers=1,
    )  # fmt: skip
    table = found.table()
    rng = np.random.default_rng(99)
    truths = xr.DataArray(
        np.array([source.draw(rng.random(source.size)) for _ in range(300)]),
        dims=("draw", "sector"),
        coords={"sector": list(world.sectors)},
    )
    incomes = list(
        zv.simulate_many(world, policy, trade_elasticity=truths, measure=_income_of_c1, workers=1)
    )
    inside = np.mean(
        [(table["low_pct"].iloc[0] <= x <= table["high_pct"].iloc[0]) for x in incomes]
    )
    assert 0.85 <= inside <= 0.95


def _income_of_c1(result):
    return income_of(result, "C1")


def test_a_draw_is_the_simulation_of_its_numbers():
    """Elasticities, sizes and noise at once, against the public functions one by one."""
    world, scenario = zv.load_world("toy"), sized()
    found = zv.uncertainty(
        world, scenario, "real_income HOM", draws=6, decompose=0, data_spread=0.1, seed=3,
        elasticity_spread=0.2, workers=1,
    )  # fmt: skip
    theta = xr.DataArray([4.0, 4.0], coords={"sector": list(world.sectors)})
    job = running._job(
        world, scenario, "real_income HOM", 3, None, 0.2, 0.1, "numpy", {"trade_elasticity": theta}
    )
    plan = Plan(job, 6, 0)
    for number in range(6):
        draw: Any = plan.draw(number)
        assert job.elasticities is not None
        values = job.elasticities.draw(draw.elasticities)
        exact = with_sizes(scenario, uncertain_sizes(scenario), draw.sizes.tolist())
        noisy = noisy_world(world, flow_spread(world, 0.1), np.random.default_rng(draw.noise))
        result = zv.simulate(
            noisy, exact, trade_elasticity=dict(zip(world.sectors, values, strict=True))
        )
        expected = income_of(result, "HOM")
        assert 100 * (found.draws[number, 0] - 1) == pytest.approx(expected, abs=1e-7)


def test_the_decomposition_names_the_driver():
    world, scenario = zv.load_world("toy"), sized()
    found = zv.uncertainty(
        world, scenario, ["real_income HOM", "real_income RST"], draws=80, decompose=80,
        elasticity_spread=0.05, workers=1,
    )  # fmt: skip
    assert found.groups == ("trade elasticities", "market: remove", "better: change")
    assert found.solved == 80 + 80 * 4
    table = found.drivers()
    home = table[table["outcome"] == "real_income of HOM"].set_index("assumption")
    assert home["total"].idxmax() == home.index[0] == "better: change"
    assert home["total"].sum() == pytest.approx(1, abs=0.15)
    assert "better: change" in found.explain()


def test_elasticities_over_the_published_sets():
    world = zv.load_world("icio2022")
    theta, _ = running_elasticity(world)
    source = elasticity_source(world, theta, "sets")
    sectors = list(world.sectors)
    sets = np.array(
        [running_elasticity(world, n)[0].sel(sector="C26") for n in zv.elasticity_sets()]
    )
    spread = np.log(sets).std(ddof=1)
    assert source.spread[sectors.index("C26")] == pytest.approx(spread)
    assert source.member[sectors.index("A01")] == source.member[sectors.index("A03")]
    assert source.member[sectors.index("A01")] != source.member[sectors.index("C26")]
    middle = source.draw(np.full(source.size, 0.5))
    np.testing.assert_allclose(middle, theta.values, rtol=1e-9)
    ends = [source.draw(np.full(source.size, u)) for u in (0.0, 1.0)]
    np.testing.assert_allclose(np.log(ends[1] / theta.values), 2 * source.spread, rtol=1e-6)
    np.testing.assert_allclose(np.log(ends[0] / theta.values), -2 * source.spread, rtol=1e-6)


def running_elasticity(world, name="FGO"):
    from zollverein.elasticities import trade_elasticity

    return trade_elasticity(world.sectors, name)


@pytest.mark.parametrize("spread", [0.05, 0.8])
def test_noisy_worlds_balance_and_keep_zeros(spread):
    """Construction checks every identity; large noise needs the repairs."""
    world, _, _ = case()
    sizes = flow_spread(world, spread)
    means = []
    for seed in range(40):
        noisy = noisy_world(world, sizes, np.random.default_rng(seed))
        old, new = world.data["trade_flow"].values, noisy.data["trade_flow"].values
        assert ((old == 0) == (new == 0)).all()
        np.testing.assert_array_equal(new[1, 1], old[1, 1])
        means.append(new.sum() / old.sum())
    assert np.mean(means) == pytest.approx(1, abs=4 * np.std(means) / np.sqrt(40) + 1e-4)
    none = noisy_world(world, 0 * sizes, np.random.default_rng(0))
    np.testing.assert_allclose(none.data["value_added"], world.data["value_added"], rtol=1e-12)


def options(**more: Any) -> dict[str, Any]:
    world, policy, theta = case()
    return {
        "world": world, "scenario": policy, "outcomes": OUTCOMES, "trade_elasticity": theta,
        "elasticity_spread": 0.3, "draws": 30, "decompose": 20, "data_spread": 0.05, "seed": 7, **more,
    }  # fmt: skip


def test_measures_of_one_name_are_told_apart():
    size = {"low": 0.05, "mode": 0.1, "high": 0.2}
    barrier = {"kind": "barrier", "name": "rules", "remove": size}
    ways = ({"exporters": "C0", "importers": "C1"}, {"exporters": "C1", "importers": "C0"})
    scenario = Scenario.from_dict({"measures": [{**barrier, **way} for way in ways]})
    world, _, theta = case()
    options: dict[str, Any] = {"sources": ["measures"], "workers": 1, "trade_elasticity": theta}
    found = zv.uncertainty(world, scenario, "exports C0", draws=40, decompose=40, **options)
    assert found.groups == ("rules: remove", "rules (2): remove")
    assert found.drivers()["assumption"].is_unique


def test_noise_on_flows_keeps_the_wages_of_sectors():
    world, _, _ = case()
    names = ("trade_flow", "tariff", "intermediate_use", "value_added", "final_demand")
    arrays: dict[str, Any] = {name: world.data[name].values for name in names}
    wage = np.array([0.5, 2.0, 10.0])
    arrays["employment"] = arrays["value_added"] / wage
    labels = {"countries": world.countries, "sectors": world.sectors}
    own = zv.World.from_arrays(name="own jobs", **labels, **arrays)
    noisy = noisy_world(own, flow_spread(own, 0.1), np.random.default_rng(1))
    made = noisy.data["value_added"].values
    assert np.abs(made / arrays["value_added"] - 1)[made > 0].max() > 0.01
    np.testing.assert_allclose(noisy.values("employment"), made / wage, rtol=1e-12)


def test_the_same_numbers_on_any_number_of_workers():
    one, two = (zv.uncertainty(**options(workers=w)) for w in (1, 2))
    np.testing.assert_array_equal(one.draws, two.draws)
    assert np.isfinite(one.draws).all()
    other = zv.uncertainty(**options(workers=1, seed=8))
    assert not np.array_equal(one.draws, other.draws)


class Stopped(Exception):  # noqa: N818 - stands for a user's Ctrl-C
    pass


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    def stop(done, _):
        if done == 23:
            raise Stopped

    with pytest.raises(Stopped):
        zv.uncertainty(**options(workers=1, out=tmp_path, progress=stop))
    solved = []
    resumed = zv.uncertainty(
        **options(
            workers=1, out=tmp_path, progress=lambda done, planned: solved.append((done, planned))
        )
    )
    assert solved[0] == (24, 90)
    assert len(solved) == 90 - 23
    np.testing.assert_array_equal(resumed.draws, zv.uncertainty(**options(workers=1)).draws)
    again = zv.uncertainty(**options(workers=1, out=tmp_path, progress=stop))
    np.testing.assert_array_equal(again.draws, resumed.draws)
    for more in ({"seed": 8}, {"elasticity_spread": 0.31}, {"draws": 40}, {"closure": "zero"}):
        with pytest.raises(DataError, match="another question"):
            zv.uncertainty(**options(workers=1, out=tmp_path, **more))


def test_a_file_that_was_cut_off_is_not_read(tmp_path):
    zv.uncertainty(**options(workers=1, out=tmp_path))
    body = tmp_path / "draws.f8"
    body.write_bytes(body.read_bytes()[:100])
    with pytest.raises(DataError, match="was cut off: it has 100 bytes"):
        zv.uncertainty(**options(workers=1, out=tmp_path))
    (tmp_path / "draws.json").write_text("{")
    with pytest.raises(DataError, match="another question"):
        zv.uncertainty(**options(workers=1, out=tmp_path))


def test_half_a_line_of_failures_is_not_believed(tmp_path):
    zv.uncertainty(**options(workers=1, out=tmp_path))
    with (tmp_path / "failed.jsonl").open("a") as log:
        log.write('{"number": 3, "err')
    found = zv.uncertainty(**options(workers=1, out=tmp_path))
    assert found.failed == ()


def test_failed_draws_are_counted_and_shown(monkeypatch, tmp_path):

    def sometimes(job, draw):
        if draw.number in bad:
            return FailedDraw(draw.number, "no equilibrium here", "trade elasticities s0 2.5")
        return solve_draw(job, draw)

    monkeypatch.setattr(running, "solve_draw", sometimes)
    bad = {7}
    found = zv.uncertainty(**options(workers=1, draws=120, decompose=0, out=tmp_path / "a"))
    assert [f.number for f in found.failed] == [7]
    assert found.table()["draws"].iloc[0] == 119
    assert "1 of 120 draws" in found.explain()
    kept = json.loads((tmp_path / "a" / "failed.jsonl").read_text())
    assert kept["parameters"] == "trade elasticities s0 2.5"
    bad = {7, 8}
    with pytest.raises(NotConverged, match=r"2 of 120 draws(.|\n)*s0 2\.5"):
        zv.uncertainty(**options(workers=1, draws=120, decompose=0))


def test_a_size_out_of_range_is_a_failed_draw_with_its_numbers():
    world = zv.load_world("toy")
    scenario = spread_out(sized(), 1, "change", Distribution("normal", -0.9, 0.2))
    with pytest.raises(NotConverged, match="better: change -1"):
        zv.uncertainty(
            world,
            scenario,
            "real_income HOM",
            draws=40,
            decompose=0,
            sources=["measures"],
            workers=1,
        )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sources": ["elasticitys"]}, "did you mean 'elasticities'"),
        ({"sources": ["measures"]}, "no size in the scenario"),
        ({"sources": ["data"], "data_spread": None}, "data_spread is missing"),
        ({"sources": []}, "no source"),
        ({"draws": 1}, "at least 2"),
        ({"decompose": 10}, "between 20 rows"),
        ({"decompose": 31}, "draws \\(30\\)"),
        ({"elasticity_spread": "set"}, "not known"),
        ({"outcomes": []}, "no outcome"),
    ],
)
def test_mistakes_are_named(more, said):
    with pytest.raises(ScenarioError, match=said):
        zv.uncertainty(**options(workers=1, **more))


def test_bad_spreads_are_named():
    with pytest.raises(DataError, match="at least 0"):
        zv.uncertainty(**options(workers=1, data_spread=-0.1))
    for spread in (-0.1, 0.0, float("nan"), {"all": "x"}, {"s0": 0.1, "all": -1}):
        with pytest.raises(DataError, match=r"elasticity_spread is .* standard deviation"):
            zv.uncertainty(**options(workers=1, elasticity_spread=spread))


def test_a_cluster_needs_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"zollverein\[dask\]"):
        zv.uncertainty(**options(cluster="tcp://127.0.0.1:1"))


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
        lost = []

        def lose(done, planned):
            if not lost and done >= 16:
                name = next(iter(cluster.workers))
                cluster.workers[name].process.process.terminate()
                lost.append(name)

        plain = zv.uncertainty(**options(cluster=cluster.scheduler_address))
        hurt = zv.uncertainty(**options(cluster=cluster.scheduler_address, progress=lose))
        assert lost
        np.save(sys.argv[1], np.array([plain.draws, hurt.draws]))
"""


def test_a_cluster_gives_the_same_numbers_and_loses_nothing(tmp_path):
    """Bit for bit, also when one of the two workers is killed half way."""
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    numbers = tmp_path / "draws.npy"
    run_script(tmp_path, CLUSTER, numbers)
    plain, hurt = np.load(numbers)
    here = zv.uncertainty(**options(workers=1)).draws
    np.testing.assert_array_equal(plain, here)
    np.testing.assert_array_equal(hurt, here)
