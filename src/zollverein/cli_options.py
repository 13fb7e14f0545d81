"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioFile = Annotated[Path, typer.Argument(help="A scenario file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
WorldName = Annotated[str | None, typer.Option("--world", help="A packaged world or a world file.")]


def _writable(page: Path | None) -> Path | None:
    """The file of a page, once it is sure that a page of its kind can be written."""
    if page is not None:
        from zollverein.report.pdf import require_for

        require_for(page)
    return page


AsPage = Annotated[
    Path | None,
    typer.Option("--page", help="Write a page here: .html or .pdf.", callback=_writable),
]
