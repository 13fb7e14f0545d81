"""The Scenario: an ordered list of measures, with the groups and choices they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from zollverein.errors import ScenarioError
from zollverein.names import did_you_mean
from zollverein.scenario.choice_keys import Choices
from zollverein.scenario.measures import AnyMeasure, kind_of, written
from zollverein.scenario.messages import report
from zollverein.scenario.programme import Entry, Part, Programme
from zollverein.scenario.questions import AnyQuestion
from zollverein.scenario.values import Names, in_range
from zollverein.scenario.words import Combine

if TYPE_CHECKING:
    from zollverein.policy import Policy
    from zollverein.world import World

#: Keys that stand first in a file.
_FIRST = ("description", "world")
_PART = in_range(0, 1, hint="0.5 is half of it")


def _several(value: Any) -> Any:
    """A measure alone is not a list of measures, though a model can be iterated over."""
    if isinstance(value, BaseModel):
        raise ValueError(f"must be a list; put the {type(value).__name__} in brackets")
    return value


_LIST = BeforeValidator(_several)


class Scenario(Choices):
    """A policy, written for any world. ``Scenario()`` changes nothing.

    Build one from a file (``read_scenario``), from text (``Scenario.from_toml``), from plain data
    (``Scenario.from_dict``) or in Python from the classes of ``zollverein.scenario``.

    Raises:
        ScenarioError: If anything in it is unknown, of the wrong type or out of range; the
            message names every such place.
    """

    name: Annotated[str, Field(description="a short name of the scenario")] = "unnamed"
    description: Annotated[str, Field(description="what it is about, in words")] = ""
    world: Annotated[
        str | None, Field(description="the world it runs on unless told otherwise")
    ] = None
    combine: Annotated[
        Combine, Field(description="what to do when two measures set the same rate")
    ] = "error"
    blocs: Annotated[dict[str, Names], Field(description="own groups of countries")] = Field(
        default_factory=dict
    )
    sectors: Annotated[dict[str, Names], Field(description="own groups of sectors")] = Field(
        default_factory=dict
    )
    measures: Annotated[
        tuple[AnyMeasure, ...], _LIST, Field(description="the measures, in order")
    ] = ()
    programmes: Annotated[
        tuple[Programme, ...], _LIST, Field(description="named groups of measures, in order")
    ] = ()
    questions: Annotated[
        tuple[AnyQuestion, ...],
        _LIST,
        Field(description="what is asked about the policy, in order"),
    ] = ()

    @model_validator(mode="after")
    def _distinct_programmes(self) -> Self:
        names = [programme.name for programme in self.programmes]
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise ValueError(
                f"two programmes are called '{twice[0]}'; each needs a name of its own"
            )
        same = [m.name for m in self.measures if m.name and m.name in names]
        if same:
            raise ValueError(
                f"a measure and a programme are both called '{same[0]}'; each part of a scenario needs a "
                "name of its own"
            )
        unnamed = {e.part for e in self.entries() if e.programme is None and not e.measure.name}
        taken = unnamed & {*names, *(m.name for m in self.measures)}
        if taken:
            raise ValueError(
                f"'{min(taken)}' is what a measure without a name is called; choose another name, or give "
                "that measure one"
            )
        return self

    def entries(self) -> tuple[Entry, ...]:
        """Every measure in order: the plain ones, then those of the programmes."""
        plain = [
            Entry(measure, measure.name or f"measure {i + 1} ({kind_of(measure)})", i)
            for i, measure in enumerate(self.measures)
        ]
        grouped = [
            Entry(measure, programme.name, i, (number, programme.name))
            for number, programme in enumerate(self.programmes)
            for i, measure in enumerate(programme.measures)
        ]
        return (*plain, *grouped)

    def parts(self) -> tuple[Part, ...]:
        """What the scenario consists of: its programmes, and its measures outside of any.

        Measures of the same name are one part; programmes without measures are parts too.
        """
        found: dict[str, list[Any]] = {programme.name: [] for programme in self.programmes}
        for entry in self.entries():
            found.setdefault(entry.part, []).append(entry.measure)
        known = {programme.name: programme for programme in self.programmes}
        ordered = [name for name in found if name not in known] + list(known)
        return tuple(
            Part(
                name,
                tuple(found[name]),
                area=known[name].area if name in known else "",
                start=known[name].start if name in known else None,
                phase_in=known[name].phase_in if name in known else 1,
            )
            for name in ordered
        )

    def without_parts(self, names: str | tuple[str, ...]) -> Self:
        """The scenario without some of its parts.

        Raises:
            ScenarioError: If a name is not that of a part.
        """
        left_out = (names,) if isinstance(names, str) else names
        known = [part.name for part in self.parts()]
        for name in left_out:
            if name not in known:
                raise ScenarioError(
                    f"without: '{name}' is not a part of the scenario{did_you_mean(name, known)}"
                )
        kept = [e.measure for e in self.entries() if e.programme is None and e.part not in left_out]
        programmes = tuple(p for p in self.programmes if p.name not in left_out)
        return self.model_copy(update={"measures": tuple(kept), "programmes": programmes})

    def without_questions(self) -> Self:
        """The policy alone; what is asked about it changes no number."""
        return self.model_copy(update={"questions": ()}) if self.questions else self

    def strengths(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """How much of each part applies: what is given, else what its phase-in says for ``year``.

        Raises:
            ScenarioError: If a name is not that of a part, or a number not between 0 and 1.
        """
        sizes = {part.name: 1.0 for part in self.parts()}
        sizes |= {programme.name: programme.strength(self.year) for programme in self.programmes}
        if not isinstance(given, Mapping | None):
            raise ScenarioError(f"strength is {given!r}; it is a table {{'name of a part': 0.5}}.")
        for name, size in (given or {}).items():
            if name not in sizes:
                raise ScenarioError(
                    f"strength: '{name}' is not a part of the scenario{did_you_mean(name, list(sizes))}"
                )
            try:
                sizes[name] = _PART(size)
            except ValueError as error:
                raise ScenarioError(f"strength of '{name}' {error}.") from None
        return sizes

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A scenario from plain data, as ``to_dict`` gives it.

        Raises:
            ScenarioError: Names every problem in the data.
        """
        try:
            return cls.model_validate(dict(data))
        except ValidationError as error:
            raise ScenarioError(report(error, data, cls)) from None

    def to_dict(self) -> dict[str, Any]:
        """Plain data with defaults left out, such as JSON and TOML can hold."""
        lists = {"measures", "programmes", "questions"}
        plain = self.model_dump(mode="json", exclude_defaults=True, exclude=lists)
        if self.measures:
            plain["measures"] = [written(measure) for measure in self.measures]
        if self.programmes:
            plain["programmes"] = [programme.written() for programme in self.programmes]
        if self.questions:
            plain["questions"] = [question.written() for question in self.questions]
        ordered = {"name": self.name} | {key: plain[key] for key in _FIRST if key in plain} | plain
        return {key: value for key, value in ordered.items() if value != {}}

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """A scenario from the text of a scenario file.

        Raises:
            ScenarioError: Names every problem in the text.
        """
        from zollverein.scenario.toml import parse

        return cls.from_dict(parse(text))

    def to_toml(self) -> str:
        """The text of a scenario file; reading it gives an equal scenario (comments are not kept)."""
        from zollverein.scenario.toml import render

        return render(self.to_dict())

    def baseline(self, world: World) -> World:
        """The world that the scenario starts from: governments told apart where a measure needs it.

        Raises:
            ScenarioError: If a name is not of this world.
        """
        from zollverein.scenario.government import opened

        return opened(self, world)

    def policy(self, world: World, strength: Mapping[str, float] | None = None) -> Policy:
        """What the scenario means in a world.

        Args:
            world: The baseline; with ``procurement``, what ``baseline`` makes of it.
            strength: How much of a part applies, from 0 to 1, by its name; where not given, all of
                it, or what the phase-in of its programme says for ``year``.

        Returns:
            New rates and changes of costs, aligned to the world; measures that touch no trade
            are named in its ``notes``.

        Raises:
            ScenarioError: If a name is not of this world, or measures contradict each other.
        """
        from zollverein.scenario.apply import make_policy

        return make_policy(self, world, strength)

    def describe(self, world: World) -> list[str]:
        """One plain English sentence per measure.

        Args:
            world: The world whose countries and sectors the names refer to.

        Raises:
            ScenarioError: If a name is not of this world.
        """
        from zollverein.scenario.describe import sentences

        return sentences(self, world)
