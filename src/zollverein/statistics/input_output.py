"""The full inter-country input-output table of a World, and its Leontief inverse.

A World knows what each industry uses of each product, and where an economy buys each product, not
which industry uses whose. The proportionality assumption joins the two: every user of a product in an
economy buys it from each source in the economy's average proportions; only the government, where a
World tells it apart, has its own. All cells are at factory prices; the duties, export taxes and rents
on inputs are a row of their own, so that each column adds up to output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from zollverein import accounts
from zollverein.errors import DataError
from zollverein.world import World

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False, repr=False)
class InputOutput:
    """The table of ``N`` economies and ``S`` sectors in coefficients; row and column order is country-major.

    Attributes:
        countries: Labels, length N.
        sectors: Labels, length S.
        source_share: Factory value of a product by source, per unit of duty-paid spending on it
            ``[source, user, product]``.
        recipe: Duty-paid input per unit of output ``[user, product, sector]``.
        inverse: Leontief inverse ``(I − A)⁻¹`` ``[N·S, N·S]``.
        output: Gross output at factory prices ``[N·S]``.
        final: Final purchases at factory prices by seller and buyer ``[N·S, N]``.
        value_added: Value added per unit of output ``[N·S]``.
        input_taxes: Duties, export taxes and rents on inputs per unit of output ``[N·S]``.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    source_share: Array
    recipe: Array
    inverse: Array
    output: Array
    final: Array
    value_added: Array
    input_taxes: Array

    def coefficients(self, users: Any = slice(None)) -> Array:
        """Input coefficients ``A`` of all sources for some users ``[source, product, user, sector]``."""
        share, recipe = self.source_share[:, users], self.recipe[users]
        return np.asarray(np.einsum("ijk,jks->ikjs", share, recipe))

    def by_country(self, values: Array) -> Array:
        """The first axis, country-major, as two axes ``[country, sector]``."""
        return values.reshape(len(self.countries), len(self.sectors), *values.shape[1:])


#: Tables of worlds still in use; a memo of a pure function of a frozen value.
_TABLES: WeakKeyDictionary[World, InputOutput] = WeakKeyDictionary()


def input_output(world: World) -> InputOutput:
    """The inter-country table of a World; inverted once for each World.

    Raises:
        DataError: If production that is needed for itself has no finite total (the inverse is not
            positive).
    """
    accounts.data_of(world)  # a memo must not outlive a change
    if world not in _TABLES:
        _TABLES[world] = _build(world)
    return _TABLES[world]


def source_share(world: World) -> Array:
    """Factory value of a product by source, per unit of private spending ``[source, user, product]``."""
    bought = accounts.private_purchases(world)
    sold = accounts.factory_sales(world) - government_purchases(world)
    return np.asarray(sold * _inverse(bought.sum(axis=0)))


def government_purchases(world: World) -> Array:
    """What governments buy, at factory prices ``[source, user, product]``; zero if not told apart."""
    flow = accounts.values(world, "government_flow")
    return np.asarray(flow / (1 + accounts.export_wedge(world)))


def private_demand(world: World) -> Array:
    """Final purchases of all but the government, duty paid ``[country, product]``."""
    return accounts.values(world, "final_demand") - accounts.values(world, "government_demand")


def _build(world: World) -> InputOutput:
    made = accounts.gross_output(world).values
    share = source_share(world)
    recipe = accounts.values(world, "intermediate_use") * _inverse(made)[:, None, :]
    size = made.size
    share_of_input = np.einsum("ijk,jks->ikjs", share, recipe).reshape(size, size)
    inverse = _leontief(world, share_of_input)
    value_added = (accounts.values(world, "value_added") * _inverse(made)).reshape(size)
    bought = (recipe * (1 - share.sum(axis=0))[:, :, None]).sum(axis=1)
    final = np.einsum("ijk,jk->ikj", share, private_demand(world))
    final += government_purchases(world).transpose(0, 2, 1)
    return InputOutput(
        countries=world.countries,
        sectors=world.sectors,
        source_share=share,
        recipe=recipe,
        inverse=inverse,
        output=made.reshape(size),
        final=final.reshape(size, -1),
        value_added=value_added,
        input_taxes=bought.reshape(size),
    )


def _leontief(world: World, coefficients: Array) -> Array:
    """``(I − A)⁻¹``; A is overwritten."""
    np.negative(coefficients, out=coefficients)
    coefficients.flat[:: len(coefficients) + 1] += 1.0
    try:
        inverse = np.linalg.inv(coefficients)
    except np.linalg.LinAlgError:
        inverse = np.full(1, -1.0)
    if not (inverse > -1e-9).all():
        raise DataError(
            f"{world.name}: the inter-country table has no Leontief inverse. Usual cause: industries use "
            "their own product and add no value. Fix: see zollverein.repair.floor_value_added."
        )
    inverse.flags.writeable = False
    return np.asarray(inverse)


def _inverse(values: Array) -> Array:
    """One over each value, and 0 where nothing is made or bought."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)
