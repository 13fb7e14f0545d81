"""Transfers that make gains or losses equal in relative terms."""

from __future__ import annotations

import numpy as np

from zollverein.errors import DataError


def equalising_transfers(income: np.ndarray, change: np.ndarray) -> np.ndarray:
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
        DataError: If incomes are not positive or a number is not finite.
    """
    if not (np.isfinite(income).all() and np.isfinite(change).all() and (income > 0).all()):
        raise DataError("transfers need positive incomes and finite changes.")
    common = float(income @ change) / float(income.sum())
    return np.asarray(income * (common - change))
