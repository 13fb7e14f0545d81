"""The tables of statistics, and the command that prints them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from tests.helpers import simulate
from zollverein import accounts
from zollverein.errors import DataError, ScenarioError
from zollverein.report import write_profile
from zollverein.testing import random_policy, random_world

S = zv.statistics


def test_the_overview_agrees_with_the_statistics_it_shows():
    world = zv.load_world("icio2022")
    table = S.overview(world, "Russia", "BLR", "CIS", "goods")
    value = {(row["statistic"], row["of"]): row for row in table.to_dict(orient="records")}
    row = value["turnover", "RUS with BLR"]
    expected = S.turnover(world, "goods").sel(country="RUS", partner="BLR").item()
    assert row["value"] == pytest.approx(expected)
    standing = value["share of turnover, and rank among partners", "BLR for RUS"]
    assert (standing["rank"], standing["among"]) == (4, 79)
    fellow = value["share of trade with bloc, and rank in it", "BLR for RUS"]
    assert (fellow["rank"], fellow["among"]) == (1, 2)
    reliance = S.country_reliance(S.foreign_input_reliance(world), world)
    shown = value["share of inputs, looked through", "RUS for BLR"]["value"]
    assert shown == pytest.approx(reliance.sel(source="RUS", country="BLR").item())
    assert table["value"].notna().all()


def test_the_table_of_economies_works_before_and_after():
    before = random_world(8, countries=5, sectors=4)
    after = simulate(before, random_policy(before, 8)).after
    for world in (before, after):
        table = S.economies_table(world)
        assert tuple(table.index) == world.countries
        assert table["exports"].to_numpy() == pytest.approx(accounts.exports(world).values)
        shares = table[["foreign_inputs", "foreign_input_reliance", "foreign_content"]]
        assert ((shares >= 0) & (shares < 1)).all(axis=None)
    assert S.economies_table(zv.load_world("toy"))["eci"].isna().all()  # one good: not determined


def test_an_economy_without_trade_has_no_shares_and_no_ranks():
    table = S.overview(zv.load_world("toy"), "HOM", "PAR", ["HOM", "PAR"], "services")
    assert table["value"].notna().all()
    assert "turnover" in set(table["statistic"])
    assert not table["statistic"].str.startswith("share of bloc").any()
    home = np.diag([10.0, 10.0, 0.0])[:, :, None]  # C neither makes nor buys anything
    world = zv.World.from_arrays(
        name="apart",
        countries=["A", "B", "C"],
        sectors=["s"],
        trade_flow=home,
        intermediate_use=np.zeros((3, 1, 1)),
        value_added=home.sum(axis=1),
        final_demand=home.sum(axis=0),
    )
    empty = S.overview(world, "C", "A", ["A", "C"])
    assert (empty["value"] == 0).all()


def test_a_world_of_one_economy_has_no_trade(tmp_path):
    world = zv.World.from_arrays(
        name="island",
        countries=["A"],
        sectors=["goods"],
        trade_flow=[[[10.0]]],
        intermediate_use=[[[4.0]]],
        value_added=[[6.0]],
        final_demand=[[6.0]],
    )
    table = S.economies_table(world)
    assert table.loc["A", "openness"] == 0
    assert table.loc["A", ["partner_hhi", "foreign_content"]].isna().all()
    assert S.partner_ranking(world, "A").empty
    with pytest.raises(DataError, match="one economy"):
        write_profile(world, "A", tmp_path)


def test_an_economy_is_not_its_own_partner():
    with pytest.raises(ScenarioError, match="another one"):
        S.overview(zv.load_world("toy"), "HOM", "HOM")


def test_the_command_prints_a_table_and_writes_csv(command, tmp_path):
    target = tmp_path / "table.csv"
    words = ("stats", "toy", "--country", "HOM", "--partner", "RST", "--csv", target)
    code, printed, _ = command(*words)
    assert code == 0
    assert "37.7 %" in printed  # openness, 40/106
    table = pd.read_csv(target)
    assert list(table.columns) == ["statistic", "of", "value", "unit", "rank", "among"]
    assert table["value"].iloc[0] == 20
    code, printed, _ = command("stats", "toy", "--json")
    assert json.loads(printed)[0]["country"] == "HOM"


def test_the_command_shows_a_result_before_and_after(command, tmp_path):
    world = zv.load_world("toy")
    policy = random_policy(world, 1, embargoes=False)
    saved = zv.simulate(world, policy).to_netcdf(tmp_path / "result.nc")
    for words, state in (((), world), (("--after",), zv.load_result(saved).after)):
        code, printed, _ = command("stats", saved, "--country", "HOM", "--json", *words)
        assert code == 0
        shown = json.loads(printed)[0]["value"]
        assert shown == pytest.approx(accounts.exports(state).sel(country="HOM").item())
    code, _, complaint = command("stats", "toy", "--after")
    assert code == 1
    assert "toy" in complaint


def test_the_command_lists_every_statistic(command):
    code, printed, _ = command("stats", "--list")
    assert code == 0
    assert all(name in printed for name in S.STATISTICS)
    assert "R′[d′ΔF" in printed  # brackets are not markup


MISTAKES = {
    "no such country": (["toy", "--country", "HOMM"], "did you mean 'HOM'"),
    "no such bloc": (["icio2022", "--country", "RUS", "--bloc", "EAUE"], "did you mean 'EAEU'"),
    "no such group": (["toy", "--country", "HOM", "--sectors", "godos"], "goods"),
    "a partner of nobody": (["toy", "--partner", "HOM"], "--country"),
    "no such folder": (["toy", "--csv", "nowhere/table.csv"], "folder"),
}


@pytest.mark.parametrize(("words", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_message(command, words, said):
    code, _, complaint = command("stats", *words)
    assert code == 1
    assert said in complaint
    assert "Traceback" not in complaint
