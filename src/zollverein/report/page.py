"""The page: one HTML file that needs nothing else, and its figures as files."""

from __future__ import annotations

from base64 import b64encode
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.names import country_name
from zollverein.report import figures, tables, words
from zollverein.report.map import can_draw, income_map
from zollverein.report.style import encoded, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zollverein.result import Result

#: Column titles of the table of all economies.
_TITLES = {
    "real_income_pct": "real income",
    "real_wage_pct": "real wage",
    "exports_pct": "exports",
    "imports_pct": "imports",
    "terms_of_trade_pct": "terms of trade",
    "price_index_pct": "prices",
    "income_pct": "income",
}


def write_report(result: Result, folder: str | Path) -> list[Path]:
    """Write ``report.html`` and ``figures/*.svg`` and ``*.png`` into a folder.

    Args:
        result: What to report on.
        folder: An existing folder.

    Returns:
        The files written.
    """
    target = Path(folder)
    (target / "figures").mkdir(exist_ok=True)
    drawn = draw(result)
    written, pictures = [], {}
    for name, figure in drawn.items():
        for kind in ("svg", "png"):
            path = target / "figures" / f"{name}.{kind}"
            path.write_bytes(encoded(figure, kind))
            written.append(path)
        pictures[name] = b64encode((target / "figures" / f"{name}.svg").read_bytes()).decode()
    page = target / "report.html"
    page.write_text(render(result, pictures), encoding="utf-8")
    return [page, *written]


def draw(result: Result) -> dict[str, Figure]:
    """Every figure of the report by name."""
    change = result.table()["real_income_pct"]
    named = change.rename(index=lambda label: country_name(str(label)))
    chosen = tables.most_affected(change)
    with house_style():
        drawn = {}
        if can_draw(result.before.countries):
            drawn["map"] = income_map(change)
        drawn["ranking"] = figures.ranked_bars(named)
        drawn["trade"] = figures.trade_matrix(tables.trade_change(result))
        if chosen:
            drawn["sectors"] = figures.sector_bars(
                tables.wage_contributions(result, chosen), tables.job_shifts(result, chosen)
            )
    return drawn


def render(result: Result, pictures: dict[str, str]) -> str:
    """The HTML text; everything a user wrote is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("zollverein.report"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html.j2").render(content(result), pictures=pictures)


def content(result: Result) -> dict[str, Any]:
    """What the template shows."""
    from zollverein.verification import verify

    scenario, table, certificate = result.scenario, result.table(), verify(result)
    groups = tables.groups_of(result)
    return {
        "name": scenario.name if scenario is not None else "A policy",
        "description": scenario.description.strip() if scenario is not None else "",
        "headline": words.headline(result),
        "second_line": words.second_line(result),
        "measures": words.policy_in_words(result),
        "toml": scenario.to_toml() if scenario is not None else "",
        "assumptions": words.assumptions(result),
        "adjustments": result.before.adjustments,
        "notes": result.notes,
        "titles": [_TITLES[column] for column in table.columns],
        "rows": words.table_rows(table),
        "groups": [
            (name, ", ".join(country_name(member) for member in members))
            for name, members in groups.items()
        ],
        "conditions": certificate.table().reset_index().to_dict(orient="records"),
        "largest": f"{certificate.residual:.1e}",
        "residual": f"{result.residual:.1e}",
        "iterations": result.iterations,
        "milliseconds": f"{1e3 * result.seconds:.0f}",
        "world": result.before.name,
        "version": version("zollverein"),
    }
