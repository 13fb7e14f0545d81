"""``ensemble``: one scenario through several models, closures, horizons and elasticities.

A number without its model, closure and elasticities says little; an ensemble says how far it
moves, and which switch moves it by how much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import shapley
from zollverein.choices import HORIZONS, MODELS
from zollverein.elasticities import elasticity_sets
from zollverein.errors import DataError, ScenarioError, ZollvereinError
from zollverein.models.problem import CLOSURES
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.readings import parse_outcomes, read_result
from zollverein.result import Result
from zollverein.simulation import simulate
from zollverein.workers import in_order

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.world import World

Array = np.ndarray
#: A run: the level of each switch, 0 for the scenario's own choice.
Run = tuple[int, ...]
#: Keyword of ``simulate`` behind each switch, and its usual levels. Armington has the equations of
#: Caliendo and Parro, and the results would be the same.
_SWITCHES: dict[str, tuple[str, ...]] = {
    "model": tuple(name for name in MODELS if name != "armington"),
    "closure": CLOSURES,
    "horizon": tuple(HORIZONS),
    "trade_elasticity": tuple(elasticity_sets()),
}


@dataclass(frozen=True, eq=False)
class _Job:
    """What every run shares."""

    world: World
    scenario: Any
    outcomes: tuple[Outcome, ...]
    options: dict[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Outcomes of a scenario under several sets of choices; frozen.

    Attributes:
        outcomes: What was read.
        switches: Switch -> names of its levels; the first is the scenario's own choice.
        values: Run -> ``[outcome]`` values, new over old.
        failed: Run -> why it has no equilibrium.
        listed: The runs of the table, in order; others were solved for the reasons.
    """

    outcomes: tuple[Outcome, ...]
    switches: dict[str, tuple[str, ...]]
    values: dict[Run, Array]
    failed: dict[Run, str]
    listed: tuple[Run, ...]

    def table(self) -> pd.DataFrame:
        """One row for each run: the level of every switch, and each outcome's change in percent."""
        import pandas as pd

        nothing = np.full(len(self.outcomes), np.nan)
        rows = []
        for run in self.listed:
            levels = {
                name: self.switches[name][k] for name, k in zip(self.switches, run, strict=True)
            }
            numbers = 100 * (self.values.get(run, nothing) - 1)
            named = {str(o): float(x) for o, x in zip(self.outcomes, numbers, strict=True)}
            rows.append({**levels, **named})
        return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="run"))

    def effects_of_switches(self, outcome: int = 0) -> pd.DataFrame:
        """What each level of each switch alone moves, from the scenario's own choices.

        Returns:
            Columns ``switch``, ``level``, ``outcome_pct`` and ``change_pp`` (percentage points).
        """
        import pandas as pd

        own = self.values[self._own][outcome]
        rows = []
        for place, (switch, levels) in enumerate(self.switches.items()):
            for k, level in enumerate(levels[1:], start=1):
                value = self.values.get(_only(self._own, place, k))
                number = np.nan if value is None else float(value[outcome])
                rows.append((switch, level, 100 * (number - 1), 100 * (number - own)))
        return pd.DataFrame(rows, columns=["switch", "level", "outcome_pct", "change_pp"])

    def reasons(self, outcome: int = 0) -> pd.DataFrame:
        """Why the lowest and the highest run differ from the scenario's own choices.

        The difference is divided among the switches by Shapley shares over their subsets, so that it
        adds up. In a full grid the two are the extreme runs; one at a time, they combine for every switch
        the level that lowers (raises) the outcome most.

        Returns:
            Columns ``extreme``, ``switch``, ``level``, ``share_pp``; the last row of each extreme is the
            whole difference. Empty where a run that is needed has no equilibrium.
        """
        import pandas as pd

        rows = []
        names = list(self.switches)
        for extreme, run in zip(("lowest", "highest"), self._extremes(outcome), strict=True):
            found = {
                mask: float(self.values[part][outcome])
                for mask, part in _between(run).items()
                if part in self.values
            }
            try:
                shares = shapley.by_subsets(len(names), found)
            except DataError:
                continue
            for name, k, share in zip(names, run, shares.share.tolist(), strict=True):
                rows.append((extreme, name, self.switches[name][k], 100 * share))
            rows.append((extreme, "all", "", 100 * float(shares.total)))
        return pd.DataFrame(rows, columns=["extreme", "switch", "level", "share_pp"])

    def explain(self, outcome: int = 0) -> str:
        """In words: the range over the runs, and the switch that moves the number most."""
        numbers = 100 * (
            np.array([self.values[r][outcome] for r in self.listed if r in self.values]) - 1
        )
        own = 100 * (self.values[self._own][outcome] - 1)
        text = (
            f"{self.outcomes[outcome]}: {own:+.3f} % by the scenario's own choices, {numbers.min():+.3f} to "
            f"{numbers.max():+.3f} % over {len(numbers)} runs."
        )
        moves = self.effects_of_switches(outcome).dropna()
        if len(moves):
            best = moves.iloc[int(moves["change_pp"].abs().to_numpy().argmax())]
            text += (
                f" What moves it most alone: {best['switch']} = {best['level']}, by "
                f"{best['change_pp']:+.3f} percentage points."
            )
        without = sum(run in self.failed for run in self.listed)
        if without:
            text += f" {without} of {len(self.listed)} runs have no equilibrium."
        return text

    def __repr__(self) -> str:
        """Numbers of runs and outcomes."""
        return f"Ensemble({len(self.listed)} runs of {len(self.outcomes)} outcomes)"

    @property
    def _own(self) -> Run:
        return (0,) * len(self.switches)

    def _extremes(self, outcome: int) -> tuple[Run, Run]:
        """The runs to explain."""
        return _extremes(self.switches, self.values, self.listed, outcome)


