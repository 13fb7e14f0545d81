"""The command line: each command wraps public functions and contains no economics.

Exit codes: 0 fine, 1 the user's mistake, 2 the equilibrium was not reached.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from zollverein.cli_options import AsCsv, AsJson, OutFolder, ScenarioFile
from zollverein.cli_policy import coalition, compare, frontier, kemp_wan, nash, optimal
from zollverein.cli_studies import attribute, ensemble, plan, uncertainty
from zollverein.console import show_certificate, show_effects, show_table, show_world
from zollverein.console_answers import echo_json, show_sentences
from zollverein.errors import NoEquilibrium, NotConverged, ZollvereinError

app = typer.Typer(
    name="zollverein",
    help="Measure and simulate economic integration under pressure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from zollverein.version import __version__

        typer.echo(f"zollverein {__version__}")
        raise typer.Exit


@app.callback()
def of_every_command(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Measure and simulate economic integration under pressure."""


#: Exit code of the command-line parser for a usage error.
_PARSER_REFUSED = 2

After = Annotated[bool, typer.Option("--after", help="Of a result file: after the policy.")]
FlowUnit = Annotated[str | None, typer.Option("--unit", help="Unit of value: 'million USD'.")]
FlowArray = Annotated[str | None, typer.Option("--array", help="The array of flows in .npz files.")]


@app.command()
def run(
    scenario: ScenarioFile,
    world: Annotated[str | None, typer.Option(help="A packaged world or a world file.")] = None,
    out: OutFolder = Path("out"),
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the folder written.")] = False,
    answers: Annotated[
        bool, typer.Option("--answers/--no-answers", help="Answer the questions of the file.")
    ] = True,
    pdf: Annotated[bool, typer.Option("--pdf", help="The report as PDF too.")] = False,
) -> None:
    """Simulate a scenario and answer its questions: print the effects, write the report and the data."""
    from zollverein.running import answer_questions, run_scenario, write_outputs

    if pdf:
        from zollverein.report.pdf import require_pdf

        require_pdf()
    silent = quiet or as_json
    loaded, result = run_scenario(scenario, world, say=_progress(silent=silent))
    if as_json:
        typer.echo(result.table().to_json(orient="index", indent=1))
    elif not quiet:
        show_effects(result)
    asked = result.scenario if answers else None
    found = answer_questions(loaded, asked, out / "draws", quiet=silent)
    if not silent:
        show_sentences(found, [q.name for q in asked.questions] if asked else [])
    say = _progress(silent=silent)
    folder = write_outputs(result, scenario, out, found, pdf=pdf, say=say)
    if quiet:
        typer.echo(str(folder))
    elif not as_json:
        names = ", ".join(sorted(path.name for path in folder.iterdir()))
        typer.echo(f"written to {folder}: {names}")


@app.command()
def worlds(as_json: AsJson = False) -> None:
    """List the packaged worlds."""
    from zollverein.packaged import worlds as packaged

    _table_or_json(packaged(), as_json)


@app.command()
def describe(
    name: Annotated[str, typer.Argument(help="A packaged world, a world file, or an economy.")],
    country: Annotated[str | None, typer.Argument(help="One economy of that world.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write an economy's profile here: .html or .pdf.")
    ] = None,
    flows: Annotated[
        str | None, typer.Option(help="Its turnover over the years, from this file or pattern.")
    ] = None,
    unit: FlowUnit = None,
    array: FlowArray = None,
    after: After = False,
    as_json: AsJson = False,
) -> None:
    """Say what a world contains, or print an economy's headline numbers and write its profile."""
    from zollverein.answers import describe as describe_name

    history = {"path": flows, "unit": unit, "array": array}
    facts, table, page = describe_name(
        name, country, out, after=after, flows=history, say=_progress(silent=as_json)
    )
    if as_json:
        echo_json(facts)
        return
    show_world(facts)
    if table is not None:
        show_table(table)
    if page is not None:
        typer.echo(f"profile written to {page}")


