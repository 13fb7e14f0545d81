"""What a caller writes by mistake in a question is told in words, and one in place of a list is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from zollverein.attribution import best_sequence, phase_in
from zollverein.errors import ZollvereinError
from zollverein.scenario import Barrier, Scenario, Tariff
from zollverein.tables import read_table

WORLD = zv.load_world("toy")
SCENARIO = Scenario(
    measures=(
        Tariff(name="duty", exporters="RST", importers="HOM", set=0.1),
        Barrier(name="border", exporters="PAR", importers="HOM", add=0.1),
    ),
    trade_elasticity=4.0,
)
ABOUT: tuple[Any, ...] = (WORLD, SCENARIO, "real_income HOM")
THETA: dict[str, Any] = {"trade_elasticity": 4.0}


SHAPLEY: dict[str, Any] = {"method": "shapley", "workers": 1}
COST = {"duty": 1, "border": 1}
FRONTIER = (WORLD, "HOM", "RST")
PLAIN = np.full((3, 3, 2), 0.1)
CASES: list[tuple[Any, tuple[Any, ...], dict[str, Any], str]] = [
    (zv.frontier, FRONTIER, {"weights": "much", **THETA}, "weights are 'much'"),
    (zv.frontier, FRONTIER, {"weights": [], **THETA}, "at least one"),
    (zv.nash, (WORLD, ["HOM"]), {"starts": [], **THETA}, "starts: none is given"),
    (zv.optimal_tariff, (WORLD, "HOM"), {"starts": (), **THETA}, "starts: none is given"),
    (zv.kemp_wan, (WORLD, []), THETA, "no member is named"),
    (zv.attribute, ABOUT, {"nodes": 2.5, "workers": 1}, "nodes is 2.5"),
    (zv.attribute, ABOUT, {"orders": "4", **SHAPLEY}, "orders is '4'"),
    (zv.attribute, ABOUT, {"orders": 4, "seed": -1, **SHAPLEY}, "seed is -1"),
    (zv.uncertainty, ABOUT, {"draws": 20, "seed": 1.5}, "seed is 1.5"),
    (zv.uncertainty, ABOUT, {"draws": 20, "data_spread": PLAIN}, "neither a number nor an array"),
    (phase_in, (*ABOUT, [2026]), {"schedule": {"duty": 2026}}, r"'duty' has 2026; .* \(2026, 3\)"),
    (phase_in, (*ABOUT, [2026]), {"schedule": {"duty": ("2026", 2)}}, "'duty' has"),
    (best_sequence, (*ABOUT, {**COST, "border": "x"}), {"workers": 1}, "that of 'border' must be"),
    (best_sequence, (*ABOUT, COST), {"budget": "x", "workers": 1}, "budget is nan"),
    (zv.gradient, (WORLD, SCENARIO, 5), {}, "an outcome is a text, not 5"),
    (zv.gradient, (WORLD, SCENARIO, [5]), {}, "an outcome is a text, not 5"),
    (zv.gradient, ABOUT, {"wrt": [5]}, "'5' is not a parameter"),
    (zv.sensitivity, (zv.simulate(WORLD, SCENARIO), ["tariff"]), {}, "the direction is a list"),
    (zv.simulate, (WORLD, SCENARIO), {"strength": 0.5}, "strength is 0.5; it is a table"),
    (zv.optimal_tariff, (WORLD, "HOM"), {"against": 5, **THETA}, "the names: 5 is not a label"),
    (zv.optimal_tariff, (WORLD, "HOM"), {"starts": None, **THETA}, "starts is None"),
    (zv.kemp_wan, (WORLD, [1, 2]), THETA, "members: 1 is not a label"),
    (read_table, (zv.simulate(WORLD, SCENARIO), 5), {}, "table '5' is not known"),
    (read_table, (zv.simulate(WORLD, SCENARIO), "trade", 5), {}, "countries: 5 is not a label"),
]


@pytest.mark.parametrize(("ask", "given", "keywords", "said"), CASES)
def test_mistakes_are_told_in_words(
    ask: Any, given: tuple[Any, ...], keywords: dict[str, Any], said: str
) -> None:
    with pytest.raises(ZollvereinError, match=said):
        ask(*given, **keywords)


def test_one_may_stand_for_a_list():
    one, several = (
        zv.frontier(WORLD, "HOM", "RST", weights=weights, **THETA) for weights in (0.3, [0.3])
    )
    assert one.equals(several)
    starts = [zv.optimal_tariff(WORLD, "HOM", starts=s, **THETA).starts for s in ("small", 0.1)]
    assert [list(table["start"]) for table in starts] == [["small"], [0.1]]
    scenario = Scenario(blocs={"both": ["HOM", "PAR"]})
    union = zv.kemp_wan(WORLD, "both", scenario=scenario, **THETA)
    assert list(union.members.index) == ["HOM", "PAR"]


BEST: list[tuple[Any, tuple[Any, ...]]] = [
    (zv.optimal_tariff, (WORLD, "HOM")),
    (zv.frontier, FRONTIER),
    (zv.nash, (WORLD, ["HOM", "PAR"])),
    (zv.kemp_wan, (WORLD, ["HOM", "PAR"])),
    (zv.coalition, (WORLD, ["HOM"], "RST")),
    (zv.attribute, ABOUT[:1]),
    (zv.simulate, ABOUT[:1]),
]


@pytest.mark.parametrize(("ask", "given"), BEST)
@pytest.mark.parametrize("scenario", ["policy.toml", {"measures": []}, [], WORLD])
def test_what_is_no_scenario_is_not_passed_over(ask, given, scenario):
    """A path, a table or a list in place of a scenario counted as no scenario at all."""
    keys = {"outcome": "real_income HOM"} if ask is zv.attribute else {}
    with pytest.raises((TypeError, ZollvereinError), match=r"not a (Scenario|Policy)"):
        ask(*given, scenario=scenario, **keys, **THETA)


def test_a_result_is_no_start_of_another_kind_and_an_index_is_a_list():
    with pytest.raises(TypeError, match="the result is a World, not a Result"):
        zv.simulate(WORLD, SCENARIO, **dict[str, Any](start=WORLD))
    result = zv.simulate(WORLD, SCENARIO)
    index: Any = pd.Index(["HOM", "PAR"])
    assert read_table(result, "trade", index).identical(read_table(result, "trade", ["HOM", "PAR"]))


@pytest.mark.parametrize("given", [None, SCENARIO.policy(WORLD)])
def test_what_has_no_parts_is_not_divided(given):
    with pytest.raises(TypeError, match="not a Scenario, and has no parts"):
        phase_in(WORLD, given, "real_income HOM", [2026])
