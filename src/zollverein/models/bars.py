"""Derivatives of a scalar, on their way back: with respect to nodes, then to state and parameters.

``Pulled`` holds those with respect to the trade matrices in factored form, so that a gradient with
respect to every bilateral parameter costs a few sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from zollverein.models.baseline import Array


@dataclass(eq=False)
class Bars:
    """Derivatives of a scalar with respect to nodes of the point; absent means zero."""

    log_wage: Array | float = 0.0
    log_price: Array | float = 0.0  # of the state
    price: Array | float = 0.0  # of the price index the weights imply, in logs
    log_cost: Array | float = 0.0
    spending: Array | float = 0.0
    output: Array | float = 0.0
    income: Array | float = 0.0
    exports: Array | float = 0.0
    imports: Array | float = 0.0
    deficit: Array | float = 0.0
    factor_income: Array | float = 0.0
    flow: Array | float = 0.0  # of every flow before duty [S, N, N], governments' included

    def minus(self, other: Self) -> Self:
        """Difference of two sets of bars of one kind."""
        return type(self)(
            **{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(self)}
        )


@dataclass(frozen=True, eq=False)
class Pulled:
    """Derivatives of a scalar with respect to the state and to the parameters.

    The derivative with respect to log ``weight[s, n, i]`` is
    ``weight * weight_sum[s, n] * power[s, i]``; with respect to log ``fob`` it is
    ``fob * (imported[s, n] * power[s, i] + ratio[s, n] * sold[s, i])``; with respect to log
    ``factory`` it is ``factory * ratio[s, n] * made[s, i]``; ``flow`` is that of flows themselves.
    """

    state: Array
    weight_sum: Array
    imported: Array
    sold: Array
    made: Array
    log_cost: Array
    deficit: Array
    theta: Array
    flow: Array | float
