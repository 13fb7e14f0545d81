"""One BLAS thread inside a solve: its matrices are too small for more, and scenarios run in parallel."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[Any]:
    """Limit BLAS to one thread within a ``with`` block; the previous limit returns after it."""
    return _controller().limit(limits=1)


@cache
def _controller() -> ThreadpoolController:
    """The BLAS libraries of this process; looked up once, as that takes milliseconds."""
    return ThreadpoolController()
