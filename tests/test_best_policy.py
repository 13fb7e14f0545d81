"""Best duties against closed forms and brute force; games against grids; unions against Kemp and Wan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.accounts import trade_share
from zollverein.asking.findings import finding
from zollverein.errors import NotConverged, ScenarioError
from zollverein.gradients import solved
from zollverein.levers import set_board
from zollverein.scenario import Barrier, CustomsUnion, Embargo, Scenario, Tariff
from zollverein.testing import assert_equilibrium, random_world

THETA = 4.0
OPTIONS: dict[str, Any] = {"engine": "numpy", "trade_elasticity": THETA}


STOPPED = Scenario(measures=[Embargo(exporters="C0", importers="C1")])


def two_economies(home=(60.0, 10.0), abroad=300.0, duties=(0.0, 0.0)):
    """One sector, no inputs, balanced trade: domestic sales, exports of Home, duties of both."""
    own, traded = home
    flow = np.array([[[own], [traded]], [[traded], [abroad]]])
    tariff = np.zeros_like(flow)
    tariff[1, 0, 0], tariff[0, 1, 0] = duties
    return zv.World.from_arrays(
        name="two",
        countries=["HOM", "FOR"],
        sectors=["goods"],
        trade_flow=flow,
        tariff=tariff,
        intermediate_use=np.zeros((2, 1, 1)),
        value_added=flow.sum(axis=1),
        final_demand=(flow * (1 + tariff)).sum(axis=0),
    )


def real_income(world, country, rates, **options):
    """Real income with duties set one by one, solved without anything of the search."""
    measures = [
        Tariff(exporters=seller, importers=buyer, set=rate)
        for (seller, buyer), rate in rates.items()
    ]
    result = zv.simulate(
        world, Scenario(measures=measures), **{"trade_elasticity": THETA} | options
    )
    return 1 + result.table()["real_income_pct"][country] / 100


# --- one economy --------------------------------------------------------------------------


@pytest.mark.parametrize("theirs", [0.0, 0.2])
@pytest.mark.parametrize("theta", [2.0, 4.0, 8.0])
def test_the_best_duty_of_two_economies_has_a_closed_form(theta, theirs):
    """t* = (1 - π_HF t_F/(1+t_F)) / (θ π_FF), shares of the other's spending at the optimum."""
    world = two_economies(duties=(0.05, theirs))
    best = zv.optimal_tariff(world, "HOM", engine="numpy", trade_elasticity=theta)
    assert best.is_maximum
    assert_equilibrium(best.result)
    share = trade_share(best.result.after).sel(importer="FOR", sector="goods")
    abroad, home = (float(share.sel(exporter=c)) for c in ("FOR", "HOM"))
    expected = (1 - home * theirs / (1 + theirs)) / (theta * abroad)
    assert float(best.rates["best"].iloc[0]) == pytest.approx(expected, rel=1e-5)


def test_a_small_economy_charges_one_over_the_elasticity():
    """The gap to 1/θ falls in proportion to the economy's size in the other's market."""
    gaps = []
    for size in (1e-1, 1e-2, 1e-3):
        world = two_economies(home=(60 * size, 10 * size))
        best = zv.optimal_tariff(world, "HOM", **OPTIONS)
        gaps.append(float(best.rates["best"].iloc[0]) - 1 / THETA)
    assert gaps[0] > gaps[1] > gaps[2] > -1e-5
    assert gaps[2] < 2e-5
    assert gaps[1] / gaps[0] == pytest.approx(0.1, rel=0.1)


@pytest.fixture(scope="module")
def world():
    return random_world(3, countries=5, sectors=3)


@pytest.mark.parametrize("by", ["uniform", "partner", "sector"])
def test_nothing_near_the_best_duties_is_better(world, by):
    best = zv.optimal_tariff(world, "C1", by=by, **OPTIONS)
    assert best.is_maximum
    assert best.gain_pct >= 0
    board = set_board(world, None, ["C1"], by=by, against="all", sectors="all", options=OPTIONS)
    point = np.log1p(best.rates["best"].to_numpy())
    top = board.simulate(point).table()["real_income_pct"]["C1"]
    rng = np.random.default_rng(0)
    for size in (0.01, 0.1, 0.3):
        for _ in range(12):
            moved = board.simulate(point + rng.normal(0, size, point.size))
            assert moved.table()["real_income_pct"]["C1"] < top + 1e-9
    assert best.starts["converged"].all()
    assert np.ptp(best.starts["gain_pct"].to_numpy()) < 1e-6
    assert board.players[0].countries == ("C1",)


