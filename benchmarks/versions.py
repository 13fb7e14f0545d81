"""This version beside an older one: ``python benchmarks/versions.py REVISION [--write]``.

Both solve the same problems in turn, one process each, so that they meet the same disturbances on a machine
that is never quite quiet. The ratio is the median over such pairs. ``REVISION`` is what git calls a version,
or a folder that contains ``src``.
"""

from __future__ import annotations

import argparse
import copy
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

from batch import draws, scenarios
from common import DOCS, ROOT, table, write_between_markers
from worlds import SCENARIOS, SIZES, Case, gravity_world, make_case

HEAD = (
    "size and problem",
    "engine",
    "evaluations before",
    "now",
    "ms before",
    "now",
    "ratio",
)
#: Members of a batch that are solved before it counts, and how long batches are.
_FIRST, _LENGTH = 4, 240
#: Seconds and evaluations.
Timed = tuple[float, float]


def compare(old: Path, new: Path, sizes: tuple[tuple[int, int], ...], pairs: int) -> str:
    """The table for some sizes, each solved so many times by both."""
    rows = []
    for size in sizes:
        for engine in ("numpy", "fast"):
            with ExitStack() as stack:
                both = [stack.enter_context(serving(path, size, engine)) for path in (old, new)]
                for problem in (*SCENARIOS, "draws", "scenarios"):
                    timed = [[ask(server, problem) for server in both] for _ in range(pairs)]
                    rows.append(row(size, problem, engine, timed))
                    print(rows[-1], file=sys.stderr, flush=True)
    return table(HEAD, rows)


def row(size: tuple[int, int], problem: str, engine: str, timed: list[list[Timed]]) -> list[object]:
    """Medians of one problem."""
    before, now = ([pair[k] for pair in timed] for k in (0, 1))
    counts = (statistics.fmean(steps for _, steps in side) for side in (before, now))
    times = (1e3 * statistics.median(seconds for seconds, _ in side) for side in (before, now))
    ratio = statistics.median(new[0] / old[0] for old, new in timed)
    return [f"{size[0]} × {size[1]} {problem}", engine, *counts, *times, ratio]


def serving(source: Path, size: tuple[int, int], engine: str) -> subprocess.Popen[str]:
    """A process that runs the version in a folder."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS")}
    command = [sys.executable, __file__, "--serve", *map(str, size), engine]
    return subprocess.Popen(  # noqa: S603  this script
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean | {"PYTHONPATH": str(source), "OPENBLAS_NUM_THREADS": "1"},
    )


def ask(server: subprocess.Popen[str], problem: str) -> Timed:
    """Let a process solve one problem."""
    if server.stdin is None or server.stdout is None:
        raise TypeError("the server has no pipes")
    server.stdin.write(problem + "\n")
    server.stdin.flush()
    seconds, steps = server.stdout.readline().split()
    return float(seconds), float(steps)


def serve(countries: int, sectors: int, engine: str) -> None:
    """Solve the problems named on standard input, until it ends."""
    world = gravity_world(countries, sectors)
    cases = {name: make_case(world, name) for name in SCENARIOS}
    batches = {"draws": draws, "scenarios": scenarios}
    running: dict[str, Iterator[float]] = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in running:
            if name in cases:
                running[name] = _single(cases[name], engine)
            else:
                many = batches[name](cases["bloc"], _LENGTH)
                running[name] = (found[0] for found in many(engine, 1, range(_LENGTH)))
            for _ in range(_FIRST):
                next(running[name])
        started = time.perf_counter()
        steps = next(running[name])
        print(time.perf_counter() - started, steps, flush=True)


def _single(case: Case, engine: str) -> Iterator[float]:
    """Evaluations of one simulation after the other; a copy of the policy has nothing remembered."""
    while True:
        yield case.solve(copy.copy(case.policy), engine=engine).iterations


def sources(revision: str, folder: Path) -> Path:
    """The folder ``src`` of a revision, written into ``folder`` unless it is a folder itself."""
    if Path(revision).is_dir():
        return Path(revision) / "src"
    command = ["git", "archive", revision, "src"]
    packed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def main() -> None:
    """Print the table for the sizes of published worlds."""
    parser = argparse.ArgumentParser(description="This version beside an older one.")
    parser.add_argument("revision", help="what git calls it, or a folder that contains src")
    parser.add_argument("--write", action="store_true", help="update the page")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = compare(sources(asked.revision, Path(folder)), ROOT / "src", SIZES, 40)
    print(text)
    if asked.write:
        write_between_markers(DOCS / "benchmarks" / "versions.md", "versions", text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        main()
