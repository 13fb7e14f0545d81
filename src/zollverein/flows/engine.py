"""DuckDB: open files, add them up where they lie, count what is wrong. Nothing is loaded whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from zollverein.errors import DataError, MissingExtra

_PARQUET = (".parquet", ".pq")
_TEXT = (".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".txt", ".txt.gz")


@contextmanager
def opened(files: Sequence[Path], memory: str, threads: int | None) -> Iterator[Any]:
    """A DuckDB connection with the files as the view ``raw``; it may spill to a temporary folder.

    Raises:
        MissingExtra: If DuckDB is not installed.
        DataError: If DuckDB cannot read the files; its own words are quoted.
    """
    try:
        import duckdb
    except ImportError:
        raise MissingExtra(
            "Reading tables of flows needs DuckDB, which is not installed. Fix: "
            "pip install 'zollverein[flows]'"
        ) from None
    with TemporaryDirectory(prefix="zollverein-") as folder:
        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": folder}
        if threads is not None:
            settings["threads"] = threads
        try:
            with duckdb.connect(":memory:", config=settings) as connection:
                connection.execute("SET preserve_insertion_order = false")
                _scan(connection, files).create_view("raw")
                yield connection
        except duckdb.Error as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            told = "; ".join(lines[:3])
            raise DataError(
                f"{_shown(files)}: DuckDB cannot read this: {told}. Usual cause: a value of another type "
                "than the column's, another separator, or a damaged file."
            ) from error


def files_of(path: str | Path | Sequence[str | Path]) -> list[Path]:
    """The files that a path, a pattern (``BACI_*.parquet``) or a list of them names.

    Raises:
        DataError: If there is none.
    """
    paths = [path] if isinstance(path, str | Path) else list(path)
    found: list[Path] = []
    for entry in map(Path, paths):
        pattern = any(sign in entry.name for sign in "*?[") and not entry.is_file()
        here = sorted(entry.parent.glob(entry.name)) if pattern else [entry]
        if not here or not all(item.is_file() for item in here):
            raise DataError(f"There is no file '{entry}'.")
        found += here
    if not found:
        raise DataError("No file of flows is named. Fix: give a path, a pattern or a list of them.")
    return found


def columns_of(connection: Any) -> dict[str, str]:
    """Column to type of the view ``raw``."""
    rows = connection.execute("DESCRIBE raw").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def fetch(connection: Any, query: str) -> dict[str, np.ndarray]:
    """The result of a query as plain arrays; NULL of a number is NaN."""
    found = connection.execute(query).fetchnumpy()
    return {name: _plain(array) for name, array in found.items()}


def one_row(connection: Any, query: str) -> tuple[Any, ...]:
    """The only row of a query."""
    row = connection.execute(query).fetchone()
    return tuple(row) if row is not None else ()


def _plain(array: Any) -> np.ndarray:
    if isinstance(array, np.ma.MaskedArray):
        masked: Any = array
        if array.dtype.kind in "iuf":
            return np.asarray(masked.astype(float).filled(np.nan))
        return np.asarray(masked.astype(object).filled(None))
    return np.asarray(array)


def _scan(connection: Any, files: Sequence[Path]) -> Any:
    names = [str(file) for file in files]
    kinds = {_kind(file) for file in files}
    if len(kinds) > 1:
        raise DataError(f"{_shown(files)}: Parquet and text files cannot be read as one table.")
    if kinds == {"parquet"}:
        return connection.read_parquet(names, union_by_name=len(names) > 1)
    return connection.read_csv(names, union_by_name=len(names) > 1)


def _kind(file: Path) -> str:
    name = file.name.casefold()
    if name.endswith(_PARQUET):
        return "parquet"
    if name.endswith(_TEXT):
        return "text"
    raise DataError(
        f"'{file}' is neither Parquet nor CSV by its name. Fix: name it {' or '.join(_PARQUET[:1])} or .csv."
    )


def _shown(files: Sequence[Path]) -> str:
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{files[0]}{more}"