def test_more_freedom_is_never_worse(world):
    gains = {
        by: zv.optimal_tariff(world, "C2", by=by, **OPTIONS).gain_pct
        for by in ("uniform", "partner")
    }
    assert gains["partner"] >= gains["uniform"] - 1e-7


@pytest.mark.parametrize("more", [{}, {"model": "ces"}, {"horizon": "long"}], ids=str)
def test_slopes_are_those_of_differences(world, more):
    options = {**OPTIONS, **more}
    board = set_board(
        world, None, ["C1+C2"], by="partner", against="all", sectors="all", options=options
    )
    point = np.full(len(board.levers), 0.2)
    goal = board.players[0].outcome("real_income")
    slopes = board.slopes(board.simulate(point), goal, range(point.size))
    from zollverein.tariff_search import log_value

    for lever in range(point.size):
        ends = [
            log_value(board.simulate(point + sign * 1e-4 * np.eye(point.size)[lever]), {goal: 1.0})
            for sign in (1, -1)
        ]
        assert slopes[lever] == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-5, abs=1e-8)


def test_a_reply_is_measured_against_no_reply(world):
    attack = Scenario(measures=[Tariff(exporters="C1", importers="C0", add=0.3)])
    reply = zv.best_response(world, attack, "C1", against="C0", **OPTIONS)
    unanswered = zv.simulate(world, attack, trade_elasticity=THETA)
    expected = unanswered.table()["real_income_pct"]
    found = reply.reference.table()["real_income_pct"]
    np.testing.assert_allclose(found, expected, atol=1e-7)
    assert reply.gain_pct == pytest.approx(reply.table()["C1"], abs=1e-7)
    assert reply.rates.index.tolist() == ["all"]


def test_a_union_sets_one_tariff_and_none_inside(world):
    best = zv.optimal_tariff(world, "C1+C2", **OPTIONS)
    tariff = best.result.policy.tariff
    inside = world.data["tariff"].sel(exporter="C1", importer="C2")
    np.testing.assert_array_equal(tariff.sel(exporter="C1", importer="C2"), inside)
    traded = world.data["trade_flow"].sel(importer=["C1", "C2"], exporter=["C0", "C3", "C4"]) > 0
    rates = tariff.sel(importer=["C1", "C2"], exporter=["C0", "C3", "C4"]).values[traded.values]
    np.testing.assert_allclose(rates, float(best.rates["best"].iloc[0]), rtol=1e-12)


def test_the_frontier_trades_own_cost_for_the_others_loss(world):
    """By revealed preference both fall as the weight grows, whatever the model."""
    table = zv.frontier(world, "C1", "C2", weights=(0, 0.5, 2, 8), **OPTIONS)
    assert table["converged"].all()
    assert (np.diff(table["sender_pct"]) < 1e-9).all()
    assert (np.diff(table["target_pct"]) < 1e-9).all()
    alone = zv.optimal_tariff(world, "C1", against="C2", **OPTIONS)
    assert table["sender_pct"].iloc[0] == pytest.approx(alone.gain_pct, abs=1e-7)


# --- several economies --------------------------------------------------------------------


def symmetric_duty(share, theta):
    """Closed form of the Nash duty of two equal economies, ``share`` the import share at zero duty."""
    low, high = 0.0, 50.0
    for _ in range(200):
        rate = (low + high) / 2
        odds = share / (1 - share) * (1 + rate) ** -theta
        imported = odds / (1 + odds)
        reply = (1 - imported * rate / (1 + rate)) / (theta * (1 - imported))
        low, high = (rate, high) if reply > rate else (low, rate)
    return rate


@pytest.mark.parametrize("theta", [3.0, 6.0])
def test_two_equal_economies_charge_the_same(theta):
    world = two_economies(home=(60.0, 30.0), abroad=60.0)
    starts = ("in force", "small", 0.0, 1.0)
    game = zv.nash(world, engine="numpy", trade_elasticity=theta, starts=starts)
    assert game.is_equilibrium
    rates = game.rates["nash"].to_numpy()
    np.testing.assert_allclose(rates, symmetric_duty(1 / 3, theta), rtol=1e-5)
    assert (game.players["nash_pct"] < 0).all()
    assert (game.starts["distance"] < 1e-5).all()
    np.testing.assert_allclose(game.players["free_pct"], 0, atol=1e-8)


