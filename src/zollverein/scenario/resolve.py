"""Names to positions: what 'all', groups, blocs, codes and country names are in one world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zollverein.accounts import data_of
from zollverein.checks import texts, told
from zollverein.errors import ScenarioError
from zollverein.names import (
    bloc,
    bloc_members,
    bloc_names,
    country_name,
    did_you_mean,
    iso3,
    sector_group,
)
from zollverein.names.countries import written_names
from zollverein.names.sectors import world_groups

if TYPE_CHECKING:
    from zollverein.scenario.document import Scenario
    from zollverein.world import World

Written = str | tuple[str, ...]
Positions = tuple[int, ...]


class GroupError(ScenarioError):
    """The name stands for an own group whose mistake is reported where the group is defined."""


@dataclass
class Axis:
    """One kind of label (countries or sectors) with the groups that may stand for several.

    Attributes:
        labels: Labels of the world, in order.
        own: Groups of the scenario file.
        other: Finds a name that is neither a label nor an own group, or raises ScenarioError.
        problems: Mistakes in the own groups, as ``group: message``.
    """

    labels: tuple[str, ...]
    own: Mapping[str, Written]
    other: Callable[[str], Positions]
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Resolve the own groups, so that a mistake in one is reported once."""
        self._exact = {label: i for i, label in enumerate(self.labels)}
        self._folded = {label.casefold(): i for i, label in enumerate(self.labels)}
        self._groups: dict[str, Positions | None] = {}
        for name in self.own:
            if name not in self._groups:
                self._group(name, ())

    def positions(self, names: Written, trail: tuple[str, ...] = ()) -> Positions:
        """Positions of everything named, each once, in the order of the labels.

        Raises:
            ScenarioError: If a name is unknown; the message treats every such name.
        """
        found: set[int] = set()
        wrong: list[str] = []
        for name in texts("the names", names):
            try:
                found.update(self._one(name.strip(), trail))
            except GroupError:
                continue
            except ScenarioError as error:
                wrong.append(str(error))
        if wrong:
            raise ScenarioError(" ".join(wrong))
        return tuple(sorted(found))

    def _one(self, name: str, trail: tuple[str, ...]) -> Positions:
        if name in self._exact:
            return (self._exact[name],)
        if name in self.own and name != "all":
            group = self._group(name, trail)
            if group is None:
                raise GroupError(name)
            return group
        if name == "all":
            return tuple(range(len(self.labels)))
        if name.casefold() in self._folded:
            return (self._folded[name.casefold()],)
        return self.other(name)

    def _group(self, name: str, trail: tuple[str, ...]) -> Positions | None:
        """Positions of an own group; None, with a problem noted, if it has a mistake."""
        if name in trail:
            circle = " → ".join((*trail[trail.index(name) :], name))
            raise ScenarioError(f"the group refers to itself: {circle}.")
        if name not in self._groups:
            self._groups[name] = None
            if name in self._exact or name == "all":
                self.problems.append(f"{name}: this name is taken; choose another for the group.")
                return None
            try:
                self._groups[name] = self.positions(self.own[name], (*trail, name))
            except ScenarioError as error:
                self.problems.append(f"{name}: {error}")
        return self._groups[name]


@dataclass(frozen=True)
class Resolver:
    """The countries and sectors of a world, with the groups of a scenario."""

    countries: Axis
    sectors: Axis

    @property
    def problems(self) -> list[str]:
        """Mistakes in the scenario's own groups, each with its key path."""
        places = [f"blocs.{text}" for text in self.countries.problems]
        return places + [f"sectors.{text}" for text in self.sectors.problems]


def resolver(scenario: Scenario, world: World) -> Resolver:
    """The names that a scenario may use in a world.

    Raises:
        TypeError: If one of the two is something else.
        DataError: If an array of the world was replaced since it was checked.
    """
    if not hasattr(scenario, "blocs"):
        raise TypeError(
            f"the scenario is {told(scenario)}, not a Scenario. Fix: zv.read_scenario(path), "
            "Scenario.from_dict(table), or scenario of a result."
        )
    data_of(world)
    return Resolver(
        countries=Axis(
            world.countries, scenario.blocs, lambda name: _country(name, scenario, world)
        ),
        sectors=Axis(world.sectors, scenario.sectors, lambda name: _sector(name, scenario, world)),
    )


def _country(name: str, scenario: Scenario, world: World) -> Positions:
    """A shipped bloc or a country by name."""
    position = {label: i for i, label in enumerate(world.countries)}
    group = bloc(name)
    if group is not None:
        members = tuple(position[code] for code in group.members if code in position)
        if members:
            return members
        raise ScenarioError(
            f"no member of '{group.name}' ({group.title}) is in the world {world.name}."
        )
    code = iso3(name)
    if code in position:
        return (position[code],)
    if code is not None:
        other = country_name(code) if name.upper() == code else code
        raise ScenarioError(f"'{name}' ({other}) is not among the countries of {world.name}.")
    there = [entry for entry in bloc_names() if set(bloc_members(entry)) & set(world.countries)]
    known = {key: key for key in (*scenario.blocs, *there, "all")} | written_names(world.countries)
    raise ScenarioError(f"'{name}' is not a country of {world.name}{_near(name, known)}")


def _sector(name: str, scenario: Scenario, world: World) -> Positions:
    """The groups of sectors that every world has, or its own."""
    attrs = world.data.attrs
    groups = {**dict.fromkeys(("goods", "services")), **dict.fromkeys(world_groups(attrs))}
    if name in groups:
        position = {label: i for i, label in enumerate(world.sectors)}
        return tuple(position[sector] for sector in sector_group(name, world.sectors, attrs))
    known = {key: key for key in (*world.sectors, *scenario.sectors, *groups, "all")}
    raise ScenarioError(f"'{name}' is not a sector of {world.name}{_near(name, known)}")


def _near(name: str, known: Mapping[str, str]) -> str:
    """The nearest valid name or, if none is near, where to find them."""
    text = did_you_mean(name, known)
    return text if text != "." else "; 'zollverein describe' lists the valid names."
