"""A file of claims: TOML with the quotation and its source beside each claim."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zollverein.claims.grammar import GRAMMAR, parse_claims
from zollverein.claims.statements import Claim
from zollverein.errors import ClaimError
from zollverein.names import did_you_mean

EXAMPLE = '''\
[[claims]]
quote = "Trade turnover grew by more than one third to 40 billion dollars."
source = "where the sentence stands"
claim = "RUS BLR turnover 2021 = 40 bn USD; growth > 1/3"

[[flows]]                       # optional: the data, as keywords of read_flows
path = "flows.csv"'''
_CLAIM_KEYS = ("claim", "quote", "source", "note")
_TOP_KEYS = ("claims", "flows")


@dataclass(frozen=True)
class Document:
    """Claims, and the data that they are to be checked against.

    Attributes:
        claims: In order.
        flows: Keywords of ``read_flows`` for each data set that the file names.
    """

    claims: tuple[Claim, ...]
    flows: tuple[dict[str, Any], ...] = ()


def read_document(text_or_path: str | Path) -> Document:
    """Claims from a line of text, the text of a TOML file, or the path of one.

    Raises:
        ClaimError: If there is no such file, or it is not a file of claims.
    """
    text, folder, where = str(text_or_path), Path(), ""
    if isinstance(text_or_path, Path) or text.strip().endswith(".toml"):
        path = Path(text.strip())
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ClaimError(f"'{path}' cannot be read: {error}.") from None
        folder, where = path.parent, f"{path}: "
    elif "[[" not in text:
        return Document(parse_claims(text))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ClaimError(f"{where}not valid TOML: {error}. Example:\n{EXAMPLE}") from None
    try:
        return _document(data, folder)
    except ClaimError as error:
        raise ClaimError(f"{where}{error}") from None


def _document(data: Mapping[str, Any], folder: Path) -> Document:
    _check_keys(data, _TOP_KEYS, "the file")
    entries = data.get("claims")
    if not isinstance(entries, list) or not entries:
        raise ClaimError(f"there are no [[claims]]. Example:\n{EXAMPLE}")
    claims: list[Claim] = []
    for number, entry in enumerate(entries, start=1):
        where = f"claims[{number}]"
        if not isinstance(entry, Mapping):
            raise ClaimError(f"{where} is not a table. Example:\n{EXAMPLE}")
        _check_keys(entry, _CLAIM_KEYS, where)
        wrong = [key for key, value in entry.items() if not isinstance(value, str)]
        if wrong:
            raise ClaimError(f"{where}.{wrong[0]} must be a text, not {entry[wrong[0]]!r}.")
        if "claim" not in entry:
            raise ClaimError(f"{where} has no 'claim'.\n{GRAMMAR}")
        extra = {key: entry[key] for key in ("quote", "source", "note") if key in entry}
        claims += [replace(claim, **extra) for claim in parse_claims(entry["claim"])]
    named = data.get("flows", [])
    if not isinstance(named, list):
        raise ClaimError(f"flows must be tables, [[flows]], not {named!r}. Example:\n{EXAMPLE}")
    return Document(tuple(claims), tuple(_flows(entry, folder) for entry in named))


def _flows(entry: Any, folder: Path) -> dict[str, Any]:
    """Keywords of ``read_flows``; paths are relative to the file of claims."""
    if not isinstance(entry, Mapping) or "path" not in entry:
        raise ClaimError(f"every [[flows]] needs a path. Example:\n{EXAMPLE}")
    given = entry["path"] if isinstance(entry["path"], list) else [entry["path"]]
    return {**entry, "path": [folder / str(path) for path in given]}


def _check_keys(data: Mapping[str, Any], valid: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in valid:
            raise ClaimError(
                f"{where}: unknown key '{key}'{did_you_mean(key, valid)} Keys: {', '.join(valid)}."
            )
