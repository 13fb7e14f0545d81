"""Measures that take parts of one whole: refused where they take more than there is."""

import numpy as np
import pytest

import zollverein as zv
from tests.kinds import example, policy, small_world
from zollverein.errors import ScenarioError
from zollverein.scenario import Procurement, Scenario

TOY = {"members": ["HOM", "PAR"], "sectors": "goods"}


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture(scope="module")
def toy():
    return zv.load_world("toy")


def cut(name, size, **keys):
    plain = {"exporters": "C0", "importers": "C1", "level": 1.0, "rent": 0.0, "keeper": "importer"}
    return example("barrier", name=name, add=None, remove=size, **{**plain, **keys})


def opened(world, *measures):
    scenario = Scenario(measures=measures)
    return scenario.policy(scenario.baseline(world))


def test_three_cuts_that_exceed_a_barrier_only_together_are_refused(world):
    three = [cut(name, 0.4) for name in ("First", "Second", "Third")]
    assert np.isfinite(policy(world, *three[:2]).cost_hat.values).all()
    with pytest.raises(ScenarioError, match=r"together remove 1.2 of a barrier of 1 on") as caught:
        policy(world, *three)
    assert all(f"'{name}'" in str(caught.value) for name in ("First", "Second", "Third"))


def test_cuts_that_meet_on_some_flows_name_those_that_meet_there(world):
    wide = cut("Wide", 0.5, importers="all")
    with pytest.raises(ScenarioError) as caught:
        policy(world, wide, cut("Elsewhere", 0.5, importers="C2"), cut("Here", 0.6))
    text = str(caught.value)
    assert "'Wide'" in text
    assert "'Here'" in text
    assert "'Elsewhere'" not in text
    assert "from C0 to C1" in text


def test_governments_are_not_opened_further_than_to_the_private_pattern(toy):
    half = Procurement(name="Half", open=0.5, **TOY)
    twice = opened(toy, half, half).government_access_hat
    once = opened(toy, Procurement(**TOY)).government_access_hat
    np.testing.assert_allclose(twice, once, rtol=1e-12)
    with pytest.raises(ScenarioError, match=r"'Half'.*'All'.* together open 1.5 of what gov"):
        opened(toy, half, Procurement(name="All", **TOY))
    apart = Procurement(name="Others", members=["HOM", "RST"], sectors="goods")
    with pytest.raises(ScenarioError, match=r"together open 2 of") as caught:
        opened(toy, apart, apart)
    assert "goods from HOM to RST and 1 more" in str(caught.value)


def test_different_assumptions_about_one_government_are_refused(toy):
    first = Procurement(name="First", open=0.5, government_share=0.3, **TOY)
    for other in ({"government_share": 0.1}, {}, {"government_share": 0.3, "home_bias": 0.8}):
        second = Procurement(name="Second", open=0.5, **TOY, **other)
        with pytest.raises(ScenarioError, match=r"'First'.*'Second'.*government of HOM buys of g"):
            opened(toy, first, second)
    alone = opened(toy, Procurement(government_share=0.3, **TOY))
    both = opened(toy, first, first)
    np.testing.assert_allclose(both.government_access_hat, alone.government_access_hat, rtol=1e-12)


def test_who_pays_and_would_receive_is_named(toy):
    text = """
    [[measures]]
    kind = "{kind}"
    {payers} = ["HOM", "PAR"]
    {receivers} = {who}
    share = 0.01
    """
    for kind, payers, receivers in (
        ("transfer", "payers", "receivers"),
        ("asset_freeze", "target", "holders"),
    ):
        keys = {"kind": kind, "payers": payers, "receivers": receivers}
        both = Scenario.from_toml(text.format(**keys, who='["PAR", "RST"]')).policy(toy)
        assert "PAR would pay and receive" in both.notes[0]
        for who in ('"RST"', '"all"'):
            apart = Scenario.from_toml(text.format(**keys, who=who)).policy(toy)
            assert apart.notes == ()
            np.testing.assert_array_equal(apart.transfer, both.transfer)
