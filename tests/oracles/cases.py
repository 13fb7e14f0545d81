"""Cases of the extended model, feature by feature and together, with the oracle's equilibria."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.oracles.extended import (
    bloc,
    cap_of,
    extended_world,
    parameters_of,
    policy_of,
    shocks,
    solve,
    solved,
)

NESTS = {"value_added_elasticity": 0.6, "input_elasticity": 0.3, "final_elasticity": 2.2}
POOL = SimpleNamespace(members=("C3", "C0", "C2"), keys=(0.5, 0.2, 0.3), part=0.7)
AID = np.array([0.02, -0.01, -0.01, 0.0])
GOVERNMENT = {"government_flow", "government_demand"}
RENTS = {"import_rent", "export_rent"}

#: Name: options of the world, fields of the policy, choices of the model, lines of the certificate
#: beside the plain ones.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], set[str]]] = {
    "plain": ({"rents": False, "government": False}, {}, {}, set()),
    "rents": ({"government": False}, {}, {}, RENTS),
    "government": ({"rents": False}, {}, {"closure": "zero"}, GOVERNMENT),
    "nests": ({}, {}, NESTS, GOVERNMENT | RENTS),
    "entry": ({}, {}, {"scale": [1.0, 0.4, 0.0]}, GOVERNMENT | RENTS),
    "specific": ({}, {}, {"labour": "sector_specific"}, GOVERNMENT | RENTS),
    "capital": ({}, {}, {"capital": "adjusting", "capital_share": 0.4}, GOVERNMENT | RENTS),
    "mobility": ({}, {"mobility": 2.0}, {}, GOVERNMENT | RENTS | {"population"}),
    "pool": (
        {},
        {"pools": (POOL,)},
        {"closure": "share_of_own"},
        GOVERNMENT | RENTS | {"transfer"},
    ),
    "transfer": (
        {},
        {"transfer": AID},
        {"closure": "numeraire"},
        GOVERNMENT | RENTS | {"transfer"},
    ),
    "cap": ({}, {"caps": 0.3}, {}, GOVERNMENT | RENTS | {"price_cap"}),
    "lost goods": ({}, {}, {"on_no_supplier": "shut_down", **NESTS}, GOVERNMENT | RENTS),
    "all mobile": (
        {},
        {"mobility": 1.5, "pools": (POOL,), "transfer": AID, "caps": 0.2},
        {"capital": "adjusting", "scale": [0.4, 0.2, 0.0], "closure": "share_of_own", **NESTS},
        GOVERNMENT | RENTS | {"population", "transfer", "price_cap"},
    ),
    "all specific": (
        {},
        {"pools": (POOL,), "transfer": AID, "caps": 0.0},
        {"labour": "sector_specific", "scale": [0.4, 0.2, 0.0], **NESTS},
        GOVERNMENT | RENTS | {"transfer", "price_cap"},
    ),
}


@cache
def case(name: str, seed: int = 2) -> SimpleNamespace:
    """The oracle's equilibrium; a number for caps is the leakage, and the cap binds."""
    options, fields, choices, _ = CASES[name]
    world = extended_world(seed, export_taxes=True, **options)
    change, fields = shocks(world, seed), dict(fields)
    if not options.get("rents", True):
        change["import_rent"] = change["export_rent"] = 0.0
    change["access_hat"][3, 0, 1] = 0.0
    change["cost_hat"][2, 0, 0] = np.inf
    if "on_no_supplier" in choices:  # one buyer or both lose every supplier
        change["cost_hat"][:, 2, 1] = np.inf
        change["access_hat"][:, 1, 2], change["government_access_hat"][:, 3, 0] = 0.0, 0.0
    if "mobility" in fields:
        fields["mobility"] = (bloc(world, fields["mobility"]),)
    leakage = fields.pop("caps", None)
    parameters = parameters_of(world, seed, **choices)
    if leakage is not None:
        free = solve(world, policy_of(world, **change, **fields), parameters)
        fields["caps"] = (cap_of(0.9992 * free["cost"][1, 0], leakage),)
    return solved(world, policy_of(world, **change, **fields), parameters)


def random_case(seed: int) -> SimpleNamespace:
    """The oracle's equilibrium of a random world under a random mix of all features."""
    rng = np.random.default_rng(seed)

    def sometimes(value: Any, otherwise: Any) -> Any:
        return value if rng.random() < 0.5 else otherwise

    size: dict[str, Any] = {
        "countries": int(rng.integers(4, 6)),
        "sectors": int(rng.integers(1, 5)),
    }
    world = extended_world(seed, export_taxes=True, **size)
    sectors, closures = size["sectors"], ("share_of_world", "numeraire", "share_of_own", "zero")
    choices: dict[str, Any] = {
        name: float(sometimes(rng.uniform(0.2, 2.0), 1.0))
        for name in ("value_added_elasticity", "input_elasticity", "final_elasticity")
    }
    labour = "sector_specific" if rng.random() < 0.3 else "mobile"
    free = labour == "mobile"
    choices |= {
        "labour": labour,
        "capital": sometimes("adjusting", "fixed") if free else "fixed",
        "scale": sometimes(rng.uniform(0, 0.4, sectors), 0.0),
        "closure": closures[seed % 4],
    }
    aid = rng.normal(0, 0.005, size["countries"])
    fields = {
        "pools": sometimes((POOL,), ()),
        "transfer": sometimes(aid - aid.mean(), None),
        "mobility": sometimes((bloc(world, 1.0),), ()) if free else (),
    }
    policy = policy_of(world, **shocks(world, seed, 0.15), **fields)
    return solved(world, policy, parameters_of(world, seed, **choices))
