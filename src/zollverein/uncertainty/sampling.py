"""Latin hypercubes, and the estimators of what share of the variance each group drives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zollverein.errors import ScenarioError

Array = np.ndarray
#: Resamples of the rows for standard errors.
_RESAMPLES = 200


def band_ends(level: float) -> tuple[float, float, float]:
    """Quantiles of the median, and of the low and the high end of a band.

    Args:
        level: Share of the draws between low and high.

    Raises:
        ScenarioError: If it is no share.
    """
    if not 0 < level < 1:
        raise ScenarioError(
            f"level is {level}; it is the share of the draws between low and high, between 0 and 1. Fix: 0.9."
        )
    return 0.5, (1 - level) / 2, (1 + level) / 2


def latin_hypercube(draws: int, size: int, rng: np.random.Generator) -> Array:
    """Points ``[draw, coordinate]`` in (0, 1): each coordinate has one point in each of ``draws`` strata.

    McKay, Beckman and Conover (1979), Technometrics 21(2).
    """
    strata = np.array([rng.permutation(draws) for _ in range(size)]).reshape(size, draws).T
    return (strata + rng.random((draws, size))) / draws


def sobol(first: Array, second: Array, mixed: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """First-order and total shares of the variance of each group, with standard errors.

    Estimators of Jansen (1999, Computer Physics Communications 117): with ``f(A_B)`` at the points of
    A whose group is taken from B, ``S = 1 - E[(f(B) - f(A_B))²] / 2V`` and ``T = E[(f(A) - f(A_B))²] / 2V``;
    Saltelli et al. (2010) compare them with others.

    Args:
        first: ``[row, outcome]`` values at a sample A.
        second: The same at an independent sample B.
        mixed: For each group, values at A with the group from B.

    Returns:
        Group -> ``first_order``, ``first_order_se``, ``total``, ``total_se``, each ``[outcome]``; NaN where
        nothing varies.
    """
    rng = np.random.default_rng(0)
    rows = len(first)
    samples = [np.arange(rows)] + [rng.integers(0, rows, rows) for _ in range(_RESAMPLES)]
    found: dict[str, dict[str, Array]] = {}
    for name, values in mixed.items():
        estimates = np.array([_jansen(first[k], second[k], values[k]) for k in samples])
        errors = estimates[1:].std(axis=0, ddof=1)
        found[name] = {
            "first_order": estimates[0, 0],
            "first_order_se": errors[0],
            "total": estimates[0, 1],
            "total_se": errors[1],
        }
    return found


def _jansen(first: Array, second: Array, mixed: Array) -> Array:
    """``[first-order or total, outcome]``."""
    variance = np.concatenate([first, second]).var(axis=0)
    safe = np.where(variance > 0, variance, np.nan)
    main = 1 - ((second - mixed) ** 2).mean(axis=0) / (2 * safe)
    total = ((first - mixed) ** 2).mean(axis=0) / (2 * safe)
    return np.array([main, total])
