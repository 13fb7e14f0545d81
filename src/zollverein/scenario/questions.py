"""What is asked about a policy: every kind of question, told apart by ``kind``.

A question has the keys of the Python function that answers it, with the same meanings; the answer is
found in ``zollverein.asking``. Questions change nothing of what a scenario does. A new kind is a class
here and one function there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag

from zollverein.scenario.base import Document, Measure
from zollverein.scenario.choice_keys import Choices
from zollverein.scenario.measures import AnyMeasure, written
from zollverein.scenario.question_values import (
    Closures,
    Costs,
    Draws,
    Elasticities,
    Horizons,
    Models,
    Nodes,
    Number,
    Orders,
    Rows,
    Schedule,
    SomeDraws,
    Sources,
    Spread,
    Starts,
    Tables,
    Weights,
    Whole,
    Years,
    some_tables,
)
from zollverein.scenario.values import Names
from zollverein.scenario.words import By, Column, Kind

_Outcome = Annotated[
    str | None,
    Field(min_length=1, description="such as 'real_income BLR'; the most affected if omitted"),
]
_Sectors = Annotated[Names, Field(description="the sectors that bear the duties")]
_KindOf = Annotated[Kind, Field(description="kind of outcome")]
_Flag = Annotated[bool, Field(strict=True, description="true or false")]


#: What draws of the assumptions are of, where a question has any.
_Sources = Annotated[Sources, Field(description="what is uncertain; whatever can be if omitted")]
_ElasticitySpread = Annotated[
    Spread, Field(description="'sets', or standard deviations of the log")
]
_DataSpread = Annotated[Number, Field(description="standard deviation of the log of trade flows")]


class Question(Document):
    """What all questions share: a kind, a name and a note."""

    #: Keys that are not arguments of the function that answers.
    apart: ClassVar[tuple[str, ...]] = ("kind", "name", "note")

    name: Annotated[str, Field(description="a short name, used in messages and reports")] = ""
    note: Annotated[str, Field(description="a remark, such as why it is asked")] = ""

    def keywords(self, *without: str) -> dict[str, Any]:
        """Keys that are arguments, as the function takes them; some left out."""
        left_out = (*self.apart, *without)
        return {key: getattr(self, key) for key in type(self).model_fields if key not in left_out}

    def written(self) -> dict[str, Any]:
        """The keys as a file would have them: the kind first, defaults left out."""
        kind: str = type(self).model_fields["kind"].default
        return {"kind": kind, **self.model_dump(mode="json", exclude_defaults=True)}


class AttributionQuestion(Question):
    """Which part of the scenario did how much of an effect: ``zv.attribute``."""

    kind: Literal["attribution"] = "attribution"
    outcome: _Outcome = None
    method: Annotated[
        Literal["aumann_shapley", "shapley", "first_in", "last_in"],
        Field(description="how the effect is divided"),
    ] = "aumann_shapley"
    compare: Annotated[_Flag, Field(description="whether parts are studied alone as well")] = True
    orders: Annotated[Orders, Field(description="sampled orders, for 'shapley'")] = None
    seed: Annotated[Whole, Field(description="of the sampled orders, and of the draws")] = 0
    nodes: Annotated[Nodes, Field(description="Gauss-Legendre nodes, for 'aumann_shapley'")] = None
    derivatives: Annotated[
        Literal["auto", "adjoint", "differences"], Field(description="how slopes are found")
    ] = "auto"
    draws: Annotated[
        SomeDraws, Field(description="of the assumptions, for medians and bands; 200 are usual")
    ] = None
    sources: _Sources = None
    elasticity_spread: _ElasticitySpread = "sets"
    data_spread: _DataSpread = None


class InteractionsQuestion(Question):
    """What pairs of parts do beyond what each does: ``zv.interactions``."""

    kind: Literal["interactions"] = "interactions"
    outcome: _Outcome = None
    among: Annotated[
        Literal["none", "all"], Field(description="how many of the other parts are in force")
    ] = "none"


class PhaseInQuestion(Question):
    """Outcomes year by year while parts phase in: ``zv.phase_in``."""

    kind: Literal["phase_in"] = "phase_in"
    outcomes: Annotated[
        Names | None, Field(description="one or several; the most affected if omitted")
    ] = None
    years: Annotated[Years, Field(description="calendar years: a list, or '2026-2032'")]
    schedule: Annotated[
        Schedule, Field(description="part to [start, years], before what its programme says")
    ] = None


class BestSequenceQuestion(Question):
    """In which order to adopt parts that cost something: ``zv.best_sequence``."""

    kind: Literal["best_sequence"] = "best_sequence"
    outcome: _Outcome = None
    cost: Annotated[Costs, Field(description="of each part, in any unit")]
    budget: Annotated[Number, Field(description="in the unit of the costs; all if omitted")] = None
    method: Annotated[
        Literal["auto", "exact", "greedy"], Field(description="how the order is found")
    ] = "auto"


class UncertaintyQuestion(Question):
    """How sure outcomes are, and which assumption drives them: ``zv.uncertainty``."""

    kind: Literal["uncertainty"] = "uncertainty"
    outcomes: Annotated[
        Names | None,
        Field(description="one or several; the whole table of effects if omitted"),
    ] = None
    draws: Annotated[Draws, Field(description="of the assumptions")] = 1000
    seed: Annotated[Whole, Field(description="same seed, same numbers")] = 0
    sources: _Sources = None
    elasticity_spread: _ElasticitySpread = "sets"
    data_spread: _DataSpread = None
    decompose: Annotated[Rows, Field(description="rows of the variance decomposition")] = None
    tables: Annotated[
        Tables, Field(description="what has bands too; 'report' is all that the report shows")
    ] = ("report",)


class EnsembleQuestion(Question):
    """What other models, closures, horizons and elasticities say: ``zv.ensemble``."""

    kind: Literal["ensemble"] = "ensemble"
    outcomes: Annotated[
        Names | None, Field(description="one or several; the most affected if omitted")
    ] = None
    models: Annotated[Models, Field(description="all if omitted, none if empty")] = None
    closures: Annotated[Closures, Field(description="all if omitted, none if empty")] = None
    horizons: Annotated[Horizons, Field(description="all if omitted, none if empty")] = None
    elasticities: Annotated[
        Elasticities, Field(description="names of sets, or numbers; all sets if omitted")
    ] = None
    grid: Annotated[
        Literal["one_at_a_time", "full"], Field(description="one switch at a time, or all together")
    ] = "one_at_a_time"


def _one_or_several(value: Any) -> Any:
    """One measure alone is a list of it."""
    if value in ((), []):
        raise ValueError("must be 'embargo' or a list of measures, not empty")
    return [value] if isinstance(value, Mapping | Measure) else value


Instrument = Annotated[
    Annotated[Literal["embargo"], Tag("word")] | Annotated[tuple[AnyMeasure, ...], Tag("measures")],
    Discriminator(lambda value: "word" if isinstance(value, str) else "measures"),
    BeforeValidator(_one_or_several),
    Field(description="'embargo', or measures that name 'members' and 'target'"),
]


class CoalitionQuestion(Question):
    """What each member adds to a target's loss, and what it pays: ``zv.coalition``."""

    kind: Literal["coalition"] = "coalition"
    members: Annotated[Names, Field(description="who may act; each of them as one")]
    target: Annotated[str, Field(min_length=1, description="at whom")]
    instrument: Instrument = "embargo"
    outcome: _KindOf = "real_income"
    orders: Annotated[Orders, Field(description="sampled orders, not all subsets")] = None
    seed: Annotated[Whole, Field(description="of the sample")] = 0
    response: Annotated[_Flag, Field(description="whether to find the target's reply")] = False

    def written(self) -> dict[str, Any]:
        """The keys as a file would have them."""
        plain = super().written()
        if not isinstance(self.instrument, str):
            plain["instrument"] = [written(measure) for measure in self.instrument]
        return plain


