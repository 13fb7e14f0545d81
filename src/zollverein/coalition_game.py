"""The game behind a coalition: who is on which side, what acting means, what every subset does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zollverein import shapley
from zollverein.batches import Failure
from zollverein.choices import check_scenario
from zollverein.errors import NotConverged, ScenarioError
from zollverein.levers import Player, player_named
from zollverein.result import Result
from zollverein.scenario import Embargo, Measure, Scenario
from zollverein.tariff_search import value_of
from zollverein.world import World

#: Part of the subsets that may have no equilibrium.
_MOST_FAILURES = 0.01
#: Sampled orders where there are too many subsets.
_ORDERS = 200
#: The names that stand for both sides in an instrument.
SIDES = ("members", "target")
Instrument = str | Measure | Mapping[str, Any] | Sequence[Measure | Mapping[str, Any]]


@dataclass(frozen=True)
class Game:
    """A coalition's possible actions.

    Attributes:
        scenario: What holds whoever acts.
        measures: What acting means, in terms of ``members`` and ``target``.
        members: Who may act.
        target: At whom.
        others: Everybody else, or None.
    """

    scenario: Scenario
    measures: tuple[Measure, ...]
    members: tuple[Player, ...]
    target: Player
    others: Player | None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the members."""
        return tuple(player.name for player in self.members)

    @property
    def everybody(self) -> int:
        """The whole coalition as a bitmask."""
        return 2 ** len(self.members) - 1

    def acting(self, mask: int) -> Scenario:
        """The scenario in which the members of a subset act."""
        chosen = (m for i, m in enumerate(self.members) if mask >> i & 1)
        return self.against(tuple(c for member in chosen for c in member.countries))

    def against(self, countries: tuple[str, ...]) -> Scenario:
        """The scenario in which these countries act."""
        if not countries:
            return self.scenario
        said, sides = self.scenario, {"members": countries, "target": self.target.countries}
        changed = {
            "blocs": {**said.blocs, **sides},
            "measures": (*said.measures, *self.measures),
        }
        return said.model_copy(update=changed)

    def readings(self, outcome: str) -> Readings:
        """What is read off each subset's equilibrium."""
        together = Player("members", tuple(c for m in self.members for c in m.countries))
        rest = () if self.others is None else (self.others,)
        return Readings(outcome, (*self.members, self.target, together, *rest))


@dataclass(frozen=True)
class Readings:
    """Applied in the workers: the outcome of each member, the target, all members, all others."""

    outcome: str
    players: tuple[Player, ...]

    def __call__(self, result: Result) -> np.ndarray:
        """``[player]``, new over old."""
        return np.array([value_of(result, p.outcome(self.outcome)) for p in self.players])


def set_game(
    world: World,
    scenario: Scenario | None,
    members: Sequence[str],
    target: str,
    instrument: Instrument,
) -> Game:
    """Resolve the sides and the instrument in a world.

    Raises:
        ScenarioError: If there is no member, a name is not of this world, an economy is on two
            sides, or the instrument does not name the sides.
    """
    check_scenario(scenario, policy=False)
    said = scenario or Scenario()
    if not members or isinstance(members, str):
        raise ScenarioError("members: give a list of at least one economy or group.")
    taken = [name for name in SIDES if name in said.blocs]
    if taken:
        raise ScenarioError(f"blocs.{taken[0]}: this name stands for a side; choose another.")
    sides = [player_named(world, said, name) for name in (*members, target)]
    named: dict[str, str] = {}
    for player in sides:
        for country in player.countries:
            if country in named:
                raise ScenarioError(
                    f"coalition: {country} belongs to '{named[country]}' and to '{player.name}'. "
                    "Fix: each economy may be on one side and in one member only."
                )
            named[country] = player.name
    rest = tuple(country for country in world.countries if country not in named)
    others = Player("others", rest) if rest else None
    return Game(said, read_instrument(instrument), tuple(sides[:-1]), sides[-1], others)


def read_instrument(instrument: Instrument) -> tuple[Measure, ...]:
    """The measures of an instrument.

    Raises:
        ScenarioError: If it is no measure, or one does not name both sides.
    """
    if instrument == "embargo":
        return (Embargo(exporters="members", importers="target", both_directions=True),)
    if isinstance(instrument, str):
        raise ScenarioError(
            f"instrument '{instrument}' is not known: give 'embargo', or a measure such as "
            "Tariff(exporters='target', importers='members', add=0.2)."
        )
    several = [instrument] if isinstance(instrument, Measure | Mapping) else list(instrument)
    read: list[Measure] = []
    for one in several:
        if isinstance(one, Measure):
            read.append(one)
        else:
            read.extend(Scenario.from_dict({"measures": [dict(one)]}).measures)
    for measure in read:
        named = {getattr(measure, key, None) for key in type(measure).naming}
        if not named.issuperset(SIDES):
            raise ScenarioError(
                f"instrument: the {type(measure).model_fields['kind'].default} must name 'members' in "
                "one place and 'target' in another, such as exporters and importers."
            )
    if not read:
        raise ScenarioError("instrument: it has no measure, so that nobody could act.")
    return tuple(read)


def chosen_masks(
    players: int, orders: int | None, seed: int
) -> tuple[list[int], np.ndarray | None]:
    """The subsets to compute, and the sample of orders they belong to (None: all subsets)."""
    if orders is None and players <= shapley.MOST_PLAYERS:
        return list(shapley.all_masks(players)), None
    sample = shapley.sampled_orders(players, _ORDERS if orders is None else orders, seed)
    single = {1 << i for i in range(players)}
    without_one = {(2**players - 1) ^ one for one in single}
    return sorted(single | without_one | set(shapley.prefixes(sample))), sample


def collected(
    masks: Sequence[int], found: Iterable[Any], names: Sequence[str]
) -> tuple[dict[int, np.ndarray], dict[tuple[str, ...], str]]:
    """Values by subset, and the subsets that have none with the reason.

    Raises:
        NotConverged: If there are too many of those, or nobody or everybody is among them.
    """
    values: dict[int, np.ndarray] = {}
    failures: dict[tuple[str, ...], str] = {}
    for mask, one in zip(masks, found, strict=True):
        if isinstance(one, Failure):
            failures[acting_names(mask, names)] = str(one.error)
        else:
            values[mask] = one
    if len(failures) > _MOST_FAILURES * len(masks) or not {0, masks[-1]} <= values.keys():
        told = [f"{'+'.join(who) or 'nobody'}: {why}" for who, why in failures.items()]
        raise NotConverged(
            f"coalition: {len(failures)} of {len(masks)} subsets have no equilibrium. First of them, "
            f"{' '.join(told[:2])} Fix: closure = 'zero', or an instrument that leaves some trade."
        )
    return values, failures


def acting_names(mask: int, names: Sequence[str]) -> tuple[str, ...]:
    """The members of a subset, in order."""
    return tuple(name for i, name in enumerate(names) if mask >> i & 1)