def ensemble(
    world: World,
    scenario: Any,
    outcomes: str | Outcome | Sequence[str | Outcome],
    *,
    models: Sequence[str] | None = None,
    closures: Sequence[str] | None = None,
    horizons: Sequence[str] | None = None,
    elasticities: Sequence[str | float] | None = None,
    grid: str = "one_at_a_time",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Ensemble:
    """Solve a scenario under several models, closures, horizons and sets of elasticities.

    Args:
        world: The baseline.
        scenario: A Scenario or Policy; its own choices are the reference of every comparison.
        outcomes: Such as ``"real_income RUS"``; one or several.
        models: ``"caliendo_parro"``, ``"ces"``, ``"krugman"``; all if omitted, none if empty.
        closures: Rules for the trade balance; all four if omitted.
        horizons: ``"short"``, ``"medium"``, ``"long"``; all if omitted.
        elasticities: Names of published sets, or numbers; all sets if omitted.
        grid: ``"one_at_a_time"``: each level of each switch alone; or ``"full"``: all combinations.
        workers: Processes; the number of processors if omitted, 1 for this process alone.
        progress: Called with the runs done so far and those planned, after each.
        **options: As for ``simulate``, the same in every run.

    With closure ``"zero"`` the scenario is applied to the world without trade balances, so that the effect
    is the scenario's and not that of removing them.

    Returns:
        Outcomes by run, and why they differ. A run without an equilibrium is listed with no number.

    Raises:
        ScenarioError: If a name is not known.
        ZollvereinError: If the scenario's own choices have no equilibrium.
    """
    if grid not in ("one_at_a_time", "full"):
        raise ScenarioError(f"grid '{grid}' is not known. Choices: one_at_a_time, full.")
    job = _Job(world, scenario, parse_outcomes(world, outcomes), options)
    own = _result(job, {})
    wanted = dict(zip(_SWITCHES, (models, closures, horizons, elasticities), strict=True))
    choices = {name: _levels(own.parameters, name, levels) for name, levels in wanted.items()}
    sizes = [len(levels) for levels in choices.values()]
    listed = tuple(product(*map(range, sizes))) if grid == "full" else tuple(_alone(sizes))
    values: dict[Run, Array] = {listed[0]: read_result(own, job.outcomes)}
    failed: dict[Run, str] = {}
    switches = {name: tuple(label for label, _ in levels) for name, levels in choices.items()}
    solver = _Solver(job, choices, workers, progress)
    solver.solve(listed[1:], values, failed)
    for outcome in range(len(job.outcomes)):
        ends = _extremes(switches, values, listed, outcome)
        solver.solve({r for run in ends for r in _between(run).values()}, values, failed)
    return Ensemble(job.outcomes, switches, values, failed, listed)


class _Solver:
    """Solves runs that are not yet solved."""

    def __init__(
        self,
        job: _Job,
        choices: dict[str, list[tuple[str, Any]]],
        workers: int | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._job, self._choices, self._workers = job, choices, workers
        self._progress, self._done, self._planned = progress, 0, 0

    def solve(self, runs: Iterable[Run], values: dict[Run, Array], failed: dict[Run, str]) -> None:
        """Add what the runs give to ``values`` or ``failed``."""
        new = sorted(run for run in runs if run not in values and run not in failed)
        self._planned += len(new)
        tasks = [self._keys(run) for run in new]
        found = in_order(_solve, self._job, tasks, workers=self._workers, chunk=1)
        for run, value in zip(new, found, strict=True):
            if isinstance(value, str):
                failed[run] = value
            else:
                values[run] = value
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, self._planned)

    def _keys(self, run: Run) -> dict[str, Any]:
        """Keywords of ``simulate``: only what differs from the scenario's own choices."""
        return {
            name: levels[k][1]
            for (name, levels), k in zip(self._choices.items(), run, strict=True)
            if k
        }


def _solve(job: _Job, keys: dict[str, Any]) -> Array | str:
    """Values of the outcomes ``[outcome]``, or why there is no equilibrium."""
    try:
        return read_result(_result(job, keys), job.outcomes)
    except ZollvereinError as error:
        return str(error)


def _result(job: _Job, keys: dict[str, Any]) -> Result:
    """The scenario under some choices.

    Where the closure removes trade balances, it is applied to the world without them, so that the
    effect is the scenario's alone.
    """
    chosen = {**job.options, **keys}
    closure = chosen.get("closure") or getattr(job.scenario, "closure", None)
    world = job.world
    if closure == "zero":
        own = {
            key: getattr(job.scenario, key, None)
            for key in ("model", "horizon", "trade_elasticity")
        }
        neutral = {**own, **chosen, "closure": "zero"}
        world = simulate(world, Policy.neutral(world), **neutral).after
    return simulate(world, job.scenario, **chosen)


def _levels(own: Parameters, switch: str, wanted: Sequence[Any] | None) -> list[tuple[str, Any]]:
    """Names and values of a switch's levels, the scenario's own first.

    Raises:
        ScenarioError: If a name is not known.
    """
    given = _SWITCHES[switch] if wanted is None else wanted
    drawn = switch == "trade_elasticity"
    label = own.elasticity_name.split(" (")[0] if drawn else str(getattr(own, switch))
    for level in given:
        if isinstance(level, str) and level not in _SWITCHES[switch] and level != label:
            choices = ", ".join(_SWITCHES[switch])
            raise ScenarioError(f"ensemble: '{level}' is no {switch}. Choices: {choices}.")
    return [(label, None), *((str(level), level) for level in given if str(level) != label)]


def _alone(sizes: Sequence[int]) -> list[Run]:
    """The scenario's own run, then each level of each switch alone."""
    own = (0,) * len(sizes)
    return [
        own,
        *(_only(own, place, k) for place, size in enumerate(sizes) for k in range(1, size)),
    ]


def _only(own: Run, place: int, level: int) -> Run:
    return (*own[:place], level, *own[place + 1 :])


def _between(run: Run) -> dict[int, Run]:
    """For every subset of the switches, as a bitmask, the run with those at the run's levels."""
    return {
        mask: tuple(k if mask >> place & 1 else 0 for place, k in enumerate(run))
        for mask in range(2 ** len(run))
    }


def _extremes(
    switches: dict[str, tuple[str, ...]],
    values: dict[Run, Array],
    listed: Sequence[Run],
    outcome: int,
) -> tuple[Run, Run]:
    """Lowest and highest run of a full grid; else the combination of the levels that move most."""
    known = [run for run in listed if run in values]
    full = len(listed) == np.prod([len(levels) for levels in switches.values()])
    if full:
        ordered = sorted(known, key=lambda run: float(values[run][outcome]))
        return ordered[0], ordered[-1]
    own = (0,) * len(switches)
    low, high = list(own), list(own)
    for place, levels in enumerate(switches.values()):
        by_level = {
            k: float(values[run][outcome])
            for k in range(len(levels))
            if (run := _only(own, place, k)) in values
        }
        low[place] = min(by_level, key=lambda k: by_level[k])
        high[place] = max(by_level, key=lambda k: by_level[k])
    return tuple(low), tuple(high)
