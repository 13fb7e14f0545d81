"""Groups of sectors that every scenario may use: ``goods`` and ``services``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from zollverein.errors import ScenarioError
from zollverein.names.suggest import did_you_mean

#: ISIC Rev. 4 sections A (agriculture), B (mining), C (manufacturing), as OECD ICIO writes them.
_GOODS = re.compile(r"[ABC]\d{2}")
#: Sections D to U, and an aggregate that says what it is.
_SERVICES = re.compile(r"[D-U](\d|_|$)|[Ss]ervices")


def sector_group(name: str, sectors: Sequence[str], attrs: Mapping[str, Any]) -> tuple[str, ...]:
    """The sectors of a world that belong to a group.

    The world's attribute ``sector_groups`` (JSON: group to list of sectors) decides if it names
    the group. Otherwise ``goods`` are the ISIC sections A, B and C and ``services`` the rest.

    Args:
        name: Group, such as ``goods``.
        sectors: Sector labels of the world.
        attrs: Attributes of the world's data.

    Raises:
        ScenarioError: If the group is unknown or the labels do not tell goods from services.
    """
    own = world_groups(attrs)
    if name in own:
        return tuple(sector for sector in sectors if sector in own[name])
    if name not in ("goods", "services"):
        known = (*own, "goods", "services")
        raise ScenarioError(f"'{name}' is not a group of sectors{did_you_mean(name, known)}")
    goods = [bool(_GOODS.match(sector)) for sector in sectors]
    unclear = [
        s for s, good in zip(sectors, goods, strict=True) if not good and not _SERVICES.match(s)
    ]
    if unclear:
        example = json.dumps({"goods": unclear[:1]}, ensure_ascii=False)
        raise ScenarioError(
            f"the world does not say which sectors are {name}: its labels ('{unclear[0]}', for instance) are "
            "not ISIC codes. List the sectors, define a group under [sectors], or give the world the "
            f"attribute sector_groups, for example '{example}'."
        )
    return tuple(s for s, good in zip(sectors, goods, strict=True) if good == (name == "goods"))


def world_groups(attrs: Mapping[str, Any]) -> dict[str, list[str]]:
    """Groups that the world itself defines, from its attribute ``sector_groups``."""
    groups = attrs.get("sector_groups", "{}")
    found = _read(groups) if isinstance(groups, str) else groups
    return {name: list(members) for name, members in found.items()}


@lru_cache(maxsize=16)
def _read(groups: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = json.loads(groups)
    return found
