"""Scenario files: reading and writing TOML."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from zollverein.errors import ScenarioError
from zollverein.scenario.document import Scenario

#: What commands and ``read_scenario`` read from standard input.
STANDARD_INPUT = Path("-")


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Args:
        path: A TOML file; its format is described in the documentation, ``scenario``. ``-`` is
            standard input.

    Returns:
        The scenario.

    Raises:
        ScenarioError: If the file cannot be read, or its content is not a scenario; the message
            names the file and every problem in it.
    """
    file = Path(path)
    try:
        return Scenario.from_toml(_text(file))
    except ScenarioError as error:
        where = "standard input" if file == STANDARD_INPUT else file
        raise ScenarioError(f"{where}: {error}") from None


def parse(text: str) -> dict[str, Any]:
    """TOML text as plain data.

    Raises:
        ScenarioError: If it is not TOML; the message shows the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"not valid TOML: {error}.{_line(text, str(error))}") from None
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise ScenarioError("a number has too many digits.") from None
    except RecursionError:
        raise ScenarioError("too many brackets within brackets.") from None


def render(data: Mapping[str, Any]) -> str:
    """TOML text of a scenario's plain data: single keys, tables, then one block per measure and question."""
    lists = ("measures", "programmes", "questions")
    tables = {key: value for key, value in data.items() if isinstance(value, dict)}
    single = {key: value for key, value in data.items() if key not in tables and key not in lists}
    blocks = [tomli_w.dumps(single)]
    blocks += [tomli_w.dumps({key: value}) for key, value in tables.items()]
    blocks += [_block("measures", measure) for measure in data.get("measures", ())]
    for programme in data.get("programmes", ()):
        blocks.append(_block("programmes", {k: v for k, v in programme.items() if k != "measures"}))
        blocks += [_block("programmes.measures", m) for m in programme.get("measures", ())]
    for question in data.get("questions", ()):
        blocks += _blocks("questions", question)
    return "\n".join(blocks)


def _blocks(name: str, table: Mapping[str, Any]) -> list[str]:
    """A table as a block, and a block for each table of the lists of tables within it."""
    inner = {
        key: value
        for key, value in table.items()
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
    }
    blocks = [_block(name, {key: value for key, value in table.items() if key not in inner})]
    for key, several in inner.items():
        for one in several:
            blocks += _blocks(f"{name}.{key}", one)
    return blocks


def _block(name: str, table: Mapping[str, Any]) -> str:
    """One element of an array of tables; tables within it are written in line."""
    lines = [f"[[{name}]]"]
    for key, value in table.items():
        if isinstance(value, dict):
            inner = ", ".join(tomli_w.dumps({k: v}).strip() for k, v in value.items())
            lines.append(f"{key} = {{ {inner} }}")
        else:
            lines.append(tomli_w.dumps({key: value}).strip())
    return "\n".join(lines) + "\n"


def _text(file: Path) -> str:
    """Content of the file, or a ScenarioError that says why not."""
    if file == STANDARD_INPUT:
        return _decoded(sys.stdin.buffer.read())
    if file.is_dir():
        raise ScenarioError(
            "this is a folder; give the path of a scenario file, such as FOLDER/scenario.toml."
        )
    try:
        return _decoded(file.read_bytes())
    except FileNotFoundError:
        near = sorted(p.name for p in file.parent.glob("*.toml")) if file.parent.is_dir() else []
        there = f" There are: {', '.join(near[:8])}." if near else ""
        raise ScenarioError(f"no such file.{there}") from None
    except OSError as error:
        raise ScenarioError(f"cannot be read: {error.strerror}.") from None


def _decoded(content: bytes) -> str:
    """The text of a file, its lines ended by line feeds."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            f"not UTF-8 text (byte {error.start}). Usual cause: another encoding. Fix: save as UTF-8."
        ) from None


def _line(text: str, message: str) -> str:
    """The line that a TOML message speaks of."""
    _, found, rest = message.partition("at line ")
    number = rest.split(",")[0].strip()
    lines = text.splitlines()
    if not found or not number.isdigit() or not 0 < int(number) <= len(lines):
        return ""
    return f" Line {number} is: {lines[int(number) - 1].strip()}"
