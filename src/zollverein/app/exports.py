"""Files that a client takes away; their names are ours, never the client's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from zollverein.app.problems import Problem
from zollverein.version import __version__

if TYPE_CHECKING:
    from zollverein.result import Result

_SVG, _PNG = "image/svg+xml", "image/png"
#: The file that is the scenario itself, which is written without solving it.
DOCUMENT = "scenario.toml"
#: What can be taken away, by name, with its media type.
FILES: dict[str, str] = {
    "report.html": "text/html; charset=utf-8",
    "report.pdf": "application/pdf",
    "table.csv": "text/csv; charset=utf-8",
    "result.nc": "application/x-netcdf",
    DOCUMENT: "application/toml; charset=utf-8",
    "python": "text/plain; charset=utf-8",
    "citation": "text/plain; charset=utf-8",
    "map.svg": _SVG,
    "map.png": _PNG,
    "ranking.svg": _SVG,
    "ranking.png": _PNG,
    "trade.svg": _SVG,
    "trade.png": _PNG,
    "sectors.svg": _SVG,
    "sectors.png": _PNG,
}


def offered() -> list[str]:
    """The names of the files that this server can make."""
    return [name for name in FILES if name != "report.pdf" or find_spec("weasyprint") is not None]


def require(what: str) -> None:
    """Make sure that a file can be made, before the work that it is about.

    Raises:
        MissingExtra: If it needs what is not installed; says how to install it.
    """
    from zollverein.report.pdf import require_for

    require_for(what)


def export(result: Result, what: str) -> bytes:
    """The bytes of one of ``FILES``, beside the document, about a result.

    Raises:
        Problem: If this result has no such figure.
    """
    return _MAKERS.get(what, _figure)(result, what)


def _report(result: Result, what: str) -> bytes:
    from zollverein.report import write_report

    with tempfile.TemporaryDirectory() as folder:
        write_report(result, folder, pdf=what == "report.pdf")
        return (Path(folder) / what).read_bytes()


def _table(result: Result, _: str) -> bytes:
    from zollverein.running import effects_csv

    return effects_csv(result).encode()


def _netcdf(result: Result, _: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return result.to_netcdf(Path(folder) / "result.nc").read_bytes()


def _python(result: Result, _: str) -> bytes:
    from zollverein.report.reproduce import in_python

    return (in_python(result) + "\n").encode()


def _citation(result: Result, _: str) -> bytes:
    attrs = result.before.data.attrs
    name = "" if result.scenario is None else f"Scenario '{result.scenario.name}'. "
    parameters = result.parameters
    text = (
        f"{name}Simulated with Zollverein {__version__} on the world {result.before.name}, model "
        f"{parameters.model}, closure {parameters.closure}, trade elasticities "
        f"{parameters.elasticity_name}; largest relative residual {result.residual:.1e}."
    )
    lines = [text, *(f"Data: {attrs[key]}" for key in ("citation",) if attrs.get(key))]
    return ("\n".join(lines) + "\n").encode()


def _figure(result: Result, what: str) -> bytes:
    from zollverein.report.page import draw
    from zollverein.report.style import encoded
    from zollverein.report.words import NO_MAP

    name, _, kind = what.partition(".")
    figures = draw(result)
    if name == "map" and name not in figures:
        raise Problem(422, "no_figure", NO_MAP)
    if name not in figures:
        raise Problem(
            422, "no_figure", f"This result has no figure '{name}': nothing noticeable to draw."
        )
    return encoded(figures[name], kind)


_MAKERS: dict[str, Callable[[Result, str], bytes]] = {
    "report.html": _report,
    "report.pdf": _report,
    "table.csv": _table,
    "result.nc": _netcdf,
    "python": _python,
    "citation": _citation,
}
