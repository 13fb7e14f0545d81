"""Which part of a policy does what: attribution, interactions, sequences, phasing in."""

from zollverein.attribution.attribute import METHODS, attribute
from zollverein.attribution.attributed import Attribution
from zollverein.attribution.planning import best_sequence, interactions, phase_in

__all__ = ["METHODS", "Attribution", "attribute", "best_sequence", "interactions", "phase_in"]
