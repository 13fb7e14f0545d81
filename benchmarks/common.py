"""What every benchmark shares: timing, the machine in words, tables in Markdown."""

from __future__ import annotations

import gc
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import threadpool_info

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def seconds(call: Callable[[T], Any], fresh: Callable[[], T], repeats: int) -> float:
    """Median wall time of ``call(fresh())``; making the argument is not timed, nor is a collection.

    Args:
        call: What is measured; called once more beforehand, untimed.
        fresh: Makes an argument that no earlier call has seen, so that nothing is remembered.
        repeats: Number of timed calls.
    """
    call(fresh())
    found = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeats):
            argument = fresh()
            started = time.perf_counter()
            call(argument)
            found.append(time.perf_counter() - started)
    finally:
        gc.enable()
    return statistics.median(found)


def memory_pass(arrays: Sequence[np.ndarray], repeats: int = 15) -> float:
    """Seconds to read the arrays once: the sum of each."""

    def read(_: None) -> float:
        return float(sum(array.sum() for array in arrays if array.size))

    return seconds(read, lambda: None, repeats)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table, the first column to the left and the others to the right."""
    lines = [" | ".join(head), " | ".join(["---"] + ["---:"] * (len(head) - 1))]
    lines += [" | ".join(_cell(value) for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: Any) -> str:
    """Three digits for a number between 0.01 and 10,000, scientific beyond."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if not isinstance(value, float):
        return str(value)
    size = abs(value)
    if size == 0 or 0.01 <= size < 10_000:
        digits = max(0, 2 - int(np.floor(np.log10(size)))) if size else 0
        return f"{value:,.{digits}f}"
    return f"{value:.1e}"


def machine() -> str:
    """The machine and the software in words."""
    blas = [info for info in threadpool_info() if info.get("user_api") == "blas"]
    libraries = ", ".join(
        f"{b['internal_api']} {b['version']} ({b.get('architecture', '?')} kernels)" for b in blas
    )
    rows = {
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()}, {platform.machine()}",
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "BLAS": f"{libraries or 'unknown'}, one thread inside a solve",
        "Numba": _version("numba"),
    }
    return table(("", "machine"), rows.items())


def processor() -> str:
    """Model of the processor, as far as the system tells."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1] if found else platform.machine()


def last_cache_mb() -> float:
    """Size of the last cache shared by the cores, in MB; 32 where the system does not tell."""
    try:
        folder = Path("/sys/devices/system/cpu/cpu0/cache")
        told = (folder / "index3" / "size").read_text(encoding="ascii").strip()
    except OSError:
        return 32.0
    return int(told.rstrip("K")) * 1024 / 1e6 if told.endswith("K") else 32.0


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def write_between_markers(page: Path, name: str, text: str) -> None:
    """Replace what stands between ``<!-- begin: name -->`` and ``<!-- end: name -->``.

    Raises:
        ValueError: If the page lacks the markers.
    """
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    old = page.read_text(encoding="utf-8")
    if begin not in old or end not in old:
        raise ValueError(f"{page.name} lacks the lines '{begin}' and '{end}'.")
    before, rest = old.split(begin, 1)
    after = rest.split(end, 1)[1]
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
