"""Build the packaged world ``icio2022`` from the public source; see docs/data/icio2022.md.

    python tools/build_icio2022.py                      # download the source, write the file
    python tools/build_icio2022.py --wheel PATH         # use a wheel that is already here
    python tools/build_icio2022.py --reference FOLDER   # also compare with the true totals

Nothing in it depends on the time or on chance: the same source gives the same numbers.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from icio2022.adjustments import attributes
from icio2022.assemble import Table, assemble
from icio2022.compare import comparison, read_reference
from icio2022.final_sales import allocate, balance_final_sales, close_balances, read_balances
from icio2022.source import Source, download, read_source
from icio2022.tariffs import Agreement, read_agreements, read_rates, tariffs
from zollverein import World

TOOLS = Path(__file__).resolve().parent
TARGET = TOOLS.parent / "src" / "zollverein" / "data" / "icio2022.nc"
#: Industries of ISIC sections A to C: goods, which pay duty.
GOODS = "ABC"


def final_sales(source: Source, balance: np.ndarray) -> np.ndarray:
    """Balanced final sales ``[exporter, importer, sector]`` before duty, million USD.

    Args:
        source: What was read.
        balance: ``[country]`` trade balances that sum to zero.
    """
    bought = source.purchases.sum(axis=(0, 1, 3))
    absorption = source.output.sum(axis=1) - bought - balance
    guess = allocate(source.final_sales, source.intermediate_sales)
    return balance_final_sales(guess, absorption)


def duties(source: Source, agreements: tuple[Agreement, ...]) -> np.ndarray:
    """Rates ``[exporter, importer, sector]``."""
    goods = [sector for sector in source.sectors if sector[0] in GOODS]
    rates = read_rates(TOOLS / "data" / "applied_tariff_2021.csv", source.countries, goods)
    return tariffs(rates, agreements, source.countries, source.sectors, goods)


def build(source: Source) -> tuple[World, Table]:
    """The World, and the table it is made of."""
    balance = read_balances(TOOLS / "data" / "trade_balance_2022.csv", source.countries)
    agreements = read_agreements(TOOLS / "data" / "trade_agreements.toml")
    sales = final_sales(source, close_balances(balance))
    table = assemble(source.purchases, sales, duties(source, agreements))
    world = World.from_arrays(
        name="icio2022",
        countries=source.countries,
        sectors=source.sectors,
        trade_flow=table.trade_flow,
        tariff=table.tariff,
        intermediate_use=table.intermediate_use,
        final_demand=table.final_demand,
        value_added=table.value_added,
        year=2022,
        attrs=attributes(source, table, balance, agreements),
    )
    return world, table


def main() -> None:
    """Read, build, write, and say how good it is."""
    parser = argparse.ArgumentParser(description="Build the packaged world icio2022.")
    parser.add_argument("--wheel", type=Path, help="the source, if it is already here")
    parser.add_argument("--output", type=Path, default=TARGET)
    parser.add_argument("--reference", type=Path, help="folder with the true totals of 2022")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = read_source(options.wheel or download(Path(folder)))
    world, _ = build(source)
    path = world.to_netcdf(options.output)
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    print("\n".join(f"- {text}" for text in world.adjustments))
    if options.reference:
        guess = allocate(source.final_sales, source.intermediate_sales)
        unbalanced = source.intermediate_sales + guess
        print(comparison(world, unbalanced, read_reference(options.reference)))


if __name__ == "__main__":
    main()
