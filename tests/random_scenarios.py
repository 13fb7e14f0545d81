"""Random scenarios over every kind of measure, on random worlds; the same seed gives the same pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import zollverein as zv
from tests.general import real_world
from tests.oracles.extended import extended_world
from zollverein.testing import random_world

Rng = np.random.Generator
Plain = dict[str, Any]


def random_pair(seed: int) -> tuple[zv.World, zv.Scenario]:
    """A world of 3 to 6 countries and 2 to 4 sectors, and a scenario for it."""
    rng = np.random.default_rng(seed + 31_415)
    world = _world(rng, seed)
    return world, zv.Scenario.from_dict(_document(rng, world, seed))


def _world(rng: Rng, seed: int) -> zv.World:
    options: Plain = {
        "countries": int(rng.integers(3, 7)),
        "sectors": int(rng.integers(2, 5)),
        "zeros": bool(rng.random() < 0.7),
        "deficits": bool(rng.random() < 0.7),
        "export_taxes": bool(rng.random() < 0.5),
        "openness": float(rng.uniform(0.1, 0.5)),
    }
    if rng.random() < 0.3:
        return real_world(extended_world(seed, rents=bool(rng.random() < 0.5), **options))
    return random_world(seed, **options)


def _document(rng: Rng, world: zv.World, seed: int) -> Plain:
    """The scenario as a file would have it."""
    plain: Plain = {"name": f"random {seed}", "combine": str(rng.choice(["error", "last", "add"]))}
    plain["horizon"] = str(rng.choice(["short", "medium", "long"], p=[0.25, 0.5, 0.25]))
    plain["closure"] = str(rng.choice(["share_of_world", "numeraire", "share_of_own", "zero"]))
    if rng.random() < 0.5:
        plain["model"] = str(rng.choice(["caliendo_parro", "armington", "ces", "krugman"]))
    if plain.get("model") == "krugman":
        plain["scale"] = {s: float(rng.uniform(0, 0.4)) for s in world.sectors}
    theta = {s: float(rng.uniform(2, 8)) for s in world.sectors}
    plain["trade_elasticity"] = theta if rng.random() < 0.5 else float(rng.uniform(2, 8))
    plain["on_no_supplier"] = str(rng.choice(["error", "shut_down"]))
    kinds = rng.permutation(list(MEASURES))[: rng.integers(1, 5)].tolist()
    if plain["horizon"] == "short":
        kinds = [kind for kind in kinds if kind != "mobility" or rng.random() < 0.1]
    if "embargo" in kinds and rng.random() < 0.9:
        kinds = [kind for kind in kinds if kind != "price_cap"]
    measures = [{"kind": kind, **MEASURES[kind](rng, world)} for kind in kinds]
    if rng.random() < 0.3 and measures:
        plain["year"] = int(rng.integers(2024, 2030))
        inside = measures[: len(measures) // 2 + 1]
        programme = {"name": "first", "start": 2025, "phase_in": int(rng.integers(1, 5))}
        plain["programmes"] = [{**programme, "measures": inside}, {"name": "empty"}]
        measures = measures[len(inside) :]
    return {**plain, "measures": measures}


def _some(rng: Rng, labels: tuple[str, ...], most: int = 99) -> list[str]:
    count = int(rng.integers(1, min(most, len(labels)) + 1))
    return [str(label) for label in rng.permutation(labels)[:count]]


def _two_sides(rng: Rng, world: zv.World) -> tuple[list[str], list[str]]:
    """Two groups of countries without a common member."""
    order = [str(label) for label in rng.permutation(world.countries)]
    cut = int(rng.integers(1, len(order)))
    return order[:cut], order[cut:]


def _flow(rng: Rng, world: zv.World) -> Plain:
    sellers, buyers = _two_sides(rng, world)
    return {"exporters": sellers, "importers": buyers, "sectors": _some(rng, world.sectors)}


def _bloc(rng: Rng, world: zv.World) -> Plain:
    order = [str(label) for label in rng.permutation(world.countries)]
    return {"members": order[: int(rng.integers(2, len(order) + 1))]}


def _number(rng: Rng, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _rate(rng: Rng, world: zv.World) -> Plain:
    how = str(rng.choice(["set", "add", "scale"]))
    low, high = {"set": (-0.2, 0.6), "add": (-0.1, 0.4), "scale": (0, 3)}[how]
    return {**_flow(rng, world), how: _number(rng, low, high)}


def _barrier(rng: Rng, world: zv.World) -> Plain:
    both = {**_flow(rng, world), "both_directions": bool(rng.random() < 0.5)}
    if rng.random() < 0.5:
        keeper = str(rng.choice(["importer", "exporter"]))
        return {**both, "add": _number(rng, 0, 0.4), "rent": _number(rng, 0, 1), "keeper": keeper}
    level = _number(rng, 0.1, 0.5)
    size = level * _number(rng, 0, 1)
    return {**both, "remove": size, "level": level, "actionable": _number(rng, 0, 1)}


def _stop(rng: Rng, world: zv.World) -> Plain:
    share = 1.0 if rng.random() < 0.5 else _number(rng, 0, 1)
    return {**_flow(rng, world), "share": share}


def _embargo(rng: Rng, world: zv.World) -> Plain:
    return {**_stop(rng, world), "both_directions": bool(rng.random() < 0.7)}


def _friction(rng: Rng, world: zv.World) -> Plain:
    target, partners = _two_sides(rng, world)
    return {"target": target, "partners": partners, "add": _number(rng, 0, 0.3)}


def _cap(rng: Rng, world: zv.World) -> Plain:
    sellers, buyers = _two_sides(rng, world)
    return {
        "exporters": sellers[:1],
        "importers": buyers,
        "sectors": _some(rng, world.sectors, 2),
        "cap": _number(rng, 0.97, 1.05),
        "leakage": _number(rng, 0, 0.5),
    }


def _substitution(rng: Rng, world: zv.World) -> Plain:
    levers = {
        "home_bias": _number(rng, 0, 1),
        "productivity": _number(rng, -0.05, 0.1),
        "output_subsidy": _number(rng, 0, 0.15),
        "tariff": _number(rng, 0, 0.3),
    }
    chosen = _some(rng, tuple(levers))
    where = {"countries": _some(rng, world.countries, 2), "sectors": _some(rng, world.sectors)}
    return where | {lever: levers[lever] for lever in chosen}


def _procurement(rng: Rng, world: zv.World) -> Plain:
    own = {"government_share": _number(rng, 0.05, 0.5), "home_bias": _number(rng, 0, 0.9)}
    return {**_bloc(rng, world), "open": _number(rng, 0, 1), **own}


def _union(rng: Rng, world: zv.World) -> Plain:
    bloc = _bloc(rng, world)
    plain = {**bloc, "sectors": _some(rng, world.sectors)}
    plain["external"] = str(rng.choice(["max", "min", "mean", "keep", "kemp_wan"]))
    pick = rng.random()
    if pick < 0.3:
        plain["keys"] = "value_added"
    elif pick < 0.7:
        shares = rng.dirichlet(np.ones(len(bloc["members"])))
        plain["keys"] = dict(zip(bloc["members"], (shares / shares.sum()).tolist(), strict=True))
    return plain


def _mobility(rng: Rng, world: zv.World) -> Plain:
    plain = {**_bloc(rng, world), "elasticity": _number(rng, 0, 3)}
    if rng.random() < 0.5:
        plain["people"] = {member: _number(rng, 1, 9) for member in plain["members"]}
    return plain


def _paid(rng: Rng, payers: str, receivers: str) -> Callable[[zv.World], Plain]:
    def build(world: zv.World) -> Plain:
        one, other = _two_sides(rng, world)
        size = _number(rng, 0, 0.03)
        if rng.random() < 0.5:
            return {payers: one, receivers: other, "share": size}
        smallest = float(world.data["value_added"].values.sum(axis=1).min())
        return {payers: one, receivers: other, "amount": max(size, 1e-6) * smallest}

    return build


#: One random measure of each kind, as a file would have it.
MEASURES: dict[str, Callable[[Rng, zv.World], Plain]] = {
    "tariff": _rate,
    "export_tax": _rate,
    "barrier": _barrier,
    "mutual_recognition": lambda rng, world: {
        **_bloc(rng, world),
        "size": _number(rng, 0, 0.4),
        "actionable": _number(rng, 0, 1),
    },
    "embargo": _embargo,
    "export_control": _stop,
    "payment_friction": _friction,
    "price_cap": _cap,
    "productivity": lambda rng, world: {
        "countries": _some(rng, world.countries),
        "sectors": _some(rng, world.sectors),
        "change": _number(rng, -0.1, 0.2),
    },
    "import_substitution": _substitution,
    "procurement": _procurement,
    "customs_union": _union,
    "mobility": _mobility,
    "transfer": lambda rng, world: _paid(rng, "payers", "receivers")(world),
    "asset_freeze": lambda rng, world: _paid(rng, "target", "holders")(world),
}
