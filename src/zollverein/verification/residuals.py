"""The residuals of the conditions: two sides of each, and how far they are apart."""

from __future__ import annotations

import numpy as np

from zollverein.verification import implied
from zollverein.verification.case import Case
from zollverein.verification.levels import Array

#: Floor of a relative residual, as a share of the country's value added.
FLOOR = 1e-9
#: Part of its value added below which a country's trade balance is rounding.
_BALANCED = 1e-6


def _gap(left: Array, right: Array, scale: Array | float) -> Array:
    """Relative residual with the floor described in the package's docstring."""
    return np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), scale)


def _floor(case: Case) -> Array:
    """Floor by country, for arrays ``[country, sector]``."""
    return FLOOR * case.old.gdp[:, None]


def _buyer_floor(case: Case) -> Array:
    """Floor by importer, for bilateral arrays."""
    return FLOOR * case.old.gdp[None, :, None]


def finite(case: Case) -> Array:
    """Zero if every new number is finite and has the sign it must have, infinite otherwise."""
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


def policy(case: Case) -> Array:
    """The policy that a result gives against what its scenario means."""
    said, stored = case.rules, case.stored
    worst = np.zeros_like(case.old.flow)
    for name in ("tariff", "import_rent", "export_tax", "export_rent"):
        worst = np.maximum(worst, np.abs(getattr(stored, name) - getattr(said, name)))
    for name in ("cost_hat", "access_hat", "government_access_hat"):
        worst = np.maximum(worst, _factor_gap(getattr(stored, name), getattr(said, name)))
    own = _factor_gap(stored.productivity_hat, said.productivity_hat)
    own = np.maximum(own, (np.abs(stored.transfer - said.transfer) / case.old.gdp)[:, None])
    worst = np.maximum(worst, own[:, None])
    return worst if stored.same_groups(said) else np.ones_like(worst)


def _factor_gap(left: Array, right: Array) -> Array:
    """Relative gap of two factors, which may both be infinite."""
    return np.where(left == right, 0.0, _gap(left, right, 0.0))


def tariff(case: Case) -> Array:
    """Duties against the policy's."""
    return np.abs(case.new.tariff - case.rules.tariff)


def import_rent(case: Case) -> Array:
    """Rents on imports against the policy's, with those of its price caps."""
    return np.abs(case.new.import_rent - case.import_rent)


def export_tax(case: Case) -> Array:
    """Export taxes against the policy's."""
    return np.abs(case.new.export_tax - case.rules.export_tax)


def export_rent(case: Case) -> Array:
    """Rents on exports against the policy's."""
    return np.abs(case.new.export_rent - case.rules.export_rent)


def kemp_wan(case: Case) -> Array:
    """Quantities bought from outsiders and prices paid by them are as before; taxes are common.

    Largest of the gaps by outside exporter or member, and sector. Prices relative to the outsiders'
    mean wage, which is as before, and quantities but for one common factor: what is needed where outsiders
    themselves change. Where balances that follow wages settle the wage, there is no such factor instead.
    """
    worst = np.zeros_like(case.cost)
    for member in case.rules.unions:
        outside = ~member
        size = case.old.gdp[outside]
        level = (size @ case.wage_hat[outside]) / size.sum()
        bought = np.ix_(outside, member)
        quantity = case.new.flow[bought].sum(axis=1) / case.cost[outside]
        was = case.old.flow[bought].sum(axis=1)
        settled = _settled_by_balances(case, member)
        factor = quantity.sum() / was.sum() if was.any() and not settled else 1.0
        worst[outside] = _gap(quantity, factor * was, FLOOR * size.min())
        sold = np.ix_(member, outside)
        tax = (1 + case.new.export_tax[sold]) / (1 + case.old.export_tax[sold])
        price = np.where(case.old.flow[sold] > 0, tax * case.cost[member][:, None] / level, 1)
        duty = np.ptp(case.new.tariff[bought], axis=1)
        worst[member] = np.abs(price - 1).max(axis=1)
        worst[outside] = np.maximum(worst[outside], duty)
        if not settled:
            worst[outside] = np.maximum(worst[outside], np.abs(level - 1))
    return worst


def _settled_by_balances(case: Case, member: Array) -> bool:
    """Whether balances follow wages, and a member of a union has one that is more than rounding."""
    follows = case.choices.closure == "share_of_own"
    share = implied.balance(case.old.flow)[member] / case.old.gdp[member]
    return follows and bool((np.abs(share) > _BALANCED).any())


def price_cap(case: Case) -> Array:
    """The smaller of wedge and distance to the cap is zero, and neither is negative."""
    worst = np.zeros_like(case.cost)
    for cap, wedge in zip(case.rules.caps, case.cap_wedges, strict=True):
        residual = np.abs(np.minimum(wedge, 1 - case.cost / cap.cap))
        worst = np.maximum(worst, np.where(cap.cells.any(axis=1), residual, 0))
    return worst


def price_index(case: Case) -> Array:
    """Price indices against those that costs imply."""
    return _gap(case.p, case.implied_price, 0.0)


def trade_share(case: Case) -> Array:
    """Duty-paid flows against implied shares times spending."""
    paid = case.new.flow * (1 + case.import_wedge)
    return _gap(paid, case.demand, _buyer_floor(case))


