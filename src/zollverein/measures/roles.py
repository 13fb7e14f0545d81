"""Roles: each country is sender, target, member or bystander of a scenario.

A country that restricts trade with somebody is a sender, one that others restrict is a target, one
that both does and suffers is both, and one that only takes part in opening trade is a member.
Everyone else is a bystander. Who does what to whom is read in ``zollverein.measures.relations``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.checks import check_result
from zollverein.measures.effects import effects
from zollverein.measures.relations import Relations, relations
from zollverein.names import country_name
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.result import Result
    from zollverein.scenario import Scenario

#: The roles, and the one of a policy given without a scenario.
ROLES = ("sender", "target", "sender and target", "member", "bystander")
NOT_STATED = "not stated"
_SHOWN = 4


def roles(scenario: Scenario, world: World) -> pd.Series:
    """The role of each country: one of ``ROLES``, a series named ``role`` indexed by country.

    A country that imposes restrictions and receives some is "sender and target"; ``role_texts``
    says against whom. Opening trade makes a member only of a country without restrictions.

    Args:
        scenario: The policy.
        world: The baseline; a tariff is a restriction where it rises above this world's rates on
            trade that exists.

    Raises:
        ScenarioError: If a name is not of this world.
    """
    import pandas as pd

    found = relations(scenario, world)
    acts, suffers = found.restricts.any(axis=1), found.restricts.any(axis=0)
    names = np.select(
        [acts & suffers, acts, suffers, found.opens.any(axis=1)],
        ["sender and target", "sender", "target", "member"],
        "bystander",
    )
    return pd.Series(names.tolist(), pd.Index(world.countries, name="country"), name="role")


def role_texts(scenario: Scenario, world: World) -> pd.Series:
    """What each country does and meets with, in words; a series indexed by country.

    Raises:
        ScenarioError: If a name is not of this world.
    """
    import pandas as pd

    found = relations(scenario, world)
    texts = [_text(found, i, world.countries) for i in range(len(world.countries))]
    return pd.Series(texts, pd.Index(world.countries, name="country"), name="role_text")


def effects_with_roles(result: Result) -> pd.DataFrame:
    """The table of effects with each country's role in its first column.

    The role is "not stated" where the policy was given without a scenario.
    """
    check_result(result)
    table = effects(result.before, result.after, result.policy.productivity_hat, result.parameters)
    scenario = result.scenario
    role: Any = NOT_STATED if scenario is None else roles(scenario, result.before)
    table.insert(0, "role", role)
    return table


def _text(found: Relations, place: int, labels: tuple[str, ...]) -> str:
    """One country's part in words."""
    parts = [
        f"{lead} {_listed([labels[i] for i in np.flatnonzero(row)])}"
        for lead, row in (
            ("restricts trade with", found.restricts[place]),
            ("faces restrictions of", found.restricts[:, place]),
            ("opens trade with", found.opens[place]),
        )
        if row.any()
    ]
    kinds = [kind.replace("_", " ") for kind, row in found.alone.items() if row[place]]
    parts += [f"acts by itself ({', '.join(kinds)})"] if kinds else []
    return "; ".join(parts) if parts else "takes part in no measure"


def _listed(labels: list[str]) -> str:
    """``Germany, France and 3 others``."""
    shown = [country_name(label) for label in labels]
    if len(shown) > _SHOWN:
        shown = [*shown[: _SHOWN - 1], f"{len(shown) - _SHOWN + 1} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
