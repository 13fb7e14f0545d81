"""What the commands that ask a question of a scenario do: read the file, ask with a progress bar.

No economics here; every step is a public function.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from zollverein.asking import finding, most_affected
from zollverein.choices import assumed, choose_parameters
from zollverein.console import terminal
from zollverein.errors import DataError
from zollverein.files import write_table
from zollverein.packaged import load_world
from zollverein.progress import progress_bar
from zollverein.running import DEFAULT_WORLD
from zollverein.scenario import Scenario, read_scenario
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.asking import Plan
    from zollverein.attribution import Attribution
    from zollverein.ensemble import Ensemble
    from zollverein.uncertainty import Uncertainty

#: Numbers in the tables that are written.
DIGITS = "%.10g"


class Opened(NamedTuple):
    """A scenario file, read once for the whole of a command: what is changed meanwhile does not count.

    Attributes:
        path: Where it was.
        world: Its world.
        scenario: What it said.
    """

    path: Path
    world: World
    scenario: Scenario

    @property
    def assumed(self) -> str:
        """Model, horizon, closure and elasticities, for the foot of a table."""
        return assumed(choose_parameters(self.world, self.scenario))


def open_scenario(path: Path, world: str | None) -> Opened:
    """A scenario and its world, the one asked for before the scenario's own.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    scenario = read_scenario(path)
    return Opened(path, load_world(world or scenario.world or DEFAULT_WORLD), scenario)


def attribute_file(
    opened: Opened,
    outcome: str | None,
    method: str,
    *,
    quiet: bool,
    **options: Any,
) -> Attribution:
    """Attribute the effect of a scenario file to its parts, with a progress bar.

    Args:
        opened: The scenario file.
        outcome: Real income of the most affected economy if omitted.
        method: As for ``attribute``.
        quiet: No progress bar.
        **options: As for ``attribute``.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.attribution import attribute

    _, loaded, scenario = opened
    wanted = most_affected(loaded, scenario) if outcome is None else outcome
    with progress_bar(f"attributing {wanted}", silent=quiet) as progress:
        return attribute(loaded, scenario, wanted, method=method, progress=progress, **options)


def plans_of_file(
    opened: Opened,
    outcome: str | None,
    years: str | None,
    costs: Path | None,
    budget: float | None,
    *,
    quiet: bool,
) -> dict[str, Plan]:
    """Interactions of the parts of a scenario file; phasing in and the best sequence if asked for.

    Args:
        opened: The scenario file.
        outcome: Real income of the most affected economy if omitted.
        years: First and last year, ``"2026-2032"``.
        costs: A CSV file with the columns ``part`` and ``cost``.
        budget: For the sequence.
        quiet: No progress bar.

    Returns:
        Plans by the titles of their tables.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.asking import Plan
    from zollverein.attribution import best_sequence, interactions, phase_in
    from zollverein.readings import parse_outcomes

    if budget is not None and costs is None:
        raise DataError(
            "--budget limits what the best sequence may cost: give the costs, --costs FILE."
        )
    span = None if years is None else _span(years)
    prices = None if costs is None else _costs(costs)
    _, loaded, scenario = opened
    wanted = most_affected(loaded, scenario) if outcome is None else outcome
    about = (str(parse_outcomes(loaded, wanted, scenario)[0]),)
    with progress_bar("solving for the parts", silent=quiet) as progress:
        table = interactions(loaded, scenario, wanted, progress=progress)
        found = {
            f"{wanted}: interactions of the parts, percentage points": Plan(
                "interactions", about, table
            )
        }
        if span is not None:
            table = phase_in(loaded, scenario, wanted, span, progress=progress)
            found["year by year, percent"] = Plan("phase_in", tuple(table.columns), table)
        if prices is not None:
            table = best_sequence(
                loaded, scenario, wanted, prices, budget=budget, progress=progress
            )
            found["best sequence"] = Plan("best_sequence", about, table)
    return found


def _span(years: str) -> tuple[int, ...]:
    """``2026-2032`` as years, as a question of a file has them.

    Raises:
        DataError: If it is not two years in order, written in full.
    """
    from zollverein.scenario.question_values import check_years

    try:
        return check_years(years)
    except ValueError as error:
        raise DataError(f"years '{years}': {error}. Such as 2026-2032.") from None


def _costs(path: Path) -> dict[str, float]:
    """Costs of the parts from a CSV file.

    Raises:
        DataError: If the file or a column is not there, a cost is not a number, or a part is there twice.
    """
    import csv

    try:
        text = path.read_text(encoding="utf-8-sig")  # as spreadsheets write it, too
        rows = [(row["part"], float(row["cost"])) for row in csv.DictReader(text.splitlines())]
    except OSError as error:
        raise DataError(f"Cannot read '{path}': {error.strerror or error}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"'{path}': a table with the columns part and cost is needed, a number in each row ({error})."
        ) from error
    names = [name for name, _ in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"'{path}': the part '{twice}' stands there twice. Fix: one row for each.")
    return dict(rows)


