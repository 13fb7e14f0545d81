"""What stands in the attributes of the world: source, licence, and every adjustment in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from .assemble import LEAST_VALUE_ADDED, MANTISSA_BITS, Table
from .source import PACKAGE, Source
from .tariffs import Agreement

SOURCE = (
    "OECD Inter-Country Input-Output (ICIO) tables, 2025 edition, year 2022: intermediate block "
    f"and gross output as carried by the Python package {PACKAGE.replace('==', ' ')} (MIT; "
    "Bhattathiripad and Veetil); typical applied tariff rates of 2021 after Teti, Global Tariff "
    "Database (2024)."
)
LICENCE = "CC BY 4.0"
CITATION = (
    "OECD (2025), Inter-Country Input-Output tables, 2025 edition, http://oe.cd/icio. Adapted by "
    "Zollverein; the OECD has not endorsed the changes. Tariffs: Teti, F. (2024), Missing Tariffs."
)


def attributes(
    source: Source,
    table: Table,
    balance: np.ndarray,
    agreements: Sequence[Agreement],
) -> dict[str, Any]:
    """Attributes of the packaged world.

    Args:
        source: What was read.
        table: What was built.
        balance: ``[country]`` exports less imports with everyone, before closing.
        agreements: Agreements inside which goods are duty-free.
    """
    named = [f"{a.name} ({a.year})" for a in agreements]
    return {
        "source": SOURCE,
        "licence": LICENCE,
        "citation": CITATION,
        "currency": "million USD",
        "country_names": json.dumps(source.country_names, ensure_ascii=False),
        "sector_names": json.dumps(source.sector_names, ensure_ascii=False),
        "trade_agreements": json.dumps(named, ensure_ascii=False),
        "adjustments": [
            *_about_the_source(source),
            *_about_final_sales(source, balance),
            *_about_tariffs(agreements),
            *_about_accounts(source, table),
        ],
    }


def _about_the_source(source: Source) -> list[str]:
    idle = int((source.output == 0).sum())
    return [
        (
            "The rest of the world is left out: sales to it are counted among final sales, inputs "
            "bought from it among value added."
        ),
        "Taxes less subsidies on inputs are counted among value added.",
        (
            "The source lowers the inputs of two industries (air transport in Cyprus, pharmaceuticals "
            "in Iceland) to 98 % of output."
        ),
        (
            f"{idle} industries of {source.output.size} have no output (no trade either): most are "
            "mining, or households as employers."
        ),
    ]


def _about_final_sales(source: Source, balance: np.ndarray) -> list[str]:
    gap, share = balance.sum(), balance.sum() / np.abs(balance).sum()
    homebound = (source.intermediate_sales.sum(axis=1) == 0) & (source.output > 0)
    return [
        (
            "Final sales are known by seller only. They are allocated to destinations in the "
            f"proportions of the seller's sales to producers ({int(homebound.sum())} sellers without "
            "such sales, nearly all households as employers, sell at home)."
        ),
        (
            "Final sales are then balanced (RAS: sellers' totals kept, destinations scaled) so that "
            "each economy's final purchases before duty equal its value added before duty less its "
            "trade balance."
        ),
        (
            f"The trade balances of 2022 of the 80 economies sum to {gap / 1000:.1f} bn USD (their "
            "surplus with the rest of the world). To sum to zero each is lowered by "
            f"{100 * share:.2f} % of its size: surpluses shrink, deficits widen, none changes sign."
        ),
    ]


def _about_tariffs(agreements: Sequence[Agreement]) -> list[str]:
    pairs = len({pair for agreement in agreements for pair in agreement.pairs})
    return [
        (
            "Tariffs are the importer's typical applied rate of 2021 by goods sector for every "
            "exporter; zero on services and at home."
        ),
        (
            f"Goods are duty-free inside {len(agreements)} customs unions and free-trade agreements, or "
            f"sets of them, in force on 2022-01-01 ({pairs} pairs of importer and exporter). Agreements "
            "on industrial goods leave the duty on farming, fishing and food. That all other duties "
            "inside an agreement are gone is a simplification."
        ),
        (
            "Preferences granted by one side, and the extra duties and the suspension of "
            "most-favoured-nation rates of 2018 to 2022, are not in the tariffs."
        ),
    ]


def _about_accounts(source: Source, table: Table) -> list[str]:
    industries = [f"{source.countries[c]} {source.sectors[s]}" for c, s in table.lowered]
    revenue = (table.trade_flow * table.tariff).sum()
    return [
        (
            "Inputs and final demand are raised by the duty on them "
            f"({revenue / 1000:.0f} bn USD in all); value added is lowered by the duty on inputs."
        ),
        (
            f"Inputs of {len(industries)} industries that duty would have left with less than "
            f"{100 * LEAST_VALUE_ADDED:g} % value added are lowered to leave that much "
            f"({', '.join(industries)}); what they no longer buy is final demand."
        ),
        (
            f"Trade flows and inputs are kept to {MANTISSA_BITS} bits (relative step 6e-8); value added "
            "and final demand are the exact residuals."
        ),
    ]
