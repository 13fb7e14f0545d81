"""Coalitions: every subset as simulated alone, the axioms on real equilibria, and every side alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from zollverein.accounts import gross_output, income
from zollverein.batches import Failure, simulate_many
from zollverein.coalition_game import collected, set_game
from zollverein.errors import NoEquilibrium, NotConverged, ScenarioError
from zollverein.scenario import Barrier, Embargo, Productivity, Scenario, Tariff
from zollverein.shapley import all_masks, by_subsets
from zollverein.tariff_search import value_of
from zollverein.testing import assert_equilibrium, random_world

OPTIONS: dict[str, Any] = {"engine": "numpy", "trade_elasticity": 4.0}
DUTY = Tariff(exporters="target", importers="members", add=0.3)
MEMBERS, TARGET = ["C1", "C2", "C3"], "C4"


@pytest.fixture(scope="module")
def world():
    return random_world(3, countries=6, sectors=3)


@pytest.fixture(scope="module")
def found(world):
    return zv.coalition(world, MEMBERS, TARGET, DUTY, workers=1, response=True, **OPTIONS)


def one_sector(flow):
    """A world without inputs or duties; trade must be balanced."""
    flow = np.asarray(flow, dtype=float)[:, :, None]
    return zv.World.from_arrays(
        name="plain",
        countries=[f"C{i}" for i in range(len(flow))],
        sectors=["goods"],
        trade_flow=flow,
        intermediate_use=np.zeros((len(flow), 1, 1)),
        value_added=flow.sum(axis=1),
        final_demand=flow.sum(axis=0),
    )


def test_every_subset_is_what_it_is_alone(world, found):
    for row in found.subsets.to_dict("records"):
        acting = [] if row["members"] == "nobody" else row["members"].split("+")
        measures = [Tariff(exporters=TARGET, importers=acting, add=0.3)] if acting else []
        result = zv.simulate(world, Scenario(measures=measures), trade_elasticity=4.0)
        change = result.table()["real_income_pct"][TARGET]
        assert row["target_loss_pct"] == pytest.approx(-change, abs=1e-7)
        assert row["size"] == len(acting)
    assert len(found.subsets) == 8
    assert found.orders == 0
    assert dict(found.failures) == {}


def test_shares_add_up_and_margins_are_differences(found):
    table = found.members
    assert table["shapley_pct"].sum() == pytest.approx(found.loss_pct, rel=1e-12)
    loss = found.subsets.set_index("members")["target_loss_pct"]
    assert table["first_pct"]["C2"] == loss["C2"]
    assert table["last_pct"]["C2"] == pytest.approx(loss["C1+C2+C3"] - loss["C1+C3"], rel=1e-12)
    assert (table["standard_error"] == 0).all()


def test_costs_others_and_potential_are_those_of_the_whole(world, found):
    change = found.result.table()["real_income_pct"]
    np.testing.assert_allclose(found.members["cost_pct"], -change[MEMBERS], atol=1e-7)
    np.testing.assert_allclose(found.others, change[found.others.index], atol=1e-7)
    assert sorted(found.others.index) == ["C0", "C5"]
    everybody = ["C0", "C1", "C2", "C3", "C5"]
    all_in = Scenario(measures=[Tariff(exporters=TARGET, importers=everybody, add=0.3)])
    most = zv.simulate(world, all_in, trade_elasticity=4.0).table()["real_income_pct"][TARGET]
    assert found.potential_pct == pytest.approx(-most, abs=1e-7)
    assert_equilibrium(found.result)


def test_transfers_make_relative_costs_equal(world, found):
    table = found.members
    assert table["transfer"].sum() == pytest.approx(0, abs=1e-12)
    spending = income(world).to_series()[MEMBERS]
    after = table["cost_pct"] - 100 * table["transfer"] / spending
    np.testing.assert_allclose(after, table["shared_pct"], rtol=1e-7)


def test_the_reply_is_the_best_of_a_grid(world, found):
    best = found.response
    assert best.is_maximum
    measures = [Tariff(exporters=TARGET, importers=MEMBERS, add=0.3)]
    for rate in np.arange(0, 1.01, 0.1):
        reply = Tariff(exporters=MEMBERS, importers=TARGET, set=rate)
        result = zv.simulate(world, Scenario(measures=[*measures, reply]), trade_elasticity=4.0)
        assert (
            result.table()["real_income_pct"][TARGET]
            <= best.result.table()["real_income_pct"][TARGET] + 1e-7
        )


def test_equal_members_get_equal_shares():
    world = one_sector(
        [[50, 5, 5, 5], [5, 30, 2, 3], [5, 2, 30, 3], [5, 3, 3, 40]],
    )
    found = zv.coalition(world, ["C1", "C2", "C0"], "C3", workers=1, **OPTIONS)
    table = found.members
    for column in ("shapley_pct", "first_pct", "last_pct", "cost_pct", "transfer"):
        assert table[column]["C1"] == pytest.approx(table[column]["C2"], abs=1e-8)


def test_who_does_not_trade_with_the_target_adds_nothing():
    world = one_sector(
        [[50, 5, 5, 5], [5, 30, 2, 0], [5, 2, 30, 3], [5, 0, 3, 40]],
    )
    found = zv.coalition(world, ["C1", "C2"], "C3", workers=1, **OPTIONS)
    assert found.members["shapley_pct"]["C1"] == pytest.approx(0, abs=1e-8)
    assert found.members["shapley_pct"]["C2"] == pytest.approx(found.loss_pct, abs=1e-8)


@pytest.mark.parametrize(
    "instrument",
    [
        "embargo",
        Barrier(exporters="members", importers="target", add=0.2, both_directions=True),
        {"kind": "tariff", "exporters": "members", "importers": "target", "add": 0.1},
        [DUTY, Embargo(exporters="members", importers="target", sectors="s1")],
    ],
)
def test_any_economy_may_be_on_any_side(world, instrument):
    first = zv.coalition(world, ["C1", "C2"], "C4", instrument, workers=1, **OPTIONS)
    second = zv.coalition(world, ["C4"], "C1+C2", instrument, workers=1, **OPTIONS)
    for found in (first, second):
        assert np.isfinite(found.members.to_numpy()).all()
        assert found.members["shapley_pct"].sum() == pytest.approx(found.loss_pct, rel=1e-10)
    assert set(first.others.index) == set(second.others.index)


def test_extended_models_have_coalitions_too(world):
    """Losses are those of the table of effects; other outcomes are read with the same definitions."""
    keys: dict[str, Any] = {"trade_elasticity": 4.0, "horizon": "short"}
    found = zv.coalition(world, ["C1", "C2"], "C4", DUTY, workers=1, **keys)
    acting = Scenario(measures=[Tariff(exporters="C4", importers=["C1", "C2"], add=0.3)])
    change = zv.simulate(world, acting, **keys).table()["real_income_pct"]
    assert found.loss_pct == pytest.approx(-change["C4"], abs=1e-6)
    assert found.members["cost_pct"]["C1"] == pytest.approx(-change["C1"], abs=1e-6)
    made = zv.coalition(world, ["C1", "C2"], "C4", DUTY, workers=1, outcome="output", **keys)
    after = zv.simulate(world, acting, **keys).after
    output = [gross_output(state).sel(country="C4").sum() for state in (after, world)]
    assert made.loss_pct == pytest.approx(100 * float(1 - output[0] / output[1]), abs=1e-6)


def test_an_embargo_leaves_nothing_to_reply_with(world):
    found = zv.coalition(world, ["C1", "C2"], "C4", workers=1, response=True, **OPTIONS)
    assert found.response is None


def test_a_potential_that_moves_balances_is_no_number(world):
    """Cut off by everybody, the target's trade deficit has to vanish, which is another matter."""
    found = zv.coalition(world, ["C2"], "C1", workers=1, **OPTIONS)
    assert np.isnan(found.potential_pct)
    assert any("cut off" in note for note in found.notes)
    balanced = zv.simulate(world, Scenario(), closure="zero", trade_elasticity=4.0).after
    again = zv.coalition(balanced, ["C2"], "C1", workers=1, closure="zero", **OPTIONS)
    assert again.potential_pct > again.loss_pct > 0


