"""The language of claims: a hand-written parser, and the grammar it shows on any error."""

from __future__ import annotations

from zollverein.claims.stated import Draft, at_relation, statement
from zollverein.claims.statements import Claim
from zollverein.claims.tokens import Token, Tokens, Trouble, tokens_of
from zollverein.counts import FIRST_YEAR, LAST_YEAR
from zollverein.errors import ClaimError
from zollverein.names import did_you_mean

GRAMMAR = """\
A claim is: QUANTITY YEAR RELATION FIGURE; several are separated by ';' and inherit what they leave out.
  QUANTITY   A B turnover | A B exports (of A to B) | A B imports (of A from B)
             growth [of turnover|exports|imports] [over YEAR]
             contribution of B to growth of [exports|imports of] A
             share of B in turnover|exports|imports of A
             rank of B among partners of A | rank of B in BLOC for A   [by exports|imports]
  may be limited by   goods | goods and services | reported by A|exporters|importers | with BLOC as one
  A, B       a code or a name (RUS, Belarus, 'South Korea'); B may be a bloc (CIS, EU27)
  RELATION   = | > | < | >= | <= | between FIGURE and
  FIGURE     [about] NUMBER [± NUMBER] [thousand|mn|bn|tn] [USD] | NUMBER % | 1/3
Example: RUS BLR turnover 2021 = 40 bn USD; growth > 1/3; rank of BLR among partners of RUS = 4"""

_FLOWS = {"turnover": "turnover", "trade": "turnover", "exports": "exports", "imports": "imports"}
_NOISE = ("of", "in", "to", "from", "and", "for", "the", "between")


def parse_claims(text: str) -> tuple[Claim, ...]:
    """Read one or more claims.

    Args:
        text: Claims separated by semicolons or line ends; see the documentation for the grammar.

    Returns:
        The claims, in order.

    Raises:
        ClaimError: If one cannot be read; the message says where and shows the grammar.
    """
    claims: list[Claim] = []
    draft = Draft()
    parts = _parts(text)
    if not parts:
        raise ClaimError(f"there is no claim to check.\n{GRAMMAR}")
    for part in parts:
        try:
            claim, draft = _claim(part, draft)
        except Trouble as trouble:
            raise ClaimError(f"'{part}': {trouble}\n{GRAMMAR}") from None
        claims.append(claim)
    return tuple(claims)


def _parts(text: str) -> list[str]:
    lines = text.replace(";", "\n").splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def _claim(text: str, before: Draft) -> tuple[Claim, Draft]:
    tokens = tokens_of(text)
    draft = before.follower()
    names: list[str] = []
    while not at_relation(tokens):
        if tokens.done():
            raise Trouble("there is no relation (=, >, <, ...) and no figure")
        _element(tokens, draft, names)
    _take_names(draft, names)
    relation, figures = statement(tokens, draft)
    if draft.year is None:
        raise Trouble("no year is given")
    if draft.over is not None and draft.over >= draft.year:
        raise Trouble(f"growth of {draft.year} is over an earlier year, not over {draft.over}")
    claim = Claim(
        text=text,
        kind=draft.kind,
        a=draft.a,
        b=draft.b,
        flow=draft.flow,
        year=draft.year,
        over=draft.over,
        relation=relation,
        figures=figures,
        currency=draft.currency,
        among=draft.among,
        together=draft.together,
        coverage=draft.coverage,
        books=draft.books,
    )
    return claim, draft


def _take_names(draft: Draft, names: list[str]) -> None:
    draft.kind = draft.kind or ("level" if names else "")
    if not draft.kind:
        raise Trouble("it does not say what is measured (turnover, growth, rank, ...)")
    if len(names) == 2:
        draft.a, draft.b = names
    elif names:
        told = ", ".join(names)
        raise Trouble(
            f"two economies are needed, not {len(names)} ({told}); put names of several words in quotes"
        )
    if not (draft.a and draft.b):
        raise Trouble("no economies are given")


