"""The worlds that come with the package, and worlds in files."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from zollverein.errors import DataError
from zollverein.toy import toy_world
from zollverein.world import World


def _icio2022() -> World:
    with as_file(files("zollverein") / "data" / "icio2022.nc") as path:
        return World.from_netcdf(path)


_PACKAGED: dict[str, tuple[str, Callable[[], World]]] = {
    "icio2022": (
        "80 economies × 50 industries, 2022; OECD Inter-Country Input-Output tables, 2025 edition",
        _icio2022,
    ),
    "toy": ("3 economies × 2 sectors, small enough to print; invented round numbers", toy_world),
}


def worlds() -> dict[str, str]:
    """Names of the packaged worlds, each with one line about it."""
    return {name: text for name, (text, _) in _PACKAGED.items()}


def load_world(name_or_path: str | Path) -> World:
    """Load a packaged world by name, or a world file by path.

    Raises:
        DataError: If there is neither a packaged world nor a file of that name.
    """
    name = str(name_or_path)
    if name in _PACKAGED:
        return _PACKAGED[name][1]()
    if Path(name).exists():
        return World.from_netcdf(name)
    from zollverein.names.suggest import did_you_mean

    raise DataError(
        f"There is no world '{name}'{did_you_mean(name, _PACKAGED.keys())} Packaged worlds: "
        f"{', '.join(_PACKAGED)}; or give the path of a file written by World.to_netcdf."
    )
