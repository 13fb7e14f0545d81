"""Simulations a second of ``simulate_many``, by engine and number of worker processes.

``python benchmarks/batch.py`` prints the table: one policy under draws of the trade elasticities
(every draw raises all costs to new powers), and many scenarios under one elasticity. *Steady* is the
second half of the batch, without what happens once: finding how countries as wholes respond, starting
the workers, sending them the world, compiling. *Passes* is the time of a worker for one simulation
over that of reading the matrices once, which makes machines comparable; *apart* is the largest
difference from simulations made one at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import xarray as xr
from common import memory_pass, processor, table
from speed import matrices
from worlds import Case, elasticities, gravity_world, make_case

import zollverein as zv
from zollverein.gradients import solved
from zollverein.models.fast import available

HEAD = (
    "batch",
    "engine",
    "workers",
    "evaluations",
    "a second, steady",
    "passes",
    "with start",
    "apart",
)


def tables(*, quick: bool = False) -> dict[str, str]:
    """Throughput of both kinds of batch."""
    size, count, every = ((6, 4), 24, 4) if quick else ((77, 45), 960, 40)
    case = make_case(gravity_world(*size), "bloc")
    engines = ["numpy", "fast"] if available() else ["numpy"]
    once = memory_pass(matrices(solved(case.solve()).problem))
    rows = []
    for told, many in (("draws of θ", draws(case, count)), ("scenarios", scenarios(case, count))):
        alone = np.array([next(iter(many("numpy", 1, [k]))) for k in range(0, count, every)])
        for engine in engines:
            list(many(engine, 1, range(4)))
            for workers in (1,) if quick else (1, 2):
                found, steady, whole = _timed(many(engine, workers, range(count)))
                apart = float(np.abs(found[::every, 1:] - alone[:, 1:]).max())
                passes, evaluations = workers / steady / once, float(found[:, 0].mean())
                row = told, engine, workers, evaluations, steady, passes, whole, apart
                rows.append(row)
    world = f"World {size[0]} × {size[1]}, scenario *bloc*, {count} solves in each batch"
    world = f"{world}; {processor()}, a pass of {1e3 * once:.3f} ms."
    return {"batch": f"{world}\n\n{table(HEAD, rows)}"}


#: Engine, workers and which members of the batch -> outcomes in order.
Batch = Callable[[str, int, Iterable[int]], Iterable[Any]]


def draws(case: Case, count: int) -> Batch:
    """Draws of the elasticities around those of the case, log standard deviation 0.15."""
    base = elasticities(len(case.world.sectors))
    spread = np.random.default_rng(7).normal(0, 0.15, (count, base.size))
    coords = {"sector": base.indexes["sector"]}
    drawn = xr.DataArray(base.values * np.exp(spread), coords, ("draw", "sector"))

    def many(engine: str, workers: int, which: Iterable[int]) -> Iterable[Any]:
        return zv.simulate_many(
            case.world,
            case.policy,
            trade_elasticity=drawn.isel(draw=list(which)),
            closure=case.closure,
            measure=real_wages,
            workers=workers,
            engine=engine,
        )

    return many


def scenarios(case: Case, count: int) -> Batch:
    """Barriers of all sizes between the bloc and the others, as scenario documents."""
    names = list(case.world.countries)
    inside = names[: len(names) // 3]
    between = {"exporters": inside, "importers": names[len(inside) :], "both_directions": True}

    def scenario(k: int) -> zv.Scenario:
        barrier = {"kind": "barrier", "add": 0.02 + 0.2 * k / count, **between}
        return zv.Scenario.from_dict({"name": f"barrier {k}", "measures": [barrier]})

    def many(engine: str, workers: int, which: Iterable[int]) -> Iterable[Any]:
        return zv.simulate_many(
            case.world,
            [scenario(k) for k in which],
            trade_elasticity=case.elasticity,
            closure=case.closure,
            measure=real_wages,
            workers=workers,
            engine=engine,
        )

    return many


def real_wages(result: zv.Result) -> np.ndarray:
    """Evaluations, wages and price indices, without the labelled world: what a batch should ask for."""
    found: Any = result.counterfactual
    return np.concatenate(([result.iterations], found.wage_hat, found.price_hat.mean(axis=0)))


def _timed(outcomes: Iterable[Any]) -> tuple[np.ndarray, float, float]:
    """All outcomes, and how many a second: in the second half, and from the beginning."""
    started = time.perf_counter()
    found, when = [], []
    for outcome in outcomes:
        found.append(outcome)
        when.append(time.perf_counter())
    first = len(found) // 2
    steady = (len(found) - first - 1) / (when[-1] - when[first])
    return np.array(found), steady, len(found) / (when[-1] - started)


if __name__ == "__main__":
    for text in tables().values():
        print(text)
