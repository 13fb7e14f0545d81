"""Parts add up to the whole, by adjoints and by differences; axioms; sequences and phasing in."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.attribution.portfolio import make_portfolio
from zollverein.attribution.question import (
    difference_slope,
    pose_question,
    result_at,
    slopes,
)
from zollverein.errors import NotConverged, ScenarioError
from zollverein.gradients import gradient_at
from zollverein.readings import parse_outcomes, read_result, read_worlds
from zollverein.testing import make_policy, random_elasticity, random_world

OUTCOMES = ("real_income C1", "price_index C0+C2", "exports C1", "employment C1 s0", "output C2 s2")


@lru_cache
def case(countries=4, sectors=3):
    """A world and one part for each kind of measure."""
    world = random_world(3, countries=countries, sectors=sectors)
    shape = world.data["trade_flow"].shape
    foreign = ~np.eye(shape[0], dtype=bool)[:, :, None]
    tariff = world.data["tariff"].values.copy()
    tariff[1:, 0] += 0.15 * foreign[1:, 0]
    tax = world.data["export_tax"].values.copy()
    tax[1, :, 0] += 0.08 * foreign[1, :, 0]
    cost = np.where(foreign, 1.12, 1.0) * np.ones(shape)
    stopped = np.ones(shape)
    stopped[1, 2, 1] = np.inf
    better = np.ones(shape[1:])
    better[2] = 1.03
    parts = {
        "duty": make_policy(world, tariff=tariff),
        "tax": make_policy(world, export_tax=tax),
        "barrier": make_policy(world, cost_hat=cost),
        "embargo": make_policy(world, cost_hat=stopped),
        "progress": make_policy(world, productivity_hat=better),
    }
    return world, parts, {"trade_elasticity": random_elasticity(world, 0), "engine": "numpy"}


def at(question, strength):
    """Values of the outcomes at one strength."""
    strength = np.asarray(strength, dtype=float)
    return read_result(result_at(question, strength), question.outcomes)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_aumann_shapley_adds_up_whatever_the_derivatives(outcome):
    """Every kind of measure, an embargo included: adjoint and re-solved equilibria agree to 1e-6."""
    world, parts, options = case()
    fast, slow = (
        zv.attribute(
            world, parts, outcome, nodes=6, derivatives=d, compare=False, workers=1, **options
        )
        for d in ("adjoint", "differences")
    )
    assert (fast.derivatives, slow.derivatives) == ("adjoint", "differences")
    np.testing.assert_allclose(fast.effect, slow.effect, rtol=0, atol=1e-6 * abs(fast.effect).max())
    alone = zv.attribute(world, parts, outcome, compare=False, workers=1, **options)
    assert abs(alone.remainder) <= 1e-6 * abs(alone.total) + 1e-11


@pytest.mark.parametrize(
    "choices",
    [
        {"model": "ces"},
        {"model": "krugman", "scale": 0.3},
        {"horizon": "short"},
        {"horizon": "long"},
    ],
    ids=lambda c: next(iter(c.values())),
)
def test_extended_models_add_up_too(choices):
    world, parts, options = case()
    found, slow = (
        zv.attribute(
            world, parts, "real_income C1", nodes=8, derivatives=d, compare=False, workers=1,
            **options, **choices,
        )
        for d in ("adjoint", "differences")
    )  # fmt: skip
    scale = abs(found.effect).max()
    assert scale > 1e-3
    np.testing.assert_allclose(found.effect, slow.effect, rtol=0, atol=1e-6 * scale)
    assert abs(found.remainder) <= 1e-5 * scale


def test_where_the_adjoint_is_not_solved_differences_take_its_place(monkeypatch):
    """One point of four is made to fail; the numbers stay and the answer says so."""
    world, parts, options = case()
    few = {name: parts[name] for name in ("duty", "progress")}
    asked = {"nodes": 4, "compare": False, "workers": 1, **options}
    expected = zv.attribute(world, few, "real_income C1", **asked)
    points = []

    def now_and_then(result, outcome, **keys):
        points.append(outcome)
        if len(points) % 4 == 2:
            raise NotConverged("no")
        return gradient_at(result, outcome, **keys)

    monkeypatch.setattr("zollverein.attribution.question.gradient_at", now_and_then)
    found = zv.attribute(world, few, "real_income C1", **asked)
    assert found.derivatives == "adjoint and differences"
    np.testing.assert_allclose(found.effect, expected.effect, rtol=1e-6)
    points.clear()
    with pytest.raises(NotConverged):
        zv.attribute(world, few, "real_income C1", derivatives="adjoint", **asked)


def test_readings_in_plain_arrays_equal_those_from_the_worlds():
    world, parts, options = case()
    policy = make_portfolio(world, parts).policy(np.array([1.0, 0.5, 0.7, 1.0, 0.3]))
    result = zv.simulate(world, policy, **options)
    kinds = ("real_income", "real_wage", "income", "wage", "price_index", "exports", "imports")
    texts = [
        *OUTCOMES,
        *(f"{kind} C0+C3" for kind in kinds),
        "output C1+C0 s0 s2",
        "employment C3 s0",
    ]
    outcomes = parse_outcomes(world, texts)
    plain = read_result(result, outcomes)
    derived = [gradient_at(result, outcome, wrt=()).attrs["value"] for outcome in outcomes]
    np.testing.assert_allclose(plain, derived, rtol=1e-12)
    from_worlds = [read_worlds(result.before, result.after, o) for o in outcomes]
    assert np.isfinite(plain).all()
    np.testing.assert_allclose(plain, from_worlds, rtol=1e-9)
    assert (np.abs(plain - 1) > 1e-6).all()


def test_shapley_over_subsets_is_the_mean_over_orders():
    world, parts, options = case()
    few = {name: parts[name] for name in ("duty", "barrier", "embargo")}
    found = zv.attribute(
        world, few, "real_income C0", method="shapley", compare=True, workers=1, **options
    )
    question = pose_question(world, few, "real_income C0", **options)
    added = np.zeros(3)
    for order in permutations(range(3)):
        strength = np.zeros(3)
        for part in order:
            low = at(question, strength)[0]
            strength[part] = 1.0
            added[part] += (at(question, strength)[0] - low) / 6
    np.testing.assert_allclose(found.effect, added, atol=1e-11)
    assert abs(found.remainder) < 1e-13
    assert found.standard_error is None
    solo = zv.simulate(world, few["duty"], **options)
    alone = read_result(solo, parse_outcomes(world, "real_income C0"))[0] - 1
    assert found.first_in is not None
    assert found.first_in[0] == pytest.approx(alone, abs=1e-9)


def test_a_part_that_does_nothing_gets_nothing_and_equal_parts_get_equal_shares():
    world, parts, options = case()
    half = make_policy(world, cost_hat=np.sqrt(parts["barrier"].cost_hat.values))
    several = {"a": half, "idle": make_policy(world), "b": half, "duty": parts["duty"]}
    for method in ("aumann_shapley", "shapley"):
        found = zv.attribute(
            world, several, "real_income C2", method=method, compare=False, workers=1, **options
        )
        assert found.effect[1] == pytest.approx(0.0, abs=1e-11)
        assert found.effect[0] == pytest.approx(found.effect[2], abs=1e-10)
        assert abs(found.effect[0]) > 1e-4


def test_workers_give_the_same_numbers():
    world, parts, options = case()
    one, two = (
        zv.attribute(world, parts, "real_income C1", nodes=4, workers=w, **options) for w in (1, 2)
    )
    np.testing.assert_array_equal(one.effect, two.effect)
    np.testing.assert_array_equal(one.first_in, two.first_in)


def test_the_table_adds_up_and_says_why():
    world, parts, options = case()
    done: list[tuple[int, ...]] = []
    found = zv.attribute(
        world, parts, "real_income C1", nodes=4, workers=1, progress=lambda *n: done.append(n),
        **options,
    )  # fmt: skip
    table: Any = found.table()
    assert table.loc[list(parts), "effect_pct"].sum() == pytest.approx(
        table.loc["sum of the parts", "effect_pct"], abs=1e-12
    )
    both = table.loc["sum of the parts", "effect_pct"] + table.loc["(not attributed)", "effect_pct"]
    assert both == pytest.approx(table.loc["all together", "effect_pct"], abs=1e-14)
    assert "one at a time" in found.explain()
    assert done[-1][0] == done[-1][1] == len(done) == 14
    assert "5 parts" in repr(found)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda w, p, o: zv.attribute(w, p, "real_income C1", method="shaply", **o),
            "did you mean",
        ),
        (
            lambda w, p, o: zv.attribute(w, p, "real_income XX", workers=1, **o),
            "'XX' is not a country",
        ),
        (lambda w, _, o: zv.attribute(w, {}, "real_income C1", **o), "no parts"),
        (
            lambda w, p, o: zv.best_sequence(w, p, "real_income C1", {"dutty": 1}, **o),
            "did you mean",
        ),
        (
            lambda w, p, o: zv.best_sequence(w, p, "real_income C1", {"duty": 1}, **o),
            "none is given",
        ),
        (
            lambda w, p, o: zv.best_sequence(w, p, "real_income C1", dict.fromkeys(p, -1), **o),
            "must be a positive",
        ),
        (lambda w, p, o: zv.interactions(w, p, "real_income C1", among="few", **o), "none, all"),
        (
            lambda w, p, o: zv.phase_in(
                w, p, "real_income C1", [2027], schedule={"x": (2027, 1)}, **o
            ),
            "not a part",
        ),
    ],
)
def test_mistakes_are_named(call, said):
    world, parts, options = case()
    with pytest.raises(ScenarioError, match=said):
        call(world, parts, options)


TRADE = {"exporters": "RST", "importers": "HOM", "sectors": "goods"}
#: One scenario for each kind of measure: what the base model solves, and what takes the extended one.
PLAIN: dict[str, dict[str, Any]] = {
    "tariff": {**TRADE, "set": 0.1},
    "export_tax": {**TRADE, "add": 0.1},
    "barrier": {**TRADE, "add": 0.2, "rent": 0.5},
    "mutual_recognition": {"members": ["HOM", "PAR"], "size": 0.1, "actionable": 0.5},
    "embargo": {**TRADE, "share": 0.8, "both_directions": True},
    "export_control": {**TRADE, "share": 0.4},
    "payment_friction": {"target": "HOM", "partners": "RST", "add": 0.1},
    "productivity": {"countries": "HOM", "change": 0.04},
    "import_substitution": {
        "countries": "HOM",
        "sectors": "goods",
        "home_bias": 1.2,
        "productivity": -0.02,
        "output_subsidy": 0.05,
        "tariff": 0.1,
    },
}
EXTENDED: dict[str, dict[str, Any]] = {
    "price_cap": {"exporters": "PAR", "importers": ["HOM", "RST"], "sectors": "goods", "cap": 0.9},
    "customs_union": {
        "members": ["HOM", "PAR"],
        "external": "max",
        "keys": {"HOM": 0.5, "PAR": 0.5},
    },
    "mobility": {"members": ["HOM", "PAR"], "elasticity": 0.5},
    "transfer": {"payers": "RST", "receivers": "HOM", "amount": 3.0},
    "asset_freeze": {"target": "RST", "holders": "PAR", "amount": 2.0},
    "procurement": {
        "members": ["HOM", "PAR"],
        "sectors": "goods",
        "open": 0.5,
        "government_share": 0.2,
    },
}


def scenario_of(kind, keys):
    """The measure and another that interacts with it."""
    other = {"kind": "tariff", "name": "other", "exporters": "RST", "importers": "PAR", "add": 0.1}
    measure = {"kind": kind, "name": "it", **keys}
    return zv.Scenario.from_dict({"name": kind, "measures": [measure, other]})


MEASURES = {**PLAIN, **EXTENDED}


@pytest.mark.parametrize("kind", MEASURES)
def test_every_kind_by_adjoint_and_by_differences(kind):
    world, scenario = zv.load_world("toy"), scenario_of(kind, MEASURES[kind])
    fast, slow = (
        zv.attribute(world, scenario, "real_income HOM", nodes=8, derivatives=d, compare=False, workers=1)
        for d in ("auto", "differences")
    )  # fmt: skip
    assert fast.derivatives == "adjoint"
    assert fast.parts == ("it", "other")
    scale = float(np.abs(fast.effect).max())
    assert scale > 1e-5
    np.testing.assert_allclose(fast.effect, slow.effect, rtol=0, atol=1e-6 * scale)
    assert abs(fast.remainder) <= 1e-6 * abs(fast.total) + 1e-11


@pytest.mark.parametrize("kind", MEASURES)
def test_every_kind_adds_up(kind):
    world, scenario = zv.load_world("toy"), scenario_of(kind, MEASURES[kind])
    found = zv.attribute(world, scenario, "real_income HOM", compare=False, workers=1)
    assert abs(found.remainder) <= 1e-6 * np.abs(found.effect).max()
    exact = zv.attribute(
        world, scenario, "real_income HOM", method="shapley", compare=False, workers=1
    )
    assert abs(exact.remainder) < 1e-13


@pytest.mark.parametrize("derivatives", ["adjoint", "differences"])
@pytest.mark.parametrize("kind", [*MEASURES, "kemp_wan"])
def test_slopes_of_every_kind_are_extrapolated_differences_with_other_steps(kind, derivatives):
    """Whatever finds the derivative: central differences of equilibria, Richardson's way, to 1e-6."""
    if (
        kind == "kemp_wan"
    ):  # its taxes come with the whole union only; on the way duties inside fall
        scenario = scenario_of("customs_union", {"members": ["HOM", "PAR"], "external": kind})
    else:
        scenario = scenario_of(kind, MEASURES[kind])
    question = pose_question(zv.load_world("toy"), scenario, list(TOY_OUTCOMES), tolerance=1e-13)
    found = slopes(question, [BINDING], derivatives=derivatives, workers=1)
    assert found.derivatives == derivatives
    for part in question.active:
        measured = difference_slope(question, BINDING, part, step=7e-3)
        size = np.abs(found.table[0]).max(axis=1)  # of the larger part, by outcome
        assert (size > 1e-6).all()
        assert (np.abs(found.table[0, :, part] - measured) <= 1e-6 * size).all()


