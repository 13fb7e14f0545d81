"""Numbers that count or seed."""

from __future__ import annotations

from numbers import Integral


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, of NumPy or not; true and false are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)
