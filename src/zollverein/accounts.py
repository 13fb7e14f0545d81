"""National accounts of a World: each a pure function, World in, labelled array out.

They work on the baseline and on the counterfactual alike. Definitions are those of
``zollverein.variables``.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from zollverein.variables import VARIABLES
from zollverein.world import World


def labelled(world: World, name: str, values: np.ndarray) -> xr.DataArray:
    """Attach the vocabulary's dimensions and the world's labels to an array."""
    spec = VARIABLES[name]
    coords = {dim: world.data.indexes[dim] for dim in spec.dims}
    attrs = {"units": spec.unit, "symbol": spec.symbol, "long_name": spec.definition}
    return xr.DataArray(values, coords=coords, dims=spec.dims, name=name, attrs=attrs)


def _values(world: World, *names: str) -> list[np.ndarray]:
    return [world.data[name].values for name in names]


def abroad(flow: np.ndarray) -> np.ndarray:
    """The flows between different countries: domestic cells set to zero, a copy."""
    cross_border = flow.copy(order="K")
    diagonal = np.arange(flow.shape[0])
    cross_border[diagonal, diagonal] = 0.0
    return cross_border


def import_wedge(world: World) -> np.ndarray:
    """One plus duty and import rent ``[exporter, importer, sector]``: what is paid over fob."""
    factor = 1 + world.data["tariff"].values
    return factor + world.data["import_rent"].values if "import_rent" in world.data else factor


def export_wedge(world: World) -> np.ndarray:
    """One plus export tax and export rent ``[exporter, importer, sector]``: fob over factory value."""
    factor = 1 + world.data["export_tax"].values
    return factor + world.data["export_rent"].values if "export_rent" in world.data else factor


def expenditure(world: World) -> xr.DataArray:
    """Duty-paid purchases ``[country, sector]``."""
    flow, tariff = _values(world, "trade_flow", "tariff")
    return labelled(world, "expenditure", (flow * (1 + tariff)).sum(axis=0))


def trade_share(world: World) -> xr.DataArray:
    """Exporter's share of duty-paid purchases; 0 where the importer buys nothing."""
    flow, tariff = _values(world, "trade_flow", "tariff")
    paid = flow * (1 + tariff)
    total = paid.sum(axis=0, keepdims=True)
    return labelled(world, "trade_share", paid / np.where(total > 0, total, 1.0))


def gross_output(world: World) -> xr.DataArray:
    """Sales at factory prices ``[country, sector]``."""
    flow, tax = _values(world, "trade_flow", "export_tax")
    return labelled(world, "gross_output", (flow / (1 + tax)).sum(axis=1))


def value_added_share(world: World) -> xr.DataArray:
    """Value added per unit of output; 1 where there is no output."""
    (value_added,) = _values(world, "value_added")
    cost = value_added + world.data["intermediate_use"].values.sum(axis=1)
    share = np.where(cost > 0, value_added / np.where(cost > 0, cost, 1.0), 1.0)
    return labelled(world, "value_added_share", share)


def input_share(world: World) -> xr.DataArray:
    """Cost share of each input in output; 0 where there is no output."""
    inputs, value_added = _values(world, "intermediate_use", "value_added")
    cost = (inputs.sum(axis=1) + value_added)[:, None, :]
    return labelled(world, "input_share", inputs / np.where(cost > 0, cost, 1.0))


def final_share(world: World) -> xr.DataArray:
    """Share of each sector in final demand."""
    (final,) = _values(world, "final_demand")
    total = final.sum(axis=1, keepdims=True)
    return labelled(world, "final_share", final / np.where(total > 0, total, 1.0))


def bilateral_trade(world: World) -> np.ndarray:
    """Border value of trade between different countries ``[exporter, importer]``, all sectors.

    Domestic sales are left out before anything is added, so that small trade keeps its digits.
    """
    total = world.data["trade_flow"].values.sum(axis=2)
    np.fill_diagonal(total, 0.0)
    return np.asarray(total)


def exports(world: World) -> xr.DataArray:
    """Sales abroad, f.o.b. ``[country]``."""
    return labelled(world, "exports", bilateral_trade(world).sum(axis=1))


def imports(world: World) -> xr.DataArray:
    """Purchases from abroad before duty ``[country]``."""
    return labelled(world, "imports", bilateral_trade(world).sum(axis=0))


def trade_balance(world: World) -> xr.DataArray:
    """Exports less imports ``[country]``; sums to zero over the world."""
    trade = bilateral_trade(world)
    return labelled(world, "trade_balance", trade.sum(axis=1) - trade.sum(axis=0))


def tariff_revenue(world: World) -> xr.DataArray:
    """Import duty collected ``[country]``."""
    flow, tariff = _values(world, "trade_flow", "tariff")
    return labelled(world, "tariff_revenue", (flow * tariff).sum(axis=(0, 2)))


def export_tax_revenue(world: World) -> xr.DataArray:
    """Export tax collected ``[country]``."""
    flow, tax = _values(world, "trade_flow", "export_tax")
    return labelled(world, "export_tax_revenue", (flow * tax / (1 + tax)).sum(axis=(1, 2)))


def income(world: World) -> xr.DataArray:
    """Value added plus tax revenue less the trade balance; equals final spending."""
    value_added = world.data["value_added"].values.sum(axis=1)
    taxes = tariff_revenue(world).values + export_tax_revenue(world).values
    return labelled(world, "income", value_added + taxes - trade_balance(world).values)
