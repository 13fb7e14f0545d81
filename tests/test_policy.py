"""The Policy checks itself and says which cell is wrong."""

import copy
import dataclasses
import pickle
from typing import Any

import numpy as np
import pytest
import xarray as xr

from zollverein.arrays import to_shock
from zollverein.errors import LabelError, ScenarioError
from zollverein.policy import ARRAYS, Policy
from zollverein.rules import KempWan, Mobility, Pool, PriceCap
from zollverein.scenario import Scenario
from zollverein.simulation import simulate
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


def test_what_a_caller_writes_later_does_not_change_it(world):
    mine = world.data["tariff"].copy(data=np.array(world.data["tariff"]))
    policy = dataclasses.replace(Policy.neutral(world), tariff=mine)
    mine.values[0] = 0.5
    assert np.array_equal(policy.tariff, world.data["tariff"])


@pytest.mark.parametrize("kind", [np.float32, np.int64, bool, object])
def test_numbers_of_any_kind_are_kept_as_64_bit_floats(world, kind):
    neutral, ones = Policy.neutral(world), np.ones(world.data["tariff"].shape)
    policy = neutral.changed(tariff=neutral.tariff.copy(data=ones.astype(kind)))
    assert policy.tariff.dtype == np.float64
    assert np.array_equal(policy.tariff, ones)
    same = simulate(world, policy, trade_elasticity=4.0)
    as_usual = neutral.changed(tariff=neutral.tariff.copy(data=ones))
    expected = simulate(world, as_usual, trade_elasticity=4.0)
    assert np.array_equal(same.table(), expected.table())


def test_what_is_no_number_is_refused(world):
    neutral = Policy.neutral(world)
    words = neutral.tariff.copy(data=np.full(neutral.tariff.shape, "five", dtype=object))
    with pytest.raises(ScenarioError, match="tariff is not an array of numbers"):
        neutral.changed(tariff=words)


def test_a_union_finds_its_duties_whatever_the_kind_of_the_rates(world):
    neutral, union = Policy.neutral(world), (KempWan(world.countries[:2]),)
    zero = neutral.tariff.copy(data=np.zeros(neutral.tariff.shape, dtype=int))
    found = simulate(world, neutral.changed(tariff=zero, unions=union), trade_elasticity=4.0)
    assert 0 < found.policy.tariff.values[2, 0, 0] < 1


CAP: dict[str, Any] = {"exporters": ("C2",), "importers": ("C0",), "sectors": ("s0",), "cap": 0.9}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (lambda: {"caps": (PriceCap(**CAP | {"exporters": ("C9",)}),)}, "'C9' of a price cap"),
        (lambda: {"caps": (PriceCap(**CAP | {"importers": ("C9",)}),)}, "'C9' of a price cap"),
        (lambda: {"caps": (PriceCap(**CAP | {"sectors": ("s9",)}),)}, "'s9' .* not a sector"),
        (lambda: {"unions": (KempWan(("C0", "C9")),)}, "'C9' of a Kemp-Wan union"),
        (lambda: {"pools": (Pool(("C0", "C9"), (0.5, 0.5)),)}, "'C9' of a pool"),
        (lambda: {"mobility": (Mobility(("C9",), 1.0, (1.0,)),)}, "'C9' of a mobility bloc"),
    ],
)
def test_rules_name_what_the_policy_has(world, rule, said):
    with pytest.raises(LabelError, match=said):
        Policy.neutral(world).changed(**rule())


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (lambda: PriceCap(**CAP | {"cap": 0.0}), "cap is 0.0; it must be greater than 0"),
        (lambda: PriceCap(**CAP | {"cap": np.nan}), "cap is nan"),
        (lambda: PriceCap(**CAP | {"cap": np.inf}), "cap is inf"),
        (lambda: PriceCap(**CAP, leakage=1.0), "leakage is 1.0"),
        (lambda: PriceCap(**CAP, leakage=-0.1), "leakage is -0.1"),
        (lambda: Pool(("C0",), (1.0,), 1.5), "part is 1.5"),
        (lambda: Pool(("C0",), (1.0,), np.nan), "part is nan"),
        (lambda: Mobility(("C0",), -1.0, (1.0,)), "elasticity is -1.0"),
        (lambda: Mobility(("C0",), np.inf, (1.0,)), "elasticity is inf"),
        (lambda: KempWan(()), "members are none"),
        (lambda: KempWan(("C0", "C0")), "members are C0, C0"),
    ],
)
def test_rules_refuse_numbers_and_members_that_mean_nothing(rule, said):
    with pytest.raises(ScenarioError, match=said):
        rule()


