"""Words, numbers and signs of a claim."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<quoted>"[^"]*"|'[^']*')
    |(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)
    |(?P<symbol>>=|<=|\+/-|\+-|US\$|[=><≥≤±%/\-−$€£])
    |(?P<word>[^\W\d_][\w.&'-]*)
    )""",
    re.VERBOSE,
)


class Trouble(Exception):  # noqa: N818 - becomes a ClaimError with the grammar
    """What is wrong with a claim, in words."""


@dataclass(frozen=True)
class Token:
    """One word, number, sign or quoted name."""

    kind: str
    text: str


@dataclass
class Tokens:
    """The tokens of one claim and how far they have been read."""

    items: list[Token]
    position: int = 0

    def done(self) -> bool:
        """Whether all have been read."""
        return self.position >= len(self.items)

    def peek(self, ahead: int = 0) -> str:
        """Text of a token that has not been read; empty after the last."""
        at = self.position + ahead
        return self.items[at].text if at < len(self.items) else ""

    def kind(self, ahead: int = 0) -> str:
        """Kind of a token that has not been read; empty after the last."""
        at = self.position + ahead
        return self.items[at].kind if at < len(self.items) else ""

    def next(self) -> Token:
        """The next token.

        Raises:
            Trouble: If there is none.
        """
        if self.done():
            raise Trouble("it ends too early")
        self.position += 1
        return self.items[self.position - 1]

    def accept(self, *texts: str) -> bool:
        """Read a word or sign if it is the next one."""
        found = self.kind() in ("word", "symbol") and self.peek().casefold() in texts
        self.position += found
        return found

    def expect(self, text: str) -> None:
        """Read a word that must come next.

        Raises:
            Trouble: If another comes.
        """
        if not self.accept(text):
            after = self.items[self.position - 1].text if self.position else ""
            raise Trouble(f"'{text}' is expected after '{after}', not '{self.peek() or 'the end'}'")

    def name(self) -> str:
        """Read the name of an economy or a bloc.

        Raises:
            Trouble: If no name comes next.
        """
        if self.kind() not in ("word", "quoted"):
            raise Trouble(f"a name is expected, not '{self.peek() or 'the end'}'")
        return self.next().text

    def number(self) -> str:
        """Read the digits of a number.

        Raises:
            Trouble: If no number comes next.
        """
        if self.kind() != "number":
            raise Trouble(f"a number is expected, not '{self.peek() or 'the end'}'")
        return self.next().text

    def between(self, start: int) -> str:
        """The text read since a position."""
        text = " ".join(item.text for item in self.items[start : self.position])
        return text.replace(" / ", "/").replace("- ", "-").replace("− ", "−")


def tokens_of(text: str) -> Tokens:
    """Split a claim into tokens.

    Raises:
        Trouble: If a character has no meaning here.
    """
    items: list[Token] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Trouble(f"'{text[at:].strip()[0]}' has no meaning here")
        kind = str(found.lastgroup)
        word = found.group(kind)
        items.append(Token(kind, word.strip("\"'") if kind == "quoted" else word))
        at = found.end()
    return Tokens(items)
