"""Derivatives with respect to the trade matrices, from their factored form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.bars import Pulled
from zollverein.models.baseline import Array
from zollverein.models.problem import Problem
from zollverein.models.system import Point


@dataclass(frozen=True, eq=False)
class MatrixGradients:
    """Derivatives with respect to the logs of the trade matrices; each ``[S, N, N]``.

    When ``W`` moves, ``F`` and ``X`` move with it, hence the sums.

    Attributes:
        total: With respect to ``W`` with all, governments' purchases included.
        net: With respect to ``F`` with ``X``.
        factory: With respect to ``X`` alone.
        duty: With respect to the rate of the duty as the basis of pools, or None.
        members: Positions of the countries whose governments are told apart, or None.
        public: ``[S, G, N]`` what of ``total`` is the purchases of governments, or None.
    """

    total: Array
    net: Array
    factory: Array
    duty: Array | None = None
    members: Array | None = None
    public: Array | None = None

    def governments(self) -> Array:
        """What of ``total`` is the purchases of governments, ``[S, N, N]``."""
        found = np.zeros_like(self.total)
        if self.members is not None:
            found[:, self.members] = self.public
        return found

    def private(self) -> Array:
        """What of ``total`` is the purchases of everyone else."""
        return self.total - self.governments()


def flow_pullback(
    problem: Problem, point: Point, flow: Array | float
) -> tuple[Array | float, Array | float]:
    """Bars of spending over weight sums and of cost powers, for bars of foreign flows ``[S, N, N]``."""
    if not isinstance(flow, np.ndarray):
        return 0.0, 0.0
    barred = flow * problem.full_matrices()[0]
    ratio = np.matmul(barred, point.cost_power[:, :, None])[:, :, 0]
    return ratio, np.matmul(point.spending_ratio[:, None, :], barred)[:, 0, :]


def matrix_gradients(problem: Problem, point: Point, pulled: Pulled) -> MatrixGradients:
    """Multiply the factors out."""
    power, ratio = point.cost_power[:, None, :], point.spending_ratio[:, :, None]
    split, taxed = len(problem.fob), len(problem.factory)  # taxed <= split
    net = pulled.imported[:, :, None] * power
    factory = ratio * pulled.made[:, None, :]
    net += ratio * pulled.sold[:, None, :]
    if isinstance(pulled.flow, np.ndarray):
        net += pulled.flow * ratio * power
    net[:split] *= problem.fob
    net[split:] *= problem.weight[split:]
    factory[:taxed] *= problem.factory
    factory[taxed:split] *= problem.fob[taxed:]
    factory[split:] *= problem.weight[split:]
    net += factory
    total = pulled.weight_sum[:, :, None] * power
    total *= problem.weight
    total += net
    diagonal = np.arange(problem.base.countries)
    own = problem.own_factory * point.spending_ratio * pulled.made
    factory[:, diagonal, diagonal] = net[:, diagonal, diagonal] = own
    total[:, diagonal, diagonal] = own + problem.own_weight * pulled.weight_sum * point.cost_power
    return MatrixGradients(total, net, factory)