class OptimalTariffQuestion(Question):
    """The duties that are best for one economy: ``zv.optimal_tariff``."""

    kind: Literal["optimal_tariff"] = "optimal_tariff"
    country: Annotated[str, Field(min_length=1, description="an economy, or a bloc")]
    by: Annotated[By, Field(description="one rate, or one for each partner or sector")] = "uniform"
    against: Annotated[Names, Field(description="whose goods bear the duties")] = "all"
    sectors: _Sectors = "all"
    outcome: _KindOf = "real_income"
    starts: Annotated[Starts, Field(description="where the search starts")] = (
        "in force",
        0.0,
        "small",
    )


class NashQuestion(Question):
    """Duties from which nobody gains by moving alone: ``zv.nash``."""

    kind: Literal["nash"] = "nash"
    players: Annotated[Names, Field(description="economies and blocs, each with one tariff")] = (
        "all"
    )
    by: Annotated[By, Field(description="one rate, or one for each partner or sector")] = "uniform"
    against: Annotated[
        Names, Field(description="whose goods bear the duties; 'players' are the others")
    ] = "all"
    sectors: _Sectors = "all"
    outcome: _KindOf = "real_income"
    starts: Annotated[Starts, Field(description="where the search starts")] = ("in force", "small")


class FrontierQuestion(Question):
    """Own cost against another's loss as the loss counts more and more: ``zv.frontier``."""

    kind: Literal["frontier"] = "frontier"
    sender: Annotated[str, Field(min_length=1, description="who sets the duties")]
    target: Annotated[str, Field(min_length=1, description="whose goods bear them")]
    weights: Annotated[Weights, Field(description="of the other's loss")] = (
        0.0,
        0.1,
        0.3,
        1.0,
        3.0,
    )
    by: Annotated[Literal["uniform", "sector"], Field(description="one rate, or by sector")] = (
        "uniform"
    )
    sectors: _Sectors = "all"
    outcome: _KindOf = "real_income"


