"""What the API answers, for its description; the tests hold every answer against these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Number = float | None
Percent = Annotated[Number, Field(description="percent; null where there is no number")]
Money = Annotated[Number, Field(description="in the world's currency")]


class _Reply(BaseModel):
    """Nothing that is not described."""

    model_config = ConfigDict(extra="forbid")


class Error(_Reply):
    """What is wrong."""

    code: Annotated[str, Field(description="a word for programs", examples=["scenario"])]
    message: Annotated[str, Field(description="the message of the command line")]
    places: Annotated[
        list[str], Field(description="keys of the document", examples=[["measures[0].add"]])
    ]


class ErrorReply(_Reply):
    """Every answer that is not a success."""

    error: Annotated[
        Error,
        Field(
            examples=[
                {
                    "code": "scenario",
                    "message": "measures[0].add (1st measure, tariff): must be a number at least -11 and at "
                    "most 10 (0.25 means 25 percentage points), not 'much' (add: what is added to the rate).",
                    "places": ["measures[0].add"],
                }
            ]
        ),
    ]


class Country(_Reply):
    """An economy of a world."""

    code: str
    name: str
    iso2: Annotated[str | None, Field(description="two-letter code, for flags")]
    size: Money


class Sector(_Reply):
    """A sector of a world."""

    code: str
    title: str
    group: Annotated[str, Field(description="goods, services or empty")]


class BlocReply(_Reply):
    """A named group of economies, those of the world only."""

    name: str
    title: str
    as_of: str
    source: str
    note: str
    members: list[str]


class WorldReply(_Reply):
    """A world."""

    name: str
    title: str
    year: int | None
    currency: str
    countries: list[Country]
    sectors: list[Sector]
    elasticity_sets: Annotated[
        list[str], Field(description="published sets of trade elasticities that know its sectors")
    ]
    blocs: list[BlocReply]
    adjustments: list[str]
    sources: list[str]


class WorldsReply(_Reply):
    """Worlds; the first is used where nothing else is said."""

    worlds: list[WorldReply]


class MapReply(_Reply):
    """Outlines on a plane, y upwards: rings of points by code."""

    projection: str
    x: tuple[float, float]
    y: tuple[float, float]
    shapes: dict[str, list[list[tuple[float, float]]]]
    dots: dict[str, tuple[float, float]]


class Option(_Reply):
    """A word that may be chosen, and what it means."""

    value: str
    says: str


class Key(_Reply):
    """One key of a measure: what form it needs."""

    key: str
    label: str
    hint: str
    required: bool
    default: Any
    type: Literal["number", "names", "bool", "choice", "table", "text"]
    of: Annotated[str | None, Field(description="countries or sectors, of names")] = None
    min: float | None = None
    max: float | None = None
    open_min: Annotated[bool, Field(description="whether min itself is refused")] = False
    step: float | None = None
    slider: Annotated[
        tuple[float, float] | None, Field(description="the part of the range a slider shows")
    ] = None
    choices: list[Option] | None = None


class Kind(_Reply):
    """A kind of measure."""

    kind: str
    title: str
    says: str
    one_of: Annotated[list[str], Field(description="keys of which exactly one is given")]
    some_of: Annotated[list[str], Field(description="keys of which at least one is given")]
    keys: list[Key]


class KindsReply(_Reply):
    """Forms of measures, and choices of a scenario."""

    kinds: list[Kind]
    choices: dict[str, list[Option]]
    elasticity_sets: list[Option]
    numbers: list[Key]


class Preset(_Reply):
    """An example scenario."""

    id: str
    name: str
    description: str
    scenario: dict[str, Any]


class PartReply(_Reply):
    """A part of a scenario that can be switched and phased in."""

    name: str
    area: str
    start: int | None
    phase_in: int
    strength: float
    measures: list[dict[str, Any]]


class ValidateReply(_Reply):
    """A document that the world understands."""

    scenario: Annotated[dict[str, Any], Field(description="in its canonical form")]
    toml: str
    sentences: list[str]
    notes: list[str]
    parts: list[PartReply]
    link: Annotated[
        str, Field(description="#s= and the JSON, raw deflate, base64url without padding")
    ]


class Economy(_Reply):
    """The effects on one economy."""

    code: str
    name: str
    role: str
    real_income_pct: Percent
    real_wage_pct: Percent
    exports_pct: Percent
    imports_pct: Percent
    terms_of_trade_pct: Percent
    price_index_pct: Percent
    income_pct: Percent
    size: Annotated[float, Field(description="final spending before, in the world's currency")]


class BlocMatrix(_Reply):
    """Trade between groups, rows sell, columns buy."""

    blocs: list[str]
    members: list[list[str]]
    before: list[list[Money]]
    after: list[list[Money]]
    change_pct: list[list[Percent]]


class Column(_Reply):
    """One item of the accounts."""

    key: str
    title: str
    part_of_income: Annotated[bool, Field(description="whether it adds to income")]


class BookingRow(_Reply):
    """The accounts of one economy."""

    code: str
    before: list[Money]
    after: list[Money]
    change: list[Money]


class Booking(_Reply):
    """Who gets what; values in the order of the columns."""

    columns: list[Column]
    rows: list[BookingRow]


class Condition(_Reply):
    """One equilibrium condition."""

    name: str
    residual: Number
    says: str


class Certificate(_Reply):
    """How well the equilibrium shown holds."""

    residual: Annotated[Number, Field(description="largest relative residual, of the solver")]
    tolerance: float
    holds: bool
    iterations: int
    milliseconds: float
    certified: Annotated[
        Number, Field(description="largest residual, recomputed independently; full only")
    ] = None
    conditions: Annotated[list[Condition] | None, Field(description="full only")] = None


class Assumptions(_Reply):
    """What the numbers rest on."""

    world: str
    model: str
    closure: str
    horizon: str
    labour: str
    capital: str
    elasticity_name: str
    adjustments: list[str]
    illustrative: Annotated[bool, Field(description="whether a size says that it is an example")]


class FocusSector(_Reply):
    """One sector of one economy."""

    code: str
    title: str
    output_before: Money
    output_pct: Percent
    employment_pct: Percent
    price_pct: Percent
    domestic_share_before: Number
    domestic_share_after: Number


class FocusPartner(_Reply):
    """Trade with one partner, at border values."""

    code: str
    exports_before: Money
    exports_after: Money
    imports_before: Money
    imports_after: Money


class Diversion(_Reply):
    """Purchases from one supplier: the change is switching plus scale."""

    source: Annotated[str, Field(description="home, or foreign: cheaper, dearer, unchanged")]
    code: str
    before: Money
    after: Money
    change: Money
    switching: Money
    scale: Money


class Focus(_Reply):
    """One economy, closer."""

    code: str
    name: str
    role_text: str
    sectors: list[FocusSector]
    partners: list[FocusPartner]
    diversion: list[Diversion]
    creation: dict[str, Money]


class SimulateReply(_Reply):
    """Effects of a scenario; the last four only with ``full``."""

    headline: str
    economies: list[Economy]
    winners: list[str]
    losers: list[str]
    bloc_matrix: BlocMatrix
    notes: list[str]
    certificate: Certificate
    assumptions: Assumptions
    booking: Booking | None = None
    scenario: Annotated[
        dict[str, Any] | None, Field(description="the document that gives these numbers")
    ] = None
    focus: Focus | None = None


class JobName(_Reply):
    """The name of a job."""

    job: Annotated[str, Field(examples=["SciiR6ZAlbD_16GrvtNU0w"])]


class JobReply(_Reply):
    """How far a job is."""

    done: int
    total: int
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    error: Error | None = None
    result: dict[str, Any] | None


class StatisticsReply(_Reply):
    """Trade statistics of an economy."""

    code: str
    partner: str | None
    statistics: list[dict[str, str | Number]]
    partners: list[dict[str, str | Number]]
