"""Gravity-like worlds of any size, and the five scenarios that every benchmark uses.

The worlds resemble inter-country tables: domestic shares around 0.8 on average and lower in
goods, 3 per cent of sectors without production, 6 per cent of foreign flows zero, tariffs on
goods only, trade deficits of a few per cent of value added. Same seed, same world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

import zollverein as zv
from zollverein.solver.anderson import anderson
from zollverein.testing import make_policy

Array = np.ndarray

#: Sizes of published tables: the NAFTA study, a regional table, the OECD's, EORA's, GTAP's.
SIZES = ((31, 40), (44, 56), (77, 45), (189, 26), (160, 65))
SCENARIOS = ("bloc", "embargo", "tariff war", "balanced", "near-autarky")


@dataclass(frozen=True)
class Case:
    """A world, a policy and a rule for the trade balance."""

    world: zv.World
    policy: zv.Policy
    closure: str
    elasticity: xr.DataArray

    def solve(self, policy: zv.Policy | None = None, **options: object) -> zv.Result:
        """``zv.simulate``; a fresh copy of the policy makes it start from nothing."""
        chosen: dict[str, object] = {"closure": self.closure, "trade_elasticity": self.elasticity}
        return zv.simulate(self.world, policy or self.policy, **(chosen | options))  # type: ignore[arg-type]


def make_case(world: zv.World, scenario: str) -> Case:
    """One of the five scenarios on a world."""
    return Case(
        world, _policy(world, scenario), _closure(scenario), elasticities(len(world.sectors))
    )


def _closure(scenario: str) -> str:
    return "zero" if scenario in {"balanced", "near-autarky"} else "share_of_world"


def _policy(world: zv.World, scenario: str) -> zv.Policy:
    """New tariffs and trade costs of a scenario, in the memory order of the world."""
    countries, sectors = len(world.countries), len(world.sectors)
    goods = goods_sectors(sectors)
    tariff = world.data["tariff"].values.copy(order="K")
    cost = np.ones_like(tariff)
    inside = np.arange(countries) < countries // 3
    foreign = ~np.eye(countries, dtype=bool)
    across = inside[:, None] != inside
    if scenario == "bloc":  # free trade inside, 10 per cent dearer across
        tariff[inside[:, None] & inside] = 0.0
        cost[across] = 1.10
    elif scenario == "embargo":  # on technology sold to the last two, barriers in both directions
        targets = np.arange(countries) >= countries - 2
        cost[(inside[:, None] & targets) | (targets[:, None] & inside)] = 1.2
        cost[:, :, : max(goods // 4, 1)][inside[:, None] & targets] = np.inf
    elif scenario == "tariff war":
        tariff[foreign, :goods] += 0.25
    elif scenario == "near-autarky":
        cost[foreign] = 3.0
    return make_policy(world, tariff=tariff, cost_hat=cost)


def goods_sectors(sectors: int) -> int:
    """Number of goods sectors; they come first, services after."""
    return max(1, round(0.6 * sectors))


def elasticities(sectors: int) -> xr.DataArray:
    """Trade elasticities between 3 and 12."""
    values = np.random.default_rng(sectors).uniform(3, 12, sectors)
    return xr.DataArray(values, coords={"sector": [f"s{k}" for k in range(sectors)]})


def gravity_world(countries: int, sectors: int, seed: int = 1, *, inputs: bool = True) -> zv.World:
    """A random balanced world of a size.

    Args:
        countries: N.
        sectors: S; the first 60 per cent are goods.
        seed: Same seed, same world.
        inputs: Let production use intermediate inputs, trade be taxed and unbalanced.
    """
    rng = np.random.default_rng(seed)
    share = _shares(rng, countries, sectors)  # [sector, importer, exporter]
    beta = rng.uniform(0.25, 0.6, (sectors, countries)) if inputs else np.ones((sectors, countries))
    mix = rng.gamma(0.6, 1, (countries, sectors, sectors))
    gamma = mix / mix.sum(axis=1, keepdims=True) * (1 - beta.T)[:, None, :]
    alpha = rng.dirichlet(np.full(sectors, 1.5), countries).T
    tariff = _tariffs(rng, countries, sectors) if inputs else np.zeros_like(share)
    wish = rng.normal(0, 0.03, countries) if inputs else np.zeros(countries)
    spending, income, output = _accounts(share, tariff, beta, gamma, alpha, wish)
    return zv.World.from_arrays(
        name=f"gravity {countries} x {sectors}",
        countries=[f"C{n}" for n in range(countries)],
        sectors=[f"s{k}" for k in range(sectors)],
        trade_flow=(share * spending[:, :, None] / (1 + tariff)).transpose(2, 1, 0),
        tariff=tariff.transpose(2, 1, 0),
        intermediate_use=gamma * output.T[:, None, :],
        value_added=(beta * output).T,
        final_demand=(alpha * income).T,
    )


def _shares(rng: np.random.Generator, countries: int, sectors: int) -> Array:
    """Trade shares ``[sector, importer, exporter]``."""
    place = rng.uniform(0, 1, (countries, 2))
    distance = np.hypot(*(place[:, None] - place).T) + 0.05
    size = np.exp(rng.normal(0, 1.2, countries))
    noise = np.exp(rng.normal(0, 0.7, (sectors, countries, countries)))
    weight = size * noise / distance
    diagonal = np.arange(countries)
    traded = rng.random(weight.shape) > 0.06
    made = rng.random((sectors, countries)) > 0.03
    traded[:, diagonal, (diagonal + 1) % countries] = True
    made[:, : min(2, countries)] = True
    made[:, ~made.any(axis=0)] = True
    weight *= traded
    weight *= made[:, None, :]
    weight[:, diagonal, diagonal] = 0.0
    abroad = weight.sum(axis=2)
    typical = np.where(np.arange(sectors) < goods_sectors(sectors), 0.28, 0.08)[:, None]
    openness = np.minimum(typical * rng.uniform(0.4, 1.6, (sectors, countries)), 0.9)
    openness = np.where(abroad > 0, np.where(made, openness, 1.0), 0.0)
    weight *= (openness / np.where(abroad > 0, abroad, 1.0))[:, :, None]
    weight[:, diagonal, diagonal] = 1 - openness
    return weight


def _tariffs(rng: np.random.Generator, countries: int, sectors: int) -> Array:
    """Rates around 5 per cent on most foreign flows of goods, none on services."""
    rate = rng.gamma(1.5, 0.035, (sectors, countries, countries))
    rate *= rng.random(rate.shape) < 0.75
    diagonal = np.arange(countries)
    rate[:, diagonal, diagonal] = 0.0
    rate[goods_sectors(sectors) :] = 0.0
    return rate


def _accounts(
    share: Array, tariff: Array, beta: Array, gamma: Array, alpha: Array, wish: Array
) -> tuple[Array, Array, Array]:
    """Spending ``[S, N]``, income ``[N]`` and output ``[S, N]`` at given shares.

    The fixed point of the accounts, by the same accelerated iteration as the solver's.
    """
    fob = share / (1 + tariff)
    duties = 1 - fob.sum(axis=2)

    def earned(spending: Array) -> tuple[Array, Array]:
        output = np.matmul(spending[:, None, :], fob)[:, 0, :]
        value_added = (beta * output).sum(axis=0)
        balance = value_added * (wish - (wish @ value_added) / value_added.sum())
        return value_added + (duties * spending).sum(axis=0) - balance, output

    def step(state: Array) -> tuple[Array, float]:
        old = np.exp(state).reshape(beta.shape)
        income, output = earned(old)
        used = np.matmul(gamma, output.T[:, :, None])[:, :, 0].T
        new = used + alpha * income
        change = np.log(new * (old.sum() / new.sum()) / old).ravel()
        return change, float(np.abs(change).max())

    start = np.log(alpha * share.sum(axis=(0, 1)) + 1e-9).ravel()
    found = anderson(step, start, tolerance=3e-13, memory=12, largest_step=2.0, max_steps=4000)
    if not found.converged:
        raise ValueError(f"accounts did not converge: {found.residual:.1e}")
    spending = np.exp(found.value).reshape(beta.shape)
    spending /= spending.sum() / 1e6
    return spending, *earned(spending)