def test_a_potential_without_an_equilibrium_is_no_number(world):
    """C4 does not make everything it buys."""
    found = zv.coalition(world, ["C1"], "C4", workers=1, **OPTIONS)
    assert np.isnan(found.potential_pct)
    assert "no supplier is left for C4" in found.notes[-1]


def test_blocs_act_as_one(world):
    said = Scenario(blocs={"pair": ["C1", "C2"]}, measures=[Barrier(importers="C0", add=0.1)])
    found = zv.coalition(world, ["pair", "C3"], "C4", DUTY, scenario=said, workers=1, **OPTIONS)
    assert found.members.index.tolist() == ["pair", "C3"]
    assert found.subsets["target_loss_pct"].iloc[0] == 0
    base = zv.simulate(world, said, trade_elasticity=4.0).table()
    np.testing.assert_allclose(found.reference.table(), base, atol=1e-6)


def test_sampled_orders_agree_within_their_errors(world, found):
    done: list[tuple[int, int]] = []
    sampled = zv.coalition(
        world,
        MEMBERS,
        TARGET,
        DUTY,
        orders=40,
        workers=1,
        progress=lambda *count: done.append(count),
        **OPTIONS,
    )
    table = sampled.members
    assert sampled.orders == 40
    assert table["shapley_pct"].sum() == pytest.approx(sampled.loss_pct, rel=1e-10)
    gap = (table["shapley_pct"] - found.members["shapley_pct"]).abs()
    assert (gap <= 4 * table["standard_error"] + 1e-6).all()
    assert done == [(k, 8) for k in range(1, 9)]


