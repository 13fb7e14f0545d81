"""Blocs and lists of labels among the partners of Flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zollverein.checks import texts
from zollverein.errors import DataError, LabelError
from zollverein.flows.values import Flows
from zollverein.names import bloc, bloc_members, bloc_names, did_you_mean, iso3


def group_of(flows: Flows, group: str | Sequence[str]) -> list[str]:
    """Labels of a group that the data hold, each once.

    Raises:
        LabelError: If a name is neither a label, nor the code of a country, nor a bloc.
    """
    if isinstance(group, str):
        if bloc(group) is None and group not in flows.labels:
            near = did_you_mean(group, [*bloc_names(), *flows.labels])
            raise LabelError(f"{flows.name}: there is no bloc '{group}'{near}")
        names: Sequence[str] = bloc_members(group) or (group,)
    else:
        names = texts("the group", group)
        for name in names:  # a country that the data lack is no slip
            if iso3(name) != name:
                flows.label_index(name)
    return [name for name in dict.fromkeys(names) if name in flows.labels]


def members(flows: Flows, name: Any, *, but: str = "") -> list[str]:
    """The label itself, or the members of a bloc that the data hold.

    Raises:
        LabelError: If the data hold neither.
    """
    if not isinstance(name, str) or name in flows.labels:
        flows.label_index(name)
        return [name]
    inside = [label for label in bloc_members(name) if label in flows.labels and label != but]
    if not inside:
        flows.label_index(name)
    return inside


def common_members(flows: Flows, a: str, b: str) -> list[str]:
    """Members of two blocs whose trade with each other the turnover of the blocs counts twice."""
    first, second = (set(members(flows, name)) for name in (a, b))
    return sorted(first & second) if len(first & second) > 1 else []


def refuse_common(flows: Flows, a: str, b: str) -> None:
    """Refuse the turnover of two blocs that counts a part of their trade twice.

    Raises:
        DataError: Names the members in both.
    """
    if common := common_members(flows, a, b):
        raise DataError(
            f"the turnover of {a} with {b} counts trade among their common members ({', '.join(common)}) "
            "twice, as exports and as imports. Fix: blocs without common members, or flow='exports' where "
            "it can be chosen; intra_bloc_share is the share of a bloc's own trade."
        )
