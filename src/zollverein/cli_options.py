"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioFile = Annotated[Path, typer.Argument(help="A scenario file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
WorldName = Annotated[str | None, typer.Option("--world", help="A packaged world or a world file.")]
AsPage = Annotated[
    Path | None, typer.Option("--page", help="Write a page with figures (HTML) here.")
]
