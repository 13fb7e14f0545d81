"""A policy in parts, each of which can be applied to any degree between nothing and all.

At strengths ``z_k`` in [0, 1] tariffs and export taxes move linearly, iceberg costs and productivity
in logs, and trade under embargo by an access factor ``1 - z_k`` that is an exact zero at 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from zollverein.checks import told
from zollverein.errors import ScenarioError
from zollverein.policy import Policy, owned

if TYPE_CHECKING:
    from zollverein.world import World

Array = np.ndarray
_RATES = ("tariff", "export_tax")
_FACTORS = ("cost_hat", "productivity_hat")
#: Lines below the parts in a table of them.
TOTALS = LEFT, ADDED, WHOLE = "(not attributed)", "sum of the parts", "all together"
#: Changes of shares: what they are called in a part, and the array of the policy.
_SHARES = {"stopped": "access_hat", "stopped_government": "government_access_hat"}


class Portfolio(Protocol):
    """What an attribution needs to know of a policy."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""

    @property
    def idle(self) -> tuple[bool, ...]:
        """Which parts have no measures, and so no effect at any strength."""

    def policy(self, strength: Array) -> Policy:
        """The policy with each part at its strength ``[part]``."""


@dataclass(frozen=True, eq=False)
class ScenarioPortfolio:
    """The parts of a scenario: its programmes, and each plain measure."""

    world: World
    scenario: Any
    names: tuple[str, ...]
    idle: tuple[bool, ...]

    def policy(self, strength: Array) -> Policy:
        """The policy with each part at its strength ``[part]``."""
        sizes = dict(zip(self.names, strength.tolist(), strict=True))
        return self.scenario.policy(self.world, strength=sizes)


@dataclass(frozen=True, eq=False)
class PolicyPortfolio:
    """Parts that are policies of their own; together their changes add up, in logs where factors.

    Attributes:
        neutral: The policy that changes nothing.
        names: Of the parts.
        changes: Of each part, by array: flat cells and what is added to them (for factors, to the
            log); under ``stopped`` the part of trade that ends, negative where access rises, and under
            ``stopped_government`` that of the government's, where it is told apart.
    """

    neutral: Policy
    names: tuple[str, ...]
    changes: tuple[dict[str, tuple[Array, Array]], ...]

    @property
    def idle(self) -> tuple[bool, ...]:
        """Which parts change nothing."""
        return tuple(not part for part in self.changes)

    def policy(self, strength: Array) -> Policy:
        """The policy with each part at its strength ``[part]``."""
        arrays: dict[str, Any] = {}
        for name in (*_RATES, *_FACTORS):
            base = getattr(self.neutral, name)
            flat = (
                np.zeros(base.size)
                if name in _FACTORS
                else base.values.reshape(-1, order="F").copy()
            )
            parts = [(z, part[name]) for z, part in self._parts(strength) if name in part]
            for z, (cells, change) in parts:
                flat[cells] += z * change
            if parts:
                values = np.exp(flat) if name in _FACTORS else flat
                arrays[name] = owned(base, values.reshape(base.shape, order="F"))
        like = self.neutral.tariff
        for key, name in _SHARES.items():
            ends = [(z, *part[key]) for z, part in self._parts(strength) if key in part]
            flat = np.ones(like.size)
            for z, cells, share in ends:
                flat[cells] *= 1 - z * share
            if ends:
                arrays[name] = owned(like, flat.reshape(like.shape, order="F"))
        return self.neutral.changed(**arrays)

    def _parts(self, strength: Array) -> list[tuple[float, dict[str, tuple[Array, Array]]]]:
        return [(z, part) for z, part in zip(strength, self.changes, strict=True) if z]


def make_portfolio(world: World, scenario: Any) -> Portfolio:
    """The parts of a scenario, or of named policies.

    Args:
        world: The baseline.
        scenario: A Scenario, or policies by name, each what the part does alone.

    Raises:
        ScenarioError: If there are no parts, or two have one name.
    """
    if isinstance(scenario, Mapping):
        return _of_policies(world, scenario)
    if not hasattr(scenario, "parts"):
        raise TypeError(
            f"the scenario is {told(scenario)}, not a Scenario, and has no parts. Fix: a table from name to "
            "Policy, or zv.read_scenario(path)."
        )
    parts = scenario.parts()
    idle = tuple(not part.measures for part in parts)
    return ScenarioPortfolio(world, scenario, _checked([part.name for part in parts]), idle)


def _checked(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        raise ScenarioError("the scenario has no parts: nothing to attribute an effect to.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ScenarioError(
            f"parts: '{twice[0]}' is the name of more than one part. Fix: a name of its own for each."
        )
    taken = sorted(set(names) & set(TOTALS))
    if taken:
        raise ScenarioError(
            f"parts: '{taken[0]}' is the name of a line below the parts. Fix: another name for the part."
        )
    return tuple(names)


def _of_policies(world: World, policies: Mapping[str, Policy]) -> PolicyPortfolio:
    neutral = Policy.neutral(world)
    for name, policy in policies.items():
        if not isinstance(policy, Policy):
            raise ScenarioError(
                f"'{name}' is {told(policy)}, not a Policy; a table in place of a scenario names policies. "
                "Fix: scenario.policy(world), or Scenario.from_dict(table)."
            )
        policy.check_fits(world)
        more = [field for field in _BEYOND if _given(getattr(policy, field))]
        if more:
            raise ScenarioError(
                f"the policy '{name}' has {', '.join(more)}: named policies can be taken in parts where they "
                "change tariffs, export taxes, costs, access or productivity. Fix: give a Scenario."
            )
    apart = "government_flow" in world.data
    changes = tuple(_changes(neutral, policy, government=apart) for policy in policies.values())
    return PolicyPortfolio(neutral, _checked(list(policies)), changes)


#: What a named policy may not have.
_BEYOND = (
    "import_rent",
    "export_rent",
    "government_access_hat",
    "transfer",
    "pools",
    "caps",
    "mobility",
    "unions",
)


def _given(value: Any) -> bool:
    return value is not None and not (isinstance(value, tuple) and not value)


def _changes(
    neutral: Policy, policy: Policy, *, government: bool
) -> dict[str, tuple[Array, Array]]:
    """Cells that a policy changes, by array, and by how much."""
    found: dict[str, tuple[Array, Array]] = {}
    for name in (*_RATES, *_FACTORS):
        old, new = (getattr(p, name).values.reshape(-1, order="F") for p in (neutral, policy))
        cells = np.flatnonzero((new != old) & np.isfinite(new))
        if cells.size:
            change = np.log(new[cells]) if name in _FACTORS else new[cells] - old[cells]
            found[name] = (cells, change)
    closed = np.isinf(policy.cost_hat.values)
    access = 1.0 if policy.access_hat is None else policy.access_hat.values
    ended = {"stopped": np.where(closed, 1.0, 1 - access)}
    if government:
        ended["stopped_government"] = closed.astype(float)
    for key, share in ended.items():
        flat = share.reshape(-1, order="F")
        cells = np.flatnonzero(flat)
        if cells.size:
            found[key] = (cells, flat[cells])
    return found
