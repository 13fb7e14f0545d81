"""Which part of a policy does what: attribution, interactions, sequences, phasing in."""

from zollverein.attribution.attribute import METHODS, attribute
from zollverein.attribution.attributed import Attribution

__all__ = ["METHODS", "Attribution", "attribute"]