def uncertainty_file(
    opened: Opened,
    outcomes: list[str] | None,
    folder: Path | None,
    *,
    quiet: bool,
    **options: Any,
) -> tuple[Uncertainty, Path]:
    """Draw the assumptions behind a scenario file; finished draws and tables are kept in a folder.

    Args:
        opened: The scenario file.
        outcomes: As for ``uncertainty``.
        folder: ``draws/NAME`` if omitted.
        quiet: No progress bar.
        **options: As for ``uncertainty``.

    Raises:
        Interrupted: Says how to go on.
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.errors import Interrupted
    from zollverein.uncertainty import uncertainty

    path, loaded, scenario = opened
    out = folder or Path("draws") / path.stem
    finished = [0, 0]

    def note(done: int, planned: int) -> None:
        finished[:] = done, planned
        if show is not None:
            show(done, planned)

    try:
        with progress_bar("drawing", silent=quiet) as show:
            found = uncertainty(
                loaded, scenario, outcomes or None, out=out, progress=note, **options
            )
    except KeyboardInterrupt:
        if not out.is_dir():
            raise Interrupted("stopped before the first draw; nothing was written.") from None
        raise Interrupted(
            f"stopped after {finished[0]} of {finished[1] or 'the'} draws; they are kept in '{out}'. The "
            "same command goes on from there."
        ) from None
    write_page(found, out / "report.html", opened)
    write_table(found.table(), out / "bands.csv", float_format=DIGITS)
    for name, frame in _tables(found).items():
        write_table(frame, out / f"table-{name}.csv", float_format=DIGITS)
    if found.shares:
        write_table(found.drivers().set_index("outcome"), out / "drivers.csv", float_format=DIGITS)
    return found, out


def ensemble_file(
    opened: Opened, outcomes: list[str] | None, *, full: bool, quiet: bool
) -> Ensemble:
    """Solve a scenario file under every model, closure, horizon and set of elasticities.

    Args:
        opened: The scenario file.
        outcomes: As for ``ensemble``; real income of the most affected economy if there are none.
        full: All combinations in place of one switch at a time.
        quiet: No progress bar.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.ensemble import ensemble

    _, loaded, scenario = opened
    wanted = outcomes or [most_affected(loaded, scenario)]
    grid = "full" if full else "one_at_a_time"
    with progress_bar("solving the ensemble", silent=quiet) as progress:
        return ensemble(loaded, scenario, wanted, grid=grid, progress=progress)


def show_ensemble(found: Ensemble) -> None:
    """Print the runs, and for each outcome why the extremes differ."""
    import typer
    from rich.table import Table

    table = found.table()
    shown = Table(title="one scenario under several choices, percent")
    for name in table.columns:
        shown.add_column(str(name).replace("_", " "))
    for row in table.itertuples(index=False):
        shown.add_row(*(v if isinstance(v, str) else _signed(v) for v in row))
    terminal().print(shown)
    for k in range(len(found.outcomes)):
        typer.echo(found.explain(k))
        reasons = found.reasons(k).to_dict(orient="records")
        for extreme in dict.fromkeys(str(r["extreme"]) for r in reasons):
            words = ", ".join(
                f"{r['switch']} {r['level']} {r['share_pp']:+.3f}"
                for r in reasons
                if r["extreme"] == extreme and r["share_pp"]
            )
            told = f"{words} percentage points" if words else "the scenario's own choices"
            typer.echo(f"  {extreme}: {told}")


def show_uncertainty(found: Uncertainty) -> None:
    """Print the bands, widest first, and what drives the first few."""
    import typer

    table = found.table().drop(columns="draws")
    order = (table["high_pct"] - table["low_pct"]).sort_values(ascending=False).index[:_SHOWN]
    show_percent(table.loc[order], f"bands from {len(found.draws)} draws, percent")
    names = [str(outcome) for outcome in found.outcomes]
    for label in order[:_EXPLAINED]:
        typer.echo(found.explain(names.index(str(label))))


#: Outcomes in the table of bands, and those explained below it.
_SHOWN, _EXPLAINED = 15, 5


#: Characters that a label has at least, on however narrow a terminal.
_LABEL = 12


def show_percent(table: pd.DataFrame, title: str) -> None:
    """Print a table of numbers in percent; a number that is not there is a dash.

    Where it is too wide the labels are broken into lines, never the numbers.
    """
    from rich.table import Table

    shown = Table(collapse_padding=True)
    shown.add_column(str(table.index.name), min_width=_LABEL, overflow="fold")
    for name in table.columns:
        head = str(name).removesuffix("_pct").replace("_", "\n")
        shown.add_column(head, justify="right", no_wrap=True)
    for label, row in zip(table.index, table.itertuples(index=False), strict=True):
        shown.add_row(str(label), *map(_signed, row))
    console = terminal()
    console.print(title)
    console.print(shown)


def _signed(value: float) -> str:
    """Four digits with their sign; a dash for what is not there."""
    return f"{value:+.4f}" if math.isfinite(value) else "–"


def json_of(tables: dict[str, pd.DataFrame]) -> str:
    """Tables by name as one JSON text; a single one without its name."""
    plain = {name: json.loads(t.to_json(orient="index")) for name, t in tables.items()}
    shown = plain if len(plain) > 1 else next(iter(plain.values()))
    return json.dumps(shown, indent=1, ensure_ascii=False)


def json_of_bands(found: Uncertainty) -> str:
    """Bands by outcome; where tables were kept, ``outcomes`` and ``tables``, a row for each cell."""
    rows = json.loads(found.table().to_json(orient="index"))
    if found.tables:
        tables = {
            name: json.loads(frame.reset_index().to_json(orient="records"))
            for name, frame in _tables(found).items()
        }
        rows = {"outcomes": rows, "tables": tables}
    return json.dumps(rows, indent=1, ensure_ascii=False)


def _tables(found: Uncertainty) -> dict[str, pd.DataFrame]:
    """Tables of draws by name, a row for each cell."""
    return {table.key: table.frame for table in finding(found).tables if table.key in found.tables}


def write_page(
    answer: Attribution | Uncertainty | Ensemble | tuple[Plan, ...], page: Path, opened: Opened
) -> Path:
    """Write the page of an answer about a scenario file.

    Raises:
        DataError: If the folder does not exist or cannot be written.
    """
    from zollverein.report.study import write_study

    return write_study(answer, page, name=opened.scenario.name, assumed=opened.assumed)
