"""What is wrong in a table of flows: one clear error each, or a note with counts if allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from zollverein.errors import DataError
from zollverein.flows.engine import one_row
from zollverein.flows.layouts import Layout, literal
from zollverein.flows.rules import Rules
from zollverein.flows.values import spans
from zollverein.names import did_you_mean
from zollverein.names.trade_codes import trade_label

_KEY = "year, exporter, importer, side"


@contextmanager
def named(name: str) -> Iterator[None]:
    """Put the name of the data before every message."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{name}: {error}") from None


def make_rules(given: Mapping[str, Any]) -> Rules:
    """The rules of a call.

    Raises:
        DataError: If there is no such rule or choice.
    """
    valid = list(Rules.__dataclass_fields__)
    unknown = [key for key in given if key not in valid]
    if unknown:
        raise DataError(
            f"read_flows has no option '{unknown[0]}'{did_you_mean(unknown[0], valid)} "
            f"Rules: {', '.join(valid)}."
        )
    return Rules(**given)


def counted(connection: Any, plan: Layout, rules: Rules) -> list[str]:
    """Check the rows of the view ``flow_rows``; notes on what was allowed.

    Raises:
        DataError: If the file has no rows, or something that the rules do not allow.
    """
    counts = one_row(
        connection,
        "SELECT count(*), count(*) FILTER (value IS NULL AND given IS NOT NULL), "
        "count(*) FILTER (value IS NULL OR isnan(value) OR isinf(value)), "
        "count(*) FILTER (value < 0), count(*) FILTER (side = 3), count(*) FILTER (side = 4), "
        "count(*) FILTER (year IS NULL) FROM flow_rows",
    )
    rows, no_number, empty, negative, third, other, undated = (int(n) for n in counts)
    if rows == 0:
        raise DataError(
            "no rows are left to read. Usual cause: a filter on years, level or countries, or a file "
            "that holds parts (by mode of transport, second partner) without their totals."
        )
    if undated:
        example = _example(connection, "year IS NULL")
        raise DataError(
            f"{undated} of {rows} rows have no year that is a whole number, for instance {example}."
        )
    if no_number:
        example = _example(connection, "value IS NULL AND given IS NOT NULL")
        raise DataError(f"{no_number} of {rows} values are no numbers, for instance {example}.")
    notes = _missing(connection, rules, empty, rows) + _negative(connection, rules, negative, rows)
    notes += _third(connection, plan, rules, third, rows)
    if other:
        notes.append(
            f"{other} of {rows} rows are neither exports nor imports (re-exports and the like); left out"
        )
    return notes + _duplicates(connection, plan, rules, rows) + _months(connection, plan, rules)


def check_years(years: Sequence[int], rules: Rules) -> list[str]:
    """Check that no year is missing between the first and the last.

    Raises:
        DataError: If one is and gaps are not allowed.
    """
    gaps = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    if not gaps:
        return []
    if rules.on_gap == "error":
        raise DataError(
            f"there are {len(years)} years from {years[0]} to {years[-1]}, but none of {spans(gaps)}. Growth "
            "across a gap is not yearly growth. Fix: add the years, or read with on_gap='allow'."
        )
    return [f"no data for {spans(gaps)}"]


def _missing(connection: Any, rules: Rules, count: int, rows: int) -> list[str]:
    if not count:
        return []
    if rules.on_missing == "error":
        where = "value IS NULL OR isnan(value) OR isinf(value)"
        raise DataError(
            f"{count} of {rows} rows have no value, for instance {_example(connection, where)}. A missing "
            "value is not zero. Fix: fill them, or read with on_missing='missing'."
        )
    return [f"{count} of {rows} rows have no value; their cells are missing"]


def _negative(connection: Any, rules: Rules, count: int, rows: int) -> list[str]:
    if not count:
        return []
    total, worst = one_row(
        connection, "SELECT sum(value), min(value) FROM flow_rows WHERE value < 0"
    )
    if rules.on_negative == "error":
        raise DataError(
            f"{count} of {rows} values are negative, {total:,.6g} together; the largest is {worst:,.6g} "
            f"at {_example(connection, f'value = {worst!r}')}. Usual cause: corrections of earlier periods. "
            "Fix: correct the source, or read with on_negative='zero'."
        )
    return [f"{count} of {rows} values are negative, {total:,.6g} together; set to zero"]


def _third(connection: Any, plan: Layout, rules: Rules, count: int, rows: int) -> list[str]:
    if not count:
        return []
    if rules.on_other_reporter == "error":
        raise DataError(
            f"{count} of {rows} rows are reported by neither the exporter nor the importer, for instance "
            f"{_example(connection, 'side = 3', reporter='who' in plan.select)}. One flow would have several "
            "reporters. Fix: remove them, or read with on_other_reporter='leave_out'."
        )
    return [f"{count} of {rows} rows are reported by a third party; left out"]


def _duplicates(connection: Any, plan: Layout, rules: Rules, rows: int) -> list[str]:
    """Rows with the same key, counted year by year so that memory stays bounded."""
    key = ", ".join([_KEY, *_further(plan)])
    years = connection.execute(
        "SELECT DISTINCT year FROM flow_rows WHERE side < 3 ORDER BY 1"
    ).fetchall()
    extra, example = 0, ""
    for (year,) in years:
        inner = (
            f"SELECT {key}, count(*) AS n FROM flow_rows WHERE side < 3 AND year = {int(year)} "  # noqa: S608 - numbers and fixed names
            f"GROUP BY {key} HAVING count(*) > 1"
        )
        found = one_row(
            connection,
            f"SELECT coalesce(sum(n - 1), 0), min((exporter, importer)) FROM ({inner})",  # noqa: S608 - built above
        )
        if found[0]:
            extra += int(found[0])
            example = example or f"{_pair(found[1])} in {int(year)}"
    if not extra:
        return []
    if rules.on_duplicate == "error":
        raise DataError(
            f"{extra} of {rows} rows repeat the key ({key}) of another row, for instance {example}. "
            "Usual cause: files read twice, totals beside their parts, or a further dimension that is not "
            "named. Fix: remove them, or read with on_duplicate='sum'."
        )
    return [f"{extra} of {rows} rows repeat the key of another row; added up"]


