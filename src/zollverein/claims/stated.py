"""The right-hand side of a claim: relation and figures; and what a claim inherits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zollverein.claims.figures import Figure, about, fraction, printed
from zollverein.claims.tokens import Tokens, Trouble
from zollverein.flows.units import CURRENCIES, SCALES

_RELATIONS = {"=": "=", ">": ">", "<": "<", ">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", "is": "="}
_PHRASES = {
    ("more", "than"): ">",
    ("less", "than"): "<",
    ("at", "least"): ">=",
    ("at", "most"): "<=",
}
_WIDE = ("about", "around")
_PERCENT = 0.01
#: A number from which a rate without a unit must be meant in percent.
_NO_RATE = 10


@dataclass
class Draft:
    """What has been read of one claim; starts from the claim before it."""

    kind: str = ""
    flow: str = "turnover"
    a: str = ""
    b: str = ""
    year: int | None = None
    over: int | None = None
    currency: str = ""
    among: str = ""
    together: tuple[str, ...] = ()
    coverage: str = ""
    books: str = ""
    dated: bool = False

    def follower(self) -> Draft:
        """The start of the next claim, which inherits the pair, the year and the limits."""
        return Draft(
            flow=self.flow if self.kind in ("level", "growth") else "turnover",
            a=self.a,
            b=self.b,
            year=self.year,
            currency=self.currency,
            coverage=self.coverage,
            books=self.books,
        )


def at_relation(tokens: Tokens) -> bool:
    """Whether the relation of a claim comes next."""
    first, second = tokens.peek().casefold(), tokens.peek(1)
    if first == "between":  # and not "trade between RUS and BLR"
        said = second.casefold() in _WIDE or "number" in (tokens.kind(1), tokens.kind(2))
        return said or tokens.kind(1) == "symbol"
    return first in _RELATIONS or (first, second.casefold()) in _PHRASES


def statement(tokens: Tokens, draft: Draft) -> tuple[str, tuple[Figure, ...]]:
    """Relation and figures, to the end of the claim."""
    first = tokens.next().text.casefold()
    if first == "between":
        found = _two_figures(tokens, draft)
        if found[0][0].value > found[1][0].value:
            raise Trouble("'between' needs the smaller figure first")
        relation = "between"
    else:
        relation = _RELATIONS.get(first) or _PHRASES[first, tokens.next().text.casefold()]
        found = (_figure(tokens, draft)[:2],)
    if not tokens.done():
        raise Trouble(f"'{tokens.peek()}' is not expected after the figure")
    for figure, scale in found:
        _check_unit(draft, figure, scale)
    return relation, tuple(figure for figure, _ in found)


def _two_figures(tokens: Tokens, draft: Draft) -> tuple[tuple[Figure, float], ...]:
    """Both figures of ``between`` and their units; the first has that of the second if none of its own."""
    start = tokens.position
    low, unit, alone = _figure(tokens, draft)
    tokens.expect("and")
    high, scale, _ = _figure(tokens, draft)
    if alone:  # "between 38 and 42 bn USD"
        end, tokens.position = tokens.position, start
        (low, unit, _), tokens.position = _figure(tokens, draft, scale), end
    return (low, unit), (high, scale)


def _figure(tokens: Tokens, draft: Draft, unit: float = 1.0) -> tuple[Figure, float, bool]:
    """A figure, the worth of one unit of its digits (``unit`` if none follows), and whether none does."""
    start = tokens.position
    wide = tokens.accept(*_WIDE)
    sign = -1.0 if tokens.accept("-", "−") else 1.0
    currency = _currency(tokens)
    digits = tokens.number()
    alone, scale = False, unit
    if tokens.accept("/"):
        bottom = tokens.number()
        if not (digits.isdigit() and bottom.isdigit() and int(bottom)):
            raise Trouble(f"'{digits}/{bottom}' is not a fraction of whole numbers")
        figure = fraction(digits, bottom, "")
    else:
        margin = tokens.number() if tokens.accept("±", "+/-", "+-") else None
        before = tokens.position
        scale, currency = _scale(tokens, draft, currency)
        if alone := tokens.position == before:
            scale = unit
        figure = printed(digits, scale, "")
        if margin is not None:
            half = float(margin.replace(",", "")) * scale
            figure = replace(figure, half=half, strict_half=half)
    draft.currency = currency or draft.currency
    text = tokens.between(start)
    if draft.kind == "rank":
        half = 1.0 if wide else 0.0
        figure = replace(figure, half=half, strict_half=half)
    figure = replace(figure, value=sign * figure.value, text=text)
    return about(figure) if wide and draft.kind != "rank" else figure, scale, alone


def _scale(tokens: Tokens, draft: Draft, currency: str) -> tuple[float, str]:
    """The worth of one unit of the digits, and the currency, from the words that follow."""
    if draft.kind == "rank":
        tokens.accept("st", "nd", "rd", "th")
        return 1.0, ""
    if tokens.accept("%", "percent"):
        return _PERCENT, currency
    if tokens.accept("per"):
        tokens.expect("cent")
        return _PERCENT, currency
    scale = 1.0
    if tokens.peek().casefold() in SCALES:
        scale = SCALES[tokens.next().text.casefold()]
    return scale, _currency(tokens) or currency


def _currency(tokens: Tokens) -> str:
    word = tokens.peek()
    if word.casefold() in CURRENCIES:
        tokens.next()
        return CURRENCIES[word.casefold()]
    if tokens.kind() == "word" and len(word) == 3 and word.isupper():
        return tokens.next().text
    return ""


def _has_currency(text: str) -> bool:
    """Whether a figure names a currency."""
    return any(
        word.casefold() in CURRENCIES or (len(word) == 3 and word.isupper() and word.isalpha())
        for word in text.split()
    )


def _check_unit(draft: Draft, figure: Figure, scale: float) -> None:
    """A level needs a currency, a rate must look like one, a rank is a whole number."""
    text = figure.text
    amount, rate = scale > 1 or _has_currency(text), scale == _PERCENT or "/" in text
    if draft.kind == "level" and rate:
        raise Trouble(f"'{text}' is a rate, and {draft.flow} is an amount, such as 40 bn USD")
    if draft.kind == "level" and not draft.currency:
        raise Trouble(f"'{text}' has no currency; write '{text} USD', for instance")
    if draft.kind in ("growth", "share", "contribution"):
        if amount:
            raise Trouble(
                f"'{text}' is an amount, and a {draft.kind} is a rate, such as 5 % or 1/3"
            )
        if abs(figure.value) >= _NO_RATE and not rate:
            raise Trouble(f"'{text}' is no rate; write '{text} %' or a fraction")
    if draft.kind == "rank" and (figure.value != int(figure.value) or figure.value < 1):
        raise Trouble(f"a rank is a whole number from 1, not '{text}'")
