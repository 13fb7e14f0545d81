"""Bands of attributions at the edges: folders of other tables, rules, rounding, and what is no number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.test_attribution_bands import OUTCOME, banded, reform
from zollverein.attribution import question
from zollverein.errors import DataError, ScenarioError
from zollverein.rules import Pool
from zollverein.scenario import Productivity, Scenario, Tariff
from zollverein.scenario.distributions import Distribution

ASKED: dict[str, Any] = {"draws": 6, "seed": 3, "elasticity_spread": 0.3, "workers": 1}


def kept(folder: Any, table: Any) -> Any:
    """Draws with one table, kept in a folder."""
    world = zv.load_world("toy")
    return zv.uncertainty(
        world, reform(), OUTCOME, decompose=0, out=folder, tables={"parts": table}, **ASKED
    )


@pytest.mark.parametrize(
    "other",
    [
        zv.PartsTable(OUTCOME, method="last_in"),
        zv.PartsTable("real_wage PAR"),
        zv.PartsTable(OUTCOME, nodes=1),
    ],
)
def test_a_folder_of_another_table_of_the_same_name_is_refused(tmp_path, other):
    first = kept(tmp_path / "draws", zv.PartsTable(OUTCOME))
    with pytest.raises(DataError, match="central values"):
        kept(tmp_path / "draws", other)
    again = kept(tmp_path / "draws", zv.PartsTable(OUTCOME))
    np.testing.assert_array_equal(again.tables["parts"].draws, first.tables["parts"].draws)


def test_a_result_with_rules_is_not_that_of_policies_without():
    world = zv.load_world("toy")
    cut = zv.Policy.neutral(world).changed(tariff=world.data["tariff"] * 0.5)
    pooled = cut.changed(pools=(Pool(("HOM", "PAR"), (0.9, 0.1)),))
    parts = zv.PartsTable(OUTCOME, policies={"cut": cut})
    alone, whole = (
        parts(zv.simulate(world, policy, tolerance=1e-12)).values for policy in (cut, pooled)
    )
    assert np.isfinite(alone).all()
    np.testing.assert_allclose(whole, alone, rtol=1e-9)


def test_a_part_that_does_nothing_is_not_one_whose_sign_is_unsure():
    idle = Tariff(name="idle", exporters="HOM", importers="PAR", sectors="services", add=0.0)
    measures = (*reform().measures, idle)
    said = banded(Scenario(name="Reform", measures=measures), draws=20, method="first_in").explain()
    assert "idle" not in said
    wide = Distribution("triangular", -0.05, 0.0, 0.05)
    risk = Productivity(name="risk", countries="HOM", sectors="goods", change=wide)
    unsure = banded(Scenario(name="Reform", measures=(risk,)), draws=20)
    assert unsure.draws.min() < 0 < unsure.draws.max()
    assert "Not even the sign is sure of risk, the whole." in unsure.explain()


def test_the_tolerance_asked_for_is_that_of_every_draw(monkeypatch):
    """And no draw is solved twice."""
    tolerances = []
    module: Any = question
    solve = module.solve_policy

    def noted(world: Any, policy: Any, parameters: Any, **how: Any) -> Any:
        tolerances.append(parameters.tolerance)
        return solve(world, policy, parameters, **how)

    monkeypatch.setattr(module, "solve_policy", noted)
    found = banded(draws=4, tolerance=1e-10, nodes=2)
    assert set(tolerances) == {1e-10}
    # The whole, its nodes, those of the table at the centre, and those of each draw.
    assert len(tolerances) == 1 + 2 + 2 + 4 * 2
    assert np.isfinite(found.draws).all()


def test_an_error_of_a_table_that_is_no_missing_equilibrium_ends_the_run():
    def broken(_: zv.Result) -> Any:
        raise DataError("a defect")

    world = zv.load_world("toy")
    with pytest.raises(DataError, match="a defect"):
        zv.uncertainty(world, reform(), OUTCOME, tables={"broken": broken}, **ASKED)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"draws": 6.5}, "whole number"),
        ({"draws": "6"}, "whole number"),
        ({"draws": True}, "whole number"),
        ({"seed": -1}, "seed is -1"),
        ({"draws": None, "elasticity_spread": "nonsense"}, "nothing is drawn"),
        ({"draws": None, "sources": "measures"}, "nothing is drawn"),
    ],
)
def test_what_is_no_number_of_draws_is_said_so(more, said):
    with pytest.raises(ScenarioError, match=said):
        banded(**more)


def test_one_source_may_be_a_word():
    one, several = (banded(sources=sources) for sources in ("measures", ["measures"]))
    np.testing.assert_array_equal(one.draws, several.draws)


def test_a_table_needs_a_name_and_a_band_a_share():
    world = zv.load_world("toy")
    bare: Any = zv.PartsTable(OUTCOME)
    with pytest.raises(ScenarioError, match="a mapping of names"):
        zv.uncertainty(world, reform(), OUTCOME, tables=bare, **ASKED)
    found = banded()
    for level in (0.0, 1.0, 1.5):
        with pytest.raises(ScenarioError, match="share of the draws"):
            found.table(level=level)


def test_a_result_with_strengths_is_refused_as_such():
    world = zv.load_world("toy")
    result = zv.simulate(world, reform(0.1), strength={"market": 0.5})
    with pytest.raises(ScenarioError, match="with strengths"):
        zv.PartsTable(OUTCOME)(result)
