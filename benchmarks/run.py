"""All benchmarks: ``python benchmarks/run.py [--write] [--quick] [--only NAME ...]``.

Prints every table as Markdown; ``--write`` also puts them between the markers of the pages in
``docs/benchmarks``. For numbers to quote, nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import importlib
import time

from common import DOCS, machine, write_between_markers

#: Modules, in order, each with ``tables(quick=...) -> {marker: Markdown}``.
PARTS = (
    "speed",
    "growth",
    "batch",
    "gradient",
    "gradient_further",
    "games",
    "answers",
    "lookups",
    "startup",
    "app_server",
    "app_latency",
    "peers",
)
#: The page that describes the machine; the others are in a folder of this name.
OVERVIEW = "benchmarks"


def main() -> None:
    """Run the parts asked for."""
    asked = arguments()
    show(OVERVIEW, {"machine": machine()}, write=asked.write)
    for name in asked.only or PARTS:
        started = time.perf_counter()
        module = importlib.import_module(name)
        show(name, module.tables(quick=asked.quick), write=asked.write)
        print(f"({name}: {time.perf_counter() - started:.0f} s)\n", flush=True)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Benchmarks of Zollverein")
    parser.add_argument("--write", action="store_true", help="update the tables in docs/benchmarks")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does everything run?")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="NAME", help=", ".join(PARTS))
    asked = parser.parse_args()
    if asked.write and asked.quick:
        parser.error("--quick measures nothing worth writing")
    return asked


def show(page: str, found: dict[str, str], *, write: bool) -> None:
    """Print tables, and put them where they belong in the page."""
    for marker, text in found.items():
        print(f"### {marker}\n\n{text}\n", flush=True)
        if write:
            folder = DOCS if page == OVERVIEW else DOCS / OVERVIEW
            write_between_markers(folder / f"{page}.md", marker, text)


if __name__ == "__main__":
    main()
