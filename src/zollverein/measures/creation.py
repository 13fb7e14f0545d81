"""Trade creation and trade diversion (Viner 1950): who supplies instead of whom.

Purchases of a buyer from source k are x_k = π_k X, duty and rents included, domestic sales among
them. With means of before and after (bars) their change splits exactly::

    Δx_k = X̄ Δπ_k + π̄_k ΔX      switching + scale,      Σ_k X̄ Δπ_k = 0

Sources are home, and foreign ones whose access became cheaper, dearer, or did not change (costs,
duties, rents, and shares that a policy cuts or raises). The fall
of home sourcing is Viner's creation, the fall of third-party sourcing his diversion; what dearer
access closes off is ``barred``. The switches add up to zero, so::

    switched to cheaper sources = creation + diversion + barred

Where access only becomes dearer the left side is zero, and what is barred is found again as negative
creation (home replaces imports) and negative diversion (third parties gain sales).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zollverein import accounts
from zollverein.measures.common import (
    check_pair,
    hat_values,
    positions,
    sector_values,
    share,
)
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.parameters import Parameters
    from zollverein.policy import Policy

#: Where purchases come from.
SOURCES = ("home", "cheaper", "dearer", "unchanged")
#: A change of access below this is rounding.
_NOTHING = 1e-12


def access_cost_hat(
    before: World,
    after: World,
    policy: Policy | None = None,
    parameters: Parameters | None = None,
) -> np.ndarray:
    """Change of the cost of access ``κ̂ a^(-1/θ)`` with ``κ̂ = d̂ (1+T')(1+E') / ((1+T)(1+E))``.

    A share multiplied by a is worth a cost multiplied by ``a^(-1/θ)``. Where the baseline tells governments
    apart, a is the mean over what they and other buyers buy on each flow.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        policy: Gives changes of iceberg costs (d̂) and of access (a); none if omitted.
        parameters: Give the trade elasticity θ; 1 if omitted, which matters only where cost
            and access change in opposite directions.

    Returns:
        ``[exporter, importer, sector]``; infinite under an embargo.
    """
    check_pair(before, after, policy, parameters)
    wedges = [
        (1 + accounts.import_wedge(w)) * (1 + accounts.export_wedge(w)) for w in (before, after)
    ]
    theta = np.ones(len(before.sectors))
    if parameters is not None:
        elasticity = parameters.trade_elasticity
        theta = sector_values(before, "trade_elasticity", elasticity)
    access = _access_hat(before, policy)
    with np.errstate(divide="ignore"):  # no access at all is an infinite cost
        cost = hat_values(getattr(policy, "cost_hat", None), wedges[0], before) / access ** (
            1 / theta
        )
    return np.asarray(cost * wedges[1] / wedges[0])


def _access_hat(before: World, policy: Policy | None) -> np.ndarray:
    """Change of the shares of flows that the policy cuts or raises, of all buyers together."""
    flow = accounts.values(before, "trade_flow")
    access = hat_values(getattr(policy, "access_hat", None), flow, before)
    if "government_flow" not in before.data:
        return access
    public = hat_values(getattr(policy, "government_access_hat", None), flow, before)
    part = share(accounts.values(before, "government_flow"), flow)
    return np.asarray(access + part * (public - access))


def sourcing(
    before: World,
    after: World,
    importers: str | Sequence[str],
    *,
    partners: str | Sequence[str] | None = None,
    policy: Policy | None = None,
    parameters: Parameters | None = None,
) -> pd.DataFrame:
    """Purchases of a country or bloc by supplier and sector, and why they change.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        importers: Labels of the buying country or of a bloc's members; each member's purchases
            from itself are home, those from other members foreign.
        partners: Exporters to count as having cheaper access, all others as unchanged. If omitted,
            each flow counts by the change of its cost of access.
        policy: The policy between the two worlds; its changes of iceberg costs and of access are
            part of the cost of access.
        parameters: The result's; see ``access_cost_hat``.

    Returns:
        Table indexed by ``source`` (of ``SOURCES``), ``partner`` and ``sector``, rows with trade
        only. Columns: ``before``, ``after`` and ``change`` of purchases (currency, duty paid),
        ``switching`` and ``scale``, which add up to the change. ``switching`` adds up to zero
        over all rows of a sector.

    Raises:
        LabelError: If labels differ or a country is unknown.
    """
    check_pair(before, after, policy)
    buyers = positions(before, importers)
    paid, switch = _switching(before, after, buyers)
    kinds = _kinds(before, after, buyers, partners, policy, parameters)
    columns = {"before": paid[0], "after": paid[1], "switching": switch}
    return _table(before, kinds, columns)


def creation_and_diversion(
    before: World,
    after: World,
    importers: str | Sequence[str],
    *,
    partners: str | Sequence[str] | None = None,
    policy: Policy | None = None,
    parameters: Parameters | None = None,
) -> pd.DataFrame:
    """Trade creation and diversion of a country or bloc by sector (Viner 1950).

    Arguments and errors are those of ``sourcing``.

    Returns:
        Table indexed by sector, in currency and duty paid, with ``switched`` (towards sources
        with cheaper access) = ``creation`` + ``diversion`` + ``barred``, ``scale`` (the change of
        all purchases, home included) and ``imports``, the change of foreign purchases, which is
        ``creation`` plus the foreign part of the scale, ``import_scale``.
    """
    import pandas as pd

    rows = sourcing(
        before, after, importers, partners=partners, policy=policy, parameters=parameters
    )
    parts = [_by_source(rows[name], before) for name in ("switching", "scale")]
    return pd.DataFrame(_parts(*parts))


def creation_by_country(
    before: World,
    after: World,
    importers: str | Sequence[str],
    *,
    policy: Policy | None = None,
    parameters: Parameters | None = None,
) -> pd.DataFrame:
    """``creation_and_diversion`` of each country by itself, all sectors together, without the rows behind it.

    Arguments and errors are those of ``sourcing``.

    Returns:
        Table indexed by country, in the order given, with the columns of ``creation_and_diversion``.
    """
    import pandas as pd

    check_pair(before, after, policy)
    buyers = positions(before, importers)
    paid, switch = _switching(before, after, buyers)
    kinds = _kinds(before, after, buyers, None, policy, parameters)
    index = pd.Index([before.countries[place] for place in buyers], name="country")
    sums = [
        pd.DataFrame(
            {name: (array * (kinds == k)).sum(axis=(0, 2)) for k, name in enumerate(SOURCES)}, index
        )
        for array in (switch, paid[1] - paid[0] - switch)
    ]
    wanted = [importers] if isinstance(importers, str) else list(importers)
    return pd.DataFrame(_parts(*sums)).loc[wanted]


def _switching(
    before: World, after: World, buyers: list[int]
) -> tuple[list[np.ndarray], np.ndarray]:
    """Purchases before and after ``[exporter, buyer, sector]``, and what of their change is switching."""
    paid = [accounts.purchases(world)[:, buyers] for world in (before, after)]
    total = [flow.sum(axis=0) for flow in paid]
    bought = [np.where(spent > 0, spent, 1.0) for spent in total]
    switch = (total[0] + total[1]) / 2 * (paid[1] / bought[1] - paid[0] / bought[0])
    once = (total[0] > 0) != (total[1] > 0)  # nothing bought before or after: all of it is scale
    return paid, np.where(once, 0.0, switch)


def _parts(switching: pd.DataFrame, scale: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns of creation and diversion from sums by source."""
    foreign = scale.drop(columns="home").sum(axis=1)
    creation = 0.0 - switching["home"]
    return {
        "switched": switching["cheaper"],
        "creation": creation,
        "diversion": 0.0 - switching["unchanged"],
        "barred": 0.0 - switching["dearer"],
        "scale": scale.sum(axis=1),
        "import_scale": foreign,
        "imports": creation + foreign,
    }


