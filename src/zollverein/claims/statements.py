"""A claim as a value."""

from __future__ import annotations

from dataclasses import dataclass

from zollverein.claims.figures import Figure


@dataclass(frozen=True)
class Claim:
    """One statement about trade.

    Attributes:
        text: As it was written.
        kind: ``level``, ``growth``, ``contribution``, ``share`` or ``rank``.
        a: The economy whose trade it is, as written.
        b: Its partner, an economy or a bloc, as written.
        flow: ``turnover``, ``exports`` (of a to b) or ``imports`` (of a from b).
        year: The year.
        over: The year that growth is measured from; the year before if None.
        relation: ``=``, ``<``, ``>``, ``<=``, ``>=`` or ``between``.
        figures: One figure, two for ``between``.
        currency: Of a level, or of the level that growth refers to; the data's own if empty.
        among: For a rank: the bloc whose members are ranked; all partners if empty.
        together: For a rank: blocs that count as one partner.
        coverage: ``goods`` or ``goods and services`` if the claim says so.
        books: ``own``, ``partner``, ``exporters``, ``importers`` or the name of a reporter, if the
            claim says so.
        quote: The sentence that makes the claim, if given.
        source: Where that sentence stands.
        note: A remark.
    """

    text: str
    kind: str
    a: str
    b: str
    flow: str
    year: int
    over: int | None
    relation: str
    figures: tuple[Figure, ...]
    currency: str = ""
    among: str = ""
    together: tuple[str, ...] = ()
    coverage: str = ""
    books: str = ""
    quote: str = ""
    source: str = ""
    note: str = ""

    @property
    def base(self) -> int:
        """The year that growth is measured from."""
        return self.year - 1 if self.over is None else self.over
