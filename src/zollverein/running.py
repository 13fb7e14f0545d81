"""What the commands do: run a scenario and write its outputs, check a file.

No economics here; every step is a public function.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.errors import DataError, Interrupted, ZollvereinError
from zollverein.files import as_csv, fingerprint, locked, write_table, write_text
from zollverein.packaged import load_world
from zollverein.progress import progress_bar
from zollverein.scenario import read_scenario
from zollverein.scenario.toml import STANDARD_INPUT
from zollverein.simulation import pose, simulate
from zollverein.world import World

if TYPE_CHECKING:
    from zollverein.result import Result
    from zollverein.scenario import Scenario

#: Receives one line about the stage that begins.
Say = Callable[[str], None]
#: How a file of netCDF begins: of its fourth version, and of those before.
_NETCDF = {b"\x89HDF", b"CDF\x01", b"CDF\x02", b"CDF\x05"}
#: World of a scenario that names none.
DEFAULT_WORLD = "icio2022"


def run_scenario(path: Path, world: str | None, *, say: Say) -> tuple[World, Result]:
    """Read a scenario, load its world, simulate.

    Returns:
        The world and the result.

    Raises:
        ZollvereinError: With what is wrong and how to mend it.
    """
    scenario = read_scenario(path)
    name = world or scenario.world or DEFAULT_WORLD
    say(f"loading {name}")
    loaded = load_world(name)
    say(
        f"solving '{scenario.name}' for {len(loaded.countries)} economies × {len(loaded.sectors)} sectors"
    )
    result = simulate(loaded, scenario)
    say(
        f"converged: residual {result.residual:.1e} in {result.iterations} iterations, "
        f"{1e3 * result.seconds:.0f} ms"
    )
    return loaded, result


def answer_questions(
    world: World, scenario: Scenario | None, draws: Path, *, quiet: bool
) -> tuple[Any, ...]:
    """Answer the questions of a scenario, each with a progress bar.

    Args:
        world: The baseline.
        scenario: With its questions.
        draws: Folder in which an uncertainty and an attribution keep their finished draws.
        quiet: No progress bar.

    Raises:
        Interrupted: Says how to go on.
        ZollvereinError: Names the question that cannot be answered.
    """
    from zollverein.asking import ask, check_questions

    if scenario is None or not scenario.questions:
        return ()
    found = []
    for number, where in enumerate(check_questions(world, scenario)):
        folder = draws / question_folder(world, scenario, number)
        with progress_bar(where, silent=quiet) as show:
            try:
                found.append(ask(world, scenario, number, progress=show, out=folder))
            except KeyboardInterrupt:
                raise Interrupted(_how_to_go_on(where, folder)) from None
    return tuple(found)


def question_folder(world: World, scenario: Scenario, number: int) -> str:
    """Where the draws of a question are kept; another question's are never in the way."""
    question = scenario.questions[number].written()
    asked = {key: value for key, value in question.items() if key not in {"name", "note"}}
    about = fingerprint(scenario.without_questions().to_dict(), asked, world.name)
    return f"{number + 1:02}-{about}"


def _how_to_go_on(where: str, folder: Path) -> str:
    kept = f"; its finished draws are kept in '{folder}'" if folder.is_dir() else ""
    return (
        f"stopped at {where}{kept}. Nothing else was written. The same command goes on from there; "
        "--no-answers leaves the questions out."
    )


def write_outputs(
    result: Result,
    scenario: Path,
    folder: Path,
    answers: Sequence[Any] = (),
    *,
    pdf: bool = False,
    say: Say,
) -> Path:
    """Write report, tables, result and scenario to a folder, all or nothing.

    Files of an earlier run with the same names are replaced; other files are left alone.

    Raises:
        DataError: If the folder cannot be written.
        MissingExtra: If ``pdf`` asks for the report as PDF too and it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".zollverein-") as made:
            fresh = Path(made)
            _write_all(result, scenario, fresh, answers, pdf=pdf, say=say)
            with locked(folder, wait=True):  # two runs that end together do not mix their files
                _replace(fresh, folder)
    except OSError as error:
        raise DataError(f"Cannot write to '{folder}': {error.strerror or error}.") from error
    return folder


def _replace(fresh: Path, folder: Path) -> None:
    """Move files to a folder, in place of those of an earlier run."""
    _check_names(fresh, folder)
    for name in _EARLIER:
        _clear(folder / name)
    (folder / "report.pdf").unlink(missing_ok=True)  # that of an earlier run
    for item in sorted(path for path in fresh.rglob("*") if path.is_file()):
        target = folder / item.relative_to(fresh)
        target.parent.mkdir(exist_ok=True)
        shutil.move(item, target)


#: Folder of the tables that answer questions.
_ANSWERS = "answers"
#: Folders of a run, and what an earlier run called its files there; whatever else is in them stays.
_EARLIER = {
    _ANSWERS: r"\d\d+-.+\.csv",
    "figures": r"(map|ranking|trade|sectors|answer-\d\d+-\d+)\.(svg|png)",
}


def _clear(folder: Path) -> None:
    """Remove what an earlier run wrote to a folder, and the folder if nothing else is in it."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_file() and re.fullmatch(_EARLIER[folder.name], path.name):
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _check_names(fresh: Path, folder: Path) -> None:
    """Before anything is replaced: a file goes where a file or nothing is, a folder likewise."""
    for item in fresh.rglob("*"):
        target = folder / item.relative_to(fresh)
        if target.exists() and target.is_dir() != item.is_dir():
            found, wanted = ("folder", "file") if target.is_dir() else ("file", "folder")
            raise DataError(
                f"Cannot write to '{folder}': '{target}' is a {found}, and a {wanted} of that name is to "
                "be written. Fix: move it, or choose another --out."
            )


