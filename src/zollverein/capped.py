"""Price caps: the wedges at which no exporter sells above its cap (complementarity).

For each capped exporter and sector, the buyers' wedge τ and the change ĉ of the price satisfy
``τ >= 0``, ``ĉ <= cap`` and ``τ (cap - ĉ) = 0``. Outer Newton steps with Broyden updates in
``log(1 + τ)``; each step is one equilibrium, started from the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from zollverein.counterfactual import cap_rent
from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.policy import Policy
from zollverein.world import World

#: Solves a policy, starting from a state.
Solver = Callable[[Policy, Array | None], Equilibrium]

#: First change of ``log(1 + τ)``, longest one, and the value beyond which trade has stopped.
_FIRST, _LONGEST, _PROHIBITIVE = 0.02, 1.0, 6.0
_STEPS = 60


@dataclass(frozen=True)
class Capped:
    """Where a cap applies: label of the exporter and of the sector, positions, and its size."""

    exporter: str
    sector: str
    cell: tuple[int, int]
    cap: float


def capped_goods(world: World, policy: Policy) -> list[Capped]:
    """Every exporter and sector under a cap, in the order of the wedges of an ``Equilibrium``."""
    return [
        Capped(
            exporter,
            sector,
            (world.sectors.index(sector), world.countries.index(exporter)),
            rule.cap,
        )
        for rule in policy.caps
        for exporter in rule.exporters
        for sector in rule.sectors
    ]


def with_wedges(world: World, policy: Policy, wedge: Array) -> Policy:
    """The policy with the rents that the wedges of its caps are."""
    rent = policy.import_rent
    base = world.values("import_rent") if rent is None else rent.values
    added = base + cap_rent(world, policy.caps, tuple(wedge.tolist()))
    like = world.data["tariff"]
    return replace(policy, import_rent=like.copy(data=added).rename("import_rent"))


def find_capped(world: World, policy: Policy, solve: Solver, tolerance: float) -> Equilibrium:
    """The equilibrium at which every cap holds.

    Raises:
        NoEquilibrium: If a price stays above its cap whatever the buyers pay.
        NotConverged: If the wedges are not found.
    """
    goods = capped_goods(world, policy)
    limit = np.log([good.cap for good in goods])
    cells = tuple(np.array([good.cell for good in goods]).T)
    size, state = np.zeros(len(goods)), None
    slope: Array | None = None
    last: tuple[Array, Array] | None = None
    for _ in range(_STEPS):
        found = solve(with_wedges(world, policy, np.expm1(size)), state)
        state = found.solution.value
        excess = found.point.log_cost[cells] - limit
        if np.abs(np.where(size > 0, excess, np.maximum(excess, 0.0))).max() <= tolerance:
            return replace(found, wedge=tuple(np.expm1(size).tolist()))
        if last is not None:
            slope = _updated(slope, size - last[0], excess - last[1])
        last = size, excess
        size = _next(size, excess, slope)
        if (size > _PROHIBITIVE).any():
            _refuse(goods[int(size.argmax())], float(np.exp(excess[size.argmax()])))
    worst = int(np.abs(excess).argmax())
    raise NotConverged(
        f"{world.name}: the price caps were not met in {_STEPS} equilibria; {goods[worst].exporter} "
        f"{goods[worst].sector} is {np.expm1(excess[worst]):+.1e} from its cap. Try: one cap at a time, or a "
        "cap nearer to 1."
    )


def _updated(slope: Array | None, step: Array, change: Array) -> Array:
    """Broyden's update; at first the diagonal that explains the change."""
    moved = step != 0
    if slope is None:
        ratio = np.divide(change, step, out=np.full_like(step, -1.0), where=moved)
        return np.diag(np.minimum(ratio, -1e-3))
    length = float(step @ step)
    if length == 0:
        return slope
    return slope + np.outer(change - slope @ step, step) / length


def _next(size: Array, excess: Array, slope: Array | None) -> Array:
    """A Newton step on the caps that bind or are exceeded; wedges stay positive."""
    active = (size > 0) | (excess > 0)
    step = np.zeros_like(size)
    if slope is None:
        step[active] = _FIRST
    else:
        part = slope[np.ix_(active, active)]
        step[active] = np.linalg.lstsq(part, -excess[active], rcond=None)[0]
        longest = np.abs(step).max()
        step *= min(1.0, _LONGEST / longest) if longest > 0 else 1.0
    return np.maximum(size + step, 0.0)


def _refuse(good: Capped, over: float) -> None:
    raise NoEquilibrium(
        f"the price cap on {good.sector} from {good.exporter} ({good.cap:g} of the baseline price) cannot be "
        f"met: with hardly any purchases left its price is still {good.cap * over:.3f} of the baseline, as "
        "others buy and costs do not fall further. Fix: a higher cap, more buyers, or an embargo instead."
    )
