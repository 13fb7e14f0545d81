"""Bilateral trade flows from any source, and the trade statistics computed from them."""

from zollverein.flows.bounds import Bounded, Choice, trade, unallocated
from zollverein.flows.breaks import Break, series_breaks
from zollverein.flows.reading import read_flows
from zollverein.flows.rules import Rules
from zollverein.flows.sources import flows_from_arrays, flows_of
from zollverein.flows.statistics import (
    contribution,
    contributions,
    growth,
    intra_bloc_share,
    mirror,
    ranking,
    share,
    turnover,
    turnover_history,
)
from zollverein.flows.values import Flows

__all__ = [
    "Bounded",
    "Break",
    "Choice",
    "Flows",
    "Rules",
    "contribution",
    "contributions",
    "flows_from_arrays",
    "flows_of",
    "growth",
    "intra_bloc_share",
    "mirror",
    "ranking",
    "read_flows",
    "series_breaks",
    "share",
    "trade",
    "turnover",
    "turnover_history",
    "unallocated",
]
