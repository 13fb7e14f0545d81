"""The report's small tables: they say what the measures say, add up, and leave out what is nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.helpers import assert_close, keys, unchecked_world
from zollverein.report import write_report
from zollverein.report.economies import (
    domestic_and_price,
    role_words,
    standing,
    who_gets_what,
    who_supplies,
)
from zollverein.report.tables import wage_contributions
from zollverein.report.words import assumptions
from zollverein.rules import Mobility
from zollverein.scenario import Barrier, Scenario, Tariff
from zollverein.tables import most_affected

COUNTRIES = ["HOM", "PAR", "RST"]


def number(text: Any) -> float:
    return float(text.replace("−", "-"))


@pytest.fixture(scope="module")
def result():
    """Home raises its duty on Rest's goods and lowers barriers with Partner."""
    measures = [
        Tariff(exporters="RST", importers="HOM", sectors="goods", set=0.5),
        Barrier(
            exporters="HOM", importers="PAR", sectors="goods", remove=0.1, both_directions=True
        ),
    ]
    return zv.simulate(zv.load_world("toy"), Scenario(name="Closer", measures=measures))


def test_standing_shows_roles_and_the_table_of_effects(result):
    table = standing(result, COUNTRIES)
    assert [len(row) for row in table.rows] == [len(table.head)] * 3
    assert [row[1] for row in table.rows] == ["sender", "member", "target"]
    for row, expected in zip(table.rows, result.table()["real_income_pct"], strict=True):
        assert number(row[2]) == pytest.approx(expected, abs=0.005)


def test_who_gets_what_adds_up(result):
    table = who_gets_what(result, COUNTRIES)
    rows = {row[0]: [number(cell) for cell in row[1:]] for row in table.rows}
    assert {"factor income", "tariff revenue", "change of income"} <= set(rows)
    assert "rents kept by importers" not in rows  # nothing there
    total = rows.pop("change of income")
    items = [values for name, values in rows.items() if not str(name).startswith("memo")]
    for place in range(3):
        parts = sum(values[place] for values in items)
        assert parts == pytest.approx(total[place], abs=0.005 * (len(items) + 1))
    income = result.table()["income_pct"].tolist()
    assert total == pytest.approx(income, abs=0.0051)
    assert rows["memo: resources used up by changed barriers"][0] < 0  # saved


def test_who_supplies_adds_up(result):
    for row in who_supplies(result, COUNTRIES).rows:
        switched, home, third, dearer, scale, imports = map(number, row[1:])
        assert switched == pytest.approx(home + third + dearer, abs=0.021)
        assert imports == pytest.approx(home + scale, abs=0.016)


def test_domestic_share_and_price_stand_together(result):
    table = domestic_and_price(result, COUNTRIES)
    assert table.rows
    assert {row[1] for row in table.rows} == {"goods"}  # services are not traded
    for row in table.rows:
        before, after, change = map(number, row[3:6])
        assert after - before == pytest.approx(change, abs=0.11)
        assert ("more domestic" in row[2]) == (change > 0)
        assert ("dearer" in row[2]) == (number(row[6]) > 0)


def test_a_policy_without_a_scenario_has_no_roles(result):
    bare = zv.simulate(result.before, result.policy)
    assert set(role_words(bare).values()) == {("not stated", "")}
    assert {row[1] for row in standing(bare, COUNTRIES).rows} == {"not stated"}


def test_the_page_has_the_sections_only_where_something_happens(result, tmp_path):
    titles = ("Who gets what", "Who supplies instead of whom", "More domestic, at what price")
    write_report(result, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in (*titles, "not a measure of welfare", "sender", "faces restrictions of"):
        assert text in page
    nothing = zv.simulate(result.before, Scenario())
    assert most_affected(nothing.table()["real_income_pct"]) == []
    write_report(nothing, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in titles:
        assert text not in page
    assert "bystander" in page  # the table of all economies has the role


def test_wage_contributions_are_exact_for_ces_demand(result):
    """Final demand with elasticity 0.4: weighted logs of prices are the log of the CES index."""
    eta, wage = 0.4, np.array([1.1, 0.9, 1.0])
    before = result.before
    prices = np.array([[1.3, 0.8], [1.0, 1.2], [0.7, 1.0]])
    final = before.data["final_demand"].values
    share = final / final.sum(axis=1, keepdims=True)
    index = (share * prices ** (1 - eta)).sum(axis=1) ** (1 / (1 - eta))
    spent = share * (prices / index[:, None]) ** (1 - eta)
    dims = ("country", "sector")
    after = unchecked_world(
        before,
        final_demand=(dims, spent),
        price_index=(dims, prices),
        wage=(("country",), wage),
        consumer_price=(("country",), index),
    )
    base = unchecked_world(before, consumer_price=(("country",), np.ones(3)))
    table = wage_contributions(
        keys(before=base, after=after, scenario=None, parameters=None), COUNTRIES
    )
    assert_close(table.sum(), 100 * np.log(wage / index), 1e-9)
    mean = (spent - share) / np.log(spent / share)
    weight = mean / mean.sum(axis=1, keepdims=True)
    assert_close(table.to_numpy().T, -100 * weight * np.log(prices / wage[:, None]), 1e-9, 1e-9)


@pytest.mark.parametrize(
    ("choices", "name", "said"),
    [
        ({}, "Labour", "moves freely between sectors and not between countries"),
        ({}, "Substitution", "Cobb-Douglas in production and final demand"),
        ({"horizon": "short"}, "Labour", "stays in its sector and its country"),
        (
            {"horizon": "short"},
            "Substitution",
            "elasticities: value added and inputs 0.5, among inputs 0.2, among final goods 0.9",
        ),
        ({"horizon": "long"}, "Capital", "adjusts to its real return; 33 % of value added"),
        ({"horizon": "long"}, "Horizon", "long"),
        (
            {"scale": 0.5},
            "Economies of scale",
            "in 2 sectors, 0.5 (0 constant returns, 1 Krugman 1980)",
        ),
    ],
)
def test_the_page_says_what_was_chosen(result, choices, name, said):
    chosen = zv.simulate(result.before, result.scenario, **choices)
    assert dict(assumptions(chosen))[name] == said


def test_the_page_says_who_moves(result):
    bloc = Mobility(("HOM", "PAR"), elasticity=1.0, weights=(0.5, 0.5))
    policy = replace(result.policy, mobility=(bloc,))
    said = dict(
        assumptions(keys(before=result.before, policy=policy, parameters=result.parameters))
    )
    assert said["Labour"].endswith("people move between countries inside HOM, PAR")
    assert "Economies of scale" not in said
