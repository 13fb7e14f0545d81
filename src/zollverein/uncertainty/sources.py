"""What is uncertain: trade elasticities, sizes of measures, baseline flows; and how each is drawn.

Each source is a group of coordinates in [0, 1]; a coordinate becomes a value by the quantile function of its
distribution. Groups are what a variance decomposition tells apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.elasticities import elasticity_sets, trade_elasticity
from zollverein.errors import DataError, ScenarioError
from zollverein.scenario.distributions import Distribution

if TYPE_CHECKING:
    from zollverein.world import World

Array = np.ndarray
#: Kinds of sources.
SOURCES = ("elasticities", "measures", "data")
#: Standard deviations of the log beyond which nothing is drawn: of a spread over sets, of an error.
_CUT_OF_SETS, _CUT_OF_ERRORS = 2.0, 3.0
_STANDARD = NormalDist()
#: Stands for a spread of zero, which is no elasticity.
_EXACT = float(np.finfo(float).tiny)


@dataclass(frozen=True, eq=False)
class Elasticities:
    """Trade elasticities, log-normal around those chosen, cut off at bounds.

    Attributes:
        centre: ``[sector]`` medians.
        spread: ``[sector]`` standard deviation of the log.
        low, high: ``[sector]`` bounds.
        member: ``[sector]`` which coordinate a sector uses; sectors that rest on one estimate share it.
    """

    centre: Array
    spread: Array
    low: Array
    high: Array
    member: Array

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return int(self.member.max()) + 1

    def draw(self, coordinates: Array) -> Array:
        """``[sector]``, by the quantile function of the cut log-normal."""
        found = self.centre.copy()
        for s in np.flatnonzero(self.spread > 0):
            a, b = (
                np.log(bound / self.centre[s]) / self.spread[s]
                for bound in (self.low[s], self.high[s])
            )
            low, high = _STANDARD.cdf(float(a)), _STANDARD.cdf(float(b))
            u = low + float(coordinates[self.member[s]]) * (high - low)
            z = _STANDARD.inv_cdf(min(max(u, 1e-12), 1 - 1e-12))
            found[s] = self.centre[s] * np.exp(self.spread[s] * min(max(z, a), b))
        return found


def elasticity_source(
    world: World, centre: xr.DataArray, spread: str | float | Mapping[str, float]
) -> Elasticities:
    """How elasticities are drawn.

    Args:
        world: For its sectors.
        centre: ``[sector]`` elasticities of the simulation.
        spread: ``"sets"``: the standard deviation of the log over the eight published sets, sector by
            sector, cut off at two of them on either side; sectors with the same numbers in every set share
            one draw. Or a standard deviation of the log (standard error over
            estimate), one for all or by sector (``all``, ``goods``, ``services`` may stand for several), cut
            off at three of them; sectors are then drawn each by itself.

    Raises:
        DataError: If the world's sectors are not those of the sets; if a number is negative or none, or all
            are zero.
    """
    theta = centre.values
    if isinstance(spread, str):
        if spread != "sets":
            raise ScenarioError(
                f"elasticity_spread '{spread}' is not known. Choices: sets, a number."
            )
        table = _of_sets(world)
        _, member = np.unique(table, axis=1, return_inverse=True)
        sizes = np.log(table).std(axis=0, ddof=1)
        return _around(theta, sizes, _CUT_OF_SETS, member.reshape(-1))
    return _around(theta, _by_sector(world, spread), _CUT_OF_ERRORS, np.arange(len(theta)))


def _by_sector(world: World, spread: Any) -> Array:
    """Stated standard deviations of the log ``[sector]``, resolved as elasticities are.

    Raises:
        DataError: If one is negative or none, or all are zero; if a sector is not the world's.
    """
    try:
        several = list(spread.values()) if isinstance(spread, Mapping) else spread
        sizes = np.asarray(several, dtype=float)
    except (TypeError, ValueError):
        sizes = np.array([np.nan])
    if not (np.isfinite(sizes).all() and (sizes >= 0).all() and (sizes > 0).any()):
        raise DataError(
            f"elasticity_spread is {spread}; a standard deviation of the log is a number of at least 0, and "
            "above it for some sector. Usual cause: an elasticity in place of its error. Fix: 0.3; or leave "
            "the source 'elasticities' out."
        )
    if isinstance(spread, Mapping):
        spread = {key: max(float(size), _EXACT) for key, size in spread.items()}
    else:
        spread = spread + _EXACT * (sizes == 0)
    try:
        found = trade_elasticity(world.sectors, spread, world.data.attrs)[0].values
    except DataError as error:
        raise DataError(f"elasticity_spread: {error}") from None
    return np.where(found > _EXACT, found, 0.0)


def _of_sets(world: World) -> Array:
    """Elasticities of every published set ``[set, sector]``.

    Raises:
        DataError: If the world's sectors are not theirs.
    """
    try:
        rows = [trade_elasticity(world.sectors, name)[0].values for name in elasticity_sets()]
    except DataError as error:
        raise DataError(
            f"elasticity_spread 'sets': {error} Or give the spread as a number, the standard deviation of "
            "the log: elasticity_spread = 0.3, --elasticity-spread 0.3."
        ) from None
    return np.array(rows)


def _around(centre: Array, spread: Array, cut: float, member: Array) -> Elasticities:
    bound = np.exp(cut * spread)
    return Elasticities(centre, spread, centre / bound, centre * bound, member)


@dataclass(frozen=True)
class Size:
    """The uncertain size of one measure.

    Attributes:
        label: Such as ``customs reform: remove``.
        programme: Position of the programme, or None for a measure outside of any.
        index: Position of the measure there.
        key: Its key.
        distribution: What it is drawn from.
    """

    label: str
    programme: int | None
    index: int
    key: str
    distribution: Distribution


def uncertain_sizes(scenario: Any) -> tuple[Size, ...]:
    """Every number of a scenario's measures that is a distribution, in order."""
    found: list[Size] = []
    groups: list[tuple[int | None, Any]] = [(None, scenario.measures)]
    groups += [(p, programme.measures) for p, programme in enumerate(scenario.programmes)]
    for programme, measures in groups:
        for index, measure in enumerate(measures):
            for key in type(measure).model_fields:
                value = getattr(measure, key)
                if isinstance(value, Distribution):
                    name = measure.name or f"{measure.kind} {index + 1}"
                    if programme is not None:
                        name = f"{scenario.programmes[programme].name}, {name}"
                    label = _distinct(name, key, {size.label for size in found})
                    found.append(Size(label, programme, index, key, value))
    return tuple(found)


def _distinct(name: str, key: str, known: set[str]) -> str:
    """``name: key``, with a number where another measure has that name too."""
    label, number = f"{name}: {key}", 1
    while label in known:
        number += 1
        label = f"{name} ({number}): {key}"
    return label


def with_sizes(scenario: Any, sizes: Sequence[Size], values: Sequence[float]) -> Any:
    """The scenario with numbers in place of its distributions.

    Raises:
        ScenarioError: If a number is out of the range of its key.
    """
    plain = list(scenario.measures)
    programmes = [list(programme.measures) for programme in scenario.programmes]
    for size, value in zip(sizes, values, strict=True):
        place = plain if size.programme is None else programmes[size.programme]
        measure = place[size.index]
        keys = {key: getattr(measure, key) for key in measure.model_fields_set}
        place[size.index] = type(measure)(**{**keys, size.key: float(value)})
    update: dict[str, Any] = {"measures": tuple(plain)}
    if programmes:
        update["programmes"] = tuple(
            old.model_copy(update={"measures": tuple(new)})
            for old, new in zip(scenario.programmes, programmes, strict=True)
        )
    return scenario.model_copy(update=update)
