"""Times of a tariff war, of best duties and of a coalition's value on the packaged world.

``python benchmarks/games.py`` prints the table. The tariff war is that of all 80 economies of
``icio2022``, each with one rate on all goods it imports, from two starts, with the second-order check
of every player. The largest distance from a zero slope says how well each search ended.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

from common import table

import zollverein as zv
from zollverein.scenario import Tariff
from zollverein.testing import random_world

HEAD = ("question", "unknowns", "iterations", "seconds", "distance from a zero slope", "holds")
#: Members of the coalition that is valued, and its target.
MEMBERS = ("EU27", "USA", "GBR", "JPN", "KOR", "CAN", "AUS", "CHE", "NOR", "TUR")
TARGET = "CHN"


def tables(*, quick: bool = False) -> dict[str, str]:
    """Searches, and subsets a second of a coalition."""
    if quick:
        world, one, several, target = random_world(3), "C1", ("C1", "C2"), "C3"
        options: dict[str, Any] = {"trade_elasticity": 4.0, "engine": "numpy"}
    else:
        world, one, several, target = zv.load_world("icio2022"), "USA", MEMBERS, TARGET
        options = {"sectors": "goods"}
    rows = [_war(world, options)]
    rows += [_best(world, one, by, options) for by in ("uniform", "partner", "sector")]
    return {
        "games": table(HEAD, rows),
        "coalition": _coalition(world, several, target, quick=quick),
        "games-memory": table(("largest memory of this process, MB",), [(_memory(),)]),
    }


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return call(), time.perf_counter() - started


def _war(world: zv.World, options: dict[str, Any]) -> tuple[Any, ...]:
    found, took = _timed(lambda: zv.nash(world, **options))
    told = f"tariff war of {len(found.players)} economies"
    rates = len(found.rates)
    return told, rates, found.iterations, took, found.slope, str(found.is_equilibrium)


def _best(world: zv.World, country: str, by: str, options: dict[str, Any]) -> tuple[Any, ...]:
    found, took = _timed(lambda: zv.optimal_tariff(world, country, by=by, **options))
    steps, rates = int(found.starts["evaluations"].sum()), len(found.rates)
    told = f"best duties of {country}, {by}"
    return told, rates, steps, took, found.slope, str(found.is_maximum)


def _coalition(world: zv.World, members: tuple[str, ...], target: str, *, quick: bool) -> str:
    duty = Tariff(exporters="target", importers="members", add=0.2)
    keys: dict[str, Any] = {"trade_elasticity": 4.0, "workers": 1} if quick else {}
    found, took = _timed(lambda: zv.coalition(world, list(members), target, duty, **keys))
    count = len(found.subsets)
    row = (f"{len(members)} members", count, took, count / took, len(found.failures))
    return table(("coalition", "subsets", "seconds", "subsets a second", "failed"), [row])


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    for text in tables().values():
        print(text, "\n")
