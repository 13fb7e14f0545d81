"""Values of outcomes at a result, whatever the model.

The base model is read in plain arrays; a result of any other model, or one loaded from a file, from
its two Worlds, with the same definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import xarray as xr

from zollverein import accounts
from zollverein.errors import ScenarioError
from zollverein.measures import effects
from zollverein.models.equilibrium import Equilibrium
from zollverein.models.wages import mean_wage
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome, in_quotes, parse_outcome
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.scenario.messages import gather
from zollverein.scenario.resolve import Axis, Resolver, resolver
from zollverein.world import World

Array = np.ndarray


def parse_outcomes(
    world: World, wanted: str | Outcome | Sequence[str | Outcome], scenario: Any = None
) -> tuple[Outcome, ...]:
    """Outcomes from their texts, with labels of a world in place of all names.

    Args:
        world: Whose countries and sectors are meant.
        wanted: Names are those of a scenario file: labels, names of countries, blocs, groups of sectors; in
            quotes where they are of several words.
        scenario: Its own groups may be named too; a policy has none.

    Returns:
        Each once, in the order named.

    Raises:
        ScenarioError: If there is none, or one names what the world does not have; the message
            treats every mistake.
    """
    several: Any = [wanted] if isinstance(wanted, str | Outcome) else wanted
    several = list(several) if isinstance(several, Iterable) else [several]
    strange = [one for one in several if not isinstance(one, str | Outcome)]
    if strange:
        raise ScenarioError(
            f"an outcome is a text, not {strange[0]!r}. Fix: such as 'real_income BLR'."
        )
    if not several:
        raise ScenarioError("no outcome is named. Fix: for example 'real_income BLR'.")
    names = resolver(scenario if isinstance(scenario, Scenario) else Scenario(), world)
    found, wrong = [], []
    for outcome in several:
        try:
            found.append(_read(parse_outcome(outcome), names))
        except ScenarioError as error:
            wrong.append(str(error))
    if wrong:
        raise ScenarioError(gather(wrong))
    return tuple(dict.fromkeys(found))


def the_only(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of a question that is about one.

    Raises:
        ScenarioError: If several are named.
    """
    if len(outcomes) > 1:
        told = ", ".join(map(str, outcomes))
        raise ScenarioError(
            f"{len(outcomes)} outcomes are named ({told}); this question is about one at a time. Fix: ask it "
            "for each of them, or for a group such as 'real_income BLR+RUS'."
        )
    return outcomes[0]


def _read(outcome: Outcome, names: Resolver) -> Outcome:
    """The outcome with labels; of several words without quotes, where they are one name only one way.

    Raises:
        ScenarioError: If a name is not of the world.
    """
    try:
        return _resolved(outcome, names)
    except ScenarioError:
        *first, last = outcome.countries
        ways = []
        for cut in range(1, len(outcome.sectors) + 1):
            whole = (*first, " ".join((last, *outcome.sectors[:cut])))
            with suppress(ScenarioError):
                one = replace(outcome, countries=whole, sectors=outcome.sectors[cut:])
                ways.append(_resolved(one, names))
        if len(ways) != 1:
            raise
        return ways[0]


def _resolved(outcome: Outcome, names: Resolver) -> Outcome:
    """The outcome with labels, and the names of groups kept in words.

    Raises:
        ScenarioError: If a name is not of the world.
    """
    if outcome.sectors and outcome.kind not in _BY_SECTOR:
        fix = f"{outcome.kind} {'+'.join(map(in_quotes, outcome.countries))}"
        raise ScenarioError(
            f"outcome '{outcome}': {outcome.kind} is of all sectors together; only "
            f"{' and '.join(_BY_SECTOR)} can be of some. Fix: '{fix}'; and a name of several words "
            f"stands in quotes, such as {outcome.kind} 'United States'."
        )
    try:
        countries, who = _labels(names.countries, outcome.countries)
        sectors, what = _labels(names.sectors, outcome.sectors)
    except ScenarioError as error:
        raise ScenarioError(f"outcome '{outcome}': {error}") from None
    label = f"{who} in {what}" if what else who
    return replace(outcome, countries=countries, sectors=sectors, label=outcome.label or label)


