"""The scenario language: a policy as a document that file, notebook and browser share."""

from zollverein.scenario.document import Scenario
from zollverein.scenario.measures import (
    KINDS,
    AnyMeasure,
    AssetFreeze,
    Barrier,
    CustomsUnion,
    Embargo,
    ExportControl,
    ExportTax,
    ImportSubstitution,
    Measure,
    Mobility,
    MutualRecognition,
    PaymentFriction,
    PriceCap,
    Procurement,
    Productivity,
    Tariff,
    Transfer,
)
from zollverein.scenario.programme import Part, Programme
from zollverein.scenario.toml import read_scenario

__all__ = [
    "KINDS",
    "AnyMeasure",
    "AssetFreeze",
    "Barrier",
    "CustomsUnion",
    "Embargo",
    "ExportControl",
    "ExportTax",
    "ImportSubstitution",
    "Measure",
    "Mobility",
    "MutualRecognition",
    "Part",
    "PaymentFriction",
    "PriceCap",
    "Procurement",
    "Productivity",
    "Programme",
    "Scenario",
    "Tariff",
    "Transfer",
    "read_scenario",
]
