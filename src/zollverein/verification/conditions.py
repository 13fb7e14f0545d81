"""The conditions of a certificate: what each says, and which concern a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from zollverein.verification import residuals
from zollverein.verification.case import Case
from zollverein.verification.levels import Array
from zollverein.verification.rules import ROUNDING


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


def _other_policy(case: Case) -> bool:
    return not (residuals.policy(case) <= ROUNDING).all()


#: All conditions, in the order of the certificate.
CONDITIONS: dict[str, Condition] = {
    "finite": Condition(
        "every number is finite; no flow, use or income is negative", residuals.finite
    ),
    "policy": Condition(
        "the policy of the result is that of its scenario", residuals.policy, _other_policy
    ),
    "tariff": Condition("import duties are those of the policy", residuals.tariff),
    "import_rent": Condition(
        "rents on imports are those of the policy and of its price caps",
        residuals.import_rent,
        _any_import_rent,
    ),
    "export_tax": Condition("export taxes are those of the policy", residuals.export_tax),
    "export_rent": Condition(
        "rents on exports are those of the policy", residuals.export_rent, _any_export_rent
    ),
    "price_cap": Condition(
        "prices keep to their caps, and leave a rent only where they are at the cap",
        residuals.price_cap,
        lambda case: bool(case.rules.caps),
    ),
    "kemp_wan": Condition(
        "common duties hold what a union buys outside (but for one factor), export taxes the prices there",
        residuals.kemp_wan,
        lambda case: bool(case.rules.unions),
    ),
    "price_index": Condition(
        "price indices follow from unit costs and trade costs (eqs. 2, 4, 10, 11)",
        residuals.price_index,
    ),
    "trade_share": Condition(
        "every flow has the share that costs imply (eqs. 6, 12)", residuals.trade_share
    ),
    "no_trade": Condition(
        "flows under embargo, or absent in the baseline, are exactly zero", residuals.no_trade
    ),
    "absorption": Condition(
        "duty-paid purchases = intermediate use + final demand", residuals.absorption
    ),
    "output": Condition("sales at factory prices = inputs + value added", residuals.output),
    "cost_share": Condition(
        "inputs and value added keep their baseline shares of output", residuals.cost_share
    ),
    "final_share": Condition(
        "sectors keep their baseline shares of final demand", residuals.final_share
    ),
    "government_flow": Condition(
        "the government buys from each supplier what its own shares and costs imply",
        residuals.government_flow,
        lambda case: case.has_government,
    ),
    "government_demand": Condition(
        "the government spends its constant part of final demand",
        residuals.government_demand,
        lambda case: case.has_government,
    ),
    "goods_market": Condition(
        "output = what all buyers demand at the implied shares (eqs. 7, 8)", residuals.goods_market
    ),
    "income": Condition(
        "final spending = value added + duties + export taxes - trade balance", residuals.income
    ),
    "trade_balance": Condition(
        "trade balances are those of the closure (eq. 9)", residuals.trade_balance
    ),
    "transfer": Condition(
        "transfers and pooled duties add up to zero among those who trade",
        residuals.transfer,
        _any_receipt,
    ),
    "labour_market": Condition(
        "value added = wage x the baseline's labour", residuals.labour_market
    ),
    "employment": Condition(
        "employment of every sector = value added / wage", residuals.employment
    ),
    "population": Condition(
        "people move as real wages tell them", residuals.population, _any_movement
    ),
    "consumer_price": Condition(
        "consumer prices follow from price indices and final demand", residuals.consumer_price
    ),
    "numeraire": Condition(
        "value added of the world (of each trading group) is unchanged", residuals.numeraire
    ),
    "walras": Condition(
        "world final spending = world value added + taxes on trade", residuals.walras
    ),
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
    if case.lost.any() or case.lost_government.any():
        said["cost_share"] += ", lost goods left out"
        said["final_share"] += ", lost goods left out"
    if choices.labour == "sector_specific":
        said["employment"] = "employment of every sector is that of the baseline"
    return said