@app.command()
def stats(
    world: Annotated[
        str, typer.Argument(help="A packaged world, a world or result file.")
    ] = "icio2022",
    country: Annotated[str | None, typer.Option(help="An economy; all if omitted.")] = None,
    partner: Annotated[str | None, typer.Option(help="Its partner.")] = None,
    bloc: Annotated[str | None, typer.Option(help="A bloc, or codes: EAEU or RUS,BLR.")] = None,
    sectors: Annotated[str | None, typer.Option(help="A group or codes: goods.")] = None,
    after: After = False,
    csv: AsCsv = None,
    as_json: AsJson = False,
    listing: Annotated[bool, typer.Option("--list", help="List the statistics there are.")] = False,
) -> None:
    """Trade statistics of a world, an economy, a pair or a bloc, before or after a policy."""
    from zollverein.answers import list_statistics, statistics_table
    from zollverein.files import write_table

    table = (
        list_statistics()
        if listing
        else statistics_table(world, country, partner, bloc, sectors, after=after)
    )
    if csv is not None:
        write_table(table, csv)
    if as_json:
        typer.echo(
            table.reset_index(drop=table.index.name is None).to_json(
                orient="records", indent=1, force_ascii=False
            )
        )
    else:
        show_table(table)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A scenario (.toml), a world (.nc), or -.")],
    world: Annotated[str | None, typer.Option(help="The world a scenario is meant for.")] = None,
) -> None:
    """Check a scenario against its world, or the identities of a world."""
    from zollverein.running import check_file

    for line in check_file(file, world):
        typer.echo(line)


@app.command()
def verify(
    result: Annotated[Path, typer.Argument(help="A result file (.nc).")], as_json: AsJson = False
) -> None:
    """Recompute every equilibrium condition of a saved result, independently of the solver."""
    from zollverein.archive import load_result
    from zollverein.verification import verify as certify

    certificate = certify(load_result(result))
    if as_json:
        echo_json({"residual": certificate.residual, "conditions": dict(certificate.conditions)})
    else:
        show_certificate(certificate)
    if not certificate.holds():
        raise NotConverged(
            f"{result}: these conditions do not hold: {', '.join(certificate.failed())}. Usual cause: the "
            "file was changed after the run, or written by another version. Fix: run the scenario again."
        )


@app.command(name="app")
def live_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    world: Annotated[str | None, typer.Option(help="A packaged world or a world file.")] = None,
) -> None:
    """Open the live app: choose measures and see at once who gains and who loses."""
    from zollverein.app.serving import serve

    hosts = tuple(os.environ.get("ZOLLVEREIN_HOSTS", "").replace(",", " ").split())
    say = _progress(silent=False)
    serve(host, port, world=world, hosts=hosts, browser=browser, say=say)


@app.command()
def claim(
    text: Annotated[
        str, typer.Argument(help="Claims separated by ';', or a file of them (.toml).")
    ],
    flows: Annotated[
        list[str] | None,
        typer.Option(help="A file or pattern of flows, or a world; may be repeated."),
    ] = None,
    unit: FlowUnit = None,
    array: FlowArray = None,
    as_json: AsJson = False,
) -> None:
    """Check statements about trade against data, under every admissible definition."""
    from zollverein.claims import check_claims, gather_flows, read_document

    document = read_document(text)
    found = gather_flows(flows or [], document, unit=unit, array=array)
    report = check_claims(found, document)
    if as_json:
        echo_json(report.to_dict())
    else:
        typer.echo(str(report))


for _study in (attribute, plan, uncertainty, ensemble):
    app.command()(_study)
for _question in (coalition, optimal, nash, frontier, kemp_wan, compare):
    app.command()(_question)


def _progress(*, silent: bool) -> Callable[[str], None]:
    """Say each stage on standard error, so that standard output stays a clean table."""

    def say(text: str) -> None:
        if not silent:
            typer.echo(f"· {text}", err=True)

    return say


def _table_or_json(rows: dict[str, str], as_json: bool) -> None:
    if as_json:
        echo_json(rows)
        return
    width = max(map(len, rows))
    for name, text in rows.items():
        typer.echo(f"{name:<{width}}  {text}")


def main() -> None:
    """Entry point: a deliberate error is one message and an exit code, never a traceback."""
    _print_what_can_be_printed()
    try:
        app()
    except (NotConverged, NoEquilibrium) as error:
        _leave(str(error), 2)
    except ZollvereinError as error:
        _leave(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        _drop_output()
        _leave(_unwritten(error), 1)
    except SystemExit as leaving:
        # A mistyped command or option is the user's mistake too; the parser would say 2.
        sys.exit(1 if leaving.code == _PARSER_REFUSED else leaving.code)


def _print_what_can_be_printed() -> None:
    """A sign that the output's encoding lacks is printed as ``?``, not a reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _unwritten(error: OSError) -> str:
    """What could not be read or written, where nobody said so before: mostly what is printed."""
    reason = error.strerror or str(error)
    if error.filename:
        return f"'{error.filename}': {reason}."
    return f"what is printed cannot be written: {reason}. Usual cause: a full disk behind '>'."


def _drop_output() -> None:
    """Forget what is left to print, or Python would try once more when it ends."""
    with contextlib.suppress(OSError, ValueError):  # an output that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(message: str, code: int) -> NoReturn:
    typer.echo(f"zollverein: {message}", err=True)
    sys.exit(code)
