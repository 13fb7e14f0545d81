"""Trade statistics: what is true of a world before, or after, anything is simulated.

Each is a pure function of a ``World`` (or of a table of flows, where flows are enough) and labels,
and returns labelled values. A statistic of a counterfactual is the same function of
``Result.after``. ``STATISTICS`` lists all of them with formula and source.
"""

from zollverein.statistics.advantage import (
    export_table,
    revealed_comparative_advantage,
    symmetric_comparative_advantage,
)
from zollverein.statistics.complexity import (
    density,
    economic_complexity,
    joint_capability,
    product_complexity,
    proximity,
)
from zollverein.statistics.concentration import bilateral_grubel_lloyd, grubel_lloyd, herfindahl
from zollverein.statistics.economies import COLUMNS, economies_table
from zollverein.statistics.extraction import hypothetical_extraction
from zollverein.statistics.intensity import (
    bilateral_trade_cost,
    regional_introversion,
    symmetric_trade_intensity,
    trade_intensity,
)
from zollverein.statistics.overview import overview
from zollverein.statistics.registry import STATISTICS, Statistic
from zollverein.statistics.reliance import (
    country_reliance,
    foreign_input_reliance,
    import_dependence,
    value_added_absorbed,
    value_added_in_exports,
)
from zollverein.statistics.substitution import import_substitution
from zollverein.statistics.trade import (
    bloc_share,
    growth_contribution,
    intra_bloc_share,
    openness,
    partner_ranking,
    partner_share,
    turnover,
)
from zollverein.statistics.vulnerability import Thresholds, vulnerability, vulnerability_stability

__all__ = [
    "COLUMNS",
    "STATISTICS",
    "Statistic",
    "Thresholds",
    "bilateral_grubel_lloyd",
    "bilateral_trade_cost",
    "bloc_share",
    "country_reliance",
    "density",
    "economic_complexity",
    "economies_table",
    "export_table",
    "foreign_input_reliance",
    "growth_contribution",
    "grubel_lloyd",
    "herfindahl",
    "hypothetical_extraction",
    "import_dependence",
    "import_substitution",
    "intra_bloc_share",
    "joint_capability",
    "openness",
    "overview",
    "partner_ranking",
    "partner_share",
    "product_complexity",
    "proximity",
    "regional_introversion",
    "revealed_comparative_advantage",
    "symmetric_comparative_advantage",
    "symmetric_trade_intensity",
    "trade_intensity",
    "turnover",
    "value_added_absorbed",
    "value_added_in_exports",
    "vulnerability",
    "vulnerability_stability",
]
