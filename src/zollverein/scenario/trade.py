"""Measures on trade flows: duties, barriers, embargoes, payments, price caps."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from zollverein.scenario.base import (
    Both,
    Equivalent,
    Exporters,
    Factor,
    Flows,
    Importers,
    Measure,
    Members,
    Points,
    Rate,
    Sectors,
)
from zollverein.scenario.values import Names, Value, Within

_Keeper = Annotated[
    Literal["importer", "exporter"], Field(description="on whose side the rent is kept")
]
_Part = Annotated[Value, Within(0, 1, "the part of the trade that stops", hint="0.6 means 60 %")]

_Actionable = Annotated[
    Value, Within(0, 1, "the share of the removal that policy can reach", hint="0.6 means 60 %")
]
_Rent = Annotated[
    Value,
    Within(0, 1, "the share of the barrier that is revenue, not waste", hint="0.6 means 60 %"),
]
_Recognised = Annotated[
    Value, Within(0, 1, "the share of the barrier that recognition removes", hint="0.6 means 60 %")
]


class Tariff(Flows):
    """A change of import duty, an ad valorem rate on the fob value."""

    one_of = ("set", "add", "scale")
    kind: Literal["tariff"] = "tariff"
    set: Rate | None = None
    add: Points | None = None
    scale: Factor | None = None
    both_directions: Both = False


class ExportTax(Flows):
    """A change of export tax, an ad valorem rate on the factory value; negative is a subsidy."""

    one_of = ("set", "add", "scale")
    kind: Literal["export_tax"] = "export_tax"
    set: Rate | None = None
    add: Points | None = None
    scale: Factor | None = None


class Barrier(Flows):
    """A change of non-tariff barriers, as an ad valorem equivalent.

    Added, a ``rent`` share of it is somebody's revenue and the rest is waste. Removed, only the
    ``actionable`` share of it can go; ``level`` is the size of the barrier that is cut into.
    """

    one_of = ("add", "remove")
    kind: Literal["barrier"] = "barrier"
    add: Equivalent | None = None
    remove: Equivalent | None = None
    level: Equivalent | None = None
    actionable: _Actionable = 1.0
    rent: _Rent = 0.0
    keeper: _Keeper = "importer"
    both_directions: Both = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.add is not None and (self.level is not None or self.actionable != 1):
            raise ValueError(
                "'level' and 'actionable' belong to a barrier that is removed, not added"
            )
        if self.remove is not None and self.rent:
            raise ValueError(
                "'rent' cannot be given with 'remove': the baseline's accounts do not show who earns the "
                "rent of an existing barrier, so that its loss could not be booked; with 'add' it is"
            )
        if self.remove is not None and self.level is not None and self.remove > self.level:
            raise ValueError(
                f"removes {self.remove:g}, more than the whole barrier: 'remove' may be from 0 to "
                f"'level', {self.level:g}"
            )
        return self


class MutualRecognition(Measure):
    """Members accept each other's rules: the actionable share of a barrier goes, in every direction."""

    naming: ClassVar[tuple[str, ...]] = ("members", "sectors")
    kind: Literal["mutual_recognition"] = "mutual_recognition"
    members: Members
    sectors: Sectors = "all"
    size: Annotated[Value, Within(0, 10, "size of the barrier", hint="0.25 means 25 %")]
    actionable: _Recognised = 1.0


class Embargo(Flows):
    """Trade stops, or a ``share`` of it: of the varieties, that part is cut off."""

    kind: Literal["embargo"] = "embargo"
    share: _Part = 1.0
    both_directions: Both = False


class ExportControl(Measure):
    """An embargo seen from the sender: exporters stop selling, or a ``share`` of it."""

    kind: Literal["export_control"] = "export_control"
    exporters: Exporters
    importers: Importers
    sectors: Sectors = "all"
    share: _Part = 1.0


class PaymentFriction(Measure):
    """Financial sanctions: payments with the target are dearer, in both directions of trade."""

    naming: ClassVar[tuple[str, ...]] = ("target", "partners", "sectors")
    kind: Literal["payment_friction"] = "payment_friction"
    target: Annotated[Names, Field(description="the countries cut off from payment systems")]
    partners: Annotated[
        Names, Field(description="the countries whose trade with it it concerns")
    ] = "all"
    sectors: Sectors = "all"
    add: Equivalent


class PriceCap(Measure):
    """Buyers pay at most ``cap`` times the baseline price; a ``leakage`` share of trade escapes."""

    kind: Literal["price_cap"] = "price_cap"
    exporters: Exporters
    importers: Importers
    sectors: Sectors
    cap: Annotated[
        Value,
        Within(0, 10, "highest price over the baseline's", open_low=True, hint="0.8 is 20 % lower"),
    ]
    leakage: Annotated[
        Value, Within(0, 0.99, "share of trade that escapes", hint="0.2 means 20 %")
    ] = 0.0
