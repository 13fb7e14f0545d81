"""Is a statistical claim about trade true? Under every admissible definition, and how definitely."""

from zollverein.claims.checking import check_claims
from zollverein.claims.data import gather_flows
from zollverein.claims.documents import Document, read_document
from zollverein.claims.grammar import parse_claims
from zollverein.claims.statements import Claim
from zollverein.claims.verdicts import Check, ClaimReport, Finding

__all__ = [
    "Check",
    "Claim",
    "ClaimReport",
    "Document",
    "Finding",
    "check_claims",
    "gather_flows",
    "parse_claims",
    "read_document",
]
