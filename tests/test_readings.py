"""Names in outcomes are those of a scenario file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.attribution import best_sequence, interactions
from zollverein.errors import ScenarioError
from zollverein.names import bloc_members
from zollverein.outcomes import KINDS, Outcome
from zollverein.readings import parse_outcomes, read_result

OWN = zv.Scenario.from_toml(
    """
name = "own groups"
world = "toy"
[blocs]
both = ["HOM", "PAR"]
[sectors]
things = ["goods"]
[[measures]]
kind = "tariff"
exporters = "RST"
importers = "both"
sectors = "goods"
add = 0.1
"""
)


@pytest.mark.parametrize(
    ("text", "kind", "countries", "sectors", "said"),
    [
        ("real_income RUS+BLR", "real_income", ("RUS", "BLR"), (), "real_income of RUS, BLR"),
        ("real_income Russia", "real_income", ("RUS",), (), "real_income of RUS"),
        ("output deu C29 c28", "output", ("DEU",), ("C29", "C28"), "output of DEU in C29, C28"),
        ("output DEU+DEU C29", "output", ("DEU",), ("C29",), "output of DEU in C29"),
    ],
)
def test_labels_and_names_of_countries(text, kind, countries, sectors, said):
    (found,) = parse_outcomes(zv.load_world("icio2022"), text)
    assert found == Outcome(kind, countries, sectors)
    assert str(found) == said


def test_a_bloc_is_its_members_in_the_world():
    world = zv.load_world("icio2022")
    (found,) = parse_outcomes(world, "real_income EAEU")
    assert set(found.countries) == set(bloc_members("EAEU")) & set(world.countries)
    assert str(found) == "real_income of EAEU"


def test_groups_of_sectors_and_own_groups():
    world = zv.load_world("toy")
    result = zv.simulate(world, OWN)
    (own,) = parse_outcomes(world, "output both things", result.scenario)
    (plain,) = parse_outcomes(world, "output HOM+PAR goods")
    assert own == plain
    assert str(own) == "output of both in goods"  # a name for one is its label
    one, other = read_result(result, (own, plain))
    assert np.isfinite(one)
    assert one == other != 1.0
    assert parse_outcomes(world, "output HOM goods")[0].sectors == ("goods",)


def test_every_answer_takes_the_names_of_its_scenario():
    world = zv.load_world("toy")
    by_name, by_label = (
        zv.attribute(world, OWN, f"real_income {who}", workers=1) for who in ("both", "HOM+PAR")
    )
    assert np.isfinite(by_name.total)
    assert by_name.total == by_label.total
    slope = zv.gradient(world, OWN, "real_income both", wrt=["tariff"])
    assert slope.attrs["outcome"] == "real_income of both"
    assert slope.attrs["value"] == pytest.approx(1 + by_name.total, abs=1e-9)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"output", "employment"}))
def test_what_is_of_all_sectors_cannot_be_of_some(kind):
    world = zv.load_world("toy")
    with pytest.raises(
        ScenarioError, match=rf"{kind} is of all sectors together.*Fix: '{kind} HOM'"
    ):
        parse_outcomes(world, f"{kind} HOM goods")
    with pytest.raises(ScenarioError, match="all sectors together"):
        zv.gradient(world, OWN, f"{kind} HOM goods")


def test_an_outcome_named_twice_is_one():
    found = parse_outcomes(zv.load_world("icio2022"), ["wage BLR", "wage Belarus", "wage RUS"])
    assert list(map(str, found)) == ["wage of BLR", "wage of RUS"]


def test_every_mistake_is_told_with_its_outcome():
    world = zv.load_world("icio2022")
    with pytest.raises(ScenarioError) as caught:
        parse_outcomes(world, ["real_income Belarrus", "output RUS C24", "wages RUS"])
    message = str(caught.value)
    for part in (
        "3 problems",
        "'Belarrus' is not a country",
        "'BLR' (Belarus)",
        "did you mean 'wage'",
    ):
        assert part in message
    with pytest.raises(ScenarioError, match="no outcome is named"):
        parse_outcomes(world, [])


def test_the_mean_wage_of_a_world_with_employment_is_one_number_everywhere():
    """Table, outcome, gradient and parts agree where sectors pay differently for a unit of employment."""
    toy = zv.load_world("toy")
    names = ("trade_flow", "tariff", "intermediate_use", "value_added", "final_demand")
    arrays: dict[str, Any] = {name: toy.data[name].values for name in names}
    arrays["employment"] = arrays["value_added"] * np.array([1.0, 5.0])
    labels: dict[str, Any] = {"countries": toy.countries, "sectors": toy.sectors}
    world = zv.World.from_arrays(name="jobs", attrs={"trade_elasticity": 4.0}, **labels, **arrays)

    def duty(rate: float) -> zv.Scenario:
        measure = {"kind": "tariff", "exporters": "RST", "importers": "HOM", "sectors": "goods"}
        return zv.Scenario.from_dict({"measures": [{**measure, "set": rate}]})

    def real_wage(rate: float) -> float:
        result = zv.simulate(world, duty(rate), tolerance=1e-13)
        (value,) = read_result(result, parse_outcomes(world, "real_wage HOM"))
        shown = result.table().to_dict("index")["HOM"]["real_wage_pct"]
        assert 100 * (value - 1) == pytest.approx(shown, abs=1e-9)
        return float(value)

    assert real_wage(0.0) == pytest.approx(1.0213, abs=1e-4)
    slope = zv.gradient(world, duty(0.1), "real_wage HOM")["tariff"]
    found = slope.sel(exporter="RST", importer="HOM", sector="goods").item()
    assert found == pytest.approx((real_wage(0.1001) - real_wage(0.0999)) / 2e-4, rel=1e-6)


@pytest.mark.parametrize("ask", [zv.gradient, zv.attribute, interactions, best_sequence])
def test_a_question_about_one_outcome_refuses_several(ask: Any) -> None:
    """The first was taken without a word."""
    more: dict[str, Any] = {} if ask is zv.gradient else {"workers": 1}
    more |= {"cost": {"tariff 1": 1.0}} if ask is best_sequence else {}
    with pytest.raises(ScenarioError, match=r"2 outcomes are named \(real_income of HOM, wage of"):
        ask(zv.load_world("toy"), OWN, ["real_income HOM", "wage PAR"], **more)


def test_a_gradient_with_respect_to_one_parameter_takes_its_name():
    found = zv.gradient(zv.load_world("toy"), OWN, "wage PAR", wrt="tariff", trade_elasticity=4.0)
    assert list(found) == ["tariff"]
