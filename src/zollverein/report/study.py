"""An answer as figures and tables: one page about it alone, or a section of the report."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import singledispatch
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from zollverein.asking import Plan, finding
from zollverein.asking.findings import in_percent, of_first_kind, widest
from zollverein.attribution import Attribution
from zollverein.best_policy import BestTariff
from zollverein.coalitions import Coalition
from zollverein.comparison import Comparison
from zollverein.customs_union import KempWanUnion
from zollverein.ensemble import Ensemble
from zollverein.report import fonts
from zollverein.report.answer_figures import group_bars, line_figure, pairs_matrix
from zollverein.report.band_figures import table_figure
from zollverein.report.fill import fill
from zollverein.report.pdf import check_page, write_page
from zollverein.report.study_figures import (
    bands_figure,
    drivers_figure,
    parts_figure,
    runs_figure,
)
from zollverein.report.style import encoded, house_style, signed
from zollverein.tables import REPORT
from zollverein.tariff_games import Nash
from zollverein.uncertainty import Uncertainty

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

Shows = TypeVar("Shows")
#: Rows of a table that a page shows; beyond the first number it is folded, and cut on paper (page.css.j2).
_FOLDED, _MOST = 40, 500


class Shown(NamedTuple):
    """A table as text.

    Attributes:
        title: Above it.
        heads: Titles of the columns.
        rows: Text of the cells, the label first.
        words: Which columns hold words.
        folded: Whether a reader has to open it.
        left_out: Rows that are not shown.
    """

    title: str
    heads: list[str]
    rows: list[list[str]]
    words: list[bool]
    folded: bool
    left_out: int


class Content(NamedTuple):
    """What a page shows: sentences, figures by their description, tables by their title, notes."""

    title: str
    sentences: list[str]
    figures: dict[str, Figure]
    tables: dict[str, pd.DataFrame]
    notes: list[str]

    def shown(self) -> list[Shown]:
        """The tables as text."""
        return [_shown(title, table) for title, table in self.tables.items()]


def write_study(answer: Any, path: str | Path, *, name: str = "", assumed: str = "") -> Path:
    """Write one HTML file that needs nothing else, or the same page as PDF.

    Args:
        answer: What ``attribute``, ``uncertainty``, ``ensemble``, ``coalition``, ``optimal_tariff``,
            ``nash``, ``kemp_wan`` or ``compare`` found, or a plan that answers a question; several of
            them, as a tuple, share the page.
        path: The file, ``.html`` or ``.pdf``.
        name: Of the scenario.
        assumed: Model, horizon, closure and elasticities, in words.

    Returns:
        The file written.

    Raises:
        DataError: If the folder does not exist, the file cannot be written, or its name ends otherwise.
        TypeError: If it is no answer.
        MissingExtra: If a PDF is wanted and cannot be made.
    """
    check_page(path)
    with house_style():
        content = content_of(answer)
    pictures = [
        (words, b64encode(encoded(figure, "svg")).decode())
        for words, figure in content.figures.items()
    ]
    values = {
        "name": name or "A scenario",
        "title": content.title,
        "sentences": content.sentences,
        "notes": content.notes,
        "boxes": fonts.note(content.figures.values()),
        "pictures": pictures,
        "tables": content.shown(),
        "assumed": assumed,
        "version": version("zollverein"),
    }
    return write_page(fill("study.html.j2", values), path)


def content_of(answer: Any, *, elsewhere: Container[str] = ()) -> Content:
    """What the page of an answer shows.

    Args:
        answer: Any answer.
        elsewhere: Tables of draws that are left out, as a reader finds them elsewhere on the page.

    Raises:
        TypeError: If it is no answer.
    """
    if isinstance(answer, tuple):
        return _together([content_of(one) for one in answer])
    said = finding(answer)
    drawn = figures_of(answer)
    if isinstance(answer, Uncertainty):
        said = said._replace(tables=tuple(t for t in said.tables if t.key not in elsewhere))
        for name in answer.tables:
            if name not in elsewhere:
                words = f"Medians and bands of {name.replace('_', ' ')}."
                drawn[words] = table_figure(answer.bands(name))
    sentences, notes = (
        [in_words(text) for text in several] for several in (said.sentences, said.notes)
    )
    return Content(said.title, sentences, drawn, said.by_title(), notes)


def _together(several: Sequence[Content]) -> Content:
    """The contents of several answers, one after another."""
    return Content(
        title="; ".join(dict.fromkeys(one.title for one in several)),
        sentences=[text for one in several for text in one.sentences],
        figures=_numbered(one.figures for one in several),
        tables=_numbered(one.tables for one in several),
        notes=list(dict.fromkeys(note for one in several for note in one.notes)),
    )


def _numbered(several: Iterable[Mapping[str, Shows]]) -> dict[str, Shows]:
    """All of several mappings in order; a name that comes again gets a number."""
    found: dict[str, Shows] = {}
    for one in several:
        for name, shown in one.items():
            stem = name.removesuffix(".")
            again = (f"{stem} ({k}){name[len(stem) :]}" for k in count(2))
            found[name if name not in found else next(n for n in again if n not in found)] = shown
    return found


@singledispatch
def figures_of(answer: Any) -> dict[str, Figure]:
    """The figures of an answer by what they show."""
    raise TypeError(f"no figure is defined for {type(answer).__name__}")


@figures_of.register(Attribution)
def _(answer: Attribution) -> dict[str, Figure]:
    title = f"{answer.outcome}: effects of the parts"
    words = "Bars of the effect of each part; marks where it is studied alone or as the last one."
    if answer.draws is not None:
        words += " Lines: from 5 to 95 percent of the draws; dots: their medians."
    return {words: parts_figure(answer.table(), answer.parts, title)}


@figures_of.register(Uncertainty)
def _(answer: Uncertainty) -> dict[str, Figure]:
    table = answer.table().iloc[of_first_kind(answer)]
    title = f"medians and 90 % bands of {len(answer.draws)} draws"
    figures = {"Medians with 5 to 95 percent bands.": bands_figure(table, title)}
    if answer.shares:
        drivers = answer.drivers()
        for k in widest(answer):
            rows = drivers[drivers["outcome"] == str(answer.outcomes[k])]
            words = f"Shares of the variance of {answer.outcomes[k]} by assumption."
            figures[words] = drivers_figure(rows, f"What drives {answer.outcomes[k]}")
    return figures


@figures_of.register(Ensemble)
def _(answer: Ensemble) -> dict[str, Figure]:
    table, figures = answer.table(), {}
    switches = list(answer.switches)
    own = [answer.switches[name][0] for name in switches]
    labels = [
        ", ".join(f"{n} {v}" for n, v, o in zip(switches, row, own, strict=True) if v != o)
        or "own choices"
        for row in table[switches].itertuples(index=False)
    ]
    for outcome in answer.outcomes:
        title = f"{outcome}, under one set of choices after another"
        figures[f"Dots of {outcome} by run."] = runs_figure(
            labels, table[str(outcome)].tolist(), title
        )
    return figures


@figures_of.register(Coalition)
def _(answer: Coalition) -> dict[str, Figure]:
    names = {"shapley_pct": f"its part of the loss of {answer.target}", "cost_pct": "its own loss"}
    bars = group_bars(
        answer.members[list(names)].rename(columns=names), "What each member adds and pays"
    )
    return {"Bars of each member's part of the target's loss, and of its own loss.": bars}


@figures_of.register(BestTariff)
def _(answer: BestTariff) -> dict[str, Figure]:
    rates = in_percent(answer.rates)[["before_pct", "best_pct"]]
    title = f"Best duties of {answer.country}"
    return {
        "Bars of the duties in force and of the best ones.": group_bars(_named(rates), title),
        "Bars of what they do to real incomes.": _income_bars(answer.table().to_frame()),
    }


@figures_of.register(Nash)
def _(answer: Nash) -> dict[str, Figure]:
    rates = in_percent(answer.rates)[["before_pct", "nash_pct"]]
    if rates.index.get_level_values("player").is_unique:
        rates = rates.droplevel("lever")
    gains = answer.players[["nash_pct", "free_pct"]]
    free = {"nash_pct": "at the Nash equilibrium", "free_pct": "with the same duties at zero"}
    gained = group_bars(gains.rename(columns=free), "What the players gain")
    return {
        "Bars of the duties in force and of the Nash duties.": group_bars(
            _named(rates), "Nash duties"
        ),
        "Bars of the players' gains at the Nash equilibrium and with duties at zero.": gained,
    }


@figures_of.register(KempWanUnion)
def _(answer: KempWanUnion) -> dict[str, Figure]:
    names = {"real_income_pct": "before transfers", "shared_pct": "after transfers"}
    title = "Real income of the members"
    bars = group_bars(answer.members[list(names)].rename(columns=names), title)
    return {"Bars of the members' gains before and after transfers.": bars}


@figures_of.register(Comparison)
def _(answer: Comparison) -> dict[str, Figure]:
    largest = answer.differences.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    shown = answer.table.loc[largest[:_COMPARED]]
    title = f"{answer.column.removesuffix('_pct')}, where the scenarios differ most"
    figures = {"Bars of the effect by scenario.": group_bars(shown, title)}
    for name, parts in answer.reasons.items():
        if len(parts.columns) > 1:  # of one choice the difference above says all
            title = f"What makes {name} differ from {answer.table.columns[0]}"
            bars = group_bars(parts.loc[largest[:_COMPARED]], title, "percentage points")
            figures[f"Bars of what each choice adds to the difference of {name}."] = bars
    return figures


#: Economies in the figures of a comparison, and in those of best duties.
_COMPARED = 12


@figures_of.register(Plan)
def _(answer: Plan) -> dict[str, Figure]:
    frame, about = answer.frame, ", ".join(answer.about)
    if frame.empty or (answer.kind == "interactions" and len(frame) < 2):
        return {}
    if answer.kind == "interactions":
        figure = pairs_matrix(frame, f"{about}: interactions of the parts")
        return {"Matrix of the interactions of the parts.": figure}
    if answer.kind == "phase_in":
        return {"Lines of the outcomes by year.": line_figure(frame, "Year by year", "year")}
    if answer.kind == "frontier":
        columns = dict(zip(("sender_pct", "target_pct"), answer.about, strict=True))
        curve = frame[list(columns)].rename(columns=columns)
        figure = line_figure(curve, "As the loss of the target counts more", "weight of the loss")
        return {"Lines of both outcomes by the weight of the target's loss.": figure}
    path = frame.set_index("spent")[["outcome_pct"]].set_axis([about], axis="columns")
    return {"Line of the outcome by what is spent.": line_figure(path, "Step by step", "spent")}


def _named(rates: pd.DataFrame) -> pd.DataFrame:
    """Rates with words for their columns."""
    words = {"before_pct": "in force", "best_pct": "best", "nash_pct": "Nash"}
    return rates.rename(columns=words)


def _income_bars(table: pd.DataFrame) -> Figure:
    """The economies whose real income moves most."""
    order = table.iloc[:, 0].abs().sort_values(ascending=False, kind="stable").index[:_COMPARED]
    return group_bars(table.loc[order], "Real income, the largest changes")


class Section(NamedTuple):
    """An answer within the report.

    Attributes:
        name: What its figures are called after.
        title: Above it.
        content: What it shows.
    """

    name: str
    title: str
    content: Content

    def pictures(self) -> dict[str, Figure]:
        """Its figures by the names of their files."""
        return {f"{self.name}-{k}": f for k, f in enumerate(self.content.figures.values(), 1)}

    def described(self) -> list[tuple[str, str]]:
        """What its figures show, and the names of their files."""
        return list(zip(self.content.figures, self.pictures(), strict=True))


def sections_of(answers: Sequence[Any], names: Sequence[str] = ()) -> list[Section]:
    """The answers as sections of the report.

    Args:
        answers: In order.
        names: What their questions are called; empty where they have no name of their own.
    """
    found = []
    for number, answer in enumerate(answers):
        with house_style():
            content = content_of(answer, elsewhere=REPORT)
        given = names[number] if number < len(names) else ""
        title = given or in_words(content.title)
        found.append(Section(f"answer-{number + 1:02}", title, content))
    return found


def _shown(title: str, table: pd.DataFrame) -> Shown:
    """A table as text, the longest cut."""
    heads, rows, words = _cells(table.iloc[:_MOST])
    left_out = max(len(table) - _MOST, 0)
    return Shown(in_words(title), heads, rows, words, len(table) > _FOLDED, left_out)


def in_words(text: str) -> str:
    """A sentence or title for a reader: names of outcomes as words, true minus signs, a capital first."""
    text = _NAMES.sub(lambda found: found.group().replace("_", " "), text)
    text = re.sub(r"(?<![\w-])-(?=\d)", "−", text)
    return text[:1].upper() + text[1:]


#: Names of outcomes and effects that are written with an underscore.
_NAMES = re.compile(r"\b(real_income|real_wage|price_index|terms_of_trade)\b")
#: Columns of amounts of money, all of one column with as many decimals.
_AMOUNTS = ("transfer",)
#: From here on, amounts are shown without decimals.
_LARGE = 1000
#: Columns that are no changes, and so have no sign of their own.
_PLAIN = {
    *("cost", "spent", "rate_pct", "weight", "imports_pct", "before_pct", "best_pct", "sd_pct"),
    *("first_order", "first_order_se", "total", "total_se", "standard_error", "standard_error_pct"),
}


def _cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]], list[bool]]:
    """Titles and rows as text, the index first; and which columns hold words."""
    from pandas.api.types import is_numeric_dtype

    plain = table.reset_index()
    titles = [str(name).removesuffix("_pct").replace("_", " ") for name in plain.columns]
    names = _PLAIN | ({"nash_pct"} if "before_pct" in plain else set())
    unsigned = [str(name) in names for name in plain.columns]
    large = [
        name in _AMOUNTS and bool((plain[name].abs() >= _LARGE).any()) for name in plain.columns
    ]
    rows = [
        [_cell(cell, bare, big) for cell, bare, big in zip(row, unsigned, large, strict=True)]
        for row in plain.itertuples(index=False)
    ]
    return titles, rows, [not is_numeric_dtype(plain[name]) for name in plain.columns]


def _cell(value: object, unsigned: bool, large: bool) -> str:
    """A number with three decimals, none if large, and, if it is a change, its sign; else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return _NAMES.sub(lambda found: found.group().replace("_", " "), str(value))
    text = signed(value, 0 if large or abs(value) >= _LARGE else 3)
    return text.removeprefix("+") if unsigned else text
