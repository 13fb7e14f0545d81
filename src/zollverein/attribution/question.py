"""Equilibria of a policy in parts, and derivatives of outcomes with respect to their strengths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zollverein.attribution.portfolio import Array, Portfolio, make_portfolio
from zollverein.choices import choose_parameters
from zollverein.errors import NotConverged, ScenarioError, ZollvereinError
from zollverein.gradients import gradient_at
from zollverein.outcomes import Outcome
from zollverein.parameters import Parameters
from zollverein.policy import RULES, Policy
from zollverein.readings import parse_outcomes, read_result, the_only
from zollverein.result import Result
from zollverein.simulation import solve_policy
from zollverein.workers import in_order

if TYPE_CHECKING:
    from zollverein.world import World

#: Tolerance of the solves: differences and sums of small effects need digits.
TOLERANCE = 1e-12
#: Step of a strength for derivatives of the policy, which is exact in them to rounding.
_POLICY_STEP = 1e-5
#: Step of a strength for differences of equilibria; the error is of the order of its fourth power.
_STEP = 4e-3
#: Part of the way to the end of a piece of the path that a step may go.
_PART_OF_ROOM = 0.25
#: Array of a policy -> the parameter of the gradient, and whether that is its log.
_ARRAYS = {
    "tariff": ("tariff", False),
    "export_tax": ("export_tax", False),
    "import_rent": ("import_rent", False),
    "export_rent": ("export_rent", False),
    "cost_hat": ("barrier", True),
    "access_hat": ("access", True),
    "government_access_hat": ("government_access", True),
    "productivity_hat": ("productivity", True),
    "transfer": ("transfer", False),
}

#: What the strength of each part moves: part -> parameter of the gradient -> flat cells and derivatives.
Moves = dict[int, dict[str, tuple[Array, Array]]]


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
        moves: Point of the straight path -> what strengths move there, where that is known already.
    """

    world: World
    portfolio: Portfolio
    outcomes: tuple[Outcome, ...]
    parameters: Parameters
    engine: str
    start: Result | None = None
    moves: Mapping[float, Moves] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """The outcome of a question that is about one.

        Raises:
            ScenarioError: If it is about several.
        """
        return the_only(self.outcomes)

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
    said = None if isinstance(scenario, Mapping) else scenario
    parameters = choose_parameters(world, said, tolerance=tolerance, **options)
    if hasattr(scenario, "baseline"):
        world = scenario.baseline(world)
    portfolio = make_portfolio(world, scenario)
    wanted = parse_outcomes(world, outcomes, scenario)
    whole = portfolio.policy(np.ones(len(portfolio.names)))
    result = solve_policy(world, whole, parameters, engine=engine)
    return Question(world, portfolio, wanted, parameters, engine, result)


def question_about(
    result: Result,
    outcomes: str | Outcome | Sequence[str | Outcome],
    *,
    policies: Mapping[str, Policy] | None = None,
    engine: str = "auto",
    moves: Mapping[float, Moves] | None = None,
    tolerance: float = TOLERANCE,
) -> Question:
    """A question about a policy that is solved already, with every choice of its result.

    It is solved again, from where it is, only if the result is of programmes that are not in force in
    full, or has fewer digits than sums of small effects need.

    Args:
        result: Of a scenario, or of policies together.
        outcomes: What is read.
        policies: By name, where they are the parts.
        engine: As for ``simulate``.
        moves: What strengths move, where that is known already.
        tolerance: Of the equilibria, where the result's own is not smaller.

    Raises:
        ScenarioError: If there are no parts, or an outcome is not known.
    """
    scenario: Any = result.scenario if policies is None else policies
    if scenario is None:
        raise ScenarioError(
            "the result is of a Policy, or of a Scenario with strengths, and has no parts. Fix: simulate the "
            "Scenario without; or name the parts, policies={'duties': ..., 'barriers': ...}."
        )
    world, tolerance = result.before, min(result.parameters.tolerance, tolerance)
    portfolio, wanted = make_portfolio(world, scenario), parse_outcomes(world, outcomes, scenario)
    parameters = replace(result.parameters, tolerance=tolerance)
    question = Question(world, portfolio, wanted, parameters, engine, result, moves or {})
    ones = np.ones(question.size)
    if policies is None:
        whole = all(size == 1.0 for size in scenario.strengths().values())
    else:
        whole = _same(portfolio.policy(ones), result.policy)
    if whole and result.parameters.tolerance <= tolerance:
        return question
    return replace(question, start=result_at(question, ones))


def _same(one: Policy, other: Policy) -> bool:
    """Whether two policies have the same arrays and rules."""
    if any(getattr(one, rule) != getattr(other, rule) for rule in RULES if rule != "notes"):
        return False
    pairs = [(_values(one, name), _values(other, name)) for name in _ARRAYS]
    return all(a is b if a is None or b is None else np.array_equal(a, b) for a, b in pairs)


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


class Slopes(NamedTuple):
    """Derivatives with respect to every strength ``[node, outcome, part]``, and how they were found."""

    table: Array
    derivatives: str