def _kinds(
    before: World,
    after: World,
    buyers: list[int],
    partners: str | Sequence[str] | None,
    policy: Policy | None,
    parameters: Parameters | None,
) -> np.ndarray:
    """Position in ``SOURCES`` of every flow ``[exporter, buyer, sector]``."""
    if partners is None:
        access = access_cost_hat(before, after, policy, parameters)[:, buyers]
        kinds = np.where(access < 1 - _NOTHING, 1, np.where(access > 1 + _NOTHING, 2, 3))
    else:
        shape = (len(before.countries), len(buyers), len(before.sectors))
        kinds = np.full(shape, 3)
        kinds[positions(before, partners)] = 1
    kinds[buyers, np.arange(len(buyers))] = 0
    return kinds


def _table(world: World, kinds: np.ndarray, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Sums over buyers by source, partner and sector; rows with trade before or after."""
    import pandas as pd

    sums = {
        name: np.stack([(array * (kinds == k)).sum(axis=1) for k in range(len(SOURCES))])
        for name, array in columns.items()
    }
    index = pd.MultiIndex.from_product(
        [SOURCES, world.countries, world.sectors], names=["source", "partner", "sector"]
    )
    table = pd.DataFrame({name: array.ravel() for name, array in sums.items()}, index=index)
    table = table[(table["before"] > 0) | (table["after"] > 0)]
    change = table["after"] - table["before"]
    table.insert(2, "change", change)
    return table.assign(scale=change - table["switching"])


def _by_source(values: pd.Series, world: World) -> pd.DataFrame:
    """Sums by sector and source, every one of them present."""
    import pandas as pd

    cells = pd.MultiIndex.from_product([world.sectors, SOURCES])
    sums = values.groupby(level=["sector", "source"]).sum().reindex(cells, fill_value=0.0)
    index = pd.Index(world.sectors, name="sector")
    table = sums.to_numpy().reshape(len(index), len(SOURCES))
    return pd.DataFrame(table, index=index, columns=list(SOURCES))
