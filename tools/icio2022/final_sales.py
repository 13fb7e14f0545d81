"""Final sales by destination, which the source lacks: allocate, then balance.

The source gives each seller's final sales as one number. They are first spread over destinations
in the proportions of the seller's sales to producers, then balanced biproportionally (Deming and
Stephan 1940, Annals of Mathematical Statistics 11(4); Stone's RAS) so that each seller still
sells its total and each economy's final purchases equal its value added less its trade balance.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

#: Largest relative gap of a destination's total at which balancing stops.
TOLERANCE = 1e-13
MAX_STEPS = 10_000
#: Ratio of scales beyond which the targets cannot be met.
MOST_SCALED = 1e12


def read_balances(path: Path, countries: Sequence[str]) -> np.ndarray:
    """Exports less imports ``[country]`` from a table with columns economy, trade_balance_musd.

    Raises:
        ValueError: If a country has no row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["economy"]: float(row["trade_balance_musd"]) for row in csv.DictReader(file)}
    missing = [country for country in countries if country not in rows]
    if missing:
        raise ValueError(f"{path.name} has no trade balance of {', '.join(missing)}; add the rows.")
    return np.array([rows[country] for country in countries])


def close_balances(balance: np.ndarray) -> np.ndarray:
    """Balances that sum to zero: the gap is taken from each in proportion to its size.

    A surplus in the sum shrinks every surplus and widens every deficit by the same share, so no
    economy changes sides. The gap is the balance with the economies outside the table.

    Args:
        balance: ``[country]``, exports less imports with everyone.
    """
    return balance - np.abs(balance) * balance.sum() / np.abs(balance).sum()


def allocate(final_sales: np.ndarray, intermediate_sales: np.ndarray) -> np.ndarray:
    """First guess of final sales by destination ``[exporter, importer, sector]``.

    Args:
        final_sales: ``[country, sector]``.
        intermediate_sales: ``[exporter, importer, sector]``; a seller without any (households as
            employers, mostly) is taken to sell at home.
    """
    total = intermediate_sales.sum(axis=1)
    home = np.eye(len(total))[:, :, None]
    sold = total[:, None, :] > 0
    pattern = np.where(sold, intermediate_sales / np.where(sold, total[:, None, :], 1.0), home)
    return final_sales[:, None, :] * pattern


def balance_final_sales(guess: np.ndarray, absorption: np.ndarray) -> np.ndarray:
    """Scale destinations until each absorbs what it should; sellers' totals stay.

    Args:
        guess: ``[exporter, importer, sector]``, not negative.
        absorption: ``[importer]`` final purchases before duty, positive; sums to the guess's total.

    Returns:
        Final sales ``[exporter, importer, sector]`` with zeros where the guess has them.

    Raises:
        ValueError: If a target is not positive, totals differ, or the steps run out.
    """
    if (absorption <= 0).any():
        raise ValueError(f"final purchases must be positive, not {absorption.min():.6g}.")
    if not np.isclose(absorption.sum(), guess.sum(), rtol=1e-9):
        raise ValueError(f"targets sum to {absorption.sum():.9g}, sales to {guess.sum():.9g}.")
    sellers = guess.sum(axis=1, keepdims=True)
    scale = np.ones(len(absorption))
    for _ in range(MAX_STEPS):
        scaled = guess * scale[None, :, None]
        sold = scaled.sum(axis=1, keepdims=True)
        sales = scaled * np.where(sold > 0, sellers / np.where(sold > 0, sold, 1.0), 0.0)
        reached = sales.sum(axis=(0, 2))
        if np.abs(reached / absorption - 1).max() <= TOLERANCE:
            return sales
        scale = scale * absorption / reached
        if scale.max() > MOST_SCALED * scale.min():
            break  # zeros in the guess rule the targets out: scales run away
    raise ValueError(
        f"balancing did not reach {TOLERANCE:g}: the largest relative gap is still "
        f"{np.abs(reached / absorption - 1).max():.3g}. Usual cause: a destination that can buy from "
        "too few sellers. Fix: look at the zeros of the guess."
    )
