"""One result with everything that its conditions compare."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from zollverein.errors import DataError
from zollverein.verification import implied
from zollverein.verification.levels import Array, read_levels
from zollverein.verification.rules import read_choices, read_rules


class Case:
    """Plain arrays of one result and what they imply; computed once each.

    ``old`` and ``new`` are the worlds in levels, ``rules`` the policy (the scenario's, where there is one;
    ``stored`` is what the result gives as such), ``choices`` the parameters,
    ``w`` the change of the wage of each sector, ``p`` that of the price index.
    """

    def __init__(self, result: Any) -> None:
        before, after = result.before, result.after
        if before.countries != after.countries or before.sectors != after.sectors:
            raise DataError(
                "verify: 'before' and 'after' do not have the same labels in the same order."
            )
        self.countries, self.sectors = before.countries, before.sectors
        self.choices = read_choices(result.parameters, before.sectors)
        scenario = getattr(result, "scenario", None)
        policy = result.policy if scenario is None else scenario.policy(before)
        self.old, self.new = read_levels(before), read_levels(after)
        rules = read_rules(policy, before)
        self.rules = rules.with_external_taxes(self.new.tariff, self.new.export_tax)
        self.stored = self.rules
        if scenario is not None and hasattr(result, "policy"):
            self.stored = read_rules(result.policy, before)
        self._refuse_combinations()
        self.p = self.new.price / self.old.price
        self.w = self._wages()
        self._open_flows()
        self._production()
        self._purchases()

    def _refuse_combinations(self) -> None:
        specific = self.choices.labour == "sector_specific"
        if specific and (self.rules.mobility or self.choices.capital == "adjusting"):
            raise DataError(
                "verify: labour that stays in its sector goes with neither mobility nor capital "
                "that adjusts; the model has no such equilibrium."
            )

    def _open_flows(self) -> None:
        """Which flows each buyer can have, and which goods have lost all their suppliers.

        A good that is lost drops out of its buyers' purchases if the parameters say so; otherwise
        its price is infinite, and the certificate fails.
        """
        old, rules = self.old, self.rules
        self.private_flow = np.maximum(old.flow - old.government_flow, 0)
        possible = np.isfinite(rules.cost_hat)
        self.open = possible & (self.private_flow * rules.access_hat > 0)
        self.open_government = possible & (old.government_flow * rules.government_access_hat > 0)
        drops = self.choices.on_no_supplier == "shut_down"
        self.lost = drops & (self.private_flow > 0).any(axis=0) & ~self.open.any(axis=0)
        bought = (old.government_flow > 0).any(axis=0)
        self.lost_government = drops & bought & ~self.open_government.any(axis=0)

    def _wages(self) -> Array:
        """Change of each sector's wage; of one wage for the country if labour is mobile."""
        if self.choices.labour == "sector_specific":
            return self.new.sector_wage / self.old.sector_wage
        at_old_wages = (self.old.sector_wage * self.new.employment).sum(axis=1)
        change = self.new.wage * self.new.employment.sum(axis=1) / at_old_wages
        return np.broadcast_to(change[:, None], self.p.shape)

    def _production(self) -> None:
        """Cost shares now, and the changes of unit cost and varieties that wages and prices imply."""
        made = (self.old.flow / (1 + self.old.export_wedge)).sum(axis=1)
        safe = np.where(made > 0, made, 1)
        beta = np.where(made > 0, self.old.value_added / safe, 1)
        gamma = np.where(made[:, None] > 0, self.old.use / safe[:, None], 0)
        if self.lost.any():
            gamma = np.where(self.lost[:, :, None], 0, gamma)
            kept = beta + gamma.sum(axis=1)
            beta, gamma = beta / kept, gamma / kept[:, None]
        self.labour_share, self.input_share, bundle = implied.unit_costs(
            beta, gamma, np.log(self.w), np.log(self.p), self.choices
        )
        self.cost = bundle / self.rules.productivity_hat
        self.variety = implied.varieties(self.new.made, made, self.cost, self.choices.scale)

    def _purchases(self) -> None:
        """Trade shares now of each buyer, and the price indices that costs imply."""
        old, rules, theta = self.old, self.rules, self.choices.theta
        paid = self.private_flow * (1 + old.import_wedge)
        government_paid = old.government_flow * (1 + old.import_wedge)
        wedges = (1 + self.import_wedge) * (1 + self.export_wedge)
        wedges = wedges / ((1 + old.import_wedge) * (1 + old.export_wedge))
        delivered = rules.cost_hat * wedges * self.cost[:, None]
        share = implied.share_of(paid, 0) * rules.access_hat
        terms, price = implied.sourcing(share, delivered, self.variety, theta)
        bought = (paid.sum(axis=0) > 0) & ~self.lost
        self.implied_price = np.where(bought, price, 1)
        self.share = terms * self.p**theta
        self.government_share, self.government_price = 0 * share, np.ones_like(self.p)
        if self.has_government:
            share = implied.share_of(government_paid, 0) * rules.government_access_hat
            terms, price = implied.sourcing(share, delivered, self.variety, theta)
            bought = (government_paid.sum(axis=0) > 0) & ~self.lost_government
            self.government_price = np.where(bought, price, 1)
            self.government_share = terms * self.government_price**theta

    @property
    def wage_hat(self) -> Array:
        """Change of each country's wage: of all wages, or of their mean by the baseline's labour."""
        if self.choices.labour == "sector_specific":
            return np.asarray(self.new.wage / self.old.wage)
        return self.w[:, 0]

    @cached_property
    def cap_wedges(self) -> tuple[Array, ...]:
        """The wedge τ of every price cap ``[exporter, sector]``: the mean over its importers."""
        extra = self.new.import_rent - self.rules.import_rent
        found = []
        for cap in self.rules.caps:
            count = cap.cells.sum(axis=1)
            total = np.where(cap.cells, extra, 0).sum(axis=1)
            found.append(total / np.maximum(count, 1) / (1 - cap.leakage))
        return tuple(found)

    @cached_property
    def import_rent(self) -> Array:
        """Rents of the policy, with what price caps leave to the importer."""
        rent = self.rules.import_rent
        for cap, wedge in zip(self.rules.caps, self.cap_wedges, strict=True):
            rent = rent + np.where(cap.cells, (1 - cap.leakage) * wedge[:, None], 0)
        return rent

    @property
    def import_wedge(self) -> Array:
        """T' of the policy."""
        return self.rules.tariff + self.import_rent

    @property
    def export_wedge(self) -> Array:
        """E' of the policy."""
        return self.rules.export_tax + self.rules.export_rent

    @property
    def has_government(self) -> bool:
        """Whether the government's purchases are told apart."""
        worlds = self.old, self.new
        return any((w.government != 0).any() or (w.government_flow != 0).any() for w in worlds)

    @property
    def spent(self) -> Array:
        """Uses of everyone, duty paid ``[country, sector]``."""
        return np.asarray(self.new.use.sum(axis=2) + self.new.final)

    @cached_property
    def demand(self) -> Array:
        """Duty-paid flows that costs imply ``[exporter, importer, sector]``, all buyers."""
        private = self.share * (self.spent - self.new.government)
        return private + self.government_share * self.new.government

    @cached_property
    def government_part(self) -> Array:
        """The government's constant part of final spending ``[country]``."""
        return np.asarray(self.old.government.sum(axis=1) / self.old.income)

    @cached_property
    def final(self) -> tuple[Array, Array, Array]:
        """Private and government demand now, and the change of the consumer price index, eq. 5."""
        part, income, eta = self.government_part, self.new.income, self.choices.eta
        private_demand = np.where(self.lost, 0, self.old.final - self.old.government)
        government_demand = np.where(self.lost_government, 0, self.old.government)
        alpha = implied.share_of(private_demand, 1)
        alpha_government = implied.share_of(government_demand, 1)
        index, mix = implied.spending_shares(alpha, np.log(self.p), eta)
        log_government = np.log(self.government_price)
        theirs, their_mix = implied.spending_shares(alpha_government, log_government, eta)
        private = ((1 - part) * income)[:, None] * mix
        government = (part * income)[:, None] * their_mix
        return private, government, np.exp((1 - part) * index + part * theirs)

    @cached_property
    def population_hat(self) -> Array:
        """Change of population that real wages imply, eq. 8."""
        power = 1.0
        if self.choices.capital == "adjusting":
            power = 1 / (1 - self.choices.capital_share)
        return implied.people_hat(self.w[:, 0] / self.final[2], self.rules.mobility, power)

    @cached_property
    def factor_income(self) -> Array:
        """Wage times the factors that there are ``[country]``, eq. 8.

        Where labour is mobile, workers weigh by the wage of their sector in the baseline.
        """
        if self.choices.labour == "sector_specific":
            return self.new.wage * self.old.employment.sum(axis=1)
        change = self.w[:, 0] * self.population_hat
        if self.choices.capital == "adjusting":
            share = self.choices.capital_share
            change = change * (self.w[:, 0] / self.final[2]) ** (share / (1 - share))
        return self.old.gdp * change

    @cached_property
    def group(self) -> Array:
        """Label of each country's trading group."""
        return implied.trading_groups(self.open | self.open_government)

    @cached_property
    def received(self) -> Array:
        """Transfers and net receipts from pools ``[country]``."""
        duties = self.rules.tariff * self.new.flow
        return self.rules.transfer + implied.pooled(duties, self.rules.pools)
