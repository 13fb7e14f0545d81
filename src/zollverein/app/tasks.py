"""What a worker process does: each task is plain data in, bytes out."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from zollverein.app import answers, documents, exports, facts, studies
from zollverein.app.focus import focus_on
from zollverein.app.limits import Limits
from zollverein.app.problems import Problem, problem_of
from zollverein.app.strengths import with_strengths
from zollverein.errors import ZollvereinError
from zollverein.names import country_label
from zollverein.packaged import load_world, worlds
from zollverein.result import Result
from zollverein.scenario import Procurement, Scenario
from zollverein.simulation import simulate
from zollverein.world import World

#: Worlds with governments told apart that are kept, a few megabytes each.
_OPENED = 4
#: Says how far a task is.
Say = Callable[[int, int], None]


class Desk:
    """The worlds of one worker, and its answers.

    Args:
        settings: ``worlds``: name -> file of worlds beside the packaged ones; ``load``: names of
            worlds that are loaded before the first task; ``limits``: of a document.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._files: dict[str, str] = settings.get("worlds", {})
        self._limits: Limits = settings["limits"]
        self._loaded: dict[str, World] = {}
        self._opened: OrderedDict[str, World] = OrderedDict()
        for name in settings.get("load", ()):
            simulate(self.world(name), Scenario())  # fills the caches of the world as well

    def answer(self, task: str, payload: Any, say: Say) -> tuple[str, Any]:
        """``("done", bytes)``, or ``("problem", (status, code, message, places))``."""
        try:
            return "done", getattr(self, f"do_{task}")(payload, say)
        except ZollvereinError as error:
            found = problem_of(error)
        except Problem as error:
            found = error
        except (RecursionError, MemoryError, OverflowError) as error:
            text = (
                f"This is too large to work on ({type(error).__name__}). Fix: a smaller scenario."
            )
            found = Problem(422, "too_large", text)
        return "problem", (found.status, found.code, found.message, found.places)

    def world(self, name: str) -> World:
        """A world by its name; loaded once. Names never become paths.

        Raises:
            ZollvereinError: If there is no such world.
        """
        if name not in self._loaded:
            self._loaded[name] = load_world(self._files.get(name, name))
        return self._loaded[name]

    def do_worlds(self, _: Any, __: Say) -> bytes:
        """Facts of every world."""
        titles = {name: name for name in self._files} | worlds()
        return _json(
            {"worlds": [facts.world_facts(n, t, self.world(n)) for n, t in titles.items()]}
        )

    def do_map(self, _: Any, __: Say) -> bytes:
        """Shapes of the map."""
        return _json(facts.map_shapes())

    def do_validate(self, ask: dict[str, Any], _: Say) -> bytes:
        """A document checked against a world."""
        if ask["toml"] is not None:
            scenario = documents.read_text(ask["toml"], self._limits)
        else:
            scenario = documents.read_document(ask["scenario"])
        names = documents.world_names(self._files)
        world = documents.named_world(names, ask["world"], scenario.world)
        if scenario.world is not None:
            scenario = documents.placed(scenario, world)
        return _json(documents.checked(scenario, self.world(world)))

    def do_simulate(self, ask: dict[str, Any], _: Say) -> bytes:
        """The effects of a scenario."""
        result = self._result(ask)
        found = answers.whole(result) if ask["full"] else answers.quick(result)
        if ask["focus"] is not None:
            country = country_label(ask["focus"], result.before.countries, result.before.name)
            if ask["full"]:
                found["focus"] = focus_on(result, country)
        return _json(found)

    def do_export(self, ask: dict[str, Any], _: Say) -> bytes:
        """A file about a result; the document as text has no need of one, so that it can be mended."""
        exports.require(ask["what"])
        if ask["what"] == exports.DOCUMENT:
            return self._document(ask).to_toml().encode()
        return exports.export(self._result(ask), ask["what"])

    def do_statistics(self, ask: dict[str, Any], _: Say) -> bytes:
        """Trade statistics of an economy."""
        return _json(facts.statistics_of(self.world(ask["world"]), ask["country"], ask["partner"]))

    def do_attribute(self, ask: dict[str, Any], say: Say) -> bytes:
        """Which part of a scenario does what."""
        world, scenario = self._posed(ask)
        return _json(studies.attributed(world, scenario, ask["outcome"], _drawn(ask), say))

    def do_uncertainty(self, ask: dict[str, Any], say: Say) -> bytes:
        """How sure outcomes are."""
        world, scenario = self._posed(ask)
        return _json(studies.bands(world, scenario, ask["outcomes"], _drawn(ask), say))

    def do_coalition(self, ask: dict[str, Any], say: Say) -> bytes:
        """What each member of a coalition adds and pays."""
        world, scenario = self._posed(ask)
        return _json(studies.valued(world, scenario, ask["target"], ask["members"], say))

    def do_optimal(self, ask: dict[str, Any], _: Say) -> bytes:
        """The best duties of an economy."""
        world, scenario = self._posed(ask)
        return _json(studies.best(world, scenario, ask["country"], ask["by"]))

    def _posed(self, ask: dict[str, Any]) -> tuple[World, Scenario]:
        """World and document of a question."""
        scenario = self._document(ask)
        return self._start(ask["world"], scenario), scenario

    def _document(self, ask: dict[str, Any]) -> Scenario:
        """The document of a question, strengths and the world written in."""
        scenario = with_strengths(documents.read_document(ask["scenario"]), ask["strength"])
        return documents.placed(scenario, ask["world"])

    def _start(self, name: str, scenario: Scenario) -> World:
        """The world a scenario starts from; one with governments told apart is kept for the next time.

        Raises:
            ScenarioError: If a name is not of this world.
        """
        world = self.world(name)
        opening = [
            e.measure.model_dump(exclude={"name", "note", "open"})
            for e in scenario.entries()
            if isinstance(e.measure, Procurement)
        ]
        if not opening:
            return world
        key = documents.identity(name, opening, dict(scenario.blocs), dict(scenario.sectors))
        if key not in self._opened:
            self._opened[key] = scenario.baseline(world)
        self._opened.move_to_end(key)
        while len(self._opened) > _OPENED:
            self._opened.popitem(last=False)
        return self._opened[key]

    def _result(self, ask: dict[str, Any]) -> Result:
        """Exactly what the command line computes for the document."""
        return simulate(*self._posed(ask))


def _drawn(ask: dict[str, Any]) -> dict[str, Any]:
    """How the assumptions of a question are drawn."""
    return {key: ask[key] for key in ("draws", "seed", "elasticity_spread")}


def _json(value: Any) -> bytes:
    """JSON without spaces; a number that is not finite is a mistake of ours and raises."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
