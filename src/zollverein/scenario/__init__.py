"""The scenario language: a policy as a document that file, notebook and browser share."""

from zollverein.scenario.document import Scenario
from zollverein.scenario.measures import (
    KINDS,
    AnyMeasure,
    Barrier,
    Embargo,
    ExportTax,
    Measure,
    Productivity,
    Tariff,
)
from zollverein.scenario.toml import read_scenario

__all__ = [
    "KINDS",
    "AnyMeasure",
    "Barrier",
    "Embargo",
    "ExportTax",
    "Measure",
    "Productivity",
    "Scenario",
    "Tariff",
    "read_scenario",
]
