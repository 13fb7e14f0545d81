"""Small tables about the most affected economies: roles, who gets what, who supplies, at what price.

Each is a ``Small`` table of text; only rows and columns that matter are in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from zollverein.measures.booking import ENTRIES, MEMO, booking
from zollverein.measures.creation import creation_and_diversion
from zollverein.measures.employment import employment_moved
from zollverein.measures.exchange_rate import exchange_rate
from zollverein.measures.isolation import isolation
from zollverein.measures.migration import stayers_and_movers
from zollverein.measures.roles import NOT_STATED, role_texts, roles
from zollverein.measures.substitution import import_substitution, substituted
from zollverein.names import country_name
from zollverein.report.style import NOTICEABLE, signed
from zollverein.report.tables import sector_titles

if TYPE_CHECKING:
    from zollverein.report.bands import Bands
    from zollverein.result import Result

#: Rows of the table of domestic shares, and of them at most so many of one economy.
_SECTORS, _EACH = 10, 3
#: A change of a domestic share, in percentage points, that is worth a row.
_SHARE = 0.05


_RATES = ("real_income_pct", "relative_wage_pct", "terms_of_trade_pct")


class Small(NamedTuple):
    """A table of the page.

    Attributes:
        head: Titles of the columns.
        rows: Text of the cells, row by row.
        texts: How many columns after the first hold words and stand on the left.
    """

    head: list[str]
    rows: list[list[str]]
    texts: int = 0


def role_words(result: Result) -> dict[str, tuple[str, str]]:
    """Role and part of every economy, by label; "not stated" where there is no scenario."""
    if result.scenario is None:
        return dict.fromkeys(result.before.countries, (NOT_STATED, ""))
    role, text = (f(result.scenario, result.before) for f in (roles, role_texts))
    return {country: (role[country], text[country]) for country in result.before.countries}


def standing(result: Result, countries: list[str], bands: Bands | None = None) -> Small:
    """Role, real income (with its band, if there are any), relative wage, access, jobs that move."""
    before, after, technology = result.before, result.after, result.policy.productivity_hat
    rate = exchange_rate(before, after, technology, result.parameters)
    access = isolation(before, after, result.parameters, technology)
    moved = employment_moved(before, after).to_series()
    role = role_words(result)
    head = ["economy", "role", "real income", "relative wage", "terms of trade"]
    head += ["foreign suppliers", "foreign customers", "jobs that move"]
    rows = []
    for country in countries:
        cells = [signed(rate[column][country]) for column in _RATES]
        cells += [
            f"{access[column][country]:.3f}" for column in ("supplier_access", "market_access")
        ]
        _, band = ("", "") if bands is None else bands.text("real_income_pct", country)
        cells[0] += f" ({band})" if band else ""
        rows.append([country_name(country), role[country][0], *cells, f"{moved[country]:.2f}"])
    return Small(head, rows, texts=1)


def who_gets_what(result: Result, countries: list[str]) -> Small:
    """Change of each item of income in percent of baseline income; rows by item."""
    table = booking(result.before, result.after, result.policy)
    size = table["before"].xs("income", level="entry")
    percent = 100 * table["change"].div(size, level="country")
    rows = []
    for entry, title in (*ENTRIES.items(), ("income", "change of income"), *MEMO.items()):
        values = percent.xs(entry, level="entry")[countries].to_numpy()
        if entry == "income" or np.abs(values).max() >= NOTICEABLE:
            lead = f"memo: {title}" if entry in MEMO else title
            rows.append([lead, *(signed(value) for value in values)])
    return Small(["percent of income before", *map(country_name, countries)], rows)


def who_supplies(result: Result, countries: list[str]) -> Small:
    """Trade creation and diversion in percent of baseline income; rows by economy."""
    before, after = result.before, result.after
    income = before.data["final_demand"].sum("sector").to_series()
    columns = {
        "switched": "to cheaper sources",
        "creation": "from home",
        "diversion": "from third parties",
        "barred": "from dearer sources",
        "import_scale": "scale",
        "imports": "imports",
    }
    rows = []
    for country in countries:
        parts = creation_and_diversion(
            before, after, country, policy=result.policy, parameters=result.parameters
        )
        percent = 100 * parts.sum() / income[country]
        rows.append([country_name(country), *(signed(float(percent[key])) for key in columns)])
    return Small(["economy", *columns.values()], rows)


def who_moves(result: Result, _: list[str]) -> Small:
    """People and what they gain, for every member of a bloc in which they move."""
    table = stayers_and_movers(result.before, result.after, result.policy, result.parameters)
    head = ["economy", "people", "real wage", "expected gain", "real income a person"]
    rows = [
        [country_name(str(country)), *(signed(float(value)) for value in row)]
        for country, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return Small(head, rows)


def domestic_and_price(result: Result, countries: list[str]) -> Small:
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
    rows = [
        [
            country_name(str(row["country"])),
            titles[str(sector)],
            str(row["reading"]),
            f"{100 * row['domestic_share_before']:.1f}",
            f"{100 * row['domestic_share_after']:.1f}",
            signed(row["domestic_share_change"], 1),
            signed(row["user_price_in_wages_pct"], 1),
        ]
        for sector, row in found.iterrows()
    ]
    return Small(head, rows, texts=2)


def _largest(table: pd.DataFrame, country: str) -> pd.DataFrame:
    """The rows of one economy in which the domestic share moves the largest part of its purchases."""
    moved = table["domestic_share_change"].abs()
    size = moved * table["weight"] / table["weight"].sum()
    seen = table.assign(size=size, country=country)[(moved >= _SHARE) & (table["reading"] != "")]
    return seen.sort_values("size", ascending=False).head(_EACH)
