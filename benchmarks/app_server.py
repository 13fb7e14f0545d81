"""Latency of the live app's server: one hand on a slider, and twenty.

``python benchmarks/app_server.py`` prints the tables. Each client moves its own slider without a
pause: it sends the next position when the last answer is there, over a real connection to a real
server with two workers. No two requests are the same, so that nothing comes from the cache.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from common import table

#: Example whose first barrier the slider moves, and the small world's stand-in for it.
EXAMPLE = "union-under-sanctions"
TOY: dict[str, Any] = {
    "measures": [{"kind": "barrier", "exporters": "HOM", "importers": "PAR", "add": 0.1}]
}
CLIENTS = (1, 20)
#: Numbers every slider's owner, so that no two ask the same.
_OWNERS = itertools.count()


@contextmanager
def server(world: str) -> Iterator[str]:
    """The address of a server on a free port, its workers ready."""
    import httpx

    from zollverein.app.limits import Limits
    from zollverein.app.server import create_app
    from zollverein.app.serving import in_background

    with in_background(create_app(Limits(), worlds={world: world})) as address:
        for _ in range(4):  # both workers have loaded the world
            httpx.post(f"{address}/api/simulate", json={"scenario": {}}, timeout=120)
        yield address


def document(scenario: dict[str, Any], owner: int, step: int) -> dict[str, Any]:
    """The scenario at one position of one owner's slider; all positions differ."""
    measures = [dict(measure) for measure in scenario["measures"]]
    moved = next(measure for measure in measures if "add" in measure)
    moved["add"] = 0.05 + 0.002 * (step % 100) + 1e-5 * owner + 1e-8 * step
    return {**scenario, "measures": measures}


def hold(
    address: str, scenario: dict[str, Any], until: float, *, full: bool
) -> list[tuple[float, float]]:
    """Seconds until each answer, and of these the milliseconds of the solve."""
    import httpx

    found, owner = [], next(_OWNERS)
    with httpx.Client(base_url=address, timeout=120) as http:
        for step in itertools.count():
            body = {
                "scenario": document(scenario, owner, step),
                "token": f"owner {owner}",
                "full": full,
                "focus": None,
            }
            started = time.perf_counter()
            answer = http.post("/api/simulate", json=body)
            found.append((time.perf_counter() - started, solve_of(answer)))
            if time.perf_counter() >= until:
                break
    return found


def solve_of(answer: Any) -> float:
    """Milliseconds of the solve; an answer that is none ends the benchmark."""
    answer.raise_for_status()
    return float(answer.json()["certificate"]["milliseconds"])


def measure(
    address: str, scenario: dict[str, Any], clients: int, seconds: float, *, full: bool
) -> list[Any]:
    """A row: answers each second, latency in milliseconds, and the solve's part of it."""
    until = time.perf_counter() + seconds
    found: list[tuple[float, float]] = []

    def run() -> None:
        found.extend(hold(address, scenario, until, full=full))

    threads = [threading.Thread(target=run) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(found) / (time.perf_counter() - started)
    waits = sorted(1e3 * wait for wait, _ in found)
    late = waits[min(len(waits) - 1, int(0.95 * len(waits)))]
    solve = statistics.median(milliseconds for _, milliseconds in found)
    return [rate, statistics.median(waits), late, solve]


def tables(*, quick: bool = False) -> dict[str, str]:
    """The tables by name."""
    from zollverein.app.facts import presets

    world = "toy" if quick else "icio2022"
    scenario = TOY if quick else next(p["scenario"] for p in presets() if p["id"] == EXAMPLE)
    seconds = 0.3 if quick else 15.0
    head = ("", "answers/s", "median, ms", "95th percentile, ms", "of it the solve, ms")
    rows = []
    with server(world) as address:
        for full in (False, True):
            for clients in CLIENTS:
                kind = "the whole answer" if full else "while dragging"
                who = "1 client" if clients == 1 else f"{clients} clients"
                rows.append(
                    (f"{kind}, {who}", *measure(address, scenario, clients, seconds, full=full))
                )
    return {"app_server": table(head, rows)}


if __name__ == "__main__":
    for name, text in tables(quick="--quick" in sys.argv).items():
        print(f"\n{name}\n\n{text}")
