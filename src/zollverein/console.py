"""Tables on the terminal."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from zollverein.result import Result
    from zollverein.verification import Verification

#: Economies shown: those whose real income moves most.
_SHOWN = 15
#: Columns of the table of effects that are printed; the files have them all.
_COLUMNS = (
    "real_income_pct",
    "real_wage_pct",
    "exports_pct",
    "imports_pct",
    "terms_of_trade_pct",
    "price_index_pct",
)


def plain_console(width: int = 120) -> Console:
    """A console that prints names as they are, as wide as the terminal, or ``width`` without one."""
    from rich.console import Console

    return Console(width=None if Console().is_terminal else width, markup=False, emoji=False)


def show_effects(result: Result) -> None:
    """Print the most affected economies, the notes and the certificate's one number."""
    from rich.table import Table

    from zollverein.choices import assumed
    from zollverein.measures.effects import TITLES
    from zollverein.measures.roles import effects_with_roles

    effects = effects_with_roles(result)
    order = effects["real_income_pct"].abs().sort_values(ascending=False).index[:_SHOWN]
    name = result.scenario.name if result.scenario is not None else "policy"
    horizon = result.parameters.horizon
    table = Table(title=f"{name}: the most affected economies, change in percent, {horizon} run")
    table.add_column("economy")
    table.add_column(TITLES["role"])
    for column in _COLUMNS:
        table.add_column(TITLES[column], justify="right")
    rows = effects.loc[order, ["role", *_COLUMNS]].to_dict(orient="split")
    for country, (role, *values) in zip(rows["index"], rows["data"], strict=True):
        table.add_row(str(country), role, *(f"{value:+.3f}" for value in values))
    console = plain_console(100)
    console.print(table)
    _show_substitution(console, result)
    for note in result.notes:
        console.print(f"note: {note}")
    text = f"{assumed(result.parameters)}; largest relative residual {result.residual:.1e}"
    console.print(text, soft_wrap=True)


def _show_substitution(console: Any, result: Result) -> None:
    """The domestic share and the user's price wherever a measure substitutes imports."""
    from rich.table import Table

    from zollverein.measures.substitution import substituted

    found = substituted(result)
    if found.empty:
        return
    table = Table(title="import substitution: the domestic share, and what the user pays")
    for column in (
        "economy",
        "sector",
        "share before, %",
        "share after, %",
        "user’s price in wages, %",
    ):
        table.add_column(column, justify="left" if column in {"economy", "sector"} else "right")
    for (country, sector), row in zip(found.index, found.to_dict("records"), strict=True):
        share = (f"{100 * row[f'domestic_share_{when}']:.2f}" for when in ("before", "after"))
        table.add_row(str(country), str(sector), *share, f"{row['user_price_in_wages_pct']:+.3f}")
    console.print(table)


def show_certificate(certificate: Verification) -> None:
    """Print the residual of every equilibrium condition."""
    plain_console().print(str(certificate))


def show_world(facts: dict[str, Any]) -> None:
    """Print the facts about a world or an economy."""
    console = plain_console()
    for key, value in facts.items():
        if key == "economies":
            _show_accounts(console, value)
        elif isinstance(value, list):
            console.print(f"{key}:")
            for item in value:
                console.print(f"  - {item}")
        elif isinstance(value, dict):
            shown = ", ".join(f"{label} {number:,.0f}" for label, number in value.items())
            console.print(f"{key}: {shown}")
        elif value is not None:
            text = f"{value:,.0f}" if isinstance(value, float) else value
            console.print(f"{key}: {text}")


def _show_accounts(console: Any, economies: dict[str, dict[str, float]]) -> None:
    from rich.table import Table

    table = Table(title="accounts")
    table.add_column("economy")
    for name in next(iter(economies.values())):
        table.add_column(name.replace("_", " "), justify="right")
    for country, row in economies.items():
        table.add_row(str(country), *(f"{value:,.0f}" for value in row.values()))
    console.print(table)


def show_table(table: pd.DataFrame) -> None:
    """Print a table of statistics; a share as percent, a number with as many digits as it has sense."""
    from rich.table import Table

    records = table.reset_index() if table.index.name is not None else table
    hidden = ("unit", "among") if "among" in records else ()
    columns = [str(name) for name in records.columns if name not in hidden]
    shown = Table(title=table.attrs.get("title"))
    for number, name in enumerate(columns):
        justify: Literal["left", "right"] = "right" if records[name].dtype.kind in "fiu" else "left"
        shown.add_column(name.replace("_", " "), justify=justify, no_wrap=number == 0)
    for record in records.to_dict(orient="records"):
        shown.add_row(*(_cell(name, record) for name in columns))
    plain_console().print(shown)


#: Columns of the table of economies that hold shares.
_SHARES = ("openness", "foreign_inputs", "foreign_input_reliance", "foreign_content")


def _cell(name: str, record: dict[Hashable, Any]) -> str:
    """One cell as text."""
    value = record[name]
    if name == "rank":
        return f"{value} of {record['among']}" if isinstance(value, int) else ""
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return "–"
    unit = record.get("unit", "share" if name in _SHARES else "")
    if unit in ("share", "rate"):
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if unit == "count" or abs(value) >= 100 else f"{value:.3f}"
