"""The report of the claim checker as plain text."""

from __future__ import annotations

import math

from zollverein.claims.figures import UNKNOWN
from zollverein.claims.statements import Claim
from zollverein.claims.verdicts import Check, ClaimReport, Finding

#: Scales in which levels are shown.
_SCALES = ((1e9, "bn"), (1e6, "mn"), (1e3, "thousand"))


def as_text(report: ClaimReport) -> str:
    """All checks, then what the data are."""
    blocks = [_check_text(check) for check in report.checks]
    lines = ["data", *(f"  {name}: {told}" for name, told in report.sources.items())]
    return "\n\n".join([*blocks, "\n".join(lines)])


def number(value: float, claim: Claim, currency: str) -> str:
    """A number as the kind of claim shows it."""
    if math.isnan(value):
        return "missing"
    if math.isinf(value):
        return "no bound"
    if claim.kind == "rank":
        return f"{value:.0f}"
    if claim.kind == "level":
        for scale, word in _SCALES:
            if abs(value) >= scale:
                return f"{value / scale:,.2f} {word} {currency}"
        return f"{value:,.2f} {currency}"
    sign = "+" if claim.kind in ("growth", "contribution") else ""
    return f"{value * 100:{sign}.1f} %"


def _check_text(check: Check) -> str:
    claim = check.claim
    lines = [_headline(claim), f"  {check.verdict.upper()}: {check.reason}" if check.reason else ""]
    if claim.quote:
        lines.insert(0, f'"{claim.quote}"' + (f" ({claim.source})" if claim.source else ""))
    rows = [_row(claim, finding) for finding in check.findings]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append(f"    {'  '.join([*cells, row[3]])}".rstrip())
    notes = dict.fromkeys(note for finding in check.findings for note in finding.notes)
    lines += [f"    note: {note}" for note in (*notes, *check.notes)]
    return "\n".join(line for line in lines if line)


def _headline(claim: Claim) -> str:
    """The claim in full, with what it inherited."""
    subject = {
        "level": f"{claim.flow} of {claim.a} with {claim.b}, {claim.year}",
        "growth": f"growth of {claim.flow} of {claim.a} with {claim.b}, {claim.year} over {claim.base}",
        "contribution": f"contribution of {claim.b} to the growth of {claim.flow} of {claim.a}, "
        f"{claim.year} over {claim.base}",
        "share": f"share of {claim.b} in {claim.flow} of {claim.a}, {claim.year}",
        "rank": f"rank of {claim.b} {'in ' + claim.among if claim.among else 'among partners'} "
        f"for {claim.a} by {claim.flow}, {claim.year}",
    }[claim.kind]
    stated = " and ".join(figure.text for figure in claim.figures)
    return f"{subject} {claim.relation} {stated}"


def _row(claim: Claim, finding: Finding) -> tuple[str, str, str, str]:
    parts = (finding.source, finding.coverage, finding.books, finding.valuation, finding.partners)
    what = ", ".join(part for part in parts if part)
    value = number(finding.value, claim, finding.currency)
    bounds = ""
    if finding.low != finding.high and finding.low <= finding.high and not math.isinf(finding.low):
        ends = (number(end, claim, finding.currency) for end in (finding.low, finding.high))
        bounds = f"[{' to '.join(ends)}]"
    return what, value, bounds, _verdict(finding)


def _verdict(finding: Finding) -> str:
    if not finding.counted:
        return "(for information)"
    if finding.verdict != UNKNOWN:
        return finding.verdict
    published = finding.as_published
    return "not determinable" + (f" (as published: {published})" if published != UNKNOWN else "")
