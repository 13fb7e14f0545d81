"""Scenarios as clients send them: checked against the limits, read, written, linked, identified."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zollverein.app.problems import Problem
from zollverein.scenario import Scenario
from zollverein.scenario.measures import written
from zollverein.scenario.toml import parse

if TYPE_CHECKING:
    from zollverein.world import World


def read_document(document: Mapping[str, Any], most: int) -> Scenario:
    """A scenario from plain data.

    Args:
        document: As ``Scenario.to_dict`` gives it.
        most: Measures allowed.

    Raises:
        Problem: If it has too many measures or is no text.
        ScenarioError: Names every problem in it.
    """
    _check_count(document, most)
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


def read_text(text: str, most: int) -> Scenario:
    """A scenario from the text of a scenario file; raises as ``read_document``."""
    try:
        document = parse(text)
    except (RecursionError, ValueError) as error:
        raise _malformed(error) from None
    return read_document(document, most)


def _malformed(error: Exception) -> Problem:
    what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Problem(422, "malformed", f"The document cannot be read: {what}.")


def _check_count(document: Mapping[str, Any], most: int) -> None:
    """Refuse too many measures before anything looks at them."""
    count = _length(document.get("measures"))
    programmes = document.get("programmes")
    if isinstance(programmes, list):
        count += len(programmes)
        count += sum(_length(p.get("measures")) for p in programmes if isinstance(p, Mapping))
    if count > most:
        raise Problem(
            422,
            "too_many_measures",
            f"The scenario has {count:,} measures and programmes; at most {most} are allowed here. Fix: name "
            "groups of countries and sectors in one measure, or run the file with the command line.",
            ["measures"],
        )


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list | tuple | dict) else 0


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
