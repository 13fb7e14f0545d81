"""Baseline flows that are not known exactly: noise on them, and a world that balances again."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from zollverein.accounts import sector_wage
from zollverein.errors import DataError, LabelError
from zollverein.repair import clip_negative, floor_value_added
from zollverein.world import World

Array = np.ndarray
#: Value added of an industry that noise would take below this share of output is raised to it.
_FLOOR = 0.01
#: What a world may have that noise on flows would have to keep in step with them.
_BEYOND = ("government_flow", "government_demand", "import_rent", "export_rent")


def flow_spread(world: World, spread: float | xr.DataArray) -> Array:
    """Standard deviation of the log of each flow ``[exporter, importer, sector]``; zero at home.

    Args:
        world: The baseline.
        spread: One number for all flows between countries; or a labelled array, such as bounds from mirror
            reports: the absolute log ratio of two countries' reports over two.

    Raises:
        DataError: If a number is negative or missing, or the world's flows have parts of their own.
        LabelError: If labels are not the world's.
    """
    flow = world.data["trade_flow"]
    present = [name for name in _BEYOND if name in world.data]
    if present:
        raise DataError(
            f"data: noise on trade flows is not defined for a world with {', '.join(present)}. Fix: leave "
            "the source 'data' out."
        )
    if isinstance(spread, xr.DataArray):
        try:
            spread, _ = xr.align(spread.transpose(*flow.dims), flow, join="exact")
        except ValueError as error:
            raise LabelError(
                f"data_spread: labels or dimensions are not the world's: {error}"
            ) from None
        sizes = spread.values.astype(float)
    else:
        try:
            sizes = np.full(flow.shape, float(spread))
        except (TypeError, ValueError):
            raise DataError(
                "data_spread is neither a number nor an array with labels. Fix: 0.1, or an "
                "xarray.DataArray over exporter, importer, sector."
            ) from None
    if not (np.isfinite(sizes).all() and (sizes >= 0).all()):
        raise DataError("data_spread: a standard deviation of the log is a number of at least 0.")
    sizes = sizes.copy()
    sizes[np.arange(len(sizes)), np.arange(len(sizes))] = 0.0
    return sizes


def noisy_world(world: World, spread: Array, rng: np.random.Generator) -> World:
    """The world with log-normal noise of mean one on its flows, in balance.

    A flow that is raised was bought and sold: final demand and value added take the difference, as in the
    repairs of tables, which mend what noise has made negative. Employment, where the world has it,
    follows value added at the wages of the baseline.

    Args:
        world: The baseline.
        spread: ``[exporter, importer, sector]``.
        rng: Where the noise comes from.
    """
    data = world.data
    flow = data["trade_flow"].values
    noise = np.exp(spread * rng.standard_normal(flow.shape) - spread**2 / 2)
    change = flow * (noise - 1)
    labels: dict[str, Any] = {"countries": world.countries, "sectors": world.sectors}
    arrays: dict[str, Any] = {
        "trade_flow": flow + change,
        "tariff": data["tariff"].values,
        "export_tax": data["export_tax"].values,
        "intermediate_use": data["intermediate_use"].values,
        "final_demand": data["final_demand"].values
        + (change * (1 + data["tariff"].values)).sum(axis=0),
        "value_added": data["value_added"].values
        + (change / (1 + data["export_tax"].values)).sum(axis=1),
    }
    arrays, _ = clip_negative(**arrays, **labels)
    arrays, _ = floor_value_added(**arrays, **labels, share=_lowest_share(world))
    if "employment" in data:
        arrays["employment"] = arrays["value_added"] / sector_wage(world)
    return World.from_arrays(name=world.name, attrs=data.attrs, **arrays, **labels)


def _lowest_share(world: World) -> float:
    """The smallest share of value added in output of the baseline, at most one per cent."""
    added = world.data["value_added"].values
    cost = added + world.data["intermediate_use"].values.sum(axis=1)
    share = np.where(cost > 0, added / np.where(cost > 0, cost, 1.0), 1.0)
    return float(min(max(share.min(), 1e-6), _FLOOR))
