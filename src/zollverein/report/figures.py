"""Bars and matrices of the report; each takes plain tables and returns a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein.report.style import DIVERGING, FAINT, GAIN, INK, LOSS, new_figure, percent_limit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Bars shown on each side of the ranking.
SHOWN = 12


def ranked_bars(change: pd.Series) -> Figure:
    """Largest losses and largest gains side by side, in percent."""
    order = change.sort_values()
    losers = order[order < 0].head(SHOWN)
    winners = order[order > 0].tail(SHOWN).iloc[::-1]
    rows = max(len(losers), len(winners), 1)
    figure = new_figure(8.2, 0.9 + 0.26 * rows)
    left, right = figure.subplots(1, 2)
    _bars(left, losers, LOSS, "Largest losses of real income")
    _bars(right, winners, GAIN, "Largest gains of real income")
    return figure


def _bars(axes: Axes, values: pd.Series, colour: str, title: str) -> None:
    """Horizontal bars, the largest on top, each with its number."""
    places = np.arange(len(values))[::-1]
    axes.barh(places, values, color=colour, height=0.7)
    axes.set_yticks(places, [str(label) for label in values.index])
    axes.set_title(title)
    axes.set_xlabel("percent")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    for place, value in zip(places, values, strict=True):
        side = "left" if value >= 0 else "right"
        axes.annotate(
            f"{value:+.2f}",
            (value, place),
            xytext=(3 if value >= 0 else -3, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=8,
        )
    axes.margins(x=0.18)
    if not len(values):
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", color="#666666")


def trade_matrix(change: pd.DataFrame) -> Figure:
    """Change of trade between groups in percent; rows sell, columns buy."""
    values = change.to_numpy(dtype=float)
    limit = percent_limit(values[np.isfinite(values)].tolist(), share=0.9)
    size = len(change)
    figure = new_figure(min(8.2, 2.2 + 0.95 * size), 1.3 + 0.5 * size)
    axes = figure.add_subplot()
    image = axes.imshow(values, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
    axes.set_xticks(range(size), list(change.columns), rotation=30, ha="right")
    axes.set_yticks(range(size), list(change.index))
    axes.set(xlabel="importer", ylabel="exporter")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (row, column), value in np.ndenumerate(values):
        text = f"{round(value, 1) + 0.0:+.1f}" if np.isfinite(value) else "–"  # never -0.0
        dark = np.isfinite(value) and abs(value) > 0.6 * limit
        axes.text(
            column, row, text, ha="center", va="center", color="white" if dark else INK, fontsize=9
        )
    bar = figure.colorbar(image, ax=axes, shrink=0.9, extend="both")
    bar.set_label("change of trade, percent")
    bar.outline.set_visible(False)
    return figure


def sector_bars(wages: pd.DataFrame, jobs: pd.DataFrame) -> Figure:
    """For each economy, sectors whose goods move the real wage most, and whose jobs move most."""
    economies = list(wages.columns)
    figure = new_figure(8.2, 0.5 + 1.75 * len(economies))
    grid = figure.subplots(len(economies), 2, squeeze=False)
    for row, economy in enumerate(economies):
        _small_bars(grid[row, 0], wages[economy], f"{economy}: real wage")
        _small_bars(grid[row, 1], jobs[economy], f"{economy}: jobs")
    for axes in grid[-1]:
        axes.set_xlabel("percentage points")
    return figure


def _small_bars(axes: Axes, values: pd.Series, title: str, shown: int = 6) -> None:
    """The few sectors with the largest contributions."""
    top = values.reindex(values.abs().sort_values(ascending=False).index[:shown])
    places = np.arange(len(top))[::-1]
    axes.barh(places, top, color=[GAIN if value >= 0 else LOSS for value in top], height=0.7)
    axes.set_yticks(places, [_shortened(str(label)) for label in top.index], fontsize=7.5)
    axes.set_title(title, fontsize=9)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=7.5)


def _shortened(label: str, length: int = 34) -> str:
    return label if len(label) <= length else label[: length - 1].rstrip(" ,;") + "…"
