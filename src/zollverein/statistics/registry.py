"""Every statistic once: dimensions, unit, formula, source and definition.

The table gives the attributes of every result, the page of the documentation and
``zollverein stats --list``. Symbols: X exports, M imports, T = X + M turnover, a and b economies,
k product, w world, o outsiders, L the Leontief inverse, v value added per output, f final
purchases.
"""

from __future__ import annotations

from typing import NamedTuple


class Statistic(NamedTuple):
    """One row of the table."""

    dims: tuple[str, ...]
    unit: str
    formula: str
    source: str
    definition: str
    checked: str


_PAIR = ("country", "partner")
_CELL = ("country", "sector")
_HIDALGO = "Hidalgo, Klinger, Barabási and Hausmann (2007)"

STATISTICS: dict[str, Statistic] = {
    "openness": Statistic(
        ("country",), "share", "(X + M)/GDP", "national accounts",
        "Exports plus imports over gross domestic product.", "hand count on the toy world",
    ),
    "turnover": Statistic(
        _PAIR, "currency", "T_ab = X_ab + M_ab", "trade statistics",
        "Exports plus imports with a partner.", "symmetric; adds up to exports plus imports",
    ),
    "partner_share": Statistic(
        _PAIR, "share", "T_ab/T_a", "trade statistics",
        "Partner's share of exports, imports or turnover.", "sums to 1",
    ),
    "bloc_share": Statistic(
        ("country",), "share", "Σ_b∈B T_ab/T_a", "trade statistics",
        "Share of a group's members in the trade of each economy.", "shares of a partition sum to 1",
    ),
    "intra_bloc_share": Statistic(
        (), "share", "T_BB/T_B", "trade statistics",
        "Share of trade among members in the members' trade.", "members' mean of bloc_share",
    ),
    "growth_contribution": Statistic(
        _PAIR, "rate", "(T_ab′ − T_ab)/T_a", "trade statistics",
        "Partner's contribution to the growth of trade.", "adds up to growth",
    ),
    "trade_intensity": Statistic(
        ("exporter", "importer"), "ratio", "(X_ab/X_a)/(M_b/(M_w − M_a))",
        "Brown (1949); Kojima (1964)",
        "Partner's share of exports over its share of the imports of all others.",
        "weighted mean is 1; 1 where shares follow size",
    ),
    "symmetric_trade_intensity": Statistic(
        ("exporter", "importer"), "index −1 to 1", "(I − 1)/(I + 1)",
        "Brown (1949); Kojima (1964)", "Trade intensity on a symmetric scale.",
        "0 where intensity is 1, bounds",
    ),
    "regional_introversion": Statistic(
        (), "index −1 to 1", "(HI − HE)/(HI + HE), HI = (T_rr/T_r)/(T_or/T_o), "
        "HE = (1 − T_rr/T_r)/(1 − T_or/T_o)",
        "Iapadre (2006)", "How much more members trade with each other than outsiders do with them.",
        "0 if members and outsiders trade alike; −1 and 1 at the ends; free of scale",
    ),
    "herfindahl": Statistic(
        ("country",), "index 0 to 1", "Σ_b (X_ab/X_a)²", "Herfindahl (1950); Hirschman (1945)",
        "Herfindahl-Hirschman index of partners or products.", "1/n for equal shares, 1 for one partner",
    ),
    "grubel_lloyd": Statistic(
        _CELL, "index 0 to 1", "1 − |X_k − M_k|/(X_k + M_k)", "Grubel and Lloyd (1975)",
        "Intra-industry trade with the world.", "1 if balanced, 0 if one-way; hand count",
    ),
    "bilateral_grubel_lloyd": Statistic(
        _PAIR, "index 0 to 1", "1 − Σ_k |X_k − M_k|/Σ_k (X_k + M_k)", "Grubel and Lloyd (1975)",
        "Intra-industry trade of a pair over all sectors.", "turnover-weighted mean of the sectors",
    ),
    "revealed_comparative_advantage": Statistic(
        _CELL, "ratio", "(X_ak/X_a)/(X_wk/X_w)", "Balassa (1965)",
        "Sector's share in an economy's exports over its share in the world's.",
        "weighted mean is 1; exports by HS section as economic-complexity 0.3.0 gives them",
    ),
    "symmetric_comparative_advantage": Statistic(
        _CELL, "index −1 to 1", "(RCA − 1)/(RCA + 1)", "Dalum, Laursen and Villumsen (1998)",
        "Comparative advantage on a symmetric scale.", "0 where RCA is 1, bounds",
    ),
    "economic_complexity": Statistic(
        ("country",), "standard deviations", "second eigenvector of D⁻¹MU⁻¹Mᵀ",
        "Hidalgo and Hausmann (2009); Hausmann et al. (2014)",
        "How diverse an economy's exports are, and how rarely others export them.",
        "eigenvalue equation; reflections; sign; exports by HS section as ecomplexity 0.5.3 gives them",
    ),
    "product_complexity": Statistic(
        ("sector",), "standard deviations", "U⁻¹Mᵀ ECI, standardised",
        "Hidalgo and Hausmann (2009); Hausmann et al. (2014)",
        "How complex the economies are that are specialised in a product.",
        "eigenvector of the dual matrix",
    ),
    "proximity": Statistic(
        ("sector", "other_sector"), "probability", "min(P(k|l), P(l|k))", _HIDALGO,
        "How often economies are specialised in both products.", "counting loop; symmetric",
    ),
    "density": Statistic(
        _CELL, "share", "Σ_l M_al φ_kl/Σ_l φ_kl", _HIDALGO,
        "Proximity-weighted share of products that an economy is specialised in.",
        "counting loop; ecomplexity 0.5.3",
    ),
    "joint_capability": Statistic(
        ("sector",), "share", "ω_AB − max(ω_A, ω_B)", f"this package, from {_HIDALGO}",
        "How much nearer a product is to several economies together than to the nearest of them.",
        "never negative; 0 if one holds all the other does",
    ),
    "import_dependence": Statistic(
        ("source", "country", "sector"), "share", "Σ_k A_ik,js/Σ_i Σ_k A_ik,js", "input-output accounts",
        "Source's share in an industry's direct inputs.", "sums to 1; column sums of the table",
    ),
    "foreign_input_reliance": Statistic(
        ("source", "country", "sector"), "share", "Σ_k (L − I)_ik,js/Σ_i Σ_k (L − I)_ik,js",
        "Baldwin, Freeman and Theodorakopoulos (2023)",
        "Source's share in all production that an industry's inputs need upstream.",
        "sums to 1 with domestic; power series",
    ),
    "country_reliance": Statistic(
        ("source", "country"), "share", "Σ_s w_s share_i,js", "this package",
        "Reliance of an economy: its industries weighted with their inputs.", "sums to 1",
    ),
    "value_added_absorbed": Statistic(
        ("source", "sector", "absorber"), "currency", "v_ik (L f_j)_ik", "Johnson and Noguera (2012)",
        "Value added by where it is made and finally used.", "sums to value added",
    ),
    "value_added_in_exports": Statistic(
        ("source", "exporter"), "currency", "Σ_k v_ik (L e_j)_ik",
        "Hummels, Ishii and Yi (2001); Koopman, Wang and Wei (2014)",
        "Value added of each source in gross exports.", "with taxes on inputs sums to exports",
    ),
    "hypothetical_extraction": Statistic(
        _CELL, "currency", "v ∘ (L f − L* f*)",
        "Los, Timmer and de Vries (2016); Dietzenbacher, van Burken and Kondo (2019)",
        "Value added that would be lost if one group's sales to another stopped.",
        "0 if all is re-sourced; solution of the changed table",
    ),
    "vulnerability": Statistic(
        ("sector",), "see column", "HHI > 0.4; M_out/M > 0.5; M_out/X > 1",
        "European Commission, SWD(2021) 352",
        "Screen for imports from few outside sources that are hard to replace.",
        "hand count; fewer flagged under stricter thresholds",
    ),
    "vulnerability_stability": Statistic(
        ("sector", "concentration", "import_share", "import_to_export"), "true or false",
        "the screen over a grid of thresholds", "this package",
        "Under which thresholds a sector is flagged.", "the screen at each point",
    ),
    "import_substitution": Statistic(
        ("base", "term", "sector"), "currency",
        "R′[d′ΔF + ΔE + (d′ − d)(Ax + F) + d′ΔA x], R = (I − dA)⁻¹",
        "Chenery (1960); Syrquin (1976); Kubo, Robinson and Syrquin (1986)",
        "Change of output by cause: demand, exports, import substitution, technology.",
        "terms add up exactly with both bases",
    ),
    "bilateral_trade_cost": Statistic(
        ("exporter", "importer", "sector"), "rate", "(X_ab X_ba/(X_aa X_bb))^(−1/2θ) − 1",
        "Head and Ries (2001); Novy (2013)",
        "Ad valorem cost of crossing the border, both directions' mean, duties included.",
        "recovers the symmetric costs a world was made with",
    ),
}  # fmt: skip