def _labels(axis: Axis, written: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Labels behind some names, each once in the order named; and the names, codes where they are one."""
    groups = {name: [axis.labels[k] for k in axis.positions(name)] for name in written}
    shown = [labels[0] if len(labels) == 1 else name for name, labels in groups.items()]
    return tuple(dict.fromkeys(chain.from_iterable(groups.values()))), ", ".join(shown)


def read_result(result: Result, outcomes: Sequence[Outcome]) -> Array:
    """New over old value of each outcome, ``[outcome]``."""
    found, world = result.counterfactual, result.before
    plain = isinstance(found, Equilibrium) and found.problem.structure is None
    ends = (world, found) if plain else (world, result.after)
    read: Any = _plain if plain else _of_worlds
    levels = {kind: read(*ends, kind) for kind in {o.kind for o in outcomes}}
    places = _Places(world)
    return np.array([_of_group(places, o, *levels[o.kind]) for o in outcomes])


def read_worlds(before: World, after: World, outcome: Outcome) -> float:
    """New over old value of an outcome, from two worlds.

    A group's value is the mean of its members' weighted by the baseline; totals are added first.
    """
    return _of_group(_Places(before), outcome, *_of_worlds(before, after, outcome.kind))


def _of_worlds(before: World, after: World, kind: str) -> tuple[Array, Array]:
    """What ``_of_group`` needs of a kind, from two worlds."""
    if kind in _TOTALS:
        return _TOTALS[kind](after).values, _TOTALS[kind](before).values
    hat, weight = _RATIOS[kind]
    return hat(before, after).values, weight(before).values


def _of_group(places: _Places, outcome: Outcome, new: Array, old: Array) -> float:
    """A group's ratio: of its total new to its total old value, or the weighted mean of ratios.

    Args:
        places: Positions of labels.
        outcome: Which countries and sectors.
        new: New values ``[country]`` or ``[country, sector]``, or ratios where the kind is one.
        old: Old values, or weights.
    """
    members = places.of("country", outcome.countries)
    if outcome.kind in _RATIOS:
        size = old[members]
        size = size / size.sum() if size.sum() > 0 else np.full(len(members), 1 / len(members))
        return float((size * new[members]).sum())
    goods = places.of("sector", outcome.sectors)
    before, after = (_picked(values, members, goods) for values in (old, new))
    if not before > 0:
        raise ScenarioError(
            f"outcome: {outcome} is zero in the baseline, so that it has no relative change. Fix: "
            "another country or sector."
        )
    return after / before


def _picked(values: Array, members: Array, goods: Array) -> float:
    values = values[members]
    return float(values[:, goods].sum() if values.ndim > 1 and goods.size else values.sum())


def _plain(world: World, equilibrium: Equilibrium, kind: str) -> tuple[Array, Array]:
    """What ``_of_group`` needs of a kind, in the base model, without making a World."""
    base, point = equilibrium.problem.base, equilibrium.point
    price, wage = equilibrium.consumer_price_hat, equilibrium.wage_hat
    mean = wage
    if "employment" in world.data:
        mean, _ = mean_wage(equilibrium, world.values("employment").T)
    made = np.where(base.output > 0, base.output, 1.0)
    found: dict[str, Callable[[], tuple[Array, Array]]] = {
        "real_income": lambda: (point.income / base.income / price, base.income),
        "real_wage": lambda: (mean / price, base.value_added),
        "wage": lambda: (mean, base.value_added),
        "price_index": lambda: (price, base.value_added),
        "income": lambda: (point.income, base.income),
        "exports": lambda: (point.exports, base.exports),
        "imports": lambda: (point.imports, base.exports - base.balance),
        "output": lambda: (point.output.T, base.output.T),
        "employment": lambda: (
            world.values("employment") * (point.output / made / wage).T,
            world.values("employment"),
        ),
    }
    return found[kind]()


def _price_hat(before: World, after: World) -> xr.DataArray:
    """Consumer prices; those of the model itself where it keeps them."""
    if "consumer_price" in after.data:
        return after.data["consumer_price"] / before.values("consumer_price")
    return effects.consumer_price_hat(before, after)


def _real_income_hat(before: World, after: World) -> xr.DataArray:
    return _final_spending(after) / _final_spending(before) / _price_hat(before, after)


def _real_wage_hat(before: World, after: World) -> xr.DataArray:
    return _wage_hat(before, after) / _price_hat(before, after)


def _wage_hat(before: World, after: World) -> xr.DataArray:
    return after.data["wage"] / before.data["wage"]


def _value_added(world: World) -> xr.DataArray:
    return world.data["value_added"].sum("sector")


def _final_spending(world: World) -> xr.DataArray:
    return world.data["final_demand"].sum("sector")


def _employment(world: World) -> xr.DataArray:
    values = world.values("employment")
    return xr.DataArray(values, dims=("country", "sector"))


_Hat = Callable[[World, World], xr.DataArray]
_Level = Callable[[World], xr.DataArray]
#: Kinds that are a ratio in each country -> the ratio and what a group's members are weighted with.
_RATIOS: dict[str, tuple[_Hat, _Level]] = {
    "real_income": (_real_income_hat, _final_spending),
    "real_wage": (_real_wage_hat, _value_added),
    "wage": (_wage_hat, _value_added),
    "price_index": (_price_hat, _value_added),
}
#: Kinds that are a total.
_TOTALS: dict[str, _Level] = {
    "income": _final_spending,
    "exports": accounts.exports,
    "imports": accounts.imports,
    "output": accounts.gross_output,
    "employment": _employment,
}


#: Kinds of outcome that sectors may restrict.
_BY_SECTOR = ("output", "employment")


class _Places:
    """Positions of a world's labels, looked up once."""

    def __init__(self, world: World) -> None:
        self._name = world.name
        self._at = {
            what: {label: k for k, label in enumerate(labels)}
            for what, labels in (("country", world.countries), ("sector", world.sectors))
        }

    def of(self, what: str, wanted: tuple[str, ...]) -> Array:
        """Positions of some labels.

        Raises:
            ScenarioError: If one is not of the world.
        """
        known = self._at[what]
        for name in wanted:
            if name not in known:
                near = did_you_mean(name, list(known))
                raise ScenarioError(f"outcome: '{name}' is not a {what} of {self._name}{near}")
        return np.array([known[name] for name in wanted], dtype=int)
