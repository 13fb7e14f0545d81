"""How sure a number is, and which assumption drives it: draws, bands, shares of the variance."""

from zollverein.uncertainty.answer import Uncertainty
from zollverein.uncertainty.draws import FailedDraw
from zollverein.uncertainty.run import uncertainty

__all__ = ["FailedDraw", "Uncertainty", "uncertainty"]
