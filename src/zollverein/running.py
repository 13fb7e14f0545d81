"""What the commands do: run a scenario and write its outputs, check a file.

No economics here; every step is a public function.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.errors import DataError, ScenarioError
from zollverein.files import write_text
from zollverein.packaged import load_world, worlds
from zollverein.scenario import read_scenario
from zollverein.simulation import simulate
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

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


def write_outputs(result: Result, scenario: Path, folder: Path, *, say: Say) -> Path:
    """Write report, table, result and scenario to a folder, all or nothing.

    Files of an earlier run with the same names are replaced; other files are left alone.

    Raises:
        DataError: If the folder cannot be written.
    """
    from zollverein.report import write_report

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".zollverein-") as name:
            fresh = Path(name)
            say("writing results.csv, result.nc and the scenario")
            result.table().to_csv(fresh / "results.csv", float_format="%.6f")
            result.to_netcdf(fresh / "result.nc")
            shutil.copyfile(scenario, fresh / "scenario.toml")
            say("drawing the report")
            write_report(result, fresh)
            for item in sorted(fresh.iterdir()):
                target = folder / item.name
                if target.is_dir():
                    shutil.rmtree(target)
                shutil.move(item, target)
    except OSError as error:
        raise DataError(f"Cannot write to '{folder}': {error.strerror or error}.") from error
    return folder


def check_file(path: Path, world: str | None) -> list[str]:
    """Check a scenario against its world, or a world's identities; lines that say what was found.

    Raises:
        ZollvereinError: Names what is wrong.
    """
    if path.suffix == ".toml":
        scenario = read_scenario(path)
        loaded = load_world(world or scenario.world or DEFAULT_WORLD)
        policy = scenario.policy(loaded)
        lines = [f"{path}: fine; {len(scenario.measures)} measures on {loaded.name}"]
        return [*lines, *scenario.describe(loaded), *(f"note: {note}" for note in policy.notes)]
    loaded = World.from_netcdf(path) if path.is_file() else load_world(str(path))
    size = f"{len(loaded.countries)} countries × {len(loaded.sectors)} sectors"
    return [f"{path}: fine; {loaded.name}, {size}; labels, absorption, output and balances agree"]


def describe(
    name: str, country: str | None, out: Path | None, *, say: Say
) -> tuple[dict[str, Any], pd.DataFrame | None, Path | None]:
    """Facts about a world; or about an economy, with its statistics, and its profile if asked for.

    Args:
        name: A packaged world or a world file; or an economy of the default world.
        country: An economy of that world.
        out: Where to write the profile of an economy.
        say: Receives a line about each stage.

    Returns:
        The facts; the table of statistics of an economy; the profile's path if written.

    Raises:
        ZollvereinError: If a name is unknown, or a profile is wanted of a whole world.
    """
    from zollverein.description import describe_country, describe_world
    from zollverein.report import write_profile
    from zollverein.statistics import overview

    world, economy = _world_and_economy(name, country)
    if economy is None:
        if out is not None:
            raise ScenarioError("--out writes the profile of an economy: name one, such as BLR.")
        return describe_world(world), None, None
    facts = describe_country(world, economy)
    say("looking through the input-output table")
    table = overview(world, economy)
    if out is None:
        return facts, table, None
    say("drawing the profile")
    return facts, table, write_profile(world, economy, out)


def _world_and_economy(name: str, country: str | None) -> tuple[World, str | None]:
    """A name alone is a world if there is one, and otherwise an economy of the default world."""
    from zollverein.names import iso3

    if country is None and name not in worlds() and not Path(name).exists() and iso3(name):
        return load_world(DEFAULT_WORLD), name
    try:
        return load_world(name), country
    except DataError as error:
        if country is not None:
            raise
        from zollverein.names.countries import written_names
        from zollverein.names.suggest import did_you_mean

        codes = load_world(DEFAULT_WORLD).countries
        near = did_you_mean(name, written_names(codes))
        raise DataError(str(error) if near == "." else f"{error} Or an economy{near}") from None


def statistics_table(
    world: str, country: str | None, partner: str | None, bloc: str | None, sectors: str | None
) -> pd.DataFrame:
    """The statistics of an economy, a pair or a bloc; without an economy, those of all.

    Args:
        world: A packaged world or a world file.
        country: An economy; all if omitted.
        partner: Its partner.
        bloc: A bloc's name, or names with commas between.
        sectors: A group of sectors, or labels with commas between.

    Raises:
        ZollvereinError: If a name is unknown, or a partner or bloc is given without an economy.
    """
    from zollverein.statistics import economies_table, overview

    if country is None and (partner or bloc):
        raise ScenarioError(
            "a partner or a bloc needs an economy: add --country, such as --country RUS."
        )
    loaded = load_world(world)
    if country is None:
        table = economies_table(loaded, _several(sectors))
    else:
        table = overview(loaded, country, partner, _several(bloc), _several(sectors))
    facts = (loaded.name, loaded.year, loaded.data.attrs.get("currency"), sectors or "all sectors")
    table.attrs["title"] = ", ".join(str(fact) for fact in facts if fact)
    return table


def list_statistics() -> pd.DataFrame:
    """Every statistic with unit, formula and source, indexed by ``statistic``."""
    import pandas as pd

    from zollverein.statistics import STATISTICS

    rows = {name: [s.unit, s.formula, s.source] for name, s in STATISTICS.items()}
    columns = ["unit", "formula", "source"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("statistic")


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV, all or nothing.

    Raises:
        DataError: If it cannot be written.
    """
    return write_text(table.to_csv(index=table.index.name is not None), path)


def _several(names: str | None) -> str | list[str] | None:
    """Names with commas between, as a list; one name as it is."""
    if names is None or "," not in names:
        return names
    return [name.strip() for name in names.split(",") if name.strip()]
