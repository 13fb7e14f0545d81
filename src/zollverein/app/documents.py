"""Scenarios as clients send them: checked against the limits, read, written, linked, identified."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zollverein.app.limits import Limits
from zollverein.app.problems import Problem
from zollverein.names import did_you_mean
from zollverein.packaged import worlds
from zollverein.running import DEFAULT_WORLD
from zollverein.scenario import Scenario
from zollverein.scenario.measures import written
from zollverein.scenario.toml import parse

if TYPE_CHECKING:
    from zollverein.world import World


#: Levels of lists and tables in a document; a scenario has six.
_DEPTH = 12
#: Letters of an unknown name that are repeated.
_SHOWN = 60


def check_size(document: Mapping[str, Any], limits: Limits) -> None:
    """Refuse what is too large before anything reads it.

    Args:
        document: As a client sent it.
        limits: Measures and values allowed.

    Raises:
        Problem: If it has too many measures, too many values or is nested too deeply.
    """
    count = _length(document.get("measures")) + _length(document.get("questions"))
    programmes = document.get("programmes")
    if isinstance(programmes, list):
        count += len(programmes)
        count += sum(_length(p.get("measures")) for p in programmes if isinstance(p, Mapping))
    if count > limits.measures:
        raise Problem(
            422,
            "too_many_measures",
            f"The scenario has {count:,} measures, programmes and questions; at most {limits.measures} are "
            "allowed here. Fix: name groups of countries and sectors in one measure, or run the file with "
            "the command line.",
            ["measures"],
        )
    level: list[Any] = [document]
    size, depth = 0, 0
    while level:
        inner = [v for v in level if isinstance(v, dict | list | tuple)]
        level = [e for v in inner for e in (v.values() if isinstance(v, dict) else v)]
        size, depth = size + len(level), depth + 1
        if size > limits.values or depth > _DEPTH:
            raise Problem(
                422,
                "too_large",
                f"The scenario has more than {limits.values:,} values, or is nested too deeply.",
            )


def read_document(document: Mapping[str, Any]) -> Scenario:
    """A scenario from plain data, as ``Scenario.to_dict`` gives it.

    Raises:
        Problem: If it is no text.
        ScenarioError: Names every problem in it.
    """
    try:
        json.dumps(document, ensure_ascii=False).encode()
        return Scenario.from_dict(document)
    except UnicodeEncodeError:
        raise Problem(
            422,
            "malformed",
            "The scenario holds text that is not valid Unicode. Fix: write it again.",
        ) from None
    except (RecursionError, ValueError) as error:
        raise _malformed(error) from None


def read_text(text: str, limits: Limits) -> Scenario:
    """A scenario from the text of a scenario file; raises as ``check_size`` and ``read_document``."""
    try:
        document = parse(text)
    except (RecursionError, ValueError) as error:
        raise _malformed(error) from None
    check_size(document, limits)
    return read_document(document)


def _malformed(error: Exception) -> Problem:
    what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Problem(422, "malformed", f"The document cannot be read: {what}.")


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list | tuple | dict) else 0


def world_names(files: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the worlds of a server: the operator's own files, then the packaged ones."""
    return tuple(dict.fromkeys((*files, *worlds())))


def named_world(names: Sequence[str], *wanted: Any) -> str:
    """The first world that is wanted, else the usual one, which is the first of all.

    Raises:
        Problem: If the server has no such world.
    """
    name = next((name for name in wanted if name is not None), names[0])
    if name not in names:
        shown = str(name)[:_SHOWN]
        text = f"There is no world '{shown}' here{did_you_mean(shown, names)}"
        raise Problem(422, "world", f"{text} Worlds: {', '.join(names)}.", ["world"])
    return str(name)


def placed(scenario: Scenario, world: str) -> Scenario:
    """The scenario with the world that it is solved in, where its file alone would take another."""
    if (scenario.world or DEFAULT_WORLD) == world:
        return scenario
    return scenario.model_copy(update={"world": world})


def link(scenario: Scenario) -> str:
    """``#s=`` and the document as raw-deflated JSON in base64url, for an address that holds it whole."""
    text = json.dumps(scenario.to_dict(), separators=(",", ":"), ensure_ascii=False)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(text.encode()) + packer.flush()
    return "#s=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def identity(*parts: Any) -> str:
    """A key that is equal for equal questions."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def checked(scenario: Scenario, world: World) -> dict[str, Any]:
    """What ``/api/scenarios/validate`` answers about a scenario that a world understands.

    Raises:
        ScenarioError: Names every unknown name and every contradiction.
    """
    policy = scenario.policy(scenario.baseline(world))
    sizes = scenario.strengths()
    return {
        "scenario": scenario.to_dict(),
        "toml": scenario.to_toml(),
        "sentences": scenario.describe(world),
        "notes": list(policy.notes),
        "parts": [
            {
                "name": part.name,
                "area": part.area,
                "start": part.start,
                "phase_in": part.phase_in,
                "strength": sizes[part.name],
                "measures": [written(measure) for measure in part.measures],
            }
            for part in scenario.parts()
        ],
        "link": link(scenario),
    }
