"""What limits a number: unpublished reports, trade under areas, extracts, breaks of the series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zollverein.claims.statements import Claim
from zollverein.flows.bounds import (
    BOOKS,
    UNALLOCATED,
    Choice,
    books_of,
    completeness,
    trade,
    unallocated,
)
from zollverein.flows.breaks import Break
from zollverein.flows.groups import members
from zollverein.flows.statistics import pair
from zollverein.flows.values import Flows, spans
from zollverein.names import bloc_members

#: Partners named in a note.
_SHOWN = 5
#: Share of its stated total below which an economy's partners are not all there.
_COMPLETE = 0.95
#: Share of a bloc's trade with the other side from which a break of a member is one of the bloc.
_LARGE = 0.05


def doubts(
    claim: Claim, flows: Flows, choice: Choice, breaks: Sequence[Break]
) -> tuple[list[str], bool]:
    """Notes on a number, and whether a break makes it incomparable."""
    growing = claim.kind in ("growth", "contribution")
    years = (claim.base, claim.year) if growing else (claim.year,)
    notes: list[str] = []
    parts: list[str] = []
    absent = [member for member in bloc_members(claim.among) if member not in flows.labels]
    if claim.among and absent:
        notes.append(f"members of {claim.among} that {flows.name} lacks: {', '.join(absent)}")
    for year in years:
        notes += _of_year(claim, flows, choice, year)
        parts += _incomplete(claim, flows, choice, year)
    broken = []
    if breaks:
        ends = [_large(claim, flows, choice, years, first=first) for first in (True, False)]
        broken = [
            str(item)
            for item in breaks
            if _touches(item, claim, choice, flows, years, growing=growing, ends=ends)
        ]
    return list(dict.fromkeys([*notes, *parts, *broken])), bool(broken or parts)


def _incomplete(claim: Claim, flows: Flows, choice: Choice, year: int) -> Iterator[str]:
    """Why the partners in the data are not all partners of ``claim.a``."""
    if claim.kind in ("level", "growth"):
        return
    if flows.focus and claim.a not in flows.focus:
        yield f"{flows.name} holds only flows that involve {', '.join(flows.focus)}"
        return
    reports = BOOKS[books_of(flows, choice)]
    for direction, report in zip(("exporter", "importer"), reports, strict=True):
        if (
            report != direction
            or claim.flow == {"exporter": "imports", "importer": "exports"}[report]
        ):
            continue
        found = float(completeness(flows, year, report)[flows.labels.index(claim.a)])
        if found < _COMPLETE:
            word = "exports" if report == "exporter" else "imports"
            yield (
                f"the partners in {flows.name} make up {found:.0%} of the {word} of {year} that {claim.a} "
                "states; others are not in the data"
            )


def known_years(flows: Flows) -> str:
    """The years of the data."""
    return spans(flows.years)


def _of_year(claim: Claim, flows: Flows, choice: Choice, year: int) -> Iterator[str]:
    reports = BOOKS[books_of(flows, choice)]
    directions = [("exports", reports[0]), ("imports", reports[1])]
    directions = [pair for pair in directions if claim.flow in ("turnover", pair[0])]
    at = flows.years.index(year)
    for direction, report in directions:
        if report == "table":
            continue
        reporter = _reporter(claim, direction, report)
        word = "exports" if report == "exporter" else "imports"
        if report not in flows.basis:
            yield f"no {report}s' reports"
            continue
        if reporter not in flows.labels:
            continue
        index = flows.labels.index(reporter)
        if not flows.published[report][at, index]:
            yield f"{reporter} published no {word} of {year}; bounded by its partners' reports"
            continue
        open_share = float(unallocated(flows, year, report)[1][index])
        if choice.unallocated == "bound" and open_share >= UNALLOCATED:
            yield (
                f"{reporter} books {open_share:.0%} of its {word} of {year} under areas, so its figures for "
                "partners are lower bounds"
            )
    if claim.kind == "rank":
        yield from _unbounded(claim, flows, choice, year)


def _reporter(claim: Claim, direction: str, report: str) -> str:
    """Who reports one direction of the trade of ``claim.a``."""
    own = (direction == "exports") == (report == "exporter")
    return claim.a if own else claim.b


def _unbounded(claim: Claim, flows: Flows, choice: Choice, year: int) -> Iterator[str]:
    found = trade(flows, year, claim.a, choice)
    names = [
        label
        for label, high in zip(flows.labels, found.high, strict=True)
        if high == float("inf") and label not in flows.areas and label != claim.a
    ]
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"neither side published the trade with {', '.join(names[:_SHOWN])}{more} in {year}"


def _large(
    claim: Claim, flows: Flows, choice: Choice, years: Sequence[int], *, first: bool
) -> list[str]:
    """``claim.a`` or ``claim.b`` itself; of a bloc, the members with much of the trade that is meant."""
    name, other = (claim.a, claim.b) if first else (claim.b, claim.a)
    inside = members(flows, name, but=other)
    if inside == [name]:
        return inside
    ends = [(one, other) if first else (other, one) for one in inside]
    size = np.array([[pair(flows, year, *both, choice).best() for both in ends] for year in years])
    size = np.nan_to_num(size)
    large = (size >= _LARGE * size.sum(axis=1, keepdims=True)).any(axis=0)
    return [one for one, much in zip(inside, large, strict=True) if much]


def _touches(
    item: Break,
    claim: Claim,
    choice: Choice,
    flows: Flows,
    years: Sequence[int],
    *,
    growing: bool,
    ends: Sequence[Sequence[str]],
) -> bool:
    """Whether a break concerns the flow, the report and the years of a claim."""
    if item.report not in BOOKS[books_of(flows, choice)]:
        return False
    both = ("exports", "imports")
    first, second = {
        "turnover": (both, both),
        "exports": (("exports",), ("imports",)),
        "imports": (("imports",), ("exports",)),
    }[claim.flow]
    mine = item.label in ends[0] and item.direction in first
    theirs = item.label in ends[1] and item.direction in second
    if not (mine or theirs):
        return False
    crosses = growing and years[0] <= item.before < years[-1]
    return crosses or any(year in item.suspect for year in years)
