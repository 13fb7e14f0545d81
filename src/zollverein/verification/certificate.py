"""The certificate: what each condition says and how far it is from holding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: Width of the names in the text; the plain conditions fit.
_WIDTH = 14


@dataclass(frozen=True)
class Verification:
    """The certificate of a result.

    Attributes:
        conditions: Largest relative residual of each condition; infinite if it cannot be computed.
        where: Labels of the cell with the largest residual.
        descriptions: What each condition says.
    """

    conditions: dict[str, float]
    where: dict[str, str]
    descriptions: dict[str, str]

    @property
    def residual(self) -> float:
        """The largest residual of all conditions."""
        return max(self.conditions.values())

    def holds(self, tolerance: float = 1e-9) -> bool:
        """Whether every condition holds to the tolerance; a NaN never does."""
        return all(value <= tolerance for value in self.conditions.values())

    def failed(self, tolerance: float = 1e-9) -> tuple[str, ...]:
        """Names of the conditions that do not hold."""
        return tuple(k for k, value in self.conditions.items() if not value <= tolerance)

    def table(self) -> pd.DataFrame:
        """One row per condition: ``residual``, ``where``, ``description``."""
        import pandas as pd

        columns = {
            "residual": self.conditions,
            "where": self.where,
            "description": self.descriptions,
        }
        return pd.DataFrame(columns).loc[list(self.conditions)].rename_axis("condition")

    def __str__(self) -> str:
        """The certificate as text."""
        verdict = "holds" if self.holds() else f"FAILS in {', '.join(self.failed())}"
        lines = [f"Equilibrium {verdict}: largest relative residual {self.residual:.1e}."]
        width = max(_WIDTH, *map(len, self.conditions))
        for name, value in self.conditions.items():
            place = f"  at {self.where[name]}" if value > 1e-9 and self.where[name] else ""
            lines.append(f"  {name:<{width}} {value:8.1e}  {self.descriptions[name]}{place}")
        return "\n".join(lines)
