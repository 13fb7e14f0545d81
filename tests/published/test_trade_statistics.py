"""Trade of Russia and Belarus in the OECD tables, 2012 to 2022: turnover, growth, ranks."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close
from tests.published import icio

S = zv.statistics
pytestmark = [
    pytest.mark.published,
    pytest.mark.skipif(
        not icio.DATA.exists(), reason=f"the {icio.DATA.name} tables are not beside the project"
    ),
]


def flows(year: int) -> xr.DataArray:
    """Sales ``[exporter, importer, sector]`` in million USD."""
    raw = np.load(icio.DATA / f"icio{year}_trade_tariffs.npz", allow_pickle=False)
    names = [str(label) for label in raw["countries"]]
    coords = {"exporter": names, "importer": names, "sector": [str(k) for k in raw["sectors"]]}
    return xr.DataArray(raw["X_exp_imp_sector_musd"].astype(float), coords, tuple(coords))


def goods(table: xr.DataArray) -> list[str]:
    """All sectors but the services aggregate, which is the last."""
    return list(table.indexes["sector"])[:-1]


@pytest.mark.parametrize("year", icio.TURNOVER)
def test_turnover(year: int) -> None:
    value = S.turnover(flows(year)).sel(country="RUS", partner="BLR").item() / 1000
    assert value == pytest.approx(icio.TURNOVER[year], abs=0.06)


def test_growth_in_2021_with_and_without_services() -> None:
    before, after = flows(2020), flows(2021)
    for sectors, new, growth in ((None, 41.6, 0.30), (goods(after), 32.3, 0.25)):
        old = S.turnover(before, sectors).sel(country="RUS", partner="BLR").item()
        now = S.turnover(after, sectors).sel(country="RUS", partner="BLR").item()
        assert now / 1000 == pytest.approx(new, abs=0.06)
        assert now / old - 1 == pytest.approx(growth, abs=0.01)


def test_ranks_in_2021() -> None:
    ranking = S.partner_ranking(flows(2021), "RUS")
    without_rest = ranking.drop(index="ROW", errors="ignore")
    assert list(without_rest.index[:4]) == ["CHN", "DEU", "USA", "BLR"]
    there = [m for m in ("ARM", "AZE", "BLR", "KAZ", "UZB") if m in ranking.index]
    assert ranking.loc[there, "turnover"].idxmax() == "BLR"


@pytest.mark.parametrize("year", [2021])
def test_looked_through_accounts_add_up_on_real_tables(year: int) -> None:
    world, _ = icio.baseline(year)
    reliance = S.country_reliance(S.foreign_input_reliance(world), world)
    assert_close(reliance.sum("source"), 1.0, rtol=1e-10)
    made = S.value_added_absorbed(world).sum("absorber")
    largest = float(world.data["value_added"].max())
    assert_close(made, world.data["value_added"], rtol=1e-8, atol=1e-12 * largest)
    face = S.country_reliance(S.import_dependence(world), world)
    domestic = (np.diag(face.values), np.diag(reliance.values))
    assert (domestic[1] < domestic[0]).all()  # exposure is larger than it looks
