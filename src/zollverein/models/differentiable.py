"""The equilibrium system together with its derivatives, as Newton and adjoints need it."""

from __future__ import annotations

import numpy as np

from zollverein.models.bars import Bars, Pulled
from zollverein.models.baseline import Array
from zollverein.models.linear import condition_bars, pullback
from zollverein.models.matrices import MatrixGradients, matrix_gradients
from zollverein.models.system import Conditions, Point, System
from zollverein.models.tangent import Direction, Tangent, tangent
from zollverein.solver.krylov import Operator


class DifferentiableSystem(System):
    """Adds the linearisation of the preconditioned step and its transpose."""

    def jacobian(self, state: Array) -> Operator:
        """Derivative of the step at a state, coefficients of the preconditioner held fixed."""
        point = self.evaluate(state)
        through, slope = self.pass_through(point)

        def product(change: Array) -> Array:
            return self.precondition(self.tangent(point, change).conditions, through, slope)

        return product

    def tangent(self, point: Point, change: Array, direction: Direction | None = None) -> Tangent:
        """Change of every node for a change of the state and, if given, of the parameters."""
        return tangent(self, point, change, direction)

    def transposed(self, point: Point) -> Operator:
        """Transpose of the derivative of the step at a point."""
        through, slope = self.pass_through(point)

        def product(bars: Array) -> Array:
            return self.conditions_pullback(
                point, self.precondition_transposed(bars, through, slope)
            )

        return product

    def conditions_pullback(self, point: Point, bars: Conditions) -> Array:
        """Derivative with respect to the state of a weighted sum of the conditions."""
        nodes, direct = self.condition_bars(point, bars)
        return self.pullback(point, nodes).state + direct

    def condition_bars(self, point: Point, bars: Conditions) -> tuple[Bars, Array]:
        """Bars of the nodes for bars of the conditions, and the state's direct part."""
        return condition_bars(self, point, bars)

    def pullback(self, point: Point, bars: Bars) -> Pulled:
        """Derivatives with respect to state and parameters of a scalar given by its bars."""
        return pullback(self, point, bars)

    def matrix_gradients(self, point: Point, pulled: Pulled) -> MatrixGradients:
        """Derivatives with respect to the logs of the trade matrices."""
        return matrix_gradients(self.problem, point, pulled)

    def pool_gradients(self, _point: Point, _pulled: Pulled) -> Array:
        """Derivatives with respect to the part of each pool that is shared; there is none here."""
        return np.zeros(0)

    def mobility_gradients(self, _point: Point, _pulled: Pulled) -> Array:
        """Derivatives with respect to the elasticity of each mobility bloc; there is none here."""
        return np.zeros(0)

    def precondition_transposed(self, bars: Array, through: Array, slope: Array) -> Conditions:
        """Transpose of ``precondition``."""
        wage, price, spending = self.split(bars)
        wage = wage + (through - 1) * (price.sum(axis=0) + spending.sum(axis=0))
        return Conditions(price, spending, wage / slope, -wage)


__all__ = ["Bars", "DifferentiableSystem"]
