"""The answer of ``attribute``: effects of the parts, a table, and why parts differ when taken alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.attribution.portfolio import ADDED, LEFT, WHOLE
from zollverein.outcomes import Outcome
from zollverein.uncertainty import FailedDraw
from zollverein.uncertainty.sampling import band_ends

if TYPE_CHECKING:
    import pandas as pd

#: Columns whose parts add up.
_ADDING = ("effect_pct", "first_in_pct", "last_in_pct")
#: A remainder above this is shown as a line of its own; below, it is rounding of the sum.
_ROUNDING = 1e-13
#: What a closure changes by itself is told from here on; below, it is rounding of balances that are zero.
_CLOSURE = 1e-8
#: Part of the largest effect below which a part does nothing but round.
_NOTHING = 1e-6
#: What was drawn is named up to so many assumptions.
_NAMED = 4
_WORDS = {
    "aumann_shapley": "Aumann-Shapley",
    "shapley": "Shapley",
    "first_in": "each part alone",
    "last_in": "each part as the last",
}


@dataclass(frozen=True, eq=False, repr=False)
class Attribution:
    """Effects of the parts of a policy on one outcome, as changes of new over old; frozen.

    Attributes:
        outcome: What changes.
        parts: Names.
        method: ``aumann_shapley``, ``shapley``, ``first_in`` or ``last_in``.
        total: Effect of the whole policy; 0.01 means 1 %. Of the policy alone: see ``closure``.
        effect: ``[part]``.
        standard_error: ``[part]`` of sampled orders, or None.
        first_in, last_in: ``[part]`` effect of the part alone, and of adding it to all the others.
        nodes: Gauss-Legendre nodes of Aumann-Shapley, else 0.
        derivatives: ``adjoint``, ``differences``, ``adjoint and differences``, or empty.
        orders: Sampled orders, 0 if all subsets were solved.
        left_out: Sets of parts without an equilibrium, avoided by the orders.
        union: Members of the Kemp-Wan union of the policy, if there is one.
        closure: What closure ``zero`` changes without any part, as it removes the trade balances of the
            baseline; in no part and not in the total.
        draws: ``[draw, part]`` effects in every draw of the assumptions, or None; without failed draws.
        draws_total: ``[draw]`` effect of the whole policy there.
        failed: Draws without an equilibrium that is needed.
        drawn: What differs between the draws, such as ``trade elasticities``.
    """

    outcome: Outcome
    parts: tuple[str, ...]
    method: str
    total: float
    effect: np.ndarray
    standard_error: np.ndarray | None = None
    first_in: np.ndarray | None = None
    last_in: np.ndarray | None = None
    nodes: int = 0
    derivatives: str = ""
    orders: int = 0
    left_out: int = 0
    union: tuple[str, ...] = ()
    closure: float = 0.0
    draws: np.ndarray | None = None
    draws_total: np.ndarray | None = None
    failed: tuple[FailedDraw, ...] = ()
    drawn: tuple[str, ...] = ()

    @property
    def remainder(self) -> float:
        """What the parts leave of the total; it is an error of integration, or interaction left out."""
        return self.total - float(self.effect.sum())

    def table(self, *, level: float = 0.9) -> pd.DataFrame:
        """Percent by part, with the remainder, the sum and the whole.

        Columns ``effect_pct`` and, where known, ``median_pct``, ``low_pct`` and ``high_pct`` (5 and 95 % of
        the draws at the usual ``level`` 0.9), ``standard_error_pct``, ``first_in_pct``, ``last_in_pct``. The
        parts and the remainder add up to the whole exactly, and so they do in every draw; medians and
        ends of bands, which belong to different draws, do not.

        Args:
            level: Share of the draws between low and high.
        """
        import pandas as pd

        columns: dict[str, np.ndarray | None] = {"effect_pct": self.effect}
        columns |= self._bands_of_parts(level)
        columns |= {"standard_error_pct": self.standard_error}
        columns |= {"first_in_pct": self.first_in, "last_in_pct": self.last_in}
        given = {name: column for name, column in columns.items() if column is not None}
        parts = pd.DataFrame(given, index=pd.Index(self.parts, name="part"))
        adding = [name for name in given if name in _ADDING]
        lines = {}
        if abs(self.remainder) > _ROUNDING:
            lines[LEFT] = {n: self.total - float(given[n].sum()) for n in adding}
        lines[ADDED] = {name: float(given[name].sum()) for name in adding}
        lines[WHOLE] = dict.fromkeys(adding, self.total)
        for line, bands in self._bands_of_sums(level).items():
            if line in lines:
                lines[line] |= bands
        totals = pd.DataFrame.from_dict(lines, orient="index", columns=list(given), dtype=float)
        table: pd.DataFrame = 100 * pd.concat([parts, totals])
        return table.rename_axis("part")

    def _bands_of_parts(self, level: float) -> dict[str, np.ndarray]:
        """Median, low and high ``[part]``; nothing without draws."""
        return {} if self.draws is None else _quantiles(self.draws, level)

    def _bands_of_sums(self, level: float) -> dict[str, dict[str, float]]:
        """Median, low and high of each line below the parts; nothing without draws."""
        if self.draws is None or self.draws_total is None:
            return {}
        added = self.draws.sum(axis=1)
        lines = {LEFT: self.draws_total - added, ADDED: added}
        lines[WHOLE] = self.draws_total
        found = _quantiles(np.stack([*lines.values()], axis=1), level)
        return {
            line: {name: float(values[k]) for name, values in found.items()}
            for k, line in enumerate(lines)
        }

    def explain(self) -> str:
        """In words: the total, how it was divided, and why studies of one part do not add up."""
        text = f"All parts together change {self.outcome} by {100 * self.total:+.4f} %."
        text += f" {self._how()}{self._without()}{self._taxes()}{self._sure()}"
        if self.first_in is None or self.last_in is None:
            return text
        alone, last = 100 * float(self.first_in.sum()), 100 * float(self.last_in.sum())
        return (
            f"{text} Studied one at a time, each from the baseline, the parts sum to {alone:+.4f} %; each as "
            f"the last one, to {last:+.4f} %. These are not the total where parts interact: each changes the "
            "prices, incomes and trade on which the others act, which a study of one part counts not at all "
            "(alone) or once for every part (last)."
        )

    def _how(self) -> str:
        how = f"Divided by {_WORDS[self.method]}"
        if self.nodes:
            how += f" with {self.nodes} nodes ({self.derivatives})"
        elif self.method == "shapley":
            how += f" over {self.orders} sampled orders" if self.orders else " over all subsets"
        if self.left_out:
            how += f"; orders through {self.left_out} sets without an equilibrium are left out"
        if abs(self.remainder) <= _ROUNDING:
            return f"{how}; the parts add up exactly."
        return f"{how}; {100 * self.remainder:+.2e} % is not attributed to any part."

    def _without(self) -> str:
        """What the closure does by itself."""
        if abs(self.closure) < _CLOSURE:
            return ""
        return (
            f" Closure 'zero' by itself, which removes the trade balances of the baseline, changes it by "
            f"{100 * self.closure:+.4f} %; that is in no part and not in the total."
        )

    def _taxes(self) -> str:
        """What the external taxes of a Kemp-Wan union are."""
        if not self.union:
            return ""
        said = f" The external taxes of the Kemp-Wan union {', '.join(self.union)} "
        if self.method == "aumann_shapley":
            return (
                f"{said}are those found for all parts together, and grow with the union's own part."
            )
        return f"{said}are found anew for each set of parts."

    def _sure(self) -> str:
        """Bands in words: of the whole and the largest part, and of how many parts not the sign is sure."""
        if self.draws is None:
            return ""
        table = 100 * np.column_stack([*self._bands_of_parts(0.9).values()])
        whole = [100 * v for v in self._bands_of_sums(0.9)[WHOLE].values()]
        first = int(np.abs(table[:, 0]).argmax())
        least = _NOTHING * np.abs(table).max(initial=0.0)
        named = zip((*self.parts, "the whole"), (*table, whole), strict=True)
        both = [name for name, row in named if row[1] < -least and row[2] > least]
        said = f" Drawn: {_listed(self.drawn)}. In nine draws of ten, {len(self.draws):,} in all, "
        said += f"the whole {_between(whole)}"
        said += f", and the largest part, {self.parts[first]}, {_between(table[first])}."
        if both:
            said += f" Not even the sign is sure of {', '.join(both)}."
        if self.failed:
            every = len(self.draws) + len(self.failed)
            said += f" {len(self.failed)} of {every:,} draws have no equilibrium and are left out."
        return said

    def __repr__(self) -> str:
        """Outcome, method, number of parts and total."""
        return (
            f"Attribution({str(self.outcome)!r}: {len(self.parts)} parts, {_WORDS[self.method]}, "
            f"total {100 * self.total:+.4f} %)"
        )


def _listed(names: tuple[str, ...]) -> str:
    """Some names, and how many more there are."""
    more = len(names) - _NAMED
    shown = (*names[:_NAMED], f"{more} more") if more > 1 else names
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]


def _quantiles(values: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """Median, low and high over draws, of values ``[draw, row]``."""
    found = np.quantile(values, band_ends(level), axis=0)
    return dict(zip(("median_pct", "low_pct", "high_pct"), found, strict=True))


def _between(band: Any) -> str:
    """``lies between +1.000 and +2.000 % (median +1.500 %)``, of median, low and high."""
    median, low, high = band
    return f"lies between {low:+.3f} and {high:+.3f} % (median {median:+.3f} %)"
