"""Layouts of trade files: which column means what, as SQL over the raw columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zollverein.errors import DataError
from zollverein.names import did_you_mean

#: Roles a column may have in the generic layout, and whether a file must have it.
ROLES: dict[str, bool] = {
    "year": True,
    "exporter": True,
    "importer": True,
    "value": True,
    "product": False,
    "reporter": False,
    "basis": False,
    "quantity": False,
    "unit": False,
}
_BACI = {
    "year": "t",
    "exporter": "i",
    "importer": "j",
    "product": "k",
    "value": "v",
    "quantity": "q",
}
#: UN Comtrade: spellings of each column, the preferred one first.
_COMTRADE: dict[str, tuple[str, ...]] = {
    "year": ("refyear", "year", "period", "yr"),
    "reporter": ("reporter_iso3", "reporteriso", "reporter iso", "reportercode", "reporter code"),
    "partner": ("partner_iso3", "partneriso", "partner iso", "partnercode", "partner code"),
    "flow": ("flow", "flowcode", "trade flow code", "trade flow"),
    "value": ("value_usd", "primaryvalue", "trade value (us$)", "tradevalue"),
    "product": ("cmdcode", "cmd_code", "commodity code"),
    "quantity": ("netwgt", "net_weight", "netweight (kg)"),
}
#: Columns of UN Comtrade that break a total down, and the value that is the total.
_TOTALS = {"partner2code": "0", "motcode": "0", "moscode": "0", "customscode": "C00"}
#: Side of a record: reported by the exporter, by the importer, a table, a third party, left out.
_RECONCILED = "customs returns that were reconciled: both sides agree by construction"
SIDES = {"exporter": 0, "importer": 1, "table": 2, "third": 3, "other": 4}


@dataclass(frozen=True)
class Layout:
    """How to read one kind of file.

    Attributes:
        name: ``baci``, ``comtrade`` or ``generic``.
        select: SQL expression by role: year, exporter, importer, side, value, and product,
            quantity, unit where the file has them.
        where: SQL condition that keeps totals only, or empty.
        unit: Unit of value unless the caller says otherwise; empty if not known.
        basis: Valuation by report.
        coverage: What the statistics cover, or empty.
        source: The source in words, or empty.
        nature: What kind of statistics these are, or empty.
    """

    name: str
    select: Mapping[str, str]
    where: str
    unit: str
    basis: Mapping[str, str]
    coverage: str
    source: str
    nature: str = ""


def quoted(column: str) -> str:
    """A column name as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def find_layout(
    name: str, found: Sequence[str], columns: Mapping[str, str], basis: str, year: int | None
) -> Layout:
    """The layout of a file.

    Args:
        name: ``auto`` or one of the layouts.
        found: Columns of the file.
        columns: Role to column, for the generic layout.
        basis: Valuation of a generic file without reporter.
        year: Year of a file that has no such column.

    Raises:
        DataError: If the columns do not fit; the message lists them.
    """
    lower = {column.casefold(): column for column in found}
    kinds = ("baci", "comtrade", "generic")
    if name not in ("auto", *kinds):
        raise DataError(
            f"'{name}' is not a layout{did_you_mean(name, kinds)} Layouts: auto, {', '.join(kinds)}."
        )
    if name == "auto":
        name = _guess(lower) if not columns else "generic"
    if name == "baci":
        return _baci(lower, found)
    if name == "comtrade":
        return _comtrade(lower, found)
    return _generic(lower, found, columns, basis, year)


def _guess(lower: Mapping[str, str]) -> str:
    if all(lower.get(column) for column in ("t", "i", "j", "k", "v")):
        return "baci"
    wanted = ("reporter", "partner", "flow", "value")
    if all(any(word in lower for word in _COMTRADE[role]) for role in wanted):
        return "comtrade"
    return "generic"


def _baci(lower: Mapping[str, str], found: Sequence[str]) -> Layout:
    missing = [column for column in _BACI.values() if column not in lower and column != "q"]
    if missing:
        raise DataError(_lacks("BACI", missing, found, "t, i, j, k, v and perhaps q"))
    select = {role: quoted(lower[c]) for role, c in _BACI.items() if c in lower}
    select["side"] = str(SIDES["table"])
    return Layout(
        "baci", select, "", "thousand USD", {"table": "fob"}, "goods", "CEPII BACI", _RECONCILED
    )


