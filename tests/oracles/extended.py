"""Worlds, policies and results of the extended model as light stand-ins, solved by the oracle."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import xarray as xr

from tests.oracles import general_solver
from zollverein.testing import random_elasticity, random_world

#: Equality of two solutions: the solver stops at residuals of 1e-12.
EQUAL = 1e-9
PAIR, OWN = ("exporter", "importer", "sector"), ("country", "sector")
#: Variables of a world in the extended model, with their dimensions.
DIMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("trade_flow", "tariff", "import_rent", "export_tax", "export_rent"), PAIR),
    "government_flow": PAIR,
    "intermediate_use": ("country", "input_sector", "sector"),
    **dict.fromkeys(("value_added", "final_demand", "government_demand"), OWN),
    **dict.fromkeys(("employment", "price_index"), OWN),
    **dict.fromkeys(("wage", "population", "consumer_price"), ("country",)),
}
RATES = ("tariff", "import_rent", "export_tax", "export_rent")
HATS = {
    "cost_hat": PAIR,
    "productivity_hat": OWN,
    "access_hat": PAIR,
    "government_access_hat": PAIR,
}


def world_of(arrays: dict[str, np.ndarray], like: Any) -> SimpleNamespace:
    """A stand-in for a World from plain arrays, with the labels of another."""
    axis = {dim: list(like.countries) for dim in ("exporter", "importer", "country")}
    axis |= {dim: list(like.sectors) for dim in ("sector", "input_sector")}
    data = xr.Dataset({name: (dims, np.array(arrays[name])) for name, dims in DIMS.items()}, axis)
    return SimpleNamespace(data=data, countries=like.countries, sectors=like.sectors)


def plain(world: Any) -> dict[str, np.ndarray]:
    """The arrays of a world; neutral values for the variables that it does not have."""
    data = {str(name): values.values for name, values in world.data.items()}
    zeros, ones = np.zeros_like(data["trade_flow"]), np.ones(len(data["wage"]))
    rest = dict.fromkeys(("import_rent", "export_rent", "government_flow"), zeros)
    rest |= {"population": ones, "consumer_price": ones, "government_demand": zeros[0]}
    return {"employment": data["value_added"] / data["wage"][:, None], **rest, **data}


def extended_world(
    seed: int,
    *,
    rents: bool = True,
    government: bool = True,
    employment: bool = True,
    **options: Any,
) -> SimpleNamespace:
    """A random world in which a part of duties is rent and government buys a part of final use."""
    base, rng = random_world(seed, **options), np.random.default_rng(seed + 5)
    arrays = plain(base)
    shape: tuple[int, ...] = arrays["trade_flow"].shape
    for tax, rent in (("tariff", "import_rent"), ("export_tax", "export_rent")) if rents else ():
        kept = rng.uniform(0, 0.6, shape)
        arrays[rent], arrays[tax] = kept * arrays[tax], (1 - kept) * arrays[tax]
    if government:
        paid = arrays["trade_flow"] * (1 + arrays["tariff"] + arrays["import_rent"])
        part = arrays["final_demand"] / np.where(paid.sum(0) > 0, paid.sum(0), 1)
        arrays["government_flow"] = arrays["trade_flow"] * part * rng.uniform(0, 0.7, shape)
        wedge = 1 + arrays["tariff"] + arrays["import_rent"]
        arrays["government_demand"] = (arrays["government_flow"] * wedge).sum(0)
    if employment:
        arrays["employment"] = arrays["employment"] * rng.uniform(0.5, 2, shape[1:])
        arrays["wage"] = arrays["value_added"].sum(1) / arrays["employment"].sum(1)
        arrays["population"] = rng.uniform(0.5, 2, shape[0])
        arrays["price_index"] = rng.uniform(0.5, 2, shape[1:])
        arrays["consumer_price"] = rng.uniform(0.5, 2, shape[0])
    return world_of(arrays, base)


def policy_of(world: Any, **changes: Any) -> SimpleNamespace:
    """A stand-in for a Policy: rates stay and factors are 1 unless given as plain arrays."""
    arrays, like = plain(world), world.data
    fields: dict[str, Any] = {"pools": (), "caps": (), "mobility": (), "transfer": None, **changes}
    for name, dims in {**dict.fromkeys(RATES, PAIR), **HATS}.items():
        neutral = arrays[name] if name in RATES else 1.0
        values = np.broadcast_to(changes.get(name, neutral), [like.sizes[d] for d in dims])
        coords = {d: like.indexes[d] for d in dims}
        fields[name] = xr.DataArray(np.array(values, dtype=float), coords, dims)
    if fields["transfer"] is not None:
        coords = {"country": like.indexes["country"]}
        fields["transfer"] = xr.DataArray(fields["transfer"], coords, ("country",))
    return SimpleNamespace(**fields)


def parameters_of(world: Any, seed: int = 0, **choices: Any) -> SimpleNamespace:
    """A stand-in for Parameters; the Caliendo-Parro model unless told otherwise."""
    fields: dict[str, Any] = {
        "model": "caliendo_parro",
        "closure": "share_of_world",
        "trade_elasticity": random_elasticity(world, seed),
        "labour": "mobile",
        "capital": "fixed",
        "capital_share": 1 / 3,
        "value_added_elasticity": 1.0,
        "input_elasticity": 1.0,
        "final_elasticity": 1.0,
        "scale": 0.0,
        "on_no_supplier": "error",
    }
    fields |= choices
    for name in ("trade_elasticity", "scale"):
        values = np.broadcast_to(np.asarray(fields[name], dtype=float), len(world.sectors))
        fields[name] = xr.DataArray(np.array(values), {"sector": list(world.sectors)}, ("sector",))
    return SimpleNamespace(**fields)


def shocks(world: Any, seed: int, size: float = 0.2) -> dict[str, Any]:
    """Random new rates, costs, productivity and access; subsidies on all sales of s0 in C1."""
    rng, shape = np.random.default_rng(seed + 40), world.data["trade_flow"].shape
    foreign = ~np.eye(shape[0], dtype=bool)[:, :, None]
    rates = {name: rng.uniform(0, size, shape) * foreign for name in ("tariff", "import_rent")}
    rates |= {
        name: rng.uniform(0, size / 2, shape) * foreign for name in ("export_tax", "export_rent")
    }
    rates["export_tax"][1, :, 0] = -0.15
    hats = {
        name: np.exp(rng.normal(0, size, shape)) for name in ("access_hat", "government_access_hat")
    }
    hats["cost_hat"] = np.exp(rng.normal(0, size / 2, shape) * foreign)
    hats["productivity_hat"] = np.exp(rng.normal(0, size / 4, shape[1:]))
    return {**rates, **hats}


def bloc(world: Any, elasticity: float, members: tuple[str, ...] = ("C0", "C1", "C2")) -> Any:
    people = world.data["population"].sel(country=list(members)).values
    return SimpleNamespace(
        members=members, elasticity=elasticity, weights=tuple(people / people.sum())
    )


def cap_of(level: float, leakage: float = 0.0) -> Any:
    return SimpleNamespace(
        exporters=("C1",), importers=("C0", "C2"), sectors=("s0",), cap=level, leakage=leakage
    )


def _positions(labels: Any, axis: Any) -> np.ndarray:
    return np.array([list(axis).index(label) for label in labels])


def _plain_policy(world: Any, policy: Any) -> dict[str, Any]:
    """Labels of a policy turned into positions."""
    countries, sectors = world.countries, world.sectors
    found = {name: getattr(policy, name).values for name in (*RATES, *HATS)}
    found["transfer"] = 0.0 if policy.transfer is None else policy.transfer.values
    found["pools"] = [
        {
            "members": _positions(pool.members, countries),
            "keys": np.array(pool.keys),
            "part": getattr(pool, "part", 1.0),
        }
        for pool in policy.pools
    ]
    found["mobility"] = [
        {
            "members": _positions(block.members, countries),
            "elasticity": block.elasticity,
            "weights": np.array(block.weights),
        }
        for block in policy.mobility
    ]
    found["caps"] = [
        {
            "exporters": _positions(cap.exporters, countries),
            "importers": _positions(cap.importers, countries),
            "sectors": _positions(cap.sectors, sectors),
            "cap": cap.cap,
            "leakage": cap.leakage,
        }
        for cap in policy.caps
    ]
    return found


def solve(world: Any, policy: Any, parameters: Any) -> dict[str, Any]:
    """The oracle's answer in plain arrays; refuses one that is not an equilibrium to 1e-11."""
    names = {
        "sigma": "value_added_elasticity",
        "rho": "input_elasticity",
        "eta": "final_elasticity",
    }
    choices = {new: getattr(parameters, old) for new, old in names.items()}
    for name in ("closure", "labour", "capital", "capital_share", "on_no_supplier"):
        choices[name] = getattr(parameters, name)
    choices["theta"], choices["scale"] = parameters.trade_elasticity.values, parameters.scale.values
    found = general_solver.solve(plain(world), _plain_policy(world, policy), choices)
    assert found["residual"] < 1e-11, f"the oracle failed: {found['residual']:.1e}"
    return found


def solved(world: Any, policy: Any, parameters: Any) -> SimpleNamespace:
    """What `verify` needs of a result, computed by the oracle alone."""
    after = world_of(solve(world, policy, parameters), world)
    return SimpleNamespace(
        before=world, after=after, scenario=None, policy=policy, parameters=parameters
    )


def assert_same(
    left: dict[str, Any], right: dict[str, Any], *but: str, rtol: float = EQUAL
) -> None:
    """Equal in every variable, relative to its largest value."""
    for name in sorted(set(DIMS) - set(but)):
        a, b = np.asarray(left[name]), np.asarray(right[name])
        assert np.isfinite(a).all(), name
        np.testing.assert_allclose(
            a, b, rtol=0, atol=rtol * max(np.abs(b).max(), 1e-9), err_msg=name
        )


def real(found: dict[str, Any], world: Any) -> np.ndarray:
    """Change of real final spending."""
    start = plain(world)
    nominal = found["final_demand"].sum(axis=1) / start["final_demand"].sum(axis=1)
    return nominal * start["consumer_price"] / found["consumer_price"]
