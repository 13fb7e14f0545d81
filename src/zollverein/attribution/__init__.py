"""Which part of a policy does what: attribution, interactions, sequences, phasing in."""

from zollverein.attribution.attribute import attribute
from zollverein.attribution.attributed import Attribution
from zollverein.attribution.dividing import METHODS
from zollverein.attribution.drawing import PartsTable
from zollverein.attribution.planning import interactions, phase_in
from zollverein.attribution.sequence import best_sequence

__all__ = [
    "METHODS",
    "Attribution",
    "PartsTable",
    "attribute",
    "best_sequence",
    "interactions",
    "phase_in",
]
