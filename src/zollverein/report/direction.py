"""Names that are written from right to left, beside words and numbers that are not.

Without a mark the sign of a number after such a name is drawn behind the number, and a line that begins with
one runs from right to left as a whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup

_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff]"
#: Words that are written from right to left, and what may stand between those of one name.
_RIGHT_TO_LEFT = re.compile(rf"({_LETTER}+(?:(?:['’\"]|[ \d/-]+){_LETTER}+)*)")
#: Signs without width: the first sets what follows apart in its own direction, up to the second.
_APART, _END = "\u2068", "\u2069"


def isolated(value: Any) -> Any:
    """Text for a page with words from right to left set apart, each in an element of its own direction.

    Markup stays as it is; in a template ``|e`` makes text such, for titles and attributes.
    """
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    parts = _RIGHT_TO_LEFT.split(value)
    return value if len(parts) == 1 else _elements(parts)


def marked(text: str) -> str:
    """The same for text without markup, by signs that are not seen; marked text stays as it is."""
    return text if _APART in text else _RIGHT_TO_LEFT.sub(rf"{_APART}\1{_END}", text)


def _elements(parts: list[str]) -> Markup:
    """Every other part in an element of its own direction."""
    from markupsafe import Markup

    own = Markup("<bdi>{}</bdi>")
    return Markup().join(own.format(part) if i % 2 else part for i, part in enumerate(parts))
