"""Duties as a short vector: the rates that one or several importers choose, and what they move.

A lever is one rate charged on a set of flows: on all imports, on those from one partner, or on those
of one sector. Levers are moved in ``x = log(1 + rate)``, in which ``-1 < rate`` always holds and a
doubling of a price is the same step at every height. Slopes of outcomes come from the adjoint
gradient of the equilibrium (``zollverein.gradients``), summed over the flows of each lever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np
import xarray as xr

from zollverein.arrays import inner
from zollverein.choices import CHOICES, as_keywords, check_scenario, choose_parameters
from zollverein.errors import ScenarioError
from zollverein.gradients import gradient_at, solved
from zollverein.models.baseline import Array
from zollverein.outcomes import in_quotes
from zollverein.policy import Policy, owned
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.resolve import Resolver, Written, resolver
from zollverein.simulation import simulate
from zollverein.world import World

#: Ways to set duties: one rate, one for each exporter, one for each sector.
BY = ("uniform", "partner", "sector")
#: Lowest and highest rate that a search may try; those of the scenario language.
LOWEST, HIGHEST = -0.9, 10.0
#: Part of the baseline's steepness below which imports no longer shrink it.
LEAST = 1e-9
#: Tolerance of the solves behind a search: slopes must be good near the optimum, where they vanish.
TOLERANCE = 1e-11


@dataclass(frozen=True)
class Player:
    """Who sets duties: an economy, or a group with one tariff of its own.

    Attributes:
        name: As it was given.
        countries: Labels.
    """

    name: str
    countries: tuple[str, ...]

    def outcome(self, kind: str) -> str:
        """Such as ``real_income BLR+RUS``."""
        return f"{kind} {'+'.join(map(in_quotes, self.countries))}"


@dataclass(frozen=True, eq=False)
class Lever:
    """One rate that a player sets.

    Attributes:
        player: Name of the player.
        name: ``"all"``, the exporter, or the sector.
        cells: Flat positions of its flows in ``[sector, importer, exporter]``.
        imports: Value of these flows before duty, as a share of the player's final spending.
        elasticity: Trade elasticity, the mean weighted by these flows.
        rate: Duty in the reference policy, the mean weighted by these flows.
    """

    player: str
    name: str
    cells: Array
    imports: float
    elasticity: float
    rate: float


@dataclass(frozen=True, eq=False)
class Board:
    """A world, what is given, and the levers that are not.

    Attributes:
        world: The baseline.
        policy: Everything that the levers do not set.
        levers: The rates to choose.
        players: Who chooses them.
        options: For ``simulate``.
    """

    world: World
    policy: Policy
    levers: tuple[Lever, ...]
    players: tuple[Player, ...]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def curvature(self) -> Array:
        """``[lever]`` rough size of minus the second derivative of log real income.

        Imports times elasticity, with the imports that are left at the rate ``1/θ`` of a small
        economy.
        """
        theta = np.array([lever.elasticity for lever in self.levers])
        left = (1 + 1 / theta) ** -theta
        return np.array([lever.imports for lever in self.levers]) * theta * left

    def start(self, which: float | str) -> Array:
        """``[lever]`` log rates to start from.

        Args:
            which: A uniform rate; ``"in force"``, the mean rates of the reference policy; or
                ``"small"``, the rates ``1/θ`` of a small economy.

        Raises:
            ScenarioError: If it is none of these.
        """
        if which == "in force":
            return np.log1p([lever.rate for lever in self.levers])
        if which == "small":
            return np.log1p([1 / lever.elasticity for lever in self.levers])
        if isinstance(which, str) or not LOWEST <= which <= HIGHEST:
            raise ScenarioError(
                f"start {which!r} is not known: give 'in force', 'small', or a rate between "
                f"{LOWEST} and {HIGHEST}."
            )
        return np.full(len(self.levers), np.log1p(which))

    def of(self, player: str) -> Array:
        """Positions of a player's levers."""
        return np.array([i for i, lever in enumerate(self.levers) if lever.player == player])

    def policy_at(self, log_factor: Array) -> Policy:
        """The policy with the levers set."""
        old = self.policy.tariff
        flat = inner(old.values).copy()
        for lever, rate in zip(self.levers, np.expm1(log_factor), strict=True):
            flat[lever.cells] = rate
        values = flat.reshape(old.values.T.shape).T
        return self.policy.changed(tariff=owned(old, values))

    def simulate(self, log_factor: Array | None, start: Result | None = None) -> Result:
        """The equilibrium with the levers set, or under the reference policy as it is.

        Raises:
            ZollvereinError: If there is none.
        """
        policy = self.policy if log_factor is None else self.policy_at(log_factor)
        return simulate(self.world, policy, start=start, **self.options)

    def imports_at(self, result: Result) -> Array:
        """``[lever]`` imports at a result before duty, as a share of the player's final spending there."""
        equilibrium = solved(result)
        flow, income = equilibrium.fob_flow().reshape(-1), equilibrium.point.income
        place = {country: i for i, country in enumerate(self.world.countries)}
        size = {p.name: float(income[[place[c] for c in p.countries]].sum()) for p in self.players}
        return np.array([flow[lever.cells].sum() / size[lever.player] for lever in self.levers])

    def steepness(self, result: Result) -> Array:
        """``[lever]`` imports at a result, over final spending, times elasticity.

        A slope over this is roughly the distance to the rate where the slope vanishes, however much
        or little is still imported: ``dlnW / dx`` is near ``-θ m (t - t*) / (1 + t)``.
        """
        theta = np.array([lever.elasticity for lever in self.levers])
        return np.maximum(self.imports_at(result) * theta, LEAST * self.curvature)

    def slopes(self, result: Result, outcome: str, levers: Sequence[int] | Array) -> Array:
        """Derivatives of the log of an outcome with respect to ``x`` of some levers."""
        found = gradient_at(result, outcome, wrt=["tariff"])
        flat = inner(found["tariff"].values)
        duty = 1 + inner(result.policy.tariff.values)
        chosen = (self.levers[i].cells for i in levers)
        slopes = np.array([float(flat[cells] @ duty[cells]) for cells in chosen])
        return slopes / float(found.attrs["value"])


