"""Letters that the font of the figures lacks: another font has them, or the page says which are boxes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from zollverein.report.direction import marked

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

#: The font of every figure; it comes with matplotlib.
HOUSE = "DejaVu Sans"
#: A font of boxes: it has a sign for every letter, and no letter.
_BOXES = "Last Resort"
#: Weight of a plain font, and words that are named in the note.
_PLAIN, _NAMED = 400, 8


def fit(figure: Figure) -> None:
    """Give texts of a figure, where they need them, marks of direction and fonts that have their letters."""
    for text in _texts(figure):
        text.set_text(marked(text.get_text()))
    for text, letters in _lacking(figure):
        families, _ = _helpers(letters)
        if families:
            text.set_fontfamily([HOUSE, *families])


def note(figures: Iterable[Figure]) -> str:
    """One sentence about the words of figures for which no installed font has all letters; else empty."""
    words: dict[str, None] = {}
    for figure in figures:
        for text, letters in _lacking(figure):
            _, without = _helpers(letters)
            found = (w for w in text.get_text().split() if not without.isdisjoint(map(ord, w)))
            words |= dict.fromkeys(word.strip(":;,.()") for word in found)
    if not words:
        return ""
    shown = ", ".join(list(words)[:_NAMED])
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return (
        f"In the figures, boxes stand for letters of {shown}{more}: no installed font has them. The tables "
        "have the names. Fix: install a font with these letters, such as one of the Noto fonts, and write "
        "the page again."
    )


def _lacking(figure: Figure) -> list[tuple[Text, frozenset[int]]]:
    """The texts with letters that the house font lacks, and those letters."""
    found = []
    for text in _texts(figure):
        letters = frozenset(map(ord, filter(_drawn, text.get_text()))) - _letters(_house())
        if letters:
            found.append((text, letters))
    return found


def _texts(figure: Figure) -> list[Text]:
    """Everything written in a figure."""
    from matplotlib.text import Text

    return [text for text in figure.findobj() if isinstance(text, Text)]


def _drawn(sign: str) -> bool:
    """Whether a sign of a text is one that a font draws."""
    return not sign.isspace() and not unicodedata.category(sign).startswith("C")


@cache
def _house() -> str:
    from matplotlib.font_manager import findfont

    return str(findfont(HOUSE))


@cache
def _letters(path: str) -> frozenset[int]:
    """What a font file has; nothing where it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@cache
def _helpers(letters: frozenset[int]) -> tuple[tuple[str, ...], frozenset[int]]:
    """Families of installed fonts that have the letters, as few as may be, and letters that none has."""
    from matplotlib.font_manager import fontManager

    installed = {
        font.name: font.fname
        for font in sorted(fontManager.ttflist, key=lambda font: (font.name, font.fname))
        if font.style == "normal"
        and font.weight in (_PLAIN, "normal", "regular")
        and not font.name.startswith((_BOXES, HOUSE))
    }
    chosen: list[str] = []
    while letters:
        best = max(installed, key=lambda name: len(letters & _letters(installed[name])), default="")
        if not best or letters.isdisjoint(_letters(installed[best])):
            break
        chosen.append(best)
        letters -= _letters(installed[best])
    return tuple(chosen), letters
