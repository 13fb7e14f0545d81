"""Peak memory of a call; standard library only, so that peers' environments can use it too."""

from __future__ import annotations

import contextlib
import gc
import re
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def peak_bytes(call: Callable[[], Any]) -> int:
    """Most memory that NumPy and Python held at once during ``call``, beyond what they held before."""
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def resident_peak(call: Callable[[], T]) -> tuple[T, float]:
    """Result of ``call`` and the most memory that it added to this process, in MB.

    Meant for a process of its own. Includes what compiled libraries allocate, which
    ``peak_bytes`` cannot see.
    """
    before = _forget_peak()
    result = call()
    return result, (_peak_so_far() - before) / 1e6


def _forget_peak() -> float:
    """Set the recorded peak of this process to what it holds now, where the system can; bytes."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak_so_far()


def _peak_so_far() -> float:
    """Recorded peak of the resident memory of this process in bytes; NaN if the system has none."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        if found := re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE):
            return 1024.0 * int(found[1])
    with contextlib.suppress(ImportError):
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
    return float("nan")