def slopes(
    question: Question,
    nodes: Sequence[float],
    *,
    derivatives: str,
    spans: Sequence[tuple[float, float]] = ((0.0, 1.0),),
    workers: int | None = None,
    done: Callable[[], None] | None = None,
) -> Slopes:
    """Derivatives with respect to every strength at points of the straight path.

    Args:
        question: The question.
        nodes: Points ``s`` in (0, 1); all strengths are ``s`` there.
        derivatives: ``"adjoint"``: one adjoint solve for each point; ``"differences"`` of two equilibria
            for each part; ``"auto"``: the adjoint where its linear system can be solved.
        spans: Pieces of the path; differences stay inside of theirs.
        workers: As for ``in_order``.
        done: Called after each point.

    Raises:
        ZollvereinError: If an equilibrium on the way is not found.
        NotConverged: If an adjoint system that is asked for is not solved.
    """
    tasks = ((s, _room(s, spans), derivatives) for s in nodes)
    rows, ways = [], []
    for row, way in in_order(_slopes_at, question, tasks, workers=workers, chunk=1):
        rows.append(row)
        ways.append(way)
        if done is not None:
            done()
    return Slopes(np.array(rows), " and ".join(sorted(set(ways))))


def _room(s: float, spans: Sequence[tuple[float, float]]) -> float:
    """The longest step from a point that stays well inside of its piece."""
    return _PART_OF_ROOM * min(min(s - low, high - s) for low, high in spans if low <= s <= high)


def _slopes_at(question: Question, task: tuple[float, float, str]) -> tuple[Array, str]:
    """``[outcome, part]`` at one point, and how."""
    s, room, derivatives = task
    if derivatives != "differences":
        try:
            return _adjoint_slopes(question, s), "adjoint"
        except NotConverged:
            if derivatives == "adjoint":
                raise
    found = np.zeros((len(question.outcomes), question.size))
    for part in question.active:
        found[:, part] = difference_slope(question, s, part, step=min(_STEP, room))
    return found, "differences"


def _adjoint_slopes(question: Question, s: float) -> Array:
    """``[outcome, part]`` at one point, by the gradient contracted with what each part moves."""
    strength = np.full(question.size, s)
    moves = question.moves.get(s) or moves_at(question, s)
    wrt = list(dict.fromkeys(name for move in moves.values() for name in move))
    result = result_at(question, strength)
    found = np.zeros((len(question.outcomes), question.size))
    for row, outcome in zip(found, question.outcomes, strict=True):
        gradient = gradient_at(result, outcome, wrt=wrt)
        slope = {name: _flat(gradient[name].values) for name in wrt}
        for k, move in moves.items():
            row[k] = sum(slope[name][cells] @ sizes for name, (cells, sizes) in move.items())
    return found


def moves_at(question: Question, s: float) -> Moves:
    """What the strength of each part moves at a point of the straight path."""
    strength = np.full(question.size, s)
    return {k: policy_direction(question.portfolio, strength, k) for k in question.active}


def policy_direction(
    portfolio: Portfolio, strength: Array, part: int
) -> dict[str, tuple[Array, Array]]:
    """What a part's strength moves: parameter of the gradient -> flat cells and their derivatives."""
    ahead, behind = strength.copy(), strength.copy()
    ahead[part] += _POLICY_STEP
    behind[part] -= _POLICY_STEP
    ends = portfolio.policy(ahead), portfolio.policy(behind)
    moves = {}
    for name, (parameter, log) in _ARRAYS.items():
        high, low = (_values(policy, name) for policy in ends)
        if high is not None and low is not None:
            moves[parameter] = _slope(high, low, log=log)
    for parameter, sizes in _RULES.items():
        high, low = (np.array(sizes(policy)) for policy in ends)
        moves[parameter] = _slope(high, low, log=parameter == "cap")
    return {parameter: move for parameter, move in moves.items() if move[0].size}


def _values(policy: Policy, name: str) -> Array | None:
    """An array of a policy; None if it is not given."""
    found = getattr(policy, name)
    return None if found is None else np.asarray(found.values)


#: Parameter of the gradient -> its values in the rules of a policy.
_RULES: dict[str, Callable[[Policy], list[float]]] = {
    "pool": lambda policy: [pool.part for pool in policy.pools],
    "mobility": lambda policy: [bloc.elasticity for bloc in policy.mobility],
    "cap": lambda policy: [
        cap.cap for cap in policy.caps for _ in range(len(cap.exporters) * len(cap.sectors))
    ],
}


def _slope(high: Array, low: Array, *, log: bool) -> tuple[Array, Array]:
    """Cells that move with a strength, and their central differences."""
    ends = _flat(high), _flat(low)
    cells = np.flatnonzero(ends[0] != ends[1])
    up, down = (np.log(end[cells]) if log else end[cells] for end in ends)
    return cells, (up - down) / (2 * _POLICY_STEP)


def _flat(values: Array) -> Array:
    """An array flat in the order in which policies and gradients are stored; no copy of those."""
    return np.ascontiguousarray(values.T).reshape(-1)


def difference_slope(question: Question, s: float, part: int, *, step: float = _STEP) -> Array:
    """``[outcome]`` at one point for one part, from four equilibria.

    Central differences with two steps, extrapolated (Richardson 1911).

    Args:
        question: The question.
        s: The point.
        part: Position of the part.
        step: Of its strength, the longer one.
    """

    def values_at(change: float) -> Array:
        strength = np.full(question.size, s)
        strength[part] += change
        return read_result(result_at(question, strength), question.outcomes)

    far, near = ((values_at(h) - values_at(-h)) / (2 * h) for h in (step, step / 2))
    return np.asarray((4 * near - far) / 3)
