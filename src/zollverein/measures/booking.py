"""Who gets what: every item of income, before and after, adding up to the change of spending.

Spending of country n is what it earns, collects and receives, less what it lends (the budget
constraint of Caliendo and Parro 2015, eq. 9, with export taxes, rents and pooled duties)::

    I_n = Σ_s V_ns                      factor income
        + Σ_is t Z_ins                  duty on imports             } import side, Z border value
        + Σ_is r Z_ins                  rents kept by importers     }
        + Σ_is max(e, 0) Z_nis/(1+E)    tax on exports              } export side, on the
        + Σ_is r^E Z_nis/(1+E)          rents kept by exporters     } factory value
        + Σ_is min(e, 0) Z_nis/(1+E)    cost of subsidies           }
        - paid into pools + received from pools + transfers + rest of the trade deficit

with E = e + r^E. A pool takes the duty on imports from non-members and pays each member its key. What
a country receives from pools and as transfers it spends on goods, so that imports exceed exports
by that and by the rest, which the rule for the trade balance (the closure) decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein import accounts
from zollverein.measures.common import by_country, check_pair, hat_values, positions
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from zollverein.policy import Policy

#: Entries of the booking, which add up to income, and their titles.
ENTRIES = {
    "factor_income": "factor income",
    "tariff_revenue": "tariff revenue",
    "export_tax_revenue": "export tax revenue",
    "import_rent": "rents kept by importers",
    "export_rent": "rents kept by exporters",
    "subsidy_cost": "cost of subsidies",
    "pool_payment": "paid into the common pool",
    "pool_receipt": "received from the common pool",
    "transfer": "transfers from abroad",
    "other_deficit": "rest of the trade deficit",
    "discrepancy": "rounding of the data",
}
#: Rows below the sum, which explain and are not part of it.
MEMO = {
    "trade_balance": "trade balance",
    "resource_cost": "resources used up by changed barriers",
}


def booking(before: World, after: World, policy: Policy | None = None) -> pd.DataFrame:
    """The accounts of each country's income, before and after.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        policy: The policy between the two. It says which duties are pooled, who pays transfers and
            which barriers changed; without it these are zero, and pools and transfers are part of
            the rest of the trade deficit.

    Returns:
        Table indexed by country and entry with columns ``before``, ``after`` and ``change``, in
        the world's currency (units of the numeraire). The rows of ``ENTRIES`` add up to the row
        ``income``, which is final spending; costs and payments are negative. ``discrepancy`` is
        what the world's identities leave, rounding in a balanced world. The rows of ``MEMO``
        follow: the trade balance and ``resource_cost``.

    Raises:
        LabelError: If the two worlds, or the policy, have different labels.
    """
    import pandas as pd

    check_pair(before, after, policy)
    old, new = _entries(before, None), _entries(after, policy)
    zero = np.zeros(len(before.countries))
    memo = {
        "trade_balance": [accounts.trade_balance(world).values for world in (before, after)],
        "resource_cost": [zero, resource_cost(after, _attribute(policy, "cost_hat")).values],
    }
    names = [*ENTRIES, "income", *MEMO]
    sides = [np.stack([side[name] for name in (*ENTRIES, "income")]) for side in (old, new)]
    columns = [
        np.concatenate([side, [memo[name][place] for name in MEMO]]).T.ravel()
        for place, side in enumerate(sides)
    ]
    index = pd.MultiIndex.from_product([before.countries, names], names=["country", "entry"])
    table = pd.DataFrame({"before": columns[0], "after": columns[1]}, index=index)
    return table.assign(change=table["after"] - table["before"])


def resource_cost(after: World, cost_hat: xr.DataArray | None) -> xr.DataArray:
    """Value that changed barriers melt, by importer: ``Σ_is Z'_ins (1 - 1/d̂_ins)`` ``[country]``.

    Under an iceberg cost d, d units leave for each that arrives (Samuelson 1954), and the border
    value Z' = q d x pays for all of them. With the old cost the same arrivals would need Z'/d̂;
    the difference is melted where d̂ > 1 and saved (negative) where d̂ < 1, at new prices and new
    quantities. Trade that an embargo stops melts nothing: it is not there. Barriers that are
    somebody's rent are not in d̂ and not here. ``decompose`` gives the effect on welfare, in
    which each unit counts at the prices of its place on the path (its part ``direct``).

    Args:
        after: Counterfactual.
        cost_hat: Change of the iceberg cost factor ``[exporter, importer, sector]``; None if
            there is none.
    """
    flow = accounts.values(after, "trade_flow")
    melted = (flow * (1 - 1 / hat_values(cost_hat, flow, after))).sum(axis=(0, 2))
    return by_country(after, "resource_cost", melted)


def pooled_duties(after: World, policy: Policy | None) -> tuple[np.ndarray, np.ndarray]:
    """What each country pays into common pools and receives from them ``[country]``.

    A member pays in the duty it collects on imports from non-members and receives its key times
    the sum over members; over a pool the two add up to the same. Of a pool that is phased in only
    ``part`` of both changes hands.
    """
    duty = accounts.values(after, "trade_flow") * accounts.values(after, "tariff")
    paid, received = np.zeros((2, len(after.countries)))
    for pool in _attribute(policy, "pools") or ():
        places = [positions(after, member)[0] for member in pool.members]
        outside = np.ones(len(paid), dtype=bool)
        outside[places] = False
        collected = duty[outside][:, places].sum(axis=(0, 2))
        paid[places] += pool.part * collected
        received[places] += pool.part * np.asarray(pool.keys, dtype=float) * collected.sum()
    return paid, received


def _entries(world: World, policy: Policy | None) -> dict[str, np.ndarray]:
    """The items of income of a world ``[country]``, and income itself."""
    paid, received = pooled_duties(world, policy)
    transfer = _attribute(policy, "transfer")
    given = np.zeros_like(paid) if transfer is None else np.asarray(transfer.values, dtype=float)
    import_rent, export_rent = accounts.rents(world)
    taxed, subsidised = _export_taxes(world)
    found = {
        "factor_income": accounts.values(world, "value_added").sum(axis=1),
        "tariff_revenue": accounts.tariff_revenue(world).values,
        "export_tax_revenue": taxed,
        "import_rent": import_rent,
        "export_rent": export_rent,
        "subsidy_cost": subsidised,
        "pool_payment": 0.0 - paid,
        "pool_receipt": received,
        "transfer": given,
        "other_deficit": paid - received - given - accounts.trade_balance(world).values,
    }
    income = accounts.values(world, "final_demand").sum(axis=1)
    found["discrepancy"] = income - np.sum(list(found.values()), axis=0)
    return {**found, "income": income}


def _export_taxes(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Revenue of taxes on exports, and the cost of subsidies, a negative number ``[country]``."""
    tax = accounts.values(world, "export_tax")
    if not tax.any():
        return np.zeros(len(tax)), np.zeros(len(tax))
    sold = accounts.factory_sales(world)
    taxed, subsidised = (
        (sold * part).sum(axis=(1, 2)) for part in (np.maximum(tax, 0.0), np.minimum(tax, 0.0))
    )
    return taxed, subsidised


def _attribute(policy: Policy | None, name: str) -> Any:
    """A part of the policy; None if there is no policy or it has no such part."""
    return getattr(policy, name, None)
