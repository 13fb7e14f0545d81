"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioFile = Annotated[Path, typer.Argument(help="A scenario file (TOML); - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
WorldName = Annotated[str | None, typer.Option("--world", help="A packaged world or a world file.")]

ElasticitySpread = Annotated[
    float | None, typer.Option(help="Standard deviation of their log; over the published sets.")
]
DataSpread = Annotated[
    float | None, typer.Option(help="Standard deviation of the log of trade flows.")
]


def _writable(path: Path | None) -> Path | None:
    """A file to write, once it is sure, before any work, that it can be written."""
    if path is not None:
        from zollverein.files import check_target

        check_target(path)
    return path


def _page(path: Path | None) -> Path | None:
    """A page to write, once it is sure, before any work, that it can be written."""
    if path is not None and not path.is_dir():  # a folder is refused as one
        from zollverein.report.pdf import check_page

        check_page(path)
    return _writable(path)


def _folder(path: Path) -> Path:
    """A folder to write to, once it is sure, before any work, that it can be made."""
    from zollverein.files import check_folder

    return check_folder(path)


OutFolder = Annotated[
    Path, typer.Option("--out", help="Folder for the report and the data.", callback=_folder)
]
AsCsv = Annotated[
    Path | None,
    typer.Option("--csv", help="Write the table to this file too.", callback=_writable),
]
AsPage = Annotated[
    Path | None,
    typer.Option("--page", help="Write a page here: .html or .pdf.", callback=_page),
]
