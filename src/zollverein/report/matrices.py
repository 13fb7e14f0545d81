"""Heat maps of trade statistics: flows, dependence, and how stable the screen of vulnerability is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.names import country_name
from zollverein.report.style import (
    FAINT,
    INK,
    SEQUENTIAL,
    house_style,
    new_figure,
    shortened,
    text_on,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Up to so many columns the cells hold numbers.
_NUMBERED = 14


@house_style()
def flow_matrix(flows: pd.DataFrame, *, unit: str = "", title: str = "Trade") -> Figure:
    """Who sells how much to whom; colours on a logarithmic scale.

    Args:
        flows: Rows sell, columns buy; a zero and a missing value are left white.
        unit: Of the values.
        title: What the figure shows.
    """
    from matplotlib.colors import LogNorm

    values = flows.to_numpy(dtype=float)
    positive = np.where(values > 0, values, np.nan)
    top = float(np.nanmax(positive)) if np.isfinite(positive).any() else 1.0
    low = max(float(np.nanmin(positive)), top / 1e4) if np.isfinite(positive).any() else 0.1
    figure, axes = _canvas(flows, square=True)
    norm = LogNorm(low, top if top > low else 10 * low)
    image = axes.imshow(positive, cmap=SEQUENTIAL, norm=norm, aspect="auto")
    _label(axes, flows, rows="exporter", columns="importer")
    if len(flows.columns) <= _NUMBERED:
        _write(axes, image, values, lambda value: _amount(value) if value > 0 else "–")
    _bar(figure, image, axes, unit, lambda value, _: f"{value:,g}")
    axes.set_title(title, pad=12)
    return figure


@house_style()
def dependence_map(
    shares: pd.DataFrame,
    *,
    title: str = "Foreign input reliance",
    columns: str = "source",
    own: str | None = None,
) -> Figure:
    """Shares by user (rows) and source (columns), in percent; an economy's own share is grey.

    Args:
        shares: Fractions.
        title: What the figure shows.
        columns: Title of the columns.
        own: The column that is domestic for every row, if the rows are industries of one economy.
    """
    values = 100 * shares.to_numpy(dtype=float)
    figure, axes = _canvas(shares, square=False)
    source = shares.columns.to_numpy(str)
    domestic = np.equal.outer(shares.index.to_numpy(str), source) | (source == own)
    foreign = np.where(domestic, np.nan, values)
    top = float(np.nanmax(foreign)) if np.isfinite(foreign).any() else 1.0
    image = axes.imshow(foreign, cmap=SEQUENTIAL, vmin=0, vmax=max(top, 1e-9), aspect="auto")
    axes.set_facecolor(FAINT)
    _label(axes, shares, rows="", columns=columns)
    _write(axes, image, values, lambda value: f"{value:.1f}" if value < 10 else f"{value:.0f}")
    figure.colorbar(image, ax=axes, shrink=0.9, label="percent of inputs").outline.set_visible(
        False
    )
    axes.set_title(title, pad=12)
    return figure


@house_style()
def stability_map(
    stability: xr.DataArray, *, names: dict[str, str] | None = None, title: str = ""
) -> Figure:
    """Under how many thresholds each sector is flagged, by the threshold of concentration.

    Args:
        stability: What ``zollverein.statistics.vulnerability_stability`` gives.
        names: Names of sectors in words.
        title: What the figure shows.
    """
    import pandas as pd

    share = 100 * stability.mean(("import_share", "import_to_export"))
    order = np.argsort(-share.sum("concentration").values, kind="stable")
    ever = [k for k in order if bool((share[k] > 0).any())]
    labels = [str(share.indexes["sector"][k]) for k in ever]
    limits = [f"{x:g}" for x in share.indexes["concentration"]]
    table = pd.DataFrame(
        share.values[ever], index=[(names or {}).get(x, x) for x in labels], columns=limits
    )
    title = title or "How often sectors are flagged as vulnerable"
    if table.empty:
        return _nothing(title, "No sector is flagged under any of the thresholds.")
    figure, axes = _canvas(table, square=False, wide=36)
    image = axes.imshow(table, cmap=SEQUENTIAL, vmin=0, vmax=100, aspect="auto")
    _label(
        axes,
        table,
        rows="",
        columns="threshold of the concentration of sources (Herfindahl)",
        wide=36,
    )
    _write(axes, image, table.to_numpy(), lambda value: f"{value:.0f}" if value else "")
    if "0.4" in limits:
        at = limits.index("0.4")
        axes.axvspan(at - 0.5, at + 0.5, fill=False, edgecolor=INK, linewidth=1.4)
    _bar(figure, image, axes, "percent of choices\nof the other thresholds")
    axes.set_title(title, pad=12)
    return figure


def _canvas(table: pd.DataFrame, *, square: bool, wide: int = 36) -> tuple[Figure, Axes]:
    """A figure that fits the table."""
    rows, columns = table.shape
    width = min(8.2, 2.2 + 0.05 * wide + (0.62 if square else 0.52) * columns)
    height = min(11.0, max(2.6, 1.5 + (0.36 if rows <= 12 else 0.25) * rows))
    figure = new_figure(width, height)
    return figure, figure.add_subplot()


def _label(axes: Axes, table: pd.DataFrame, rows: str, columns: str, wide: int = 36) -> None:
    """Names of rows at the left and of columns on top."""
    upright = len(table.columns) > 10
    top = [country_name(str(name)) for name in table.columns]
    side = [shortened(country_name(str(name)), wide) for name in table.index]
    small = 6.5 if len(table) > 30 else 8
    if upright:
        axes.set_xticks(range(len(top)), top, rotation=90, fontsize=small)
    else:
        axes.set_xticks(range(len(top)), [wrapped(name) for name in top], fontsize=8)
    axes.set_yticks(range(len(side)), side, fontsize=small)
    axes.set(xlabel=columns, ylabel=rows)
    axes.xaxis.set_ticks_position("top")
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _write(axes: Axes, image: Any, values: np.ndarray, text: Any) -> None:
    """The number in each cell."""
    size = 8 if values.shape[1] <= 9 else 6.5
    drawn: Any = np.ma.filled(
        image.get_array(), np.nan
    )  # not-a-number where the cell has no colour
    for (row, column), value in np.ndenumerate(values):
        shown = text(value) if np.isfinite(value) else "–"
        colour = text_on(image, drawn[row, column])
        axes.text(column, row, shown, ha="center", va="center", color=colour, fontsize=size)


def _bar(figure: Figure, image: Any, axes: Axes, label: str, ticks: Any = None) -> None:
    """The scale of colours."""
    bar = figure.colorbar(image, ax=axes, shrink=0.9, format=ticks)
    bar.set_label(label)
    bar.outline.set_visible(False)
    bar.ax.minorticks_off()


def _amount(value: float) -> str:
    """A positive number in three digits or so."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _nothing(title: str, text: str) -> Figure:
    figure = new_figure(6.0, 1.2)
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_axis_off()
    axes.text(0, 0.5, text, transform=axes.transAxes, color=INK)
    return figure
