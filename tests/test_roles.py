"""Roles: who is sender, target, member or bystander of a scenario."""

from __future__ import annotations

from typing import Any

import pytest

import zollverein as zv
from tests.helpers import keys
from zollverein.measures.effects import TITLES
from zollverein.measures.relations import RULES, Rule, all_measures, relations
from zollverein.measures.roles import NOT_STATED, ROLES, effects_with_roles, role_texts, roles
from zollverein.scenario import KINDS, Barrier, Embargo, ExportTax, Productivity, Scenario, Tariff
from zollverein.testing import random_world

WORLD = random_world(1, zeros=False)
BASE = WORLD.data["tariff"].values


def of(*measures: Any, blocs: Any = None) -> Any:
    return roles(Scenario(measures=list(measures), blocs=blocs or {}), WORLD).to_dict()


def with_rest(**found: str) -> dict[str, str]:
    return dict.fromkeys(WORLD.countries, "bystander") | found


def standing_in(**given: Any) -> Any:
    """A scenario with a measure of a kind that need not exist yet."""
    measure = keys(**given)
    return keys(blocs={}, sectors={}, measures=(measure,))


def test_every_kind_of_measure_has_a_rule():
    assert set(KINDS) <= set(RULES)


def test_nothing_makes_bystanders():
    series = roles(Scenario(), WORLD)
    assert series.name == "role"
    assert series.index.name == "country"
    assert series.to_dict() == with_rest()
    assert set(role_texts(Scenario(), WORLD)) == {"takes part in no measure"}


@pytest.mark.parametrize("step", [{"add": 0.1}, {"set": 5.0}])
def test_a_higher_tariff_is_imposed_by_the_importer(step):
    assert of(Tariff(exporters="C2", importers="C0", **step)) == with_rest(C0="sender", C2="target")


@pytest.mark.parametrize("step", [{"add": -0.001}, {"scale": 0.5}])
def test_a_lower_tariff_makes_members(step):
    found = of(Tariff(exporters=["C1", "C2", "C3"], importers="C0", **step))
    assert found["C0"] == "member"
    assert "sender" not in found.values()


def test_a_tariff_set_at_the_baseline_is_neither():
    assert BASE[1, 0].max() > 0
    rate = float(BASE[1, 0, 0])
    found = of(Tariff(exporters="C1", importers="C0", sectors="s0", set=rate))
    assert found == with_rest()


def test_an_export_tax_is_imposed_by_the_exporter_and_a_subsidy_by_nobody():
    taxed = ExportTax(exporters="C3", importers="C1", add=0.1)
    assert of(taxed) == with_rest(C3="sender", C1="target")
    assert of(ExportTax(exporters="C3", importers="C1", set=-0.1)) == with_rest()


@pytest.mark.parametrize(("sellers", "buyers"), [(["C0", "C1"], "C2"), ("C2", ["C0", "C1"])])
@pytest.mark.parametrize("both", [True, False])
def test_an_embargo_is_aimed_at_the_smaller_side(sellers, buyers, both):
    """An export ban and an import ban of the same coalition read the same."""
    measure = Embargo(exporters=sellers, importers=buyers, both_directions=both)
    assert of(measure) == with_rest(C0="sender", C1="sender", C2="target")


def test_an_embargo_of_everyone_is_aimed_at_the_one():
    found = of(Embargo(exporters="all", importers="C2"))
    assert found == dict.fromkeys(WORLD.countries, "sender") | {"C2": "target"}


def test_sides_of_one_size_are_mutual_only_in_both_directions():
    assert of(Embargo(exporters="C0", importers="C1")) == with_rest(C0="sender", C1="target")
    mutual = of(Barrier(exporters="C0", importers="C1", add=0.1, both_directions=True))
    assert mutual == with_rest(C0="sender and target", C1="sender and target")


def test_a_removed_barrier_makes_members_of_those_without_restrictions():
    union = Barrier(exporters="C2", importers="C3", remove=0.1, both_directions=True)
    assert of(union) == with_rest(C2="member", C3="member")
    embargo = Embargo(exporters=["C0", "C1"], importers="C2")
    assert of(embargo, union) == dict(C0="sender", C1="sender", C2="target", C3="member")
    texts = role_texts(Scenario(measures=[embargo, union]), WORLD)
    assert texts["C2"] == "faces restrictions of C0 and C1; opens trade with C3"
    assert texts["C0"] == "restricts trade with C2"


