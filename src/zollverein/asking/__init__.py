"""Questions of a scenario and their answers: names resolved, asked, and what was found in words."""

from zollverein.asking.answers import answer, ask, check_questions
from zollverein.asking.findings import Finding, Table, finding
from zollverein.asking.naming import most_affected, table_outcomes
from zollverein.asking.plan import Plan

__all__ = [
    "Finding",
    "Plan",
    "Table",
    "answer",
    "ask",
    "check_questions",
    "finding",
    "most_affected",
    "table_outcomes",
]
