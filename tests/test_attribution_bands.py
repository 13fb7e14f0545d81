"""Bands of attributions: every draw is the attribution of its numbers, and adds up."""

from __future__ import annotations

import pickle
import sys
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.test_attribution import case
from zollverein.attribution import attributed, dividing, drawing
from zollverein.attribution.question import question_about, slopes
from zollverein.errors import DataError, LabelError, NotConverged, ScenarioError
from zollverein.policy import Policy
from zollverein.scenario import Barrier, Productivity, Scenario, Tariff
from zollverein.scenario.distributions import Distribution
from zollverein.scenario.programme import Programme
from zollverein.uncertainty import run as running
from zollverein.uncertainty.data import flow_spread, noisy_world
from zollverein.uncertainty.draws import Plan
from zollverein.uncertainty.sources import uncertain_sizes, with_sizes

OUTCOME = "real_income HOM"
ATTRIBUTING = sys.modules["zollverein.attribution.attribute"]  # the function has the same name
SIZE = Distribution("triangular", 0.05, 0.10, 0.20)


def reform(remove: Any = SIZE, **choices: Any) -> Scenario:
    """Three parts, one of them of uncertain size."""
    market = Barrier(
        name="market", exporters="HOM", importers="PAR", remove=remove, both_directions=True
    )
    measures = (
        Tariff(name="duty", exporters="RST", importers="HOM", set=0.0),
        market,
        Productivity(name="goods", countries="HOM", sectors="goods", change=0.05),
    )
    return Scenario(name="Reform", world="toy", measures=measures, **choices)


def banded(scenario: Any = None, outcome: str = OUTCOME, **more: Any) -> Any:
    """Bands of the reform; few draws, in this process."""
    asked = {"draws": 6, "seed": 3, "elasticity_spread": 0.3, "workers": 1, "compare": False}
    return zv.attribute(
        zv.load_world("toy"), reform() if scenario is None else scenario, outcome, **asked | more
    )


@lru_cache
def found() -> Any:
    return banded(draws=40)


def numbers_of(scenario: Scenario, number: int, draws: int = 6) -> tuple[dict[str, float], Any]:
    """Elasticities and the scenario of one draw, by the plan of ``uncertainty``."""
    world: Any = zv.load_world("toy")
    job = running._job(world, scenario, OUTCOME, 3, None, 0.3, None, "auto", {})
    draw: Any = Plan(job, draws, 0).draw(number)
    elasticities: Any = job.elasticities
    theta = dict(zip(world.sectors, elasticities.draw(draw.elasticities).tolist(), strict=True))
    return theta, with_sizes(scenario, uncertain_sizes(scenario), draw.sizes.tolist())


@pytest.mark.parametrize("method", ["aumann_shapley", "shapley", "first_in", "last_in"])
@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"closure": "zero"},
        {"model": "ces"},
        {"model": "krugman", "scale": 0.3},
        {"horizon": "short"},
        {"horizon": "long", "capital_share": 0.4},
    ],
    ids=lambda c: next(iter(c.values()), "usual"),
)
def test_a_draw_is_the_attribution_of_its_numbers(choices, method):
    """Elasticities and sizes are put in by hand; every choice of the scenario is kept."""
    scenario = reform(**choices)
    several = banded(scenario, method=method)
    for number in (0, 5):
        theta, exact = numbers_of(scenario, number)
        one = zv.attribute(
            zv.load_world("toy"), exact, OUTCOME, method=method, compare=False, workers=1,
            trade_elasticity=theta,
        )  # fmt: skip
        np.testing.assert_allclose(several.draws[number], one.effect, rtol=0, atol=1e-8)
        np.testing.assert_allclose(several.draws_total[number], one.total, rtol=0, atol=1e-8)
    assert np.ptp(several.draws, axis=0).min() > 1e-4  # the draws differ


def test_choices_given_as_keywords_are_those_of_every_draw():
    plain, given = banded(), banded(model="ces", closure="zero", tolerance=1e-11)
    same = banded(reform(model="ces", closure="zero"))
    np.testing.assert_allclose(given.draws, same.draws, rtol=0, atol=1e-9)
    assert abs(given.draws - plain.draws).max() > 1e-4


