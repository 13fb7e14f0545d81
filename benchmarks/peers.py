"""Our solver, the published algorithm and ``gegravity`` on the same problems, in one run.

``python benchmarks/peers.py`` prints the table. The many-sector problems are those of
``peer_problems.py``: on the data of Caliendo and Parro (2015) where they are at hand, else on a
synthetic world of the same size. ``gegravity`` has one sector, no inputs and no tariffs, so it
joins on a one-sector problem that all three can express. Each program runs in a process of its
own; every answer is judged by the same independent certificate.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import caliendo_parro_algorithm as published
import numpy as np
import peer_environment
import peer_problems as problems
from common import table
from memory import resident_peak
from threadpoolctl import threadpool_limits
from worlds import Case

import zollverein as zv
from zollverein.testing import make_policy

Array = np.ndarray
HEAD = (
    "problem and program",
    "tolerance",
    "ms",
    "iterations",
    "certificate",
    "apart from ours",
    "agrees",
    "peak MB",
)
#: A program asked for a tolerance may be this many times further from the exact real incomes.
SLACK = 10
#: Timed runs of a program that takes less than so many seconds; one run is enough beyond.
REPEATS, _LONG = 9, 0.5


@dataclass(frozen=True)
class Run:
    """One program on one problem; ``note`` in the place of numbers where it did not run."""

    problem: str
    program: str
    tolerance: float = float("nan")
    seconds: float = float("nan")
    iterations: str = "–"
    residual: float = float("nan")
    apart: float = float("nan")
    memory: float = float("nan")
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether its real incomes are ours, to its tolerance."""
        return bool(self.apart <= SLACK * self.tolerance)

    def row(self) -> tuple[Any, ...]:
        """Cells of the table."""
        said = self.note or ("yes" if self.agrees else "no")
        numbers = (self.tolerance, 1e3 * self.seconds, self.iterations, self.residual, self.apart)
        return (f"{self.problem}: {self.program}", *numbers, said, self.memory)


def tables(*, quick: bool = False) -> dict[str, str]:
    """The table in Markdown, and the agreement in a sentence."""
    runs = list(compare(quick=quick))
    ran = [run for run in runs if np.isfinite(run.apart) and not run.note]
    apart = [f"{run.program} on {run.problem}" for run in ran if not run.agrees]
    aside = sum(bool(run.note) for run in runs)
    said = f"All {len(ran)} answers to the same problem agree to their tolerances"
    said += f"; {aside} with a note in the table did not run or solves another." if aside else "."
    if apart:
        said = f"NOT the same numbers: {'; '.join(apart)}."
    return {"peers": f"{table(HEAD, (run.row() for run in runs))}\n\n{said}"}


def compare(*, quick: bool = False) -> Iterator[Run]:
    """Every program on every problem it can express."""
    size = (6, 4) if quick else (31, 40)
    cases = problems.many_sectors(*size)
    for name, case in cases.items():
        truth = incomes(case, case.solve(tolerance=1e-12))
        yield _ours(name, case, truth)
        yield _published(name, case, truth, 1e-7)
    study = None if quick or "synthetic" in "".join(cases) else next(iter(cases.values())).world
    case = problems.one_sector(size[0], study)
    name = f"one sector ({len(case.world.countries)} countries)"
    truth = incomes(case, case.solve(tolerance=1e-12))
    yield _ours(name, case, truth)
    yield _published(name, case, truth, 1e-7)
    if not quick:
        yield from _gegravity(name, case, truth)


def incomes(case: Case, result: zv.Result) -> Array:
    """Change of real income of a result, without the package's own measures."""
    old, new = result.before.data, result.after.data
    price = new["price_index"].values / old["price_index"].values
    wage = new["wage"].values / old["wage"].values
    duties = (new["tariff"] * new["trade_flow"]).sum(("exporter", "sector")).values
    return problems.real_income(case, wage, price, duties)


def _apart(real: Array, truth: Array) -> float:
    return float(np.abs(real / truth - 1).max())


def _ours(name: str, case: Case, truth: Array, tolerance: float = 1e-10) -> Run:
    spent, (result, memory) = _alone(_solve_ours, case, tolerance)
    real = incomes(case, result)
    return Run(
        name,
        "Zollverein",
        tolerance,
        spent,
        str(result.iterations),
        zv.verify(result).residual,
        _apart(real, truth),
        memory,
    )


