"""Times of the questions asked of one scenario: attribution, uncertainty, ensemble.

``python benchmarks/answers.py`` prints the table: the 28 programmes of the examples attributed on the
packaged world, 1,000 draws, every model and closure one at a time. Memory is the largest of this
process and of one of its workers. Each row also says how far the answer is from a check of its own:
parts that add up, the central draw inside its band, the first run equal to a plain simulation.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

from common import ROOT, table

import zollverein as zv
from zollverein.scenario import Barrier, Scenario, Tariff

HEAD = ("question", "size", "workers", "seconds", "largest process, MB", "check")


def tables(*, quick: bool = False) -> dict[str, str]:
    """Seconds and memory of each question."""
    world, scenario, outcome, draws = _small() if quick else _packaged()
    workers = 1 if quick else 2
    more: dict[str, Any] = {"elasticity_spread": 0.2} if quick else {}
    few = {"models": ["ces"], "elasticities": ["U4"]} if quick else {}
    rows = [
        _timed(
            "attribution",
            f"{len(scenario.parts())} parts",
            workers,
            lambda: zv.attribute(world, scenario, outcome, workers=workers),
            lambda found: abs(found.remainder / found.total),
        ),
        _timed(
            "uncertainty",
            f"{draws} draws",
            workers,
            lambda: zv.uncertainty(
                world, scenario, outcome, draws=draws, decompose=0, workers=workers, **more
            ),
            lambda found: _outside(found.table().iloc[0]),
        ),
        _timed(
            "ensemble",
            "one switch at a time",
            workers,
            lambda: zv.ensemble(world, scenario, outcome, workers=workers, **few),
            lambda found: abs(_plain(world, scenario, outcome) - found.table().iloc[0, -1]),
        ),
    ]
    return {"answers": table(HEAD, rows)}


def _packaged() -> tuple[zv.World, Scenario, str, int]:
    scenario = zv.read_scenario(ROOT / "examples" / "union-28-programmes.toml")
    return zv.load_world("icio2022"), scenario, "real_income BLR", 1000


def _small() -> tuple[zv.World, Scenario, str, int]:
    scenario = Scenario(
        measures=(
            Tariff(name="duty", exporters="RST", importers="HOM", set=0.0),
            Barrier(name="market", exporters="HOM", importers="PAR", remove=0.1),
        )
    )
    return zv.load_world("toy"), scenario, "real_income HOM", 20


def _timed(
    question: str,
    size: str,
    workers: int,
    ask: Callable[[], Any],
    check: Callable[[Any], float],
) -> tuple[Any, ...]:
    started = time.perf_counter()
    found = ask()
    seconds = time.perf_counter() - started
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    memory = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    return question, size, workers, seconds, memory, check(found)


def _outside(row: Any) -> float:
    """How far the median is outside the band, in percent; zero unless something is wrong."""
    return float(max(row["low_pct"] - row["median_pct"], row["median_pct"] - row["high_pct"], 0.0))


def _plain(world: zv.World, scenario: Scenario, outcome: str) -> float:
    country = outcome.split()[1]
    return float(zv.simulate(world, scenario).table()["real_income_pct"].to_dict()[country])


if __name__ == "__main__":
    for text in tables().values():
        print(text)
