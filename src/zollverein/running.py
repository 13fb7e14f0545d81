"""What the commands do: run a scenario and write its outputs, check a file.

No economics here; every step is a public function.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zollverein.errors import DataError
from zollverein.packaged import load_world
from zollverein.scenario import read_scenario
from zollverein.simulation import simulate
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.result import Result

#: Receives one line about the stage that begins.
Say = Callable[[str], None]
#: World of a scenario that names none.
DEFAULT_WORLD = "icio2022"


def run_scenario(path: Path, world: str | None, *, say: Say) -> Result:
    """Read a scenario, load its world, simulate.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    scenario = read_scenario(path)
    name = world or scenario.world or DEFAULT_WORLD
    say(f"loading {name}")
    loaded = load_world(name)
    say(
        f"solving '{scenario.name}' for {len(loaded.countries)} economies × {len(loaded.sectors)} sectors"
    )
    result = simulate(loaded, scenario)
    say(
        f"converged: residual {result.residual:.1e} in {result.iterations} iterations, "
        f"{1e3 * result.seconds:.0f} ms"
    )
    return result


def write_outputs(
    result: Result, scenario: Path, folder: Path, *, pdf: bool = False, say: Say
) -> Path:
    """Write report, table, result and scenario to a folder, all or nothing.

    Files of an earlier run with the same names are replaced; other files are left alone.

    Raises:
        DataError: If the folder cannot be written.
        MissingExtra: If ``pdf`` asks for the report as PDF too and it cannot be made.
    """
    from zollverein.measures.booking import booking
    from zollverein.report import write_report

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".zollverein-") as name:
            fresh = Path(name)
            say("writing results.csv, booking.csv, result.nc and the scenario")
            (fresh / "results.csv").write_text(effects_csv(result), encoding="utf-8")
            book = booking(result.before, result.after, result.policy)
            book.to_csv(fresh / "booking.csv", float_format="%.6f")
            result.to_netcdf(fresh / "result.nc")
            shutil.copyfile(scenario, fresh / "scenario.toml")
            say("drawing the report")
            write_report(result, fresh, pdf=pdf)
            for item in sorted(fresh.iterdir()):
                target = folder / item.name
                if target.is_dir():
                    shutil.rmtree(target)
                shutil.move(item, target)
    except OSError as error:
        raise DataError(f"Cannot write to '{folder}': {error.strerror or error}.") from error
    return folder


def effects_csv(result: Result) -> str:
    """The table of effects with everyone's role, as CSV."""
    from zollverein.measures.roles import effects_with_roles

    return effects_with_roles(result).to_csv(float_format="%.6f")


def check_file(path: Path, world: str | None) -> list[str]:
    """Check a scenario against its world, or a world's identities; lines that say what was found.

    Raises:
        ZollvereinError: Names what is wrong.
    """
    if path.suffix == ".toml":
        scenario = read_scenario(path)
        loaded = load_world(world or scenario.world or DEFAULT_WORLD)
        policy = scenario.policy(scenario.baseline(loaded))
        size = _count(len(scenario.entries()), "measure")
        if scenario.programmes:
            size += f" in {_count(len(scenario.programmes), 'programme')}"
        lines = [f"{path}: fine; {size} on {loaded.name}"]
        return [*lines, *scenario.describe(loaded), *(f"note: {note}" for note in policy.notes)]
    loaded = World.from_netcdf(path) if path.is_file() else load_world(str(path))
    size = f"{len(loaded.countries)} countries × {len(loaded.sectors)} sectors"
    return [f"{path}: fine; {loaded.name}, {size}; labels, absorption, output and balances agree"]


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
