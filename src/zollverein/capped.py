"""Price caps: the wedges at which no exporter sells above its cap (complementarity).

For each capped exporter and sector, the buyers' wedge τ and the change ĉ of the price satisfy
``τ >= 0``, ``ĉ <= cap`` and ``τ (cap - ĉ) = 0``. Newton steps in ``log(1 + τ)``, each to the solution
of the linear complementarity problem with the slopes of prices. Each trial is one equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from zollverein.counterfactual import cap_rent
from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.policy import Policy, owned
from zollverein.world import World

#: Solves a policy, starting from a state.
Solver = Callable[[Policy, Array | None], Equilibrium]

#: Longest change of ``log(1 + τ)`` in a step, and the value at which trade has all but stopped.
_LONGEST, _PROHIBITIVE = 1.0, 8.0
#: Newton steps, halvings of one, and the change of a wedge in a difference quotient.
_STEPS, _HALVINGS, _DIFFERENCE = 30, 8, 1e-4
#: A log price this far below its cap is left out of a step.
_FAR = 0.2
#: Pivots allowed for each cap, and what counts as negative beside rounding.
_PIVOTS, _NEGATIVE = 20, 1e-13


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
    return policy.changed(import_rent=owned(like, added).rename("import_rent"))


def find_capped(world: World, policy: Policy, solve: Solver, tolerance: float) -> Equilibrium:
    """The equilibrium at which every cap holds.

    Raises:
        NoEquilibrium: If a price stays above its cap whatever the buyers pay.
        NotConverged: If the wedges are not found.
    """
    problem = _Complementarity(world, policy, solve, tolerance)
    free = _lowest(problem.goods)
    here = problem.settle(problem.at(np.zeros(len(free))), free)
    if here.gap(free) > tolerance:
        here = problem.without_one(here, free)
    if here.gap(free) <= tolerance:
        wedge = np.expm1(np.where(here.excess < -tolerance, 0.0, here.size))
        return replace(here.found, wedge=tuple(wedge.tolist()), outer=here.gap(free))
    for above in np.argsort(-here.excess)[: int((here.excess > tolerance).sum())]:
        problem.refuse_unreachable(here, int(above))
    worst = int(here.excess.argmax())
    good = problem.goods[worst]
    raise NotConverged(
        f"{world.name}: the price caps were not met; {good.exporter} {good.sector} is "
        f"{np.expm1(here.excess[worst]):+.1e} from its cap. Try: one cap at a time, or a cap nearer to 1."
    )


def _lowest(goods: list[Capped]) -> Array:
    """Which caps can bind: of several on one good, which has one price, the (first) lowest."""
    order = sorted(range(len(goods)), key=lambda k: goods[k].cap)
    first = {goods[k].cell: k for k in reversed(order)}
    return np.isin(np.arange(len(goods)), list(first.values()))


@dataclass(frozen=True, eq=False)
class _Trial:
    """An equilibrium at some wedges ``log(1 + τ)``, and how far log prices are above their caps."""

    size: Array
    found: Equilibrium
    excess: Array

    def gap(self, free: Array) -> float:
        """How far the free wedges are from complementarity."""
        return float(np.abs(np.minimum(self.size, -self.excess)[free]).max(initial=0.0))


class _Complementarity:
    """The equilibria at given wedges, and the wedges at which caps hold."""

    def __init__(self, world: World, policy: Policy, solve: Solver, tolerance: float) -> None:
        self.goods = capped_goods(world, policy)
        self._world, self._policy, self._solve = world, policy, solve
        self._tolerance = tolerance
        self._limit = np.log([good.cap for good in self.goods])
        self._cells = tuple(
            np.array([good.cell for good in self.goods], dtype=int).reshape(-1, 2).T
        )

    def at(self, size: Array, near: _Trial | None = None) -> _Trial:
        """The equilibrium at wedges, started from a near one."""
        state = None if near is None else near.found.solution.value
        found = self._solve(with_wedges(self._world, self._policy, np.expm1(size)), state)
        return _Trial(size, found, found.point.log_cost[self._cells] - self._limit)

    def settle(self, here: _Trial, free: Array) -> _Trial:
        """Damped Newton steps, each to where caps hold if prices were linear; the others stay.

        Josephy's method: a linear complementarity problem says which caps bind. Goods far below
        their cap are left out of it until they are not.
        """
        for _ in range(_STEPS):
            if here.gap(free) <= self._tolerance:
                break
            cells = np.flatnonzero(free & ((here.size > 0) | (here.excess > -_FAR)))
            slope = self._slope(here, cells)
            wanted = linear_complementarity(-slope, slope @ here.size[cells] - here.excess[cells])
            step = np.where(free, -here.size, 0.0)
            step[cells] = np.clip(wanted, 0.0, _PROHIBITIVE) - here.size[cells]
            longest = np.abs(step).max()
            better = None
            if longest > 0:
                better = self._search(here, free, step * min(1.0, _LONGEST / longest))
            if better is None:
                break
            here = better
        return here

    def without_one(self, here: _Trial, free: Array) -> _Trial:
        """The nearest trial in which one of the wedges is zero.

        Where prices move together, the path to the caps that bind leads through worse ones.
        """
        best = here
        for cell in np.flatnonzero(here.size > 0):
            others = free.copy()
            others[cell] = False
            there = self.settle(self.at(np.where(others, here.size, 0.0), here), others)
            best = min(best, there, key=lambda trial: trial.gap(free))
            if best.gap(free) <= self._tolerance:
                break
        return best

    def _search(self, here: _Trial, free: Array, step: Array) -> _Trial | None:
        """The longest of ever shorter steps that gets nearer; None if none does."""
        for shorter in 0.5 ** np.arange(_HALVINGS):
            there = self.at(here.size + shorter * step, here)
            if there.gap(free) < here.gap(free):
                return there
        return None

    def _slope(self, here: _Trial, cells: Array) -> Array:
        """Derivatives of the prices of some goods with respect to their wedges, by differences."""
        slope = np.empty((len(cells), len(cells)))
        for column, cell in enumerate(cells):
            moved = here.size.copy()
            moved[cell] += _DIFFERENCE
            change = self.at(moved, here).excess - here.excess
            slope[:, column] = change[cells] / _DIFFERENCE
        return slope

    def refuse_unreachable(self, here: _Trial, cell: int) -> None:
        """Raise if a good's price is above its cap even when its capped buyers buy next to nothing.

        All other caps hold, as far as they can, while the purchases of this good are stopped.

        Raises:
            NoEquilibrium: Names the good.
        """
        free = _lowest(self.goods)
        free[cell] = False
        floor = self.settle(self.at(np.where(free, here.size, _PROHIBITIVE), here), free)
        if floor.excess[cell] > 0:
            good = self.goods[cell]
            raise NoEquilibrium(
                f"the price cap on {good.sector} from {good.exporter} ({good.cap:g} of the baseline price) "
                f"cannot be met: with hardly any purchases left its price is still "
                f"{good.cap * np.exp(floor.excess[cell]):.4f} of the baseline, as others buy and costs do "
                "not fall further. Fix: a higher cap, more buyers, or an embargo instead."
            )


def linear_complementarity(matrix: Array, constant: Array) -> Array:
    """``z >= 0`` with ``w = matrix z + constant >= 0`` and ``z w = 0``.

    Murty's least-index pivoting (1974, Linear Algebra and its Applications 9), which ends at the
    only solution where principal minors are positive; elsewhere at the last basis tried.
    """
    size = len(constant)
    basis = np.zeros(size, dtype=bool)
    solution = np.zeros(size)
    for _ in range(_PIVOTS * (size + 1)):
        solution = np.zeros(size)
        if basis.any():
            block = matrix[np.ix_(basis, basis)]
            solution[basis] = np.linalg.lstsq(block, -constant[basis], rcond=None)[0]
        slack = matrix @ solution + constant
        wrong = np.where(basis, solution, slack) < -_NEGATIVE * (1 + np.abs(constant))
        if not wrong.any():
            break
        first = int(wrong.argmax())
        basis[first] = not basis[first]
    return solution
