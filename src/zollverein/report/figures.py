"""Bars and matrices of the report; each takes plain tables and returns a figure."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from zollverein.report.band_figures import draw_matrix
from zollverein.report.style import (
    FAINT,
    GAIN,
    INK,
    LOSS,
    new_figure,
    shortened,
    signed,
)
from zollverein.tables import NOTICEABLE

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Bars shown on each side of the ranking, and sectors in each panel.
SHOWN, SECTORS = 12, 6
#: Longest name beside a bar of the ranking, and longest that leaves room for a title on one line.
_NAME, _ONE_LINE = 22, 20
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
    change, bands = _short_names(change, bands)
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


def _short_names(
    change: pd.Series, bands: pd.DataFrame | None
) -> tuple[pd.Series, pd.DataFrame | None]:
    """Both with names that leave room for bars; two that would read alike stay as they are."""
    short = {name: shortened(str(name), _NAME) for name in change.index}
    kept = list(short.values())
    names = {name: text for name, text in short.items() if kept.count(text) == 1}
    return change.rename(names), None if bands is None else bands.rename(names)


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
        outer = _outer(span)
        _draw_bands(axes, span, rows)
    _draw_bars(axes, values, rows, digits=2, outer=outer)
    longest = max((len(str(name)) for name in values.index), default=0)
    axes.set_title(title if longest <= _ONE_LINE else textwrap.fill(title, 18))
    axes.set_xlabel("percent")
    axes.set_xlim(ends)
    if not len(values):
        _say_none(axes)


def _draw_bands(axes: Axes, span: pd.DataFrame, rows: int, size: float = 4) -> None:
    """A line from 5 to 95 percent of the draws, and a dot at their median."""
    places = np.arange(rows - 1, rows - 1 - len(span), -1)
    width = 0.3 * size
    axes.hlines(places, span["low_pct"], span["high_pct"], color=INK, linewidth=width, zorder=3)
    axes.plot(span["median_pct"], places, "o", mfc="white", mec=INK, ms=size, lw=0, zorder=4)


def _outer(span: pd.DataFrame) -> np.ndarray:
    """The outer end of each band, beyond which the number of a bar stands."""
    gains = (span["value"] >= 0).to_numpy()
    return np.where(gains, span["high_pct"], span["low_pct"])


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


def trade_matrix(change: pd.DataFrame, bands: xr.Dataset | None = None) -> Figure:
    """Change of trade between groups in percent; rows sell, columns buy.

    Args:
        change: At the central assumptions.
        bands: ``low`` and ``high`` over the groups, written below each number; cells whose band has both
            signs are dotted.
    """
    named = change.rename_axis(index="exporter", columns="importer")
    return draw_matrix(named, bands, "change of trade, percent")


def sector_bars(
    wages: pd.DataFrame,
    jobs: pd.DataFrame,
    wage_bands: Mapping[str, pd.DataFrame] | None = None,
    job_bands: Mapping[str, pd.DataFrame] | None = None,
    *,
    narrow: bool = False,
) -> Figure:
    """For each economy, sectors whose goods move the real wage most, and whose jobs move most.

    Without the jobs where none moves, as with labour that stays in its sector.

    Args:
        wages: Percentage points, columns by economy, rows by sector.
        jobs: The same.
        wage_bands: ``median``, ``low`` and ``high``, each like ``wages``, drawn over the bars.
        job_bands: The same for the jobs.
        narrow: For a phone.
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
        span = _spans(wages[economy], _of_economy(wage_bands, economy))
        _small_bars(next(panels), span, f"{economy}: real wage ({signed(total)})")
        if moving:
            span = _spans(jobs[economy], _of_economy(job_bands, economy))
            _small_bars(next(panels), span, f"{economy}: jobs")
    for axes in panels:  # left over where their number is odd
        axes.set_visible(False)
    for axes in grid[-1]:
        axes.set_xlabel("percentage points" if len(axes.get_xticks()) else "")
    return figure


def _of_economy(bands: Mapping[str, pd.DataFrame] | None, economy: str) -> pd.DataFrame | None:
    """Median, low and high by sector; None where the draws do not cover the economy."""
    if bands is None or bands["median"][economy].isna().all():
        return None
    median = bands["median"][economy]
    columns = {f"{part}_pct": table[economy] for part, table in bands.items()}
    return median.to_frame("median_pct").assign(**columns)


def _small_bars(axes: Axes, span: pd.DataFrame, title: str) -> None:
    """The few sectors with the largest contributions, with their bands if they have any."""
    size = span["value"].abs()
    top = span.iloc[np.argsort(-size.to_numpy(), kind="stable")[:SECTORS]]
    top = top[top["value"].abs() >= _FAINTEST]
    largest = float(top["value"].abs().max()) if len(top) else 1.0
    digits = int(np.clip(1 - np.floor(np.log10(largest)), 2, 4))
    top = top.set_axis([shortened(str(label)) for label in top.index], axis="index")
    rows, outer = min(SECTORS, len(span)), None
    if "low_pct" in top:
        outer = _outer(top)
        _draw_bands(axes, top, rows, size=2.6)
    _draw_bars(axes, top["value"], rows, digits, fontsize=7, outer=outer)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.tick_params(axis="x", labelsize=7.5)
    axes.set_title(textwrap.fill(title, 30), fontsize=8.5)
    if not len(top):
        _say_none(axes)
        return
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.locator_params(axis="x", nbins=5)
    below, above = _ends(top)
    room = (0.36 + 0.07 * (digits - 2)) * (below + above)  # for the numbers
    values = top["value"]
    axes.set_xlim(-below - room * bool((values < 0).any()), above + room * bool((values > 0).any()))
