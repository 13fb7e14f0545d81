"""The arithmetic compiled by Numba (extra ``fast``).

Same numbers as NumPy's to rounding; tests hold the two together. Worth it for batches: the first call
compiles (seconds, then cached on disk).
"""

from __future__ import annotations

from functools import cache

from zollverein.errors import MissingExtra
from zollverein.models.baseline import Array
from zollverein.models.problem import Problem
from zollverein.models.sweeps import Engine, Swept


def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


@cache
def fast_engine() -> Engine:
    """The compiled arithmetic.

    Raises:
        MissingExtra: If Numba is not installed.
    """
    try:
        import numba  # noqa: F401  what the kernels need
    except ImportError as error:
        raise MissingExtra(
            "engine 'fast' needs Numba. Fix: pip install 'zollverein[fast]', or engine = 'numpy'."
        ) from error
    from zollverein.models import kernels
    from zollverein.models.compiled import CompiledHistory, CompiledSystem, aggregate, covers, sweep

    def swept(problem: Problem, power: Array, spending: Array) -> Swept:
        return Swept(*sweep(problem, power, spending))

    def compiled(problem: Problem) -> CompiledSystem | None:
        return CompiledSystem(problem) if covers(problem) else None

    return Engine(
        swept, kernels.into_cost, kernels.into_inputs, compiled, CompiledHistory, aggregate
    )
