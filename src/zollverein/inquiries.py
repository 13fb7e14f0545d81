"""What the commands about coalitions, best duties and comparisons do: read, ask, arrange as tables.

No economics here; every question is a public function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zollverein.choices import assumed, choose_parameters
from zollverein.packaged import load_world
from zollverein.running import DEFAULT_WORLD
from zollverein.scenario import Scenario, read_scenario
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: Receives the number done and the number of all, or how far from the end a search is.
Progress = Callable[[int, float], None]


class Answer(NamedTuple):
    """What a command prints: tables by title, then remarks."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[str, ...]


def ask_coalition(
    target: str,
    members: str,
    instrument: str,
    world: str | None,
    scenario: Path | None,
    progress: Progress | None = None,
    **options: Any,
) -> Answer:
    """The value of a coalition; ``instrument`` is ``embargo`` or a file of measures.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.coalitions import coalition

    loaded, said = _given(world, scenario)
    how = instrument if instrument == "embargo" else list(read_scenario(Path(instrument)).measures)
    found = coalition(
        loaded, _names(members), target, how, scenario=said, progress=progress, **options
    )
    notes = [f"{target} loses {found.loss_pct:.3f} % from the whole coalition."]
    if np.isfinite(found.potential_pct):
        notes.append(f"It would lose {found.potential_pct:.3f} % if every other economy took part.")
    notes += found.notes
    if found.response is not None:
        best = found.response
        notes.append(
            f"The best uniform duty of {target} on the members' goods is then "
            f"{100 * best.rates['best'].iloc[0]:.1f} %, for a gain of {best.gain_pct:.3f} %."
        )
    notes += [f"no equilibrium: {'+'.join(who)}: {why}" for who, why in found.failures.items()]
    notes.append(_assumed(loaded, said))
    title = f"{target}: loss of {found.outcome.replace('_', ' ')} by member, and what members pay"
    table = found.members if found.orders else found.members.drop(columns="standard_error")
    return Answer(
        {title: table, "third parties' gains, percent": found.others.to_frame()},
        tuple(notes),
    )


def ask_optimal(
    country: str, against: str, sectors: str, world: str | None, scenario: Path | None, by: str
) -> Answer:
    """The duties that are best for an economy.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.best_policy import optimal_tariff

    loaded, said = _given(world, scenario)
    found = optimal_tariff(
        loaded,
        country,
        by=by,
        against=_names(against),
        sectors=_names(sectors),
        scenario=said,
    )
    check = "a maximum" if found.is_maximum else "NOT confirmed as a maximum"
    notes = (
        (
            f"{found.outcome} changes by {found.gain_pct:+.4f} % against the duties in force; slopes and "
            f"Hessian say: {check} (slope {found.slope:.0e}, curvature {found.curvature:.2f})."
        ),
        *found.notes,
        _assumed(loaded, said),
    )
    rates = found.rates.assign(
        before=100 * found.rates["before"], best=100 * found.rates["best"]
    ).rename(columns={"before": "before_pct", "best": "best_pct"})
    effects = found.table().to_frame()
    return Answer({f"best duties of {country}": rates, "real income, percent": effects}, notes)


def ask_nash(
    players: str,
    sectors: str,
    world: str | None,
    scenario: Path | None,
    by: str,
    progress: Progress | None = None,
) -> Answer:
    """The duties from which no player gains by moving alone.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.tariff_games import nash

    loaded, said = _given(world, scenario)
    who = "all" if players == "all" else _names(players)
    found = nash(loaded, who, by=by, sectors=_names(sectors), scenario=said, progress=progress)
    verdict = "an equilibrium" if found.is_equilibrium else "NOT confirmed as an equilibrium"
    rates = (100 * found.rates).rename(columns={"before": "before_pct", "nash": "nash_pct"})
    gains = found.players.rename(columns={"nash_pct": "gain_pct", "free_pct": "free_gain_pct"})
    notes = (
        (
            f"{verdict}: largest distance from a zero slope {found.slope:.0e}, "
            f"{found.iterations} iterations from {len(found.starts)} starts."
        ),
        *found.notes,
        _assumed(loaded, said),
        "free: the same duties at zero. Gains are changes of real income against the duties in force.",
    )
    return Answer({"Nash duties": rates, "what they do to the players": gains}, notes)


def ask_compare(files: Sequence[Path], world: str | None, column: str) -> Answer:
    """Scenario files side by side.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.comparison import compare

    found = compare(list(files), world=world, column=column)
    largest = found.differences.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    tables = {
        f"{column} by scenario": found.table.loc[largest],
        "choices that differ": found.choices,
    }
    first = found.table.columns[0]
    for name, parts in found.reasons.items():
        if not parts.empty:
            whole = parts.assign(difference=found.differences[name])
            tables[f"what makes {name} differ from {first}"] = whole.loc[largest]
    first_used = found.results[0].parameters
    notes = (*found.notes, f"{first}: {assumed(first_used)}")
    return Answer(tables, notes)


def _given(world: str | None, scenario: Path | None) -> tuple[World, Scenario | None]:
    """The world asked for, else the scenario's, else the default; and the scenario."""
    said = None if scenario is None else read_scenario(scenario)
    return load_world(world or (said.world if said else None) or DEFAULT_WORLD), said


def _assumed(world: World, scenario: Scenario | None) -> str:
    """What the numbers rest on."""
    return assumed(choose_parameters(world, scenario or Scenario()))


def _names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
