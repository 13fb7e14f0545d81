"""Helpers for tests, yours and ours: random worlds and policies, and assertions about results.

Random worlds are balanced by construction: shares are drawn, and the accounts that belong to
them are solved. The same seed gives the same world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.variables import WORLD_VARIABLES
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.policy import Policy


def random_world(
    seed: int,
    *,
    countries: int = 4,
    sectors: int = 3,
    zeros: bool = True,
    deficits: bool = True,
    tariffs: bool = True,
    export_taxes: bool = False,
    inputs: bool = True,
    openness: float = 0.3,
) -> World:
    """A random balanced World.

    Args:
        seed: Same seed, same world.
        countries: Number of countries, labelled C0, C1, ...
        sectors: Number of sectors, labelled s0, s1, ...
        zeros: Let some pairs not trade, some countries produce nothing in a sector and some buy
            nothing of one. C0 and C1 always produce everything and sell it to everyone;
            C0 buys from everyone.
        deficits: Let trade be unbalanced, by some 15 per cent of imports.
        tariffs: Charge random duties on half of the cross-border flows.
        export_taxes: Charge random export taxes on a third of the cross-border flows.
        inputs: Let production use intermediate inputs; otherwise value added is all of output.
        openness: Foreign share of spending, in (0, 1); 0.001 is near autarky.

    Returns:
        The World.
    """
    rng = np.random.default_rng(seed)
    made, bought = _patterns(rng, countries, sectors, zeros)
    share = _trade_shares(rng, made, bought, zeros, openness)
    beta = rng.uniform(0.2, 0.8, (countries, sectors)) if inputs else np.ones((countries, sectors))
    mix = (
        rng.dirichlet(np.ones(sectors), (countries, sectors)).transpose(0, 2, 1)
        * bought[:, :, None]
    )
    gamma = mix / mix.sum(axis=1, keepdims=True) * (1 - beta)[:, None, :]
    final = rng.dirichlet(np.ones(sectors) * 2, countries) * bought
    final /= final.sum(axis=1, keepdims=True)
    tariff = _rates(rng, share.shape, 0.5, 0.4) if tariffs else np.zeros_like(share)
    tax = _rates(rng, share.shape, 0.3, 0.2) if export_taxes else np.zeros_like(share)
    wish = rng.normal(0, 0.15 * openness, countries) if deficits else np.zeros(countries)
    spent, income = _accounts(share, gamma, final, tariff, tax, wish)
    flow = share * spent / (1 + tariff)
    output = (flow / (1 + tax)).sum(axis=1)
    return World.from_arrays(
        name=f"random-{seed}",
        countries=[f"C{i}" for i in range(countries)],
        sectors=[f"s{i}" for i in range(sectors)],
        trade_flow=flow,
        tariff=tariff,
        export_tax=tax,
        intermediate_use=gamma * output[:, None, :],
        value_added=beta * output,
        final_demand=final * income[:, None],
    )


def random_elasticity(world: World, seed: int, low: float = 2.0, high: float = 9.0) -> xr.DataArray:
    """Random trade elasticities ``[sector]`` between ``low`` and ``high``."""
    values = np.random.default_rng(seed).uniform(low, high, len(world.sectors))
    return xr.DataArray(values, coords={"sector": list(world.sectors)}, name="trade_elasticity")


def neutral_policy(world: World) -> Policy:
    """The policy that changes nothing."""
    return make_policy(world)


def make_policy(
    world: World,
    *,
    tariff: Any = None,
    export_tax: Any = None,
    cost_hat: Any = None,
    productivity_hat: Any = None,
) -> Policy:
    """A Policy from plain arrays; whatever is omitted stays as it is.

    Args:
        world: The baseline whose labels and rates are used.
        tariff: New rates ``[exporter, importer, sector]``.
        export_tax: New rates ``[exporter, importer, sector]``.
        cost_hat: Trade cost factors ``[exporter, importer, sector]``; ``inf`` is an embargo.
        productivity_hat: Productivity factors ``[country, sector]``.

    Returns:
        The Policy.
    """
    from zollverein.policy import Policy

    def cells(given: Any, like: xr.DataArray) -> xr.DataArray:
        return like if given is None else like.copy(data=np.array(given, dtype=float))

    data = world.data
    return Policy(
        tariff=cells(tariff, data["tariff"]),
        export_tax=cells(export_tax, data["export_tax"]),
        cost_hat=cells(cost_hat, xr.ones_like(data["tariff"])),
        productivity_hat=cells(productivity_hat, xr.ones_like(data["value_added"])),
    )


def random_policy(
    world: World,
    seed: int,
    *,
    tariffs: bool = True,
    export_taxes: bool = False,
    costs: bool = True,
    productivity: bool = False,
    embargoes: bool = True,
) -> Policy:
    """A random policy; embargoes never take a country's last supplier of a good.

    Trade with C0 is never embargoed, so that everyone can still pay for a trade deficit.

    Args:
        world: The baseline.
        seed: Same seed, same policy.
        tariffs: Draw new duties on half of the cross-border flows.
        export_taxes: Draw new export taxes on a third of them.
        costs: Change the trade costs of all cross-border flows by some ten per cent.
        productivity: Change productivity by some five per cent.
        embargoes: Stop a tenth of the cross-border flows for good.

    Returns:
        The Policy.
    """
    rng = np.random.default_rng(seed + 77_777)
    flow = world.data["trade_flow"].values
    hats: dict[str, Any] = {}
    if tariffs:
        hats["tariff"] = _rates(rng, flow.shape, 0.5, 0.5)
    if export_taxes:
        hats["export_tax"] = _rates(rng, flow.shape, 0.3, 0.3)
    if costs or embargoes:
        foreign = ~np.eye(len(flow), dtype=bool)[:, :, None]
        hats["cost_hat"] = np.where(foreign, np.exp(rng.normal(0, 0.1 * costs, flow.shape)), 1.0)
        stopped = (rng.random(flow.shape) < 0.1) & foreign & (flow > 0) & embargoes
        stopped[0], stopped[:, 0] = False, False
        left = np.where(stopped, 0.0, flow).sum(axis=0) > 0
        hats["cost_hat"][stopped & left] = np.inf
    if productivity:
        hats["productivity_hat"] = np.exp(rng.normal(0, 0.05, flow[:, 0].shape))
    return make_policy(world, **hats)


def decouple(world: World, country: str) -> Policy:
    """Full decoupling: no trade at all between one country and the others."""
    cost = np.ones_like(world.data["trade_flow"].values)
    own = world.countries.index(country)
    cost[own], cost[:, own] = np.inf, np.inf
    cost[own, own] = 1.0
    return make_policy(world, cost_hat=cost)


def assert_world_equal(left: World, right: World, rtol: float = 1e-9) -> None:
    """Assert that two worlds have the same labels and values; NaN is never equal.

    Args:
        left: One world.
        right: The other.
        rtol: Largest difference relative to the largest value of each country's variable.

    Raises:
        AssertionError: Names the variable, the cell and both values.
    """
    assert left.countries == right.countries, f"countries {left.countries} != {right.countries}"
    assert left.sectors == right.sectors, f"sectors {left.sectors} != {right.sectors}"
    for name in WORLD_VARIABLES:
        a, b = left.data[name].values, right.data[name].values
        assert np.isfinite(a).all(), f"{name} on the left is not finite"
        assert np.isfinite(b).all(), f"{name} on the right is not finite"
        gap = np.abs(a - b)
        if gap.max() > rtol * max(np.abs(a).max(), np.abs(b).max()):
            cell = np.unravel_index(int(gap.argmax()), gap.shape)
            raise AssertionError(f"{name} differs at {cell}: {a[cell]!r} and {b[cell]!r}")


def assert_equilibrium(result: Any, tolerance: float = 1e-9) -> None:
    """Assert that every equilibrium condition of a result holds, by ``zollverein.verification``.

    Raises:
        AssertionError: Shows the certificate.
    """
    from zollverein.verification import verify

    certificate = verify(result)
    assert certificate.holds(tolerance), str(certificate)


def _patterns(
    rng: np.random.Generator, countries: int, sectors: int, zeros: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Which country makes and which buys what; C0 and C1 make everything, all buy s0."""
    made = np.ones((countries, sectors), dtype=bool)
    bought = made.copy()
    if zeros:
        made[2:, 1:] = rng.random((max(countries - 2, 0), max(sectors - 1, 0))) > 0.15
        bought[:, 1:] = rng.random((countries, max(sectors - 1, 0))) > 0.1
    return made, bought


