"""What of a policy can be taken in parts, and what is refused."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

import zollverein as zv
from tests.general import real_world
from tests.oracles.extended import extended_world
from zollverein.attribution.portfolio import _BEYOND, _FACTORS, _RATES
from zollverein.errors import ScenarioError
from zollverein.policy import Policy


def test_every_field_of_a_policy_is_taken_in_parts_or_refused():
    """A new field of Policy must be thought about here."""
    known = {*_RATES, *_FACTORS, "access_hat", "notes", *_BEYOND}
    assert {field.name for field in fields(Policy)} == known


MEMBERS = ["HOM", "PAR"]
BEYOND_RATES: dict[str, dict[str, Any]] = {
    "pools": {"members": MEMBERS, "external": "max", "keys": {"HOM": 0.5, "PAR": 0.5}},
    "unions": {"members": MEMBERS, "external": "kemp_wan"},
    "transfer": {"payers": "RST", "receivers": "HOM", "amount": 3.0},
    "mobility": {"members": MEMBERS, "elasticity": 0.5},
}


@pytest.mark.parametrize("field", BEYOND_RATES)
def test_named_policies_with_more_than_rates_are_refused(field):
    world = zv.load_world("toy")
    kind = "customs_union" if field in ("pools", "unions") else field
    scenario = zv.Scenario.from_dict({"measures": [{"kind": kind, **BEYOND_RATES[field]}]})
    with pytest.raises(
        ScenarioError, match=rf"has {field}.*: named policies can be taken in parts"
    ):
        zv.attribute(world, {"it": scenario.policy(world)}, "real_income HOM", workers=1)


def test_policies_by_name_are_taken_whole():
    """A home bias raises access, and an embargo stops governments that are told apart, too."""
    world = zv.load_world("toy")
    bias = {"kind": "import_substitution", "countries": "HOM", "sectors": "goods", "home_bias": 0.5}
    public = world_with_governments()
    embargo = {"kind": "embargo", "exporters": "C1", "importers": "C0"}
    for where, measure, who in ((world, bias, "HOM"), (public, embargo, "C0")):
        policy = zv.Scenario.from_dict({"measures": [measure]}).policy(where)
        alone = zv.simulate(where, policy, trade_elasticity=4.0).table().loc[who, "real_income_pct"]
        found = zv.attribute(
            where, {"part": policy}, f"real_income {who}", workers=1, trade_elasticity=4.0
        )
        assert 100 * found.total == pytest.approx(alone, abs=1e-6)
        assert 100 * found.effect.sum() == pytest.approx(alone, abs=1e-5)


def world_with_governments() -> zv.World:
    return real_world(extended_world(1, rents=False, employment=False))


@pytest.mark.parametrize(
    ("combine", "both", "half"),
    [("last", 0.05, 0.5 * 0.05 + 0.5 * (0.5 * 0.1 + 0.5 * 0.25)), ("add", 0.15, 0.1375)],
)
def test_a_rate_set_by_two_parts_is_that_of_the_parts_in_force(combine, both, half):
    """None of them: the baseline's; one: what it sets; halves are in between."""
    world = zv.load_world("toy")
    flow = {"kind": "tariff", "exporters": "RST", "importers": "HOM", "sectors": "goods"}
    measures = [{**flow, "name": "a", "set": 0.1}, {**flow, "name": "b", "set": 0.05}]
    scenario = zv.Scenario.from_dict({"combine": combine, "measures": measures})

    def rate(a, b):
        tariff = scenario.policy(world, strength={"a": a, "b": b}).tariff
        return tariff.sel(exporter="RST", importer="HOM", sector="goods").item()

    assert rate(0, 0) == 0.25
    assert rate(1, 0) == pytest.approx(0.1, abs=1e-15)
    assert rate(0, 1) == pytest.approx(0.05, abs=1e-15)
    assert rate(1, 1) == pytest.approx(both, abs=1e-15)
    assert rate(0.5, 0.5) == pytest.approx(half, abs=1e-15)
