"""Statistics through the inter-country table: accounts that add up, slow independent solutions."""

from __future__ import annotations

import numpy as np
import pytest

import zollverein as zv
from tests.helpers import assert_close, unchecked_world
from tests.trade_statistics.worlds import cases, flows
from zollverein import accounts
from zollverein.errors import DataError, LabelError
from zollverein.statistics.input_output import input_output
from zollverein.testing import random_world
from zollverein.variables import BILATERAL

CASES = cases()
S = zv.statistics
worlds = pytest.mark.parametrize("world", CASES, ids=repr)


def table(world: zv.World) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and final purchases at factory prices, cell by cell in loops."""
    A, private, official = parts(world)
    return A, private + official


def parts(world: zv.World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, and final purchases of all but the government and of the government."""
    flow, use = world.data["trade_flow"].values, world.data["intermediate_use"].values
    duty, tax = (
        world.values(levy) + world.values(rent)
        for levy, rent in (("tariff", "import_rent"), ("export_tax", "export_rent"))
    )
    official = world.values("government_flow")
    final = world.data["final_demand"].values - world.values("government_demand")
    n, s = final.shape
    made = (flow / (1 + tax)).sum(axis=1)
    spent = ((flow - official) * (1 + duty)).sum(axis=0)
    A, F, G = np.zeros((n, s, n, s)), np.zeros((n, s, n)), np.zeros((n, s, n))
    for i, j, k in np.ndindex(n, n, s):
        G[i, k, j] = official[i, j, k] / (1 + tax[i, j, k])
        if spent[j, k] == 0:
            continue
        share = (flow - official)[i, j, k] / (1 + tax[i, j, k]) / spent[j, k]
        F[i, k, j] = share * final[j, k]
        for m in range(s):
            if made[j, m] > 0:
                A[i, k, j, m] = share * use[j, k, m] / made[j, m]
    return A.reshape(n * s, n * s), F.reshape(n * s, n), G.reshape(n * s, n)


@worlds
def test_the_table_reproduces_output_and_its_columns_add_up(world):
    A, F = table(world)
    io = input_output(world)
    output = accounts.gross_output(world).values.ravel()
    assert_close(io.coefficients().reshape(A.shape), A, rtol=1e-12, atol=1e-15)
    assert_close(io.final, F, rtol=1e-12, atol=1e-15)
    assert_close(A @ output + F.sum(axis=1), output, rtol=1e-9, atol=1e-12)
    assert_close(io.inverse @ F.sum(axis=1), output, rtol=1e-9, atol=1e-12)
    columns = A.sum(axis=0) + io.value_added + io.input_taxes
    assert_close(columns[output > 0], 1.0, rtol=1e-9)
    assert input_output(world) is io  # inverted once


def test_the_inverse_of_a_printed_table():
    """Miller and Blair (2009), section 2.3: two sectors, printed to four digits."""
    use, final = [[150.0, 500.0], [200.0, 100.0]], [350.0, 1700.0]
    world = zv.World.from_arrays(
        name="Miller and Blair",
        countries=["A"],
        sectors=["agriculture", "manufacturing"],
        trade_flow=[[[1000.0, 2000.0]]],
        intermediate_use=[use],
        value_added=[[650.0, 1400.0]],
        final_demand=[final],
    )
    printed = [[1.2541, 0.3300], [0.2640, 1.1221]]
    assert_close(input_output(world).inverse, printed, rtol=0, atol=5e-5)


@worlds
def test_reliance_sums_to_one_with_domestic(world):
    for value in (S.import_dependence(world), S.foreign_input_reliance(world)):
        total = value.sum("source", skipna=False)
        inputs = world.data["intermediate_use"].sum("input_sector").values > 0
        assert_close(total.values[inputs], 1.0, rtol=1e-12)
        assert np.isnan(value.values[:, ~inputs]).all()
        assert (value.values[:, inputs] >= 0).all()
        assert_close(S.country_reliance(value, world).sum("source"), 1.0, rtol=1e-12)


@worlds
def test_reliance_is_the_sum_of_all_rounds_of_inputs(world):
    A, _ = table(world)
    n, s = len(world.countries), len(world.sectors)
    first = A.reshape(n, s, n, s).sum(axis=1)
    upstream, term = np.zeros_like(A), A.copy()
    while term.max() > 1e-18:
        upstream, term = upstream + term, term @ A
    rounds = upstream.reshape(n, s, n, s).sum(axis=1)
    used = first.sum(axis=0) > 0
    for value, expected in (
        (S.import_dependence(world), first),
        (S.foreign_input_reliance(world), rounds),
    ):
        share = expected[:, used] / expected[:, used].sum(axis=0)
        assert_close(value.values[:, used], share, rtol=1e-8, atol=1e-12)


