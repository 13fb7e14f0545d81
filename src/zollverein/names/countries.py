"""Country codes and English names, from ISO 3166 (pycountry) and a short list of everyday names.

pycountry is loaded at the first question that needs it, not at import.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from zollverein.errors import ScenarioError
from zollverein.names.suggest import did_you_mean

#: Everyday English name shown in text, where it differs from the ISO 3166 one.
DISPLAY_NAMES: dict[str, str] = {
    "BOL": "Bolivia",
    "BRN": "Brunei",
    "CIV": "Côte d'Ivoire",
    "COD": "DR Congo",
    "COG": "Congo",
    "FSM": "Micronesia",
    "HKG": "Hong Kong",
    "IRN": "Iran",
    "KOR": "South Korea",
    "LAO": "Laos",
    "MDA": "Moldova",
    "PRK": "North Korea",
    "PSE": "Palestine",
    "ROW": "Rest of the world",
    "RUS": "Russia",
    "SYR": "Syria",
    "TUR": "Türkiye",
    "TWN": "Taiwan",
    "TZA": "Tanzania",
    "VEN": "Venezuela",
    "VNM": "Viet Nam",
}

#: Other names that people write.
ALIASES: dict[str, str] = {
    "America": "USA",
    "Britain": "GBR",
    "Brunei Darussalam": "BRN",
    "Burma": "MMR",
    "Cape Verde": "CPV",
    "China (People's Republic of)": "CHN",
    "Chinese Taipei": "TWN",
    "Czech Republic": "CZE",
    "Democratic Republic of the Congo": "COD",
    "East Timor": "TLS",
    "England": "GBR",
    "Great Britain": "GBR",
    "Holland": "NLD",
    "Hong Kong, China": "HKG",
    "Ivory Coast": "CIV",
    "Kyrgyz Republic": "KGZ",
    "Korea": "KOR",
    "Macedonia": "MKD",
    "Republic of Korea": "KOR",
    "Slovak Republic": "SVK",
    "Swaziland": "SWZ",
    "The Netherlands": "NLD",
    "Turkey": "TUR",
    "UAE": "ARE",
    "UK": "GBR",
    "US": "USA",
    "United States of America": "USA",
    "Vietnam": "VNM",
}


def iso3(name: str) -> str | None:
    """The three-letter code of a country, or None if the name is not known.

    Args:
        name: ISO 3166 alpha-3 or alpha-2 code, or an English name; case does not matter.
    """
    return _by_name().get(" ".join(name.split()).casefold())


def alpha2(code: str) -> str | None:
    """The two-letter ISO 3166 code of a three-letter one, or None."""
    import pycountry

    found = pycountry.countries.get(alpha_3=code)
    return None if found is None else str(found.alpha_2)


def country_name(code: str) -> str:
    """English name of a country for text and tables; a label that is no ISO code is returned as is."""
    return DISPLAY_NAMES.get(code) or _iso_names().get(code, code)


def written_names(codes: tuple[str, ...]) -> dict[str, str]:
    """Every way to write the given labels: code, display name, ISO name or alias, to label."""
    wanted = set(codes)
    names = {code: code for code in codes}
    names |= {country_name(code): code for code in codes}
    names |= {name: code for code, name in _iso_names().items() if code in wanted}
    return names | {alias: code for alias, code in ALIASES.items() if code in wanted}


def country_label(name: Any, labels: Sequence[str], place: str) -> str:
    """The label among ``labels`` of a country given by label, code or English name.

    Args:
        name: What was written.
        labels: The countries there are.
        place: Where they are, for the message.

    Raises:
        ScenarioError: With the nearest valid name.
    """
    if not isinstance(name, str):
        raise ScenarioError(f"a country of {place} is a text, such as '{labels[0]}', not {name!r}.")
    label = name if name in labels else iso3(name)
    if label not in labels:
        near = did_you_mean(name, written_names(tuple(labels)))
        raise ScenarioError(f"'{name}' is not a country of {place}{near}")
    return str(label)


@cache
def _iso_names() -> dict[str, str]:
    """Common English name by alpha-3 code."""
    import pycountry

    return {c.alpha_3: getattr(c, "common_name", c.name) for c in pycountry.countries}


@cache
def _by_name() -> dict[str, str]:
    """Alpha-3 code by case-folded name; codes and our own names win over ISO's long ones."""
    import pycountry

    found: dict[str, str] = {}
    for c in pycountry.countries:
        for key in ("official_name", "name", "common_name", "alpha_2"):
            if hasattr(c, key):
                found[getattr(c, key).casefold()] = c.alpha_3
    found |= {name.casefold(): code for name, code in ALIASES.items()}
    found |= {name.casefold(): code for code, name in DISPLAY_NAMES.items()}
    return found | {c.alpha_3.casefold(): c.alpha_3 for c in pycountry.countries}
