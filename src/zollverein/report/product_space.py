"""The product space as a network: what is made together lies together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein.report.style import FAINT, FIRST, INK, house_style, new_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Links beyond the tree that holds the network together have at least this proximity (Hidalgo et al.).
_STRONG = 0.55


@house_style()
def product_space(
    proximity: pd.DataFrame,
    advantage: pd.Series,
    size: pd.Series,
    *,
    title: str = "Product space",
    names: dict[str, str] | None = None,
) -> Figure:
    """Products as a network; those that an economy is specialised in are filled.

    Args:
        proximity: Of products with products.
        advantage: Revealed comparative advantage of one economy by product; filled from 1.
        size: World exports by product, for the area of the dots.
        title: What the figure shows.
        names: Names of products in words.
    """
    near = proximity.to_numpy(dtype=float)
    place = layout(near)
    figure = new_figure(8.2, 6.4)
    axes = figure.add_subplot()
    tree = spanning_tree(near)
    strong = [(k, m) for k in range(len(near)) for m in range(k) if near[k, m] >= _STRONG]
    for links, width in ((strong, 0.7), (tree, 1.4)):
        for k, m in links:
            axes.plot(*place[[k, m]].T, color=FAINT, linewidth=width, zorder=1)
    made = np.nan_to_num(advantage.to_numpy(dtype=float)) >= 1
    weight = size.to_numpy(dtype=float)
    area = 30 + 470 * weight / max(float(weight.max()), 1e-300)
    fill = [FIRST if has else "white" for has in made]
    rim = [FIRST if has else "#888888" for has in made]
    axes.scatter(place[:, 0], place[:, 1], s=area, c=fill, edgecolors=rim, zorder=2)
    labels = [(names or {}).get(str(label), str(label)) for label in proximity.index]
    _write(axes, place, labels, area, made)
    axes.set_axis_off()
    axes.margins(0.08)
    axes.set_title(title)
    figure.supxlabel(
        "Filled: comparative advantage of 1 or more. Area: world exports. "
        "Near: often exported by the same economies.",
        fontsize=8, x=0.01, ha="left", color="#555555",
    )  # fmt: skip
    return figure


def _write(
    axes: Axes, place: np.ndarray, labels: list[str], area: np.ndarray, made: np.ndarray
) -> None:
    """The name of each product above or below its dot."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white")]
    above = _sides(place, labels)
    for k, text in enumerate(labels):
        gap = (4 + np.sqrt(area[k]) / 2) * (1 if above[k] else -1)
        axes.annotate(
            text, place[k], (0, gap), textcoords="offset points", ha="center",
            va="bottom" if above[k] else "top", fontsize=7, zorder=3, path_effects=halo,
            fontweight="bold" if made[k] else "normal", color=FIRST if made[k] else INK,
        )  # fmt: skip


def _sides(place: np.ndarray, labels: list[str]) -> list[bool]:
    """Whether each label goes above its dot: where it meets fewer dots and labels already placed."""
    inches = (place - place.min(axis=0)) / np.maximum(np.ptp(place, axis=0), 1e-12) * (6.6, 5.2)
    taken: list[tuple[float, float, float]] = [(x, y, 0.12) for x, y in inches]
    above = []
    for (x, y), label in zip(inches, labels, strict=True):
        half = 0.03 * len(label)
        meets = [
            sum(abs(x - u) < half + w and abs(y + side * 0.2 - v) < 0.15 for u, v, w in taken)
            for side in (1, -1)
        ]
        above.append(meets[0] <= meets[1])
        taken.append((x, y + (0.2 if above[-1] else -0.2), half))
    return above


def layout(near: np.ndarray, rounds: int = 400) -> np.ndarray:
    """Places in the plane ``[product, 2]`` at which stress against the distances ``1 − φ`` is least.

    Classical scaling as a start, then majorisation (Kruskal 1964; de Leeuw 1977); no chance in it.
    """
    wanted = 1.05 - near
    np.fill_diagonal(wanted, 0.0)
    count = len(near)
    centre = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centre @ wanted**2 @ centre)
    place = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 1e-12))
    place *= np.sign(place.sum(axis=0) + 1e-12)
    weight = np.divide(1.0, wanted**2, out=np.zeros_like(wanted), where=wanted > 0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.pinv(laplacian)
    for _ in range(rounds):
        apart = np.linalg.norm(place[:, None] - place[None], axis=2)
        pull = -np.divide(weight * wanted, apart, out=np.zeros_like(apart), where=apart > 1e-12)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        place = inverse @ pull @ place
    return place


def spanning_tree(near: np.ndarray) -> list[tuple[int, int]]:
    """The links that connect all products with the largest sum of proximities (Prim)."""
    inside = [0]
    links: list[tuple[int, int]] = []
    outside = set(range(1, len(near)))
    while outside:
        k, m = max(((i, j) for i in inside for j in outside), key=lambda pair: near[pair])
        links.append((k, m))
        inside.append(m)
        outside.remove(m)
    return links
