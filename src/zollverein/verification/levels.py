"""A World in plain arrays.

Variables that a world does not have take their neutral value, so that results of the plain model
and files written by earlier versions are read like the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
PAIR, OWN = ("exporter", "importer", "sector"), ("country", "sector")


def plain(array: Any, axes: tuple[str, ...]) -> Array:
    """Values of a labelled array in a fixed order of axes."""
    return np.asarray(array.transpose(*axes).values, dtype=float)


@dataclass(frozen=True)
class Levels:
    """A World in plain arrays, axes as there; ``consumer_price`` is None if it is not stored."""

    flow: Array
    tariff: Array
    import_rent: Array
    export_tax: Array
    export_rent: Array
    government_flow: Array
    use: Array
    value_added: Array
    final: Array
    government: Array
    wage: Array
    price: Array
    employment: Array
    population: Array
    consumer_price: Array | None

    @property
    def import_wedge(self) -> Array:
        """Duty and rent on the fob value, T."""
        return self.tariff + self.import_rent

    @property
    def export_wedge(self) -> Array:
        """Tax and rent on the factory value, E."""
        return self.export_tax + self.export_rent

    @property
    def income(self) -> Array:
        """Final spending of each country."""
        return np.asarray(self.final.sum(axis=1))

    @property
    def gdp(self) -> Array:
        """Value added of each country."""
        return np.asarray(self.value_added.sum(axis=1))

    @property
    def made(self) -> Array:
        """Cost of production: inputs and value added."""
        return np.asarray(self.use.sum(axis=1) + self.value_added)

    @property
    def sector_wage(self) -> Array:
        """Value added per unit of employment; the country's wage where there is neither."""
        working = self.employment > 0
        own = self.value_added / np.where(working, self.employment, 1)
        return np.where(working, own, self.wage[:, None])


def read_levels(world: Any) -> Levels:
    """The variables of a World; absent ones take the neutral value."""
    flow, wage = plain(world.data["trade_flow"], PAIR), plain(world.data["wage"], ("country",))
    value_added = plain(world.data["value_added"], OWN)
    none = np.zeros_like(flow)

    def optional(name: str, axes: tuple[str, ...], neutral: Array) -> Array:
        return plain(world.data[name], axes) if name in world.data else neutral

    with np.errstate(all="ignore"):
        employment = optional("employment", OWN, value_added / wage[:, None])
    prices = world.data.get("consumer_price")
    return Levels(
        flow=flow,
        tariff=plain(world.data["tariff"], PAIR),
        import_rent=optional("import_rent", PAIR, none),
        export_tax=plain(world.data["export_tax"], PAIR),
        export_rent=optional("export_rent", PAIR, none),
        government_flow=optional("government_flow", PAIR, none),
        use=plain(world.data["intermediate_use"], ("country", "input_sector", "sector")),
        value_added=value_added,
        final=plain(world.data["final_demand"], OWN),
        government=optional("government_demand", OWN, none[0]),
        wage=wage,
        price=plain(world.data["price_index"], OWN),
        employment=employment,
        population=optional("population", ("country",), np.ones_like(wage)),
        consumer_price=None if prices is None else plain(prices, ("country",)),
    )
