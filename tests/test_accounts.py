"""Accounts of a world: labels of the vocabulary, and identities between them."""

from __future__ import annotations

import numpy as np
import pytest

from zollverein import accounts
from zollverein.testing import random_world
from zollverein.variables import DERIVED_VARIABLES

CASES = [random_world(seed, countries=4, sectors=3, export_taxes=True) for seed in range(4)]


@pytest.mark.parametrize("world", CASES)
@pytest.mark.parametrize("name", DERIVED_VARIABLES)
def test_dimensions_and_labels_are_those_of_the_vocabulary(world, name):
    array = getattr(accounts, name)(world)
    spec = DERIVED_VARIABLES[name]
    assert array.dims == spec.dims
    assert array.attrs["units"] == spec.unit
    for dim in array.dims:
        assert array.indexes[dim].equals(world.data.indexes[dim])
    assert np.isfinite(array.values).all()


@pytest.mark.parametrize("world", CASES)
def test_identities(world):
    spent = accounts.expenditure(world)
    share = accounts.trade_share(world).sum("exporter").values
    np.testing.assert_allclose(share, np.where(spent > 0, 1.0, 0.0), atol=1e-14)
    beta, gamma = accounts.value_added_share(world), accounts.input_share(world)
    np.testing.assert_allclose(beta.values + gamma.sum("input_sector").values, 1, rtol=1e-12)
    final = world.data["final_demand"].sum("sector")
    np.testing.assert_allclose(accounts.income(world), final, rtol=1e-9)
    np.testing.assert_allclose(accounts.final_share(world).sum("sector"), 1, rtol=1e-12)
    balance = accounts.exports(world) - accounts.imports(world)
    np.testing.assert_allclose(accounts.trade_balance(world), balance, atol=1e-15)
    assert float(balance.sum()) == pytest.approx(0, abs=1e-12)
    output = accounts.gross_output(world)
    cost = world.data["value_added"] + world.data["intermediate_use"].sum("input_sector")
    np.testing.assert_allclose(output, cost.transpose("country", "sector"), rtol=1e-9)
