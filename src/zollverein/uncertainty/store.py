"""Finished draws: in memory, or in a folder from which an interrupted run goes on.

``draws.json`` says what was asked, ``draws.f8`` holds the outcomes row by row in 64-bit floats
(a row that is not a number is not finished), ``failed.jsonl`` the draws without an equilibrium. Where tables
are kept, ``tables.json`` says which, and ``tables.f8`` holds their cells, draw by draw. A run that
asks the same finds its rows there, bit for bit; one that asks something else is refused. While a run
writes there no other one may (where the system can lock a folder; Windows cannot).
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from zollverein.errors import DataError
from zollverein.files import locked, write_text
from zollverein.uncertainty.draws import FailedDraw

Array = np.ndarray
#: What a folder has to lose to begin anew.
_FILES = {
    "draws": "draws.json, draws.f8 and failed.jsonl",
    "tables": "tables.json and tables.f8",
}


class Store:
    """Rows of finished draws; a context manager that closes its files.

    Attributes:
        rows: ``[draw, outcome]``, not a number where a draw is not finished.
        tables: ``[draw, cell]`` of the first draws, which keep their tables; no cells where none are kept.
        failed: Draws without an equilibrium.
    """

    def __init__(
        self,
        folder: Path | None,
        question: dict[str, Any],
        draws: int,
        outcomes: int,
        *,
        tables: dict[str, Any] | None = None,
        cells: tuple[int, int] = (0, 0),
    ) -> None:
        """Open a folder, or memory where it is None.

        Args:
            folder: Where the draws are.
            question: What they answer.
            draws: How many there are.
            outcomes: Numbers of each.
            tables: Which tables are kept.
            cells: Draws that keep them, and numbers of each of those.

        Raises:
            DataError: If the folder holds the draws of another question, is in use or cannot be written.
        """
        self._held = contextlib.ExitStack()
        self.folder, self.failed = folder, dict[int, FailedDraw]()
        self._log: IO[str] | None = None
        self.tables: Array = np.full(cells, np.nan)
        if folder is None:
            self.rows: Array = np.full((draws, outcomes), np.nan)
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._held.enter_context(locked(folder))
            self.rows = self._open(folder, question, (draws, outcomes))
            if self.tables.size:
                anew = not _is_there(folder, "tables")
                self.tables = _opened(folder, "tables", tables or {}, cells)
                if anew:  # what other tables did not find is gone with them
                    self._forget_tables(folder / "failed.jsonl")
            else:  # the draw itself has an equilibrium
                self.failed = {k: f for k, f in self.failed.items() if not f.of_table}
            self._log = (folder / "failed.jsonl").open("a", encoding="utf-8")
        except OSError as error:
            self._held.close()
            raise DataError(f"Cannot write to '{folder}': {error.strerror or error}.") from error
        except DataError:
            self._held.close()
            raise

    def _open(self, folder: Path, question: dict[str, Any], shape: tuple[int, int]) -> Array:
        """The rows of the folder, new or found there with the draws that failed."""
        failed = folder / "failed.jsonl"
        if not _is_there(folder, "draws"):
            for name in ("failed.jsonl", "tables.json", "tables.f8"):  # of draws that are gone
                (folder / name).unlink(missing_ok=True)
        rows = _opened(folder, "draws", question, shape)
        lines = failed.read_text(encoding="utf-8").splitlines() if failed.is_file() else []
        for line in lines:
            self._remember(line)
        return rows

    def _remember(self, line: str) -> None:
        try:
            failure = FailedDraw(**json.loads(line))
        except (ValueError, TypeError):
            return  # the last line of a run that was cut off while writing it: solved again
        self.failed[failure.number] = failure

    def _forget_tables(self, log: Path) -> None:
        """Leave only the draws that have no equilibrium of their own."""
        self.failed = {k: f for k, f in self.failed.items() if not f.of_table}
        write_text("".join(_line(f) for f in self.failed.values()), log)

    def todo(self) -> list[int]:
        """Draws that are not finished, in order."""
        done = np.isfinite(self.rows).all(axis=1)
        done[: len(self.tables)] &= ~np.isnan(self.tables).any(axis=1)
        done[[*self.failed]] = True
        return np.flatnonzero(~done).tolist()

    def keep(self, number: int, value: Array | FailedDraw) -> None:
        """Write one draw.

        Args:
            number: Position among all draws.
            value: Its outcomes, followed by the cells of its tables if it keeps them; or why there are none.
        """
        if isinstance(value, FailedDraw):
            self.failed[number] = value
            if self._log is not None:
                self._log.write(_line(value))
                self._log.flush()
        else:
            outcomes = self.rows.shape[1]
            if len(value) > outcomes:
                self.tables[number] = value[outcomes:]
            self.rows[number] = value[:outcomes]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for array in (self.tables, self.rows):
            if isinstance(array, np.memmap):
                array.flush()
        if self._log is not None:
            self._log.close()
        self._held.close()


def _line(failure: FailedDraw) -> str:
    return json.dumps(asdict(failure)) + "\n"


def _is_there(folder: Path, name: str) -> bool:
    """Whether a folder has a file of numbers and what says what they are."""
    return (folder / f"{name}.json").is_file() and (folder / f"{name}.f8").is_file()


def _opened(folder: Path, name: str, about: dict[str, Any], shape: tuple[int, int]) -> Array:
    """Numbers of a folder, found there or new and not finished.

    Raises:
        DataError: If those found are of something else, or were cut off.
    """
    head, body = folder / f"{name}.json", folder / f"{name}.f8"
    if _is_there(folder, name):
        _check_same(folder, name, _read(head), about)
        if body.stat().st_size != np.dtype("<f8").itemsize * shape[0] * shape[1]:
            raise DataError(
                f"'{body}' was cut off: it has {body.stat().st_size} bytes. Usual cause: a full disk. "
                f"Fix: delete {_FILES[name]} there to begin anew."
            )
        return np.memmap(body, dtype="<f8", mode="r+", shape=shape)
    _reserve(body, shape)
    write_text(json.dumps(about, indent=1), head)
    return np.memmap(body, dtype="<f8", mode="r+", shape=shape)


def _reserve(body: Path, shape: tuple[int, int]) -> None:
    """Write numbers that are none, row by row.

    The disk gives its room now: where it is full this is an error, and later it would end the process.

    Raises:
        OSError: If there is no room; nothing is left of the file.
    """
    row = np.full(shape[1], np.nan, dtype="<f8").tobytes()
    try:
        with body.open("wb") as file:
            for _ in range(shape[0]):
                file.write(row)
    except OSError:
        body.unlink(missing_ok=True)
        raise


def _read(head: Path) -> dict[str, Any]:
    """What the draws of a folder answer; nothing where the file cannot be read."""
    try:
        found = json.loads(head.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_same(folder: Path, name: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    differ = [key for key in wanted if found.get(key) != wanted[key]]
    if differ:
        raise DataError(
            f"'{folder}' holds draws that answer another question: {', '.join(differ)} differ. Fix: another "
            f"folder; or delete {_FILES[name]} there to begin anew."
        )