def _comtrade(lower: Mapping[str, str], found: Sequence[str]) -> Layout:
    names = {
        role: next((lower[word] for word in words if word in lower), "")
        for role, words in _COMTRADE.items()
    }
    optional = ("product", "quantity")
    missing = [role for role, column in names.items() if not column and role not in optional]
    if missing:
        wanted = "; ".join(f"{role}: {' or '.join(_COMTRADE[role])}" for role in missing)
        raise DataError(_lacks("UN Comtrade", missing, found, wanted))
    reporter, partner = quoted(names["reporter"]), quoted(names["partner"])
    flow = f"upper(trim({quoted(names['flow'])}::VARCHAR))"
    sold = f"{flow} IN ('X', 'EXPORT', 'EXPORTS', '2')"
    bought = f"{flow} IN ('M', 'IMPORT', 'IMPORTS', '1')"
    year = quoted(names["year"])
    select = {
        # Monthly periods (202103) are added up to years.
        "year": f"CASE WHEN {year}::BIGINT > 9999 THEN {year}::BIGINT // 100 ELSE {year}::BIGINT END",
        "exporter": f"CASE WHEN {bought} THEN {partner} ELSE {reporter} END",
        "importer": f"CASE WHEN {bought} THEN {reporter} ELSE {partner} END",
        "side": f"CASE WHEN {sold} THEN 0 WHEN {bought} THEN 1 ELSE 4 END",
        "period": year,
        "value": quoted(names["value"]),
    }
    select |= {role: quoted(names[role]) for role in optional if names[role]}
    totals = [
        f"trim({quoted(lower[column])}::VARCHAR) = {literal(total)}"
        for column, total in _TOTALS.items()
        if column in lower
    ]
    return Layout(
        "comtrade",
        select,
        " AND ".join(totals),
        "USD",
        {"exporter": "fob", "importer": "cif"},
        "goods",
        "UN Comtrade",
        "customs returns",
    )


def _generic(
    lower: Mapping[str, str],
    found: Sequence[str],
    columns: Mapping[str, str],
    basis: str,
    year: int | None,
) -> Layout:
    strange = [role for role in columns if role not in ROLES]
    if strange:
        raise DataError(
            f"'{strange[0]}' is not a role of a column{did_you_mean(strange[0], list(ROLES))} "
            f"Roles: {', '.join(ROLES)}."
        )
    names = {role: lower.get(columns.get(role, role).casefold(), "") for role in ROLES}
    absent = [columns[role] for role in columns if not names[role]]
    absent += [
        role for role, must in ROLES.items() if must and not names[role] and role not in columns
    ]
    if year is not None and names["year"]:
        raise DataError(
            f"year={year!r} is given, but the file has the column '{names['year']}'. Fix: leave year out, or "
            "years=[...] to read some years only."
        )
    if year is not None:
        absent = [column for column in absent if column != "year"]
    if absent:
        wanted = 'columns={"exporter": "...", "importer": "...", "value": "...", "year": "..."}'
        raise DataError(_lacks("the mapping", absent, found, f"say which is which: {wanted}"))
    select = {role: quoted(column) for role, column in names.items() if column}
    if year is not None:
        select["year"] = str(int(year))
    side, valued = _generic_side(select, basis)
    return Layout("generic", {**select, "side": side}, "", "", valued, "", "")


def _generic_side(select: dict[str, str], basis: str) -> tuple[str, dict[str, str]]:
    """SQL that tells who reports, and the basis of each report."""
    both = {"exporter": "fob", "importer": "cif"}
    if reporter := select.pop("reporter", ""):
        told = (
            f"CASE WHEN {reporter} = {select['exporter']} THEN 0 "
            f"WHEN {reporter} = {select['importer']} THEN 1 ELSE 3 END"
        )
        select["who"] = reporter
        return told, both
    if valued := select.pop("basis", ""):
        told = f"lower(replace(trim({valued}::VARCHAR), '.', ''))"
        return f"CASE {told} WHEN 'fob' THEN 0 WHEN 'cif' THEN 1 ELSE 4 END", both
    return str(SIDES["table"]), {"table": basis}


def _lacks(what: str, missing: Sequence[str], found: Sequence[str], wanted: str) -> str:
    return (
        f"these columns that {what} needs are not there: {', '.join(missing)}. The file has: "
        f"{', '.join(found)}. Fix: {wanted}."
    )
