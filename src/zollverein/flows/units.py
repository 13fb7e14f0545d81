"""Units of value: ``million USD`` is a factor and a currency."""

from __future__ import annotations

import re
from typing import Any

from zollverein.errors import DataError

#: Factor by the word that stands before the currency.
SCALES: dict[str, float] = {
    "thousand": 1e3,
    "thousands": 1e3,
    "k": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "billions": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "trillion": 1e12,
    "trillions": 1e12,
    "tn": 1e12,
}
#: Currency by sign or word.
CURRENCIES: dict[str, str] = {
    "$": "USD",
    "us$": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
}
_CODE = re.compile(r"[A-Za-z]{3}")


def parse_unit(unit: Any) -> tuple[float, str]:
    """Factor and currency of a unit.

    Args:
        unit: Such as ``USD``, ``thousand USD`` or ``mn EUR``.

    Returns:
        The factor to whole currency units and the ISO 4217 code in capitals.

    Raises:
        DataError: If it is not a scale and a currency.
    """
    if not isinstance(unit, str):
        raise DataError(f"the unit of values is a text, such as 'million USD', not {unit!r}.")
    factor, currency = 1.0, ""
    for word in unit.replace("current", "").split():
        key = word.casefold()
        if key in SCALES and factor == 1.0:
            factor = SCALES[key]
        elif key in CURRENCIES and not currency:
            currency = CURRENCIES[key]
        elif _CODE.fullmatch(word) and not currency:
            currency = word.upper()
        else:
            currency = ""
            break
    if not currency:
        raise DataError(
            f"'{unit}' is not a unit of value. Write a scale and a currency code, such as 'USD', "
            "'thousand USD' or 'million EUR'."
        )
    return factor, currency
