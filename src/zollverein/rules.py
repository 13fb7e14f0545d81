"""Rules of a policy that are more than a rate or a factor: who pools, who is capped, who may move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.errors import ScenarioError

#: Shares that should sum to one may miss it by this much, from rounding in a file.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Pool:
    """Import duty on trade with others is collected by each member and shared by fixed keys.

    Attributes:
        members: Labels of the countries.
        keys: Each member's share of the pool; sums to one.
        part: How much of the sharing applies, from 0 (each keeps its own) to 1.

    Raises:
        ScenarioError: If a share is negative or they do not sum to one; if the part is none.
    """

    members: tuple[str, ...]
    keys: tuple[float, ...]
    part: float = 1.0

    def __post_init__(self) -> None:
        """Check the keys and the part."""
        if not 0 <= self.part <= 1:
            raise ScenarioError(f"pool: part is {self.part}; it is a share, from 0 to 1.")
        object.__setattr__(self, "keys", _shares("pool", "key", self.members, self.keys))


@dataclass(frozen=True)
class PriceCap:
    """Importers pay exporters at most ``cap`` times the baseline price, f.o.b., in the numeraire.

    Attributes:
        exporters, importers, sectors: Labels.
        cap: Highest price relative to the baseline's.
        leakage: Share of the trade that escapes the cap.

    Raises:
        ScenarioError: If the cap is not a positive number, or the leakage is no share below 1.
    """

    exporters: tuple[str, ...]
    importers: tuple[str, ...]
    sectors: tuple[str, ...]
    cap: float
    leakage: float = 0.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 < self.cap < np.inf:
            raise ScenarioError(
                f"price cap: cap is {self.cap}; it must be greater than 0. 0.8 is 20 % below the baseline."
            )
        if not 0 <= self.leakage < 1:
            raise ScenarioError(
                f"price cap: leakage is {self.leakage}; it is the share of trade that escapes, below 1."
            )


@dataclass(frozen=True)
class Mobility:
    """People move inside a bloc towards higher real wages.

    Attributes:
        members: Labels of the countries.
        elasticity: Response of the log of population to the log of the real wage.
        weights: Shares of the bloc's people in the baseline; sum to one.

    Raises:
        ScenarioError: If a share is negative or they do not sum to one; if the elasticity is not a number
            of at least 0.
    """

    members: tuple[str, ...]
    elasticity: float
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the weights and the elasticity."""
        if not 0 <= self.elasticity < np.inf:
            raise ScenarioError(
                f"mobility: elasticity is {self.elasticity}; it must be at least 0."
            )
        object.__setattr__(
            self, "weights", _shares("mobility", "weight", self.members, self.weights)
        )


@dataclass(frozen=True)
class KempWan:
    """A customs union whose external taxes leave the trade of the rest of the world as it was.

    Attributes:
        members: Labels of the countries.

    Raises:
        ScenarioError: If there is no member, or one is named twice.
    """

    members: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the members."""
        if not self.members or len(set(self.members)) < len(self.members):
            told = ", ".join(self.members) or "none"
            raise ScenarioError(
                f"Kemp-Wan union: members are {told}; name at least one, each once."
            )


def _shares(
    what: str, name: str, members: tuple[str, ...], shares: tuple[float, ...]
) -> tuple[float, ...]:
    """The shares, summing to one but for rounding; those that do so already are left as they are."""
    values = np.asarray(shares, dtype=float)
    if len(values) != len(members) or len(set(members)) != len(members):
        raise ScenarioError(
            f"{what}: {len(members)} members and {len(values)} {name}s; each member needs exactly one."
        )
    total = float(values.sum())
    if not (np.isfinite(values).all() and (values >= 0).all() and abs(total - 1) <= _ROUNDING):
        told = ", ".join(f"{m} {v:g}" for m, v in zip(members, values.tolist(), strict=True))
        raise ScenarioError(f"{what}: the {name}s must not be negative and must sum to 1: {told}.")
    exact = abs(total - 1) <= len(members) * np.finfo(float).eps
    return tuple((values if exact else values / total).tolist())
