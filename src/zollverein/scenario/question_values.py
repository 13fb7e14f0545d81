"""What stands behind the keys of questions, and the messages where it is something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator

from zollverein.counts import FIRST_YEAR, LAST_YEAR
from zollverein.scenario.values import entries, in_range, kind_of, listing, whole, word
from zollverein.scenario.words import Closure, Horizon, ModelName, Source, TableName

_YEAR = whole(FIRST_YEAR, LAST_YEAR)
_POSITIVE = in_range(0, 1e12, open_low=True)
_WEIGHT = in_range(0, 1e6)
_RATE = in_range(-0.9, 10, hint="0.25 means 25 %")
_THETA = in_range(0, 1000, open_low=True)
_SPAN = whole(1, 100)
#: Most years asked for at once.
_MOST_YEARS = 200


def _optional(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same check; None stays None."""
    return lambda value: None if value is None else check(value)


def _words(choices: Any) -> Callable[[Any], Any]:
    """A list of words, which may be empty."""
    several = listing(word(*get_args(choices)), "words")
    return lambda value: () if value in ((), []) else several(value)


def check_years(value: Any) -> tuple[int, ...]:
    """``"2026-2032"`` or a list of years."""
    if value is None:
        raise ValueError("must be a list of years or '2026-2032', not nothing")
    if isinstance(value, str):
        span = re.fullmatch(r"\s*(\d{4})\s*-\s*(\d{4})\s*", value)
        if span is None or int(span[1]) > int(span[2]):
            raise ValueError(
                f"is {kind_of(value)}; write the first and the last year, such as '2026-2032', or a list"
            )
        value = list(range(int(span[1]), int(span[2]) + 1))
    years: tuple[int, ...] = listing(_YEAR, "years")(
        list(value) if isinstance(value, range) else value
    )
    if list(years) != sorted(set(years)):
        raise ValueError("must be in order, each year once")
    if len(years) > _MOST_YEARS:
        raise ValueError(f"must be at most {_MOST_YEARS} years, '2026-2032' or a list")
    return years


def _start(value: Any) -> float | str:
    """A rate, or the name of a place to start from."""
    if isinstance(value, str):
        return word("in force", "small")(value)
    return _RATE(value)


def _level(value: Any) -> float | str:
    """The name of a set of elasticities, or one elasticity."""
    return value if isinstance(value, str) and value.strip() else _THETA(value)


def _table(value: Any, what: str) -> dict[Any, Any]:
    """A table that is not empty."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"must be a table of {what}, not {kind_of(value) if value else 'empty'}")
    return value


def some_tables(value: Any) -> Any:
    """One table alone is a list of it; there must be one."""
    if value in ((), []):
        raise ValueError("must be a list of at least one table, not empty")
    return [value] if isinstance(value, dict) else value


def check_costs(value: Any) -> dict[str, float]:
    """A positive number for each part."""
    return entries(_table(value, "the parts and what each costs"), _POSITIVE)


def check_schedule(value: Any) -> dict[str, tuple[int, int]] | None:
    """The first year and the years of phasing in, by part."""
    if value is None:
        return None

    def pair(entry: Any) -> tuple[Any, Any]:
        if not isinstance(entry, list | tuple) or len(entry) != 2:
            raise ValueError(f"must be [start, years], such as [2027, 3], not {kind_of(entry)}")
        return _YEAR(entry[0]), _SPAN(entry[1])

    return entries(_table(value, "parts and [start, years]"), pair)


def check_spread(value: Any) -> str | float | dict[str, float]:
    """``"sets"``, one positive number, or a table of them by sector."""
    if isinstance(value, str):
        return word("sets")(value)
    if isinstance(value, dict):
        return entries(_table(value, "sectors and numbers"), _THETA)
    return _THETA(value)


Whole = Annotated[int, BeforeValidator(whole(0, 2**32 - 1))]
Draws = Annotated[int, BeforeValidator(whole(2, 10**6, hint="1,000 are usual"))]
SomeDraws = Annotated[int | None, BeforeValidator(whole(2, 10**6, hint="200 are usual"))]
Orders = Annotated[int | None, BeforeValidator(whole(4, 10**6, even=True))]
Nodes = Annotated[int | None, BeforeValidator(whole(1, 1000))]
Number = Annotated[float | None, BeforeValidator(_optional(_POSITIVE))]
Years = Annotated[tuple[int, ...], BeforeValidator(check_years)]
Schedule = Annotated[dict[str, tuple[int, int]] | None, BeforeValidator(check_schedule)]
Costs = Annotated[dict[str, float], BeforeValidator(check_costs)]
Spread = Annotated[str | float | dict[str, float], BeforeValidator(check_spread)]
Starts = Annotated[tuple[float | str, ...], BeforeValidator(listing(_start, "rates or words"))]
Weights = Annotated[tuple[float, ...], BeforeValidator(listing(_WEIGHT, "numbers"))]
Sources = Annotated[
    tuple[Source, ...] | None, BeforeValidator(_optional(listing(word(*get_args(Source)), "words")))
]
Tables = Annotated[tuple[TableName, ...], BeforeValidator(_words(TableName))]
Models = Annotated[tuple[ModelName, ...] | None, BeforeValidator(_optional(_words(ModelName)))]
Closures = Annotated[tuple[Closure, ...] | None, BeforeValidator(_optional(_words(Closure)))]
Horizons = Annotated[tuple[Horizon, ...] | None, BeforeValidator(_optional(_words(Horizon)))]


def check_elasticities(value: Any) -> tuple[float | str, ...] | None:
    """Names of sets and numbers; none where empty."""
    return () if value in ((), []) else listing(_level, "names of sets or numbers")(value)


Elasticities = Annotated[tuple[float | str, ...] | None, BeforeValidator(check_elasticities)]


def check_rows(value: Any) -> int | None:
    """0 for no decomposition, else at least 20."""
    rows = whole(0, 10**6)(value)
    if rows is not None and 0 < rows < 20:
        raise ValueError(f"is {rows}; it must be 0 (none), or a whole number of at least 20")
    return rows


Rows = Annotated[int | None, BeforeValidator(check_rows)]
