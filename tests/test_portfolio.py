"""What of a policy can be taken in parts, and what is refused."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

import zollverein as zv
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
