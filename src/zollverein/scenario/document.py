"""The Scenario: an ordered list of measures, with the groups and choices they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, ValidationError

from zollverein.errors import ScenarioError
from zollverein.scenario.measures import AnyMeasure, Document, written
from zollverein.scenario.messages import report
from zollverein.scenario.values import Elasticity, Names

if TYPE_CHECKING:
    from zollverein.policy import Policy
    from zollverein.world import World

Closure = Literal["share_of_world", "numeraire", "share_of_own", "zero"]
ModelName = Literal["caliendo_parro"]
Combine = Literal["error", "last", "add"]


class Scenario(Document):
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
    model: Annotated[ModelName | None, Field(description="the model that solves it")] = None
    closure: Annotated[Closure | None, Field(description="what happens to trade balances")] = None
    trade_elasticity: Annotated[
        Elasticity | None, Field(description="name of a set, one number, or a table by sector")
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
    measures: Annotated[tuple[AnyMeasure, ...], Field(description="the measures, in order")] = ()

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
        plain = self.model_dump(mode="json", exclude_defaults=True, exclude={"measures"})
        if self.measures:
            plain["measures"] = [written(measure) for measure in self.measures]
        return {"name": self.name, **{key: value for key, value in plain.items() if value != {}}}

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

    def policy(self, world: World) -> Policy:
        """What the scenario means in a world.

        Args:
            world: The baseline.

        Returns:
            New rates and changes of costs, aligned to the world; measures that touch no trade
            are named in its ``notes``.

        Raises:
            ScenarioError: If a name is not of this world, or measures contradict each other.
        """
        from zollverein.scenario.apply import make_policy

        return make_policy(self, world)

    def describe(self, world: World) -> list[str]:
        """One plain English sentence per measure.

        Args:
            world: The world whose countries and sectors the names refer to.

        Raises:
            ScenarioError: If a name is not of this world.
        """
        from zollverein.scenario.describe import sentences

        return sentences(self, world)