def no_trade(case: Case) -> Array:
    """Exactly zero, buyer by buyer: where others may not buy, all that flows is the government's."""
    new = case.new
    wrong = ~case.open & ~case.open_government & (new.flow != 0)
    wrong |= ~case.open_government & (new.government_flow != 0)
    wrong |= ~case.open & (new.flow != new.government_flow)
    return np.where(wrong, 1.0, 0.0)


def absorption(case: Case) -> Array:
    """Duty-paid purchases against uses."""
    paid = case.new.flow * (1 + case.new.import_wedge)
    return _gap(paid.sum(axis=0), case.spent, _floor(case))


def output(case: Case) -> Array:
    """Sales at factory prices against inputs and value added."""
    sold = (case.new.flow / (1 + case.new.export_wedge)).sum(axis=1)
    return _gap(sold, case.new.made, _floor(case))


def cost_share(case: Case) -> Array:
    """Inputs and value added against implied shares of output."""
    made, new = case.new.made, case.new
    inputs = _gap(new.use, case.input_share * made[:, None], _floor(case)[:, None])
    factors = _gap(new.value_added, case.labour_share * made, _floor(case))
    return np.maximum(inputs.max(axis=1), factors)


def final_share(case: Case) -> Array:
    """Final demand against implied shares of final spending."""
    private, government, _ = case.final
    return _gap(case.new.final, private + government, _floor(case))


def government_flow(case: Case) -> Array:
    """The government's duty-paid purchases against its own implied shares."""
    paid = case.new.government_flow * (1 + case.import_wedge)
    return _gap(paid, case.government_share * case.new.government, _buyer_floor(case))


def government_demand(case: Case) -> Array:
    """The government's demand against its part of final spending."""
    return _gap(case.new.government, case.final[1], _floor(case))


def goods_market(case: Case) -> Array:
    """Output against what all buyers demand at the implied shares."""
    factory = case.demand / ((1 + case.import_wedge) * (1 + case.export_wedge))
    return _gap(case.new.made, factory.sum(axis=1), _floor(case))


def income(case: Case) -> Array:
    """Final spending against factor income, taxes, rents and the trade balance."""
    flow, wedge = case.new.flow, case.export_wedge
    earned = case.factor_income + (case.import_wedge * flow).sum(axis=(0, 2))
    earned = earned + (wedge / (1 + wedge) * flow).sum(axis=(1, 2))
    return _gap(case.new.income, earned - implied.balance(flow), FLOOR * case.old.gdp)


def trade_balance(case: Case) -> Array:
    """Relative to value added, or to trade where that is smaller."""
    trade, old, new = implied.abroad(case.new.flow), case.old.gdp, case.factor_income
    base = implied.balance(case.old.flow)
    target = implied.closure_balance(case.choices.closure, base, old, new, case.group)
    size = trade.sum(axis=(1, 2)) + trade.sum(axis=(0, 2))
    scale = np.maximum(np.minimum(size, new), FLOOR * old)
    return np.abs(implied.balance(case.new.flow) - target + case.received) / scale


def transfer(case: Case) -> Array:
    """Money received from abroad nets out in every trading group."""
    net, size = (np.bincount(case.group, v) for v in (case.received, case.old.gdp))
    return np.where(size > 0, np.abs(net) / np.where(size > 0, size, 1), 0.0)


def labour_market(case: Case) -> Array:
    """Value added against wage times the factors that there are."""
    return _gap(case.new.gdp, case.factor_income, FLOOR * case.old.gdp)


def employment(case: Case) -> Array:
    """Employment of each sector against value added over its wage, or the baseline's."""
    if case.choices.labour == "sector_specific":
        expected = case.old.employment
    else:
        expected = case.new.value_added / (case.old.sector_wage * case.w)
    floor = FLOOR * case.old.employment.sum(axis=1, keepdims=True)
    return _gap(case.new.employment, expected, floor)


def population(case: Case) -> Array:
    """Population against what real wages imply."""
    return _gap(case.new.population, case.old.population * case.population_hat, 0.0)


def consumer_price(case: Case) -> Array:
    """Cobb-Douglas where the baseline does not store it; nothing to compare if the new world does not."""
    new, old = case.new.consumer_price, case.old.consumer_price
    if new is None:
        return np.zeros(len(case.countries))
    if old is None:
        share = implied.share_of(case.old.final, 1)
        old = np.exp(implied.nest_index(share, np.log(case.old.price), 1.0, 1))
    return _gap(new / old, case.final[2], 0.0)


def numeraire(case: Case) -> Array:
    """Value added of each trading group against its old value."""
    new, old = (np.bincount(case.group, v) for v in (case.new.gdp, case.old.gdp))
    return np.where(old > 0, np.abs(new - old) / np.where(old > 0, old, 1), 0.0)


def walras(case: Case) -> Array:
    """World final spending against world income."""
    flow = case.new.flow
    taxes = (case.import_wedge * flow).sum()
    taxes = taxes + (case.export_wedge * flow / (1 + case.export_wedge)).sum()
    spent, earned = case.new.income.sum(), case.new.gdp.sum() + taxes
    return np.array([np.abs(spent - earned) / np.abs(earned)])