def test_measures_at_home_assign_no_role():
    able = Productivity(countries="C1", change=0.1)
    assert of(able) == with_rest()
    assert role_texts(Scenario(measures=[able]), WORLD)["C1"] == "acts by itself (productivity)"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"kind": "export_control", "exporters": "C0", "importers": ("C1", "C2")},
            {"C0": "sender", "C1": "target", "C2": "target"},
        ),
        (
            {"kind": "price_cap", "importers": "C0", "exporters": ("C1", "C2")},
            {"C0": "sender", "C1": "target", "C2": "target"},
        ),
        (
            {"kind": "payment_friction", "partners": "C0", "target": ("C1", "C2")},
            {"C0": "sender", "C1": "target", "C2": "target"},
        ),
        (
            {"kind": "payment_friction", "partners": "all", "target": ("C2", "C3")},
            {"C0": "sender", "C1": "sender", "C2": "target", "C3": "target"},
        ),
        (
            {"kind": "payment_friction", "exporters": "all", "importers": "C3"},  # other keys
            {"C0": "sender", "C1": "sender", "C2": "sender", "C3": "target"},
        ),
        (
            {"kind": "asset_freeze", "holders": ("C0", "C1"), "target": "C2"},
            {"C0": "sender", "C1": "sender", "C2": "target"},
        ),
        ({"kind": "transfer", "payers": "C0", "receivers": "C1"}, {}),
        ({"kind": "import_substitution", "countries": "C0", "sectors": "s0", "home_bias": 0.5}, {}),
        (
            {"kind": "import_substitution", "countries": "C0", "sectors": "s0", "tariff": 0.1},
            {"C0": "sender", "C1": "target", "C2": "target", "C3": "target"},
        ),
        ({"kind": "customs_union", "members": ("C0", "C1")}, {"C0": "member", "C1": "member"}),
        (
            {"kind": "mutual_recognition", "exporters": "C0", "importers": "C1"},
            {"C0": "member", "C1": "member"},
        ),
        ({"kind": "not yet known", "exporters": "C0"}, {}),
    ],
)
def test_kinds_to_come_need_only_their_rule(given, expected):
    assert roles(standing_in(**given), WORLD).to_dict() == with_rest(**expected)


def test_measures_inside_programmes_count():
    inner = keys(kind="customs_union", members=("C0", "C1"))
    programme = keys(kind="programme", measures=(inner,))
    scenario = keys(blocs={}, sectors={}, measures=(), programmes=(programme,))
    assert list(all_measures(scenario)) == [inner]
    found: Any = scenario
    assert roles(found, WORLD).to_dict() == with_rest(C0="member", C1="member")


def test_the_shipped_example():
    scenario = zv.read_scenario("examples/union-under-sanctions.toml")
    world = zv.load_world("icio2022")
    found = roles(scenario, world)
    assert found["RUS"] == found["BLR"] == "target"
    assert found["DEU"] == found["USA"] == "sender"
    assert found["CHN"] == "bystander"
    assert (found == "sender").sum() == 37  # EU27, four more of the G7, six others
    matrix = relations(scenario, world)
    assert not matrix.restricts[world.countries.index("RUS")].any()
    assert role_texts(scenario, world)["BLR"].endswith("opens trade with Russia")


def test_the_table_has_the_role_first():
    world = zv.load_world("toy")
    scenario = Scenario(measures=[Tariff(exporters="RST", importers="HOM", set=0.5)])
    result = zv.simulate(world, scenario)
    table = effects_with_roles(result)
    assert list(table.columns) == ["role", *result.table().columns]
    assert set(table.columns) <= set(TITLES)
    assert table["role"].to_dict() == {"HOM": "sender", "PAR": "bystander", "RST": "target"}
    assert set(table["role"]) <= set(ROLES)
    bare = effects_with_roles(zv.simulate(world, result.policy))
    assert set(bare["role"]) == {NOT_STATED}


def test_rules_are_of_known_effects():
    effects = {"restriction", "integration", "rate", "rise", "size", "own"}
    assert {rule.effect for rule in RULES.values()} <= effects
    assert all(isinstance(rule, Rule) for rule in RULES.values())
