"""Time of one simulation, cold start, by size and scenario, beside a pass over its matrices.

``python benchmarks/speed.py`` prints the table. A simulation starts from a policy that was never
seen before: which cells it touches, the matrices, the solve and the Result are all in its time.
What is not: building the policy, the labelled world afterwards (made when asked for), and the
calibration of the world (once for each world).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from common import ROOT, memory_pass, seconds, table
from worlds import SCENARIOS, SIZES, Case, gravity_world, make_case

import zollverein as zv
from zollverein.arrays import to_baseline
from zollverein.models.fast import available
from zollverein.models.problem import Problem
from zollverein.parameters import Parameters
from zollverein.simulation import pose

HEAD = ("size and scenario", "ms", "preparation", "evaluations", "residual", "pass", "passes")
#: Limits in ms: what the design asks for.
LIMITS = {(31, 40): 6.0, (44, 56): 8.0, (77, 45): 12.0, (189, 26): 30.0, (160, 65): 80.0}
SLOWEST = ("size", "slowest scenario, ms", "at most, ms", "of that", "passes", "with `fast`, ms")


def tables(*, quick: bool = False) -> dict[str, str]:
    """All sizes and scenarios, and the slowest of each size beside its limit."""
    rows, slowest = [], []
    repeats = 2 if quick else 9
    for size in ((10, 6),) if quick else SIZES:
        world = gravity_world(*size)
        cases = [make_case(world, name) for name in SCENARIOS]
        found = [measure(case, repeats) for case in cases]
        label = f"{size[0]} × {size[1]}"
        rows += [(f"{label} {name}", *row) for name, row in zip(SCENARIOS, found, strict=True)]
        most = max(found)
        limit = LIMITS.get(size)
        part = f"{most[0] / limit:.0%}" if limit else None
        compiled = _compiled(cases[found.index(most)], repeats)
        slowest.append((label, most[0], limit, part, most[-1], compiled))
    text = table(HEAD, rows)
    return {
        "speed-limits": table(SLOWEST, slowest),
        "speed": text,
        "icio2022": _packaged(1 if quick else 9),
    }


def measure(case: Case, repeats: int) -> tuple[Any, ...]:
    """Milliseconds in all and of preparation, evaluations, residual, one pass in ms, and the ratio."""
    to_baseline(case.world)
    total = seconds(case.solve, lambda: replace(case.policy), repeats)
    parameters = Parameters("caliendo_parro", case.closure, case.elasticity, "", 1e-10)

    def prepare(policy: zv.Policy) -> Problem:
        return pose(case.world, policy, parameters)

    preparation = seconds(prepare, lambda: replace(case.policy), repeats)
    once = memory_pass(matrices(prepare(case.policy)))
    result = case.solve()
    return (
        1e3 * total,
        1e3 * preparation,
        result.iterations,
        result.residual,
        1e3 * once,
        total / once,
    )


def _compiled(case: Case, repeats: int) -> float:
    """Milliseconds with the compiled engine; NaN where it is not installed."""
    if not available():
        return float("nan")
    fresh = partial(replace, case.policy)
    return 1e3 * seconds(partial(case.solve, engine="fast"), fresh, repeats)


def matrices(problem: Problem) -> tuple[Any, ...]:
    """What every evaluation must read: the trade matrices and the input shares."""
    return problem.weight, problem.fob, problem.factory, problem.base.input_share


def _packaged(repeats: int) -> str:
    """What one simulation of the packaged world costs, step by step."""
    world = zv.load_world("icio2022")
    scenario = zv.read_scenario(ROOT / "examples" / "union-under-sanctions.toml")
    policy = scenario.policy(world)

    def solve(made: zv.Policy) -> zv.Result:
        return zv.simulate(world, made)

    def timed(call: Callable[[Any], Any], fresh: Callable[[], Any]) -> float:
        return 1e3 * seconds(call, fresh, repeats)

    steps = {
        "scenario to policy": timed(lambda made: made.policy(world), lambda: scenario),
        "policy to `Result`": timed(solve, lambda: replace(policy)),
        "`simulate` in all": timed(lambda made: zv.simulate(world, made), lambda: scenario),
        "then `result.after`": timed(lambda result: result.after, lambda: solve(policy)),
        "then `result.table()`, `after` in it": timed(
            lambda result: result.table(), lambda: solve(policy)
        ),
        "`verify(result)`": timed(zv.verify, lambda: solve(policy)),
    }
    size = f"{len(world.countries)} × {len(world.sectors)}"
    told = f"{world.name}, {size}, {solve(policy).iterations} evaluations"
    return table((told, "ms"), steps.items())


if __name__ == "__main__":
    for text in tables().values():
        print(text, "\n")
