"""The conditions: two sides of each, and how far they are apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zollverein.verification import implied
from zollverein.verification.case import Case
from zollverein.verification.levels import Array

#: Floor of a relative residual, as a share of the country's value added.
FLOOR = 1e-9


def _gap(left: Array, right: Array, scale: Array | float) -> Array:
    """Relative residual with the floor described in the package's docstring."""
    return np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), scale)


def _floor(case: Case) -> Array:
    """Floor by country, for arrays ``[country, sector]``."""
    return FLOOR * case.old.gdp[:, None]


def _buyer_floor(case: Case) -> Array:
    """Floor by importer, for bilateral arrays."""
    return FLOOR * case.old.gdp[None, :, None]


def _finite(case: Case) -> Array:
    new = case.new
    money = (new.flow, new.use, new.value_added, new.final, new.government_flow, new.government)
    rates = (new.tariff, new.export_tax, new.import_rent, new.export_rent)
    prices = new.consumer_price if new.consumer_price is not None else new.population
    index = (case.w, case.p, new.wage, new.employment, new.population, prices)
    good = all(np.isfinite(v).all() for v in (*money, *rates, *index))
    sign = all((v >= 0).all() for v in (*money, new.employment))
    positive = all((v > 0).all() for v in (case.w, case.p, new.wage, new.population, prices))
    some = bool((new.income > 0).all())
    return np.array([0.0 if good and sign and positive and some else np.inf])


def _tariff(case: Case) -> Array:
    return np.abs(case.new.tariff - case.rules.tariff)


def _import_rent(case: Case) -> Array:
    return np.abs(case.new.import_rent - case.import_rent)


def _export_tax(case: Case) -> Array:
    return np.abs(case.new.export_tax - case.rules.export_tax)


def _export_rent(case: Case) -> Array:
    return np.abs(case.new.export_rent - case.rules.export_rent)


def _price_cap(case: Case) -> Array:
    """The smaller of wedge and distance to the cap is zero, and neither is negative."""
    worst = np.zeros_like(case.cost)
    for cap, wedge in zip(case.rules.caps, case.cap_wedges, strict=True):
        residual = np.abs(np.minimum(wedge, 1 - case.cost / cap.cap))
        worst = np.maximum(worst, np.where(cap.cells.any(axis=1), residual, 0))
    return worst


def _price_index(case: Case) -> Array:
    return _gap(case.p, case.implied_price, 0.0)


def _trade_share(case: Case) -> Array:
    paid = case.new.flow * (1 + case.import_wedge)
    return _gap(paid, case.demand, _buyer_floor(case))


def _no_trade(case: Case) -> Array:
    """Exactly zero, buyer by buyer: where others may not buy, all that flows is the government's."""
    new = case.new
    wrong = ~case.open & ~case.open_government & (new.flow != 0)
    wrong |= ~case.open_government & (new.government_flow != 0)
    wrong |= ~case.open & (new.flow != new.government_flow)
    return np.where(wrong, 1.0, 0.0)


def _absorption(case: Case) -> Array:
    paid = case.new.flow * (1 + case.new.import_wedge)
    return _gap(paid.sum(axis=0), case.spent, _floor(case))


def _output(case: Case) -> Array:
    sold = (case.new.flow / (1 + case.new.export_wedge)).sum(axis=1)
    return _gap(sold, case.new.made, _floor(case))


def _cost_share(case: Case) -> Array:
    made, new = case.new.made, case.new
    inputs = _gap(new.use, case.input_share * made[:, None], _floor(case)[:, None])
    factors = _gap(new.value_added, case.labour_share * made, _floor(case))
    return np.maximum(inputs.max(axis=1), factors)


def _final_share(case: Case) -> Array:
    private, government, _ = case.final
    return _gap(case.new.final, private + government, _floor(case))


def _government_flow(case: Case) -> Array:
    paid = case.new.government_flow * (1 + case.import_wedge)
    return _gap(paid, case.government_share * case.new.government, _buyer_floor(case))


