"""The measures: one class per ``kind``, each a validated entry of the scenario file.

A measure says what is done to whom. What it does to numbers is in ``apply``, how it reads in
plain English is in ``describe``. A new kind is a class here, added to ``AnyMeasure``, and one
function in each of those two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from zollverein.errors import ScenarioError
from zollverein.scenario.messages import listed, report
from zollverein.scenario.values import Names, Value, Within

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)

_RATE_HINT = "0.25 means 25 %"
_POINTS_HINT = "0.25 means 25 percentage points"
_Rate = Annotated[Value, Within(-1, 10, "the new rate", open_low=True, hint=_RATE_HINT)]
_Points = Annotated[Value, Within(-11, 10, "what is added to the rate", hint=_POINTS_HINT)]
_Factor = Annotated[Value, Within(0, 100, "what the rate is multiplied by", hint="0.5 halves it")]
_Equivalent = Annotated[Value, Within(0, 10, "ad valorem equivalent", hint=_RATE_HINT)]
_Change = Annotated[
    Value, Within(-1, 10, "change of productivity", open_low=True, hint="0.02 means 2 % more")
]

_Exporters = Annotated[Names, Field(description="the countries that sell")]
_Importers = Annotated[Names, Field(description="the countries that buy")]
_Countries = Annotated[Names, Field(description="the countries that produce")]
_Sectors = Annotated[Names, Field(description="the sectors it applies to")]
_Both = Annotated[
    bool, Field(strict=True, description="whether the opposite direction of trade is included")
]


class _Reporting(ModelMetaclass):
    """Makes the constructors raise ScenarioError; pydantic's own nested validation is untouched."""

    def __call__(self, *args: Any, **keys: Any) -> Any:
        try:
            return super().__call__(*args, **keys)
        except ValidationError as error:
            raise ScenarioError(report(error, keys, cast("type[BaseModel]", self))) from None


class Document(BaseModel, metaclass=_Reporting):
    """Base of everything in a scenario: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Measure(Document):
    """What all measures share: a kind, a name and a note."""

    #: Keys of which exactly one must be given.
    one_of: ClassVar[tuple[str, ...]] = ()

    name: Annotated[str, Field(description="a short name, used in messages and reports")] = ""
    note: Annotated[str, Field(description="a remark, such as where the size is from")] = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [key for key in self.one_of if getattr(self, key) is not None]
        if self.one_of and len(given) != 1:
            found = f"{listed(given)} are given" if given else "none is given"
            raise ValueError(f"needs exactly one of {listed(self.one_of, 'or')}; {found}")
        return self


class Flows(Measure):
    """A measure on trade flows from exporters to importers; domestic sales are never touched."""

    exporters: _Exporters = "all"
    importers: _Importers = "all"
    sectors: _Sectors = "all"


class Tariff(Flows):
    """A change of import duty, an ad valorem rate on the fob value."""

    one_of = ("set", "add", "scale")
    kind: Literal["tariff"] = "tariff"
    set: _Rate | None = None
    add: _Points | None = None
    scale: _Factor | None = None
    both_directions: _Both = False


class ExportTax(Flows):
    """A change of export tax, an ad valorem rate on the factory value; negative is a subsidy."""

    one_of = ("set", "add", "scale")
    kind: Literal["export_tax"] = "export_tax"
    set: _Rate | None = None
    add: _Points | None = None
    scale: _Factor | None = None


class Barrier(Flows):
    """A change of non-tariff barriers: the iceberg cost factor times or divided by 1 + the size."""

    one_of = ("add", "remove")
    kind: Literal["barrier"] = "barrier"
    add: _Equivalent | None = None
    remove: _Equivalent | None = None
    both_directions: _Both = False


class Embargo(Flows):
    """Trade stops: the new flow is exactly zero."""

    kind: Literal["embargo"] = "embargo"
    both_directions: _Both = False


class Productivity(Measure):
    """A change of productivity; unit cost is divided by 1 + ``change``."""

    kind: Literal["productivity"] = "productivity"
    countries: _Countries = "all"
    sectors: _Sectors = "all"
    change: _Change


#: Any measure, told apart by its ``kind``.
AnyMeasure = Annotated[
    Tariff | ExportTax | Barrier | Embargo | Productivity, Field(discriminator="kind")
]

#: Class of each kind.
KINDS: dict[str, type[Measure]] = {
    cls.model_fields["kind"].default: cls for cls in get_args(get_args(AnyMeasure)[0])
}


def written(measure: Measure) -> dict[str, Any]:
    """The keys of a measure as a file would have them: the kind first, defaults left out."""
    kind: str = type(measure).model_fields["kind"].default
    return {"kind": kind, **measure.model_dump(mode="json", exclude_defaults=True)}
