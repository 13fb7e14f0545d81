"""``uncertainty``: how sure a number is, and which assumption drives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from zollverein.choices import choose_parameters
from zollverein.counts import is_whole
from zollverein.errors import NotConverged, ScenarioError
from zollverein.files import fingerprint
from zollverein.models.fast import available
from zollverein.names import did_you_mean
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.readings import parse_outcomes, read_result
from zollverein.simulation import solve_policy
from zollverein.tables import readers
from zollverein.tables.registry import Own
from zollverein.uncertainty.answer import Uncertainty
from zollverein.uncertainty.data import flow_spread
from zollverein.uncertainty.draws import Job, Plan, solve_draw
from zollverein.uncertainty.sampling import Array, sobol
from zollverein.uncertainty.sources import (
    SOURCES,
    Elasticities,
    Size,
    elasticity_source,
    uncertain_sizes,
)
from zollverein.uncertainty.store import Store
from zollverein.uncertainty.tables import split
from zollverein.workers import in_order

if TYPE_CHECKING:
    from zollverein.world import World

#: How elasticities are drawn, which sizes of measures are, and the spread of flows.
Drawn = tuple[Elasticities | None, tuple[Size, ...], Array | None]
#: Part of the draws that may fail.
_MOST_FAILED = 0.01
#: Most numbers of tables that are kept, 8 GB.
_MOST_CELLS = 10**9
#: Fewest rows of a decomposition: with less, shares of the variance are noise.
_FEWEST_ROWS = 20


def uncertainty(
    world: World,
    scenario: Any,
    outcomes: str | Outcome | Sequence[str | Outcome] | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
    sources: Sequence[str] | None = None,
    elasticity_spread: str | float | Mapping[str, float] = "sets",
    data_spread: float | xr.DataArray | None = None,
    decompose: int | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    engine: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    tables: str | Iterable[str | Own] | Mapping[str, str | Own] = (),
    **options: Any,
) -> Uncertainty:
    """Draw the assumptions, solve each draw, and say how sure the outcomes are and what drives them.

    Args:
        world: The baseline.
        scenario: A scenario, in which distributions may stand for numbers; or a Policy.
        outcomes: Such as ``"real_income BLR"``; real income of every economy if omitted.
        draws: Latin hypercube sample for the bands.
        seed: Same seed, same numbers, on any number of workers and on a cluster.
        sources: Any of ``"elasticities"``, ``"measures"`` (sizes that are distributions) and
            ``"data"``; if omitted the first, the second where there is one, and the third where
            ``data_spread`` is given.
        elasticity_spread: ``"sets"``: the spread over the eight published sets by sector; or standard
            deviations of the log (standard error over estimate), one or by sector.
        data_spread: Standard deviation of the log of trade flows, a number or an array
            ``[exporter, importer, sector]`` such as mirror bounds.
        decompose: Rows of the variance decomposition, each one more simulation than there are groups of
            assumptions, at least 20; a fifth of the draws if omitted (none where only one group is drawn),
            0 for none.
        out: Folder that keeps finished draws; the same call goes on from there.
        workers: Processes; the number of processors if omitted, 1 for this process alone.
        cluster: Address of a Dask scheduler in place of processes.
        engine: As for ``simulate``.
        progress: Called with the draws done so far and those planned, after each.
        tables: What is kept of every draw beside the outcomes: names of ``zollverein.tables.TABLES``,
            ``"report"`` for all that the report shows, or functions of a result that give an array with
            labels on every dimension, the same in every draw; a mapping gives them names. Their numbers are
            kept in memory, 8 bytes for each cell and draw.
        **options: As for ``simulate``.

    Returns:
        Draws, bands, drivers and failed draws.

    Raises:
        ScenarioError: If nothing is uncertain, a name is not known, or the tables would need more than 8 GB.
        LabelError: If a table has not the labels that it has at the central assumptions.
        NotConverged: If more than 1 % of the draws have no equilibrium; what is finished is kept in ``out``.
        DataError: If ``out`` holds draws of another question.
    """
    draws, seed = check_number_of_draws(draws, seed)
    job = _job(
        world, scenario, outcomes, seed, sources, elasticity_spread, data_spread, engine, options
    )
    job = _with_tables(job, tables, draws)
    plan = Plan(job, draws, rows_of((job.elasticities, job.sizes, job.spread), draws, decompose))
    folder = None if out is None else Path(out)
    cells = (draws, sum(table.size for table in job.tables)) if job.tables else (0, 0)
    about = _about_tables(job)
    with Store(
        folder, _question(job, plan), plan.size, len(job.outcomes), tables=about, cells=cells
    ) as store:
        todo = store.todo()
        tasks = map(plan.draw, todo)
        shared = plan.job if todo else job
        found = in_order(solve_draw, shared, tasks, workers=workers, cluster=cluster)
        for done, (number, value) in enumerate(zip(todo, found, strict=True), 1):
            store.keep(number, value)
            if progress is not None:
                progress(plan.size - len(todo) + done, plan.size)
        return _answer(job, plan, store)


def check_number_of_draws(draws: Any, seed: Any = 0) -> tuple[int, int]:
    """The number of draws and the seed, unless one is none.

    Raises:
        ScenarioError: If one is no whole number, if there are fewer than two draws, or the seed is negative.
    """
    if not is_whole(seed) or seed < 0:
        raise ScenarioError(f"seed is {seed!r}; it is a whole number from 0. Fix: leave it out.")
    if not is_whole(draws) or draws < 2:
        raise ScenarioError(
            f"draws is {draws!r}; at least 2 are needed, a whole number. Fix: 200 for a look, or 1,000."
        )
    return int(draws), int(seed)


def _job(
    world: World,
    scenario: Any,
    outcomes: Any,
    seed: int,
    sources: Sequence[str] | None,
    elasticity_spread: Any,
    data_spread: Any,
    engine: str,
    options: dict[str, Any],
) -> Job:
    """Check everything once and solve for the central assumptions."""
    parameters = choose_parameters(world, scenario, **options)
    everyone = [Outcome("real_income", (country,)) for country in world.countries]
    wanted = everyone if outcomes is None else outcomes
    read = parse_outcomes(world, wanted, scenario)
    drawn = what_is_drawn(world, scenario, parameters, sources, elasticity_spread, data_spread)
    given = isinstance(scenario, Policy)
    baseline = world if given else scenario.baseline(world)
    policy = scenario if given else scenario.policy(baseline)
    policy.check_fits(world)
    start = solve_policy(baseline, policy, parameters, engine=engine)
    return Job(world, scenario, read, parameters, engine, start, *drawn, seed)


def _with_tables(
    job: Job, wanted: str | Iterable[str | Own] | Mapping[str, str | Own], draws: int
) -> Job:
    """The job with tables made ready and read once, at the central assumptions.

    Raises:
        ScenarioError: If a name is not known, or the tables are too large for so many draws.
        LabelError: If one has no labels.
    """
    if callable(wanted):
        raise ScenarioError(
            "tables is a function without a name. Fix: a mapping of names to functions, tables={'mine': f}."
        )
    wanted = wanted if isinstance(wanted, str | Mapping) else list(wanted)
    if not wanted:
        return job
    named = None if isinstance(job.scenario, Policy) else job.scenario
    central = replace(job.start, scenario=named)
    made = readers(central, wanted)
    tables = tuple(reader(central) for reader in made)
    size = draws * sum(table.size for table in tables)
    if size > _MOST_CELLS:
        raise ScenarioError(
            f"the tables have {size:,} numbers in {draws:,} draws; at most {_MOST_CELLS:,} are kept. Fix: "
            "fewer tables or draws."
        )
    return replace(job, readers=made, tables=tables)


def _about_tables(job: Job) -> dict[str, Any]:
    """What the tables are, for the folder of draws: by name, what their cells are, and central values.

    A function has no other identity than what it gives.
    """
    labels = [
        [dim, table.indexes[dim].astype(str).tolist()] for table in job.tables for dim in table.dims
    ]
    return {
        "tables": [reader.name for reader in job.readers],
        "labels": fingerprint(labels),
        "central values": fingerprint(*(table.values for table in job.tables)),
    }


def what_is_drawn(
    world: World,
    scenario: Any,
    parameters: Parameters,
    sources: Sequence[str] | None,
    elasticity_spread: Any,
    data_spread: Any,
) -> Drawn:
    """How elasticities are drawn, which sizes of measures are, and the spread of flows.

    Raises:
        ScenarioError: If nothing is uncertain, or a name is not known.
        DataError: If a spread does not fit the world.
    """
    sizes = () if isinstance(scenario, Policy) else uncertain_sizes(scenario)
    chosen = _sources(sources, bool(sizes), data_spread is not None)
    spread = flow_spread(world, data_spread) if "data" in chosen else None
    drawn = None
    if "elasticities" in chosen:
        drawn = elasticity_source(world, parameters.trade_elasticity, elasticity_spread)
    return drawn, sizes if "measures" in chosen else (), spread


def rows_of(drawn: Drawn, draws: int, wanted: int | None) -> int:
    """Rows of the decomposition.

    Raises:
        ScenarioError: If there are too few, or more than draws.
    """
    elasticities, sizes, spread = drawn
    groups = (elasticities is not None) + len(sizes) + (spread is not None)
    if wanted is None:
        return draws // 5 if groups > 1 and draws // 5 >= _FEWEST_ROWS else 0
    if not is_whole(wanted) or (wanted and not _FEWEST_ROWS <= wanted <= draws):
        raise ScenarioError(
            f"decompose is {wanted!r}; a decomposition has between {_FEWEST_ROWS} rows and as many as there "
            f"are draws ({draws}); 0 is none."
        )
    return int(wanted)


def _sources(wanted: Sequence[str] | None, sized: bool, noisy: bool) -> tuple[str, ...]:
    """Which sources are drawn.

    Raises:
        ScenarioError: If one is not known, or has nothing to draw from.
    """
    if wanted is None:
        return tuple(n for n, there in zip(SOURCES, (True, sized, noisy), strict=True) if there)
    wanted = [wanted] if isinstance(wanted, str) else wanted
    for name in wanted:
        if name not in SOURCES:
            near = did_you_mean(name, SOURCES)
            raise ScenarioError(
                f"source '{name}' is not known{near} Sources: {', '.join(SOURCES)}."
            )
    if not wanted:
        raise ScenarioError(f"no source of uncertainty is named. Sources: {', '.join(SOURCES)}.")
    if "measures" in wanted and not sized:
        raise ScenarioError(
            "source 'measures': no size in the scenario is a distribution. Fix: write one in place of a "
            "number, such as add = { low = 0.05, mode = 0.10, high = 0.20 }."
        )
    if "data" in wanted and not noisy:
        raise ScenarioError(
            "source 'data': data_spread is missing. Fix: the standard deviation of the log of trade flows, "
            "such as 0.1."
        )
    return tuple(wanted)


def _question(job: Job, plan: Plan) -> dict[str, Any]:
    """What decides the numbers, for the folder of draws."""
    data, scenario = job.world.data, job.scenario
    told = scenario.to_dict() if hasattr(scenario, "to_dict") else "a policy"
    parameters = {
        name: value.values.tolist() if isinstance(value, xr.DataArray) else value
        for name, value in vars(job.parameters).items()
    }
    drawn = job.elasticities
    return {
        "world": fingerprint(
            job.world.name,
            [str(name) for name in data],
            job.world.countries,
            job.world.sectors,
            *(data[name].values for name in data),
        ),
        "scenario": fingerprint(told, [repr(size) for size in job.sizes], *_told(job.start.policy)),
        "outcomes": [str(outcome) for outcome in job.outcomes],
        "parameters": fingerprint(parameters),
        "spreads": fingerprint(
            *([] if drawn is None else [drawn.spread, drawn.low, drawn.high, drawn.member]),
            *([] if job.spread is None else [job.spread]),
        ),
        "engine": "fast" if job.engine != "numpy" and available() else "numpy",
        "seed": job.seed,
        "draws": plan.draws,
        "decompose": plan.rows,
        "sources": list(plan.groups),
    }


def _told(policy: Policy) -> list[Any]:
    """Everything that a policy is: its arrays and its rules by name, without its remarks."""
    said = {name: value for name, value in vars(policy).items() if name != "notes"}
    arrays = {name: v.values for name, v in said.items() if isinstance(v, xr.DataArray)}
    return [{name: repr(said[name]) for name in said if name not in arrays}, *arrays.values()]


def _answer(job: Job, plan: Plan, store: Store) -> Uncertainty:
    """Bands and shares; more than 1 % of failures is an error."""
    failed = tuple(store.failed[number] for number in sorted(store.failed))
    if len(failed) > _MOST_FAILED * plan.size:
        shown = "\n".join(
            f"  draw {f.number}: {f.error}\n    at {f.parameters}" for f in failed[:3]
        )
        raise NotConverged(
            f"{len(failed)} of {plan.size} draws have no equilibrium, more than 1 %: the bands would leave "
            f"out a part of the assumptions. The first:\n{shown}\nFix: narrower distributions, or a closure "
            "that exists everywhere, such as 'zero' or 'share_of_own'."
        )
    rows = np.array(store.rows)
    good = np.isfinite(rows).all(axis=1)
    good[[*store.failed]] = False  # of which a folder may have the outcomes, but not the tables
    kept = good[: plan.draws]
    answer = Uncertainty(
        outcomes=job.outcomes,
        central=read_result(job.start, job.outcomes),
        draws=rows[: plan.draws][kept],
        failed=failed,
        groups=plan.groups,
        solved=plan.size,
        tables=split(
            store.tables if kept.all() else store.tables[kept[: len(store.tables)]], job.tables
        ),
    )
    rows[~good] = np.nan
    return replace(answer, shares=_shares(plan, rows)) if plan.rows else answer


def _shares(plan: Plan, rows: Array) -> dict[str, dict[str, Array]]:
    """Shares of the variance from the rows that every block has."""
    first = rows[: plan.rows]
    blocks = rows[plan.draws :].reshape(1 + len(plan.groups), plan.rows, -1)
    whole = np.isfinite(first).all(axis=1) & np.isfinite(blocks).all(axis=(0, 2))
    mixed = {name: block[whole] for name, block in zip(plan.groups, blocks[1:], strict=True)}
    return sobol(first[whole], blocks[0][whole], mixed)
