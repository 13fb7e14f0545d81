"""One draw: coordinates to elasticities, sizes and flows, and the equilibrium there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.errors import NoEquilibrium, NotConverged, ZollvereinError
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.readings import read_result
from zollverein.result import Result
from zollverein.simulation import solve_policy
from zollverein.uncertainty.data import noisy_world
from zollverein.uncertainty.sampling import Array, latin_hypercube
from zollverein.uncertainty.sources import Elasticities, Size, with_sizes
from zollverein.uncertainty.tables import read_cells

if TYPE_CHECKING:
    import xarray as xr

    from zollverein.scenario import Scenario
    from zollverein.tables import Reader
    from zollverein.world import World


@dataclass(frozen=True, eq=False)
class Job:
    """What every draw shares.

    Attributes:
        world: The baseline, before procurement tells governments apart.
        scenario: The scenario, or a Policy.
        outcomes: What is read.
        parameters: Every choice of the simulation, with the central elasticities.
        engine: As for ``simulate``.
        start: The central result, from which every draw starts, so that their order does not matter.
        elasticities: How elasticities are drawn, or None.
        sizes: Uncertain sizes of measures.
        spread: Of flows ``[exporter, importer, sector]``, or None.
        seed: Of everything.
        readers: Of the tables that are kept.
        tables: Those tables at the central assumptions.
    """

    world: World
    scenario: Any
    outcomes: tuple[Outcome, ...]
    parameters: Parameters
    engine: str
    start: Result
    elasticities: Elasticities | None
    sizes: tuple[Size, ...]
    spread: Array | None
    seed: int
    readers: tuple[Reader, ...] = ()
    tables: tuple[xr.DataArray, ...] = ()


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw, small enough to send about.

    Attributes:
        number: Position among all draws.
        elasticities: ``[coordinate]`` or None for the central ones.
        sizes: ``[size]``, or None for the central ones.
        noise: Seed of the noise on flows, or None.
        keeps_tables: Whether its tables are kept, as of the draws for the bands.
    """

    number: int
    elasticities: Array | None
    sizes: Array | None
    noise: tuple[int, ...] | None
    keeps_tables: bool = False


@dataclass(frozen=True)
class FailedDraw:
    """A draw without an equilibrium, of its own or one that a table needs.

    Attributes:
        number: Position among all draws.
        error: Why.
        parameters: The numbers drawn, in words.
        of_table: Whether only a table has no answer there.
    """

    number: int
    error: str
    parameters: str
    of_table: bool = False


class Plan:
    """Which draws there are: a sample A, and for a decomposition B and A with each group from B."""

    def __init__(self, job: Job, draws: int, rows: int) -> None:
        """Make both samples.

        Args:
            job: For what is uncertain.
            draws: Size of sample A.
            rows: Rows of A that the decomposition uses.
        """
        self.job, self.draws, self.rows = job, draws, rows
        rng = np.random.default_rng([job.seed, 0])
        count = 0 if job.elasticities is None else job.elasticities.size
        self._samples = [
            (latin_hypercube(size, count, rng), latin_hypercube(size, len(job.sizes), rng))
            for size in (draws, max(rows, 1))
        ]
        self.groups = tuple(
            ["trade elasticities"] * (job.elasticities is not None)
            + [size.label for size in job.sizes]
            + ["baseline data"] * (job.spread is not None)
        )

    @property
    def size(self) -> int:
        """Number of draws in all."""
        return self.draws + self.rows * (1 + len(self.groups))

    def tasks(self, first: int = 0) -> Iterator[Draw]:
        """Draws in order: A, then B, then A with each group in turn from B."""
        return (self.draw(number) for number in range(first, self.size))

    def draw(self, number: int) -> Draw:
        """One draw by its position."""
        if number < self.draws:
            return self._mixed(number, number, frozenset())
        block, row = divmod(number - self.draws, self.rows)
        taken = self.groups if block == 0 else (self.groups[block - 1],)
        return self._mixed(number, row, frozenset(taken))

    def _mixed(self, number: int, row: int, taken: frozenset[str]) -> Draw:
        """Row of A with some groups from B."""
        job = self.job
        (first, sizes), (second, other) = self._samples
        elasticities = second if "trade elasticities" in taken else first
        picked = [
            (other if size.label in taken else sizes)[row, k] for k, size in enumerate(job.sizes)
        ]
        noise = (job.seed, 1 + ("baseline data" in taken), row)
        return Draw(
            number,
            None if job.elasticities is None else elasticities[row],
            None
            if not job.sizes
            else np.array(
                [size.distribution.quantile(u) for size, u in zip(job.sizes, picked, strict=True)]
            ),
            None if job.spread is None else noise,
            keeps_tables=number < self.draws and bool(job.readers),
        )


def solve_draw(job: Job, draw: Draw) -> Array | FailedDraw:
    """Values of the outcomes ``[outcome]``, followed by the cells of the tables where the draw keeps them.

    No equilibrium, of the draw or one that a table needs, or a size out of range, makes it a failed draw.

    Raises:
        ZollvereinError: If a table cannot be read for another reason, such as labels that differ from those
            at the central assumptions.
    """
    parameters = job.parameters
    if job.elasticities is not None and draw.elasticities is not None:
        theta = job.elasticities.draw(draw.elasticities)
        elasticity = parameters.trade_elasticity
        parameters = replace(parameters, trade_elasticity=elasticity.copy(data=theta))
    try:
        world, scenario, policy = _problem(job, draw)
        result = _solved(job, world, policy, parameters)
        outcomes = read_result(result, job.outcomes)
    except ZollvereinError as error:
        return FailedDraw(draw.number, str(error), _told(job, draw, parameters))
    if not draw.keeps_tables:
        return outcomes
    result = replace(result, scenario=scenario)
    try:
        return np.concatenate([outcomes, read_cells(job.readers, job.tables, result)])
    except (NoEquilibrium, NotConverged) as error:
        return FailedDraw(draw.number, str(error), _told(job, draw, parameters), of_table=True)


def _solved(job: Job, world: World, policy: Policy, parameters: Parameters) -> Result:
    """The equilibrium of one draw, with what all share."""
    return solve_policy(world, policy, parameters, engine=job.engine, start=job.start)


def _problem(job: Job, draw: Draw) -> tuple[World, Scenario | None, Policy]:
    """World, scenario and policy of a draw; those of the central result where neither is uncertain."""
    given, world = job.scenario, job.start.before
    if draw.sizes is not None:
        given = with_sizes(given, job.sizes, draw.sizes.tolist())
    if draw.noise is not None and job.spread is not None:
        world = noisy_world(job.world, job.spread, np.random.default_rng(draw.noise))
    if isinstance(given, Policy):
        return world, None, given
    if draw.sizes is None and draw.noise is None:
        return world, given, job.start.policy
    world = given.baseline(world) if draw.noise is not None else world
    return world, given, given.policy(world)


def _told(job: Job, draw: Draw, parameters: Parameters) -> str:
    """The numbers of a draw, in words."""
    words = []
    if job.elasticities is not None:
        theta = parameters.trade_elasticity
        listed = ", ".join(
            f"{s} {v:.3g}"
            for s, v in zip(theta.indexes["sector"].tolist(), theta.values.tolist(), strict=True)
        )
        words.append(f"trade elasticities {listed}")
    if draw.sizes is not None:
        words += [f"{s.label} {v:.4g}" for s, v in zip(job.sizes, draw.sizes, strict=True)]
    if draw.noise is not None:
        words.append(f"noise on flows with seed {list(draw.noise)}")
    return "; ".join(words)
