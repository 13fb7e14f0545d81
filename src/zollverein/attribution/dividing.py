"""Ways to divide an effect among the parts of a policy.

Aumann and Shapley (1974): the part's derivative, integrated along the straight path on which all
parts grow together. Shapley (1953): the part's mean addition over all orders of adoption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zollverein import shapley
from zollverein.attribution.attributed import Attribution
from zollverein.attribution.kinks import pieces
from zollverein.attribution.portfolio import Array
from zollverein.attribution.question import Question, slopes, values
from zollverein.attribution.union_path import with_known_taxes
from zollverein.counts import is_whole
from zollverein.errors import ScenarioError, ZollvereinError
from zollverein.names import did_you_mean
from zollverein.readings import read_result

#: Ways to attribute.
METHODS = ("aumann_shapley", "shapley", "first_in", "last_in")
#: Gauss-Legendre nodes on each piece of the path, raised until the parts add up; not so far where
#: each takes many solves.
NODES = (4, 8, 16, 32, 64)
_FEWER_NODES = (4, 8, 16)
#: Part of the total that the sum may miss, and what rounding of the solves may leave.
_ADDING_UP, _ROUNDING = 1e-6, 1e-11
#: Up to this many parts all subsets are solved.
_ALL_SUBSETS = 8
#: Orders sampled beyond.
_ORDERS = 32

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Way:
    """How an effect is divided; see ``attribute``.

    Raises:
        ScenarioError: If a word is not known, or nodes or seed are none.
    """

    method: str = "aumann_shapley"
    orders: int | None = None
    seed: int = 0
    nodes: int | None = None
    derivatives: str = "auto"

    def __post_init__(self) -> None:
        """Check words and numbers."""
        _check(self.method, METHODS, "method")
        _check(self.derivatives, ("auto", "adjoint", "differences"), "derivatives")
        if self.nodes is not None and not (is_whole(self.nodes) and self.nodes >= 1):
            raise ScenarioError(
                f"nodes is {self.nodes!r}; it is a whole number of at least one, 4 to 16 are usual."
            )
        if not is_whole(self.seed) or self.seed < 0:
            raise ScenarioError(
                f"seed is {self.seed!r}; it is a whole number from 0. Fix: leave it out."
            )


class Bar:
    """Counts solves for a progress bar whose length may grow."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress, self.done, self.planned = progress, 0, 0

    def plan(self, more: int) -> None:
        """Add to what is planned."""
        self.planned += more

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.planned)

    def after(self) -> Progress | None:
        """Progress of work that comes after all that is planned here."""
        show, before = self.progress, self.planned
        return None if show is None else lambda done, more: show(before + done, before + more)


def divide(
    question: Question,
    way: Way,
    *,
    compare: bool = False,
    workers: int | None = 1,
    bar: Bar | None = None,
) -> Attribution:
    """Divide the effect of the whole policy, which is solved already, among its parts.

    Args:
        question: With the result of the whole policy.
        way: How.
        compare: Whether first-in and last-in are given beside.
        workers: As for ``in_order``.
        bar: Told of each solve.

    Raises:
        ZollvereinError: If an equilibrium that is needed does not exist.
    """
    outcome, bar = question.outcome, Bar(None) if bar is None else bar
    alone, nothing = METHODS[2:], _nothing(question)
    wanted = compare or way.method in alone
    solo = _alone_and_last(question, nothing, workers, bar) if wanted else None
    found: dict[str, Any] = {"total": _whole(question) - nothing}
    if way.method == "aumann_shapley":
        found |= _aumann_shapley(question, way, found["total"], workers, bar)
    elif way.method == "shapley":
        found |= _shapley(question, way, workers, bar)
    elif solo is not None:
        found |= {"effect": solo[alone.index(way.method)]}
    return Attribution(
        outcome=outcome,
        parts=question.portfolio.names,
        method=way.method,
        first_in=None if solo is None else solo[0],
        last_in=None if solo is None else solo[1],
        union=_union_of(question),
        closure=nothing - 1.0,
        **found,
    )


def _check(word: str, choices: tuple[str, ...], what: str) -> None:
    if word not in choices:
        near = did_you_mean(word, choices)
        raise ScenarioError(f"{what} '{word}' is not known{near} Choices: {', '.join(choices)}.")


