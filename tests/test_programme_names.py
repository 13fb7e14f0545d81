"""Parts of a scenario: what they are called, and programmes whose phase-in cannot be meant."""

import pytest

import zollverein as zv
from zollverein.errors import ScenarioError
from zollverein.scenario import Programme, Scenario, Tariff

DUTY = Tariff(exporters="RST", importers="HOM", add=0.1)


@pytest.mark.parametrize(
    "keys",
    [
        {"programmes": [Programme(name="measure 1 (tariff)", start=2030, measures=(DUTY,))]},
        {"measures": [DUTY, Tariff(name="measure 1 (tariff)", importers="PAR", add=0.1)]},
    ],
)
def test_nothing_is_called_like_a_measure_without_a_name(keys):
    with pytest.raises(ScenarioError, match=r"'measure 1 \(tariff\)' is what a measure without"):
        Scenario(**{"measures": [DUTY], **keys})


def test_such_a_name_is_free_where_every_measure_has_one():
    named = Tariff(name="measure 2 (tariff)", importers="PAR", add=0.1)
    assert [part.name for part in Scenario(measures=[named]).parts()] == ["measure 2 (tariff)"]


def test_a_phase_in_without_a_start_is_remarked_upon():
    world = zv.load_world("toy")
    programme = Programme(name="Common rules", phase_in=4, measures=(DUTY,))
    scenario = Scenario(year=2026, programmes=[programme])
    assert scenario.policy(world).notes == (
        "programme 'Common rules' is phased in over 4 years but has no start: all of it counts.",
    )
    assert scenario.policy(world, {"Common rules": 0.5}).notes == ()
    started = Programme(name="Common rules", start=2026, phase_in=4, measures=(DUTY,))
    assert Scenario(year=2026, programmes=[started]).policy(world).notes == ()
    assert Scenario(programmes=[programme]).policy(world).notes == ()


@pytest.mark.parametrize("programmes", [[], [Programme(name="Rules", measures=(DUTY,))]])
def test_a_year_by_which_nothing_phases_in_is_remarked_upon(programmes):
    world = zv.load_world("toy")
    scenario = Scenario(year=2026, measures=[DUTY] if not programmes else [], programmes=programmes)
    said = "year = 2026 changes nothing: only programmes with a start phase in, and there is none."
    assert scenario.policy(world).notes == (said,)
    assert said in zv.simulate(world, scenario).notes
    part = scenario.parts()[0].name
    assert scenario.policy(world, {part: 0.5}).notes == ()
