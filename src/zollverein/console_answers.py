"""Answers of searches and comparisons on the terminal: tables with notes, and JSON rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zollverein.console import terminal

if TYPE_CHECKING:
    import pandas as pd

#: Rows shown of an answer's table.
_ROWS = 25


def show_answer(tables: Mapping[str, pd.DataFrame], notes: Iterable[str]) -> None:
    """Print tables by title, the first rows of long ones, then the notes."""
    console = terminal()
    for title, frame in tables.items():
        if not frame.empty:
            _show_frame(console, title, frame)
    for note in notes:
        console.print(f"note: {note}", soft_wrap=True)


def show_sentences(answers: Sequence[Any], names: Sequence[str]) -> None:
    """Print what each answer says, in words, under the name of its question or its own title."""
    import typer

    from zollverein.asking import finding

    for number, answer in enumerate(answers):
        said = finding(answer)
        given = names[number] if number < len(names) else ""
        typer.echo(f"{given or said.title}:")
        for sentence in said.sentences:
            typer.echo(f"  {sentence}")


def _show_frame(console: Any, title: str, frame: pd.DataFrame) -> None:
    from pandas.api.types import is_numeric_dtype
    from rich.table import Table

    shown = frame.head(_ROWS)
    more = f" (first {_ROWS} of {len(frame)} rows; --json has all)" if len(frame) > _ROWS else ""
    table = Table(title=title + more)
    for name in frame.index.names:
        table.add_column(str(name or ""))
    for column in frame.columns:
        numeric = is_numeric_dtype(frame[column])
        table.add_column(str(column), justify="right" if numeric else "left")
    for label, *values in shown.itertuples(name=None):
        labels = label if isinstance(label, tuple) else (label,)
        table.add_row(*map(str, labels), *map(_cell, values))
    console.print(table)


def _cell(value: object) -> str:
    """Numbers with four decimal places."""
    return f"{value:,.4f}" if isinstance(value, float) else str(value)


def json_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table with their labels; null where there is no number."""
    rows = frame.reset_index().astype(object)
    return [
        {str(key): value for key, value in row.items()}
        for row in rows.where(rows.notna(), None).to_dict("records")
    ]


def echo_json(value: object) -> None:
    """Print a value as JSON; what JSON does not know as text."""
    import json

    import typer

    typer.echo(json.dumps(value, indent=1, default=str, ensure_ascii=False))