def set_board(
    world: World,
    scenario: Scenario | Policy | None,
    players: Sequence[str],
    *,
    by: str,
    against: Written,
    sectors: Written,
    options: dict[str, Any],
) -> Board:
    """The levers of some players in a world.

    Args:
        world: The baseline.
        scenario: What holds besides the duties to be chosen; nothing changes if None.
        players: Economies, blocs or groups of the scenario; each has its own duties.
        by: One of ``BY``.
        against: Exporters whose goods bear the duties; a player's own members never do.
        sectors: Sectors whose goods bear the duties.
        options: For ``simulate``; model, closure and elasticities default to the scenario's.

    Raises:
        ScenarioError: If a name is not of this world, a country belongs to two players, there is no trade
            that a duty could fall on, or a Kemp-Wan union finds the duties.
    """
    if by not in BY:
        raise ScenarioError(f"by '{by}' is not known; choose one of {', '.join(BY)}.")
    check_scenario(scenario)
    said = scenario if isinstance(scenario, Scenario) else Scenario()
    names = resolver(said, world)
    who = tuple(_player(world, names, name) for name in players)
    _check_apart(who)
    world = said.baseline(world)
    policy = scenario if isinstance(scenario, Policy) else said.policy(world)
    options = {"engine": "auto", "tolerance": TOLERANCE, **options}
    asked: dict[str, Any] = {key: options.pop(key, None) for key in CHOICES}
    chosen = choose_parameters(world, said, **asked, tolerance=float(options["tolerance"]))
    options |= as_keywords(chosen)
    theta = chosen.trade_elasticity
    rows = names.countries.positions(against), names.sectors.positions(sectors)
    found = [lever for player in who for lever in _levers(world, policy, theta, player, by, *rows)]
    _refuse_found(world, policy, found)
    return Board(world, policy, tuple(found), who, options)


def several_starts(starts: float | str | Sequence[float | str]) -> tuple[float | str, ...]:
    """Where a search starts from, one place or several.

    Raises:
        ScenarioError: If there is none.
    """
    if not isinstance(starts, Real | str | Iterable):
        raise ScenarioError(f"starts is {starts!r}. Fix: leave it out, or give ['in force', 0.1].")
    found = (starts,) if isinstance(starts, Real | str) else tuple(starts)
    if not found:
        raise ScenarioError("starts: none is given. Fix: leave it out, or give ['in force'].")
    return found


