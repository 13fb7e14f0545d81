"""Small tables about the most affected economies: roles, who gets what, who supplies, at what price.

Each is a ``Small`` table of text; only rows and columns that matter are in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from zollverein.measures.booking import ENTRIES, MEMO
from zollverein.measures.roles import NOT_STATED, role_texts, roles
from zollverein.measures.substitution import import_substitution, substituted
from zollverein.names import country_name
from zollverein.report.bands import Cell, told
from zollverein.report.style import signed
from zollverein.report.tables import frame, sector_titles, trade_change
from zollverein.tables import NOTICEABLE, read_table
from zollverein.tables.sectors import DOMESTIC

if TYPE_CHECKING:
    from zollverein.report.bands import Bands
    from zollverein.result import Result

#: Rows of the table of domestic shares, and of them at most so many of one economy.
_SECTORS, _EACH = 10, 3
#: A change of a domestic share, in percentage points, that is worth a row.
_SHARE = 0.05


def _one_digit(value: float) -> str:
    return signed(value, 1)


#: How the numbers of two tables are written.
_STANDING: dict[str, Callable[[float], str]] = {
    "relative_wage_pct": signed,
    "supplier_access": "{:.3f}".format,
    "market_access": "{:.3f}".format,
    "jobs_moved_pct": "{:.2f}".format,
}
_DOMESTIC: dict[str, Callable[[float], str]] = {
    "domestic_share_before": "{:.1f}".format,
    "domestic_share_after": "{:.1f}".format,
    "domestic_share_change": _one_digit,
    "user_price_in_wages_pct": _one_digit,
}


class Small(NamedTuple):
    """A table of the page.

    Attributes:
        head: Titles of the columns.
        rows: Text of the cells, row by row; of those with a band, also median and band.
        texts: How many columns after the first hold words and stand on the left.
    """

    head: list[str]
    rows: list[list[Cell]]
    texts: int = 0

    def banded(self) -> bool:
        """Whether a cell has a band."""
        return any(not isinstance(cell, str) for row in self.rows for cell in row)


def role_words(result: Result) -> dict[str, tuple[str, str]]:
    """Role and part of every economy, by label; "not stated" where there is no scenario."""
    if result.scenario is None:
        return dict.fromkeys(result.before.countries, (NOT_STATED, ""))
    role, text = (f(result.scenario, result.before) for f in (roles, role_texts))
    return {country: (role[country], text[country]) for country in result.before.countries}


def between_groups(result: Result, bands: Bands | None) -> Small | None:
    """The matrix of trade with its medians and bands; None where it has none."""
    if bands is None or "group_trade" not in bands.tables:
        return None
    change = trade_change(result)
    rows: list[list[Cell]] = [
        [
            str(seller),
            *(
                told(
                    bands,
                    row[buyer],
                    "group_trade",
                    _one_digit,
                    exporter_group=str(seller),
                    importer_group=str(buyer),
                )
                for buyer in change.columns
            ),
        ]
        for seller, row in change.iterrows()
    ]
    return Small(["exporter", *map(str, change.columns)], rows)


def standing(result: Result, countries: list[str], bands: Bands | None = None) -> Small:
    """Role, real income, relative wage, terms of trade, access, jobs that move."""
    effects, role = result.table(), role_words(result)
    found = read_table(result, "standing", countries)
    head = ["economy", "role", "real income", "relative wage", "terms of trade"]
    head += ["foreign suppliers", "foreign customers", "jobs that move"]
    rows: list[list[Cell]] = []
    for country in countries:
        income, terms = (
            _effect(bands, column, country, effects[column][country])
            for column in ("real_income_pct", "terms_of_trade_pct")
        )
        wage, *others = (
            told(
                bands,
                float(found.sel(country=country, number=number)),
                "standing",
                write,
                country=country,
                number=number,
            )
            for number, write in _STANDING.items()
        )
        rows.append([country_name(country), role[country][0], income, wage, terms, *others])
    return Small(head, rows, texts=1)


def _effect(bands: Bands | None, column: str, country: str, value: float) -> Cell:
    """A cell of the table of effects."""
    band = () if bands is None else bands.text(column, country)
    return (signed(value), *band) if band else signed(value)


def who_gets_what(result: Result, countries: list[str], bands: Bands | None = None) -> Small:
    """Change of each item of income in percent of baseline income; rows by item."""
    percent = frame(read_table(result, "booking", countries))
    rows: list[list[Cell]] = []
    for entry, title in (*ENTRIES.items(), ("income", "change of income"), *MEMO.items()):
        values = percent[entry]
        if entry == "income" or values.abs().max() >= NOTICEABLE:
            lead = f"memo: {title}" if entry in MEMO else title
            cells = [
                told(bands, values[country], "booking", country=country, entry=entry)
                for country in countries
            ]
            rows.append([lead, *cells])
    return Small(["percent of income before", *map(country_name, countries)], rows)


def who_supplies(result: Result, countries: list[str], bands: Bands | None = None) -> Small:
    """Trade creation and diversion in percent of baseline income; rows by economy."""
    columns = {
        "switched": "to cheaper sources",
        "creation": "from home",
        "diversion": "from third parties",
        "barred": "from dearer sources",
        "import_scale": "scale",
        "imports": "imports",
    }
    percent = frame(read_table(result, "suppliers", countries))
    rows: list[list[Cell]] = [
        [
            country_name(country),
            *(
                told(bands, percent[part][country], "suppliers", country=country, part=part)
                for part in columns
            ),
        ]
        for country in countries
    ]
    return Small(["economy", *columns.values()], rows)


def who_moves(result: Result, _: list[str], bands: Bands | None = None) -> Small:
    """People and what they gain, for every member of a bloc in which they move."""
    table = frame(read_table(result, "movers"))
    head = ["economy", "people", "real wage", "expected gain", "real income a person"]
    rows: list[list[Cell]] = [
        [
            country_name(country),
            *(
                told(bands, value, "movers", country=country, number=str(number))
                for number, value in row.items()
            ),
        ]
        for country, row in ((str(label), table.loc[label]) for label in table.index)
    ]
    return Small(head, rows)


def domestic_and_price(result: Result, countries: list[str], bands: Bands | None = None) -> Small:
    """Sectors where the domestic share moves most purchases, with the user's price beside it.

    What a measure of the scenario substitutes stands first, however small the change.
    """
    table = import_substitution(result.before, result.after)
    spent = result.before.data["final_demand"] + result.before.data["intermediate_use"].sum(
        "sector"
    ).rename(input_sector="sector")
    table["weight"] = spent.transpose("country", "sector").values.ravel()
    titles = dict(zip(result.before.sectors, sector_titles(result.before), strict=True))
    by_economy = dict(
        list(table.droplevel("country").groupby(table.index.get_level_values("country")))
    )
    named = substituted(result).reset_index("country")
    chosen = [_largest(by_economy[country], country) for country in countries]
    if chosen:
        largest = pd.concat(chosen).sort_values("size", ascending=False).head(_SECTORS)
        named = pd.concat([named, largest])
    found = named[~named.set_index("country", append=True).index.duplicated()]
    head = ["economy", "sector", "what happens", "before, %", "after, %", "points"]
    head += ["user’s price, %"]
    rows: list[list[Cell]] = []
    for sector, row in found.iterrows():
        at = {"country": str(row["country"]), "sector": str(sector)}
        numbers = [
            told(bands, factor * row[name], "domestic_share", _DOMESTIC[name], **at, number=name)
            for name, factor in DOMESTIC.items()
        ]
        words = [country_name(at["country"]), titles[at["sector"]], str(row["reading"])]
        rows.append([*words, *numbers])
    return Small(head, rows, texts=2)


def _largest(table: pd.DataFrame, country: str) -> pd.DataFrame:
    """The rows of one economy in which the domestic share moves the largest part of its purchases."""
    moved = table["domestic_share_change"].abs()
    size = moved * table["weight"] / table["weight"].sum()
    seen = table.assign(size=size, country=country)[(moved >= _SHARE) & (table["reading"] != "")]
    return seen.sort_values("size", ascending=False).head(_EACH)
