"""An independent proof that a result is an equilibrium.

Everything is recomputed here from ``result.before``, ``result.after``, the scenario and the
parameters: no function of the solver, of the model or of the accounts is used, so an error there
cannot hide here. The conditions are those of Caliendo and Parro (2015, REStud 82, eqs. 2-12).

How a residual is measured: the gap between the two sides of a condition, over the larger of the
value and a floor. The floor is 1e-9 of the country's value added for values in currency, so that
a flow of a few dollars is not judged by its rounding; rates and indices are compared as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

#: Floor of a relative residual, as a share of the country's value added.
FLOOR = 1e-9

#: What each condition says, in the order of the certificate.
DESCRIPTIONS: dict[str, str] = {
    "finite": "every number is finite; no flow, use or income is negative",
    "tariff": "import duties are those of the policy",
    "export_tax": "export taxes are those of the policy",
    "price_index": "price indices follow from unit costs and trade costs (eqs. 2, 4, 10, 11)",
    "trade_share": "every flow has the share that costs imply (eqs. 6, 12)",
    "no_trade": "flows under embargo, or absent in the baseline, are exactly zero",
    "absorption": "duty-paid purchases = intermediate use + final demand",
    "output": "sales at factory prices = inputs + value added",
    "cost_share": "inputs and value added keep their baseline shares of output",
    "final_share": "sectors keep their baseline shares of final demand",
    "goods_market": "output = what all buyers demand at the implied shares (eqs. 7, 8)",
    "income": "final spending = value added + duties + export taxes - trade balance",
    "trade_balance": "trade balances are those of the closure (eq. 9)",
    "labour_market": "value added = wage x the baseline's labour",
    "numeraire": "value added of the world (of each trading group) is unchanged",
    "walras": "world final spending = world value added + taxes on trade",
}


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
        for name, value in self.conditions.items():
            place = f"  at {self.where[name]}" if value > 1e-9 and self.where[name] else ""
            lines.append(f"  {name:<14} {value:8.1e}  {self.descriptions[name]}{place}")
        return "\n".join(lines)


def verify(result: Any) -> Verification:
    """Recompute every equilibrium condition of a result and measure how far it is from holding.

    Args:
        result: A ``Result``, computed just now or loaded from a file. Used: ``before``, ``after``,
            ``scenario`` (or ``policy`` if the result was computed from a bare policy) and
            ``parameters``.

    Returns:
        The certificate; ``str(...)`` prints it.

    Raises:
        DataError: If the labels of ``before`` and ``after`` differ, or the model or closure is
            unknown.
    """
    case = _Case(result)
    residuals: dict[str, float] = {}
    where: dict[str, str] = {}
    with np.errstate(all="ignore"):
        for name in DESCRIPTIONS:
            residuals[name], where[name] = _worst(_CONDITIONS[name](case), case)
    return Verification(residuals, where, dict(DESCRIPTIONS))


class _Case:
    """Plain arrays of one result, axes as in the World; suffix 0 is before, 1 is after.

    ``z`` flows, ``t`` duties, ``e`` export taxes, ``use`` inputs, ``va`` value added, ``final``
    demand; ``w`` and ``p`` are the changes of the wage and of the price index.
    """

    def __init__(self, result: Any) -> None:
        before, after = result.before, result.after
        if before.countries != after.countries or before.sectors != after.sectors:
            raise DataError(
                "verify: 'before' and 'after' do not have the same labels in the same order."
            )
        model = str(result.parameters.model)
        if model != "caliendo_parro":
            raise DataError(
                f"verify: no independent conditions are written for the model '{model}'."
            )
        self.countries, self.sectors = before.countries, before.sectors
        self.closure = str(result.parameters.closure)
        theta = result.parameters.trade_elasticity
        self.theta = np.array([float(theta.sel(sector=s)) for s in self.sectors])
        self.z0, self.t0, self.e0, self.use0, self.va0, self.final0, w0, p0 = _arrays(before)
        self.z1, self.t1, self.e1, self.use1, self.va1, self.final1, w1, p1 = _arrays(after)
        self._policy(result)
        with np.errstate(all="ignore"):
            self.w, self.p = w1 / w0, p1 / p0
            self._shares()
        self.group = _groups(self.pi0 * np.isfinite(self.cost_hat) > 0)
        self.gdp0, self.gdp1 = self.va0.sum(axis=1), self.va1.sum(axis=1)

    def _policy(self, result: Any) -> None:
        """The policy, recomputed from the scenario where there is one."""
        scenario = getattr(result, "scenario", None)
        policy = result.policy if scenario is None else scenario.policy(result.before)
        pair = ("exporter", "importer", "sector")
        self.tariff, self.tax = _plain(policy.tariff, pair), _plain(policy.export_tax, pair)
        self.cost_hat = _plain(policy.cost_hat, pair)
        self.productivity = _plain(policy.productivity_hat, ("country", "sector"))

    def _shares(self) -> None:
        """Baseline shares, and the costs and shares that the new prices and wages imply."""
        paid0 = self.z0 * (1 + self.t0)
        spent0 = paid0.sum(axis=0)
        self.pi0 = np.where(spent0 > 0, paid0 / np.where(spent0 > 0, spent0, 1), 0)
        made0 = (self.z0 / (1 + self.e0)).sum(axis=1)
        safe = np.where(made0 > 0, made0, 1)
        self.beta = np.where(made0 > 0, self.va0 / safe, 1)
        self.gamma = np.where(made0[:, None] > 0, self.use0 / safe[:, None], 0)
        log_cost = self.beta * np.log(self.w)[:, None]
        log_cost = log_cost + np.einsum("nks,nk->ns", self.gamma, np.log(self.p))
        cost = np.exp(log_cost) / self.productivity
        taxes = (1 + self.tariff) * (1 + self.tax) / ((1 + self.t0) * (1 + self.e0))
        terms = self.pi0 * (self.cost_hat * taxes * cost[:, None]) ** -self.theta
        total = terms.sum(axis=0)
        self.bought = spent0 > 0
        self.implied_price = np.where(self.bought, total ** (-1 / self.theta), 1)
        self.pi1 = np.where(self.bought, terms * self.p**self.theta, 0)
        self.spent1 = self.use1.sum(axis=2) + self.final1
        self.made1 = self.use1.sum(axis=1) + self.va1


def _arrays(world: Any) -> tuple[np.ndarray, ...]:
    """The eight variables of a World as plain arrays in fixed axis order."""
    pair, own = ("exporter", "importer", "sector"), ("country", "sector")
    dims = {
        "trade_flow": pair,
        "tariff": pair,
        "export_tax": pair,
        "intermediate_use": ("country", "input_sector", "sector"),
        "value_added": own,
        "final_demand": own,
        "wage": ("country",),
        "price_index": own,
    }
    return tuple(_plain(world.data[name], axes) for name, axes in dims.items())


def _plain(array: Any, axes: tuple[str, ...]) -> np.ndarray:
    return np.asarray(array.transpose(*axes).values, dtype=float)


def _groups(linked: np.ndarray) -> np.ndarray:
    """Label of the trading group of each country: connected components of possible trade."""
    near: np.ndarray = np.asarray(linked.any(axis=2))
    near = near | near.T | np.eye(len(near), dtype=bool)
    label = np.arange(len(near))
    for _ in range(len(near)):
        label = np.array([label[row].min() for row in near])
    return label


def _abroad(flow: np.ndarray) -> np.ndarray:
    return np.where(np.eye(len(flow), dtype=bool)[:, :, None], 0.0, flow)


def _balance(flow: np.ndarray) -> np.ndarray:
    """Exports less imports, from cross-border flows only."""
    foreign = _abroad(flow)
    return foreign.sum(axis=(1, 2)) - foreign.sum(axis=(0, 2))


def _gap(left: np.ndarray, right: np.ndarray, scale: np.ndarray | float) -> np.ndarray:
    """Relative residual with the floor described at the top."""
    return np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), scale)


def _floor(case: _Case) -> np.ndarray:
    return FLOOR * case.gdp0[:, None]


def _finite(case: _Case) -> np.ndarray:
    values = (case.z1, case.t1, case.e1, case.use1, case.va1, case.final1, case.w, case.p)
    good = all(np.isfinite(v).all() for v in values)
    sign = all((v >= 0).all() for v in (case.z1, case.use1, case.va1, case.final1))
    some = bool((case.final1.sum(axis=1) > 0).all() and (case.w > 0).all() and (case.p > 0).all())
    return np.array([0.0 if good and sign and some else np.inf])


def _tariff(case: _Case) -> np.ndarray:
    return np.abs(case.t1 - case.tariff)


def _export_tax(case: _Case) -> np.ndarray:
    return np.abs(case.e1 - case.tax)


def _price_index(case: _Case) -> np.ndarray:
    return _gap(case.p, case.implied_price, 0.0)


def _trade_share(case: _Case) -> np.ndarray:
    implied = case.pi1 * case.spent1
    return _gap(case.z1 * (1 + case.tariff), implied, FLOOR * case.gdp0[None, :, None])


def _no_trade(case: _Case) -> np.ndarray:
    stopped = ~np.isfinite(case.cost_hat) | (case.z0 == 0)
    return np.where(stopped & (case.z1 != 0), 1.0, 0.0)


def _absorption(case: _Case) -> np.ndarray:
    return _gap((case.z1 * (1 + case.t1)).sum(axis=0), case.spent1, _floor(case))


def _output(case: _Case) -> np.ndarray:
    return _gap((case.z1 / (1 + case.e1)).sum(axis=1), case.made1, _floor(case))


def _cost_share(case: _Case) -> np.ndarray:
    inputs = _gap(case.use1, case.gamma * case.made1[:, None], _floor(case)[:, None])
    factors = _gap(case.va1, case.beta * case.made1, _floor(case))
    return np.maximum(inputs.max(axis=1), factors)


def _final_share(case: _Case) -> np.ndarray:
    share = case.final0 / case.final0.sum(axis=1, keepdims=True)
    return _gap(case.final1, share * case.final1.sum(axis=1, keepdims=True), _floor(case))


def _goods_market(case: _Case) -> np.ndarray:
    demand = case.pi1 * case.spent1 / ((1 + case.tariff) * (1 + case.tax))
    return _gap(case.made1, demand.sum(axis=1), _floor(case))


def _income(case: _Case) -> np.ndarray:
    earned = case.w * case.gdp0 + (case.tariff * case.z1).sum(axis=(0, 2))
    earned = earned + (case.tax / (1 + case.tax) * case.z1).sum(axis=(1, 2))
    return _gap(case.final1.sum(axis=1), earned - _balance(case.z1), FLOOR * case.gdp0)


def _trade_balance(case: _Case) -> np.ndarray:
    """Relative to value added, or to trade where that is smaller."""
    trade = _abroad(case.z1)
    size = trade.sum(axis=(1, 2)) + trade.sum(axis=(0, 2))
    scale = np.maximum(np.minimum(size, case.w * case.gdp0), FLOOR * case.gdp0)
    return np.abs(_balance(case.z1) - _target(case)) / scale


def _target(case: _Case) -> np.ndarray:
    """The trade balance that the closure prescribes, summing to zero in every trading group."""
    own = case.w * case.gdp0
    base = _balance(case.z0)
    target, weight = {
        "share_of_world": (base * own.sum() / case.gdp0.sum(), case.gdp0),
        "numeraire": (base, case.gdp0),
        "share_of_own": (base / case.gdp0 * own, own),
        "zero": (0 * base, case.gdp0),
    }.get(case.closure, (None, case.gdp0))
    if target is None:
        raise DataError(f"verify: unknown closure '{case.closure}'.")
    for label in np.unique(case.group):
        member = case.group == label
        excess = target[member].sum()
        target = np.where(member, target - weight / weight[member].sum() * excess, target)
    return target


def _labour_market(case: _Case) -> np.ndarray:
    return _gap(case.gdp1, case.w * case.gdp0, FLOOR * case.gdp0)


def _numeraire(case: _Case) -> np.ndarray:
    new = np.bincount(case.group, case.gdp1)
    old = np.bincount(case.group, case.gdp0)
    return np.where(old > 0, np.abs(new - old) / np.where(old > 0, old, 1), 0.0)


def _walras(case: _Case) -> np.ndarray:
    factory = case.z1 / (1 + case.tax)
    taxes = (case.tariff * case.z1).sum() + (case.tax * factory).sum()
    spent, earned = case.final1.sum(), case.gdp1.sum() + taxes
    return np.array([np.abs(spent - earned) / np.abs(earned)])


_CONDITIONS: dict[str, Callable[[_Case], np.ndarray]] = {
    "finite": _finite,
    "tariff": _tariff,
    "export_tax": _export_tax,
    "price_index": _price_index,
    "trade_share": _trade_share,
    "no_trade": _no_trade,
    "absorption": _absorption,
    "output": _output,
    "cost_share": _cost_share,
    "final_share": _final_share,
    "goods_market": _goods_market,
    "income": _income,
    "trade_balance": _trade_balance,
    "labour_market": _labour_market,
    "numeraire": _numeraire,
    "walras": _walras,
}


def _worst(residual: np.ndarray, case: _Case) -> tuple[float, str]:
    """Largest residual and its labels; anything that is not a number counts as infinite."""
    clean = np.where(np.isfinite(residual), residual, np.inf)
    value = float(clean.max(initial=0.0))
    cell = np.unravel_index(int(clean.argmax()), clean.shape)
    return value, _place(cell, clean.shape, case) if value > 0 else ""


def _place(cell: tuple[Any, ...], shape: tuple[int, ...], case: _Case) -> str:
    """Labels of a cell, as far as its axes are countries and sectors."""
    countries, sectors = case.countries, case.sectors
    n, s = len(countries), len(sectors)
    if shape == (n, n, s):
        return f"{countries[cell[0]]} to {countries[cell[1]]}, {sectors[cell[2]]}"
    if shape[:1] == (n,) and len(shape) > 1:
        return f"{countries[cell[0]]}, {sectors[cell[-1]]}"
    return str(countries[cell[0]]) if shape == (n,) else ""
