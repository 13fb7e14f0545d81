"""The SQL of reading: one view with named columns, and one query that adds it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zollverein.errors import DataError
from zollverein.flows.layouts import Layout, literal, quoted
from zollverein.flows.rules import Rules
from zollverein.names.trade_codes import trade_label

#: How the names of DuckDB's types of whole numbers end.
_WHOLE = ("INT", "INTEGER")
#: Label of the sector when all are added up.
ALL = "all"


def make_rows(
    connection: Any,
    plan: Layout,
    types: Mapping[str, str],
    sectors: str | int | Mapping[str, str] | None,
    level: int | None,
    years: Sequence[int] | None,
    countries: Sequence[str] | None,
    rules: Rules,
) -> str:
    """Create the view ``flow_rows``; returns the SQL expression of the sector, empty for none.

    Raises:
        DataError: If product codes of several levels would be counted twice, or a filter names
            a country that the codes do not know.
    """
    select = dict(plan.select)
    select["given"] = select["value"]
    select["value"] = _number(types, select["value"])
    if plan.name != "comtrade" and not _kind(types, select["year"]).endswith(_WHOLE):
        number = _number(types, select["year"])
        select["year"] = f"CASE WHEN {number} = floor({number}) THEN {number}::BIGINT END"
    if "quantity" in select:
        select["quantity"] = _number(types, select["quantity"])
    if "product" in select:
        select["product"] = _product(select["product"], plan, types)
    columns = ", ".join(f"{expression} AS {role}" for role, expression in select.items())
    where = [f"({plan.where})"] if plan.where else []
    connection.execute(
        f"CREATE VIEW every_row AS SELECT {columns} FROM raw WHERE {' AND '.join(where) or 'true'}"  # noqa: S608 - column names of the file, quoted
    )
    kept = []
    if years is not None:
        kept.append(f"year IN ({', '.join(str(int(y)) for y in years)})")
    if countries is not None:
        codes = ", ".join(map(literal, _codes_of(connection, countries, rules)))
        kept.append(f"(exporter::VARCHAR IN ({codes}) OR importer::VARCHAR IN ({codes}))")
    if "product" in select:
        kept += _level(connection, plan, level, wanted=sectors is not None)
    connection.execute(
        f"CREATE VIEW flow_rows AS SELECT * FROM every_row WHERE {' AND '.join(kept) or 'true'}"  # noqa: S608 - numbers and quoted literals only
    )
    return _sector(connection, sectors, has_product="product" in select)


def sums_query(plan: Layout, sector: str, *, quantity: bool) -> str:
    """The query that adds ``flow_rows`` up; NULL where a part of the sum is missing."""
    keys = ["year", "exporter", "importer", "side", *(["unit"] if "unit" in plan.select else [])]
    shown = [*keys, *([f"{sector} AS sector"] if sector else [])]
    known = "count(*) FILTER (isfinite({0})) = count(*)"
    sums = [f"CASE WHEN {known.format('value')} THEN sum(greatest(value, 0)) END AS value"]
    if quantity:
        if "quantity" not in plan.select:
            raise DataError("quantity=True, but no column of the file is known to be the quantity.")
        sums.append(f"CASE WHEN {known.format('quantity')} THEN sum(quantity) END AS quantity")
    grouped = ", ".join([*keys, *(["sector"] if sector else [])])
    return f"SELECT {', '.join(shown + sums)} FROM flow_rows WHERE side < 3 GROUP BY {grouped}"  # noqa: S608 - fixed words and expressions of this module


def number_codes(connection: Any, query: str) -> tuple[str, dict[str, list[str]]]:
    """Add the flows up and number their codes.

    Returns:
        A query whose columns ``exporter``, ``importer`` and, if there, ``sector`` and ``unit`` are
        numbers, and the codes that they number (``place`` for both ends).
    """
    connection.execute(f"CREATE TEMP TABLE sums AS {query}")
    there = [str(row[0]) for row in connection.execute("DESCRIBE sums").fetchall()]
    sources = {"place": ("exporter", "importer"), "sector": ("sector",), "unit": ("unit",)}
    codes: dict[str, list[str]] = {}
    select, joins = ["year", "side", "value"], []
    select += ["quantity"] if "quantity" in there else []
    for kind, columns in sources.items():
        if columns[0] not in there:
            continue
        parts = " UNION ALL ".join(
            f"SELECT {_text(column)} AS code FROM sums"  # noqa: S608 - fixed names
            for column in columns
        )
        connection.execute(
            f"CREATE TEMP TABLE {kind}_codes AS SELECT code, "  # noqa: S608 - fixed names
            "(row_number() OVER (ORDER BY code) - 1)::INTEGER AS n "
            f"FROM (SELECT DISTINCT code FROM ({parts}))"
        )
        rows = connection.execute(f"SELECT code FROM {kind}_codes ORDER BY n").fetchall()  # noqa: S608 - fixed names
        codes[kind] = [str(row[0]) for row in rows]
        for column in columns:
            select.append(f"{column}_n.n AS {column}")
            joins.append(
                f"JOIN {kind}_codes {column}_n ON {column}_n.code = {_text(f'sums.{column}')}"
            )
    return f"SELECT {', '.join(select)} FROM sums {' '.join(joins)}", codes  # noqa: S608 - fixed names


def _text(column: str) -> str:
    return f"coalesce(trim({column}::VARCHAR), '')"


def _product(expression: str, plan: Layout, types: Mapping[str, str]) -> str:
    """Product code as text; a numeric code of the Harmonized System gets its leading zero back."""
    kind = _kind(types, expression)
    text = f"trim({expression}::VARCHAR)"
    if plan.name == "generic" or not kind.endswith(_WHOLE):
        return text if kind != "VARCHAR" else expression
    return f"CASE WHEN length({text}) % 2 = 1 THEN '0' || {text} ELSE {text} END"


def _number(types: Mapping[str, str], expression: str) -> str:
    """A column as a number; NULL where it is none.

    A column of text is trimmed first, which also keeps DuckDB from reading the file's column as
    numbers and failing as a whole.
    """
    text = _kind(types, expression) == "VARCHAR"
    return f"TRY_CAST({f'trim({expression}::VARCHAR)' if text else expression} AS DOUBLE)"


def _kind(types: Mapping[str, str], expression: str) -> str:
    """Type of a column that stands alone as an expression."""
    return next((k for column, k in types.items() if quoted(column) == expression), "VARCHAR")


def _level(connection: Any, plan: Layout, level: int | None, *, wanted: bool) -> list[str]:
    """Conditions that keep one level of a product classification."""
    if plan.name == "generic":
        return []
    digits = "CASE WHEN upper(product) IN ('TOTAL', 'TO') THEN 0 ELSE length(product) END"
    if level is not None:
        return [f"{digits} = {int(level)}"]
    if plan.name == "baci":
        return []
    rows = connection.execute(f"SELECT DISTINCT {digits} FROM every_row").fetchall()  # noqa: S608 - fixed words
    found = sorted(int(row[0]) for row in rows)
    if 0 in found and not wanted:
        return [f"{digits} = 0"]
    found = [count for count in found if count]
    if len(found) > 1:
        raise DataError(
            f"product codes of several levels ({', '.join(map(str, found))} digits) would be counted more "
            f"than once. Fix: say which to use, level={found[-1]} for instance."
        )
    return [f"{digits} = {found[0]}"] if found else []


def _sector(
    connection: Any, sectors: str | int | Mapping[str, str] | None, *, has_product: bool
) -> str:
    """SQL of the sector label."""
    if sectors is None:
        return ""
    if not has_product:
        raise DataError(
            "sectors are asked for, but no column of the file is known to be the product."
        )
    if isinstance(sectors, bool) or not isinstance(sectors, str | int | Mapping):
        raise DataError(
            "sectors is 'each', a number of digits, or a mapping from product to sector."
        )
    if isinstance(sectors, int):
        if sectors < 1:
            raise DataError(
                f"sectors={sectors}; as a number it is how many digits are kept, from 1."
            )
        return f"substr(product, 1, {sectors})"
    if isinstance(sectors, str):
        if sectors != "each":
            raise DataError(
                f"sectors={sectors!r} is not known; write 'each', a number, or a mapping."
            )
        return "product"
    return _mapped(connection, sectors)


def _mapped(connection: Any, sectors: Mapping[str, str]) -> str:
    """The mapping as a lookup; every product must have a sector."""
    connection.execute("CREATE TABLE concordance (product VARCHAR, sector VARCHAR)")
    connection.executemany("INSERT INTO concordance VALUES (?, ?)", list(sectors.items()))
    unmapped = connection.execute(
        "SELECT product, count(*) FROM flow_rows WHERE product NOT IN (SELECT product FROM concordance) "
        "GROUP BY product ORDER BY 2 DESC"
    ).fetchall()
    if unmapped:
        shown = ", ".join(str(row[0]) for row in unmapped[:5])
        rows = sum(row[1] for row in unmapped)
        raise DataError(
            f"{len(unmapped)} products have no sector in the mapping ({rows} rows), for instance {shown}. "
            "Fix: add them, if only to a sector 'other'."
        )
    return "(SELECT c.sector FROM concordance c WHERE c.product = flow_rows.product)"


def _codes_of(connection: Any, countries: Sequence[str], rules: Rules) -> list[str]:
    """Codes in the file that stand for the given countries."""
    found: set[str] = set()
    for column in ("exporter", "importer"):
        rows = connection.execute(f"SELECT DISTINCT {column}::VARCHAR FROM every_row").fetchall()  # noqa: S608 - two fixed names
        found |= {str(row[0]) for row in rows if row[0] is not None}
    meaning = {code: _meaning(rules.codes.get(code.strip()) or code) for code in sorted(found)}
    codes = [code for code, label in meaning.items() if label in countries]
    absent = [country for country in countries if country not in meaning.values()]
    if absent:
        raise DataError(f"the file has no flows of {', '.join(absent)}.")
    return codes


def _meaning(code: str) -> str:
    known = trade_label(code)
    return known[0] if known is not None else code.strip()
