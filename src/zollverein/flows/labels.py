"""From the codes of a source to labels; a code that is not known is never dropped silently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zollverein.errors import DataError
from zollverein.flows.rules import Rules
from zollverein.names.trade_codes import WORLD, trade_label

#: Unknown codes shown in a message.
_SHOWN = 12


@dataclass(frozen=True)
class Labelled:
    """What the codes of a source mean.

    Attributes:
        labels: Labels in alphabetical order, the sum over partners left out.
        areas: Labels that are no single economy.
        meaning: Label by code; None for a code that is left out.
        kept: Which entries have two known ends.
        notes: What was recoded, kept or left out.
    """

    labels: tuple[str, ...]
    areas: frozenset[str]
    meaning: dict[str, str | None]
    kept: np.ndarray
    notes: tuple[str, ...]


def label_codes(
    exporter: np.ndarray, importer: np.ndarray, value: np.ndarray, rules: Rules
) -> Labelled:
    """Labels of the codes in two columns.

    Raises:
        DataError: If codes are unknown and the rules do not say what to do with them.
    """
    ends = [column.astype(str) for column in (exporter, importer)]
    codes = [str(code) for code in np.unique(np.concatenate(ends))] if ends[0].size else []
    meaning: dict[str, str | None] = {}
    areas: set[str] = set()
    unknown: list[str] = []
    for code in codes:
        known = trade_label(code) if code else None
        if code in rules.codes:
            meaning[code] = rules.codes[code]
        elif known is not None:
            meaning[code] = known[0]
            areas |= {known[0]} if known[1] else set()
        else:
            unknown.append(code)
    notes = _unknown(unknown, ends, value, rules)
    for code in unknown:
        meaning[code] = (code or "(empty)") if rules.on_unknown == "keep" else None
        areas |= {code or "(empty)"} if rules.on_unknown == "keep" else set()
    dropped = [code for code, label in meaning.items() if label is None]
    left = [code for code in dropped if code not in unknown]
    if left:
        notes.append(f"codes left out as asked: {_listed(left, ends, value)}")
    notes += [
        f"{code} is read as TWN"
        for code in codes
        if meaning[code] == "TWN" and code in ("490", "S19")
    ]
    kept = ~np.isin(ends[0], dropped) & ~np.isin(ends[1], dropped)
    labels = sorted({label for label in meaning.values() if label is not None} - {WORLD})
    return Labelled(tuple(labels), frozenset(areas - {WORLD}), meaning, kept, tuple(notes))


def _unknown(
    codes: list[str], ends: list[np.ndarray], value: np.ndarray, rules: Rules
) -> list[str]:
    if not codes:
        return []
    listed = _listed(codes, ends, value)
    if rules.on_unknown == "error":
        example = codes[0] or "..."
        raise DataError(
            f"{len(codes)} country codes are not known: {listed}. Fix: say what they mean, "
            f"codes={{'{example}': 'XYZ'}} (None leaves one out), or read with on_unknown='keep' (as areas "
            "that are never ranked) or 'leave_out'."
        )
    done = "kept as areas" if rules.on_unknown == "keep" else "left out"
    return [f"{len(codes)} unknown country codes, {done}: {listed}"]


def _listed(codes: list[str], ends: list[np.ndarray], value: np.ndarray) -> str:
    """Codes with the flows and the share of value that they carry."""
    total = np.nansum(value) or 1.0
    parts = []
    for code in codes[:_SHOWN]:
        rows = (ends[0] == code) | (ends[1] == code)
        share = 100 * np.nansum(value[rows]) / total
        parts.append(f"'{code}' ({int(rows.sum())} flows, {share:.2g} % of value)")
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return ", ".join(parts) + more
