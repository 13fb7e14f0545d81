"""Who imposes what on whom, read from the measures of a scenario.

Every measure restricts trade or opens it. ``RULES`` says for each kind who imposes it and who receives
it; a new kind needs one entry there and nothing else.

Some kinds say between whom trade is hampered and not by whom: an embargo on oil from A to B may be A's
export ban or B's import ban, and the equilibrium is the same. Such a measure is read as aimed at
the side with fewer economies. Where the sides are of one size it is mutual if it holds in both
directions, and otherwise the exporters impose it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import accounts
from zollverein.scenario.resolve import Resolver, resolver
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.scenario import Scenario


@dataclass(frozen=True)
class Rule:
    """How a kind of measure assigns roles.

    Attributes:
        imposes: Keys of the measure that may name who imposes it; the first one present counts.
        receives: The same for whom it is aimed at. Both are empty where the kind does not say; the
            module's text has the convention.
        effect: "restriction", "integration" (also among ``imposes`` where ``receives`` is
            empty), "rate" (a restriction where rates rise above the baseline, an integration where
            they fall), "rise" (only the former), "size" (a restriction if ``add``, an integration
            if ``remove``) or "own" (whoever ``imposes`` acts by itself, which assigns no role, except
            that a key ``tariff`` above zero restricts what it imports).
    """

    imposes: tuple[str, ...]
    receives: tuple[str, ...]
    effect: str


_TRADE = ("exporters",), ("importers",)
_MEMBERS = ("members",)
#: The table of kinds: who imposes, who receives, restriction or integration.
RULES: dict[str, Rule] = {
    "tariff": Rule(("importers",), ("exporters",), "rate"),
    "export_tax": Rule(("exporters",), ("importers",), "rise"),
    "barrier": Rule((), (), "size"),
    "embargo": Rule((), (), "restriction"),
    "export_control": Rule(*_TRADE, "restriction"),
    "payment_friction": Rule(("partners",), ("target",), "restriction"),
    "price_cap": Rule(("importers",), ("exporters",), "restriction"),
    "asset_freeze": Rule(("holders",), ("target",), "restriction"),
    "mutual_recognition": Rule(_MEMBERS, (), "integration"),
    "customs_union": Rule(_MEMBERS, (), "integration"),
    "mobility": Rule(_MEMBERS, (), "integration"),
    "procurement": Rule(_MEMBERS, (), "integration"),
    "import_substitution": Rule(("countries",), (), "own"),
    "productivity": Rule(("countries",), (), "own"),
    "transfer": Rule(("payers",), (), "own"),
}


@dataclass(frozen=True, eq=False)
class Relations:
    """Who does what to whom: ``[country, country]`` from the one that acts, and who acts alone.

    Attributes:
        restricts: The row imposes a restriction on the column.
        opens: The row and the column open trade to each other; symmetric.
        alone: By kind of measure that has no other side, the countries that take it.
    """

    restricts: np.ndarray
    opens: np.ndarray
    alone: dict[str, np.ndarray]


def relations(scenario: Scenario, world: World) -> Relations:
    """What the measures of a scenario do between the countries of a world.

    Args:
        scenario: The policy; measures of kinds that ``RULES`` lacks are left out.
        world: The baseline; a rate is a restriction where it rises above this world's on trade
            that exists.

    Raises:
        ScenarioError: If a name is not of this world.
    """
    names = resolver(scenario, world)
    size = len(world.countries)
    found = Relations(np.zeros((size, size), bool), np.zeros((size, size), bool), {})
    for measure in all_measures(scenario):
        rule = RULES.get(measure.kind)
        if rule is None:
            continue
        if rule.effect == "own":
            acts = _side(measure, rule.imposes, names)
            found.alone[measure.kind] = found.alone.get(measure.kind, False) | acts
            if (getattr(measure, "tariff", None) or 0) > 0:
                trade = accounts.values(world, "trade_flow")[:, :, list(_sectors(measure, names))]
                found.restricts[:] |= (trade > 0).any(axis=2).T & acts[:, None]
            continue
        restricted, opened = _effect(measure, rule, names, world)
        found.opens[:] |= opened | opened.T
        found.restricts[:] |= restricted
    for matrix in (found.restricts, found.opens):
        np.fill_diagonal(matrix, val=False)
    return found


def all_measures(document: Any) -> Iterator[Any]:
    """The measures of a scenario, those inside programmes among them."""
    for measure in (*getattr(document, "measures", ()), *getattr(document, "programmes", ())):
        if getattr(measure, "measures", None) is None:
            yield measure
        else:
            yield from all_measures(measure)


def _effect(
    measure: Any, rule: Rule, names: Resolver, world: World
) -> tuple[np.ndarray, np.ndarray]:
    """Whom the measure's authors restrict, and between whom it opens trade ``[country, country]``."""
    acts, meets = _side(measure, rule.imposes, names), _side(measure, rule.receives, names)
    if rule.effect == "integration" and acts.any() and not rule.receives:
        return np.zeros_like(np.outer(acts, acts)), np.outer(acts, acts)
    sellers, buyers = (_side(measure, (key,), names) for key in ("exporters", "importers"))
    flows = np.outer(sellers, buyers)
    if getattr(measure, "both_directions", False):
        flows |= flows.T
    none = np.zeros_like(flows)
    if rule.effect in {"rate", "rise"}:
        raised, lowered = _rates(measure, flows, names, world)
        opened = lowered if rule.effect == "rate" else none
        return (raised.T if rule.imposes == ("importers",) else raised), opened
    removes = rule.effect == "size" and getattr(measure, "remove", None) is not None
    if rule.effect == "integration" or removes:
        return none, flows
    if acts.any() and meets.any():
        others = acts & ~meets  # "all" takes in those it is aimed at
        return np.outer(others if others.any() else acts, meets), none
    return _directed(flows, sellers, buyers), none


