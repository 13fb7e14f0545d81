"""What the tests of the kinds of measures share: one example of each, and what a policy changes."""

from __future__ import annotations

from typing import Any

import numpy as np

import zollverein as zv
from zollverein.accounts import domestic_share, trade_balance
from zollverein.policy import ARRAYS, OPTIONAL_ARRAYS
from zollverein.scenario import Scenario
from zollverein.testing import random_world

#: Trade elasticity of every test here unless it says otherwise.
THETA = 4.0
_FLOW = {"exporters": ["C1", "C2"], "importers": ["C0", "C3"], "sectors": ["s0", "s1"]}
#: One measure of each kind, as a file would have it.
EXAMPLES: dict[str, dict[str, Any]] = {
    "tariff": {**_FLOW, "set": 0.4},
    "export_tax": {**_FLOW, "add": 0.3},
    "barrier": {**_FLOW, "add": 0.3, "rent": 0.4, "keeper": "exporter"},
    "mutual_recognition": {"members": ["C0", "C1"], "size": 0.3, "actionable": 0.5},
    "embargo": {**_FLOW, "share": 0.6},
    "export_control": {**_FLOW, "share": 1.0},
    "payment_friction": {"target": "C2", "partners": ["C0", "C1"], "add": 0.2},
    "price_cap": {"exporters": "C2", "importers": ["C0", "C1"], "sectors": "s0", "cap": 0.99},
    "productivity": {"countries": "C1", "sectors": "s1", "change": 0.1},
    "import_substitution": {
        "countries": "C1",
        "sectors": "s0",
        "home_bias": 0.4,
        "productivity": 0.05,
        "output_subsidy": 0.05,
        "tariff": 0.1,
    },
    "procurement": {"members": ["C0", "C1", "C2"], "open": 0.8},
    "customs_union": {
        "members": ["C0", "C1", "C2"],
        "sectors": "all",
        "external": "max",
        "keys": {"C0": 0.7, "C1": 0.2, "C2": 0.1},
    },
    "mobility": {
        "members": ["C0", "C1"],
        "elasticity": 2.0,
        "people": {"C0": 3.0, "C1": 1.0},
    },
    "transfer": {"payers": "C0", "receivers": ["C1", "C2"], "share": 0.02},
    "asset_freeze": {"target": "C3", "holders": "all", "share": 0.01},
}
#: Arrays of a policy that the example of each kind writes, and its rules.
WRITES: dict[str, set[str]] = {
    "tariff": {"tariff"},
    "export_tax": {"export_tax"},
    "barrier": {"cost_hat", "export_rent"},
    "mutual_recognition": {"cost_hat"},
    "embargo": {"access_hat"},
    "export_control": {"cost_hat"},
    "payment_friction": {"cost_hat"},
    "price_cap": {"caps"},
    "productivity": {"productivity_hat"},
    "import_substitution": {"access_hat", "productivity_hat", "export_tax", "tariff"},
    "procurement": {"government_access_hat"},
    "customs_union": {"tariff", "pools"},
    "mobility": {"mobility"},
    "transfer": {"transfer"},
    "asset_freeze": {"transfer"},
}
#: Rules of a policy, beside its arrays.
RULES = ("pools", "caps", "mobility", "unions")


def small_world() -> zv.World:
    """Four countries that all trade everything; s0 from C2 has a price that a cap can lower."""
    return random_world(3, zeros=False, export_taxes=True)


def example(kind: str, **changes: Any) -> dict[str, Any]:
    """The example of a kind, with some keys changed."""
    return {"kind": kind, **EXAMPLES[kind], **changes}


def scenario(*measures: dict[str, Any], **keys: Any) -> Scenario:
    """A scenario of measures written as a file would have them."""
    return Scenario.from_dict({"measures": list(measures), **keys})


def policy(world: zv.World, *measures: dict[str, Any], **keys: Any) -> Any:
    """The policy of some measures; any array of it may be asked for."""
    made = scenario(*measures, **keys)
    return made.policy(made.baseline(world))


def run(world: zv.World, *measures: dict[str, Any], **keys: Any) -> Any:
    """`simulate`, and the certificate of what comes out."""
    result = zv.simulate(world, scenario(*measures, **keys), trade_elasticity=THETA)
    assert zv.verify(result).holds(1e-9), str(zv.verify(result))
    return result


def written(world: zv.World, made: zv.Policy) -> set[str]:
    """Names of the arrays that differ from the neutral policy, and of the rules there are."""
    neutral = zv.Policy.neutral(world)
    found = {
        name
        for name in ARRAYS
        if not np.array_equal(getattr(made, name).values, getattr(neutral, name).values)
    }
    still = {
        "import_rent": world.values("import_rent"),
        "export_rent": world.values("export_rent"),
        "access_hat": 1.0,
        "government_access_hat": 1.0,
        "transfer": 0.0,
    }
    for name in OPTIONAL_ARRAYS:
        array = getattr(made, name)
        if array is not None and (array.values != still[name]).any():
            found.add(name)
    return found | {name for name in RULES if getattr(made, name)}


def outcome(kind: str, result: zv.Result) -> float:
    """One number that grows with how much of the example of a kind applies."""
    before, after = result.before, result.after
    flow, bought = after.data["trade_flow"].values, after.values("government_flow")
    between = bought[:3, :3].sum(axis=2)
    moved = trade_balance(after).values - trade_balance(before).values
    stopped = -flow[1:3][:, [0, 3], :2].sum()
    sizes = {
        "mutual_recognition": flow[0, 1].sum() + flow[1, 0].sum(),
        "payment_friction": -flow[2, :2].sum() - flow[:2, 2].sum(),
        "price_cap": after.values("import_rent").sum(),
        "productivity": result.table()["real_income_pct"]["C1"],
        "import_substitution": domestic_share(after)[1, 0],
        "procurement": between.sum() - np.trace(between),
        "customs_union": -after.data["tariff"].values[:3, :3].sum(),
        "mobility": np.abs(np.log(after.values("population"))).max(),
        "transfer": np.abs(moved).sum(),
        "asset_freeze": np.abs(moved).sum(),
    }
    return float(sizes.get(kind, stopped))
