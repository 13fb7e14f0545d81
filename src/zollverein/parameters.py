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
        horizon: ``"short"``, ``"medium"`` or ``"long"``.
        labour: ``"mobile"`` between sectors, or ``"sector_specific"``.
        capital: ``"fixed"``, or ``"adjusting"`` to its real return.
        capital_share: Share of capital in value added, where it adjusts.
        value_added_elasticity: Of substitution between value added and inputs; 1 is Cobb-Douglas.
        input_elasticity: Among inputs.
        final_elasticity: Among final goods.
        scale: ``[sector]`` response of trade to the number of firms (0 constant returns, 1 Krugman),
            or None for constant returns everywhere.
        on_no_supplier: ``"error"``, or ``"shut_down"``: a good that has lost every supplier drops out
            of what the country buys.
    """

    model: str
    closure: str
    trade_elasticity: xr.DataArray
    elasticity_name: str
    tolerance: float
    horizon: str = "medium"
    labour: str = "mobile"
    capital: str = "fixed"
    capital_share: float = 1 / 3
    value_added_elasticity: float = 1.0
    input_elasticity: float = 1.0
    final_elasticity: float = 1.0
    scale: xr.DataArray | None = None
    on_no_supplier: str = "error"


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
