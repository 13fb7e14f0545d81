"""Pages from templates."""

from __future__ import annotations

from typing import Any

from zollverein.report.direction import isolated


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
