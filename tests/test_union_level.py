"""The level of all taxes of a Kemp-Wan union: one rule where balances leave it open, and certified."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.scenario import CustomsUnion, Scenario, Transfer
from zollverein.testing import make_policy, random_world
from zollverein.verification import verify

THETA = 4.0


def union(*members: str, **choices: Any) -> Scenario:
    made = CustomsUnion(members=members, sectors="all", external="kemp_wan")
    return Scenario(measures=(made,), trade_elasticity=THETA, **choices)


def balanced(seed: int) -> zv.World:
    """A world without trade balances but for rounding, as another simulation leaves it."""
    world = random_world(seed, sectors=2, zeros=False)
    return zv.simulate(world, Scenario(), closure="zero", trade_elasticity=THETA).after


@pytest.mark.parametrize("seed", [1, 2])
def test_rounding_of_trade_balances_settles_nothing(seed: int) -> None:
    """Their pattern said who collects: members gained and lost a fifth of their income by it."""
    world = balanced(seed)
    found = [
        zv.simulate(world, union("C0", "C1", closure=closure))
        for closure in ("zero", "share_of_own")
    ]
    assert all(verify(result).holds(1e-8) for result in found)
    old, new = (result.table()["real_income_pct"] for result in found)
    np.testing.assert_allclose(new, old, atol=1e-6)


def test_balances_of_outsiders_alone_settle_nothing() -> None:
    """A member's level says nothing of them; Kemp-Wan taxes leave outsiders as they were."""
    share = Transfer(payers="C2", receivers="C3", share=0.02)
    paid = Scenario(measures=(share,), closure="zero", trade_elasticity=THETA)
    world = zv.simulate(balanced(1), paid).after
    result = zv.simulate(world, union("C0", "C1", closure="share_of_own"), tolerance=1e-12)
    assert verify(result).holds(1e-9)
    assert np.abs(result.table()["real_income_pct"].loc[["C2", "C3"]]).max() < 1e-7
    np.testing.assert_allclose(result.after.data["wage"].values[2:], world.data["wage"].values[2:])
    kept = zv.simulate(world, union("C0", "C1", closure="numeraire"), tolerance=1e-12)
    np.testing.assert_allclose(result.policy.tariff, kept.policy.tariff, atol=1e-8)


def test_the_certificate_knows_the_level() -> None:
    """Higher duties with lower export taxes of one member leave all real incomes as they are."""
    world = zv.load_world("toy")
    result = zv.simulate(world, union("HOM"), tolerance=1e-12)
    assert verify(result).holds(1e-9)
    duty, tax = (getattr(result.policy, name).copy() for name in ("tariff", "export_tax"))
    others = ["PAR", "RST"]
    duty.loc[others, "HOM"] = 1.1 * (1 + duty.loc[others, "HOM"]) - 1
    tax.loc["HOM", others] = (1 + tax.loc["HOM", others]) / 1.1 - 1
    policy = result.policy.changed(tariff=duty, export_tax=tax)
    shifted = zv.simulate(world, policy.changed(unions=()), trade_elasticity=THETA, tolerance=1e-12)
    real, moved = (r.table()["real_income_pct"] for r in (result, shifted))
    np.testing.assert_allclose(moved, real, atol=1e-8)
    doubtful = verify(replace(result, policy=policy, counterfactual=shifted.after))
    assert doubtful.failed() == ("kemp_wan",)


@pytest.mark.parametrize("apart", [False, True])
def test_outsiders_whose_export_taxes_differ_between_members_are_named(apart: bool) -> None:
    """What members buy moves from one to another, and with it what outsiders collect."""
    taxes = np.zeros((4, 4, 2))
    taxes[2:, :2] = 0.1
    taxes[2:, 1, 0] += 0.2 * apart
    world = random_world(3, sectors=2, zeros=False)
    policy = make_policy(world, export_tax=taxes)
    world = zv.simulate(world, policy, closure="zero", trade_elasticity=THETA).after
    result = zv.simulate(world, union("C0", "C1", closure="zero"))
    moved = np.abs(result.table()["real_income_pct"].loc[["C2", "C3"]]).max()
    assert (moved > 1e-3) == apart
    assert any("Export taxes of others that differ" in note for note in result.notes) == apart


@pytest.mark.parametrize(
    ("choices", "cause"),
    [
        ({"closure": "zero"}, "The removal of trade balances by closure 'zero', or other measures"),
        ({"model": "krugman", "scale": 0.2}, "Returns to scale, or other measures"),
    ],
)
def test_the_note_names_what_changes_outsiders(choices: dict[str, Any], cause: str) -> None:
    """Nothing but the choice itself does; the note blamed other measures, of which there are none."""
    world = random_world(3, zeros=False, countries=5)
    note = zv.simulate(world, union("C0", "C1", **choices)).notes[-1]
    assert note.startswith(f"{cause} change the economies outside of the Kemp-Wan union C0, C1")