def _trade_shares(
    rng: np.random.Generator, made: np.ndarray, bought: np.ndarray, zeros: bool, openness: float
) -> np.ndarray:
    """Trade shares ``[exporter, importer, sector]``, gravity-like."""
    countries, sectors = made.shape
    if countries == 1:
        return np.ones((1, 1, sectors)) * bought[None]
    size = np.exp(rng.normal(0, 1.0, countries))
    weight = size[:, None, None] * np.exp(rng.normal(0, 1.0, (countries, countries, sectors)))
    if zeros:
        sold = rng.random(weight.shape) > 0.15
        sold[:2], sold[:, 0] = True, True
        weight *= sold
    home = np.eye(countries)[:, :, None]
    weight = weight * made[:, None, :] * (1 - home)
    abroad = weight.sum(axis=0)
    foreign = np.where(made, openness * rng.uniform(0.5, 1.5, made.shape), 1.0).clip(max=1.0)
    foreign = np.where(abroad > 0, foreign, 0.0)
    share = weight / np.where(abroad > 0, abroad, 1.0) * foreign + home * (1 - foreign)
    return share * bought[None]


def _rates(rng: np.random.Generator, shape: tuple[int, ...], part: float, top: float) -> np.ndarray:
    """Random rates on a part of the cross-border cells."""
    foreign = ~np.eye(shape[0], dtype=bool)[:, :, None]
    return np.where((rng.random(shape) < part) & foreign, rng.uniform(0, top, shape), 0.0)