def _element(tokens: Tokens, draft: Draft, names: list[str]) -> None:
    """Read one element of the left-hand side."""
    token = tokens.next()
    if token.kind == "number":
        year = _as_year(token)
        if draft.dated and year != draft.year:
            raise Trouble(
                f"two years are given, {draft.year} and {year}; growth is 'over' the earlier one"
            )
        draft.year, draft.dated = year, True
        return
    if token.kind == "symbol":
        raise Trouble(f"'{token.text}' is not expected here")
    reader = _READERS.get(token.text.casefold()) if token.kind == "word" else None
    if reader is not None:
        reader(tokens, draft)
    elif token.kind == "word" and token.text.casefold() in _FLOWS:
        draft.flow = _FLOWS[token.text.casefold()]
        draft.kind = draft.kind or "level"
    elif token.kind == "quoted" or token.text.casefold() not in _NOISE:
        names.append(token.text)


def _growth(tokens: Tokens, draft: Draft) -> None:
    draft.kind = "growth"
    if tokens.accept("of"):
        draft.flow = _flow(tokens)


def _over(tokens: Tokens, draft: Draft) -> None:
    draft.over = _as_year(tokens.next())


def _contribution(tokens: Tokens, draft: Draft) -> None:
    """``contribution of B to growth of [exports of] A``."""
    draft.kind, draft.flow = "contribution", "turnover"
    tokens.expect("of")
    draft.b = tokens.name()
    tokens.expect("to")
    tokens.expect("growth")
    tokens.expect("of")
    if tokens.peek().casefold() in _FLOWS:
        draft.flow = _flow(tokens)
        tokens.expect("of")
    draft.a = tokens.name()


def _share(tokens: Tokens, draft: Draft) -> None:
    """``share of B in exports of A``."""
    draft.kind = "share"
    tokens.expect("of")
    draft.b = tokens.name()
    tokens.expect("in")
    draft.flow = _flow(tokens)
    tokens.expect("of")
    draft.a = tokens.name()


def _rank(tokens: Tokens, draft: Draft) -> None:
    """``rank of B among partners of A`` or ``rank of B in BLOC for A``."""
    draft.kind, draft.flow = "rank", "turnover"
    tokens.expect("of")
    draft.b = tokens.name()
    if not tokens.accept("among"):
        tokens.expect("in")
    tokens.accept("the")
    if tokens.accept("partners"):
        tokens.expect("of")
        draft.a = tokens.name()
        return
    draft.among = tokens.name()
    if tokens.accept("for", "of"):
        draft.a = tokens.name()


def _by(tokens: Tokens, draft: Draft) -> None:
    draft.flow = _flow(tokens)


def _goods(tokens: Tokens, draft: Draft) -> None:
    draft.coverage = "goods"
    if tokens.accept("and"):
        tokens.expect("services")
        draft.coverage = "goods and services"


def _reported(tokens: Tokens, draft: Draft) -> None:
    tokens.expect("by")
    draft.books = tokens.name()


def _with(tokens: Tokens, draft: Draft) -> None:
    draft.together = (*draft.together, tokens.name())
    tokens.expect("as")
    tokens.expect("one")


_READERS = {
    "growth": _growth,
    "over": _over,
    "contribution": _contribution,
    "share": _share,
    "rank": _rank,
    "by": _by,
    "goods": _goods,
    "reported": _reported,
    "with": _with,
}


def _flow(tokens: Tokens) -> str:
    word = tokens.next().text
    if word.casefold() not in _FLOWS:
        raise Trouble(
            f"'{word}' is not a flow{did_you_mean(word, list(_FLOWS))} Flows: {', '.join(_FLOWS)}"
        )
    return _FLOWS[word.casefold()]


def _as_year(token: Token) -> int:
    year = int(token.text) if token.kind == "number" and token.text.isdigit() else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Trouble(f"'{token.text}' is not a year")
    return year
