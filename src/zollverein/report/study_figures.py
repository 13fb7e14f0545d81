"""Figures of attribution, uncertainty and ensembles; each takes a plain table and returns a figure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zollverein.report.style import FIRST, GAIN, INK, LOSS, SECOND, new_figure, shortened, signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Rows drawn at most.
SHOWN = 30


def parts_figure(table: pd.DataFrame, parts: Sequence[str], title: str) -> Figure:
    """Effects of the parts as bars; hollow marks where a part is studied alone, or as the last one.

    With draws, lines below the bars from 5 to 95 percent of them and dots at their medians.

    Args:
        table: ``Attribution.table()``.
        parts: Which of its rows are parts.
        title: Above the figure.
    """
    rows = table.loc[list(parts)]
    rows = rows.loc[rows["effect_pct"].abs().sort_values(ascending=False).index[:SHOWN]]
    banded = "low_pct" in rows
    axes, places = rows_of_axes(
        [str(label) for label in rows.index], title, height=0.34 if banded else 0.26
    )
    effects = rows["effect_pct"].to_numpy()
    axes.barh(places, effects, color=[GAIN if v >= 0 else LOSS for v in effects], height=0.6)
    for column, marker, words in (
        ("first_in_pct", "o", "alone"),
        ("last_in_pct", "D", "as the last one"),
    ):
        if column in rows:
            axes.plot(
                rows[column].to_numpy(), places, marker, mfc="none", mec=INK, ms=4, label=words
            )
    if banded:
        below, words = places - 0.4, "median, 5 to 95 percent"
        axes.hlines(below, rows["low_pct"], rows["high_pct"], color=INK, linewidth=1.2)
        axes.plot(rows["median_pct"].to_numpy(), below, "o", color=INK, ms=3, label=words)
    figure = finished(axes)
    if banded or "first_in_pct" in rows:
        figure.legend(frameon=False, fontsize=8, loc="outside lower right", ncols=3)
    return figure


def bands_figure(
    table: pd.DataFrame, title: str, unit: str = "percent", by: pd.Series | None = None
) -> Figure:
    """Medians with their bands, widest first, and the number at the central assumptions.

    Args:
        table: ``Uncertainty.table()``.
        title: Above the figure.
        unit: Of the numbers.
        by: What the rows are ordered by, largest first; the width of their bands if omitted.
    """
    size = table["high_pct"] - table["low_pct"] if by is None else by
    rows = table.iloc[np.argsort(-size.to_numpy(), kind="stable")[:SHOWN]]
    axes, places = rows_of_axes([str(label) for label in rows.index], title)
    axes.hlines(places, rows["low_pct"], rows["high_pct"], color=SECOND, linewidth=5)
    axes.plot(rows["median_pct"].to_numpy(), places, "o", color=FIRST, ms=5, label="median")
    axes.plot(
        rows["central_pct"].to_numpy(), places, "|", color=INK, ms=10, label="central assumptions"
    )
    figure = finished(axes, unit)
    figure.legend(frameon=False, fontsize=8, loc="outside lower right", ncols=2)
    return figure


def drivers_figure(table: pd.DataFrame, title: str) -> Figure:
    """Shares of the variance by assumption: by itself, and with its interactions.

    Args:
        table: Rows of ``Uncertainty.drivers()`` of one outcome.
        title: Above the figure.
    """
    axes, places = rows_of_axes(table["assumption"].tolist(), title)
    total, first = (100 * table[name].to_numpy() for name in ("total", "first_order"))
    axes.barh(places, total, color=SECOND, height=0.6, label="with interactions")
    axes.barh(places, first, color=FIRST, height=0.3, label="by itself")
    axes.errorbar(
        total, places, xerr=100 * table["total_se"].to_numpy(), fmt="none", ecolor=INK, lw=0.8
    )
    axes.legend(frameon=False, fontsize=8, loc="best")
    return finished(axes, "percent of the variance")


def runs_figure(labels: Sequence[str], values: Sequence[float], title: str) -> Figure:
    """One dot for each run of an ensemble; the first, the scenario's own choices, is a line.

    Args:
        labels: What differs in each run.
        values: Percent; a run without an equilibrium is not a number.
        title: Above the figure.
    """
    axes, places = rows_of_axes(labels, title)
    numbers = np.asarray(values, dtype=float)
    axes.axvline(numbers[0], color=SECOND, linewidth=3, zorder=0)
    axes.plot(numbers, places, "o", color=FIRST, ms=5)
    for place, value in zip(places, numbers, strict=True):
        axes.annotate(
            signed(float(value), 3) if np.isfinite(value) else "no equilibrium",
            (value if np.isfinite(value) else numbers[0], place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.margins(x=0.15)
    return finished(axes)


def rows_of_axes(
    labels: Sequence[str], title: str, height: float = 0.26
) -> tuple[Axes, np.ndarray]:
    """Axes with one labelled row for each entry, each ``height`` inches, from the top down."""
    lines = textwrap.wrap(title.replace("_", " "), 72) or [""]
    figure = new_figure(8.2, 1.1 + height * max(len(labels), 1) + 0.16 * (len(lines) - 1))
    axes: Axes = figure.subplots()
    places = np.arange(len(labels) - 1, -1, -1)
    axes.set_yticks(places, [shortened(label.replace("_", " "), 46) for label in labels])
    axes.set_ylim(-0.6, max(len(labels), 1) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.set_title("\n".join(lines))
    return axes, places


def finished(axes: Axes, unit: str = "percent") -> Figure:
    """The figure, with a line at zero and its unit."""
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlabel(unit)
    figure = axes.get_figure(root=True)
    if figure is None:
        raise TypeError("axes belong to a figure")
    return figure
