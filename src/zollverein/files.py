"""Reading and writing files: all or nothing, and with clear errors."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.errors import DataError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    import pandas as pd


def write_dataset(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a compressed netCDF-4 file; a failure leaves no partial file behind.

    Raises:
        DataError: If the folder does not exist or cannot be written, or no file can hold an attribute or
            a label.
    """
    target = check_target(path)
    encoding = {
        name: {"zlib": True, "complevel": 4, "shuffle": True}
        for name, variable in dataset.data_vars.items()
        if variable.ndim
    }
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(suffix=".nc", dir=target.parent)
        os.close(handle)
        _writable(dataset, target).to_netcdf(temporary, engine="h5netcdf", encoding=encoding)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except OSError as error:
        raise DataError(f"Cannot write '{target}': {error.strerror or error}.") from error
    except (
        TypeError,
        ValueError,
        AttributeError,
    ) as error:  # of a label, or the name of an attribute
        raise DataError(
            f"Cannot write '{target}': {error}. Fix: another text for that label or attribute."
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return target


def _writable(dataset: xr.Dataset, target: Path) -> xr.Dataset:
    """The data set with attributes as a file holds them."""

    def held(attrs: Mapping[Any, Any]) -> dict[Any, Any]:
        return {name: _attribute(target, name, value) for name, value in attrs.items()}

    made = dataset.copy()
    made.attrs = held(made.attrs)
    for variable in made.variables.values():
        variable.attrs = held(variable.attrs)
    return made


def _attribute(target: Path, name: Any, value: Any) -> Any:
    """An attribute as netCDF holds it, which knows neither true and false nor NumPy's texts.

    Raises:
        DataError: If it is no text, number or list of either.
    """
    plain = np.asarray(value).tolist() if isinstance(value, np.generic | np.ndarray) else value
    several = plain if isinstance(plain, list | tuple) else [plain]
    if all(isinstance(one, str) for one in several) and several:
        return plain
    array = np.asarray(plain)
    if array.dtype.kind not in "biufc":
        raise DataError(
            f"Cannot write '{target}': the attribute {name!r} is {value!r}, and a file holds texts, numbers "
            "and lists of either. Fix: make it a text, such as json.dumps(value)."
        )
    return array.astype(np.int8) if array.dtype.kind == "b" else value


def check_target(path: str | Path) -> Path:
    """Where to write: behind a link the file that it leads to, and never anything but a file.

    Raises:
        DataError: If the folder does not exist, or there is a folder or a device of that name.
    """
    target = Path(path)
    if target.is_symlink():
        target = target.resolve()
    if not target.parent.is_dir():
        raise DataError(f"Cannot write '{target}': the folder '{target.parent}' does not exist.")
    if target.exists() and not target.is_file():
        raise DataError(f"Cannot write '{target}': there is a folder or a device of that name.")
    return target


def check_folder(path: str | Path) -> Path:
    """A folder to write to, which need not exist yet.

    Raises:
        DataError: If it, or what it would be made in, is no folder or cannot be written.
    """
    folder = Path(path)
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        reason = "cannot be written" if nearest.is_dir() else "is not a folder"
        raise DataError(f"Cannot write to '{folder}': '{nearest}' {reason}.")
    return folder


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Let no other run write to a folder; Windows and some file systems cannot lock one, and then any may.

    Args:
        folder: Which must exist.
        wait: For the other one to end, rather than to refuse.

    Raises:
        DataError: If another run writes there.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise DataError(
                    f"'{folder}' is in use: another run writes there. Fix: wait until it has ended, or "
                    "another folder."
                ) from None
        yield
    finally:
        os.close(handle)


def write_text(text: str, path: str | Path) -> Path:
    """Write a text file; a failure leaves no partial file behind.

    Raises:
        DataError: If the folder does not exist or cannot be written.
    """
    return write_bytes(text.encode("utf-8"), path)


def write_table(table: pd.DataFrame, path: str | Path, *, float_format: str | None = None) -> Path:
    """Write a table as CSV, its index too where that has a name; all or nothing.

    Raises:
        DataError: If the folder does not exist or cannot be written.
    """
    return write_text(as_csv(table, float_format=float_format), path)


def as_csv(table: pd.DataFrame, *, float_format: str | None = None) -> str:
    """A table as CSV, its index too where that has a name; lines end alike on every system."""
    named = any(name is not None for name in table.index.names)
    return table.to_csv(index=named, float_format=float_format, lineterminator="\n")


def write_bytes(content: bytes, path: str | Path) -> Path:
    """Write a file; a failure leaves no partial file behind.

    Raises:
        DataError: If the folder does not exist or cannot be written.
    """
    target = check_target(path)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(target)
    except OSError as error:
        raise DataError(f"Cannot write '{target}': {error.strerror or error}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return target


def read_dataset(path: str | Path) -> xr.Dataset:
    """Read a netCDF file whole into memory.

    Raises:
        DataError: If the file is absent or not netCDF.
    """
    source = Path(path)
    if source.is_dir():
        raise DataError(f"'{source}' is a folder; give the path of a file in it.")
    if not source.is_file():
        raise DataError(f"There is no file '{source}'.")
    try:
        with xr.open_dataset(source, engine="h5netcdf") as opened:
            return opened.load()
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"'{source}' is not a netCDF file that Zollverein wrote ({type(error).__name__}: {error})."
        ) from error


def fingerprint(*values: Any) -> str:
    """A short digest of arrays and of anything that can be written as JSON."""
    digest = hashlib.sha256()
    for value in values:
        if isinstance(value, np.ndarray):
            digest.update(repr((value.shape, str(value.dtype))).encode())
            digest.update(np.ascontiguousarray(value).tobytes())
        else:
            digest.update(json.dumps(value, sort_keys=True, default=repr).encode())
    return digest.hexdigest()[:16]
