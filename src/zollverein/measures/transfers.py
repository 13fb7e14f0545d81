"""Transfers that make gains or losses equal in relative terms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zollverein.errors import DataError


def equalising_transfers(
    income: np.ndarray | Sequence[float], change: np.ndarray | Sequence[float]
) -> np.ndarray:
    """What each member receives so that all gain or lose the same part of their income.

    ``T_m = I_m (Σ_k I_k c_k / Σ_k I_k - c_m)``, with incomes ``I`` and relative changes ``c`` (such as
    ``Ŵ - 1``, which makes ``I c`` the equivalent variation). Transfers add up to zero. They are reckoned
    at baseline prices: their own effect on the equilibrium is not counted. Chowdhry, Hinz, Kamin and
    Wanner (2024) divide the burden of a coalition in this way.

    Args:
        income: ``[member]``, positive.
        change: ``[member]``, relative changes.

    Returns:
        ``[member]`` in the unit of income; positive is received.

    Raises:
        DataError: If incomes are not positive, a number is not finite, or there are not as many of both.
    """
    income, change = np.asarray(income, dtype=float), np.asarray(change, dtype=float)
    if income.shape != change.shape or income.ndim != 1:
        raise DataError(
            "transfers need one income and one change for each member; got "
            f"{income.shape} and {change.shape}."
        )
    if not (np.isfinite(income).all() and np.isfinite(change).all() and (income > 0).all()):
        raise DataError("transfers need positive incomes and finite changes.")
    common = float(income @ change) / float(income.sum())
    return np.asarray(income * (common - change))
