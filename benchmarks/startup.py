"""Time to the first answer: importing the package, and commands typed in a shell.

``python benchmarks/startup.py`` prints the table. Every number is the median of fresh processes,
so it holds the start of Python itself, which the first row shows alone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

from common import ROOT, table

HEAD = ("from an empty process", "s")
EXAMPLE = "examples/union-under-sanctions.toml"
IMPORT = "import zollverein"
FIRST = f"""\
import zollverein as zv
result = zv.simulate(zv.load_world("icio2022"), zv.read_scenario("{EXAMPLE}"))
"""
#: What is measured; the last part runs in the command line's own process.
PYTHON = {
    "Python alone": "pass",
    f"`{IMPORT}`": IMPORT,
    "Python: load icio2022, read a scenario, simulate": FIRST,
    "the same, then the table of effects": f"{FIRST}result.table()",
}
COMMANDS = {
    "`zollverein --help`": ("--help",),
    "`zollverein worlds`": ("worlds",),
    "`zollverein run` a scenario, to the end, report and figures included": (
        "run",
        EXAMPLE,
        "--quiet",
        "--out",
    ),
}


def tables(*, quick: bool = False) -> dict[str, str]:
    """Seconds of each, in fresh processes."""
    repeats = 1 if quick else 5
    rows = [(told, fresh(["-c", code], repeats)) for told, code in PYTHON.items()]
    inside = IMPORT_TIMER if not quick else "print(0.0)"
    rows.insert(2, ("of which the import itself", printed(inside, repeats)))
    with tempfile.TemporaryDirectory() as folder:
        for told, command in list(COMMANDS.items())[: 2 if quick else None]:
            arguments = [*command, folder] if command[-1] == "--out" else list(command)
            rows.append((told, fresh(["-m", "zollverein", *arguments], repeats)))
        if not quick:
            first = statistics.median(first_line(folder) for _ in range(repeats))
            rows.insert(-1, ("`zollverein run` a scenario, to the first line of the answer", first))
    return {"startup": table(HEAD, rows)}


IMPORT_TIMER = f"""\
import time
started = time.perf_counter()
{IMPORT}
print(time.perf_counter() - started)
"""


def fresh(arguments: list[str], repeats: int) -> float:
    """Median wall time of Python processes."""
    found = []
    for _ in range(repeats):
        started = time.perf_counter()
        _python(arguments)
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def first_line(folder: str) -> float:
    """Seconds until ``zollverein run --json`` prints the first line of the effects."""
    command = [sys.executable, "-m", "zollverein", "run", EXAMPLE, "--json", "--out", folder]
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  (our own command)
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        if running.stdout is None:
            raise OSError("no output to read")
        running.stdout.readline()
        found = time.perf_counter() - started
        running.stdout.read()
    return found


def printed(code: str, repeats: int) -> float:
    """Median of the number that a program prints."""
    return statistics.median(float(_python(["-c", code])) for _ in range(repeats))


def _python(arguments: list[str]) -> str:
    done = subprocess.run(  # noqa: S603  (our own interpreter and code)
        [sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    for text in tables().values():
        print(text)
