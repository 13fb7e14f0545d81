"""Cases of the extended model at which derivatives are tested, and derivatives from simulations."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

import zollverein as zv
from tests.general import KEYS, random_changes, real_policy, real_world, zero_sum
from tests.oracles import extended
from zollverein.models.adjoint import MORE_PARAMETERS, PARAMETERS
from zollverein.rules import Mobility, Pool, PriceCap

RTOL = 1e-6
BLOC, KEYS_OF_POOL = ("C0", "C1", "C2"), (0.5, 0.3, 0.2)
CES = {"value_added_elasticity": 0.5, "input_elasticity": 0.2, "final_elasticity": 0.9}
POOL = {"pools": (Pool(BLOC, KEYS_OF_POOL, 0.7),)}
MOBILITY = {"mobility": (Mobility(BLOC, 1.5, KEYS_OF_POOL),)}
#: Each extension alone, then all that can stand together: choices, rules, the world's own.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, bool]]] = {
    "complements": (CES, {}, {}),
    "substitutes": (dict.fromkeys(CES, 1.7), {}, {}),
    "specific": ({"labour": "sector_specific"}, {}, {}),
    "capital": ({"capital": "adjusting"}, {}, {}),
    "scale": ({"scale": 0.5}, {}, {}),
    "government": ({}, {}, {"government": True}),
    "rents": (CES, {}, {"rents": True}),
    "pool": ({}, POOL, {}),
    "mobility": ({}, MOBILITY, {}),
    "transfer": (CES, {"transfer": None}, {}),
    "own balances": ({"closure": "share_of_own", **CES}, POOL, {}),
    "long and all": (
        {**CES, "capital": "adjusting", "scale": 0.3},
        {**POOL, **MOBILITY, "transfer": None},
        {"government": True, "rents": True, "employment": True},
    ),
    "short and all": (
        {**CES, "labour": "sector_specific", "scale": 0.3},
        {**POOL, "transfer": None},
        {"government": True, "rents": True, "employment": True},
    ),
}


@lru_cache
def case(name: str) -> tuple[zv.World, zv.Policy, dict[str, Any]]:
    """The world, the policy and the choices of one case."""
    choices, rules, own = CASES[name]
    own = {"government": False, "rents": False, "employment": False, **own}
    stand = extended.extended_world(3, export_taxes=True, **own)
    rules = {k: zero_sum(stand, 1) if k == "transfer" else v for k, v in rules.items()}
    changes = random_changes(stand, 3)
    if own["government"]:
        rng = np.random.default_rng(4)
        changes["government_access_hat"] = rng.uniform(0.5, 2, changes["tariff"].shape)
    policy = real_policy(extended.policy_of(stand, **changes, **rules))
    parameters = extended.parameters_of(stand, 3, **choices)
    keywords = {key: getattr(parameters, key) for key in KEYS}
    return real_world(stand), policy, {**keywords, "tolerance": 1e-13}


@lru_cache
def solved(name: str) -> zv.Result:
    world, policy, options = case(name)
    return zv.simulate(world, policy, **options)


def text_of(kind: str) -> str:
    return f"{kind} C1+C3" + (" s0 s1" if kind in ("employment", "output") else "")


FIELD = {
    "barrier": "cost_hat",
    "access": "access_hat",
    "government_access": "government_access_hat",
    "productivity": "productivity_hat",
}


def moved(
    policy: zv.Policy, options: dict[str, Any], name: str, change: np.ndarray
) -> tuple[zv.Policy, dict[str, Any]]:
    """The policy and the choices after a change of one kind of parameter."""
    field = FIELD.get(name, name)
    if name == "trade_elasticity":
        return policy, {**options, name: options[name] + change}
    if name == "cap":
        sizes = zip(policy.caps, np.exp(change), strict=True)
        caps = tuple(replace(rule, cap=rule.cap * float(size)) for rule, size in sizes)
        return replace(policy, caps=caps), options
    if name in ("pool", "mobility"):
        rules, key = {"pool": ("pools", "part"), "mobility": ("mobility", "elasticity")}[name]
        (rule,) = getattr(policy, rules)
        size: dict[str, Any] = {key: getattr(rule, key) + float(change[0])}
        given: dict[str, Any] = {rules: (replace(rule, **size),)}
        return replace(policy, **given), options
    old = getattr(policy, field)
    new = old * np.exp(change) if name in FIELD else old + change
    return replace(policy, **{field: new}), options


def direction(world: zv.World, array: Any, seed: int) -> np.ndarray:
    """A random one; money sums to zero."""
    change = np.random.default_rng(seed).normal(0, 1, array.shape)
    if array.dims == ("country",):
        size = world.data["value_added"].values.sum(axis=1)
        return np.asarray(0.05 * (change - change.mean()) * size.min())
    return change


def extrapolated(values: Any, step: float) -> np.ndarray:
    """The derivative at 0 from central differences with two steps, extrapolated (Richardson)."""
    near, far = ((values(h) - values(-h)) / (2 * h) for h in (step / 2, step))
    return np.asarray((4 * near - far) / 3)


def parameters_of(name: str) -> list[str]:
    """All parameters that the policy of a case has; of the balances see below."""
    policy = case(name)[1]
    absent = {
        "trade_balance": True,
        "transfer": policy.transfer is None,
        "pool": not policy.pools,
        "mobility": not policy.mobility,
        "cap": True,
    }
    return [p for p in (*PARAMETERS, *MORE_PARAMETERS) if not absent.get(p, False)]


CAPS = (
    PriceCap(("C2",), ("C0", "C1"), ("s0",), 1.03, 0.1),
    PriceCap(("C0",), ("C1", "C2", "C3"), ("s1",), 0.995),
)
