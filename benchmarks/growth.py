"""How time and memory grow with countries N and sectors S, with fitted laws.

``python benchmarks/growth.py`` prints the table and the laws: cost of one evaluation of the
system, preparation of a scenario, and peak memory, each by least squares on relative errors with
coefficients that may not be negative. The scenario is the tariff war, which touches every flow
of goods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from common import last_cache_mb, seconds, table
from memory import peak_bytes
from threadpoolctl import threadpool_limits
from worlds import Case, gravity_world, make_case

from zollverein.models.equilibrium import find_equilibrium
from zollverein.parameters import Parameters
from zollverein.simulation import pose

#: From a small region to the size of GLORIA, the largest public table.
SIZES = (
    (10, 10),
    (20, 20),
    (20, 60),
    (31, 40),
    (40, 20),
    (44, 56),
    (60, 30),
    (77, 45),
    (80, 50),
    (100, 80),
    (120, 20),
    (120, 100),
    (160, 65),
    (189, 26),
    (180, 90),
    (200, 50),
    (200, 80),
    (200, 120),
)
QUICK = ((5, 3), (6, 8), (10, 4), (12, 6), (8, 12))
HEAD = (
    "N × S",
    "`simulate`, ms",
    "preparation",
    "solve",
    "evaluations",
    "µs each",
    "fitted",
    "peak MB",
    "fitted MB",
)


@dataclass(frozen=True)
class Measured:
    """One size: seconds of the whole, of preparation and of the solve; evaluations; peak bytes."""

    size: tuple[int, int]
    whole: float
    preparation: float
    solve: float
    evaluations: int
    peak: int

    @property
    def each(self) -> float:
        """Microseconds of one evaluation of the system, acceleration included."""
        return 1e6 * self.solve / self.evaluations


@dataclass(frozen=True)
class Law:
    """A sum of terms with its coefficients, and its relative errors at the sizes measured."""

    terms: tuple[str, ...]
    coefficients: np.ndarray
    fitted: np.ndarray
    error: np.ndarray

    def __str__(self) -> str:
        """The law, then its errors."""
        parts = [
            f"{c:.3g} {t}".strip()
            for c, t in zip(self.coefficients, self.terms, strict=True)
            if c > 0
        ]
        worst, middle = np.abs(self.error).max(), np.median(np.abs(self.error))
        return f"{' + '.join(parts)} (fit error: median {middle:.0%}, largest {worst:.0%})"


def _beyond_cache(n: np.ndarray, s: np.ndarray) -> np.ndarray:
    """MB that an evaluation reads, where that is more than three quarters of the last cache."""
    read = 8e-6 * (1.6 * n**2 * s + n * s**2)  # all flows, those of goods net of duty, input shares
    return np.where(read > 0.75 * last_cache_mb(), read, 0.0)


#: What the cost can depend on, as functions of N and S.
TERMS = {
    "": lambda n, s: np.ones_like(n * s),
    "N S": lambda n, s: n * s,
    "N² S": lambda n, s: n**2 * s,
    "N S²": lambda n, s: n * s**2,
    "MB out of cache": _beyond_cache,
}


def tables(*, quick: bool = False) -> dict[str, str]:
    """Measured sizes beside the fitted laws, and the laws in words."""
    found = [measure(size, 2 if quick else 7) for size in (QUICK if quick else SIZES)]
    sizes = [one.size for one in found]
    each = fit(sizes, [one.each for one in found], tuple(TERMS))
    preparation = fit(sizes, [1e6 * one.preparation for one in found], ("", "N² S"))
    peak = fit(sizes, [one.peak for one in found], ("", "N S", "N² S", "N S²"))
    rows = [
        (
            f"{one.size[0]} × {one.size[1]}",
            1e3 * one.whole,
            1e3 * one.preparation,
            1e3 * one.solve,
            one.evaluations,
            one.each,
            float(time),
            one.peak / 1e6,
            float(memory) / 1e6,
        )
        for one, time, memory in zip(found, each.fitted, peak.fitted, strict=True)
    ]
    counts = [one.evaluations for one in found]
    laws = [
        f"- One evaluation, µs: {each}; the last cache holds {last_cache_mb():.0f} MB.",
        f"- Preparation, µs: {preparation}.",
        f"- Peak memory, bytes: {peak}.",
        f"- Evaluations: {min(counts)} to {max(counts)}, whatever the size.",
    ]
    return {"growth": table(HEAD, rows), "growth-laws": "\n".join(laws)}


def measure(size: tuple[int, int], repeats: int) -> Measured:
    """Time and memory of the tariff war at one size."""
    case = make_case(gravity_world(*size), "tariff war")
    parameters = Parameters("caliendo_parro", case.closure, case.elasticity, "", 1e-10)
    whole = seconds(case.solve, lambda: replace(case.policy), repeats)
    preparation = seconds(
        lambda policy: pose(case.world, policy, parameters), lambda: replace(case.policy), repeats
    )
    problem = pose(case.world, case.policy, parameters)
    with threadpool_limits(limits=1):
        solve = seconds(lambda p: find_equilibrium(p, 1e-10), lambda: problem, repeats)
    return Measured(size, whole, preparation, solve, case.solve().iterations, _peak(case))


def _peak(case: Case) -> int:
    """Bytes held at most from a new policy to its Result, the world's own apart."""
    fresh = replace(case.policy)
    return peak_bytes(lambda: case.solve(fresh))


def fit(sizes: Sequence[tuple[int, int]], cost: Sequence[float], names: Sequence[str]) -> Law:
    """Least squares on relative errors; a term whose coefficient would be negative is left out."""
    n, s = np.array(sizes, dtype=float).T
    values = np.array(cost, dtype=float)
    columns = np.array([TERMS[name](n, s) for name in names]).T
    kept = np.arange(len(names))
    while True:
        scaled = columns[:, kept] / values[:, None]
        found = np.linalg.lstsq(scaled, np.ones(len(values)), rcond=None)[0]
        if (found >= 0).all():
            break
        kept = np.delete(kept, int(np.argmin(found * np.abs(columns[:, kept]).mean(axis=0))))
    coefficients = np.zeros(len(names))
    coefficients[kept] = found
    fitted = columns @ coefficients
    return Law(tuple(names), coefficients, fitted, fitted / values - 1)


if __name__ == "__main__":
    for text in tables().values():
        print(text, "\n")
