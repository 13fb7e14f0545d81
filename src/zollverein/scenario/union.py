"""Measures between countries as wholes: customs unions, mobility, transfers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from zollverein.scenario.base import Measure, Members, Sectors
from zollverein.scenario.values import Names, Value, Within, entries, in_range, kind_of

#: Keys by which unions share their import duties: shares of the pool, and where they are from.
REVENUE_KEYS: dict[str, dict[str, float]] = {
    # Eurasian Economic Union, Treaty of 2014, annex 5, as in force since 1 January 2020.
    "EAEU": {"ARM": 0.01220, "BLR": 0.04860, "KAZ": 0.06955, "KGZ": 0.01900, "RUS": 0.85065},
}

_NOT_NEGATIVE = in_range(0, 1e9)


def _numbers_by_country(value: Any) -> dict[str, float]:
    """A table of numbers by country."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"must be a table of numbers by country, not {kind_of(value)}")
    found = entries(value, _NOT_NEGATIVE)
    if not sum(found.values()) > 0:
        raise ValueError("must hold at least one positive number")
    return found


def _keys(value: Any) -> str | dict[str, float]:
    """A named set of keys, or a table of shares by country that sum to one."""
    named = (*REVENUE_KEYS, "value_added")
    if isinstance(value, str):
        if value not in named:
            raise ValueError(
                f"'{value}' is not a set of keys; choose {', '.join(named)} or give a table"
            )
        return value
    table = _numbers_by_country(value)
    total = sum(table.values())
    if abs(total - 1) > 1e-6:
        raise ValueError(f"sums to {total:g}; keys are shares of the pool and sum to 1")
    return table


_Table = Annotated[dict[str, float], BeforeValidator(_numbers_by_country)]
_Keys = Annotated[str | dict[str, float], BeforeValidator(_keys)]
_Amount = Annotated[
    Value, Within(0, 1e15, "what is paid a year, in the currency of the world", open_low=True)
]
_Payers = Annotated[Names, Field(description="the countries that pay")]
_Receivers = Annotated[Names, Field(description="the countries that receive")]

_PaidShare = Annotated[
    Value,
    Within(
        0, 1, "what is paid a year, as a share of the payers' value added", hint="0.6 means 60 %"
    ),
]
_LostShare = Annotated[
    Value,
    Within(
        0, 1, "what is lost a year, as a share of the target's value added", hint="0.6 means 60 %"
    ),
]


class CustomsUnion(Measure):
    """No duty inside, one external tariff, and, with ``keys``, shared revenue.

    The external tariff on each origin and sector is the highest (``max``), lowest (``min``) or
    trade-weighted mean of the members'; ``keep`` leaves each its own; ``kemp_wan``
    finds the duties and export taxes, in every sector, at which the rest of the world trades as before.
    """

    naming: ClassVar[tuple[str, ...]] = ("members", "sectors")
    kind: Literal["customs_union"] = "customs_union"
    members: Members
    sectors: Sectors = "goods"
    external: Annotated[
        Literal["max", "min", "mean", "keep", "kemp_wan"],
        Field(description="the common external tariff"),
    ] = "mean"
    keys: Annotated[
        _Keys | None,
        Field(description="shares of the pooled revenue; without them each keeps its own"),
    ] = None


class Mobility(Measure):
    """People move inside a bloc towards higher real wages."""

    naming: ClassVar[tuple[str, ...]] = ("members",)
    kind: Literal["mobility"] = "mobility"
    members: Members
    elasticity: Annotated[
        Value, Within(0, 20, "response of population to the real wage", hint="2 means 2 % for 1 %")
    ]
    people: Annotated[
        _Table | None,
        Field(description="people of each member; in proportion to value added if omitted"),
    ] = None


class Transfer(Measure):
    """Payers send money abroad every year; who gets it is stated."""

    naming: ClassVar[tuple[str, ...]] = ("payers", "receivers")
    one_of = ("amount", "share")
    kind: Literal["transfer"] = "transfer"
    payers: _Payers
    receivers: _Receivers
    amount: _Amount | None = None
    share: _PaidShare | None = None


class AssetFreeze(Measure):
    """The target loses the yearly proceeds of its assets abroad; the holders keep them."""

    naming: ClassVar[tuple[str, ...]] = ("target", "holders")
    one_of = ("amount", "share")
    kind: Literal["asset_freeze"] = "asset_freeze"
    target: Annotated[Names, Field(description="the countries whose assets are frozen")]
    holders: Annotated[Names, Field(description="the countries where the assets are")]
    amount: _Amount | None = None
    share: _LostShare | None = None

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.target == self.holders:
            raise ValueError("'target' and 'holders' must be different countries")
        return self
