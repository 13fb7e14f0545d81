"""Errors of the gradient for the parameters of the extended model, against central differences.

``python benchmarks/gradient_further.py`` prints the table. A world of 8 × 6 in which governments buy
apart, with rents, access factors, a transfer, shared revenue and people who move, in the long run with
complements; and the plain model with a price cap that binds on a good of a country whose costs rise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from common import table
from worlds import elasticities, gravity_world

import zollverein as zv
from zollverein.gradients import gradient_at
from zollverein.models.adjoint import MORE_PARAMETERS
from zollverein.readings import parse_outcomes, read_worlds
from zollverein.rules import Mobility, Pool, PriceCap
from zollverein.scenario import Procurement, Scenario

HEAD = ("parameter", "number", "relative error", "directions")
OUTCOME, SIZE = "real_income C0", (8, 6)
#: Steps of the central differences, extrapolated once, and the tolerance of their solves.
STEP, TOLERANCE, DIRECTIONS = 1e-3, 1e-13, 3
#: Where a cap binds, its wedge is found from outside, to a looser tolerance.
CAPPED_TOLERANCE = 1e-12
EXTENDED = {"horizon": "long", "input_elasticity": 0.4, "final_elasticity": 0.9, "scale": 0.3}
BLOC, KEYS = ("C0", "C1", "C2"), (0.5, 0.3, 0.2)
#: A country whose costs rise, and what all others pay at most for one of its goods.
DEAR, BUYERS = "C7", tuple(f"C{n}" for n in range(7))
CAPS = (PriceCap((DEAR,), BUYERS, ("s0",), 1.02),)
#: Moves in units of others': what is shared moves little, and a cap soon ceases to bind.
SCALE = {"pool": 20.0, "cap": 0.5}
#: Parameter -> the field of the policy that it is the log of.
LOGS = {"access": "access_hat", "government_access": "government_access_hat"}


def tables(*, quick: bool = False) -> dict[str, str]:
    """Error by kind of parameter."""
    rows = [_row(name, 1 if quick else DIRECTIONS) for name in MORE_PARAMETERS]
    return {"gradient-further": table(HEAD, rows)}


@dataclass(frozen=True)
class Stand:
    """Where derivatives are taken."""

    world: zv.World
    policy: zv.Policy
    choices: dict[str, Any]

    def result(self, policy: zv.Policy, start: zv.Result | None = None) -> zv.Result:
        """The equilibrium of a policy."""
        return zv.simulate(self.world, policy, start=start, **self.choices)


def _stand(name: str) -> Stand:
    """The world and the policy that have a parameter."""
    world, theta = gravity_world(*SIZE), elasticities(SIZE[1])
    if name == "cap":
        neutral = zv.Policy.neutral(world)
        dear = neutral.productivity_hat.copy(deep=True)
        dear.loc[DEAR] = 0.97
        capped = neutral.changed(productivity_hat=dear, caps=CAPS)
        return Stand(world, capped, {"trade_elasticity": theta, "tolerance": CAPPED_TOLERANCE})
    scenario = Scenario(measures=(Procurement(members=BLOC, open=0.5),))
    opened, rng = scenario.baseline(world), np.random.default_rng(1)
    policy = scenario.policy(opened)

    def drawn(low: float, high: float) -> xr.DataArray:
        return policy.tariff.copy(data=rng.uniform(low, high, policy.tariff.shape))

    received = rng.normal(0, 0.01, SIZE[0]) * float(world.data["value_added"].mean())
    rich = policy.changed(
        import_rent=drawn(0, 0.1),
        export_rent=drawn(0, 0.1),
        access_hat=drawn(0.5, 1.5),
        government_access_hat=drawn(0.5, 1.5),
        transfer=xr.DataArray(received - received.mean(), {"country": list(world.countries)}),
        pools=(Pool(BLOC, KEYS, 0.7),),
        mobility=(Mobility(BLOC, 1.5, KEYS),),
    )
    return Stand(opened, rich, {**EXTENDED, "trade_elasticity": theta, "tolerance": TOLERANCE})


def _row(name: str, directions: int) -> tuple[object, ...]:
    """The largest relative error of one parameter's derivatives."""
    stand, rng, worst = _stand(name), np.random.default_rng(0), 0.0
    result = stand.result(stand.policy)
    gradient = gradient_at(result, OUTCOME, wrt=[name])[name]
    (outcome,) = parse_outcomes(stand.world, OUTCOME)
    for _ in range(directions):
        move = rng.normal(0, SCALE.get(name, 1.0), gradient.shape)
        if name == "transfer":  # what one receives another pays
            move = 0.05 * (move - move.mean()) * float(stand.world.data["value_added"].mean())

        def value(step: float, move: np.ndarray = move) -> float:
            moved = stand.result(_moved(stand.policy, name, step * move), start=result)
            return float(read_worlds(stand.world, moved.after, outcome))

        exact = float((gradient.values * move).sum())
        worst = max(worst, abs(exact / _derivative(value) - 1))
    return name, gradient.size, worst, directions


def _moved(policy: zv.Policy, name: str, move: np.ndarray) -> zv.Policy:
    """The policy with one of its parameters moved."""
    changed: dict[str, Any]
    if name == "cap":
        sizes = zip(policy.caps, np.exp(move), strict=True)
        changed = {"caps": tuple(replace(cap, cap=cap.cap * float(by)) for cap, by in sizes)}
    elif name == "pool":
        changed = {"pools": tuple(replace(p, part=p.part + float(move[0])) for p in policy.pools)}
    elif name == "mobility":
        more = float(move[0])
        blocs = tuple(replace(b, elasticity=b.elasticity + more) for b in policy.mobility)
        changed = {"mobility": blocs}
    else:
        field = LOGS.get(name, name)
        old = getattr(policy, field)
        changed = {field: old * np.exp(move) if name in LOGS else old + move}
    return policy.changed(**changed)


def _derivative(value: Callable[[float], float]) -> float:
    """Central difference, with the error of second order removed by one extrapolation."""
    near, far = ((value(h) - value(-h)) / (2 * h) for h in (STEP / 2, STEP))
    return (4 * near - far) / 3


if __name__ == "__main__":
    for text in tables().values():
        print(text)
