"""What of a world, a policy and the choices goes beyond Caliendo and Parro, in plain arrays."""

from __future__ import annotations

import numpy as np

from zollverein.arrays import baseline_wedges, wedges
from zollverein.models.baseline import Array
from zollverein.models.structure import Government, MobilityBloc, RevenuePool, Structure
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.world import World


def to_structure(world: World, policy: Policy, parameters: Parameters) -> Structure | None:
    """The structure of a problem; None if it is the model of Caliendo and Parro."""
    scale = parameters.scale
    structure = Structure(
        value_added_elasticity=parameters.value_added_elasticity,
        input_elasticity=parameters.input_elasticity,
        final_elasticity=parameters.final_elasticity,
        scale=None if scale is None or not scale.values.any() else scale.values,
        specific=parameters.labour == "sector_specific",
        capital_share=parameters.capital_share if parameters.capital == "adjusting" else 0.0,
        mobility=tuple(
            MobilityBloc(_positions(world, bloc.members), bloc.elasticity, np.array(bloc.weights))
            for bloc in policy.mobility
        ),
        pools=_pools(world, policy),
        government=_government(world, policy, parameters),
    )
    return None if structure.plain else structure


def _positions(world: World, labels: tuple[str, ...]) -> Array:
    return np.array([world.countries.index(label) for label in labels], dtype=int)


def _pools(world: World, policy: Policy) -> tuple[RevenuePool, ...]:
    """Duty on imports from outside each pool."""
    found = []
    for pool in policy.pools:
        members = _positions(world, pool.members)
        duty = policy.tariff.values[:, members].transpose(2, 1, 0).copy()
        duty[:, :, members] = 0.0
        found.append(RevenuePool(members, np.array(pool.keys), duty, pool.part))
    return tuple(found)


def _government(world: World, policy: Policy, parameters: Parameters) -> Government | None:
    """The governments that the world tells apart, under the policy."""
    if "government_flow" not in world.data:
        return None
    demand = world.data["government_demand"].values
    members = np.flatnonzero(demand.sum(axis=1) > 0)
    if not members.size:
        return None
    old, new = baseline_wedges(world), wedges(world, policy)
    paid = _rows(world.data["government_flow"].values, members) * (1 + _rows(old[0], members))
    total = paid.sum(axis=2, keepdims=True)
    share = paid / np.where(total > 0, total, 1.0)
    duty, tax = (1 + _rows(rate, members) for rate in new)
    kappa = _rows(policy.cost_hat.values, members) * duty * tax
    kappa /= (1 + _rows(old[0], members)) * (1 + _rows(old[1], members))
    theta = parameters.trade_elasticity.values[:, None, None]
    weight = share * np.exp(-theta * np.log(kappa))
    if policy.government_access_hat is not None:
        weight *= _rows(policy.government_access_hat.values, members)
    final = world.data["final_demand"].values.sum(axis=1)
    own = demand[members].T
    return Government(
        members=members,
        part=demand[members].sum(axis=1) / final[members],
        final_share=own / own.sum(axis=0),
        base=share,
        weight=weight,
        duty=duty,
        tax=tax,
    )


def _rows(values: Array, members: Array) -> Array:
    """``[S, G, N]``: sector, importer among the members, exporter."""
    return np.ascontiguousarray(values[:, members].transpose(2, 1, 0))
