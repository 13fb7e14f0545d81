"""The claim checker: claims in, verdicts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from numbers import Real
from pathlib import Path
from typing import Any

from zollverein.claims.definitions import Data, Rates, findings
from zollverein.claims.documents import Document, read_document
from zollverein.claims.figures import Figure, judge
from zollverein.claims.statements import Claim
from zollverein.claims.verdicts import Check, ClaimReport, Finding, overall
from zollverein.errors import ClaimError
from zollverein.flows.bounds import CIF_MARGIN
from zollverein.flows.breaks import series_breaks
from zollverein.flows.values import Flows
from zollverein.names import bloc, bloc_names, did_you_mean, iso3

_WORDS = ("own", "partner", "partners", "exporters", "importers")


def check_claims(
    flows: Flows | Sequence[Flows],
    text_or_toml: str | Path | Document,
    *,
    unallocated: str = "bound",
    margin: float = CIF_MARGIN,
    rates: Rates | None = None,
) -> ClaimReport:
    """Check statements about trade against data, under every admissible definition.

    Args:
        flows: One data set, or several; a verdict may differ between them.
        text_or_toml: Claims in the language of the documentation, separated by semicolons; or the
            text or the path of a TOML file of claims with their quotations; or a ``Document``.
        unallocated: ``bound`` counts trade that a reporter books under areas as perhaps the
            partner's, within what the mirror allows; ``ignore`` takes its figures as they are.
        margin: Largest excess of a c.i.f. value over the f.o.b. value of the same goods.
        rates: Units of the data's currency for one unit of another, by currency and year, for
            claims in another currency than the data's.

    Returns:
        For each claim the number under each definition, and the verdict, as supported, contradicted,
        depends on the definition (and on what), or not determinable with these data.

    Raises:
        ClaimError: If a claim cannot be read, or names an economy that nobody knows, or data or rates
            are none.
    """
    sets = _sets(flows)
    _check_rates(rates or {})
    sets = _with_own_names(sets)
    data = [Data(one, series_breaks(one), unallocated, margin, rates or {}) for one in sets]
    given = text_or_toml
    document = given if isinstance(given, Document) else read_document(given)
    checks = tuple(_check(_with_labels(claim, sets), data) for claim in document.claims)
    return ClaimReport(checks, {one.name: _source(one) for one in sets})


def _sets(flows: Any) -> list[Flows]:
    """The data sets.

    Raises:
        ClaimError: If there is none, or something is no data set.
    """
    several = isinstance(flows, Iterable) and not isinstance(flows, str)
    sets = list(flows) if several else [flows]
    strange = [one for one in sets if not isinstance(one, Flows)]
    if strange:
        raise ClaimError(
            f"claims are checked against Flows, not a {type(strange[0]).__name__}. Fix: zv.flows_of(world) "
            "for a World, zv.read_flows(path) for a file."
        )
    if not sets:
        raise ClaimError(
            "there are no flows to check claims against. Fix: give at least one Flows."
        )
    return sets


def _check_rates(rates: Any) -> None:
    """Refuse rates that are no tables of positive numbers by currency and year.

    Raises:
        ClaimError: Which one.
    """
    example = "Fix: rates={'EUR': {2021: 1.183}}, units of the data's currency for one euro."
    for currency, by_year in rates.items() if isinstance(rates, Mapping) else [("rates", None)]:
        if not isinstance(by_year, Mapping):
            raise ClaimError(f"the rate of {currency} is not given by year. {example}")
        for year, rate in by_year.items():
            if not (isinstance(rate, Real) and 0 < float(rate) < inf):
                raise ClaimError(f"the rate of {currency} in {year} is {rate!r}. {example}")


def _check(claim: Claim, data: Iterable[Data]) -> Check:
    found = tuple(finding for one in data for finding in findings(claim, one))
    verdict, reason = overall(found)
    return Check(claim, found, verdict, reason, tuple(_reading(claim, found, verdict)))


def _reading(claim: Claim, found: Sequence[Finding], verdict: str) -> Iterable[str]:
    """How the figure was read, and what another reading would change."""
    figure = claim.figures[0]
    if claim.relation != "=" or claim.kind == "rank" or figure.half == figure.strict_half:
        return
    strict: tuple[Figure, ...] = (figure.strictly(),)
    again = [
        finding
        if finding.low > finding.high
        else replace(finding, verdict=judge(finding.low, finding.high, "=", strict))
        for finding in found
    ]
    other, _ = overall(again)
    if other != verdict:
        yield (
            "the zeros at the end of the figure are not taken for significant digits; if they were, the "
            f"verdict would be: {other}"
        )


def _with_labels(claim: Claim, sets: Sequence[Flows]) -> Claim:
    """The claim with labels for names.

    Raises:
        ClaimError: If a name is neither a label of the data, nor a country, nor a bloc.
    """
    labels = {label for one in sets for label in one.labels}
    books = claim.books
    if books and books.casefold() not in _WORDS:
        books = _label(books, labels, claim, blocs=False)
    elif books:
        books = books.casefold()
    a, b = (_label(name, labels, claim, blocs=claim.kind != "rank") for name in (claim.a, claim.b))
    if a == b:
        raise ClaimError(f"'{claim.text}': the two economies are the same, {a}.")
    return replace(
        claim,
        a=a,
        b=b,
        among=_bloc(claim.among, claim) if claim.among else "",
        together=tuple(_bloc(name, claim) for name in claim.together),
        books=books,
    )


def _label(name: str, labels: set[str], claim: Claim, *, blocs: bool) -> str:
    if name in labels:
        return name
    found = iso3(name)
    if found is not None:
        return found
    group = bloc(name)
    if blocs and group is not None:
        return group.name
    known = [*sorted(labels), *(bloc_names() if blocs else ())]
    raise ClaimError(f"'{claim.text}': there is no economy '{name}'{did_you_mean(name, known)}")


def _bloc(name: str, claim: Claim) -> str:
    found = bloc(name)
    if found is None:
        raise ClaimError(
            f"'{claim.text}': there is no bloc '{name}'{did_you_mean(name, bloc_names())} "
            f"Blocs: {', '.join(bloc_names())}."
        )
    return found.name


def _with_own_names(sets: Sequence[Flows]) -> list[Flows]:
    """Data sets with different names, so that verdicts can tell them apart."""
    seen: dict[str, int] = {}
    result = []
    for one in sets:
        seen[one.name] = seen.get(one.name, 0) + 1
        count = seen[one.name]
        result.append(one if count == 1 else replace(one, name=f"{one.name} ({count})"))
    return result


def _source(flows: Flows) -> str:
    """What the data are, in words."""
    parts = [flows.source.rstrip("."), flows.nature, flows.coverage]
    return "; ".join(part for part in parts if part)
