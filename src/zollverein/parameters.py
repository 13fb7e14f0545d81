"""Everything a result depends on besides the world and the policy."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr


@dataclass(frozen=True, eq=False)
class Parameters:
    """Choices of one simulation; stored in the result and shown in every report.

    Attributes:
        model: Name of the model.
        closure: Rule for the trade balance.
        trade_elasticity: ``[sector]``.
        elasticity_name: Where the elasticities come from, in words.
        tolerance: On the largest relative residual.
    """

    model: str
    closure: str
    trade_elasticity: xr.DataArray
    elasticity_name: str
    tolerance: float


@dataclass(frozen=True)
class Convergence:
    """How a solve ended.

    Attributes:
        residual: Largest relative residual over all equilibrium conditions at the solution.
        iterations: Evaluations of the equilibrium system.
        seconds: Wall time, scenario preparation included.
        method: Link of the fallback chain that succeeded.
    """

    residual: float
    iterations: int
    seconds: float
    method: str
