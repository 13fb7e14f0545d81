"""What a caller writes by mistake in a question is told in words, and one in place of a list is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.attribution import best_sequence, phase_in
from zollverein.errors import ZollvereinError
from zollverein.scenario import Barrier, Scenario, Tariff

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