def _accounts(
    share: np.ndarray,
    gamma: np.ndarray,
    final: np.ndarray,
    tariff: np.ndarray,
    tax: np.ndarray,
    wish: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Spending ``[country, sector]`` and income ``[country]`` at given shares; world spending 1.

    The wished trade balances are shares of value added, halved until every income is positive.
    """
    factory = share / (1 + tariff) / (1 + tax)
    duties = (share / (1 + tariff) * tariff).sum(axis=0)
    beta = 1 - gamma.sum(axis=1)
    system = _spending_system(factory, duties, gamma, final, tax)

    def solved(balance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        constant = np.append(-(final * balance[:, None]).ravel(), 1.0)
        spent = np.linalg.lstsq(system, constant, rcond=None)[0].reshape(final.shape)
        value_added = (beta * (factory * spent).sum(axis=1)).sum(axis=1)
        taxes = (duties * spent).sum(axis=1) + (tax * factory * spent).sum(axis=(1, 2))
        return np.maximum(spent, 0.0), value_added + taxes - balance, value_added

    spent, income, size = solved(np.zeros(len(final)))
    for scale in 0.5 ** np.arange(30) if wish.any() else ():
        balance = scale * size * (wish - wish @ size / size.sum())
        unbalanced, enough, value_added = solved(balance)
        if (enough > 0.3 * value_added).all() and (value_added > 0).all():
            return unbalanced, enough
    return spent, income


def _spending_system(
    factory: np.ndarray, duties: np.ndarray, gamma: np.ndarray, final: np.ndarray, tax: np.ndarray
) -> np.ndarray:
    """Rows: spending of each country and sector less what causes it; last, world spending."""
    countries, cells = len(final), final.size
    earned = (1 - gamma.sum(axis=1))[:, None] * factory + tax * factory  # [seller, buyer, sector]
    diagonal = np.arange(countries)
    earned[diagonal, diagonal] += duties
    caused = np.einsum("nks,nxs->nkxs", gamma, factory)
    caused = caused + np.einsum("nk,nxs->nkxs", final, earned)
    return np.vstack([np.eye(cells) - caused.reshape(cells, cells), np.ones(cells)])
