"""1,500 random problems: each is solved and certified, or refused for an economic reason.

A refusal is put to a second test: with the whole policy in place from the start, balances grow from
zero to what the closure asks for. No refused problem may be solved that way.

Worlds of 2 to 44 countries and 1 to 24 sectors with elasticities from 1.1 to 25, zeros, duties and
deficits, each under the fourteen shocks below. Run ``python benchmarks/robustness.py`` for the
table of docs/robustness.md; a part of it runs as a test.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

import zollverein as zv
from zollverein.choices import choose_parameters
from zollverein.errors import NoEquilibrium, NotConverged
from zollverein.models.differentiable import DifferentiableSystem
from zollverein.models.equilibrium import sensible
from zollverein.simulation import pose
from zollverein.solver import chain
from zollverein.testing import make_policy, random_world

#: Largest residual of the independent certificate.
CERTIFIED = 1e-9
WORLDS = 108


class Outcome(NamedTuple):
    """What became of one problem."""

    world: int
    shock: str
    status: str  # link of the chain, or the reason of the refusal
    residual: float
    seconds: float
    message: str = ""


def world_of(seed: int) -> tuple[zv.World, xr.DataArray]:
    """A random world and its elasticities."""
    rng = np.random.default_rng(10_000 + seed)
    countries, sectors = int(rng.integers(2, 45)), int(rng.integers(1, 25))
    world = random_world(
        seed,
        countries=countries,
        sectors=sectors,
        zeros=bool(rng.random() < 0.7),
        openness=float(rng.choice([0.02, 0.1, 0.3, 0.6])),
    )
    theta = np.exp(rng.uniform(np.log(1.1), np.log(25), sectors))
    return world, xr.DataArray(theta, coords={"sector": list(world.sectors)}, dims="sector")


def _costs(world: zv.World, factor: Any) -> zv.Policy:
    """A change of every cross-border iceberg cost."""
    cost = np.ones(world.data["tariff"].shape) * factor
    diagonal = np.arange(len(cost))
    cost[diagonal, diagonal] = 1.0
    return make_policy(world, cost_hat=cost)


def _tariffs(world: zv.World, points: float) -> zv.Policy:
    """Points added to every duty; a subsidy never takes one below -90 %."""
    tariff = np.maximum(world.data["tariff"].values + points, -0.9)
    diagonal = np.arange(len(tariff))
    tariff[diagonal, diagonal] = 0.0
    return make_policy(world, tariff=tariff)


def _bloc(world: zv.World) -> zv.Policy:
    """A third of the countries halve no duty but drop them all among themselves."""
    members = np.arange(max(2, len(world.countries) // 3))
    tariff = world.data["tariff"].values.copy()
    cost = np.ones_like(tariff)
    tariff[np.ix_(members, members)] = 0.0
    cost[np.ix_(members, members)] = 1 / 1.1
    diagonal = np.arange(len(cost))
    cost[diagonal, diagonal] = 1.0
    return make_policy(world, tariff=tariff, cost_hat=cost)


def _random_costs(spread: float) -> Callable[[zv.World], zv.Policy]:
    def policy(world: zv.World) -> zv.Policy:
        rng = np.random.default_rng(len(world.countries) * 100 + len(world.sectors))
        return _costs(world, np.exp(rng.normal(0, spread, world.data["tariff"].shape)))

    return policy


SHOCKS: dict[str, Callable[[zv.World], zv.Policy]] = {
    "bloc": _bloc,
    "tariffs +25 %": lambda world: _tariffs(world, 0.25),
    "tariffs +200 %": lambda world: _tariffs(world, 2.0),
    "tariffs +1000 %": lambda world: _tariffs(world, 10.0),
    "balanced trade": zv.Policy.neutral,
    "random costs, s.d. 0.5": _random_costs(0.5),
    "random costs, s.d. 1": _random_costs(1.0),
    "costs × 0.5": lambda world: _costs(world, 0.5),
    "costs × 0.1": lambda world: _costs(world, 0.1),
    "costs × 3": lambda world: _costs(world, 3.0),
    "costs × 10": lambda world: _costs(world, 10.0),
    "costs × 100": lambda world: _costs(world, 100.0),
    "import subsidy 10 %": lambda world: _tariffs(world, -0.1),
    "import subsidy 30 %": lambda world: _tariffs(world, -0.3),
}


def attempt(seed: int, shock: str, world: zv.World, theta: xr.DataArray) -> Outcome:
    """Solve and certify one problem; anything but a deliberate refusal is an error."""
    closure = "zero" if shock == "balanced trade" else "share_of_world"
    policy = SHOCKS[shock](world)
    started = time.perf_counter()
    try:
        result = zv.simulate(world, policy, trade_elasticity=theta, closure=closure)
    except NoEquilibrium as error:
        took = time.perf_counter() - started
        status = "refused wrongly" if another_route(world, policy, theta, closure) else "refused"
        return Outcome(seed, shock, status, 0.0, took, str(error))
    except NotConverged as error:
        took = time.perf_counter() - started
        return Outcome(seed, shock, "not converged", np.inf, took, str(error))
    took = time.perf_counter() - started
    return Outcome(seed, shock, result.convergence.method, zv.verify(result).residual, took)


def another_route(world: zv.World, policy: zv.Policy, theta: xr.DataArray, closure: str) -> bool:
    """Whether balances that grow from zero under the whole policy arrive at an equilibrium."""
    parameters = choose_parameters(world, policy, closure=closure, trade_elasticity=theta)
    problem = pose(world, policy, parameters)
    with np.errstate(all="ignore"):
        _, reached = chain.continuation(
            lambda part: DifferentiableSystem(replace(problem, deficit=part * problem.deficit)),
            1e-10,
            lambda equations, state: sensible(equations.evaluate(state)),
        )
    return reached >= 1


def outcomes(worlds: int, shocks: tuple[str, ...] = tuple(SHOCKS)) -> Iterator[Outcome]:
    """Every shock on each of so many worlds."""
    for seed in range(worlds):
        world, theta = world_of(seed)
        for shock in shocks:
            yield attempt(seed, shock, world, theta)


def table(found: list[Outcome]) -> str:
    """Counts by shock and by what became of the problem, as Markdown."""
    statuses = ("anderson", "newton", "continuation", "refused", "refused wrongly", "not converged")
    lines = [
        "| shock | " + " | ".join(statuses) + " | largest certified residual | slowest, s |",
        "|---|" + "---|" * (len(statuses) + 2),
    ]
    for shock in (*SHOCKS, "all"):
        rows = [row for row in found if shock in (row.shock, "all")]
        counts = Counter(row.status for row in rows)
        solved = [row.residual for row in rows if row.status in statuses[:3]]
        cells = [str(counts[status]) for status in statuses]
        worst, slowest = max(solved, default=0.0), max(row.seconds for row in rows)
        lines.append(f"| {shock} | " + " | ".join(cells) + f" | {worst:.0e} | {slowest:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, then every refusal's message."""
    found = []
    for row in outcomes(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS):
        found.append(row)
        if row.message:
            print(f"{row.world} {row.shock}: {row.message[:300]}", file=sys.stderr)
    print(table(found))


if __name__ == "__main__":
    main()
