"""The types of what stands behind a key: numbers in a range, and names.

Every number of a measure is a ``Value`` within a range, so that a distribution can later stand
where a number stands by changing this file only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import core_schema

from zollverein.counts import is_whole
from zollverein.errors import ScenarioError
from zollverein.names import did_you_mean
from zollverein.scenario.distributions import Distribution

#: What stands behind a numeric key of a measure.
Value = float

_WORDS = {list: "a list", tuple: "a list", dict: "a table", type(None): "nothing"}


def kind_of(value: Any) -> str:
    """Plain words for what was written, with the value where it is short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "..."
    return _WORDS.get(type(value), f"a {type(value).__name__}")


def in_range(
    low: float, high: float, *, open_low: bool = False, hint: str = ""
) -> Callable[[Any], float]:
    """A check that a value is a finite number between ``low`` and ``high``.

    Args:
        low: Smallest value allowed.
        high: Largest value allowed.
        open_low: Whether ``low`` itself is excluded.
        hint: Shown with the range, for example what 0.25 means.
    """
    allowed = f"{'greater than' if open_low else 'at least'} {low:g} and at most {high:g}"
    advice = f" ({hint})" if hint else ""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | Real):
            raise ValueError(f"must be a number {allowed}{advice}, not {kind_of(value)}")
        size = _as_float(value)
        if not (low < size <= high or (size == low and not open_low)):
            raise ValueError(f"is {kind_of(value)}; it must be {allowed}{advice}")
        return size

    return check


def whole(
    low: int, high: int, *, even: bool = False, hint: str = ""
) -> Callable[[Any], int | None]:
    """A check that a value is a whole number between ``low`` and ``high``; None stays None.

    Args:
        low: Smallest value allowed.
        high: Largest value allowed.
        even: Whether it must be even.
        hint: Shown with the range.
    """
    allowed = f"{'an even' if even else 'a whole'} number from {low} to {high}"
    advice = f" ({hint})" if hint else ""

    def check(value: Any) -> int | None:
        if value is None:
            return None
        if not is_whole(value):
            raise ValueError(f"must be {allowed}{advice}, not {kind_of(value)}")
        number = int(value)
        if not low <= number <= high or (even and number % 2):
            raise ValueError(f"is {number}; it must be {allowed}{advice}")
        return number

    return check


def listing(check: Callable[[Any], Any], what: str) -> Callable[[Any], Any]:
    """A check of a list, every element of which passes ``check``; one element alone is a list of it.

    Args:
        check: Of one element; raises ValueError.
        what: What the elements are, for messages.
    """

    def several(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, dict) or value in ((), []):
            found = kind_of(value) if value else "empty"
            raise ValueError(f"must be a list of {what}, not {found}")
        return tuple(check(one) for one in (value if isinstance(value, list | tuple) else [value]))

    return several


def word(*valid: str) -> Callable[[Any], str]:
    """A check that a value is one of some words."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in valid:
            near = did_you_mean(value, valid) if isinstance(value, str) else "."
            raise ValueError(f"{kind_of(value)} is not valid{near} Choose {', '.join(valid)}")
        return value

    return check


def _as_float(value: Any) -> float:
    """As a float; an integer too large for one is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


@dataclass(frozen=True)
class Within:
    """Marks a ``Value`` with its range, for use in ``Annotated``.

    Attributes:
        low: Smallest value allowed.
        high: Largest value allowed.
        description: What messages and documentation say the number is.
        open_low: Whether ``low`` itself is excluded.
        hint: Shown with the range.
    """

    low: float
    high: float
    description: str
    open_low: bool = False
    hint: str = ""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the range before anything else, with our own message; a distribution stays one."""
        check = in_range(self.low, self.high, open_low=self.open_low, hint=self.hint)

        def number(value: Any) -> float:
            drawn = _as_distribution(value)
            if drawn is None:
                return check(value)
            for end in drawn.parameters if drawn.shape == "triangular" else (float(drawn),):
                check(end)
            return drawn

        written = core_schema.plain_serializer_function_ser_schema(
            lambda value: value.to_table() if isinstance(value, Distribution) else value
        )
        return core_schema.no_info_plain_validator_function(number, serialization=written)


def _as_distribution(value: Any) -> Distribution | None:
    """A distribution from itself or its table; None for anything else."""
    if isinstance(value, Distribution):
        return value
    if not isinstance(value, dict):
        return None
    try:
        return Distribution.from_table(value)
    except ScenarioError as error:
        raise ValueError(str(error)) from None


def check_names(value: Any) -> str | tuple[str, ...]:
    """A name, or a list of names that is not empty; an array or an index of pandas is a list."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, list | tuple) and value:
        wrong = [entry for entry in value if not (isinstance(entry, str) and entry.strip())]
        if not wrong:
            return tuple(value)
        raise ValueError(
            f"must be a name or a list of names; {kind_of(wrong[0])} in the list is not a name"
        )
    empty = value in ("", [], ()) or (isinstance(value, str) and not value.strip())
    raise ValueError(
        f"must be a name or a list of names, not {'empty' if empty else kind_of(value)}"
    )


#: One name or several, as written in the file.
Names = Annotated[str | tuple[str, ...], BeforeValidator(check_names)]

_POSITIVE = in_range(0, 1000, open_low=True)


def check_elasticity(value: Any) -> str | float | dict[str, float]:
    """The name of a set, one positive number, or a table of positive numbers by sector."""
    if isinstance(value, str) and value.strip():
        return value
    if not isinstance(value, dict):
        try:
            return _POSITIVE(value)
        except ValueError as error:
            raise ValueError(
                f"{error}; or the name of a set ('FGO'); or a table by sector"
            ) from None
    if not value:
        raise ValueError("must not be an empty table")
    checked: dict[str, float] = {}
    for sector, entry in value.items():
        try:
            checked[sector] = _POSITIVE(entry)
        except ValueError as error:
            raise ValueError(f"the value of sector '{sector}' {error}") from None
    return checked


#: Name of a published set, one number for all sectors, or a table by sector.
Elasticity = Annotated[str | float | dict[str, float], BeforeValidator(check_elasticity)]

_SCALE = in_range(0, 1, hint="0 is constant returns, 1 is Krugman's")


def entries(table: dict[Any, Any], check: Callable[[Any], Any]) -> dict[str, Any]:
    """A table whose every value passes a check; the message names the entry."""
    checked = {}
    for name, value in table.items():
        try:
            checked[str(name)] = check(value)
        except ValueError as error:
            raise ValueError(f"the value of '{name}' {error}") from None
    return checked


def check_scale(value: Any) -> float | dict[str, float]:
    """One number between 0 and 1, or a table of them by sector."""
    if not isinstance(value, dict):
        return _SCALE(value)
    if not value:
        raise ValueError("must not be an empty table")
    return entries(value, _SCALE)


#: Returns to scale: one number for all sectors, or a table by sector.
Scale = Annotated[float | dict[str, float], BeforeValidator(check_scale)]
#: A share that is not the whole.
Share = Annotated[float, Within(0, 0.9, "share", hint="0.33 is a third")]
#: An elasticity of substitution.
Substitution = Annotated[
    float, Within(0, 20, "elasticity of substitution", hint="1 is Cobb-Douglas")
]
