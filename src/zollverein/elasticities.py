"""Placeholder until the sets land."""

from collections.abc import Mapping

import xarray as xr

DEFAULT_SET = "FGO"


def trade_elasticity(sectors, choice):
    if isinstance(choice, xr.DataArray):
        return choice.sel(sector=list(sectors)), "given"
    if isinstance(choice, Mapping):
        return xr.DataArray(
            [float(choice[s]) for s in sectors], coords={"sector": list(sectors)}, dims="sector"
        ), "given"
    v = 4.0 if isinstance(choice, str) else float(choice)
    return xr.DataArray(
        [v] * len(sectors), coords={"sector": list(sectors)}, dims="sector"
    ), "uniform"


def elasticity_sets():
    return ()
