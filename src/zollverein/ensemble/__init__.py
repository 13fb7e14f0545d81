"""One scenario under several models, closures, horizons and elasticities."""

from zollverein.ensemble.answer import Ensemble
from zollverein.ensemble.run import ensemble

__all__ = ["Ensemble", "ensemble"]
