"""Codes of trade statistics that ISO 3166 does not have: UN numeric codes, areas, the world.

UN Comtrade and BACI number economies by the UN's M49 codes, with a few of their own (France 251
instead of 250), and book trade without a known partner under areas such as "Areas, nes" (not
elsewhere specified).
"""

from __future__ import annotations

from functools import cache

from zollverein.names.countries import iso3

#: Label of the sum over all partners, which is kept apart from the partners.
WORLD = "World"

#: Codes for the sum over all partners.
_WORLD = ("0", "W00", "WLD", "WORLD")

#: UN Comtrade and BACI codes of economies that differ from ISO 3166-1 numeric.
_NUMERIC = {
    "58": "Belgium-Luxembourg",  # until 1998
    "530": "ANT",  # Netherlands Antilles, until 2010
    "711": "Southern African Customs Union",  # until 1999
    "736": "SDN",  # Sudan until 2011
    "891": "SCG",  # Serbia and Montenegro, until 2005
    "251": "FRA",  # with Monaco and the overseas departments
    "490": "TWN",  # "Other Asia, nes": in practice Taiwan
    "579": "NOR",  # with Svalbard and Jan Mayen
    "699": "IND",
    "757": "CHE",  # with Liechtenstein
    "842": "USA",  # with Puerto Rico and the Virgin Islands
    "S19": "TWN",
}

#: Places that are no single economy, by UN Comtrade code.
_AREAS = {
    "129": "Caribbean, nes",
    "221": "Eastern Europe, nes",
    "290": "Northern Africa, nes",
    "471": "CACM, nes",
    "472": "Africa CAMEU region, nes",
    "473": "LAIA, nes",
    "492": "Europe EU, nes",
    "527": "Oceania, nes",
    "536": "Neutral Zone",
    "568": "Other Europe, nes",
    "577": "Other Africa, nes",
    "636": "Rest of America, nes",
    "637": "North America and Central America, nes",
    "837": "Bunkers",
    "838": "Free Zones",
    "839": "Special Categories",
    "879": "Western Asia, nes",
    "899": "Areas, nes",
    "E19": "Other Europe, nes",
    "_X": "Areas, nes",
    "ROW": "ROW",
}


def trade_label(code: str) -> tuple[str, bool] | None:
    """The label of a code of trade statistics, and whether it is an area rather than an economy.

    Args:
        code: ISO alpha-3 or alpha-2 code, English name, or UN numeric code; blanks are ignored.

    Returns:
        ``(label, is_area)``; the label is ``WORLD`` for the sum over partners; None if unknown.
    """
    written = code.strip()
    key = written.lstrip("0") or "0" if written.isdigit() else written.upper()
    if key in _WORLD:
        return WORLD, True
    if key in _AREAS:
        return _AREAS[key], True
    if key.isdigit():
        found = _NUMERIC.get(key) or _iso_numeric().get(key)
        return (found, False) if found else None
    if key.casefold() in _area_names():
        return _area_names()[key.casefold()], True
    found = _NUMERIC.get(key) or iso3(written)
    return (found, found in _AREAS) if found else None


@cache
def _iso_numeric() -> dict[str, str]:
    """ISO 3166 alpha-3 code by numeric code without leading zeros."""
    import pycountry

    return {c.numeric.lstrip("0"): c.alpha_3 for c in pycountry.countries}


@cache
def _area_names() -> dict[str, str]:
    return {name.casefold(): name for name in _AREAS.values()}
