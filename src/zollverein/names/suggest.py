"""The nearest valid name for a word that is not one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name most like ``word``, ignoring case, or None if none is near.

    Args:
        word: What was written.
        names: What could have been meant.
    """
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.casefold(), name)
    written = str(word).casefold()
    swapped = [name for name in folded if sorted(name) == sorted(written)]
    found = swapped or get_close_matches(written, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, names: Iterable[str] | Mapping[str, str]) -> str:
    """The question ``: did you mean 'BLR' (Belarus)?``, or ``.`` if nothing is near.

    Args:
        word: What was written.
        names: Valid names, or a mapping from what may be written to the label it stands for.
    """
    found = nearest(word, names)
    if found is None:
        return "."
    label = names[found] if isinstance(names, Mapping) else found
    return (
        f": did you mean '{label}'?" if label == found else f": did you mean '{label}' ({found})?"
    )
