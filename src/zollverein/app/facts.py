"""What the page must know before anybody asks anything: worlds, presets, the map."""

from __future__ import annotations

from importlib.resources import files
from numbers import Real
from pathlib import Path
from typing import Any

from zollverein import accounts, statistics
from zollverein.app.answers import number
from zollverein.description import describe_world
from zollverein.elasticities import elasticity_sets, trade_elasticity
from zollverein.errors import DataError, ScenarioError
from zollverein.names import alpha2, bloc, bloc_names, country_label, country_name, sector_group
from zollverein.report.map import dots, projected
from zollverein.report.tables import sector_titles
from zollverein.scenario import Scenario
from zollverein.world import World

#: Decimals of the map's coordinates: half a pixel of a map 2000 pixels wide.
_DIGITS = 3


def world_facts(name: str, title: str, world: World) -> dict[str, Any]:
    """Countries, sectors, groups, sources and adjustments of a world.

    Args:
        name: What a request calls it.
        title: One line about it.
        world: The world.
    """
    told, size = describe_world(world), accounts.income(world).values.tolist()
    return {
        "name": name,
        "title": title,
        "year": world.year,
        "currency": str(world.data.attrs.get("currency", "")),
        "countries": [
            {"code": label, "name": country_name(label), "iso2": alpha2(label), "size": size[place]}
            for place, label in enumerate(world.countries)
        ],
        "sectors": [
            {"code": code, "title": title_, "group": group}
            for code, title_, group in zip(
                world.sectors, sector_titles(world), _groups(world), strict=True
            )
        ],
        "elasticity_sets": [name for name in elasticity_sets() if _knows(name, world)],
        "blocs": _blocs(world),
        "adjustments": list(world.adjustments),
        "sources": [str(told[key]) for key in ("source", "citation", "licence") if key in told],
    }


def _groups(world: World) -> list[str]:
    """``goods`` or ``services`` for each sector; empty where the world does not tell."""
    group = dict.fromkeys(world.sectors, "")
    for name in ("goods", "services"):
        try:
            group |= dict.fromkeys(sector_group(name, world.sectors, world.data.attrs), name)
        except ScenarioError:
            continue
    return list(group.values())


def _knows(name: str, world: World) -> bool:
    """Whether a set of elasticities has one for every sector."""
    try:
        trade_elasticity(world.sectors, name)
    except DataError:
        return False
    return True


def _blocs(world: World) -> list[dict[str, Any]]:
    """Shipped blocs with at least two members in the world."""
    found = []
    for name in bloc_names():
        shipped = bloc(name)
        members = [m for m in shipped.members if m in world.countries] if shipped else []
        if shipped is not None and len(members) > 1:
            told = {"title": shipped.title, "as_of": shipped.as_of, "source": shipped.source}
            found.append({"name": name, **told, "note": shipped.note, "members": members})
    return found


def presets() -> list[dict[str, Any]]:
    """The example scenarios, as they are in the repository's ``examples``."""
    found = []
    for path in sorted(_examples().iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            scenario = Scenario.from_toml(path.read_text(encoding="utf-8"))
            found.append(
                {
                    "id": path.name.removesuffix(".toml"),
                    "name": scenario.name,
                    "description": scenario.description,
                    "scenario": scenario.to_dict(),
                }
            )
    return found


def _examples() -> Any:
    """The folder of examples: in the wheel beside this module, in a checkout at its root."""
    packed = files("zollverein.app") / "presets"
    if packed.is_dir():
        return packed
    return Path(__file__).parents[3] / "examples"


def statistics_of(world: World, country: str, partner: str | None) -> dict[str, Any]:
    """Statistics of an economy, of the pair if a partner is named, and its partners by turnover.

    Raises:
        ScenarioError: If the world has no such economy.
    """
    label = country_label(country, world.countries, world.name)
    other = None if partner is None else country_label(partner, world.countries, world.name)
    table = statistics.overview(world, label, other)
    ranking = statistics.partner_ranking(world, label).reset_index()
    return {
        "code": label,
        "partner": other,
        "statistics": [plain(row) for row in table.to_dict(orient="records")],
        "partners": [plain(row) for row in ranking.to_dict(orient="records")],
    }


def plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row of a table as JSON has it: no NumPy number, null where there is none."""
    return {
        str(key): number(float(value)) if isinstance(value, Real) else str(value)
        for key, value in row.items()
    }


def map_shapes() -> dict[str, Any]:
    """Outlines and dots on the plane of the report's map (Equal Earth); y points up."""
    return {
        "projection": "Equal Earth",
        "x": [-2.75, 2.75],
        "y": [-1.15, 1.35],
        "shapes": {
            code: [ring.round(_DIGITS).tolist() for ring in rings]
            for code, rings in projected().items()
        },
        "dots": {code: [round(v, _DIGITS) for v in place] for code, place in dots().items()},
    }