def test_parts_add_up_in_every_draw():
    answer = found()
    missing = answer.draws.sum(axis=1) - answer.draws_total
    assert np.isfinite(answer.draws).all()
    assert answer.draws.shape == (40, 3)
    assert (abs(missing) <= 1e-6 * abs(answer.draws_total) + 1e-11).all()


def test_the_table_holds_the_quantiles_of_the_draws():
    answer = found()
    table, half = answer.table(), answer.table(level=0.5)
    assert list(table.columns) == ["effect_pct", "median_pct", "low_pct", "high_pct"]
    expected = 100 * np.quantile(answer.draws, [0.5, 0.05, 0.95], axis=0).T
    bands = table[["median_pct", "low_pct", "high_pct"]]
    np.testing.assert_allclose(bands.loc[list(answer.parts)], expected, rtol=1e-12)
    whole = 100 * np.quantile(answer.draws_total, [0.5, 0.05, 0.95])
    np.testing.assert_allclose(bands.loc["all together"], whole, rtol=1e-12)
    np.testing.assert_allclose(bands.loc["sum of the parts"], whole, rtol=1e-5)
    assert (half["low_pct"] > table["low_pct"])[list(answer.parts)].all()
    low, high = (f"{table.loc['all together', end]:+.3f}" for end in ("low_pct", "high_pct"))
    said = f"In nine draws of ten, 40 in all, the whole lies between {low} and {high} %"
    assert f" Drawn: trade elasticities and market: remove. {said}" in answer.explain()
    assert answer.drawn == ("trade elasticities", "market: remove")


def test_of_many_assumptions_some_are_named():
    names = tuple("abcdef")
    said = [attributed._listed(names[:count]) for count in (1, 2, 5, 6)]
    assert said == ["a", "a and b", "a, b, c, d and e", "a, b, c, d and 2 more"]


def test_without_draws_all_is_as_before():
    world = zv.load_world("toy")
    plain = zv.attribute(world, reform(), OUTCOME, workers=1)
    several = banded(compare=True)
    assert plain.draws is None
    assert list(plain.table().columns) == ["effect_pct", "first_in_pct", "last_in_pct"]
    np.testing.assert_array_equal(several.effect, plain.effect)
    kept = several.table()[list(plain.table().columns)]
    np.testing.assert_array_equal(kept.to_numpy(), plain.table().to_numpy())
    assert "nine draws" not in plain.explain()


def test_a_part_alone_has_the_band_of_the_whole():
    measures = reform().measures[1:2]
    one = banded(Scenario(name="One", world="toy", measures=measures), draws=30)
    whole = zv.uncertainty(
        zv.load_world("toy"), Scenario(measures=measures), OUTCOME, draws=30, seed=3,
        decompose=0, elasticity_spread=0.3, workers=1,
    )  # fmt: skip
    bands = ["median_pct", "low_pct", "high_pct"]
    expected = whole.table()[bands].to_numpy()
    table = one.table()[bands]
    np.testing.assert_allclose(table.loc[["market"]], expected, rtol=1e-6)
    np.testing.assert_allclose(table.loc[["all together"]], expected, rtol=1e-7)


def test_two_workers_give_the_bits_of_one():
    one, two = banded(draws=20), banded(draws=20, workers=2)
    np.testing.assert_array_equal(one.draws, two.draws)
    np.testing.assert_array_equal(one.draws_total, two.draws_total)


def test_what_is_certain_has_a_band_without_width():
    sure = banded(reform(Distribution("normal", 0.1, 1e-300)), sources=["measures"])
    table = sure.table()
    np.testing.assert_array_equal(table["low_pct"], table["high_pct"])
    np.testing.assert_allclose(sure.draws, np.tile(sure.effect, (6, 1)), rtol=0, atol=1e-10)


def test_the_policy_is_read_once_where_it_is_the_same_in_every_draw(monkeypatch):
    """With elasticities alone drawn, what strengths move is found beforehand: the same bits."""
    scenario = reform(0.1)
    with monkeypatch.context() as patch:
        patch.setattr(ATTRIBUTING, "moves_on_path", lambda *_: {})
        slow = banded(scenario)
    calls: list[int] = []

    def counted(question, *given, **more):
        calls.append(len(question.moves))
        return slopes(question, *given, **more)

    monkeypatch.setattr(dividing, "slopes", counted)
    quick = banded(scenario)
    np.testing.assert_array_equal(quick.draws, slow.draws)
    assert calls[0] == 0
    assert min(calls[1:]) >= 4
    calls.clear()
    banded(reform(), draws=2)
    assert max(calls) == 0


