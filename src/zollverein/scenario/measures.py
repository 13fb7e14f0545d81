"""Every kind of measure, told apart by ``kind``.

A measure says what is done to whom. What it does to numbers is in the ``apply_*`` modules, how it
reads in plain English in ``describe``. A new kind is a class in ``trade``, ``union`` or
``industry``, an entry here, and one function in each of those two.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Field

from zollverein.scenario.base import Document, Flows, Measure
from zollverein.scenario.industry import ImportSubstitution, Procurement, Productivity
from zollverein.scenario.trade import (
    Barrier,
    Embargo,
    ExportControl,
    ExportTax,
    MutualRecognition,
    PaymentFriction,
    PriceCap,
    Tariff,
)
from zollverein.scenario.union import AssetFreeze, CustomsUnion, Mobility, Transfer

#: Any measure.
AnyMeasure = Annotated[
    Tariff
    | ExportTax
    | Barrier
    | MutualRecognition
    | Embargo
    | ExportControl
    | PaymentFriction
    | PriceCap
    | Productivity
    | ImportSubstitution
    | Procurement
    | CustomsUnion
    | Mobility
    | Transfer
    | AssetFreeze,
    Field(discriminator="kind"),
]

#: Class of each kind.
KINDS: dict[str, type[Measure]] = {
    cls.model_fields["kind"].default: cls for cls in get_args(get_args(AnyMeasure)[0])
}


def kind_of(measure: Measure) -> str:
    """What its kind is called in a file."""
    return str(type(measure).model_fields["kind"].default)


def written(measure: Measure) -> dict[str, Any]:
    """The keys of a measure as a file would have them: the kind first, defaults left out."""
    return {"kind": kind_of(measure), **measure.model_dump(mode="json", exclude_defaults=True)}


__all__ = [
    "KINDS",
    "AnyMeasure",
    "AssetFreeze",
    "Barrier",
    "CustomsUnion",
    "Document",
    "Embargo",
    "ExportControl",
    "ExportTax",
    "Flows",
    "ImportSubstitution",
    "Measure",
    "Mobility",
    "MutualRecognition",
    "PaymentFriction",
    "PriceCap",
    "Procurement",
    "Productivity",
    "Tariff",
    "Transfer",
    "written",
]
