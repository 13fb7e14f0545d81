"""Every table by its name, and tables made ready to be read from one draw after another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import xarray as xr

from zollverein.checks import check_result
from zollverein.errors import LabelError, ScenarioError
from zollverein.measures.substitution import substituted
from zollverein.names import did_you_mean
from zollverein.tables import countries as by_country
from zollverein.tables import sectors as by_sector
from zollverein.tables import trade as by_pair
from zollverein.tables.scope import Scope, most_affected, scope_of

if TYPE_CHECKING:
    from zollverein.result import Result


@dataclass(frozen=True)
class Table:
    """A kind of table.

    Attributes:
        title: In words.
        unit: Of its numbers; empty where they differ by column.
        read: Makes it of a result and what it is about.
    """

    title: str
    unit: str
    read: Callable[[Result, Scope], xr.DataArray]


_POINTS = "percentage points"
#: Name -> table.
TABLES: dict[str, Table] = {
    "effects": Table("effects by economy", "percent", by_country.effects),
    "trade": Table("trade between economies", "percent", by_pair.trade),
    "trade_value": Table("trade between economies, value", "currency", by_pair.trade_value),
    "group_trade": Table("trade between groups", "percent", by_pair.group_trade),
    "supplier_share": Table("suppliers' shares", _POINTS, by_pair.supplier_share),
    "output": Table("output by sector", "percent", by_sector.output),
    "employment": Table("employment by sector", "percent", by_sector.employment),
    "wage_contributions": Table(
        "what sectors do to the real wage", _POINTS, by_sector.wage_contributions
    ),
    "job_shifts": Table("shares of employment by sector", _POINTS, by_sector.job_shifts),
    "domestic_share": Table("domestic shares and users' prices", "", by_sector.domestic_share),
    "standing": Table("how economies stand", "", by_country.standing),
    "booking": Table("who gets what", "percent of income before", by_country.booking),
    "suppliers": Table(
        "who supplies instead of whom", "percent of income before", by_country.suppliers
    ),
    "movers": Table("who moves", "percent", by_country.movers),
}
#: What the report shows with bands -> whether of all economies, or of those it looks at.
REPORT = {
    "effects": True,
    "group_trade": True,
    "wage_contributions": False,
    "job_shifts": False,
    "domestic_share": False,
    "standing": False,
    "booking": False,
    "suppliers": False,
    "movers": False,
}
#: What tables may be called, as files are called after them; and how to call a function otherwise.
_NAME = re.compile(r"\w+")
_MAPPING = "Fix: a mapping of names to functions, tables={'inputs': my_function}."
#: A table of the user's own.
Own = Callable[["Result"], xr.DataArray]


@dataclass(frozen=True, eq=False)
class Reader:
    """A table made ready: reads the same cells from any result of the same world.

    Attributes:
        name: Of the table.
        title: In words.
        unit: Of its numbers; empty where it is not one.
        read: Makes the table of a result.
        scope: What it is about; None for a function of the user's own.
    """

    name: str
    title: str
    unit: str
    read: Callable[..., xr.DataArray]
    scope: Scope | None

    def __call__(self, result: Result) -> xr.DataArray:
        """The table of a result, with its name, title and unit.

        Raises:
            LabelError: If a function of the user's own gives an array without labels.
        """
        found = self.read(result) if self.scope is None else self.read(result, self.scope)
        told = {"long_name": self.title, "units": self.unit}
        return _checked(self.name, found).rename(self.name).assign_attrs(told)


def _checked(name: str, table: Any) -> xr.DataArray:
    """A table that has labels on every dimension.

    Raises:
        LabelError: If it is not so.
    """
    fix = "Fix: a function of a result that returns an xarray.DataArray with labels on every dimension."
    if not isinstance(table, xr.DataArray):
        raise LabelError(f"table '{name}' is a {type(table).__name__}, not a labelled array. {fix}")
    bare = [str(dim) for dim in table.dims if dim not in table.indexes]
    if bare or not table.dims or "draw" in table.dims:
        what = f"no labels on {', '.join(bare)}" if bare else f"the dimensions {table.dims}"
        raise LabelError(f"table '{name}' has {what}. {fix} None of them is called 'draw'.")
    return table.astype(float)


def read_table(
    result: Result, name: str, countries: str | Sequence[str] | None = None
) -> xr.DataArray:
    """A table of a result.

    Args:
        result: Any result.
        name: One of ``TABLES``.
        countries: Labels of the economies, or exporters, that have rows; all if omitted.

    Raises:
        ScenarioError: If there is no table of that name.
        LabelError: If a label is not of the world.
    """
    check_result(result)
    return _reader(name, scope_of(result, countries))(result)


def readers(
    result: Result, wanted: str | Iterable[str | Own] | Mapping[str, str | Own]
) -> tuple[Reader, ...]:
    """Tables made ready, each once, in the order named.

    Args:
        result: A result that says what they are about: its groups, and whom it affects most.
        wanted: Names of ``TABLES``, functions of a result that give a labelled array (named as they are), or
            a mapping of own names to either; and ``"report"`` for all that the report shows, of the
            economies that it looks at.

    Raises:
        ScenarioError: If there is no table of a name, two have the same, or one cannot be used.
    """
    if isinstance(wanted, str):
        wanted = [wanted]
    several: Mapping[str, Any] = wanted if isinstance(wanted, Mapping) else _by_name(list(wanted))
    found: dict[str, Reader] = {}
    if several.get("report") == "report":
        found |= _of_report(result)
    for name, table in several.items():
        if not _NAME.fullmatch(name):
            raise ScenarioError(f"table '{name}': a name has letters, digits and '_'. {_MAPPING}")
        if name in TABLES and table != name:
            raise ScenarioError(f"table '{name}' has its own meaning. Fix: another name.")
        if callable(table):
            found[name] = Reader(name, name.replace("_", " "), "", table, None)
        elif table != "report":
            found[name] = _reader(table, scope_of(result), name)
    return tuple(found.values())


def _by_name(wanted: list[str | Own]) -> dict[str, str | Own]:
    """Tables by what they are called."""
    found: dict[str, str | Own] = {}
    for table in wanted:
        name = table if isinstance(table, str) else getattr(table, "__name__", repr(table))
        if found.setdefault(name, table) != table:
            raise ScenarioError(f"two tables are called '{name}'. {_MAPPING}")
    return found


def _reader(name: str, scope: Scope, called: str | None = None) -> Reader:
    """A table of the registry made ready.

    Raises:
        ScenarioError: If there is none of that name.
    """
    if name not in TABLES:
        near = did_you_mean(name, list(TABLES))
        raise ScenarioError(
            f"table '{name}' is not known{near} Tables: report, {', '.join(TABLES)}."
        )
    kind = TABLES[name]
    return Reader(called or name, kind.title, kind.unit, kind.read, scope)


def _of_report(result: Result) -> dict[str, Reader]:
    """What the report shows: of all economies, or of the most affected and those that substitute imports."""
    everyone = scope_of(result)
    looked_at = dict.fromkeys(most_affected(result.table()["real_income_pct"]))
    named = substituted(result).index.get_level_values("country")
    few = Scope((*dict.fromkeys([*looked_at, *map(str, named)]),), everyone.groups)
    return {
        name: _reader(name, everyone if whole else few)
        for name, whole in REPORT.items()
        if (whole or few.countries) and (name != "movers" or result.policy.mobility)
    }
