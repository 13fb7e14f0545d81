"""How sure a number is, and which assumption drives it: draws, bands, shares of the variance."""

from zollverein.uncertainty.answer import Uncertainty
from zollverein.uncertainty.draws import FailedDraw
from zollverein.uncertainty.run import uncertainty
from zollverein.uncertainty.tables import TableDraws

__all__ = ["FailedDraw", "TableDraws", "Uncertainty", "uncertainty"]
