"""Bars and matrices of the report; each takes plain tables and returns a figure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from zollverein.report.style import (
    DIVERGING,
    FAINT,
    GAIN,
    INK,
    LOSS,
    NOTICEABLE,
    beyond,
    new_figure,
    percent_limit,
    shortened,
    signed,
    text_on,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Bars shown on each side of the ranking, and sectors in each panel.
SHOWN, SECTORS = 12, 6
#: A sector that moves less than this many percentage points is not drawn.
_FAINTEST = 0.0005


def ranked_bars(
    change: pd.Series, bands: pd.DataFrame | None = None, *, narrow: bool = False
) -> Figure:
    """Largest losses and largest gains in percent, on one scale; side by side or, if narrow, stacked.

    Args:
        change: Percent by economy.
        bands: ``median_pct``, ``low_pct`` and ``high_pct`` of economies, drawn over their bars.
        narrow: For a phone.
    """
    order = change.sort_values()
    losers = order[order <= -NOTICEABLE].head(SHOWN)
    winners = order[order >= NOTICEABLE].tail(SHOWN).iloc[::-1]
    counts = [max(len(losers), 1), max(len(winners), 1)]
    spans = [_spans(values, bands) for values in (losers, winners)]
    (lost, regained), (relost, gained) = (_ends(span) for span in spans)
    reach = 1.3 * max(lost, gained) or 1.0
    back = 1.05 * max(regained, relost)  # a band may cross zero; both sides keep one scale
    if narrow:
        figure = new_figure(4.1, 1.5 + 0.24 * sum(counts))
        left, right = figure.subplots(2, 1, height_ratios=counts)
    else:
        counts = [max(counts)] * 2
        figure = new_figure(8.2, 0.9 + 0.26 * counts[0])
        left, right = figure.subplots(1, 2)
    for axes, span, rows, side, ends in (
        (left, spans[0], counts[0], "losses", (-reach, back)),
        (right, spans[1], counts[1], "gains", (-back, reach)),
    ):
        _bars(axes, span, rows, f"Largest {side} of real income", ends)
    return figure


def _spans(values: pd.Series, bands: pd.DataFrame | None) -> pd.DataFrame:
    """Values with their bands beside; without the bands where there are none."""
    table = values.to_frame("value")
    return table if bands is None else table.join(bands)


def _ends(span: pd.DataFrame) -> tuple[float, float]:
    """How far bars and bands go below and above zero; those that are missing count as zero."""
    values = np.nan_to_num(span.to_numpy(dtype=float))
    return -float(values.min(initial=0.0)), float(values.max(initial=0.0))


def _bars(axes: Axes, span: pd.DataFrame, rows: int, title: str, ends: tuple[float, float]) -> None:
    """Horizontal bars, the largest on top, each with its number, and with its band if it has one."""
    values = span["value"]
    outer = None
    if "low_pct" in span:
        gains = (values >= 0).to_numpy()
        outer = np.where(gains, span["high_pct"], span["low_pct"])
        _draw_bands(axes, span, rows)
    _draw_bars(axes, values, rows, digits=2, outer=outer)
    axes.set_title(title)
    axes.set_xlabel("percent")
    axes.set_xlim(ends)
    if not len(values):
        _say_none(axes)


def _draw_bands(axes: Axes, span: pd.DataFrame, rows: int) -> None:
    """A line from 5 to 95 percent of the draws, and a dot at their median."""
    places = np.arange(rows - 1, rows - 1 - len(span), -1)
    axes.hlines(places, span["low_pct"], span["high_pct"], color=INK, linewidth=1.2, zorder=3)
    axes.plot(span["median_pct"], places, "o", mfc="white", mec=INK, ms=4, lw=0, zorder=4)


def _say_none(axes: Axes) -> None:
    """An empty panel says so."""
    axes.set_xticks([])
    axes.set_xlabel("")
    axes.spines[:].set_visible(False)
    for line in axes.lines:
        line.set_visible(False)
    axes.text(0.02, 0.5, "none", transform=axes.transAxes, va="center", color="#666666")


def _draw_bars(
    axes: Axes,
    values: pd.Series,
    rows: int,
    digits: int,
    fontsize: float = 8,
    outer: np.ndarray | None = None,
) -> None:
    """Bars of equal thickness whatever their number, from the top down; numbers beyond ``outer``."""
    places = np.arange(rows - 1, rows - 1 - len(values), -1)
    axes.barh(places, values, color=[GAIN if v >= 0 else LOSS for v in values], height=0.7)
    axes.set_yticks(places, [str(label) for label in values.index])
    axes.set_ylim(-0.6, rows - 0.4)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    beside = values.to_numpy() if outer is None else outer
    for place, value, end in zip(places, values, beside, strict=True):
        at = max(value, end) if value >= 0 else min(value, end)
        axes.annotate(
            signed(value, digits),
            (at if np.isfinite(at) else value, place),
            xytext=(3 if value >= 0 else -3, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=fontsize,
        )


def trade_matrix(change: pd.DataFrame) -> Figure:
    """Change of trade between groups in percent; rows sell, columns buy."""
    values = change.to_numpy(dtype=float)
    known = values[np.isfinite(values)].tolist()
    limit = percent_limit(known, share=0.9)
    size = len(change)
    figure = new_figure(min(8.2, 2.6 + 0.95 * size), 1.3 + 0.5 * size)
    axes = figure.add_subplot()
    image = axes.imshow(values, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
    axes.set_xticks(range(size), [wrapped(name) for name in change.columns], fontsize=8)
    axes.set_yticks(range(size), [wrapped(name, 18) for name in change.index])
    axes.set(xlabel="importer", ylabel="exporter")
    axes.xaxis.set_ticks_position("top")
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (row, column), value in np.ndenumerate(values):
        axes.text(
            column, row, signed(value, 1), ha="center", va="center", color=text_on(image, value)
        )
    bar = figure.colorbar(image, ax=axes, shrink=0.9, extend=beyond(known, limit))
    bar.set_label("change of trade, percent")
    bar.outline.set_visible(False)
    return figure


def sector_bars(wages: pd.DataFrame, jobs: pd.DataFrame, *, narrow: bool = False) -> Figure:
    """For each economy, sectors whose goods move the real wage most, and whose jobs move most.

    Without the jobs where none moves, as with labour that stays in its sector.
    """
    economies = list(wages.columns)
    moving = bool((jobs.abs() >= _FAINTEST).to_numpy().any())
    panels_each = 2 if moving else 1
    count = panels_each * len(economies)
    rows, columns = (count, 1) if narrow else (-(-count // 2), 2)
    bars = min(SECTORS, len(wages))
    figure = new_figure(4.1 if narrow else 8.2, 0.5 + rows * (0.55 + 0.175 * bars))
    grid = figure.subplots(rows, columns, squeeze=False)
    panels = iter(grid.flat)
    for economy in economies:
        total = float(wages[economy].sum())
        _small_bars(next(panels), wages[economy], f"{economy}: real wage ({signed(total)})")
        if moving:
            _small_bars(next(panels), jobs[economy], f"{economy}: jobs")
    for axes in panels:  # left over where their number is odd
        axes.set_visible(False)
    for axes in grid[-1]:
        axes.set_xlabel("percentage points" if len(axes.get_xticks()) else "")
    return figure


def _small_bars(axes: Axes, values: pd.Series, title: str) -> None:
    """The few sectors with the largest contributions."""
    top = values.iloc[np.argsort(-values.abs().to_numpy(), kind="stable")[:SECTORS]]
    top = top[top.abs() >= _FAINTEST]
    largest = float(top.abs().max()) if len(top) else 1.0
    digits = int(np.clip(1 - np.floor(np.log10(largest)), 2, 4))
    names = [shortened(str(label)) for label in top.index]
    _draw_bars(axes, top.set_axis(names), min(SECTORS, len(values)), digits, fontsize=7)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.tick_params(axis="x", labelsize=7.5)
    axes.set_title(textwrap.fill(title, 30), fontsize=8.5)
    if not len(top):
        _say_none(axes)
        return
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.locator_params(axis="x", nbins=5)
    low, high = min(float(top.min()), 0.0), max(float(top.max()), 0.0)
    room = (0.36 + 0.07 * (digits - 2)) * (high - low)  # for the numbers
    axes.set_xlim(low - room * (low < 0), high + room * (high > 0))
