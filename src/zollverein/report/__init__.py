"""The report and the country profile: figures, words and self-contained pages."""

from zollverein.report.band_figures import plot_bands
from zollverein.report.charts import partner_bars, sector_names, share_bars, turnover_lines
from zollverein.report.matrices import dependence_map, flow_matrix, stability_map
from zollverein.report.page import write_report
from zollverein.report.pdf import write_pdf
from zollverein.report.product_space import product_space
from zollverein.report.profile import write_profile
from zollverein.report.style import save_figure

__all__ = [
    "dependence_map",
    "flow_matrix",
    "partner_bars",
    "plot_bands",
    "product_space",
    "save_figure",
    "sector_names",
    "share_bars",
    "stability_map",
    "turnover_lines",
    "write_pdf",
    "write_profile",
    "write_report",
]
