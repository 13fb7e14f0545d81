"""Named tables of a result, each a labelled array: what reports show, and what bands are drawn of."""

from zollverein.tables.groups import groups_of, partition, trade_between
from zollverein.tables.registry import (
    REPORT,
    TABLES,
    Reader,
    Table,
    read_table,
    readers,
)
from zollverein.tables.scope import NOTICEABLE, Scope, most_affected, scope_of

__all__ = [
    "NOTICEABLE",
    "REPORT",
    "TABLES",
    "Reader",
    "Scope",
    "Table",
    "groups_of",
    "most_affected",
    "partition",
    "read_table",
    "readers",
    "scope_of",
    "trade_between",
]
