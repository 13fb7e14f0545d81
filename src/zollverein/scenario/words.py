"""The words that keys of a scenario choose from."""

from __future__ import annotations

from typing import Literal

Closure = Literal["share_of_world", "numeraire", "share_of_own", "zero"]
ModelName = Literal["caliendo_parro", "armington", "ces", "krugman"]
Horizon = Literal["short", "medium", "long"]
Labour = Literal["mobile", "sector_specific"]
Capital = Literal["fixed", "adjusting"]
NoSupplier = Literal["error", "shut_down"]
Combine = Literal["error", "last", "add"]
#: Ways to set duties; kinds of outcome; sources of uncertainty.
By = Literal["uniform", "partner", "sector"]
Kind = Literal[
    "real_income",
    "real_wage",
    "income",
    "wage",
    "price_index",
    "exports",
    "imports",
    "output",
    "employment",
]
Source = Literal["elasticities", "measures", "data"]
#: Tables of a result, and "report" for those that the report shows.
TableName = Literal[
    "report",
    "effects",
    "trade",
    "trade_value",
    "group_trade",
    "supplier_share",
    "output",
    "employment",
    "wage_contributions",
    "job_shifts",
    "domestic_share",
    "standing",
    "booking",
    "suppliers",
    "movers",
]
Column = Literal[
    "real_income_pct",
    "real_wage_pct",
    "exports_pct",
    "imports_pct",
    "terms_of_trade_pct",
    "price_index_pct",
    "income_pct",
]
