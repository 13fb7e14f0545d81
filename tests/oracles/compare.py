"""The slow solver applied to a World, and the same answer as a World."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

import zollverein.world as zw
from tests.oracles import slow_solver
from zollverein.labelling import world_dataset


def oracle(world: zw.World, policy: Any, elasticity: Any, closure: str) -> dict[str, np.ndarray]:
    """The slow solver's answer, and the shares it used."""
    names = (
        "trade_flow",
        "tariff",
        "export_tax",
        "intermediate_use",
        "value_added",
        "final_demand",
    )
    levels = [world.data[name].values for name in names]
    shares = slow_solver.shares(*levels)
    found = slow_solver.solve(
        shares,
        elasticity.sel(sector=list(world.sectors)).values,
        closure,
        tariff=levels[1],
        export_tax=levels[2],
        new_tariff=policy.tariff.values,
        new_export_tax=policy.export_tax.values,
        cost_hat=policy.cost_hat.values,
        productivity_hat=policy.productivity_hat.values,
    )
    assert found["residual"] < 1e-11, f"the slow solver failed: {found['residual']}"
    return {**shares, **found}


def oracle_world(world: zw.World, policy: Any, elasticity: Any, closure: str) -> zw.World:
    """The slow solver's counterfactual as a World."""
    found = oracle(world, policy, elasticity, closure)
    flow, tax = found["trade_flow_new"], policy.export_tax.values
    output = (flow / (1 + tax)).sum(axis=1)
    arrays = {
        "trade_flow": flow,
        "tariff": policy.tariff.values,
        "export_tax": tax,
        "intermediate_use": found["gamma"] * output[:, None, :],
        "value_added": found["beta"] * output,
        "final_demand": found["alpha"] * found["income_new"][:, None],
        "wage": world.data["wage"].values * found["wage_hat"],
        "price_index": world.data["price_index"].values * found["price_hat"],
    }
    # Not variables of every World: employment stays in place of the wage, eq. 5's price of the
    # final good is a Cobb-Douglas index. Data sets without them leave them out.
    arrays["employment"] = arrays["value_added"] / arrays["wage"][:, None]
    arrays["consumer_price"] = np.prod(found["price_hat"] ** found["alpha"], axis=1)
    data = world_dataset(world.countries, world.sectors, arrays, {})
    return zw.World(name=f"{world.name} (oracle)", data=data)


def oracle_result(world: zw.World, policy: Any, elasticity: Any, closure: str) -> SimpleNamespace:
    """What `verify` needs of a result, computed by the slow solver alone."""
    parameters = SimpleNamespace(
        model="caliendo_parro", closure=closure, trade_elasticity=elasticity
    )
    after = oracle_world(world, policy, elasticity, closure)
    return SimpleNamespace(
        before=world, after=after, scenario=None, policy=policy, parameters=parameters
    )
