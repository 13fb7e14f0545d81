"""Choice of the arithmetic by name."""

from __future__ import annotations

from zollverein.errors import ScenarioError
from zollverein.models.fast import available, fast_engine
from zollverein.models.sweeps import NUMPY, Engine

#: Engines that can be asked for; ``auto`` is ``fast`` where it is installed.
ENGINES = ("numpy", "fast", "auto")


def engine_of(engine: str) -> Engine:
    """The engine of that name.

    Raises:
        ScenarioError: If the name is unknown.
        MissingExtra: If ``fast`` is asked for and not installed.
    """
    if engine not in ENGINES:
        raise ScenarioError(f"engine '{engine}' is not known; choose one of {', '.join(ENGINES)}.")
    wanted = "fast" if engine == "auto" and available() else engine
    return fast_engine() if wanted == "fast" else NUMPY
