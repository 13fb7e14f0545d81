"""The office: pools, queue, cache and limits, and what the routes ask of them."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Request

from zollverein.app.bodies import (
    AskBody,
    AttributeBody,
    CoalitionBody,
    OptimalBody,
    ResultBody,
    StatisticsBody,
    UncertaintyBody,
    ValidateBody,
)
from zollverein.app.documents import check_size, identity, named_world, world_names
from zollverein.app.jobs import Jobs
from zollverein.app.limits import Limits
from zollverein.app.line import Answers, Queue
from zollverein.app.problems import Problem
from zollverein.app.workers import Pool

#: How much kinder than a solve a report or a job is to other processes.
_NICE = 10


class Office:
    """Everything that the routes share; one for each application.

    Args:
        limits: What may be asked.
        files: Files of worlds beside the packaged ones, by name; the first is what is used where
            neither request nor scenario names a world.
    """

    def __init__(self, limits: Limits, files: dict[str, str] | None = None) -> None:
        self.limits, self.files = limits, dict(files or {})
        self.names = world_names(self.files)
        settings: dict[str, Any] = {"worlds": self.files, "limits": limits}
        self.solvers = Pool(limits.workers, settings | {"load": [self.names[0]]}, early=True)
        self.drawers = Pool(1, settings | {"nice": _NICE})
        self.thinkers = Pool(1, settings | {"nice": _NICE})
        self.queue = Queue(self.solvers, limits.queue, limits.solve_seconds)
        self.drawings = Queue(self.drawers, limits.queue, limits.export_seconds)
        self.jobs = Jobs(self.thinkers, limits)
        self.answers = Answers(limits.cache)
        self._facts: dict[str, asyncio.Task[bytes]] = {}

    async def fact(self, name: str) -> bytes:
        """What a task without a question says; asked once."""
        if name not in self._facts or self._failed(name):
            run = self.solvers.run(name, None, self.limits.export_seconds)
            self._facts[name] = asyncio.create_task(run)
        return await asyncio.shield(self._facts[name])

    def _failed(self, name: str) -> bool:
        task = self._facts[name]
        return task.done() and (task.cancelled() or task.exception() is not None)

    async def validate(self, body: ValidateBody) -> bytes:
        """The answer about a document; a worker reads what world a text names."""
        world = body.world
        if body.scenario is not None:
            check_size(body.scenario, self.limits)
            world = self.world(world, body.scenario.get("world"))
        elif world is not None:
            world = self.world(world)
        ask = {"toml": body.toml, "scenario": body.scenario, "world": world}
        return await self.queue.ask("validate", ask)

    async def simulate(self, body: ResultBody) -> bytes:
        """The answer to a simulation, from the cache if it was given before."""
        ask = self._ask(body) | {"focus": body.focus, "full": body.full}
        key = identity(ask)
        found = self.answers.get(key)
        if found is None:
            found = await self.queue.ask("simulate", ask, body.token)
            self.answers.keep(key, found)
        return found

    async def export(self, body: AskBody, what: str) -> bytes:
        """A file about a result."""
        return await self.drawings.ask("export", self._ask(body) | {"what": what})

    def attribute(self, body: AttributeBody, client: str) -> str:
        """Start a job on the parts of a scenario."""
        ask = self._ask(body) | {"outcome": body.outcome} | self._drawn(body)
        return self.jobs.start("attribute", ask, client)

    def uncertainty(self, body: UncertaintyBody, client: str) -> str:
        """Start a job on how sure outcomes are."""
        ask = self._ask(body) | {"outcomes": body.outcomes} | self._drawn(body)
        return self.jobs.start("uncertainty", ask, client)

    def coalition(self, body: CoalitionBody, client: str) -> str:
        """Start a job on the value of a coalition."""
        ask = self._ask(body) | {"target": body.target, "members": body.members}
        return self.jobs.start("coalition", ask, client)

    def optimal(self, body: OptimalBody, client: str) -> str:
        """Start a job on the best duties of an economy."""
        ask = self._ask(body) | {"country": body.country, "by": body.by}
        return self.jobs.start("optimal", ask, client)

    async def statistics(self, body: StatisticsBody) -> bytes:
        """Statistics of an economy; kept like answers."""
        ask = {**body.model_dump(), "world": self.world(body.world)}
        key = identity("statistics", ask)
        found = self.answers.get(key)
        if found is None:
            found = await self.drawings.ask("statistics", ask)
            self.answers.keep(key, found)
        return found

    def _drawn(self, body: AttributeBody | UncertaintyBody) -> dict[str, Any]:
        """How the assumptions are drawn, as the functions take it.

        Raises:
            Problem: If there are too many draws.
        """
        most = self.limits.draws
        if (body.draws or 0) > most:
            text = f"draws is {body.draws:,}; at most {most:,} are allowed here."
            raise Problem(422, "too_many_draws", text, ["draws"])
        return {key: getattr(body, key) for key in ("draws", "seed", "elasticity_spread")}

    def _ask(self, body: AskBody) -> dict[str, Any]:
        """A question for a worker, which reads the document: here only its size is looked at."""
        check_size(body.scenario, self.limits)
        return {
            "scenario": body.scenario,
            "world": self.world(body.world, body.scenario.get("world")),
            "strength": body.strength or {},
        }

    def world(self, *wanted: Any) -> str:
        """The first world that is named, else the usual one.

        Raises:
            Problem: If the server has no such world.
        """
        return named_world(self.names, *wanted)

    def close(self) -> None:
        """Stop every worker."""
        for pool in (self.solvers, self.drawers, self.thinkers):
            pool.close()


def office_of(request: Request) -> Office:
    """The office of the application that a request is for."""
    office: Office = request.app.state.office
    return office
