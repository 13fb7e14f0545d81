"""A world, or one economy of it, in facts: what ``zollverein describe`` prints."""

from __future__ import annotations

from typing import Any

import numpy as np

from zollverein import accounts
from zollverein.names import country_label
from zollverein.world import World

#: Attributes that are shown in words.
_TOLD = ("source", "licence", "citation", "currency")
#: How many partners and sectors a profile lists.
_SHOWN = 5


def describe_world(world: World) -> dict[str, Any]:
    """Size, source, adjustments and the accounts of every economy."""
    facts: dict[str, Any] = {
        "world": world.name,
        "year": world.year,
        "countries": len(world.countries),
        "sectors": len(world.sectors),
    }
    facts |= {key: world.data.attrs[key] for key in _TOLD if key in world.data.attrs}
    facts["adjustments"] = list(world.adjustments)
    value_added = world.data["value_added"].values.sum(axis=1)
    columns = {
        "value_added": value_added,
        "exports": accounts.exports(world).values,
        "imports": accounts.imports(world).values,
        "trade_balance": accounts.trade_balance(world).values,
        "tariff_revenue": accounts.tariff_revenue(world).values,
    }
    facts["economies"] = {
        country: {name: float(column[row]) for name, column in columns.items()}
        for row, country in enumerate(world.countries)
    }
    return facts


def describe_country(world: World, country: str) -> dict[str, Any]:
    """One economy: accounts, largest partners and sectors.

    Raises:
        ScenarioError: If the world has no such country; with the nearest valid name.
    """
    label = country_label(country, world.countries, world.name)
    row = world.countries.index(label)
    flow = accounts.abroad(world.data["trade_flow"].values)
    sold, bought = flow[row].sum(axis=1), flow[:, row].sum(axis=1)
    output = accounts.gross_output(world).values[row]
    facts = {
        "world": world.name,
        "country": label,
        "currency": world.data.attrs.get("currency", ""),
    }
    facts |= describe_world(world)["economies"][label]
    facts["turnover_by_partner"] = _largest(world.countries, sold + bought)
    facts["exports_by_partner"] = _largest(world.countries, sold)
    facts["imports_by_partner"] = _largest(world.countries, bought)
    facts["output_by_sector"] = _largest(world.sectors, output)
    return facts


def _largest(labels: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    order = np.argsort(-values)[:_SHOWN]
    return {labels[k]: float(values[k]) for k in order if values[k] > 0}