#: A point of the path at which the price cap binds already, and outcomes read there.
BINDING = 0.93
TOY_OUTCOMES = ("real_income HOM", "price_index PAR+RST", "exports PAR", "output HOM goods")


PROGRAMMES = """
name = "Two programmes"
[[programmes]]
name = "Customs"
start = 2027
phase_in = 4
[[programmes.measures]]
kind = "barrier"
exporters = "PAR"
importers = "HOM"
remove = 0.2
[[programmes]]
name = "Words only"
[[measures]]
name = "Duty"
kind = "tariff"
exporters = "RST"
importers = "HOM"
set = 0.05
"""


def test_programmes_are_parts_and_are_phased_in():
    world, scenario = zv.load_world("toy"), zv.Scenario.from_toml(PROGRAMMES)
    found = zv.attribute(world, scenario, "real_income HOM", workers=1)
    assert found.parts == ("Duty", "Customs", "Words only")
    assert found.effect[2] == pytest.approx(0.0, abs=1e-12)
    path = zv.phase_in(world, scenario, "real_income HOM", [2026, 2028, 2030], workers=1)
    question = pose_question(world, scenario, "real_income HOM")
    expected = [100 * (at(question, [1.0, s, 1.0])[0] - 1) for s in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(path.iloc[:, 0], expected, atol=1e-9)


def test_no_nodes_are_refused():
    scenario = scenario_of("tariff", MEASURES["tariff"])
    with pytest.raises(ScenarioError, match="nodes is 0"):
        zv.attribute(zv.load_world("toy"), scenario, "real_income HOM", nodes=0, workers=1)
