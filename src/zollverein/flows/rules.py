"""What to do about what may be wrong in a file: one field a choice, strict unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from zollverein.errors import DataError
from zollverein.names import did_you_mean, iso3

#: Choices of each rule; the first is the default.
CHOICES: dict[str, tuple[str, ...]] = {
    "on_duplicate": ("error", "sum"),
    "on_negative": ("error", "zero"),
    "on_missing": ("error", "missing"),
    "on_unknown": ("error", "keep", "leave_out"),
    "on_gap": ("error", "allow"),
    "on_mixed_units": ("error", "convert"),
    "on_other_reporter": ("error", "leave_out"),
}


@dataclass(frozen=True)
class Rules:
    """The choices of one reading.

    Attributes:
        on_duplicate: Rows with the same key: ``error`` or ``sum``.
        on_negative: Negative values: ``error`` or ``zero``.
        on_missing: Rows without a value: ``error`` or ``missing`` (the cell is missing, not zero).
        on_unknown: Country codes not known: ``error``, ``keep`` (as an area, never ranked) or
            ``leave_out``; all are listed in the notes.
        on_gap: Years without data between the first and the last, and years of which a reporter has
            some months only: ``error`` or ``allow``.
        on_mixed_units: Several units of one currency: ``error`` or ``convert``.
        on_other_reporter: Flows reported by a third party: ``error`` or ``leave_out``.
        codes: Meaning of further codes; ``None`` leaves a code out.
        not_reporting: Economies that published nothing, with the years, for tables that do not
            say who reports.
    """

    on_duplicate: str = "error"
    on_negative: str = "error"
    on_missing: str = "error"
    on_unknown: str = "error"
    on_gap: str = "error"
    on_mixed_units: str = "error"
    on_other_reporter: str = "error"
    codes: Mapping[str, str | None] = field(default_factory=dict)
    not_reporting: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every choice.

        Raises:
            DataError: If one is not a choice of its rule.
        """
        for rule in fields(self):
            if rule.name not in CHOICES:
                continue
            chosen, valid = getattr(self, rule.name), CHOICES[rule.name]
            if chosen not in valid:
                raise DataError(
                    f"{rule.name}={chosen!r} is not a choice{did_you_mean(str(chosen), valid)} "
                    f"Choices: {', '.join(valid)}."
                )
        self._check_tables()

    def _check_tables(self) -> None:
        """Codes mean texts, and economies that published nothing have years; names become labels."""
        codes: Any = self.codes
        if not isinstance(codes, Mapping) or not all(
            isinstance(value, str | None) for value in codes.values()
        ):
            raise DataError(
                f"codes={codes!r}; it is a mapping from code to label, such as {{'XQZ': 'XKX', 'OLD': None}}."
            )
        silent: Any = self.not_reporting
        if not isinstance(silent, Mapping) or any(
            isinstance(years, str) or not isinstance(years, Iterable) for years in silent.values()
        ):
            raise DataError(
                f"not_reporting={silent!r}; it is a mapping from economy to years, such as "
                "{'RUS': (2022, 2023)}."
            )
        named = {iso3(label) or label: tuple(years) for label, years in silent.items()}
        object.__setattr__(self, "not_reporting", named)
