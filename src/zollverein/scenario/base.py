"""What all measures share: the base classes, and the types of their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, cast

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
Rate = Annotated[Value, Within(-1, 10, "the new rate", open_low=True, hint=_RATE_HINT)]
Points = Annotated[Value, Within(-11, 10, "what is added to the rate", hint=_POINTS_HINT)]
Factor = Annotated[Value, Within(0, 100, "what the rate is multiplied by", hint="0.5 halves it")]
Equivalent = Annotated[Value, Within(0, 10, "ad valorem equivalent", hint=_RATE_HINT)]
Change = Annotated[
    Value, Within(-1, 10, "change of productivity", open_low=True, hint="0.02 means 2 % more")
]
Exporters = Annotated[Names, Field(description="the countries that sell")]
Importers = Annotated[Names, Field(description="the countries that buy")]
Countries = Annotated[Names, Field(description="the countries that produce")]
Members = Annotated[Names, Field(description="the countries of the bloc")]
Sectors = Annotated[Names, Field(description="the sectors it applies to")]
Both = Annotated[
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

    #: Keys of which exactly one must be given, and keys of which at least one must.
    one_of: ClassVar[tuple[str, ...]] = ()
    some_of: ClassVar[tuple[str, ...]] = ()
    #: Keys that name countries or sectors of the world.
    naming: ClassVar[tuple[str, ...]] = ("exporters", "importers", "countries", "sectors")

    name: Annotated[str, Field(description="a short name, used in messages and reports")] = ""
    note: Annotated[str, Field(description="a remark, such as where the size is from")] = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [key for key in self.one_of if getattr(self, key) is not None]
        if self.one_of and len(given) != 1:
            found = f"{listed(given)} are given" if given else "none is given"
            raise ValueError(f"needs exactly one of {listed(self.one_of, 'or')}; {found}")
        if self.some_of and all(getattr(self, key) is None for key in self.some_of):
            raise ValueError(f"needs at least one of {listed(self.some_of, 'or')}; none is given")
        return self


class Flows(Measure):
    """A measure on trade flows from exporters to importers; domestic sales are never touched."""

    exporters: Exporters = "all"
    importers: Importers = "all"
    sectors: Sectors = "all"
