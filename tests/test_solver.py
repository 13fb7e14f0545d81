"""Solvers alone: no economics, honest status."""

from __future__ import annotations

import numpy as np
import pytest

from zollverein.solver import chain
from zollverein.solver.anderson import History, anderson
from zollverein.solver.chain import solve
from zollverein.solver.krylov import gmres, newton_krylov
from zollverein.solver.solution import Solution, Status

COSINE = 0.7390851332151607


def cosine(state):
    """x = cos x as a step and its residual."""
    step = np.cos(state) - state
    return step, float(np.abs(step).max())


def test_anderson_stops_on_the_residual_at_the_value_returned():
    solution = anderson(cosine, np.zeros(3), tolerance=1e-12)
    assert solution.status is Status.converged
    np.testing.assert_allclose(solution.value, COSINE, atol=1e-12)
    assert cosine(solution.value)[1] == solution.residual <= 1e-12


def test_a_tiny_step_is_not_convergence():
    """Heavily damped: every step is below the tolerance, the residual is not."""

    def damped(state):
        step, residual = cosine(state)
        return 1e-12 * step, residual

    solution = anderson(damped, np.zeros(1), tolerance=1e-10, max_steps=1)
    assert solution.status is Status.max_steps
    assert solution.residual == 1.0
    assert np.abs(damped(solution.value)[0]).max() < 1e-10


def test_running_out_of_steps_says_so_and_returns_the_best():
    solution = anderson(cosine, np.array([40.0]), tolerance=1e-300, max_steps=7, largest_step=0.01)
    assert solution.status is Status.max_steps
    assert not solution.converged
    assert solution.residual == cosine(solution.value)[1]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_number_that_is_not_finite_never_converges(bad):
    solution = anderson(lambda x: (x, bad), np.ones(2), tolerance=1e300)
    assert not solution.converged
    newton = newton_krylov(lambda x: (x, bad), lambda _: lambda v: v, np.ones(2), tolerance=1e-3)
    assert not newton.converged


@pytest.mark.parametrize("size", [1, 5, 40])
def test_gmres_equals_a_direct_solve(size):
    rng = np.random.default_rng(size)
    matrix = np.eye(size) + 0.3 * rng.normal(size=(size, size)) / np.sqrt(size)
    right = rng.normal(size=size)
    found = gmres(lambda v: matrix @ v, right, tolerance=1e-12)
    assert found.products <= size
    np.testing.assert_allclose(found.value, np.linalg.solve(matrix, right), rtol=1e-9)


def test_gmres_of_nothing_is_nothing_and_its_residual_is_true():
    assert gmres(lambda v: 2 * v, np.zeros(3), tolerance=1e-9).products == 0
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(30, 30)) + 8 * np.eye(30)
    right = rng.normal(size=30)
    found = gmres(lambda v: matrix @ v, right, tolerance=1e-14, max_products=6)
    actual = np.linalg.norm(matrix @ found.value - right) / np.linalg.norm(right)
    assert found.residual == pytest.approx(actual, rel=1e-8)


def test_newton_krylov_is_quadratic_near_the_solution():
    solution = newton_krylov(
        cosine, lambda x: lambda v: -(np.sin(x) + 1) * v, np.array([1.0]), tolerance=1e-14
    )
    assert solution.converged
    assert solution.steps <= 15
    assert solution.value[0] == pytest.approx(COSINE, abs=1e-14)


class Scripted:
    """A system whose easy methods fail until ``works`` of the path is reached."""

    def __init__(self, goal: float, *, broken: bool) -> None:
        self.goal, self.broken, self.calls = goal, broken, 0

    def start(self):
        return np.zeros(1)

    def step(self, state):
        self.calls += 1
        if self.broken and abs(state[0] - self.goal) > 0.3:
            return np.array([np.nan]), np.nan
        step = self.goal - state
        return 0.5 * step, float(np.abs(step).max())

    def jacobian(self, _):
        return lambda v: -0.5 * v


def test_the_first_link_is_enough_for_an_easy_system():
    system = Scripted(0.2, broken=False)
    solution, reached = solve(system, lambda _: system, tolerance=1e-10, acceptable=lambda *_: True)
    assert (solution.converged, solution.method, reached) == (True, "anderson", 1.0)


def test_continuation_walks_to_where_a_jump_fails():
    target = Scripted(1.0, broken=True)
    solution, reached = solve(
        target,
        lambda part: Scripted(part, broken=True),
        tolerance=1e-10,
        acceptable=lambda *_: True,
    )
    assert solution.converged
    assert solution.method == "continuation"
    assert reached == 1.0
    assert solution.value[0] == pytest.approx(1.0, abs=1e-9)


def test_a_state_that_is_not_acceptable_is_not_a_solution():
    system = Scripted(0.2, broken=False)
    solution, reached = solve(
        system, lambda _: system, tolerance=1e-10, acceptable=lambda *_: False
    )
    assert not solution.converged
    assert reached < 1


