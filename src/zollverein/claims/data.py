"""The data that the command checks claims against: files of flows, worlds, and what the file names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from zollverein.claims.documents import Document
from zollverein.errors import ClaimError
from zollverein.flows.reading import read_flows
from zollverein.flows.rules import Rules
from zollverein.flows.sources import flows_of
from zollverein.flows.values import Flows
from zollverein.names import did_you_mean
from zollverein.packaged import load_world, worlds


def gather_flows(paths: Sequence[str], document: Document, **options: Any) -> list[Flows]:
    """Read the data sets of a command and of a file of claims.

    Args:
        paths: Files or patterns of flows, packaged worlds, or world files (.nc).
        document: May name further data sets.
        **options: Keywords of ``read_flows`` for the files among ``paths``; None is left out.

    Returns:
        The flows, in the order named.

    Raises:
        ClaimError: If no data are named, or the file of claims has an unknown keyword.
        DataError: If data cannot be read.
    """
    given = {key: value for key, value in options.items() if value is not None}
    found = [_one(path, given) for path in paths]
    for number, entry in enumerate(document.flows, start=1):
        _check(entry, f"flows[{number}]")
        found.append(read_flows(**entry))
    if not found:
        raise ClaimError(
            "no data are named to check the claims against. Fix: --flows FILE (BACI, UN Comtrade, or a table "
            f"with year, exporter, importer, value), or --flows {next(iter(worlds()))}."
        )
    return found


def _one(path: str, options: Mapping[str, Any]) -> Flows:
    if path in worlds() or Path(path).suffix == ".nc":
        return flows_of(load_world(path))
    return read_flows(path, **options)


def _check(entry: Mapping[str, Any], where: str) -> None:
    valid = [
        name for name, p in signature(read_flows).parameters.items() if p.kind != p.VAR_KEYWORD
    ]
    valid += list(Rules.__dataclass_fields__)
    for key in entry:
        if key not in valid:
            raise ClaimError(
                f"{where}: unknown key '{key}'{did_you_mean(key, valid)} Keys are the keywords of read_flows."
            )
