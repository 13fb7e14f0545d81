"""The answer of ``uncertainty``: bands, what drives them, and what could not be solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from zollverein.errors import ScenarioError
from zollverein.outcomes import Outcome
from zollverein.uncertainty.draws import FailedDraw
from zollverein.uncertainty.sampling import Array, band_ends
from zollverein.uncertainty.tables import TableDraws

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, eq=False, repr=False)
class Uncertainty:
    """Draws of outcomes, new over old; frozen.

    Attributes:
        outcomes: What was read.
        central: ``[outcome]`` values at the central assumptions.
        draws: ``[draw, outcome]`` values, without the failed draws.
        failed: Draws without an equilibrium.
        groups: Names of the groups of assumptions.
        shares: Group -> ``first_order``, ``first_order_se``, ``total``, ``total_se``, each ``[outcome]``;
            empty where no decomposition was asked for.
        solved: Simulations in all, those of the decomposition included.
        tables: Name -> the table in every draw; those that were asked for.
    """

    outcomes: tuple[Outcome, ...]
    central: Array
    draws: Array
    failed: tuple[FailedDraw, ...]
    groups: tuple[str, ...]
    shares: dict[str, dict[str, Array]] = field(default_factory=dict)
    solved: int = 0
    tables: Mapping[str, TableDraws] = field(default_factory=dict)

    def table(self, *, level: float = 0.9) -> pd.DataFrame:
        """Medians and bands in percent, one row for each outcome.

        Columns: ``central_pct`` (at the central assumptions), ``median_pct``, ``low_pct`` and
        ``high_pct`` (5 and 95 % of the draws at the usual ``level`` 0.9), ``mean_pct``, ``sd_pct`` and
        ``draws``.
        """
        import pandas as pd

        percent = 100 * (self.draws - 1)
        median, low, high = np.quantile(percent, band_ends(level), axis=0)
        return pd.DataFrame(
            {
                "central_pct": 100 * (self.central - 1),
                "median_pct": median,
                "low_pct": low,
                "high_pct": high,
                "mean_pct": percent.mean(axis=0),
                "sd_pct": percent.std(axis=0, ddof=1),
                "draws": len(percent),
            },
            index=pd.Index([str(outcome) for outcome in self.outcomes], name="outcome"),
        )

    def bands(self, name: str, *, level: float = 0.9) -> xr.Dataset:
        """Medians and bands of every cell of a table.

        Args:
            name: Of a table that was asked for.
            level: Share of the draws between low and high.

        Returns:
            ``central``, ``median``, ``low`` and ``high`` over the labels of the table; title and unit are in
            its attributes. A cell that is no number in any one draw has no band.

        Raises:
            ScenarioError: If the draws did not keep that table.
        """
        if name not in self.tables:
            kept = ", ".join(self.tables) or "none"
            raise ScenarioError(
                f"table '{name}' was not kept; kept are: {kept}. Fix: uncertainty(..., tables=['{name}'])."
            )
        return self.tables[name].bands(level)

    def drivers(self) -> pd.DataFrame:
        """Which assumption drives which number, one row for each pair.

        Columns: ``outcome``, ``assumption``, ``first_order`` (share of the variance that goes if it is
        known), ``total`` (share that stays if all others are known) and their standard errors, largest
        total first.
        """
        import pandas as pd

        rows = [
            {
                "outcome": str(outcome),
                "assumption": group,
                **{name: float(values[k]) for name, values in shares.items()},
            }
            for k, outcome in enumerate(self.outcomes)
            for group, shares in sorted(
                self.shares.items(), key=lambda pair: -np.nan_to_num(pair[1]["total"][k])
            )
        ]
        names = ["first_order", "first_order_se", "total", "total_se"]
        return pd.DataFrame(rows, columns=["outcome", "assumption", *names])

    def explain(self, outcome: int = 0) -> str:
        """In words, for one outcome: the band, and which assumption drives it."""
        row, name = self.table().iloc[outcome], str(self.outcomes[outcome])
        text = (
            f"{name}: {row['median_pct']:+.3f} % (median), between {row['low_pct']:+.3f} and "
            f"{row['high_pct']:+.3f} % in nine draws of ten."
        )
        if self.shares:
            best = self.drivers().query("outcome == @name").iloc[0]
            text += (
                f" What drives it most: {best['assumption']}, {100 * best['total']:.0f} ± "
                f"{100 * best['total_se']:.0f} % of the variance."
            )
        if self.failed:
            text += (
                f" {len(self.failed)} of {self.solved} draws have no equilibrium and are left out."
            )
        return text

    def __repr__(self) -> str:
        """Numbers of draws and outcomes, and of failures."""
        size = f"{len(self.draws)} draws of {len(self.outcomes)} outcomes"
        return f"Uncertainty({size}, {len(self.failed)} failed)"