def _write_all(
    result: Result, scenario: Path, fresh: Path, answers: Sequence[Any], *, pdf: bool, say: Say
) -> None:
    """Every file, into an empty folder."""
    from zollverein.measures.booking import booking
    from zollverein.report import write_report

    say("writing results.csv, booking.csv, result.nc and the scenario")
    write_text(effects_csv(result), fresh / "results.csv")
    book = booking(result.before, result.after, result.policy)
    write_table(book, fresh / "booking.csv", float_format="%.6f")
    result.to_netcdf(fresh / "result.nc")
    write_text(_scenario_text(result, scenario), fresh / "scenario.toml")
    if answers:
        _write_answers(result, fresh / _ANSWERS, answers)
    say("drawing the report")
    write_report(result, fresh, answers, pdf=pdf)


def _scenario_text(result: Result, path: Path) -> str:
    """The file as it stands, comments and all, if it still says what was run; else what was run."""
    from zollverein.scenario import Scenario

    said = result.scenario or Scenario()
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.is_file() else ""
        same = Scenario.from_toml(text.replace("\r\n", "\n")) == said
    except (OSError, ValueError, ZollvereinError):
        same = False
    return text if same else said.to_toml()


def _write_answers(result: Result, folder: Path, answers: Sequence[Any]) -> None:
    """Each table of each answer as ``NN-kind.csv`` or ``NN-kind-more.csv``."""
    from zollverein.asking import finding

    folder.mkdir()
    questions = () if result.scenario is None else result.scenario.questions
    for number, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
        kind: str = type(question).model_fields["kind"].default
        for table in finding(answer).tables:
            name = "-".join(part for part in (f"{number:02}", kind, table.key) if part)
            write_table(table.frame, folder / f"{name}.csv", float_format="%.10g")


def effects_csv(result: Result) -> str:
    """The table of effects with everyone's role, as CSV."""
    from zollverein.measures.roles import effects_with_roles

    return as_csv(effects_with_roles(result), float_format="%.6f")


def check_file(path: Path, world: str | None) -> list[str]:
    """Check a scenario against its world, or a world's identities; lines that say what was found.

    Raises:
        ZollvereinError: Names what is wrong.
    """
    return _check_scenario(path, world) if _is_scenario(path) else _check_world(path)


def _is_scenario(path: Path) -> bool:
    """Whether what is there is read as a scenario: a stream, and any file but a world's."""
    if path == STANDARD_INPUT or path.suffix.lower() in {".toml", ".nc"}:
        return path.suffix.lower() != ".nc"
    if not path.is_file():
        return path.exists() and not path.is_dir()
    with path.open("rb") as file:
        return file.read(4) not in _NETCDF


def _check_scenario(path: Path, world: str | None) -> list[str]:
    from zollverein.asking import check_questions
    from zollverein.choices import choose_parameters
    from zollverein.feasibility import check_combination

    scenario = read_scenario(path)
    loaded = load_world(world or scenario.world or DEFAULT_WORLD)
    parameters, opened = choose_parameters(loaded, scenario), scenario.baseline(loaded)
    policy = scenario.policy(opened)
    check_combination(policy, parameters)
    if not policy.unions:  # their taxes are found while solving
        pose(opened, policy, parameters)
    size = _count(len(scenario.entries()), "measure")
    if scenario.programmes:
        size += f" in {_count(len(scenario.programmes), 'programme')}"
    questions = check_questions(loaded, scenario) if scenario.questions else []
    if questions:
        size += f" and {_count(len(questions), 'question')}"
    lines = [f"{path}: fine; {size} on {loaded.name}", *scenario.describe(loaded), *questions]
    return [*lines, *(f"note: {note}" for note in policy.notes)]


def _check_world(path: Path) -> list[str]:
    try:
        loaded = World.from_netcdf(path) if path.is_file() else load_world(str(path))
    except DataError as error:
        hint = "" if path.suffix.lower() == ".nc" else " The name of a scenario file ends in .toml."
        raise DataError(f"{error}{hint}") from None
    size = f"{len(loaded.countries)} countries × {len(loaded.sectors)} sectors"
    return [f"{path}: fine; {loaded.name}, {size}; labels, absorption, output and balances agree"]


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
