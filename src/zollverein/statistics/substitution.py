"""Growth of output by cause: demand, exports, import substitution, technology (Chenery)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.errors import LabelError
from zollverein.statistics.inputs import Array, economy, named, ratio
from zollverein.world import World

#: The causes, in the order of the result.
TERMS = ("final_demand", "exports", "import_substitution", "technology")


def import_substitution(before: World, after: World, country: str) -> xr.DataArray:
    """Change of output by cause ``[base, term, sector]``; the terms add up exactly.

    From ``x = d(Ax + F) + E``: with the first state's structure as weights or the second's, and
    their mean (Chenery 1960; Syrquin 1976; Kubo, Robinson and Syrquin 1986).
    ``import_substitution`` is what a changed domestic share adds. In values: between two years, or
    between numeraires, price changes are in every term.

    Args:
        before: The first state.
        after: The second: another year, or ``Result.after``.
        country: Label, code or English name.

    Returns:
        Base is ``new_structure`` (inverse, technology and shares of ``after``), ``old_structure``
        or ``mean``; term is one of ``final_demand``, ``exports``, ``import_substitution``,
        ``technology``.

    Raises:
        LabelError: If the two worlds have different labels.
        ScenarioError: If there is no such economy.
    """
    for world in (before, after):
        accounts.data_of(world)
    if (before.countries, before.sectors) != (after.countries, after.sectors):
        raise LabelError(
            f"{before.name} and {after.name} have different economies or sectors; "
            "a decomposition compares like with like."
        )
    row = before.countries.index(economy(before, country))
    old, new = _accounts(before, row), _accounts(after, row)
    forward = _terms(old, new)
    backward = tuple(-term for term in _terms(new, old))
    bases = [forward, backward, [(a + b) / 2 for a, b in zip(forward, backward, strict=True)]]
    coords = {
        "base": ("new_structure", "old_structure", "mean"),
        "term": TERMS,
        "sector": before.sectors,
    }
    return named("import_substitution", np.array(bases), coords)


class _National(NamedTuple):
    """One economy's table: output, domestic share, coefficients, final demand, exports."""

    x: Array
    d: Array
    A: Array
    F: Array
    E: Array


def _accounts(world: World, row: int) -> _National:
    sold = accounts.factory_sales(world)[row]
    spent = accounts.expenditure(world).values[row]
    output = sold.sum(axis=0)
    domestic = np.nan_to_num(ratio(sold[row], spent))
    use = accounts.values(world, "intermediate_use")[row]
    coefficients = np.nan_to_num(ratio(use, output))
    final = accounts.values(world, "final_demand")[row]
    return _National(output, domestic, coefficients, final, output - sold[row])


def _terms(old: _National, new: _National) -> tuple[Array, ...]:
    """The four terms of ``new.x − old.x`` with the new structure as weights."""
    multiplier = np.linalg.inv(np.eye(len(new.x)) - new.d[:, None] * new.A)
    causes = (
        new.d * (new.F - old.F),
        new.E - old.E,
        (new.d - old.d) * (old.A @ old.x + old.F),
        new.d * ((new.A - old.A) @ old.x),
    )
    return tuple(multiplier @ cause for cause in causes)
