"""A world map of a change in percent, in the Equal Earth projection."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from zollverein.report.style import DIVERGING, INK, NO_DATA, beyond, new_figure, percent_limit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

#: Economies that the outlines lack: longitude, latitude.
DOTS = {
    "ABW": (-70.0, 12.5),
    "AND": (1.6, 42.5),
    "ASM": (-170.7, -14.3),
    "ATG": (-61.8, 17.1),
    "BHR": (50.5, 26.0),
    "BMU": (-64.8, 32.3),
    "BRB": (-59.5, 13.2),
    "COK": (-159.8, -21.2),
    "COM": (43.9, -12.2),
    "CPV": (-23.6, 15.1),
    "CUW": (-69.0, 12.2),
    "CYM": (-81.3, 19.3),
    "DMA": (-61.4, 15.4),
    "FRO": (-7.0, 62.0),
    "FSM": (158.2, 6.9),
    "GIB": (-5.3, 36.1),
    "GLP": (-61.5, 16.2),
    "GRD": (-61.7, 12.1),
    "GUF": (-53.0, 4.0),
    "GUM": (144.8, 13.5),
    "HKG": (114.2, 22.3),
    "KIR": (173.0, 1.4),
    "KNA": (-62.7, 17.3),
    "LCA": (-61.0, 13.9),
    "LIE": (9.6, 47.2),
    "MAC": (113.5, 22.2),
    "MCO": (7.4, 43.7),
    "MDV": (73.5, 4.2),
    "MHL": (171.2, 7.1),
    "MLT": (14.4, 35.9),
    "MTQ": (-61.0, 14.7),
    "MUS": (57.6, -20.3),
    "NRU": (166.9, -0.5),
    "PLW": (134.5, 7.4),
    "PYF": (-149.5, -17.6),
    "REU": (55.5, -21.1),
    "SGP": (103.8, 1.35),
    "SMR": (12.5, 43.9),
    "STP": (6.6, 0.2),
    "SYC": (55.5, -4.7),
    "TCA": (-71.8, 21.8),
    "TON": (-175.2, -21.1),
    "TUV": (179.2, -8.5),
    "VCT": (-61.2, 13.2),
    "WSM": (-172.0, -13.8),
}
#: A country whose outline covers less than this part of the map's area (about 15,000 km²) gets a dot.
_TINY = 3e-5


@cache
def outlines() -> dict[str, list[list[tuple[float, float]]]]:
    """Rings of longitude and latitude by ISO 3166 alpha-3 code (Natural Earth 1:110m).

    Areas without an ISO code are under the empty string.
    """
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
    return len(not_drawn(countries)) < len(countries) / 2


def not_drawn(countries: tuple[str, ...]) -> list[str]:
    """The labels that have no place on the map."""
    return [country for country in countries if country not in outlines() and country not in DOTS]


@cache
def projected() -> dict[str, list[np.ndarray]]:
    """The outlines on the map's plane: arrays of points ``[point, 2]``."""
    return {
        country: [np.column_stack(equal_earth(*np.array(ring).T)) for ring in rings]
        for country, rings in outlines().items()
    }


@cache
def dots() -> dict[str, tuple[float, float]]:
    """Where on the map's plane the economies lie that are too small to see."""
    places = {
        country: (float(x), float(y))
        for country, place in DOTS.items()
        for x, y in (equal_earth(*place),)
    }
    for country, rings in projected().items():
        sizes = [_area(ring) for ring in rings]
        if country and sum(sizes) < _TINY * 4 * np.pi:  # the projection keeps the sphere's area
            x, y = rings[int(np.argmax(sizes))].mean(axis=0)
            places[country] = (float(x), float(y))
    return places


def _area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)


def income_map(change: pd.Series, *, unsure: Collection[str] = (), narrow: bool = False) -> Figure:
    """Map of a change in percent by country; colours saturate at a round symmetric limit.

    Args:
        change: By label.
        unsure: Economies that are dotted, as their band has both signs.
        narrow: For a phone.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    limit = percent_limit(change.tolist())
    scale = ScalarMappable(Normalize(-limit, limit), DIVERGING)
    figure = new_figure(4.1, 2.7) if narrow else new_figure(8.2, 4.3)
    axes = figure.add_subplot()
    _draw_land(axes, change, scale)
    _draw_unsure(axes, unsure)
    size = 3 if narrow else 4.5
    for country, (x, y) in dots().items():
        if country in change.index:
            axes.plot(x, y, "o", ms=size, color=scale.to_rgba(change[country]), mec=INK, mew=0.5)
    axes.set(xlim=(-2.75, 2.75), ylim=(-1.15, 1.35), aspect="equal")
    axes.axis("off")
    axes.legend(loc="lower left", frameon=False, fontsize=7.5 if narrow else 9)
    _scale_bar(figure, axes, scale, beyond(change.tolist(), limit))
    return figure


def _draw_land(axes: Axes, change: pd.Series, scale: ScalarMappable) -> None:
    """Countries in their colours, the others hatched."""
    from matplotlib.collections import PolyCollection

    known = {country: rings for country, rings in projected().items() if country in change.index}
    other = [
        ring for country, rings in projected().items() if country not in known for ring in rings
    ]
    lacking: dict[str, Any] = {"facecolor": "white", "hatch": "/////", "edgecolor": NO_DATA}
    axes.add_collection(PolyCollection(other, linewidth=0.4, label="not in the data", **lacking))
    shapes = [ring for rings in known.values() for ring in rings]
    colours = [scale.to_rgba(change[country]) for country, rings in known.items() for _ in rings]
    axes.add_collection(
        PolyCollection(shapes, facecolors=colours, edgecolors="#8c8c8c", linewidths=0.3)
    )


def _draw_unsure(axes: Axes, unsure: Collection[str]) -> None:
    """Dots over the economies whose direction is not sure."""
    from matplotlib.collections import PolyCollection

    shapes = [ring for country in unsure for ring in projected().get(country, ())]
    if shapes:
        style: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "hatch": "....."}
        label = "may gain or lose"
        axes.add_collection(PolyCollection(shapes, linewidth=0, label=label, **style))


def _scale_bar(
    figure: Figure,
    axes: Axes,
    scale: ScalarMappable,
    ends: Literal["neither", "both", "min", "max"],
) -> None:
    """The colour scale under the map, with arrows only where values lie beyond it."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    bar = figure.colorbar(
        scale, ax=axes, orientation="horizontal", shrink=0.5, aspect=32, pad=0.02, extend=ends
    )
    bar.locator = MaxNLocator(4, symmetric=True)
    bar.formatter = FuncFormatter(
        lambda value, _: f"{value:+g}".replace("-", "−") if value else "0"
    )
    bar.update_ticks()
    bar.set_label("change of real income, percent")
    bar.outline.set_visible(False)
