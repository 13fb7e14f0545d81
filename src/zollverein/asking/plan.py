"""What planning gives as a table, with what it is a table of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """The table of ``interactions``, ``phase_in``, ``best_sequence`` or ``frontier``; frozen.

    Attributes:
        kind: Which of them.
        about: What it is about: the outcomes, or for a frontier sender and target.
        frame: As the function gives it.
    """

    kind: Literal["interactions", "phase_in", "best_sequence", "frontier"]
    about: tuple[str, ...]
    frame: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """As the function of that name gives it."""
        return self.frame

    def shown(self) -> pd.DataFrame:
        """The table with its parts, where it has a column of them, as labels of the rows."""
        return self.frame.set_index("part") if "part" in self.frame else self.frame

    def __repr__(self) -> str:
        """Kind, what it is about, and size."""
        return f"Plan({self.kind} of {', '.join(self.about)}: {len(self.frame)} rows)"
