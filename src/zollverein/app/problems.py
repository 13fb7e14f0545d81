"""What a client is told when something is wrong: a status, a code, the message of the command line."""

from __future__ import annotations

import re
from typing import Any

from zollverein.errors import (
    AccountingError,
    DataError,
    LabelError,
    MissingExtra,
    NoEquilibrium,
    NoSupplier,
    NotConverged,
    ScenarioError,
    ZollvereinError,
)
from zollverein.scenario import Scenario

#: Error -> code, the most special first.
_CODES: tuple[tuple[type[ZollvereinError], str], ...] = (
    (NoSupplier, "no_supplier"),
    (NoEquilibrium, "no_equilibrium"),
    (NotConverged, "not_converged"),
    (ScenarioError, "scenario"),
    (LabelError, "labels"),
    (AccountingError, "accounting"),
    (DataError, "data"),
    (MissingExtra, "missing_extra"),
)
#: A place of the document in a message, and the name of a programme that may stand within one.
_NAMED = r" \('[^'\n]*'\): "
_PLACE = re.compile(
    rf"programmes\[\d+\](?:(?:{_NAMED}|\.)measures\[\d+\])?(?:\.\w+)*"
    r"|measures\[\d+\](?:\.\w+)*"
    r"|questions\[\d+\](?:\.\w+|\[\d+\])*"
    r"|^(?:  - )?(?:blocs|sectors)\.[^\n:]+(?=: )|\b(?:blocs|sectors)\.\w+"
    rf"|^(?:  - )?(?:{'|'.join(Scenario.model_fields)})(?=:)",
    re.MULTILINE,
)


class Problem(Exception):  # noqa: N818 - it is an answer, not a failure of the server
    """An answer with an error status.

    Args:
        status: HTTP status, 4xx, or 503 where the server is too busy or a solve too long.
        code: A word for programs.
        message: A sentence for people.
        places: Keys of the document, such as ``measures[0].add``.
    """

    def __init__(
        self, status: int, code: str, message: str, places: list[str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, _sendable(message)
        self.places = [_sendable(place) for place in places or []]

    def body(self) -> dict[str, Any]:
        """The JSON that the client gets."""
        return {"error": {"code": self.code, "message": self.message, "places": self.places}}


def _sendable(text: str) -> str:
    """The text with a question mark for what is no valid Unicode, as a client may send it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def problem_of(error: ZollvereinError) -> Problem:
    """The answer for a deliberate error: 422 and the message that the command line shows."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "zollverein")
    return Problem(422, code, str(error), places(str(error)))


def places(message: str) -> list[str]:
    """Every place of the document that a message names, in order."""
    found = (match.group().removeprefix("  - ") for match in _PLACE.finditer(message))
    return list(dict.fromkeys(re.sub(_NAMED, ".", text) for text in found))
