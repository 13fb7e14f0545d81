"""Stated figures: what a printed number leaves open.

A stated number stands for everything that rounds to it at its printed precision. Zeros at the end
of a whole number are not taken for significant digits: "40" may be 41.6 rounded to tens, so it
stands for 35 to 45, while "40.0" stands for 39.95 to 40.05. "about" widens the interval by a
further 5 per cent of the figure on either side; "± x" replaces it. A fraction such as 1/3 stands
for itself to half a percentage point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

#: By how much of the figure "about" widens the interval on either side.
ABOUT = 0.05
#: Half-width of a fraction.
_FRACTION = 0.005
#: Relative tolerance of comparisons, for the rounding of sums in binary arithmetic.
_TINY = 1e-12

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
DEPENDS = "depends on the definition"
UNKNOWN = "not determinable with these data"


@dataclass(frozen=True)
class Figure:
    """A stated number.

    Attributes:
        value: In whole units; a percentage is a fraction.
        half: Half the width of the interval that it stands for.
        text: As it was written.
        strict_half: Half-width if zeros at the end are taken as significant.
    """

    value: float
    half: float
    text: str
    strict_half: float

    @property
    def low(self) -> float:
        """Lower end of what it stands for."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """Upper end of what it stands for."""
        return self.value + self.half

    def strictly(self) -> Figure:
        """The same number with the zeros at its end taken as significant."""
        return replace(self, half=self.strict_half)


def printed(digits: str, scale: float, text: str) -> Figure:
    """A figure from its printed digits.

    Args:
        digits: Such as ``40``, ``1,200`` or ``41.6``.
        scale: What one unit of the digits is worth: 1e9 for billions, 0.01 for per cent.
        text: As it was written, unit included.
    """
    plain = digits.replace(",", "")
    value = float(plain)
    if "." in plain:
        half = strict = 0.5 * 10.0 ** -len(plain.split(".")[1])
    else:
        zeros = len(plain) - len(plain.rstrip("0")) if value else 0
        half, strict = 0.5 * 10.0**zeros, 0.5
    return Figure(value * scale, half * scale, text, strict * scale)


def fraction(top: str, bottom: str, text: str) -> Figure:
    """A figure such as 1/3."""
    return Figure(int(top) / int(bottom), _FRACTION, text, _FRACTION)


def about(figure: Figure) -> Figure:
    """The figure with the wider interval of "about"."""
    wider = ABOUT * abs(figure.value)
    return replace(figure, half=figure.half + wider, strict_half=figure.strict_half + wider)


def judge(low: float, high: float, relation: str, figures: tuple[Figure, ...]) -> str:
    """Whether a number known to lie between two bounds fits a statement.

    ``=`` and ``between`` compare with the interval that the figures stand for; inequalities compare
    with the figure itself.

    Returns:
        ``SUPPORTED`` if every number between the bounds fits, ``CONTRADICTED`` if none does,
        otherwise ``UNKNOWN``.
    """
    if not low <= high:  # also if one is NaN
        return UNKNOWN
    stated = figures[0].value
    tiny = _TINY * max(abs(stated), abs(figures[-1].value))
    if relation in ("=", "between"):
        first, last = figures[0].low - tiny, figures[-1].high + tiny
        fits, none = first <= low and high <= last, high < first or low > last
    elif relation == ">":
        fits, none = low > stated, high <= stated
    elif relation == ">=":
        fits, none = low >= stated - tiny, high < stated - tiny
    elif relation == "<":
        fits, none = high < stated, low >= stated
    else:
        fits, none = high <= stated + tiny, low > stated + tiny
    return SUPPORTED if fits else CONTRADICTED if none else UNKNOWN
