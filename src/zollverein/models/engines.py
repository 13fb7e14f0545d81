"""Choice of the sweep by name."""

from __future__ import annotations

from zollverein.errors import ScenarioError
from zollverein.models.fast import available, fast_sweep
from zollverein.models.sweeps import Sweep, numpy_sweep

#: Engines that can be asked for; ``auto`` is ``fast`` where it is installed.
ENGINES = ("numpy", "fast", "auto")


def sweep_of(engine: str) -> Sweep:
    """The sweep of an engine.

    Raises:
        ScenarioError: If the name is unknown.
        MissingExtra: If ``fast`` is asked for and not installed.
    """
    if engine not in ENGINES:
        raise ScenarioError(f"engine '{engine}' is not known; choose one of {', '.join(ENGINES)}.")
    wanted = "fast" if engine == "auto" and available() else engine
    return fast_sweep() if wanted == "fast" else numpy_sweep