def _solve_ours(case: Case, tolerance: float) -> zv.Result:
    return case.solve(replace(case.policy), tolerance=tolerance)


def _published(name: str, case: Case, truth: Array, tolerance: float) -> Run:
    given = problems.shares_of(case)
    spent, (found, memory) = _alone(published.solve, given, tolerance)
    flow = found.trade / (1 + given.tariff) * found.spending
    duties = (given.tariff * flow).sum(axis=(0, 2))
    real = problems.real_income(case, found.wage_hat, found.price_hat, duties)
    return Run(
        name,
        "published algorithm",
        tolerance,
        spent,
        f"{found.rounds} ({found.price_rounds} of prices)",
        problems.judged(case, found.wage_hat, found.price_hat, found.trade, found.spending),
        _apart(real, truth),
        memory,
    )


def _gegravity(name: str, case: Case, truth: Array) -> Iterator[Run]:
    """The problem of the others, then its own, in which each country's nominal output stays.

    Its own problem is ours with endowments divided by its factory-gate prices.
    """
    program = f"gegravity {peer_environment.VERSION}"
    inputs = {
        "flow": case.world.data["trade_flow"].values[:, :, 0],
        "cost_hat": case.policy.cost_hat.values[:, :, 0],
        "theta": case.elasticity.values[0],
    }
    answers = peer_environment.run_gegravity(inputs)
    if isinstance(answers, str):
        yield Run(name, program, note=f"not run: {answers}")
        return
    again = answers["repeated"]
    wage, price = np.array(again["wage"]), np.array(again["price"])[:, None]
    ratio = problems.real_income(case, wage, price) / truth
    yield _of_gegravity(name, f"{program}, its last step repeated", case, again, wage, ratio)
    shipped = answers["as_shipped"]
    gate, price = np.array(shipped["wage"]), np.array(shipped["price"])[:, None]
    ratio = problems.real_income(case, gate, price) / truth
    first = _of_gegravity(name, program, case, shipped, gate, ratio)
    yield replace(first, note="no: outputs held")
    cost = case.policy.cost_hat.values
    held = replace(
        case, policy=make_policy(case.world, cost_hat=cost, productivity_hat=1 / gate[:, None])
    )
    wage = np.ones_like(gate)
    same = incomes(held, held.solve(tolerance=1e-12))
    ratio = problems.real_income(held, wage, price) / same
    yield _of_gegravity(f"{name}, outputs held", program, held, shipped, wage, ratio)


def _of_gegravity(
    name: str, program: str, case: Case, answer: dict[str, Any], wage: Array, ratio: Array
) -> Run:
    """Shares follow from its prices, spending from its incomes."""
    given = problems.shares_of(case)
    price = np.array(answer["price"])[:, None]
    cost = wage[:, None] / case.policy.productivity_hat.values
    trade = given.trade * (given.cost_hat * cost[:, None, :] / price) ** -given.theta
    spending = (wage * given.value_added)[:, None]
    return Run(
        name,
        program,
        1e-10,
        answer["seconds"],
        f"{answer['rounds']} ({answer['evaluations']} evaluations)",
        problems.judged(case, wage, price, trade, spending),
        float(np.abs(ratio - 1).max()),
        answer["memory"],
    )


def _alone(
    solve: Callable[[Any, float], Any], given: Any, tolerance: float
) -> tuple[float, tuple[Any, float]]:
    """Median seconds, and the answer with its peak memory, in a fresh process."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(_measure, solve, given, tolerance).result()


def _measure(
    solve: Callable[[Any, float], Any], given: Any, tolerance: float
) -> tuple[float, tuple[Any, float]]:
    """One BLAS thread. The first run counts only where it is long beside loading what it needs."""
    spent = []

    def timed() -> Any:
        started = time.perf_counter()
        answer = solve(given, tolerance)
        spent.append(time.perf_counter() - started)
        return answer

    with threadpool_limits(limits=1):
        found = resident_peak(timed)
        if spent[0] < _LONG:
            spent.clear()
            for _ in range(REPEATS):
                timed()
    return statistics.median(spent), found


if __name__ == "__main__":
    for text in tables().values():
        print(text)
