"""A country profile on one page: what an economy trades, with whom, and what it rests on."""

from __future__ import annotations

from base64 import b64encode
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import statistics
from zollverein.errors import DataError, ScenarioError
from zollverein.files import write_text
from zollverein.names import bloc, bloc_names, country_label, country_name, sector_group
from zollverein.report.charts import partner_bars, sector_names, share_bars
from zollverein.report.matrices import dependence_map, stability_map
from zollverein.report.page import fill
from zollverein.report.product_space import product_space
from zollverein.report.style import GROUPS, encoded
from zollverein.report.tables import partition

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from zollverein.world import World

#: Industries, sources and products listed.
_INDUSTRIES, _SOURCES, _PRODUCTS = 15, 8, 8
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


def write_profile(world: World, country: str, path: str | Path) -> Path:
    """Write the profile of an economy as one HTML file that needs nothing else.

    Args:
        world: A World, before or after a policy.
        country: Label, code or English name.
        path: The file, or a folder that exists, for ``<label>.html``.

    Returns:
        The file written.

    Raises:
        ScenarioError: If there is no such economy; with the nearest valid name.
        DataError: If the file cannot be written.
    """
    label = country_label(country, world.countries, world.name)
    if len(world.countries) == 1:
        raise DataError(f"{world.name} has one economy: there is no trade to describe.")
    target = Path(path)
    if target.is_dir():
        target /= f"{label}.html"
    return write_text(render(world, label), target)


def render(world: World, label: str) -> str:
    """The HTML text of the profile."""
    pictures = {
        name: b64encode(encoded(figure, "svg")).decode()
        for name, figure in draw(world, label).items()
    }
    return fill("profile.html.j2", content(world, label) | {"pictures": pictures})


def draw(world: World, label: str) -> dict[str, Figure]:
    """Every figure of the profile by name; those that the world's sectors do not allow are left out."""
    name, attrs = country_name(label), world.data.attrs
    currency = str(attrs.get("currency", ""))
    words = sector_names(world.sectors, attrs)
    ranking = statistics.partner_ranking(world, label)
    title = "Largest partners, goods and services"
    figures = {"partners": partner_bars(ranking, unit=currency, title=title)}
    shares = _shares(world, label)
    figures["shares"] = share_bars(shares, title="Where trade goes and comes from")
    figures["shares_narrow"] = share_bars(shares, title="Where trade goes", narrow=True)
    reliance = _reliance(world, label).rename(index=words)
    if reliance.size:
        figures["reliance"] = dependence_map(
            reliance, title=f"What the inputs of {name} rest on", own=label
        )
    goods = _goods(world)
    if len(goods) > 3:
        figures["space"] = product_space(
            _frame(statistics.proximity(world, goods)),
            statistics.revealed_comparative_advantage(world, goods).sel(country=label).to_series(),
            _exports(world, goods).sum("country").to_series(),
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
        "blocs": _blocs(world, label),
        "products": _products(world, label),
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
    shown = f"{100 * value:.1f} %" if unit == "share" else f"{value:,.0f}"
    if unit == "index":
        shown = f"{value:.2f}".replace("-", "−")
    return str(row["statistic"]), shown.replace("-", "−"), f"{row['rank']} of {row['among']}"


def _shares(world: World, label: str) -> pd.DataFrame:
    """Shares of groups of partners in exports and imports."""
    import pandas as pd

    others = [country for country in world.countries if country != label]
    groups = partition(others, {})
    if len(groups) == 1:  # no label that a bloc would know
        groups = {country: [country] for country in others[: len(GROUPS) - 1]}
        groups |= {"others": others[len(GROUPS) - 1 :]} if len(others) > len(groups) else {}
    rows = {
        flow: {
            name: float(statistics.bloc_share(world, members, flow=flow).sel(country=label))
            for name, members in groups.items()
        }
        for flow in ("exports", "imports")
    }
    return pd.DataFrame(rows).T


def _reliance(world: World, label: str) -> pd.DataFrame:
    """Look-through reliance of the industries that buy most inputs on their main sources."""
    inputs = world.data["intermediate_use"].sel(country=label).sum("input_sector").to_series()
    industries = inputs[inputs > 0].sort_values(ascending=False).index[:_INDUSTRIES]
    shares = _frame(statistics.foreign_input_reliance(world).sel(country=label))
    weight = shares[industries].dot(inputs[industries])
    sources = weight.drop(label).sort_values(ascending=False).index[:_SOURCES]
    return shares.loc[[label, *sources], industries].T


def _frame(table: xr.DataArray) -> pd.DataFrame:
    """A labelled table of two dimensions as rows and columns."""
    import pandas as pd

    rows, columns = (list(table.indexes[dim]) for dim in table.dims)
    return pd.DataFrame(table.values, index=rows, columns=columns)


def _goods(world: World) -> tuple[str, ...]:
    """The goods among the sectors that somebody exports; none if the world does not say."""
    try:
        goods = sector_group("goods", world.sectors, world.data.attrs)
    except ScenarioError:
        return ()
    sold = _exports(world, goods).sum("country").values
    return tuple(np.array(goods)[sold > 0].tolist())


def _exports(world: World, sectors: tuple[str, ...]) -> Any:
    return statistics.export_table(world, sectors)


def _blocs(world: World, label: str) -> list[tuple[str, str, str, str]]:
    """For each bloc that the economy belongs to: share of its trade, of its members' trade, introversion."""
    rows = []
    for name in bloc_names():
        found = bloc(name)
        title, all_members = (found.title, found.members) if found else (name, ())
        there = [m for m in all_members if m in world.countries]
        if label not in there or len(there) < 2:
            continue
        share = statistics.bloc_share(world, there).sel(country=label).item()
        within = statistics.intra_bloc_share(world, there).item()
        introversion = statistics.regional_introversion(world, there).item()
        numbers = (f"{100 * share:.1f} %", f"{100 * within:.1f} %")
        rows.append(
            (f"{title} ({len(there)} here)", *numbers, f"{introversion:+.2f}".replace("-", "−"))
        )
    return rows


def _products(world: World, label: str) -> dict[str, list[tuple[str, str, str, str]]]:
    """What the economy is specialised in, and what is nearest to it among the rest."""
    goods = _goods(world)
    if not goods:
        return {}
    names = sector_names(goods, world.data.attrs, 60)
    cell = {"country": label}
    advantage = statistics.revealed_comparative_advantage(world, goods).sel(cell).to_series()
    near = statistics.density(world, goods).sel(cell).to_series()
    two_way = statistics.grubel_lloyd(world, goods).sel(cell).to_series()
    made = advantage[advantage >= 1].sort_values(ascending=False).index[:_PRODUCTS]
    next_to = near[advantage.fillna(0) < 1].sort_values(ascending=False).index[:_PRODUCTS]

    def rows(labels: pd.Index[str]) -> list[tuple[str, str, str, str]]:
        return [
            (
                names[k],
                f"{advantage[k]:.2f}",
                f"{near[k]:.2f}",
                f"{two_way[k]:.2f}" if np.isfinite(two_way[k]) else "–",
            )
            for k in labels
        ]

    return {
        "Specialised in": rows(made),
        "Nearest to what it makes, not yet specialised": rows(next_to),
    }
