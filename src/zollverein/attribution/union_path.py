"""The straight path to a policy with a Kemp-Wan union.

The union's external taxes are found for the whole policy. As plain rates they are a part like any
other: on the way to degree ``z`` they are the mixture ``(1 - z) r + z r*`` of the rate ``r`` that all
other measures make there and of the rate ``r*`` found, as those of a measure that sets a rate and
comes last. At ``z = 1`` nothing but ``r*`` counts, as in the union itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zollverein.attribution.portfolio import Array, Portfolio
from zollverein.attribution.question import Question
from zollverein.policy import Policy, owned
from zollverein.unions import external_trade


@dataclass(frozen=True, eq=False)
class TaxedPortfolio:
    """A portfolio in which the external taxes of a Kemp-Wan union are rates that are known.

    Attributes:
        parts: The portfolio.
        holder: Position of the part that the union belongs to.
        taxes: Array of a policy -> its cells, as an index of blocks, and the rates found there.
    """

    parts: Portfolio
    holder: int
    taxes: dict[str, tuple[tuple[Array, ...], Array]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""
        return self.parts.names

    @property
    def idle(self) -> tuple[bool, ...]:
        """Which parts have no measures."""
        return self.parts.idle

    def policy(self, strength: Array) -> Policy:
        """The policy with each part at its strength ``[part]``, and no taxes left to be found."""
        policy, degree = self.parts.policy(strength), float(strength[self.holder])
        mixed: dict[str, Any] = {}
        for name, (cells, found) in self.taxes.items():
            array = getattr(policy, name)
            values = array.values.copy(order="K")
            values[cells] = (1 - degree) * values[cells] + degree * found
            mixed[name] = owned(array, values)
        return policy.changed(unions=(), **mixed)


def with_known_taxes(question: Question) -> Question:
    """The same question where the taxes of a Kemp-Wan union are those of the whole policy."""
    if question.start is None or not question.start.policy.unions:
        return question
    (rule,) = question.start.policy.unions
    trade = external_trade(question.world, rule)
    taxes = {
        name: (cells, getattr(question.start.policy, name).values[cells])
        for name, cells in (("tariff", trade.duty), ("export_tax", trade.levy))
    }
    holder = next(k for k in question.active if not _without(question, k).unions)
    taxed = TaxedPortfolio(question.portfolio, holder, taxes)
    return replace(question, portfolio=taxed, moves={})


def _without(question: Question, part: int) -> Policy:
    """The whole policy without one part."""
    return question.portfolio.policy(1 - np.eye(question.size)[part])
