"""A country profile on one page: what an economy trades, with whom, and what it rests on."""

from __future__ import annotations

from base64 import b64encode
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein import statistics
from zollverein.errors import DataError
from zollverein.names import country_label, country_name
from zollverein.report import fonts, profile_tables
from zollverein.report.charts import (
    decimals,
    partner_bars,
    sector_names,
    share_bars,
    turnover_lines,
)
from zollverein.report.fill import fill
from zollverein.report.matrices import dependence_map, stability_map
from zollverein.report.pdf import check_page, write_page
from zollverein.report.product_space import product_space
from zollverein.report.style import encoded

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from zollverein.world import World

#: Statistics whose formula and source stand at the foot of the page.
_USED = (
    "openness",
    "partner_share",
    "herfindahl",
    "grubel_lloyd",
    "revealed_comparative_advantage",
    "economic_complexity",
    "density",
    "foreign_input_reliance",
    "value_added_in_exports",
    "vulnerability",
)


def write_profile(
    world: World, country: str, path: str | Path, *, history: pd.DataFrame | None = None
) -> Path:
    """Write the profile of an economy as one HTML file that needs nothing else, or as PDF.

    Args:
        world: A World, before or after a policy.
        country: Label, code or English name.
        path: The file, ``.html`` or ``.pdf``; or a folder that exists, for ``<label>.html``.
        history: Turnover with partners over years, indexed by year, one column for each of at most
            seven partners, in the world's currency; such as ``turnover_history`` gives.

    Returns:
        The file written.

    Raises:
        ScenarioError: If there is no such economy; with the nearest valid name.
        DataError: If the file cannot be written, or its name ends otherwise.
        MissingExtra: If a PDF is wanted and cannot be made.
    """
    target = Path(path)
    if not target.is_dir():
        check_page(target)
    label = country_label(country, world.countries, world.name)
    if len(world.countries) == 1:
        raise DataError(f"{world.name} has one economy: there is no trade to describe.")
    if target.is_dir():
        target /= f"{label}.html"
    return write_page(render(world, label, history), target)


def render(world: World, label: str, history: pd.DataFrame | None = None) -> str:
    """The HTML text of the profile."""
    figures = draw(world, label)
    if history is not None and len(history):
        unit = str(history.attrs.get("unit", world.data.attrs.get("currency", "")))
        title = f"Turnover of {country_name(label)} with its largest partners"
        figures["history"] = turnover_lines(history, unit=unit, title=title)
    pictures = {
        name: b64encode(encoded(figure, "svg")).decode() for name, figure in figures.items()
    }
    values = {"pictures": pictures, "boxes": fonts.note(figures.values())}
    return fill("profile.html.j2", content(world, label) | values)


def draw(world: World, label: str) -> dict[str, Figure]:
    """Every figure of the profile by name; those that the world's sectors do not allow are left out."""
    name, attrs = country_name(label), world.data.attrs
    currency = str(attrs.get("currency", ""))
    words = sector_names(world.sectors, attrs)
    ranking = statistics.partner_ranking(world, label)
    title = "Largest partners, goods and services"
    figures = {"partners": partner_bars(ranking, unit=currency, title=title)}
    shares = profile_tables.shares(world, label)
    figures["shares"] = share_bars(shares, title="Where trade goes and comes from")
    figures["shares_narrow"] = share_bars(shares, title="Where trade goes", narrow=True)
    reliance = profile_tables.reliance(world, label).rename(index=words)
    if reliance.size:
        figures["reliance"] = dependence_map(
            reliance, title=f"What the inputs of {name} rest on", own=label
        )
    goods = profile_tables.traded_goods(world)
    if len(goods) > 3:
        figures["space"] = product_space(
            profile_tables.frame(statistics.proximity(world, goods)),
            statistics.revealed_comparative_advantage(world, goods).sel(country=label).to_series(),
            statistics.export_table(world, goods).sum("country").to_series(),
            title="Product space",
            names=words,
        )
        stability = statistics.vulnerability_stability(world, label, goods)
        figures["stability"] = stability_map(stability, names=words, title="Vulnerable imports")
    return figures


def content(world: World, label: str) -> dict[str, Any]:
    """What the template shows."""
    ranking = statistics.partner_ranking(world, label)
    table = statistics.overview(world, label)
    name, attrs = country_name(label), world.data.attrs
    return {
        "name": name,
        "place": ", ".join(str(x) for x in (world.name, world.year) if x),
        "headline": headline(label, ranking, table),
        "numbers": [_number(row) for row in table.to_dict(orient="records")],
        "blocs": profile_tables.blocs(world, label),
        "products": profile_tables.products(world, label),
        "definitions": [
            (key.replace("_", " "), spec.definition, spec.formula, spec.source)
            for key, spec in statistics.STATISTICS.items()
            if key in _USED
        ],
        "currency": attrs.get("currency", ""),
        "facts": [(k, str(attrs[k])) for k in ("source", "licence", "citation") if k in attrs],
        "adjustments": world.adjustments,
        "version": version("zollverein"),
    }


def headline(label: str, ranking: pd.DataFrame, table: pd.DataFrame) -> str:
    """One sentence: how open, with whom first, and how much of its inputs come from abroad."""
    value = dict(zip(table["statistic"], table["value"], strict=True))
    openness = value.get(statistics.COLUMNS["openness"][0])
    reliance = value.get(statistics.COLUMNS["foreign_input_reliance"][0])
    first = ranking.iloc[0]
    name = country_name(label)
    text = f"{name}: "
    if openness is not None:
        text += f"exports plus imports are {100 * openness:.0f} % of its product, "
    share = 100 * first["share"]
    text += (
        f"{country_name(str(ranking.index[0]))} is the first partner with {share:.0f} % of turnover"
    )
    if reliance is not None:
        text += f", and {100 * reliance:.0f} % of the production behind its inputs is foreign"
    return (text + ".").replace(" %", "\N{NO-BREAK SPACE}%")


def _number(row: dict[Any, Any]) -> tuple[str, str, str]:
    """Text, value and rank of one headline number."""
    value, unit = float(row["value"]), row["unit"]
    shown = f"{100 * value:.1f} %" if unit == "share" else f"{value:,.{decimals(abs(value))}f}"
    if unit == "index":
        shown = f"{value:.2f}".replace("-", "−")
    return str(row["statistic"]), shown.replace("-", "−"), f"{row['rank']} of {row['among']}"
