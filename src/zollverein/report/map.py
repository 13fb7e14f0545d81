"""A world map of a change in percent, in the Equal Earth projection."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.report.style import DIVERGING, INK, NO_DATA, new_figure, percent_limit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Economies too small for the outlines: longitude, latitude.
DOTS = {
    "BHR": (50.5, 26.0),
    "HKG": (114.2, 22.3),
    "MAC": (113.5, 22.2),
    "MDV": (73.5, 4.2),
    "MLT": (14.4, 35.9),
    "MUS": (57.6, -20.3),
    "SGP": (103.8, 1.35),
    "STP": (6.6, 0.2),
}


@cache
def outlines() -> dict[str, list[list[tuple[float, float]]]]:
    """Rings of longitude and latitude by ISO 3166 alpha-3 code (Natural Earth 1:110m)."""
    text = (files("zollverein") / "data" / "world_map.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def equal_earth(longitude: Any, latitude: Any) -> tuple[np.ndarray, np.ndarray]:
    """Equal Earth projection (Šavrič, Patterson and Jenny 2019, eqs. 1-3)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    angle = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(latitude)))
    square = angle**2
    sixth = square**3
    slope = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
    x = 2 * np.sqrt(3) * np.radians(longitude) * np.cos(angle) / (3 * slope)
    y = angle * (a4 * sixth * square + a3 * sixth + a2 * square + a1)
    return np.asarray(x), np.asarray(y)


def can_draw(countries: tuple[str, ...]) -> bool:
    """Whether most labels are countries that the map knows."""
    known = sum(country in outlines() or country in DOTS for country in countries)
    return known > len(countries) / 2


def income_map(change: pd.Series) -> Figure:
    """Map of a change in percent by country; colours saturate at a round symmetric limit."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import Normalize

    limit = percent_limit(change.tolist())
    scale = ScalarMappable(Normalize(-limit, limit), DIVERGING)
    figure = new_figure(8.2, 4.3)
    axes = figure.add_subplot()
    rings, colours = [], []
    for country, shapes in outlines().items():
        colour = scale.to_rgba(change[country]) if country in change else NO_DATA
        for shape in shapes:
            rings.append(np.column_stack(equal_earth(*np.array(shape).T)))
            colours.append(colour)
    axes.add_collection(
        PolyCollection(rings, facecolors=colours, edgecolors="#9a9a9a", linewidths=0.25)
    )
    for country, place in DOTS.items():
        if country in change:
            x, y = equal_earth(*place)
            colour = scale.to_rgba(change[country])
            axes.plot(x, y, "o", ms=4, color=colour, mec=INK, mew=0.4)
    axes.set(xlim=(-2.75, 2.75), ylim=(-1.15, 1.35), aspect="equal")
    axes.axis("off")
    bar = figure.colorbar(
        scale, ax=axes, orientation="horizontal", shrink=0.45, aspect=32, pad=0.02, extend="both"
    )
    bar.set_label("change of real income, percent (grey: not in the data)")
    bar.outline.set_visible(False)
    return figure
