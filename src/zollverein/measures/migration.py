"""People who move within a bloc, and what those who stay and those who move gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zollverein import accounts
from zollverein.measures.common import check_pair
from zollverein.measures.effects import real_income_hat, real_wage_hat
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


def stayers_and_movers(
    before: World, after: World, policy: Policy, parameters: Parameters | None = None
) -> pd.DataFrame:
    """Population, and welfare of stayers and movers, of every country in a bloc of free movement.

    With ``V̂`` the change of a person's real wage, people choose among the bloc's countries by logit, so
    that ``L̂_n = V̂_n^ν / Σ_m ω_m V̂_m^ν`` and everyone's expected gain is ``(Σ_m ω_m V̂_m^ν)^(1/ν)``
    (Redding 2016, Journal of International Economics 101; ω baseline shares of people, ν the elasticity).
    Whoever moves prefers it: his gain is at least what staying would have given him.

    Args:
        before: Baseline.
        after: Counterfactual with the same labels.
        policy: For its blocs of movement.
        parameters: The result's; where capital adjusts, a person's wage rises more than the bundle's.

    Returns:
        Table indexed by country, one row for each member of a bloc, in percent, with ``population_pct``;
        ``stayers_pct``, the real wage of those who stay; ``expected_pct``, the expected gain of the bloc's
        people, movers included; ``income_per_person_pct``, real income of the country over its people.
        Empty without a bloc.

    Raises:
        LabelError: If the two worlds have different labels.
    """
    import pandas as pd

    check_pair(before, after, policy, parameters)
    people = accounts.values(after, "population") / accounts.values(before, "population")
    adjusting = parameters is not None and parameters.capital == "adjusting"
    power = 1 / (1 - parameters.capital_share) if adjusting and parameters is not None else 1.0
    wage = real_wage_hat(before, after).values ** power
    income = real_income_hat(before, after).values / people
    rows: dict[str, dict[str, float]] = {}
    for bloc in policy.mobility:
        at = [before.countries.index(member) for member in bloc.members]
        expected = _expected(wage[at], np.array(bloc.weights), bloc.elasticity)
        for member, n in zip(bloc.members, at, strict=True):
            hats = {
                "population_pct": people[n],
                "stayers_pct": wage[n],
                "expected_pct": expected,
                "income_per_person_pct": income[n],
            }
            rows[member] = {name: 100 * (float(hat) - 1) for name, hat in hats.items()}
    columns = ["population_pct", "stayers_pct", "expected_pct", "income_per_person_pct"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("country")


def _expected(wage: np.ndarray, weights: np.ndarray, elasticity: float) -> float:
    """The power mean of wages; at elasticity 0 nobody moves and it is the geometric mean."""
    if elasticity == 0:
        return float(np.exp(weights @ np.log(wage)))
    return float((weights @ wage**elasticity) ** (1 / elasticity))
