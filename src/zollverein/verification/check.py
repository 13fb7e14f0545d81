"""The way from a result to its certificate."""

from __future__ import annotations

from typing import Any

import numpy as np

from zollverein.checks import check_result
from zollverein.verification.case import Case
from zollverein.verification.certificate import Verification
from zollverein.verification.conditions import CONDITIONS, wording
from zollverein.verification.levels import Array


def verify(result: Any) -> Verification:
    """Recompute every equilibrium condition of a result and measure how far it is from holding.

    Args:
        result: A ``Result``, computed just now or loaded from a file. Used: ``before``, ``after``,
            ``scenario`` (or ``policy`` if the result was computed from a bare policy) and
            ``parameters``.

    Returns:
        The certificate; ``str(...)`` prints it. Conditions that say nothing about this result, the
        price cap where there is none for instance, are left out.

    Raises:
        DataError: If the labels of ``before`` and ``after`` differ, the model or closure is
            unknown, or the policy and the parameters do not go together.
    """
    check_result(result)
    residuals: dict[str, float] = {}
    where: dict[str, str] = {}
    with np.errstate(all="ignore"):
        case = Case(result)
        said = wording(case)
        for name in said:
            residuals[name], where[name] = _worst(CONDITIONS[name].residual(case), case)
    return Verification(residuals, where, said)


def _worst(residual: Array, case: Case) -> tuple[float, str]:
    """Largest residual and its labels; anything that is not a number counts as infinite."""
    clean = np.where(np.isfinite(residual), residual, np.inf)
    value = float(clean.max(initial=0.0))
    cell = np.unravel_index(int(clean.argmax()), clean.shape)
    return value, _place(cell, clean.shape, case) if value > 0 else ""


def _place(cell: tuple[Any, ...], shape: tuple[int, ...], case: Case) -> str:
    """Labels of a cell, as far as its axes are countries and sectors."""
    countries, sectors = case.countries, case.sectors
    n, s = len(countries), len(sectors)
    if shape == (n, n, s):
        return f"{countries[cell[0]]} to {countries[cell[1]]}, {sectors[cell[2]]}"
    if shape[:1] == (n,) and len(shape) > 1:
        return f"{countries[cell[0]]}, {sectors[cell[-1]]}"
    return str(countries[cell[0]]) if shape == (n,) else ""
