"""Pages from templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup

_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff]"
#: Words that are written from right to left, and what may stand between those of one name.
_RIGHT_TO_LEFT = re.compile(rf"({_LETTER}+(?:(?:['’\"]|[ \d/-]+){_LETTER}+)*)")


def fill(name: str, values: dict[str, Any]) -> str:
    """A template with its values, all escaped; a value that is missing is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("zollverein.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=isolated,
    )
    return environment.get_template(name).render(values)


def isolated(value: Any) -> Any:
    """Text with words from right to left set apart, so that signs of numbers beside them stay in place.

    Markup stays as it is; in a template ``|e`` makes text such, for titles and attributes.
    """
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    parts = _RIGHT_TO_LEFT.split(value)
    return value if len(parts) == 1 else _apart(parts)


def _apart(parts: list[str]) -> Markup:
    """Every other part in an element of its own direction."""
    from markupsafe import Markup

    own = Markup("<bdi>{}</bdi>")
    return Markup().join(own.format(part) if i % 2 else part for i, part in enumerate(parts))