def test_flows_are_those_of_the_draw():
    world, scenario = zv.load_world("toy"), reform(0.1)
    noisy = banded(scenario, sources=["data"], data_spread=0.1)
    assert np.ptp(noisy.draws, axis=0).min() > 1e-5
    job = running._job(world, scenario, OUTCOME, 3, ["data"], "sets", 0.1, "auto", {})
    draw: Any = Plan(job, 6, 0).draw(4)
    spread = flow_spread(world, 0.1)
    drawn = noisy_world(world, spread, np.random.default_rng(draw.noise))
    one = zv.attribute(drawn, scenario, OUTCOME, compare=False, workers=1)
    np.testing.assert_allclose(noisy.draws[4], one.effect, rtol=0, atol=1e-8)


GOODS = {"sectors": "goods"}
HARD: dict[str, list[dict[str, Any]]] = {
    "a cap that begins to bind on the way": [
        {"kind": "price_cap", "exporters": "PAR", "importers": ["HOM", "RST"], "cap": 0.9, **GOODS},
        {"kind": "tariff", "exporters": "RST", "importers": "HOM", "add": 0.1},
        {"kind": "barrier", "exporters": "PAR", "importers": "HOM", "remove": 0.1},
    ],
    "taxes of a Kemp-Wan union": [
        {"kind": "customs_union", "members": ["HOM", "PAR"], "external": "kemp_wan"},
        {"kind": "barrier", "exporters": "RST", "importers": "HOM", "add": 0.2, "rent": 0.5},
    ],
    "people who move": [
        {"kind": "mobility", "members": ["HOM", "PAR"], "elasticity": 2.0},
        {"kind": "barrier", "exporters": "PAR", "importers": "HOM", "remove": 0.1},
    ],
    "an embargo in part": [
        {"kind": "embargo", "exporters": "PAR", "importers": "RST", "share": 0.5},
        {"kind": "import_substitution", "countries": "HOM", "home_bias": 0.1, **GOODS},
    ],
}


@pytest.mark.parametrize("measures", HARD.values(), ids=HARD)
def test_kinds_of_measures_that_are_not_smooth(measures):
    named = [{"name": m["kind"], **m} for m in measures]
    scenario = Scenario.from_dict({"name": "Hard", "measures": named})
    world: Any = zv.load_world("toy")
    answer = banded(scenario)
    assert np.isfinite(answer.draws).all()
    np.testing.assert_allclose(answer.draws.sum(axis=1), answer.draws_total, rtol=1e-6, atol=1e-11)
    job = running._job(world, scenario, OUTCOME, 3, None, 0.3, None, "auto", {})
    draw, drawn = Plan(job, 6, 0).draw(2), job.elasticities
    assert drawn is not None
    assert draw.elasticities is not None
    theta = dict(zip(world.sectors, drawn.draw(draw.elasticities).tolist(), strict=True))
    one = zv.attribute(world, scenario, OUTCOME, compare=False, workers=1, trade_elasticity=theta)
    np.testing.assert_allclose(answer.draws[2], one.effect, rtol=0, atol=1e-8)


def test_programmes_are_divided_in_force_in_full():
    """In its first year a programme is at half; the attribution and its bands are of all of it."""
    parts = reform().measures
    programme = Programme(name="market", start=2026, phase_in=2, measures=parts[1:2])
    phased = Scenario(world="toy", measures=(parts[0],), programmes=(programme,), year=2026)
    half, full = (banded(s) for s in (phased, phased.model_copy(update={"year": None})))
    np.testing.assert_allclose(half.draws, full.draws, rtol=0, atol=1e-10)
    assert half.total == pytest.approx(full.total, abs=1e-12)


def test_parts_may_be_policies_by_name():
    world, parts, options = case()
    few = {name: parts[name] for name in ("duty", "embargo", "progress")}
    asked: dict[str, Any] = {"compare": False, "workers": 1, **options}
    answer: Any = zv.attribute(
        world, few, "real_income C1", draws=4, elasticity_spread=0.2, **asked
    )
    np.testing.assert_allclose(answer.draws.sum(axis=1), answer.draws_total, rtol=1e-5)
    assert np.ptp(answer.draws, axis=0).min() > 1e-6
    assert answer.parts == tuple(few)


