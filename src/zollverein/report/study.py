"""One page about an attribution, an uncertainty or an ensemble: the answer, figures, tables."""

from __future__ import annotations

from base64 import b64encode
from functools import singledispatch
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from zollverein.attribution import Attribution
from zollverein.ensemble import Ensemble
from zollverein.files import write_text
from zollverein.report.page import fill
from zollverein.report.study_figures import (
    bands_figure,
    drivers_figure,
    parts_figure,
    runs_figure,
)
from zollverein.report.style import encoded, house_style, signed
from zollverein.uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Outcomes whose drivers are drawn.
_DRAWN = 3


class Content(NamedTuple):
    """What a page shows: sentences, figures by their description, tables by their title."""

    title: str
    sentences: list[str]
    figures: dict[str, Figure]
    tables: dict[str, pd.DataFrame]


def write_study(
    answer: Attribution | Uncertainty | Ensemble,
    path: str | Path,
    *,
    name: str = "",
    assumed: str = "",
) -> Path:
    """Write one HTML file that needs nothing else.

    Args:
        answer: What ``attribute``, ``uncertainty`` or ``ensemble`` found.
        path: The file.
        name: Of the scenario.
        assumed: Model, horizon, closure and elasticities, in words.

    Returns:
        The file written.

    Raises:
        DataError: If the folder does not exist or the file cannot be written.
    """
    with house_style():
        shown = content_of(answer)
    pictures = [(text, b64encode(encoded(f, "svg")).decode()) for text, f in shown.figures.items()]
    values = {
        "name": name or "A scenario",
        "title": shown.title,
        "sentences": shown.sentences,
        "pictures": pictures,
        "tables": [(title, *_cells(table)) for title, table in shown.tables.items()],
        "assumed": assumed,
        "version": version("zollverein"),
    }
    return write_text(fill("study.html.j2", values), path)


@singledispatch
def content_of(answer: Any) -> Content:
    """What the page of an answer shows."""
    raise TypeError(f"no page is defined for {type(answer).__name__}")


@content_of.register
def _(answer: Attribution) -> Content:
    table = answer.table()
    figure = parts_figure(table, answer.parts, f"{answer.outcome}: effects of the parts")
    words = "Bars of the effect of each part; marks where it is studied alone or as the last one."
    return Content(
        "which part did it", [answer.explain()], {words: figure}, {"Effects in percent": table}
    )


@content_of.register
def _(answer: Uncertainty) -> Content:
    table = answer.table()
    width = (table["high_pct"] - table["low_pct"]).to_numpy()
    widest = width.argsort()[::-1][:_DRAWN].tolist()
    title = f"medians and 90 % bands of {len(answer.draws)} draws"
    figures = {"Medians with 5 to 95 percent bands.": bands_figure(table, title)}
    tables = {"Percent": table.drop(columns="draws")}
    if answer.shares:
        drivers = answer.drivers()
        for k in widest:
            rows = drivers[drivers["outcome"] == str(answer.outcomes[k])]
            words = f"Shares of the variance of {answer.outcomes[k]} by assumption."
            figures[words] = drivers_figure(rows, f"What drives {answer.outcomes[k]}")
        tables["Shares of the variance"] = drivers.set_index("outcome")
    return Content("how sure it is", [answer.explain(k) for k in widest], figures, tables)


@content_of.register
def _(answer: Ensemble) -> Content:
    table, figures, tables = answer.table(), {}, {}
    switches = list(answer.switches)
    own = [answer.switches[name][0] for name in switches]
    labels = [
        ", ".join(f"{n} {v}" for n, v, o in zip(switches, row, own, strict=True) if v != o)
        or "own choices"
        for row in table[switches].itertuples(index=False)
    ]
    for k, outcome in enumerate(answer.outcomes):
        title = f"{outcome}, under one set of choices after another"
        figures[f"Dots of {outcome} by run."] = runs_figure(
            labels, table[str(outcome)].tolist(), title
        )
        reasons = answer.reasons(k)
        if len(reasons):
            tables[f"Why {outcome} differs, percentage points"] = reasons.set_index("extreme")
    tables["Runs, percent"] = table
    sentences = [answer.explain(k) for k in range(len(answer.outcomes))]
    return Content("what other assumptions say", sentences, figures, tables)


def _cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Titles and rows as text, the index first."""
    plain = table.reset_index()
    titles = [str(name).removesuffix("_pct").replace("_", " ") for name in plain.columns]
    rows = [
        [signed(cell, 3) if isinstance(cell, float) else str(cell) for cell in row]
        for row in plain.itertuples(index=False)
    ]
    return titles, rows