class Reluctant(Scripted):
    """Goes nowhere for so many evaluations."""

    def __init__(self, goal: float, patience: int) -> None:
        super().__init__(goal, broken=False)
        self.patience = patience

    def step(self, state):
        step, residual = super().step(state)
        return (step if self.calls > self.patience else np.array([1e-9])), residual


def test_the_second_link_takes_over_where_the_first_runs_out_of_steps():
    system = Reluctant(0.2, patience=210)
    solution, reached = solve(system, lambda _: system, tolerance=1e-10, acceptable=lambda *_: True)
    assert (solution.converged, solution.method, reached) == (True, "anderson", 1.0)
    assert 210 < solution.steps == system.calls


@pytest.mark.parametrize("memory", [1, 3, 8])
def test_the_compiled_memory_equals_numpys(memory):
    """Also where differences depend on each other, so that only the ridge, or least squares, decides."""
    pytest.importorskip("numba", reason="needs the extra 'fast'")
    from zollverein.models.compiled import CompiledHistory

    rng = np.random.default_rng(memory)
    plain, compiled = History(40, memory), CompiledHistory(40, memory)
    base = rng.normal(size=(12, 40))
    for state, step in zip(base, base @ rng.normal(0, 0.05, (40, 40)), strict=True):
        np.testing.assert_allclose(
            compiled.accelerate(state, step), plain.accelerate(state, step), rtol=1e-7, atol=1e-9
        )
    for _ in range(3):  # nothing moves any more
        moves = [past.accelerate(base[-1], base[0]) for past in (plain, compiled)]
        assert np.isfinite(moves).all()


def test_where_there_is_no_factorisation_least_squares_decide(monkeypatch):
    pytest.importorskip("numba", reason="needs the extra 'fast'")
    from zollverein.models import compiled, kernels

    real, right = kernels.accelerate, np.array([1.0, 2.0])
    assert not kernels.solve_scaled(np.array([[1.0, 2.0], [2.0, 1.0]]), right.copy())
    gram = np.array([[4.0, 1.0], [1.0, 9.0]])
    assert kernels.solve_scaled(gram, right)
    np.testing.assert_allclose(gram @ right, [1.0, 2.0], rtol=1e-12)
    monkeypatch.setattr(kernels, "accelerate", lambda *given: real(*given) and False)
    plain, other = History(10, 4), compiled.CompiledHistory(10, 4)
    for state, step in np.random.default_rng(0).normal(size=(6, 2, 10)):
        np.testing.assert_allclose(
            other.accelerate(state, step), plain.accelerate(state, step), rtol=1e-9
        )


@pytest.mark.parametrize(("residual", "begins"), [(5e-4, 0.1), (5.0, 0.0)])
def test_newton_takes_over_third_from_where_the_others_got_near(monkeypatch, residual, begins):
    """From a state far off it would only be misled."""
    stuck = Solution(np.array([0.1]), Status.max_steps, residual, 1, "anderson")
    monkeypatch.setattr(chain, "_quick", lambda *_, **__: stuck)
    monkeypatch.setattr(chain, "_careful", lambda *_: stuck)
    begun = []

    class Noted(Scripted):
        def jacobian(self, state):
            begun.append(float(state[0]))
            return super().jacobian(state)

    system = Noted(0.2, broken=False)
    solution, reached = solve(system, lambda _: system, tolerance=1e-10, acceptable=lambda *_: True)
    assert (solution.converged, solution.method, reached) == (True, "newton", 1.0)
    assert begun[0] == begins


def test_a_senseless_solution_ends_the_direct_attempts_and_starts_the_walk():
    """Only the state reached along the path is accepted; the links in between are not tried."""
    system = Scripted(0.2, broken=False)
    tried = []

    def acceptable(equations, _):
        tried.append(equations)
        return len(tried) > 1

    solution, reached = solve(
        system,
        lambda part: Scripted(0.2 * part, broken=False),
        tolerance=1e-10,
        acceptable=acceptable,
    )
    assert (solution.converged, solution.method, reached) == (True, "continuation", 1.0)
    assert tried.count(system) == 1


def test_continuation_says_how_far_it_came_and_returns_that_state():
    """The path breaks at 0.6."""

    def path(part):
        return Scripted(part if part <= 0.6 else np.nan, broken=True)

    solution, reached = solve(path(1.0), path, tolerance=1e-10, acceptable=lambda *_: True)
    assert solution.status is Status.stalled
    assert reached == pytest.approx(0.6, abs=2 / 1024)
    assert solution.value[0] == pytest.approx(reached, abs=1e-9)
    assert solution.residual <= 1e-10


def test_patience_ends_what_gets_no_nearer():
    def away(state):
        return np.ones_like(state), 1.0 + float(np.abs(state).max())

    found = anderson(away, np.zeros(2), tolerance=1e-10, patience=7)
    assert found.status is Status.stalled
    assert found.steps == 8
    patient = anderson(away, np.zeros(2), tolerance=1e-10, max_steps=50)
    assert patient.status is Status.max_steps
