"""The derivative of an equilibrium along a motion of the policy, and what it does to real income."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.tangent import Direction, MatrixMoves, Tangent
from zollverein.solver.krylov import gmres

#: Relative residual of the linear system.
_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Motion:
    """Derivative of a policy along its path, on the cells that the problem's shock touches.

    Attributes:
        log_cost: ``[K]`` of the log iceberg cost; duty, tax: ``[K]`` of the rates.
        log_productivity: ``[S, N]`` or None. deficit: ``[N]`` or None.
    """

    log_cost: Array
    duty: Array
    tax: Array
    log_productivity: Array | None
    deficit: Array | None

    def spread(self, equilibrium: Equilibrium) -> tuple[Array, Array, Array]:
        """``dlnd``, ``dt/(1+t)`` and ``de/(1+e)`` of every flow, ``[S, N, N]``."""
        shock, shape = equilibrium.problem.shock, equilibrium.problem.weight.shape
        out = []
        for change in (
            self.log_cost,
            self.duty / (1 + shock.tariff),
            self.tax / (1 + shock.export_tax),
        ):
            full = np.zeros(shape)
            full.reshape(-1)[shock.positions] = change
            out.append(full)
        return out[0], out[1], out[2]


def total_derivative(equilibrium: Equilibrium, motion: Motion) -> Tangent:
    """Change of every node of the equilibrium per unit of the path."""
    problem = equilibrium.problem
    cost, duty, tax = motion.spread(equilibrium)
    weight = -problem.theta[:, None, None] * (cost + duty + tax)
    move = Direction(
        matrices=MatrixMoves(weight, weight - duty, weight - duty - tax),
        log_productivity=motion.log_productivity,
        deficit=motion.deficit,
    )
    return response(equilibrium, move, _TOLERANCE)[0]


def response(equilibrium: Equilibrium, move: Direction, tolerance: float) -> tuple[Tangent, float]:
    """Change of every node of the equilibrium for a change of the parameters.

    Returns:
        The change, and the relative residual of the linear system, at most ``tolerance`` if solved.
    """
    system, point = equilibrium.system, equilibrium.point
    forced = system.tangent(point, np.zeros(system.size), move)
    right = -system.precondition(forced.conditions, *system.pass_through(point))
    linear = gmres(
        system.jacobian(equilibrium.solution.value),
        right,
        tolerance=tolerance,
        before=equilibrium.sharpening.sharpened,
    )
    return system.tangent(point, linear.value, move), linear.residual


def terms_along(equilibrium: Equilibrium, motion: Motion, change: Tangent) -> Array:
    """Terms of trade, volume of trade, direct effect and transfer ``[4, N]``, shares of income."""
    problem, point = equilibrium.problem, equilibrium.point
    flow = equilibrium.fob_flow()
    cost, duty, tax = motion.spread(equilibrium)
    theta = problem.theta[:, None]
    price = change.log_cost[:, None, :] + tax  # of the fob value, exporter last
    buyer = change.spending / np.where(point.spending > 0, point.spending, 1.0)
    buyer = buyer + theta * change.price
    volume = -theta[:, :, None] * (cost + duty + tax) - duty
    volume += buyer[:, :, None] - theta[:, :, None] * change.log_cost[:, None, :]
    rate, levy = rates(equilibrium)
    priced = flow * price
    terms = priced.sum(axis=(0, 1)) - priced.sum(axis=(0, 2))
    imported = (rate * flow * (volume - price - cost)).sum(axis=(0, 2))
    exported = (levy * flow * (volume - price)).sum(axis=(0, 1))
    direct = -(flow * cost).sum(axis=(0, 2))
    if motion.log_productivity is not None:
        direct = direct + (point.output * motion.log_productivity).sum(axis=0)
    return np.stack([terms, imported + exported, direct, change.deficit]) / point.income


def rates(equilibrium: Equilibrium) -> tuple[Array, Array]:
    """Duty ``t`` and export tax per fob value ``e / (1+e)`` of every flow, ``[S, N, N]``."""
    problem = equilibrium.problem
    fob, factory = problem.full_matrices()
    diagonal = np.arange(problem.base.countries)
    full = problem.weight.copy()
    full[:, diagonal, diagonal] = problem.own_weight
    fob[:, diagonal, diagonal] = problem.own_fob
    factory[:, diagonal, diagonal] = problem.own_factory
    duty = np.divide(full, fob, out=np.ones_like(full), where=fob > 0) - 1
    tax = 1 - np.divide(factory, fob, out=np.ones_like(full), where=fob > 0)
    return duty, tax