def test_a_union_of_everybody_holds_no_external_trade(world):
    with pytest.raises(ScenarioError, match="every country is in the Kemp-Wan union"):
        Policy.neutral(world).changed(unions=(KempWan(world.countries),))


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


def barriers(*sectors):
    """A scenario of one barrier in each of some groups of sectors."""
    measures = [
        {"kind": "barrier", "exporters": "C0", "importers": "C1", "sectors": which, "add": size}
        for size, which in enumerate(sectors, start=1)
    ]
    return Scenario.from_dict({"measures": measures})


def test_what_is_the_same_in_all_sectors_is_kept_once(world):
    """One plane of memory, until a measure tells sectors apart; with the numbers of an array of its own."""
    first, other = world.sectors[0], world.sectors[1:]
    alike = barriers("all", "all").policy(world).cost_hat
    assert alike.values.strides[2] == 0
    apart = barriers(first, other, first, other).policy(world).cost_hat
    assert apart.values.strides[2] != 0
    np.testing.assert_allclose(alike.values[0, 1], 2 * 3)
    np.testing.assert_allclose(apart.values[0, 1, 1:], 3 * 5)
    np.testing.assert_allclose(apart.values[0, 1, 0], 2 * 4)
    mixed = barriers("all", first, "all").policy(world).cost_hat
    assert mixed.values.strides[2] != 0
    np.testing.assert_allclose(mixed.values[0, 1, 1:], 2 * 4)
    np.testing.assert_allclose(mixed.values[0, 1, 0], 2 * 3 * 4)
    for policy in (alike, apart, mixed):
        changed = policy.values != 1
        changed[0, 1] = False
        assert not changed.any()


@pytest.mark.parametrize("share", [1.0, 0.4])
def test_an_embargo_on_everything_is_kept_once_and_beside_a_barrier(world, share):
    stop = {"kind": "embargo", "exporters": "C0", "importers": "C1", "share": share}
    barrier = {"kind": "barrier", "exporters": "C0", "importers": "all", "add": 0.1}
    policy = Scenario.from_dict({"measures": [barrier, stop]}).policy(world)
    cost = policy.cost_hat.values
    assert cost.strides[2] == 0
    assert (cost[0, 2] == 1.1).all()
    if share == 1:
        assert np.isinf(cost[0, 1]).all()
    else:
        assert policy.access_hat is not None
        assert (policy.access_hat.values[0, 1] == 1 - share).all()
        assert policy.access_hat.values.strides[2] == 0


@pytest.mark.parametrize("rate", [None, 0.2])
def test_memory_makes_no_difference(world, rate):
    """Nor does another process: it gets every number where it is here."""
    measures = [{"kind": "barrier", "exporters": "C0", "importers": "all", "add": 0.1}]
    if rate is not None:
        measures.append({"kind": "tariff", "exporters": "all", "importers": "C1", "set": rate})
    alike = Scenario.from_dict({"measures": measures}).policy(world)
    sent = pickle.loads(pickle.dumps(alike, protocol=5))  # noqa: S301 - our own bytes
    assert sent.cost_hat.values.strides == world.data["tariff"].values.strides
    for other in (sent, copy.copy(alike), copy.deepcopy(alike)):
        for name in ARRAYS:
            assert not getattr(other, name).values.flags.writeable
    full = alike.changed(cost_hat=alike.cost_hat.copy(data=np.array(alike.cost_hat.values)))
    found = [simulate(world, policy, trade_elasticity=4.0) for policy in (alike, sent, full)]
    for other in found[1:]:
        np.testing.assert_array_equal(other.after.data["wage"], found[0].after.data["wage"])
    few = to_shock(world, barriers("all").policy(world))
    assert few.cells is not None
    assert (few.cost_hat == 2).all()
    assert few.cost_hat.size == len(world.sectors)
    np.testing.assert_array_equal(to_shock(world, alike).cost_hat, to_shock(world, full).cost_hat)
