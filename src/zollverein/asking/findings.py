"""Every kind of answer in words and tables: what the terminal, the files and the pages show of it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zollverein.asking.plan import Plan
from zollverein.attribution import Attribution
from zollverein.best_policy import BestTariff
from zollverein.coalitions import Coalition
from zollverein.comparison import Comparison
from zollverein.customs_union import KempWanUnion
from zollverein.ensemble import Ensemble
from zollverein.tariff_games import Nash
from zollverein.uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd


class Table(NamedTuple):
    """A table of an answer.

    Attributes:
        key: What its file is called after; empty for the main one.
        title: In words.
        frame: The numbers.
    """

    key: str
    title: str
    frame: pd.DataFrame


class Finding(NamedTuple):
    """An answer in words and tables.

    Attributes:
        title: What kind of answer it is.
        sentences: What was found.
        tables: The numbers, the main table first; empty ones are left out.
        notes: What a reader must know.
    """

    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    def by_title(self) -> dict[str, pd.DataFrame]:
        """The tables by their titles."""
        return {table.title: table.frame for table in self.tables}


@singledispatch
def finding(answer: Any) -> Finding:
    """An answer in words and tables.

    Raises:
        TypeError: If it is no answer.
    """
    raise TypeError(f"no page is defined for {type(answer).__name__}")


@finding.register
def _(answer: Attribution) -> Finding:
    several = "" if answer.draws is None else ", with medians and bands"
    tables = (Table("", f"Effects in percent{several}", answer.table()),)
    return Finding("which part did it", (answer.explain(),), tables)


@finding.register
def _(answer: Uncertainty) -> Finding:
    tables = [Table("", "Medians and bands, percent", answer.table().drop(columns="draws"))]
    if answer.shares:
        drivers = answer.drivers().set_index("outcome")
        tables.append(Table("drivers", "Shares of the variance", drivers))
    tables += [_of_draws(answer, name) for name in answer.tables]
    sentences = tuple(answer.explain(k) for k in widest(answer))
    return Finding("how sure it is", sentences, tuple(tables))


def _of_draws(answer: Uncertainty, name: str) -> Table:
    """A table of draws: a row for each cell that has a band."""
    bands = answer.bands(name)
    told = ", ".join(bands.attrs[key] for key in ("long_name", "units") if bands.attrs[key])
    rows = bands.to_dataframe()[["central", "median", "low", "high"]]
    return Table(name, f"Medians and bands: {told}", rows.dropna())


#: Outcomes that are explained; beyond so many outcomes, only those of the first one's kind.
_EXPLAINED, _MANY = 3, 15


def of_first_kind(answer: Uncertainty) -> list[int]:
    """Positions of the outcomes to show one by one: all, or of many those of the first one's kind."""
    kinds = [outcome.kind for outcome in answer.outcomes]
    return [k for k, kind in enumerate(kinds) if len(kinds) <= _MANY or kind == kinds[0]]


def widest(answer: Uncertainty) -> list[int]:
    """Positions of the few outcomes with the widest bands."""
    table, shown = answer.table(), of_first_kind(answer)
    width = (table["high_pct"] - table["low_pct"]).to_numpy()[shown]
    return [shown[k] for k in width.argsort()[::-1][:_EXPLAINED]]


@finding.register
def _(answer: Ensemble) -> Finding:
    tables = [Table("", "Runs, percent", answer.table())]
    for k, outcome in enumerate(answer.outcomes):
        reasons = answer.reasons(k)
        if len(reasons):
            title = f"Why {outcome} differs, percentage points"
            tables.append(Table(f"reasons-{k + 1}", title, reasons.set_index("extreme")))
    sentences = tuple(answer.explain(k) for k in range(len(answer.outcomes)))
    return Finding("what other assumptions say", sentences, tuple(tables))