def player_named(world: World, scenario: Scenario | Policy | None, name: str) -> Player:
    """An economy, a bloc or a group of the scenario; ``"A+B"`` is the two together.

    Raises:
        ScenarioError: If the world has none of that name, or it is no text.
    """
    check_scenario(scenario)
    said = scenario if isinstance(scenario, Scenario) else Scenario()
    return _player(world, resolver(said, world), name)


def parts_of(world: World, name: str) -> tuple[str, ...]:
    """``A`` and ``B`` of ``"A+B"``; an economy of the world keeps a name that has a plus in it.

    Raises:
        ScenarioError: If it is no text.
    """
    if not isinstance(name, str):
        raise ScenarioError(
            f"{name!r} is not the name of an economy or a group. Fix: one text; 'A+B' is the two together."
        )
    found, left = [], name.split("+")
    while left:
        sizes = range(len(left), 1, -1)
        size = next((n for n in sizes if "+".join(left[:n]) in world.countries), 1)
        found.append("+".join(left[:size]))
        left = left[size:]
    return tuple(found)


def _player(world: World, names: Resolver, name: str) -> Player:
    positions = names.countries.positions(parts_of(world, name))
    return Player(name, tuple(world.countries[i] for i in positions))


def _check_apart(players: Sequence[Player]) -> None:
    seen: dict[str, str] = {}
    for player in players:
        for country in player.countries:
            if country in seen:
                raise ScenarioError(
                    f"players: {country} belongs to '{seen[country]}' and to '{player.name}'. "
                    "Fix: each economy may belong to one player only."
                )
            seen[country] = player.name


def _refuse_found(world: World, policy: Policy, levers: Sequence[Lever]) -> None:
    """Refuse levers on duties that a Kemp-Wan union finds: moving them would do nothing."""
    for union in policy.unions:
        member = np.isin(world.countries, union.members)
        found = member[:, None] & ~member
        for lever in levers:
            pair = lever.cells % found.size
            if found.reshape(-1)[pair].any():
                raise ScenarioError(
                    f"{lever.player} belongs to the Kemp-Wan union {', '.join(union.members)}, which finds "
                    "the duties on what its members buy from others; they cannot be chosen too. Fix: another "
                    "rule for the external tariff, or against = the other members."
                )


def _levers(
    world: World,
    policy: Policy,
    theta: xr.DataArray,
    player: Player,
    by: str,
    exporters: Sequence[int],
    sectors: Sequence[int],
) -> list[Lever]:
    """The levers of one player that any trade falls under.

    Raises:
        ScenarioError: If there is none.
    """
    own = [world.countries.index(country) for country in player.countries]
    abroad = [i for i in exporters if i not in own]
    flow = np.where(np.isinf(policy.cost_hat.values), 0.0, world.data["trade_flow"].values).T
    income = float(world.data["final_demand"].values[own].sum())
    found = []
    for name, goods, sellers in _groups(world, by, abroad, sectors):
        grid = np.ix_(goods, own, sellers)
        cells = np.ravel_multi_index(np.broadcast_arrays(*grid), flow.shape).ravel()
        value = flow[grid]
        total = float(value.sum())
        if total > 0:
            mean = float((value.sum(axis=(1, 2)) * theta.values[goods]).sum()) / total
            rate = float((value * policy.tariff.values.T[grid]).sum()) / total
            found.append(Lever(player.name, name, cells, total / income, mean, rate))
    if not found:
        raise ScenarioError(
            f"{player.name} imports nothing that the duties could fall on. Usual cause: an embargo, or "
            "'against' and 'sectors' name flows that do not exist. Fix: other exporters or sectors."
        )
    return found


def _groups(
    world: World, by: str, abroad: Sequence[int], sectors: Sequence[int]
) -> Iterator[tuple[str, list[int], list[int]]]:
    """Name, sectors and exporters of each lever."""
    goods, sellers = list(sectors), list(abroad)
    if by == "uniform":
        yield "all", goods, sellers
    elif by == "partner":
        yield from ((world.countries[i], goods, [i]) for i in sellers)
    else:
        yield from ((world.sectors[s], [s], sellers) for s in goods)
