"""What limits a number: unpublished reports, trade under areas, extracts, breaks of the series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from zollverein.flows.values import Flows, spans
from zollverein.names import bloc_members

#: Partners named in a note.
_SHOWN = 5
#: Share of its stated total below which an economy's partners are not all there.
_COMPLETE = 0.95


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
    broken = [
        str(item) for item in breaks if _touches(item, claim, choice, flows, years, growing=growing)
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


def _touches(
    item: Break,
    claim: Claim,
    choice: Choice,
    flows: Flows,
    years: Sequence[int],
    *,
    growing: bool,
) -> bool:
    """Whether a break concerns the flow, the report and the years of a claim."""
    if item.report not in BOOKS[books_of(flows, choice)]:
        return False
    directions = {
        "turnover": {
            (claim.a, "exports"),
            (claim.a, "imports"),
            (claim.b, "exports"),
            (claim.b, "imports"),
        },
        "exports": {(claim.a, "exports"), (claim.b, "imports")},
        "imports": {(claim.a, "imports"), (claim.b, "exports")},
    }[claim.flow]
    if (item.label, item.direction) not in directions:
        return False
    crosses = growing and years[0] <= item.before < years[-1]
    return crosses or any(year in item.suspect for year in years)