@finding.register
def _(answer: Coalition) -> Finding:
    target = answer.target
    said = [f"{target} loses {answer.loss_pct:.3f} % from the whole coalition."]
    if np.isfinite(answer.potential_pct):
        said.append(f"It would lose {answer.potential_pct:.3f} % if every other economy took part.")
    if answer.response is not None:
        best = answer.response
        said.append(
            f"The best uniform duty of {target} on the members' goods is then "
            f"{100 * best.rates['best'].iloc[0]:.1f} %, for a gain of {best.gain_pct:.3f} %."
        )
    failed = [f"no equilibrium: {'+'.join(who)}: {why}" for who, why in answer.failures.items()]
    title = (
        f"{target}: loss of {answer.outcome.replace('_', ' ')} by member, percent, and what members pay, "
        f"transfers in {_currency(answer)}"
    )
    members = answer.members if answer.orders else answer.members.drop(columns="standard_error")
    tables = (
        Table("", title, members),
        Table("others", "third parties' gains, percent", answer.others.to_frame()),
        Table("subsets", "every subset, percent", answer.subsets.set_index("members")),
    )
    return _filled("what the coalition does", said, tables, (*answer.notes, *failed))


@finding.register
def _(answer: BestTariff) -> Finding:
    kind = answer.outcome.split()[0]
    said = (
        f"{kind} of {answer.country} changes by {answer.gain_pct:+.4f} % against the duties in force; "
        f"{_second_order(answer)}."
    )
    tables = (
        Table("", f"best duties of {answer.country}", in_percent(answer.rates)),
        Table("effects", "real income, percent", answer.table().to_frame()),
    )
    return _filled("which duties are best", [said], tables, answer.notes)


def _second_order(answer: BestTariff) -> str:
    """What slopes and second derivatives say about duties."""
    if np.isneginf(answer.curvature):
        return "every rate is at the lowest or highest that was allowed, which is no maximum of its own"
    check = "a maximum" if answer.is_maximum else "NOT confirmed as a maximum"
    numbers = f"slope {answer.slope:.0e}, curvature {answer.curvature:.2f}"
    return f"slopes and Hessian say: {check} ({numbers})"


def in_percent(rates: pd.DataFrame) -> pd.DataFrame:
    """Rates in percent, with names that say so; other columns as they are."""
    names = [name for name in ("before", "best", "nash", "rate") if name in rates]
    changed = rates.assign(**{name: 100 * rates[name] for name in names})
    return changed.rename(columns={name: f"{name}_pct" for name in names})


@finding.register
def _(answer: Nash) -> Finding:
    verdict = "an equilibrium" if answer.is_equilibrium else "NOT confirmed as an equilibrium"
    said = (
        f"{verdict}: largest distance from a zero slope {answer.slope:.0e}, "
        f"{answer.iterations} iterations from {len(answer.starts)} starts."
    )
    free = "free: the same duties at zero. Gains are changes of real income against the duties in force."
    players = answer.players.rename(columns={"nash_pct": "gain_pct", "free_pct": "free_gain_pct"})
    tables = (
        Table("", "Nash duties", in_percent(answer.rates)),
        Table("players", "what they do to the players", players),
        Table("effects", "real income, percent", answer.table()),
    )
    return _filled("where a tariff war ends", [said], tables, (*answer.notes, free))


@finding.register
def _(answer: KempWanUnion) -> Finding:
    shared = float(answer.members["shared_pct"].iloc[0])
    said = (
        f"The members together gain {shared:+.4f} % of real income, each of them after transfers; its trade "
        f"with the outside is held to {answer.gap:.0e}."
    )
    tables = (
        Table(
            "",
            f"members: real income, percent, and transfers in {_currency(answer)}",
            answer.members,
        ),
        Table("rates", "external duties, percent", in_percent(answer.rates)),
        Table("outside", "real income outside, percent", answer.outside.to_frame()),
    )
    return _filled("a union that harms no outsider", [said], tables, ())


