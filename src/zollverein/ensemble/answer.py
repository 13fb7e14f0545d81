"""The answer of ``ensemble``: outcomes by run, and which switch moves them by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zollverein import shapley
from zollverein.errors import DataError
from zollverein.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray
#: A run: the level of each switch, 0 for the scenario's own choice.
Run = tuple[int, ...]


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
                value = self.values.get(only(self._own, place, k))
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
                for mask, part in between(run).items()
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
        reasons = [self.failed[run] for run in self.listed if run in self.failed]
        if reasons:
            text += (
                f" {len(reasons)} of {len(self.listed)} runs have no number: {_counted(reasons)}"
            )
        return text

    def __repr__(self) -> str:
        """Numbers of runs and outcomes."""
        return f"Ensemble({len(self.listed)} runs of {len(self.outcomes)} outcomes)"

    @property
    def _own(self) -> Run:
        return (0,) * len(self.switches)

    def _extremes(self, outcome: int) -> tuple[Run, Run]:
        """The runs to explain."""
        return extremes(self.switches, self.values, self.listed, outcome)


def alone(sizes: Sequence[int]) -> list[Run]:
    """The scenario's own run, then each level of each switch alone."""
    own = (0,) * len(sizes)
    return [
        own,
        *(only(own, place, k) for place, size in enumerate(sizes) for k in range(1, size)),
    ]


def only(own: Run, place: int, level: int) -> Run:
    """The run that differs from another in one switch."""
    return (*own[:place], level, *own[place + 1 :])


def between(run: Run) -> dict[int, Run]:
    """For every subset of the switches, as a bitmask, the run with those at the run's levels."""
    return {
        mask: tuple(k if mask >> place & 1 else 0 for place, k in enumerate(run))
        for mask in range(2 ** len(run))
    }


def extremes(
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
            if (run := only(own, place, k)) in values
        }
        low[place] = min(by_level, key=lambda k: by_level[k])
        high[place] = max(by_level, key=lambda k: by_level[k])
    return tuple(low), tuple(high)


def _counted(reasons: Sequence[str]) -> str:
    """Why runs have no number: each reason once, with how often it came, the most frequent first."""
    counts = Counter(reasons).most_common()
    return " ".join(
        f"({count}×) {reason}" if len(counts) > 1 else reason for reason, count in counts
    )
