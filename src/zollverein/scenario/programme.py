"""Programmes: named groups of measures with a phase-in, and the parts that a scenario consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from zollverein.counts import FIRST_YEAR, LAST_YEAR
from zollverein.scenario.base import Document, Measure
from zollverein.scenario.measures import AnyMeasure, written
from zollverein.scenario.messages import place
from zollverein.scenario.values import whole

_Name = Annotated[str, Field(min_length=1, description="the name of the programme")]
_Year = Annotated[
    int,
    BeforeValidator(whole(FIRST_YEAR, LAST_YEAR)),
    Field(description="the first year of effect"),
]
_Years = Annotated[
    int, BeforeValidator(whole(1, 100)), Field(description="years until the whole of it applies")
]


class Programme(Document):
    """A named group of measures; its effect grows linearly over ``phase_in`` years from ``start``.

    A programme without measures is one without a trade channel: it is shown, and does nothing.
    """

    name: _Name
    area: Annotated[str, Field(description="field of policy")] = ""
    note: Annotated[str, Field(description="a remark, such as why the size is what it is")] = ""
    illustrative: Annotated[
        bool, Field(strict=True, description="whether its sizes are examples and not estimates")
    ] = False
    start: _Year | None = None
    phase_in: _Years = 1
    measures: Annotated[tuple[AnyMeasure, ...], Field(description="its measures, in order")] = ()

    def strength(self, year: int | None) -> float:
        """How much of it applies in a year, from 0 to 1; all of it where no year or start is given."""
        if year is None or self.start is None:
            return 1.0
        return min(1.0, max(0.0, (year - self.start + 1) / self.phase_in))

    def written(self) -> dict[str, Any]:
        """The keys as a file would have them."""
        plain = self.model_dump(mode="json", exclude_defaults=True, exclude={"measures"})
        if self.measures:
            plain["measures"] = [written(measure) for measure in self.measures]
        return plain


@dataclass(frozen=True)
class Entry:
    """One measure where it stands in the scenario.

    Attributes:
        measure: The measure.
        part: Name of the part of the scenario that it belongs to.
        index: Its position among the plain measures, or among those of its programme.
        programme: Position and name of its programme, or None.
    """

    measure: Measure
    part: str
    index: int
    programme: tuple[int, str] | None = None

    def place(self, key: str = "") -> str:
        """How messages refer to it, or to one of its keys."""
        kind: str = type(self.measure).model_fields["kind"].default
        here = place(self.index, key, kind, self.measure.name)
        if self.programme is None:
            return here
        number, name = self.programme
        return f"programmes[{number}].{here} of programme '{name}'"


@dataclass(frozen=True)
class Part:
    """A part of a scenario whose effect can be told apart: a programme, or a measure outside of any."""

    name: str
    measures: tuple[Measure, ...]
    area: str = ""
    start: int | None = None
    phase_in: int = 1
