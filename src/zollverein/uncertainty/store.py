"""Finished draws: in memory, or in a folder from which an interrupted run goes on.

``draws.json`` says what was asked, ``draws.f8`` holds the outcomes row by row in 64-bit floats
(a row that is not a number is not finished), ``failed.jsonl`` the draws without an equilibrium. A run that
asks the same finds its rows there, bit for bit; one that asks something else is refused.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from zollverein.errors import DataError
from zollverein.files import write_text
from zollverein.uncertainty.draws import FailedDraw

Array = np.ndarray


class Store:
    """Rows of finished draws; a context manager that closes its files."""

    def __init__(
        self, folder: Path | None, question: dict[str, Any], draws: int, outcomes: int
    ) -> None:
        """Open a folder, or memory where it is None.

        Raises:
            DataError: If the folder holds the draws of another question, or cannot be written.
        """
        self.folder, self.failed = folder, dict[int, FailedDraw]()
        self._log: IO[str] | None = None
        shape = (draws, outcomes)
        if folder is None:
            self.rows: Array = np.full(shape, np.nan)
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.rows = self._open(folder, question, shape)
            self._log = (folder / "failed.jsonl").open("a", encoding="utf-8")
        except OSError as error:
            raise DataError(f"Cannot write to '{folder}': {error.strerror or error}.") from error

    def _open(self, folder: Path, question: dict[str, Any], shape: tuple[int, int]) -> Array:
        """The rows of the folder, new or found there."""
        head, body, failed = (folder / n for n in ("draws.json", "draws.f8", "failed.jsonl"))
        if head.is_file() and body.is_file():
            _check_same(folder, _read(head), question)
            if body.stat().st_size != np.dtype("<f8").itemsize * shape[0] * shape[1]:
                raise DataError(
                    f"'{body}' was cut off: it has {body.stat().st_size} bytes. Usual cause: a full disk. "
                    "Fix: delete draws.json, draws.f8 and failed.jsonl there to begin anew."
                )
            lines = failed.read_text(encoding="utf-8").splitlines() if failed.is_file() else []
            for line in lines:
                self._remember(line)
            return np.memmap(body, dtype="<f8", mode="r+", shape=shape)
        failed.unlink(missing_ok=True)
        fresh = np.memmap(body, dtype="<f8", mode="w+", shape=shape)
        fresh[:] = np.nan
        fresh.flush()
        write_text(json.dumps(question, indent=1), head)
        return fresh

    def _remember(self, line: str) -> None:
        try:
            failure = FailedDraw(**json.loads(line))
        except (ValueError, TypeError):
            return  # the last line of a run that was cut off while writing it: solved again
        self.failed[failure.number] = failure

    def todo(self) -> list[int]:
        """Draws that are not finished, in order."""
        done = np.isfinite(self.rows).all(axis=1)
        done[[*self.failed]] = True
        return np.flatnonzero(~done).tolist()

    def keep(self, number: int, value: Array | FailedDraw) -> None:
        """Write one draw."""
        if isinstance(value, FailedDraw):
            self.failed[number] = value
            if self._log is not None:
                self._log.write(json.dumps(asdict(value)) + "\n")
                self._log.flush()
        else:
            self.rows[number] = value

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(self.rows, np.memmap):
            self.rows.flush()
        if self._log is not None:
            self._log.close()


def _read(head: Path) -> dict[str, Any]:
    """What the draws of a folder answer; nothing where the file cannot be read."""
    try:
        found = json.loads(head.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_same(folder: Path, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    differ = [key for key in wanted if found.get(key) != wanted[key]]
    if differ:
        raise DataError(
            f"'{folder}' holds draws that answer another question: {', '.join(differ)} differ. Fix: another "
            "folder; or delete draws.json, draws.f8 and failed.jsonl there to begin anew."
        )
