"""The problems that all programs of ``peers.py`` solve, and one way to judge every answer.

Every answer, whoever found it, becomes a world after the policy and is judged by
``zollverein.verification``, which shares no code with any of the solvers.
"""

from __future__ import annotations

import importlib
import sys
from types import SimpleNamespace

import caliendo_parro_algorithm as published
import numpy as np
import xarray as xr
from common import ROOT
from worlds import Case, elasticities, gravity_world

import zollverein as zv
from zollverein.labelling import world_dataset
from zollverein.testing import make_policy, neutral_policy

Array = np.ndarray
NAFTA = ("MEX", "CAN", "USA")


def many_sectors(countries: int = 31, sectors: int = 40) -> dict[str, Case]:
    """NAFTA's tariff cuts and a tariff war, balanced trade: on the paper's data if at hand."""
    study = _study() if (countries, sectors) == (31, 40) else None
    if study is None:
        world = gravity_world(countries, sectors)
        members = np.arange(countries) < 3
        theta = elasticities(sectors)
        told, nafta = "synthetic", world.data["tariff"].values.copy()
        nafta[members[:, None] & members] = 0.0
    else:
        world, nafta, theta = study
        told = "Caliendo and Parro's data"
    war = world.data["tariff"].values.copy()
    war[~np.eye(countries, dtype=bool), : int(0.5 * sectors)] += 0.25
    size = f"{countries} × {sectors}, {told}"
    return {
        f"NAFTA tariffs ({size})": Case(world, make_policy(world, tariff=nafta), "zero", theta),
        f"tariff war, +25 points ({size})": Case(
            world, make_policy(world, tariff=war), "zero", theta
        ),
    }


def one_sector(countries: int = 31, world: zv.World | None = None) -> Case:
    """Lower trade costs among three countries in a one-sector world with balanced trade.

    What ``gegravity`` can express: no inputs, no tariffs, no deficits. Where a many-sector world
    is given, its flows before duty are added up over sectors.
    """
    if world is None:
        world = gravity_world(countries, 1, inputs=False)
        members = np.arange(countries) < 3
    else:
        members = np.isin(world.countries, NAFTA)
    flow = world.data["trade_flow"].values.sum(axis=2, keepdims=True)
    theta = xr.DataArray([4.0], coords={"sector": ["all"]})
    raw = _endowments(world.countries, flow)
    start = zv.simulate(
        raw, neutral_policy(raw), closure="zero", trade_elasticity=theta, tolerance=1e-13
    )
    balanced = _endowments(world.countries, start.after.data["trade_flow"].values)
    cost = np.ones_like(flow)
    cost[(members[:, None] & members) & ~np.eye(len(flow), dtype=bool)] = 0.9
    return Case(balanced, make_policy(balanced, cost_hat=cost), "zero", theta)


def _endowments(countries: tuple[str, ...], flow: Array) -> zv.World:
    """A one-sector world in which value added is all of output."""
    bought = flow.sum(axis=0)
    return zv.World.from_arrays(
        name="one sector",
        countries=list(countries),
        sectors=["all"],
        trade_flow=flow,
        intermediate_use=np.zeros((len(flow), 1, 1)),
        value_added=flow.sum(axis=1),
        final_demand=bought,
    )


def _study() -> tuple[zv.World, Array, xr.DataArray] | None:
    """The world of Caliendo and Parro (2015) and NAFTA's tariffs; None where their data are absent."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))  # their loader stands with the tests of their tables
    loader = importlib.import_module("tests.published.cp2015")
    if not loader.DATA.is_dir():
        return None
    model = loader.benchmark()
    theta = xr.DataArray(model.elasticity, coords={"sector": model.sectors})
    return loader.equilibrium(model), model.tariff_new, theta


def shares_of(case: Case) -> published.Shares:
    """What the published algorithm takes of a case with balanced trade."""
    data = case.world.data
    paid = data["trade_flow"].values * (1 + data["tariff"].values)
    use, value_added = data["intermediate_use"].values, data["value_added"].values
    output = use.sum(axis=1) + value_added
    made = np.where(output > 0, output, 1.0)
    final = data["final_demand"].values
    spent = paid.sum(axis=0)
    duty = (1 + case.policy.tariff.values) / (1 + data["tariff"].values)
    return published.Shares(
        trade=paid / np.where(spent > 0, spent, 1.0),
        value_added_share=np.where(output > 0, value_added / made, 1.0),
        inputs=use / made[:, None, :],
        final=final / final.sum(axis=1, keepdims=True),
        value_added=value_added.sum(axis=1),
        deficit=np.zeros(len(final)),
        cost_hat=case.policy.cost_hat.values * duty,
        tariff=case.policy.tariff.values,
        theta=case.elasticity.values,
    )


def judged(case: Case, wage: Array, price: Array, trade: Array, spending: Array) -> float:
    """Largest residual of the independent certificate at somebody's solution.

    Args:
        case: The problem.
        wage: Change ``[country]``; its level is set so that world value added is unchanged.
        price: Change ``[country, sector]``.
        trade: New shares of spending ``[exporter, importer, sector]``.
        spending: New spending ``[country, sector]``, in the same units as ``wage``.
    """
    given = shares_of(case)
    level = given.value_added.sum() / (given.value_added @ wage)
    wage, price, spending = level * wage, level * price, level * spending
    flow = trade / (1 + given.tariff) * spending
    output = flow.sum(axis=1)
    income = wage * given.value_added + (given.tariff * flow).sum(axis=(0, 2))
    arrays = {
        "trade_flow": flow,
        "tariff": given.tariff,
        "intermediate_use": given.inputs * output[:, None, :],
        "final_demand": given.final * income[:, None],
        "value_added": given.value_added_share * output,
        "wage": wage,
        "price_index": price,
    }
    world = case.world
    after = SimpleNamespace(
        countries=world.countries,
        sectors=world.sectors,
        data=world_dataset(world.countries, world.sectors, arrays, {}),
    )
    parameters = SimpleNamespace(
        model="caliendo_parro", closure=case.closure, trade_elasticity=case.elasticity
    )
    answer = SimpleNamespace(
        before=world, after=after, scenario=None, policy=case.policy, parameters=parameters
    )
    return zv.verify(answer).residual


def real_income(case: Case, wage: Array, price: Array, revenue: Array | float = 0.0) -> Array:
    """Change of income over the consumer price index ``[country]``."""
    given = shares_of(case)
    data = case.world.data
    before = data["final_demand"].values.sum(axis=1)
    index = np.exp((given.final * np.log(price)).sum(axis=1))
    return (wage * given.value_added + revenue) / before / index