def test_two_processes_give_the_numbers_of_one(world, found):
    again = zv.coalition(world, MEMBERS, TARGET, DUTY, workers=2, **OPTIONS)
    pd.testing.assert_frame_equal(again.members, found.members, rtol=1e-9)
    pd.testing.assert_frame_equal(again.subsets, found.subsets, rtol=1e-9)


def test_shares_are_additive_over_outcomes(world):
    """The loss of two economies together divides as the sum of the parts of their losses."""
    game = set_game(world, None, MEMBERS, "C4+C5", DUTY)
    spending = income(world).to_series()[["C4", "C5"]].to_numpy()
    weight = spending / spending.sum()
    values = {}
    for mask in all_masks(3):
        result = zv.simulate(world, game.acting(mask), trade_elasticity=4.0)
        values[mask] = [value_of(result, f"income {who}") for who in ("C4", "C5", "C4+C5")]
    share = by_subsets(3, values).share
    np.testing.assert_allclose(share[:, 2], share[:, :2] @ weight, rtol=1e-9, atol=1e-12)


def test_a_failed_subset_leaves_gaps_and_not_guesses(monkeypatch):
    """One of 128 subsets fails: it is shown, its margin is no number, and shares still add up."""
    world = random_world(5, countries=9, sectors=2, zeros=False)
    members = [f"C{i}" for i in range(1, 8)]
    gone = 0b1111101  # everybody but C2

    def failing(*args: Any, **keys: Any) -> Any:
        for mask, value in enumerate(simulate_many(*args, **keys)):
            yield Failure(mask, NoEquilibrium("made to fail")) if mask == gone else value

    monkeypatch.setattr("zollverein.coalitions.simulate_many", failing)
    found = zv.coalition(world, members, "C8", DUTY, workers=1, **OPTIONS)
    assert list(found.failures) == [("C1", "C3", "C4", "C5", "C6", "C7")]
    assert found.members["last_pct"].isna().tolist() == [name == "C2" for name in members]
    assert found.members["shapley_pct"].sum() == pytest.approx(found.loss_pct, rel=1e-10)
    assert len(found.subsets) == 127


def test_failed_subsets_are_shown_and_too_many_are_an_error():
    masks, names = list(all_masks(7)), [f"m{i}" for i in range(7)]
    outcomes: list[Any] = [np.ones(3) for _ in masks]
    outcomes[0b101] = Failure(5, NoEquilibrium("no payment"))
    values, failures = collected(masks, outcomes, names)
    assert failures == {("m0", "m2"): "no payment"}
    assert len(values) == 127
    outcomes[0b1] = Failure(1, NoEquilibrium("none either"))
    with pytest.raises(NotConverged, match=r"2 of 128 .* m0: none either m0\+m2: no payment"):
        collected(masks, outcomes, names)


def test_a_coalition_without_an_equilibrium_is_an_error(world):
    stop = Embargo(exporters="target", importers="members")
    with pytest.raises(NotConverged, match=r"C0\+C1"):
        zv.coalition(world, ["C0", "C1"], "C2+C3+C4+C5", stop, workers=1, **OPTIONS)


@pytest.mark.parametrize(
    ("members", "target", "instrument", "said"),
    [
        (["C1", "C2"], "C1", DUTY, "belongs to 'C1' and to 'C1'"),
        (["C1+C2", "C2"], "C4", DUTY, "one member only"),
        ([], "C4", DUTY, "at least one"),
        (["Atlantis"], "C4", DUTY, "Atlantis"),
        (["C1"], "C4", "boycott", "boycott"),
        (["C1"], "C4", Tariff(exporters="C4", importers="members", add=0.1), "must name"),
        (["C1"], "C4", Productivity(change=0.1), "productivity must name"),
        (["C1"], "C4", {"kind": "tarif"}, "tarif"),
        (["C1"], "C4", [], "nobody could act"),
    ],
)
def test_mistakes_are_named(world, members, target, instrument, said):
    with pytest.raises(ScenarioError, match=said):
        zv.coalition(world, members, target, instrument, workers=1, **OPTIONS)


def test_the_names_of_the_sides_are_taken(world):
    said = Scenario(blocs={"members": ["C1"]})
    with pytest.raises(ScenarioError, match=r"blocs\.members"):
        zv.coalition(world, ["C1"], "C4", DUTY, scenario=said, workers=1, **OPTIONS)