def _government_demand(case: Case) -> Array:
    return _gap(case.new.government, case.final[1], _floor(case))


def _goods_market(case: Case) -> Array:
    factory = case.demand / ((1 + case.import_wedge) * (1 + case.export_wedge))
    return _gap(case.new.made, factory.sum(axis=1), _floor(case))


def _income(case: Case) -> Array:
    flow, wedge = case.new.flow, case.export_wedge
    earned = case.factor_income + (case.import_wedge * flow).sum(axis=(0, 2))
    earned = earned + (wedge / (1 + wedge) * flow).sum(axis=(1, 2))
    return _gap(case.new.income, earned - implied.balance(flow), FLOOR * case.old.gdp)


def _trade_balance(case: Case) -> Array:
    """Relative to value added, or to trade where that is smaller."""
    trade, old, new = implied.abroad(case.new.flow), case.old.gdp, case.factor_income
    base = implied.balance(case.old.flow)
    target = implied.closure_balance(case.choices.closure, base, old, new, case.group)
    size = trade.sum(axis=(1, 2)) + trade.sum(axis=(0, 2))
    scale = np.maximum(np.minimum(size, new), FLOOR * old)
    return np.abs(implied.balance(case.new.flow) - target + case.received) / scale


def _transfer(case: Case) -> Array:
    """Money received from abroad nets out in every trading group."""
    net, size = (np.bincount(case.group, v) for v in (case.received, case.old.gdp))
    return np.where(size > 0, np.abs(net) / np.where(size > 0, size, 1), 0.0)


def _labour_market(case: Case) -> Array:
    return _gap(case.new.gdp, case.factor_income, FLOOR * case.old.gdp)


def _employment(case: Case) -> Array:
    if case.choices.labour == "sector_specific":
        expected = case.old.employment
    else:
        expected = case.new.value_added / (case.old.sector_wage * case.w)
    floor = FLOOR * case.old.employment.sum(axis=1, keepdims=True)
    return _gap(case.new.employment, expected, floor)


def _population(case: Case) -> Array:
    return _gap(case.new.population, case.old.population * case.population_hat, 0.0)


def _consumer_price(case: Case) -> Array:
    """Nothing to compare in a world that does not store the index."""
    new, old = case.new.consumer_price, case.old.consumer_price
    if new is None or old is None:
        return np.zeros(len(case.countries))
    return _gap(new / old, case.final[2], 0.0)


def _numeraire(case: Case) -> Array:
    new, old = (np.bincount(case.group, v) for v in (case.new.gdp, case.old.gdp))
    return np.where(old > 0, np.abs(new - old) / np.where(old > 0, old, 1), 0.0)


def _walras(case: Case) -> Array:
    flow = case.new.flow
    taxes = (case.import_wedge * flow).sum()
    taxes = taxes + (case.export_wedge * flow / (1 + case.export_wedge)).sum()
    spent, earned = case.new.income.sum(), case.new.gdp.sum() + taxes
    return np.array([np.abs(spent - earned) / np.abs(earned)])


def _any_import_rent(case: Case) -> bool:
    rents = case.old.import_rent, case.new.import_rent, case.rules.import_rent
    return bool(case.rules.caps) or any((rent != 0).any() for rent in rents)


def _any_export_rent(case: Case) -> bool:
    rents = case.old.export_rent, case.new.export_rent, case.rules.export_rent
    return any((rent != 0).any() for rent in rents)


def _any_receipt(case: Case) -> bool:
    return bool(case.rules.pools) or bool((case.rules.transfer != 0).any())


def _any_movement(case: Case) -> bool:
    moved = (case.new.population != case.old.population).any()
    return bool(case.rules.mobility) or bool(moved)


class Condition(NamedTuple):
    """What a condition says, its residuals, and when it says anything (None: always)."""

    says: str
    residual: Callable[[Case], Array]
    matters: Callable[[Case], bool] | None = None


