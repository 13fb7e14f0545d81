"""National accounts of a World: each a pure function, World in, labelled array out.

They work on the baseline and on the counterfactual alike. Definitions are those of
``zollverein.variables``. Variables that a world may lack are read through ``values``, which gives
their neutral value then.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from zollverein.checks import told
from zollverein.errors import LabelError
from zollverein.variables import OPTIONAL_VARIABLES, VARIABLES, WORLD_VARIABLES
from zollverein.world import World


def data_of(world: Any) -> xr.Dataset:
    """The data set of a world, which everything that is computed from one reads.

    Raises:
        TypeError: If it is something else, such as the name of a world.
        DataError: If an array of the world was replaced since it was checked.
    """
    if not isinstance(world, World):
        raise TypeError(
            f"the world is {told(world)}, not a World. Fix: zv.load_world(name or path), or before or "
            "after of a result."
        )
    world.check_untouched()
    return world.data


def values(world: World, name: Any) -> np.ndarray:
    """A variable of the world as an array; of an optional one that is absent, what absence means.

    Args:
        world: Any world.
        name: A variable of ``zollverein.variables.WORLD_VARIABLES`` or ``OPTIONAL_VARIABLES``: rents
            and the government's purchases are zero where absent, ``population`` one,
            ``consumer_price`` the Cobb-Douglas index of the sectors' price indices (one in baseline
            data), ``employment`` is value added over the country's wage.

    Returns:
        A read-only array in the order of the world's labels.

    Raises:
        LabelError: If no world has such a variable.
        TypeError: If the world is none.
        DataError: If an array of the world was replaced since it was checked.
    """
    data = data_of(world)
    known = {**WORLD_VARIABLES, **OPTIONAL_VARIABLES}
    if not isinstance(name, str) or name not in known:
        raise LabelError(f"'{name}' is no variable of a world; these are: {', '.join(known)}.")
    return np.asarray(data.variables[name].values) if name in data else world.values(name)


def import_wedge(world: World) -> np.ndarray:
    """What buyers pay above the border value ``[exporter, importer, sector]``: duty and rent."""
    (tariff,) = _values(world, "tariff")
    return tariff + values(world, "import_rent") if "import_rent" in world.data else tariff


def export_wedge(world: World) -> np.ndarray:
    """Border value above the factory's ``[exporter, importer, sector]``: export tax and rent."""
    (tax,) = _values(world, "export_tax")
    return tax + values(world, "export_rent") if "export_rent" in world.data else tax


def purchases(world: World) -> np.ndarray:
    """What buyers pay ``[exporter, importer, sector]``: border value, duty and rent."""
    return np.asarray(values(world, "trade_flow") * (1 + import_wedge(world)))


def private_purchases(world: World) -> np.ndarray:
    """What buyers other than the government pay ``[exporter, importer, sector]``."""
    if "government_flow" not in data_of(world):
        return purchases(world)
    private = values(world, "trade_flow") - values(world, "government_flow")
    return np.asarray(private * (1 + import_wedge(world)))


def factory_sales(world: World) -> np.ndarray:
    """What producers receive ``[exporter, importer, sector]``: border value less tax and rent."""
    return np.asarray(values(world, "trade_flow") / (1 + export_wedge(world)))


def labelled(world: World, name: str, values: np.ndarray) -> xr.DataArray:
    """Attach the vocabulary's dimensions and the world's labels to an array."""
    spec = VARIABLES[name]
    coords = {dim: world.data.indexes[dim] for dim in spec.dims}
    attrs = {"units": spec.unit, "symbol": spec.symbol, "long_name": spec.definition}
    return xr.DataArray(values, coords=coords, dims=spec.dims, name=name, attrs=attrs)


def _values(world: World, *names: str) -> list[np.ndarray]:
    return [values(world, name) for name in names]


def abroad(flow: np.ndarray) -> np.ndarray:
    """The flows between different countries: domestic cells set to zero, a copy."""
    cross_border = flow.copy(order="K")
    diagonal = np.arange(flow.shape[0])
    cross_border[diagonal, diagonal] = 0.0
    return cross_border


def expenditure(world: World) -> xr.DataArray:
    """Duty-paid purchases ``[country, sector]``, import rents included."""
    return labelled(world, "expenditure", purchases(world).sum(axis=0))


def trade_share(world: World) -> xr.DataArray:
    """Exporter's share of duty-paid purchases; 0 where the importer buys nothing."""
    paid = purchases(world)
    total = paid.sum(axis=0, keepdims=True)
    return labelled(world, "trade_share", paid / np.where(total > 0, total, 1.0))


def gross_output(world: World) -> xr.DataArray:
    """Sales at factory prices ``[country, sector]``."""
    return labelled(world, "gross_output", factory_sales(world).sum(axis=1))


def value_added_share(world: World) -> xr.DataArray:
    """Value added per unit of output; 1 where there is no output."""
    (value_added,) = _values(world, "value_added")
    cost = value_added + values(world, "intermediate_use").sum(axis=1)
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
    total = values(world, "trade_flow").sum(axis=2)
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
    """Export tax collected less subsidies paid ``[country]``."""
    sold = factory_sales(world) * values(world, "export_tax")
    return labelled(world, "export_tax_revenue", sold.sum(axis=(1, 2)))


def sector_wage(world: World) -> np.ndarray:
    """Value added per unit of the factor bundle ``[country, sector]``; the country's where none."""
    value_added, employed = _values(world, "value_added")[0], values(world, "employment")
    works = (value_added > 0) & (employed > 0)
    return np.where(
        works, value_added / np.where(works, employed, 1.0), values(world, "wage")[:, None]
    )


def domestic_share(world: World) -> np.ndarray:
    """Share of domestic goods in purchases ``[country, sector]``; 0 where nothing is bought."""
    paid = purchases(world)
    home, total = np.diagonal(paid).T, paid.sum(axis=0)
    return np.where(total > 0, home / np.where(total > 0, total, 1.0), 0.0)


def rents(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Rents ``[country]`` kept by importers (on the border value) and by exporters (factory value)."""
    data = data_of(world)
    importers, exporters = np.zeros((2, len(world.countries)))
    if "import_rent" in data:
        flow = values(world, "trade_flow")
        importers = (flow * values(world, "import_rent")).sum(axis=(0, 2))
    if "export_rent" in world.data:
        exporters = (factory_sales(world) * values(world, "export_rent")).sum(axis=(1, 2))
    return importers, exporters


def income(world: World) -> xr.DataArray:
    """Value added plus tax revenue and rents less the trade balance; equals final spending.

    Taxes are those that the country collects; what it passes on to others or receives from them is
    in the trade balance, and told apart in ``zollverein.measures.booking``.
    """
    value_added = values(world, "value_added").sum(axis=1)
    taxes = tariff_revenue(world).values + export_tax_revenue(world).values + sum(rents(world))
    return labelled(world, "income", value_added + taxes - trade_balance(world).values)
