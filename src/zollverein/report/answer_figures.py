"""Figures of coalitions, best duties, comparisons and plans; each takes a plain table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein.report.study_figures import finished, rows_of_axes
from zollverein.report.style import (
    DIVERGING,
    GROUPS,
    INK,
    new_figure,
    percent_limit,
    shortened,
    signed,
    text_on,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Rows of bars, columns of bars in a row, and parts of a matrix that are drawn.
_ROWS, _COLUMNS, _PARTS = 30, len(GROUPS), 16
#: Up to so many bars in all, each has its number.
_NUMBERED = 24


def group_bars(table: pd.DataFrame, title: str, unit: str = "percent") -> Figure:
    """Bars side by side in rows, one colour for each column, the largest rows first.

    Args:
        table: Numbers; rows are labelled, columns are what the colours stand for.
        title: Above the figure.
        unit: Below it.
    """
    size = table.abs().max(axis=1).sort_values(ascending=False, kind="stable")
    rows = table.loc[size.index[:_ROWS]].iloc[:, :_COLUMNS]
    several = len(rows.columns)
    labels = [_label(label) for label in rows.index]
    axes, places = rows_of_axes(labels, title, height=0.2 + 0.12 * several)
    thick = 0.8 / several
    largest = float(size.iloc[0]) if len(size) else 0.0
    digits = 1 if largest >= 10 else 2 if largest >= 1 else 3
    for k, name in enumerate(rows.columns):
        at = places + (several - 1 - 2 * k) * thick / 2
        values = rows.iloc[:, k].to_numpy(dtype=float)
        axes.barh(at, values, height=0.9 * thick, color=GROUPS[k], label=shortened(str(name)))
        if rows.size <= _NUMBERED:
            for place, value in zip(at, values, strict=True):
                axes.annotate(
                    signed(float(value), digits),
                    (value if np.isfinite(value) else 0.0, place),
                    xytext=(3 if not value < 0 else -3, 0),
                    textcoords="offset points",
                    ha="left" if not value < 0 else "right",
                    va="center",
                    fontsize=7,
                )
    axes.margins(x=0.16)
    figure = finished(axes, unit)
    if several > 1:
        figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=min(several, 3))
    return figure


def _label(label: object) -> str:
    """Of a row; the parts of a label of several are joined."""
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def pairs_matrix(table: pd.DataFrame, title: str) -> Figure:
    """Interactions of parts; on the diagonal what each does itself.

    Args:
        table: ``interactions(...)``.
        title: Above the figure.
    """
    size = table.abs().max(axis=1).sort_values(ascending=False, kind="stable")
    kept = [name for name in table.index if name in size.index[:_PARTS]]
    shown = table.loc[kept, kept]
    values = shown.to_numpy(dtype=float)
    limit = percent_limit(values.ravel().tolist(), share=1.0)
    figure = new_figure(8.2, 1.5 + 0.42 * len(kept))
    axes = figure.add_subplot()
    image = axes.imshow(values, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
    axes.set_xticks(range(len(kept)), [wrapped(str(name)) for name in kept], fontsize=7.5)
    axes.set_yticks(range(len(kept)), [shortened(str(name), 30) for name in kept])
    axes.xaxis.set_ticks_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (row, column), value in np.ndenumerate(values):
        colour = text_on(image, value)
        text = signed(value, 3)
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=7.5)
    figure.colorbar(image, ax=axes, shrink=0.9, label="percentage points").outline.set_visible(
        False
    )
    axes.set_title(title.replace("_", " "), pad=10)
    return figure


def line_figure(table: pd.DataFrame, title: str, across: str, unit: str = "percent") -> Figure:
    """A line for each column over the numbers of the index.

    Args:
        table: Numbers by year, sum spent or weight.
        title: Above the figure.
        across: What the index is.
        unit: Of the values.
    """
    figure = new_figure(8.2, 3.2)
    axes = figure.add_subplot()
    at = table.index.to_numpy(dtype=float)
    for k, name in enumerate(table.columns[:_COLUMNS]):
        values = table.iloc[:, k].to_numpy(dtype=float)
        axes.plot(
            at,
            values,
            "o-",
            ms=4,
            color=GROUPS[k],
            label=shortened(str(name).replace("_", " "), 46),
        )
    axes.axhline(0, color=INK, linewidth=0.8)
    if np.array_equal(at, at.round()) and len(at) <= 12:
        axes.set_xticks(at, [f"{value:g}" for value in at])
    axes.set(xlabel=across, ylabel=unit)
    axes.set_title(title.replace("_", " "))
    axes.legend(frameon=False, fontsize=8, loc="best")
    return figure
