"""What places, groups of places and groups of sectors are called."""

from zollverein.names.blocs import Bloc, bloc, bloc_members, bloc_names
from zollverein.names.countries import alpha2, country_label, country_name, iso3
from zollverein.names.sectors import sector_group
from zollverein.names.suggest import did_you_mean, nearest

__all__ = [
    "Bloc",
    "alpha2",
    "bloc",
    "bloc_members",
    "bloc_names",
    "country_label",
    "country_name",
    "did_you_mean",
    "iso3",
    "nearest",
    "sector_group",
]