def _further(plan: Layout) -> list[str]:
    """What a flow of a year may be split by."""
    return [role for role in ("product", "period") if role in plan.select]


def spelled_twice(connection: Any, plan: Layout, rules: Rules, codes: Sequence[str]) -> list[str]:
    """Flows that stand under several codes of one economy; codes that ``rules`` give a meaning are meant.

    Raises:
        DataError: If there are any and repeated rows are not allowed.
    """
    places: dict[str, list[str]] = {}
    for code in codes:
        known = trade_label(code) if code and code not in rules.codes else None
        if known is not None and not known[1]:
            places.setdefault(known[0], []).append(code)
    several = {label: found for label, found in places.items() if len(found) > 1}
    if not several and not _untrimmed(connection):
        return []
    cases = " ".join(
        f"WHEN {literal(code)} THEN {literal(label)}"
        for label, found in several.items()
        for code in found
    )
    ends = [f"trim({end}::VARCHAR)" for end in ("exporter", "importer")]
    ends = [f"CASE {end} {cases} ELSE {end} END" for end in ends] if cases else ends
    written = "(exporter::VARCHAR || ' to ' || importer::VARCHAR)"
    count, pair = one_row(
        connection,
        f"SELECT count(*), min((x, y)) FROM (SELECT min{written} AS x, max{written} AS y "  # noqa: S608 - quoted literals and fixed names
        "FROM flow_rows WHERE side < 3 "
        f"GROUP BY {', '.join([*ends, 'year', 'side', *_further(plan)])}) WHERE x <> y",
    )
    if not count:
        return []
    first, second = _items(pair)
    text = f"{count} flows stand under several codes of one economy, for instance '{first}' and '{second}'"
    if rules.on_duplicate == "error":
        raise DataError(
            f"{text}; they would be added up. Fix: remove one of them, leave a code out with codes={{'...': "
            "None}, or read with on_duplicate='sum'."
        )
    return [f"{text}; added up"]


def _untrimmed(connection: Any) -> bool:
    """Whether codes differ in blanks only."""
    found = one_row(
        connection,
        "SELECT count(DISTINCT c), count(DISTINCT trim(c)) FROM (SELECT exporter::VARCHAR AS c FROM sums "
        "UNION ALL SELECT importer::VARCHAR FROM sums)",
    )
    return int(found[0]) != int(found[1])


def _months(connection: Any, plan: Layout, rules: Rules) -> list[str]:
    """Monthly figures: beside those of the whole year they would count twice, and a year has twelve."""
    if "period" not in plan.select:
        return []
    number = "TRY_CAST(trim(period::VARCHAR) AS BIGINT) AS p"
    both, pair = one_row(
        connection,
        "SELECT count(*), min((exporter, importer, year)) FROM (SELECT exporter, importer, year "  # noqa: S608 - fixed names
        f"FROM (SELECT *, {number} FROM flow_rows WHERE side < 2) "
        "GROUP BY year, exporter, importer, side HAVING min(p) <= 9999 AND max(p) > 9999)",
    )
    if both:
        raise DataError(
            f"{both} flows have months beside the whole year, for instance {_pair(pair)} in "
            f"{_items(pair)[2]}; they would count twice. Fix: remove the ones or the others."
        )
    short, first = one_row(  # of all partners, whatever countries are wanted
        connection,
        "SELECT count(*), min((year, who, n)) FROM (SELECT year, who, count(DISTINCT p) AS n FROM "  # noqa: S608 - fixed names
        f"(SELECT *, CASE side WHEN 0 THEN exporter ELSE importer END AS who, {number} FROM every_row "
        "WHERE side < 2 AND year IN (SELECT DISTINCT year FROM flow_rows)) "
        "WHERE p > 9999 GROUP BY year, who, side HAVING n < 12)",
    )
    if not short:
        return []
    year, reporter, count = _items(first)
    text = f"{short} yearly reports lack months, for instance {reporter}'s of {year}: {count} of 12"
    if rules.on_gap == "error":
        raise DataError(
            f"{text}. Their sum is not that of a year. Fix: leave such years out with years=..., or read "
            "with on_gap='allow'."
        )
    return [text]


def _items(found: Any) -> list[Any]:
    """The fields of a row that DuckDB gives as one value."""
    return list(found.values()) if isinstance(found, Mapping) else list(found)


def _pair(found: Any) -> str:
    values = _items(found)
    return f"{values[0]} to {values[1]}"


def _example(connection: Any, where: str, *, reporter: bool = False) -> str:
    """One row that meets the condition, in words."""
    who = ", who" if reporter else ""
    row = one_row(
        connection,
        f"SELECT exporter, importer, year, given{who} FROM flow_rows WHERE {where} LIMIT 1",  # noqa: S608 - conditions of this module
    )
    shown = f"{row[0]} to {row[1]} in {row[2]} ({row[3]!r})"
    return f"{shown}, reported by {row[4]}" if reporter else shown
