"""Names of a scenario into positions in a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from zollverein.errors import ScenarioError
from zollverein.names.blocs import bloc, bloc_names
from zollverein.names.countries import country_name, iso3, written_names
from zollverein.names.sectors import sector_group, world_groups
from zollverein.names.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.scenario.values import Names
    from zollverein.world import World

Positions = np.ndarray


class Resolver:
    """Looks names up in the scenario's own groups, the world, and the shipped blocs."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        """Remember where to look."""
        self.world = world
        self._blocs, self._groups = scenario.blocs, scenario.sectors
        self._countries = {label: k for k, label in enumerate(world.countries)}
        self._sectors = {label: k for k, label in enumerate(world.sectors)}

    def countries(self, names: Names, where: str) -> Positions:
        """Positions of the countries that the names stand for, in order, without repeats.

        Raises:
            ScenarioError: Names the key, the word and the nearest valid one.
        """
        found = {k for name in _listed(names) for k in self._country(name, where, ())}
        return np.array(sorted(found), dtype=int)

    def sectors(self, names: Names, where: str) -> Positions:
        """Positions of the sectors that the names stand for.

        Raises:
            ScenarioError: Names the key, the word and the nearest valid one.
        """
        found = {k for name in _listed(names) for k in self._sector(name, where, ())}
        return np.array(sorted(found), dtype=int)

    def _country(self, name: str, where: str, path: tuple[str, ...]) -> list[int]:
        if name in self._blocs:
            _check_circle(name, path, where)
            return [
                k
                for member in _listed(self._blocs[name])
                for k in self._country(member, f"blocs.{name}", (*path, name))
            ]
        if name in self._countries:
            return [self._countries[name]]
        if name.casefold() == "all":
            return list(self._countries.values())
        shipped = bloc(name)
        if shipped is not None:
            inside = [self._countries[m] for m in shipped.members if m in self._countries]
            if inside:
                return inside
            raise ScenarioError(f"{where}: no member of the bloc '{name}' is in {self.world.name}.")
        code = iso3(name)
        if code in self._countries:
            return [self._countries[code]]
        raise ScenarioError(f"{where}: {self._unknown_country(name, code)}")

    def _unknown_country(self, name: str, code: str | None) -> str:
        if code is not None:
            return f"{country_name(code)} ({code}) is not one of the countries of {self.world.name}."
        candidates: dict[str, str] = {key: key for key in (*self._blocs, *bloc_names(), "all")}
        candidates |= written_names(self.world.countries)
        found = nearest(name, candidates)
        if found is not None and candidates[found] in self._countries:
            label = candidates[found]
            full = country_name(label)
            more = f" ({full})" if full != label else ""
            return f"'{name}' is not a country of {self.world.name}: did you mean '{label}'{more}?"
        return f"'{name}' is not a country or bloc of {self.world.name}{did_you_mean(name, candidates)}"

    def _sector(self, name: str, where: str, path: tuple[str, ...]) -> list[int]:
        if name in self._groups:
            _check_circle(name, path, where)
            return [
                k
                for member in _listed(self._groups[name])
                for k in self._sector(member, f"sectors.{name}", (*path, name))
            ]
        if name in self._sectors:
            return [self._sectors[name]]
        if name.casefold() == "all":
            return list(self._sectors.values())
        groups = world_groups(self.world.data.attrs)
        if name in ("goods", "services") or name in groups:
            members = sector_group(name, self.world.sectors, self.world.data.attrs)
            return [self._sectors[label] for label in members]
        candidates = [*self._sectors, *self._groups, *groups, "goods", "services", "all"]
        raise ScenarioError(
            f"{where}: '{name}' is not a sector of {self.world.name}{did_you_mean(name, candidates)}"
        )


def _listed(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def _check_circle(name: str, path: tuple[str, ...], where: str) -> None:
    if name in path:
        raise ScenarioError(f"{where}: the group '{name}' contains itself ({' > '.join((*path, name))}).")


def check_groups(groups: Mapping[str, object], kind: str, taken: tuple[str, ...]) -> None:
    """Refuse an own group whose name already means something else.

    Raises:
        ScenarioError: Names the group.
    """
    for name in groups:
        if name in taken or name.casefold() == "all":
            raise ScenarioError(
                f"{kind}.{name}: '{name}' already has a meaning in this world; choose another name for the group."
            )
