"""The admissible definitions of a claim in one set of flows, and the number under each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from zollverein.claims.doubts import doubts, known_years
from zollverein.claims.figures import UNKNOWN, judge
from zollverein.claims.statements import Claim
from zollverein.claims.verdicts import Finding
from zollverein.flows.bounds import Bounded, Choice
from zollverein.flows.breaks import Break
from zollverein.flows.groups import common_members
from zollverein.flows.statistics import contribution, growth, pair, ranking, share
from zollverein.flows.values import Flows
from zollverein.names import bloc_members

#: Units of the data's currency for one unit of another, by currency and year.
Rates = Mapping[str, Mapping[int, float]]

#: Bloc that is also shown as one partner where a rank is among all economies.
_AS_ONE = "EU27"
_NOTHING = Bounded(np.array(np.nan), np.array(-np.inf), np.array(np.inf))


@dataclass(frozen=True)
class Definition:
    """One way to read a claim in one set of flows."""

    coverage: str
    books: str
    choice: Choice
    together: tuple[str, ...] = ()
    currency: str = ""
    counted: bool = True
    impossible: str = ""


@dataclass(frozen=True)
class Data:
    """A set of flows with its breaks, and the options of the check."""

    flows: Flows
    breaks: tuple[Break, ...]
    unallocated: str
    margin: float
    rates: Rates


def findings(claim: Claim, data: Data) -> Iterator[Finding]:
    """The number and the verdict under each definition that the data admit.

    Args:
        claim: With labels of the data for its economies.
        data: The flows and options.
    """
    for definition in _definitions(claim, data):
        yield _finding(claim, data, definition)


def _definitions(claim: Claim, data: Data) -> Iterator[Definition]:
    flows = data.flows
    for coverage, sectors, no_coverage in _coverages(claim, flows):
        for books, no_books in _books(claim, flows):
            choice = Choice(claim.flow, books, sectors, data.unallocated, data.margin)
            base = Definition(coverage, books, choice, impossible=no_coverage or no_books)
            for currency, no_currency in _currencies(claim, data):
                one = replace(base, currency=currency, impossible=base.impossible or no_currency)
                yield from _partner_sets(claim, flows, one)


def _coverages(claim: Claim, flows: Flows) -> Iterator[tuple[str, tuple[str, ...] | None, str]]:
    both = "goods and services"
    if flows.coverage == both and {"goods", "services"} <= set(flows.groups):
        offered: dict[str, tuple[str, ...] | None] = {both: None, "goods": flows.groups["goods"]}
    else:
        offered = {flows.coverage or "as in the table": None}
    if claim.coverage and claim.coverage not in offered:
        yield (
            claim.coverage,
            None,
            f"{flows.name} does not tell {claim.coverage}: it covers {' or '.join(offered)}",
        )
        return
    for coverage, sectors in offered.items():
        if not claim.coverage or coverage == claim.coverage:
            yield coverage, sectors, ""


def _books(claim: Claim, flows: Flows) -> Iterator[tuple[str, str]]:
    wanted = claim.books
    wanted = {claim.a: "own", claim.b: "partner", "partners": "partner"}.get(wanted, wanted)
    if "table" in flows.basis:
        told = f"{flows.name} does not say who reports" if wanted else ""
        yield "table", told
        return
    offered = ["own", "partner"]
    if claim.flow == "turnover":
        offered += ["exporters", "importers"]
    aliases = {
        "exporters": "partner" if claim.flow == "imports" else "own",
        "importers": "own" if claim.flow == "imports" else "partner",
    }
    if wanted and wanted not in offered:
        wanted = aliases.get(wanted, wanted)
    if wanted and wanted not in offered:
        yield "own", f"{wanted} is neither of the two economies; its books do not tell"
        return
    yield from ((books, "") for books in offered if not wanted or books == wanted)


def _currencies(claim: Claim, data: Data) -> Iterator[tuple[str, str]]:
    own = data.flows.currency
    asked = claim.currency or own
    if claim.kind in ("rank", "share") or asked == own:
        yield own, ""
        return
    if claim.kind != "level":
        yield own, ""
    lacking = [y for y in _years(claim) if y not in data.rates.get(asked, {})]
    yield asked, f"no rate of {asked} to {own} is given for {lacking[0]}" if lacking else ""


def _partner_sets(claim: Claim, flows: Flows, base: Definition) -> Iterator[Definition]:
    yield replace(base, together=claim.together)
    union = [m for m in bloc_members(_AS_ONE) if m in flows.labels]
    if claim.kind != "rank" or claim.among or claim.together or claim.b in union or len(union) < 2:
        return
    # "Fourth among partners" compares economies; the union as one partner is shown, not counted.
    yield replace(base, together=(_AS_ONE,), counted=False)


def _finding(claim: Claim, data: Data, definition: Definition) -> Finding:
    flows = data.flows
    problem = definition.impossible or _lacking(claim, flows)
    notes: tuple[str, ...] = (problem,) if problem else ()
    found, comparable = _NOTHING, not problem
    if not problem:
        found = _number(claim, data, definition)
        told, broken = doubts(claim, flows, definition.choice, data.breaks)
        notes, comparable = tuple(told), not broken
    value, low, high = (float(part) for part in (found.value, found.low, found.high))
    verdict = judge(low, high, claim.relation, claim.figures) if comparable else UNKNOWN
    return Finding(
        source=flows.name,
        coverage=definition.coverage,
        books=_who(claim, definition.books),
        valuation=_valuation(claim, flows, definition.books),
        partners=_partners(claim, flows, definition) if claim.kind == "rank" else "",
        currency=definition.currency,
        value=value,
        low=low,
        high=high,
        verdict=verdict,
        as_published=judge(value, value, claim.relation, claim.figures) if comparable else UNKNOWN,
        counted=definition.counted,
        notes=notes,
    )


def _number(claim: Claim, data: Data, definition: Definition) -> Bounded:
    """The number that a claim is about."""
    flows, choice = data.flows, definition.choice
    options = {name: value for name, value in vars(choice).items() if name != "flow"}
    options["flow"] = choice.flow
    if claim.kind == "level":
        found = pair(flows, claim.year, claim.a, claim.b, choice)
        factor = 1 / _rate(data, definition.currency, claim.year)
        return Bounded(found.value * factor, found.low * factor, found.high * factor)
    if claim.kind in ("growth", "contribution"):
        ends = claim.a, claim.b, claim.year
        options["over"] = claim.base
        price = _rate(data, definition.currency, claim.base) / _rate(
            data, definition.currency, claim.year
        )
        if claim.kind == "contribution":
            return contribution(flows, *ends, price=price, **options)
        found = growth(flows, *ends, **options)
        return Bounded(*((1 + part) * price - 1 for part in (found.value, found.low, found.high)))
    if claim.kind == "share":
        return share(flows, claim.a, claim.b, claim.year, **options)
    among = bloc_members(claim.among) if claim.among else flows.countries
    table = ranking(
        flows,
        claim.a,
        claim.year,
        among=[label for label in among if label in flows.labels],
        together={name: list(bloc_members(name)) for name in definition.together},
        **options,
    )
    at = table.index.get_loc(claim.b)
    columns = (table[part].to_numpy(dtype=float) for part in ("rank", "best", "worst"))
    return Bounded(*(column[at] for column in columns))


def _rate(data: Data, currency: str, year: int) -> float:
    return 1.0 if currency == data.flows.currency else float(data.rates[currency][year])


def _lacking(claim: Claim, flows: Flows) -> str:
    """Why the data cannot say anything, or empty."""
    for name in (claim.a, claim.b):
        inside = name in flows.labels or any(m in flows.labels for m in bloc_members(name))
        if not inside:
            return f"{flows.name} has no {name}"
    missing = [year for year in _years(claim) if year not in flows.years]
    if missing:
        return f"{flows.name} has no year {missing[0]}; it has {known_years(flows)}"
    if claim.kind in ("share", "contribution") and claim.a not in flows.labels:
        return f"a {claim.kind} needs the total of a single economy, not of {claim.a}"
    return _unranked(claim, flows) if claim.kind == "rank" else _twice(claim, flows)


def _unranked(claim: Claim, flows: Flows) -> str:
    """Why there is no such rank, or empty."""
    if claim.a not in flows.labels or claim.b not in flows.countries:
        return f"a rank needs single economies, not {claim.a} and {claim.b}"
    if claim.among and claim.b not in bloc_members(claim.among):
        return f"{claim.b} is not a member of {claim.among} in the table of blocs"
    for name in claim.together:
        if claim.b in bloc_members(name):
            return f"{claim.b} has no rank of its own where {name} is one partner"
    return ""


def _twice(claim: Claim, flows: Flows) -> str:
    """Whose trade a turnover would count twice, or empty."""
    common = common_members(flows, claim.a, claim.b) if claim.flow == "turnover" else []
    return (
        f"turnover counts trade among {', '.join(common)} twice; exports count it once"
        if common
        else ""
    )


def _years(claim: Claim) -> tuple[int, ...]:
    return (claim.base, claim.year) if claim.kind in ("growth", "contribution") else (claim.year,)


def _who(claim: Claim, books: str) -> str:
    many = claim.kind in ("rank", "share", "contribution")
    return {
        "own": f"{claim.a}'s books",
        "partner": "partners' books" if many else f"{claim.b}'s books",
        "exporters": "exporters' reports",
        "importers": "importers' reports",
        "table": "one table",
    }[books]


def _valuation(claim: Claim, flows: Flows, books: str) -> str:
    if books == "table":
        return flows.basis["table"]
    sides = {"own": ("fob", "cif"), "partner": ("cif", "fob")}
    sides |= {"exporters": ("fob", "fob"), "importers": ("cif", "cif")}
    exports, imports = sides[books]
    if claim.flow == "exports" or exports == imports:
        return exports
    return imports if claim.flow == "imports" else f"exports {exports}, imports {imports}"


def _partners(claim: Claim, flows: Flows, definition: Definition) -> str:
    members = bloc_members(claim.among) if claim.among else flows.countries
    count = sum(member in flows.countries and member != claim.a for member in members)
    kind = f"members of {claim.among}" if claim.among else "economies"
    base = f"{count} {kind}"
    return f"{base}, {' and '.join(definition.together)} as one" if definition.together else base
