"""The certificate of the extended model: it accepts the oracle's equilibria, feature by feature and
together, and names the condition that a wrong number breaks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.oracles.cases import CASES, GOVERNMENT, POOL, case
from tests.oracles.extended import (
    DIMS,
    RATES,
    cap_of,
    extended_world,
    parameters_of,
    policy_of,
    shocks,
    solved,
)
from zollverein.errors import DataError
from zollverein.testing import random_world
from zollverein.verification import DESCRIPTIONS, verify


def tampered(result: SimpleNamespace, name: str, values: np.ndarray) -> SimpleNamespace:
    """The same result with other numbers in one variable."""
    data = result.after.data.copy()
    data[name] = data[name].copy(data=values)
    after = SimpleNamespace(**{**vars(result.after), "data": data})
    return SimpleNamespace(**{**vars(result), "after": after})


def with_field(result: SimpleNamespace, part: str, **fields: Any) -> SimpleNamespace:
    """The same result with another policy or other parameters."""
    changed = SimpleNamespace(**{**vars(getattr(result, part)), **fields})
    return SimpleNamespace(**{**vars(result), part: changed})


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", CASES)
def test_accepts_the_equilibria_of_the_oracle(name: str, seed: int) -> None:
    certificate = verify(case(name, seed))
    assert certificate.holds(1e-10), str(certificate)
    assert set(certificate.conditions) == set(DESCRIPTIONS) | CASES[name][3]


def test_price_caps_of_these_cases_bind() -> None:
    for name in ("cap", "all mobile", "all specific"):
        result = case(name)
        extra = result.after.data["import_rent"].values - result.policy.import_rent.values
        assert extra[1, 0, 0] > 1e-3, name


#: Conditions that a wrong number of a variable breaks at least.
BREAKS: dict[str, set[str]] = {
    "trade_flow": {"trade_share", "absorption", "output"},
    "government_flow": {"government_flow"},
    "government_demand": {"government_demand", "trade_share"},
    **{name: {name} for name in RATES},
    "intermediate_use": {"cost_share", "absorption", "output"},
    "value_added": {"labour_market", "cost_share", "numeraire", "output"},
    "final_demand": {"final_share", "income", "absorption"},
    "employment": {"employment"},
    "price_index": {"price_index", "trade_share", "goods_market"},
    "wage": {"labour_market", "income"},
    "population": {"population"},
    "consumer_price": {"consumer_price"},
}


def test_every_variable_is_covered() -> None:
    assert set(BREAKS) == set(DIMS)


#: What can be wrong in each case: without a government there are no purchases of it.
WRONG = [
    (name, variable)
    for name, (options, *_) in CASES.items()
    for variable in BREAKS
    if options.get("government", True) or variable not in GOVERNMENT
]


@pytest.mark.parametrize(("name", "variable"), WRONG)
def test_a_millionth_is_reported_by_its_condition(name: str, variable: str) -> None:
    """The largest cell times 1 + 1e-6, or a rate plus 1e-6 on the largest flow."""
    result = case(name)
    values = result.after.data[variable].values.copy()
    rates = variable in RATES
    size = result.after.data["trade_flow"].values if rates else values
    cell = np.unravel_index(int(size.argmax()), size.shape)
    values[cell] += 1e-6 if rates else 1e-6 * values[cell]
    certificate = verify(tampered(result, variable, values))
    assert BREAKS[variable] <= set(certificate.failed()), str(certificate)
    assert all(
        certificate.where[condition] or condition == "numeraire" for condition in BREAKS[variable]
    )


@pytest.mark.parametrize("variable", BREAKS)
@pytest.mark.parametrize("name", ["all mobile", "all specific"])
def test_a_millionth_in_any_cell_is_reported(name: str, variable: str) -> None:
    result = case(name)
    start = result.after.data[variable].values
    for flat in range(start.size):
        values = start.copy()
        values.flat[flat] += 1e-6 if variable in RATES else 1e-6 * values.flat[flat]
        if values.flat[flat] == start.flat[flat]:
            continue
        certificate = verify(tampered(result, variable, values))
        assert not certificate.holds(1e-8), (variable, flat, str(certificate))


def other_bloc(result: SimpleNamespace, elasticity: float, first: float) -> tuple[Any, ...]:
    block = result.policy.mobility[0]
    weights = (block.weights[0] * first, *block.weights[1:])
    return (SimpleNamespace(members=block.members, elasticity=elasticity, weights=weights),)


def test_another_policy_is_reported() -> None:
    result = case("all mobile")
    policy = result.policy
    cap = policy.caps[0]
    keys = SimpleNamespace(members=POOL.members, keys=(0.5, 0.3, 0.2), part=0.7)
    unfair = SimpleNamespace(members=POOL.members, keys=(0.5, 0.2, 0.4), part=0.7)
    whole = SimpleNamespace(members=POOL.members, keys=POOL.keys)
    changes: list[tuple[dict[str, Any], set[str]]] = [
        ({"access_hat": policy.access_hat * 1.001}, {"price_index", "trade_share"}),
        ({"government_access_hat": policy.government_access_hat**1.01}, {"government_flow"}),
        ({"import_rent": policy.import_rent + 0.001}, {"import_rent"}),
        ({"export_rent": policy.export_rent + 0.001}, {"export_rent"}),
        ({"transfer": policy.transfer * 1.01}, {"trade_balance"}),
        ({"transfer": policy.transfer + 0.001}, {"trade_balance", "transfer"}),
        ({"pools": (keys,)}, {"trade_balance"}),
        ({"pools": (unfair,)}, {"trade_balance", "transfer"}),
        ({"pools": ()}, {"trade_balance"}),
        ({"pools": (whole,)}, {"trade_balance"}),
        ({"caps": (cap_of(cap.cap * 1.001, cap.leakage),)}, {"price_cap"}),
        ({"caps": (cap_of(cap.cap * 0.999, cap.leakage),)}, {"price_cap"}),
        ({"caps": ()}, {"import_rent"}),
        ({"mobility": other_bloc(result, 1.6, 1.0)}, {"population", "labour_market"}),
        ({"mobility": other_bloc(result, 1.5, 1.1)}, {"population", "labour_market"}),
        ({"mobility": ()}, {"population", "labour_market"}),
    ]
    for fields, conditions in changes:
        certificate = verify(with_field(result, "policy", **fields))
        assert conditions <= set(certificate.failed()), (fields, str(certificate))


def test_other_parameters_are_reported() -> None:
    result = case("all mobile")
    changes: list[tuple[dict[str, Any], set[str]]] = [
        ({"scale": result.parameters.scale * 1.01}, {"price_index", "trade_share"}),
        ({"scale": 0.0}, {"price_index", "government_flow"}),
        ({"value_added_elasticity": 0.61}, {"cost_share", "price_index"}),
        ({"value_added_elasticity": 1.0}, {"cost_share", "price_index"}),
        ({"input_elasticity": 0.31}, {"cost_share"}),
        ({"final_elasticity": 2.21}, {"final_share", "consumer_price"}),
        ({"capital": "fixed"}, {"labour_market"}),
        ({"capital_share": 0.34}, {"labour_market"}),
        ({"closure": "share_of_world"}, {"trade_balance"}),
    ]
    for fields, conditions in changes:
        certificate = verify(with_field(result, "parameters", **fields))
        assert conditions <= set(certificate.failed()), (fields, str(certificate))
    stuck = with_field(case("specific"), "parameters", labour="mobile")
    assert {"employment", "price_index"} <= set(verify(stuck).failed())
    moved = with_field(case("nests"), "parameters", labour="sector_specific")
    assert {"employment", "labour_market"} <= set(verify(moved).failed())


def test_a_wedge_must_be_the_same_for_all_and_not_negative() -> None:
    result = case("cap")
    rent = result.after.data["import_rent"].values
    uneven = rent.copy()
    uneven[1, 0, 0], uneven[1, 2, 0] = rent[1, 0, 0] + 0.01, rent[1, 2, 0] - 0.01
    failed = set(verify(tampered(result, "import_rent", uneven)).failed())
    assert {"import_rent", "absorption"} <= failed
    subsidy = rent.copy()
    subsidy[1, [0, 2], 0] = result.policy.import_rent.values[1, [0, 2], 0] - 0.05
    certificate = verify(tampered(result, "import_rent", subsidy))
    assert certificate.conditions["price_cap"] == pytest.approx(0.05 / 0.7)


def test_goods_without_a_supplier_drop_out_only_if_the_parameters_say_so() -> None:
    result = case("lost goods")
    assert "lost goods left out" in verify(result).descriptions["cost_share"]
    strict = verify(with_field(result, "parameters", on_no_supplier="error"))
    assert {"price_index", "final_share", "cost_share"} <= set(strict.failed())


def test_flows_that_one_buyer_may_not_make_are_zero_for_that_buyer() -> None:
    result = case("all mobile")
    flow = result.after.data["trade_flow"].values.copy()
    assert flow[3, 0, 1] > 0, "the government still buys here"
    assert verify(result).conditions["no_trade"] == 0
    flow[3, 0, 1] *= 1 + 1e-15
    assert verify(tampered(result, "trade_flow", flow)).failed() == ("no_trade",)
    bought = result.after.data["government_flow"].values.copy()
    assert bought[2, 0, 0] == 0
    bought[2, 0, 0] = 1e-20
    assert "no_trade" in verify(tampered(result, "government_flow", bought)).failed()


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
@pytest.mark.parametrize("variable", DIMS)
def test_nan_infinity_and_negatives_never_pass(variable: str, value: float) -> None:
    result = case("all mobile")
    values = result.after.data[variable].values.copy()
    values.flat[0] = value
    certificate = verify(tampered(result, variable, values))
    assert not certificate.holds(1e-3), str(certificate)
    if variable not in RATES or not np.isfinite(value):
        assert certificate.residual == np.inf
    assert not any(np.isnan(v) for v in certificate.conditions.values())


def test_the_neutral_values_of_what_is_absent() -> None:
    """A plain result stored without the new variables and fields has the plain lines, and holds."""
    world = extended_world(2, rents=False, government=False, employment=False, export_taxes=True)
    known = ("tariff", "export_tax", "cost_hat", "productivity_hat")
    change = {name: value for name, value in shocks(world, 2).items() if name in known}
    result = solved(world, policy_of(world, **change), parameters_of(world, 2))

    def only(part: Any, names: tuple[str, ...]) -> SimpleNamespace:
        return SimpleNamespace(**{name: getattr(part, name) for name in names})

    result.policy = only(result.policy, known)
    result.parameters = only(result.parameters, ("model", "closure", "trade_elasticity"))
    late = set(DIMS) - set(random_world(2).data) | {"employment", "population", "consumer_price"}
    for name in ("before", "after"):
        full = getattr(result, name)
        stored = {**vars(full), "data": full.data.drop_vars(late)}
        setattr(result, name, SimpleNamespace(**stored))
    certificate = verify(result)
    assert certificate.holds(1e-10), str(certificate)
    assert list(certificate.conditions) == list(DESCRIPTIONS)


def test_separate_groups_with_a_transfer_inside_one() -> None:
    world = extended_world(1)
    cost = np.ones((4, 4, 3))
    cost[0, 1:], cost[1:, 0] = np.inf, np.inf
    aid = np.array([0.0, 0.01, -0.01, 0.0])
    policy = policy_of(world, cost_hat=cost, transfer=aid)
    result = solved(world, policy, parameters_of(world, 1, capital="adjusting"))
    assert verify(result).holds(1e-10), str(verify(result))
    across = policy_of(world, cost_hat=cost, transfer=aid[[1, 0, 2, 3]])
    result.policy = across
    assert {"transfer", "trade_balance"} <= set(verify(result).failed())


def test_what_has_no_meaning_is_refused() -> None:
    result = case("all mobile")
    with pytest.raises(DataError, match="neither mobility nor capital"):
        verify(with_field(result, "parameters", labour="sector_specific"))
    for field in ("labour", "capital", "on_no_supplier"):
        with pytest.raises(DataError, match="magic"):
            verify(with_field(result, "parameters", **{field: "magic"}))
    for field in ("pools", "caps", "mobility"):
        twice = getattr(result.policy, field) * 2
        with pytest.raises(DataError, match="more than one"):
            verify(with_field(result, "policy", **{field: twice}))
    elsewhere = (SimpleNamespace(members=("C0", "Atlantis"), keys=(0.5, 0.5)),)
    with pytest.raises(DataError, match="Atlantis"):
        verify(with_field(result, "policy", pools=elsewhere))
    assert verify(with_field(result, "parameters", model="any name")).holds()


def test_the_text_says_what_holds_in_this_model() -> None:
    text = str(verify(case("all mobile")))
    for words in ("nests imply", "varieties", "rents - trade balance", "less money received",
                  "labour and capital that there are now", "prices keep to their caps"):  # fmt: skip
        assert words in text
    assert "keep their baseline shares" not in text
    assert "of the baseline" in verify(case("specific")).descriptions["employment"]
    plain = verify(case("plain"))
    assert plain.descriptions == DESCRIPTIONS