def test_two_unlike_economies_against_a_grid():
    """Best replies by brute force, on a grid of one percentage point, meet at the Nash duties."""
    world, grid = two_economies(home=(60.0, 20.0), abroad=150.0), np.arange(0.1, 0.6, 0.01)
    sides = {"HOM": ("FOR", "HOM"), "FOR": ("HOM", "FOR")}
    rates = dict.fromkeys(sides.values(), 0.25)
    for _ in range(3):
        for country, flow in sides.items():
            tried = [real_income(world, country, rates | {flow: rate}) for rate in grid]
            rates[flow] = float(grid[int(np.argmax(tried))])
    game = zv.nash(world, **OPTIONS)
    found = game.rates["nash"].droplevel("lever")
    for country, flow in sides.items():
        assert found[country] == pytest.approx(rates[flow], abs=0.0051)


def test_nobody_gains_by_moving_alone(world):
    """Every player tries a grid of own rates against the others' Nash duties."""
    game = zv.nash(world, **OPTIONS)
    assert game.is_equilibrium
    assert_equilibrium(game.result)
    board = set_board(
        world,
        None,
        world.countries,
        by="uniform",
        against="all",
        sectors="all",
        options=OPTIONS,
    )
    point = np.log1p(game.rates["nash"].to_numpy())
    stay = board.simulate(point).table()["real_income_pct"]
    for index, country in enumerate(world.countries):
        for rate in np.arange(0, 1.01, 0.1):
            moved = point.copy()
            moved[index] = np.log1p(rate)
            assert (
                board.simulate(moved).table().loc[country, "real_income_pct"]
                <= stay[country] + 1e-8
            )


def test_players_may_be_groups_and_tax_each_other_only(world):
    game = zv.nash(world, ["C0", "C1+C2"], against="players", **OPTIONS)
    assert game.is_equilibrium
    tariff = game.result.policy.tariff
    untouched = ("C3", "C0"), ("C4", "C1"), ("C1", "C2"), ("C0", "C3")
    for seller, buyer in untouched:
        here = {"exporter": seller, "importer": buyer}
        np.testing.assert_array_equal(tariff.sel(here), world.data["tariff"].sel(here))
    assert set(game.table().columns) == {"nash_pct", "free_pct"}


def test_prohibition_is_found_where_it_is_best():
    """With a deficit fixed in the numeraire and an elasticity of 1; without the deficit it is not."""
    world = random_world(38, countries=4, sectors=3)
    best = zv.optimal_tariff(world, "C0", trade_elasticity=1.0, engine="numpy")
    assert best.rates["best"].item() == pytest.approx(10)
    assert best.starts["start"].iloc[-1] == "prohibitive"
    assert best.gain_pct > best.starts["gain_pct"].iloc[:-1].max()
    keys: dict[str, Any] = {"trade_elasticity": 1.0, "closure": "zero"}
    balanced = zv.simulate(world, Scenario(), **keys).after
    best = zv.optimal_tariff(balanced, "C0", engine="numpy", **keys)
    assert best.is_maximum
    assert best.rates["best"].item() < 2


def test_rates_that_run_to_prohibition_stop_at_the_bound_and_are_named():
    """With an elasticity of 1 a player with a deficit may want no imports at all."""
    game = zv.nash(
        random_world(38, countries=4, sectors=3),
        trade_elasticity=1.0,
        engine="numpy",
        starts=("in force",),
    )
    assert game.rates["nash"].max() == pytest.approx(10)
    assert game.is_equilibrium
    assert "rate that was allowed: C0 all. Usual causes:" in game.notes[0]
    assert "a trade deficit" in game.notes[0]


def test_rates_that_all_end_at_a_limit_are_no_maximum():
    """Consumer prices only rise with the duty; there is nothing to have a slope or a curvature."""
    best = zv.optimal_tariff(zv.load_world("toy"), "HOM", outcome="price_index", starts=(0.1,))
    assert best.rates["best"].item() == pytest.approx(10)
    assert not best.is_maximum
    assert "no maximum of its own" in finding(best).sentences[0]
    assert "grows with own prices" in best.notes[0]


def test_who_would_rather_prohibit_is_named():
    """A deficit again: then the point is called no equilibrium, and without deficits it is one."""
    world = random_world(43, countries=4, sectors=3)
    keys: dict[str, Any] = {"trade_elasticity": 8.0, "engine": "numpy", "starts": ("in force",)}
    game = zv.nash(world, **keys)
    assert not game.is_equilibrium
    assert "prohibiting their imports: C1 (+" in game.notes[-1]
    balanced = zv.simulate(world, Scenario(), closure="zero", trade_elasticity=8.0).after
    settled = zv.nash(balanced, closure="zero", **keys)
    assert settled.is_equilibrium
    assert settled.notes == ()


def test_a_war_that_is_not_finished_is_an_error(world, monkeypatch):
    monkeypatch.setattr("zollverein.tariff_games._MAX_STEPS", 2)
    with pytest.raises(NotConverged, match="tariff game of 5 players"):
        zv.nash(world, **OPTIONS)


