"""What happens in one economy: its sectors, its partners, and who supplies it instead of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import accounts
from zollverein.app.answers import number
from zollverein.measures.common import ratio
from zollverein.measures.creation import creation_and_diversion, sourcing
from zollverein.measures.roles import role_texts
from zollverein.names import country_name
from zollverein.report.tables import sector_titles

if TYPE_CHECKING:
    from zollverein.result import Result


def focus_on(result: Result, country: str) -> dict[str, Any]:
    """Sectors, partners, diversion and role of one economy.

    Args:
        result: A result.
        country: Label of the economy.
    """
    text = "" if result.scenario is None else role_texts(result.scenario, result.before)[country]
    return {
        "code": country,
        "name": country_name(country),
        "role_text": str(text),
        "sectors": _sectors(result, country),
        "partners": _partners(result, country),
        **_diversion(result, country),
    }


def _sectors(result: Result, country: str) -> list[dict[str, Any]]:
    """Output, employment and price in percent, and domestic shares, by sector."""
    worlds = result.before, result.after
    place = result.before.countries.index(country)
    output, employment, price, share = (
        [np.asarray(read(world))[place] for world in worlds]
        for read in (
            lambda world: accounts.gross_output(world).values,
            lambda world: accounts.values(world, "employment"),
            lambda world: world.data["price_index"].values,
            lambda world: np.asarray(accounts.domestic_share(world)),
        )
    )
    change = [100 * (ratio(pair[1], pair[0]) - 1) for pair in (output, employment, price)]
    titles = sector_titles(result.before)
    return [
        {
            "code": code,
            "title": titles[s],
            "output_before": number(output[0][s]),
            "output_pct": number(change[0][s]),
            "employment_pct": number(change[1][s]),
            "price_pct": number(change[2][s]),
            "domestic_share_before": number(share[0][s]),
            "domestic_share_after": number(share[1][s]),
        }
        for s, code in enumerate(result.before.sectors)
    ]


def _partners(result: Result, country: str) -> list[dict[str, Any]]:
    """Trade with every other economy, at border values."""
    old, new = (accounts.bilateral_trade(world) for world in (result.before, result.after))
    place = result.before.countries.index(country)
    return [
        {
            "code": label,
            "exports_before": number(old[place, k]),
            "exports_after": number(new[place, k]),
            "imports_before": number(old[k, place]),
            "imports_after": number(new[k, place]),
        }
        for k, label in enumerate(result.before.countries)
        if k != place
    ]


def _diversion(result: Result, country: str) -> dict[str, Any]:
    """Purchases by supplier and why they change, and Viner's totals, in the world's currency."""
    worlds = result.before, result.after
    given: Any = {"policy": result.policy, "parameters": result.parameters}
    table = sourcing(*worlds, country, **given)
    by_partner = table.groupby(level=["source", "partner"], sort=False).sum()
    moved: dict[Any, dict[Any, float]] = by_partner.to_dict(orient="index")
    totals = creation_and_diversion(*worlds, country, **given).sum()
    return {
        "diversion": [
            {"source": key[0], "code": key[1], **{k: number(v) for k, v in row.items()}}
            for key, row in moved.items()
        ],
        "creation": {str(key): number(value) for key, value in totals.items()},
    }
