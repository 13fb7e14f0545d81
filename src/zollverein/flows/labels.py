"""From the codes of a source to labels; a code that is not known is never dropped silently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zollverein.errors import DataError
from zollverein.flows.rules import Rules
from zollverein.names.trade_codes import WORLD, trade_label

#: Unknown codes shown in a message.
_SHOWN = 12
_TAIWAN = ("490", "S19")


@dataclass(frozen=True)
class Labelled:
    """What the codes of a source mean.

    Attributes:
        labels: Labels in alphabetical order, the sum over partners left out.
        areas: Labels that are no single economy.
        meaning: Label of each code; None for a code that is left out.
        kept: Which entries have two known ends.
        notes: What was recoded, kept or left out.
    """

    labels: tuple[str, ...]
    areas: frozenset[str]
    meaning: tuple[str | None, ...]
    kept: np.ndarray
    notes: tuple[str, ...]


def label_codes(
    codes: Sequence[str],
    exporter: np.ndarray,
    importer: np.ndarray,
    value: np.ndarray,
    rules: Rules,
) -> Labelled:
    """Labels of codes.

    Args:
        codes: The codes of the source.
        exporter: Index into ``codes`` of each flow.
        importer: Index into ``codes`` of each flow.
        value: Of each flow, for the share that a code carries.
        rules: What to do with unknown codes.

    Raises:
        DataError: If codes are unknown and the rules do not say what to do with them.
    """
    meaning: list[str | None] = []
    areas: set[str] = set()
    unknown: list[int] = []
    left: list[int] = []
    for at, code in enumerate(codes):
        known = trade_label(code) if code else None
        if code in rules.codes:
            label, area = _meant(rules.codes[code])
            meaning.append(label)
            areas |= {label} if label and area else set()
            left += [at] if label is None else []
        elif known is not None:
            meaning.append(known[0])
            areas |= {known[0]} if known[1] else set()
        else:
            unknown.append(at)
            meaning.append((code or "(empty)") if rules.on_unknown == "keep" else None)
            areas |= {code or "(empty)"} if rules.on_unknown == "keep" else set()
    carried = _Carried(codes, exporter, importer, value)
    notes = _unknown(unknown, carried, rules)
    if left:
        notes.append(f"codes left out as asked: {carried.listed(left)}")
    notes += [f"{code} (Other Asia, nes) is read as TWN" for code in codes if code in _TAIWAN]
    dropped = np.array([label is None for label in meaning])
    kept = ~dropped[exporter] & ~dropped[importer]
    labels = sorted({label for label in meaning if label is not None} - {WORLD})
    return Labelled(tuple(labels), frozenset(areas - {WORLD}), tuple(meaning), kept, tuple(notes))


def _meant(given: str | None) -> tuple[str | None, bool]:
    """The label of what the caller says that a code means, and whether it is an area."""
    known = trade_label(given) if given else None
    return known if known is not None else (given, False)


def _unknown(unknown: list[int], carried: _Carried, rules: Rules) -> list[str]:
    if not unknown:
        return []
    listed = carried.listed(unknown)
    if rules.on_unknown == "error":
        raise DataError(
            f"{len(unknown)} country codes are not known: {listed}. Fix: say what they mean, "
            f"codes={{'{carried.codes[unknown[0]]}': 'XYZ'}} (None leaves one out), or read with "
            "on_unknown='keep' (as areas that are never ranked) or 'leave_out'."
        )
    done = "kept as areas" if rules.on_unknown == "keep" else "left out"
    return [f"{len(unknown)} unknown country codes, {done}: {listed}"]


@dataclass(frozen=True)
class _Carried:
    """The flows that each code carries."""

    codes: Sequence[str]
    exporter: np.ndarray
    importer: np.ndarray
    value: np.ndarray

    def listed(self, chosen: list[int]) -> str:
        """Codes with their number of flows and share of value."""
        total = np.nansum(self.value) or 1.0
        parts = []
        for at in chosen[:_SHOWN]:
            rows = (self.exporter == at) | (self.importer == at)
            share = 100 * np.nansum(self.value[rows]) / total
            parts.append(f"'{self.codes[at]}' ({int(rows.sum())} flows, {share:.3g} % of value)")
        more = f" and {len(chosen) - _SHOWN} more" if len(chosen) > _SHOWN else ""
        return ", ".join(parts) + more
