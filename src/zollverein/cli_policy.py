"""The commands about coalitions, duties that are best, and scenarios side by side; no economics here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zollverein.cli_options import AsJson, AsPage, WorldName
from zollverein.console_answers import echo_json, json_rows, show_answer
from zollverein.progress import progress_bar

if TYPE_CHECKING:
    from zollverein.inquiries import Answer

Given = Annotated[Path | None, typer.Option("--scenario", help="What else holds (TOML).")]
By = Annotated[str, typer.Option("--by", help="One rate each: uniform, partner or sector.")]
SectorNames = Annotated[str, typer.Option("--sectors", help="Sectors, separated by commas.")]


def coalition(
    target: Annotated[str, typer.Argument(help="An economy or a bloc.")],
    members: Annotated[str, typer.Option(help="Economies and blocs, separated by commas.")],
    instrument: Annotated[str, typer.Option(help="'embargo', or a file of measures.")] = "embargo",
    world: WorldName = None,
    scenario: Given = None,
    orders: Annotated[int | None, typer.Option(help="Sampled orders, not all subsets.")] = None,
    response: Annotated[bool, typer.Option("--response", help="The target's best reply.")] = False,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Value a coalition: what each member adds to the target's loss, and what members pay."""
    from zollverein.inquiries import ask_coalition

    with progress_bar("subsets", silent=as_json) as bar:
        answer = ask_coalition(
            target, members, instrument, world, scenario, bar, orders=orders, response=response
        )
    _show(answer, page, as_json=as_json)


def optimal(
    country: Annotated[str, typer.Argument(help="An economy, or a bloc with one tariff.")],
    by: By = "uniform",
    against: Annotated[str, typer.Option(help="Exporters, separated by commas.")] = "all",
    sectors: SectorNames = "all",
    world: WorldName = None,
    scenario: Given = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Find the duties that are best for one economy, what everybody else does being given."""
    from zollverein.inquiries import ask_optimal

    _show(ask_optimal(country, against, sectors, world, scenario, by), page, as_json=as_json)


def nash(
    players: Annotated[str, typer.Argument(help="Economies and blocs by commas, or 'all'.")],
    by: By = "uniform",
    sectors: SectorNames = "all",
    world: WorldName = None,
    scenario: Given = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Find the duties from which no player gains by moving alone."""
    from zollverein.inquiries import ask_nash

    with progress_bar("iterations", silent=as_json) as bar:
        answer = ask_nash(players, sectors, world, scenario, by, bar)
    _show(answer, page, as_json=as_json)


def frontier(
    sender: Annotated[str, typer.Argument(help="Whose duties, an economy or a bloc.")],
    target: Annotated[str, typer.Argument(help="Whose goods bear them.")],
    weights: Annotated[
        str, typer.Option(help="How much the target's loss counts, separated by commas.")
    ] = "0,0.1,0.3,1,3",
    by: Annotated[str, typer.Option("--by", help="One rate: uniform or sector.")] = "uniform",
    sectors: SectorNames = "all",
    world: WorldName = None,
    scenario: Given = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Trade own cost for the other's loss: the sender's duties as that loss counts more and more."""
    from zollverein.inquiries import ask_frontier

    answer = ask_frontier(sender, target, weights, sectors, world, scenario, by)
    _show(answer, page, as_json=as_json)


def kemp_wan(
    members: Annotated[str, typer.Argument(help="Economies and blocs, separated by commas.")],
    by: Annotated[
        str, typer.Option("--by", help="How trade with others is held: exact, uniform or sector.")
    ] = "exact",
    sectors: SectorNames = "all",
    world: WorldName = None,
    scenario: Given = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Form a customs union whose external taxes leave everyone outside where they were."""
    from zollverein.inquiries import ask_kemp_wan

    _show(ask_kemp_wan(members, sectors, world, scenario, by), page, as_json=as_json)


def compare(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files (TOML), two or more.")],
    world: WorldName = None,
    column: Annotated[str, typer.Option(help="Which effect.")] = "real_income_pct",
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Set scenarios side by side, and say which choice makes them differ."""
    from zollverein.inquiries import ask_compare

    _show(ask_compare(scenarios, world, column), page, as_json=as_json)


def _show(answer: Answer, page: Path | None, *, as_json: bool) -> None:
    """Print an answer and, if asked for, write its page."""
    from zollverein.inquiries import write_answer

    if page is not None:
        write_answer(answer, page)
    if not as_json:
        show_answer(answer.tables, answer.notes)
        return
    tables = {title: json_rows(table) for title, table in answer.tables.items()}
    echo_json({"tables": tables, "notes": answer.notes})