def test_a_table_of_a_result_is_its_attribution():
    """Solved already, in every model; solved again only where that is of fewer digits."""
    world, scenario = zv.load_world("toy"), reform(0.1)
    expected = zv.attribute(world, scenario, OUTCOME, workers=1, compare=False, closure="zero")
    table = pickle.loads(pickle.dumps(zv.PartsTable(OUTCOME)))  # noqa: S301 - our own bytes
    for tolerance in (1e-10, 1e-12):
        result = zv.simulate(world, scenario, closure="zero", tolerance=tolerance)
        read = table(result)
        assert read.indexes["part"].tolist() == ["duty", "market", "goods", "all together"]
        np.testing.assert_allclose(
            read.values, 100 * np.append(expected.effect, expected.total), rtol=0, atol=1e-8
        )
        again = question_about(result, OUTCOME)
        assert (again.start is result) == (tolerance == 1e-12)
        assert again.parameters.closure == "zero"


def test_the_table_is_one_of_uncertainty_too():
    answer = zv.uncertainty(
        zv.load_world("toy"), reform(), OUTCOME, draws=40, seed=3, decompose=0,
        elasticity_spread=0.3, workers=1, tables={"parts": zv.PartsTable(OUTCOME)},
    )  # fmt: skip
    bands = answer.bands("parts")
    np.testing.assert_allclose(
        bands["median"].sel(part="market"), found().table().loc["market", "median_pct"], rtol=1e-6
    )


def test_progress_grows_and_ends():
    said = []
    banded(draws=3, compare=True, progress=lambda done, planned: said.append((done, planned)))
    done = [pair[0] for pair in said]
    assert done == sorted(done)
    assert all(d <= p for d, p in said)
    assert said[-1][0] == said[-1][1] == 6 + 4 + 3  # alone and last, nodes, draws


def sometimes(monkeypatch, every, error):
    """The attribution of one draw of so many fails."""
    count = iter(range(10**6))
    real = dividing.divide

    def fail(*given, **more):
        if next(count) % every == every - 1:
            raise error
        return real(*given, **more)

    monkeypatch.setattr(drawing, "divide", fail)


def test_a_draw_whose_path_is_not_solved_is_a_failed_draw(monkeypatch):
    sometimes(monkeypatch, 100, NotConverged("no way"))
    answer = banded(draws=120, method="first_in")
    assert len(answer.failed) == 1
    assert "no way" in answer.failed[0].error
    assert answer.draws.shape == (119, 3)
    assert "1 of 120 draws have no equilibrium" in answer.explain()


def test_too_many_failed_draws_are_an_error(monkeypatch):
    sometimes(monkeypatch, 4, NotConverged("no way"))
    with pytest.raises(NotConverged, match="more than 1 %"):
        banded(draws=20, method="first_in")


def test_wrong_labels_are_an_error_and_no_failed_draw(monkeypatch):
    sometimes(monkeypatch, 4, LabelError("other labels"))
    with pytest.raises(LabelError, match="other labels"):
        banded(draws=20, method="first_in")


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"draws": 1}, ScenarioError, "at least 2"),
        (
            {"draws": None, "elasticity_spread": "sets", "data_spread": 0.1},
            ScenarioError,
            "data_spread is about draws",
        ),
        ({"draws": None}, ScenarioError, "elasticity_spread is about draws"),
        ({"elasticity_spread": "sets"}, DataError, "elasticity_spread"),
        ({"sources": ["measures"], "scenario": reform(0.1)}, ScenarioError, "no size"),
        ({"sources": ["wages"]}, ScenarioError, "'wages' is not known"),
    ],
)
def test_mistakes_are_named_before_the_work(monkeypatch, more, error, said):
    monkeypatch.setattr(ATTRIBUTING, "divide", lambda *_, **__: 1 / 0)
    with pytest.raises(error, match=said):
        banded(**more)


def test_a_policy_has_no_parts():
    world = zv.load_world("toy")
    result = zv.simulate(world, Policy.neutral(world))
    with pytest.raises(ScenarioError, match="has no parts"):
        zv.PartsTable(OUTCOME)(result)
    with pytest.raises(ScenarioError, match="method 'shaply'"):
        zv.PartsTable(OUTCOME, method="shaply")
