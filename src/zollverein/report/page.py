"""The page: one HTML file that needs nothing else, and its figures as files."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.checks import check_result
from zollverein.files import check_folder
from zollverein.measures.effects import TITLES
from zollverein.measures.exchange_rate import EXPLANATION
from zollverein.measures.roles import effects_with_roles
from zollverein.names import country_name
from zollverein.report import economies, figures, fonts, reproduce, tables, words
from zollverein.report.bands import Bands, band_rows, bands_of
from zollverein.report.fill import fill
from zollverein.report.map import can_draw, income_map
from zollverein.report.pdf import require_pdf, write_pdf
from zollverein.report.study import sections_of
from zollverein.report.style import encoded, house_style
from zollverein.tables import groups_of, most_affected
from zollverein.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from zollverein.result import Result


def write_report(
    result: Result, folder: str | Path, answers: Sequence[Any] = (), *, pdf: bool = False
) -> list[Path]:
    """Write ``report.html`` and ``figures/*.svg`` and ``*.png`` into a folder, and ``report.pdf``.

    Args:
        result: What to report on.
        folder: Where to write; made if missing.
        answers: A section for each; with an ``Uncertainty`` every figure and table that its draws cover
            shows medians and bands: with ``tables="report"`` all, else columns of the table of effects.
        pdf: Whether to write the page as PDF too.

    Returns:
        The files written.

    Raises:
        MissingExtra: If a PDF is wanted and cannot be made; nothing is written.
        DataError: If the folder cannot be made or written.
    """
    check_result(result)
    if pdf:
        require_pdf()
    target = check_folder(folder)
    bands, sections = bands_of(answers), sections_of(answers, _question_names(result))
    drawn = draw(result, bands=bands)
    for section in sections:
        drawn |= section.pictures()
    files = {f"{n}.{kind}": encoded(f, kind) for n, f in drawn.items() for kind in ("svg", "png")}
    small = draw(result, narrow=True, bands=bands)
    again = reproduce.answers_in_python(result) if sections else ""
    values = content(result, bands) | {"sections": sections, "answers_again": again}
    values["boxes"] = fonts.note((*drawn.values(), *small.values()))
    values["pictures"] = {name: _embedded(files[f"{name}.svg"]) for name in drawn}
    values["narrow"] = {name: _embedded(encoded(f, "svg")) for name, f in small.items()}
    text = fill("report.html.j2", values)
    # Only now, when nothing can fail but the disk, is anything written.
    (target / "figures").mkdir(parents=True, exist_ok=True)
    written = [target / "figures" / name for name in files]
    for path in written:
        path.write_bytes(files[path.name])
    page = target / "report.html"
    page.write_text(text, encoding="utf-8")
    return [page, *([write_pdf(page)] if pdf else []), *written]


def _embedded(picture: bytes) -> str:
    """A picture as a page holds it."""
    return b64encode(picture).decode()


def _question_names(result: Result) -> list[str]:
    """What the scenario's questions are called."""
    return [] if result.scenario is None else [q.name for q in result.scenario.questions]


def draw(result: Result, *, narrow: bool = False, bands: Bands | None = None) -> dict[str, Figure]:
    """Every figure of the report by name; with ``narrow``, those that have a form for a phone."""
    change = result.table()["real_income_pct"]
    chosen = most_affected(change)
    with house_style():
        drawn = {}
        if can_draw(result.before.countries):
            unsure = () if bands is None else bands.unsure("real_income_pct")
            drawn["map"] = income_map(change, unsure=unsure, narrow=narrow)
        spread = None if bands is None else bands.of("real_income_pct")
        named = change.rename(index=_named)
        around = None if spread is None else spread.rename(index=_named)
        drawn["ranking"] = figures.ranked_bars(named, around, narrow=narrow)
        if not narrow:
            between = None if bands is None else bands.tables.get("group_trade")
            drawn["trade"] = figures.trade_matrix(tables.trade_change(result), between)
        if chosen:
            names = ("wage_contributions", "job_shifts")
            spans = [_sector_bands(result, bands, name, chosen) for name in names]
            drawn["sectors"] = figures.sector_bars(
                tables.wage_contributions(result, chosen),
                tables.job_shifts(result, chosen),
                *spans,
                narrow=narrow,
            )
    return drawn


def _sector_bands(
    result: Result, bands: Bands | None, name: str, countries: list[str]
) -> dict[str, pd.DataFrame] | None:
    """``median``, ``low`` and ``high`` of a table by sector, with the names that the figure has."""
    found = None if bands is None else bands.tables.get(name)
    if found is None:
        return None
    parts = ("median", "low", "high")
    return {part: tables.by_sector(result.before, found[part], countries) for part in parts}


def _named(label: object) -> str:
    """The name of a country by its label."""
    return country_name(str(label))


def _kept(sentence: str) -> str:
    """The sentence with every number on one line with its percent sign."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def small_tables(
    result: Result, countries: list[str], bands: Bands | None = None
) -> dict[str, Any]:
    """What the template shows about a few economies, and what it shows whoever is affected."""
    part = economies.role_words(result)
    shown = [economies.standing, economies.domestic_and_price, economies.who_moves]
    if countries:
        shown += [economies.who_gets_what, economies.who_supplies]
    return {
        "small": {table.__name__: table(result, countries, bands) for table in shown},
        "parts": [(country_name(country), part[country][1]) for country in countries],
        "exchange_rate": EXPLANATION,
    }


def content(result: Result, bands: Bands | None = None) -> dict[str, Any]:
    """What the template shows."""
    from zollverein.verification import verify

    scenario, table, certificate = result.scenario, effects_with_roles(result), verify(result)
    groups = groups_of(result)
    return {
        "name": scenario.name if scenario is not None else "A policy",
        "description": scenario.description.strip() if scenario is not None else "",
        "headline": _kept(words.headline(result)),
        "second_line": _kept(words.second_line(result)),
        "bands_line": _kept(words.bands_line(bands, table["real_income_pct"])),
        "measures": words.policy_in_words(result),
        "toml": scenario.to_toml() if scenario is not None else "",
        "assumptions": words.assumptions(result),
        "labour": words.labour(result),
        "adjustments": result.before.adjustments,
        "notes": result.notes,
        "titles": [TITLES[column] for column in table.columns],
        "rows": words.table_rows(table),
        "covered": frozenset() if bands is None else frozenset(bands.tables),
        "matrix": economies.between_groups(result, bands),
        "bands": band_rows(bands, table, words.in_order(table)),
        "groups": [
            (name, ", ".join(country_name(member) for member in members))
            for name, members in groups.items()
        ],
        **small_tables(result, most_affected(table["real_income_pct"]), bands),
        "no_map": words.NO_MAP,
        "map_note": words.map_note(table["real_income_pct"]),
        "verdict": words.verdict(certificate),
        "conditions": certificate.table().reset_index().to_dict(orient="records"),
        "largest": f"{certificate.residual:.1e}",
        "residual": f"{result.residual:.1e}",
        "iterations": result.iterations,
        "milliseconds": f"{1e3 * result.seconds:.0f}",
        "in_python": reproduce.in_python(result),
        "command": reproduce.command(result),
        "version": __version__,
    }
