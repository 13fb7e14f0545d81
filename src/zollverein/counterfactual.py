"""From a solution in plain arrays to the counterfactual World in levels."""

from __future__ import annotations

from typing import Any

import numpy as np

from zollverein.labelling import frozen, world_dataset
from zollverein.models.baseline import Array
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.general import GeneralPoint, GeneralSystem
from zollverein.policy import Policy
from zollverein.rules import PriceCap
from zollverein.world import World

#: Optional variables that a counterfactual keeps once a baseline has them.
_KEPT = ("employment", "population", "consumer_price")


def to_world(before: World, policy: Policy, equilibrium: Equilibrium) -> World:
    """The counterfactual as a World in levels."""
    arrays = _common(before, policy, equilibrium)
    general = equilibrium.general
    if general is not None:
        arrays |= _general(equilibrium, general)
    shut = equilibrium.problem.shut is not None
    if shut or general is not None or any(name in before.data for name in _KEPT):
        arrays |= _quantities(before, equilibrium, arrays["value_added"])
    arrays |= _rents(before, policy, equilibrium)
    data = world_dataset(before.countries, before.sectors, arrays, before.data.attrs, copy=False)
    return World(name=f"{before.name} (counterfactual)", data=frozen(data))


def _common(before: World, policy: Policy, equilibrium: Equilibrium) -> dict[str, Any]:
    """What every model has."""
    base, point = equilibrium.problem.base, equilibrium.point
    output = point.output.T
    return {
        "trade_flow": equilibrium.fob_flow().transpose(2, 1, 0),
        "tariff": policy.tariff.values,
        "export_tax": policy.export_tax.values,
        "intermediate_use": base.input_share * output[:, None, :],
        "final_demand": (base.final_share * point.income).T,
        "value_added": base.value_added_share.T * output,
        "wage": before.data["wage"].values * equilibrium.wage_hat,
        "price_index": before.data["price_index"].values * equilibrium.price_hat.T,
    }


def _general(equilibrium: Equilibrium, point: GeneralPoint) -> dict[str, Any]:
    """What the structure of a problem changes."""
    system = equilibrium.system
    if not isinstance(system, GeneralSystem):
        raise TypeError("a general point belongs to a general system")
    private = (point.final_share * (1 - system.government_part) * point.income).T
    arrays: dict[str, Any] = {
        "intermediate_use": system.use(point),
        "value_added": point.value_added.T,
        "final_demand": private,
    }
    flow = equilibrium.government_flow()
    if flow is not None and point.bought is not None:
        public = flow.transpose(2, 1, 0)
        demand = point.bought.demand.T
        arrays |= {
            "trade_flow": equilibrium.fob_flow().transpose(2, 1, 0) + public,
            "government_flow": public,
            "government_demand": demand,
            "final_demand": private + demand,
        }
    return arrays


def _quantities(before: World, equilibrium: Equilibrium, value_added: Array) -> dict[str, Any]:
    """Employment, population, the mean wage and the price of final demand."""
    general = equilibrium.general
    old, employed = before.data["value_added"].values, before.values("employment")
    wage = np.where(employed > 0, old / np.where(employed > 0, employed, 1.0), 1.0)
    wage = np.where(employed > 0, wage, before.data["wage"].values[:, None])
    hat = equilibrium.wage_hat[:, None]
    if general is not None:
        hat = hat * np.exp(general.sector_wage.T)
    employment = value_added / (wage * hat)
    total = employment.sum(axis=1)
    mean = value_added.sum(axis=1) / np.where(total > 0, total, 1.0)
    people = np.ones(len(total)) if general is None else np.exp(general.people)
    return {
        "employment": employment,
        "wage": np.where(total > 0, mean, before.data["wage"].values * equilibrium.wage_hat),
        "population": before.values("population") * people,
        "consumer_price": before.values("consumer_price") * equilibrium.consumer_price_hat,
    }


def _rents(before: World, policy: Policy, equilibrium: Equilibrium) -> dict[str, Any]:
    """Rents of the policy or, where it says nothing, of the baseline, and those of price caps."""
    found: dict[str, Any] = {}
    for name in ("import_rent", "export_rent"):
        given = getattr(policy, name)
        if given is not None:
            found[name] = given.values
        elif name in before.data:
            found[name] = before.data[name].values
    if policy.caps and any(equilibrium.wedge):
        rent = np.array(found.get("import_rent", before.values("import_rent")), order="F")
        found["import_rent"] = rent + cap_rent(before, policy.caps, equilibrium.wedge)
    return found


def cap_rent(world: World, caps: tuple[PriceCap, ...], wedge: tuple[float, ...]) -> Array:
    """The rates ``[exporter, importer, sector]`` that price caps add to import rents."""
    rent = np.zeros_like(world.data["trade_flow"].values)
    sizes = iter(wedge)
    for cap in caps:
        importers = np.array([world.countries.index(label) for label in cap.importers])
        for exporter in (world.countries.index(label) for label in cap.exporters):
            buyers = importers[importers != exporter]
            for sector in (world.sectors.index(label) for label in cap.sectors):
                rent[exporter, buyers, sector] += (1 - cap.leakage) * next(sizes)
    return rent
