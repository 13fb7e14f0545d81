"""Stayers and movers: what the table says of people is what the equilibrium did with them."""

import numpy as np
import pytest

import zollverein as zv
from zollverein.measures.migration import stayers_and_movers
from zollverein.testing import random_world

MEASURES = [
    {"kind": "barrier", "exporters": "C2", "importers": "C0", "remove": 0.2},
    {
        "kind": "mobility",
        "members": ["C0", "C1"],
        "elasticity": 2.0,
        "people": {"C0": 3, "C1": 1},
    },
]


def result_of(measures=MEASURES, **choices):
    scenario = zv.Scenario.from_dict({"measures": measures})
    return zv.simulate(random_world(3), scenario, trade_elasticity=4.0, **choices)


def table_of(result):
    return stayers_and_movers(result.before, result.after, result.policy, result.parameters)


@pytest.mark.parametrize("capital", ["fixed", "adjusting"])
def test_people_follow_the_wages_of_stayers(capital):
    """L̂ = (V̂ / expected)^ν, member by member, and nobody is lost."""
    table = 1 + table_of(result_of(capital=capital)) / 100
    people, stayers = table["population_pct"].to_numpy(), table["stayers_pct"].to_numpy()
    expected = table["expected_pct"].to_numpy()
    assert np.isfinite(table.to_numpy()).all()
    assert np.ptp(expected) == 0
    np.testing.assert_allclose(people, (stayers / expected) ** 2.0, rtol=1e-9)
    assert np.array([0.75, 0.25]) @ people == pytest.approx(1, rel=1e-12)
    assert people.max() > 1 > people.min()


def test_movers_gain_no_less_than_the_average_stayer():
    """A power mean lies between its members and, people moving to the better, above the geometric mean."""
    table = 1 + table_of(result_of()) / 100
    wages, expected = table["stayers_pct"].to_numpy(), float(table["expected_pct"].iloc[0])
    assert wages.min() < expected < wages.max()
    assert expected >= np.exp(np.array([0.75, 0.25]) @ np.log(wages))


def test_at_elasticity_zero_nobody_moves_and_without_a_bloc_there_is_no_row():
    still = [MEASURES[0], {**MEASURES[1], "elasticity": 0.0}]
    assert table_of(result_of(still))["population_pct"].abs().max() == 0
    assert table_of(result_of(MEASURES[:1])).empty


def test_income_per_person_is_that_of_the_country_over_its_people():
    result = result_of()
    table = table_of(result)
    total = result.table()["real_income_pct"].loc[list(table.index)].to_numpy() / 100 + 1
    people = table["population_pct"].to_numpy() / 100 + 1
    np.testing.assert_allclose(
        table["income_per_person_pct"].to_numpy() / 100 + 1, total / people, rtol=1e-12
    )
