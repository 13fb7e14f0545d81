"""A finished world is what was checked: one that was changed since is not simulated."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein import accounts, statistics
from zollverein.errors import AccountingError, DataError, LabelError
from zollverein.measures import (
    booking,
    creation,
    effects,
    employment,
    exchange_rate,
    first_order,
    isolation,
    migration,
    relations,
    roles,
    substitution,
)

TOY = zv.load_world("toy")
RESULT = zv.simulate(TOY, zv.Scenario(trade_elasticity=4.0))
#: What is computed from one world.
OF_A_WORLD = {
    "accounts": [
        getattr(accounts, name)
        for name in (
            *("expenditure", "trade_share", "gross_output", "value_added_share", "input_share"),
            *("final_share", "exports", "imports", "trade_balance", "tariff_revenue", "income"),
            *("export_tax_revenue", "purchases", "private_purchases", "factory_sales"),
            *("import_wedge", "export_wedge", "rents", "domestic_share", "sector_wage"),
        )
    ],
    "statistics": [
        statistics.openness,
        statistics.import_dependence,
        statistics.foreign_input_reliance,
        statistics.value_added_absorbed,
        statistics.value_added_in_exports,
        lambda world: statistics.country_reliance(statistics.import_dependence(TOY), world),
        lambda world: statistics.bilateral_trade_cost(world, 4.0),
        lambda world: statistics.hypothetical_extraction(world, "HOM", "PAR"),
    ],
    "measures": [
        employment.employment_share,
        lambda world: booking.pooled_duties(world, None),
        lambda world: relations.relations(zv.Scenario(), world),
        lambda world: roles.roles(zv.Scenario(), world),
        lambda world: roles.role_texts(zv.Scenario(), world),
    ],
    "scenarios": [lambda world: zv.Scenario().policy(world), zv.Scenario().describe],
}
#: What compares two worlds.
OF_TWO = [
    effects.effects,
    effects.real_income_hat,
    effects.real_wage_hat,
    effects.consumer_price_hat,
    effects.terms_of_trade_hat,
    first_order.first_order,
    first_order.unit_cost_hat,
    booking.booking,
    substitution.import_substitution,
    employment.employment,
    employment.employment_moved,
    exchange_rate.exchange_rate,
    exchange_rate.relative_wage_hat,
    creation.access_cost_hat,
    lambda before, after: creation.sourcing(before, after, "HOM"),
    lambda before, after: isolation.isolation(before, after, RESULT.parameters),
    lambda before, after: migration.stayers_and_movers(before, after, RESULT.policy),
    lambda before, after: statistics.import_substitution(before, after, "HOM"),
]
ONE = [call for calls in OF_A_WORLD.values() for call in calls]


def assigned(world):
    world.data["tariff"] = 2 * world.data["tariff"]


def written_over(world):
    world.data["tariff"].values = 2 * world.data["tariff"].values


def removed(world):
    del world.data["tariff"]


def added(world):
    world.data["population"] = world.data["wage"].copy()


@pytest.mark.parametrize("change", [assigned, written_over, removed, added])
def test_a_world_that_was_changed_is_not_simulated(change):
    world = zv.load_world("toy")
    change(world)
    name = "population" if change is added else "tariff"
    with pytest.raises(DataError, match=f"toy: '{name}' was changed in a finished world"):
        zv.simulate(world, zv.Scenario())


def test_what_the_message_says_is_the_way():
    world = zv.load_world("toy")
    with pytest.raises(AccountingError):
        zv.World(world.name, world.data.assign(tariff=2 * world.data["tariff"]))
    other = zv.World(world.name, world.data.assign(population=2 * world.data["wage"]))
    other.check_untouched()


def test_copies_and_other_variables_are_no_change():
    world = zv.load_world("toy")
    world.data["remark"] = world.data["wage"] * 0
    sent = pickle.loads(pickle.dumps(world))  # noqa: S301 - written just before
    for same in (world, copy.copy(world), copy.deepcopy(world), sent):
        same.check_untouched()
        assert np.isfinite(zv.simulate(same, zv.Scenario()).residual)


@pytest.mark.parametrize("call", ONE)
def test_nothing_is_computed_from_a_changed_world_or_from_what_is_none(call):
    world = zv.load_world("toy")
    call(world)
    assigned(world)
    with pytest.raises(DataError, match="toy: 'tariff' was changed in a finished world"):
        call(world)
    for thing, told in (("toy", "'toy'"), (RESULT, "a Result"), (None, "a NoneType")):
        with pytest.raises(TypeError, match=f"the world is {told}, not a World"):
            call(thing)


@pytest.mark.parametrize("call", OF_TWO)
def test_nothing_compares_a_changed_world_or_what_is_none(call):
    world = zv.load_world("toy")
    call(TOY, world)
    assigned(world)
    back = {dim: [2, 1, 0] for dim in ("country", "exporter", "importer")}
    reordered = zv.World("other way round", TOY.data.isel(back))
    for first, second in ((world, TOY), (TOY, world)):
        with pytest.raises(DataError, match="toy: 'tariff' was changed"):
            call(first, second)
    strange: list[tuple[Any, Any]] = [(TOY, "toy"), (RESULT, TOY)]
    for first, second in strange:
        with pytest.raises(TypeError, match=r"not a World\. Fix: zv\.load_world"):
            call(first, second)
    with pytest.raises(LabelError, match="different"):
        call(TOY, reordered)


def test_a_result_in_place_of_its_parameters_or_policy_is_refused():
    for given in ({"parameters": RESULT}, {"policy": "none"}):
        with pytest.raises(LabelError, match=r"what it says would not count\. Fix: result\."):
            creation.access_cost_hat(TOY, TOY, **given)


@pytest.mark.parametrize("call", [zv.verify, zv.decompose, roles.effects_with_roles])
def test_a_world_in_place_of_a_result_is_refused(call):
    with pytest.raises(TypeError, match=r"is a World, not a Result\. Fix: zv\.simulate"):
        call(TOY)
