"""Bodies of requests, with examples for the description of the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zollverein.scenario.question_values import Spread

_DOCUMENT: dict[str, Any] = {
    "name": "Barriers",
    "measures": [
        {
            "kind": "barrier",
            "exporters": "EU27",
            "importers": "GBR",
            "sectors": "goods",
            "add": 0.08,
        }
    ],
}
Document = Annotated[
    dict[str, Any],
    Field(description="a scenario as plain data, as in a scenario file", examples=[_DOCUMENT]),
]
WorldName = Annotated[
    str | None,
    Field(
        max_length=100,
        description="one of /api/worlds; what the scenario says, else the first, if omitted",
        examples=["icio2022"],
    ),
]


class _Body(BaseModel):
    """An unknown key is an error."""

    model_config = ConfigDict(extra="forbid")


class ValidateBody(_Body):
    """Either the text of a scenario file or the document itself."""

    toml: Annotated[
        str | None,
        Field(
            description="the text of a scenario file",
            examples=[
                '[[measures]]\nkind = "tariff"\nexporters = "CHN"\nimporters = "USA"\nadd = 0.1\n'
            ],
        ),
    ] = None
    scenario: Document | None = None
    world: WorldName = None


class AskBody(_Body):
    """A scenario in a world."""

    scenario: Document
    world: WorldName = None
    strength: Annotated[
        dict[str, Annotated[float, Field(ge=0, le=1)]] | None,
        Field(
            description="how much of a part applies, by its name, in whole percent",
            examples=[{"measure 1 (barrier)": 0.5}],
        ),
    ] = None


class ResultBody(AskBody):
    """A scenario in a world, and what to leave out."""

    focus: Annotated[
        str | None,
        Field(
            max_length=100, description="a country, for the part on one economy", examples=["GBR"]
        ),
    ] = None
    token: Annotated[
        str | None,
        Field(
            max_length=100,
            description="a newer request of the same token cancels this one",
            examples=["slider 1"],
        ),
    ] = None
    full: Annotated[
        bool, Field(description="with accounts, certificate and focus; false is quicker")
    ] = True


_Seed = Annotated[int, Field(ge=0, le=2**32 - 1, description="same seed, same numbers")]
_Spread = Annotated[
    Spread,
    Field(
        description="of the trade elasticities, for draws: 'sets' is that of the published sets, which know "
        "the ICIO sectors; else a standard deviation of the log, or one by sector",
        examples=["sets"],
    ),
]


class AttributeBody(AskBody):
    """Which outcome to divide among the parts of a scenario."""

    outcome: Annotated[
        str,
        Field(
            max_length=1000,
            description="kind and country, A+B for a group",
            examples=["real_income BLR"],
        ),
    ]
    draws: Annotated[
        int | None, Field(ge=2, description="draws for the bands of the parts; none if omitted")
    ] = None
    seed: _Seed = 0
    elasticity_spread: _Spread = "sets"


class UncertaintyBody(AskBody):
    """Which outcomes, and how many draws of the assumptions."""

    outcomes: Annotated[
        list[Annotated[str, Field(max_length=1000)]] | None,
        Field(
            max_length=100,
            description="real income of every economy if omitted",
            examples=[["real_income GBR", "exports IRL"]],
        ),
    ] = None
    draws: Annotated[int, Field(ge=2, description="draws for the bands")] = 200
    seed: _Seed = 0
    elasticity_spread: _Spread = "sets"


_Name = Annotated[str, Field(max_length=200, description="an economy, bloc or own group")]


class CoalitionBody(AskBody):
    """Who acts against whom; the scenario is what holds whoever acts."""

    target: Annotated[_Name, Field(examples=["RUS"])]
    members: Annotated[
        list[_Name],
        Field(
            min_length=1,
            max_length=10,
            description="each acts as one: it stops all trade with the target",
            examples=[["EU27", "GBR"]],
        ),
    ]


class OptimalBody(AskBody):
    """Whose duties to choose; the scenario is what everybody else does."""

    country: Annotated[_Name, Field(examples=["GBR"])]
    by: Annotated[
        Literal["uniform", "partner", "sector"],
        Field(description="one rate, one for each exporter, or one for each sector"),
    ] = "uniform"


class StatisticsBody(_Body):
    """An economy of a world, and a partner."""

    country: Annotated[str, Field(max_length=100, examples=["RUS"])]
    partner: Annotated[str | None, Field(max_length=100, examples=["BLR"])] = None
    world: WorldName = None
