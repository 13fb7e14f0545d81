"""What the commands about coalitions, best duties and comparisons do: read, ask, arrange as tables.

No economics here; every question is a public function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from zollverein.asking import finding
from zollverein.choices import assumed, choose_parameters
from zollverein.errors import DataError, ScenarioError
from zollverein.packaged import load_world
from zollverein.running import DEFAULT_WORLD
from zollverein.scenario import Scenario, read_scenario
from zollverein.scenario.messages import listed
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

#: Receives the number done and the number of all, or how far from the end a search is.
Progress = Callable[[int, float], None]


class Answer(NamedTuple):
    """What a command shows.

    Attributes:
        found: As the function that was asked gives it.
        name: Of the scenario that holds, for a page.
        assumed: What the numbers rest on.
    """

    found: Any
    name: str
    assumed: str

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables by title."""
        return finding(self.found).by_title()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found, what a reader must know, and what it rests on."""
        said = finding(self.found)
        return (*said.sentences, *said.notes, self.assumed)


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

    how, meant = ("embargo", None) if instrument == "embargo" else _instrument(Path(instrument))
    loaded, said = _given(world, scenario, meant)
    found = coalition(
        loaded, _names(members), target, how, scenario=said, progress=progress, **options
    )
    return _answer(found, loaded, said)


def ask_optimal(
    country: str, against: str, sectors: str, world: str | None, scenario: Path | None, by: str
) -> Answer:
    """The duties that are best for an economy.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.best_policy import optimal_tariff

    loaded, said = _given(world, scenario)
    keys: dict[str, Any] = {"against": _names(against), "sectors": _names(sectors)}
    found = optimal_tariff(loaded, country, by=by, scenario=said, **keys)
    return _answer(found, loaded, said)


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
    return _answer(found, loaded, said)


def ask_frontier(
    sender: str,
    target: str,
    weights: str,
    sectors: str,
    world: str | None,
    scenario: Path | None,
    by: str,
) -> Answer:
    """Own cost against the other's loss.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.asking.plan import Plan
    from zollverein.best_policy import frontier

    sizes = _numbers(weights)
    loaded, said = _given(world, scenario)
    keys: dict[str, Any] = {"weights": sizes, "sectors": _names(sectors), "scenario": said}
    table = frontier(loaded, sender, target, by=by, **keys)
    return _answer(Plan("frontier", (sender, target), table), loaded, said)


def ask_kemp_wan(
    members: str, sectors: str, world: str | None, scenario: Path | None, by: str
) -> Answer:
    """A union that leaves everyone outside where they were.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.customs_union import kemp_wan

    loaded, said = _given(world, scenario)
    found = kemp_wan(loaded, _names(members), by=by, sectors=_names(sectors), scenario=said)
    return _answer(found, loaded, said)


def ask_compare(files: Sequence[Path], world: str | None, column: str) -> Answer:
    """Scenario files side by side.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    from zollverein.comparison import compare

    found = compare(list(files), world=world, column=column)
    first = found.table.columns[0]
    return Answer(found, str(first), f"{first}: {assumed(found.results[0].parameters)}")


def write_answer(answer: Answer, page: Path) -> Path:
    """Write the page of an answer.

    Raises:
        DataError: If the folder does not exist or cannot be written.
    """
    from zollverein.report.study import write_study

    return write_study(answer.found, page, name=answer.name, assumed=answer.assumed)


def _answer(found: Any, world: World, scenario: Scenario | None) -> Answer:
    """With the choices that were made."""
    said = scenario or Scenario(name=world.name)
    return Answer(found, said.name, assumed(choose_parameters(world, said)))


def _given(
    world: str | None, scenario: Path | None, meant: str | None = None
) -> tuple[World, Scenario | None]:
    """The world asked for, the scenario's, the one that is meant, or the default; and the scenario."""
    said = None if scenario is None else read_scenario(scenario)
    return load_world(world or (said.world if said else None) or meant or DEFAULT_WORLD), said


#: Keys of a file of measures, beside these.
_OF_MEASURES = ("name", "description", "world", "measures")


def _instrument(path: Path) -> tuple[list[Any], str | None]:
    """The measures of a file, and the world that it names.

    Raises:
        ScenarioError: If it has no measures, or something else, which would be lost.
    """
    file = read_scenario(path)
    other = [key for key in file.to_dict() if key not in _OF_MEASURES]
    if other or not file.measures:
        found = f"it has {listed(other)}" if other else "it has none"
        raise ScenarioError(
            f"{path}: an instrument is [[measures]] alone, and {found}. Fix: programmes, choices and own "
            "groups in the file of --scenario."
        )
    return list(file.measures), file.world


def _names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _numbers(text: str) -> list[float]:
    """Numbers separated by commas.

    Raises:
        DataError: If one is no number.
    """
    try:
        return [float(part) for part in _names(text)]
    except ValueError:
        raise DataError(f"'{text}': write numbers with commas between, such as 0,0.3,1.") from None
