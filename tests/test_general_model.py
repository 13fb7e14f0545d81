"""The solver of the extended model against the independent oracle, and its certificate."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

import zollverein as zv
from tests.oracles.cases import CASES, case, random_case
from tests.oracles.extended import DIMS, HATS, RATES
from zollverein.labelling import world_dataset
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.rules import Mobility, Pool, PriceCap

#: Both stop at residuals of about 1e-11; the wedge of a cap just below the free price is the least
#: well conditioned of the unknowns.
EQUAL = 2e-9
CHOICES = (
    "labour",
    "capital",
    "capital_share",
    "value_added_elasticity",
    "input_elasticity",
    "final_elasticity",
    "scale",
    "on_no_supplier",
)


def simulated(result: SimpleNamespace) -> zv.Result:
    """The same world, policy and parameters, given to the package."""
    arrays = {str(name): values.values for name, values in result.before.data.items()}
    labels = result.before.countries, result.before.sectors
    world = zv.World(name="oracle", data=world_dataset(*labels, arrays, {}))
    given = result.policy
    policy = Policy(
        **{name: getattr(given, name) for name in (*RATES, *HATS, "transfer")},
        pools=tuple(Pool(**vars(pool)) for pool in given.pools),
        caps=tuple(PriceCap(**vars(cap)) for cap in given.caps),
        mobility=tuple(Mobility(**vars(bloc)) for bloc in given.mobility),
    )
    parameters = result.parameters
    known = {field.name for field in fields(Parameters)}
    return zv.simulate(
        world,
        policy,
        closure=parameters.closure,
        trade_elasticity=parameters.trade_elasticity,
        tolerance=1e-11,
        **{name: getattr(parameters, name) for name in CHOICES if name in known},
    )


def assert_agrees(found: zv.Result, expected: SimpleNamespace) -> None:
    for name in DIMS:
        value, other = found.after.values(name), expected.after.data[name].values
        assert np.isfinite(value).all(), name
        scale = max(np.abs(other).max(), 1e-9)
        np.testing.assert_allclose(value, other, rtol=0, atol=EQUAL * scale, err_msg=name)
    certificate = zv.verify(found)
    assert certificate.holds(1e-10), str(certificate)


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", CASES)
def test_equals_the_oracle_feature_by_feature(name: str, seed: int) -> None:
    expected = case(name, seed)
    found = simulated(expected)
    assert_agrees(found, expected)
    assert set(zv.verify(found).conditions) >= CASES[name][3]


@pytest.mark.parametrize("seed", range(40))
def test_equals_the_oracle_under_a_random_mix_of_features(seed: int) -> None:
    expected = random_case(seed)
    assert_agrees(simulated(expected), expected)
