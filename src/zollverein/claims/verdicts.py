"""Findings, one a definition, and the verdict that they add up to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from zollverein.claims.figures import CONTRADICTED, DEPENDS, SUPPORTED, UNKNOWN
from zollverein.claims.statements import Claim

#: What definitions may differ in, in the order in which a difference is looked for.
AXES = ("coverage", "source", "books", "partners", "currency")


@dataclass(frozen=True)
class Finding:
    """The number under one admissible definition.

    Attributes:
        source: Name of the data.
        coverage: Goods, or goods and services.
        books: Who reports.
        valuation: f.o.b., c.i.f., or in words.
        partners: For a rank: among whom; otherwise empty.
        currency: Currency of the level.
        value: The number; NaN if a report is missing.
        low: Lower bound.
        high: Upper bound; may be infinite.
        verdict: Supported, contradicted or not determinable under this definition.
        as_published: What the value alone would say, its bounds ignored.
        counted: Whether the definition is one that the claim admits; others are for information.
        notes: What limits the number.
    """

    source: str
    coverage: str
    books: str
    valuation: str
    partners: str
    currency: str
    value: float
    low: float
    high: float
    verdict: str
    as_published: str
    counted: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A claim, what was found under each definition, and the verdict.

    Attributes:
        claim: The claim.
        findings: One a definition.
        verdict: ``supported``, ``contradicted``, ``depends on the definition`` or ``not
            determinable with these data``. Definitions under which the number cannot be determined
            do not change what the others say; they are listed.
        reason: On which part of the definition it depends, or why it cannot be determined.
        notes: On how the figure was read.
    """

    claim: Claim
    findings: tuple[Finding, ...]
    verdict: str
    reason: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ClaimReport:
    """The checks of several claims against the same data.

    Attributes:
        checks: In the order of the claims.
        sources: What each data set is, by name.
    """

    checks: tuple[Check, ...]
    sources: dict[str, str]

    def table(self) -> pd.DataFrame:
        """One row a definition: claim, what it is, value, bounds, and both verdicts."""
        rows = []
        for check in self.checks:
            for finding in check.findings:
                row = {"claim": check.claim.text, **vars(finding), "overall": check.verdict}
                rows.append({**row, "notes": "; ".join(finding.notes)})
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; numbers that are missing or unbounded are None."""
        return {
            "sources": dict(self.sources),
            "claims": [
                {
                    "claim": check.claim.text,
                    "quote": check.claim.quote,
                    "source": check.claim.source,
                    "verdict": check.verdict,
                    "reason": check.reason,
                    "notes": list(check.notes),
                    "findings": [_plain(finding) for finding in check.findings],
                }
                for check in self.checks
            ],
        }

    def __str__(self) -> str:
        """The whole report as text."""
        from zollverein.claims.text import as_text

        return as_text(self)


def overall(findings: Sequence[Finding]) -> tuple[str, str]:
    """Verdict over all definitions that the claim admits, and the reason.

    Supported or contradicted if every definition that can be determined says so; otherwise it
    depends on the definition, and the first part of the definition that separates the two is named.
    """
    counted = [finding for finding in findings if finding.counted]
    known = [finding for finding in counted if finding.verdict != UNKNOWN]
    open_ = len(counted) - len(known)
    if not known:
        many = len(counted)
        return (
            UNKNOWN,
            f"under {'any of the ' if many > 1 else ''}{many} definition{'s' * (many > 1)}",
        )
    verdicts = {finding.verdict for finding in known}
    rest = f"; {open_} more cannot be determined" if open_ else ""
    if len(verdicts) == 1:
        words = f"{len(known)} definition{'s' if len(known) > 1 else ''}"
        return verdicts.pop(), f"under {words}{rest}"
    return DEPENDS, _separating(known) + rest


def _separating(known: Sequence[Finding]) -> str:
    """The part of the definition that the verdict depends on."""
    for axis in AXES:
        groups: dict[str, set[str]] = {}
        for finding in known:
            groups.setdefault(getattr(finding, axis), set()).add(finding.verdict)
        if all(len(verdicts) == 1 for verdicts in groups.values()):
            said = {name: next(iter(verdicts)) for name, verdicts in groups.items()}
            return f"on the {axis}: {_said(said)}"
    said = {
        ", ".join(part for part in (f.source, f.coverage, f.books, f.partners) if part): f.verdict
        for f in known
    }
    return f"on the definition as a whole: {_said(said)}"


def _said(said: dict[str, str]) -> str:
    parts = []
    for verdict in (SUPPORTED, CONTRADICTED):
        names = [name for name, found in said.items() if found == verdict]
        parts.append(f"{verdict} with {' / '.join(names)}")
    return ", ".join(parts)


def _plain(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {**vars(finding), "notes": list(finding.notes)}
    for key in ("value", "low", "high"):
        data[key] = data[key] if math.isfinite(data[key]) else None
    return data
