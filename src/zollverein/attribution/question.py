"""Equilibria of a policy in parts, and derivatives of outcomes with respect to their strengths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zollverein.attribution.portfolio import Array, Portfolio, make_portfolio
from zollverein.choices import choose_parameters
from zollverein.errors import ZollvereinError
from zollverein.gradients import gradient_at, solved
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import Policy
from zollverein.readings import parse_outcomes, read_result
from zollverein.result import Result
from zollverein.simulation import solve_policy
from zollverein.workers import in_order

if TYPE_CHECKING:
    from zollverein.world import World

#: Tolerance of the solves: differences and sums of small effects need digits.
TOLERANCE = 1e-12
#: Step of a strength for derivatives of the policy, which is exact in them to rounding.
_POLICY_STEP = 1e-5
#: Step of a strength for differences of equilibria; the error is of the order of its square.
_STEP = 1e-3
#: Parameters of the gradient that a part of a policy may move.
_WITH_RESPECT_TO = ("tariff", "export_tax", "barrier", "productivity")
#: What of a policy has no parameter in the gradient.
_BEYOND = ("transfer", "government_access_hat", "pools", "caps", "mobility")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Question:
    """What every solve of an attribution shares.

    Attributes:
        world: The baseline.
        portfolio: The parts.
        outcomes: What is read.
        parameters: Every choice of the simulation.
        engine: As for ``simulate``.
        start: The result of the whole policy, from which every solve starts.
    """

    world: World
    portfolio: Portfolio
    outcomes: tuple[Outcome, ...]
    parameters: Parameters
    engine: str
    start: Result | None = None

    @property
    def size(self) -> int:
        """Number of parts."""
        return len(self.portfolio.names)

    @property
    def active(self) -> list[int]:
        """Positions of the parts that can have an effect."""
        return [k for k, idle in enumerate(self.portfolio.idle) if not idle]


def pose_question(
    world: World,
    scenario: Any,
    outcomes: str | Outcome | Sequence[str | Outcome],
    *,
    engine: str = "auto",
    tolerance: float = TOLERANCE,
    **options: Any,
) -> Question:
    """Check everything once and solve for the whole policy.

    Raises:
        ScenarioError: If the scenario has no parts, or an outcome or a choice is not known.
        ZollvereinError: If the whole policy has no equilibrium.
    """
    if hasattr(scenario, "baseline"):
        world = scenario.baseline(world)
    portfolio = make_portfolio(world, scenario)
    wanted = parse_outcomes(world, outcomes)
    parameters = choose_parameters(world, scenario, tolerance=tolerance, **options)
    whole = portfolio.policy(np.ones(len(portfolio.names)))
    result = solve_policy(world, whole, parameters, engine=engine)
    return Question(world, portfolio, wanted, parameters, engine, result)


def values(
    question: Question,
    strengths: Sequence[Array],
    *,
    workers: int | None = None,
    done: Callable[[], None] | None = None,
) -> list[Array | ZollvereinError]:
    """Values of the outcomes at each strength ``[part]``, or why there are none."""
    found = []
    for value in in_order(value_at, question, strengths, workers=workers, chunk=2):
        found.append(value)
        if done is not None:
            done()
    return found


def value_at(question: Question, strength: Array) -> Array | ZollvereinError:
    """Values ``[outcome]`` at one strength, or the error that the equilibrium raised."""
    try:
        return read_result(result_at(question, strength), question.outcomes)
    except ZollvereinError as error:
        return error


def result_at(question: Question, strength: Array) -> Result:
    """The equilibrium at one strength ``[part]``."""
    return solve_policy(
        question.world,
        question.portfolio.policy(strength),
        question.parameters,
        engine=question.engine,
        start=question.start,
    )


def has_adjoint(result: Result) -> bool:
    """Whether one adjoint solve gives all derivatives: the base model under plain instruments."""
    plain = solved(result).problem.structure is None
    return plain and not any(_present(getattr(result.policy, name, None)) for name in _BEYOND)


def _present(value: Any) -> bool:
    return value is not None and not (isinstance(value, tuple) and not value)


def slopes(
    question: Question,
    nodes: Sequence[float],
    *,
    adjoint: bool,
    workers: int | None = None,
    done: Callable[[], None] | None = None,
) -> Array:
    """Derivatives with respect to every strength at points of the straight path.

    Args:
        question: The question.
        nodes: Points ``s`` in (0, 1); all strengths are ``s`` there.
        adjoint: One adjoint solve for each point, else differences of two equilibria for each part.
        workers: As for ``in_order``.
        done: Called after each task.

    Returns:
        ``[node, outcome, part]``.

    Raises:
        ZollvereinError: If an equilibrium on the way is not found.
    """
    if adjoint:
        tasks: Iterator[Any] = iter(nodes)
        found = in_order(_adjoint_slopes, question, tasks, workers=workers, chunk=1)
    else:
        tasks = ((s, k) for s in nodes for k in question.active)
        found = in_order(_difference_slope, question, tasks, workers=workers, chunk=2)
    rows = []
    for row in found:
        rows.append(row)
        if done is not None:
            done()
    if adjoint:
        return np.array(rows)
    found_ = np.array(rows).reshape(len(nodes), len(question.active), len(question.outcomes))
    table = np.zeros((len(nodes), len(question.outcomes), question.size))
    table[:, :, question.active] = found_.transpose(0, 2, 1)
    return table


def _adjoint_slopes(question: Question, s: float) -> Array:
    """``[outcome, part]`` at one point, by the gradient contracted with what each part moves."""
    strength = np.full(question.size, s)
    result = result_at(question, strength)
    gradients = [gradient_at(result, o, wrt=_WITH_RESPECT_TO) for o in question.outcomes]
    theta = question.parameters.trade_elasticity.values
    slopes_ = np.zeros((len(gradients), question.size))
    for k in question.active:
        moves = policy_direction(question.portfolio, strength, k, theta)
        slopes_[:, k] = [
            sum(np.vdot(gradient[name].values.T, move.T) for name, move in moves.items())
            for gradient in gradients
        ]
    return slopes_


def policy_direction(
    portfolio: Portfolio, strength: Array, part: int, theta: Array
) -> dict[str, Array]:
    """What a part's strength moves: derivatives of the parameters of the gradient.

    The access factor multiplies the share as ``κ^-θ`` does, so that its log counts as ``-1/θ`` logs
    of the barrier.
    """
    ahead, behind = strength.copy(), strength.copy()
    ahead[part] += _POLICY_STEP
    behind[part] -= _POLICY_STEP
    plus, minus = portfolio.policy(ahead), portfolio.policy(behind)
    moves: dict[str, Array] = {}
    for name, rates in (
        ("tariff", ("tariff", "import_rent")),
        ("export_tax", ("export_tax", "export_rent")),
    ):
        change = sum((_slope(plus, minus, rate, log=False) for rate in rates), start=np.zeros(()))
        if np.any(change):
            moves[name] = change
    barrier = (
        _slope(plus, minus, "cost_hat", log=True)
        - _slope(plus, minus, "access_hat", log=True) / theta
    )
    if np.any(barrier):
        moves["barrier"] = barrier
    productivity = _slope(plus, minus, "productivity_hat", log=True)
    if np.any(productivity):
        moves["productivity"] = productivity
    return moves


def _slope(plus: Policy, minus: Policy, name: str, *, log: bool) -> Array:
    """Central difference of an array of the policy; zero where it is not given or does not move."""
    new, old = getattr(plus, name, None), getattr(minus, name, None)
    if new is None or old is None:
        return np.zeros(())
    high, low = new.values, old.values
    moved = high != low
    if not moved.any():
        return np.zeros(())
    change = np.zeros_like(high)
    up, down = (np.log(v[moved]) if log else v[moved] for v in (high, low))
    change[moved] = (up - down) / (2 * _POLICY_STEP)
    return change


def _difference_slope(question: Question, task: tuple[float, int]) -> Array:
    """``[outcome]`` at one point for one part, by the difference of two equilibria."""
    s, part = task
    step = min(_STEP, s / 2, (1 - s) / 2)
    ends = []
    for sign in (1, -1):
        strength = np.full(question.size, s)
        strength[part] += sign * step
        ends.append(read_result(result_at(question, strength), question.outcomes))
    return (ends[0] - ends[1]) / (2 * step)
