"""Economic complexity, the product space, and what economies are close to only together."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from zollverein.errors import DataError
from zollverein.statistics.advantage import export_table, reaches, specialised
from zollverein.statistics.inputs import Array, Flows, Group, Sectors, members, named, ratio

#: Economies by products: who is specialised in what.
Mask = np.ndarray[Any, np.dtype[np.bool_]]
#: Second and third eigenvalue nearer than this: the index is not determined.
_DISTINCT = 1e-9


def economic_complexity(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Economic complexity index ``[country]``, mean 0 and standard deviation 1.

    The eigenvector of the second largest eigenvalue of ``D⁻¹ M U⁻¹ Mᵀ``, ``M`` being 1 where
    comparative advantage is at least 1, ``D`` diversity and ``U`` ubiquity (Hidalgo and Hausmann
    2009; Atlas of Economic Complexity 2014). Its sign is such that it correlates positively with
    diversity. Not-a-number for an economy that is specialised in nothing.

    Args:
        source: A World, a table of flows, or exports ``[country, sector]``.
        sectors: Which sectors; all if omitted. Usual: ``goods``.

    Raises:
        DataError: If the economies fall into groups that share no product, so that no index orders
            them all.
    """
    made = specialised(source, sectors)
    return named(
        "economic_complexity", _complexities(made.values)[0], {"country": _axis(made, "country")}
    )


def product_complexity(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Product complexity index ``[sector]``, mean 0 and standard deviation 1.

    Proportional to the mean complexity of the economies specialised in the product (Hidalgo and
    Hausmann 2009). Not-a-number for a product nobody is specialised in.

    Raises:
        DataError: As for ``economic_complexity``.
    """
    made = specialised(source, sectors)
    return named(
        "product_complexity", _complexities(made.values)[1], {"sector": _axis(made, "sector")}
    )


def proximity(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """Proximity of two products ``[sector, other_sector]``, between 0 and 1; symmetric.

    The smaller of the two conditional probabilities that an economy is specialised in one, given
    that it is in the other (Hidalgo, Klinger, Barabási and Hausmann 2007).
    """
    made = specialised(source, sectors)
    names = _axis(made, "sector")
    return named("proximity", _proximity(made.values), {"sector": names, "other_sector": names})


def density(source: Flows, sectors: Sectors = None) -> xr.DataArray:
    """How near a product is to what an economy already makes ``[country, sector]``, between 0 and 1.

    The proximity-weighted share of all products that the economy is specialised in (Hidalgo et al.
    2007).
    """
    made = specialised(source, sectors)
    coords = {dim: _axis(made, dim) for dim in ("country", "sector")}
    return named("density", _density(made.values, _proximity(made.values)), coords)


def joint_capability(source: Flows, group: Group, sectors: Sectors = None) -> xr.Dataset:
    """What several economies are near to only together, by product.

    A screen for products worth a closer look, not a forecast of success.

    Args:
        source: A World, a table of flows, or exports ``[country, sector]``.
        group: A bloc, or two or more economies.
        sectors: Which sectors; all if omitted. Usual: ``goods``.

    Returns:
        By sector ``union_density`` with what at least one of them is specialised in,
        ``pooled_density`` with the comparative advantage of their summed exports, ``best_density``
        of a single member, ``gain`` (union less best, never negative) and ``held`` (whether a
        member is specialised in it). Proximities are those of all economies.

    Raises:
        DataError: If the group has fewer than two members.
        ScenarioError: If a name is unknown.
    """
    exports = export_table(source, sectors)
    names = list(exports.indexes["country"])
    chosen = members(exports, group)
    if len(chosen) < 2:
        raise DataError(
            f"joint capability is of two or more economies; {group} is one: {chosen[0]}."
        )
    made = specialised(exports).values
    near = _proximity(made)
    rows = [names.index(label) for label in chosen]
    union = np.asarray(made[rows].any(axis=0, keepdims=True))
    pooled = _pooled(exports.values, rows)
    best = _density(made[rows], near).max(axis=0)
    together = _density(union, near)[0]
    coords = {"sector": list(exports.indexes["sector"])}
    columns = {
        "union_density": together,
        "pooled_density": _density(pooled, near)[0],
        "best_density": best,
        "gain": together - best,
        "held": union[0],
    }
    labelled = {
        name: named("joint_capability", v, coords).rename(name) for name, v in columns.items()
    }
    return xr.Dataset(labelled, attrs={"members": list(chosen)})


def _pooled(exports: Array, rows: list[int]) -> Mask:
    """Specialisation of the sum of some economies' exports, trade among them included."""
    own = exports[rows].sum(axis=0)
    advantage = ratio(ratio(own, own.sum()), ratio(exports.sum(axis=0), exports.sum()))
    return reaches(advantage)[None]


def _proximity(made: Mask) -> Array:
    """Joint specialisations over the larger of the two ubiquities; 0 where nobody makes either."""
    count = made.astype(float)
    together = count.T @ count
    alone = np.diag(together)
    return np.nan_to_num(ratio(together, np.maximum(alone[:, None], alone[None])))


def _density(made: Mask, near: Array) -> Array:
    return np.nan_to_num(ratio(made.astype(float) @ near, near.sum(axis=0)))


def _complexities(made: Mask) -> tuple[Array, Array]:
    """Complexity of economies and of products from the matrix of specialisations."""
    countries, products = np.asarray(made.any(axis=1)), np.asarray(made.any(axis=0))
    m = made[np.ix_(countries, products)].astype(float)
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    if len(diversity) < 3 or len(ubiquity) < 3:
        raise DataError(
            "complexity needs at least three economies and three products that are traded."
        )
    half = m / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)
    left, size, _ = np.linalg.svd(half, full_matrices=False)
    if size[0] - size[1] < _DISTINCT or size[1] - size[2] < _DISTINCT:
        raise DataError(
            "complexity is not determined: the economies fall into groups that share no product, or two "
            "orders fit equally well. Fix: leave out sectors or economies with little trade."
        )
    index = left[:, 1] / np.sqrt(diversity)
    index *= np.sign((index - index.mean()) @ (diversity - diversity.mean())) or 1.0
    index = _standardised(index)
    by_country, by_product = np.full(len(countries), np.nan), np.full(len(products), np.nan)
    by_country[countries] = index
    by_product[products] = _standardised(m.T @ index / ubiquity)
    return by_country, by_product


def _standardised(values: Array) -> Array:
    return (values - values.mean()) / values.std()


def _axis(table: xr.DataArray, dim: str) -> list[str]:
    return list(table.indexes[dim])
