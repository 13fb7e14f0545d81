"""The certificate: it accepts the slow solver's equilibria and refuses every kind of error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.oracles.compare import oracle_result
from zollverein.errors import DataError
from zollverein.testing import decouple, make_policy, random_elasticity, random_policy, random_world
from zollverein.verification import DESCRIPTIONS, verify

CLOSURES = ("share_of_world", "numeraire", "share_of_own", "zero")


def solved(seed: int, closure: str = "share_of_world") -> SimpleNamespace:
    world = random_world(seed, countries=5, sectors=4, export_taxes=True)
    policy = random_policy(world, seed, export_taxes=True, productivity=True)
    return oracle_result(world, policy, random_elasticity(world, seed), closure)


def tampered(result: SimpleNamespace, **changes: np.ndarray) -> SimpleNamespace:
    """The same result with wrong numbers, past the checks of World."""
    data = result.after.data.copy(deep=True)
    for name, values in changes.items():
        data[name] = data[name].copy(data=values)
    after = SimpleNamespace(
        data=data, countries=result.after.countries, sectors=result.after.sectors
    )
    return SimpleNamespace(**{**vars(result), "after": after})


def after(result: SimpleNamespace, name: str) -> np.ndarray:
    return result.after.data[name].values.copy()


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("seed", range(5))
def test_accepts_the_equilibria_of_the_slow_solver(seed: int, closure: str) -> None:
    certificate = verify(solved(seed, closure))
    assert certificate.holds(1e-11), str(certificate)
    assert list(certificate.conditions) == list(DESCRIPTIONS)


def test_accepts_separated_groups() -> None:
    world = random_world(3, countries=5)
    result = oracle_result(
        world, decouple(world, "C0"), random_elasticity(world, 3), "share_of_own"
    )
    certificate = verify(result)
    assert certificate.holds(1e-11), str(certificate)


def scaled_cell(values: np.ndarray, factor: float = 1.001) -> np.ndarray:
    """The largest cell multiplied by a factor."""
    values = values.copy()
    values[np.unravel_index(values.argmax(), values.shape)] *= factor
    return values


@pytest.mark.parametrize(
    ("variable", "conditions"),
    [
        ("trade_flow", {"trade_share", "absorption", "output"}),
        ("tariff", {"tariff", "absorption"}),
        ("export_tax", {"export_tax", "output"}),
        ("intermediate_use", {"cost_share", "absorption", "output"}),
        ("final_demand", {"final_share", "income", "absorption", "walras"}),
        ("value_added", {"labour_market", "cost_share", "numeraire", "output", "walras"}),
        ("wage", {"labour_market", "price_index", "income"}),
        ("price_index", {"price_index", "trade_share", "goods_market"}),
    ],
)
def test_a_wrong_number_is_reported_by_its_condition(variable: str, conditions: set[str]) -> None:
    result = solved(1)
    wrong = after(result, variable)
    wrong = wrong * 1.001 if variable in ("tariff", "export_tax") else scaled_cell(wrong)
    certificate = verify(tampered(result, **{variable: wrong}))
    assert conditions <= set(certificate.failed()), str(certificate)
    assert "FAILS" in str(certificate)


def test_trade_under_embargo_is_reported_however_small() -> None:
    result = solved(1)
    flow = after(result, "trade_flow")
    stopped = np.argwhere(np.isinf(result.policy.cost_hat.values))[0]
    flow[tuple(stopped)] = 1e-20
    certificate = verify(tampered(result, trade_flow=flow))
    assert certificate.failed() == ("no_trade",), str(certificate)
    assert certificate.where["no_trade"].startswith(f"C{stopped[0]} to C{stopped[1]}")


@pytest.mark.parametrize("wrong", ["zero", "share_of_own"])
def test_another_closure_is_reported_by_the_trade_balance(wrong: str) -> None:
    result = solved(1)
    result.parameters.closure = wrong
    assert verify(result).failed() == ("trade_balance",)


def test_another_elasticity_or_policy_is_reported() -> None:
    result = solved(1)
    result.parameters.trade_elasticity = result.parameters.trade_elasticity * 1.01
    assert {"price_index", "trade_share"} <= set(verify(result).failed())
    result = solved(1)
    result.policy = make_policy(result.before)
    assert {"tariff", "export_tax", "trade_share"} <= set(verify(result).failed())


def test_another_price_level_is_reported_by_the_numeraire() -> None:
    """All nominal values doubled: only the numeraire and the fixed balances can tell."""
    result = solved(1, "share_of_own")
    money = ("trade_flow", "intermediate_use", "value_added", "final_demand", "wage", "price_index")
    doubled = {name: 2 * after(result, name) for name in money}
    certificate = verify(tampered(result, **doubled))
    assert "numeraire" in certificate.failed()
    assert not {"labour_market", "income", "cost_share", "walras", "trade_balance"} & set(
        certificate.failed()
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
@pytest.mark.parametrize("variable", ["trade_flow", "final_demand", "wage", "price_index"])
def test_nan_infinity_and_negatives_never_pass(variable: str, value: float) -> None:
    result = solved(1)
    values = after(result, variable)
    values.flat[0] = value
    certificate = verify(tampered(result, **{variable: values}))
    assert certificate.conditions["finite"] == np.inf
    assert certificate.residual == np.inf
    assert not certificate.holds(1e300)
    assert not any(np.isnan(v) for v in certificate.conditions.values())


def test_table_and_text() -> None:
    certificate = verify(solved(2))
    table = certificate.table()
    assert list(table.columns) == ["residual", "where", "description"]
    assert list(table.index) == list(DESCRIPTIONS)
    text = str(certificate)
    assert text.startswith("Equilibrium holds: largest relative residual")
    assert all(name in text for name in DESCRIPTIONS)


def test_unknown_closure_model_and_labels_are_errors() -> None:
    result: Any = solved(2)
    result.parameters.closure = "wishful"
    with pytest.raises(DataError, match="wishful"):
        verify(result)
    result = solved(2)
    result.parameters.model = "magic"
    with pytest.raises(DataError, match="magic"):
        verify(result)
    result = solved(2)
    result.after = random_world(2, countries=3)
    with pytest.raises(DataError, match="labels"):
        verify(result)
