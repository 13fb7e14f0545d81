"""Cost of a gradient in solves, by size and by model, and its error against central differences.

``python benchmarks/gradient.py`` prints the tables. The gradient is that of one country's real
income with respect to all tariffs, barriers, export taxes, productivities, elasticities and trade
balances at once, under the tariff war. Its errors are measured for each kind of parameter along
random directions that move every parameter of the kind: one direction checks all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from common import ROOT, seconds, table
from threadpoolctl import threadpool_limits
from worlds import SIZES, Case, gravity_world, make_case

import zollverein as zv
from zollverein.choices import choose_parameters
from zollverein.gradients import gradient_at, sensitivity
from zollverein.models.adjoint import PARAMETERS
from zollverein.models.equilibrium import Equilibrium, find_equilibrium
from zollverein.models.problem import with_deficit
from zollverein.outcomes import parse_outcome, read_outcome
from zollverein.scenario import Scenario, Tariff
from zollverein.simulation import solve_policy
from zollverein.testing import make_policy

COST = (
    "N × S",
    "parameters",
    "solve, ms",
    "gradient, ms",
    "gradient in solves",
    "one direction, in solves",
)
MODELS = ("what", "solve, ms", "gradient, ms", "gradient in solves")
#: Choices under which a duty is differentiated, and scenarios of the examples.
CHOICES: dict[str, dict[str, str]] = {
    "base model": {},
    "`ces`": {"model": "ces"},
    "`krugman`": {"model": "krugman"},
    "`short`": {"horizon": "short"},
    "`long`": {"horizon": "long"},
}
EXAMPLES = {
    "governments and mobility (`union-28-programmes`)": "union-28-programmes",
    "a cap that binds (`price-cap`)": "price-cap",
}
ERROR = ("parameter", "number", "relative error", "directions")
OUTCOME = "real_income C0"
#: Steps of the central differences, extrapolated once, and the tolerance of their solves.
STEP, TOLERANCE, DIRECTIONS = 5e-4, 1e-13, 3
SMALL = (8, 6)


def tables(*, quick: bool = False) -> dict[str, str]:
    """Cost by size and by model, and error by kind of parameter."""
    sizes = (SMALL,) if quick else SIZES
    cost = [_cost(size, 2 if quick else 7) for size in sizes]
    models = [_cost_of(*asked, 2 if quick else 15) for asked in questions(quick)]
    case = make_case(gravity_world(*SMALL), "tariff war")
    error = [
        (name, number, error, DIRECTIONS) for name, (number, error) in errors(case, quick).items()
    ]
    return {
        "gradient": table(COST, cost),
        "gradient-models": table(MODELS, models),
        "gradient-error": table(ERROR, error),
    }


Question = tuple[str, zv.World, Scenario, dict[str, str]]


def questions(quick: bool) -> list[Question]:
    """A duty on everything that one country buys, under each model; and scenarios of the examples."""
    world = zv.load_world("toy" if quick else "icio2022")
    buyer = "HOM" if quick else "USA"
    duty = Scenario(measures=(Tariff(exporters="all", importers=buyer, add=0.1),))
    found: list[Question] = [(name, world, duty, choices) for name, choices in CHOICES.items()]
    for name, file in () if quick else EXAMPLES.items():
        scenario = zv.read_scenario(ROOT / "examples" / f"{file}.toml")
        opened = scenario.baseline(world)
        found.append((name, opened, scenario, {}))
    return found


def _cost_of(
    name: str, world: zv.World, scenario: Scenario, choices: dict[str, str], repeats: int
) -> tuple[object, ...]:
    """Time of the gradient at a result, beside that of the result; its policy already made."""
    policy, parameters = scenario.policy(world), choose_parameters(world, scenario, **choices)

    def solve(given: zv.Policy) -> zv.Result:
        return solve_policy(world, given, parameters)

    outcome = f"real_income {world.countries[0]}"
    cold = seconds(solve, lambda: replace(policy), repeats)
    adjoint = seconds(lambda made: gradient_at(made, outcome), lambda: solve(policy), repeats)
    return name, 1e3 * cold, 1e3 * adjoint, adjoint / cold


def _cost(size: tuple[int, int], repeats: int) -> tuple[object, ...]:
    """Time of the gradient at a result, beside that of the result."""
    case = make_case(gravity_world(*size), "tariff war")
    solve = seconds(case.solve, lambda: replace(case.policy), repeats)
    with threadpool_limits(limits=1):
        adjoint = seconds(lambda made: gradient_at(made, OUTCOME), case.solve, repeats)
        values = gradient_at(case.solve(), OUTCOME)
        direction = {"tariff": values["tariff"] * 0 + 1}
        forward = seconds(lambda made: sensitivity(made, direction), case.solve, repeats)
    number = sum(values[name].size for name in PARAMETERS)
    told = f"{size[0]} × {size[1]}"
    return told, f"{number:,}", 1e3 * solve, 1e3 * adjoint, adjoint / solve, forward / solve


def errors(case: Case, quick: bool) -> dict[str, tuple[int, float]]:
    """By kind of parameter: how many there are, and the largest relative error of the gradient."""
    result = case.solve(tolerance=TOLERANCE)
    values = gradient_at(result, OUTCOME)
    rng = np.random.default_rng(0)
    found = {}
    for name in PARAMETERS[:2] if quick else PARAMETERS:
        along = Along(case, name, result)
        worst = 0.0
        for _ in range(1 if quick else DIRECTIONS):
            direction = rng.normal(0, along.scale(), values[name].shape)
            exact = float((values[name].values * direction).sum())
            worst = max(worst, abs(exact / along.derivative(direction) - 1))
        found[name] = values[name].size, worst
    return found


@dataclass(frozen=True)
class Along:
    """The outcome as a function of one number, along a direction of one kind of parameter."""

    case: Case
    name: str
    result: zv.Result

    def scale(self) -> float:
        """Size of the moves: some thousandths of value added for balances, of one elsewhere."""
        return float(self.case.world.data["value_added"].mean()) if self._moves_balances else 1.0

    @property
    def _moves_balances(self) -> bool:
        return self.name == "trade_balance"

    def derivative(self, direction: np.ndarray) -> float:
        """Central difference, with the error of second order removed by one extrapolation."""

        def difference(step: float) -> float:
            return (self.at(step * direction) - self.at(-step * direction)) / (2 * step)

        return (4 * difference(STEP / 2) - difference(STEP)) / 3

    def at(self, move: np.ndarray) -> float:
        """The outcome with the parameters moved."""
        solved = self._solved_balance(move) if self._moves_balances else self._solved(move)
        return read_outcome(self.case.world, solved, parse_outcome(OUTCOME)).value

    def _solved(self, move: np.ndarray) -> Equilibrium:
        policy, elasticity = self.case.policy, self.case.elasticity
        moved: dict[str, Callable[[], dict[str, np.ndarray]]] = {
            "tariff": lambda: {"tariff": policy.tariff.values + move},
            "barrier": lambda: {"cost_hat": policy.cost_hat.values * np.exp(move)},
            "export_tax": lambda: {"export_tax": policy.export_tax.values + move},
            "productivity": lambda: {"productivity_hat": np.exp(move)},
            "trade_elasticity": dict,
        }
        same = {"tariff": policy.tariff.values, "cost_hat": policy.cost_hat.values}
        changed = make_policy(self.case.world, **(same | moved[self.name]()))
        theta: xr.DataArray = elasticity + move if self.name == "trade_elasticity" else elasticity
        found = replace(self.case, elasticity=theta).solve(changed, tolerance=TOLERANCE)
        return _equilibrium(found)

    def _solved_balance(self, move: np.ndarray) -> Equilibrium:
        """Balances moved, the others paying in proportion to value added."""
        problem = _equilibrium(self.result).problem
        income = problem.base.value_added
        change = -move + income * move.sum() / income.sum()
        return find_equilibrium(with_deficit(problem, problem.deficit + change), TOLERANCE)


def _equilibrium(result: zv.Result) -> Equilibrium:
    solved = result.counterfactual
    if not isinstance(solved, Equilibrium):
        raise TypeError("a result that was just computed holds its equilibrium")
    return solved


if __name__ == "__main__":
    for text in tables().values():
        print(text, "\n")
