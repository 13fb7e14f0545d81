"""Numbers that count, seed or date."""

from __future__ import annotations

from numbers import Integral

#: Years that a policy or a table can be of; one outside is a slip, such as two digits for four.
FIRST_YEAR, LAST_YEAR = 1800, 2200


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, of NumPy or not; true and false are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)