def _whole(question: Question) -> float:
    if question.start is None:
        raise TypeError("a question is posed with the result of the whole policy")
    return float(read_result(question.start, question.outcomes)[0])


def _nothing(question: Question) -> float:
    """The outcome with no part in force: 1, unless the closure itself moves the baseline's balances.

    Raises:
        ZollvereinError: If there is no equilibrium without them.
    """
    if question.parameters.closure != "zero":
        return 1.0
    found = _needed(values(question, [np.zeros(question.size)], workers=1))
    return float(found[0, 0])


def _union_of(question: Question) -> tuple[str, ...]:
    """Members of the Kemp-Wan union of the whole policy, if there is one."""
    unions = () if question.start is None else question.start.policy.unions
    return unions[0].members if unions else ()


def _needed(found: list[Any]) -> Array:
    """Values; the first error is raised."""
    for value in found:
        if isinstance(value, ZollvereinError):
            raise value
    return np.array(found)


def _alone_and_last(
    question: Question, nothing: float, workers: int | None, bar: Bar
) -> tuple[Array, Array]:
    """Effects of each part alone, from the outcome with none, and of each part as the last one."""
    active, whole = question.active, _whole(question)
    unit = np.eye(question.size)[active]
    corners = [*unit, *(1 - unit)]
    bar.plan(len(corners))
    found = _needed(values(question, corners, workers=workers, done=bar.step)).reshape(-1)
    first, last = np.zeros((2, question.size))
    first[active], last[active] = found[: len(active)] - nothing, whole - found[len(active) :]
    return first, last


def _aumann_shapley(
    question: Question, way: Way, total: float, workers: int | None, bar: Bar
) -> dict[str, Any]:
    question, effect = with_known_taxes(question), np.zeros(question.size)
    count, how, spans = 0, "", pieces(question)
    usual = NODES if way.derivatives != "differences" and len(spans) == 1 else _FEWER_NODES
    for count in usual if way.nodes is None else (way.nodes,):
        points, weights = path(spans, count)
        bar.plan(len(points))
        found = slopes(
            question,
            points,
            derivatives=way.derivatives,
            spans=spans,
            workers=workers,
            done=bar.step,
        )
        effect, how = weights @ found.table[:, 0, :], found.derivatives
        if abs(effect.sum() - total) <= _ADDING_UP * abs(total) + _ROUNDING:
            break
    return {"effect": effect, "nodes": count * len(spans), "derivatives": how}


def path(spans: list[tuple[float, float]], count: int) -> tuple[list[float], Array]:
    """Gauss-Legendre nodes and weights on each piece of the path."""
    points, weights = np.polynomial.legendre.leggauss(count)
    places = [low + (high - low) * (points + 1) / 2 for low, high in spans]
    sizes = [(high - low) / 2 * weights for low, high in spans]
    return np.concatenate(places).tolist(), np.concatenate(sizes)


def _shapley(question: Question, way: Way, workers: int | None, bar: Bar) -> dict[str, Any]:
    size, orders = question.size, way.orders
    if orders is None and size > _ALL_SUBSETS:
        orders = _ORDERS
    sample = None if orders is None else shapley.sampled_orders(size, orders, way.seed)
    masks = list(range(2**size)) if sample is None else shapley.prefixes(sample)
    found = subset_values(question, masks, workers, bar)
    shares = shapley.by_subsets(size, found) if sample is None else shapley.by_orders(sample, found)
    return {
        "total": float(shares.total),
        "effect": shares.share,
        "standard_error": shares.standard_error if sample is not None else None,
        "orders": shares.orders,
        "left_out": len(shares.left_out),
    }


def subset_values(
    question: Question, masks: list[int], workers: int | None, bar: Bar
) -> dict[int, float]:
    """Values of the first outcome with some of the parts; sets without an equilibrium are not there.

    Args:
        question: The question.
        masks: Bit ``k`` is set where part ``k`` is in.
        workers: As for ``in_order``.
        bar: Told of each solve.
    """
    parts = np.arange(question.size)
    corners = [np.array([float(mask >> int(k) & 1) for k in parts]) for mask in masks]
    bar.plan(len(masks))
    found = values(question, corners, workers=workers, done=bar.step)
    return {
        mask: float(value[0])
        for mask, value in zip(masks, found, strict=True)
        if not isinstance(value, ZollvereinError)
    }