# --- customs unions -----------------------------------------------------------------------


def test_kemp_wan_touches_nobody_outside(world):
    """All external taxes: the theorem. Members gain together, and transfers share the gain."""
    union = zv.kemp_wan(world, ["C1", "C2"], **OPTIONS)
    assert union.outside.index.tolist() == ["C0", "C3", "C4"]
    assert union.outside.abs().max() < 1e-6
    assert union.gap < 1e-9
    assert (union.members["shared_pct"] > 0).all()
    assert union.members["transfer"].sum() == pytest.approx(0, abs=1e-12)
    assert_equilibrium(union.result)


def test_a_common_tariff_leaves_a_single_outsider_where_it_was():
    """One outsider and one traded good: to hold the quantity is to hold everything."""
    toy = zv.load_world("toy")
    union = zv.kemp_wan(toy, ["HOM", "PAR"], by="uniform", sectors="goods", engine="numpy")
    assert abs(float(union.outside["RST"])) < 1e-7
    assert (union.members["shared_pct"] > 0).all()
    assert union.members["transfer"].sum() == pytest.approx(0, abs=1e-9)
    inside = union.result.policy.tariff.sel(exporter="PAR", importer="HOM")
    assert (inside == 0).all()


@pytest.mark.parametrize("choices", [{}, {"model": "ces"}, {"horizon": "short"}], ids=str)
@pytest.mark.parametrize("by", ["uniform", "sector"])
def test_a_common_tariff_holds_imports_from_outside(world, by, choices):
    union = zv.kemp_wan(world, ["C1", "C2"], by=by, **OPTIONS, **choices)
    assert union.gap < 1e-7
    assert_equilibrium(union.result)
    members, others = ["C1", "C2"], ["C0", "C3", "C4"]
    before, after = world, union.result.after
    cost = np.exp(solved(union.result).point.log_cost).T[:, None, :]
    for one in (before, after):
        assert np.isfinite(one.data["trade_flow"].values).all()
    chosen = {"exporter": others, "importer": members}
    new = (after.data["trade_flow"] / cost).sel(chosen).sum(("exporter", "importer"))
    old = before.data["trade_flow"].sel(chosen).sum(("exporter", "importer"))
    if by == "uniform":
        new, old = new.sum(), old.sum()
    np.testing.assert_allclose(new, old, rtol=1e-6)


# --- bad input ------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda w: zv.optimal_tariff(w, "C1", by="product"), "uniform, partner, sector"),
        (lambda w: zv.optimal_tariff(w, "Atlantis"), "Atlantis"),
        (lambda w: zv.optimal_tariff(w, "C1", against="C1", **OPTIONS), "imports nothing"),
        (lambda w: zv.nash(w, ["C1", "C1+C2"]), "belongs to"),
        (lambda w: zv.kemp_wan(w, ["C1", "C2"], by="partner", **OPTIONS), "not a way"),
        (
            lambda w: zv.best_response(w, STOPPED, "C1", against="C0", **OPTIONS),
            "imports nothing",
        ),
    ],
)
def test_mistakes_are_named(world, call, said):
    with pytest.raises(ScenarioError, match=said):
        call(world)


def test_duties_that_a_union_finds_cannot_be_chosen(world):
    """The rate that was said to be best on all imports was in force on those from members only."""
    union = CustomsUnion(members=("C0", "C1"), sectors="all", external="kemp_wan")
    scenario = Scenario(measures=(union,))
    for call in (zv.optimal_tariff, lambda *given, **more: zv.nash(given[0], ["C2", "C0"], **more)):
        with pytest.raises(ScenarioError, match="C0 belongs to the Kemp-Wan union C0, C1"):
            call(world, "C0", scenario=scenario, trade_elasticity=4.0)
    inside = zv.optimal_tariff(world, "C0", against="C1", scenario=scenario, trade_elasticity=4.0)
    assert inside.is_maximum


def test_rates_that_hardly_any_trade_is_left_for_are_named():
    world, found = zv.load_world("toy"), {}
    for walls in (0, 2, 4):
        barriers = [Barrier(exporters="RST", importers="HOM", add=10.0) for _ in range(walls)]
        scenario = zv.Scenario(measures=barriers, trade_elasticity=4.0)
        found[walls] = zv.optimal_tariff(world, "HOM", by="partner", scenario=scenario).notes
    assert found[0] == ()
    for walls in (2, 4):
        (note,) = found[walls]
        assert "near where the search began: RST (25.0%, " in note
