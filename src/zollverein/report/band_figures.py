"""Figures of any table with bands: a matrix, dotted where the direction is not sure, or rows of whiskers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.names import country_name
from zollverein.report.study_figures import bands_figure
from zollverein.report.style import (
    DIVERGING,
    INK,
    beyond,
    house_style,
    new_figure,
    percent_limit,
    signed,
    text_on,
    wrapped,
)
from zollverein.report.tables import frame

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Columns and rows up to which cells have their numbers, and those that are drawn.
_NUMBERED, _ROWS, _MOST = 8, 12, 80
#: Dots that can be seen on the colours that text of an ink can be read on.
_DOTS = {INK: "#777777", "white": "#dddddd"}


@house_style()
def plot_bands(bands: xr.Dataset, title: str = "") -> Figure:
    """Medians and bands of a table.

    A table of two dimensions is a matrix of colours, dotted where the band has both signs, with numbers if it
    is small; any other has the 30 largest cells in rows, medians with their bands.

    Args:
        bands: What ``Uncertainty.bands`` gives.
        title: Above the figure; the table's own if omitted.
    """
    return table_figure(bands, title)


def table_figure(bands: xr.Dataset, title: str = "") -> Figure:
    """The same in the style that is set."""
    words = title or str(bands.attrs.get("long_name", ""))
    unit = str(bands.attrs.get("units", ""))
    median = bands["median"]
    if median.ndim != 2 or min(median.shape) < 2 or max(median.shape) > _MOST or not unit:
        names = {part: f"{part}_pct" for part in ("central", "median", "low", "high")}
        rows = bands.to_dataframe()[list(names)].rename(columns=names).dropna()
        labels = [label if isinstance(label, tuple) else (label,) for label in rows.index]
        index = [", ".join(map(_name, label)) for label in labels]
        rows = rows.set_axis(index, axis="index")
        return bands_figure(rows, words, unit=unit, by=rows["median_pct"].abs())
    figure = draw_matrix(frame(median), bands, unit)
    figure.axes[0].set_title(f"{words}: medians", pad=12)
    return figure


def draw_matrix(values: pd.DataFrame, bands: xr.Dataset | None, label: str) -> Figure:
    """A matrix of changes in colours, with the numbers and their bands where there is room for them.

    Args:
        values: What the colours show; the names of index and columns stand beside the axes.
        bands: ``low`` and ``high`` over the same labels; cells whose band has both signs are dotted.
        label: Of the scale.
    """
    numbers = values.to_numpy(dtype=float)
    known = numbers[np.isfinite(numbers)].tolist()
    limit = percent_limit(known, share=0.9)
    few = len(values.columns) <= _NUMBERED and len(values) <= _ROWS
    figure, axes = _canvas(values, few=few, banded=bands is not None)
    image = axes.imshow(numbers, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
    ends = None if bands is None else _ends(values, bands)
    for (row, column), value in np.ndenumerate(numbers):
        ink = text_on(image, value)
        between = np.full(2, np.nan) if ends is None else ends[:, row, column]
        unsure = bool(between[0] < 0 < between[1])
        if unsure:
            _dot(axes, (row, column), ink, "..." if few else "....")
        if few:
            under = image.cmap(image.norm(value)) if unsure else "none"
            _write(axes, (row, column), value, between, ink, under)
    bar = figure.colorbar(image, ax=axes, shrink=0.9, extend=beyond(known, limit))
    bar.set_label(label)
    bar.outline.set_visible(False)
    return figure


def _canvas(values: pd.DataFrame, *, few: bool, banded: bool) -> tuple[Figure, Axes]:
    """Axes that fit the table, with its labels."""
    rows, columns = ([_name(label) for label in axis] for axis in (values.index, values.columns))
    if few:
        width = min(8.2, 2.6 + 0.95 * len(columns))
        figure = new_figure(width, 1.3 + (0.56 if banded else 0.5) * len(rows))
    else:
        figure = new_figure(8.2, 1.7 + max(0.1, 0.2 - 0.002 * len(rows)) * len(rows))
    axes: Axes = figure.add_subplot()
    small = 8 if few else 4.5 if max(values.shape) > 40 else 6.5
    turn: dict[str, Any] = {} if few else {"rotation": 90}
    shown = [wrapped(name) for name in columns] if few else columns
    axes.set_xticks(range(len(columns)), shown, fontsize=small, **turn)
    lines, size = (18, 9) if few else (60, small)
    axes.set_yticks(range(len(rows)), [wrapped(name, lines) for name in rows], fontsize=size)
    titles = (
        str(name).replace("_group", "").replace("_", " ")
        for name in (values.columns.name, values.index.name)
    )
    axes.set(**dict(zip(("xlabel", "ylabel"), titles, strict=True)))
    axes.xaxis.set_ticks_position("top")
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure, axes


def _name(label: object) -> str:
    """A label for readers: a country's name, and other words without marks."""
    text = str(label)
    return country_name(text).removesuffix("_pct").replace("_", " ")


def _ends(values: pd.DataFrame, bands: xr.Dataset) -> np.ndarray:
    """Low and high of every cell of a matrix ``[end, row, column]``; no numbers where there is no band."""
    rows, columns = bands["low"].dims
    found = bands.reindex({rows: list(values.index), columns: list(values.columns)})
    return np.stack([found[end].values for end in ("low", "high")])


def _write(
    axes: Axes, at: tuple[int, int], value: float, ends: np.ndarray, ink: str, under: Any
) -> None:
    """The number of a cell and, in small, its band, in ink on a colour that keeps dots away."""
    row, column = at
    known = bool(np.isfinite(ends).all())
    box = {"facecolor": under, "edgecolor": "none", "pad": 0.8}
    middle: dict[str, Any] = {"ha": "center", "va": "center", "color": ink, "bbox": box}
    axes.text(column, row - 0.14 if known else row, signed(value, 1), **middle)
    if known:
        low, high = (signed(float(end), 1) for end in ends)
        axes.text(column, row + 0.24, f"{low} to {high}", fontsize=5.5, **middle)


def _dot(axes: Axes, at: tuple[int, int], ink: str, hatch: str) -> None:
    """Dots over a cell whose direction is not sure."""
    row, column = at
    style: dict[str, Any] = {"facecolor": "none", "edgecolor": _DOTS[ink], "linewidth": 0}
    axes.bar(column, 1, 1, row - 0.5, hatch=hatch, **style)
