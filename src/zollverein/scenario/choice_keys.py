"""The choices behind a simulation as keys: of a scenario, and of what it is compared with."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from zollverein.counts import FIRST_YEAR, LAST_YEAR
from zollverein.scenario.base import Document
from zollverein.scenario.values import Elasticity, Scale, Share, Substitution, whole
from zollverein.scenario.words import Capital, Closure, Horizon, Labour, ModelName, NoSupplier


class Choices(Document):
    """Model, closure, elasticities and the like; None leaves a choice to somebody else."""

    model: Annotated[ModelName | None, Field(description="the model that solves it")] = None
    closure: Annotated[Closure | None, Field(description="what happens to trade balances")] = None
    trade_elasticity: Annotated[
        Elasticity | None, Field(description="name of a set, one number, or a table by sector")
    ] = None
    horizon: Annotated[
        Horizon | None, Field(description="a set of elasticities and closures for a run of time")
    ] = None
    labour: Annotated[Labour | None, Field(description="whether labour moves between sectors")] = (
        None
    )
    capital: Annotated[Capital | None, Field(description="whether capital adjusts")] = None
    capital_share: Annotated[Share | None, Field(description="share of capital in value added")] = (
        None
    )
    value_added_elasticity: Annotated[
        Substitution | None, Field(description="substitution between value added and inputs")
    ] = None
    input_elasticity: Annotated[
        Substitution | None, Field(description="substitution among inputs")
    ] = None
    final_elasticity: Annotated[
        Substitution | None, Field(description="substitution among final goods")
    ] = None
    scale: Annotated[
        Scale | None, Field(description="returns to scale, one number or a table by sector")
    ] = None
    on_no_supplier: Annotated[
        NoSupplier | None,
        Field(description="what to do where a country loses every supplier of a good"),
    ] = None
    year: Annotated[
        int | None,
        BeforeValidator(whole(FIRST_YEAR, LAST_YEAR)),
        Field(description="the year up to which programmes have phased in"),
    ] = None
