"""What the commands that ask a question of a scenario do: read the file, ask with a progress bar.

No economics here; every step is a public function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.packaged import load_world
from zollverein.running import DEFAULT_WORLD
from zollverein.scenario import read_scenario

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.attribution import Attribution
    from zollverein.scenario import Scenario
    from zollverein.world import World

#: Called with what is done so far and what is planned.
Progress = Callable[[int, int], None]


def open_scenario(path: Path, world: str | None) -> tuple[World, Scenario]:
    """A scenario and its world.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    scenario = read_scenario(path)
    return load_world(world or scenario.world or DEFAULT_WORLD), scenario


def most_affected(world: World, scenario: Any) -> str:
    """``"real_income X"`` of the economy whose real income the scenario moves most."""
    from zollverein.simulation import simulate

    effect = simulate(world, scenario).table()["real_income_pct"].abs()
    return f"real_income {effect.idxmax()}"


def attribute_file(
    path: Path, world: str | None, outcome: str | None, method: str, *, quiet: bool
) -> Attribution:
    """Attribute the effect of a scenario file to its parts, with a progress bar.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.attribution import attribute

    loaded, scenario = open_scenario(path, world)
    wanted = outcome or most_affected(loaded, scenario)
    with progress_bar(f"attributing {wanted}", quiet=quiet) as progress:
        return attribute(loaded, scenario, wanted, method=method, progress=progress)


@contextmanager
def progress_bar(title: str, *, quiet: bool) -> Iterator[Progress | None]:
    """A bar on standard error that disappears when done; nothing where ``quiet``."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, planned: bar.update(task, completed=done, total=planned)


def show_percent(table: pd.DataFrame, title: str) -> None:
    """Print a table of numbers in percent; a number that is not there is a dash."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title)
    shown.add_column(str(table.index.name), no_wrap=True)
    for name in table.columns:
        shown.add_column(str(name).removesuffix("_pct").replace("_", " "), justify="right")
    for label, row in zip(table.index, table.itertuples(index=False), strict=True):
        cells = [f"{v:+.4f}" if v == v else "–" for v in row]  # noqa: PLR0124 - NaN is not itself
        shown.add_row(str(label), *cells)
    Console(width=None if Console().is_terminal else 120, markup=False).print(shown)


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV, all or nothing.

    Raises:
        DataError: If the folder does not exist or cannot be written.
    """
    from zollverein.files import write_text

    return write_text(table.to_csv(float_format="%.10g"), path)
