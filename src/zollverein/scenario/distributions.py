"""A distribution where a number may stand: ``{ low, mode, high }`` or ``{ value, standard_error }``.

A ``Distribution`` is a number, its central value, so that whatever reads a scenario works on it as
before; only who draws looks further.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, Self

from zollverein.errors import ScenarioError

_SHAPES = {"triangular": ("low", "mode", "high"), "normal": ("value", "standard_error")}
_STANDARD = NormalDist()
#: A draw is never further from a normal's centre than this many standard errors.
_FURTHEST = 6.0


class Distribution(float):
    """A number that is not known exactly; frozen.

    As a number it is its central value: the mode of a triangular, the value of a normal distribution.

    Attributes:
        shape: ``"triangular"`` or ``"normal"``.
        parameters: ``(low, mode, high)`` or ``(value, standard_error)``.

    Raises:
        ScenarioError: If a parameter is not a finite number, the three are not in order, or the
            standard error is not positive.
    """

    shape: str
    parameters: tuple[float, ...]

    def __new__(cls, shape: str, *parameters: float) -> Self:
        """A distribution of a shape with its parameters in order."""
        if shape not in _SHAPES or len(parameters) != len(_SHAPES[shape]):
            raise ScenarioError(f"a distribution is {_told()}.")
        numbers = tuple(_number(v, k) for k, v in zip(_SHAPES[shape], parameters, strict=True))
        if shape == "triangular" and not (numbers[0] <= numbers[1] <= numbers[2] > numbers[0]):
            raise ScenarioError(
                f"low {numbers[0]:g}, mode {numbers[1]:g}, high {numbers[2]:g} are not in order: a "
                "triangular distribution needs low ≤ mode ≤ high, and low < high."
            )
        if shape == "normal" and not numbers[1] > 0:
            raise ScenarioError(
                f"standard_error is {numbers[1]:g}; it must be greater than 0. A size that is "
                "known exactly is a plain number."
            )
        made = super().__new__(cls, numbers[1] if shape == "triangular" else numbers[0])
        object.__setattr__(made, "shape", shape)
        object.__setattr__(made, "parameters", numbers)
        return made

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """From the keys of a scenario file.

        Raises:
            ScenarioError: Says which keys are missing or unknown.
        """
        for shape, keys in _SHAPES.items():
            if set(table) == set(keys):
                return cls(shape, *(table[key] for key in keys))
        raise ScenarioError(
            f"{{ {', '.join(map(str, table))} }} is no distribution; it is {_told()}."
        )

    def to_table(self) -> dict[str, float]:
        """The keys of a scenario file."""
        return dict(zip(_SHAPES[self.shape], self.parameters, strict=True))

    @property
    def mean(self) -> float:
        """Expected value."""
        return sum(self.parameters) / 3 if self.shape == "triangular" else self.parameters[0]

    @property
    def standard_deviation(self) -> float:
        """Standard deviation."""
        if self.shape == "normal":
            return self.parameters[1]
        a, c, b = self.parameters
        return math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18)

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn."""
        if self.shape == "triangular":
            return self.parameters[0], self.parameters[2]
        value, error = self.parameters
        return value - _FURTHEST * error, value + _FURTHEST * error

    def quantile(self, probability: float) -> float:
        """The value below which a draw falls with this probability, between 0 and 1."""
        if self.shape == "normal":
            value, error = self.parameters
            edge = _STANDARD.cdf(-_FURTHEST)
            return value + error * _STANDARD.inv_cdf(min(max(probability, edge), 1 - edge))
        low, mode, high = self.parameters
        width = high - low
        if probability * width <= mode - low:
            return low + math.sqrt(probability * width * (mode - low))
        return high - math.sqrt((1 - probability) * width * (high - mode))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a distribution is frozen: '{name}' cannot be set")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Distribution):
            return (self.shape, self.parameters) == (other.shape, other.parameters)
        return float(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return float.__hash__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.shape, *self.parameters)

    def __repr__(self) -> str:
        keys = ", ".join(f"{key} = {value:g}" for key, value in self.to_table().items())
        return f"{{ {keys} }}"


def _number(value: Any, key: str) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not good:
        raise ScenarioError(f"{key} is {value!r}; a distribution needs finite numbers.")
    return float(value)


def _told() -> str:
    return "{ low, mode, high } (triangular) or { value, standard_error } (normal)"
