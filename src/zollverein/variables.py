"""The vocabulary: every variable's dimensions, unit, symbol and definition, once.

The table drives validation, the attributes of every data set, the reference page of the
documentation and axis titles. Symbols follow Caliendo and Parro (2015) with the index order
exporter i, importer j, sector s.
"""

from __future__ import annotations

from typing import NamedTuple

BILATERAL = ("exporter", "importer", "sector")
MONADIC = ("country", "sector")


class Variable(NamedTuple):
    """One row of the vocabulary."""

    dims: tuple[str, ...]
    unit: str
    symbol: str
    definition: str


#: Variables that a ``World`` stores, in this order.
WORLD_VARIABLES: dict[str, Variable] = {
    "trade_flow": Variable(
        BILATERAL,
        "currency",
        "Z_ijs",
        "Sales of exporter to importer at the border price before import duty (f.o.b.), "
        "domestic sales included.",
    ),
    "tariff": Variable(
        BILATERAL, "rate", "t_ijs", "Ad valorem duty on the f.o.b. value: 0.25 means 25 %."
    ),
    "export_tax": Variable(
        BILATERAL,
        "rate",
        "e_ijs",
        "Ad valorem tax on the factory value, paid to the exporter's government; "
        "negative for a subsidy. The f.o.b. value includes it.",
    ),
    "intermediate_use": Variable(
        ("country", "input_sector", "sector"),
        "currency",
        "M_jks",
        "Purchases of input_sector by the producers of sector, duty paid.",
    ),
    "final_demand": Variable(
        MONADIC,
        "currency",
        "F_js",
        "Final purchases of households, government and investors, duty paid.",
    ),
    "value_added": Variable(
        MONADIC, "currency", "V_js", "Labour and capital income of the sector: output less inputs."
    ),
    "wage": Variable(
        ("country",),
        "index",
        "w_j",
        "Price of the domestic factor bundle; 1 in baseline data, or value added over employment where that "
        "is given. World value added is the numeraire.",
    ),
    "price_index": Variable(
        MONADIC,
        "index",
        "P_js",
        "Price index of the sector's goods for users, duty paid; 1 in the baseline data.",
    ),
}

#: Variables that a ``World`` stores only where they differ from what is meant by their absence.
OPTIONAL_VARIABLES: dict[str, Variable] = {
    "import_rent": Variable(
        BILATERAL,
        "rate",
        "r_ijs",
        "Mark-up on the f.o.b. value, beside the duty, that somebody in the importing country keeps; "
        "absent: zero.",
    ),
    "export_rent": Variable(
        BILATERAL,
        "rate",
        "x_ijs",
        "Mark-up on the factory value, beside the export tax, that somebody in the exporting country "
        "keeps; absent: zero.",
    ),
    "government_flow": Variable(
        BILATERAL,
        "currency",
        "G_ijs",
        "The part of trade_flow that the importer's government buys; absent: government is not told apart.",
    ),
    "government_demand": Variable(
        MONADIC,
        "currency",
        "F^G_js",
        "The part of final_demand that is the government's, duty paid; absent: not told apart.",
    ),
    "employment": Variable(
        MONADIC,
        "quantity",
        "L_js",
        "Quantity of the factor bundle at work in the sector; absent: value added over the wage.",
    ),
    "population": Variable(
        ("country",),
        "index",
        "N_j",
        "People in the country relative to the baseline data; absent: 1.",
    ),
    "consumer_price": Variable(
        ("country",),
        "index",
        "P_j",
        "Price index of final demand, private and government; absent: the Cobb-Douglas index of price_index.",
    ),
}

#: Variables derived from a ``World``.
DERIVED_VARIABLES: dict[str, Variable] = {
    "expenditure": Variable(
        MONADIC, "currency", "X_js", "Duty-paid purchases: intermediate use plus final demand."
    ),
    "trade_share": Variable(
        BILATERAL,
        "share",
        "π_ijs",
        "Exporter's share of the importer's duty-paid spending; sums to 1 over exporters, "
        "0 where nothing is bought.",
    ),
    "gross_output": Variable(MONADIC, "currency", "Y_is", "Sales at factory prices."),
    "value_added_share": Variable(
        MONADIC, "share", "β_js", "Value added per unit of output (γ_n^j in Caliendo and Parro)."
    ),
    "input_share": Variable(
        ("country", "input_sector", "sector"),
        "share",
        "γ_jks",
        "Cost share of input_sector in output; sums with β_js to 1.",
    ),
    "final_share": Variable(MONADIC, "share", "α_js", "Share of final demand; sums to 1."),
    "exports": Variable(("country",), "currency", "E_j", "Sales abroad, f.o.b."),
    "imports": Variable(("country",), "currency", "M_j", "Purchases from abroad before duty."),
    "trade_balance": Variable(
        ("country",), "currency", "B_j", "Exports less imports (minus D_n of Caliendo and Parro)."
    ),
    "tariff_revenue": Variable(("country",), "currency", "R_j", "Import duty collected."),
    "export_tax_revenue": Variable(
        ("country",), "currency", "T_j", "Export tax collected less subsidies paid."
    ),
    "income": Variable(
        ("country",),
        "currency",
        "I_j",
        "Value added plus tariff and export-tax revenue and rents, less the trade balance: final spending.",
    ),
}

#: Parameters and policy.
POLICY_VARIABLES: dict[str, Variable] = {
    "trade_elasticity": Variable(
        ("sector",),
        "positive number",
        "θ_s",
        "Response of trade shares to cost: σ_s − 1 in Armington. A negative number is an error.",
    ),
    "cost_hat": Variable(
        BILATERAL,
        "factor",
        "d̂_ijs",
        "Change of the iceberg trade cost; infinite under an embargo (trade exactly zero).",
    ),
    "access_hat": Variable(
        BILATERAL,
        "factor",
        "a_ijs",
        "Change of the baseline share itself: 0.4 where 60 % of the varieties are cut off, 0 where all are; "
        "above 1 where buyers turn to them.",
    ),
    "government_access_hat": Variable(
        BILATERAL, "factor", "a^G_ijs", "The same for the purchases of the importer's government."
    ),
    "transfer": Variable(
        ("country",), "currency", "m_j", "Received from abroad, net; sums to zero over the world."
    ),
    "productivity_hat": Variable(
        MONADIC, "factor", "Â_js", "Change of productivity: the unit cost is divided by it."
    ),
}

VARIABLES: dict[str, Variable] = {
    **WORLD_VARIABLES,
    **OPTIONAL_VARIABLES,
    **DERIVED_VARIABLES,
    **POLICY_VARIABLES,
}