@finding.register
def _(answer: Comparison) -> Finding:
    largest = answer.differences.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    first = answer.table.columns[0]
    tables = [
        Table(
            "",
            f"{answer.column.removesuffix('_pct')} by scenario, percent",
            answer.table.loc[largest],
        ),
        Table("choices", "choices that differ", answer.choices),
    ]
    for number, (name, parts) in enumerate(answer.reasons.items(), 1):
        if not parts.empty:
            whole = parts.assign(difference=answer.differences[name]).loc[largest]
            title = f"what makes {name} differ from {first}"
            tables.append(Table(f"reasons-{number}", title, whole))
    said = [_largest_difference(str(name), answer) for name in answer.differences.columns]
    return _filled("why scenarios differ", said, tables, answer.notes)


def _largest_difference(name: str, answer: Comparison) -> str:
    """Where one case differs most from the first."""
    column = answer.differences[name]
    where = str(column.abs().idxmax())
    return (
        f"'{name}' differs from '{answer.table.columns[0]}' most for {where}, by "
        f"{column.to_dict()[where]:+.4f} percentage points of {answer.column.removesuffix('_pct')}."
    )


@finding.register
def _(answer: Plan) -> Finding:
    title, said, unit = _PLANS[answer.kind]
    table = Table("", f"{', '.join(answer.about)}: {unit}", in_percent(answer.shown()))
    return _filled(title, [said(answer)], [table], ())


def _interactions(answer: Plan) -> str:
    """The pair that moves the outcome most beyond what each does."""
    table, names = answer.frame.to_numpy(), list(answer.frame.columns)
    if len(names) < 2:
        return "There is one part, which interacts with no other."
    rows, columns = np.triu_indices(len(names), 1)
    best = int(np.abs(table[rows, columns]).argmax())
    i, j = rows[best], columns[best]
    return (
        f"The pair that interacts most is {names[i]} and {names[j]}: together {table[i, j]:+.4f} percentage "
        f"points of {answer.about[0]} beyond what each does."
    )


def _phases(answer: Plan) -> str:
    """Each outcome in the first and the last year."""
    first, last = answer.frame.index[0], answer.frame.index[-1]
    parts = [
        f"{name}: {column[first]:+.3f} % in {first}, {column[last]:+.3f} % in {last}"
        for name, column in answer.frame.items()
    ]
    return f"{'; '.join(parts)}."


def _order(answer: Plan) -> str:
    """The parts in their order, and what they reach."""
    if answer.frame.empty:
        return "No part is worth its cost within the budget."
    parts = ", ".join(map(str, answer.frame["part"]))
    end = answer.frame.iloc[-1]
    return (
        f"Best order: {parts}. {answer.about[0]} then changes by {float(end['outcome_pct']):+.4f} % for "
        f"{float(end['spent']):g} spent."
    )


def _trade_off(answer: Plan) -> str:
    """The ends of the frontier."""
    sender, target = answer.about
    first, last = (
        {str(name): float(value) for name, value in answer.frame.iloc[k].items()} for k in (0, -1)
    )
    low, high = (float(answer.frame.index[k]) for k in (0, -1))
    return (
        f"With a weight of {low:g} on the loss of {target}, {sender} gets {first['sender_pct']:+.3f} % and "
        f"{target} {first['target_pct']:+.3f} %; with {high:g}, {last['sender_pct']:+.3f} % and "
        f"{last['target_pct']:+.3f} %."
    )


#: Title, sentence and unit of each kind of plan.
_PLANS: dict[str, tuple[str, Any, str]] = {
    "interactions": ("which parts support each other", _interactions, "percentage points"),
    "phase_in": ("year by year", _phases, "percent by year"),
    "best_sequence": ("in which order", _order, "step by step"),
    "frontier": ("what the loss of another costs", _trade_off, "by weight"),
}


def _currency(answer: Coalition | KempWanUnion) -> str:
    """In what amounts of money are, in words; a world need not say."""
    return str(answer.reference.before.data.attrs.get("currency") or "the world's currency")


def _filled(title: str, sentences: Any, tables: Any, notes: tuple[str, ...]) -> Finding:
    """A finding without its empty tables."""
    full = tuple(table for table in tables if not table.frame.empty)
    return Finding(title, tuple(sentences), full, notes)
