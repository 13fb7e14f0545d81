"""One look for every figure: fonts, colours, and how a figure becomes SVG and PNG.

Purple is a gain and orange a loss everywhere (ColorBrewer's PuOr), a pair that colour-blind
readers can tell apart.
"""

from __future__ import annotations

import io
import math
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zollverein.errors import DataError
from zollverein.files import write_bytes
from zollverein.report import fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAIN, LOSS, INK, FAINT = "#5e3c99", "#c8642b", "#222222", "#d9d9d9"
DIVERGING = "PuOr"
#: From nothing to much: one hue that also reads in grey.
SEQUENTIAL = "Blues"
#: A pair that belongs together, such as exports and imports.
FIRST, SECOND = "#08519c", "#86b6dc"
#: Unordered groups (Okabe and Ito 2008, for colour-blind readers); grey is for the rest.
GROUPS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")
NO_DATA = "#b4b4b4"
_SETTINGS: Any = {  # matplotlib types its keys one by one
    "font.family": fonts.HOUSE,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "hatch.linewidth": 0.5,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "zollverein",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the house settings and none of the caller's, which return afterwards."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure in inches, independent of any window system."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as SVG or PNG, by the file's ending; the same figure gives the same bytes.

    Warns:
        UserWarning: Once, with the words that no installed font can write.

    Raises:
        DataError: If the ending is another one, or the folder does not exist.
    """
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in ("svg", "png"):
        raise DataError(f"'{target}': figures are written as .svg or .png.")
    written = write_bytes(encoded(figure, kind), target)
    if told := fonts.note([figure]):
        warnings.warn(told, stacklevel=2)
    return written


def encoded(figure: Figure, kind: str) -> bytes:
    """The figure as ``svg`` or ``png``; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    fonts.fit(figure)
    with house_style(), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Glyph .* missing from font"
        )  # ``fonts.note`` says it once
        figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()


def signed(value: float, digits: int = 2) -> str:
    """A change as text: a sign, a true minus, no sign on zero, a dash where there is no number."""
    if not math.isfinite(value):
        return "–"
    rounded = round(value, digits)
    text = f"{abs(rounded):.{digits}f}"
    return text if rounded == 0 else f"{'+' if rounded > 0 else '−'}{text}"


def beyond(values: list[float], limit: float) -> Literal["neither", "both", "min", "max"]:
    """On which ends a symmetric scale has values outside it, in matplotlib's words."""
    low, high = any(value < -limit for value in values), any(value > limit for value in values)
    if low and high:
        return "both"
    return "min" if low else "max" if high else "neither"


def percent_limit(values: list[float], share: float = 0.95) -> float:
    """A round symmetric limit that all but the most extreme few of the values fit in."""
    import numpy as np

    sizes = np.abs(np.asarray(values, dtype=float))
    if not sizes.size or sizes.max() == 0:
        return 1.0
    wanted = max(float(np.quantile(sizes, share)), float(sizes.max()) / 20)
    power = 10.0 ** np.floor(np.log10(wanted))
    steps = np.array([1, 2, 5, 10]) * power
    return float(steps[np.searchsorted(steps, wanted * (1 - 1e-9))])


def text_on(image: Any, value: float) -> str:
    """Dark or white, whichever can be read on the colour of a value."""
    if not math.isfinite(value):
        return INK
    red, green, blue, _ = image.cmap(image.norm(value))
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5  # perceived brightness, ITU-R BT.601
    return "white" if dark else INK


def wrapped(name: str, width: int = 10) -> str:
    """A name on at most three lines."""
    return "\n".join(textwrap.wrap(name, width, max_lines=3, placeholder=" …"))


def shortened(label: str, length: int = 34) -> str:
    """A label cut between words, or within a long one."""
    if len(label) <= length:
        return label
    letters = label[: length - 2]
    words = letters.rsplit(" ", 1)[0]
    head = words if 2 * len(words) >= len(letters) else letters  # one long word is cut within
    return head.rstrip(" ,;").removesuffix(" and") + " …"