#: All conditions, in the order of the certificate.
CONDITIONS: dict[str, Condition] = {
    "finite": Condition("every number is finite; no flow, use or income is negative", _finite),
    "tariff": Condition("import duties are those of the policy", _tariff),
    "import_rent": Condition(
        "rents on imports are those of the policy and of its price caps",
        _import_rent,
        _any_import_rent,
    ),
    "export_tax": Condition("export taxes are those of the policy", _export_tax),
    "export_rent": Condition(
        "rents on exports are those of the policy", _export_rent, _any_export_rent
    ),
    "price_cap": Condition(
        "prices keep to their caps, and leave a rent only where they are at the cap",
        _price_cap,
        lambda case: bool(case.rules.caps),
    ),
    "price_index": Condition(
        "price indices follow from unit costs and trade costs (eqs. 2, 4, 10, 11)", _price_index
    ),
    "trade_share": Condition(
        "every flow has the share that costs imply (eqs. 6, 12)", _trade_share
    ),
    "no_trade": Condition(
        "flows under embargo, or absent in the baseline, are exactly zero", _no_trade
    ),
    "absorption": Condition("duty-paid purchases = intermediate use + final demand", _absorption),
    "output": Condition("sales at factory prices = inputs + value added", _output),
    "cost_share": Condition(
        "inputs and value added keep their baseline shares of output", _cost_share
    ),
    "final_share": Condition("sectors keep their baseline shares of final demand", _final_share),
    "government_flow": Condition(
        "the government buys from each supplier what its own shares and costs imply",
        _government_flow,
        lambda case: case.has_government,
    ),
    "government_demand": Condition(
        "the government spends its constant part of final demand",
        _government_demand,
        lambda case: case.has_government,
    ),
    "goods_market": Condition(
        "output = what all buyers demand at the implied shares (eqs. 7, 8)", _goods_market
    ),
    "income": Condition(
        "final spending = value added + duties + export taxes - trade balance", _income
    ),
    "trade_balance": Condition("trade balances are those of the closure (eq. 9)", _trade_balance),
    "transfer": Condition(
        "transfers and pooled duties add up to zero among those who trade", _transfer, _any_receipt
    ),
    "labour_market": Condition("value added = wage x the baseline's labour", _labour_market),
    "employment": Condition("employment of every sector = value added / wage", _employment),
    "population": Condition("people move as real wages tell them", _population, _any_movement),
    "consumer_price": Condition(
        "consumer prices follow from price indices and final demand", _consumer_price
    ),
    "numeraire": Condition(
        "value added of the world (of each trading group) is unchanged", _numeraire
    ),
    "walras": Condition("world final spending = world value added + taxes on trade", _walras),
}

#: What the conditions of every result say, in the order of the certificate.
DESCRIPTIONS: dict[str, str] = {
    name: condition.says for name, condition in CONDITIONS.items() if condition.matters is None
}


def wording(case: Case) -> dict[str, str]:
    """What the conditions that concern this result say, in the order of the certificate."""
    said = {
        name: condition.says
        for name, condition in CONDITIONS.items()
        if condition.matters is None or condition.matters(case)
    }
    choices, rules = case.choices, case.rules
    if choices.sigma != 1 or choices.rho != 1:
        said["cost_share"] = "inputs and value added have the cost shares that the nests imply"
    if choices.eta != 1 or case.has_government:
        said["final_share"] = "sectors have the shares of final demand that prices imply"
    if (choices.scale > 0).any():
        said["price_index"] = "price indices follow from unit costs, varieties and trade costs"
        said["trade_share"] = "every flow has the share that costs and varieties imply"
    if "import_rent" in said or "export_rent" in said:
        said["income"] = "final spending = value added + duties, taxes and rents - trade balance"
        said["walras"] = "world final spending = world value added + taxes and rents on trade"
    if "transfer" in said:
        said["trade_balance"] = "trade balances are those of the closure, less money received"
    if choices.capital == "adjusting" or rules.mobility:
        said["labour_market"] = "value added = wage x the labour and capital that there are now"
    if choices.labour == "sector_specific":
        said["employment"] = "employment of every sector is that of the baseline"
    return said
