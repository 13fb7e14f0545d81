"""Parts of a policy with a Kemp-Wan union add up: its found taxes are rates that grow with the union."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.test_attribution import case
from zollverein.readings import parse_outcomes, read_result

UNION = {"kind": "customs_union", "members": ["HOM", "PAR"], "external": "kemp_wan"}
OTHERS: dict[str, list[dict[str, Any]]] = {
    "alone": [],
    "a duty of a member": [
        {"kind": "tariff", "exporters": "RST", "importers": "PAR", "add": 0.1},
    ],
    "barriers": [
        {"kind": "barrier", "exporters": "RST", "importers": "HOM", "add": 0.2, "rent": 0.5},
        {"kind": "barrier", "exporters": "HOM", "importers": "PAR", "remove": 0.1},
    ],
    "sanctions of outsiders": [
        {"kind": "embargo", "exporters": "PAR", "importers": "RST", "share": 0.5},
        {"kind": "tariff", "exporters": "HOM", "importers": "RST", "add": 0.1},
    ],
    "progress": [{"kind": "productivity", "countries": "PAR", "change": 0.04}],
}


def scenario_of(others: list[dict[str, Any]], **keys: Any) -> zv.Scenario:
    """The union, named, and others."""
    measures = [{**UNION, "name": "union", **keys}, *others]
    return zv.Scenario.from_dict({"name": "union", "measures": measures})


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("outcome", ["real_income HOM", "exports PAR", "output HOM goods"])
def test_the_parts_add_up(others: list[dict[str, Any]], outcome: str) -> None:
    world, scenario = zv.load_world("toy"), scenario_of(others)
    found, slow = (
        zv.attribute(world, scenario, outcome, derivatives=d, compare=False, workers=1)
        for d in ("adjoint", "differences")
    )
    assert abs(found.total) > 1e-6
    assert abs(found.remainder) <= 1e-6 * abs(found.total) + 1e-11
    scale = float(np.abs(found.effect).max())
    np.testing.assert_allclose(found.effect, slow.effect, rtol=0, atol=2e-6 * scale)
    assert "Kemp-Wan union HOM, PAR are those found for all parts together" in found.explain()


def test_a_union_that_pools_its_revenue_adds_up() -> None:
    """Where parts nearly cancel, relative to the largest of them."""
    world = zv.load_world("toy")
    scenario = scenario_of(OTHERS["a duty of a member"], keys="value_added")
    found = zv.attribute(world, scenario, "real_income HOM", compare=False, workers=1)
    assert abs(found.remainder) <= 1e-6 * float(np.abs(found.effect).max())


def test_a_path_of_simulations_by_hand_gives_the_same() -> None:
    """Plain policies whose rates are mixed by hand, and differences of their equilibria."""
    world, outcome = zv.load_world("toy"), "real_income HOM"
    scenario = scenario_of(OTHERS["sanctions of outsiders"])
    whole = zv.simulate(world, scenario, tolerance=1e-12).policy
    wanted = parse_outcomes(world, outcome)

    def value(union: float, others: float) -> float:
        names = [part.name for part in scenario.parts()]
        strength = dict.fromkeys(names, others) | {"union": 0.0}
        policy = scenario.policy(world, strength)
        rates = {}
        for name in ("tariff", "export_tax"):
            old, new = getattr(policy, name), getattr(whole, name).values
            mixed = old.values + union * (new - old.values)
            by_rest = np.zeros(mixed.shape, dtype=bool)
            by_rest[:, world.countries.index("RST")] = (
                name == "tariff"
            )  # its own duty is no part of it
            rates[name] = old.copy(data=np.where(by_rest, old.values, mixed))
        plain = replace(policy, **rates)
        return float(read_result(zv.simulate(world, plain, tolerance=1e-12), wanted)[0])

    places, weights = np.polynomial.legendre.leggauss(6)
    step, effect = 4e-3, 0.0
    for s, weight in zip((places + 1) / 2, weights / 2, strict=True):
        far, near = ((value(s + h, s) - value(s - h, s)) / (2 * h) for h in (step, step / 2))
        effect += weight * (4 * near - far) / 3
    found = zv.attribute(world, scenario, outcome, compare=False, workers=1)
    assert found.effect[found.parts.index("union")] == pytest.approx(effect, rel=1e-5)


def test_shapley_finds_the_taxes_anew_for_each_set() -> None:
    world, scenario = zv.load_world("toy"), scenario_of(OTHERS["progress"])
    found = zv.attribute(world, scenario, "real_income HOM", method="shapley", workers=1)
    alone = zv.simulate(world, scenario_of([]), tolerance=1e-12)
    value = read_result(alone, parse_outcomes(world, "real_income HOM"))[0] - 1
    assert found.first_in is not None
    assert found.first_in[0] == pytest.approx(float(value), abs=1e-10)
    assert abs(found.remainder) < 1e-12
    assert "found anew for each set of parts" in found.explain()


def test_the_taxes_do_not_hang_on_what_they_replace() -> None:
    """A member's duty on outsiders is no longer its own: with or without it, one and the same union."""
    world = zv.load_world("toy")
    alone, other = (
        zv.simulate(world, scenario_of(others), tolerance=1e-12).table()
        for others in (OTHERS["alone"], OTHERS["a duty of a member"])
    )
    np.testing.assert_allclose(alone, other, atol=1e-8)
    assert float(alone["real_income_pct"].abs().max()) > 0.1


def test_an_embargo_among_named_policies_counts() -> None:
    world, parts, options = case()
    both = {name: parts[name] for name in ("duty", "embargo")}
    found = zv.attribute(world, both, "real_income C2", workers=1, **options)
    alone = zv.simulate(world, parts["embargo"], **options).table()["real_income_pct"]["C2"]
    assert found.first_in is not None
    assert 100 * found.first_in[1] == pytest.approx(alone, rel=1e-6)
    assert abs(found.effect[1]) > 1e-4
    assert abs(found.remainder) <= 1e-6 * abs(found.total)