def test_a_world_without_inputs_relies_on_nobody():
    world = random_world(4, inputs=False)
    assert S.foreign_input_reliance(world).isnull().all()
    assert_close(S.hypothetical_extraction(world, "C0", "C1"), 0.0, 0, atol=0)


@worlds
def test_value_added_absorbed_everywhere_is_value_added(world):
    made = S.value_added_absorbed(world)
    assert_close(made.sum("absorber"), world.data["value_added"], rtol=1e-9, atol=1e-12)
    A, F = table(world)
    io = input_output(world)
    taxes = io.input_taxes @ np.linalg.solve(np.eye(len(A)), np.linalg.inv(np.eye(len(A)) - A) @ F)
    bought = F.sum(axis=0)
    assert_close(made.sum(("source", "sector")).values + taxes, bought, rtol=1e-9)


@worlds
def test_value_added_in_exports_and_taxes_are_the_exports(world):
    value = S.value_added_in_exports(world)
    sold = accounts.abroad(accounts.factory_sales(world)).sum(axis=1)
    A, _ = table(world)
    io = input_output(world)
    n, s = sold.shape
    for j in range(n):
        vector = np.zeros((n, s))
        vector[j] = sold[j]
        produced = np.linalg.solve(np.eye(n * s) - A, vector.ravel())
        expected = (io.value_added * produced).reshape(n, s).sum(axis=1)
        assert_close(value.values[:, j], expected, rtol=1e-9, atol=1e-12)
        total = value.values[:, j].sum() + io.input_taxes @ produced
        assert_close(total, sold[j].sum(), rtol=1e-9, atol=1e-12)


def changed_table(world, sources, users, resourced, replaced_by):
    """Coefficients and final purchases with the block cut, in loops; then solved from scratch."""
    A, private, official = parts(world)
    n, s = len(world.countries), len(world.sectors)
    B = A.reshape(n, s, n, s).copy()
    bought = [F.reshape(n, s, n).copy() for F in (private, official)]
    for j, k in ((j, k) for j in users for k in range(s)):
        cut = [i for i in sources if i != j]
        kept = [i for i in range(n) if i not in cut]
        for block in (B[:, k, j], *(F[:, k, j : j + 1] for F in bought)):
            gone, total = block[cut].sum(axis=0), block[kept].sum(axis=0)
            if replaced_by == "others":
                block[kept] *= 1 + np.where(
                    total > 0, resourced * gone / np.where(total > 0, total, 1), 0
                )
                block[cut] = 0
            else:
                block[cut] *= resourced
    return B.reshape(n * s, n * s), (bought[0] + bought[1]).reshape(n * s, n)


@worlds
@pytest.mark.parametrize("replaced_by", ["equal", "others"])
@pytest.mark.parametrize("resourced", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("final", [False, True])
def test_extraction_is_the_solution_of_the_changed_table(world, replaced_by, resourced, final):
    sources, users = (0, 1), (1, 2)
    names = world.countries
    loss = S.hypothetical_extraction(
        world,
        [names[i] for i in sources],
        [names[j] for j in users],
        resourced=resourced,
        replaced_by=replaced_by,
        final=final,
    )
    A, F = table(world)
    B, G = changed_table(world, sources, users, resourced, replaced_by)
    unit = np.eye(len(A))
    before = np.linalg.solve(unit - A, F.sum(axis=1))
    after = np.linalg.solve(unit - B, (G if final else F).sum(axis=1))
    expected = input_output(world).value_added * (before - after)
    assert_close(loss.values.ravel(), expected, rtol=1e-7, atol=1e-9 * before.max())


@worlds
def test_extraction_that_is_re_sourced_in_full_loses_nothing(world):
    first, second = world.countries[:2]
    for final in (False, True):
        none = S.hypothetical_extraction(world, first, second, resourced=1, final=final)
        assert (none.values == 0).all()
    losses = [
        float(S.hypothetical_extraction(world, first, second, resourced=r).sum())
        for r in (0.0, 0.5, 0.9)
    ]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] > 0


