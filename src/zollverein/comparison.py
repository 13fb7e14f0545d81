"""Scenarios side by side: effects, differences, which choices differ, and what each choice does.

Two simulations differ because their worlds, models, closures, elasticities or measures do. Where few
choices differ the difference of an effect is divided among them: every mixture of the choices of the
first and of the other case is simulated, and each choice gets its Shapley share (Shorrocks 2013):
the mean, over all orders of switching, of what switching it does. The shares add up to the
difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import shapley
from zollverein.cases import Case, Switch, case_of, switches_between
from zollverein.errors import DataError, NoEquilibrium, NotConverged, ScenarioError, ZollvereinError
from zollverein.measures.effects import TITLES
from zollverein.names import did_you_mean
from zollverein.result import Result
from zollverein.scenario import Scenario
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: More choices than this are not divided among: there would be too many mixtures.
MOST_CHOICES = 6


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several cases, the first of which the others are compared with.

    Attributes:
        column: The effect compared, a column of the table of effects.
        table: Effects by country (those of every case), a column for each case.
        differences: Each other case less the first.
        choices: What was chosen, by choice and case: the choices that differ.
        reasons: For each other case, the parts of its difference by country: a column for each
            choice that differs. Empty where too many do.
        results: The simulations.
        notes: What a reader must know.
    """

    column: str
    table: pd.DataFrame
    differences: pd.DataFrame
    choices: pd.DataFrame
    reasons: Mapping[str, pd.DataFrame]
    results: tuple[Result, ...]
    notes: tuple[str, ...]


def compare(
    cases: Sequence[Scenario | Result | str | Path],
    *,
    world: World | str | None = None,
    column: str = "real_income_pct",
    reasons: bool = True,
    **options: Any,
) -> Comparison:
    """Set scenarios side by side and say why they differ.

    Args:
        cases: Scenarios, paths of scenario files, or results (which are not solved again).
        world: The world of the scenarios, instead of the one that each names; its name or itself.
        column: Which effect; a column of ``Result.table()``.
        reasons: Whether to divide the differences among the choices.
        **options: As for ``simulate``, for all cases; a choice given here does not differ.

    Returns:
        The comparison, in the order of the cases.

    Raises:
        DataError: If there are fewer than two cases, one is something else, or no country is in all of them.
        ScenarioError: If the column is not known, or a scenario does not fit its world.
        NotConverged: If a case has no solution.
    """
    if isinstance(cases, str | Path) or len(cases) < 2:
        raise DataError("compare needs a list of at least two scenarios, files or results.")
    effects = {key: title for key, title in TITLES.items() if key != "role"}
    if column not in effects:
        raise ScenarioError(
            f"column '{column}' is not an effect{did_you_mean(column, effects)} "
            f"Effects: {', '.join(effects)}."
        )
    given: Sequence[Any] = cases
    strange = [one for one in given if not isinstance(one, Scenario | Result | str | Path)]
    if strange:
        raise DataError(f"a case is a scenario, a file or a result, not {strange[0]!r:.80}.")
    loaded: dict[str, World] = {}
    read = [case_of(one, world, loaded, options) for one in cases]
    named = dict(zip(_distinct([case.name for case in read]), read, strict=True))
    results = {name: _solved(name, case) for name, case in named.items()}
    table = _side_by_side({name: r.table()[column] for name, r in results.items()})
    first, *others = named
    search = _Search(named[first], column, tuple(table.index))
    parts = {other: search.parts(other, named[other]) for other in others} if reasons else {}
    return Comparison(
        column=column,
        table=table,
        differences=table[others].sub(table[first], axis=0),
        choices=_choices(named),
        reasons={name: part for name, part in parts.items() if part is not None},
        results=tuple(results.values()),
        notes=(*_missing_countries(results, tuple(table.index)), *search.notes),
    )


def _solved(name: str, case: Case) -> Result:
    """The result of a case; what is wrong with it is said with its name.

    Raises:
        ZollvereinError: If it does not fit its world, or has no solution.
    """
    try:
        return case.result
    except ZollvereinError as error:
        raise type(error)(f"{name}: {error}") from error


@dataclass
class _Search:
    """Divides the difference of other cases from the first one."""

    first: Case
    column: str
    countries: tuple[str, ...]
    notes: list[str] = field(default_factory=list)

    def parts(self, name: str, other: Case) -> pd.DataFrame | None:
        """Parts of the difference by country and choice; None if there are too many choices."""
        import pandas as pd

        switches = switches_between(self.first, other, MOST_CHOICES)
        if not switches:
            return pd.DataFrame(index=pd.Index(self.countries, name="country"))
        values = {}
        for mask in shapley.all_masks(len(switches)):
            value = self._value(other, mask, switches)
            if value is not None:
                values[mask] = value
        if missing := 2 ** len(switches) - len(values):
            self.notes.append(
                f"{name}: {missing} of {2 ** len(switches)} mixtures of choices have no equilibrium or "
                "contradict themselves; orders of switching through them are left out."
            )
        try:
            shares = shapley.by_subsets(len(switches), values)
        except DataError as error:
            self.notes.append(f"{name}: the difference cannot be divided: {error}")
            return None
        columns = _distinct([switch.name for switch in switches])
        return pd.DataFrame(
            shares.share.T, index=pd.Index(self.countries, name="country"), columns=columns
        )

    def _value(self, other: Case, mask: int, switches: Sequence[Switch]) -> np.ndarray | None:
        """The effect by country under a mixture; None if there is none."""
        try:
            if mask in {0, 2 ** len(switches) - 1}:
                result = (other if mask else self.first).result
            else:
                mixed = self.first
                for index, switch in enumerate(switches):
                    mixed = switch.apply(mixed, other) if mask >> index & 1 else mixed
                result = mixed.result
        except (NotConverged, NoEquilibrium, ScenarioError):
            return None
        return result.table()[self.column][list(self.countries)].to_numpy()


def _distinct(names: Sequence[str]) -> list[str]:
    """Names with a number where they repeat."""
    found: list[str] = []
    for name in names:
        shown, number = name, 1
        while shown in found:
            number += 1
            shown = f"{name} ({number})"
        found.append(shown)
    return found


def _side_by_side(columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Countries of every case, in the order of the first.

    Raises:
        DataError: If there is none.
    """
    import pandas as pd

    series = list(columns.values())
    common = [c for c in series[0].index if all(c in one.index for one in series)]
    if not common:
        raise DataError("no country is in the worlds of all cases; there is nothing to compare.")
    table = pd.DataFrame({name: one.loc[common] for name, one in columns.items()})
    return table.rename_axis("country")


def _choices(cases: Mapping[str, Case]) -> pd.DataFrame:
    """Rows of choices that differ."""
    import pandas as pd

    table = pd.DataFrame({name: case.described() for name, case in cases.items()})
    table = table.rename_axis("choice")
    return table[table.ne(table.iloc[:, 0], axis=0).any(axis=1)]


def _missing_countries(results: Mapping[str, Result], common: tuple[str, ...]) -> list[str]:
    notes = []
    for name, result in results.items():
        gone = [country for country in result.before.countries if country not in common]
        if gone:
            shown = ", ".join(gone[:8]) + (" and others" if len(gone) > 8 else "")
            notes.append(f"{name}: {shown} left out, not in the worlds of all cases.")
    return notes
