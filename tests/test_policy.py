"""The Policy checks itself and says which cell is wrong."""

import dataclasses

import numpy as np
import pytest
import xarray as xr

from zollverein.errors import LabelError, ScenarioError
from zollverein.policy import ARRAYS, Policy
from zollverein.scenario import Scenario
from zollverein.testing import make_policy, random_world


@pytest.fixture(scope="module")
def world():
    return random_world(5, export_taxes=True)


def test_neutral_policy_keeps_rates_and_costs(world):
    policy = Policy.neutral(world)
    assert np.array_equal(policy.tariff, world.data["tariff"])
    assert np.array_equal(policy.export_tax, world.data["export_tax"])
    assert (policy.cost_hat == 1).all()
    assert (policy.productivity_hat == 1).all()
    assert policy.notes == ()


def test_an_empty_scenario_is_the_neutral_policy(world):
    policy, neutral = Scenario().policy(world), Policy.neutral(world)
    for name in ARRAYS:
        xr.testing.assert_equal(getattr(policy, name), getattr(neutral, name))


def test_it_is_frozen_and_its_arrays_are_read_only(world):
    policy = Policy.neutral(world)
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.notes = ()  # type: ignore[misc]
    for name in ARRAYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(policy, name).values[0] = 2.0


def test_callers_array_stays_writeable(world):
    mine = world.data["tariff"].copy(data=np.array(world.data["tariff"]))
    dataclasses.replace(Policy.neutral(world), tariff=mine)
    mine.values[0] = 0.5


def test_changed_is_replace_and_checks_what_it_is_given(world):
    policy = Policy.neutral(world).with_notes("before")
    duty = policy.tariff.copy(data=policy.tariff.values + 0.1)
    made = policy.changed(tariff=duty, notes=("after",))
    again = dataclasses.replace(policy, tariff=duty, notes=("after",))
    for field in dataclasses.fields(Policy):
        one, other = getattr(made, field.name), getattr(again, field.name)
        assert one.identical(other) if isinstance(one, xr.DataArray) else one == other
    assert made.cost_hat is policy.cost_hat
    assert not made.tariff.values.flags.writeable
    assert np.array_equal(policy.tariff, world.data["tariff"])
    assert policy.notes == ("before",)


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        (
            lambda p: {"tariff": p.tariff.isel(sector=slice(1))},
            LabelError,
            "sector labels of tariff",
        ),
        (lambda p: {"tariff": p.tariff - 2}, ScenarioError, "tariff of exporter"),
        (lambda p: {"access_hat": p.tariff * np.nan}, ScenarioError, "access_hat of exporter"),
        (lambda p: {"tarif": p.tariff}, TypeError, "no 'tarif'"),
    ],
)
def test_changed_refuses_what_does_not_fit(world, fields, error, said):
    policy = Policy.neutral(world)
    with pytest.raises(error, match=said):
        policy.changed(**fields(policy))


def changed(world, name, value):
    shape = world.data["value_added" if name == "productivity_hat" else "tariff"].shape
    array = np.ones(shape)
    array[1, 0] = value
    return make_policy(world, **{name: array})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("tariff", -1.0, "greater than -1 and finite"),
        ("tariff", np.inf, "greater than -1 and finite"),
        ("tariff", np.nan, "greater than -1"),
        ("export_tax", -2.0, "greater than -1"),
        ("cost_hat", 0.0, r"greater than 0 \(inf is an embargo\)"),
        ("cost_hat", np.nan, "greater than 0"),
        ("productivity_hat", 0.0, "greater than 0 and finite"),
        ("productivity_hat", np.inf, "greater than 0 and finite"),
    ],
)
def test_values_out_of_range_name_the_cell(world, name, value, allowed):
    with pytest.raises(ScenarioError, match=f"{name} of .*C1.* is .*must be {allowed}"):
        changed(world, name, value)


def test_an_embargo_is_allowed(world):
    assert np.isinf(changed(world, "cost_hat", np.inf).cost_hat.values).any()


def test_labels_must_agree(world):
    neutral = Policy.neutral(world)
    with pytest.raises(LabelError, match="exporter labels of cost_hat"):
        dataclasses.replace(neutral, cost_hat=neutral.cost_hat.isel(exporter=slice(None, None, -1)))
    with pytest.raises(LabelError, match="cost_hat has dimensions"):
        dataclasses.replace(neutral, cost_hat=neutral.cost_hat.transpose())
    with pytest.raises(LabelError, match="no labels for 'exporter'"):
        dataclasses.replace(neutral, tariff=neutral.tariff.drop_vars("exporter"))


def test_a_policy_of_another_world_is_refused(world):
    Policy.neutral(world).check_fits(world)
    with pytest.raises(LabelError, match="made for another world"):
        Policy.neutral(random_world(1, countries=3)).check_fits(world)


def test_notes_are_added(world):
    assert Policy.neutral(world).with_notes("a", "b").notes == ("a", "b")