def _rates(
    measure: Any, pairs: np.ndarray, names: Resolver, world: World
) -> tuple[np.ndarray, np.ndarray]:
    """Flows on whose trade a rate rises, and falls, in any sector."""
    sectors = list(_sectors(measure, names))
    old = accounts.values(world, measure.kind)[:, :, sectors]
    new = _new_rate(measure, old)
    trade = (accounts.values(world, "trade_flow")[:, :, sectors] > 0) & pairs[:, :, None]
    return ((new > old) & trade).any(axis=2), ((new < old) & trade).any(axis=2)


def _sectors(measure: Any, names: Resolver) -> tuple[int, ...]:
    return names.sectors.positions(measure.sectors)


def _new_rate(measure: Any, old: np.ndarray) -> np.ndarray:
    """The rate after a measure that sets, adds or scales."""
    changes: dict[str, Callable[[float], np.ndarray]] = {
        "set": lambda value: np.full_like(old, value),
        "add": lambda value: old + value,
        "scale": lambda value: old * value,
    }
    for key, change in changes.items():
        value = getattr(measure, key, None)
        if value is not None:
            return change(value)
    return old


def _directed(flows: np.ndarray, sellers: np.ndarray, buyers: np.ndarray) -> np.ndarray:
    """Who imposes on whom where the kind does not say; see the module's text."""
    if sellers.sum() == buyers.sum():
        return flows
    aimed_at = sellers if sellers.sum() < buyers.sum() else buyers
    return (flows | flows.T) & aimed_at[None, :] & ~aimed_at[:, None]


def _side(measure: Any, keys: Iterable[str], names: Resolver) -> np.ndarray:
    """Countries named by the first of the keys that the measure has; none if it has none."""
    side = np.zeros(len(names.countries.labels), dtype=bool)
    for key in keys:
        named = getattr(measure, key, None)
        if named is not None:
            side[list(names.countries.positions(named))] = True
            break
    return side
