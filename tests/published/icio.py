"""A calibrated baseline of shares from the OECD tables, as a World."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

import zollverein as zv

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "icio"


def baseline(year: int) -> tuple[zv.World, xr.DataArray]:
    """The 81 × 28 baseline of a year and its Fontagné-Guimbard-Orefice elasticities."""
    raw = dict(np.load(DATA / f"baseline_{year}_81x28.npz"))
    spent = raw["expenditure_X_nj"]
    tariff = raw["tariff_importer_exporter_sector"].transpose(1, 0, 2).astype(float)
    flow = raw["pi_importer_exporter_sector"].transpose(1, 0, 2) * spent / (1 + tariff)
    output = flow.sum(axis=1)
    use = raw["io_gamma_n_in_out"] * output[:, None, :]
    sectors = [str(s) for s in raw["sectors"]]
    world = zv.World.from_arrays(
        name=f"icio{year}-81x28",
        countries=[str(c) for c in raw["countries"]],
        sectors=sectors,
        trade_flow=flow,
        tariff=tariff,
        intermediate_use=use,
        value_added=output - use.sum(axis=1),
        final_demand=spent - use.sum(axis=2),
        year=year,
        attrs={
            "source": "OECD ICIO, 2025 edition (CC BY 4.0)",
            "currency": "USD",
            "unit": "million",
        },
    )
    return world, xr.DataArray(raw["theta_FGO"], coords={"sector": sectors})


#: Turnover of Russia and Belarus, goods and services, billion USD, as first tabulated from the same source.
TURNOVER = {
    2012: 50.7,
    2013: 46.3,
    2014: 44.5,
    2015: 31.1,
    2016: 26.5,
    2017: 33.4,
    2018: 38.1,
    2019: 38.6,
    2020: 32.1,
    2021: 41.6,
    2022: 41.5,
}
