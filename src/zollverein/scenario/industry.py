"""Measures at home: productivity, import substitution, procurement."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zollverein.scenario.base import Change, Countries, Measure, Members, Points, Sectors
from zollverein.scenario.values import Names, Value, Within

_OutputSubsidy = Annotated[
    Value, Within(0, 0.95, "subsidy on the factory value", hint="0.05 means 5 %")
]
_Open = Annotated[
    Value, Within(0, 1, "how far purchases move to the private pattern", hint="0.6 means 60 %")
]
_GovernmentShare = Annotated[
    Value,
    Within(
        0,
        1,
        "government's share of final demand, where the world does not tell",
        hint="0.6 means 60 %",
    ),
]
_HomeBias = Annotated[
    Value,
    Within(
        0,
        1,
        "part by which governments import less than others, where the world does not tell",
        hint="0.6 means 60 %",
    ),
]


class Productivity(Measure):
    """A change of productivity; unit cost is divided by 1 + ``change``."""

    kind: Literal["productivity"] = "productivity"
    countries: Countries = "all"
    sectors: Sectors = "all"
    change: Change


class ImportSubstitution(Measure):
    """Home goods in the place of imports, by up to four levers that are kept apart.

    ``home_bias`` turns buyers to home goods, ``productivity`` makes these cheaper,
    ``output_subsidy`` has the budget pay for it, ``tariff`` the users.
    """

    some_of = ("home_bias", "productivity", "output_subsidy", "tariff")
    kind: Literal["import_substitution"] = "import_substitution"
    countries: Annotated[Names, Field(description="the countries that substitute")]
    sectors: Sectors
    home_bias: (
        Annotated[
            Value,
            Within(
                0, 100, "how much more buyers want the home good", hint="0.5 is half as much again"
            ),
        ]
        | None
    ) = None
    productivity: Change | None = None
    output_subsidy: _OutputSubsidy | None = None
    tariff: Points | None = None


class Procurement(Measure):
    """Governments of a bloc buy from each other as private buyers do.

    Where the world does not tell governments apart, ``government_share`` of final demand and
    ``home_bias`` are assumed and the result says so.
    """

    naming: ClassVar[tuple[str, ...]] = ("members", "sectors")
    kind: Literal["procurement"] = "procurement"
    members: Members
    sectors: Sectors = "all"
    open: _Open = 1.0
    government_share: _GovernmentShare | None = None
    home_bias: _HomeBias = 0.5
