"""The mean wage of a country whose sectors pay differently for a unit of employment."""

from __future__ import annotations

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium


def mean_wage(equilibrium: Equilibrium, employed: Array) -> tuple[Array, Array]:
    """Change of value added over employment, where labour is mobile at constant cost shares.

    All wages of a country change alike; the mean also moves with the sectors in which people work.

    Args:
        equilibrium: Of the base model.
        employed: ``[S, N]`` employment in the baseline.

    Returns:
        The change ``[N]``, and the derivatives ``[S, N]`` of its log with respect to output; that with
        respect to the log of the wage is one.
    """
    base, output = equilibrium.problem.base, equilibrium.point.output
    workers = employed / np.where(base.output > 0, base.output, 1.0)
    made, working = ((part * output).sum(axis=0) for part in (base.value_added_share, workers))
    there = (made > 0) & (working > 0)
    made, working = (np.where(there, part, 1.0) for part in (made, working))
    before = np.where(there, employed.sum(axis=0) / np.where(there, base.value_added, 1.0), 1.0)
    change = np.where(there, made / working * before, 1.0) * equilibrium.wage_hat
    slope = np.where(there, base.value_added_share / made - workers / working, 0.0)
    return change, slope
