"""Charts of trade statistics: ranked partners, shares, turnover over time.

Each takes a plain table and returns a figure; ``save_figure`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.errors import DataError
from zollverein.names import country_name
from zollverein.report.style import (
    FAINT,
    FIRST,
    GROUPS,
    INK,
    SECOND,
    house_style,
    new_figure,
    shortened,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: A part of a bar narrower than this share has no number in it.
_READABLE = 0.045
#: Amounts from here on are written without decimals.
_WHOLE = 10
#: Inches that a mark and a letter of a legend take.
_SWATCH, _LETTER = 0.45, 0.075
#: Colours of lines: yellow cannot be read on white.
_LINES = tuple(colour for colour in GROUPS if colour != "#f0e442")


@house_style()
def partner_bars(
    ranking: pd.DataFrame, *, unit: str = "", title: str = "Largest partners", shown: int = 12
) -> Figure:
    """Exports and imports of the largest partners, with rank and share.

    Args:
        ranking: What ``zollverein.statistics.partner_ranking`` gives.
        unit: Currency, for the axis.
        title: What the figure shows.
        shown: How many partners.
    """
    top = ranking.head(shown)
    figure = new_figure(7.4, 1.3 + 0.27 * len(top))
    axes = figure.add_subplot()
    places = np.arange(len(top))[::-1]
    sold, bought = top["exports"].to_numpy(), top["imports"].to_numpy()
    axes.barh(places, sold, color=FIRST, height=0.72, label="exports to")
    axes.barh(places, bought, left=sold, color=SECOND, height=0.72, label="imports from")
    names = [
        f"{rank}  {shortened(country_name(str(label)))}"
        for label, rank in zip(top.index, top["rank"], strict=True)
    ]
    axes.set_yticks(places, names)
    digits = decimals(float((sold + bought).max(initial=0.0)))
    for place, total, share in zip(places, sold + bought, top["share"], strict=True):
        text = f"{total:,.{digits}f}  ({100 * share:.1f} %)"
        axes.annotate(
            text, (total, place), (4, 0), textcoords="offset points", va="center", fontsize=8
        )
    axes.set_xlim(0, 1.24 * float((sold + bought).max()) if len(top) else 1)
    _plain_x(axes, unit, digits)
    axes.set_title(title, pad=26)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, borderaxespad=0.2
    )
    return figure


@house_style()
def share_bars(shares: pd.DataFrame, *, title: str = "Shares", narrow: bool = False) -> Figure:
    """Bars of one whole each, divided into parts.

    Args:
        shares: One row for each bar, one column for each part, fractions; the last column is the
            rest. At most eight parts.
        title: What the figure shows.
        narrow: For a narrow column.

    Raises:
        DataError: If there are more parts than colours that can be told apart.
    """
    _few(len(shares.columns), len(GROUPS), "parts")
    wide, words = 4.1 if narrow else 7.4, [shortened(str(name)) for name in shares.columns]
    abreast = _abreast(words, wide, most=2 if narrow else 4)
    lines = -(-len(words) // abreast)
    figure = new_figure(wide, 1.35 + 0.42 * len(shares) + 0.2 * (lines - 1))
    axes = figure.add_subplot()
    places = np.arange(len(shares))[::-1]
    start = np.zeros(len(shares))
    colours = [*GROUPS[: len(shares.columns) - 1], GROUPS[-1]]
    for colour, name, (_, values) in zip(colours, words, shares.items(), strict=True):
        width = values.to_numpy()
        axes.barh(
            places, width, left=start, color=colour, height=0.7, label=name, edgecolor="white"
        )
        for place, left, part in zip(places, start, width, strict=True):
            if part >= _READABLE * (1.9 if narrow else 1):
                text = f"{100 * part:.0f}"
                ink = "white" if colour in ("#0072b2", "#009e73", "#d55e00") else INK
                axes.text(
                    left + part / 2, place, text, ha="center", va="center", color=ink, fontsize=8
                )
        start = start + width
    axes.set_yticks(places, [country_name(str(label)) for label in shares.index])
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 5), ["0", "25", "50", "75", "100 %"])
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    figure.legend(loc="outside lower left", ncols=abreast, frameon=False, fontsize=8)
    return figure


@house_style()
def turnover_lines(
    table: pd.DataFrame, *, unit: str = "", title: str = "Turnover", zero: bool = True
) -> Figure:
    """Values over time, one line for each column; a missing year is a gap, never a zero.

    Args:
        table: Indexed by year, one column for each series; at most seven.
        unit: Of the values.
        title: What the figure shows.
        zero: Start the axis at zero.

    Raises:
        DataError: If there are more lines than colours that can be told apart.
    """
    _few(len(table.columns), len(_LINES), "lines")
    figure = new_figure(7.4, 3.6)
    axes = figure.add_subplot()
    years = [int(year) for year in table.index]
    full = table.reindex(range(min(years), max(years) + 1))
    ends = {}
    for colour, (name, values) in zip(_LINES, full.items(), strict=False):
        known = values.dropna()
        axes.plot(full.index, values, color=colour, linewidth=1.8, marker="o", markersize=3.5)
        ends[str(name)] = (int(known.index[-1]), float(known.iloc[-1]), colour)
    span = float(np.nanmax(full.to_numpy()))
    for name, (year, height, colour) in _apart(ends, 0.055 * span).items():
        axes.annotate(
            shortened(country_name(name), 22), (year, height), (7, 0), textcoords="offset points",
            color=colour, va="center", fontweight="bold", fontsize=8.5,
        )  # fmt: skip
    axes.set_title(title)
    axes.set_ylabel(unit)
    axes.set_xlim(min(years) - 0.3, max(years) + 0.3 + 0.16 * (max(years) - min(years) + 1))
    step = max(1, round(len(full) / 12))
    axes.set_xticks(full.index[::step])
    axes.spines["bottom"].set_bounds(min(years) - 0.3, max(years))
    if zero:
        axes.set_ylim(0, 1.08 * span)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure


def _few(number: int, most: int, what: str) -> None:
    if number > most:
        raise DataError(
            f"{number} {what} are too many: {most} can be told apart. Fix: pool the small ones."
        )


def _apart(
    ends: dict[str, tuple[int, float, str]], least: float
) -> dict[str, tuple[int, float, str]]:
    """Labels moved up so that no two of the same year are nearer than ``least``."""
    placed: dict[str, tuple[int, float, str]] = {}
    below: dict[int, float] = {}
    for name, (year, height, colour) in sorted(ends.items(), key=lambda item: item[1][1]):
        at = max(height, below.get(year, -np.inf) + least)
        below[year] = at
        placed[name] = (year, at, colour)
    return placed


def decimals(largest: float) -> int:
    """Decimals of amounts of which the largest is this: none, unless they would all be nearly nothing."""
    return 0 if largest >= _WHOLE or largest <= 0 else 2 - int(np.floor(np.log10(largest)))


def _abreast(words: Sequence[str], wide: float, most: int) -> int:
    """How many entries of a legend stand side by side in so many inches."""
    longest = max(map(len, words), default=0)
    return max(1, min(most, int((wide - 0.2) / (_SWATCH + _LETTER * longest))))


def _plain_x(axes: Axes, unit: str, digits: int) -> None:
    """A horizontal axis of amounts, with faint lines."""
    axes.set_xlabel(unit)
    length = len(f"{axes.get_xlim()[1]:,.{digits}f}")
    axes.locator_params(axis="x", nbins=max(2, min(9, 48 // (length + 1))))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.{digits}f}")
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(axes.get_yticks()) - 0.4)


#: Words that begin the name of an industry and add nothing to it.
_HEADS = ("Manufacture of ", "Extraction of ", "Building of ", "Basic ")


def sector_names(
    labels: Sequence[str], attrs: Mapping[str, Any], length: int = 36
) -> dict[str, str]:
    """Short English names of sectors, from a world's attribute ``sector_names``; else the labels.

    Args:
        labels: Sectors.
        attrs: Attributes of the world's data.
        length: Longest name.
    """
    full = json.loads(attrs.get("sector_names", "{}"))
    names = {}
    for label in labels:
        name = str(full.get(label, label))
        for head in _HEADS:
            name = name.removeprefix(head)
        name = name.split(";")[0].removesuffix(" activities")
        names[label] = shortened(name[:1].upper() + name[1:], length)
    return names
