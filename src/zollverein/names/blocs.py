"""The blocs that ship with the package: members, source and date, from ``data/blocs.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Bloc:
    """A named group of countries.

    Attributes:
        name: The name a scenario uses, such as ``EU27``.
        title: Its full name.
        members: ISO 3166 alpha-3 codes.
        source: Where the list of members is from.
        as_of: Date since which these were the members, ISO 8601.
        aliases: Other names a scenario may use.
        note: A remark on membership, or empty.
    """

    name: str
    title: str
    members: tuple[str, ...]
    source: str
    as_of: str
    aliases: tuple[str, ...] = ()
    note: str = ""


def bloc(name: str) -> Bloc | None:
    """The shipped bloc with this name or alias (case does not matter), or None."""
    return _by_name().get(name.casefold())


def bloc_members(name: str) -> tuple[str, ...]:
    """Members of a shipped bloc; none if there is no such bloc."""
    found = bloc(name)
    return found.members if found is not None else ()


def bloc_names() -> tuple[str, ...]:
    """Names of the shipped blocs, in alphabetical order."""
    return tuple(sorted(_blocs()))


@cache
def _blocs() -> dict[str, Bloc]:
    text = (files("zollverein") / "data" / "blocs.toml").read_text(encoding="utf-8")
    return {
        name: Bloc(
            name=name,
            title=entry["title"],
            members=tuple(entry["members"]),
            source=entry["source"],
            as_of=entry["as_of"].isoformat(),
            aliases=tuple(entry.get("aliases", ())),
            note=entry.get("note", ""),
        )
        for name, entry in tomllib.loads(text).items()
    }


@cache
def _by_name() -> dict[str, Bloc]:
    return {
        name.casefold(): entry
        for entry in _blocs().values()
        for name in (entry.name, *entry.aliases)
    }