class KempWanQuestion(Question):
    """A customs union that leaves its trade with the outside as it was: ``zv.kemp_wan``."""

    kind: Literal["kemp_wan"] = "kemp_wan"
    members: Annotated[Names, Field(description="economies, blocs or groups")]
    by: Annotated[
        Literal["exact", "uniform", "sector"], Field(description="what holds the trade")
    ] = "exact"
    sectors: Annotated[Names, Field(description="the sectors without duties inside")] = "all"


class Case(Choices):
    """What a scenario is compared with: itself, but for what is said here."""

    name: Annotated[str, Field(min_length=1, description="what it is called in the comparison")]
    measures: Annotated[
        tuple[AnyMeasure, ...] | None,
        Field(description="in place of the scenario's, but for programmes"),
    ] = None
    without: Annotated[Names | None, Field(description="parts that are left out")] = None

    def applied(self, scenario: Any) -> Any:
        """The scenario with what is said here in place of its own.

        Raises:
            ScenarioError: If a part that is to be left out is not there.
        """
        if self.without is not None:
            scenario = scenario.without_parts(self.without)
        changes = {key: getattr(self, key) for key in Choices.model_fields}
        changes |= {"measures": self.measures}
        update = {key: value for key, value in changes.items() if value is not None}
        return scenario.model_copy(update=update | {"name": self.name})

    def written(self) -> dict[str, Any]:
        """The keys as a file would have them."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        if self.measures is not None:
            plain["measures"] = [written(measure) for measure in self.measures]
        return plain


class CompareQuestion(Question):
    """The scenario beside others, and which choice makes the difference: ``zv.compare``."""

    kind: Literal["compare"] = "compare"
    cases: Annotated[
        tuple[Case, ...],
        BeforeValidator(some_tables),
        Field(description="what it is compared with: tables of what differs"),
    ]
    column: Annotated[Column, Field(description="which effect")] = "real_income_pct"
    reasons: Annotated[_Flag, Field(description="whether the difference is divided")] = True

    def written(self) -> dict[str, Any]:
        """The keys as a file would have them."""
        return {**super().written(), "cases": [case.written() for case in self.cases]}


#: Any question.
AnyQuestion = Annotated[
    AttributionQuestion
    | InteractionsQuestion
    | PhaseInQuestion
    | BestSequenceQuestion
    | UncertaintyQuestion
    | EnsembleQuestion
    | CoalitionQuestion
    | OptimalTariffQuestion
    | NashQuestion
    | FrontierQuestion
    | KempWanQuestion
    | CompareQuestion,
    Field(discriminator="kind"),
]

#: Class of each kind.
QUESTIONS: dict[str, type[Question]] = {
    cls.model_fields["kind"].default: cls for cls in get_args(get_args(AnyQuestion)[0])
}