def test_production_that_moves_is_not_lost_to_the_world():
    world = random_world(6, countries=5, tariffs=False, zeros=False)
    moved = S.hypothetical_extraction(
        world, "C0", "C1", resourced=1, replaced_by="others", final=True
    )
    size = float(world.data["value_added"].sum())
    assert abs(float(moved.sum())) < 1e-12 * size
    assert float(moved.sel(country="C0").sum()) > 1e-4 * size
    with pytest.raises(DataError, match="between 0 and 1"):
        S.hypothetical_extraction(world, "C0", "C1", resourced=1.2)


def test_substitution_adds_up_exactly_with_both_bases():
    before, after = CASES[3], CASES[4]
    change = (accounts.gross_output(after) - accounts.gross_output(before)).values
    for row, country in enumerate(before.countries):
        causes = S.import_substitution(before, after, country)
        for base in causes.indexes["base"]:
            total = causes.sel(base=base).sum("term")
            assert_close(total, change[row], rtol=1e-9, atol=1e-11)
        mean = (causes.sel(base="new_structure") + causes.sel(base="old_structure")) / 2
        assert_close(causes.sel(base="mean"), mean, rtol=1e-12, atol=1e-15)
    assert (S.import_substitution(before, before, "C0") == 0).all()
    with pytest.raises(LabelError, match="like with like"):
        S.import_substitution(before, CASES[2], "C0")


def test_substitution_sees_only_what_changed():
    """All that is bought abroad comes home: the change of the domestic share is the only cause."""
    world = random_world(7, countries=3, sectors=2, tariffs=False, zeros=False, inputs=False)
    flow = world.data["trade_flow"].values.copy()
    moved = 0.5 * flow[1:, 0].sum(axis=0)
    flow[1:, 0] *= 0.5
    flow[0, 0] += moved
    other = unchecked_world(world, trade_flow=(BILATERAL, flow))  # one economy's table matters
    causes = S.import_substitution(world, other, "C0").sel(base="mean")
    assert_close(causes.sel(term="import_substitution"), moved, rtol=1e-12)
    rest = causes.drop_sel(term="import_substitution")
    assert_close(rest, 0.0, 0, atol=1e-12)


def test_the_screen_by_hand():
    table = np.zeros((4, 4, 2))
    table[2:, :2, 0] = [[3, 3], [1, 1]]  # outsiders C and D sell 6 and 2 to the group A, B
    table[0, 1, 0] = table[0, 2, 0] = 1
    table[2, 0, 1] = 5  # one source, no exports
    trade = flows(table)
    screen = S.vulnerability(trade, ["A", "B"])
    assert_close(screen["concentration"], [0.75**2 + 0.25**2, 1], rtol=1e-12)
    assert_close(screen["import_share"], [8 / 9, 1], rtol=1e-12)
    assert screen["import_to_export"].values[0] == 4
    assert np.isinf(screen["import_to_export"].values[1])
    assert screen["vulnerable"].values.all()
    outside = S.vulnerability(trade, ["A", "B"], exports_to="outside")
    assert outside["import_to_export"].values[0] == 8
    strict = S.vulnerability(trade, ["A", "B"], thresholds=S.Thresholds(concentration=0.7))
    assert strict["vulnerable"].values.tolist() == [False, True]
    with pytest.raises(DataError, match="no outside"):
        S.vulnerability(trade, list("ABCD"))


def test_the_screen_at_each_point_of_the_grid():
    world = CASES[2]
    group = world.countries[:2]
    grid = {"concentration": (0.2, 0.4), "import_share": (0.3, 0.5), "import_to_export": (0.5, 1.0)}
    stable = S.vulnerability_stability(world, group, grid=grid)
    for c in grid["concentration"]:
        for m in grid["import_share"]:
            for e in grid["import_to_export"]:
                limits = S.Thresholds(c, m, e)
                flagged = S.vulnerability(world, group, thresholds=limits)["vulnerable"]
                at = stable.sel(concentration=c, import_share=m, import_to_export=e)
                assert (at.values == flagged.values).all()
    count = stable.sum("sector").values
    for axis in range(3):
        assert (np.diff(count, axis=axis) <= 0).all()  # stricter, fewer
    assert stable.any()
    with pytest.raises(DataError, match="not an indicator"):
        S.vulnerability_stability(world, group, grid={"hhi": (0.1,)})
