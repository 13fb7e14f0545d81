"""The commands that ask how an effect comes about and how sure it is; no economics here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zollverein.cli_options import (
    AsCsv,
    AsJson,
    AsPage,
    DataSpread,
    ElasticitySpread,
    ScenarioFile,
    WorldName,
)


def attribute(
    scenario: ScenarioFile,
    outcome: Annotated[
        str | None, typer.Option(help="Such as 'real_income BLR'; the most affected if omitted.")
    ] = None,
    method: Annotated[
        str, typer.Option(help="aumann_shapley, shapley, first_in or last_in.")
    ] = "aumann_shapley",
    draws: Annotated[int | None, typer.Option(help="Draws for bands; 200 are usual.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 0,
    elasticity_spread: ElasticitySpread = None,
    data_spread: DataSpread = None,
    world: WorldName = None,
    csv: AsCsv = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Say which programme or measure of a scenario did how much of its effect."""
    from zollverein import studies
    from zollverein.files import write_table

    options: dict[str, object] = {"draws": draws, "seed": seed, "data_spread": data_spread}
    options["elasticity_spread"] = "sets" if elasticity_spread is None else elasticity_spread
    opened = studies.open_scenario(scenario, world)
    found = studies.attribute_file(opened, outcome, method, quiet=as_json, **options)
    if csv is not None:
        write_table(found.table(), csv, float_format=studies.DIGITS)
    if page is not None:
        studies.write_page(found, page, opened)
    if as_json:
        typer.echo(studies.json_of({"effects": found.table()}))
        return
    studies.show_percent(found.table(), f"{found.outcome}: effects of the parts, percent")
    typer.echo(found.explain())
    typer.echo(opened.assumed)


def plan(
    scenario: ScenarioFile,
    outcome: Annotated[
        str | None, typer.Option(help="Such as 'real_income BLR'; the most affected if omitted.")
    ] = None,
    years: Annotated[str | None, typer.Option(help="Phasing in, such as 2026-2032.")] = None,
    costs: Annotated[
        Path | None, typer.Option(help="Best sequence: a CSV file with columns part, cost.")
    ] = None,
    budget: Annotated[float | None, typer.Option(help="In the units of the costs.")] = None,
    world: WorldName = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Interactions of the parts of a scenario; phasing in by years; the best sequence by costs."""
    from zollverein.studies import json_of, open_scenario, plans_of_file, show_percent, write_page

    opened = open_scenario(scenario, world)
    found = plans_of_file(opened, outcome, years, costs, budget, quiet=as_json)
    if page is not None:
        write_page(tuple(found.values()), page, opened)
    tables = {title: plan.shown() for title, plan in found.items()}
    if as_json:
        typer.echo(json_of(tables))
        return
    for title, table in tables.items():
        show_percent(table, title)
    typer.echo(opened.assumed)


def uncertainty(
    scenario: ScenarioFile,
    outcome: Annotated[
        list[str] | None, typer.Option(help="May be repeated; real income of everyone if omitted.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws for the bands.")] = 1000,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 0,
    decompose: Annotated[
        int | None, typer.Option(help="Rows of the variance decomposition; a fifth of the draws.")
    ] = None,
    elasticity_spread: ElasticitySpread = None,
    data_spread: DataSpread = None,
    tables: Annotated[
        list[str] | None,
        typer.Option(
            help="Tables with bands, such as trade; may be repeated; report is all of the report's."
        ),
    ] = None,
    world: WorldName = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the draws; draws/NAME.")] = None,
    dask: Annotated[str | None, typer.Option(help="A Dask scheduler, tcp://host:port.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how sure the effects of a scenario are, and which assumption drives them."""
    from zollverein.studies import json_of_bands, open_scenario, show_uncertainty, uncertainty_file

    options: dict[str, object] = {"draws": draws, "seed": seed, "decompose": decompose}
    options |= {"data_spread": data_spread, "tables": tables or (), "cluster": dask}
    options["elasticity_spread"] = "sets" if elasticity_spread is None else elasticity_spread
    opened = open_scenario(scenario, world)
    found, folder = uncertainty_file(opened, outcome, out, quiet=as_json, **options)
    if as_json:
        typer.echo(json_of_bands(found))
        return
    show_uncertainty(found)
    typer.echo(opened.assumed)
    typer.echo(f"draws and tables are in {folder}")


def ensemble(
    scenario: ScenarioFile,
    outcome: Annotated[
        list[str] | None, typer.Option(help="May be repeated; the most affected if omitted.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="All combinations, not one switch at a time.")
    ] = False,
    world: WorldName = None,
    csv: AsCsv = None,
    page: AsPage = None,
    as_json: AsJson = False,
) -> None:
    """Solve a scenario under several models, closures, horizons and elasticities."""
    from zollverein.files import write_table
    from zollverein.studies import DIGITS, ensemble_file, open_scenario, show_ensemble, write_page

    opened = open_scenario(scenario, world)
    found = ensemble_file(opened, outcome, full=full, quiet=as_json)
    if csv is not None:
        write_table(found.table(), csv, float_format=DIGITS)
    if page is not None:
        write_page(found, page, opened)
    if as_json:
        typer.echo(found.table().to_json(orient="records", indent=1, force_ascii=False))
    else:
        show_ensemble(found)
