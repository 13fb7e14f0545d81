"""Price caps: the wedges at which no exporter sells above its cap (complementarity).

For each capped exporter and sector, the buyers' wedge τ and the change ĉ of the price satisfy
``τ >= 0``, ``ĉ <= cap`` and ``τ (cap - ĉ) = 0``. Outer Newton steps in
``log(1 + τ)`` for a set of caps that bind, to which caps that are exceeded are added one by one
and from which those are taken that only a subsidy would hold. Each trial is one equilibrium.
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

#: Longest change of ``log(1 + τ)`` in a step, and the value at which trade has all but stopped.
_LONGEST, _PROHIBITIVE = 1.0, 8.0
#: Newton steps, halvings of one, and the change of a wedge in a difference quotient.
_STEPS, _HALVINGS, _DIFFERENCE = 30, 8, 1e-4
#: Changes of the set of binding caps allowed, beside four for each cap.
_CHANGES = 10


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
    problem = _Complementarity(world, policy, solve)
    here = problem.at(np.zeros(len(problem.goods)))
    binding = np.zeros(len(problem.goods), dtype=bool)
    for _ in range(_CHANGES + 4 * len(binding)):
        if binding.any():
            here = problem.hold(here, binding, tolerance)
        if not here.met(binding, tolerance):
            break  # no wedge brings these prices to their caps
        if (here.size < 0).any():  # a cap that a subsidy would hold does not bind
            binding[here.size.argmin()] = False
            here = problem.at(np.where(binding, here.size, 0.0), here)
        elif here.excess.max() > tolerance:
            binding[here.excess.argmax()] = True
        else:
            outer = np.abs(np.where(binding, here.excess, np.maximum(here.excess, 0.0))).max()
            return replace(
                here.found, wedge=tuple(np.expm1(here.size).tolist()), outer=float(outer)
            )
    problem.refuse_unreachable(binding)
    worst = int(here.excess.argmax())
    good = problem.goods[worst]
    raise NotConverged(
        f"{world.name}: the price caps were not met; {good.exporter} {good.sector} is "
        f"{np.expm1(here.excess[worst]):+.1e} from its cap. Try: one cap at a time, or a cap nearer to 1."
    )


@dataclass(frozen=True, eq=False)
class _Trial:
    """An equilibrium at some wedges ``log(1 + τ)``, and how far log prices are above their caps."""

    size: Array
    found: Equilibrium
    excess: Array

    def met(self, binding: Array, tolerance: float) -> bool:
        """Whether the prices that should be at their caps are."""
        return float(np.abs(self.excess[binding]).max(initial=0.0)) <= tolerance


class _Complementarity:
    """The equilibria at given wedges, and the wedges at which chosen caps bind exactly."""

    def __init__(self, world: World, policy: Policy, solve: Solver) -> None:
        self.goods = capped_goods(world, policy)
        self._world, self._policy, self._solve = world, policy, solve
        self._limit = np.log([good.cap for good in self.goods])
        self._cells = tuple(np.array([good.cell for good in self.goods]).T)

    def at(self, size: Array, near: _Trial | None = None) -> _Trial:
        """The equilibrium at wedges, started from a near one."""
        state = None if near is None else near.found.solution.value
        found = self._solve(with_wedges(self._world, self._policy, np.expm1(size)), state)
        return _Trial(size, found, found.point.log_cost[self._cells] - self._limit)

    def hold(self, here: _Trial, binding: Array, tolerance: float) -> _Trial:
        """Damped Newton steps towards prices at the binding caps; the last trial, met or not."""
        cells = np.flatnonzero(binding)
        for _ in range(_STEPS):
            if here.met(binding, tolerance):
                break
            step = np.zeros_like(here.size)
            slope = self._slope(here, cells)
            step[cells] = np.linalg.lstsq(slope, -here.excess[cells], rcond=None)[0]
            longest = np.abs(step).max()
            better = None
            if longest > 0:
                better = self._search(here, cells, step * min(1.0, _LONGEST / longest))
            if better is None:
                break
            here = better
        return here

    def _search(self, here: _Trial, cells: Array, step: Array) -> _Trial | None:
        """The longest of ever shorter steps that gets nearer; None if none does."""
        gap = np.abs(here.excess[cells]).max()
        for shorter in 0.5 ** np.arange(_HALVINGS):
            size = np.clip(here.size + shorter * step, -_PROHIBITIVE, _PROHIBITIVE)
            there = self.at(size, here)
            if np.abs(there.excess[cells]).max() < gap:
                return there
        return None

    def _slope(self, here: _Trial, cells: Array) -> Array:
        """Derivatives of the prices at binding caps with respect to their wedges, by differences."""
        slope = np.empty((len(cells), len(cells)))
        for column, cell in enumerate(cells):
            moved = here.size.copy()
            moved[cell] += _DIFFERENCE
            change = self.at(moved, here).excess - here.excess
            slope[:, column] = change[cells] / _DIFFERENCE
        return slope

    def refuse_unreachable(self, binding: Array) -> None:
        """Raise if a price is above its cap even when its capped buyers buy next to nothing.

        Raises:
            NoEquilibrium: Names the good.
        """
        floor = self.at(np.where(binding, _PROHIBITIVE, 0.0))
        worst = int(np.where(binding, floor.excess, -np.inf).argmax())
        if floor.excess[worst] > 0:
            good = self.goods[worst]
            raise NoEquilibrium(
                f"the price cap on {good.sector} from {good.exporter} ({good.cap:g} of the baseline price) "
                f"cannot be met: with hardly any purchases left its price is still "
                f"{good.cap * np.exp(floor.excess[worst]):.4f} of the baseline, as others buy and costs do "
                "not fall further. Fix: a higher cap, more buyers, or an embargo instead."
            )
